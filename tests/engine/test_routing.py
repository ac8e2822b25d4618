"""Whose a case is by the empowerment list, and whose each of its tasks."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from engine.case_facts import CaseRouted
from engine.empowerment import OWN_DEPARTMENT, Empowerment, Hall, LocalAuthority, Mode, ParkMode, Taking
from engine.errors import InvalidInput
from engine.routing import AGENT, APPLICANT, Table, route, unit_of

PARK, OTHER, MATTER = "湘阴高新区", "临湘高新区", "SJ-LHYS"
AUTHORITY, LOCAL, WINDOW, BUREAU = "市住建局", "湘阴县住建局", "湘阴县政务服务中心综合窗口", "临湘高新区行政审批局"
DAY = date(2026, 3, 4)


def row(mode: Mode = Mode.DIRECT, **given: Any) -> Empowerment:
    """A matter given to a park, in 2026."""
    return Empowerment(**{"id": 7, "park": PARK, "matter": MATTER, "mode": mode, "authority": AUTHORITY, "batch": "第一批",
                          "document": "岳政发〔2026〕1号", "seal": "4306240001", "valid_from": date(2026, 1, 1),
                          "valid_until": date(2026, 12, 31), **given})


LOCAL_ROW = LocalAuthority(id=9, park=PARK, department=LOCAL, document="三定方案", valid_from=date(2020, 1, 1))
NO_HALL = ParkMode(park=PARK, hall=Hall.NO_HALL, window=WINDOW, document="文", valid_from=date(2022, 3, 8))
PILOT = ParkMode(park=OTHER, hall=Hall.PILOT, body=BUREAU, seal="430682001", document="文", valid_from=date(2022, 3, 8))


def routed(*rules: Empowerment, mode: ParkMode | None = None, on: date = DAY, **given: Any) -> CaseRouted:
    """A case of the matter, received in the park."""
    table = Table(empowerments=rules, modes=[mode] if mode else [], authorities=[LOCAL_ROW])
    return route(table, **{"park": PARK, "matter": MATTER, "on": on, **given})


def who(routing: CaseRouted) -> tuple[str, ...]:
    """Who receives, accepts, reviews, decides, in whose name."""
    return routing.receives, routing.accepts, routing.reviews, routing.decides, routing.in_name_of


@pytest.mark.parametrize(("mode", "expected"), [
    (Mode.DIRECT, (PARK, PARK, PARK, PARK, PARK)),  # 园区承担法律责任
    (Mode.ENTRUSTED, (PARK, PARK, PARK, PARK, AUTHORITY)),  # 委托机关承担
    (Mode.STATIONED, (AUTHORITY, AUTHORITY, AUTHORITY, AUTHORITY, AUTHORITY)),  # 派驻人员
    (Mode.DIRECT_REPORT, (PARK, PARK, PARK, AUTHORITY, AUTHORITY)),  # 园区初审, 市级决定
    (Mode.RECEIVED_ONLY, (PARK, AUTHORITY, AUTHORITY, AUTHORITY, AUTHORITY)),  # 受审分离
])
def test_each_mode_says_who_does_what(mode: Mode, expected: tuple[str, ...]) -> None:
    routing = routed(row(mode))

    assert who(routing) == expected
    assert routing.seals == routing.liable == routing.in_name_of and routing.supervises == AUTHORITY
    assert (routing.rule, routing.source, routing.mode, routing.hall) == (7, "empowerment", mode.value, "hall")


def test_the_row_names_the_body_the_seal_and_the_supervisor() -> None:
    routing = routed(row(holder="湘阴高新区政务服务中心", supervisor="湘阴县住建局"))

    assert (routing.decides, routing.seal, routing.supervises) == ("湘阴高新区政务服务中心", "4306240001", "湘阴县住建局")


def test_the_day_after_a_rows_last_day_the_local_authority_has_the_matter() -> None:
    last, after = (routed(row(), on=day) for day in (date(2026, 12, 31), date(2027, 1, 1)))

    assert last.decides == PARK
    assert who(after) == (LOCAL,) * 5 and (after.mode, after.source, after.rule) == ("none", "local_authority", 9)


def test_without_any_row_the_matters_own_local_authority_comes_before_that_of_all_matters() -> None:
    own = replace(LOCAL_ROW, id=10, matter=MATTER, department="湘阴县消防大队", window="县中心窗口")

    routing = route(Table(authorities=[LOCAL_ROW, own]), park=PARK, matter=MATTER, on=DAY)

    assert who(routing) == ("县中心窗口", "县中心窗口", "湘阴县消防大队", "湘阴县消防大队", "湘阴县消防大队")


def test_a_missing_local_authority_is_an_error_that_says_who_enters_what() -> None:
    with pytest.raises(InvalidInput, match=r"no local authority 属地.*市行政审批服务局 enters.*second person") as refused:
        route(Table(), park=PARK, matter=MATTER, on=DAY)

    assert refused.value.field == "park"


def test_where_nobody_more_local_has_a_matter_its_own_department_does() -> None:
    table = Table(authorities=[replace(LOCAL_ROW, department=OWN_DEPARTMENT, window="县中心窗口")])

    routing = route(table, park=PARK, matter=MATTER, on=DAY, department="市税务局")

    assert who(routing) == ("县中心窗口", "县中心窗口", "市税务局", "市税务局", "市税务局")
    with pytest.raises(InvalidInput, match="no local authority"):  # a matter that is nobody's
        route(table, park=PARK, matter=MATTER, on=DAY)


def test_a_situation_with_a_row_of_its_own_goes_by_it_and_the_others_by_the_general_row() -> None:
    rows = row(), row(Mode.STATIONED, id=8, situation="改建")

    assert [routed(*rows, situation=situation).rule for situation in ("改建", "新建", "")] == [8, 7, 7]


@pytest.mark.parametrize("mode", [Mode.DIRECT, Mode.ENTRUSTED])
def test_what_a_park_has_not_effectively_taken_over_it_only_receives(mode: Mode) -> None:
    routing = routed(row(mode, taking=Taking.NOT_TAKEN_OVER))

    assert who(routing) == (PARK, AUTHORITY, AUTHORITY, AUTHORITY, AUTHORITY) and routing.mode == "received_only"
    assert f"not effectively taken over what was given as {mode.value}" in routing.why


def test_the_pilot_is_one_body_with_one_seal() -> None:
    table = Table(empowerments=[row(park=OTHER, holder="别的机构", seal="旧印章")], modes=[PILOT])

    routing = route(table, park=OTHER, matter=MATTER, on=DAY)

    assert who(routing) == (BUREAU,) * 5 and routing.seal == "430682001" and routing.hall == "pilot"


def test_in_the_pilot_what_is_entrusted_still_carries_the_name_and_seal_of_the_authority() -> None:
    table = Table(empowerments=[row(Mode.ENTRUSTED, park=OTHER, seal="市住建局2号章")], modes=[PILOT])

    routing = route(table, park=OTHER, matter=MATTER, on=DAY)

    assert who(routing) == (BUREAU, BUREAU, BUREAU, BUREAU, AUTHORITY) and routing.seal == "市住建局2号章"


def test_before_the_pilot_begins_the_park_decides_with_its_own_seal() -> None:
    table = Table(empowerments=[row(park=OTHER, valid_from=date(2020, 1, 1))], modes=[PILOT])

    routing = route(table, park=OTHER, matter=MATTER, on=date(2022, 3, 7))

    assert (routing.decides, routing.seal, routing.hall) == (OTHER, "4306240001", "hall")


@pytest.mark.parametrize(("rules", "expected"), [
    ((row(),), (WINDOW, WINDOW, PARK, PARK, PARK)),
    ((row(Mode.DIRECT_REPORT),), (WINDOW, WINDOW, PARK, AUTHORITY, AUTHORITY)),
    ((row(Mode.RECEIVED_ONLY),), (WINDOW, AUTHORITY, AUTHORITY, AUTHORITY, AUTHORITY)),
    ((), (WINDOW, WINDOW, LOCAL, LOCAL, LOCAL)),
])
def test_a_park_without_a_hall_receives_at_the_centres_window_and_decides_by_the_list(
    rules: tuple[Empowerment, ...], expected: tuple[str, ...],
) -> None:
    assert who(routed(*rules, mode=NO_HALL)) == expected


@pytest.mark.parametrize(("act", "unit"), [
    ("receive", PARK), ("hand_over", PARK), ("verify", AUTHORITY), ("accept", AUTHORITY), ("review", AUTHORITY),
    ("inspect", AUTHORITY), ("decide", AUTHORITY), ("certify", AUTHORITY), ("other", "市资规局"),
])
def test_a_task_without_a_word_on_its_lane_goes_by_its_act(act: str, unit: str) -> None:
    assert unit_of(routed(row(Mode.RECEIVED_ONLY)), act=act, department="市资规局") == unit


@pytest.mark.parametrize(("party", "unit"), [
    ("receiver", PARK), ("reviewer", PARK), ("decider", AUTHORITY), ("sealer", AUTHORITY), ("liable", AUTHORITY),
    ("supervisor", "县住建局"), ("applicant", APPLICANT), ("agent", AGENT),
])
def test_a_task_goes_by_the_word_on_its_lane(party: str, unit: str) -> None:
    routing = routed(row(Mode.DIRECT_REPORT, supervisor="县住建局"))

    assert unit_of(routing, act="other", party=party, department="市资规局") == unit


@pytest.mark.parametrize("act", ["verify", "accept", "decide"])
def test_a_window_lane_never_accepts_or_decides_for_who_may(act: str) -> None:
    assert unit_of(routed(row(Mode.RECEIVED_ONLY)), act=act, party="receiver") == AUTHORITY


def test_a_lane_of_a_fixed_department_is_its_own_except_under_the_pilots_one_seal() -> None:
    pilot = route(Table(empowerments=[row(park=OTHER)], modes=[PILOT]), park=OTHER, matter=MATTER, on=DAY)

    assert unit_of(routed(row()), act="review", unit="市资规局") == "市资规局"
    assert unit_of(pilot, act="review", unit="市资规局") == BUREAU
    assert unit_of(pilot, act="other", unit="市税务局") == "市税务局"  # no act of the permit


def test_a_case_that_was_not_routed_is_its_departments() -> None:
    assert unit_of(None, act="decide", party="decider", department=AUTHORITY) == AUTHORITY
    assert unit_of(None, act="decide", unit="市资规局", department=AUTHORITY) == "市资规局"
    assert unit_of(None, act="other", party="applicant", department=AUTHORITY) == APPLICANT
