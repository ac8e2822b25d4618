"""A question about a deadline as people type it: “accepted on 2026-02-13, 5workday, stopped from … to …: due?”.

Decides what the words mean and refuses what they cannot mean, naming the field; it counts nothing. The command line, the
API and the page read the same words here.

    limit     5workday · 20calendar_day · 3month · 4working_hour · 1half_day · 24hour; also 5 workdays, 5wd, and
              5个工作日 · 20日 or 20个自然日 · 3个月 · 4工作小时 · 半日 · 24小时
    at        2026-02-13 (then 09:00) · 2026-02-13T10:00 · with a zone: 2026-02-13T10:00+08:00, …Z
    stop      FROM..TO:GROUND, days in (from, to] not counted; FROM..:GROUND is still open
    closure   FROM..TO:REFERENCE, both ends included; one day is FROM..FROM

A bare “day” is refused: the law's 日 is a working day in one statute and a calendar day in the next. The Chinese 日 is read
as a calendar day, since 公示 is announced so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from unicodedata import normalize

from engine.calendar import FIRST_YEAR, LAST_YEAR, SHANGHAI
from engine.counting import Suspension
from engine.errors import InvalidInput
from engine.limits import EVENTS, Extension, Limit, Unit
from engine.notices import Closure, read_date
from engine.sentences import Sentence, say

_SPELLED: Mapping[Unit, str] = {
    Unit.WORKDAY: r"work(?:ing)?[ _-]?days?|wd|个?工作日",
    Unit.HALF_DAY: r"half[ _-]?days?|hd|个?半[日天]",
    Unit.WORKING_HOUR: r"working[ _-]?hours?|wh|个?工作小时",
    Unit.HOUR: r"(?:clock[ _-]?)?hours?|h|nh|个?(?:自然)?小时",
    Unit.CALENDAR_DAY: r"calendar[ _-]?days?|cd|nd|日|个?自然日",
    Unit.MONTH: r"months?|个?月",
}
_LIMIT = re.compile(r"(\d{1,6}) ?(?:" + "|".join(f"(?P<{unit.value}>{words})" for unit, words in _SPELLED.items()) + ")",
                    re.ASCII)
_SAID: Mapping[Unit, str] = {
    Unit.WORKDAY: "{amount}个工作日", Unit.HALF_DAY: "{amount}个半日", Unit.WORKING_HOUR: "{amount}工作小时",
    Unit.HOUR: "{amount}小时", Unit.CALENDAR_DAY: "{amount}个自然日", Unit.MONTH: "{amount}个月",
}
_AT = re.compile(r"(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d)?)(Z|[+-]\d\d:\d\d)?)?", re.ASCII)
_OPENING = "09:00"  # of a day given without a time: any time before the close answers the same in days
_SPAN = re.compile(r"(\S{10})\.\.(\S{10})?(?::(.*))?", re.DOTALL)
_LONGEST = 200  # letters of a ground or a reference


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A limit, the instant its event happened, and what befell it."""

    at: datetime
    limit: Limit
    event: str
    suspensions: tuple[Suspension, ...]
    extensions: tuple[Extension, ...]
    closures: tuple[Closure, ...]


def read_question(
    *, at: str, limit: str, event: str = EVENTS[0], count_first_day: bool = False, roll_off_holiday: bool = True,
    stops: Iterable[str] = (), closures: Iterable[str] = (), extend: int = 0,
) -> Question:
    """The question in these words. `extend`: units added to the limit, in its unit. Raises InvalidInput naming `at`,
    `limit`, `event`, `stop`, `closure` or `extend`."""
    if event not in EVENTS:
        raise InvalidInput("event", say("expected one of {known}, found {found}", known=tuple(EVENTS), found=_quoted(event)))
    if extend < 0:
        raise InvalidInput("extend", say(
            "an extension adds to the limit; expected a number from 0 up, found {found}", found=extend))
    length = read_limit(limit, count_first_day=count_first_day, roll_off_holiday=roll_off_holiday)
    return Question(
        at=read_at(at), limit=length, event=event, suspensions=tuple(read_stop(stop) for stop in stops),
        extensions=(Extension(amount=extend, unit=length.unit),) if extend else (),
        closures=tuple(read_closure(closure) for closure in closures))


