"""`jiban demo`: an office from January to November in a few seconds."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click
from sqlalchemy import Engine

from engine import events
from engine.calendar import SHANGHAI
from engine.errors import InvalidInput
from engine.events import Recorded
from services import deployments, migrations
from services.commands import project_lines, terminal
from services.commands.demo_lines import story_lines
from services.database import connect, reading, writing
from services.demo import setting
from services.demo.bundle import BUNDLE
from services.demo.investment import INVESTMENT
from services.demo.outcome import Invested, Performance, Played, Told, standing
from services.demo.script import Scene, Story
from services.demo.stage import play
from services.demo.stories import NINE
from services.fold import fold
from services.office import Office, open_office
from services.settings import SHELF, Settings
from services.telling.naming import COLOURS

BEGINS_AT = datetime(2026, 1, 5, 8, tzinfo=SHANGHAI)
STORIES = (*NINE, BUNDLE, INVESTMENT)


@click.command(name="demo")
@click.option("--keep", metavar="FILE", help="Keep the SQLite database there instead of deleting it.")
@terminal.as_json
@click.pass_context
def command(context: click.Context, keep: str | None, as_json: bool) -> None:
    """Play nine cases, a bundle and a project through 2026 and print the timeline of each.

    Everything happens in a database of its own, on a clock that starts on 2026-01-05 in Asia/Shanghai. Nine cases across the
    Spring Festival: on time, early, late with cards, suspended for an expert review, corrected, sent back, withdrawn,
    declined, deemed accepted. One application for a company 企业开办一件事, a case in each department, of which one is late.
    One project through all four 即, from the first talk to its title.

    \b
    Example:
      jiban demo --keep demo.db
      JIBAN_DATABASE=sqlite:///demo.db jiban verify --fold
    """
    with _database(keep) as database, terminal.Progress() as progress:
        def show(number: int, of: int, scene: Scene, story: Story) -> None:
            progress.show(f"{_bar(number, of)} {scene.at:%m-%d %H:%M}  {story.title}")

        office = _office(database)
        performance = _verified(database, office, play(database, office, STORIES, progress=show))
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
        setting.enter(connection, now=BEGINS_AT)
    return open_office(Settings(shelf=SHELF))


def _verified(database: Engine, office: Office, performance: Performance) -> Performance:
    """With what a replay of every case finds, too."""
    with reading(database) as connection:
        found = tuple(problem.message for problem in fold(connection, office))
    return replace(performance, problems=(*performance.problems, *found))


def _as_object(performance: Performance) -> dict[str, object]:
    return {
        "stories": [_story(played) for played in performance.played],
        "cases": [_case(told) for told in performance.cases],
        "cards": [_card(told, card) for told in performance.cases for card in told.cards],
        "lapses": [_lapse(told, lapse) for told in performance.cases for lapse in told.lapses],
        "escalations": [_escalation(told, rung) for told in performance.cases for rung in told.escalations],
        "facts": performance.facts,
        "audit": "broken" if performance.problems else "intact",
        "problems": list(performance.problems),
    }


def _story(played: Played) -> dict[str, object]:
    return {"title": played.story.title, "cases": [told.row.number for told in played.cases],
            "project": _project(played, played.project) if played.project else None}


def _project(played: Played, invested: Invested) -> dict[str, object]:
    project = invested.file.project
    return {
        **project_lines.as_object(invested.file),
        "four": [_passed(played, told) for told in played.own],
        "assessments": [{"kind": each.kind, "mode": each.mode, "document": each.document}
                        for each in (project.plan.assessments if project.plan else ())],
        "kept": [{"item": each.commitment.item, "keeping": [promise.keeping.value for promise in each.promises]}
                 for each in invested.kept],
        "permits": [{"number": each.row.number, "sort": each.row.sort, "name": each.row.name, "case": each.case,
                     "granted_on": each.row.granted_on, "state": each.row.state} for each in invested.permits]}


def _passed(played: Played, told: Told) -> dict[str, object]:
    """One of the four 即 a project has come through."""
    row = told.row
    return {"name": told.name, "process": row.process, "case": row.number, "state": row.state,
            "opened_at": _instant(row.opened_at), "ended_at": _instant(row.ended_at) if row.ended_at else None,
            "children": [child.row.number for child in played.children(row.number)]}


def _case(told: Told) -> dict[str, object]:
    row = told.row
    return {"number": row.number, "process": row.process, "department": row.department, "parent": row.parent,
            "state": row.state, "is_over": row.ended_at is not None, "accepted_on": row.accepted_on, "due_on": row.due_on,
            "concluded_on": row.concluded_on, "standing": row.standing}


def _card(told: Told, recorded: Recorded) -> dict[str, object]:
    card = recorded.fact
    assert isinstance(card, events.CardIssued)
    return {"case": recorded.case, "department": told.row.department, "colour": card.colour, "rule": card.rule,
            "due_on": card.due_on.isoformat() if card.due_on else None, "scheduled_at": _instant(card.scheduled_at),
            "issued_at": _instant(recorded.at)}


def _lapse(told: Told, recorded: Recorded) -> dict[str, object]:
    lapse = recorded.fact
    assert isinstance(lapse, events.DeadlineLapsed)
    return {"case": recorded.case, "department": told.row.department, "clock": lapse.clock,
            "due_on": lapse.due_on.isoformat() if lapse.due_on else None, "scheduled_at": _instant(lapse.scheduled_at)}


def _escalation(told: Told, recorded: Recorded) -> dict[str, object]:
    rung = recorded.fact
    assert isinstance(rung, events.Escalated)
    return {"case": recorded.case, "department": told.row.department, "rung": rung.rung, "clock": rung.clock,
            "told_at": _instant(rung.told_at), "missing": list(rung.missing),
            "told": [{"role": each.role, "recipient": each.recipient, "unit": each.unit} for each in rung.told]}


def _instant(at: datetime) -> str:
    return at.astimezone(SHANGHAI).isoformat()


def _show(performance: Performance) -> None:
    for played in performance.played:
        for line in story_lines(played):
            click.echo(line)
    _show_summary(performance)


def _show_summary(performance: Performance) -> None:
    standings = Counter(standing(told.row) for told in performance.cases)
    cards = Counter(COLOURS[card.fact.colour] for told in performance.cases for card in told.cards
                    if isinstance(card.fact, events.CardIssued))
    counted = ",".join(f"{name} {number}" for name, number in (*standings.items(), *cards.items()))
    click.echo(f"{len(performance.cases)} 件:{counted}。{performance.facts} 条事实,"
               + (click.style("校验有误:", fg="red") + ";".join(performance.problems) if performance.problems
                  else click.style("校验、重放均完好", fg="green")) + "。")


def _bar(number: int, of: int, width: int = 20) -> str:
    filled = number * width // of
    return f"[{'█' * filled}{'·' * (width - filled)}] {number}/{of}"
