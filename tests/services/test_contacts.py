"""The contact book: three ranks a unit, history kept, numbers masked for other units, gaps told."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Connection

from engine.errors import Forbidden, InvalidInput, NotFound
from engine.ladder import Rank
from services import contacts
from services.contacts import Entered, Gap, NewContact, mask

UNIT, PARK = "市住建局", "湘阴高新区"


def day(number: int) -> datetime:
    """10:00 on a day of March 2026."""
    return datetime(2026, 3, number, 2, 0, tzinfo=UTC)


def new(rank: Rank = Rank.LIAISON, **given: Any) -> NewContact:
    """A contact of the construction bureau."""
    return NewContact(**{"unit": UNIT, "rank": rank, "name": "王联络", "title": "科员", "office_phone": "0730-8880000",
                         "mobile": "13807301234", **given})


@pytest.fixture
def enter(connection: Connection) -> Callable[..., contacts.Contact]:
    """Enter a contact on a day."""
    def enter_on(number: int, rank: Rank = Rank.LIAISON, **given: Any) -> contacts.Contact:
        return contacts.set_contact(connection, new(rank, **given), by="李", now=day(number))

    return enter_on


def test_replacing_a_contact_keeps_the_history(connection: Connection, enter: Callable[..., contacts.Contact]) -> None:
    first = enter(2)

    second = enter(9, name="赵联络", mobile="13907301111")

    found = contacts.contacts(connection, viewer_unit=UNIT, with_history=True)
    assert [(each.id, each.name, each.until) for each in found] == [(first.id, "王联络", day(9)), (second.id, "赵联络", None)]
    assert [each.name for each in contacts.contacts(connection, viewer_unit=UNIT)] == ["赵联络"]


def test_whom_to_call_is_resolved_at_the_instant_a_rung_is_climbed(
    connection: Connection, enter: Callable[..., contacts.Contact],
) -> None:
    enter(2)
    enter(9, name="赵联络")

    found = [contacts.resolve(connection, units=[UNIT], rank=Rank.LIAISON, at=day(number)) for number in (1, 2, 8, 9)]

    assert [each and each.name for each in found] == [None, "王联络", "王联络", "赵联络"]
    assert found[1] is not None and found[1].mobile == "13807301234"  # whole: a message is sent to it


def test_the_first_unit_that_has_the_rank_is_asked(connection: Connection, enter: Callable[..., contacts.Contact]) -> None:
    enter(2, Rank.HEAD, unit=PARK, name="周主任")

    found = contacts.resolve(connection, units=["", UNIT, PARK], rank=Rank.HEAD, at=day(3))

    assert found is not None and found.name == "周主任"
    assert contacts.resolve(connection, units=[], rank=Rank.HEAD, at=day(3)) is None


def test_a_mobile_number_is_whole_for_its_own_unit_and_masked_for_all_others(
    connection: Connection, enter: Callable[..., contacts.Contact],
) -> None:
    enter(2)
    enter(2, unit=PARK, mobile="13907305678")

    shown = {viewer: [each.mobile for each in contacts.contacts(connection, viewer_unit=viewer)]
             for viewer in (UNIT, PARK, None, "市")}

    assert shown[UNIT] == ["13807301234", "139****5678"] and shown[PARK] == ["138****1234", "13907305678"]
    assert shown[None] == shown["市"] == ["138****1234", "139****5678"]


@pytest.mark.parametrize(("mobile", "masked"), [("13807301234", "138****1234"), ("", ""), ("123", "****")])
def test_a_masked_number_never_shows_the_middle(mobile: str, masked: str) -> None:
    assert mask(mobile) == masked


def test_a_missing_rank_is_a_gap_and_blocks_the_warnings_of_its_unit(
    connection: Connection, enter: Callable[..., contacts.Contact],
) -> None:
    enter(2)
    enter(2, Rank.HEAD, name="周科长")

    found = contacts.gaps(connection, [UNIT, PARK], at=day(3))
    with pytest.raises(Forbidden, match="市住建局 has no 分管领导") as refused:
        contacts.require_complete(connection, UNIT, at=day(3))

    assert found == [Gap(unit=UNIT, rank=Rank.LEADER), *(Gap(unit=PARK, rank=rank) for rank in Rank)]
    assert "liaison or the park's administrator" in refused.value.reason


def test_a_complete_unit_may_switch_its_warnings_on(connection: Connection, enter: Callable[..., contacts.Contact]) -> None:
    for rank in Rank:
        enter(2, rank)

    contacts.require_complete(connection, UNIT, at=day(3))

    assert contacts.gaps(connection, [UNIT], at=day(3)) == []


def test_a_contact_taken_out_leaves_a_gap_from_then_on(connection: Connection, enter: Callable[..., contacts.Contact]) -> None:
    enter(2)

    ended = contacts.end_contact(connection, unit=UNIT, rank=Rank.LIAISON, now=day(9))

    assert ended.until == day(9)
    assert contacts.resolve(connection, units=[UNIT], rank=Rank.LIAISON, at=day(8)) is not None
    assert contacts.resolve(connection, units=[UNIT], rank=Rank.LIAISON, at=day(9)) is None
    with pytest.raises(NotFound):
        contacts.end_contact(connection, unit=UNIT, rank=Rank.LIAISON, now=day(10))


def test_the_same_contact_entered_again_changes_nothing(connection: Connection) -> None:
    first = contacts.set_contacts(connection, [new(), new(Rank.HEAD)], by="李", now=day(2))

    second = contacts.set_contacts(connection, [new(mobile="138 0730 1234"), new(Rank.HEAD, name="周")], by="赵", now=day(3))

    assert first == Entered(added=2) and second == Entered(replaced=1, unchanged=1)


@pytest.mark.parametrize(("given", "kept"), [
    ({"mobile": "１３８０７３０１２３４"}, "13807301234"),  # full-width figures
    ({"mobile": "+86 138-0730-1234"}, "13807301234"),
    ({"mobile": "0086138\u30000730\u20101234"}, "13807301234"),  # an ideographic space, a typographic hyphen
    ({"mobile": " - "}, ""),
])
def test_a_number_is_kept_in_plain_digits(enter: Callable[..., contacts.Contact], given: dict[str, str], kept: str) -> None:
    assert enter(2, **given).mobile == kept


@pytest.mark.parametrize(("given", "field"), [
    ({"unit": " "}, "unit"), ({"name": ""}, "name"), ({"name": "王\x1b[2J"}, "name"), ({"name": "=HYPERLINK(1)"}, "name"),
    ({"note": "@SUM(A1)"}, "note"), ({"title": "长" * 101}, "title"), ({"mobile": "12807301234"}, "mobile"),
    ({"mobile": "1.38073E+10"}, "mobile"), ({"mobile": "138****1234"}, "mobile"), ({"office_phone": "办公室"}, "office_phone"),
    ({"office_phone": "", "mobile": ""}, "mobile"), ({"mobile": "٠١٢٣٤٥٦٧٨٩٠"}, "mobile"),
])
def test_a_wrong_contact_is_refused_with_its_field(
    connection: Connection, enter: Callable[..., contacts.Contact], given: dict[str, str], field: str,
) -> None:
    with pytest.raises(InvalidInput) as refused:
        enter(2, **given)

    assert refused.value.field == field and contacts.contacts(connection, viewer_unit=None) == []


@pytest.mark.parametrize("phone", ["0730-8880000", "07308880000", "8880000", "0730-8880000-803", "12345", "(0730)8880000"])
def test_office_phones_as_offices_write_them(enter: Callable[..., contacts.Contact], phone: str) -> None:
    assert enter(2, office_phone=phone).office_phone == phone.replace("(", "").replace(")", "-")


def test_a_name_spaced_out_as_in_the_form_is_kept_with_one_space(enter: Callable[..., contacts.Contact]) -> None:
    assert enter(2, name="张\u3000 三").name == "张 三"
