"""Tokens of programs that act for an account."""

from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Connection, text

from engine.errors import Forbidden, InvalidInput, NotFound
from services import account_events, api_tokens, people
from services.api_tokens import NewToken, Scope
from tests.services.desk import WEDNESDAY
from tests.services.staff import enter, hire, kinds

JUNE = date(2026, 6, 30)


def new(person: str = "接口", **given: object) -> NewToken:
    return NewToken(**({"person": person, "name": "省平台", "scopes": frozenset({Scope.READ, Scope.WORK}), "expires_on": JUNE}
                       | given))  # type: ignore[arg-type]


def test_a_token_is_its_accounts_with_its_scopes_and_roles(connection: Connection) -> None:
    token, row = api_tokens.issue(connection, new(enter(connection, "接口", "clerk")), by="接口", now=WEDNESDAY)

    bearer = api_tokens.bearer(connection, token, WEDNESDAY)

    assert bearer is not None and token.startswith("jiban_") and row.scopes == "read,work"
    assert (bearer.person, bearer.scopes, bearer.roles) == ("接口", {Scope.READ, Scope.WORK}, {"clerk"})
    assert token not in repr(connection.execute(text("SELECT * FROM api_token")).all())
    assert kinds(account_events.events(connection, most=9)) == ["token_issued"]


def test_a_token_ends_with_its_last_day_in_shanghai(connection: Connection) -> None:
    token, _ = api_tokens.issue(connection, new(enter(connection, "接口")), by="接口", now=WEDNESDAY)

    assert api_tokens.bearer(connection, token, datetime(2026, 6, 30, 15, 59, tzinfo=UTC)) is not None
    assert api_tokens.bearer(connection, token, datetime(2026, 6, 30, 16, 0, tzinfo=UTC)) is None


def test_a_token_does_nothing_once_revoked_or_once_its_account_has_left(connection: Connection) -> None:
    enter(connection, "接口")
    first, row = api_tokens.issue(connection, new(), by="接口", now=WEDNESDAY)
    second, _ = api_tokens.issue(connection, new(), by="接口", now=WEDNESDAY)

    api_tokens.revoke(connection, row.id, by="接口", now=WEDNESDAY)
    again = api_tokens.revoke(connection, row.id, by="接口", now=WEDNESDAY + timedelta(days=1))
    revoked, lasting = (api_tokens.bearer(connection, token, WEDNESDAY) for token in (first, second))
    people.change(connection, "接口", until_on=date(2026, 3, 3))

    assert revoked is None and lasting is not None and again.revoked_at == WEDNESDAY
    assert api_tokens.bearer(connection, second, WEDNESDAY) is None


def test_only_its_owner_and_who_keeps_the_account_issue_and_revoke(connection: Connection) -> None:
    enter(connection, "接口"), hire(connection, "张", "system_admin"), hire(connection, "周", "clerk"), hire(
        connection, "安", "security_admin")

    _, row = api_tokens.issue(connection, new(), by="张", now=WEDNESDAY)

    for stranger in ("周", "安"):
        with pytest.raises(Forbidden):
            api_tokens.issue(connection, new(), by=stranger, now=WEDNESDAY)
    with pytest.raises(Forbidden):
        api_tokens.revoke(connection, row.id, by="周", now=WEDNESDAY)
    assert api_tokens.revoke(connection, row.id, by="安", now=WEDNESDAY).revoked_at == WEDNESDAY


@pytest.mark.parametrize(("given", "field"), [
    ({"name": " "}, "name"), ({"name": "a\nb"}, "name"), ({"scopes": frozenset()}, "scopes"),
    ({"expires_on": date(2026, 3, 3)}, "expires_on"), ({"expires_on": date(2027, 3, 6)}, "expires_on"),
])
def test_a_token_says_what_it_is_for_and_until_when(connection: Connection, given: dict[str, object], field: str) -> None:
    enter(connection, "接口")

    with pytest.raises(InvalidInput) as refusal:
        api_tokens.issue(connection, new(**given), by="接口", now=WEDNESDAY)

    assert refusal.value.field == field


def test_nobody_has_no_token(connection: Connection) -> None:
    with pytest.raises(NotFound):
        api_tokens.issue(connection, new(), by="接口", now=WEDNESDAY)
    with pytest.raises(NotFound):
        api_tokens.revoke(connection, 7, by="接口", now=WEDNESDAY)
    assert api_tokens.bearer(connection, "jiban_x", WEDNESDAY) is None
