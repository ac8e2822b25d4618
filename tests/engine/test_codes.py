"""Codes of bodies, people, projects, matters and licences: the check digit of each, and what is refused or doubted."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric, uscc
from stdnum.iso7064 import mod_11_10, mod_37_36

from engine import codes
from engine.errors import InvalidInput

DIGITS = st.text("0123456789", min_size=19, max_size=19)
CREDIT = st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=17, max_size=17)


def refusal(check: object, text: str, **given: object) -> InvalidInput:
    with pytest.raises(InvalidInput) as refused:
        check(text, **given)  # type: ignore[operator]
    return refused.value


@pytest.mark.parametrize("text", [
    "91350100M000100Y43",
    "91430600MA40000130",  # the sum is divided by 31: the check character is 0, not a thirty-first
    "９１３５０１００ｍ０００１００ｙ４３",  # full width, as an input method leaves it
    " 91350100 m000100y 43 ",
])
def test_a_credit_code_with_the_right_check_character_is_taken(text: str) -> None:
    assert codes.credit_code(text).value in ("91350100M000100Y43", "91430600MA40000130")


@pytest.mark.parametrize(("text", "reason"), [
    ("91350100M000100Y4Z", "“Z”"), ("91350100M000100Y4", "found 17"), ("91350100M000100Y44", "cannot end in 4"),
    ("9135010OM000100Y43", "“O”"), ("", "found 0"), ("9" * 10_000, "found 10000"),
])
def test_a_wrong_credit_code_is_refused_with_what_is_wrong(text: str, reason: str) -> None:
    refused = refusal(codes.credit_code, text, field="data.credit_code")

    assert refused.field == "data.credit_code" and reason in refused.reason


@given(CREDIT)
def test_credit_codes_agree_with_a_public_library(begun: str) -> None:
    code = begun + codes.credit_check(begun)

    assert codes.credit_code(code).value == code
    assert codes.credit_check(begun) == uscc.calc_check_digit(begun)


def test_an_organisation_code_inside_that_fails_its_own_check_is_a_doubt() -> None:
    begun = "91430600MA4000014"
    code = begun + codes.credit_check(begun)

    assert codes.credit_code(code).doubt == ""
    assert "组织机构代码" in codes.credit_code(code, with_organisation=True).doubt
    assert codes.credit_code("91350100M000100Y43", with_organisation=True).doubt == ""


@pytest.mark.parametrize("text", ["11010519491231002X", "11010519491231002x", "810000199408230021", "830000199201300022"])
def test_an_identity_number_with_the_right_check_digit_is_taken(text: str) -> None:
    assert codes.resident_id(text, on=date(2026, 3, 2)).value == text.upper()


def test_the_permit_of_a_resident_of_hong_kong_follows_the_same_rule() -> None:
    assert codes.is_residence_permit("810000199408230021") and not codes.is_residence_permit("11010519491231002X")


def _numbered(begun: str) -> str:
    """An identity number with the check digit a public library gives it."""
    return begun + ric.calc_check_digit(begun + "0")


@pytest.mark.parametrize(("text", "reason"), [
    ("110105194912310021", "校验位不符"),
    (_numbered("11010520230229002"), "no date"),  # 2023 had no 29 February
    (_numbered("11010500000101002"), "no date"),
    (_numbered("11010520260303002"), "born after 2026-03-02"),
    ("110105491231002", "15 digits"), ("1101051949123100XX", "17 digits"), ("", "17 digits"),
])
def test_a_wrong_identity_number_is_refused_and_never_repeated(text: str, reason: str) -> None:
    refused = refusal(codes.resident_id, text, on=date(2026, 3, 2))

    assert reason in refused.reason and (not text or text not in str(refused))


@given(st.dates(date(1900, 1, 1), date(2025, 12, 31)), st.integers(0, 999), st.integers(110000, 659999))
def test_identity_numbers_agree_with_a_library_and_no_division_is_refused(born: date, number: int, division: int) -> None:
    code = _numbered(f"{division}{born:%Y%m%d}{number:03d}")

    assert codes.resident_id(code, on=date(2026, 3, 2)).value == code


def test_an_identity_number_is_shown_by_its_first_six_and_last_four() -> None:
    assert codes.mask_resident_id("11010519491231002X") == "110105********002X"
    assert codes.mask_resident_id("1234567890") == "*" * 10


@pytest.mark.parametrize(("text", "is_doubted"), [
    ("2603-141124-89-05-346948", False), ("2411-130202-89-01-637015", False), ("2509-140602-89-05-864976", False),
    ("2020-330327-48-01-167360", False), ("2020-451421-88-03-016343", False),  # before the check digit was introduced
    ("2603－430600－04－01－123456", True), ("26034306000401123456", True),
])
def test_a_project_code_whose_check_digit_is_off_is_doubted_and_taken(text: str, is_doubted: bool) -> None:
    code = codes.project_code(text)

    assert bool(code.doubt) == is_doubted and code.value.count("-") == 4


@pytest.mark.parametrize("text", ["2613-430600-04-01-123456", "1003-430600-04-01-123456", "2603-43060-04-01-123456", "x"])
def test_what_does_not_look_like_a_project_code_is_refused(text: str) -> None:
    assert "项目代码" in refusal(codes.project_code, text).reason


@given(DIGITS)
def test_check_digits_of_project_codes_agree_with_a_public_library(digits: str) -> None:
    begun = "2603" + digits[4:]

    code = codes.project_code(begun + mod_11_10.calc_check_digit(begun))

    assert code.doubt == ""


@pytest.mark.parametrize("text", ["370117002011", "11370800MB285591843370117002011", "11370800MB28559184337011700201101"])
def test_a_matter_s_code_has_twelve_thirty_one_or_thirty_three_characters(text: str) -> None:
    assert codes.matter_code(text).value == text


@pytest.mark.parametrize(("text", "reason"), [
    ("11370800MB285591853370117002011", "校验位不符"), ("11370800MB285591840370117002011", "level"),
    ("1137", "found 4"), ("3701-7002011", "found 12"),
])
def test_a_wrong_matter_s_code_is_refused(text: str, reason: str) -> None:
    assert reason in refusal(codes.matter_code, text).reason


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=20))
def test_identifiers_of_licences_agree_with_a_public_library(number: str) -> None:
    kind, issuer, version = "11100000000013338W011", "11430000006122244L", "001"
    check = mod_37_36.calc_check_digit(kind + issuer + number + version)

    assert codes.licence_id(f"1.2.156.3005.2.{kind}.{issuer}.{number}.{version}.{check}").value.endswith(check)
    other = "A" if check != "A" else "B"
    assert "校验位不符" in refusal(codes.licence_id, f"1.2.156.3005.2.{kind}.{issuer}.{number}.{version}.{other}").reason


@given(st.text(max_size=40))
def test_no_text_raises_anything_but_a_refusal(text: str) -> None:
    for check in codes.FORMATS.values():
        try:
            assert check(text, "data.x", date(2026, 3, 2)).value
        except InvalidInput as refused:
            assert refused.field == "data.x"
