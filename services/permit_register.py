"""The register of granted permits 许可证件登记, beside the cases: what their facts come to, permit by permit.

A case that grants a permit tells it; whatever tells of a permit afterwards, in this case or in one that points at the permit,
changes the permit's row and adds to its history in the transaction that saves the case. One case a transaction: what a later
case has done to a permit changes the row at once, and the granting case, whose clocks of the permit still run, learns it next
(`services.permits.settle_due`).

Decides which facts concern the register and what may point at a permit. What the law allows is decided in `engine.permitting`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime, timedelta
from pathlib import Path

import orjson
from sqlalchemy import Connection

from engine import events, permitting
from engine.case import Case, local_day
from engine.codes import DISTRICT
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.events import Recorded
from engine.permits import ALLOWED, RENEWAL_DAYS, RESULTS, Act, PermitState
from engine.permitting import NewPermit, Standing
from engine.sentences import say
from services import credit
from services.credit import NewRecord
from services.permit_sorts import sort_of
from services.store import permits as store
from services.store import writing
from services.store.permits import EventRow, PermitRow
from services.undertakings import read_day

_LONGEST_NUMBER = 100
_OF_REGISTER = (events.PermitGranted, events.PermitNamed, events.PermitActedOn, events.PermitActTold, events.ConditionMet,
                events.ConditionExtended, events.PermitLapsed, events.PermitDeemedRenewed, events.PermitExpired)
_ENDS: Mapping[type, PermitState] = {events.PermitLapsed: PermitState.LAPSED, events.PermitExpired: PermitState.EXPIRED}


def take(connection: Connection, case: Case, recorded: Sequence[Recorded], data: Mapping[str, object]) -> None:
    """Take up what a step of a case, just saved, has told of permits. `data`: of the case."""
    of_permits = [each for each in recorded if isinstance(each.fact, (*_OF_REGISTER, events.DeclarationFailed))]
    if not of_permits:
        return
    case_id = store.case_id(connection, case.number)
    for each in of_permits:
        match each.fact:
            case events.PermitGranted():
                _insert(connection, case, case_id, each)
            case events.DeclarationFailed():
                _want(connection, case, case_id, each, data)
            case _:
                _change(connection, case_id, each)


def named(connection: Connection, data: Mapping[str, object], now: datetime) -> events.PermitNamed | None:
    """What a new case says of a granted permit in its form (`permit`, `permit_act`, `ground`, `new_…`, `late_reason`); None
    when it names none. The permit is locked until the transaction ends. Raises NotFound, Forbidden, InvalidInput."""
    number = str(data.get("permit") or "").strip()
    if not number:
        if data.get("permit_act"):
            raise InvalidInput("data.permit", "the number of the permit is missing that the case is about")
        return None
    row = store.locked(connection, number)
    if row is None:
        raise NotFound("permit", number, "the register (jiban permits list) has those that were granted")
    fact = permitting.name(
        _standing(row), act=str(data.get("permit_act") or ""), ground=str(data.get("ground") or ""), now=now,
        late_reason=str(data.get("late_reason") or ""), changes={
            name.removeprefix("new_"): str(value) for name, value in data.items() if name.startswith("new_")})
    for other in store.open_cases(connection, row.id):
        if other.act == fact.act:
            raise Forbidden("open a case about a permit", say(
                "case {case} is about the same act on permit {permit} and is still open: go on with that one, or end it first "
                "(撤件, 终止)", case=other.number, permit=number))
    return fact


def to_grant(
    connection: Connection, shelf: Path, case: Case, data: Mapping[str, object], now: datetime,
) -> Iterator[events.Fact]:
    """The permits that a certification 制证 fills in (`permits`), each with its number. Raises InvalidInput, Forbidden."""
    given = data.get("permits")
    for place, each in enumerate(given if isinstance(given, list) else []):
        field = f"data.permits.{place}"
        if not isinstance(each, dict):
            raise InvalidInput(field, "expected an object with the sort of the permit")
        try:
            yield permitting.grant(case, _new(connection, shelf, case, each, data, now), now)
        except InvalidInput as refusal:
            raise InvalidInput(f"{field}.{refusal.field}", refusal.reason) from refusal


def deemed_renewed(
    connection: Connection, case: Case, clock: str, now: datetime,
) -> events.PermitDeemedRenewed | None:
    """视为准予延续, before the clock of a permit's end lapses: a renewal asked for in time is still open. None: the permit
    expires, or the clock is another."""
    ending = permitting.deemed_renewed(case, clock, now)
    row = None if ending is None else store.locked(connection, ending.number)
    for renewal in store.open_cases(connection, row.id) if row is not None else ():
        if row is not None and renewal.act == Act.RENEW and local_day(renewal.at) <= _last_day_to_ask(row):
            return events.PermitDeemedRenewed(permit=row.number, by_case=renewal.number)
    return None


def _last_day_to_ask(row: PermitRow) -> date:
    return date.fromisoformat(row.valid_until or "") - timedelta(days=RENEWAL_DAYS)


def permit(connection: Connection, number: str) -> tuple[PermitRow, str]:
    """A permit with the number of its case. Raises NotFound."""
    found = store.permit(connection, number)
    if found is None:
        raise unknown(number)
    return found


def process_of(connection: Connection, number: str) -> str | None:
    """The process that granted a permit; None: the register has no such permit."""
    found = store.permit(connection, number)
    return found[0].process if found else None


def unknown(number: str) -> NotFound:
    """What whoever names no permit is told, and whoever names one he may not see."""
    return NotFound("permit", number, "the register (jiban permits list) has those that were granted")


def _new(
    connection: Connection, shelf: Path, case: Case, given: Mapping[str, object], data: Mapping[str, object], now: datetime,
) -> NewPermit:
    sort, today = sort_of(shelf, str(given.get("sort") or "")), local_day(now)
    valid_until = given.get("valid_until")
    return NewPermit(
        number=_number(connection, str(given.get("number") or "").strip(), sort.series(today), lambda serial: sort.number(
            DISTRICT, today, serial)),
        sort=sort.sort, name=sort.name, holder=str(given.get("holder") or data.get("applicant") or ""),
        holder_code=str(given.get("holder_code") or data.get("credit_code") or ""),
        authority=str(given.get("authority") or case.department or ""), seal=str(given.get("seal") or sort.seal),
        valid_from=read_day(given["valid_from"], "valid_from") if given.get("valid_from") else today,
        valid_until=read_day(valid_until, "valid_until") if valid_until else None, conditions=sort.conditions)


def _number(connection: Connection, given: str, series: str, numbered: Callable[[int], str]) -> str:
    """The number that was given, or else the next that nobody has. Raises InvalidInput for one that is taken."""
    writing.next_number(connection, "permit_number")  # from here on nobody else takes a number
    if given:
        if len(given) > _LONGEST_NUMBER or not given.isprintable() or "/" in given:
            raise InvalidInput("number", say(
                "expected at most {most} printable characters on one line, without “/”", most=_LONGEST_NUMBER))
        if store.is_taken(connection, given):
            raise InvalidInput("number", say(
                "permit {permit} has been granted already: a number is never used again; leave it out and the next one is "
                "taken", permit=given))
        return given
    while True:
        number = numbered(writing.next_number(connection, series))
        if not store.is_taken(connection, number):
            return number


def _insert(connection: Connection, case: Case, case_id: int, recorded: Recorded) -> None:
    fact = recorded.fact
    assert isinstance(fact, events.PermitGranted)
    row = PermitRow(
        id=writing.next_number(connection, "permit"), number=fact.number, sort=fact.sort, name=fact.name, holder=fact.holder,
        holder_code=fact.holder_code, case_id=case_id, process=case.process, park=case.park, department=case.department,
        authority=fact.authority, seal=fact.seal, granted_on=fact.granted_on.isoformat(),
        valid_from=fact.valid_from.isoformat(), valid_until=_day(fact.valid_until),
        conditions=orjson.dumps([asdict(each) for each in fact.conditions]).decode(),
        state=PermitState.IN_FORCE.value, version=1, follows=fact.follows, untold=None, wanted="", wanted_for="")
    store.insert_permit(connection, row)
    _add(connection, row, case_id, recorded)


def _change(connection: Connection, case_id: int, recorded: Recorded) -> None:
    """A further fact about a permit: its row becomes what the fact says, and its history one event longer."""
    row = store.locked(connection, str(getattr(recorded.fact, "permit", "")))
    if row is None:
        return
    changed = _after(row, case_id, recorded)
    if changed != row:
        store.change_permit(connection, changed)
    _add(connection, changed, case_id, recorded)


def _after(row: PermitRow, case_id: int, recorded: Recorded) -> PermitRow:
    match fact := recorded.fact:
        case events.PermitActedOn():
            return acted_on(row, Act(fact.act), fact.changes)._replace(untold=case_id)
        case events.PermitActTold():
            return row._replace(untold=None)
        case events.PermitNamed() if row.wanted == fact.act:
            return row._replace(wanted="", wanted_for="")
        case events.PermitLapsed() | events.PermitExpired() if _ENDS[type(fact)] in ALLOWED[PermitState(row.state)]:
            return row._replace(state=_ENDS[type(fact)].value)
    return row


def acted_on(row: PermitRow, act: Act, changes: Mapping[str, str]) -> PermitRow:
    """A permit after an act was granted. One that has ended meanwhile stays as it is."""
    if RESULTS[act] not in ALLOWED[PermitState(row.state)]:
        return row
    if act is Act.CHANGE:
        return PermitRow(**{**row._asdict(), **changes, "version": row.version + 1})
    return row._replace(state=RESULTS[act].value)


def _want(
    connection: Connection, case: Case, case_id: int, recorded: Recorded, data: Mapping[str, object],
) -> None:
    """A declaration has failed: each permit that rests on it is to be annulled, and the applicant proposed for the credit
    register."""
    fact = recorded.fact
    assert isinstance(fact, events.DeclarationFailed)
    reason = _line(f"{'承诺不实' if fact.is_false else '未履行承诺'}：{fact.findings}", 900)
    for row in store.permits_of(connection, case_id):
        if row.state == PermitState.IN_FORCE.value:
            store.change_permit(connection, row._replace(wanted=Act.ANNUL.value, wanted_for=f"{reason}（{case.number}）"))
    code = _line(str(data.get("credit_code") or data.get("identity_number") or ""), 18)
    if code:
        name = _line(str(data.get("applicant") or ""), 200)
        new = NewRecord(code=code, name=name or code, reason=reason, document="")
        credit.propose(connection, new, case_number=case.number, by=recorded.by, now=recorded.at)


def _add(connection: Connection, row: PermitRow, case_id: int, recorded: Recorded) -> None:
    store.insert_event(connection, EventRow(
        permit_id=row.id, place=0, kind=recorded.kind, act=str(getattr(recorded.fact, "act", "")), case_id=case_id,
        seq=recorded.seq, at=recorded.at, by=recorded.by, state=row.state))


def _standing(row: PermitRow) -> Standing:
    return Standing(number=row.number, state=PermitState(row.state),
                    valid_until=date.fromisoformat(row.valid_until) if row.valid_until else None)


def _line(text: str, most: int) -> str:
    """A text as a register keeps it: on one line, printable, of bounded length."""
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())[:most]


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
