"""`bench kernel`: what moving a token costs, beside stock SpiffWorkflow with its own serializer.

A step is: load the state, complete one user task, let everything automatic run, save the state. Both stand in the middle of
the same diagram and hold the same 200 bytes of scalars. The two are timed in turns within one run and the medians compared:
on another machine only the ratio means anything. Ours has its program compiled and cached, as it always has; stock carries
the process definition in every saved instance, which is how its serializer works.

The second figure is age: the same step after 10, 100 and 1,000 rounds of a rework loop, in time and in bytes of state.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from engine.definitions.check import load
from engine.process import kernel
from engine.process.compile import Program, compile_program
from engine.process.step import Step, WaitKind
from services.bench import diagrams, stock

DATA: Mapping[str, object] = {
    "applicant": "岳阳某某制造有限公司", "park": "430602-01", "amount": 1280000, "is_new": True, "category": "industrial",
    "area": 12650.5, "phone": "0730-8880000", "reference": "2026-0211-000417", "again": 1,
}
"""Scalars a case's conditions could read: 200 bytes as JSON."""

ROUNDS = (10, 100, 1000)
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """A diagram and how many of its tasks are done before the measured step. `foreign`: the same diagram as stock has to
    have it, when that differs."""

    name: str
    diagram: bytes
    done: int
    foreign: bytes | None = None


COURSES = (
    *(Course(name=f"{tasks} tasks", diagram=diagrams.sequence(tasks), done=tasks // 2) for tasks in (5, 15, 50, 200)),
    Course(name="8 parallel branches", diagram=diagrams.branches(8), done=4),
    Course(name="5 multi-instance", diagram=diagrams.several(5), done=2),
    Course(name="15 tasks with boundary timers", diagram=diagrams.sequence(15, timer="P30D"), done=7,
           foreign=diagrams.sequence(15, timer="P30D", quoted=True)),
    Course(name="embedded sub-process", diagram=diagrams.subprocess(5), done=2),
    Course(name="call activity", diagram=diagrams.call(5), done=2),
)


def run(*, repeats: int = 300, progress: Progress | None = None) -> dict[str, Any]:
    """Measure all of it: ``{"ratio_geomean", "rows": [{"name", "stock_ms", "ours_ms", "ratio", "bytes"}], "rework":
    {"10": {"ms", "bytes"}, …}}``. `bytes`: of our state. `progress` is told each stage."""
    tell = progress or (lambda text: None)
    rows = []
    for course in COURSES:
        tell(f"{course.name}: {repeats} steps each")
        rows.append(_measure(course, repeats))
    tell(f"rework loops of {', '.join(map(str, ROUNDS))} rounds")
    return {"ratio_geomean": round(statistics.geometric_mean(row["stock_ms"] / row["ours_ms"] for row in rows), 1),
            "rows": [_row(course, row) for course, row in zip(COURSES, rows, strict=True)], "rework": _rework(repeats)}


def _row(course: Course, measured: Mapping[str, float]) -> dict[str, object]:
    return {"name": course.name, "stock_ms": round(measured["stock_ms"], 3), "ours_ms": round(measured["ours_ms"], 4),
            "ratio": round(measured["stock_ms"] / measured["ours_ms"], 1), "bytes": int(measured["bytes"])}


def _measure(course: Course, repeats: int) -> dict[str, float]:
    program = _program(course.diagram)
    state, wait_id = _middle(program, course)
    saved = _stock_middle(course)
    their_step, our_step = partial(stock.step, saved), partial(kernel.complete, program, state, wait_id)
    theirs, ours = [], []
    for _ in range(repeats):
        theirs.append(_milliseconds(their_step))
        ours.append(_milliseconds(our_step))
    return {"stock_ms": statistics.median(theirs), "ours_ms": statistics.median(ours), "bytes": len(state)}


def _program(diagram: bytes) -> Program:
    return compile_program(load(diagram, file="bench.bpmn"))


def _middle(program: Program, course: Course) -> tuple[bytes, int]:
    """Our state in the middle of the course, and the task that is completed next."""
    step = kernel.start(program, DATA)
    for _ in range(course.done):
        step = kernel.complete(program, step.state, _first_task(program, step.state))
    assert step.variables.items() >= DATA.items()
    return step.state, _first_task(program, step.state)


def _stock_middle(course: Course) -> str:
    saved = stock.start(course.foreign or course.diagram, "bench", DATA)
    for _ in range(course.done):
        saved = stock.step(saved)
    assert stock.data_at_hand(saved).items() >= DATA.items()
    return saved


def _first_task(program: Program, state: bytes) -> int:
    return next(wait.id for wait in kernel.waits(program, state) if wait.kind is WaitKind.TASK)


def _rework(repeats: int) -> dict[str, dict[str, float]]:
    """A step in the loop at each age, the ages timed in turns."""
    program = _program(diagrams.rework())
    aged = {rounds: _after(program, rounds) for rounds in ROUNDS}
    steps = {rounds: partial(kernel.complete, program, step.state, step.opened[0].id) for rounds, step in aged.items()}
    times: dict[int, list[float]] = {rounds: [] for rounds in ROUNDS}
    for _ in range(repeats):
        for rounds, step in steps.items():
            times[rounds].append(_milliseconds(step))
    return {str(rounds): {"ms": round(statistics.median(times[rounds]), 4), "bytes": len(step.state)}
            for rounds, step in aged.items()}


def _after(program: Program, rounds: int) -> Step:
    step = kernel.start(program, DATA)
    for _ in range(rounds):
        step = kernel.complete(program, step.state, step.opened[0].id)
    return step


def _milliseconds(action: Callable[[], object]) -> float:
    started = time.perf_counter()
    action()
    return (time.perf_counter() - started) * 1000