def read_limit(text: str, *, count_first_day: bool = False, roll_off_holiday: bool = True) -> Limit:
    """A limit in the words above; full-width digits and letters are the same. Raises InvalidInput."""
    plain = normalize("NFKC", text[:_LONGEST]).strip().lower()
    found = _LIMIT.fullmatch("1" + plain if plain in ("半日", "半天") else plain)
    if found is None:
        raise InvalidInput("limit", say(
            "expected a number and a unit, like 5workday, 20calendar_day, 3month, 4working_hour, 1half_day, 24hour, 5个工作日 "
            "or 20个自然日, found {found}", found=_quoted(text)))
    return Limit(amount=int(found[1]), unit=Unit(found.lastgroup), count_first_day=count_first_day,
                 roll_off_holiday=roll_off_holiday)


def said(amount: int, unit: Unit) -> Sentence:
    """A length as people say it: 5个工作日."""
    return Sentence(_SAID[unit].format(amount=amount), _SAID[unit], {"amount": amount})


def read_at(text: str) -> datetime:
    """An instant, in Asia/Shanghai where no zone is given. Raises InvalidInput."""
    found = _AT.fullmatch(text.strip())
    if found is not None:
        try:
            at = datetime.fromisoformat(f"{found[1]}T{found[2] or _OPENING}{found[3] or ''}")
            at = at.replace(tzinfo=SHANGHAI) if at.tzinfo is None else at.astimezone(SHANGHAI)
        except (ValueError, OverflowError):  # no such day, or a zone pushes it out of what can be told
            pass
        else:
            if FIRST_YEAR <= at.year <= LAST_YEAR:
                return at
    raise InvalidInput("at", say(
        "expected a day like 2026-02-13 or a minute like 2026-02-13T10:00 in {first_year}–{last_year}, found {found}",
        first_year=FIRST_YEAR, last_year=LAST_YEAR, found=_quoted(text)))


def read_stop(text: str) -> Suspension:
    """A stop: FROM..TO:GROUND; without TO it is still open. Raises InvalidInput."""
    start, end, ground = _span(text, "stop", "2026-02-14..2026-02-20:expert_review")
    return Suspension(start=start, end=end, ground=ground)


def read_closure(text: str) -> Closure:
    """A closure: FROM..TO:REFERENCE. Raises InvalidInput."""
    first, last, reference = _span(text, "closure", "2026-07-06..2026-07-07:防汛停办公告")
    if last is None:
        raise InvalidInput("closure", "a closure is approved for certain days; its last day is missing")
    if not reference:
        raise InvalidInput("closure", "a closure rests on an order; its number is missing after the colon")
    return Closure(first=first, last=last, reference=reference)


def _span(text: str, field: str, example: str) -> tuple[date, date | None, str]:
    found = _SPAN.fullmatch(text.strip())
    if found is None:
        raise InvalidInput(field, say(
            "expected FROM..TO:TEXT like {example}, found {found}", example=example, found=_quoted(text)))
    first = _within(read_date(found[1], field), field)
    last = _within(read_date(found[2], field), field) if found[2] else None
    if last is not None and last < first:
        raise InvalidInput(field, say("it ends on {last}, before it begins on {first}", last=last, first=first))
    why = (found[3] or "").strip()
    if len(why) > _LONGEST:
        raise InvalidInput(field, say(
            "the text after the colon has {count} letters; at most {most} are kept", count=len(why), most=_LONGEST))
    return first, last, why


def _within(day: date, field: str) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        raise InvalidInput(field, say(
            "the calendar covers {first_year}–{last_year}; {day} lies outside",
            first_year=FIRST_YEAR, last_year=LAST_YEAR, day=day))
    return day


def _quoted(text: str) -> str:
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"
