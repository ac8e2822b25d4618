"""A platform's file: what its fields and its sixteen codes mean, both ways, and what is wrong with one that contradicts
itself."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import pytest

from engine import events
from engine.acceptance_facts import Signed
from engine.errors import InvalidInput
from engine.events import GENESIS, Fact, Recorded, record
from engine.platform_files import read_platform
from engine.platform_reading import submission, their_field, told
from engine.platform_statuses import code_of, status_body
from engine.platforms import Ask
from services.platform_shelf import read_platforms
from services.settings import SHELF

PLATFORMS = read_platforms(SHELF)
FILE: dict[str, Any] = orjson.loads((SHELF / "platforms" / "gonggai.json").read_bytes())
NINE = datetime(2026, 3, 4, 1, 0, tzinfo=UTC)
WEDNESDAY = date(2026, 3, 4)
OPENED = events.CaseOpened(process="p", definition="d", received_on=WEDNESDAY, data={}, platform="gonggai", platform_number="1")
ACCEPTED = events.CaseAccepted(accepted_on=WEDNESDAY, counted_from=NINE)
UNDERTAKING = Signed(text="限期补齐", digest="", signer="赵", signed_on=WEDNESDAY)
CONDITIONAL = events.AcceptedConditionally(missing=(), undertaking=UNDERTAKING, on_lapse="suspend")
SUSPENDED = events.CaseSuspended(ground="expert_review", suspended_on=WEDNESDAY, expected_end=None, document="岳特1号")
PAUSED = events.CaseSuspended(ground="rectify", suspended_on=WEDNESDAY, expected_end=None, document="", kind="pause")
CONCLUDED = events.CaseConcluded(concluded_on=WEDNESDAY)


def history(*facts: Fact) -> list[Recorded]:
    """Facts of one case, a minute apart."""
    told_so_far: list[Recorded] = []
    for seq, fact in enumerate(facts, start=1):
        previous = told_so_far[-1].hash if told_so_far else GENESIS
        told_so_far.append(record("4306002026030400001", seq, previous, NINE + timedelta(minutes=seq), "王", fact))
    return told_so_far


def decided(granted: bool) -> events.DecisionMade:
    return events.DecisionMade(granted=granted, node="decide")


def acted(act: str) -> events.PermitActTold:
    return events.PermitActTold(permit="许1", act=act, by_case="4306002026030400002")


ROUND_TRIP: dict[str, tuple[tuple[Fact, ...], Ask]] = {
    "1": ((OPENED,), Ask.NOTE),
    "2": ((OPENED, events.CaseWithdrawn(reason="不办了")), Ask.WITHDRAWAL),
    "3": ((OPENED, ACCEPTED), Ask.PERSON),
    "4": ((OPENED, events.CaseNotApplicable()), Ask.PERSON),
    "5": ((OPENED, events.CaseDeclined()), Ask.PERSON),
    "6": ((OPENED, events.CorrectionRequested()), Ask.NOTE),
    "7": ((OPENED, events.CorrectionRequested(), events.CorrectionSubmitted(received_on=WEDNESDAY)), Ask.TASK),
    "8": ((OPENED, ACCEPTED, events.ReviewStarted()), Ask.NOTE),
    "9": ((OPENED, ACCEPTED, SUSPENDED), Ask.PERSON),
    "10": ((OPENED, ACCEPTED, SUSPENDED, events.CaseResumed(ground="expert_review", resumed_on=WEDNESDAY, stop=3)), Ask.PERSON),
    "11": ((OPENED, ACCEPTED, decided(True), CONCLUDED), Ask.PERSON),
    "12": ((OPENED, CONDITIONAL, ACCEPTED, decided(True), CONCLUDED), Ask.PERSON),
    "13": ((OPENED, ACCEPTED, decided(True), decided(False), CONCLUDED), Ask.PERSON),
    "14": ((OPENED, ACCEPTED, decided(True), CONCLUDED, acted("revoke")), Ask.PERSON),
    "15": ((OPENED, ACCEPTED, decided(True), CONCLUDED, acted("annul")), Ask.PERSON),
    "16": ((OPENED, ACCEPTED, events.WithdrawalAsked(platform="gonggai")), Ask.WITHDRAWAL),
}
"""Each code: what happened to a case that is told by it, and what the same code asks of us when it comes in."""


@pytest.mark.parametrize("name", sorted(PLATFORMS))
@pytest.mark.parametrize("code", sorted(ROUND_TRIP, key=int))
def test_each_of_the_sixteen_codes_means_the_same_both_ways(code: str, name: str) -> None:
    platform, (facts, ask) = PLATFORMS[name], ROUND_TRIP[code]
    written = code if name == "gonggai" else code.zfill(2)

    said = code_of(platform, history(*facts))
    heard = told(platform, {platform.callback.code: written, platform.callback.keys[0].path: "1"})

    assert (said, heard.asked.ask) == (written, ask)


def test_the_codes_are_the_sixteen_of_the_domain() -> None:
    assert [sorted(map(int, platform.codes)) for platform in PLATFORMS.values()] == [list(range(1, 17))] * 2
    assert set(ROUND_TRIP) == set(PLATFORMS["gonggai"].codes)


@pytest.mark.parametrize(("facts", "code"), [
    ((OPENED, ACCEPTED, PAUSED), None),  # a pause is no special procedure
    ((OPENED, ACCEPTED, PAUSED, events.CaseResumed(ground="rectify", resumed_on=WEDNESDAY, stop=3)), None),
    ((OPENED, events.CaseReturned()), "4"), ((OPENED, events.CaseDeemedWithdrawn()), "2"),
    ((OPENED, ACCEPTED, events.CaseTerminated(reason="项目取消")), "13"),
    ((OPENED, CONCLUDED), "11"),  # done on the spot, without a decision
    ((OPENED, acted("change")), None), ((OPENED, events.CaseHandedOver()), None), ((), None),
    # a withdrawal that is not confirmed: what was said before, however often it was asked for
    ((OPENED, ACCEPTED, events.WithdrawalAsked(platform="gonggai"), events.WithdrawalAsked(platform="gonggai"),
      events.WithdrawalDenied(reason="已决定")), "3"),
])
def test_a_fact_is_told_by_the_first_rule_that_fits(facts: tuple[Fact, ...], code: str | None) -> None:
    assert code_of(PLATFORMS["gonggai"], history(*facts)) == code


def test_a_status_has_the_platforms_shape_and_nothing_personal() -> None:
    facts = history(OPENED, ACCEPTED, events.CaseWithdrawn(reason="赵某 13807301234 不办了"))

    bodies = {name: status_body(platform, facts, number="YY-1", matter="SJ-JGYS", department="市住建局", park="岳阳经发区")
              for name, platform in PLATFORMS.items()}

    assert bodies == {
        "gonggai": {"spsxslbm": "YY-1", "bjbh": "4306002026030400001", "spsxbm": "SJ-JGYS", "blzt": "2", "blztmc": "已撤件",
                    "blsj": "2026-03-04 09:03:00", "blbm": "市住建局", "lsh": 3, "sjly": "即办"},
        "yiwangtongban": {"applyNo": "YY-1", "caseNo": "4306002026030400001", "itemCode": "SJ-JGYS", "state": "02",
                          "stateName": "已撤件", "occurredAt": "2026-03-04T09:03:00+08:00",
                          "organ": {"name": "市住建局", "park": "岳阳经发区"}, "serial": 3}}


def test_what_is_told_of_a_fact_does_not_depend_on_when_it_is_sent() -> None:
    facts = history(OPENED, ACCEPTED, decided(True), CONCLUDED, acted("annul"))

    assert [code_of(PLATFORMS["gonggai"], facts[:count]) for count in range(1, 6)] == ["1", "3", None, "11", "15"]


APPLICATION = {"applyNo": "A-1", "itemCode": "FW-QYKB", "applicant": {"name": "岳阳某某公司", "phone": "13807301234"},
               "parkName": "岳阳经开区", "form": {"capital": "500.5", "fund": "是", "bank": 0}, "whatever": {"is": "left"}}


def test_an_application_is_read_under_our_names() -> None:
    read = submission(PLATFORMS["yiwangtongban"], APPLICATION)

    assert (read.number, read.matter) == ("A-1", "FW-QYKB")
    assert read.data == {"applicant": "岳阳某某公司", "phone": "13807301234", "park": "岳阳经开区", "capital": 500.5,
                         "wants_fund": True, "wants_bank": False}


@pytest.mark.parametrize(("change", "field"), [
    ({"applyNo": ""}, "applyNo"), ({"applyNo": None}, "applyNo"), ({"applyNo": "x" * 101}, "applyNo"),
    ({"applyNo": "a\nb"}, "applyNo"), ({"applyNo": True}, "applyNo"), ({"applyNo": ["1"]}, "applyNo"),
    ({"applyNo": 1.5}, "applyNo"), ({"itemCode": {}}, "itemCode"),
    ({"form": {"capital": "1e999"}}, "form.capital"), ({"form": {"capital": "-"}}, "form.capital"),
    ({"form": {"capital": "٣"}}, "form.capital"), ({"form": {"capital": "9" * 16}}, "form.capital"),
])
def test_what_cannot_be_read_is_refused_by_the_platforms_own_name(change: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        submission(PLATFORMS["yiwangtongban"], {**APPLICATION, **change})

    assert refused.value.field == field


def test_a_field_nobody_has_named_is_refused_unless_the_file_lets_it_pass() -> None:
    body = {"spsxslbm": "1", "spsxbm": "竣工联合验收", "sqdw": {"mc": "甲", "zzjgdm": "x"}, "gcdm": "passed over"}

    with pytest.raises(InvalidInput, match=r"sqdw\.zzjgdm: unknown field"):
        submission(PLATFORMS["gonggai"], body)
    assert submission(PLATFORMS["yiwangtongban"], APPLICATION).data["applicant"] == "岳阳某某公司"


@pytest.mark.parametrize(("ours", "theirs"), [
    ("data.park", "yqmc"), ("data.applicant", "sqdw.mc"), ("process", "spsxbm"), ("data.building_area", "data.building_area"),
    ("data.documents.3", "clmc.3")])
def test_our_field_is_named_as_the_platform_has_it(ours: str, theirs: str) -> None:
    assert their_field(PLATFORMS["gonggai"], ours) == theirs


def test_a_callback_without_any_key_is_refused_and_one_with_a_strange_code_asks_for_a_person() -> None:
    with pytest.raises(InvalidInput, match="nothing says which case is meant"):
        told(PLATFORMS["gonggai"], {"blzt": "2"})

    strange = told(PLATFORMS["gonggai"], {"blzt": 99, "bjbh": "4306002026030400001", "xmdm": "x"})
    assert (strange.code, strange.asked.ask, strange.keys) == (
        "99", Ask.PERSON, {"number": "4306002026030400001", "project_code": "x"})


@pytest.mark.parametrize(("path", "value", "entry"), [
    (("status", "rules", 0, "fact"), "CaseOpend", "status.rules[0].fact"),
    (("status", "rules", 0, "code"), "17", "status.rules[0].code"),
    (("status", "rules", 0, "when"), {"weather": "fair"}, "status.rules[0].when.weather"),
    (("status", "rules", 0, "fact"), "CaseTerminated", "status.rules[15]"),  # hidden by the first from now on
    (("status", "shape", "blzt"), "colour", "status.shape.blzt"),
    (("status", "shape", "blzt.x"), "code", "status.shape.blzt"),
    (("callback", "codes", "17"), {"ask": "note"}, "callback.codes.17"),
    (("callback", "codes", "7"), {"ask": "task"}, "callback.codes.7.node"),
    (("callback", "codes", "7"), {"ask": "message"}, "callback.codes.7.message"),
])
def test_a_file_that_contradicts_itself_is_refused_with_its_entry(path: tuple[Any, ...], value: object, entry: str) -> None:
    data = deepcopy(FILE)
    place: Any = data
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value

    with pytest.raises(InvalidInput) as refused:
        read_platform("gonggai", data)

    assert refused.value.field == entry
