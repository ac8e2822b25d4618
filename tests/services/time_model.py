"""What the law makes of the time of one case: a small model to hold the engine against, which uses nothing of the engine.

Plain and slow. Whatever is counted is counted by the walk from day to day of `limits_oracle`; what a move does to a case is
written down here a second time, from the rules (行政许可法 32, 42, 44, 45; domain rules R6, R10–R13, R18, R20, §4.2). A move
that is not allowed raises `Refused` before anything has changed. Instants are naive and mean Asia/Shanghai. What begins several
times in a case is numbered from 1: notice#1, stage#2, stop#1, order#3.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time

from tests.engine import limits_oracle as oracle
from tests.services.time_clocks import OFFICE, Clock, Length, Order, Stop, counted, works, works_by_the_notice_of_2027

NINE = time(9)
COLOURS = {"statutory": "red", "promised": "yellow", "stage": "yellow", "hand_over": "red"}
LADDER = {1: "first_day_late", 2: "second_day_late", 5: "fifth_day_late"}
AT_LAPSE = {"stop": "stop_overrun", "order": "order_unanswered"}
ENDS = {"withdraw": "withdrawn", "terminate": "terminated", "void": "voided"}
MAY_END = {"withdraw": ("received", "correcting", "accepted", "reviewing"), "void": ("received",),
           "terminate": ("received", "correcting", "accepted", "reviewing", "decided")}
RUNS = ("accepted", "reviewing", "suspended", "decided")


class Refused(Exception):
    """The rules say no."""


@dataclass
class Model:
    """One case. `limits`: the length of each limit of its matter, by kind. `tasks`: what is open. `awaits_lapse`: is the timer
    drawn on the review waiting for the limit of the case?"""

    limits: dict[str, Length]
    now: datetime
    closed: set[date] = field(default_factory=set)
    is_2027_published: bool = False
    state: str = "received"
    resumes_to: str = ""
    received_on: date = date.min
    accepted_on: date | None = None
    concluded_on: date | None = None
    is_over: bool = False
    corrections: int = 0
    may_correct: bool = False
    proposal: tuple[str, int, bool] | None = None
    is_extended: bool = False
    awaits_lapse: bool = False
    tasks: Counter[str] = field(default_factory=Counter)
    stops: list[Stop] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    cards: dict[tuple[str, str, str, int], str] = field(default_factory=dict)
    clocks: dict[str, Clock] = field(default_factory=dict)
    handlers: set[str] = field(default_factory=set)
    begun: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.received_on = oracle.received(self.works, self.now).date()
        self._check()

    def works(self, day: date) -> bool:
        """A working day of this office."""
        known = works_by_the_notice_of_2027 if self.is_2027_published else works
        return day not in self.closed and known(day)

    @property
    def governing(self) -> Clock | None:
        """The clock people look at."""
        return next((self.clocks[kind] for kind in OFFICE if kind in self.clocks), None)

    @property
    def running(self) -> list[Clock]:
        """The clocks that are not over."""
        return [clock for clock in self.clocks.values() if clock.stopped_on is None]

    @property
    def open_stops(self) -> list[int]:
        """Those that last, from 0."""
        return [number for number, stop in enumerate(self.stops) if stop.end is None]

    @property
    def standing(self) -> str | None:
        """How the case came out."""
        if self.state == "declined":
            return "declined"
        if self.state in ("deemed_withdrawn", *ENDS.values()):
            return "withdrawn"
        if self.concluded_on is None:
            return None
        due_on = self.governing.due_on if self.governing else None
        if due_on is None or due_on == self.concluded_on:
            return "on_time"
        return "early" if self.concluded_on < due_on else "late"

    @property
    def is_overdue_at_receipt(self) -> bool:
        """Has a period lapsed whose consequence the bell brings: deemed acceptance, deemed withdrawal?"""
        return any(clock.kind in ("notice", "applicant") and self._is_over(clock) for clock in self.running)

    def complete(self, node: str, outcome: str | None, by: str) -> None:
        """A person completes a task. A special procedure and a hold stop the work, every stop the legal moments."""
        if not self.tasks[node]:
            raise Refused
        if node != "supervise" and any(self.stops[n].kind in ("special", "hold") for n in self.open_stops):
            raise Refused
        if self.open_stops and (outcome in ("grant", "refuse") or node == "finish"):
            raise Refused
        if outcome == "correct" and self.corrections and not self.may_correct:
            raise Refused
        self.tasks[node] -= 1
        self.handlers.add(by)
        match node, outcome:
            case "check", "accept":
                self._accept(self.now.date(), self.now)
            case "check", "correct":
                self.state, self.corrections, self.may_correct = "correcting", self.corrections + 1, False
                self._over("notice")
                self.tasks["supplement"] += 1
                self._begin("applicant", event="noticed")
            case "check", "decline":
                self._end("declined")
            case "supplement", _:
                self._over("applicant")
                self.state, self.received_on = "received", oracle.received(self.works, self.now).date()
                self._check()
            case "review", _:
                self._over("stage")
                self.awaits_lapse = False
                self.tasks["decide"] += 1
            case "decide", "send_back":
                self._review()
            case "decide", _:
                self.state = "decided"
                self.tasks["finish"] += 1
                if outcome == "grant":
                    self._start("hand_over", "hand_over", (10, "workday"))
            case "finish", _:
                self.state, self.concluded_on = "concluded", self.now.date()
                self._over(*OFFICE)
                self.tasks["hand_over"] += 1
            case "hand_over", _:
                self.state = "handed_over"
                self._over("hand_over")
        if not any(self.tasks.values()):
            self._end(self.state)

    def approve_correction(self, role: str) -> None:
        """A further notice, by the legal officer or the head."""
        if self.state not in ("received", "correcting") or not self.corrections or role not in (
                "legal_officer", "head_of_office"):
            raise Refused
        self.may_correct = True

    def stop(self, kind: str, ground: str, *, end: date | None = None, workdays: int = 0, is_founded: bool = True) -> None:
        """A stop begins. `is_founded`: it rests on what it has to rest on; `workdays`: of a drawing examiner."""
        if self.is_over or self.state not in RUNS or not is_founded or (end is not None and end <= self.now.date()):
            raise Refused
        if any((self.stops[n].kind, self.stops[n].ground) == (kind, ground) for n in self.open_stops):
            raise Refused
        if not self.open_stops:
            self.resumes_to = self.state
        self.state = "suspended"
        self.stops.append(Stop(kind, ground, self.now.date()))
        name = f"stop#{len(self.stops)}"
        if workdays:
            self._start(name, "stop", (workdays, "workday"))
        elif end is not None:
            self._start(name, "stop", ((end - self.now.date()).days, "calendar_day"), rolls=False)
        self._recount(self.running)

    def resume(self, which: int | None) -> None:
        """A stop is over; None: the only one."""
        if which is None and len(self.open_stops) == 1:
            which = self.open_stops[0]
        if self.is_over or which is None or which not in self.open_stops:
            raise Refused
        self.stops[which].end = self.now.date()
        if not self.open_stops:
            self.state = self.resumes_to
        self._over(f"stop#{which + 1}")
        self._recount(self.running)

    def propose(self, amount: int, *, is_joint: bool, by: str) -> None:
        """An extension is asked for."""
        self._may_extend(is_joint)
        if self.proposal is not None or not 1 <= amount <= (15 if is_joint else 10):
            raise Refused
        self.proposal = (by, amount, is_joint)

    def approve(self, role: str, by: str) -> None:
        """It is granted, in time, by another: counted from the original start."""
        if self.proposal is None or by == self.proposal[0]:
            raise Refused
        _, amount, is_joint = self.proposal
        if role != ("head_of_government" if is_joint else "head_of_office"):
            raise Refused
        self._may_extend(is_joint)
        for clock in self._extendable():
            clock.extra += amount
            self._move(clock, *self._count(clock))
        self.proposal, self.is_extended = None, True

    def refuse(self) -> None:
        """It is not granted."""
        if self.is_over or self.proposal is None:
            raise Refused
        self.proposal = None

    def end(self, how: str) -> None:
        """The case ends by order; a stopped one as it might have before."""
        if self.is_over or (self.resumes_to if self.open_stops else self.state) not in MAY_END[how]:
            raise Refused
        self._end(ENDS[how])

    def judge(self, which: int, what: str, by: str) -> None:
        """Something is done about a card; never by the person concerned."""
        key = list(self.cards)[which]
        allowed = {"issued": ("appeal", "write_off", "exempt"), "appealed": ("uphold", "write_off", "exempt"),
                   "upheld": ("exempt",)}.get(self.cards[key], ())
        if what not in allowed or (what != "appeal" and by in self.handlers):
            raise Refused
        self.cards[key] = {"appeal": "appealed", "uphold": "upheld", "write_off": "written_off", "exempt": "exempted"}[what]

    def order(self, due_on: date) -> None:
        """A supervision order is issued."""
        if due_on < self.now.date():
            raise Refused
        self.orders.append(Order())
        self._await(len(self.orders), due_on)

    def answer(self, which: int, what: str, by: str, due_on: date) -> None:
        """It is answered, returned, or closed, by another than who mended."""
        order = self.orders[which]
        if (order.state == "open") != (what == "reply") or order.state == "closed":
            raise Refused
        if (what != "reply" and by == order.replied_by) or (what == "return" and due_on < self.now.date()):
            raise Refused
        if what == "reply":
            order.state, order.replied_by = "replied", by
            self._over(f"order#{which + 1}")
        elif what == "return":
            order.state = "open"
            self._await(which + 1, due_on)
        else:
            order.state = "closed"

    def change_the_calendar(self, closed: set[date] | None = None) -> None:
        """Days are closed, or, with None, the notice of 2027 is out: everything is counted anew, and what is no more late is
        repaired."""
        self.closed = self.closed | (closed or set())
        self.is_2027_published |= closed is None
        self._recount([clock for clock in self.clocks.values() if clock.due is not None])

    def ring(self) -> None:
        """Whatever is due is done, however late."""
        while any(self._ring(clock) for clock in self.running):
            pass

    def _check(self) -> None:
        self.tasks["check"] += 1
        self._begin("notice", event="submitted")

    def _accept(self, day: date, since: datetime) -> None:
        self.state, self.accepted_on = "reviewing", day
        for kind in self.limits.keys() & set(OFFICE):
            self._start(kind, kind, self.limits[kind], since=since)
        self._over("notice")
        self._review()

    def _review(self) -> None:
        self.tasks["review"] += 1
        self._begin("stage")
        self.awaits_lapse = True

    def _begin(self, kind: str, event: str = "accepted") -> None:
        self.begun[kind] += 1
        self._start(f"{kind}#{self.begun[kind]}", kind, self.limits[kind], event=event)

    def _await(self, order: int, due_on: date) -> None:
        self._start(f"order#{order}", "order", ((due_on - self.now.date()).days, "calendar_day"), rolls=False)

    def _start(
        self, name: str, kind: str, length: Length, *, since: datetime | None = None, event: str = "accepted",
        rolls: bool = True,
    ) -> None:
        clock = self.clocks[name] = Clock(name, kind, length, since or self.now, event, rolls)
        clock.due, clock.is_provisional = self._count(clock)
        if self._is_over(clock):
            self._lapse(clock)

    def _count(self, clock: Clock) -> tuple[str | None, bool]:
        return counted(clock, self.works, self.stops, published_until=2026 + self.is_2027_published)

    def _recount(self, clocks: list[Clock]) -> None:
        for clock in clocks:
            due, is_provisional = self._count(clock)
            if (due, is_provisional) != (clock.due, clock.is_provisional):
                self._move(clock, due, is_provisional)

    def _move(self, clock: Clock, due: str | None, is_provisional: bool) -> None:
        """Another deadline is another version of it. What is over on its last day was not late."""
        if due != clock.due:
            clock.version += 1
            clock.told.clear()
        clock.due, clock.is_provisional = due, is_provisional
        if clock.stopped_on is not None and clock.due_on is not None:
            clock.has_lapsed = clock.has_lapsed and clock.due_on < clock.stopped_on
        else:
            clock.has_lapsed = clock.has_lapsed and self._is_over(clock)

    def _is_over(self, clock: Clock) -> bool:
        return clock.lapses_at is not None and clock.lapses_at <= self.now

    def _lapse(self, clock: Clock) -> None:
        clock.has_lapsed = True
        if clock.kind in COLOURS:
            self.cards.setdefault((COLOURS[clock.kind], f"{clock.kind}_lapsed", clock.name, clock.version), "issued")

    def _over(self, *kinds: str) -> None:
        """Clocks are over, by name or kind; a lapse the bell has not rung for is none the less one."""
        for clock in self.running:
            if clock.kind in kinds or clock.name in kinds:
                if self._is_over(clock) and not clock.has_lapsed:
                    self._lapse(clock)
                clock.stopped_on = self.now.date()
                if clock.kind not in (*OFFICE, "hand_over"):
                    del self.clocks[clock.name]

    def _end(self, state: str) -> None:
        self.state, self.is_over, self.awaits_lapse = state, True, False
        self.tasks.clear()
        self._over("notice", "applicant", "stage", "stop", "hand_over", *OFFICE)

    def _may_extend(self, is_joint: bool) -> None:
        if self.state not in RUNS or self.is_extended or not self._extendable():
            raise Refused
        if is_joint and self.limits["statutory"] != (45, "workday"):
            raise Refused

    def _extendable(self) -> list[Clock]:
        return [clock for clock in self.running if clock.kind in OFFICE and clock.length[1] == "workday"
                and not clock.has_lapsed and not self._is_over(clock)]

    def _ring(self, clock: Clock) -> bool:
        """Do one thing that is due about a clock; was there one?"""
        if self._is_over(clock) and not clock.has_lapsed:
            self._lapse(clock)
            self._consequence(clock)
            return True
        if clock.has_lapsed and self.awaits_lapse and clock is self.governing:
            self.awaits_lapse = False
            self.tasks["supervise"] += 1
            return True
        return next((True for at, do in self._errands(clock) if at <= self.now and do()), False)

    def _consequence(self, clock: Clock) -> None:
        match clock.kind:
            case "notice":
                self.tasks["check"] -= 1
                self._accept(self.received_on, datetime.combine(self.received_on, NINE))
            case "applicant":
                self._end("deemed_withdrawn")
            case "stage":
                self._over("stage")

    def _errands(self, clock: Clock) -> Iterator[tuple[datetime, Callable[[], bool]]]:
        """What follows a deadline, and when: the rungs of the ladder, the red card after a yellow one."""
        if clock.due_on is None or clock.lapses_at is None:
            return
        if clock.kind in AT_LAPSE:
            yield clock.lapses_at, lambda: self._climb(clock, AT_LAPSE[clock.kind])
        if clock.kind in COLOURS or clock.kind == "target":
            for workdays, rung in LADDER.items():
                yield self._morning(clock.due_on, workdays), lambda rung=rung: self._climb(clock, rung)
        yield self._morning(clock.due_on, 2), lambda: self._redden(clock)

    def _morning(self, day: date, workdays: int) -> datetime:
        found = oracle.nth(self.works, day, workdays, False, [])
        assert found is not None
        return datetime.combine(found, NINE)

    def _climb(self, clock: Clock, rung: str) -> bool:
        if rung in clock.told:
            return False
        clock.told.add(rung)
        if rung == "fifth_day_late":
            self.order(self._morning(self.now.date(), 5).date())
        return True

    def _redden(self, clock: Clock) -> bool:
        yellow = self.cards.get(("yellow", f"{clock.kind}_lapsed", clock.name, clock.version))
        key = ("red", "yellow_unanswered", clock.name, clock.version)
        if yellow not in ("issued", "appealed", "upheld") or key in self.cards:
            return False
        self.cards[key] = "issued"
        return True
