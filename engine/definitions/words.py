"""Our own words in a diagram (namespace urn:jiban:bpmn:1, prefix jb), as `bpmn/jiban.xsd` documents them.

Decides what each word may say. A word we do not know, an attribute we do not know or a value outside its list is an error:
a misspelt limit must not be a limit that nobody counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from engine.definitions.model import MILESTONES, SIGNER, ChildCase, Connector, MultiInstance, Outcome, Party, Work
from engine.definitions.reader import JIBAN, Element, extensions, local, namespace
from engine.definitions.reading import Reading
from engine.limits import DRAWN, Limit, LimitKind, Unit
from engine.routing import PARTIES

ACTS = frozenset({"receive", "verify", "accept", "review", "decide", "certify", "hand_over", "inspect", "other"})
TYPES = frozenset({"string", "int", "double", "bool", "list", "any"})
MAX_AMOUNT = 10_000
MAX_WORD = 100
MAX_TOPIC = 200
MAX_RETRIES = 20

# Which words may stand on which element, and their attributes: (required, optional).
_PLACES = {
    "process": {"matter", "limit", "variable", "start", "bundle"},
    "userTask": {"work", "outcome", "limit", "variable", "countersign"},
    "manualTask": {"work", "outcome", "limit", "variable", "countersign"},
    "task": {"work", "outcome", "limit", "variable", "countersign"},
    "serviceTask": {"connector", "variable"}, "sendTask": {"connector", "variable"},
    "businessRuleTask": {"connector", "variable"},
    "callActivity": {"case"},
    "lane": {"party"},
    "endEvent": {"milestone"}, "intermediateThrowEvent": {"milestone"},
    "timerEventDefinition": {"limit"},
}
ATTRIBUTES = {
    "matter": ({"code"}, {"name", "department", "system", "situation"}),
    "limit": (set(), {"amount", "item", "kind", "unit", "basis", "count_first_day", "roll_off_holiday", "exception"}),
    "variable": ({"name"}, {"type", "default"}),
    "start": ({"form"}, set()),
    "work": (set(), {"act", "role", "form"}),
    "outcome": ({"key"}, {"label"}),
    "countersign": ({"mode", "signers"}, {"ratio", "agree"}),
    "connector": ({"topic"}, {"system", "role", "takes", "gives", "retries"}),
    "bundle": ({"stopped_by"}, set()),
    "case": ({"mode"}, {"optional", "after", "result", "gives"}),
    "party": (set(), {"as", "unit"}),
    "milestone": ({"fact"}, set()),
}


def words(reading: Reading, element: Element) -> list[Element]:
    """Our words on an element that are well written and allowed there; the others are noted as errors."""
    allowed = _PLACES.get(local(element), set())
    found = [word for word in extensions(element) if namespace(word) == JIBAN]
    return [word for word in found if _is_well_written(reading, element, word, allowed)]


def _is_well_written(reading: Reading, element: Element, word: Element, allowed: set[str]) -> bool:
    name = local(word)
    if name not in allowed:
        known = f"allowed here: {', '.join(sorted(allowed))}" if allowed else "no jb: word is allowed here"
        reading.findings.error("unknown_word", word, f"jb:{name} is not known on <{local(element)}>", known)
        return False
    required, optional = ATTRIBUTES[name]
    missing, strange = required - set(word.attrib), set(word.attrib) - required - optional
    if missing or strange:
        wrong = f"lacks “{min(missing)}”" if missing else f"has the unknown attribute “{min(strange)}”"
        reading.findings.error("bad_word", word, f"jb:{name} {wrong}",
                               f"attributes: {', '.join(sorted(required | optional))}")
        return False
    return True


def only(found: Iterable[Element], name: str) -> Element | None:
    """The first word of this name; None when there is none."""
    return next((word for word in found if local(word) == name), None)


def read_work(reading: Reading, element: Element, found: list[Element], role: str | None, form: str | None) -> Work:
    """jb:work and jb:outcome of a user task; `role` and `form` are what another engine's words say."""
    work = only(found, "work")
    given = dict(work.attrib) if work is not None else {}
    outcomes = [Outcome(key=word.get("key"), label=word.get("label") or word.get("key"))
                for word in found if local(word) == "outcome"]
    for what, text in (("role", given.get("role", role)), ("form", given.get("form", form)),
                       *(("outcome", outcome.key) for outcome in outcomes)):
        reading.check_length(element, what, text, MAX_WORD)
    if len({outcome.key for outcome in outcomes}) < len(outcomes):
        reading.findings.error("bad_word", work, "two outcomes have the same key", "give each outcome a key of its own")
    return Work(act=_choice(reading, work, "act", given.get("act", "other"), ACTS), role=given.get("role", role),
                form=given.get("form", form), outcomes=tuple(outcomes))


