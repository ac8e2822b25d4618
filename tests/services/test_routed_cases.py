"""Cases routed by the empowerment list at receipt: whose each task is, whose seal, who is told, and that nothing changes it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from engine.empowerment import OWN_DEPARTMENT, Empowerment, Hall, LocalAuthority, Mode, ParkMode, Rule, Taking
from engine.errors import InvalidInput
from engine.ladder import Rank
from services import contacts, empowerment
from services.contacts import NewContact
from services.database import writing
from services.folded import fold_of
from tests.services.bundle_diagrams import BUNDLE, LICENCE, TAX, applied, go
from tests.services.desk import Desk, day
from tests.services.diagrams import end, flows, limit, process, start, task, throw

PARK, OTHER, AUTHORITY, LOCAL = "湘阴高新区", "平江高新区", "市住建局", "湘阴县住建局"
MATTER = "YJS-QYKB"  # 企业开办


def row(mode: Mode = Mode.DIRECT, **given: Any) -> Empowerment:
    """企业开办, given to a park for March 2026."""
    return Empowerment(**{"park": PARK, "matter": MATTER, "mode": mode, "authority": AUTHORITY, "batch": "第一批",
                          "document": "岳政发〔2026〕1号", "seal": "4306240001", "valid_from": date(2026, 3, 1),
                          "valid_until": date(2026, 3, 31), **given})


LOCAL_ROW = LocalAuthority(park=PARK, department=LOCAL, document="三定方案", valid_from=date(2020, 1, 1))


def enter(desk: Desk, *rules: Rule) -> tuple[int, ...]:
    """Enter rows and let a second person approve them."""
    with writing(desk.database) as connection:
        ids = tuple(each.id for each in empowerment.enter(connection, rules, by="李", now=desk.now).rows)
        empowerment.decide(connection, ids=ids, is_approved=True, by="赵", now=desk.now)
    return ids


def units(desk: Desk, number: str) -> dict[str, str]:
    """The open tasks and whose each is."""
    return {each.node: each.unit for each in desk.tasks(number)}


def walked(desk: Desk, number: str) -> dict[str, str]:
    """企业开办 on its ordinary way to the decision; whose each task was."""
    seen = units(desk, number)
    for node in ("register", "verify", "review_registration"):
        desk.complete(number, node)
        seen |= units(desk, number)
    return seen


def test_a_case_without_a_park_or_in_an_office_without_a_list_is_not_routed(desk: Desk) -> None:
    before = desk.open(park=PARK)
    enter(desk, row(), LOCAL_ROW)

    without_park = desk.open()

    for number in (before, without_park):
        assert "CaseRouted" not in desk.kinds(number) and desk.case(number).department == "市市场监管局"
        assert units(desk, number) == {"register": "市市场监管局"}
    assert desk.problems() == []


def test_the_same_matter_filed_on_the_same_day_in_two_parks_goes_to_different_deciders(desk: Desk) -> None:
    enter(desk, row(), row(Mode.DIRECT_REPORT, park=OTHER))

    numbers = [desk.open(park=park) for park in (PARK, OTHER)]

    assert [desk.case(number).department for number in numbers] == [PARK, AUTHORITY]
    assert [walked(desk, number)["decide_registration"] for number in numbers] == [PARK, AUTHORITY]
    assert desk.problems() == []


def test_what_no_park_was_given_stays_with_its_department_whoever_decides_the_matter(desk: Desk) -> None:
    enter(desk, row(matter="YJS-QYBG"))
    number = desk.open("company_change", park=PARK, changes_name=True)

    go(desk, number, "register:received", "verify:accept", "review_name:propose_grant", "decide_change:grant")

    assert desk.case(number).department == PARK
    assert {"change_tax": "市税务局", "change_seal": "市公安局"}.items() <= units(desk, number).items()


def test_the_day_after_a_rows_last_day_a_case_goes_to_the_local_authority(desk: Desk) -> None:
    enter(desk, row(), LOCAL_ROW)
    desk.now = day(31, 2)
    last = desk.open(park=PARK)

    desk.now = datetime(2026, 4, 1, 2, 0, tzinfo=UTC)

    assert [desk.case(number).department for number in (last, desk.open(park=PARK))] == [PARK, LOCAL]


def test_what_is_filed_after_hours_on_the_last_day_is_received_the_day_after(desk: Desk) -> None:
    enter(desk, row(), LOCAL_ROW)
    desk.now = day(31, 14)  # 22:00: it counts as received on the next working day (R18)

    assert desk.case(desk.open(park=PARK)).department == LOCAL


def test_a_park_nobody_answers_for_is_refused_with_what_has_to_be_entered(desk: Desk) -> None:
    enter(desk, row())

    with pytest.raises(InvalidInput, match="no local authority 属地 is entered") as refused:
        desk.open(park=OTHER)

    assert refused.value.field == "data.park" and desk.rows("case") == 0


def test_a_running_case_keeps_its_row_whatever_the_list_says_later(desk: Desk) -> None:
    number_of_row, _ = enter(desk, row(), LOCAL_ROW)
    number = desk.open(park=PARK)
    with writing(desk.database) as connection:
        empowerment.end(connection, number_of_row, on=date(2026, 3, 4), reason="收回", by="赵", now=desk.now)
    desk.now = day(5)

    seen = walked(desk, number)

    assert set(seen.values()) == {PARK} and desk.case(desk.open(park=PARK)).department == LOCAL
    routing = fold_of(desk.case(number)).routing
    assert routing is not None and (routing.rule, routing.mode, routing.decides) == (number_of_row, "direct", PARK)
    assert desk.problems() == []


def test_where_a_park_only_receives_its_clerk_registers_and_the_department_accepts_and_decides(desk: Desk) -> None:
    enter(desk, row(taking=Taking.NOT_TAKEN_OVER))
    number = desk.open(park=PARK)
    desk.now = day(5)

    seen = walked(desk, number)

    assert seen == {"register": PARK, "verify": AUTHORITY, "review_registration": AUTHORITY, "decide_registration": AUTHORITY}
    assert desk.case(number).accepted_on == "2026-03-05"  # the clock starts at the department's own acceptance
    assert desk.case(number).department == AUTHORITY


def test_in_the_pilot_every_lane_of_the_permit_is_one_body_with_one_seal(desk: Desk) -> None:
    bureau = "临湘高新区行政审批局"
    desk.deploy(permit=process(
        "permit", '<bpmn:laneSet><bpmn:lane id="planning"><bpmn:extensionElements><jb:party unit="市资规局"/>'
        "</bpmn:extensionElements><bpmn:flowNodeRef>review</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>",
        "<bpmn:extensionElements><jb:variable name=\"park\" type=\"string\"/></bpmn:extensionElements>",
        start(), acting("accept", "accept"), throw("accepted", "accepted"), acting("review", "review"),
        acting("decide", "decide"), throw("granted", "granted"), throw("concluded", "concluded"),
        acting("certify", "certify"), end("done", "certified"),
        flows("begin", "accept", "accepted", "review", "decide", "granted", "concluded", "certify", "done")))
    pilot = ParkMode(park="临湘高新区", hall=Hall.PILOT, body=bureau, seal="430682001", document="文",
                     valid_from=date(2022, 3, 8))
    enter(desk, pilot, row(park="临湘高新区", matter="permit", seal=""), row(matter="permit"))

    seen = {}
    for park in ("临湘高新区", PARK):
        number = desk.open("permit", park=park)
        for node in ("accept", "review", "decide", "certify"):
            seen[park, node] = units(desk, number)[node]
            desk.complete(number, node)

    certified = [desk.facts(number, "CaseCertified")[0]["data"] for number in desk.opened]
    assert {seen["临湘高新区", node] for node in ("accept", "review", "decide", "certify")} == {bureau}
    assert [seen[PARK, node] for node in ("accept", "review", "decide", "certify")] == [PARK, "市资规局", PARK, PARK]
    assert certified == [{"in_name_of": bureau, "seal": "430682001"}, {"in_name_of": PARK, "seal": "4306240001"}]
    assert desk.problems() == []


def acting(id: str, act: str) -> str:
    """A user task with an act."""
    return task(id).replace('act="other"', f'act="{act}"')


def test_where_there_is_no_hall_the_centres_window_receives_and_the_list_says_who_decides(desk: Desk) -> None:
    window = "平江县政务服务中心“园区事园区办”综合窗口"
    no_hall = ParkMode(park=OTHER, hall=Hall.NO_HALL, window=window, staff=("张三",), document="文",
                       valid_from=date(2022, 3, 8))
    enter(desk, no_hall, row(park=OTHER), replace(LOCAL_ROW, park=OTHER, department="平江县住建局"))

    seen = walked(desk, desk.open(park=OTHER))

    assert seen == {"register": window, "verify": window, "review_registration": OTHER, "decide_registration": OTHER}


def test_the_situation_is_what_the_case_says_it_is(desk: Desk) -> None:
    declared = ('<bpmn:extensionElements><jb:matter code="X" situation="kind"/><jb:variable name="park" type="string"/>'
                '<jb:variable name="kind" type="string"/></bpmn:extensionElements>')
    desk.deploy(x=process("x", declared, start(), task("a"), end(), flows("begin", "a", "done")))
    enter(desk, row(matter="X"), row(Mode.STATIONED, matter="X", situation="改建"))

    numbers = [desk.open("x", park=PARK, kind=kind) for kind in ("改建", "新建")]

    assert [desk.case(number).department for number in numbers] == [AUTHORITY, PARK]
    assert [desk.facts(number, "CaseRouted")[0]["data"]["situation"] for number in numbers] == ["改建", "新建"]


def test_a_lapse_is_told_to_the_department_that_decides_and_not_to_the_window(desk: Desk) -> None:
    enter(desk, row(Mode.RECEIVED_ONLY))
    with writing(desk.database) as connection:
        for unit in (PARK, AUTHORITY):
            contacts.set_contact(connection, NewContact(unit=unit, rank=Rank.HEAD, name=f"{unit}负责人", mobile="13807301234"),
                                 by="李", now=desk.now)
    number = desk.open(park=PARK)
    desk.go(number, "register", "verify")
    desk.now = day(10)

    desk.ring()

    told = {(each["role"], each["unit"]) for fact in desk.facts(number, "Escalated") for each in fact["data"]["told"]}
    assert ("section_head", AUTHORITY) in told and ("reviewer", AUTHORITY) in told
    assert not any(unit == PARK for role, unit in told if not role.startswith("park_"))
    assert {card["data"]["rule"] for card in desk.facts(number, "CardIssued")} and desk.problems() == []


def test_the_lapse_of_a_stage_is_told_to_the_unit_that_has_the_work(desk: Desk) -> None:
    lanes = ('<bpmn:laneSet><bpmn:lane id="tax">'
             '<bpmn:extensionElements><jb:party unit="市税务局"/></bpmn:extensionElements>'
             "<bpmn:flowNodeRef>tax</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>")
    declared = '<bpmn:extensionElements><jb:matter code="X" department="市市场监管局"/></bpmn:extensionElements>'
    desk.deploy(x=process("x", declared, lanes, start(), task("tax"), limit("late", "stage", 1, on="tax", interrupting=False),
                          task("look", role="supervisor"), end(), end("looked"), flows("begin", "tax", "done"),
                          flows("late", "look", "looked")))
    number = desk.open("x")
    desk.now = day(5)

    desk.ring()

    told = {(each["role"], each["unit"]) for fact in desk.facts(number, "Escalated") for each in fact["data"]["told"]}
    assert ("reviewer", "市税务局") in told and not any(unit == "市市场监管局" for _, unit in told)
    assert units(desk, number)["tax"] == "市税务局"


def test_a_park_that_reports_to_the_city_has_twenty_working_days_of_its_own_for_its_review(desk: Desk) -> None:
    enter(desk, row(Mode.DIRECT_REPORT))
    number = desk.open(park=PARK)
    desk.go(number, "register", "verify")
    own = desk.clocks(number)["first_review"]

    desk.now = day(5)
    desk.complete(number, "review_registration")

    assert (own.kind, own.amount, own.unit, own.due) == ("stage", 20, "workday", "2026-04-01")
    assert "first_review" not in desk.clocks(number) and "statutory" in desk.clocks(number)
    stopped = desk.facts(number, "ClockStopped")[-1]["data"]
    assert (stopped["clock"], stopped["reason"], stopped["stopped_on"]) == ("first_review", "handed on", "2026-03-05")
    assert units(desk, number)["decide_registration"] == AUTHORITY and desk.problems() == []


def test_a_review_the_park_has_not_done_in_time_is_asked_of_the_park(desk: Desk) -> None:
    enter(desk, row(Mode.DIRECT_REPORT))
    number = desk.open(park=PARK)
    desk.go(number, "register", "verify")
    desk.now = datetime(2026, 4, 8, 2, 0, tzinfo=UTC)

    desk.ring()

    told = {each["unit"] for fact in desk.facts(number, "Escalated") if fact["data"]["clock"] == "first_review"
            for each in fact["data"]["told"]}
    assert told == {PARK} and desk.problems() == []


def test_who_only_receives_has_a_working_day_to_hand_the_case_on(desk: Desk) -> None:
    enter(desk, row(Mode.RECEIVED_ONLY))
    kept, handed_on = desk.open(park=PARK), desk.open(park=PARK)
    own = desk.clocks(kept)["transfer"]
    desk.complete(handed_on, "register")
    desk.now = day(9)

    desk.ring()

    told = {each["unit"] for fact in desk.facts(kept, "Escalated") if fact["data"]["clock"] == "transfer"
            for each in fact["data"]["told"]}
    assert (own.kind, own.amount, own.due) == ("stage", 1, "2026-03-05") and told == {PARK}
    assert "transfer" in desk.clocks(kept) and "transfer" not in desk.clocks(handed_on)
    assert "DeadlineLapsed" not in desk.kinds(handed_on) and desk.problems() == []


def test_a_park_that_accepts_itself_hands_nothing_on(desk: Desk) -> None:
    enter(desk, row())

    assert "transfer" not in desk.clocks(desk.open(park=PARK))


def test_each_child_of_a_bundle_is_routed_by_its_own_matter(desk: Desk) -> None:
    window = "湘阴县政务服务中心综合窗口"
    enter(desk, row(Mode.DIRECT, matter="licence"), replace(LOCAL_ROW, department=OWN_DEPARTMENT, window=window))

    number, licence, tax = applied(desk)
    for child in (licence, tax):
        go(desk, child, "accept:accept", "review")

    assert [(child.process, child.department) for child in desk.children(number)] == [("licence", PARK), ("tax", "税务局")]
    assert (units(desk, licence), units(desk, tax)) == ({"decide": PARK}, {"decide": "税务局"})
    assert desk.facts(tax, "CaseRouted")[0]["data"]["receives"] == window and desk.problems() == []


def test_a_child_nobody_answers_for_is_an_incident_of_the_bundle_that_says_who_enters_what(desk: Desk) -> None:
    enter(desk, row(matter="licence"), replace(LOCAL_ROW, matter="all"))

    desk.deploy(all=BUNDLE, licence=LICENCE, tax=TAX)
    number = desk.open("all", park=PARK)

    go(desk, number, "window")

    said = [incident.message for incident in desk.incidents(number)]
    assert any("“tax”" in message and "no local authority 属地 is entered" in message for message in said), said
