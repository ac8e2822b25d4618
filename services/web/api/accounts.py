"""The API of accounts: a first password, barring and letting in again, tokens of programs.

A password and a token are answered once, where they are given. Those requests take no `Idempotency-Key`: the answer would be
kept, and with it the secret. A token gives no token more than it may do itself.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel
from sqlalchemy import Connection

from engine.case import local_day
from engine.errors import InvalidInput, NotFound
from engine.sentences import say
from services import account_events, account_links, accounts, api_tokens, passwords, people
from services.accounts import Account
from services.administering import Instruction
from services.api_tokens import NewToken, Scope
from services.database import reading as read
from services.database import writing as write
from services.passwords import NO_PASSWORD
from services.store.account_links import LinkRow
from services.store.api_tokens import TokenRow
from services.store.people import PersonRow
from services.web import auth
from services.web.auth import API
from services.web.cursor import after, following
from services.web.describe import SECURITY, answered
from services.web.door import door, issuer, now
from services.web.entering import perform
from services.web.incoming import expect_nothing
from services.web.sent import as_json
from services.web.shapes import accounts as shapes
from services.web.shapes.offers import Asking
from services.web.shapes.people import PersonPath
from services.web.shapes.rulings import Ruling

api = APIBlueprint("accounts", __name__, url_prefix=f"{API}/accounts",
                   abp_tags=[Tag(name="accounts", description="登录账号、接口令牌")], abp_security=SECURITY)

_MOST_EVENTS = 20


@api.get("", summary="List the accounts", operation_id="list_accounts", responses=answered(shapes.Accounts))
def list_accounts(query: shapes.AccountsQuery) -> Response:
    """How each stands at the door, in the order their persons were entered."""
    at = now()
    with read(door().database) as connection:
        found = people.listed(connection, on=local_day(at), after=after(query.after), most=query.limit + 1)
        kept = {each.person.id: each for each in accounts.accounts(connection)}
        valid, linked = _valid(api_tokens.tokens(connection), at), account_links.links(connection, issuer())
    return as_json(shapes.Accounts(
        items=[_summary(each.person, kept.get(each.person.id), linked.get(each.person.id), valid[each.person.id], at)
               for each in found[:query.limit]],
        next=following([each.person.number for each in found], query.limit)))


@api.get("/<id>", summary="Look at an account", operation_id="get_account", responses=answered(shapes.AccountDetails, 404))
def get_account(path: PersonPath) -> Response:
    """With all its tokens, and what has happened to it."""
    with read(door().database) as connection:
        rows = api_tokens.tokens(connection, path.id)
        events = account_events.events(connection, person=path.id, before=None, most=_MOST_EVENTS)
        account = _shown(connection, path.id, now())
    return as_json(shapes.AccountDetails(account=account, tokens=[shapes.AccountToken(**_known(row)) for row in rows],
                                         events=[shapes.AccountEvent.model_validate(each) for each in events]))


@api.post("/<id>/password", summary="设初始密码", operation_id="set_password",
          responses=answered(shapes.FirstPassword, 404, 409))
def set_password(path: PersonPath, header: Asking) -> Response:
    """One that nobody has chosen: all visits of the account end, a lock is lifted, and its owner changes it when he first signs
    in. Nobody sets his own here."""
    expect_nothing()
    given = passwords.first()
    with read(door().database) as connection:
        known = accounts.known_of(connection, path.id)
    kept = passwords.secret(given, known, door().settings.hashing)
    with write(door().database) as connection:
        accounts.set_password(connection, Instruction(by=header.by, now=now()), path.id, kept)
    return as_json(shapes.FirstPassword(account=path.id, password=given))


@api.post("/<id>/disable", summary="停用", operation_id="disable_account", responses=answered(shapes.AccountSummary, 404, 409))
def disable(path: PersonPath, header: Ruling, body: shapes.BarredAccount) -> Response:
    """At once: its visits end and its tokens are revoked."""
    return _do(path, header, lambda connection, told: accounts.disable(connection, told, path.id, reason=body.reason))


@api.post("/<id>/enable", summary="启用", operation_id="enable_account", responses=answered(shapes.AccountSummary, 404, 409))
def enable(path: PersonPath, header: Ruling, body: shapes.BarredAccount) -> Response:
    """With the password it had; its tokens stay revoked."""
    return _do(path, header, lambda connection, told: accounts.enable(connection, told, path.id, reason=body.reason))


@api.post("/<id>/unlock", summary="解锁", operation_id="unlock_account", responses=answered(shapes.AccountSummary, 404, 409))
def unlock(path: PersonPath, header: Ruling) -> Response:
    """Of an account that failed too often."""
    expect_nothing()
    return _do(path, header, lambda connection, told: accounts.unlock(connection, told, path.id))


@api.post("/<id>/link", summary="关联统一身份认证", operation_id="link_account",
          responses=answered(shapes.AccountSummary, 404, 409))
def link(path: PersonPath, header: Ruling, body: shapes.NewLink) -> Response:
    """Whoever unified authentication knows by this subject may sign in to the account. Nobody links his own."""
    return _do(path, header, lambda connection, told: account_links.link(
        connection, told, path.id, issuer=_issuer(path), subject=body.subject))


@api.post("/<id>/unlink", summary="解除统一身份认证", operation_id="unlink_account",
          responses=answered(shapes.AccountSummary, 404, 409))
def unlink(path: PersonPath, header: Ruling) -> Response:
    """Its visits end; its password, if it has one, stays."""
    expect_nothing()
    return _do(path, header, lambda connection, told: account_links.unlink(connection, told, path.id, issuer=_issuer(path)))


@api.post("/<id>/tokens", summary="签发令牌", operation_id="issue_token", responses=answered(shapes.IssuedToken, 404, 409))
def issue_token(path: PersonPath, header: Asking, body: shapes.NewAccountToken) -> Response:
    """For a program that acts for the account, within the scopes and the account's roles."""
    scopes = frozenset(map(Scope, body.scopes))
    _require_own(scopes)
    new = NewToken(person=path.id, name=body.name, scopes=scopes, expires_on=body.expires_on)
    with write(door().database) as connection:
        token, row = api_tokens.issue(connection, new, by=header.by, now=now())
    return as_json(shapes.IssuedToken(**_known(row), token=token))