def read_limits(reading: Reading, found: list[Element]) -> tuple[Limit, ...]:
    """Every jb:limit among the words."""
    limits = [_limit(reading, word) for word in found if local(word) == "limit"]
    return tuple(limit for limit in limits if limit is not None)


def read_milestone(reading: Reading, found: list[Element]) -> str | None:
    """What passing an event means for the case; None means nothing."""
    word = only(found, "milestone")
    return None if word is None else _choice(reading, word, "fact", word.get("fact"), MILESTONES)


def read_party(reading: Reading, lane: Element, found: list[Element]) -> Party | None:
    """What a lane is said to be: a party of the case, or a fixed unit; None: nothing is said."""
    word = only(found, "party")
    if word is None:
        return None
    name, unit = word.get("as", ""), " ".join(word.get("unit", "").split())
    if bool(name) == bool(unit):
        reading.findings.error("bad_word", word, "jb:party says either as=“…” or unit=“…”, one of them",
                               f"as: one of {', '.join(PARTIES)}; unit: the name of a department")
        return None
    reading.check_length(lane, "unit", unit, MAX_WORD)
    return Party(name=_choice(reading, word, "as", name, PARTIES)) if name else Party(unit=unit)


def read_countersign(reading: Reading, found: list[Element]) -> MultiInstance | None:
    """会签 (all), 或签 (any) or 票签 (ratio) of a task: one task for each of the list `signers`, side by side; None: not said.
    Enough have signed when all, one, or the share `ratio` of them have; with `agree`, an outcome of the task, when so many have
    completed it with that outcome."""
    word = only(found, "countersign")
    if word is None:
        return None
    mode = _choice(reading, word, "mode", word.get("mode"), {"all", "any", "ratio"})
    signers, ratio = word.get("signers"), word.get("ratio", "")
    if not signers.isidentifier():
        reading.findings.error("bad_word", word, f"signers=“{signers[:40]}” is not the name of a list variable",
                               "name a variable that holds the list of those who sign")
    reading.declare(signers, "list")
    if (mode == "ratio") != bool(re.fullmatch(r"0\.[0-9]{1,4}|1(\.0{1,4})?", ratio)):
        reading.findings.error("bad_word", word, f"ratio=“{ratio[:20]}” does not go with mode=“{mode}”",
                               'mode="ratio" needs a share such as ratio="0.67", the other modes have none')
        return None
    agree = _agreement(reading, word, found)
    enough = {"all": None if agree is None else "nrOfCompletedInstances >= nrOfInstances", "any": "nrOfCompletedInstances >= 1",
              "ratio": f"double(nrOfCompletedInstances) >= {float(ratio or 1)} * double(nrOfInstances)"}
    return MultiInstance(sequential=False, collection=signers, element=SIGNER, completion=enough[mode], agree=agree)


def _agreement(reading: Reading, word: Element, found: list[Element]) -> str | None:
    """The outcome that counts as having signed; None: each does."""
    agree = word.get("agree")
    outcomes = [str(each.get("key")) for each in found if local(each) == "outcome"]
    if agree is not None and agree not in outcomes:
        reading.findings.error("bad_word", word, f"agree=“{agree[:40]}” is no outcome of the task",
                               f"one of {', '.join(outcomes)}" if outcomes else 'add <jb:outcome key="agree" …/> to the task')
        return None
    return agree


def read_child(reading: Reading, element: Element, found: list[Element]) -> ChildCase | None:
    """The child case a call activity opens; None when what it calls runs within the case. Its result and what it gives are
    variables of the parent from then on."""
    word = only(found, "case")
    if word is None or _choice(reading, word, "mode", word.get("mode"), {"inline", "child"}) == "inline":
        if word is not None and len(word.attrib) > 1:
            reading.findings.error("bad_word", word, "what is said of a child case stands on a call that opens none",
                                   'write mode="child", or leave the other attributes out')
        return None
    result, gives = word.get("result", element.get("id")), tuple(word.get("gives", "").split())
    for name in (result, *gives):
        if not name.isidentifier() or len(name) > MAX_WORD:
            reading.findings.error("bad_word", word, f"“{name[:40]}” is not a name an expression can write",
                                   'letters, digits and _ only; where the id is none, name another variable: result="…"')
    reading.declare(result, "string")
    for name in gives:
        reading.declare(name)
    return ChildCase(result=result, optional=_claim(reading, word, "optional", False),
                     after=tuple(word.get("after", "").split()), gives=gives)


