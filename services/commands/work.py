"""`jiban work`: fire what is due, once or until stopped."""

from __future__ import annotations

import signal
from collections.abc import Callable
from datetime import datetime
from threading import Event

import click
from sqlalchemy import Engine

from services import jobs, migrations
from services.commands import terminal
from services.database import DatabaseUnavailable, connect
from services.jobs import Done
from services.machine_clock import MachineClock
from services.office import Office, open_office
from services.settings import from_environment


@click.command(name="work")
@click.option("--loop", is_flag=True, help="Go on, a pass every JIBAN_TICK_SECONDS, until SIGTERM or Ctrl-C.")
@terminal.as_json
def command(loop: bool, as_json: bool) -> None:
    """Do all that is due: timers fire, clocks ring, cards are issued, supervisors called; clocks are counted anew after a
    change of the calendar, a month that is over is frozen.

    Several workers may run at once, and each timer fires once. `jiban serve` does the same by itself.

    \b
    Example:
      jiban work --loop
    """
    settings = from_environment()
    database, office, clock = connect(settings.database), open_office(settings), MachineClock()
    try:
        migrations.require_current(database)
        done = _work(database, office, clock, settings.tick_seconds) if loop else _first(database, office, clock())
    finally:
        database.dispose()
    if as_json:
        terminal.print_json({"fired": done.fired, "moved": done.moved, "parked": done.parked, "errands": done.errands})
    else:
        click.echo(_sentence(done))


def _first(database: Engine, office: Office, now: datetime) -> Done:
    jobs.tidy(database, office, now=now)
    return _pass(database, office, now)


def _pass(database: Engine, office: Office, now: datetime) -> Done:
    done = jobs.run_due(database, office, now=now)
    jobs.catch_up(database, office, now=now)
    return done


def _work(database: Engine, office: Office, clock: Callable[[], datetime], seconds: float) -> Done:
    """Pass after pass until a signal; a database that does not answer is asked again at the next."""
    stop, done, work = Event(), Done(), _first
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, lambda number, frame: stop.set())
    while not stop.is_set():
        try:
            done += _told(work(database, office, clock()))
            work = _pass
        except DatabaseUnavailable as error:
            terminal.complain(str(error))
        stop.wait(seconds)
    return done


def _told(done: Done) -> Done:
    if done.total:
        click.echo(_sentence(done), err=True)
    return done


def _sentence(done: Done) -> str:
    return (f"fired {done.fired}, not due any more {done.moved}"
            + (f", errands between cases {done.errands}" if done.errands else "")
            + (f", failed and set aside for a person {done.parked}" if done.parked else ""))
