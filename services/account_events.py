"""What happened to accounts, written down once and never changed: for the audit administrator 审计管理员.

Their numbers have no gap: a line that was taken away is missed.
"""

from __future__ import annotations

from datetime import datetime
from enum import Enum

from sqlalchemy import Connection

from services.store import accounts as store
from services.store import writing
from services.store.accounts import EventRow


class Kind(Enum):
    """What can happen to an account, with the words of the pages."""

    FOUNDED = "founded"  # the first administrator, entered at the machine
    PASSWORD_SET = "password_set"  # by somebody else, who knows it until it is changed
    PASSWORD_CHANGED = "password_changed"  # by himself
    LINKED = "linked"  # to whom the provider of unified authentication knows
    UNLINKED = "unlinked"
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    LOCKED = "locked"  # after so many failures, for a while
    UNLOCKED = "unlocked"
    SIGNED_OUT = "signed_out"
    DISABLED = "disabled"
    ENABLED = "enabled"
    TOKEN_ISSUED = "token_issued"
    TOKEN_REVOKED = "token_revoked"


NAMES = {
    Kind.FOUNDED: "设立首位管理员", Kind.PASSWORD_SET: "设置密码", Kind.PASSWORD_CHANGED: "修改密码",
    Kind.LINKED: "关联统一身份认证", Kind.UNLINKED: "解除统一身份认证", Kind.SIGNED_IN: "登录",
    Kind.SIGN_IN_FAILED: "登录失败", Kind.LOCKED: "锁定", Kind.UNLOCKED: "解锁", Kind.SIGNED_OUT: "退出", Kind.DISABLED: "停用",
    Kind.ENABLED: "启用", Kind.TOKEN_ISSUED: "签发接密码牌", Kind.TOKEN_REVOKED: "吊销接密码牌",
}

_LONGEST = 500


def record(connection: Connection, kind: Kind, person: str, *, by: str, now: datetime, detail: str = "") -> None:
    """Write down what happens to an account. Last in a transaction: its number is everybody's."""
    store.insert_event(connection, EventRow(
        id=writing.next_number(connection, "account_event"), at=now, kind=kind.value, person=person, by=by,
        detail=detail[:_LONGEST]))


def events(connection: Connection, *, person: str | None = None, before: int | None = None, most: int) -> list[EventRow]:
    """What happened, the latest first, before a number; `person` None: to all accounts."""
    return store.events_page(connection, person=person, before=before, most=most)
