"""Changing the calendar: one person proposes a notice 放假通知 or a closure 停办, another accepts it, and then it is the law.

    proposed ──accepted by a second person──► in force as the next version of the law (`services.law`)
        └─────refused, with the reason──────► kept, never in force

What is proposed is kept to the letter and shown day by day against the law as it stands. Only an approved closure alters a
clock, and one that reaches into days already past may repair what has lapsed: that needs the signature of a supervisor 督查员
who had no part in it. The same holds for a corrected notice that takes working days of the past away or adds them; the first
notice of a year does not, since whatever counted through it was provisional and said so.

Decides who may change the law, and how. What a notice may say is decided by `engine.notices`; counting the open clocks anew is
the work of `services.recounting`, which a change waits for as long as its `applied_at` is None.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import orjson
from sqlalchemy import Connection

from engine.calendar import Calendar
from engine.case import local_day
from engine.day_sort import CLOSURE, WORKDAY, DaySorts
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.notices import FIXTURE, Closure, Notice, Scope, read_notice_file
from engine.sentences import say
from services.law import Law, load_law, read_ruling
from services.store import law as store
from services.store import writing
from services.store.law import ChangeRow

EVERY = 100_000
_LONGEST_NAME, _LONGEST_REFERENCE, _LONGEST_REASON = 100, 200, 1000
_LONGEST_CLOSURE = 366  # days; more is a slip in the year, or two closures


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A change of the law. `row`: who proposed and decided it, and when; `ruling`: what it says; `reason`: why a closure is
    wanted; `refusal`: why it was refused, "" when it was not."""

    row: ChangeRow
    ruling: Notice | Closure
    text: str
    reason: str = ""
    refusal: str = ""

    @property
    def id(self) -> int:
        """Its number, under which it is accepted or refused."""
        return self.row.id

    @property
    def span(self) -> tuple[date, date]:
        """The first and the last day whose counting it changes, or changed when it was accepted."""
        return date.fromisoformat(self.row.first_on), date.fromisoformat(self.row.last_on)

    @property
    def where(self) -> dict[str, str]:
        """Whose calendar it changes, as `Law.calendar` takes it."""
        return {} if self.row.scope == Scope.CITY.value else {self.row.scope: self.row.place}


