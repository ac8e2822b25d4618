"""What an applicant sees of his case 办件进度: where it stands, by when it will be done, what is asked of him.

He sees neither opinions nor who works on it nor cards. Which of his own verbs are offered is asked of their use cases, as for
everybody (`services.judging`); so give it a transaction that is thrown away (`services.database.rehearsing`). What is said in
which words is for the pages: here are only keys and values.

**No enumeration.** A number without its code is answered like a number that does not exist, and after the same work: the code
is computed from the number alone (`services.query_codes`), so that a wrong one is refused before any case is looked at. Whoever
tries is counted at the door. """

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Connection

from engine import accepting, events
from engine.case import Case, local_day
from engine.duties import APPLICANT, APPLICANT_ROLE, Mandate
from engine.errors import NotFound
from engine.events import Recorded
from engine.lifecycle import Standing, State
from engine.limits import LimitKind
from engine.stops import ground_name
from services import judging, public_history, query_codes, undertakings, uploads
from services.folded import fold_of
from services.office import Office
from services.public_history import Happened
from services.store import errands, reading
from services.store.rows import CaseRow, TaskRow
from services.store.uploads import UploadRow

_NAMED = ("applicant", "investor")
OWN_VERBS = ("withdraw", "request_hearing", "supply", "sign_declaration", "choose_hand_over", "rate")
"""What an applicant may do to his case, besides his tasks."""

MOST_LINES = 100

@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """预计办结日 of the limit people look at. `on`: a date or a minute, None while its days do not count; `amount`, `unit`: how
    long it is; `is_past`: the day is over."""

    on: str | None
    is_provisional: bool
    amount: int
    unit: str
    is_past: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Own:
    """A task that is the applicant's. `items`: what is wanted of him; `due`: by when, "" for no day; `outcomes`: (key,
    label)."""

    id: str
    token: int
    name: str
    items: tuple[str, ...]
    due: str
    outcomes: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A material that is to be supplied by a day."""

    name: str
    supply_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """The 告知承诺书 that may be signed, whole. `digest`: by which it is known that this text was read; `is_signed`: this very
    version was."""

    text: str
    digest: str
    is_signed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A matter of a bundle 一件事."""

    name: str
    number: str
    state: State | None
    due_on: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A case in the list of an agent."""

    number: str
    matter: str
    state: State
    applicant: str
    due_on: str
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """See the module. `steps`: keys of what is being done now; `stops`: what the case waits for while no day counts, each with
    its expected end, "" where nobody can say; `due`: None before acceptance, and for a matter without a limit; `granted`: None
    before the decision; `to_window`: what he is to bring to the window, where the diagram of an earlier day has no step of his
    for it; `offers`: which of his verbs may be done."""

    number: str
    version: int
    matter: str
    applicant: str
    state: State
    steps: tuple[str, ...]
    stops: tuple[tuple[str, str], ...]
    received_on: str
    accepted_on: str
    concluded_on: str
    standing: Standing | None
    due: Due | None
    granted: bool | None
    permits: tuple[str, ...]
    tasks: tuple[Own, ...]
    to_window: tuple[str, ...]
    missing: tuple[Missing, ...]
    declaration: Declaration | None
    hearing_due: str
    collects: events.HandOverChosen | None
    rated: int | None
    reply: str
    offers: frozenset[str]
    uploads: tuple[UploadRow, ...]
    timeline: tuple[Happened, ...]
    parts: tuple[Part, ...]

    @property
    def may_attach(self) -> bool:
        """Is anything asked of him that may be a file?"""
        return bool(self.tasks or self.missing)


def look(connection: Connection, office: Office, number: str, code: str, now: datetime) -> Progress:
    """The progress of the case with this number, for who knows its code. Raises NotFound, the same for a number that does not
    exist and for a wrong code."""
    if not query_codes.is_code_of(connection, number, code):
        raise _nothing()
    return of_case(connection, office, number, by=APPLICANT, now=now)


def of_case(connection: Connection, office: Office, number: str, *, by: str, now: datetime) -> Progress:
    """The progress of a case, for who has shown that it is his; `by`: the applicant, or his agent. Raises NotFound as
    `look`."""
    row = reading.peek_case(connection, number)
    if row is None:
        raise _nothing()
    office.refresh(connection)
    case, history = fold_of(row), reading.history(connection, row.id)
    tasks = reading.tasks_of(connection, row.id)
    own = tuple(_own(case, task, history) for task in tasks if task.role == APPLICANT_ROLE)
    offers = judging.allowed(connection, office, number, OWN_VERBS, by=by, now=now)
    return Progress(
        number=number, version=row.version, matter=reading.definition_names(connection, [row.definition_id])[row.definition_id],
        applicant=masked(_applicant(row)), state=case.state, steps=_steps(case, tasks), stops=tuple(_stops(case)),
        received_on=case.received_on.isoformat(), accepted_on=row.accepted_on or "", concluded_on=row.concluded_on or "",
        standing=case.standing, due=_due(case, now), granted=case.granted,
        permits=tuple(permit.number for permit in case.permits),
        tasks=own, to_window=_items(history) if case.state is State.CORRECTING and not own else (),
        missing=_missing(case, offers),
        declaration=_declaration(connection, case, history) if "sign_declaration" in offers else None,
        hearing_due=_clock_due(case, "hearing_request") if "request_hearing" in offers else "", collects=case.collects,
        rated=case.rating.level if case.rating else None, reply=_reply(history), offers=offers,
        uploads=tuple(uploads.of_case(connection, row.id)), timeline=tuple(public_history.told(history)),
        parts=tuple(_parts(connection, case)))


def mandates_of(office: Office, agent: str, now: datetime) -> list[Mandate]:
    """The mandates under which an agent acts today."""
    today = local_day(now)
    return [each for each in office.people.mandates.get(agent, ()) if each.first_on <= today <= each.last_on]


def cases_of(connection: Connection, mandates: Sequence[Mandate]) -> list[Line]:
    """The cases of an agent's principals, newest first, the last `MOST_LINES` of each. Found by the applicant's credit
    code or his name, whichever the mandate says."""
    rows = [row for each in mandates for row in reading.cases_of_applicant(connection, each.principal, most=MOST_LINES)
            if each.project in ("", row.project)]
    names = reading.definition_names(connection, sorted({row.definition_id for row in rows}))
    found = {row.number: Line(number=row.number, matter=names[row.definition_id], state=State(row.state),
                              applicant=_applicant(row), due_on=row.due_on or "", is_open=row.ended_at is None)
             for row in sorted(rows, key=lambda row: -row.id)}
    return list(found.values())


def masked(name: str) -> str:
    """A person's name with all but the first sign hidden; a company's as it is."""
    return name if len(name) > 4 else name[:1] + "*" * max(0, len(name) - 1)


def _nothing() -> NotFound:
    return NotFound("case", "", "no case has this number and this query code: both stand on the receipt 收件凭证")


def _applicant(row: CaseRow) -> str:
    """His name as the forms have it, of an investment that has not been applied for yet the investor's; else his code."""
    data = orjson.loads(row.data)
    return next((named for name in _NAMED if isinstance(named := data.get(name), str) and named), row.applicant)


