"""The words of other engines (Camunda 7 and 8, Flowable, Activiti, SpiffWorkflow) that say what we say too.

Decides which of their attributes and extension elements carry over: who does a task, its form and form fields, what a
service task calls, over which list an activity repeats, which variables there will be. What has an effect there and none
here (listeners, skip expressions, due dates) is pointed out; what renames variables on a call is refused, since a case has
one set of variables. Everything else in extensionElements is left alone.
"""

from __future__ import annotations

from collections.abc import Iterator

from engine.definitions.reader import JIBAN, Element, extensions, local, namespace
from engine.definitions.reading import Reading

VENDORS = ("http://camunda.org/schema/1.0/bpmn", "http://flowable.org/bpmn", "http://activiti.org/bpmn",
           "http://activiti.com/modeler", "http://camunda.org/schema/zeebe/1.0",
           "http://spiffworkflow.org/bpmn/schema/1.0/core")
_TYPES = {"string": "string", "text": "string", "textarea": "string", "textfield": "string", "enum": "string",
          "date": "string", "long": "int", "int": "int", "integer": "int", "number": "any", "double": "double",
          "boolean": "bool"}
_LISTENERS = {"executionListener", "taskListener", "eventListener", "executionListeners", "taskListeners", "preScript",
              "postScript", "onEntry-script", "onExit-script", "failedJobRetryTimeCycle"}


def vendor(element: Element, *names: str) -> str | None:
    """The value of the first of these attributes in any vendor's namespace; None when there is none."""
    for name in names:
        for space in VENDORS:
            if value := element.get(f"{{{space}}}{name}"):
                return str(value).strip()
    return None


def role_of(element: Element) -> str | None:
    """The role a task is offered to: a plain candidate group or assignee. Expressions are not roles: None."""
    zeebe = next((word for word in _vendor_words(element) if local(word) == "assignmentDefinition"), None)
    found = [vendor(element, "candidateGroups"), vendor(element, "assignee"), vendor(element, "candidateUsers")]
    if zeebe is not None:
        found += [zeebe.get("candidateGroups"), zeebe.get("assignee")]
    for value in found:
        first = (value or "").split(",")[0].strip()
        if first and not first.startswith(("${", "#{", "=")):
            return first
    return None


def form_of(element: Element) -> str | None:
    """The key of the form shown for a task; None means no form."""
    zeebe = next((word for word in _vendor_words(element) if local(word) == "formDefinition"), None)
    key = vendor(element, "formKey", "formRef") or (zeebe.get("formKey") or zeebe.get("formId") if zeebe is not None else None)
    return None if key and key.startswith(("${", "#{", "=")) else key


def topic_of(element: Element) -> str | None:
    """What a service task calls, as the name of a connector; None when the diagram does not say."""
    for word in _vendor_words(element):
        if local(word) in ("taskDefinition", "calledDecision", "serviceTaskOperator"):
            return word.get("type") or word.get("decisionId") or word.get("id")
    plain = element.get("operationRef") or element.get("implementation")
    named = vendor(element, "topic", "class", "delegateExpression", "expression", "decisionRef", "decisionTaskReferenceKey",
                   "rules", "type")
    return named or (plain if plain and not plain.startswith(("#", "http")) else None)


def repeated_over(element: Element) -> tuple[str | None, str | None, str | None]:
    """(collection, element variable, completion condition) of another engine's multi-instance words; None: not said."""
    zeebe = next((word for word in _vendor_words(element) if local(word) == "loopCharacteristics"), None)
    if zeebe is not None:
        return zeebe.get("inputCollection"), zeebe.get("inputElement"), None
    return vendor(element, "collection"), vendor(element, "elementVariable", "elementIndexVariable"), None


def declare_foreign(reading: Reading, element: Element) -> None:
    """The variables another engine's words promise: form fields, results, outputs."""
    for word in _vendor_words(element, deep=True):
        name = local(word)
        if name in ("formField", "formProperty"):
            reading.declare(word.get("variable") or word.get("id"), _TYPES.get(word.get("type", "string").lower(), "any"))
        elif name == "output" or (name == "out" and word.get("target")):
            reading.declare(word.get("target"))
        elif name in ("outputParameter", "calledDecision"):
            reading.declare(word.get("name") or word.get("resultVariable"))
    reading.declare(vendor(element, "resultVariable", "resultVariableName"))


def point_out(reading: Reading, element: Element) -> None:
    """Says what had an effect in the other engine and has none here; refuses what would change the meaning."""
    for word in _vendor_words(element):
        if local(word) in _LISTENERS and local(word) != "failedJobRetryTimeCycle":
            reading.findings.warning("listener_ignored", element, f"the {local(word)} is code of another engine and does "
                                     "not run here", "what it did must be done by a task or a connector")
        elif local(word) in ("in", "out") and _renames(word):
            reading.findings.error("call_renames", word, "the called process would see a variable under another name",
                                   "a case has one set of variables: use the same name in both diagrams")
    if vendor(element, "skipExpression"):
        reading.findings.warning("skip_ignored", element, "the skip expression is not followed: the task is always done",
                                 "draw an exclusive gateway around the task")
    if vendor(element, "dueDate"):
        reading.findings.note("due_date_ignored", element, "the task's own due date is not read",
                              "a limit that counts is a jb:limit")


def _renames(word: Element) -> bool:
    if vendor_expression := word.get("sourceExpression"):
        return bool(vendor_expression) and not word.get("businessKey")
    return bool(word.get("source")) and word.get("source") != word.get("target")


def _vendor_words(element: Element, *, deep: bool = False) -> Iterator[Element]:
    """The extension elements that are not ours; `deep`: with all inside them."""
    for word in extensions(element):
        if namespace(word) != JIBAN:
            yield from word.iter("{*}*") if deep else [word]


