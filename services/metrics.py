"""What a node counts about itself, in the words of Prometheus: requests, passes, how late timers are, deliveries, backlogs.

Labels are routes, methods, statuses, names of passes and outcomes: a few hundred at most, and never anything of a case or a
person. What lies in the database is asked when somebody looks, by indexed statements that stop counting at a bound; a database
that does not answer leaves those figures out and says so.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    PlatformCollector,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy import Engine
from sqlalchemy.pool import QueuePool

from services.database import DatabaseUnavailable

MEDIA_TYPE = CONTENT_TYPE_LATEST
REGISTRY = CollectorRegistry()
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_LATE = (0.5, 1, 2, 5, 10, 30, 60, 300, 3600, 86400)

_REQUESTS = Histogram("jiban_request_seconds", "Requests by route, method and status, and how long each took.",
                      ("route", "method", "status"), buckets=_SECONDS, registry=REGISTRY)
_LATENESS = Histogram("jiban_timer_lateness_seconds", "How long after its instant a timer or clock was dealt with.",
                      buckets=_LATE, registry=REGISTRY)
_PASSES = Histogram("jiban_pass_seconds", "Passes by name and outcome, and how long each took.", ("name", "outcome"),
                    buckets=_SECONDS, registry=REGISTRY)
_DELIVERIES = Counter("jiban_deliveries", "Deliveries by outcome.", ("outcome",), registry=REGISTRY)


def requested(route: str, method: str, status: int, seconds: float) -> None:
    """A request was answered. `route`: as it is written in the program, with its places unfilled."""
    _REQUESTS.labels(route, method, str(status)).observe(seconds)


def rung(seconds: float) -> None:
    """A timer or clock was dealt with, so long after its instant."""
    _LATENESS.observe(max(0.0, seconds))


def passed(name: str, outcome: str, seconds: float) -> None:
    """A pass has ended: `done`, `waits` for the database, or `failed`."""
    _PASSES.labels(name, outcome).observe(seconds)


def delivered(outcome: str, number: int = 1) -> None:
    """So many deliveries came to an outcome."""
    if number:
        _DELIVERIES.labels(outcome).inc(number)


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """What waits of a sort: how many, counted up to a bound, and for how many seconds the eldest has been overdue."""

    waiting: int
    eldest_seconds: float


class _Looked(Collector):
    """What is asked of a database when somebody looks."""

    def __init__(self, database: Engine, backlogs: Callable[[], Mapping[str, Backlog]]) -> None:
        self._database, self._backlogs = database, backlogs

    def collect(self) -> Iterator[GaugeMetricFamily]:
        waiting = GaugeMetricFamily("jiban_backlog", "What waits to be dealt with; counted to a bound.", labels=("of",))
        eldest = GaugeMetricFamily("jiban_backlog_eldest_seconds", "How long the eldest of a sort has waited.", labels=("of",))
        answers = GaugeMetricFamily("jiban_database_up", "Does the database answer?")
        try:
            for name, backlog in self._backlogs().items():
                waiting.add_metric((name,), backlog.waiting)
                eldest.add_metric((name,), backlog.eldest_seconds)
            answers.add_metric((), 1)
        except DatabaseUnavailable:
            answers.add_metric((), 0)
        yield from (waiting, eldest, answers, self._pool())

    def _pool(self) -> GaugeMetricFamily:
        family = GaugeMetricFamily("jiban_database_connections", "Connections of this process, by state.", labels=("state",))
        pool = self._database.pool
        if isinstance(pool, QueuePool):
            family.add_metric(("in_use",), pool.checkedout())
            family.add_metric(("idle",), pool.checkedin())
        return family


def watch(database: Engine, backlogs: Callable[[], Mapping[str, Backlog]]) -> None:
    """From now on whoever looks is told of a database too. Once in a process."""
    REGISTRY.register(_Looked(database, backlogs))
    ProcessCollector(registry=REGISTRY)
    PlatformCollector(registry=REGISTRY)


def exposition() -> bytes:
    """Everything, as Prometheus reads it."""
    return generate_latest(REGISTRY)
