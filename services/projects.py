"""The cases of a project: a plan opens them, others are attached; where each item of the plan stands follows from its case.

The plan says what comes after what; the cases say how far they are. Nothing in between is stored but which case belongs to
which item. Each case is opened in a transaction of its own, with what the file knows filled in where its form asks for it; one
that cannot be opened now is told with its reason, and the others are.

What is missing is said in the words of those who can enter it, before a timer needs it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import Connection, Engine

from engine import plans, promises
from engine import projects as rules
from engine.errors import Forbidden, Incident, InvalidInput, NotFound, Refusal
from engine.events import ClockStarted
from engine.events import read as read_fact
from engine.lifecycle import State
from engine.plans import ItemState, PlanItem, Stand
from engine.project_events import CaseLinked
from engine.projects import Project, Stage
from engine.promises import Promise
from engine.sentences import say
from services import cases, deployments, forms, rulings
from services import project_files as files
from services.database import reading as read
from services.database import writing as write
from services.deployments import Deployment
from services.office import Office
from services.project_files import Change
from services.store import projects as store
from services.store import reading
from services.store.projects import LinkRow
from services.store.rulings import CommitmentRow

MOST_CASES = 500
"""Cases of one project that are looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An item of the plan and where it stands. `case`: the number of its case, "" while it has none."""

    item: PlanItem
    state: ItemState
    case: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """A project as it is shown: its file, where its plan stands, the cases that belong to it (each once), what it was
    promised, and what is `missing`, in sentences."""

    project: Project
    items: tuple[Standing, ...]
    cases: tuple[LinkRow, ...]
    commitments: tuple[CommitmentRow, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """What became of an item that was ready: its case, or the reason why it could not be opened."""

    item: str
    case: str = ""
    refusal: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A commitment and what became of it: one for each clock it gave its number, or none yet."""

    commitment: CommitmentRow
    promises: tuple[Promise, ...]


def show(connection: Connection, office: Office, name: str) -> File:
    """A project with all that belongs to it. Raises NotFound."""
    row = files.row_of(connection, name)
    project = files.read(connection, row.number)
    links = _links(connection, row.id, project)
    stands = _stands(connection, links)
    commitments = tuple(rulings.commitments(connection, project=project.key))
    return File(project=project, items=tuple(_standings(project, links, stands)), cases=tuple(links), commitments=commitments,
                missing=tuple(missing(connection, office, project, commitments)))


def open_ready(database: Engine, office: Office, name: str, *, by: str, now: datetime) -> list[Opened]:
    """Open the case of every item that is ready, each in a transaction of its own; what became of each, in the order of the
    plan. Raises NotFound, and Forbidden for a project without a plan, or closed."""
    with read(database) as connection:
        project = files.read(connection, name)
        rules.require_open(project, "open cases")
        if project.plan is None:
            raise Forbidden("open cases", say(
                "project {project} has no plan 定制单; whoever serves it makes one first", project=project.number))
        wanted = [standing.item for standing in show(connection, office, name).items if standing.state is ItemState.READY]
    return [_open(database, office, project.number, item, by, now) for item in wanted]


def attach(connection: Connection, office: Office, change: Change, *, case: str, item: str = "") -> Project:
    """A case that was opened outside of the plan belongs to the project, and stands for an item of its plan, or for none.
    Raises NotFound, Forbidden when it belongs to another project, InvalidInput for an item there is not."""
    case_id = store.case_id(connection, case)
    if case_id is None:
        raise NotFound("case", case)
    if (owner := store.linked_to(connection, case_id)) is not None:
        raise Forbidden("attach", say("case {case} belongs to project {owner} already", case=case, owner=owner))
    return _link(connection, change, case_id, CaseLinked(case=case, item=item, is_opened_here=False))


