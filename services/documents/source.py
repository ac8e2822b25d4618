"""What a document is made of: the case, its facts, and what is known of its matter; and how a fact is found among them.

Nothing is guessed: what a document must say and no fact tells is refused, with who enters it where.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TypeVar

from engine.calendar import SHANGHAI
from engine.case import Case
from engine.catalogue import Matter
from engine.duties import People
from engine.errors import Forbidden, InvalidInput
from engine.events import ClockStarted, Fact, Recorded, TaskCompleted
from engine.limit_words import said
from engine.limits import CASE_CLOCKS, NAMES, LimitKind, Unit
from engine.sentences import say, sentence_of
from services.documents.content import DeliveredLine, LimitLine, Particulars

_Fact = TypeVar("_Fact")
COMMAND = "issue a document"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """`data`: what the forms of the case have told so far. `matter`: of the catalogue, None when it has none; `matter_name`: as
    the matter, or else the diagram, is called. `labels`: what an outcome of a task is called, by (node, outcome). `issued`: the
    documents the case has already. `by`: who issues this one."""

    case: Case
    facts: Sequence[Recorded]
    data: Mapping[str, object]
    matter: Matter | None
    matter_name: str
    by: str
    labels: Mapping[tuple[str, str], str] = field(default_factory=dict)
    people: People = field(default_factory=People)
    issued: Sequence[DeliveredLine] = ()

    def name(self, account: str) -> str:
        """What somebody is called; an account nobody entered is its own name."""
        found = self.people.persons.get(account)
        return account if found is None else found.name

    def label(self, task: TaskCompleted) -> str:
        """The outcome of a task as its button says."""
        return self.labels.get((task.node, task.outcome or ""), task.outcome or "")

    def text(self, name: str) -> str:
        """A text of the case's forms; "" when nobody told it."""
        value = self.data.get(name)
        return value.strip() if isinstance(value, str) else ""

    def of_kind(self, *kinds: type) -> list[Recorded]:
        """The facts of some kinds, in order."""
        return [recorded for recorded in self.facts if isinstance(recorded.fact, kinds)]

    def step(self, recorded: Recorded) -> tuple[TaskCompleted, str] | None:
        """The task whose completion led to a fact, and who completed it; None when nobody's did."""
        for each in reversed(self.facts[:recorded.seq]):
            if each.at != recorded.at:
                break
            if isinstance(each.fact, TaskCompleted):
                return each.fact, each.by
        return None

    def with_it(self, recorded: Recorded, kind: type[_Fact]) -> Iterator[_Fact]:
        """The facts of a kind that were told after a fact, by the same command."""
        for each in self.facts[recorded.seq:]:
            if each.at != recorded.at or isinstance(each.fact, TaskCompleted):
                return
            if isinstance(each.fact, kind):
                yield each.fact


def particulars(source: Source) -> Particulars:
    """What every document says of the case. Raises Forbidden when it names no applicant."""
    applicant = source.text("applicant")
    if not applicant:
        raise lacking("申请人 (the name of the applicant)", "whoever receives the case 收件 enters it in the application form "
                                                         "(applicant); a case without one is void 作废 and received again")
    return Particulars(
        case=source.case.number, matter=source.matter_name,
        matter_code=source.matter.implementation_code if source.matter else "", applicant=applicant,
        applicant_code=source.text("credit_code") or source.text("identity_number"),
        agent=source.text("agent"), project=source.text("project_name"), project_code=source.text("project_code"),
        park=source.case.park, received_on=source.case.received_on)


def limits_told(source: Source, accepted: Recorded) -> tuple[LimitLine, ...]:
    """The limits of the case as a whole that an acceptance has started."""
    return tuple(limit_line(clock) for clock in source.with_it(accepted, ClockStarted)
                 if clock.token is None and kind_of(clock) in CASE_CLOCKS)


def limit_line(clock: ClockStarted) -> LimitLine:
    """A limit as the fact tells it that started it."""
    return LimitLine(name=NAMES[kind_of(clock)], length=said(clock.amount, Unit(clock.unit)), due=clock.due or "",
                     is_provisional=clock.is_provisional, basis=clock.basis)


def kind_of(clock: ClockStarted) -> LimitKind:
    """The force of a clock that was started; one without a kind of its own is named after it."""
    return LimitKind(clock.kind or clock.clock.partition(":")[0])


def clock_name(name: str) -> str:
    """What the offices call a clock, by its name in the case."""
    return NAMES[LimitKind(name.partition(":")[0])]


def lacking(what: str, way_out: str) -> Forbidden:
    """Something a document must say that no fact tells."""
    return Forbidden(COMMAND, say("the case does not tell {what}: {way_out}", what=sentence_of(what),
                                  way_out=sentence_of(way_out)))


def unit_of(source: Source, party: str) -> str:
    """In whose name a document is issued: of a routed case whoever `party` (a field of `CaseRouted`) is, else its department.
    Raises Forbidden when nobody is."""
    unit: str = getattr(source.case.routing, party, "") or source.case.department
    if not unit:
        raise lacking("in whose name the document is issued (发文机关)", "its designer names the department in the diagram "
                      "(jb:matter department), or the case is received in a park of the empowerment list")
    return unit


def lines_of(value: object) -> tuple[str, ...]:
    """The texts of a form's list, without empty ones."""
    given: Iterable[object] = value if isinstance(value, list) else ()
    return tuple(text for each in given if isinstance(each, str) and (text := each.strip()))


def told(data: Mapping[str, object], name: str) -> str:
    """A text of what was filled in at a step; "" when it was left out."""
    value = data.get(name)
    return value.strip() if isinstance(value, str) else ""


def own_number(data: Mapping[str, object], name: str = "document_number") -> str:
    """The number somebody has given a document by hand; "" when nobody has. Raises InvalidInput for one that cannot be one."""
    return checked_number(told(data, name))


def checked_number(number: str) -> str:
    """A number given by hand, as a document may bear it. Raises InvalidInput."""
    kept = number.strip()
    if len(kept) > 100 or not kept.isprintable():
        raise InvalidInput("number", "expected at most 100 printable characters in the number of a document")
    return kept


def minute(at: datetime) -> str:
    """An instant as documents have it: the minute in Asia/Shanghai, ISO 8601."""
    return f"{at.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}"


def day(at: datetime) -> date:
    """The day of an instant in Asia/Shanghai."""
    return at.astimezone(SHANGHAI).date()


def fact_of(recorded: Recorded, kind: type[_Fact]) -> _Fact:
    """The fact, which is of this kind."""
    fact: Fact = recorded.fact
    assert isinstance(fact, kind)
    return fact
