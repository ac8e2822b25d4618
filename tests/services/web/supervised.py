"""A story a supervisor looks at: four cases in two parks, as of Friday 13 March 2026; who is in office then; and how his pages
are read."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from sqlalchemy import Engine, event

from services import people
from services.database import writing
from services.people import NewGrant
from tests.services.desk import Desk, day
from tests.services.diagrams import end, flows, process, start, throw
from tests.services.staff import ENTERED_AT, JANUARY, hire

INSPECTION, SETUP = "joint_completion_inspection", "company_setup"
LATE, EARLIER, HELD, NEW = range(4)
"""The cases of the story: one late since 13 March, one due on the 16th, one in a special procedure, one due on the 20th."""
NOW = day(13)
SUN, QIAN = "孙涛", "钱"
"""Two who watch; neither has handled a case."""
HOSTILE = "<script>alert(1)</script>=1+1"


def accepted(desk: Desk, number: int, **data: object) -> str:
    """A 竣工联合验收 accepted on a day of March 2026 by 王: eight working days."""
    desk.now = day(number)
    case = desk.open(INSPECTION, **data)
    for outcome in ("received", "accept"):
        desk.complete(case, desk.tasks(case)[0].node, outcome, by="王")
    return case


def told(desk: Desk) -> None:
    """Four cases in two parks, as of Friday 13 March 10:00, in an office that only then has entered its people."""
    accepted(desk, 2, park="湘阴高新区")
    accepted(desk, 4, park="岳阳经发区")
    held = accepted(desk, 5, park="岳阳经发区")
    desk.now = day(6)
    desk.suspend(held)
    accepted(desk, 10, park="湘阴高新区")
    desk.now = NOW
    desk.ring()
    with writing(desk.database) as connection:
        for id, role in ((SUN, "supervisor"), (QIAN, "supervisor"), ("王", "clerk"), ("李", "reviewer")):
            hire(connection, id, role)


def numbers(page: str) -> dict[str, int]:
    """Every number of the wall, by the address of the list behind it."""
    return {unescape(address): int(count) for address, count in re.findall(
        r'<a id="n-[^"]*" class="n[^"]*" href="([^"]*)"[^>]*>(\d+)</a>', page)}


def cases_in(page: str) -> list[str]:
    """The cases of a list, in its order."""
    return re.findall(r'<th scope="row" class="number"><a href="/wall/cases/(\d+)', page)


def enter(desk: Desk, account: str, *grants: dict[str, str]) -> None:
    """A person with roles within these scopes, who may sign in."""
    with writing(desk.database) as connection:
        hire(connection, account)
        for given in grants:
            people.grant(connection, NewGrant(person=account, since_on=JANUARY, **given), by="root", now=ENTERED_AT)


def hostile(matter: str, step: str) -> bytes:
    """A process that promises five working days from its start, with these names."""
    return process(
        "hostile", '<bpmn:extensionElements><jb:limit kind="promised" amount="5" unit="workday" basis="试"/>'
        "</bpmn:extensionElements>", start(), throw("accepted", "accepted"),
        f'<bpmn:userTask id="step" name="{step}"><bpmn:extensionElements><jb:work act="other" role="clerk"/>'
        "</bpmn:extensionElements></bpmn:userTask>", end(), flows("begin", "accepted", "step", "done"), name=matter)


def statements_of(database: Engine, act: Callable[[], object]) -> int:
    """How many statements an act sends, without BEGIN and COMMIT."""
    sent: list[str] = []

    def note(*given: object) -> None:
        if not str(given[2]).startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            sent.append(str(given[2]))

    event.listen(database, "before_cursor_execute", note)
    act()
    event.remove(database, "before_cursor_execute", note)
    return len(sent)
