"""系统对接台账 on both databases: who enters a cell, what the matrix counts, what is not in place is closed by another."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from sqlalchemy import Connection

from engine.catalogue import Catalogue
from engine.errors import Forbidden, InvalidInput, NotFound
from engine.linkage import Item, MendingState, Place
from services import catalogue, linkage_sheets, linking, systems
from services.administering import Instruction
from services.catalogue import read_shelf
from services.linking import NewCheck, NewRectification
from services.settings import SHELF
from tests.services.desk import day
from tests.services.staff import enter as hire

PARK, LEAD = "岳阳经发区", "市住建局"
PLACE = Place(park=PARK, system="gonggai", item=Item.PORT)


@pytest.fixture
def known(connection: Connection) -> Catalogue:
    """The catalogue as shipped."""
    return catalogue.load_catalogue(connection, read_shelf(SHELF))


def told(by: str = "王", number: int = 4) -> Instruction:
    return Instruction(by=by, now=day(number))


def check(**given: Any) -> NewCheck:
    return NewCheck(**{"park": PARK, "system": "工改系统", "item": Item.PORT, "is_in_place": True, "evidence": "联调记录3号",
                       "checked_on": date(2026, 3, 2), **given})


def task(**given: Any) -> NewRectification:
    return NewRectification(**{"park": PARK, "system": "gonggai", "item": Item.PORT, "owner": "刘工", "text": "开放回写端口",
                               "due_on": date(2026, 3, 20), **given})


def test_a_cell_is_found_by_any_name_of_its_park_and_system_and_counts_in_the_rates(
    connection: Connection, known: Catalogue,
) -> None:
    linking.enter(connection, told(), known, check(park="岳阳经开区"))
    linking.enter(connection, told(), known, check(item=Item.DATA, is_in_place=False, evidence="缺少共享目录"))

    found = linking.matrix(connection, known, on=date(2026, 3, 31))

    assert (len(found.parks), len(found.systems), found.whole.cells) == (11, 5, 220)
    assert found.cells[PLACE].is_in_place and found.whole.in_place == 1 and found.whole.percent == 0
    assert (found.by_park[PARK].in_place, found.by_park[PARK].cells, found.by_park[PARK].percent) == (1, 20, 5)
    assert (found.by_system["gonggai"].in_place, found.by_system["gonggai"].cells) == (1, 44)
    assert (found.unconfirmed, linking.matrix(connection, known, on=date(2026, 4, 1)).unconfirmed) == (0, 1)


@pytest.mark.parametrize(("given", "field"), [
    ({"park": "外地园区"}, "park"), ({"system": "微信"}, "system"), ({"evidence": " "}, "evidence"),
    ({"checked_on": date(2026, 3, 5)}, "checked_on"),  # tomorrow
])
def test_a_cell_without_a_place_a_reason_or_a_day_is_refused(
    connection: Connection, known: Catalogue, given: dict[str, Any], field: str,
) -> None:
    with pytest.raises(InvalidInput) as refused:
        linking.enter(connection, told(), known, check(**given))

    assert refused.value.field == field


def test_a_park_administrator_enters_the_cells_of_his_park_alone(connection: Connection, known: Catalogue) -> None:
    hire(connection, "园管", "park_admin", unit=PARK)

    linking.enter(connection, told("园管"), known, check())

    with pytest.raises(Forbidden, match="rules for 岳阳经发区 only"):
        linking.enter(connection, told("园管"), known, check(park="南湖新区"))


def test_what_is_not_in_place_is_mended_by_the_lead_department_and_closed_by_another(
    connection: Connection, known: Catalogue,
) -> None:
    linking.enter(connection, told(), known, check(is_in_place=False, evidence="端口未开放"))
    for id, role, unit in (("刘工", "reviewer", LEAD), ("孙", "supervisor", ""), ("外", "reviewer", "市水利局"),
                           ("总", "system_admin", "")):
        hire(connection, id, role, unit=unit)

    ordered = linking.order(connection, told("孙"), known, task())
    with pytest.raises(Forbidden, match="asks for it already"):
        linking.order(connection, told("孙"), known, task())
    with pytest.raises(Forbidden, match="mended by 刘工"):
        linking.reply(connection, told("外"), ordered.id, text="已办")
    linking.reply(connection, told("刘工", 10), ordered.id, text="端口已开放")
    with pytest.raises(Forbidden, match="does not say that"):
        linking.close(connection, told("孙", 11), ordered.id, text="属实")
    returned = linking.send_back(connection, told("孙", 11), ordered.id, reason="未见佐证", due_on=date(2026, 3, 25))
    linking.reply(connection, told("刘工", 12), ordered.id, text="已附联调记录")
    linking.enter(connection, told("总", 13), known, check(checked_on=date(2026, 3, 13)))
    closed = linking.close(connection, told("孙", 13), ordered.id, text="核对属实")

    assert (ordered.department, ordered.state) == (LEAD, MendingState.OPEN) and ordered.is_late(date(2026, 3, 21))
    assert (returned.state, returned.due_on) == (MendingState.OPEN, date(2026, 3, 25))
    assert closed == linking.rectification(connection, ordered.id) and closed.state is MendingState.CLOSED
    assert [row.kind for row in linking.happened(connection, ordered.id)] == ["replied", "returned", "replied", "closed"]
    with pytest.raises(Forbidden, match="nothing to mend"):
        linking.order(connection, told("孙", 13), known, task())
    with pytest.raises(NotFound):
        linking.rectification(connection, 99)


def test_whoever_has_mended_does_not_close_it_under_another_account_either(connection: Connection, known: Catalogue) -> None:
    hire(connection, "刘工", "reviewer", unit=LEAD, identity="430602198001010011")
    hire(connection, "刘管", "system_admin", unit=LEAD, identity="430602198001010011")
    ordered = linking.order(connection, told("刘管"), known, task())
    linking.reply(connection, told("刘工"), ordered.id, text="已办")
    linking.enter(connection, told("刘管"), known, check())

    with pytest.raises(Forbidden, match="整改人≠销号人"):
        linking.close(connection, told("刘管"), ordered.id, text="属实")


def test_the_sheet_that_is_written_is_read_back(connection: Connection, known: Catalogue) -> None:
    linking.enter(connection, told(), known, check())
    before = linking.matrix(connection, known, on=date(2026, 3, 31))

    read = linkage_sheets.read_sheet(linkage_sheets.write_sheet(before).encode())
    same = linkage_sheets.read_sheet(linkage_sheets.write_workbook(before))
    linking.enter_all(connection, told(), known, read)

    assert read == same == [check()]
    assert [row.version for row in linking.history(connection, PLACE)] == [1, 2]
    assert not systems.is_connected(connection, system="gonggai", park=PARK, on=date(2026, 3, 31))


def test_every_wrong_line_of_a_sheet_is_told_at_once() -> None:
    sheet = ("园区,系统,检查项,是否到位,佐证,核对日期\n南湖新区,工改系统,端口,也许,函,2026-03-02\n"
             "南湖新区,工改系统,网速,是,函,2026-03-02\n南湖新区,工改系统,账号,是,函,昨天\n南湖新区,工改系统,打通,,,\n")

    with pytest.raises(InvalidInput, match="Nothing was entered") as refused:
        linkage_sheets.read_sheet(sheet.encode())

    assert refused.value.field == "line 2 是否到位" and "line 3 检查项" in str(refused.value) and "line 4" in str(refused.value)
