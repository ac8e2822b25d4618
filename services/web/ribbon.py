"""The time of a case as a ribbon: its clocks one above the other, a day a column, drawn by `ribbon.html` as SVG.

Decides what is drawn where; a browser only paints it. Each day of a clock is one of these::

    counted   it was counted                    coming    it will be counted
    paused    a stop leaves it out              off       no day of work in the hall
    late      the due day is over               ends      nothing: not yet begun, the event's own day, rolled, over

Marks are the facts a supervisor looks for, one character each; those too near to each other stand one above the other.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby

from engine import events
from engine.accounted_days import SUSPENDED
from engine.case import local_day
from engine.day_sort import CLOSURE, HOLIDAY, STATUTORY, WEEKEND
from engine.events import Fact, Recorded
from engine.sentences import Sentence, say, sentence_of
from engine.stops import StopKind, ground_name
from services.dossiers import Dossier
from services.explaining import ExplainedClock
from services.web.frame import text
from services.web.words import COLOURS, STOP_KINDS, Colour

WIDTH, LABELS, RIGHT = 1280, 190, 24
_TOP, _LANE, _TRACK, _BAR = 20, 20, 34, 16
MOST_DAYS, MOST_TRACKS = 300, 16
_AHEAD = 60
_NEAR = 20.0
_DAY = timedelta(days=1)
_OFF = frozenset({WEEKEND, HOLIDAY, STATUTORY, CLOSURE})

COUNTED, COMING, PAUSED, OFF, LATE, NOTHING = "counted", "coming", "paused", "off", "late", "ends"
SAID = {COUNTED: "计入", COMING: "将计入", PAUSED: "停表，不计", OFF: "休息日，不计", LATE: "超期"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Band:
    """Days on end of one sort. `title`: what it says when pointed at."""

    x: float
    width: float
    sort: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flag:
    """A due day of a clock. `sort`: due, was (an earlier one), and provisional for one that may still move."""

    x: float
    sort: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Track:
    """A clock. `y`: of its bar; `days`: what each day was, for who reads it without looking."""

    y: float
    name: str
    label: str
    due: str
    is_late: bool
    bands: tuple[Band, ...]
    flags: tuple[Flag, ...]
    days: tuple[tuple[date, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """A fact of the case."""

    x: float
    y: float
    letter: str
    sort: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """A day written below. `is_month`: its month is new."""

    x: float
    label: str
    is_month: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Ribbon:
    """What is drawn. `off`: the days off, over the whole height; `today`: None when it lies outside. `is_cut`: not all days or
    clocks are shown."""

    height: float
    plot_top: float
    plot_bottom: float
    tracks: tuple[Track, ...]
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]
    off: tuple[Band, ...]
    today: float | None
    is_cut: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Axis:
    first: date
    last: date

    @property
    def width(self) -> float:
        """Of a day."""
        return (WIDTH - LABELS - RIGHT) / ((self.last - self.first).days + 1)

    def x(self, day: date) -> float:
        """Where a day begins."""
        return round(LABELS + (day - self.first).days * self.width, 2)

    def shows(self, day: date) -> bool:
        return self.first <= day <= self.last

    def days(self) -> Iterator[date]:
        day = self.first
        while day <= self.last:
            yield day
            day += _DAY


def ribbon(found: Dossier, *, today: date) -> Ribbon:
    """The ribbon of a case on a day: its clocks as explained, those of the whole case first."""
    clocks, facts, calendar = found.explained.clocks, found.facts, found.calendar
    shown = clocks[:MOST_TRACKS]
    axis, is_cut = _axis(shown, facts, today)
    marks, lanes = _marks(facts, axis)
    top = _TOP + lanes * _LANE + 6
    bottom = top + max(len(shown), 1) * _TRACK
    return Ribbon(
        height=bottom + 24, plot_top=top - 4, plot_bottom=bottom, marks=marks, is_cut=is_cut or len(shown) < len(clocks),
        tracks=tuple(_track(clock, _days(clock, found, today), axis, top + number * _TRACK + 6)
                     for number, clock in enumerate(shown)),
        ticks=tuple(_ticks(axis)), today=axis.x(today) + axis.width / 2 if axis.shows(today) else None,
        off=tuple(_bands([(day, OFF) for day in axis.days() if not calendar.is_workday(day)], axis)))


def _axis(clocks: Sequence[ExplainedClock], facts: Sequence[Recorded], today: date) -> tuple[_Axis, bool]:
    """From the first fact to the last due day that is near; a long life is cut at its beginning."""
    first = local_day(facts[0].at)
    over = [local_day(recorded.at) for recorded in facts if isinstance(recorded.fact, events.ProcessCompleted)]
    end = max(over) if over else today
    dues = [clock.account.due_on for clock in clocks if clock.account.due_on is not None]
    last = max([end, *(due for due in dues if due <= end + _AHEAD * _DAY)]) + 2 * _DAY
    is_cut = any(due > last for due in dues) or (last - first).days >= MOST_DAYS
    return _Axis(first=max(first - _DAY, last - (MOST_DAYS - 1) * _DAY), last=last), is_cut


def _track(found: ExplainedClock, told: Iterable[tuple[date, str]], axis: _Axis, y: float) -> Track:
    clock, days = found.clock, tuple(told)
    return Track(
        y=y, name=clock.name, label=text(found.label), due=_due(found) or text("停表中"),
        is_late=any(sort == LATE for _, sort in days), days=days,
        bands=tuple(_bands([(day, sort) for day, sort in days if axis.shows(day) and sort != NOTHING], axis)),
        flags=tuple(flag for flag in _flags(found, axis)))


def _due(found: ExplainedClock) -> str:
    """The due day of a clock, "" while it has none."""
    due = (found.account.due or "").replace("T", " ")
    return f"{due}{text('（暂定）')}" if found.account.provisional else due


def _days(explained: ExplainedClock, found: Dossier, today: date) -> Iterator[tuple[date, str]]:
    """What each day of a clock is, from its event to its due day, and while it is late."""
    over = found.over.get(explained.clock.name)
    for told in explained.account.days:
        yield told.date, _sort(told.code, told.counted, is_over=over is not None and told.date > over,
                               is_past=told.date <= today)
    due, until = explained.account.due_on, over or today
    day = due + _DAY if due is not None else until + _DAY
    while day <= until:
        yield day, LATE if found.calendar.is_workday(day) else OFF
        day += _DAY


def _sort(code: str, counted: bool, *, is_over: bool, is_past: bool) -> str:
    if is_over:
        return NOTHING
    if counted:
        return COUNTED if is_past else COMING
    return PAUSED if code == SUSPENDED else OFF if code in _OFF else NOTHING


def _bands(days: Iterable[tuple[date, str]], axis: _Axis) -> Iterator[Band]:
    """Days that follow each other and are of one sort, as one band."""
    numbered = ((day.toordinal() - number, sort, day) for number, (day, sort) in enumerate(days))
    for (_, sort), run in groupby(numbered, key=lambda each: each[:2]):
        span = [day for _, _, day in run]
        first, last = f"{span[0]:%m-%d}", f"{span[-1]:%m-%d}"
        dates = first if first == last else text("{first} 至 {last}").format(first=first, last=last)
        title = text("{dates} {sort}（{count}日）").format(dates=dates, sort=text(SAID[sort]), count=len(span))
        yield Band(x=axis.x(span[0]), width=round(len(span) * axis.width, 2), sort=sort, title=title)


def _flags(found: ExplainedClock, axis: _Axis) -> Iterator[Flag]:
    """The due days a clock has had, where they are drawn; the present one last."""
    due = found.account.due_on
    earlier = dict.fromkeys(told.due[:10] for told in found.deadlines if told.due)
    for was in earlier:
        day = date.fromisoformat(was)
        if day != due and axis.shows(day):
            yield Flag(x=axis.x(day) + axis.width, sort="was", title=text("原到期日 {due}").format(due=was))
    if due is not None and axis.shows(due):
        sort = "due provisional" if found.account.provisional else "due"
        shown = (found.account.due or "").replace("T", " ")
        yield Flag(x=axis.x(due) + axis.width, sort=sort, title=text("到期日 {due}").format(due=shown))


def _ticks(axis: _Axis) -> Iterator[Tick]:
    """Mondays while there is room for them, else the first of each month."""
    every_week = axis.width * 7 >= 44
    for day in axis.days():
        if day.day == 1 or (every_week and day.weekday() == 0 and day.day > 3):
            yield Tick(x=axis.x(day), label=f"{day:%Y-%m}" if day.day == 1 and not every_week else f"{day:%m-%d}",
                       is_month=day.day == 1)


def _marks(facts: Sequence[Recorded], axis: _Axis) -> tuple[tuple[Mark, ...], int]:
    """The marks, and how many lanes they take."""
    ends: list[float] = []
    found: list[Mark] = []
    for recorded in facts:
        told, day = _told(recorded.fact), local_day(recorded.at)
        if told is None or not axis.shows(day):
            continue
        letter, sort, said = told
        x = axis.x(day) + axis.width / 2
        lane = next((number for number, end in enumerate(ends) if x - end >= _NEAR), len(ends))
        ends[lane:lane + 1] = [x]
        found.append(Mark(x=round(x, 2), y=_TOP + lane * _LANE, letter=text(letter), sort=sort,
                          title=text("{day} {what}（{by}）").format(day=day, what=text(said), by=recorded.by)))
    return tuple(found), max(len(ends), 1)


_STOPS = {StopKind.SPECIAL: "特", StopKind.PAUSE: "停", StopKind.HOLD: "挂", StopKind.EXAMINATION: "图",
          StopKind.CHILDREN: "停"}
_CARDS = {Colour.YELLOW: "黄", Colour.RED: "红"}
_PLAIN: dict[type, tuple[str, str, str]] = {
    events.CaseOpened: ("收", "plain", "收件"), events.CorrectionSubmitted: ("齐", "stop", "补正材料收到"),
    events.CaseConcluded: ("结", "good", "办结"), events.CaseHandedOver: ("送", "good", "送达"),
    events.CaseDeclined: ("否", "bad", "不予受理"), events.CaseNotApplicable: ("否", "bad", "不受理"),
    events.CaseReturned: ("退", "bad", "退件"), events.CaseWithdrawn: ("撤", "bad", "撤件"),
    events.CaseTerminated: ("终", "bad", "终止"), events.CaseVoided: ("废", "bad", "作废"),
    events.OrderReplied: ("答", "watch", "督办答复"), events.OrderClosed: ("销", "watch", "督办销号"),
    events.OrderReturned: ("返", "watch", "督办退回重新答复"), events.CardWrittenOff: ("核", "watch", "核销"),
    events.CardExempted: ("免", "watch", "容错免责"), events.CardAppealed: ("诉", "watch", "申诉"),
}


def _told(fact: Fact) -> tuple[str, str, str] | None:
    """A fact as a mark: its character, its sort and its words; None for one that has none."""
    match fact:
        case events.CaseAccepted():
            return say("受"), "good", say("视为受理") if fact.deemed else say("受理")
        case events.CorrectionRequested():
            return say("补"), "stop", (say("一次性补正告知") if fact.number == 1
                                      else say("第{number}次补正告知", number=fact.number))
        case events.CaseSuspended():
            kind = StopKind(fact.kind)
            return _STOPS[kind], "stop", say("{stop}开始：{ground}", stop=sentence_of(STOP_KINDS[kind]), ground=_ground(fact))
        case events.CaseResumed():
            return say("复"), "stop", say("恢复计时：{ground}", ground=_ground(fact))
        case events.ExtensionApproved():
            return say("延"), "stop", say("批准延期 {document}", document=fact.document)
        case events.DecisionMade():
            return say("决"), "good", say("准予") if fact.granted else say("不予许可")
        case events.CaseReminded():
            return say("催"), "watch", say("催办{addressee}：{text}", addressee=fact.addressee, text=fact.text)
        case events.OrderIssued():
            return say("督"), "watch", say("督办{addressee}，{due} 前答复", addressee=fact.addressee, due=fact.due_on)
        case events.CardIssued():
            colour = Colour(fact.colour)
            return _CARDS[colour], f"card-{fact.colour}", say("亮{card}", card=sentence_of(COLOURS[colour]))
    return _PLAIN.get(type(fact))


def _ground(fact: events.CaseSuspended | events.CaseResumed) -> Sentence:
    return sentence_of(ground_name(fact.ground))
