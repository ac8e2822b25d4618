"""The benchmarks do the work they say they measure; how long it takes is never judged here."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, func, select

from engine.definitions.check import check
from services import jobs
from services import tables as t
from services.bench import cluster, crowd, diagrams, inbox, kernel, stock, store, timers
from services.database import connect, reading
from services.office import Office
from services.store.reading import facts_of


@pytest.mark.parametrize("diagram", [
    diagrams.sequence(3), diagrams.sequence(3, timer="P30D", work=True), diagrams.branches(3), diagrams.several(3),
    diagrams.subprocess(2), diagrams.call(2), diagrams.rework(), diagrams.supervised(),
    diagrams.counter("bench", "市住建局", 5),
])
def test_every_diagram_of_the_benchmarks_could_be_deployed(diagram: bytes) -> None:
    assert check(diagram, file="bench.bpmn").verdict == "deployable"


def test_the_kernel_is_compared_on_every_course_with_the_data_it_must_hold() -> None:
    told: list[str] = []

    found = kernel.run(repeats=2, progress=told.append)

    assert [row["name"] for row in found["rows"]] == [course.name for course in kernel.COURSES]
    assert all(row["stock_ms"] > 0 and row["ours_ms"] > 0 for row in found["rows"])
    assert found["ratio_geomean"] > 0
    assert len(told) == len(kernel.COURSES) + 1


def test_the_data_compared_are_two_hundred_bytes_and_are_in_both_states() -> None:
    course = kernel.COURSES[0]
    program = kernel._program(course.diagram)

    state, _ = kernel._middle(program, course)
    saved = kernel._stock_middle(course)

    assert str(kernel.DATA["reference"]).encode() in state
    assert stock.data_at_hand(saved).items() >= kernel.DATA.items()


def test_the_state_is_as_long_after_a_thousand_rounds_of_rework_as_after_ten() -> None:
    found = kernel.run(repeats=1)["rework"]

    assert list(found) == ["10", "100", "1000"]
    assert max(age["bytes"] for age in found.values()) <= 1.2 * min(age["bytes"] for age in found.values())


def test_a_step_is_at_most_eight_statements_and_the_raw_driver_leaves_the_same_rows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept: list[tuple[list[object], list[object]]] = []
    measure = store._measure

    def measured(database, office, twin, steps, chunk):  # type: ignore[no-untyped-def]
        found = measure(database, office, twin, steps, chunk)
        with reading(database) as connection:
            ours = [tuple(row) for row in connection.exec_driver_sql("SELECT case_id, seq, hash FROM fact ORDER BY 1, 2")]
        raw = twin.connection.cursor().execute("SELECT case_id, seq, hash FROM fact ORDER BY 1, 2").fetchall()
        kept.append((ours, [tuple(row) for row in raw]))
        return found

    monkeypatch.setattr(store, "_measure", measured)

    found = store.run(steps=24, chunk=6)

    assert {"sqlite", "postgresql"} == set(found)
    for figures in found.values():
        assert 0 < figures["statements_per_step"] <= figures["most_statements"] <= 8
        assert figures["per_s"] > 0 and figures["times_raw"] > 0
    assert len(kept) == 2 and all(ours == raw and len(ours) > 24 for ours, raw in kept)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """A database without tables, on each of the two in turn."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'crowd.db'}"
    else:
        url = request.getfixturevalue("postgres").create("crowd")
    database = connect(url)
    yield database
    database.dispose()
    if request.param == "postgresql":
        request.getfixturevalue("postgres").drop("crowd")


def test_copied_cases_have_a_valid_chain_of_their_own(empty_database: Engine, office: Office) -> None:
    database = empty_database

    crowd.fill(database, office, timers=1500, cases_due=3, opened_at=timers.OPENED_AT, now=timers.LAST_DAY)

    with reading(database) as connection:
        assert connection.execute(select(func.count()).select_from(t.clock)).scalar_one() == 1503
        assert connection.execute(select(func.sum(t.clock_count.c.clocks))).scalar_one() == 1503
        for case_id, number, head in connection.execute(select(t.case.c.id, t.case.c.number, t.case.c.head)).all():
            link = bytes(32)
            for body, stored in facts_of(connection, case_id):
                link = hashlib.sha256(link + body).digest()
                assert stored == link and f'"case":"{number}"'.encode() in body
            assert link == head


def test_a_copied_case_is_fired_like_any_other(
    empty_database: Engine, office: Office, caplog: pytest.LogCaptureFixture,
) -> None:
    database = empty_database
    crowd.fill(database, office, timers=10, cases_due=5, opened_at=timers.OPENED_AT, now=timers.LAST_DAY)

    before = jobs.run_due(database, office, now=timers.LAST_DAY)
    done = jobs.run_due(database, office, now=timers.DUE_AT)

    assert (before.total, done.fired, done.parked) == (0, 5, 0)
    with reading(database) as connection:
        cards = connection.execute(select(func.count()).where(t.fact.c.kind == "CardIssued")).scalar_one()
        left = connection.execute(select(func.count()).select_from(t.clock)).scalar_one()
        supervised = connection.execute(select(func.count()).where(t.task.c.node == "supervise")).scalar_one()
    assert (cards, left, supervised) == (5, 10, 5)
    assert not caplog.records  # no batch had to be gone through one by one


def test_the_queues_of_a_crowd_are_counted_and_read_without_going_through_a_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inbox, "MATTERS", 1)
    monkeypatch.setattr(inbox, "PEOPLE", 5)
    monkeypatch.setattr(inbox, "ROUNDS", 1)

    found = inbox.run(tasks=6000)

    assert abs(found["tasks"] - 6000) < 20
    assert found["page_p95_ms"] > 0 and found["counts_p95_ms"] > 0


def test_a_list_that_goes_through_a_table_fails_the_run() -> None:
    inbox.refuse_full_scan("SELECT 1", "Index Only Scan using ix_task_held on task\nSeq Scan on definition")

    with pytest.raises(inbox.FullScan, match="reads a whole table"):
        inbox.refuse_full_scan("SELECT 1", "Limit\n  ->  Seq Scan on \"case\"  (cost=0.00..9.1)")


@pytest.mark.faults
def test_each_lapse_is_told_once_though_a_process_is_killed_half_way() -> None:
    found = timers.run(timers=3000, due=400)

    assert (found["timers"], found["drained"], found["double"], found["lost"]) == (3000, 400, 0, 0)
    assert set(found["idle_ms"]) == {"sqlite", "postgresql"}


def test_a_worker_that_was_killed_is_not_left_behind() -> None:
    worker = timers.Worker.start("sqlite://")

    worker.end()

    assert worker.process.returncode is not None
    with pytest.raises(ProcessLookupError):
        os.kill(worker.process.pid, 0)


def test_a_cluster_is_driven_over_http_and_its_timers_are_seen_done() -> None:
    told: list[str] = []

    found = cluster.run(seconds=1, due=150, nodes=(1,), progress=told.append)

    assert list(found) == ["cases_per_s", "lateness_p99_s"] and list(found["cases_per_s"]) == ["1"]
    assert found["cases_per_s"]["1"] > 0 and 0 <= found["lateness_p99_s"] < 120
    assert len(told) == 5


def test_only_an_empty_database_is_measured(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIBAN_DATABASE", postgres_url)

    with pytest.raises(cluster.NotEmpty, match="name an empty one"):
        cluster.run()