def _steps(case: Case, tasks: Sequence[TaskRow]) -> tuple[str, ...]:
    """What is being done, by the acts of the open tasks; of a supervisor's nobody outside hears."""
    if case.state in (State.SUSPENDED, State.CORRECTING) or case.ended_at is not None:
        return ()
    acts = [task.act for task in tasks if task.role not in ("supervisor", APPLICANT_ROLE)]
    return tuple(dict.fromkeys(acts))


def _stops(case: Case) -> Iterator[tuple[str, str]]:
    for stop in case.open_stops:
        yield ground_name(stop.ground), stop.expected_end.isoformat() if stop.expected_end else ""


def _due(case: Case, now: datetime) -> Due | None:
    clock = case.governing
    if clock is None:
        return None
    is_past = clock.lapses_at is not None and clock.lapses_at <= now
    return Due(on=clock.due, is_provisional=clock.is_provisional, amount=clock.amount, unit=clock.unit.value, is_past=is_past)


def _own(case: Case, task: TaskRow, history: Sequence[Recorded]) -> Own:
    period = next((clock for clock in case.running if clock.kind is LimitKind.APPLICANT and clock.token is not None), None)
    outcomes: list[tuple[str, str]] = orjson.loads(task.outcomes)
    return Own(id=f"{case.number}-{task.token}", token=task.token, name=task.name, items=_items(history),
               due=(period.due or "") if period else "", outcomes=tuple((key, label) for key, label in outcomes))


def _items(history: Sequence[Recorded]) -> tuple[str, ...]:
    """What the last correction notice 一次性补正告知 has asked for."""
    asked: object = None
    for recorded in history:
        if isinstance(recorded.fact, events.TaskCompleted) and "missing_documents" in recorded.fact.data:
            asked = recorded.fact.data["missing_documents"]
    return tuple(each for each in asked if isinstance(each, str)) if isinstance(asked, list) else ()


def _missing(case: Case, offers: frozenset[str]) -> tuple[Missing, ...]:
    if case.supply is None or "supply" not in offers:
        return ()
    return tuple(Missing(name=each.name, supply_on=each.supply_on.isoformat()) for each in case.supply.missing)


def _declaration(connection: Connection, case: Case, history: Sequence[Recorded]) -> Declaration | None:
    template = undertakings.declarable(connection, case.process)
    if template is None:
        return None
    signed = next((each.fact.undertaking for each in history
                   if each.seq == case.signed and isinstance(each.fact, events.DeclarationSigned)), None)
    return Declaration(text=template.text, digest=accepting.digest_of(template.text),
                       is_signed=signed is not None and (signed.template, signed.version) == (template.id, template.version))


def _clock_due(case: Case, name: str) -> str:
    clock = case.clock(name)
    return (clock.due or "") if clock is not None and clock.is_running else ""


def _reply(history: Sequence[Recorded]) -> str:
    """What the department has answered to a bad rating."""
    return next((each.fact.text for each in reversed(history) if isinstance(each.fact, events.RatingAnswered)), "")


def _parts(connection: Connection, case: Case) -> Iterator[Part]:
    """The matters of a bundle; those not opened yet are named as the diagram has them."""
    rows = {row.parent_token: row for row in errands.children_of(connection, case.number)} if case.children else {}
    for child in case.children:
        row = rows.get(child.token)
        yield Part(name=child.name, number=row.number if row else "", state=State(row.state) if row else None,
                   due_on=(row.due_on or "") if row and row.concluded_on is None else "")
