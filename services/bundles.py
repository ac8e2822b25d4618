"""What the cases of a bundle 一件事 do for each other, each in a transaction of its own case.

One application is one parent case and a child case for each matter. Nothing is ever changed in two cases at once: the parent
leaves an errand in the transaction that asks for a child, the child leaves one in the transaction that decides it, and whoever
does the errand (`services.errands`) locks the case that is to be told, looks at the other, and tells what is lacking::

    parent ──open──► child        opened once: the parent's token is unique for it
    parent ◄─report─ child        stopped, resumed, decided, come out ──► the parent's diagram goes on
    parent ──order──► child       a sibling was granted, or was not; the parent has ended, or goes another way

What one of two cases lacks is worked out from both as they stand (`engine.bundles`), so that an errand done late, twice or out
of turn changes nothing. To open a child the parent is locked too, though not changed: it cannot end unnoticed meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime

import orjson
from sqlalchemy import Connection

from engine import bundles, events
from engine.case import Case, local_day, receipt_day
from engine.children import Child
from engine.errors import Forbidden, Incident, InvalidInput, NotFound
from engine.process import kernel
from engine.sentences import say
from services import asked, branching, cases, forms
from services.acting import Command, Stepped, resume, saved
from services.chapter import Chapter
from services.deployments import Deployment
from services.deployments import find as find_definition
from services.folded import fold_of
from services.office import Office
from services.store import errands as store
from services.store import reading
from services.store.rows import CaseRow, ErrandRow, HeldCase


def do(connection: Connection, office: Office, errand: ErrandRow, *, now: datetime) -> bool:
    """Do a claimed errand; False: it cannot be done by rule, and the case it concerns has an incident for a person."""
    deeds: Mapping[str, Callable[..., bool]] = {asked.OPEN: _open, asked.REPORT: _report, asked.LOOK: _report,
                                                  asked.ORDER: _order}
    return deeds[errand.kind](connection, office, errand, now)


def park(connection: Connection, office: Office, errand: ErrandRow, error: Exception, *, now: datetime) -> None:
    """Keep an incident of the bundle whose errand could not be done, by a fault of ours."""
    asking = store.case_of(connection, errand.case_id)
    row = reading.load_case(connection, fold_of(asking).parent if errand.kind == asked.REPORT else asking.number)
    assert row is not None
    chapter = Chapter.resume(connection, office, row, now=now, by=errand.by)
    chapter.fail(Incident("", say(
        "the errand “{errand}” could not be done: {technical}",
        errand=errand.kind, technical=f"{type(error).__name__}: {error}")), errand.token)


def ask_again(connection: Connection, office: Office, command: Command, *, token: int) -> Stepped:
    """Once a person has looked: have done again what could not be done between a bundle and the child it knows by `token`.
    Raises NotFound when nothing was set aside."""
    chapter = resume(connection, office, command)
    errands = store.errands_set_aside(connection, command.number, token)
    if not errands:
        raise NotFound("errand set aside", f"{command.number}-{token}", "its incident names the token of the child it concerns")
    if not office.rehearses:
        store.ask_again(connection, errands, chapter.now)
    for raised, held in chapter.case.incidents:
        if held == token:
            chapter.tell(events.IncidentResolved(raised=raised))
    stepped = saved(chapter)
    return Stepped(number=stepped.number, version=stepped.version, at=stepped.at, asks=True)


def _open(connection: Connection, office: Office, errand: ErrandRow, now: datetime) -> bool:
    row = reading.load_case_by_id(connection, errand.case_id)
    parent = fold_of(row)
    wanted = parent.child(errand.token)
    if wanted is None or not wanted.is_open or store.child_of(connection, parent.number, errand.token) is not None:
        return True
    try:
        with connection.begin_nested():  # a number is given only with its case
            _begin(connection, office, row, parent, wanted, errand, now)
    except (Incident, InvalidInput, NotFound, Forbidden) as error:
        chapter = Chapter.resume(connection, office, row, now=now, by=errand.by)
        chapter.fail(_Unopened(wanted.node, say(
            "“{matter}” cannot be opened: {reason}", matter=wanted.name, reason=error.sentence)), wanted.token)
        return False
    return True


def _begin(
    connection: Connection, office: Office, row: HeldCase, parent: Case, wanted: Child, errand: ErrandRow, now: datetime,
) -> None:
    """Open the child: what its start form knows of its parent's data is asked no second time."""
    office.refresh(connection, row.rules)
    bound = office.deployment(connection, row.definition_id)
    deployment = office.deployment(connection, bound.opens.get(wanted.process) or find_definition(connection, wanted.process))
    values = _handed_on(office, deployment, row, wanted)
    lists = branching.applied(office, deployment, None, values, local_day(now))
    values |= {applied.variable: applied.value for applied in lists}
    opened = _opened(office, deployment, parent, wanted, bound, values, now)
    chapter = Chapter.begin(connection, office, deployment, number=cases.new_number(connection, now), data=values,
                            opened=opened, now=now, by=errand.by)
    for applied in lists:
        chapter.tell(applied)
    chapter.advance(kernel.start(deployment.program, cases.scalars(deployment, values)))
    _heed(chapter, parent, _coming(bound, row, wanted.token))
    chapter.save()