def missing(
    connection: Connection, office: Office, project: Project, commitments: Sequence[CommitmentRow],
) -> Iterator[str]:
    """What has to be entered before something can go on, and by whom, in the offices' words."""
    if not project.code:
        yield "缺项目代码：审批事项没有项目代码不得受理；由投资主体在投资项目在线审批监管平台赋码后，园区招商部门录入"
    if project.investor is None:
        yield "缺投资主体：各事项的申请人由此带出；由园区招商部门录入"
    elif not project.investor.credit_code:
        yield f"缺{project.investor.name}的统一社会信用代码：公司设立后由园区帮代办员补录"
    if project.agreement is None and project.stage is not Stage.NEGOTIATING:
        yield "缺招商协议：由园区招商部门录入协议编号、签订日期和承诺清单"
    known = {row.item for row in commitments}
    for process, wanted in _wanted(connection, office, project):
        if wanted not in known:
            yield (f"缺承诺时限“{wanted}”：{process}的这一时限只能由招商协议约定，未录入前不起算；"
                   "由园区招商部门在承诺清单中录入天数、起算点和违约责任条款")


def kept(connection: Connection, office: Office, name: str) -> list[Kept]:
    """What became of each commitment of a project 兑现/违约, those that others have followed too. Raises NotFound."""
    row = files.row_of(connection, name)
    project = files.read(connection, row.number)
    found = [promise for link in _links(connection, row.id, project) for promise in _promises(connection, office, link)]
    rows = [row for key in dict.fromkeys((project.number, project.key))
            for row in rulings.commitments(connection, project=key, with_history=True)]
    return [Kept(commitment=row, promises=tuple(each for each in found if _is_of(each, row))) for row in _each_once(rows)]


def _open(database: Engine, office: Office, number: str, item: PlanItem, by: str, now: datetime) -> Opened:
    """One case, one transaction; the item is asked again, since somebody else may have opened it meanwhile."""
    try:
        with write(database) as connection:
            held = store.find(connection, number, held=True)
            assert held is not None
            project = files.read(connection, number)
            links = _links(connection, held.id, project)
            now_ready = {each.item.key: each for each in _standings(project, links, _stands(connection, links))}.get(item.key)
            if now_ready is None or now_ready.state is not ItemState.READY:
                raise Forbidden("open", say("“{item}” is not ready any more: the plan or its case has moved on", item=item.key))
            stepped = cases.open_case(connection, office, process=item.process, data=_filled(connection, office, project, item),
                                      by=by, now=now, as_known=_as_known(project, item))
            case_id = store.case_id(connection, stepped.number)
            assert case_id is not None
            _link(connection, Change(project=number, by=by, now=now), case_id,
                  CaseLinked(case=stepped.number, item=item.key, is_opened_here=True))
            return Opened(item=item.key, case=stepped.number)
    except (Refusal, Incident) as refusal:
        return Opened(item=item.key, refusal=refusal.sentence)


def _as_known(project: Project, item: PlanItem) -> dict[str, str]:
    """Where the case is and whose, which the file knows better than a form."""
    known = {"park": project.profile.park, "project": project.key, "department": item.department}
    return {name: value for name, value in known.items() if value}


def _filled(connection: Connection, office: Office, project: Project, item: PlanItem) -> dict[str, object]:
    """The application as far as the file knows it; what the plan says of the item comes first."""
    office.refresh(connection)
    asked = forms.start_fields(office.shelf, office.deployment(connection, deployments.find(connection, item.process)))
    investor = project.investor
    known = {
        "project_name": project.profile.name, "project_code": project.code, "park": project.profile.park,
        "applicant": investor.name if investor else "", "credit_code": investor.credit_code if investor else ""}
    return {**{name: value for name, value in known.items() if value and name in asked}, **(item.data or {})}


