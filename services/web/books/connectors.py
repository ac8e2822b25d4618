"""对接接口: which systems are asked over HTTP for what service tasks wait for: where, by which fields, how many wait."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from services import connectors
from services.administering import Instruction
from services.connectors import LONGEST_REASON, MOST_SECONDS, SECONDS, NewConnector, call_of
from services.store import external_tasks
from services.store.connectors import ConnectorRow
from services.web import frame
from services.web.admission import CONNECTORS
from services.web.books.book import EVERY, Act, Asked, Book, Row, Said, Section, at
from services.web.books.forms import asking, key_number, line, number, one_of, pairs, table, text, whole
from services.web.books.shelves import WIRE
from services.web.fields import Schema
from webhooks.calling import Call

READERS = CONNECTORS | {"security_admin", "audit_admin"}
_METHODS = {"POST": "POST（字段作为JSON发送）", "GET": "GET（字段作为查询参数发送）"}
_ASKED, _FOLLOWED, _ENDED = ("启用", "green"), ("已被取代", "grey"), ("已停用", "grey")
_MAPPINGS: Mapping[str, tuple[str, str, str]] = {
    "sends": ("发送的字段", "字段", "变量"), "reads": ("读取的变量", "变量", "在答复中的位置"),
    "errors": ("状态码对应的错误", "状态码", "错误代码")}
"""Each mapping of a call: what it is called, what stands on its left, and on its right."""

_PLACE_HINT = "JSON指针，如/data/registered"


def _rows(asked: Asked) -> Sequence[Row]:
    waiting = external_tasks.by_topic(asked.connection)
    found = sorted(connectors.page(asked.connection, most=EVERY), key=lambda row: (row.name, -row.version))
    rows = [_row(row, waiting.get(row.topic, 0)) for row in found]
    return [row for row in rows if asked.with_history or not row.is_over]


def _row(row: ConnectorRow, waiting: int) -> Row:
    tag, colour = _ENDED if row.ended_at else _ASKED if row.is_latest else _FOLLOWED
    is_over = (tag, colour) != _ASKED
    return Row(key=str(row.id), tag=frame.text(tag), colour=colour, is_over=is_over,
               acts=() if is_over else ("change", "renew", "end"), cells=(
        row.name, row.topic, f"{row.method} {row.url}", str(waiting or "") if not is_over else "",
        frame.text("第{number}版").format(number=row.version), f"{row.entered_by} {at(row.entered_at)}",
        f"{row.ended_by} {at(row.ended_at)} {row.reason}".strip() if row.ended_at else ""))


def _details(asked: Asked) -> Sequence[Section]:
    row = connectors.version(asked.connection, key_number(asked.key))
    call = call_of(row)
    return [*(_mapping(name, getattr(call, name)) for name in _MAPPINGS),
            Section(title=frame.text("办法"), note=frame.text(
                "每次最多等{seconds}秒。请求按Standard Webhooks签名，同一任务重发时标识不变。"
                "对方忙或者没有答复的，稍后再问；其他答复转为运行故障，由人处理。").format(seconds=row.seconds))]


def _mapping(name: str, mapping: Mapping[str, str]) -> Section:
    title, left, right = _MAPPINGS[name]
    return Section(title=frame.text(title), columns=(left, right), rows=tuple(mapping.items()),
                   note="" if mapping else frame.text("没有。"))


def _told(asked: Asked) -> Instruction:
    return Instruction(by=asked.by, now=asked.now)


def _form(asked: Asked) -> Schema:
    form = _changing(asked)
    return {**form, "required": ["name", *form["required"]],
            "properties": {"name": line("名称", hint="对方是哪个系统"), **form["properties"]}}


def _changing(asked: Asked) -> Schema:
    return asking(
        ("topic", "url"), topic=line("主题", 200, hint="流程图中服务任务的topic"),
        url={**line("地址", hint="须在系统设置JIBAN_WEBHOOK_ALLOW允许的范围内"), "maxLength": 2000},
        method=one_of("方式", _METHODS, hint="不选为POST"),
        seconds=number("每次最多等几秒", hint=frame.text("1—{most}，不填为{usual}").format(most=MOST_SECONDS, usual=SECONDS)),
        **{name: table(title, left=line(left), right=line(right, hint=_PLACE_HINT if name == "reads" else ""))
           for name, (title, left, right) in _MAPPINGS.items()})


def _new(said: Said, name: str) -> NewConnector:
    call = Call(url=text(said, "url"), method=text(said, "method") or "POST", sends=pairs(said, "sends"),
                reads=pairs(said, "reads"), errors=pairs(said, "errors"))
    return NewConnector(name=name, topic=text(said, "topic"), call=call, seconds=whole(said, "seconds", SECONDS))


def _secret(name: str, secret: str | None) -> Sequence[Section] | None:
    return None if secret is None else [
        Section(title=frame.text("{name}的签名密钥").format(name=name), secret=secret,
                note=frame.text("只显示这一次，请用可靠方式交给对方系统的管理员，用于验证请求是本系统发出的。"))]


def _enter(asked: Asked, said: Said) -> Sequence[Section] | None:
    name = text(said, "name")
    connectors.free(asked.connection, name)
    row, secret = connectors.enter(asked.connection, asked.guard, _told(asked), replace(_new(said, name), is_new_secret=True))
    return _secret(row.name, secret)


def _given(asked: Asked) -> Said:
    row = connectors.version(asked.connection, key_number(asked.key))
    call = call_of(row)
    return {"topic": row.topic, "url": row.url, "method": row.method, "seconds": row.seconds, **{
        name: [{"left": left, "right": right} for left, right in getattr(call, name).items()] for name in _MAPPINGS}}


def _change(asked: Asked, said: Said) -> None:
    name = connectors.version(asked.connection, key_number(asked.key)).name
    connectors.in_force(asked.connection, name)
    connectors.enter(asked.connection, asked.guard, _told(asked), _new(said, name))


def _renew(asked: Asked, said: Said) -> Sequence[Section] | None:
    name = connectors.version(asked.connection, key_number(asked.key)).name
    row = connectors.in_force(asked.connection, name)
    new = NewConnector(name=name, topic=row.topic, call=call_of(row), seconds=row.seconds, is_new_secret=True)
    return _secret(name, connectors.enter(asked.connection, asked.guard, _told(asked), new)[1])


def _end(asked: Asked, said: Said) -> None:
    name = connectors.version(asked.connection, key_number(asked.key)).name
    connectors.end(asked.connection, _told(asked), name, reason=text(said, "reason"))


BOOK = Book(
    name="connectors", title="对接接口",
    note="流程中的服务任务由系统主动向哪些系统查询、办理：按主题对应，签名后发送，答复写入办件。", shelf=WIRE,
    rows=_rows, details=_details, readers=READERS,
    columns=("名称", "主题", "地址", "等待答复", "版本", "录入", "停用"),
    acts=(
        Act(name="enter", label="录入对接接口", consequence="系统生成签名密钥，只显示一次；该主题等待中的任务随即向对方发送。",
            roles=CONNECTORS, asks=_form, do=_enter),
        Act(name="change", label="变更", consequence="成为下一版，此后的请求按新的发送；密钥不变。", roles=CONNECTORS,
            asks=_changing, given=_given, do=_change, is_about_row=True),
        Act(name="renew", label="更换密钥", consequence="生成新密钥，只显示一次；旧密钥立即作废，请与对方约好时间。",
            roles=CONNECTORS, asks=lambda asked: asking(), do=_renew, is_about_row=True),
        Act(name="end", label="停用", consequence="不再向对方发送；等待的任务留待对接程序办理，或者另行录入接口后办理。",
            roles=CONNECTORS, asks=lambda asked: asking(("reason",), reason=line("理由", min(200, LONGEST_REASON))), do=_end,
            is_about_row=True)))
