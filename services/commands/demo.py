"""`jiban demo`: a month of an office in a few seconds."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from sqlalchemy import Engine

from engine import events
from engine.calendar import SHANGHAI
from engine.errors import InvalidInput
from engine.events import Recorded
from services import deployments, migrations
from services.commands import terminal
from services.database import connect, writing
from services.demo.script import BEGINS_AT, STORIES, Scene, Story
from services.demo.stage import Performance, Played, play
from services.demo.timeline import COLOURS, STANDINGS, instant, words
from services.office import Office, open_office
from services.settings import SHELF, Settings

_STYLES = {"DeadlineLapsed": "magenta", "CaseConcluded": "green", "CaseSuspended": "cyan", "CaseResumed": "cyan"}


@click.command(name="demo")
@click.option("--keep", metavar="FILE", help="Keep the SQLite database there instead of deleting it.")
@terminal.as_json
@click.pass_context
def command(context: click.Context, keep: str | None, as_json: bool) -> None:
    """Play nine cases across the Spring Festival of 2026 and print the timeline of each.

    Everything happens in a database of its own, on a clock that starts at 2026-02-11 09:00 in Asia/Shanghai: on time,
    early, late with cards, suspended for an expert review, corrected, sent back, withdrawn, declined, deemed accepted.

    \b
    Example:
      jiban demo --keep demo.db
      JIBAN_DATABASE=sqlite:///demo.db jiban verify --fold
    """
    with _database(keep) as database, terminal.Progress() as progress:
        def show(number: int, of: int, scene: Scene, story: Story) -> None:
            progress.show(f"{_bar(number, of)} {scene.at:%m-%d %H:%M}  {story.title}")

        performance = play(database, _office(database), STORIES, progress=show)
    if as_json:
        terminal.print_json(_as_object(performance))
    else:
        _show(performance)
    if performance.problems:
        context.exit(1)


@contextmanager
def _database(keep: str | None) -> Iterator[Engine]:
    """A new SQLite database, gone afterwards unless it is to be kept."""
    if keep is not None and Path(keep).exists():
        raise InvalidInput("--keep", f"{keep} exists already; name a new file")
    with tempfile.TemporaryDirectory(prefix="jiban-demo-") as folder:
        database = connect(f"sqlite:///{Path(keep).absolute() if keep else Path(folder) / 'demo.db'}")
        try:
            yield database
        finally:
            database.dispose()


def _office(database: Engine) -> Office:
    migrations.migrate(database)
    with writing(database) as connection:
        deployments.deploy_shelf(connection, SHELF, now=BEGINS_AT)
    return open_office(Settings(shelf=SHELF))


def _as_object(performance: Performance) -> dict[str, object]:
    return {
        "cases": [_case(played) for played in performance.cases],
        "cards": [_card(card) for played in performance.cases for card in played.cards],
        "facts": performance.facts,
        "audit": "broken" if performance.problems else "intact",
    }


def _case(played: Played) -> dict[str, object]:
    row = played.row
    return {"number": row.number, "process": row.process, "accepted_on": row.accepted_on, "due_on": row.due_on,
            "concluded_on": row.concluded_on, "standing": row.standing}


def _card(recorded: Recorded) -> dict[str, object]:
    card = _card_of(recorded)
    return {"case": recorded.case, "colour": card.colour, "rule": card.rule,
            "due_on": card.due_on.isoformat() if card.due_on else None,
            "scheduled_at": card.scheduled_at.astimezone(SHANGHAI).isoformat(),
            "issued_at": recorded.at.astimezone(SHANGHAI).isoformat()}


def _card_of(recorded: Recorded) -> events.CardIssued:
    assert isinstance(recorded.fact, events.CardIssued)
    return recorded.fact


def _show(performance: Performance) -> None:
    for played in performance.cases:
        _show_timeline(played)
    _show_summary(performance)


def _show_timeline(played: Played) -> None:
    heading = f"{played.row.number}  {played.name}  {played.story.title}"
    click.echo(click.style(heading, bold=True))
    for recorded in played.facts:
        sentence = words(recorded.fact, played.labels)
        if sentence is not None:
            who = terminal.padded(recorded.by, 12)
            click.echo(f"  {instant(recorded)}  {who}  {click.style(sentence, fg=_colour(recorded))}")
    click.echo(f"  {STANDINGS[played.row.standing]}"
               f"{f',到期日 {played.row.due_on},办结日 {played.row.concluded_on}' if played.row.concluded_on else ''}\n")


def _show_summary(performance: Performance) -> None:
    standings = Counter(STANDINGS[played.row.standing] for played in performance.cases)
    cards = Counter(COLOURS[_card_of(recorded).colour] for played in performance.cases for recorded in played.cards)
    counted = ",".join(f"{name} {number}" for name, number in (*standings.items(), *cards.items()))
    click.echo(f"{len(performance.cases)} 件:{counted}。{performance.facts} 条事实,"
               + (click.style("校验有误:", fg="red") + ";".join(performance.problems) if performance.problems
                  else click.style("校验完好", fg="green")) + "。")


def _colour(recorded: Recorded) -> str | None:
    if isinstance(recorded.fact, events.CardIssued):
        return recorded.fact.colour
    return _STYLES.get(recorded.kind)


def _bar(number: int, of: int, width: int = 20) -> str:
    filled = number * width // of
    return f"[{'█' * filled}{'·' * (width - filled)}] {number}/{of}"
