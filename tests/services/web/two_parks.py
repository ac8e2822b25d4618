"""A story in two parks: in each a late case with its card, an order and a reminder, one with permits, and a project. Whatever
the API tells of is there twice, so that what belongs to one park can be asked for by somebody of the other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import orjson

from services import api_tokens, drafts, people
from services.api_tokens import NewToken, Scope
from services.database import reading, writing
from services.drafts import Began, Hand, Origin
from services.people import NewGrant, NewPerson
from services.platforms import callbacks
from services.store import endpoints
from services.store.endpoints import EndpointRow
from tests.services import diagrams, investment
from tests.services.desk import Desk, day
from tests.services.test_accepting import TO_GRANT, do

HERE, THERE = "湘阴高新区", "平江高新区"
ROLES = ("clerk", "reviewer", "approver", "head_of_office", "legal_officer", "supervisor", "department_admin", "park_admin",
         "certifier")
NOW = day(13)
SMALL = diagrams.process("small", diagrams.start(), diagrams.task("stamp", "stamped"), diagrams.end(),
                         diagrams.flows("begin", "stamp", "done"))


def lived(desk: Desk) -> None:
    """Told until Friday 13 March 2026, 10:00. Its people are entered at its end: before, the office knew nobody."""
    desk.deploy(announced=investment.ANNOUNCED)
    for park in (HERE, THERE):
        desk.now = day(2)
        late = desk.open("joint_completion_inspection", park=park, applicant=f"{park}公司")
        do(desk, late, "register:received", "verify:accept")
        permitted = desk.open("four_permits", park=park, applicant=f"{park}公司", credit_code="91430600MA40000130",
                              planning_review="告知承诺")
        do(desk, permitted, "register:received", "verify:accept", *TO_GRANT)
        desk.complete(permitted, "certify", "certified", data={"permits": [{"sort": "construction"}, {"sort": "planning"}]})
        investment.planned(desk, investment.entered(desk, replace(investment.PROFILE, park=park)))
        desk.command("issue_order", late, by="孙", addressee="住建科", text="说明超期原因", due_on=date(2026, 3, 20))
        desk.command("remind", late, by="孙", addressee="reviewer", text="请抓紧办理")
        told(desk, bjbh=late, blzt="77")
    desk.now = NOW
    desk.ring()
    with writing(desk.database) as connection:
        for account, park in (("此园", HERE), ("市里", "")):
            people.enter(connection, NewPerson(id=account, name=account, since_on=date(2026, 1, 1)), by="管", now=NOW)
            for role in ROLES:
                people.grant(connection, NewGrant(person=account, role=role, since_on=date(2026, 1, 1), park=park), by="管",
                             now=NOW)
        endpoints.insert_endpoint(connection, EndpointRow(
            id=1, name="市平台", url="https://hooks.example.gov.cn/", concurrency=4, made_by="管", made_at=NOW))
        drafts.create(connection, Hand(people=desk.office.people, by="绘", now=NOW), Began(
            origin=Origin.UPLOAD, name="small.bpmn", source=SMALL), title="盖章", process="small")


def told(desk: Desk, **said: str) -> None:
    """A platform tells a case what nobody but a person understands."""
    with writing(desk.database) as connection:
        callbacks.receive(connection, desk.office, desk.office.platforms["gonggai"], said, orjson.dumps(said),
                          webhook_id="msg", now=desk.now)


def token(desk: Desk, account: str) -> str:
    """A token of somebody, for everything he may do."""
    with writing(desk.database) as connection:
        return api_tokens.issue(connection, NewToken(person=account, name="x", scopes=frozenset(Scope),
                                                     expires_on=date(2026, 12, 31)), by=account, now=NOW)[0]


_TOLD = ("SELECT \"case\".number || '-' || told.seq || '-' || told.place FROM notification AS told"
         " JOIN \"case\" ON \"case\".id = told.case_id WHERE park = '{park}' ORDER BY told.seq")


def names_in(desk: Desk, park: str) -> Mapping[str, str]:
    """What belongs to a park, by the place of an address that takes it: the case that is late, a task of it, and so on."""
    with reading(desk.database) as connection:
        def one(statement: str) -> str:
            return str(connection.exec_driver_sql(statement.replace("{park}", park)).scalars().first())

        late = one("SELECT number FROM \"case\" WHERE park = '{park}' ORDER BY id")
        return {
            "cases": late,
            "tasks": f"{late}-{desk.tasks(late)[0].token}",
            "wall": late,
            "projects": one("SELECT number FROM project WHERE park = '{park}'"),
            "permits": one("SELECT number FROM permit WHERE park = '{park}' ORDER BY id"),
            "notifications": one(_TOLD),
            "inbox": one(_TOLD),
            "platform-messages": one("SELECT told.id FROM platform_message AS told JOIN \"case\" ON \"case\".id = told.case_id"
                                     " WHERE park = '{park}'"),
        }
