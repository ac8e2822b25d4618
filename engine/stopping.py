"""Stopping and resuming: which stop may begin, on what it has to rest, who may end it (行政许可法 art. 45; domain rules R10,
R13).

Every refusal says what is lacking, or what is allowed now and by whom. A stop that begins while another lasts is one more; the
days both cover are left out once.
"""

from __future__ import annotations

from datetime import date, datetime

from engine import events
from engine.calendar import Calendar
from engine.case import Case, local_day
from engine.errors import Forbidden, InvalidInput
from engine.events import Fact
from engine.lifecycle import ALLOWED, State
from engine.limits import Limit, deadline
from engine.moves import required
from engine.sentences import say
from engine.stops import GROUNDS, PAUSES, STATUTE, Stop, StopKind

EXAMINATIONS = {"large": 15, "ordinary": 10}
"""Working days of a drawing examiner: large projects, and medium and small ones (住建部令第13号)."""


def suspend(
    case: Case, *, ground: str, document: str, expected_end: date, now: datetime, basis: str = "",
) -> Fact:
    """特别程序开始 (行政许可法 art. 45): on one of the eight grounds, or one that a law adds (`basis` names its article),
    with the written notice's number and the time it is expected to take, which the applicant was told. Raises InvalidInput
    for one of them, Forbidden in the wrong state."""
    _guard(case, "suspend")
    if ground not in GROUNDS and ground != STATUTE:
        raise InvalidInput("ground", say(
            "“{ground}” is not one of the grounds of 行政许可法 art. 45: {grounds}; a ground of another law is “{statute}” "
            "with its article as basis; 整改 and 审查补正 are a pause. The reviewer 承办人 begins it, on one of these",
            ground=ground, grounds=tuple(GROUNDS), statute=STATUTE))
    if ground == STATUTE:
        basis = required("basis", basis, "the article of the law that adds this ground")
    document = required("document", document, "the number of the 特别程序告知书 (the applicant is told in writing, art. 45)")
    return _begun(case, StopKind.SPECIAL, ground, now, expected_end=_after_today(expected_end, now), document=document,
                  basis=basis or "行政许可法第四十五条")


def pause(
    case: Case, *, ground: str, basis: str, document: str = "", expected_end: date | None = None, now: datetime,
) -> Fact:
    """暂停, by a rule of the office with its basis: 整改 and 审查补正 are not among the grounds of art. 45 and are counted
    apart."""
    _guard(case, "pause")
    if ground not in PAUSES:
        raise InvalidInput("ground", say(
            "“{ground}” is no ground of a pause: {pauses}; the grounds of 行政许可法 art. 45 are a special procedure",
            ground=ground, pauses=tuple(PAUSES)))
    return _begun(case, StopKind.PAUSE, ground, now, document=document.strip(),
                  basis=required("basis", basis, "the rule the pause rests on (no general law allows one)"),
                  expected_end=None if expected_end is None else _after_today(expected_end, now))


def hold(case: Case, *, order: str, reason: str, now: datetime) -> Fact:
    """挂起, by order of a court or a superior; `order`: its number."""
    _guard(case, "hold")
    return _begun(case, StopKind.HOLD, "order", now, document=required("order", order, "the number of the order"),
                  basis=required("reason", reason, "whose order it is, and why"))


def examine(case: Case, calendar: Calendar, *, size: str, examiner: str, now: datetime) -> Fact:
    """审图: the drawings are with their examiner, whose time is not the office's and has a clock of its own."""
    _guard(case, "examine")
    if size not in EXAMINATIONS:
        raise InvalidInput("size", say("expected one of {known}, found “{found}”", known=tuple(EXAMINATIONS), found=size))
    workdays = EXAMINATIONS[size]
    expected = deadline(calendar, Limit(amount=workdays), now).due_on
    return _begun(case, StopKind.EXAMINATION, "drawing_examination", now, expected_end=expected, workdays=workdays,
                  document=required("examiner", examiner, "the examining body"), basis="住建部令第13号")


def resume(case: Case, *, now: datetime, stop: int | None = None) -> Fact:
    """恢复: a stop is over. `stop`: the number of the fact that began it, None for the only one that lasts."""
    if case.ended_at is not None:
        raise Forbidden("resume", say(
            "case {case} is {state}: it has ended, and what stopped it with it", case=case.number, state=case.state))
    lasting = case.open_stops
    if not lasting:
        raise Forbidden("resume", say(
            "case {case} is not suspended but {state}: nothing is stopped, its days count (行政许可法 art. 42, 45). What its "
            "reviewer 承办人 may do is to begin a stop: a special procedure (suspend), a pause, a hold",
            case=case.number, state=case.state))
    over = _which(case, lasting, stop)
    remaining = len(lasting) - 1
    return events.CaseResumed(ground=over.ground, resumed_on=local_day(now), stop=over.seq, remaining=remaining,
                              back_to=case.resumes_to.value)


def _which(case: Case, lasting: tuple[Stop, ...], stop: int | None) -> Stop:
    if stop is None and len(lasting) == 1:
        return lasting[0]
    found = next((each for each in lasting if each.seq == stop), None)
    if found is None:
        named = tuple(say("{seq} ({stop}: {ground})", seq=each.seq, stop=each.kind, ground=each.ground) for each in lasting)
        raise InvalidInput("stop", say("name the stop of case {case} that is over: {named}", case=case.number, named=named))
    return found


def _guard(case: Case, command: str) -> None:
    if case.ended_at is not None or State.SUSPENDED not in ALLOWED[case.state]:
        raise Forbidden(command, say(
            "case {case} is {state}; only the days between 受理 and 办结 can be stopped (行政许可法 art. 45), by its reviewer",
            case=case.number, state=case.state))


def _after_today(expected_end: date, now: datetime) -> date:
    if expected_end <= local_day(now):
        raise InvalidInput("expected_end", say("the expected end {expected_end} is not after today", expected_end=expected_end))
    return expected_end


def _begun(
    case: Case, kind: StopKind, ground: str, now: datetime, *, document: str, basis: str, expected_end: date | None = None,
    workdays: int = 0,
) -> Fact:
    if any((stop.kind, stop.ground) == (kind, ground) for stop in case.open_stops):
        raise Forbidden(kind.value, say(
            "case {case} is stopped on the ground “{ground}” already; end that stop first (resume)",
            case=case.number, ground=ground))
    return events.CaseSuspended(ground=ground, suspended_on=local_day(now), expected_end=expected_end, document=document,
                                kind=kind.value, basis=basis, workdays=workdays)
