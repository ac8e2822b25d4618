"""Which account unified authentication 统一身份认证 signs in to: linked by whoever keeps it, and let in as by a password."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Connection

from engine.errors import Forbidden, InvalidInput, NotFound
from services import account_events, account_links, accounts, passwords, people, sign_in, visits, vouching
from services.administering import Instruction
from services.passwords import secret
from services.store import people as people_store
from services.store.account_links import LinkRow
from services.vouching import Refused
from tests.services.desk import WEDNESDAY
from tests.services.staff import PASSWORD, QUICK, enter, hire, kinds
from tests.services.test_visits import LIFETIMES

ISSUER = "https://sso.example.gov.cn/park"
SUBJECT = "248289761001"
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def office(connection: Connection) -> None:
    """张 keeps accounts, 安 guards them, 周凯 and 陈静 work here."""
    hire(connection, "张", "system_admin"), hire(connection, "安", "security_admin")
    hire(connection, "周凯", "clerk"), enter(connection, "陈静", "clerk")


def told(by: str, *, is_local: bool = False) -> Instruction:
    return Instruction(by=by, now=WEDNESDAY, is_local=is_local)


def link(
    connection: Connection, account: str = "周凯", subject: str = SUBJECT, *, by: str = "张", issuer: str = ISSUER,
) -> LinkRow:
    return account_links.link(connection, told(by), account, issuer=issuer, subject=subject)


def vouched(connection: Connection, subject: str = SUBJECT, *, issuer: str = ISSUER, now=WEDNESDAY) -> str | Refused:
    """The provider vouches for somebody; the token of his visit."""
    return vouching.conclude(connection, issuer=issuer, subject=subject, address="10.0.0.7", counted_at=now, now=now)


def told_of(connection: Connection) -> list[tuple[str, str, str, str]]:
    return [(row.kind, row.person, row.by, row.detail) for row in reversed(account_events.events(connection, most=50))]


def test_whoever_is_linked_is_let_in_and_it_is_written_down(connection: Connection) -> None:
    link(connection)

    token = vouched(connection)

    visitor = visits.visitor(connection, str(token), WEDNESDAY, LIFETIMES)
    assert visitor is not None and visitor.id == "周凯"
    assert told_of(connection) == [("linked", "周凯", "张", SUBJECT), ("signed_in", "周凯", "周凯", "OIDC, 10.0.0.7")]


def test_whoever_never_had_a_password_needs_none(connection: Connection) -> None:
    link(connection, "陈静")

    visitor = visits.visitor(connection, str(vouched(connection)), WEDNESDAY, LIFETIMES)

    assert visitor is not None and visitor.id == "陈静" and not visitor.must_change
    attempt = sign_in.begin(connection, account="陈静", address="10.0.0.7", now=WEDNESDAY)
    assert attempt is not None and attempt.hash is None, "no password opens it either"


def test_an_initial_password_lapses_when_its_account_is_linked(connection: Connection) -> None:
    accounts.set_password(connection, told("张"), "陈静", secret("君山银针一芽一叶初展", (), QUICK))
    with_it = visits.begin(connection, "陈静", WEDNESDAY)

    link(connection, "陈静")

    attempt = sign_in.begin(connection, account="陈静", address="10.0.0.7", now=WEDNESDAY)
    assert attempt is not None and attempt.hash is None
    assert visits.visitor(connection, with_it, WEDNESDAY, LIFETIMES) is None


def test_a_password_of_ones_own_stays(connection: Connection) -> None:
    link(connection)

    attempt = sign_in.begin(connection, account="周凯", address="10.0.0.7", now=WEDNESDAY)

    assert attempt is not None and passwords.matches(attempt.hash or "", PASSWORD, QUICK)


def test_nobody_without_a_link_is_let_in_and_no_account_is_made(connection: Connection) -> None:
    link(connection)
    before = people_store.persons(connection)

    refused = [vouched(connection, "周凯"), vouched(connection, SUBJECT + "0"), vouched(connection, SUBJECT.upper() + " "),
               vouched(connection, issuer="https://another.example")]

    assert refused == [Refused.UNLINKED] * 4 and kinds(account_events.events(connection, most=9)) == ["linked"]
    assert people_store.persons(connection) == before


def test_whoever_is_disabled_locked_or_out_of_office_is_not_let_in(connection: Connection) -> None:
    link(connection)
    for _ in range(5):
        attempt = sign_in.begin(connection, account="周凯", address="10.0.0.7", now=WEDNESDAY)
        assert attempt is not None
        sign_in.conclude(connection, attempt, is_right=False, renewed=None, now=WEDNESDAY)
    locked, later = vouched(connection), vouched(connection, now=WEDNESDAY + 15 * MINUTE)
    accounts.disable(connection, told("安"), "周凯", reason="调离")
    disabled = vouched(connection)
    accounts.enable(connection, told("安"), "周凯", reason="调回")
    people.change(connection, "周凯", until_on=date(2026, 3, 3))

    assert [locked, disabled, vouched(connection)] == [Refused.LOCKED, Refused.DISABLED, Refused.LEFT]
    assert isinstance(later, str)
    assert [detail for kind, *_, detail in told_of(connection) if kind == "sign_in_failed"][5:] == [
        "OIDC, locked, 10.0.0.7", "OIDC, disabled, 10.0.0.7", "OIDC, left, 10.0.0.7"]


def test_a_visit_dies_when_its_account_is_disabled_or_unlinked(connection: Connection) -> None:
    link(connection)
    first = str(vouched(connection))
    account_links.unlink(connection, told("张"), "周凯", issuer=ISSUER)
    unlinked = visits.visitor(connection, first, WEDNESDAY, LIFETIMES), vouched(connection)
    link(connection)
    second = str(vouched(connection))
    accounts.disable(connection, told("安"), "周凯", reason="调离")

    assert unlinked == (None, Refused.UNLINKED) and visits.visitor(connection, second, WEDNESDAY, LIFETIMES) is None
    assert ("unlinked", "周凯", "张", SUBJECT) in told_of(connection)


def test_a_subject_has_one_account_and_an_account_one_subject_of_each_provider(connection: Connection) -> None:
    link(connection)

    with pytest.raises(InvalidInput, match="linked to the account 周凯 already"):
        link(connection, "陈静")
    with pytest.raises(InvalidInput, match=f"linked to “{SUBJECT}” already"):
        link(connection, "周凯", "another")
    link(connection, "陈静", issuer="https://another.example")

    assert {name: row.subject for name, row in account_links.links(connection, ISSUER).items()} == {"周凯": SUBJECT}


def test_only_whoever_keeps_an_account_links_it_and_nobody_his_own(connection: Connection) -> None:
    for by, account in (("安", "周凯"), ("周凯", "陈静"), ("张", "张"), ("谁也不是", "周凯")):
        with pytest.raises(Forbidden):
            link(connection, account, by=by)
    account_links.link(connection, told("张", is_local=True), "张", issuer=ISSUER, subject="boss")
    with pytest.raises(Forbidden):
        account_links.unlink(connection, told("安"), "张", issuer=ISSUER)

    assert list(account_links.links(connection, ISSUER)) == ["张"]


def test_what_cannot_be_linked_is_refused(connection: Connection) -> None:
    for subject in ("", "  ", "x" * 201, "a\nb", "a\x00b", "\u202etxt"):
        with pytest.raises(InvalidInput):
            link(connection, subject=subject)
    with pytest.raises(NotFound):
        link(connection, "谁也不是")
    with pytest.raises(NotFound):
        account_links.unlink(connection, told("张"), "周凯", issuer=ISSUER)


def test_an_attempt_is_ended_once_and_an_address_tries_twenty_times_a_minute(connection: Connection) -> None:
    def ends(state: str, *, address: str = "10.0.0.7", now=WEDNESDAY + 2 * MINUTE) -> Refused | None:
        return vouching.begin(connection, state=state, begun_at=WEDNESDAY, address=address, now=now)

    once, again = ends("a"), ends("a", now=WEDNESDAY + 9 * MINUTE)
    others = [ends(f"state {number}") for number in range(19)]

    assert (once, again, others) == (None, Refused.ENDED, [None] * 19)
    assert ends("one more") is Refused.TOO_MANY and ends("one more", address="10.0.0.8") is None
    assert ends("later", now=WEDNESDAY + 3 * MINUTE) is None


def test_a_success_does_not_count_against_its_address(connection: Connection) -> None:
    link(connection)
    for number in range(30):
        assert vouching.begin(connection, state=str(number), begun_at=WEDNESDAY, address="10.0.0.7", now=WEDNESDAY) is None
        assert isinstance(vouched(connection), str)
