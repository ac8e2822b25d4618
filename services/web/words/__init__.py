"""The Chinese words of the page, as the offices use them (glossary). Every state, standing and lamp has exactly one."""

from __future__ import annotations

from collections.abc import Mapping

from engine.bells import RED_AFTER_YELLOW
from engine.cards import CardState, OrderState
from engine.consequences import BY_LAW, BY_ORDER
from engine.lifecycle import Standing, State
from engine.limits import NAMES, LimitKind
from engine.permits import STATE_NAMES, PermitState
from engine.precedence import Source
from engine.sentences import say, sentence_of
from engine.stops import StopKind
from engine.supervision import Colour, Lamp

STATES: Mapping[State, str] = {
    State.RECEIVED: "已收件", State.CORRECTING: "补正中", State.ACCEPTED: "已受理", State.REVIEWING: "审查中",
    State.SUSPENDED: "停表中", State.DECIDED: "已决定", State.CONCLUDED: "已办结", State.CERTIFIED: "已制证",
    State.HANDED_OVER: "已送达", State.ARCHIVED: "已归档", State.DECLINED: "不予受理", State.NOT_APPLICABLE: "不受理",
    State.RETURNED: "已退件", State.DEEMED_WITHDRAWN: "视为撤回", State.WITHDRAWN: "已撤件", State.TERMINATED: "已终止",
    State.VOIDED: "已作废",
}

STANDINGS: Mapping[Standing, str] = {
    Standing.EARLY: "提前办结", Standing.ON_TIME: "按时办结", Standing.LATE: "超期办结", Standing.WITHDRAWN: "撤件",
    Standing.DECLINED: "不予受理",
}

LAMPS: Mapping[Lamp, str] = {
    Lamp.GREEN: "正常", Lamp.YELLOW: "预警", Lamp.RED: "超期", Lamp.GREY: "暂停", Lamp.BLUE: "暂定",
}

UNCOUNTED = "不计时"
"""A grey lamp where no clock has begun, or the case ended without being concluded."""

LIMITS: Mapping[LimitKind, str] = NAMES

STOPS: Mapping[StopKind, str] = {
    StopKind.SPECIAL: "特别程序中", StopKind.PAUSE: "暂停", StopKind.HOLD: "已挂起", StopKind.EXAMINATION: "审图中",
    StopKind.CHILDREN: "事项停表中",
}
"""The state of a case that stands still, by what holds it."""

STOP_KINDS: Mapping[StopKind, str] = {
    StopKind.SPECIAL: "特别程序", StopKind.PAUSE: "暂停", StopKind.HOLD: "挂起", StopKind.EXAMINATION: "审图",
    StopKind.CHILDREN: "事项停表",
}

SOURCES: Mapping[str, str] = {
    Source.COMMITMENT: "项目承诺", Source.OFFICE: "本级规定", Source.CATALOGUE: "事项库", Source.DIAGRAM: "流程图",
    BY_LAW: "法律、规章规定", BY_ORDER: "按指定日期",
}
"""Where a limit's number comes from."""

COLOURS: Mapping[Colour, str] = {Colour.YELLOW: "黄牌", Colour.RED: "红牌"}

COLOURS_BY_NAME: Mapping[str, str] = {colour.value: word for colour, word in COLOURS.items()}
"""By the word that is stored."""

CARD_STATES: Mapping[CardState, str] = {
    CardState.ISSUED: "已亮牌", CardState.APPEALED: "申诉中", CardState.UPHELD: "申诉不成立", CardState.WRITTEN_OFF: "已核销",
    CardState.EXEMPTED: "容错免责",
}

ORDER_STATES: Mapping[OrderState, str] = {
    OrderState.OPEN: "待答复", OrderState.REPLIED: "待销号", OrderState.CLOSED: "已销号",
}

PERMIT_STATES: Mapping[PermitState, str] = STATE_NAMES

RULES: Mapping[str, str] = {
    RED_AFTER_YELLOW: "黄牌后仍未办结",
    **{f"{kind.value}_lapsed": say("{limit}超期", limit=sentence_of(name)) for kind, name in NAMES.items()},
}
"""Why a card was issued."""

FAILURES: Mapping[int, tuple[str, str]] = {
    400: ("这次提交的内容读不出来", "内容没有提交。请回到原来的页面刷新后重新提交。"),
    403: ("这个页面不对您开放", "需要时请联系系统管理员。"),
    404: ("没有这个页面", "请检查网址，或回到办件列表。"),
    405: ("这个页面不接受这种请求", "请回到办件列表。"),
    413: ("内容太大", "一次提交的内容或者文件超过了规定大小，请分几次提交，或者换一个小一些的文件。"),
    422: ("筛选条件或翻页标记不对", "请回到办件列表重新选择。"),
    500: ("系统出错了", "办理数据没有改动。请把下面的编号告诉系统管理员。"),
    503: ("暂时读不到办件数据", "数据库没有响应，已办理的内容不会丢失。请稍后刷新本页；如一直如此，请告诉系统管理员。"),
}
"""What a person is told: what has happened, and what to do."""

FORGED = ("这次提交没有通过校验", "内容没有提交。请回到原来的页面刷新后重新提交；如果是从别的网站点过来的，请不要继续。")
"""What was sent does not bear the mark of the page."""

OUTCOME_UNKNOWN = (
    "不知道这次提交有没有办成",
    "提交时与数据库的连接断了：可能已经办成，也可能没有办，不会只办一半。请先刷新查看办件，再决定要不要重新提交。")
"""What was sent may have been done."""

NOT_ADMITTED = ("您没有使用这个页面的岗位", "本页供{roles}使用。工作需要时，请{granters}授予岗位，授予后立即可用。")
SYSTEM_ADMIN, UNIT_ADMINS = "系统管理员", "系统管理员、本单位的部门管理员或园区管理员"
"""Whom a page does not admit, and who may change that."""
