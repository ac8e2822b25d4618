"""The demonstration as people read it: a heading for each story, what its cases came to, and who did what when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

import click

from engine import events
from engine.assessments import KINDS, Use
from engine.calendar import SHANGHAI
from engine.events import Recorded
from engine.project_events import ProjectOpened, StageReached
from engine.projects import STAGE_NAMES, Stage
from engine.promises import Keeping
from services.commands import terminal
from services.demo.investment import COMMITTED
from services.demo.outcome import Invested, Played, Told, standing
from services.demo.setting import LATE_BY_HALF_A_DAY
from services.telling import told as said
from services.telling.naming import Telling, instant

_STYLES = {"DeadlineLapsed": "magenta", "CaseConcluded": "green", "CaseSuspended": "cyan", "CaseResumed": "cyan"}
_KEPT = {Keeping.NOT_BEGUN: "未起算", Keeping.RUNNING: "履行中", Keeping.KEPT: "兑现", Keeping.BROKEN: "违约"}
_MODES = {Use.EXEMPT: "免评估", Use.DECLARED: "告知承诺", Use.SINGLY: "单独评估"}
_MATTER, _WHO = 22, 12
"""Columns."""


def story_lines(played: Played) -> Iterator[str]:
    """A story: of one case its timeline; of several first what each came to, and whose it is."""
    if len(played.cases) == 1 and played.project is None:
        (told,) = played.cases
        yield click.style(f"{told.row.number}  {told.name}  {played.story.title}", bold=True)
        yield from (f"  {instant(each.at)}  {_said(told, each)}" for each in told.facts if _has_words(told, each))
        yield f"  {standing(told.row)}{_dates(told)}"
    else:
        yield click.style(played.story.title, bold=True)
        if played.project is not None:
            yield from _project(played.project)
            yield from _four(played)
        for own in played.own:
            yield from _family(played, own)
    yield ""


def _family(played: Played, own: Told) -> Iterator[str]:
    """A case and its children: what they came to, then what happened in all of them, in order."""
    children = played.children(own.row.number)
    for told in (own, *children):
        depth = "" if told is own else "└ "
        name = terminal.padded(depth + told.name, _MATTER)
        yield f"  {told.row.number}  {name}  {terminal.padded(told.row.department, 26)}  {standing(told.row)}{_dates(told)}"
    happened = sorted((each for told in (own, *children) for each in _placed(told)), key=lambda each: each[0])
    for _, told, recorded in happened:
        if _has_words(told, recorded):
            yield f"    {instant(recorded.at)}  {terminal.padded(told.name, _MATTER)}  {_said(told, recorded)}"


def _project(invested: Invested) -> Iterator[str]:
    """The file of a project, and where its four 即 began and ended."""
    project = invested.file.project
    team = project.team.team if project.team else "无"
    agreement = project.agreement.number if project.agreement else "无"
    yield (f"  {project.number}  {project.code}  {project.profile.name}  {project.profile.park}  "
           f"{project.profile.amount}万元  帮代办 {team}  协议 {agreement}  {STAGE_NAMES[project.stage]}")
    yield "  进度      " + " → ".join(f"{STAGE_NAMES[stage]} {_day(at)}" for stage, at in _stages(invested))
    plan = project.plan
    found = plan.assessments if plan else ()
    by_mode = {mode: "、".join(KINDS[each.kind] for each in found if each.mode == mode.value) for mode in Use}
    yield f"  定制单    第{plan.version}版,{len(plan.items)}项" if plan else "  定制单    无"
    yield "  区域评估  " + ";".join(f"{_MODES[mode]} {kinds}" for mode, kinds in by_mode.items() if kinds)
    for kept in invested.kept:
        row = kept.commitment
        became = "、".join(_KEPT[promise.keeping] for promise in kept.promises) or _KEPT[Keeping.NOT_BEGUN]
        name = terminal.padded(COMMITTED.get(row.item, row.item), 22)
        yield f"  承诺      {name}{row.amount}个工作日  {row.agreement}{row.clause}  {became}"
    for permit in invested.permits:
        yield f"  许可证件  {terminal.padded(permit.row.number, 26)}{permit.row.name}  {permit.row.granted_on}"


def _four(played: Played) -> Iterator[str]:
    """The table of the four 即 of a project: each with its case, from when to when, and the matters in it."""
    for own in played.own:
        inside = "、".join(child.name for child in played.children(own.row.number))
        yield (f"  {terminal.padded(own.name, 12)}{own.row.number}  {_day(own.row.opened_at)} 至 {_day(own.row.ended_at)}  "
               f"{inside}")


def _stages(invested: Invested) -> Iterator[tuple[Stage, datetime]]:
    for happened in invested.history:
        match happened.event:
            case ProjectOpened():
                yield Stage.NEGOTIATING, happened.at
            case StageReached(stage=stage):
                yield Stage(stage), happened.at


def _placed(told: Told) -> Iterator[tuple[tuple[datetime, int, str, int], Told, Recorded]]:
    """Each fact with its place in time. Of one instant a child's end comes before what its parent hears of it, and a child's
    beginning after what its parent asked for, whatever their numbers."""
    heard: datetime | None = None
    for recorded in told.facts:
        heard = recorded.at if isinstance(recorded.fact, events.ChildEnded) else heard
        is_new = told.row.parent is not None and recorded.at == told.row.opened_at
        yield (recorded.at, 2 if is_new else int(recorded.at == heard), told.row.number, recorded.seq), told, recorded


def _has_words(told: Told, recorded: Recorded) -> bool:
    return _sentence(told, recorded) is not None


def _sentence(told: Told, recorded: Recorded) -> str | None:
    return said(recorded.fact, Telling(labels=told.labels, rungs={LATE_BY_HALF_A_DAY.name: LATE_BY_HALF_A_DAY.label}))


def _said(told: Told, recorded: Recorded) -> str:
    whose = f"({told.row.department})" if isinstance(recorded.fact, events.CardIssued) else ""
    sentence = f"{_sentence(told, recorded)}{whose}"
    return f"{terminal.padded(recorded.by, _WHO)}  {click.style(sentence, fg=_colour(recorded))}"


def _dates(told: Told) -> str:
    row = told.row
    due = f",到期日 {row.due_on}" if row.due_on else ""
    return f"{due},办结日 {row.concluded_on}" if row.concluded_on else ""


def _day(at: datetime | None) -> date | str:
    return at.astimezone(SHANGHAI).date() if at else "在办"


def _colour(recorded: Recorded) -> str | None:
    if isinstance(recorded.fact, events.CardIssued):
        return recorded.fact.colour
    return _STYLES.get(recorded.kind)
