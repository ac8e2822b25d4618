"""One investment 项目 that settles in 临港高新区, served by an agent 帮代办员 with a mandate: its file, with a plan of all four
即.

洽谈即服务 is done, and 签约即供地 has come to the end of its listing: the window confirms the deal. 开工即配套 and 竣工即办证
wait in the plan for what comes before them. What the agreement promises is a clock of the case it is about.
"""

from __future__ import annotations

from engine.limits import Unit
from engine.plans import PlanItem
from engine.precedence import Commitment
from engine.project_events import Parcel, Party, Profile
from engine.projects import Stage
from services.demo.books import ASSESSED
from services.demo.days import Days
from services.demo.numbers import credit_code, project_code
from services.demo.script import (
    Act,
    AssignTeam,
    Do,
    GiveCode,
    MakePlan,
    Open,
    OpenFile,
    OpenReady,
    Reach,
    Scene,
    Sign,
    Story,
)
from services.demo.staff import BUREAU, INVESTOR_SERVED, LINGANG

_NAME, _PARCEL, _AGREEMENT = "智能装备制造基地", "LG-017", "示例,临高招〔2026〕3号"
_CODE = credit_code(17)


def story(days: Days) -> Story:
    """The project so far."""
    return Story(title="项目：签约即供地，挂牌期满待确认成交", scenes=(*_talks(days), *_land(days)))


def _talks(days: Days) -> tuple[Scene, ...]:
    profile = Profile(name=_NAME, park=LINGANG, industry="C3491", amount=32_000, parcel=Parcel(id=_PARCEL, area=66_667),
                      parties=(Party(role="investor", name=INVESTOR_SERVED, credit_code=_CODE),))
    lead = {"investor": INVESTOR_SERVED, "credit_code": _CODE, "park": LINGANG, "project_name": _NAME, "industry": "C3491",
            "investment": 32_000, "land_demand": 100}
    told: tuple[tuple[int, str, Act], ...] = (
        (-45, "09:30", OpenFile(profile=profile)),
        (-45, "10:00", Open(process="negotiation_service", data=lead)),
        (-45, "11:00", _talk("open_file", file_number="档003", investors=[INVESTOR_SERVED], investment=32_000)),
        (-44, "09:30", _talk("assign_agent", tier="县级", agent_name="唐敏")),
        (-44, "09:40", AssignTeam(team="临港帮代办一队")),
        (-43, "10:00", _talk("select_site", parcel=_PARCEL, opinion="位于产业集聚区")),
        (-43, "15:00", _talk("review_entry", opinion="属鼓励类，能耗达标")),
        (-42, "10:00", _talk("judge_ecology", opinion="位于重点管控单元，符合准入清单")),
        (-42, "15:00", _talk(
            "look_up_results", parcel=_PARCEL, result_valid_until=days.day(200).isoformat(),
            result_numbers=[f"示例,临高区评〔{days.today.year - 1}〕{place}号" for place in range(1, 8)],
            exempt_assessments=["水土保持", "地质灾害危险性评估", "压覆矿产资源评估", "地震安全性评价"],
            declared_assessments=["环境影响评价", "节能审查"])),
        (-40, "10:00", MakePlan(items=_plan(days), reason="洽谈阶段首次定制", assessed=tuple(ASSESSED))),
        (-40, "10:30", _talk("draw_plan", plan_number="定003", matters=[item.key for item in _plan(days)],
                             responsible=[item.responsible for item in _plan(days)])),
        (-39, "10:00", _talk("talk", talked_on=days.day(-39).isoformat(), result_text="达成投资意向")),
        (-38, "09:30", Sign(number=_AGREEMENT, signed_on=days.day(-38), effective_on=days.day(-37), commitments=_COMMITMENTS)),
        (-38, "09:50", Reach(stage=Stage.SIGNED)),
        (-38, "10:00", _talk("write_commitments", agreement_number=_AGREEMENT, signed_on=days.day(-38).isoformat(),
                             commitments=["15个工作日内发布出让公告", "四证5个工作日并联办结"], breach_clause="第十二条")),
        (-38, "15:00", GiveCode(code=project_code("430603", 17, f"{days.day(-38):%y%m}"))))
    return tuple(days.on(*each) for each in told)


def _land(days: Days) -> tuple[Scene, ...]:
    told: tuple[tuple[int, str, Act], ...] = (
        (-37, "09:00", OpenReady()),
        (-37, "10:00", _supply("register_agreement", agreement_number=_AGREEMENT, signed_on=days.day(-38).isoformat())),
        (-35, "10:00", _supply("clear_parcel", parcel=_PARCEL, rights_clear=True, services_ready=True, assessments_done=True,
                               findings="权属清晰，场地平整")),
        (-32, "10:00", _supply(
            "draw_scheme", scheme_number="临高让4号", investment_intensity=320, plot_ratio=1.2, tax_per_mu=22,
            energy_per_output=0.3, emission_per_output=0.8, planning_conditions="容积率不低于1.0",
            construction_conditions="十八个月内竣工")),
        (-29, "10:00", _supply("approve_scheme", opinion="同意出让")),
        (-27, "10:00", _supply("publish_announcement", announcement_number="临高告2号",
                               announced_on=days.day(-27).isoformat())),
        (-22, "10:00", _supply("pre_review_design", opinion="总平面基本可行")),
        (-21, "10:00", _supply("pre_review_drawings", opinion="按意见完善后报审")),
        (-10, "10:00", _supply("list_parcel", listed_on=days.day(-10).isoformat(), starting_price=1_980)))
    return tuple(days.on(*each) for each in told)


def _plan(days: Days) -> tuple[PlanItem, ...]:
    return (
        PlanItem(key="签约即供地", process="land_supply", department=BUREAU, responsible="王磊", due_on=days.day(15),
                 materials=("招商投资协议", "投资项目备案证明"), data={
                     "parcel": _PARCEL, "land_area": 66_667, "land_use": "工业"}),
        PlanItem(key="开工即配套", process="construction_support", after=("签约即供地",), department="市住建局",
                 responsible="王磊", due_on=days.day(60), data={"remarks": "二期厂房分阶段施工"}),
        PlanItem(key="竣工即办证", process="completion_to_certificate", after=("开工即配套",), department="市住建局",
                 responsible="王磊", due_on=days.day(200), data={"floor_area": 31_200}))


def _talk(node: str, **data: object) -> Do:
    return Do(nodes=(node,), of="negotiation_service", data=data)


def _supply(node: str, **data: object) -> Do:
    return Do(nodes=(node,), of="land_supply", data=data)


def _promise(item: str, amount: int, clause: str, start: str) -> Commitment:
    return Commitment(item=item, amount=amount, unit=Unit.WORKDAY, clause=clause, agreement=_AGREEMENT, start_event=start,
                      responsible=LINGANG)


_COMMITMENTS = (
    _promise("land_announcement", 15, "第七条", "协议登记"), _promise("four_permits", 5, "第八条", "受理"),
    _promise("utilities_plan", 5, "第九条", "受理"), _promise("utilities_switch_on", 3, "第九条", "施工完成"))
