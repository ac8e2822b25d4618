"""What the check of a diagram finds, in the designers' words: each code has one sentence, and one that says what to do.

The engine's own sentence is English and knows the particulars; the names it quotes are kept, and it is shown beside. A code
without words here breaks a test.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypedDict

from engine.definitions.diagnostic import Diagnostic, Severity
from engine.limits import Unit

_SEVERITIES: Mapping[Severity, str] = {Severity.ERROR: "错误", Severity.WARNING: "提醒", Severity.NOTE: "说明"}
_UNITS: Mapping[str, str] = {
    Unit.WORKDAY.value: "个工作日", Unit.HALF_DAY.value: "个半日", Unit.WORKING_HOUR.value: "工作小时", Unit.HOUR.value: "小时",
    Unit.CALENDAR_DAY.value: "个自然日", Unit.MONTH.value: "个月"}
_AMOUNT = re.compile(r"\b(\d+) (" + "|".join(_UNITS) + r")\b")
_QUOTED = re.compile(r"“([^”]{1,120})”")
_WITH_AMOUNTS = frozenset({"limit_differs", "promise_beyond_law"})

WORDS: Mapping[str, tuple[str, str]] = {
    # the file
    "unreadable": ("文件读不出来", "请换一个 BPMN 文件"),
    "too_large": ("文件太大", "请把流程拆成几个互相调用的流程"),
    "not_xml": ("文件不是完整的 XML", "请从流程图编辑器重新导出"),
    "not_bpmn": ("文件不是 BPMN 2.0 流程图", "根元素应为 BPMN 2.0 的 definitions"),
    "document_type": ("文件带有 DOCTYPE 声明，可能夹带外部内容", "请删去 DOCTYPE 声明"),
    "too_slow": ("检查用时过长，已停止", "请把流程拆小"),
    "too_hungry": ("检查占用内存过多，已停止", "请把流程拆小"),
    "crashed": ("检查程序意外中止", "请把这个文件报给即办的维护人员"),
    "bad_data": ("起始数据不能用", "只能是文字、数字、是否或它们的列表"),
    "no_process": ("文件里没有画任何流程", "请画一个流程"),
    "made_executable": ("流程未标明可执行，仍按可执行处理", "请勾选“可执行”"),
    "foreign_element": ("有不属于 BPMN 的元素，未读取", "其他厂家的扩展应写在扩展元素里"),
    # ids and sizes
    "no_id": ("元素没有标识", "请给每个元素一个标识"),
    "duplicate_id": ("标识重复", "请给每个元素各自的标识"),
    "too_long": ("文字太长", "请缩短"),
    "too_many_nodes": ("图上的元素太多", "请移到子流程或被调用的流程"),
    "too_many_flows": ("连线太多", "请移到子流程或被调用的流程"),
    "too_deep": ("子流程套得太深", "请改为调用另一个流程"),
    # where it begins and ends
    "empty": ("里面什么都没有画", "请画开始事件、要办的环节和结束事件"),
    "no_start": ("没有开始的地方", "请画一个开始事件"),
    "implicit_start": ("没有开始事件，将从没有来路的元素开始", "请画一个开始事件"),
    "several_starts": ("有几个普通开始事件", "请只留一个，后面接并行网关"),
    "start_ignored": ("多余的开始事件不起作用", "办件由人或系统开办，不由事件开办，请删去"),
    "no_end": ("没有结束事件，办件永远办不完", "请画一个结束事件"),
    "unreachable": ("没有路通到这里，永远办不到", "请连上，或删去"),
    "path_stops": ("办到这里没有去处，也不是结束", "请接到下一环节或结束事件"),
    "flow_into_start": ("有连线进入开始事件", "请连到开始事件之后的元素"),
    "flow_out_of_end": ("有连线从结束事件出来", "请改用中间抛出事件"),
    "event_start_inside": ("子流程不能由事件开始", "请用普通开始事件，后面接中间事件"),
    # flows and gateways
    "dangling_flow": ("连线没有接好两端，或跨越了子流程边界", "请重新连接"),
    "bad_default": ("默认流向设得不对", "默认流向须从本元素引出，且只有任务、排他网关、包容网关才有"),
    "default_made": ("有一条流向没有条件，其他条件都不成立时走它", "请标为默认流向"),
    "no_condition": ("排他网关有流向既无条件又非默认", "请给默认以外的每条流向写上条件"),
    "condition_not_asked": ("这里的流向写了条件，但没有人会去判断", "请在后面加排他或包容网关"),
    "only_way_conditional": ("唯一的出路带有条件，不成立时办件会停住", "请去掉条件，或画出另一条路"),
    "empty_condition": ("条件是空的，按没有条件处理", "请写上条件，或删去"),
    "complex_gateway": ("不支持复杂网关", "请改用排他、并行或包容网关"),
    "bad_event_gateway": ("事件网关后面只能接它独自等候的事件", "请只接中间捕获事件或接收任务"),
    "instantiating_gateway": ("不支持由事件网关开办流程，或等齐所有事件", "请用开始事件；要等齐请用并行网关"),
    "joins_main": ("旁路汇入了主路，后面的环节会办两次", "请让旁路以自己的结束事件结束"),
    "deadlock": ("可能永远等不到齐，办件会卡死", "排他分支用排他网关汇合，并行分支用并行网关汇合"),
    "done_twice": ("同一环节可能同时到达两次：前面分了路没有汇合", "请在它前面用并行网关汇合"),
    "no_way_out": ("从这里到不了结束，办件会一直兜圈", "请画出循环的出口"),
    "not_proved": ("并行的路太多，未能逐一验证", "请把一部分移到子流程"),
    # tasks
    "script_task": ("脚本任务不会执行", "请改为服务任务（连接器），或由人、表单给出这个值"),
    "script_condition": ("条件是脚本，不会执行", '请用表达式，例如 verify == "accept"'),
    "bad_expression": ("表达式不能用", '请用办件的变量写，例如 verify == "accept"'),
    "unknown_variable": ("没有谁给出这个变量的值", "请在流程上声明变量，或改正名称"),
    "no_connector": ("服务任务没有写连接器", "请在右侧填写连接器主题"),
    "instantiating_receive": ("不支持由接收任务开办流程", "请用开始事件"),
    "token_quantity": ("不支持令牌数量", "请用并行网关或多实例"),
    "compensation": ("不支持补偿", "请把撤销画成一条路"),
    "ad_hoc": ("不支持特设子流程", "请画出先后，或用一个带清单的用户任务"),
    "event_subprocess": ("不支持事件子流程", "请在要盯住的环节上挂边界事件"),
    "transaction": ("事务按普通子流程处理，不会撤销", "需要撤销请另画一条路"),
    "global_task": ("调用了全局任务，按普通任务处理", "可直接画任务"),
    "dynamic_call": ("调用哪个流程要看数据，不支持", "请写明流程；有选择时画网关"),
    "no_called_process": ("调用活动没有写调用哪个流程", "请在右侧选择流程"),
    "unknown_element": ("不支持这种元素", "请删去，或用支持的元素代替"),
    "data_not_enforced": ("数据对象只作说明，不会等候数据", "条件要读的值请声明为变量或放在表单里"),
    # loops
    "bad_loop": ("循环没有写明到何时为止", "请写循环条件或最多次数"),
    "loop_behavior": ("不支持逐个完成时抛出事件", "请在活动之后抛出事件"),
    "no_cardinality": ("多实例没有写明几份", "请写份数，或一个列表变量"),
    "too_many_instances": ("份数超出范围", "请填范围内的数字"),
    "bad_collection": ("多实例的集合不是列表变量", "请写一个列表变量的名称"),
    # events and timers
    "multiple_events": ("一个事件上有几种定义", "请每个事件只留一种"),
    "unsupported_event": ("这里不能用这种事件", "请换成支持的事件"),
    "error_must_interrupt": ("错误总是中断所在的活动", "请改为中断，或改用升级事件"),
    "bad_boundary": ("边界事件没有挂在活动上", "请挂到任务或子流程上"),
    "flow_into_boundary": ("有连线进入边界事件", "请连到它后面的元素"),
    "bad_link": ("链接事件没有配成对", "请给两端起相同的名称"),
    "bad_timer": ("定时器没有写明何时到期", "请填工作日时限，或 ISO 8601 时间（如 P5D）"),
    "calendar_ignored": ("定时器的工作日历不读取", "工作日请用时限"),
    "missing_reference": ("引用的内容不在文件里", "请重新选择"),
    "message_without_name": ("消息没有名称", "请选择或新建消息，并起名"),
    "signal_without_name": ("信号没有名称", "请选择或新建信号，并起名"),
    "message_unnamed": ("抛出的消息没有名称，暂用元素标识", "请给消息起名"),
    "signal_unnamed": ("抛出的信号没有名称，暂用元素标识", "请给信号起名"),
    "error_without_code": ("抛出的错误没有代码", "请填写错误代码"),
    "escalation_without_code": ("抛出的升级没有代码", "请填写升级代码"),
    # our words
    "unknown_word": ("这个元素上不能写这个扩展词", "请删去，或移到合适的元素上"),
    "bad_word": ("右侧属性填得不对", "请对照提示改正"),
    "limit_twice": ("同一种时限写了两次", "每种时限只留一条"),
    "limit_differs": ("图上画的时限与流程申明的不一致", "请改成一样"),
    "limit_not_drawn": ("时限到期时没有人会知道", "请画出来：非中断边界定时事件，带时限和升级路径"),
    "limit_interrupts": ("时限到期会中断办理，办件就不能超期办结了", "请改为非中断边界事件"),
    "promise_beyond_law": ("承诺时限长于法定时限", "请缩短承诺时限，或写明例外的依据、批准人和理由"),
    # children
    "child_in_file": ("子办件的流程画在同一个文件里", "请把它移到单独的文件"),
    "unknown_sibling": ("“须后于”写了不是子办件的环节", "请从本流程的子办件里选"),
    "after_itself": ("子办件不能后于自己", "请改正“须后于”"),
    "ordered_in_circle": ("子办件的先后互相咬住", "请去掉其中一个“须后于”"),
    # what other engines say
    "listener_ignored": ("监听器是其他引擎的程序，不执行", "它做的事请改由任务或连接器来做"),
    "call_renames": ("调用时变量改了名，不支持", "两个流程请用同一个变量名"),
    "skip_ignored": ("跳过条件不起作用，任务总要办", "请在任务前后画排他网关"),
    "due_date_ignored": ("任务自带的到期日不读取", "要计的时限请写在时限里"),
}
"""code → what is wrong, what to do."""


class Finding(TypedDict):
    """A finding as a page shows it. `element` and `line`: None for the whole file. `detail`: the engine's own sentence."""

    code: str
    severity: str
    label: str
    element: str | None
    line: int | None
    words: str
    hint: str
    detail: str


def said(findings: Iterable[Diagnostic]) -> list[Finding]:
    """Findings in words."""
    return [_said(each) for each in findings]


def _said(found: Diagnostic) -> Finding:
    words, hint = WORDS.get(found.code, (found.message, found.hint))
    return Finding(code=found.code, severity=found.severity.value, label=_SEVERITIES[found.severity], element=found.element,
                   line=found.line, words=words + _particulars(found), hint=hint,
                   detail=f"{found.message} → {found.hint}" if found.hint else found.message)


def _particulars(found: Diagnostic) -> str:
    """Names and amounts the engine's sentence quotes, without the element's own id."""
    if found.code in _WITH_AMOUNTS:
        named = [f"{amount}{_UNITS[unit]}" for amount, unit in _AMOUNT.findall(found.message)]
    else:
        named = [f"“{each}”" for each in _QUOTED.findall(found.message) if each != found.element]
    return f"：{'、'.join(named)}" if named else ""
