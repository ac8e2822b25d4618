"""What is done again and again beside the requests, whoever rings: what is due, what has to leave, what no case waits for.

The embedded bell (`services.scheduler`) and the workers of a cluster (`services.cluster`) ring these by name and know nothing
else of them. A pass goes on while there is something to do, in slices, and looks between two of them whether the process has
been told to end. A database that does not answer ends a pass and nothing else: the next finds everything as it was. Any number
of nodes may be in the same pass at once; each row is taken by one of them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter

from sqlalchemy import Engine

from services import connecting, correlation, jobs, metrics, tracing
from services.database import DatabaseUnavailable
from services.deliveries import outgoing
from services.office import Office
from services.readiness import Threshold
from services.shutdown import Shutdown
from webhooks.post import Wire

SLICE = 200
"""So many rows are dealt with before a pass looks at the clock again, and whether it should end."""
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where passes are run, and by which clock. `turn`: as in `services.web.door.Door`. `call`: asks other nodes to come and
    help with what is due, once more than a slice of it is; None: there is no other."""

    database: Engine
    office: Office
    clock: Callable[[], datetime]
    threshold: Threshold
    wire: Wire
    turn: Callable[[], bool] | None = None
    call: Callable[[], None] | None = None

    @property
    def shutdown(self) -> Shutdown:
        """Whether the process has been told to end."""
        return self.threshold.shutdown


def run(name: str, site: Site, *, asked_for_by: str | None = None) -> None:
    """Run the pass of a name, unless nothing is to be taken up any more or the node has not begun its work. `asked_for_by`: the
    id of the request that asked for it; None: it came by itself."""
    if site.shutdown.is_asked or not site.threshold.is_crossed:
        return
    with correlation.under(correlation.taken(asked_for_by)), tracing.span(f"pass {name}"):
        begun = perf_counter()
        metrics.passed(name, _outcome(name, site), perf_counter() - begun)


def _outcome(name: str, site: Site) -> str:
    """Run it; how it ended."""
    try:
        PASSES[name](site)
    except DatabaseUnavailable as error:
        _LOG.warning("%s: %s", _WAITING[name], error)
        return "waits"
    except Exception:  # noqa: BLE001
        # The door of the passes: a bug of ours in one must not stop the next from being tried.
        _LOG.exception("a pass failed; the next tick tries again", extra={"job": name})
        return "failed"
    return "done"


def _ring(site: Site) -> None:
    """Fire what is due; of a demonstration, once its clock stands where it was moved to."""
    if site.turn is not None and not site.turn():
        return
    has_called = False
    while not site.shutdown.is_asked:
        done = jobs.run_due(site.database, site.office, now=site.clock(), most=SLICE)
        if done.total < SLICE:
            return
        if site.call is not None and not has_called:
            has_called = True
            site.call()


def _catch_up(site: Site) -> None:
    jobs.catch_up(site.database, site.office, now=site.clock())


def _tidy(site: Site) -> None:
    jobs.tidy(site.database, site.office, now=site.clock())


def _send(site: Site) -> None:
    """Tell others what has happened; none of it waits for the timers, and they wait for none of it."""
    sent = outgoing.run(site.database, site.office, site.wire, now=site.clock(), is_stopping=lambda: site.shutdown.is_asked)
    for outcome in ("delivered", "failed", "dead", "late"):
        metrics.delivered(outcome, getattr(sent, outcome))


def _connect(site: Site) -> None:
    """Ask systems for what service tasks wait for; no case waits for one that hangs."""
    connecting.run(site.database, site.office, site.wire, now=site.clock(), is_stopping=lambda: site.shutdown.is_asked)


PASSES: Mapping[str, Callable[[Site], None]] = {
    "ring": _ring, "send": _send, "connect": _connect, "catch_up": _catch_up, "tidy": _tidy}
"""Each pass by its name."""

_WAITING = {"ring": "timers wait", "send": "what has to be told outside waits",
            "connect": "what systems have to be asked for waits", "catch_up": "catching up waits",
            "tidy": "old answers stay for another hour"}
