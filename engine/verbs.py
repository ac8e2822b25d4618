"""The verbs: everything people can do to a task or a case, as one table that pages, programs and tests read.

A verb has the name of its use case, the word its button bears (domain rules §7), who may do it, and what it does in a sentence
that is shown before it is done. Whether it may be done now is not decided here: the guards of the use cases are asked
(`services.judging`), so that no second rule can differ from the first.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum


class About(Enum):
    """What a verb is done to."""

    TASK = "task"  # 环节
    CASE = "case"  # 办件


@dataclass(frozen=True, slots=True, kw_only=True)
class Verb:
    """`roles`: who may, by role; none named: whoever does the task, or has the case before him. `asks`: what whoever does it
    fills in. `basis`: the article it rests on, "" where only the office's own order does. `moves_clock`: is it among the legal
    moves of a clock of the case? None of the others changes a clock that runs on."""

    name: str
    label: str
    about: About
    consequence: str
    roles: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    basis: str = ""
    moves_clock: bool = False


_ASSIGNERS = ("department_admin", "head_of_office", "park_admin")
_REVIEWERS = ("reviewer",)
_SUPERVISORS = ("supervisor",)
_SUPERVISING = ("reviewer", "approver", "department_admin", "head_of_office")
"""Of the department to which a result was pushed, not of the one that has decided."""
_LAW = "行政许可法"


def _task(name: str, label: str, consequence: str, *asks: str, roles: tuple[str, ...] = ()) -> Verb:
    return Verb(name=name, label=label, about=About.TASK, consequence=consequence, asks=asks, roles=roles)


def _case(
    name: str, label: str, consequence: str, *asks: str, roles: tuple[str, ...] = (), basis: str = "", moves: bool = False,
) -> Verb:
    return Verb(name=name, label=label, about=About.CASE, consequence=consequence, asks=asks, roles=roles, basis=basis,
                moves_clock=moves)


_TASK_VERBS = (
    _task("claim", "认领", "环节由本人办理，他人不能再办；办件时限照常计算"),
    _task("unclaim", "取消认领", "环节退回待办，同岗位人员可再认领；办件时限照常计算"),
    _task("assign", "指派", "环节交由所选人员办理；办件时限照常计算", "person", roles=_ASSIGNERS),
    _task("transfer", "转办", "环节交由所选人员办理，不再回到本人；办件时限照常计算", "person", "reason"),
    _task("delegate", "委派", "所选人员代为办理，提出意见后交回本人办结；双方均受职责分离约束，办件时限照常计算", "person",
          "reason"),
    _task("resolve", "交回", "意见交回委派人，由委派人办结本环节", "opinion"),
    _task("complete_task", "办理", "本环节按所选结果办结，办件进入下一环节；环节只能办结一次", "outcome", "data"),
    _task("consult", "征求意见", "被征求的单位或人员各有一项待办，答复前本环节不能办结；办件时限照常计算", "asked", "text",
          "due_on"),
    _task("inspection", "联合踏勘", "各单位各有一项踏勘待办，答复前本环节不能办结；办件时限照常计算", "asked", "text",
          "due_on"),
    _task("distribution", "分送", "所选单位或人员各有一项待办，本环节不等待其答复；办件时限照常计算", "asked", "text",
          "due_on"),
    _task("answer", "答复", "意见送达征求环节，本项待办办结", "opinion", "data"),
    _task("answer_rating", "差评整改答复", "整改情况告知申请人，整改时限停止", "text", roles=("department_admin",)),
    _task("recall", "撤销征求", "不再需要该项答复，对方待办取消", "reason"),
    _task("send_back", "退回", "所选环节重新办理，其间环节一并重办；办件的法定、承诺时限照常计算", "node", "reason"),
    _task("send_straight", "补办后直送", "原经办人补办所选环节后直接送回，其他环节不动；办件时限照常计算", "node", "reason"),
    _task("take_back", "拿回", "撤销本人刚办结的环节，恢复到办结之前；十分钟内、他人未动且未对外时方可", "reason"),
    _task("add_signer", "加签", "增加一人会签，按流程规定的会签方式计算；办件时限照常计算", "signer", "reason"),
    _task("drop_signer", "减签", "该项会签不再需要；余下签署已足的，会签即告完成", "reason"),
)

_CASE_VERBS = (
    _case("copy", "抄送", "所选人员、部门收到一条待阅；不影响办理", "to", "text"),
    _case("receive_message", "登记来函", "办件所等待的消息已到，按流程继续办理", "name", "data"),
    _case("return_to_applicant", "退件", "办件退还申请人并结束；受理前方可", "reason", roles=("clerk",)),
    _case("withdraw", "撤件", "办件按申请人意愿结束；一件事主办件撤件的，未作决定的事项一并撤件", "reason",
          moves=True),
    _case("terminate", "终止", "办件不作决定而结束；一件事主办件终止的，未作决定的事项一并终止", "reason",
          roles=("reviewer", "approver", "head_of_office"), moves=True),
    _case("void", "作废", "误录的办件作废并结束；收件环节方可", "reason", roles=("clerk", "department_admin"), moves=True),
    _case("certify", "制证", "证照制作完成，记入办件", roles=("certifier", "clerk"), basis=f"{_LAW}第三十九条"),
    _case("seal", "用印", "文书加盖印章并编号，其前各环节不能再退回", "document", "number", "seal", basis=f"{_LAW}第三十九条"),
    _case("hand_over", "送达", "结果已交申请人，送达时限停止", roles=("clerk", "certifier"), basis=f"{_LAW}第四十四条",
          moves=True),
    _case("push_result", "推送监管部门", "审批结果推送监管责任清单所列部门，限期签收，另行计时；办件时限不变",
          roles=("clerk", "certifier", "approver", "department_admin"), basis="双推送双报告"),
    _case("receive_push", "签收", "审批结果由监管部门签收，签收时限停止", "push", roles=_SUPERVISING, basis="双推送双报告",
          moves=True),
    _case("report_finding", "监管反馈", "监管情况记入办件，告知审批部门和窗口；不影响时限", "push", "sort", "text", "measure",
          "document", roles=_SUPERVISING, basis="双推送双报告"),
    _case("archive", "归档", "办件归档，此后不再变动；审批结果未推送监管部门的不能归档"),
    _case("suspend", "发起特别程序", "自次日起不计时限，直至结束特别程序；环节暂不能办结", "ground", "document", "expected_end",
          "basis", roles=_REVIEWERS, basis=f"{_LAW}第四十五条", moves=True),
    _case("pause", "暂停", "自次日起不计时限，直至恢复；环节可继续办理，统计单列", "ground", "basis", "document",
          "expected_end", roles=_REVIEWERS, moves=True),
    _case("hold", "挂起", "依令自次日起不计时限，直至恢复；环节暂不能办结", "order", "reason",
          roles=("head_of_office", "reviewer"), moves=True),
    _case("examine", "审图", "图纸送审查机构，审查机构另行计时，本机关不计时限", "size", "examiner", roles=_REVIEWERS,
          basis="住建部令第13号", moves=True),
    _case("resume_case", "恢复", "自次日起继续计时，到期日按停止的工作日顺延", "stop",
          roles=("reviewer", "head_of_office"), moves=True),
    _case("approve_correction", "批准再次补正告知", "可再作一次补正告知，不影响时限", "role", "reason",
          roles=("legal_officer", "head_of_office"), basis=f"{_LAW}第三十二条"),
    _case("propose_extension", "申请延期", "延期待批准；批准前时限不变", "amount", "reason", "is_joint",
          roles=("reviewer", "approver"), basis=f"{_LAW}第四十二条"),
    _case("approve_extension", "批准延期", "时限自原起算日延长，并告知申请人理由", "role", "document",
          roles=("head_of_office", "head_of_government"), basis=f"{_LAW}第四十二条", moves=True),
    _case("refuse_extension", "不批准延期", "时限不变，可另行申请延期", "reason",
          roles=("head_of_office", "head_of_government"), basis=f"{_LAW}第四十二条"),
    _case("offer_hearing", "告知听证权利", "申请人可在五个工作日内申请听证，另行计时", "document",
          roles=("reviewer", "legal_officer"), basis=f"{_LAW}第四十七条"),
    _case("request_hearing", "申请听证", "二十个工作日内组织听证，另行计时", "applicant", basis=f"{_LAW}第四十七条",
          moves=True),
    _case("schedule_hearing", "听证公告", "听证日期公告，至少提前七日", "held_on", "chair", "document",
          roles=("reviewer", "legal_officer"), basis=f"{_LAW}第四十八条", moves=True),
    _case("start_clock", "开始计时", "项目承诺已录入，该时限自即时起计", "token", moves=True),
    _case("supply", "补齐", "容缺的材料已补齐，补齐时限停止", "materials", "role",
          roles=("clerk", "approver", "head_of_office"), moves=True),
    _case("verify_declaration", "核查属实", "告知承诺经核查属实，核查时限停止", "findings", roles=_REVIEWERS, moves=True),
    _case("find_unmet", "责令限期整改", "告知承诺未达要求，告知申请人限期整改，另行计时", "findings", "document",
          roles=_REVIEWERS, moves=True),
    _case("fail_declaration", "承诺不实", "拟撤销许可（另立办件），并提出失信记录；核查时限停止", "findings", roles=_REVIEWERS,
          basis=f"{_LAW}第六十九条", moves=True),
    _case("sign_declaration", "签署告知承诺", "承诺书按所示文本签署并存证，窗口可据此受理；不影响时限", "signer", "digest",
          basis="国办发〔2020〕42号"),
    _case("choose_hand_over", "选择领取方式", "结果按所选方式送达，送达前可以改选；不影响时限", "way", "recipient", "phone",
          "address"),
    _case("rate", "评价", "一件办件只评价一次；差评由部门限期整改并答复，另行计时", "level", "reasons", "text", "channel",
          basis="国办发〔2019〕51号"),
    _case("ask_again", "重新传送", "一件事各办件之间未能传送的事项重新传送", "token"),
    _case("remind", "催办", "被催办人收到提醒；不影响时限", "addressee", "text", roles=_SUPERVISORS),
    _case("issue_order", "督办", "发出督办单，限期答复，另行计时；办件时限不变", "addressee", "text", "due_on",
          roles=_SUPERVISORS),
    _case("reply_to_order", "督办答复", "督办单待销号", "order", "text", moves=True),
    _case("return_order", "退回重新答复", "督办单须重新答复，另行计时", "order", "reason", "due_on", roles=_SUPERVISORS,
          moves=True),
    _case("close_order", "销号", "督办单销号；整改人不得销号", "order", "text", roles=_SUPERVISORS, moves=True),
    _case("appeal", "申诉", "亮牌待复核；牌况记申诉中", "card", "reason"),
    _case("uphold", "维持", "申诉不成立，牌保留", "card", "reason", roles=_SUPERVISORS),
    _case("write_off", "核销", "牌核销并记理由；经办人不得核销", "card", "reason", roles=_SUPERVISORS),
    _case("exempt", "容错免责", "依认定文书免责或从轻；当事人不得自行认定", "card", "conclusion", "document", "reason",
          roles=_SUPERVISORS),
)

VERBS: Mapping[str, Verb] = {verb.name: verb for verb in (*_TASK_VERBS, *_CASE_VERBS)}
"""All of them by name, tasks' first, in the order in which they are offered."""


BY_APPLICANT = frozenset({"withdraw", "request_hearing", "receive_message", "sign_declaration", "choose_hand_over", "rate"})
"""What an applicant, his agent or another system does, who need not be among the people of the office."""

ALSO_BY_APPLICANT = frozenset({"supply"})
"""What an applicant or his agent may do, or an official in one of the verb's roles for him."""


def about(what: About) -> tuple[Verb, ...]:
    """The verbs of tasks, or of cases."""
    return tuple(verb for verb in VERBS.values() if verb.about is what)
