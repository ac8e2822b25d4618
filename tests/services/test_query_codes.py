"""Query codes 查询码: the same on every receipt, of no use for another case, and nothing to steal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

from services import query_codes

NOW = datetime(2026, 3, 4, 2, tzinfo=UTC)
NUMBER, OTHER = "43060020260304000001", "43060020260304000002"


def test_a_code_is_ten_signs_nobody_confuses_and_is_the_same_when_printed_again(connection: Connection) -> None:
    code = query_codes.code_of(connection, NUMBER)

    assert len(code.replace("-", "")) == 10 and set(code) <= {*query_codes.ALPHABET, "-"}
    assert not set("01IO") & set(query_codes.ALPHABET)
    assert query_codes.code_of(connection, NUMBER) == code != query_codes.code_of(connection, OTHER)


def test_a_code_is_taken_as_people_type_it_and_for_its_own_case_alone(connection: Connection) -> None:
    code = query_codes.code_of(connection, NUMBER)
    wide = "".join(chr(ord(sign) + 0xFEE0) if sign != "-" else "－" for sign in code)

    for typed in (code, code.lower(), code.replace("-", ""), f" {code} ", wide, " ".join(code)):
        assert query_codes.is_code_of(connection, NUMBER, typed), typed
    for wrong in ("", code[:-1], code + "2", query_codes.code_of(connection, OTHER), "\ud800", "é" * 9999, "\0"):
        assert not query_codes.is_code_of(connection, NUMBER, wrong), wrong
    assert not query_codes.is_code_of(connection, OTHER, code)


def test_a_mark_is_good_for_its_case_and_its_purpose_until_its_hour_is_over(connection: Connection) -> None:
    mark = query_codes.mark(connection, NUMBER, "whole", NOW + timedelta(hours=1))

    assert query_codes.purpose_of(connection, NUMBER, mark, NOW) == "whole"
    assert query_codes.purpose_of(connection, NUMBER, mark, NOW + timedelta(hours=1)) == ""
    assert query_codes.purpose_of(connection, OTHER, mark, NOW) == ""
    until, purpose, seal = mark.split(".")
    for forged in (f"{int(until) + 9999}.{purpose}.{seal}", f"{until}.rating.{seal}", f"{until}.{purpose}.{'0' * 64}", "", "..",
                   "x.y.z", "\ud800." + seal, mark + "0"):
        assert query_codes.purpose_of(connection, NUMBER, forged, NOW) == "", forged
