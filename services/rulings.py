"""What an office rules beside the cases: its own limits, a project's commitments, its policies of lamps, cards and ladder.

Decides that a ruling is never edited: a new one ends the one before at the instant it is entered, and both stay to be seen, so
that every case can be explained by what was in force on its day. The same ruling entered twice is one ruling. What a limit or a
policy *means* is decided in `engine.precedence` and `engine.policies`; who may rule is decided at the doors.

An instant runs forward at each place: a ruling entered by a clock that has gone back begins with the one it follows.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

import orjson
from sqlalchemy import Connection

from engine import policies as policy_json
from engine import precedence
from engine.errors import InvalidInput, NotFound
from engine.limits import Limit, LimitKind, Unit
from engine.precedence import Commitment, Departure, Settled
from engine.sentences import say, sentence_of
from engine.supervision import Policy
from services import deployments
from services.store import reading, writing
from services.store import rulings as store
from services.store.rulings import CommitmentRow, CompetingRow, OfficeLimitRow, PolicyRow

OFFICE_KINDS = (LimitKind.STATUTORY, LimitKind.PROMISED, LimitKind.TARGET, LimitKind.HAND_OVER)
"""The limits an office may set: those of a case as a whole. A stage is drawn, and there may be several of one process."""

EVERY = 100_000
"""More rows than any office enters: a list that is not read page by page."""

_PROMISES = (LimitKind.PROMISED, LimitKind.TARGET)
_LARGEST_AMOUNT = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class NewLimit:
    """An office limit to be entered. `park` "": all parks. `basis`: the document it rests on. `exception`: why a promise is
    longer than the statute; None when it is not."""

    process: str
    kind: LimitKind
    amount: int
    basis: str
    approver: str
    park: str = ""
    unit: Unit = Unit.WORKDAY
    exception: Departure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce:
    """What competes with the drawn limits of a case of `process` at an instant. `catalogue`: by the limit's item, or else its
    kind."""

    process: str
    limits: Mapping[LimitKind, Limit] = field(default_factory=dict)
    commitments: Mapping[str, Commitment] = field(default_factory=dict)
    catalogue: Mapping[str, Limit] = field(default_factory=dict)

    def settle(self, drawn: Limit) -> Settled | None:
        """Whose number counts for a drawn limit; None when the diagram has none and nobody gives it. A limit without an item
        of its own answers to the process, when it is one of the case as a whole."""
        office = self.limits.get(drawn.kind) if not drawn.item else None
        item = self.process if not drawn.item and drawn.kind in _PROMISES else drawn.item
        return precedence.settle(drawn, office=office, catalogue=self.catalogue.get(drawn.item or drawn.kind.value),
                                 commitment=self.commitments.get(item))


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """Every policy in force, and the version of the whole, by which a kept copy is known to be fresh."""

    version: int = 0
    default: Policy = field(default_factory=Policy)
    by_place: Mapping[tuple[str, str], Policy] = field(default_factory=dict)

    def of(self, process: str, park: str) -> Policy:
        """The policy of a matter in a park: its own, else the matter's everywhere, else the park's for all matters, else the
        office's for all, else the defaults. A policy counts whole; nothing is mixed."""
        for place in ((process, park), (process, ""), ("", park), ("", "")):
            if (found := self.by_place.get(place)) is not None:
                return found
        return self.default


def enter_office_limit(
    connection: Connection, new: NewLimit, *, drawn: Iterable[Limit], by: str, now: datetime,
) -> OfficeLimitRow:
    """Enter an office's own limit; it counts for cases accepted from `now` on. `drawn`: the limits the process's newest diagram
    has. Raises InvalidInput when a promise would be longer than the statute, in this park or (for all parks) in any,
    and no exception documents why."""
    row = _limit_row(new, by, now)
    held = store.standing_limit(connection, process=row.process, park=row.park, kind=row.kind)
    if held is not None and _is_same(held, row):
        return held
    number = writing.next_number(connection, "office_limit")
    standing = store.standing_limits(connection, row.process)
    held = next((each for each in standing if (each.park, each.kind) == (row.park, row.kind)), None)
    _check_promises([*(each for each in standing if each is not held), row], drawn, row.park)
    since = now if held is None else max(now, held.since)
    if held is not None:
        store.end_limit(connection, held.id, since)
    row = row._replace(id=number, since=since)
    store.insert_limit(connection, row)
    return row


