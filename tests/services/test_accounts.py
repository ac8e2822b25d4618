"""Signing in and out, locks, passwords, who bars whom; and that all of it is written down."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from sqlalchemy import Connection

from engine.errors import Forbidden, InvalidInput, NotFound
from services import account_events, accounts, api_tokens, passwords, people, sign_in, visits
from services.administering import Entry, Instruction
from services.api_tokens import NewToken, Scope
from services.passwords import secret
from services.people import NewGrant, NewPerson
from tests.services.desk import WEDNESDAY
from tests.services.staff import PASSWORD, QUICK, SECRET, enter, hire, kinds
from tests.services.test_visits import LIFETIMES

MINUTE = timedelta(minutes=1)
OTHER = secret("君山银针一芽一叶初展", (), QUICK)


def told(by: str) -> Instruction:
    return Instruction(by=by, now=WEDNESDAY)


def enters(
    connection: Connection, account: str, password: str = PASSWORD, *, now=WEDNESDAY, address: str = "10.0.0.7",
) -> str | None:
    """Somebody signs in as a door lets him; the token of his visit."""
    attempt = sign_in.begin(connection, account=account, address=address, now=now)
    if attempt is None:
        return None
    is_right = passwords.matches(attempt.hash or passwords.nobodys(QUICK), password, QUICK)
    return sign_in.conclude(connection, attempt, is_right=is_right, renewed=None, now=now)


def told_kinds(connection: Connection) -> list[str]:
    return kinds(account_events.events(connection, most=100))


def test_whoever_says_his_password_is_let_in(connection: Connection) -> None:
    hire(connection, "周凯")

    token = enters(connection, " 周凯 ")

    assert token is not None and told_kinds(connection) == ["signed_in"]
    visitor = visits.visitor(connection, token, WEDNESDAY, LIFETIMES)
    assert visitor is not None and visitor.id == "周凯"


def test_nobody_else_is_let_in(connection: Connection) -> None:
    hire(connection, "周凯"), enter(connection, "无密码")
    hire(connection, "离任"), people.change(connection, "离任", until_on=date(2026, 3, 3))

    assert enters(connection, "周凯", PASSWORD + "x") is None
    assert enters(connection, "周凯", "") is None
    assert [enters(connection, account) for account in ("无密码", "离任", "谁也不是", "", "x" * 5000)] == [None] * 5
    assert told_kinds(connection) == ["sign_in_failed"] * 2


def test_an_account_is_locked_after_five_failures_for_a_quarter_of_an_hour(connection: Connection) -> None:
    hire(connection, "周凯")
    for _ in range(5):
        enters(connection, "周凯", "wrong")

    locked = [enters(connection, "周凯", now=WEDNESDAY + wait) for wait in (0 * MINUTE, 14 * MINUTE)]
    later = enters(connection, "周凯", now=WEDNESDAY + 15 * MINUTE)

    assert locked == [None, None] and later is not None
    assert told_kinds(connection) == ["sign_in_failed"] * 5 + ["locked", "signed_in"]


def test_trying_while_it_lasts_does_not_prolong_a_lock(connection: Connection) -> None:
    hire(connection, "周凯")
    for minute in (0, 0, 0, 0, 0, 5, 10, 14):
        enters(connection, "周凯", "wrong", now=WEDNESDAY + minute * MINUTE)

    assert enters(connection, "周凯", now=WEDNESDAY + 15 * MINUTE) is not None


def test_a_success_forgives_the_failures_before_it(connection: Connection) -> None:
    hire(connection, "周凯")
    for _ in range(3):
        for _ in range(4):
            enters(connection, "周凯", "wrong")

        assert enters(connection, "周凯") is not None


def test_five_tries_at_once_are_five(connection: Connection) -> None:
    """A try counts before it is compared: the sixth that comes meanwhile is compared with nobody's hash."""
    hire(connection, "周凯")

    tries = [sign_in.begin(connection, account="周凯", address="10.0.0.7", now=WEDNESDAY) for _ in range(6)]

    assert [each.hash == SECRET.hash for each in tries if each] == [True] * 5 + [False]


