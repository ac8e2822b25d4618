"""A fact in the words of the office: the timeline of a case, wherever it is shown.

What is told is a sentence (`engine.sentences`) whose pattern is Chinese: the command line prints it, and a page says its
pattern, and the words among its values, in the reader's language.
"""

from __future__ import annotations

from engine import events
from engine.events import Fact
from engine.sentences import Sentence
from services.telling import cases, clocks, connectors, oversight, permits, service, supervising, tasks
from services.telling.naming import Telling

SILENT = frozenset({events.TimerFired, events.ClockStopped, events.ProcessCompleted})
"""Facts that another of the same moment says better."""

_ROOMS = (tasks.of_task, cases.of_case, clocks.of_stop, clocks.of_clock, clocks.of_extension, oversight.of_oversight,
          cases.of_bundle, permits.of_accepting, permits.of_permit, service.of_service, supervising.of_supervising,
          tasks.of_help, connectors.of_connector)


def told(fact: Fact, telling: Telling) -> Sentence | None:
    """The fact in a sentence; None for one that another fact of the same moment says better."""
    return next((said for room in _ROOMS if (said := room(fact, telling)) is not None), None)