def end_office_limit(
    connection: Connection, *, process: str, park: str, kind: LimitKind, drawn: Iterable[Limit], now: datetime,
) -> OfficeLimitRow:
    """End an office's own limit without another: what is below it counts again. Raises NotFound, or InvalidInput when a promise
    of the office would then be longer than the statute."""
    writing.next_number(connection, "office_limit")
    standing = store.standing_limits(connection, process)
    held = next((each for each in standing if (each.park, each.kind) == (park, kind.value)), None)
    if held is None:
        raise NotFound("office limit", say(
            "{process} {park} {limit}", process=process, park=park or say("all parks"), limit=kind),
            "the list has those in force")
    _check_promises([each for each in standing if each is not held], drawn, park)
    until = max(now, held.since)
    store.end_limit(connection, held.id, until)
    return held._replace(until=until)


def enter_commitment(
    connection: Connection, new: Commitment, *, project: str, current: Iterable[Limit] = (), by: str, now: datetime,
) -> CommitmentRow:
    """Enter what an agreement promises a project; it counts for cases accepted from `now` on. `current`: the limits it may
    shorten. Raises InvalidInput when it cannot be compared with them, or lacks its clause or agreement."""
    row = _commitment_row(new, project, by, now)
    for limit in current:
        precedence.check_commitment(new, limit)
    held = store.standing_commitment(connection, project=row.project, item=row.item)
    if held is not None and _is_same(held, row):
        return held
    number = writing.next_number(connection, "commitment")
    held = store.standing_commitment(connection, project=row.project, item=row.item)
    since = now if held is None else max(now, held.since)
    if held is not None:
        store.end_commitment(connection, held.id, since)
    row = row._replace(id=number, since=since)
    store.insert_commitment(connection, row)
    return row


def end_commitment(connection: Connection, *, project: str, item: str, now: datetime) -> CommitmentRow:
    """End a commitment without another. Clocks that run keep it. Raises NotFound."""
    writing.next_number(connection, "commitment")
    held = store.standing_commitment(connection, project=project, item=item)
    if held is None:
        raise NotFound("commitment", f"{project} {item}", "the list has those in force")
    until = max(now, held.since)
    store.end_commitment(connection, held.id, until)
    return held._replace(until=until)


def enter_policy(
    connection: Connection, policy: Policy, *, process: str, park: str, by: str, now: datetime,
) -> PolicyRow:
    """Enter the policy of a matter ("": all) in a park ("": all)."""
    row = PolicyRow(id=0, process=_text(process, "process", 200, may_be_empty=True), since=now, until=None,
                    park=_text(park, "park", 100, may_be_empty=True), body=orjson.dumps(policy_json.to_json(policy)),
                    entered_by=_text(by, "by", 100))
    held = store.standing_policy(connection, process=row.process, park=row.park)
    if held is not None and _is_same(held, row):
        return held
    number = writing.next_number(connection, "policy")
    held = store.standing_policy(connection, process=row.process, park=row.park)
    since = now if held is None else max(now, held.since)
    if held is not None:
        store.end_policy(connection, held.id, since)
    row = row._replace(id=number, since=since)
    store.insert_policy(connection, row)
    return row


def end_policy(connection: Connection, *, process: str, park: str, now: datetime) -> PolicyRow:
    """End a policy without another: what is less special counts again. Raises NotFound."""
    writing.next_number(connection, "policy")  # the version of the whole: kept copies must notice
    held = store.standing_policy(connection, process=process, park=park)
    if held is None:
        raise NotFound("policy", say(
            "{process} {park}", process=process or say("all matters"), park=park or say("all parks")),
            "the list has those in force")
    until = max(now, held.since)
    store.end_policy(connection, held.id, until)
    return held._replace(until=until)


