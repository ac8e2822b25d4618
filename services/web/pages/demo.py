"""The bar of a demonstration: who one is and whom one may become, what its clock shows and where it may be moved, what to try.

Only a demonstration has these addresses (`services.web.app`): becoming somebody takes no password here. Every page shows the
bar, so that nobody takes a demonstration for an office; whoever comes first is led to the page that says what there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from engine.calendar import SHANGHAI
from engine.case import local_day
from engine.duties import Grant
from engine.errors import InvalidInput, NotFound
from services import demonstration, visits, worklists
from services.database import DatabaseUnavailable
from services.database import reading as read
from services.database import writing as write
from services.people import ROLES
from services.store import reading
from services.store.worklists import Listed
from services.web.admission import may
from services.web.door import door, now
from services.web.frame import text
from services.web.visiting import let_in, present

pages = Blueprint("demo", __name__, url_prefix="/demo")

_WEEKDAYS = "一二三四五六日"
_DUTIES = {
    "clerk": "收件、核验、受理，办结后送达", "reviewer": "审查，办理联办环节，提出延期", "approver": "作出准予或不予的决定",
    "head_of_office": "批准延期、挂起", "certifier": "制证，统一出件", "supervisor": "看督查墙，催办、督办、核销",
    "designer": "画流程、改时限，交他人发布", "legal_officer": "审核时限和依据，发布流程",
    "department_admin": "本部门人员、转办", "park_admin": "本园区人员、联络表", "agent": "持委托书为企业帮代办",
    "system_admin": "账号、工作日历",
    "security_admin": "安全策略、解除锁定", "audit_admin": "查看审计记录",
}
"""What a role does, in a few words."""

_THINGS: Mapping[str, tuple[str, tuple[tuple[str, str], ...]]] = {
    "company": ("办一件企业开办，从收件到送达", (
        ("clerk", "打开待受理的企业开办（或新收一件）：收件、核验、受理"), ("reviewer", "审查，拟准予"),
        ("approver", "准予许可"), ("reviewer", "办完各联办环节"), ("clerk", "送达"))),
    "wall": ("看一件办件超期，在督查墙上升级", (
        ("supervisor", "打开督查墙，看市公安局的公章刻制备案"), ("", "把演示时钟走3次1小时，过了中午12时"),
        ("supervisor", "再看督查墙：亮红灯、发黄牌，告知到市公安局"))),
    "limit": ("改一个时限，由他人发布", (
        ("designer", "打开企业开办的流程，改承诺时限，提交"), ("legal_officer", "审核后发布"),
        ("clerk", "新收一件，看到期日按新时限计算"))),
}
"""What a newcomer can try: each step with the role of whoever does it, "" for the clock's."""

_BEGINS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "company": ("counter.queue", {"queue": "to_accept"}), "wall": ("wall.board", {}), "limit": ("designer.library", {})}
"""The page at which each begins."""