def _handed_on(office: Office, deployment: Deployment, row: HeldCase, wanted: Child) -> dict[str, object]:
    data = {**orjson.loads(row.data), **wanted.own}
    given = {name: data[name] for name in forms.known_at_start(office.shelf, deployment) if data.get(name) is not None}
    forms.check_start(office.shelf, deployment, given)
    return {**deployment.definition.process.defaults, **given}


def _opened(
    office: Office, deployment: Deployment, parent: Case, wanted: Child, bound: Deployment, values: Mapping[str, object],
    now: datetime,
) -> events.CaseOpened:
    """The fact that a child is on its department's desk: where and in which project its parent is, but whose matter it is and
    on which platform its own diagram says. Whoever has done one duty on the bundle does no other on a child (domain rules
    §6)."""
    process = deployment.definition.process
    calendar = office.law.calendar(park=parent.park, window=parent.window, system=process.system)
    names = {node.id: node.name for node in bound.nodes.values()}
    return events.CaseOpened(
        process=deployment.process, definition=deployment.hash, received_on=receipt_day(calendar, now), data=dict(values),
        park=parent.park, window=parent.window, system=process.system, department=process.department, project=parent.project,
        is_bundle=deployment.is_bundle, stopped_by=process.stopped_by, parent=parent.number, parent_token=wanted.token,
        is_optional=wanted.optional, after=bundles.awaited(wanted, names), applicant=parent.applicant, agent=parent.agent,
        hands=parent.hands)


def _report(connection: Connection, office: Office, errand: ErrandRow, now: datetime) -> bool:
    """Tell the parent what it does not know of its child. While it stands still itself, no child comes out there: it looks
    again when it is resumed."""
    child = store.case_of(connection, errand.case_id)
    if errand.kind == asked.LOOK:
        opened = store.child_of(connection, child.number, errand.token)
        if opened is None:
            return True
        child = opened
    folded, data = fold_of(child), orjson.loads(child.data)
    row = reading.load_case(connection, folded.parent)
    assert row is not None
    chapter = Chapter.resume(connection, office, row, now=now, by=errand.by)
    known = chapter.case.child(errand.token)
    if known is None or not known.is_open:
        return True
    try:
        for fact in bundles.news(known, folded, data):
            if not (isinstance(fact, events.ChildEnded) and chapter.case.is_suspended):
                _learn(chapter, fact)
    except (Incident, Forbidden) as error:
        chapter.fail(error if isinstance(error, Incident) else Incident(known.node, error.sentence), errand.token)
        return False
    if chapter.recorded:
        chapter.save()
    return True


def _learn(chapter: Chapter, fact: events.Fact) -> None:
    chapter.tell(fact)
    if isinstance(fact, events.ChildEnded):
        chapter.data.update(fact.data)
        values = cases.scalars(chapter.deployment, cases.brought(fact))
        chapter.advance(kernel.complete(chapter.deployment.program, chapter.tokens, fact.token, values))


def _order(connection: Connection, office: Office, errand: ErrandRow, now: datetime) -> bool:
    """Tell a child how its parent and its siblings stand."""
    parent = store.case_of(connection, errand.case_id)
    child = store.child_of(connection, parent.number, errand.token)
    if child is None:
        return True
    row = reading.load_case_by_id(connection, child.id)
    parent = store.case_of(connection, errand.case_id)  # as it stands now that the child is locked
    chapter = Chapter.resume(connection, office, row, now=now, by=errand.by)
    coming = _coming(office.deployment(connection, parent.definition_id), parent, errand.token)
    _heed(chapter, fold_of(parent), coming)
    if chapter.recorded:
        chapter.save()
    return True


def _heed(chapter: Chapter, parent: Case, coming: frozenset[str]) -> None:
    for fact in bundles.orders(chapter.case, parent, coming):
        if isinstance(fact, events.SiblingCleared):
            chapter.tell(fact)
        else:
            chapter.end(fact)


def _coming(deployment: Deployment, parent: HeldCase | CaseRow, token: int) -> frozenset[str]:
    """The call activities the parent can still come to; none when it waits for the child no longer."""
    child = fold_of(parent).child(token)
    if child is None or not child.is_open or not child.after:
        return frozenset()
    return kernel.coming(deployment.program, parent.tokens, token)


class _Unopened(Incident):
    """A child case cannot be opened."""

    code = "child_not_opened"
