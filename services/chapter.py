"""One command's work on one case, until it is saved: the case folded so far, the facts told, the rows that change.

A chapter begins with a new case or resumes a stored one, is told facts, takes what the kernel did, and is saved in the
transaction it was begun in, behind the version guard. It keeps one promise: **every open case has a reason to wait**. A
chapter that would leave none is saved with a `dead_end` incident for a person.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import msgspec
import orjson
from sqlalchemy import Connection

from engine import events, moves
from engine.case import Case, Terms, evolve, tell
from engine.errors import Incident
from engine.events import Fact, Recorded
from engine.limits import CASE_CLOCKS, LimitKind
from engine.process import kernel
from engine.process.step import Passed, Step, Wait, WaitKind
from services import waiting
from services.deployments import Deployment
from services.office import Office
from services.store import reading, writing
from services.store.rows import CaseRow, HeldCase, IncidentRow, Rows

LEAVES = frozenset({
    events.CaseOpened, events.CaseAccepted, events.CorrectionRequested, events.DecisionMade, events.CaseConcluded,
    events.CaseHandedOver, events.CaseDeclined, events.CaseNotApplicable, events.CaseReturned, events.CaseWithdrawn,
    events.CaseTerminated, events.CaseVoided, events.CaseDeemedWithdrawn, events.CaseSuspended, events.CaseResumed,
    events.DeadlineLapsed, events.CardIssued,
})
"""The facts that must be told outside: each gets an outbox row, numbered like the fact."""

OFFICE_CLOCKS = frozenset(kind.value for kind in (*CASE_CLOCKS, LimitKind.STAGE))
"""Timers that stand still during a special procedure: the office's own clocks, never the applicant's period."""

_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Case)


def fold_of(row: CaseRow | HeldCase) -> Case:
    """The case as stored."""
    return _DECODER.decode(row.fold)


def row_of(case: Case, *, id: int, version: int, definition_id: int, tokens: bytes, data: Mapping[str, object]) -> CaseRow:
    """The row a case is stored as."""
    clock, standing = case.governing, case.standing
    return CaseRow(
        id=id, number=case.number, process=case.process, definition_id=definition_id, version=version,
        state=case.state.value, standing=standing.value if standing else None, opened_at=case.opened_at,
        accepted_on=_day(case.accepted_on), due_on=_day(clock.due_on) if clock else None,
        is_provisional=bool(clock and clock.is_provisional), concluded_on=_day(case.concluded_on), ended_at=case.ended_at,
        seq=case.seq, head=case.head, tokens=tokens, data=orjson.dumps(data), fold=_ENCODER.encode(case))


@dataclass(slots=True, kw_only=True)
class Chapter:
    """See the module. `stored` is the case's row before this chapter, None for a new case."""

    connection: Connection
    terms: Terms
    deployment: Deployment
    stored: HeldCase | None
    case: Case
    tokens: bytes
    data: dict[str, object]
    now: datetime
    by: str
    recorded: list[Recorded] = field(default_factory=list)
    rows: Rows = field(default_factory=Rows)

    @classmethod
    def begin(
        cls, connection: Connection, office: Office, deployment: Deployment, *, number: str,
        data: Mapping[str, object], opened: events.CaseOpened, now: datetime, by: str,
    ) -> Chapter:
        """The first chapter of a new case."""
        first = events.record(number, 1, events.GENESIS, now, by, opened)
        return cls(connection=connection, terms=office.terms(deployment), deployment=deployment, stored=None,
                   case=evolve(None, first), tokens=b"", data=dict(data), now=now, by=by, recorded=[first])

    @classmethod
    def resume(
        cls, connection: Connection, office: Office, deployment: Deployment, row: HeldCase, *, now: datetime, by: str,
    ) -> Chapter:
        """A further chapter of a stored case. A door read `now` before it waited for the case, or its clock is slow:
        time never runs backwards inside a case."""
        case = fold_of(row)
        return cls(connection=connection, terms=office.terms(deployment), deployment=deployment, stored=row, case=case,
                   tokens=row.tokens, data=orjson.loads(row.data), now=max(now, case.recorded_at), by=by)

    def tell(self, fact: Fact) -> None:
        """Record a fact with all its consequences."""
        self.case, recorded = tell(self.case, fact, self.terms, now=self.now, by=self.by)
        self.recorded += recorded

    def advance(self, step: Step) -> None:
        """Take what the kernel did: milestones become facts, waits become rows. Raises Incident when the diagram draws a
        milestone the lifecycle does not allow; the chapter is then only good for `fail`."""
        for passed in step.passed:
            self._pass(passed)
        if step.is_completed:
            self.tell(events.ProcessCompleted(ends=_ends(step)))
        self.close(step)
        for wait in step.opened:
            self._open(wait)
        if not step.is_completed and step.waiting == 0:
            self._raise(Incident("", "nothing is left to wait for, and no end event was reached: the diagram has a "
                                     "dead end"), "dead_end")

    def close(self, step: Step) -> None:
        """Take the new tokens, drop the rows of the waits that are over, and resolve the incidents that held them up."""
        self.tokens = step.state
        over = {WaitKind.TASK: self.rows.ended_tasks, WaitKind.TIMER: self.rows.ended_timers,
                WaitKind.MESSAGE: self.rows.ended_messages, WaitKind.SIGNAL: self.rows.ended_messages}
        for ended in step.ended:
            if (tokens := over.get(ended.kind)) is not None:
                tokens.append(ended.id)
        if self.case.incidents:
            gone = {ended.id for ended in step.ended}
            for seq, token in self.case.incidents:
                if token in gone:
                    self.tell(events.IncidentResolved(raised=seq))

    def reschedule(self) -> None:
        """Move the office's drawn timers after a suspension began or ended; an applicant's period runs on, and a timer
        parked with an incident rings no more."""
        assert self.stored is not None
        waits = {wait.id: wait for wait in kernel.waits(self.deployment.program, self.tokens)}
        parked = {token for _, token in self.case.incidents}
        for timer in reading.timers_of(self.connection, self.stored.id):
            if timer.kind in OFFICE_CLOCKS and timer.token not in parked:
                self.rows.moved[timer.token] = waiting.due(waits[timer.token], self.case, self.terms, timer.opened_at)

    def fail(self, incident: Incident, token: int, *, is_timer: bool = False) -> int:
        """Keep the incident instead of what was tried; tokens, tasks and data stay. `token`: the wait that could not go on; a
        timer rings no more until somebody has looked. Returns the case's new version."""
        return self.failed(incident, token, is_timer=is_timer).save()

    def failed(self, incident: Incident, token: int, *, is_timer: bool = False) -> Chapter:
        """As `fail`, but not yet saved."""
        assert self.stored is not None
        fresh = Chapter(connection=self.connection, terms=self.terms, deployment=self.deployment, stored=self.stored,
                        case=fold_of(self.stored), tokens=self.stored.tokens, data=orjson.loads(self.stored.data),
                        now=self.now, by=self.by)
        if is_timer:
            fresh.rows.moved[token] = None
        fresh._raise(incident, incident.code, token)
        return fresh

    def save(self) -> int:
        """Write everything. Returns the case's new version. Raises Stale or AlreadyDecided when somebody was quicker."""
        write = writing.insert_case if self.stored is None else writing.save_step
        return write(self.connection, *self.written())

    def written(self) -> tuple[CaseRow, Rows]:
        """The case's row as it becomes, and what changes beside it."""
        self.rows.facts = self.recorded
        self.rows.leaving = [fact for fact in self.recorded if type(fact.fact) in LEAVES]
        self.rows.resolved = [fact.fact.raised for fact in self.recorded if isinstance(fact.fact, events.IncidentResolved)]
        row = row_of(self.case, definition_id=self.deployment.id, tokens=self.tokens, data=self.data,
                     id=self.stored.id if self.stored else 0, version=self.stored.version if self.stored else 0)
        return row, self.rows

    def _pass(self, passed: Passed) -> None:
        if passed.milestone is not None:
            self.tell(moves.reach(self.case, passed.milestone, passed.node, self.now))

    def _open(self, wait: Wait) -> None:
        match wait.kind:
            case WaitKind.TASK:
                self.rows.tasks.append(waiting.task(wait, self.deployment.nodes[wait.scope, wait.node], self.now))
            case WaitKind.TIMER:
                self.rows.timers.append(waiting.timer(wait, self.case, self.terms, self.now))
            case WaitKind.MESSAGE | WaitKind.SIGNAL:
                self.rows.messages.append(waiting.message(wait))
            case WaitKind.CONNECTOR:
                self._raise(Incident(wait.node, f"no connector serves “{wait.name or wait.node}” yet"), "no_connector",
                            wait.id)
            case WaitKind.CALL:
                self._raise(Incident(wait.node, f"the process “{wait.event}” called by “{wait.name or wait.node}” is not "
                                                "deployed"), "no_called_process", wait.id)

    def _raise(self, incident: Incident, code: str, token: int | None = None) -> None:
        self.tell(events.IncidentRaised(code=code, node=incident.node, message=str(incident), token=token))
        self.rows.incidents.append(IncidentRow(
            case_id=0, seq=self.case.seq, token=token, code=code, node=incident.node, message=str(incident),
            opened_at=self.now))


def save_all(connection: Connection, chapters: Sequence[Chapter]) -> None:
    """Write a further chapter of each of several cases, all with a few statements. Raises Stale."""
    if chapters:
        writing.save_steps(connection, [chapter.written() for chapter in chapters])


def _ends(step: Step) -> tuple[str, ...]:
    """The end events that completed the process: those of this step, else the one reached earlier, when what went on beside
    it stopped without one."""
    here = tuple(passed.node for passed in step.passed if passed.is_end and not passed.scope)
    return here or (() if step.end is None else (step.end,))


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()
