"""Signing in and out, and changing one's password."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from services import accounts, passwords, sign_in, throttling
from services.database import reading as read
from services.database import writing as write
from services.passwords import PasswordRefused, Secret
from services.sign_in import LOCKED_FOR, TRIES, Attempt
from services.web import visiting
from services.web.door import door, now
from services.web.frame import text
from services.web.visiting import visitor
from services.web.words.refusals import reason_in_chinese

pages = Blueprint("sign_in", __name__)


@pages.get("/sign-in")
def form() -> Response | str:
    """The form; whoever is signed in already goes on."""
    wanted = visiting.local(request.args.get("next"))
    return redirect(wanted, 303) if visiting.present() is not None else shown(wanted, anew="left" in request.args)


@pages.post("/sign-in")
def enter() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Let in whoever says his account and password; on to the page he wanted."""
    account, wanted = request.form.get("account", "")[:200], visiting.local(request.form.get("next"))
    attempt = _begin(account)
    if attempt is None:
        return shown(wanted, account=account, fault=too_many()), 429, _wait()
    is_right, renewed = _compare(attempt, request.form.get("password", ""))
    with write(door().database) as connection:
        token = sign_in.conclude(connection, attempt, is_right=is_right, renewed=renewed, now=now())
        if token is not None and (before := visiting.present()) is not None:
            accounts.sign_out(connection, visiting.token(), before.id, now=now())
    if token is None:
        return shown(wanted, account=account, fault=_refusal()), 422
    return visiting.let_in(redirect(wanted, 303), token)


@pages.post("/sign-out")
def leave() -> Response:
    """The visit ends."""
    with write(door().database) as connection:
        accounts.sign_out(connection, visiting.token(), visitor().id, now=now())
    return visiting.let_go(redirect(url_for(".form", left=1 if door().vouching is not None else None), 303))


@pages.get("/password")
def password() -> str:
    """The form to change one's password."""
    return _password(done=text("密码已修改，其他地方的登录都已退出。") if request.args.get("changed") else "")


@pages.post("/password")
def change_password() -> Response | tuple[str, int] | tuple[str, int, dict[str, str]]:
    """Change it: all visits end but this one, which gets a new token."""
    chosen, again = request.form.get("new_password", ""), request.form.get("new_password_again", "")
    if chosen != again:
        return _password(again=text("两次输入的新密码不一致，请重新输入")), 422
    attempt = _begin(visitor().id)
    if attempt is None:
        return _password(current=too_many()), 429, _wait()
    is_right, _ = _compare(attempt, request.form.get("password", ""))
    with write(door().database) as connection:
        if not sign_in.confirm(connection, attempt, is_right=is_right, now=now()):
            is_right = False
    if not is_right:
        return _password(current=_refusal_of_password()), 422
    if passwords.matches(attempt.hash or "", chosen, door().settings.hashing):
        return _password(new=text("新密码与现在的密码相同，请换一个")), 422
    try:
        secret = _secret(chosen)
    except PasswordRefused as refused:
        return _password(new=reason_in_chinese(refused)), 422
    with write(door().database) as connection:
        token = accounts.change_password(connection, visitor().id, secret, now=now())
    return visiting.let_in(redirect(url_for(".password", changed=1), 303), token)


def shown(wanted: str, *, account: str = "", fault: str = "", anew: bool = False) -> str:
    """The form to sign in. `anew`: somebody has just left or was not let in, so that unified authentication 统一身份认证 is to
    ask who is there now: it may still know the one before."""
    return render_template("sign_in.html", next=wanted, account=account, fault=fault, elsewhere=_elsewhere(),
                           anew=1 if anew else None)


def too_many() -> str:
    """What somebody is told who has tried too often in this minute."""
    return text("尝试过于频繁，请{seconds}秒后再试。").format(seconds=throttling.wait_seconds(now()))


def _elsewhere() -> str:
    """What the button of unified authentication says; "" where there is none."""
    client = door().vouching
    return (client.provider.label or text("统一身份认证登录")) if client is not None else ""


def _begin(account: str) -> Attempt | None:
    with write(door().database) as connection:
        return sign_in.begin(connection, account=account, address=throttling.network(request.remote_addr), now=now())


def _compare(attempt: Attempt, password: str) -> tuple[bool, Secret | None]:
    """Is it the password? In no transaction: it takes a tenth of a second. And the same at the cost of today, when that has
    changed."""
    cost = door().settings.hashing
    is_right = passwords.matches(attempt.hash or passwords.nobodys(cost), password, cost) and attempt.hash is not None
    return is_right, passwords.renewed(attempt.hash, password, cost) if is_right and attempt.hash is not None else None


def _secret(chosen: str) -> Secret:
    with read(door().database) as connection:
        known = accounts.known_of(connection, visitor().id)
    return passwords.secret(chosen, known, door().settings.hashing, field="new_password")


def _password(*, current: str = "", new: str = "", again: str = "", done: str = "") -> str:
    """The form; what is wrong at each of its fields. What was typed into it is not shown again, by the nature of it."""
    return render_template("password.html", faults={"current": current, "new": new, "again": again}, done=done,
                           shortest=passwords.SHORTEST, must_change=visitor().must_change, elsewhere=_elsewhere())


def _refusal() -> str:
    return text("账号或密码不正确。连续{tries}次不正确，该账号暂停登录{minutes}分钟；忘记密码请找本单位的管理员重置。").format(
        tries=TRIES, minutes=LOCKED_FOR.seconds // 60)


def _refusal_of_password() -> str:
    return text("现在的密码不正确。连续{tries}次不正确，暂停{minutes}分钟。").format(
        tries=TRIES, minutes=LOCKED_FOR.seconds // 60)


def _wait() -> dict[str, str]:
    return {"Retry-After": str(throttling.wait_seconds(now()))}