def _link(connection: Connection, change: Change, case_id: int, linked: CaseLinked) -> Project:
    def checked(project: Project) -> CaseLinked:
        if linked.item and linked.item not in {item.key for item in (project.plan.items if project.plan else ())}:
            raise InvalidInput("item", say(
                "“{item}” is not in the plan of project {project}", item=linked.item[:100], project=project.number))
        return linked

    project = files.tell(connection, change, checked)
    row = files.row_of(connection, project.number)
    store.link(connection, project_id=row.id, of_case=case_id, item=linked.item)
    return project


def _links(connection: Connection, project_id: int, project: Project) -> list[LinkRow]:
    """The cases of a project, each once: those linked to it, then those that bear its number or code."""
    linked = store.links_of(connection, project_id, MOST_CASES)
    known = {row.case_id for row in linked}
    bearing = store.bearing(connection, project.number, project.code, MOST_CASES)
    return [*linked, *(row for row in bearing if row.case_id not in known)]


def _stands(connection: Connection, links: Sequence[LinkRow]) -> dict[int, Stand]:
    """How far each case is, and whether it refused something."""
    refused = {case_id for case_id, body in store.decisions_of(connection, [row.case_id for row in links]) if _refuses(body)}
    return {row.case_id: Stand(number=row.number, state=State(row.state), has_refusal=row.case_id in refused) for row in links}


def _refuses(body: bytes) -> bool:
    """Is it a refusal, or does it tell of one in another system?"""
    fact = orjson.loads(body)
    return bool(fact["data"]["refused"]) if fact["kind"] == "CaseBroughtIn" else fact["data"]["granted"] is False


def _standings(project: Project, links: Sequence[LinkRow], stands: Mapping[int, Stand]) -> list[Standing]:
    """An item's case is the last that was opened for it or attached to it."""
    items = project.plan.items if project.plan else ()
    by_item = {row.item: stands[row.case_id] for row in links if row.item}
    states = plans.standings(items, by_item)
    return [Standing(item=item, state=states[item.key], case=by_item[item.key].number if item.key in by_item else "")
            for item in items]


def _wanted(connection: Connection, office: Office, project: Project) -> Iterator[tuple[str, str]]:
    """The numbers that only the project's agreement can give, of each process of its plan: (process, what it is called)."""
    for process in dict.fromkeys(item.process for item in (project.plan.items if project.plan else ())):
        deployment = office.deployment(connection, deployments.find(connection, process))
        drawn = [*deployment.definition.process.limits, *(
            node.event.timer.limit for node in deployment.nodes.values()
            if node.event is not None and node.event.timer is not None and node.event.timer.limit is not None)]
        for name in dict.fromkeys(limit.item for limit in drawn if limit.needs_commitment):
            yield deployment.definition.process.name, name


def _promises(connection: Connection, office: Office, link: LinkRow) -> list[Promise]:
    deployment = office.deployment(connection, link.definition_id)
    facts = (read_fact(body, hash).fact for body, hash in reading.facts_of(connection, link.case_id))
    return promises.promises(link.number, facts, lambda started: _item_of(deployment, started))


def _item_of(deployment: Deployment, started: ClockStarted) -> str:
    """What a commitment calls the limit of a clock: the item that is drawn, or else the process."""
    limits = [*deployment.definition.process.limits, *(
        node.event.timer.limit for (_, id), node in deployment.nodes.items()
        if id == started.node and node.event is not None and node.event.timer is not None)]
    drawn = next((limit for limit in limits if limit is not None and limit.item
                  and (started.node or limit.kind.value == started.clock)), None)
    return drawn.item if drawn is not None else deployment.process


def _is_of(promise: Promise, row: CommitmentRow) -> bool:
    """Was the clock started while this commitment was the one in force? A later one follows it for cases accepted later."""
    return promise.item == row.item and promise.basis == " ".join(part for part in (row.agreement, row.clause) if part)


def _each_once(rows: Sequence[CommitmentRow]) -> list[CommitmentRow]:
    """A commitment that was entered again under the project's code is one."""
    told = {(row.item, row.amount, row.unit, row.agreement, row.clause): row for row in rows}
    return list(told.values())
