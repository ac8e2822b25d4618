"""How the demonstration's parks are connected with systems: the register of the month, what is to be mended, what somebody who
supervises has found, and what a platform has sent that no case takes. Nothing of it needs a network.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

import orjson
from sqlalchemy import Connection

from engine.linkage import Item
from services import linking, supervising
from services.acting import Command
from services.administering import Instruction
from services.demo.staff import LINGANG, XIANGYIN
from services.linking import NewCheck, NewRectification
from services.office import Office
from services.platforms import callbacks
from services.store import pushes as store

_BY, _REVIEWER = "张敏", "周凯"
_ALL, _MOST = frozenset(Item), 1000
_IN_PLACE: Mapping[str, Mapping[str, frozenset[Item]]] = {
    XIANGYIN: {"yiwangtongban": _ALL, "gonggai": frozenset({Item.THROUGH, Item.PORT}), "qiyekaiban": _ALL,
               "jianguan": frozenset()},
    LINGANG: {"yiwangtongban": _ALL, "gonggai": _ALL, "qiyekaiban": _ALL - {Item.DATA}, "zhuanwang": _ALL}}
"""What is in place; the other parks have entered nothing."""

_UNKNOWN = {"spsxslbm": "GG-示例-0417", "blzt": "3", "blyj": "示例，窗口已受理"}
"""A message of 工改系统 about an application that it has never sent."""


def enter(connection: Connection, office: Office, *, now: datetime, due_on: date) -> None:
    """Enter it all. `due_on`: by when what is missing is to be there."""
    told = Instruction(by=_BY, now=now)
    linking.enter_all(connection, told, office.catalogue, _checks(told.today))
    linking.order(connection, told, office.catalogue, NewRectification(
        park=XIANGYIN, system="gonggai", item=Item.ACCOUNT, owner="蒋慧", text="为园区窗口开通工改系统账号", due_on=due_on))
    _find(connection, office, now)
    callbacks.receive(connection, office, office.platforms["gonggai"], _UNKNOWN, orjson.dumps(_UNKNOWN),
                      webhook_id="msg_demo", now=now)


def _checks(today: date) -> Iterator[NewCheck]:
    for park, found in _IN_PLACE.items():
        for system, in_place in found.items():
            for item in Item:
                yield NewCheck(park=park, system=system, item=item, is_in_place=item in in_place, checked_on=today,
                               evidence="示例，联调记录" if item in in_place else "示例，尚未办理")


def _find(connection: Connection, office: Office, now: datetime) -> None:
    """He who supervises has been there since the latest result was pushed to his department."""
    found = store.pushes(connection, stands="received", park=XIANGYIN, department="", process="", after=(-1, -1), most=_MOST)
    for listed in found[-1:]:
        supervising.report_finding(
            connection, office, Command(number=listed.number, by=_REVIEWER, now=now), push=listed.push.seq, sort="check",
            text="示例，首次上门检查，经营场所与登记一致", measure="无需处理")
