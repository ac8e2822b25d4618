"""What happens in the demonstration, as data: nine stories, each a list of instants and acts.

The Spring Festival of 2026 lies from 15 to 23 February; Saturday 14 and Saturday 28 February are make-up working days
(国办发明电〔2025〕7号). So a limit of one working day accepted on Friday the 13th is over on Saturday, and five working days
from the 12th end two weeks later. All instants are Asia/Shanghai.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from engine.calendar import SHANGHAI


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """An application is filed."""

    data: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Do:
    """Open tasks are completed, one after the other. `outcome`: None takes the ordinary one, the first."""

    nodes: tuple[str, ...]
    outcome: str | None = None
    data: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspend:
    """A special procedure begins."""

    ground: str
    document: str
    expected_end: date


@dataclass(frozen=True, slots=True)
class Resume:
    """The special procedure is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdraw:
    """The applicant takes the application back."""

    reason: str


Act = Open | Do | Suspend | Resume | Withdraw


@dataclass(frozen=True, slots=True, kw_only=True)
class Scene:
    """One act at one instant."""

    at: datetime
    act: Act


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One case from the first act to the last. `title`: what it shows."""

    title: str
    process: str
    scenes: tuple[Scene, ...]


def _on(text: str, act: Act) -> Scene:
    return Scene(at=datetime.fromisoformat(f"2026-{text}").replace(tzinfo=SHANGHAI), act=act)


def _open(**data: object) -> Open:
    return Open(data=data)


def _do(*nodes: str, outcome: str | None = None, **data: object) -> Do:
    return Do(nodes=nodes, outcome=outcome, data=data)


BEGINS_AT = datetime(2026, 2, 11, 9, tzinfo=SHANGHAI)

STORIES = (
    Story(title="按时办结", process="company_setup", scenes=(
        _on("02-11 09:00", _open(applicant="刘洋", company_name="岳阳云帆科技有限公司", capital=2_000_000, channel="窗口")),
        _on("02-11 09:15", _do("register", receipt_number="收2026-0211-01")),
        _on("02-11 09:40", _do("verify", opinion="材料齐全")),
        _on("02-11 15:00", _do("review_registration", opinion="材料齐全,符合法定形式")),
        _on("02-12 10:00", _do("decide_registration", opinion="符合登记条件")),
        _on("02-12 14:30", _do("make_seal", "issue_invoices", "insure", "open_fund", "book_bank")),
        _on("02-12 16:00", _do("hand_over", delivery="窗口领取")))),
    Story(title="提前办结(规划告知承诺)", process="four_permits", scenes=(
        _on("02-11 09:30", _open(applicant="岳阳临港新材有限公司", project_name="新材料项目", planning_review="告知承诺")),
        _on("02-11 09:50", _do("register")),
        _on("02-11 10:30", _do("verify", opinion="材料齐全")),
        _on("02-12 10:00", _do("check_commitment", "review_drawings", "register_supervision")),
        _on("02-13 15:00", _do("decide_planning", "review_construction")),
        _on("02-24 11:00", _do("decide_construction", opinion="具备施工条件")),
        _on("02-25 09:30", _do("certify", certificate_numbers=["地字第2026011号", "建字第2026011号"])),
        _on("02-26 10:00", _do("hand_over", delivery="窗口领取")))),
    Story(title="一次性补正,现场整改后通过", process="joint_completion_inspection", scenes=(
        _on("02-11 10:00", _open(applicant="湖南城陵矶物流有限公司", project_name="冷链仓库一期", floor_area=18_600.5)),
        _on("02-11 10:20", _do("register")),
        _on("02-11 15:00", _do("verify", outcome="correct", missing_documents=["消防检测报告"])),
        _on("02-13 09:30", _do("supplement", documents=["消防检测报告"])),
        _on("02-13 11:00", _do("verify", opinion="补正后材料齐全")),
        _on("02-14 09:30", _do("dispatch")),
        _on("02-24 15:00", _do("check_planning", "check_fire", "check_civil_defence", "check_archives", "check_quality")),
        _on("02-25 10:00", _do("visit", findings="二层疏散指示标志缺失")),
        _on("02-25 16:00", _do("summarise", outcome="rectify")),
        _on("02-25 16:30", _do("notify_defects", defects=["补装二层疏散指示标志"])),
        _on("02-27 10:00", _do("report_rectified")),
        _on("02-28 10:00", _do("visit_again", findings="已整改到位")),
        _on("02-28 15:00", _do("summarise")),
        _on("03-02 10:00", _do("decide_acceptance", opinion="各专项均合格")),
        _on("03-03 10:00", _do("file_completion", "hand_over")))),
    Story(title="五个工作日无人告知补正:视为受理,超力争时限", process="four_permits", scenes=(
        _on("02-11 16:30", _open(applicant="岳阳高新建材有限公司", project_name="装配式构件厂")),
        _on("02-11 16:50", _do("register")),
        _on("02-26 10:00", _do("supervise_target", cause="窗口未在法定期限内核验", measures="当日补办,三日内办结")),
        _on("02-26 15:00", _do("review_planning", "review_drawings", "register_supervision", "review_construction")),
        _on("02-27 11:00", _do("decide_planning")),
        _on("02-28 11:00", _do("decide_construction")),
        _on("03-02 09:30", _do("certify")),
        _on("03-02 15:00", _do("hand_over", delivery="邮寄")))),
    Story(title="专家评审,特别程序期间不计时限", process="four_permits", scenes=(
        _on("02-12 09:00", _open(applicant="岳阳长岭石化装备有限公司", project_name="重型装备制造基地")),
        _on("02-12 09:20", _do("register")),
        _on("02-12 10:00", _do("verify", opinion="材料齐全")),
        _on("02-13 11:00", _do("review_drawings", "register_supervision")),
        _on("02-13 16:00", Suspend(ground="expert_review", document="岳开特告〔2026〕2号", expected_end=date(2026, 2, 27))),
        _on("02-27 10:00", Resume()),
        _on("03-02 10:00", _do("review_planning", "review_construction")),
        _on("03-03 15:00", _do("decide_planning")),
        _on("03-04 15:30", _do("decide_construction")),
        _on("03-05 09:30", _do("certify", "hand_over")))),
    Story(title="决定前撤件", process="four_permits", scenes=(
        _on("02-12 14:00", _open(applicant="岳阳经开置业有限公司", project_name="标准厂房三期")),
        _on("02-12 14:20", _do("register")),
        _on("02-12 15:00", _do("verify")),
        _on("02-13 10:00", _do("review_drawings", outcome="failed", opinion="消防车道宽度不足")),
        _on("02-14 10:30", Withdraw(reason="申请人调整设计后重新申报")))),
    Story(title="超承诺黄牌,超法定红牌,超期办结", process="company_setup", scenes=(
        _on("02-13 09:20", _open(applicant="黄蓉", company_name="岳阳巴陵餐饮管理有限公司", wants_fund=False)),
        _on("02-13 09:40", _do("register")),
        _on("02-13 10:10", _do("verify", opinion="材料齐全")),
        _on("02-24 09:30", _do("supervise_promise", cause="节前人员轮休,审查岗空缺", measures="当日补审")),
        _on("02-25 15:00", _do("review_registration")),
        _on("02-26 09:10", _do("supervise_statute", cause="核准岗积压", measures="约谈,当日办结")),
        _on("02-26 10:00", _do("decide_registration", opinion="符合登记条件")),
        _on("02-26 14:00", _do("make_seal", "issue_invoices", "insure", "book_bank")),
        _on("02-26 16:00", _do("hand_over", delivery="电子送达")))),
    Story(title="退回审查后按时办结", process="company_setup", scenes=(
        _on("02-24 09:00", _open(applicant="杨帆", company_name="岳阳南湖文旅有限公司", wants_bank=False)),
        _on("02-24 09:15", _do("register")),
        _on("02-24 09:45", _do("verify")),
        _on("02-24 11:00", _do("review_registration")),
        _on("02-24 15:30", _do("decide_registration", outcome="send_back", reason="经营范围表述不规范")),
        _on("02-25 09:30", _do("review_registration", opinion="已按规范表述修改")),
        _on("02-25 10:30", _do("decide_registration", opinion="符合登记条件")),
        _on("02-25 15:00", _do("make_seal", "issue_invoices", "insure", "open_fund")),
        _on("02-26 09:30", _do("hand_over")))),
    Story(title="不予受理", process="company_setup", scenes=(
        _on("02-25 14:00", _open(applicant="赵明", company_name="岳阳环球金控集团有限公司")),
        _on("02-25 14:20", _do("register")),
        _on("02-25 15:00", _do("verify", outcome="decline", reason="名称属于禁止登记的范围")))),
)
