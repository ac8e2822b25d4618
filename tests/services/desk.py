"""A desk to test at: commands given as a door gives them, each in a transaction of its own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

import orjson
from sqlalchemy import Engine, text

from services import accepting, asking, bundles, cases, closing, deployments, fold, jobs, oversight, timekeeping
from services.acting import Command, Stepped
from services.cases import Completion
from services.database import reading, writing
from services.office import Office
from services.store import errands
from services.store import reading as store
from services.store.rows import CaseRow, ClockRow, IncidentRow, TaskRow, TimerRow
from services.verify import Problem, verify

WEDNESDAY = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
"""2026-03-04 10:00 in Shanghai; no holiday is near."""

WAY = {"register": "received", "verify": "accept", "review_registration": "propose_grant", "decide_registration": "grant"}
"""The ordinary outcomes of the first tasks of 企业开办."""


COLLEAGUES = {"reviewer": "李", "approver": "赵"}
"""Who does what at this desk: nobody reviews what he has accepted, or decides what he has reviewed."""


def day(number: int, hour: int = 2) -> datetime:
    """An instant in March 2026, 10:00 in Shanghai unless said otherwise."""
    return datetime(2026, 3, number, hour, 0, tzinfo=UTC)


@dataclass(kw_only=True)
class Desk:
    """`now`: what the clock on the wall says, turned by hand."""

    database: Engine
    office: Office
    now: datetime = WEDNESDAY
    by: str = "王"
    opened: list[str] = field(default_factory=list)

    def open(self, process: str = "company_setup", **data: object) -> str:
        """Open a case; its number."""
        with writing(self.database) as connection:
            stepped = cases.open_case(connection, self.office, process=process, data=data, by=self.by, now=self.now)
        self.opened.append(stepped.number)
        return stepped.number

    def complete(self, number: str, node: str, outcome: str | None = None, **given: Any) -> Stepped:
        """Complete the open task at a node of the diagram, by whoever's role it is."""
        task = next(task for task in self.tasks(number) if task.node == node)
        by = given.pop("by", COLLEAGUES.get(task.role or "", self.by))
        return self.complete_id(f"{number}-{task.token}", outcome or WAY.get(node), by=by, **given)

    def complete_id(
        self, task: str, outcome: str | None, *, data: Mapping[str, object] | None = None, by: str | None = None, **given: Any,
    ) -> Stepped:
        """Complete a task by its public id."""
        completion = Completion(task=task, outcome=outcome, data=data or {}, by=by or self.by, **given)
        with writing(self.database) as connection:
            return cases.complete_task(connection, self.office, completion, now=self.now)

    def go(self, number: str, *nodes: str) -> None:
        """Complete tasks in the ordinary way."""
        for node in nodes:
            self.complete(number, node)

    def command(self, name: str, number: str, /, **given: Any) -> Stepped:
        """A command of cases, timekeeping, oversight, bundles or accepting, by its name."""
        rooms = (cases, timekeeping, oversight, asking, closing, bundles, accepting)
        use_case = next(getattr(room, name) for room in rooms if hasattr(room, name))
        given = {"by": self.by, "version": None, **given}
        command = Command(number=number, by=given.pop("by"), now=self.now, version=given.pop("version"))
        with writing(self.database) as connection:
            return use_case(connection, self.office, command, **given)

    def suspend(self, number: str, **given: Any) -> Stepped:
        """Suspend for an expert review."""
        return self.command("suspend", number, **{"ground": "expert_review", "document": "岳特〔2026〕1号",
                                                  "expected_end": date(2026, 3, 31), **given})

    def receive(self, number: str, name: str, **data: object) -> Stepped:
        """A message comes."""
        with writing(self.database) as connection:
            return cases.receive_message(connection, self.office, Command(number=number, by=self.by, now=self.now), name=name,
                                         data=data)

    def ring(self, **given: Any) -> jobs.Done:
        """Fire what is due."""
        return jobs.run_due(self.database, self.office, now=self.now, **given)

    def deploy(self, **diagrams: bytes) -> list[deployments.Deployed]:
        """Deploy diagrams, by file name without its ending."""
        with writing(self.database) as connection:
            return deployments.deploy(connection, {f"{name}.bpmn": data for name, data in diagrams.items()}, now=self.now)

    def case(self, number: str) -> CaseRow:
        """The case's row."""
        with reading(self.database) as connection:
            row = store.peek_case(connection, number)
        assert row is not None
        return row

    def tasks(self, number: str) -> list[TaskRow]:
        """Its open tasks."""
        with reading(self.database) as connection:
            return store.tasks_of(connection, self._id(number))

    def timers(self, number: str) -> dict[str, TimerRow]:
        """Its pending timers of ISO 8601, by node."""
        with reading(self.database) as connection:
            return {timer.node: timer for timer in store.timers_of(connection, self._id(number))}

    def clocks(self, number: str) -> dict[str, ClockRow]:
        """Its running clocks, by name."""
        with reading(self.database) as connection:
            return {clock.clock: clock for clock in store.clocks_of(connection, self._id(number))}

    def resume(self, number: str, **given: Any) -> Stepped:
        """A stop is over."""
        return self.command("resume_case", number, **given)

    def incidents(self, number: str) -> list[IncidentRow]:
        """Its open incidents."""
        with reading(self.database) as connection:
            return store.incidents_of(connection, self._id(number))

    def kinds(self, number: str) -> list[str]:
        """The kinds of its facts, in order."""
        return [fact["kind"] for fact in self.facts(number)]

    def facts(self, number: str, kind: str | None = None) -> list[dict[str, Any]]:
        """Its facts as JSON, in order."""
        with reading(self.database) as connection:
            told = [orjson.loads(body) for body, _ in store.facts_of(connection, self._id(number))]
        return [fact for fact in told if kind in (None, fact["kind"])]

    def children(self, number: str) -> list[CaseRow]:
        """The child cases of a bundle, in the order they were asked for."""
        with reading(self.database) as connection:
            return errands.children_of(connection, number)

    def rows(self, table: str) -> int:
        """How many rows a table has."""
        with reading(self.database) as connection:
            return int(connection.execute(text(f'SELECT count(*) FROM "{table}"')).scalar_one())

    def sql(self, statement: str, **given: object) -> None:
        """Something nobody should do."""
        with writing(self.database) as connection:
            connection.execute(text(statement), given)

    def problems(self) -> list[Problem]:
        """What `verify --fold` finds."""
        with reading(self.database) as connection:
            return [*verify(connection).problems, *fold.fold(connection, self.office)]

    def _id(self, number: str) -> int:
        return self.case(number).id