def test_an_address_fails_twenty_times_a_minute_and_its_successes_do_not_count(connection: Connection) -> None:
    hire(connection, "周凯")
    for _ in range(30):
        assert enters(connection, "周凯") is not None
    for number in range(20):
        enters(connection, f"猜{number}")

    assert sign_in.begin(connection, account="周凯", address="10.0.0.7", now=WEDNESDAY) is None
    assert enters(connection, "周凯", address="10.0.0.8") is not None
    assert enters(connection, "周凯", now=WEDNESDAY + MINUTE) is not None


def test_a_password_changed_while_it_was_compared_lets_nobody_in(connection: Connection) -> None:
    hire(connection, "张", "system_admin"), hire(connection, "周凯")
    attempt = sign_in.begin(connection, account="周凯", address="10.0.0.7", now=WEDNESDAY)
    assert attempt is not None
    accounts.set_password(connection, told("张"), "周凯", OTHER)

    assert sign_in.conclude(connection, attempt, is_right=True, renewed=None, now=WEDNESDAY) is None


def test_who_is_disabled_is_out_at_once_with_all_visits_and_tokens(connection: Connection) -> None:
    hire(connection, "张", "system_admin"), hire(connection, "周凯")
    tokens = [enters(connection, "周凯") for _ in range(2)]
    program, _ = api_tokens.issue(connection, NewToken(person="周凯", name="x", scopes=frozenset({Scope.READ}),
                                                       expires_on=date(2026, 6, 30)), by="周凯", now=WEDNESDAY)

    disabled = accounts.disable(connection, told("张"), "周凯", reason="调离")

    assert disabled.secret.disabled_by == "张"
    assert [visits.visitor(connection, str(token), WEDNESDAY, LIFETIMES) for token in tokens] == [None, None]
    assert api_tokens.bearer(connection, program, WEDNESDAY) is None and enters(connection, "周凯") is None
    accounts.enable(connection, told("张"), "周凯", reason="调回")
    assert enters(connection, "周凯") is not None
    assert [visits.visitor(connection, str(token), WEDNESDAY, LIFETIMES) for token in tokens] == [None, None]
    assert api_tokens.bearer(connection, program, WEDNESDAY) is None


def test_an_account_that_only_has_tokens_can_be_disabled(connection: Connection) -> None:
    hire(connection, "张", "system_admin"), enter(connection, "接口")
    program, _ = api_tokens.issue(connection, NewToken(person="接口", name="x", scopes=frozenset({Scope.READ}),
                                                       expires_on=date(2026, 6, 30)), by="张", now=WEDNESDAY)

    accounts.disable(connection, told("张"), "接口", reason="停用")
    disabled = api_tokens.bearer(connection, program, WEDNESDAY)
    accounts.enable(connection, told("张"), "接口", reason="启用")

    assert disabled is None and enters(connection, "接口", "") is None


def test_a_password_set_by_another_has_to_be_changed_and_ends_the_visits(connection: Connection) -> None:
    hire(connection, "张", "system_admin"), hire(connection, "周凯")
    token = enters(connection, "周凯")

    changed = accounts.set_password(connection, told("张"), "周凯", OTHER)

    assert changed.secret.must_change
    assert visits.visitor(connection, str(token), WEDNESDAY, LIFETIMES) is None and enters(connection, "周凯") is None


def test_ones_own_password_is_set_without_the_old_one_at_the_machine_only(connection: Connection) -> None:
    hire(connection, "张", "system_admin")
    machine = Instruction(by="张", now=WEDNESDAY, is_local=True)

    at_the_machine = accounts.set_password(connection, machine, "张", OTHER)

    assert not at_the_machine.secret.must_change
    with pytest.raises(Forbidden, match="your own"):
        accounts.set_password(connection, told("张"), "张", SECRET)


def test_who_changes_his_password_stays_here_and_is_out_everywhere_else(connection: Connection) -> None:
    hire(connection, "周凯")
    elsewhere = enters(connection, "周凯")

    token = accounts.change_password(connection, "周凯", OTHER, now=WEDNESDAY)

    assert visits.visitor(connection, token, WEDNESDAY, LIFETIMES) is not None
    assert visits.visitor(connection, str(elsewhere), WEDNESDAY, LIFETIMES) is None
    assert told_kinds(connection) == ["signed_in", "password_changed"]


