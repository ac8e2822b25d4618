"""Histories of cases told fact by fact, for what is read from stored cases: no diagram moves, only the facts matter."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import Connection, insert, select, update

from engine import events
from engine.calendar import SHANGHAI
from engine.case import Case, evolve
from engine.events import Fact
from services import tables as t
from services.folded import fold_of, row_of
from services.store import reading, writing


def at(day: str, hour: int = 10) -> datetime:
    """An hour of a day in Shanghai."""
    return datetime.combine(date.fromisoformat(day), time(hour), SHANGHAI).astimezone(UTC)


@dataclass(frozen=True)
class Histories:
    """Where cases are written down."""

    connection: Connection

    def open(
        self, number: str, *, on: str, accepted: str | None = None, promised: tuple[int, str] | None = None,
        statutory: tuple[int, str] | None = None, concluded: str | None = None, park: str = "经开区", department: str = "资规",
        process: str = "company_setup",
    ) -> None:
        """A case received on a day, perhaps accepted with limits (working days, due day), perhaps concluded, each at ten."""
        told: list[tuple[str, Fact]] = [(on, events.CaseOpened(
            process=process, definition="", received_on=date.fromisoformat(on), data={}, park=park, department=department))]
        if accepted is not None:
            told.append((accepted, events.CaseAccepted(accepted_on=date.fromisoformat(accepted), counted_from=at(accepted))))
            told += [(accepted, _started(clock, *limit)) for clock, limit in
                     (("promised", promised), ("statutory", statutory)) if limit is not None]
        if concluded is not None:
            told.append((concluded, events.CaseConcluded(concluded_on=date.fromisoformat(concluded))))
        self._save(None, number, [(at(day), fact) for day, fact in told])

    def tell(self, number: str, *facts: Fact, on: str, hour: int = 10) -> None:
        """What happened to a case on a later day."""
        row = reading.peek_case(self.connection, number)
        assert row is not None
        self._save(fold_of(row), number, [(at(on, hour), fact) for fact in facts])

    def _save(self, before: Case | None, number: str, told: Sequence[tuple[datetime, Fact]]) -> None:
        case, written = before, []
        for instant, fact in told:
            seq, head = (case.seq, case.head) if case else (0, events.GENESIS)
            written.append(events.record(number, seq + 1, head, instant, "王", fact))
            case = evolve(case, written[-1])
        assert case is not None
        row = row_of(case, id=self._id(number, is_new=before is None), version=1, definition_id=self._definition(), tokens=b"",
                     data={})
        if before is None:
            self.connection.execute(insert(t.case), row._asdict())
        else:
            self.connection.execute(update(t.case).where(t.case.c.id == row.id), row._asdict())
        self.connection.execute(insert(t.fact), [
            {"case_id": row.id, "seq": fact.seq, "kind": fact.kind, "at": fact.at, "body": fact.body, "hash": fact.hash,
             "decides": None} for fact in written])

    def _id(self, number: str, *, is_new: bool) -> int:
        if is_new:
            return writing.next_number(self.connection, "case")
        return int(self.connection.execute(select(t.case.c.id).where(t.case.c.number == number)).scalar_one())

    def _definition(self) -> int:
        return int(self.connection.execute(select(t.definition.c.id).limit(1)).scalar_one())


def moved(clock: str, was: str, due: str, reason: str) -> Fact:
    """A deadline moved from a day to another."""
    return events.ClockMoved(clock=clock, due=due, due_on=date.fromisoformat(due), lapses_at=_midnight_after(due),
                             is_provisional=False, reason=reason, was=was)


def _started(clock: str, amount: int, due: str) -> Fact:
    return events.ClockStarted(clock=clock, amount=amount, unit="workday", basis="试", source="diagram", due=due,
                               due_on=date.fromisoformat(due), lapses_at=_midnight_after(due), is_provisional=False)


def _midnight_after(day: str) -> datetime:
    return at(day, 0) + timedelta(days=1)
