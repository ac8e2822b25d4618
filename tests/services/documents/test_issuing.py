"""The register of documents: numbers, the same document for the same fact, seals, what a stranger is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from engine.errors import Forbidden, NotFound
from services import issuing
from services.database import reading
from services.documents.kinds import DocumentKind as Kind
from services.issuing import Checked
from services.settings import SettingRefused, Settings, from_environment
from tests.services.desk import Desk
from tests.services.documents import lived
from tests.services.documents.conftest import Issue, Print
from tests.services.documents.lived import About
from tests.services.documents.test_content import said


def test_each_kind_counts_from_one_every_year(desk: Desk, issue_at: Issue) -> None:
    first, second = lived.opened(desk), lived.opened(desk)

    numbers = [issue_at(Kind.RECEIPT, first).number, issue_at(Kind.RECEIPT, second).number]
    desk.now = datetime(2027, 1, 4, 2, tzinfo=UTC)
    later = issue_at(Kind.RECEIPT, lived.opened(desk)).number

    assert (*numbers, later) == ("岳园收〔2026〕00001号", "岳园收〔2026〕00002号", "岳园收〔2027〕00001号")


def test_an_office_numbers_its_documents_its_own_way(desk: Desk, issue_at: Issue) -> None:
    desk.office.numbering = "湘阴高新{sign}字〔{year}〕第{number}号"

    assert issue_at(Kind.RECEIPT, lived.opened(desk)).number == "湘阴高新收字〔2026〕第00001号"


def test_issuing_again_about_the_same_fact_gives_the_same_document(hall: Desk, issue: Issue, about: About) -> None:
    first = issue(Kind.ACCEPTANCE)
    hall.now = lived.day(20)

    assert issue(Kind.ACCEPTANCE) == first and hall.rows("document") == 1


def test_a_number_given_with_the_fact_is_never_used_twice(desk: Desk, issue_at: Issue) -> None:
    first, second = (lived.declined(desk, document_number="岳园不受〔2026〕00001号") for _ in range(2))
    third = lived.declined(desk)

    assert issue_at(Kind.DECLINE, first).number == "岳园不受〔2026〕00001号"
    with pytest.raises(Forbidden, match="is that of another document"):
        issue_at(Kind.DECLINE, second)
    assert issue_at(Kind.DECLINE, third).number == "岳园不受〔2026〕00002号"  # the series passes over it


def test_only_who_may_issues_a_document(issue: Issue) -> None:
    with pytest.raises(Forbidden, match="none of the roles supervisor"):
        issue(Kind.YELLOW_CARD, by="王")
    with pytest.raises(Forbidden, match="not among the people"):
        issue(Kind.RECEIPT, by="路人")


def test_a_decision_is_issued_first_and_sealed_under_its_number(desk: Desk, issue_at: Issue, print_at: Print) -> None:
    number = lived.decided(desk)
    issued = issue_at(Kind.GRANT, number)
    unsealed = print_at(issued.number)

    desk.command("seal", number, document=issued.title, number=issued.number, seal="岳市监审1号")

    assert "（盖章）" in said(unsealed) and "已用印" not in said(unsealed)
    assert "市市场监管局已用印岳市监审1号2026年3月4日" in said(print_at(issued.number))
    assert print_at(issued.number) == print_at(issued.number)
    with reading(desk.database) as connection:
        listed = issuing.list_documents(connection, number)
    assert [each.sealed.seal for each in listed if each.sealed] == ["岳市监审1号"] and listed[0].digest == issued.digest
    assert desk.problems() == []


def test_a_stranger_is_told_the_kind_and_the_day_of_a_real_document_and_nothing_else(hall: Desk, issue: Issue) -> None:
    issued = issue(Kind.ACCEPTANCE)

    def checked(number: str, shown: str) -> Checked:
        with reading(hall.database) as connection:
            return issuing.check(connection, number, shown)

    real = Checked(is_valid=True, title="受理通知书", issued_on=date(2026, 3, 13))
    assert checked(issued.number, issued.digest[:16]) == real == checked(issued.number, issued.digest.upper())
    for number, shown in ((issued.number, "0" * 16), (issued.number, issued.digest[:15]), (issued.number, ""),
                          ("岳园受〔2026〕99999号", issued.digest[:16]), (issued.number, "％" * 16)):
        assert checked(number, shown) == Checked(is_valid=False)


def test_a_document_whose_content_was_changed_is_not_valid_any_more(hall: Desk, issue: Issue, printed: Print) -> None:
    issued = issue(Kind.ACCEPTANCE)

    assert hall.problems() == []
    hall.sql("UPDATE document SET content = :content", content=b'{"kind":"acceptance"}')

    assert [problem.check for problem in hall.problems()] == ["document"]

    with reading(hall.database) as connection:
        assert not issuing.check(connection, issued.number, issued.digest[:16]).is_valid
    with pytest.raises(Forbidden, match="not the one that was issued"):
        printed(issued.number)


def test_what_is_not_there_is_said(desk: Desk, issue_at: Issue, print_at: Print) -> None:
    with pytest.raises(NotFound, match="no case “1”"):
        issue_at(Kind.RECEIPT, "1")
    with pytest.raises(NotFound, match="no document “岳园”"):
        print_at("岳园")
    with reading(desk.database) as connection, pytest.raises(NotFound, match="no case “1”"):
        issuing.list_documents(connection, "1")


def test_the_address_of_the_check_is_that_of_the_day_it_was_issued(desk: Desk, issue_at: Issue, print_at: Print) -> None:
    desk.office = replace(desk.office, address="https://spfw.example.cn")
    issued = issue_at(Kind.RECEIPT, lived.opened(desk))
    first = print_at(issued.number)

    desk.office = replace(desk.office, address="")

    assert "https://spfw.example.cn/documents/check/" in said(first) and print_at(issued.number) == first


@pytest.mark.parametrize(("name", "value"), [
    ("JIBAN_ADDRESS", "spfw.example.cn"), ("JIBAN_ADDRESS", "https://示例"), ("JIBAN_DOCUMENT_NUMBER", "岳园{number}"),
    ("JIBAN_DOCUMENT_NUMBER", "{sign}{year}{number}{number}"), ("JIBAN_FONTS", "/nowhere/at/all"),
])
def test_a_setting_that_cannot_be_used_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingRefused, match=name):
        from_environment({name: value})


def test_the_settings_of_documents_are_read() -> None:
    read = from_environment({"JIBAN_ADDRESS": "https://spfw.example.cn/", "JIBAN_FONTS": "/tmp"})

    assert (read.address, str(read.fonts), read.numbering) == ("https://spfw.example.cn", "/tmp", Settings().numbering)