def test_an_administrator_lifts_a_lock(connection: Connection) -> None:
    hire(connection, "安", "security_admin"), hire(connection, "周凯")
    for _ in range(5):
        enters(connection, "周凯", "wrong")
    locked = next(each for each in accounts.accounts(connection) if each.person.id == "周凯")

    accounts.unlock(connection, told("安"), "周凯")

    assert locked.is_locked(WEDNESDAY) and enters(connection, "周凯") is not None


def test_who_may_set_a_password_bar_and_unlock(connection: Connection) -> None:
    hire(connection, "张", "system_admin"), hire(connection, "安", "security_admin"), hire(connection, "审", "audit_admin")
    hire(connection, "孙", "department_admin"), hire(connection, "吴", "department_admin", unit="市税务局")
    hire(connection, "李", "clerk"), hire(connection, "周凯", "clerk")
    allowed = {
        "张": {"password", "disable", "unlock"},  # 系统管理员
        "安": {"disable", "unlock"},  # 安全管理员
        "审": set(),  # 审计管理员 reads
        "孙": {"password", "disable", "unlock"},  # 部门管理员 of the same unit
        "吴": set(),  # 部门管理员 of another
        "李": set(),  # a colleague
        "周凯": set(),  # himself: his own page asks for the old one first
    }

    done = {by: {name for name, act in (
        ("password", lambda by=by: accounts.set_password(connection, told(by), "周凯", OTHER)),
        ("unlock", lambda by=by: accounts.unlock(connection, told(by), "周凯")),
        ("disable", lambda by=by: accounts.disable(connection, told(by), "周凯", reason="x"))) if _is_allowed(act)}
        for by in allowed}

    assert done == allowed


def _is_allowed(act) -> bool:  # type: ignore[no-untyped-def]
    try:
        act()
    except Forbidden:
        return False
    return True


def test_a_department_administrator_does_not_touch_who_reaches_beyond_the_department(connection: Connection) -> None:
    hire(connection, "孙", "department_admin"), hire(connection, "张", "system_admin")

    for act in (lambda: accounts.set_password(connection, told("孙"), "张", OTHER),
                lambda: accounts.disable(connection, told("孙"), "张", reason="x")):
        assert not _is_allowed(act)


def test_an_office_gets_its_first_administrator_once(connection: Connection) -> None:
    entry = Entry(person=NewPerson(id="张敏", name="张敏", unit="市数据局", since_on=date(2026, 3, 4)),
                  grants=(NewGrant(person="张敏", role="system_admin", since_on=date(2026, 3, 4)),))
    machine = Instruction(by="command line", now=WEDNESDAY, is_local=True)

    accounts.found(connection, machine, entry, SECRET)

    assert enters(connection, "张敏") is not None and told_kinds(connection) == ["founded", "signed_in"]
    with pytest.raises(Forbidden, match="has a system administrator"):
        accounts.found(connection, machine, entry, SECRET)


def test_an_account_that_is_not_there_and_a_reason_that_is_missing(connection: Connection) -> None:
    hire(connection, "张", "system_admin"), enter(connection, "无密码"), hire(connection, "周凯")

    for act in (lambda: accounts.set_password(connection, told("张"), "谁", OTHER),
                lambda: accounts.disable(connection, told("张"), "谁", reason="x"),
                lambda: accounts.unlock(connection, told("张"), "无密码")):
        with pytest.raises(NotFound):
            act()
    with pytest.raises(InvalidInput):
        accounts.disable(connection, told("张"), "周凯", reason=" ")


def test_what_happened_is_read_page_by_page_the_latest_first(connection: Connection) -> None:
    hire(connection, "张", "system_admin"), hire(connection, "周凯")
    enters(connection, "周凯"), enters(connection, "张"), accounts.disable(connection, told("张"), "周凯", reason="调离")

    first = account_events.events(connection, most=2)
    rest = account_events.events(connection, before=first[-1].id, most=2)

    assert [(row.id, row.kind, row.person, row.by) for row in (*first, *rest)] == [
        (3, "disabled", "周凯", "张"), (2, "signed_in", "张", "张"), (1, "signed_in", "周凯", "周凯")]
    assert kinds(account_events.events(connection, person="周凯", most=9)) == ["signed_in", "disabled"]
    assert {kind.value for kind in account_events.Kind} == {kind.value for kind in account_events.NAMES}


