"""The words of what is told to other systems: kinds of facts, how an endpoint is, what came of a post, how long a pause is."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from services.deliveries.health import Condition
from services.store.lanes import AttemptRow
from services.web import frame
from webhooks.faults import Failure

KIND_NAMES: Mapping[str, str] = {
    "CaseOpened": "收件", "CaseBroughtIn": "转入", "CaseAccepted": "受理", "AcceptedConditionally": "容缺受理",
    "CorrectionRequested": "补正告知", "CaseDeclined": "不予受理", "CaseNotApplicable": "不受理", "CaseReturned": "退件",
    "CaseDeemedWithdrawn": "视为撤回", "CaseWithdrawn": "撤件", "CaseTerminated": "终止办理", "CaseVoided": "作废",
    "CaseSuspended": "暂停计时", "CaseResumed": "恢复计时", "ExtensionApproved": "批准延期", "HearingOffered": "告知听证权利",
    "HearingScheduled": "定期听证", "HelpAsked": "征求意见", "CaseCopied": "抄送", "DecisionMade": "作出决定",
    "ComplianceDeclared": "告知承诺", "DeclarationUnmet": "承诺核查不符", "DeclarationFailed": "承诺失实",
    "DocumentSealed": "用印", "CaseConcluded": "办结", "CaseHandedOver": "送达", "DeadlineLapsed": "时限届满",
    "LapseRepaired": "更正届满",
    "Escalated": "逐级督促", "CardIssued": "亮牌", "CardWrittenOff": "核销", "CardExempted": "免予亮牌", "CaseReminded": "催办",
    "OrderIssued": "督办", "OrderReturned": "督办退回", "OrderClosed": "督办办结", "PermitGranted": "颁发证照",
    "PermitActedOn": "证照变动", "PermitLapsed": "证照失效", "PermitExpired": "证照到期", "PermitDeemedRenewed": "证照视为延续",
    "ServiceRated": "好差评", "RatingAnswered": "差评回复",
    "ReviewStarted": "开始审查", "CorrectionSubmitted": "补正材料收到", "PermitActTold": "所发证照变动",
    "WithdrawalAsked": "撤件待确认", "WithdrawalDenied": "撤件未予确认",
    "ResultPushed": "推送监管部门", "PushReceived": "监管签收", "FindingReported": "监管反馈",
}
"""Each kind of fact that is told; a test holds that none is missing."""

CONDITIONS: Mapping[Condition, tuple[str, str]] = {
    Condition.RETIRED: ("已停用", "grey"), Condition.PAUSED: ("已暂停", "yellow"), Condition.OPEN: ("对方失联", "red"),
    Condition.HALF_OPEN: ("试探中", "yellow"), Condition.DEAD_LETTERS: ("有死信", "red"), Condition.BEHIND: ("待推送", "blue"),
    Condition.WELL: ("正常", "green")}
"""How an endpoint is, with the colour of its lamp."""

FAILURES: Mapping[Failure, str] = {
    Failure.UNWRITTEN: "无法生成消息", Failure.REFUSED: "不允许推送", Failure.UNRESOLVED: "主机名无法解析",
    Failure.UNREACHABLE: "无法连接", Failure.TLS: "证书不可信", Failure.TIMED_OUT: "超时", Failure.BROKEN: "答复中断"}
"""Why a post has no answer."""


def answered(row: AttemptRow) -> str:
    """What came of a post."""
    if row.status is None:
        return frame.text(FAILURES[Failure(row.failure)])
    return f"HTTP {row.status}"


def long_name(span: timedelta) -> str:
    """A pause in words."""
    seconds = round(span.total_seconds())
    named = ((seconds // 86400, frame.text("{number}天")), (seconds // 3600 % 24, frame.text("{number}小时")),
             (seconds // 60 % 60, frame.text("{number}分")), (seconds % 60, frame.text("{number}秒")))
    return "".join(pattern.format(number=number) for number, pattern in named if number)
