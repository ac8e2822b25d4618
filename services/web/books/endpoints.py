"""推送地址: whom facts are told, how it stands with each, what each is told, what was answered; the printed schedule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta

from services.administering import Instruction
from services.deliveries import endpoints, health, subscriptions
from services.deliveries.endpoints import CONCURRENCY, NewEndpoint
from services.deliveries.health import Condition, Health
from services.deliveries.subscriptions import KINDS, NewSubscription
from services.store import deliveries as store
from services.store import reading
from services.store.endpoints import SubscriptionRow
from services.web import frame
from services.web.books.book import Act, Asked, Book, Row, Said, Section, at
from services.web.books.forms import asking, key_number, line, listed, number, one_of, some_of, text, whole, yes_no
from services.web.books.shelves import WIRE
from services.web.books.wire_words import CONDITIONS, KIND_NAMES, answered, long_name
from services.web.fields import Schema
from webhooks.schedule import schedule

KEEPERS = frozenset({"system_admin"})
READERS = KEEPERS | {"security_admin", "audit_admin"}
_MOST_POSTS = 20
_RETIRED_ACTS: tuple[str, ...] = ()
_POST_COLUMNS = ("时间", "标识", "结果", "用时", "答复")
_SUBSCRIPTION_COLUMNS = ("序号", "事实", "事项", "园区", "监管部门", "个人信息", "订阅")
_SECRET_COLUMNS = ("序号", "生成", "有效至")
_PAUSE_COLUMNS = ("第几次失败后", "再等", "最早至最迟", "距首次")


def _rows(asked: Asked) -> Sequence[Row]:
    found = health.healths(asked.connection, asked.now, with_retired=asked.with_history)
    return [_row(each) for each in found]


def _row(found: Health) -> Row:
    row, is_over, (tag, colour) = found.row, found.condition is Condition.RETIRED, CONDITIONS[found.condition]
    return Row(key=str(row.id), tag=frame.text(tag), colour=colour, is_over=is_over, acts=_acts(found), cells=(
        row.name, row.url, str(found.standing.waiting or ""), at(found.standing.since), str(found.standing.dead or ""),
        at(row.open_until), str(len(found.subscriptions) or "")))


def _acts(found: Health) -> tuple[str, ...]:
    """What may be done to an endpoint as it stands."""
    if found.condition is Condition.RETIRED:
        return _RETIRED_ACTS
    held = found.row.paused_at is not None or found.row.open_until is not None
    return ("subscribe", *(("unsubscribe",) if found.subscriptions else ()), "test", "rotate", "change",
            "resume" if held else "pause", "retire")


def _details(asked: Asked) -> Sequence[Section]:
    id = key_number(asked.key)
    found = health.health(asked.connection, id, asked.now)
    posts = store.latest_attempts(asked.connection, id, before=asked.now + timedelta(days=1), most=_MOST_POSTS)
    return [
        Section(title=frame.text("订阅"), columns=_SUBSCRIPTION_COLUMNS, rows=tuple(map(_subscription, found.subscriptions))),
        Section(title=frame.text("签名密钥"), columns=_SECRET_COLUMNS, note=frame.text("密钥只在生成时显示一次。"), rows=tuple(
            (str(each.number), f"{each.made_by} {at(each.made_at)}", at(each.expires_at)) for each in found.secrets)),
        Section(title=frame.text("推送记录（最近二十条）"), columns=_POST_COLUMNS, rows=tuple(
            (at(each.at), each.delivery, answered(each), frame.text("{number}毫秒").format(number=each.milliseconds),
             each.said[:200]) for each in posts)),
        Section(title=frame.text("失败后何时重推"), columns=_PAUSE_COLUMNS, rows=tuple(
            (str(each.attempt), long_name(each.usual), f"{long_name(each.least)}–{long_name(each.most)}", long_name(each.after))
            for each in schedule()), note=frame.text("最后一次仍失败的列入死信，由人处理。对方连续失败时暂时停推，不占次数。"))]


def _subscription(row: SubscriptionRow) -> tuple[str, ...]:
    kinds = "、".join(frame.text(KIND_NAMES[kind]) for kind in subscriptions.kinds_of(row))
    return (str(row.id), kinds or frame.text("全部"), row.process or frame.text("全部"), row.park or frame.text("全部"),
            row.supervisor or "—", row.basis if row.is_personal else frame.text("不含"), f"{row.made_by} {at(row.since_at)}")


def _told(asked: Asked) -> Instruction:
    return Instruction(by=asked.by, now=asked.now)


def _form(asked: Asked) -> Schema:
    return asking(("name", "url"), name=line("名称", hint="对方是哪个系统"), url={
        **line("地址", hint="须在系统设置JIBAN_WEBHOOK_ALLOW允许的范围内"), "maxLength": 2000},
        concurrency=number("同时推送的办件数", hint=f"1—{endpoints.MOST_AT_ONCE}"))


def _new(said: Said) -> NewEndpoint:
    return NewEndpoint(name=text(said, "name"), url=text(said, "url"), concurrency=whole(said, "concurrency", CONCURRENCY))


def _secret(id: int, secret: str) -> Sequence[Section]:
    return [Section(title=frame.text("{id}号推送地址的签名密钥").format(id=id), secret=secret,
                    note=frame.text("只显示这一次，请用可靠方式交给对方系统的管理员。"))]


def _enter(asked: Asked, said: Said) -> Sequence[Section]:
    row, secret = endpoints.enter(asked.connection, asked.guard, _told(asked), _new(said))
    return _secret(row.id, secret)


def _given(asked: Asked) -> Said:
    row = endpoints.found(asked.connection, key_number(asked.key))
    return {"name": row.name, "url": row.url, "concurrency": row.concurrency}


def _change(asked: Asked, said: Said) -> None:
    endpoints.change(asked.connection, asked.guard, _told(asked), key_number(asked.key), _new(said))


def _rotation(asked: Asked) -> Schema:
    return asking((), overlap_hours=number("旧密钥再用几小时", hint="不填为24小时；到时旧密钥不再签名"))


def _rotate(asked: Asked, said: Said) -> Sequence[Section]:
    id = key_number(asked.key)
    _, secret = endpoints.rotate(asked.connection, _told(asked), id, overlap=timedelta(hours=whole(said, "overlap_hours", 24)))
    return _secret(id, secret)


def _subscribing(asked: Asked) -> Schema:
    latest = {row.process: row.name for row in reading.latest_definitions(asked.connection)}
    parks, departments = ({each.name: each.name for each in book.values()} for book in (
        asked.office.catalogue.parks, asked.office.catalogue.departments))
    return asking((), kinds=some_of("事实", {kind: frame.text(KIND_NAMES[kind]) for kind in KINDS}, hint="不选为全部"),
                  matter=one_of("事项", latest, hint="不选为全部"), park=one_of("园区", parks, hint="不选为全部"),
                  supervisor=one_of("监管部门", departments, hint="选了只推送双推送给该部门的内容，对方收到后才能归档"),
                  is_personal=yes_no(frame.text("推送完整的个人信息"), frame.text("不选则按页面的办法隐去身份证号、电话")),
                  basis=line("依据", 200, hint="推送完整的个人信息时必须填写文件名称、文号"))


def _subscribe(asked: Asked, said: Said) -> None:
    subscriptions.subscribe(asked.connection, asked.office, _told(asked), NewSubscription(
        endpoint=key_number(asked.key), kinds=tuple(listed(said, "kinds")), matter=text(said, "matter"),
        park=text(said, "park"), supervisor=text(said, "supervisor"), is_personal=said.get("is_personal") is True,
        basis=text(said, "basis")))


def _ended(asked: Asked) -> Schema:
    found = health.health(asked.connection, key_number(asked.key), asked.now).subscriptions
    names: Mapping[str, str] = {str(each.id): " ".join(_subscription(each)[:5]) for each in found}
    return asking(("subscription",), subscription=one_of("订阅", names))


def _unsubscribe(asked: Asked, said: Said) -> None:
    subscriptions.end(asked.connection, _told(asked), key_number(text(said, "subscription")))


def _pause(asked: Asked, said: Said) -> None:
    endpoints.pause(asked.connection, _told(asked), key_number(asked.key))


def _resume(asked: Asked, said: Said) -> None:
    endpoints.resume(asked.connection, _told(asked), key_number(asked.key))


def _test(asked: Asked, said: Said) -> None:
    endpoints.ask_test(asked.connection, _told(asked), key_number(asked.key))


def _retire(asked: Asked, said: Said) -> None:
    endpoints.retire(asked.connection, _told(asked), key_number(asked.key), reason=text(said, "reason"))


BOOK = Book(
    name="endpoints", title="推送地址",
    note="办件的进展签名后推送给哪些系统：至少送达一次，同一办件按先后顺序。对方失联时暂时停推，办件不受影响。", shelf=WIRE,
    rows=_rows, details=_details, readers=READERS,
    columns=("名称", "地址", "待推送", "最早一条", "死信", "停推至", "订阅数"),
    acts=(
        Act(name="enter", label="录入推送地址", consequence="系统生成签名密钥，只显示一次；订阅之后才开始推送。", roles=KEEPERS,
            asks=_form, do=_enter),
        Act(name="subscribe", label="订阅", consequence="从现在起发生的推送给对方，此前的不补推。", roles=KEEPERS,
            asks=_subscribing, do=_subscribe, is_about_row=True),
        Act(name="unsubscribe", label="终止订阅", consequence="以后发生的不再推送；已列入待推送的仍会推送。", roles=KEEPERS,
            asks=_ended, do=_unsubscribe, is_about_row=True),
        Act(name="test", label="试推", consequence="数秒内向对方推送一条不涉及办件的测试消息，结果见推送记录。", roles=KEEPERS,
            asks=lambda asked: asking(), do=_test, is_about_row=True),
        Act(name="rotate", label="更换密钥", consequence="生成新密钥，只显示一次；所填时间内新旧密钥同时签名。",
            roles=KEEPERS, asks=_rotation, do=_rotate, is_about_row=True),
        Act(name="change", label="变更", consequence="待推送的改推到新地址。", roles=KEEPERS, asks=_form, given=_given,
            do=_change, is_about_row=True),
        Act(name="pause", label="暂停", consequence="暂不推送，其间发生的留待恢复后推送。", roles=KEEPERS,
            asks=lambda asked: asking(), do=_pause, is_about_row=True),
        Act(name="resume", label="恢复", consequence="立即推送留待的消息。", roles=KEEPERS, asks=lambda asked: asking(),
            do=_resume, is_about_row=True),
        Act(name="retire", label="停用", consequence="不能再恢复：订阅全部终止，待推送和死信全部放弃，密钥作废。",
            roles=KEEPERS, asks=lambda asked: asking(("reason",), reason=line("理由", 200)), do=_retire, is_about_row=True)))