def office_limits(
    connection: Connection, *, process: str | None = None, park: str | None = None, with_history: bool = False, after: int = 0,
    most: int = EVERY,
) -> list[OfficeLimitRow]:
    """Office limits in the order they were entered, from number `after` + 1; None asks for all."""
    return store.limits_page(connection, process=process, park=park, with_history=with_history, after=after, most=most)


def commitments(
    connection: Connection, *, project: str | None = None, item: str | None = None, with_history: bool = False, after: int = 0,
    most: int = EVERY,
) -> list[CommitmentRow]:
    """Commitments in the order they were entered, from number `after` + 1; None asks for all."""
    return store.commitments_page(connection, project=project, item=item, with_history=with_history, after=after, most=most)


def policies(
    connection: Connection, *, process: str | None = None, park: str | None = None, with_history: bool = False, after: int = 0,
    most: int = EVERY,
) -> list[PolicyRow]:
    """Policies in the order they were entered, from number `after` + 1; None asks for all."""
    return store.policies_page(connection, process=process, park=park, with_history=with_history, after=after, most=most)


def effective_limits(
    connection: Connection, *, process: str, park: str, project: str, at: datetime,
    catalogue: Mapping[str, Limit] | None = None,
) -> InForce:
    """What competes with the drawn limits of a case at an instant, in one statement. `park` and `project` "": it has none.
    `catalogue`: what the catalogue says of the process; None: nothing."""
    rows = store.competing(connection, process=process, park=park, project=project, at=at)
    limits: dict[LimitKind, Limit] = {}
    for row in sorted(rows, key=lambda each: bool(each.park)):  # the park's own last, over the office's for all
        if row.source == "office":
            limits[LimitKind(row.name)] = Limit(amount=row.amount, unit=Unit(row.unit), kind=LimitKind(row.name),
                                                basis=row.basis)
    promised = {row.name: _commitment(row) for row in rows if row.source == "commitment"} if project else {}
    return InForce(process=process, limits=limits, commitments=promised, catalogue=catalogue or {})


def has_limits(connection: Connection) -> bool:
    """Has an office limit or a commitment ever been entered?"""
    return store.has_limits(connection)


def policies_in_force(connection: Connection, known: Policies | None = None) -> Policies:
    """Every policy in force: one statement when `known` is still fresh, two when it has to be read anew."""
    version = store.policy_version(connection)
    if known is not None and known.version == version:
        return known
    return Policies(version=version, by_place={
        (row.process, row.park): policy_of(row) for row in store.standing_policies(connection)})


def policy_of(row: PolicyRow) -> Policy:
    """The policy a row holds."""
    return policy_json.from_json(orjson.loads(row.body))


def departure_of(row: OfficeLimitRow) -> Departure | None:
    """Why an office limit departs from the statute; None when it does not."""
    return Departure(**orjson.loads(row.exception)) if row.exception else None


def process_named(connection: Connection, name: str) -> str:
    """The id of a deployed process, named by its id or its Chinese name; "" (all) stays. Raises NotFound."""
    return reading.definition(connection, deployments.find(connection, name)).process if name else ""


def drawn_limits(connection: Connection, process: str) -> tuple[str, tuple[Limit, ...]]:
    """The id of a process, named by its id or its Chinese name, and the limits its newest diagram has. Raises NotFound."""
    deployment = deployments.load(connection, deployments.find(connection, process))
    return deployment.process, deployment.definition.process.limits


def committed_item(connection: Connection, item: str) -> tuple[str, tuple[Limit, ...]]:
    """What a commitment's item names: a process by its id, with the limits an agreement may shorten; or else the name a drawn
    limit asks for, taken as it is."""
    try:
        process, drawn = drawn_limits(connection, item)
    except NotFound:
        return item, ()
    return process, tuple(limit for limit in drawn if limit.kind in _PROMISES and not limit.item)


