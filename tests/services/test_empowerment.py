"""The empowerment list: entered by one, approved by another, ended, asked."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from engine.empowerment import Empowerment, Hall, LocalAuthority, Mode, ParkMode, Rule
from engine.errors import Forbidden, InvalidInput, NotFound
from services import empowerment
from services.empowerment import resolve, rule_of
from services.office import Office

NOW = datetime(2026, 3, 4, 2, 0, tzinfo=UTC)
TODAY = date(2026, 3, 4)
PARK, MATTER = "湘阴高新区", "SJ-LHYS"


def row(**given: Any) -> Empowerment:
    """A matter given to a park directly, in 2026."""
    return Empowerment(**{"park": PARK, "matter": MATTER, "mode": Mode.DIRECT, "authority": "市住建局", "batch": "第一批",
                          "document": "岳政发〔2026〕1号", "seal": "4306240001", "valid_from": date(2026, 1, 1),
                          "valid_until": date(2026, 12, 31), **given})


LOCAL = LocalAuthority(park=PARK, department="湘阴县住建局", document="三定方案", valid_from=date(2020, 1, 1))


def entered(connection: Connection, *rules: Rule, **given: Any) -> tuple[int, ...]:
    """Enter rows; their numbers."""
    found = empowerment.enter(connection, rules, **{"by": "李", "now": NOW, **given})
    return tuple(each.id for each in found.rows)


def approved(connection: Connection, *rules: Rule) -> tuple[int, ...]:
    """Enter rows and approve them."""
    ids = entered(connection, *rules)
    empowerment.decide(connection, ids=ids, is_approved=True, by="赵", now=NOW)
    return ids


def decider(connection: Connection, on: date, park: str = PARK) -> str:
    """Who decides a case of the matter received on a day."""
    return resolve(connection, park=park, matter=MATTER, on=on).decides


def test_a_row_says_again_what_was_entered(connection: Connection) -> None:
    pilot = ParkMode(park="临湘高新区", hall=Hall.PILOT, body="园区行政审批局", seal="1", document="文", staff=("张三", "李四"),
                     valid_from=date(2022, 3, 8))

    ids = entered(connection, row(situation="改建"), pilot, LOCAL)

    assert [rule_of(each) for each in empowerment.rows(connection)] == [
        replace(each, id=id) for each, id in zip((row(situation="改建"), pilot, LOCAL), ids, strict=True)]


def test_a_row_counts_once_a_second_person_has_approved_it(connection: Connection) -> None:
    approved(connection, LOCAL)
    ids = entered(connection, row())
    before = decider(connection, TODAY)

    empowerment.decide(connection, ids=ids, is_approved=True, by="赵", now=NOW)

    assert (before, decider(connection, TODAY)) == ("湘阴县住建局", PARK)


def test_nobody_approves_what_he_has_entered_himself(connection: Connection) -> None:
    ids = entered(connection, row())

    with pytest.raises(Forbidden, match=r"row 1 .* was entered by 李; a second person"):
        empowerment.decide(connection, ids=ids, is_approved=True, by=" 李 ", now=NOW)

    assert empowerment.rows(connection, pending=True)


def test_a_batch_is_approved_whole_and_once(connection: Connection) -> None:
    entered(connection, row(), row(matter="SJ-SZBL"), row(matter="X", batch="第二批"))

    done = empowerment.decide(connection, batch="第一批", is_approved=True, by="赵", now=NOW)

    assert [each.id for each in done] == [1, 2]
    assert [each.id for each in empowerment.rows(connection, pending=True)] == [3]
    with pytest.raises(NotFound, match="第一批"):
        empowerment.decide(connection, batch="第一批", is_approved=True, by="赵", now=NOW)


def test_a_refused_row_makes_room_for_another(connection: Connection) -> None:
    ids = entered(connection, row())
    with pytest.raises(InvalidInput, match="overlaps row 1"):  # one that waits may still come to count
        entered(connection, row(mode=Mode.STATIONED))

    empowerment.decide(connection, ids=ids, is_approved=False, by="赵", now=NOW)

    assert approved(connection, row(mode=Mode.STATIONED)) == (2,)
    assert decider(connection, TODAY) == "市住建局"


def test_rows_that_overlap_are_refused_and_both_are_named(connection: Connection) -> None:
    approved(connection, row())

    with pytest.raises(InvalidInput, match=r"the new row \(湘阴高新区 SJ-LHYS 2026-12-31.*overlaps row 1 \(.*批") as refused:
        entered(connection, row(valid_from=date(2026, 12, 31), valid_until=None, batch="第二批"))

    assert refused.value.field == "valid_from" and len(empowerment.rows(connection)) == 1


def test_the_same_row_again_changes_nothing(connection: Connection) -> None:
    entered(connection, row())

    again = empowerment.enter(connection, [row(), row(matter="X")], by="赵", now=NOW)

    assert again.unchanged == 1 and [each.matter for each in again.rows] == ["X"]


def test_two_parks_differ_on_the_same_day(connection: Connection) -> None:
    approved(connection, row(), row(park="平江高新区", mode=Mode.DIRECT_REPORT))

    assert (decider(connection, TODAY), decider(connection, TODAY, "平江高新区")) == (PARK, "市住建局")


def test_a_row_taken_back_counts_until_its_last_day_and_the_local_authority_has_the_next(connection: Connection) -> None:
    number, _ = approved(connection, row(), LOCAL)

    empowerment.end(connection, number, on=date(2026, 3, 31), reason="收回", by="赵", now=NOW)

    assert [decider(connection, day) for day in (date(2026, 3, 31), date(2026, 4, 1))] == [PARK, "湘阴县住建局"]
    listed = [empowerment.rows(connection, kind="empowerment", on=day) for day in (date(2026, 3, 31), date(2026, 4, 1))]
    assert [len(rows) for rows in listed] == [1, 0]
    approved(connection, row(valid_from=date(2026, 4, 1), mode=Mode.STATIONED))  # its place is free from the next day
    assert decider(connection, date(2026, 4, 1)) == "市住建局"


@pytest.mark.parametrize(("on", "reason"), [
    (date(2026, 3, 3), "before today"), (date(2026, 12, 31), "anyway"), (date(2027, 1, 1), "anyway"),
])
def test_a_row_ends_today_or_later_and_before_its_own_last_day(connection: Connection, on: date, reason: str) -> None:
    number, = approved(connection, row())

    with pytest.raises(InvalidInput, match=reason):
        empowerment.end(connection, number, on=on, reason="收回", by="赵", now=NOW)


def test_a_row_is_ended_once_and_only_when_it_was_approved(connection: Connection) -> None:
    waiting, = entered(connection, row())
    with pytest.raises(Forbidden, match="not approved"):
        empowerment.end(connection, waiting, on=TODAY, reason="收回", by="赵", now=NOW)
    empowerment.decide(connection, ids=[waiting], is_approved=True, by="赵", now=NOW)
    empowerment.end(connection, waiting, on=TODAY, reason="收回", by="赵", now=NOW)

    with pytest.raises(Forbidden, match="ends on 2026-03-04 already"):
        empowerment.end(connection, waiting, on=TODAY, reason="收回", by="赵", now=NOW)
    with pytest.raises(NotFound):
        empowerment.end(connection, 99, on=TODAY, reason="收回", by="赵", now=NOW)


def test_a_park_that_decides_in_its_own_name_names_its_seal_unless_it_is_the_pilot(connection: Connection) -> None:
    with pytest.raises(InvalidInput, match="give the number of its seal") as refused:
        entered(connection, row(seal=""))
    pilot = ParkMode(park=PARK, hall=Hall.PILOT, body="园区行政审批局", seal="430624001", document="文",
                     valid_from=date(2026, 1, 1))

    approved(connection, pilot, row(seal=""))

    assert refused.value.field == "seal"
    assert resolve(connection, park=PARK, matter=MATTER, on=TODAY).seal == "430624001"


def test_a_park_is_found_however_wide_its_brackets_are(connection: Connection) -> None:
    approved(connection, row(park="临港高新区（含综合区）"))

    assert resolve(connection, park=" 临港高新区(含综合区)", matter=MATTER, on=TODAY).decides == "临港高新区(含综合区)"


@pytest.mark.parametrize(("given", "field"), [
    ({"park": " "}, "park"), ({"matter": ""}, "matter"), ({"authority": ""}, "authority"), ({"batch": ""}, "batch"),
    ({"document": ""}, "document"), ({"authority": "长" * 101}, "authority"), ({"name": "=SUM(A1)"}, "name"),
    ({"holder": "园\x1b[2J"}, "holder"), ({"document": "长" * 201}, "document"),
])
def test_a_wrong_text_is_refused_with_its_field(connection: Connection, given: dict[str, str], field: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        entered(connection, row(**given))

    assert refused.value.field == field and empowerment.rows(connection) == []


def test_rows_are_listed_by_what_is_asked_and_page_by_page(connection: Connection) -> None:
    approved(connection, row(), row(park="平江高新区", batch="第二批"), LOCAL)
    entered(connection, row(matter="X"))

    def ids(**asked: Any) -> list[int]:
        return [each.id for each in empowerment.rows(connection, **asked)]

    assert (ids(park=PARK), ids(batch="第二批"), ids(kind="local_authority"), ids(matter="X")) == ([1, 3, 4], [2], [3], [4])
    assert (ids(on=TODAY), ids(on=date(2025, 1, 1)), ids(pending=True)) == ([1, 2, 3], [3], [4])
    assert (ids(most=2), ids(after=2, most=2)) == ([1, 2], [3, 4])


def test_a_matter_is_known_by_its_code_whatever_it_is_called(connection: Connection, office: Office) -> None:
    names = ("joint_completion_inspection", "竣工联合验收", "SJ-LHYS", "11370800MB285591843370117002011")

    assert [office.matter(connection, name) for name in names] == [("SJ-LHYS", "市住建局")] * 3 + [(names[3], "")]
