"""Signing in by unified authentication 统一身份认证: the way to the provider, and the way back.

Both are GET, as the protocol has it, and the way back writes: that is no other site's to cause, since only the browser that has
begun has the cookie from which the state is made, once. The provider is asked between two transactions, never within one.
"""

from __future__ import annotations

import hmac
import logging
import re
from collections.abc import Mapping
from datetime import datetime

from flask import Blueprint, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from services import accounts, throttling, vouching
from services.database import writing as write
from services.oidc import attempt
from services.oidc.attempt import LASTING, Attempt
from services.oidc.client import Client
from services.oidc.faults import ProviderUnreachable, TokenRefused
from services.vouching import Refused
from services.web import visiting
from services.web.door import door, now
from services.web.frame import text
from services.web.pages import sign_in
from services.web.words import UNIT_ADMINS

pages = Blueprint("oidc", __name__)

COOKIE = "jiban_oidc"
_LONGEST_CODE = 2000
_LOG = logging.getLogger(__name__)


@pages.get("/sign-in/oidc")
def begin() -> Response | tuple[str, int]:
    """To the provider; whoever is signed in already goes on."""
    client, wanted, at = _client(), visiting.local(request.args.get("next")), now()
    if visiting.present() is not None:
        return redirect(wanted, 303)
    begun = attempt.begin(wanted, at)
    try:
        answer = redirect(client.address(begun, at, anew="anew" in request.args), 303)
    except ProviderUnreachable as error:
        _LOG.warning("unified authentication is not reached: %s", error)
        return sign_in.shown(wanted, fault=_unreachable()), 503
    answer.set_cookie(COOKIE, attempt.written(begun), max_age=LASTING, httponly=True, samesite="Lax", secure=request.is_secure,
                      path=url_for(".begin"))
    return answer


@pages.get("/sign-in/oidc/return")
def arrive() -> Response:
    """Back from the provider: let in whom it vouches for, and on to the page he wanted. The attempt is over either way."""
    client, at = _client(), now()
    begun = attempt.read(request.cookies.get(COOKIE, ""))
    if begun is not None and _is_its_answer(begun, at):
        answer = _ended(client, begun, at)
    else:
        answer = _refused(url_for("home.index"), _stale(), 403)
    answer.delete_cookie(COOKIE, httponly=True, samesite="Lax", secure=request.is_secure, path=url_for(".begin"))
    return answer


def _client() -> Client:
    """Raises NotFound (HTTP) where no provider is named."""
    return door().vouching or abort(404)


def _is_its_answer(begun: Attempt, at: datetime) -> bool:
    """Does this answer what this browser has asked, in time?"""
    given = request.args.get("state", "")
    return begun.lasts(at) and hmac.compare_digest(given.encode("utf-8", "replace"), begun.state.encode())


def _ended(client: Client, begun: Attempt, at: datetime) -> Response:
    """The attempt is over: let in whom the provider vouches for."""
    wanted, address = visiting.local(begun.wanted), throttling.network(request.remote_addr)
    with write(door().database) as connection:
        refused = vouching.begin(connection, state=begun.state, begun_at=begun.begun_at, address=address, now=at)
    if refused is not None:
        return _not_let_in(wanted, refused)
    code, issuer = request.args.get("code", ""), client.provider.issuer
    if "error" in request.args or not 0 < len(code) <= _LONGEST_CODE or request.args.get("iss", issuer) != issuer:
        return _denied(wanted, request.args)
    try:
        subject = client.subject(code, begun, at)
    except ProviderUnreachable as error:
        _LOG.warning("unified authentication is not reached: %s", error)
        return _refused(wanted, _unreachable(), 503)
    except TokenRefused as error:
        _LOG.warning("unified authentication is not believed: %s", error)
        return _refused(wanted, _not_believed(), 502)
    token = _token(issuer, subject, address, at)
    return _not_let_in(wanted, token, subject) if isinstance(token, Refused) else visiting.let_in(redirect(wanted, 303), token)


def _token(issuer: str, subject: str, address: str, counted_at: datetime) -> str | Refused:
    """Of the visit that begins; the one before, in this browser, ends."""
    with write(door().database) as connection:
        token = vouching.conclude(connection, issuer=issuer, subject=subject, address=address, counted_at=counted_at, now=now())
        if isinstance(token, str) and (before := visiting.present()) is not None:
            accounts.sign_out(connection, visiting.token(), before.id, now=now())
    return token


def _denied(wanted: str, said: Mapping[str, str]) -> Response:
    """The provider sends back without vouching (RFC 6749 §4.1.2.1), or somebody else does in its name (RFC 9207)."""
    if said.get("error") == "access_denied":
        return _refused(wanted, text("您在统一身份认证取消了登录，或者没有同意。可以重新登录。"), 403)
    code = said.get("error", "")
    _LOG.warning("unified authentication does not vouch: %s", code if re.fullmatch("[a-z_]{1,40}", code) else "no code")
    return _refused(wanted, _not_believed(), 502)


def _not_let_in(wanted: str, refused: Refused, subject: str = "") -> Response:
    match refused:
        case Refused.TOO_MANY:
            answer = _refused(wanted, sign_in.too_many(), 429)
            answer.headers["Retry-After"] = str(throttling.wait_seconds(now()))
            return answer
        case Refused.ENDED:
            return _refused(wanted, _stale(), 403)
        case Refused.UNLINKED:
            words = text("统一身份认证已确认您的身份，但还没有账号与它关联。请把标识“{subject}”告诉{keepers}，"
                         "由其在“登录账号”里关联到您的账号。").format(subject=subject, keepers=text(UNIT_ADMINS))
        case Refused.LOCKED:
            words = text("您的账号因连续输错密码暂停登录，过一会儿自动恢复；急用请找本单位的管理员解锁。")
        case Refused.DISABLED:
            words = text("您的账号已停用，不能登录。如有疑问请找本单位的管理员。")
        case Refused.LEFT:
            words = text("您的账号不在岗位有效期内，不能登录。如有疑问请找本单位的管理员。")
    return _refused(wanted, words, 403)


def _refused(wanted: str, words: str, status: int) -> Response:
    return Response(sign_in.shown(wanted, fault=words, anew=True), status, content_type="text/html; charset=utf-8")


def _unreachable() -> str:
    return text("暂时联系不上统一身份认证。请稍后再试，或者用本系统的账号和密码登录；一直如此请告诉系统管理员。")


def _not_believed() -> str:
    return text("统一身份认证的答复没有通过校验，没有登录。请重新登录；再次出现请告诉系统管理员查看服务器日志。")


def _stale() -> str:
    return text("这次登录已经用过、超过{minutes}分钟，或者不是在这个浏览器里开始的。请重新登录。").format(
        minutes=LASTING.seconds // 60)