def _limit_row(new: NewLimit, by: str, now: datetime) -> OfficeLimitRow:
    if new.kind not in OFFICE_KINDS:
        raise InvalidInput("kind", say(
            "an office sets {known}; a limit of the kind {kind} is changed in its diagram, by its designer",
            known=tuple(OFFICE_KINDS), kind=new.kind))
    _check_amount(new.amount)
    return OfficeLimitRow(
        id=0, process=new.process, park=_text(new.park, "park", 100, may_be_empty=True), kind=new.kind.value,
        amount=new.amount, unit=new.unit.value, basis=_text(new.basis, "basis", 1000),
        exception=orjson.dumps(asdict(new.exception)).decode() if new.exception else "",
        approver=_text(new.approver, "approver", 100), since=now, until=None, entered_by=_text(by, "by", 100))


def _commitment_row(new: Commitment, project: str, by: str, now: datetime) -> CommitmentRow:
    _check_amount(new.amount)
    return CommitmentRow(
        id=0, project=_text(project, "project", 100), item=_text(new.item, "item", 200), amount=new.amount,
        unit=new.unit.value, start_event=_text(new.start_event, "start_event", 100, may_be_empty=True),
        clause=_text(new.clause, "clause", 1000), agreement=_text(new.agreement, "agreement", 200),
        responsible=_text(new.responsible, "responsible", 100, may_be_empty=True), since=now, until=None,
        entered_by=_text(by, "by", 100))


def _check_amount(amount: int) -> None:
    if not 0 <= amount <= _LARGEST_AMOUNT:
        raise InvalidInput("amount", say(
            "expected a whole number from 0 to {most}, found {found}", most=_LARGEST_AMOUNT, found=amount))


def _text(value: str, name: str, most: int, *, may_be_empty: bool = False) -> str:
    """A text as it is kept: trimmed, on one line, of bounded length."""
    kept = value.strip()
    if not kept and not may_be_empty:
        raise InvalidInput(name, "is missing; a ruling names what it rests on and whom it concerns")
    if len(kept) > most or not kept.isprintable():
        raise InvalidInput(name, say("expected at most {most} printable characters on one line", most=most))
    return kept


def _is_same(held: OfficeLimitRow | CommitmentRow | PolicyRow, row: OfficeLimitRow | CommitmentRow | PolicyRow) -> bool:
    """Does a row in force say what a new one says, whoever entered it?"""
    return held._replace(id=0, since=row.since, entered_by=row.entered_by) == row


def _check_promises(rows: Sequence[OfficeLimitRow], drawn: Iterable[Limit], park: str) -> None:
    """Promised ≤ statutory wherever an office row takes part, in the parks that a ruling for `park` touches."""
    drawn_by_kind = {limit.kind: limit for limit in drawn if not limit.item}
    for place in [park] if park else sorted({"", *(row.park for row in rows)}):
        standing = {LimitKind(row.kind): row for row in sorted(rows, key=lambda each: bool(each.park))
                    if row.park in ("", place)}
        statute = standing.get(LimitKind.STATUTORY)
        for kind in _PROMISES:
            _check_promise(standing.get(kind), drawn_by_kind.get(kind), statute, drawn_by_kind.get(LimitKind.STATUTORY), place)


def _check_promise(
    promise: OfficeLimitRow | None, drawn_promise: Limit | None, statute: OfficeLimitRow | None, drawn_statute: Limit | None,
    place: str,
) -> None:
    """One pair; what the diagram alone says was checked when it was published."""
    if promise is None and statute is None:
        return
    promised = _limit(promise) if promise else drawn_promise
    statutory = _limit(statute) if statute else drawn_statute
    if promised is None or statutory is None:
        return
    exceptions = [found for row in (promise, statute) if row is not None and (found := departure_of(row)) is not None]
    try:
        precedence.check_promise(promised, statutory, exceptions[0] if exceptions else None)
    except InvalidInput as refusal:
        raise InvalidInput(refusal.field, say(
            "{field}: {reason}", field=place, reason=sentence_of(refusal.reason)) if place else refusal.reason) from refusal


def _limit(row: OfficeLimitRow) -> Limit:
    return Limit(amount=row.amount, unit=Unit(row.unit), kind=LimitKind(row.kind), basis=row.basis)


def _commitment(row: CompetingRow) -> Commitment:
    return Commitment(item=row.name, amount=row.amount, unit=Unit(row.unit), clause=row.basis, agreement=row.agreement,
                      start_event=row.start_event, responsible=row.responsible)