@dataclass(frozen=True, slots=True, kw_only=True)
class DayChange:
    """A day that is worked by one law and off by the other, in words: 工作日 → 春节放假."""

    day: date
    was: str
    becomes: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A change as it is shown to who has to decide. `clocks`: how many open clocks have a day in its span."""

    change: Change
    days: tuple[DayChange, ...]
    clocks: int


def propose_notice(connection: Connection, shelf: Path, data: bytes, *, file: str, by: str, now: datetime) -> Proposed:
    """Propose a year's notice in the shelf's format; `file`: its name for messages, "" when there is none. Raises InvalidInput
    with the line when it contradicts itself or the statute, Forbidden when it is the law or proposed already."""
    law = load_law(connection, shelf)
    notice = read_notice_file(data, file, statutory=law.statutory)
    if law.notice(notice.year) == notice:
        raise Forbidden("propose", say("{citation} is the law of {year} already", citation=notice.citation, year=notice.year))
    row = _row(connection, notice, scope=Scope.CITY, place="", year=notice.year, reference=notice.number, by=by, now=now)
    return _propose(connection, law, Change(row=row, ruling=notice, text=data.decode("utf-8-sig")))


def propose_closure(
    connection: Connection, shelf: Path, *, scope: Scope, place: str, first: date, last: date, reference: str, approver: str,
    reason: str, by: str, now: datetime,
) -> Proposed:
    """Propose a closure, both ends included; `reference` is the number of the order 文号, `approver` who approved it, `place`
    "" for the city, else which park, window or system. Raises InvalidInput, or Forbidden when it is proposed or in force."""
    closure = Closure(
        first=first, last=last, scope=scope, place=_said(place, "place", _LONGEST_NAME) if scope is not Scope.CITY else place,
        reference=_said(reference, "reference", _LONGEST_REFERENCE), approver=_said(approver, "approver", _LONGEST_NAME))
    if (last - first).days >= _LONGEST_CLOSURE:
        raise InvalidInput("last", say(
            "{first} to {last} is longer than a year; check the years, or propose it in parts", first=first, last=last))
    law = load_law(connection, shelf)
    if closure in law.closures:
        raise Forbidden("propose", say("the closure under {reference} is in force already", reference=reference))
    row = _row(connection, closure, scope=scope, place=closure.place, year=None, reference=closure.reference, by=by, now=now)
    return _propose(connection, law, Change(row=row, ruling=closure, text=_text(closure),
                                            reason=_said(reason, "reason", _LONGEST_REASON)))


def accept(
    connection: Connection, shelf: Path, change_id: int, *, by: str, now: datetime, signed_off_by: str | None = None,
    allow_fixture: bool = False,
) -> Change:
    """Make a proposal the law from now on, as its next version. One at a time: who comes second waits, and finds the law of the
    first. `signed_off_by`: the supervisor, needed when days already past change. Raises Forbidden, NotFound or InvalidInput;
    nothing has changed then."""
    with connection.begin_nested():
        version = store.next_version(connection)
        change = _undecided(connection, change_id, "accept")
        accepter = _person(by, "by")
        _check_accepter(change, accepter, allow_fixture)
        law = load_law(connection, shelf)
        amended = law.amended(change.ruling, version=version)
        _check_sign_off(change, law, amended, accepter, signed_off_by, local_day(now))
        return _decide(connection, _spanning(change, law, amended), decided_by=accepter, decided_at=now, is_accepted=True,
                       version=version, signed_off_by=signed_off_by and _person(signed_off_by, "signed_off_by"))


def refuse(connection: Connection, change_id: int, *, by: str, reason: str, now: datetime) -> Change:
    """Refuse a proposal for good; who proposed it may take it back in this way. Raises Forbidden, NotFound or InvalidInput."""
    change = _undecided(connection, change_id, "refuse")
    refused = replace(change, refusal=_said(reason, "reason", _LONGEST_REASON))
    return _decide(connection, refused, decided_by=_person(by, "by"), decided_at=now, is_accepted=False)


def changes(connection: Connection, *, after: int = 0, most: int = EVERY) -> list[Change]:
    """The changes that were ever proposed, oldest first, from number `after` + 1."""
    return [_change(row) for row in store.changes(connection, after=after, most=most)]


def pending(connection: Connection) -> list[Change]:
    """The proposals nobody has decided on, oldest first."""
    return [_change(row) for row in store.pending(connection)]


def find(connection: Connection, change_id: int) -> Change:
    """One change. Raises NotFound."""
    row = store.change(connection, change_id)
    if row is None:
        raise NotFound("calendar change", str(change_id), "GET /api/v1/calendar/changes and `jiban calendar show` list them")
    return _change(row)


def difference(law: Law, change: Change) -> list[DayChange]:
    """The days that would be worked or off otherwise than under `law`, in order. Empty when the change only publishes what was
    known, or touches days that are off anyway. Raises InvalidInput when the law and the change contradict each other."""
    before, after = _calendars(law, law.amended(change.ruling, version=law.version + 1), change)
    old, new = DaySorts(calendar=before), DaySorts(calendar=after)
    return [DayChange(day=day, was=_said_of(old, day), becomes=_said_of(new, day)) for day in before.differing_days(after)]


def shown(connection: Connection, law: Law, change: Change) -> Proposed:
    """A change with what it would change in `law`, and how many open clocks it touches."""
    return Proposed(change=change, days=tuple(difference(law, change)), clocks=store.open_clocks(
        connection, *change.span, park=change.row.place if change.row.scope == Scope.PARK.value else ""))


def _propose(connection: Connection, law: Law, change: Change) -> Proposed:
    proposed = _with_body(_spanning(change, law, law.amended(change.ruling, version=law.version + 1)))
    for other in pending(connection):
        if other.ruling == change.ruling:
            raise Forbidden("propose", say(
                "change {change}, proposed by {proposed_by}, says the same; accept or refuse that one",
                change=other.id, proposed_by=other.row.proposed_by))
    store.insert_change(connection, proposed.row)
    return shown(connection, law, proposed)


def _row(
    connection: Connection, ruling: Notice | Closure, *, scope: Scope, place: str, year: int | None, reference: str, by: str,
    now: datetime,
) -> ChangeRow:
    return ChangeRow(
        id=writing.next_number(connection, "calendar_change"), kind="closure" if isinstance(ruling, Closure) else "notice",
        scope=scope.value, place=place, year=year, first_on="", last_on="", reference=reference,
        approver=ruling.approver if isinstance(ruling, Closure) else "", body=b"",
        is_fixture=isinstance(ruling, Notice) and ruling.is_fixture, proposed_by=_person(by, "by"), proposed_at=now,
        decided_by=None, decided_at=None, is_accepted=None, signed_off_by=None, version=None, applied_at=None)


def _text(closure: Closure) -> str:
    said = {"first": closure.first.isoformat(), "last": closure.last.isoformat(), "reference": closure.reference,
            "scope": closure.scope.value, "place": closure.place, "approver": closure.approver}
    return orjson.dumps(said).decode()


def _with_body(change: Change) -> Change:
    body = orjson.dumps({"text": change.text, "reason": change.reason, "refusal": change.refusal})
    return replace(change, row=change.row._replace(body=body))


def _change(row: ChangeRow) -> Change:
    body = orjson.loads(row.body)
    return Change(row=row, ruling=read_ruling(row.kind, row.body), text=body["text"], reason=body["reason"],
                  refusal=body["refusal"])


def _spanning(change: Change, law: Law, amended: Law) -> Change:
    """The change with the days whose counting it changes; its own days when it changes none. Raises InvalidInput when the two
    laws contradict each other."""
    before, after = _calendars(law, amended, change)
    ruling = change.ruling
    own = (ruling.first, ruling.last) if isinstance(ruling, Closure) else (date(ruling.year, 1, 1), date(ruling.year, 12, 31))
    first, last = before.changed_days(after) or own
    return replace(change, row=change.row._replace(first_on=first.isoformat(), last_on=last.isoformat()))


def _calendars(law: Law, amended: Law, change: Change) -> tuple[Calendar, Calendar]:
    return law.calendar(**change.where), amended.calendar(**change.where)


def _undecided(connection: Connection, change_id: int, command: str) -> Change:
    change = find(connection, change_id)
    if change.row.is_accepted is not None:
        raise _decided(change, command)
    return change


def _decided(change: Change, command: str) -> Forbidden:
    how = (say("accepted, as version {version},", version=change.row.version) if change.row.is_accepted
           else say("refused ({refusal})", refusal=change.refusal))
    return Forbidden(command, say(
        "change {change} was {how} by {by}; whoever wants it otherwise proposes a new change",
        change=change.id, how=how, by=change.row.decided_by))


def _decide(connection: Connection, change: Change, **decision: object) -> Change:
    decided = _with_body(replace(change, row=change.row._replace(**decision)))  # type: ignore[arg-type]
    if not store.decide(connection, decided.row):
        raise _decided(find(connection, change.id), "accept" if decision["is_accepted"] else "refuse")
    return decided


def _check_accepter(change: Change, accepter: str, allow_fixture: bool) -> None:
    if _is_same(accepter, change.row.proposed_by):
        raise Forbidden("accept", say(
            "{accepter} proposed change {change}: a change of the calendar needs a second person; any other may accept it, "
            "and its proposer may only refuse it", accepter=accepter, change=change.id))
    if change.row.is_fixture and not allow_fixture:
        raise Forbidden("accept", say(
            "change {change} is made up for a test ({fixture}) and cannot be the law; only a test installation accepts it, "
            "when told to allow fixtures", change=change.id, fixture=FIXTURE))


def _check_sign_off(change: Change, law: Law, amended: Law, accepter: str, signed_off_by: str | None, today: date) -> None:
    """A change never repairs a lapsed case silently (domain rule R20)."""
    if signed_off_by is None:
        past = _past_day(change, law, amended, today)
        if past is not None:
            raise Forbidden("accept", say(
                "change {change} reaches back to {past}, so it may repair what has lapsed: a supervisor 督查员 who neither "
                "proposed nor accepts it has to sign it off", change=change.id, past=past))
        return
    for person in (change.row.proposed_by, accepter):
        if _is_same(_person(signed_off_by, "signed_off_by"), person):
            raise Forbidden("accept", say(
                "{person} cannot also sign change {change} off: that is for a supervisor 督查员 who neither proposed nor "
                "accepts it", person=person, change=change.id))


def _past_day(change: Change, law: Law, amended: Law, today: date) -> date | None:
    """The first day before today that the change alters though it was settled. None: there is none."""
    if isinstance(change.ruling, Closure):
        return change.ruling.first if change.ruling.first < today else None
    if law.notice(change.ruling.year) is None:
        return None
    before, after = _calendars(law, amended, change)
    return next((day for day in before.differing_days(after) if day < today), None)


def _said_of(sorts: DaySorts, day: date) -> str:
    sort = sorts.of(day)
    if sort.code == WORKDAY:
        return "工作日"
    return f"{sort.phrase}({sort.source})" if sort.code == CLOSURE else sort.phrase


def _person(name: str, field: str) -> str:
    return _said(name, field, _LONGEST_NAME)


def _said(text: str, field: str, longest: int) -> str:
    found = text.strip()
    if not found or len(found) > longest or not found.isprintable():
        raise InvalidInput(field, say(
            "expected 1 to {most} printable characters, found {found}", most=longest, found=f"{text[:40]!r}"))
    return found


def _is_same(one: str, other: str) -> bool:
    """The same natural person, however the name is typed."""
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return "".join(unicodedata.normalize("NFKC", name).casefold().split())
