"""One command's work on one case, until it is saved: the case folded so far, the facts told, the rows that change.

A chapter begins with a new case or resumes a stored one, is told facts, takes what the kernel did, and is saved in the
transaction it was begun in, behind the version guard. It keeps one promise: **every open case has a reason to wait**. A
chapter that would leave none is saved with a `dead_end` incident for a person.

A drawn limit is a clock: of the case as a whole, which its acceptance started, or one of its own that starts as the wait
opens and is over with it. The clock rings, and takes the drawn timers along that hang on it (`services.lapses`).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import orjson
from sqlalchemy import Connection

from engine import events, moves, pushing
from engine.acceptance_facts import Signed
from engine.case import Case, evolve, local_day, receipt_day
from engine.consequences import FIRST_REVIEW_CLOCK, TRANSFER_CLOCK, Terms, started, tell
from engine.definitions.model import Work
from engine.errors import Incident, InvalidInput
from engine.events import Fact, Recorded
from engine.outbound import LEAVES
from engine.process import kernel
from engine.process.step import Ended, Ending, Passed, Step, Wait, WaitKind
from engine.sentences import say, sentence_of
from services import altered, asked, permit_register, pushed, systems, undertakings, waiting
from services.deployments import Deployment
from services.folded import fold_of, row_of, standing_of
from services.office import Office
from services.rulings import InForce
from services.store import reading, writing
from services.store.rows import CaseRow, HeldCase, IncidentRow, Rows

_ACCEPTING = frozenset({"accepted", "deemed_accepted", "accepted_conditionally", "declared", "on_the_spot"})
_OWN_PARTS = {TRANSFER_CLOCK: "receive", FIRST_REVIEW_CLOCK: "review"}
_ROWS_OF_WAITS = {WaitKind.TASK: "ended_tasks", WaitKind.TIMER: "ended_timers", WaitKind.MESSAGE: "ended_messages",
                  WaitKind.SIGNAL: "ended_messages", WaitKind.CONNECTOR: "ended_externals"}


@dataclass(slots=True, kw_only=True)
class Chapter:
    """See the module. `stored` is the case's row before this chapter, None for a new case; `before` the case it holds. `late`:
    clocks that ring at once, because something drawn hangs on them that is over already; `rung`: clocks that have rung;
    `silenced`: clocks that ring no more until somebody has looked. `in_force`: what competes with the drawn limits, None
    before it was asked. `since`: from when limits drawn where the case stands are counted, None: from now."""

    connection: Connection
    office: Office
    terms: Terms
    deployment: Deployment
    stored: HeldCase | None
    before: Case | None
    case: Case
    tokens: bytes
    data: dict[str, object]
    now: datetime
    by: str
    recorded: list[Recorded] = field(default_factory=list)
    rows: Rows = field(default_factory=Rows)
    late: set[str] = field(default_factory=set)
    rung: set[str] = field(default_factory=set)
    silenced: set[str] = field(default_factory=set)
    in_force: InForce | None = None
    since: datetime | None = None

    @classmethod
    def begin(
        cls, connection: Connection, office: Office, deployment: Deployment, *, number: str,
        data: Mapping[str, object], opened: events.CaseOpened, now: datetime, by: str,
    ) -> Chapter:
        """The first chapter of a new case: opened, and routed, which makes it the case of whoever decides it. Raises
        InvalidInput for a park in which nobody answers for the matter."""
        routed = office.route(connection, deployment, opened)
        if routed is not None:
            opened = replace(opened, department=routed.decides)
        first = events.record(number, 1, events.GENESIS, now, by, opened)
        case = evolve(None, first)
        chapter = cls(connection=connection, office=office, terms=office.terms(deployment, case), deployment=deployment,
                      stored=None, before=None, case=case, tokens=b"", data=dict(data), now=now, by=by, recorded=[first])
        if routed is not None:
            chapter.tell(routed)
        return chapter

    @classmethod
    def resume(cls, connection: Connection, office: Office, row: HeldCase, *, now: datetime, by: str) -> Chapter:
        """A further chapter of a stored case. A door read `now` before it waited for the case, or its clock is slow:
        time never runs backwards inside a case."""
        office.refresh(connection, row.rules)
        deployment, case = office.deployment(connection, row.definition_id), fold_of(row)
        return cls(connection=connection, office=office, terms=office.terms_of(connection, deployment, case),
                   deployment=deployment, stored=row, before=case, case=case, tokens=row.tokens, data=orjson.loads(row.data),
                   now=max(now, case.recorded_at), by=by)

    def tell(self, fact: Fact) -> None:
        """Record a fact with all its consequences."""
        self.case, recorded = tell(self.case, fact, self.terms, now=self.now, by=self.by)
        self.recorded += recorded

    def advance(self, step: Step) -> None:
        """Take what the kernel did: milestones become facts, waits become rows or clocks. Raises Incident when the diagram
        draws a milestone the lifecycle does not allow; the chapter is then only good for `fail`."""
        for passed in step.passed:
            self._pass(passed)
        self.close(step)
        if step.is_completed:
            self.tell(events.ProcessCompleted(ends=_ends(step)))
        for wait in step.opened:
            self._open(wait)
        self._hand_on()
        if not step.is_completed and step.waiting == 0:
            self._raise(Incident("", "nothing is left to wait for, and no end event was reached: the diagram has a "
                                     "dead end"), "dead_end")

    def bring_in(self, fact: events.CaseBroughtIn, step: Step) -> None:
        """Take a new case to where it stood in another system: `step` is the whole way there. Whose limits count is asked as of
        now: what the office rules, it has told this system before it switches over."""
        self.since, self.tokens = fact.since, step.state
        self._settle()
        self.tell(fact)
        for wait in step.opened:
            self._open(wait)

    def close(self, step: Step) -> None:
        """Take the new tokens, drop the rows of the waits that are over, stop the clocks that were theirs and resolve the
        incidents that held them up."""
        self.tokens = step.state
        for ended in step.ended:
            if ended.is_limit:
                self._stop(ended)
            elif ended.kind is WaitKind.CALL:
                self._drop(ended)
            elif ended.id in self.case.by_hand:
                self.rows.ended_tasks.append(ended.id)
            else:
                getattr(self.rows, _ROWS_OF_WAITS[ended.kind]).append(ended.id)
        gone = {ended.id for ended in step.ended}
        for seq, token in self.case.incidents:
            if token in gone:
                self.tell(events.IncidentResolved(raised=seq))
        for help in self.case.helps:
            if help.host in gone and help.is_awaited:
                self.tell(events.HelpRecalled(token=help.token, reason="the task that asked is over"))

    def end(self, fact: Fact) -> None:
        """End the case by a fact that is no end event: a withdrawal, a termination, a voiding."""
        self.tell(fact)
        self.close(kernel.cancel(self.deployment.program, self.tokens))

    def start_limit(self, wait: Wait) -> None:
        """Start the clock of a drawn limit, unless it hangs on one of the case. Raises Incident when nobody has given its
        number, or when it ends where no calendar reaches."""
        limit = waiting.limit_of(wait)
        assert limit is not None
        if (clock := waiting.hangs_on(wait, self.case)) is not None:
            if clock.lapses_at is not None and clock.lapses_at <= self.now:
                self.late.add(clock.name)
            return
        settled = self._in_force().settle(limit)
        if settled is None:
            raise _Uncommitted(wait.node, say(
                "the limit “{limit}” of “{wait}” has no number: project “{project}” has no such commitment, and the catalogue "
                "of matters none for it either: enter one of them, then start the clock",
                limit=limit.item, wait=wait.name or wait.node, project=self.case.project or say("(none)")))
        try:
            name = f"{limit.kind.value}:{wait.id}"
            self.tell(started(name, settled.limit, self.terms, self.since or self.now, source=settled.source,
                              event=waiting.event_of(limit, self.case), node=wait.node, token=wait.id, case=self.case))
            if (own := self.case.clock(name)) is not None and own.has_lapsed:
                self.late.add(name)
        except InvalidInput as error:
            raise Incident(wait.node, say(
                "the timer “{wait}” cannot be set: {reason}",
                wait=wait.name or wait.node, reason=sentence_of(error))) from error

    def require_pushed(self, command: str) -> None:
        """双推送: nothing is archived before whoever supervises it has it, in this system and in his own, as far as he has one.
        Raises Forbidden."""
        pushing.require_pushed(self.case, self.terms.supervised_by, command)
        earlier = [push.seq for push in self.before.pushes] if self.before else []
        pushed.require_delivered(self.connection, self.case.number, earlier, command)

    def unit_of(self, wait: Wait) -> str:
        """Whose the task of a wait is."""
        return waiting.unit(self.deployment.nodes[wait.scope, wait.node], self.case, self.deployment)

    def fail(self, incident: Incident, token: int, *, is_timer: bool = False) -> int:
        """Keep the incident instead of what was tried; tokens, tasks and data stay. `token`: the wait that could not go on; a
        timer rings no more until somebody has looked. Returns the case's new version."""
        return self.failed(incident, token, is_timer=is_timer).save()

    def silence(self, incident: Incident, clock: str) -> int:
        """As `fail`, of a clock: it rings no more until somebody has looked. Returns the case's new version."""
        return self.silenced_by(incident, clock).save()

    def silenced_by(self, incident: Incident, clock: str) -> Chapter:
        """As `silence`, but not yet saved."""
        fresh = self.failed(incident, None)
        fresh.silenced.add(clock)
        return fresh

    def failed(self, incident: Incident, token: int | None, *, is_timer: bool = False) -> Chapter:
        """As `fail`, but not yet saved."""
        assert self.stored is not None and self.before is not None
        fresh = Chapter(connection=self.connection, office=self.office, terms=self.terms, deployment=self.deployment,
                        stored=self.stored, before=self.before, case=self.before, tokens=self.stored.tokens,
                        data=orjson.loads(self.stored.data), now=self.now, by=self.by)
        if is_timer and token is not None:
            fresh.rows.moved[token] = None
        fresh._raise(incident, incident.code, token)
        return fresh

    def save(self) -> int:
        """Write everything, unless it is a rehearsal. Returns the case's new version. Raises Stale or AlreadyDecided when
        somebody was quicker."""
        if self.office.rehearses and self.stored is not None:
            return self.stored.version + 1
        write = writing.insert_case if self.stored is None else writing.save_step
        version = write(self.connection, *self.written())
        permit_register.take(self.connection, self.case, self.recorded, self.data)
        return version

    def written(self) -> tuple[CaseRow, Rows]:
        """The case's row as it becomes, and what changes beside it."""
        self.rows.facts = self.recorded
        self.rows.leaving = [fact for fact in self.recorded if type(fact.fact) in LEAVES]
        self.rows.resolved = [fact.fact.raised for fact in self.recorded if isinstance(fact.fact, events.IncidentResolved)]
        self.rows.errands = asked.errands(self.case, self.recorded)
        altered.helps(self.rows, self.case, self.recorded)
        altered.reentries(self.rows, self.case, self.recorded)
        altered.clocks(self.rows, self.before, self.case, self.terms, now=self.now, late=self.late, rung=self.rung,
                       silenced=self.silenced)
        altered.oversight(self.rows, self.before, self.case)
        altered.supervision(self.rows, self.before, self.case, self.recorded)
        self._write_standing()
        row = row_of(self.case, definition_id=self.deployment.id, tokens=self.tokens, data=self.data,
                     id=self.stored.id if self.stored else 0, version=self.stored.version if self.stored else 0)
        return row, self.rows

    def _write_standing(self) -> None:
        """What the case's tasks are looked for by; and whether that is another now for those this step leaves open."""
        self.rows.standing = standing_of(self.case, self.terms)
        if self.stored is None or (self.before and standing_of(self.before, self.terms) == self.rows.standing):
            return
        touched = {task.token for task in (*self.rows.tasks, *self.rows.changed_tasks)}
        self.rows.is_pressed = not self._open_tasks() <= touched

    def _open_tasks(self) -> set[int]:
        """The tokens of the tasks that are open after this step."""
        waits = kernel.waits(self.deployment.program, self.tokens) if self.tokens else ()
        return ({wait.id for wait in waits if wait.kind is WaitKind.TASK or wait.id in self.case.by_hand}
                | {help.token for help in self.case.helps})

    def _pass(self, passed: Passed) -> None:
        if passed.milestone is None:
            return
        if passed.milestone in _ACCEPTING:
            self._settle()
        fact = moves.reach(self.case, passed.milestone, passed.node, self.now)
        if isinstance(fact, events.CaseArchived):
            self.require_pushed(passed.milestone)
        if isinstance(fact, events.CorrectionSubmitted):  # after hours: the next working day, as of a filing (R18)
            fact = replace(fact, received_on=receipt_day(self.terms.calendar, self.now))
        self.tell(fact)
        for follows in self._follow(passed.milestone, passed.node):
            self.tell(follows)

    def _follow(self, milestone: str, node: str) -> Iterator[Fact]:
        """What was filled in for a legal moment: what was undertaken with an acceptance, the permits of a certification."""
        if milestone in _ACCEPTING:
            yield from undertakings.undertaken(
                self.connection, self.office.people, self.case, milestone, node, self.data, self.now, signed=self._signed())
        elif milestone == "certified":
            yield from permit_register.to_grant(self.connection, self.office.shelf, self.case, self.data, self.now)

    def _signed(self) -> Signed | None:
        """The declaration the applicant has signed before; None: he has not."""
        if not self.case.signed or self.stored is None:
            return None
        (body, link), = reading.facts_of(self.connection, self.stored.id, after=self.case.signed - 1, most=1)
        fact = events.read(body, link).fact
        assert isinstance(fact, events.DeclarationSigned)
        return fact.undertaking

    def _settle(self) -> None:
        """Whose limits count from the acceptance on."""
        in_force = self._in_force()
        self.terms = replace(self.terms, settled={limit.key: in_force.settle(limit) for limit in self.terms.limits})

    def _in_force(self) -> InForce:
        """What competes with the drawn limits, asked once."""
        if self.in_force is None:
            self.in_force = self.office.limits(self.connection, self.deployment, self.case, self.now)
        return self.in_force

    def _open(self, wait: Wait) -> None:
        match wait.kind:
            case WaitKind.TASK:
                self.rows.tasks.append(waiting.task(wait, self.deployment.nodes[wait.scope, wait.node], self.now,
                                                    unit=self.unit_of(wait)))
            case WaitKind.TIMER if waiting.limit_of(wait) is not None:
                self._open_limit(wait)
            case WaitKind.TIMER:
                self.rows.timers.append(waiting.timer(wait, self.terms.calendar, self.now))
            case WaitKind.MESSAGE | WaitKind.SIGNAL:
                self.rows.messages.append(waiting.message(wait))
            case WaitKind.CONNECTOR:
                self.serve(wait)
            case WaitKind.CALL if (node := self.deployment.nodes[wait.scope, wait.node]).child is not None:
                self.tell(waiting.child(wait, node, node.child))
            case WaitKind.CALL:
                self._raise(Incident(wait.node, say(
                    "the process “{process}” called by “{wait}” is not deployed",
                    process=wait.event, wait=wait.name or wait.node)), "no_called_process", wait.id)

    def serve(self, wait: Wait) -> None:
        """A service task waits for a worker; where its system is not connected, for a person. Decided now, and told."""
        node = self.deployment.nodes[wait.scope, wait.node]
        system = node.connector.system if node.connector is not None else ""
        if system and not systems.is_connected(self.connection, system=system, park=self.case.park, on=local_day(self.now)):
            self.enter_by_hand(wait)
        else:
            self.rows.externals.append(waiting.external(wait, node, self.now))

    def enter_by_hand(self, wait: Wait) -> None:
        """转人工录入: people enter what a service task's system would have answered."""
        node = self.deployment.nodes[wait.scope, wait.node]
        asked = waiting.asked_by_hand(wait, node)
        self.tell(asked)
        self.rows.tasks.append(waiting.reentered(asked, node, self.now, unit=self.unit_of(wait),
                                                 form=self.deployment.form_of(node)))

    def _open_limit(self, wait: Wait) -> None:
        try:
            self.start_limit(wait)
        except _Uncommitted as missing:
            self._raise(missing, missing.code, wait.id)

    def _hand_on(self) -> None:
        """Who has a limit of his own for his part of the way has kept it when that was done and nothing of it is left."""
        if self.case.routing is None:
            return
        done = {each.fact.act for each in self.recorded if isinstance(each.fact, events.TaskCompleted)}
        for name, act in _OWN_PARTS.items():
            if self.case.clock(name) is not None and act in done and act not in self._open_acts():
                self.tell(events.ClockStopped(clock=name, stopped_on=local_day(self.now), reason="handed on"))

    def _open_acts(self) -> set[str]:
        """What is done at the tasks that are open."""
        return {(self.deployment.nodes[wait.scope, wait.node].work or Work()).act
                for wait in kernel.waits(self.deployment.program, self.tokens) if wait.kind is WaitKind.TASK}

    def _stop(self, ended: Ended) -> None:
        """The clock of a drawn limit is over with its wait; one of the case goes on."""
        for clock in self.case.running:
            if clock.token == ended.id:
                self.tell(events.ClockStopped(clock=clock.name, stopped_on=local_day(self.now), reason=ended.how.value))

    def _drop(self, ended: Ended) -> None:
        """A child that the diagram waits for no longer; one that has come out was told of before."""
        child = self.case.child(ended.id)
        if child is not None and child.is_open and ended.how is Ending.CANCELLED:
            self.tell(events.ChildDropped(token=ended.id, dropped_on=local_day(self.now)))

    def _raise(self, incident: Incident, code: str, token: int | None = None) -> None:
        self.tell(events.IncidentRaised(code=code, node=incident.node, message=str(incident), token=token))
        self.rows.incidents.append(IncidentRow(
            case_id=0, seq=self.case.seq, token=token, code=code, node=incident.node, message=str(incident),
            opened_at=self.now))


class _Uncommitted(Incident):
    """Only a project's commitment could give the number of a limit."""

    code = "no_commitment"


def save_all(connection: Connection, chapters: Sequence[Chapter]) -> None:
    """Write a further chapter of each of several cases, all with a few statements. Raises Stale."""
    if chapters:
        writing.save_steps(connection, [chapter.written() for chapter in chapters])
    for chapter in chapters:
        permit_register.take(connection, chapter.case, chapter.recorded, chapter.data)


def _ends(step: Step) -> tuple[str, ...]:
    """The end events that completed the process: those of this step, else the one reached earlier, when what went on beside
    it stopped without one."""
    here = tuple(passed.node for passed in step.passed if passed.is_end and not passed.scope)
    return here or (() if step.end is None else (step.end,))