@api.post("/tokens/<int:id>/revoke", summary="撤销令牌", operation_id="revoke_token",
          responses=answered(shapes.AccountToken, 404, 409))
def revoke_token(path: shapes.TokenPath, header: Ruling) -> Response:
    """Whoever bears it is answered no more, at once."""
    expect_nothing()
    return perform(lambda connection, at: shapes.AccountToken(**_known(
        api_tokens.revoke(connection, path.id, by=header.by, now=at))))


def _issuer(path: PersonPath) -> str:
    if not (named := issuer()):
        raise NotFound("link of account", path.id, "no provider of unified authentication is named; the README says how")
    return named


def _do(path: PersonPath, header: Ruling, command: Callable[[Connection, Instruction], object]) -> Response:
    def do(connection: Connection, at: datetime) -> BaseModel:
        command(connection, Instruction(by=header.by, now=at))
        return _shown(connection, path.id, at)

    return perform(do)


def _require_own(scopes: frozenset[Scope]) -> None:
    bearer = auth.bearer()
    wanting = scopes - bearer.scopes if bearer is not None else frozenset()
    if wanting:
        raise InvalidInput("scopes", say("this token cannot give what it has not: {wanting}",
                                         wanting=tuple(sorted(each.value for each in wanting))))


def _shown(connection: Connection, id: str, at: datetime) -> shapes.AccountSummary:
    person = people.account(connection, id).person
    kept = next((each for each in accounts.accounts(connection) if each.person.id == id), None)
    link = account_links.links(connection, issuer()).get(id)
    return _summary(person, kept, link, _valid(api_tokens.tokens(connection, id), at)[id], at)


def _summary(
    person: PersonRow, kept: Account | None, link: LinkRow | None, tokens: int, at: datetime,
) -> shapes.AccountSummary:
    secret = kept.secret if kept else None
    has_password = secret is not None and secret.hash != NO_PASSWORD.hash
    return shapes.AccountSummary(
        id=person.id, name=person.name, unit=person.unit, tokens=tokens, subject=link.subject if link else None,
        access=accounts.access(kept, at, is_linked=link is not None).value,
        password_changed_at=secret.changed_at if secret and has_password else None,
        locked_until=secret.locked_until if secret else None, disabled_at=secret.disabled_at if secret else None,
        disabled_by=secret.disabled_by if secret else None)


def _valid(rows: list[TokenRow], at: datetime) -> Counter[str]:
    """How many tokens of each account are in force."""
    today = local_day(at).isoformat()
    return Counter(row.person for row in rows if row.revoked_at is None and today <= row.expires_on)


def _known(row: TokenRow) -> dict[str, Any]:
    known = {name: value for name, value in row._asdict().items() if name != "digest"}
    return {**known, "scopes": row.scopes.split(",")}
