"""What is at hand while one file is read: the findings, and what stands outside the processes (messages, errors, …)."""

from __future__ import annotations

from dataclasses import dataclass, field

from engine.definitions.expression_dialects import Dialect, Untranslatable, dialect_of, translate
from engine.definitions.findings import Findings
from engine.definitions.model import Party
from engine.definitions.reader import Element, children, local
from engine.expressions import ExpressionRefused, compile_expression

_SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
SCRIPT_LANGUAGES = ("javascript", "groovy", "python", "java", "ruby", "mvel", "scala", "xquery")


@dataclass(slots=True, kw_only=True)
class Reading:
    """One file being read. `variables`: the names the process being read declares, with their types; `parties`: what the lane
    of a node of that process is said to be; `ids`: every element id met, with its line."""

    root: Element
    findings: Findings
    dialect: Dialect
    roots: dict[str, Element]
    variables: dict[str, str] = field(default_factory=dict)
    parties: dict[str, Party] = field(default_factory=dict)
    ids: dict[str, int] = field(default_factory=dict)
    nodes: int = 0

    def declare(self, name: str | None, kind: str = "any") -> None:
        """A variable the diagram says exists. Names that no expression could write are left out."""
        if name and name.isidentifier():
            self.variables.setdefault(name, kind)

    def check_length(self, element: Element, what: str, text: str | None, most: int) -> None:
        """A text that goes into a column or on a page has a bound, which no real diagram comes near."""
        if text is not None and len(text) > most:
            self.findings.error("too_long", str(element.get("id") or "")[:80] or None, f"the {what} “{text[:40]}…” has "
                                f"{len(text):,} characters, more than {most}", f"shorten the {what}")

    def expression(self, text: str, where: Element, what: str) -> str | None:
        """The CEL text of an expression of any dialect; None when it is refused, which is an error noted."""
        dialect, inner = dialect_of(text, self.dialect)
        try:
            return compiled(inner, dialect)
        except (Untranslatable, ExpressionRefused) as refused:
            reason = refused.reason if isinstance(refused, ExpressionRefused) else str(refused)
            self.findings.error("bad_expression", where, f"{what} “{text.strip()[:120]}” cannot be run: {reason[:200]}",
                                "write it in CEL over the case's variables, such as: verify == \"accept\"")
            return None

    def root_element(self, reference: str | None, kind: str) -> Element | None:
        """The message, signal, error … a reference names, a prefix left out; None when the file has none such."""
        if not reference:
            return None
        for key in (reference, reference.rpartition(":")[2]):
            found = self.roots.get(key)
            if found is not None and local(found) == kind:
                return found
        return None


def open_reading(root: Element, findings: Findings) -> Reading:
    """A file about to be read."""
    return Reading(root=root, findings=findings, dialect=_dialect(root),
                   roots={element.get("id"): element for element in children(root) if element.get("id")})


def compiled(text: str, dialect: Dialect) -> str:
    """CEL text that compiles. What is no CEL, but plain words such as `not a and b`, is read as Python has them.
    Raises Untranslatable and ExpressionRefused."""
    cel = translate(text, dialect)
    try:
        compile_expression(cel)
    except ExpressionRefused:
        if dialect is not Dialect.CEL:
            raise
        try:
            cel = translate(text, Dialect.PYTHON)
        except Untranslatable:
            cel = text
        compile_expression(cel)
    return cel


def _dialect(root: Element) -> Dialect:
    if _SPIFF in root.nsmap.values():
        return Dialect.PYTHON
    return Dialect.FEEL if "feel" in root.get("expressionLanguage", "").lower() else Dialect.CEL
