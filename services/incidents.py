"""运行故障: what a person has to look at, over all cases, what can be done about each, and doing it.

Every incident holds something up, and what that is says what can be done about it::

    an external task whose retries ran out         tried again, with values mended; or done by hand 转人工录入
    a timer or a clock that could not be dealt with set ringing again
    a limit nobody has given a number               its clock is started, once the number is entered (`timekeeping.start_clock`)
    an errand between cases                         asked for again (`bundles.ask_again`)
    anything else                                   mended where it is: the task is completed again, the diagram put right

Trying again is a fact that tells who has looked, why, and what he has mended: values of variables the diagram declares, or of
what the service task takes. Each case is a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum

from sqlalchemy import Connection

from engine.case import local_day
from engine.definitions.model import Connector
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.events import IncidentResolved, IncidentRetried
from engine.moves import required
from engine.process import kernel
from engine.process.step import Wait, WaitKind
from engine.sentences import say
from services import branching, forms, waiting
from services.acting import Command, Stepped, require_role, resume, saved
from services.cases import scalars
from services.chapter import Chapter
from services.office import Office
from services.store import external_tasks, reading
from services.store import incidents as store
from services.store.incidents import Standing

RETRIERS = frozenset({"system_admin", "department_admin", "park_admin"})
"""Who has something tried again."""

MENDERS = frozenset({"department_admin", "park_admin"})
"""Who may mend values of a case while doing so: the data of cases is no business of whoever keeps the machine."""


class Way(Enum):
    """What can be done about an incident."""

    RETRY = "retry"  # 重试
    BY_HAND = "by_hand"  # 转人工录入
    START_CLOCK = "start_clock"  # 开始计时
    ASK_AGAIN = "ask_again"  # 重新传送
    MEND = "mend"  # 修正后重新办理: nothing here


def ways(found: Standing) -> tuple[Way, ...]:
    """What can be done about an incident, the usual first."""
    if found.topic is not None or found.incident.code == "no_connector":
        return Way.RETRY, Way.BY_HAND
    if found.incident.code == "no_commitment":
        return (Way.START_CLOCK,)
    if found.is_errand:
        return (Way.ASK_AGAIN,)
    return (Way.RETRY,) if found.is_timer or found.is_clock else (Way.MEND,)


def changeable(office: Office, connection: Connection, found: Standing) -> tuple[str, ...]:
    """The names of the values that may be mended with it, sorted."""
    deployment = office.deployment(connection, found.definition_id)
    if found.incident.token is None:
        return ()
    takes = {name for node in deployment.nodes.values() if node.id == found.incident.node and node.connector is not None
             for name in node.connector.takes}
    return tuple(sorted(takes | set(deployment.definition.process.variables)))


def asked(office: Office, connection: Connection, number: str, seq: int) -> tuple[str, ...]:
    """As `changeable`, of an incident by its case and the number of its fact; none where there is no such incident."""
    found = store.one(connection, number, seq)
    return () if found is None else changeable(office, connection, found)


def retry(
    connection: Connection, office: Office, command: Command, *, seq: int, reason: str,
    data: Mapping[str, object] | None = None, by_hand: bool = False,
) -> Stepped:
    """Have what an incident holds up tried again, or done by people. `seq`: the number of the fact that raised it; `data`:
    values mended with it. Raises NotFound, Stale, Forbidden, InvalidInput."""
    chapter = resume(connection, office, command)
    mended = dict(data or {})
    require_role(chapter, command.by, MENDERS if mended else RETRIERS, command="retry")
    found = store.one(connection, command.number, seq)
    if found is None:
        raise NotFound("open incident", f"{command.number}/{seq}")
    chosen = Way.BY_HAND if by_hand else Way.RETRY
    if chosen not in ways(found):
        raise Forbidden("retry", say(
            "the incident “{code}” is dealt with otherwise: {ways}", code=found.incident.code,
            ways=tuple(way.value for way in ways(found))))
    wait = _wait(chapter, found.incident.token)
    _check(chapter, wait, mended)
    _tell(chapter, found, required("reason", reason), mended)
    _take_up(chapter, found, wait, chosen)
    return saved(chapter)


def _check(chapter: Chapter, wait: Wait | None, mended: Mapping[str, object]) -> None:
    """Only values that the diagram declares or the task takes; none that a list decides. Raises InvalidInput."""
    if not mended:
        return
    if wait is None:
        raise InvalidInput("data", "this incident is of no step; leave data out")
    node = chapter.deployment.nodes[wait.scope, wait.node]
    takes = set((node.connector or Connector()).takes)
    on = local_day(chapter.now)
    branching.refuse_sent(chapter.office, chapter.deployment, chapter.case, mended, on)
    declared, taken = ({name: value for name, value in mended.items() if (name in takes) is is_taken}
                       for is_taken in (False, True))
    forms.check_task(chapter.office.shelf, chapter.deployment, None, declared, on=on)
    forms.check_some(chapter.office.shelf, chapter.deployment, taken, on=on)


def _tell(chapter: Chapter, found: Standing, reason: str, mended: dict[str, object]) -> None:
    token = found.incident.token
    chapter.tell(IncidentRetried(raised=found.incident.seq, token=token, reason=reason, data=mended,
                                 due_at=chapter.now if found.is_timer else None))
    chapter.tell(IncidentResolved(raised=found.incident.seq))
    chapter.data.update(mended)
    if mended and token is not None:
        values = scalars(chapter.deployment, {**branching.held_values(chapter.case), **mended})
        chapter.close(kernel.assign(chapter.deployment.program, chapter.tokens, token, values))


def _take_up(chapter: Chapter, found: Standing, wait: Wait | None, chosen: Way) -> None:
    """What was held up goes on."""
    assert chapter.stored is not None
    if wait is not None and wait.kind is WaitKind.CONNECTOR:
        _serve(chapter, wait, chosen)
    elif found.is_timer and wait is not None:
        chapter.rows.moved[wait.id] = chapter.now
    else:
        chapter.late |= set(store.silenced(chapter.connection, chapter.stored.id, found.incident.node))


def _serve(chapter: Chapter, wait: Wait, chosen: Way) -> None:
    assert chapter.stored is not None
    task = external_tasks.found(chapter.connection, chapter.stored.id, wait.id)
    if chosen is Way.BY_HAND:
        if task is not None:
            chapter.rows.ended_externals.append(wait.id)
        chapter.enter_by_hand(wait)
    elif task is None:
        chapter.serve(wait)
    else:
        node = chapter.deployment.nodes[wait.scope, wait.node]
        fresh = waiting.external(wait, node, task.opened_at)
        chapter.rows.changed_externals.append(task._replace(retries=fresh.retries, due_at=chapter.now, worker=""))


def _wait(chapter: Chapter, token: int | None) -> Wait | None:
    return next((each for each in kernel.waits(chapter.deployment.program, chapter.tokens) if each.id == token), None)


def codes(connection: Connection) -> Mapping[str, int]:
    """How many incidents are open, by kind."""
    return store.codes(connection)


def page(
    connection: Connection, *, after: tuple[int, int] = (0, -1), code: str | None = None, most: int,
) -> list[Standing]:
    """Open incidents in the order of their cases."""
    return store.page(connection, after=after, code=code, most=most)


def is_there(connection: Connection, number: str) -> bool:
    """Is there a case of this number?"""
    return reading.peek_case(connection, number) is not None
