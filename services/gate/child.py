"""The child behind the gate: reads, checks and tries one stranger's file after another, and may die of any of them.

Started by `services.gate.door` as ``python -m services.gate.child SHELF`` with the wire as standard input and with an
environment that holds no settings. After its imports it gives up what it does not need: memory beyond `MEMORY`, writing
files, opening many. Each request runs against a CPU clock whose alarm nobody handles, so no code, ours or a library's,
can outlast it. The wall clock is watched by the parent, which kills.
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import sys
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from engine.calendar import SHANGHAI, Calendar
from engine.definitions.check import check, load
from engine.definitions.diagnostic import Diagnostic, Severity
from engine.definitions.model import Definition
from engine.errors import InvalidInput
from engine.process.trial import trial
from services.calendars import load_calendar
from services.gate import messages
from services.gate.messages import Answer, Attempt, Attempted, Awaited, Request

MEMORY = 1 << 30
CPU_SECONDS = 1.0
HUNGRY = 3
"""Exit status of a child that asked for more memory than it may have."""

START_AT = datetime(2026, 3, 2, 9, tzinfo=SHANGHAI)
"""Every trial begins at this instant, a Monday in a published year: the same answer on every day."""


@dataclass(slots=True)
class Desk:
    """What the child keeps between requests: the shelf's calendar, read when it is first needed."""

    shelf: Path
    kept: list[Calendar] = field(default_factory=list)

    @property
    def calendar(self) -> Calendar:
        """The published calendar."""
        if not self.kept:
            self.kept.append(load_calendar(self.shelf))
        return self.kept[0]


def main(shelf: str) -> None:
    """Serve requests until the parent hangs up."""
    wire, desk = socket.socket(fileno=0), Desk(Path(shelf))
    _give_up()
    messages.send(wire, messages.READY)
    while (data := messages.receive(wire, most=messages.MAX_REQUEST)) is not None:
        try:
            messages.send(wire, _bounded(data, desk))
        except MemoryError:
            os._exit(HUNGRY)


def answer(request: Request, desk: Desk) -> Answer:
    """Check the file, and try it out if that is asked for and it can be run."""
    attempt = request.attempt
    checked = check(request.data, file=request.file, known=tuple(attempt.variables) if attempt else ())
    if checked.definition is None:
        return Answer(verdict=checked.verdict, diagnostics=checked.diagnostics, drawn=checked.drawn)
    try:
        attempted = _try(checked.definition, attempt, desk.calendar) if attempt else None
    except InvalidInput as refusal:
        return Answer(verdict="refused", diagnostics=(_bad_data(refusal), *checked.diagnostics))
    definition = checked.definition
    return Answer(verdict=checked.verdict, diagnostics=checked.diagnostics, processes=tuple(definition.processes),
                  calls=tuple(sorted(definition.calls)), attempted=attempted, drawn=checked.drawn)


def _bounded(data: bytes, desk: Desk) -> bytes:
    """An answer, against the clock. The alarm is left to its default, which ends the process."""
    spent = resource.getrusage(resource.RUSAGE_SELF)
    limit = int(spent.ru_utime + spent.ru_stime + CPU_SECONDS) + 2  # a second clock, should the first be lost
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.getrlimit(resource.RLIMIT_CPU)[1]))
    signal.setitimer(signal.ITIMER_PROF, CPU_SECONDS)
    try:
        return messages.encode(answer(messages.decode(data, Request), desk))
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _give_up() -> None:
    for kind, most in ((resource.RLIMIT_AS, MEMORY), (resource.RLIMIT_FSIZE, 0), (resource.RLIMIT_CORE, 0),
                       (resource.RLIMIT_NOFILE, 32)):
        resource.setrlimit(kind, (most, most))


def _try(definition: Definition, attempt: Attempt, calendar: Calendar) -> Attempted:
    read = {file: load(data, file=file) for file, data in attempt.library.items()}
    library = {process: read[file] for process, file in attempt.homes.items()}
    tried = trial(definition, library=library, data=attempt.variables, complete=attempt.complete, calendar=calendar,
                  start_at=START_AT)
    waiting = tuple(Awaited(id=wait.id, kind=wait.kind, name=wait.name) for wait in tried.waiting_for)
    return Attempted(outcome=tried.outcome, waiting_for=waiting, trace=tried.trace, end_events=tried.end_events,
                     message=tried.message)


def _bad_data(refusal: InvalidInput) -> Diagnostic:
    return Diagnostic(code="bad_data", severity=Severity.ERROR, element=None, line=None,
                      message=f"the start variables cannot be used: {refusal}",
                      hint="give text, numbers, true, false or lists of these")


if __name__ == "__main__":
    main(sys.argv[1])
