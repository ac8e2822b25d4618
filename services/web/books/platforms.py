"""平台对接: the upstream platforms of the shelf, what has come from them, the secrets they sign with, what their codes mean."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from engine.case import local_day
from engine.platforms import Ask, Platform
from services.administering import Instruction
from services.deliveries import platform_endpoints
from services.platforms import shared_secrets
from services.store import endpoints
from services.store import platforms as store
from services.store.platforms import NOTHING_CAME, SecretRow
from services.web import frame
from services.web.admission import CONNECTORS
from services.web.books.book import Act, Asked, Book, Row, Said, Section, at
from services.web.books.forms import asking, chosen, key_number, one_of
from services.web.books.shelves import KEEPERS, WIRE
from services.web.books.wire_words import KIND_NAMES
from services.web.fields import Schema

ASKS: dict[Ask, str] = {
    Ask.NOTE: "只记录", Ask.MESSAGE: "转给等待的办件", Ask.TASK: "申请人环节已办", Ask.WITHDRAWAL: "撤件，待人确认",
    Ask.PERSON: "由人处理"}
"""What something that comes in asks of us."""

_COUNTED = timedelta(days=30)
_UNUSED = "未启用"
_SECRETS = ("编号", "签发", "停用")
_CODES = ("状态码", "名称", "收到时", "回传时")


def _rows(asked: Asked) -> Sequence[Row]:
    received, forged = store.received(asked.connection), _forged(asked)
    secrets = store.secrets(asked.connection)
    return [_row(each, received.get(each.name, NOTHING_CAME), forged.get(each.name, 0),
                 sum(row.platform == each.name and row.ended_at is None for row in secrets))
            for each in asked.office.platforms.values()]


def _row(platform: Platform, came: store.Received, forged: int, live: int) -> Row:
    acts = (*(("issue",) if live < shared_secrets.MOST else ()), *(("end",) if live else ()), "answer")
    return Row(key=platform.name, acts=acts, tag="" if live else _UNUSED, cells=(
        platform.title, platform.name, str(came.applications), at(came.last_application_at) or "—",
        at(came.last_callback_at) or "—", str(live), str(forged)))


def _forged(asked: Asked) -> dict[str, int]:
    counted: dict[str, int] = {}
    for row in store.tallies(asked.connection, (local_day(asked.now) - _COUNTED).isoformat()):
        counted[row.platform] = counted.get(row.platform, 0) + row.times
    return counted


def _details(asked: Asked) -> Sequence[Section]:
    platform = shared_secrets.known(asked.office.platforms, asked.key)
    secrets = [row for row in store.secrets(asked.connection) if row.platform == platform.name]
    return [
        Section(title=frame.text("密钥"), columns=_SECRETS, rows=tuple(
            (str(row.id), f"{row.issued_by} {at(row.issued_at)}", f"{row.ended_by} {at(row.ended_at)}" if row.ended_at else "")
            for row in secrets)),
        Section(title=frame.text("状态码"), columns=_CODES, rows=tuple(
            (code, name, frame.text(ASKS[_asked_by(platform, code)]), "、".join(_facts(platform, code)))
            for code, name in platform.codes.items()))]


def _asked_by(platform: Platform, code: str) -> Ask:
    found = platform.callback.codes.get(code)
    return found.ask if found is not None else Ask.PERSON


def _facts(platform: Platform, code: str) -> list[str]:
    kinds = dict.fromkeys(rule.fact for rule in platform.rules if rule.code == code)
    return [frame.text(KIND_NAMES.get(kind, kind)) for kind in kinds]


def _issue(asked: Asked, said: Said) -> Sequence[Section]:
    row = shared_secrets.issue(asked.connection, asked.office.platforms, asked.key, by=asked.by, now=asked.now)
    return [Section(title=frame.text("{platform}的密钥").format(platform=asked.key), secret=row.secret,
                    note=frame.text("请交给平台一方用于签名，不要通过公开渠道传送。"))]


def _end_form(asked: Asked) -> Schema:
    live: list[SecretRow] = store.live_secrets(asked.connection, asked.key)
    return asking(("secret",), secret=one_of("密钥", {
        str(row.id): frame.text("第{id}号，{at}签发").format(id=row.id, at=at(row.issued_at)) for row in live}))


def _end(asked: Asked, said: Said) -> None:
    live = {str(row.id) for row in store.live_secrets(asked.connection, asked.key)}
    shared_secrets.end(asked.connection, asked.key, key_number(chosen(said, "secret", live)), by=asked.by, now=asked.now)


def _answer_form(asked: Asked) -> Schema:
    return asking(("endpoint",), endpoint=one_of("推送地址", _free(asked), "请先在推送地址中为该平台单独登记"))


def _free(asked: Asked) -> dict[str, str]:
    """The endpoints that are told nothing yet."""
    told = {row.endpoint for row in endpoints.subscriptions(asked.connection)}
    return {str(row.id): f"{row.name} {row.url}" for row in endpoints.endpoints(asked.connection)
            if row.retired_at is None and row.id not in told}


def _answer(asked: Asked, said: Said) -> None:
    endpoint = key_number(chosen(said, "endpoint", _free(asked)))
    platform_endpoints.answer(asked.connection, asked.office, Instruction(by=asked.by, now=asked.now), endpoint, asked.key)


BOOK = Book(
    name="platforms", title="平台对接",
    note="上级平台（一网通办、工改系统）推送申请和回调，收回办理状态；字段和状态码由平台文件规定。",
    shelf=WIRE, columns=("平台", "名称", "申请数", "最近申请", "最近回调", "密钥数", "30日内验签失败"), rows=_rows,
    readers=KEEPERS, has_history=False, details=_details,
    acts=(
        Act(name="issue", label="签发密钥", consequence="密钥只显示一次。平台可同时使用新旧两个密钥，换用后请停用旧的。",
            roles=CONNECTORS, asks=lambda asked: asking(), do=_issue, is_about_row=True),
        Act(name="end", label="停用密钥", consequence="自此刻起，用该密钥签名的推送一律拒收。",
            roles=CONNECTORS, asks=_end_form, do=_end, is_about_row=True),
        Act(name="answer", label="回传状态",
            consequence="该平台推送的办件，办理状态按其状态码推送到所选地址；该地址不再推送其他内容。",
            roles=CONNECTORS, asks=_answer_form, do=_answer, is_about_row=True)))
