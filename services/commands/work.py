"""`jiban work`: fire what is due, once or until stopped."""

from __future__ import annotations

import signal
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Event
from typing import TypeAlias

import click
from sqlalchemy import Engine

from services import connecting, jobs, migrations
from services.commands import terminal
from services.database import DatabaseUnavailable, connect
from services.deliveries import outgoing
from services.deliveries.outgoing import Sent
from services.jobs import Done
from services.machine_clock import MachineClock
from services.office import Office, open_office
from services.settings import from_environment
from services.wire import wire_of
from webhooks.post import Wire

Passed: TypeAlias = tuple[Done, Sent]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Working:
    """What a worker works with, and the signal to stop."""

    database: Engine
    office: Office
    clock: Callable[[], datetime]
    wire: Wire
    stop: Event


@click.command(name="work")
@click.option("--loop", is_flag=True, help="Go on, a pass every JIBAN_TICK_SECONDS, until SIGTERM or Ctrl-C.")
@terminal.as_json
def command(loop: bool, as_json: bool) -> None:
    """Do all that is due: timers fire, clocks ring, cards are issued, supervisors called; clocks are counted anew after a
    change of the calendar, a month that is over is frozen; what has happened is told to other systems.

    Several workers may run at once, and each timer fires once. `jiban serve` does the same by itself.

    \b
    Example:
      jiban work --loop
    """
    settings = from_environment()
    database, office, clock = connect(settings.database), open_office(settings), MachineClock()
    try:
        migrations.require_current(database)
        working = _Working(database=database, office=office, clock=clock, wire=wire_of(settings), stop=Event())
        done, sent = _work(working, settings.tick_seconds) if loop else _first(working)
    finally:
        database.dispose()
    if as_json:
        terminal.print_json({"fired": done.fired, "moved": done.moved, "parked": done.parked, "errands": done.errands,
                             "handed": sent.handed, "delivered": sent.delivered, "undelivered": sent.failed + sent.dead})
    else:
        click.echo(_sentence(done, sent))


def _first(working: _Working) -> Passed:
    jobs.tidy(working.database, working.office, now=working.clock())
    return _pass(working)


def _pass(working: _Working) -> Passed:
    now = working.clock()
    done = jobs.run_due(working.database, working.office, now=now)
    jobs.catch_up(working.database, working.office, now=now)
    connecting.run(working.database, working.office, working.wire, now=now, is_stopping=working.stop.is_set)
    sent = outgoing.run(working.database, working.office, working.wire, now=now, is_stopping=working.stop.is_set)
    return done, sent


def _work(working: _Working, seconds: float) -> Passed:
    """Pass after pass until a signal; a database that does not answer is asked again at the next."""
    done, sent, work = Done(), Sent(), _first
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda number, frame: working.stop.set())
    while not working.stop.is_set():
        try:
            passed = _told(work(working))
            done, sent, work = done + passed[0], sent + passed[1], _pass
        except DatabaseUnavailable as error:
            terminal.complain(str(error))
        working.stop.wait(seconds)
    return done, sent


def _told(passed: Passed) -> Passed:
    if passed[0].total or passed[1].posted:
        click.echo(_sentence(*passed), err=True)
    return passed


def _sentence(done: Done, sent: Sent) -> str:
    return (f"fired {done.fired}, not due any more {done.moved}"
            + (f", errands between cases {done.errands}" if done.errands else "")
            + (f", told outside {sent.delivered}" if sent.delivered else "")
            + (f", not taken {sent.failed + sent.dead}" if sent.failed + sent.dead else "")
            + (f", failed and set aside for a person {done.parked}" if done.parked else ""))