_MOVED = {"there": "演示时钟已走到，其间到期的事项都已处理", "underway": "其间到期的事项正在依次处理"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """Somebody of the demonstration as the bar shows him. `place`: whose work he does; `does`: what, in a few words."""

    id: str
    name: str
    role: str
    place: str
    does: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """What the clock shows; `until`: where it is on its way to, "" when it stands nowhere short."""

    shown: str
    until: str
    earliest: str
    latest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of something to try. `person`: who does it, None when it is the clock that moves."""

    words: str
    person: Shown | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """Something to try: its steps, and whom to become for the first."""

    key: str
    title: str
    steps: tuple[Step, ...]
    person: Shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Awaited:
    """Whom a case waits for, and at which step."""

    person: Shown
    step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """All that the bar shows. `me` None: nobody has been chosen yet; `said`: what has just been done, "" for nothing."""

    me: Shown | None
    people: tuple[Shown, ...]
    before: Shown
    after: Shown
    clock: Clock
    things: tuple[Thing, ...]
    said: str

    @property
    def groups(self) -> list[tuple[str, list[Shown]]]:
        """The people by their role."""
        return [(role, list(held)) for role, held in groupby(self.people, key=lambda each: each.role)]


def become(person: str, response: Response) -> None:
    """Whoever gets this answer is this person from now on."""
    with write(door().database) as connection:
        token = visits.begin(connection, person, now())
    let_in(response, token)


def signed_in() -> str:
    """The account of whoever asks; "" for nobody's."""
    found = present()
    return found.id if found else ""


@pages.app_context_processor
def _given() -> dict[str, Any]:
    try:
        return {"demonstration": bar(), "awaited": awaited, "publisher": publisher}
    except DatabaseUnavailable:
        return {}  # the page that says so has no bar; the one that consists of it asks for it itself


@pages.get("/")
def welcome() -> str:
    """What this demonstration is, what to try in it, and who works here."""
    return render_template("demo.html", demonstration=bar())


@pages.post("/person")
def switch() -> Response:
    """Become somebody else, and stay on the page if he is admitted to it; or begin something to try as he."""
    asked = request.form.get("person", "")
    if not any(each.id == asked for each in _people()):
        raise NotFound("person of the demonstration", asked[:100])
    begun = _BEGINS.get(request.form.get("thing", ""))
    to = url_for("demo.arrive", to=request.form.get("back", "")[:500]) if begun is None else _address(*begun)
    response = redirect(to, 303)
    become(asked, response)
    return response


@pages.get("/arrive")
def arrive() -> Response:
    """To a page of ours the new person is admitted to, or else to his first one."""
    found = _page(request.args.get("to", ""))
    if found is None or found[0].partition(".")[0] in ("demo", "sign_in") or not may(found[0]):
        return redirect(url_for("home.index"), 303)
    return redirect(url_for(found[0], **found[1]), 303)


@pages.post("/clock")
def move() -> Response:
    """Move the clock on: an hour, a working day, or to the morning of a day. Whoever did it stays who and where he is."""
    with write(door().database) as connection:
        demonstration.send(connection, _asked(now()), now=now())
    turn = door().turn
    assert turn is not None
    said = "there" if turn() else "underway"
    endpoint, given = _page(request.form.get("back", "")) or ("demo.welcome", {})
    response = redirect(url_for(endpoint, **given, clock=said), 303)
    if me := signed_in():
        become(me, response)
    return response


@pages.get("/clock")
def clock() -> str:
    """The clock alone, for a page that watches it."""
    return render_template("demo_clock.html", clock=_clock())


def bar() -> Bar:
    """The bar as whoever asks sees it."""
    people = tuple(_people())
    place = next((at for at, each in enumerate(people) if each.id == signed_in()), None)
    at = -1 if place is None else place
    return Bar(me=None if place is None else people[place], people=people, before=people[-1 if place is None else place - 1],
               after=people[(at + 1) % len(people)], clock=_clock(), things=tuple(_things(people)),
               said=text(_MOVED[said]) if (said := request.args.get("clock", "")) in _MOVED else "")


def awaited(number: str) -> Awaited | None:
    """Whom a case waits for; None when it is whoever looks, or nobody of this house: its applicant, or an instant."""
    people = sorted(_people(), key=lambda each: each.id != signed_in())
    with read(door().database) as connection:
        row = reading.peek_case(connection, number)
        tasks = [] if row is None else [
            Listed(number=number, version=row.version, task=task) for task in reading.tasks_of(connection, row.id)]
        for each in people:
            bars = worklists.barred(connection, door().office, each.id, tasks, now=now())
            free = [listed.task.name for listed in tasks if listed.key not in bars and listed.task.assignee in (None, each.id)]
            if free:
                return None if each.id == signed_in() else Awaited(person=each, step=free[0])
    return None


def publisher() -> Shown | None:
    """Who publishes what was handed in; None when it is whoever looks."""
    found = next((each for each in _people() if each.role == text(ROLES["legal_officer"])), None)
    return None if found is None or found.id == signed_in() else found


def _people() -> Iterator[Shown]:
    """Everybody in office, role by role."""
    office = door().office
    with read(door().database) as connection:
        office.refresh(connection)
    order = list(_DUTIES)
    held = {id: [grant for grant in grants if grant.role in _DUTIES] for id, grants in office.people.grants.items()}
    shown = [(order.index(held[id][0].role), _shown(id, person.name, person.unit, held[id]))
             for id, person in office.people.persons.items() if held.get(id)]
    return (each for _, each in sorted(shown, key=lambda pair: pair[0]))


def _shown(id: str, name: str, unit: str, grants: list[Grant]) -> Shown:
    return Shown(id=id, name=name, role=text(ROLES[grants[0].role]), place=unit, does=text(_DUTIES[grants[0].role]))


def _clock() -> Clock:
    with read(door().database) as connection:
        until = demonstration.require(connection).until
    at = now()
    return Clock(shown=_instant(at), until="" if until is None else _instant(until), earliest=local_day(at).isoformat(),
                 latest=local_day(at + demonstration.FURTHEST - timedelta(days=1)).isoformat())


def _things(people: tuple[Shown, ...]) -> Iterator[Thing]:
    """What a newcomer can try, as far as this house has somebody for it: of each role the first."""
    first = {role: next((each for each in people if each.role == text(ROLES[role])), None) for role in _DUTIES}
    for key, (title, steps) in _THINGS.items():
        told = tuple(Step(words=text(words), person=first[role] if role else None) for role, words in steps)
        begins = told[0].person
        if begins is not None and all(step.person is not None for step, (role, _) in zip(told, steps, strict=True) if role):
            yield Thing(key=key, title=text(title), steps=told, person=begins)


def _asked(at: datetime) -> datetime:
    """Where the clock is to go. Raises InvalidInput."""
    match request.form.get("step", ""):
        case "hour":
            return at + timedelta(hours=1)
        case "workday":
            return demonstration.next_workday(at, door().office.calendar)
        case "day":
            return demonstration.morning(_day(request.form.get("day", "")))
    raise InvalidInput("step", text("请选择走一小时、走一个工作日，或走到某一天"))


def _day(given: str) -> date:
    try:
        return date.fromisoformat(given)
    except ValueError:
        raise InvalidInput("day", text("请选择一个日期")) from None


def _page(path: str) -> tuple[str, dict[str, Any]] | None:
    """The page of ours at a path, and what its address says; None for anything else."""
    try:
        endpoint, given = current_app.url_map.bind("").match(path, method="GET")
    except HTTPException:
        return None
    is_page = "." in endpoint and not path.startswith("/api/") and endpoint != "demo.clock"
    return (endpoint, dict(given)) if is_page else None


def _address(endpoint: str, given: dict[str, Any]) -> str:
    """A page's address; where this release has no such page, the first one."""
    return url_for(endpoint, **given) if endpoint in current_app.view_functions else url_for("home.index")


def _instant(at: datetime) -> str:
    local = at.astimezone(SHANGHAI)
    return text("{day} 周{weekday} {time}").format(
        day=f"{local:%Y-%m-%d}", weekday=text(_WEEKDAYS)[local.weekday()], time=f"{local:%H:%M}")