def read_connector(reading: Reading, element: Element, word: Element | None) -> Connector | None:
    """What jb:connector says besides its topic; None when that is nothing. What it gives are variables from then on."""
    if word is None or len(word.attrib) <= 1:
        return None
    reading.check_length(element, "system", word.get("system"), MAX_WORD)
    reading.check_length(element, "role", word.get("role"), MAX_WORD)
    takes, gives = tuple(word.get("takes", "").split()), tuple(word.get("gives", "").split())
    for name in (*takes, *gives):
        if not name.isidentifier() or len(name) > MAX_WORD:
            reading.findings.error("bad_word", word, f"“{name[:40]}” is not a name an expression can write",
                                   "letters, digits and _ only, not beginning with a digit")
    for name in gives:
        reading.declare(name)
    if word.get("system") and not gives:
        reading.findings.warning("nothing_to_enter", element, "where the system is not connected, people are asked to enter "
                                 "nothing: the connector does not say what it gives", 'name its variables: gives="…"')
    return Connector(system=word.get("system", ""), role=word.get("role"), takes=takes, gives=gives,
                     retries=_retries(reading, word))


def _retries(reading: Reading, word: Element) -> int | None:
    text = word.get("retries")
    if text is None or (text.isascii() and text.isdigit() and 0 < int(text[:9]) <= MAX_RETRIES):
        return None if text is None else int(text)
    reading.findings.error("bad_word", word, f"retries “{text[:20]}” is no number from 1 to {MAX_RETRIES}",
                           "give a whole number")
    return None


def read_stopped_by(reading: Reading, found: list[Element]) -> str:
    """jb:bundle: which of the open mandatory children have to be stopped for the bundle's own clock to stand still."""
    word = only(found, "bundle")
    return "all" if word is None else _choice(reading, word, "stopped_by", word.get("stopped_by"), {"all", "any"})


def declare_variables(reading: Reading, found: list[Element]) -> None:
    """Every jb:variable among the words becomes known."""
    for word in found:
        if local(word) == "variable":
            kind = _choice(reading, word, "type", word.get("type", "any"), TYPES)
            if not word.get("name", "").isidentifier():
                reading.findings.error("bad_word", word, f"“{word.get('name')}” is not a name an expression can write",
                                       "letters, digits and _ only, not beginning with a digit")
            reading.declare(word.get("name"), kind)


def read_defaults(reading: Reading, found: list[Element]) -> dict[str, object]:
    """What each jb:variable with a default starts as."""
    defaults = {}
    for word in found:
        if local(word) == "variable" and (text := word.get("default")) is not None:
            value = _default(word.get("type", "any"), text)
            if value is None:
                reading.findings.error("bad_word", word, f"the default “{text[:40]}” of “{word.get('name')}” is no "
                                       f"{word.get('type', 'any')}", "true or false for bool, digits for int, 1.5 for double")
            else:
                defaults[str(word.get("name"))] = value
    return defaults


def _default(kind: str, text: str) -> object:
    """The value a default stands for; None when it is of another type. A list cannot be written down."""
    match kind:
        case "bool":
            return {"true": True, "false": False}.get(text)
        case "int":
            return int(text) if re.fullmatch(r"-?[0-9]{1,18}", text) else None
        case "double":
            return float(text) if re.fullmatch(r"-?[0-9]{1,18}(\.[0-9]{1,18})?", text) else None
        case "list":
            return None
    return text


def _limit(reading: Reading, word: Element) -> Limit | None:
    given, item = word.get("amount", ""), word.get("item", "")
    amount = given or ("0" if item else "")  # a number that a project's commitment or the catalogue gives
    if not (amount.isascii() and amount.isdigit() and int(amount[:6]) <= MAX_AMOUNT and len(amount) < 6):
        reading.findings.error("bad_word", word, f"the amount of a limit is a whole number up to {MAX_AMOUNT}, "
                               f"not “{amount[:20]}”", 'for example <jb:limit kind="promised" amount="5" unit="workday"/>')
        return None
    kind = _choice(reading, word, "kind", word.get("kind", "promised"), {kind.value for kind in DRAWN})
    unit = _choice(reading, word, "unit", word.get("unit", "workday"), {unit.value for unit in Unit})
    return Limit(amount=int(amount), kind=LimitKind(kind), unit=Unit(unit), basis=word.get("basis", ""), item=item,
                 needs_commitment=not given, exception=word.get("exception", ""),
                 count_first_day=_claim(reading, word, "count_first_day", False),
                 roll_off_holiday=_claim(reading, word, "roll_off_holiday", True))


def _claim(reading: Reading, word: Element, name: str, default: bool) -> bool:
    return _choice(reading, word, name, word.get(name, str(default).lower()), {"false", "true"}) == "true"


def _choice(reading: Reading, word: Element, name: str, value: str, known: Iterable[str]) -> str:
    """The value if it is one of the known, else the first of them, and an error noted."""
    choices = sorted(known)
    if value in choices:
        return value
    reading.findings.error("bad_word", word, f"jb:{local(word)} has {name}=“{value[:40]}”", f"one of {', '.join(choices)}")
    return choices[0]
