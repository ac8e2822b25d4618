"""One investment 项目 through all four 即, as data: from the first talk in January to the title in November.

The agreement promises the announcement of the land, the four permits, and how soon water and power are planned and switched on;
each promise becomes a clock of the case it is about. What it does not promise has the limits of the diagrams.
"""

from __future__ import annotations

from datetime import date

from engine.limits import Unit
from engine.plans import PlanItem
from engine.precedence import Commitment
from engine.project_events import Parcel, Party, Profile
from engine.projects import Stage
from services.demo.script import (
    AssignTeam,
    GiveCode,
    MakePlan,
    Meet,
    Open,
    OpenFile,
    OpenReady,
    Reach,
    Sign,
    Story,
    done,
    on,
)
from services.demo.setting import ASSESSED, PARCEL, PARK

_INVESTOR, _CREDIT_CODE, _CODE = "岳阳湘江智能装备有限公司", "91430624MA40000175", "2601-430624-04-01-123457"
_NAME, _AGREEMENT = "智能装备制造基地", "湘高招〔2026〕3号"
_PHASES = ["土方开挖与基坑支护、基础与地下工程", "地上主体工程"]
_BUILT = ["湘阴施〔2026〕31-1", "湘阴施〔2026〕31-2"]
_PARTIES = (Party(role="investor", name=_INVESTOR, credit_code=_CREDIT_CODE),)
_PLAN = (
    PlanItem(key="签约即供地", process="land_supply", department="市资规局", responsible="曾涛", due_on=date(2026, 3, 27),
             materials=("招商投资协议", "投资项目备案证明"), data={"parcel": PARCEL, "land_area": 66_667, "land_use": "工业"}),
    PlanItem(key="开工即配套", process="construction_support", after=("签约即供地",), department="市住建局", responsible="贺明",
             due_on=date(2026, 5, 29), data={
                 "remarks": "二期厂房分阶段施工,一期施工许可已随四证核发",
                 "wants_occupation": True, "takes_green": False, "water_demand": 120,
                 "power_capacity": 2_000, "place": "湘阴大道北侧人行道", "occupied_area": 260, "occupied_from": "2026-04-03",
                 "occupied_until": "2026-05-20", "site_plan": "红线2026-017"}),
    PlanItem(key="竣工即办证", process="completion_to_certificate", after=("开工即配套",), department="市住建局",
             responsible="贺明", due_on=date(2026, 11, 30), data={"floor_area": 31_200, "topped_out_on": "2026-08-20"}),
)


def _promise(item: str, amount: int, clause: str, start: str) -> Commitment:
    return Commitment(item=item, amount=amount, unit=Unit.WORKDAY, clause=clause, agreement=_AGREEMENT, start_event=start,
                      responsible=PARK)


def _registered(phase: int) -> list[dict[str, str]]:
    """The permit of a phase as the register takes it."""
    return [{"sort": "construction", "number": _BUILT[phase]}]


_COMMITMENTS = (
    _promise("land_announcement", 15, "第七条", "协议登记"), _promise("four_permits", 5, "第八条", "受理"),
    _promise("utilities_plan", 5, "第九条", "受理"), _promise("utilities_switch_on", 3, "第九条", "施工完成"))

COMMITTED = {"land_announcement": "发布土地出让公告", "four_permits": "四证并联", "utilities_plan": "水电接入方案",
             "utilities_switch_on": "水电验收接通"}
"""What the agreement calls its commitments."""

_TALKS = (
    on("01-05 09:30", OpenFile(profile=Profile(
        name=_NAME, park=PARK, industry="C3491", amount=32_000, parties=_PARTIES, parcel=Parcel(id=PARCEL, area=66_667)))),
    on("01-05 10:00", Open(process="negotiation_service", data={
        "investor": _INVESTOR, "credit_code": _CREDIT_CODE, "park": PARK, "project_name": _NAME, "industry": "C3491",
        "investment": 32_000, "land_demand": 100})),
    on("01-05 11:00", done("open_file", of="negotiation_service", file_number="档2026-003", investors=[_INVESTOR],
                           investment=32_000)),
    on("01-06 09:30", done("assign_agent", of="negotiation_service", tier="县级", agent_name="唐敏")),
    on("01-06 09:40", AssignTeam(team="湘阴县帮代办一队")),
    on("01-07 10:00", done("select_site", of="negotiation_service", parcel=PARCEL, opinion="位于产业集聚区")),
    on("01-07 15:00", done("review_entry", of="negotiation_service", opinion="属鼓励类,能耗达标")),
    on("01-08 10:00", done("judge_ecology", of="negotiation_service", opinion="位于重点管控单元,符合准入清单")),
    on("01-08 15:00", done(
        "look_up_results", of="negotiation_service", parcel=PARCEL, result_valid_until="2030-06-30",
        result_numbers=[f"湘高区评〔2025〕{number}号" for number in range(1, 8)],
        exempt_assessments=["水土保持", "地质灾害危险性评估", "压覆矿产资源评估", "地震安全性评价"],
        declared_assessments=["环境影响评价", "节能审查"])),
    on("01-12 10:00", MakePlan(items=_PLAN, reason="洽谈阶段首次定制", assessed=ASSESSED)),
    on("01-12 10:30", done(
        "draw_plan", of="negotiation_service", plan_number="定2026-003", matters=[item.key for item in _PLAN],
        responsible=[item.responsible for item in _PLAN])),
    on("01-16 10:00", done("talk", of="negotiation_service", talked_on="2026-01-16", result_text="达成投资意向")),
    on("01-19 09:30", Sign(number=_AGREEMENT, signed_on=date(2026, 1, 19), effective_on=date(2026, 1, 20),
                           commitments=_COMMITMENTS)),
    on("01-19 09:50", Reach(stage=Stage.SIGNED)),
    on("01-19 10:00", done("write_commitments", of="negotiation_service", agreement_number=_AGREEMENT, signed_on="2026-01-19",
                           commitments=["15个工作日内发布出让公告", "四证5个工作日并联办结"], breach_clause="第十二条")),
    on("01-20 15:00", GiveCode(code=_CODE)))

_LAND = (
    on("01-21 09:00", OpenReady()),
    on("01-21 10:00", done("register_agreement", of="land_supply", agreement_number=_AGREEMENT, signed_on="2026-01-19")),
    on("01-23 10:00", done("clear_parcel", of="land_supply", parcel=PARCEL, rights_clear=True, services_ready=True,
                           assessments_done=True, findings="权属清晰,场地平整")),
    on("01-27 10:00", done(
        "draw_scheme", of="land_supply", scheme_number="湘阴让〔2026〕4号", investment_intensity=320, plot_ratio=1.2,
        tax_per_mu=22, energy_per_output=0.3, emission_per_output=0.8, planning_conditions="容积率不低于1.0",
        construction_conditions="十八个月内竣工")),
    on("02-03 10:00", done("approve_scheme", of="land_supply", opinion="同意出让")),
    on("02-06 10:00", done("publish_announcement", of="land_supply", announcement_number="湘阴告〔2026〕2号",
                           announced_on="2026-02-06")),
    on("02-10 10:00", done("pre_review_design", of="land_supply", opinion="总平面基本可行")),
    on("02-12 10:00", done("pre_review_drawings", of="land_supply", opinion="按意见完善后报审")),
    on("02-27 10:00", done("list_parcel", of="land_supply", listed_on="2026-02-27", starting_price=1_980)),
    on("03-10 10:00", done("confirm_deal", of="land_supply", closed_on="2026-03-10", bidder=_INVESTOR, price=1_980)),
    on("03-11 10:00", done("publish_result", of="land_supply", published_on="2026-03-11")),
    on("03-13 10:00", done("sign_contract", of="land_supply", contract_number="湘阴让合〔2026〕4号",
                           supervision_number="4306242026B00017", numbered_on="2026-03-13")),
    on("03-13 10:10", Reach(stage=Stage.LAND)),
    on("03-13 15:00", done("register", of="four_permits")),
    on("03-16 09:30", done("verify", of="four_permits", opinion="材料齐全")),
    on("03-18 10:00", done("review_planning", "review_drawings", "register_supervision", of="four_permits")),
    on("03-19 10:00", done("decide_planning", of="four_permits", opinion="符合规划条件")),
    on("03-19 16:00", done("review_construction", of="four_permits")),
    on("03-20 10:00", done("decide_construction", of="four_permits", opinion="具备施工条件")),
    on("03-20 15:00", done("certify", of="four_permits", permits=[{"sort": "planning"}, {"sort": "construction"}])),
    on("03-23 09:30", done("hand_over", of="four_permits", delivery="窗口领取")),
    on("03-23 10:00", done("check_permits", of="land_supply")),
    on("03-23 10:30", done("close_supply", of="land_supply", delivery="窗口领取")))

_SUPPORT = (
    on("03-24 09:00", OpenReady()),
    on("03-24 09:30", done("register", of="construction_support")),
    on("03-24 10:00", done("verify", of="construction_support", opinion="材料齐全")),
    on("03-24 11:00", done("choose_plan", of="construction_support", outcome="phased", phases=_PHASES)),
    on("03-25 09:30", done("register", of="phase_permit")),
    on("03-25 09:40", done("register", of="phase_permit", nth=1)),
    on("03-25 10:00", done("register", of="utilities_connection")),
    on("03-25 10:10", done("register", of="road_and_green_occupation")),
    on("03-26 09:30", done("verify", of="phase_permit")),
    on("03-26 09:40", done("verify", of="phase_permit", nth=1)),
    on("03-26 10:00", done("verify", of="utilities_connection")),
    on("03-26 10:10", done("verify", of="road_and_green_occupation")),
    on("03-27 10:00", done("visit_together", of="utilities_connection", findings="外线需横穿湘阴大道")),
    on("03-30 10:00", done("review_case", of="phase_permit", phase=_PHASES[0])),
    on("03-30 14:00", done("review_road", "review_traffic", of="road_and_green_occupation")),
    on("03-30 15:00", done("plan_water", "plan_power", of="utilities_connection", plan_number="接2026-017")),
    on("03-31 10:00", done("gather_plans", of="utilities_connection", outcome="outside", crosses_planning=True,
                           digs_road=True)),
    on("04-01 10:00", done("decide_case", of="phase_permit", opinion="本阶段条件具备")),
    on("04-01 15:00", done("review_planning", "review_city", of="utilities_connection")),
    on("04-02 10:00", done("decide_occupation", of="road_and_green_occupation", permitted_until="2026-05-20")),
    on("04-02 10:30", done("certify", of="phase_permit", phase=_PHASES[0], permit_number=_BUILT[0], permits=_registered(0))),
    on("04-02 11:00", done("hand_over", of="phase_permit", delivery="电子送达")),
    on("04-02 15:00", done("decide_outside", of="utilities_connection", opinion="规划、城管意见一致")),
    on("04-03 10:00", done("hand_over", of="road_and_green_occupation", delivery="电子送达")),
    on("04-03 11:00", done("assess_fees", of="road_and_green_occupation", fees_due=["占道费", "挖掘修复费"],
                           enterprise_payable=0)),
    on("04-03 15:00", done("review_case", of="phase_permit", nth=1, phase=_PHASES[1])),
    on("04-07 10:00", done("decide_case", of="phase_permit", nth=1, opinion="本阶段条件具备")),
    on("04-08 10:00", done("certify", of="phase_permit", nth=1, phase=_PHASES[1], permit_number=_BUILT[1],
                           permits=_registered(1))),
    on("04-08 11:00", done("hand_over", of="phase_permit", nth=1, delivery="电子送达")),
    on("04-09 10:00", done("pay_fees", of="road_and_green_occupation", outcome="more", fee_kind="占道费", amount=5_200,
                           voucher_number="缴0417", paid_on="2026-04-09", enterprise_payable=0, payer=PARK)),
    on("04-09 10:30", done("pay_fees", of="road_and_green_occupation", fee_kind="挖掘修复费", amount=18_000,
                           voucher_number="缴0418", paid_on="2026-04-09", enterprise_payable=0, payer=PARK)),
    on("04-13 09:00", Reach(stage=Stage.BUILDING)),
    on("04-13 10:00", Meet(sort="construction", condition="begin_work")),
    on("04-15 10:00", done("report_works", of="utilities_connection", begun_on="2026-04-07", completed_on="2026-04-14")),
    on("04-16 10:00", done("connect_water", "connect_power", of="utilities_connection", connected_on="2026-04-16")),
    on("04-16 15:00", done("hand_over", of="utilities_connection", delivery="电子送达")),
    on("05-20 10:00", done("register_works", of="road_and_green_occupation", restored_on="2026-05-19")),
    on("05-21 10:00", done("verify_restoration", of="road_and_green_occupation", verified_on="2026-05-21")),
    on("05-22 10:00", done("settle_ledger", of="road_and_green_occupation", entries=2, total_paid=23_200,
                           enterprise_payable=0)),
    on("05-25 10:00", done("sum_up", of="construction_support", summary="施工许可、水电、占道均已办成")),
    on("05-25 11:00", done("hand_over", of="construction_support", delivery="窗口领取")))

_COMPLETION = (
    on("08-24 09:00", OpenReady()),
    on("08-24 10:00", done("register_project", of="completion_to_certificate")),
    on("09-01 10:00", done("survey_together", of="completion_to_certificate", report_numbers=["测2026-118"],
                           survey_kinds=["规划核实", "房产面积", "不动产"])),
    on("09-02 10:00", done("survey_ownership", of="completion_to_certificate", parcel_number="430624004003GB00017",
                           unit_number="430624004003GB00017F00010001")),
    on("09-03 10:00", done("advise_taxes", "check_files", of="completion_to_certificate")),
    on("09-28 09:30", done("register", of="joint_completion_inspection")),
    on("09-29 09:30", done("verify", of="joint_completion_inspection", opinion="材料齐全")),
    on("09-30 10:00", done("dispatch", of="joint_completion_inspection")),
    on("10-10 10:00", done("check_planning", "check_fire", "check_civil_defence", "check_archives", "check_quality",
                           of="joint_completion_inspection")),
    on("10-12 10:00", done("visit", of="joint_completion_inspection", findings="各专项符合要求")),
    on("10-12 16:00", done("summarise", of="joint_completion_inspection")),
    on("10-13 10:00", done("decide_acceptance", of="joint_completion_inspection", opinion="各专项均合格")),
    on("10-14 10:00", done("file_completion", "hand_over", of="joint_completion_inspection")),
    on("10-14 15:00", done("record_filing", of="completion_to_certificate", filing_number="湘阴竣备〔2026〕22号")),
    on("10-14 15:10", Reach(stage=Stage.COMPLETED)),
    on("10-15 09:30", done("register", of="real_estate_registration")),
    on("10-15 10:00", done("verify", of="real_estate_registration", opinion="材料齐全")),
    on("10-19 10:00", done("deliver", of="completion_to_certificate")),
    on("10-20 10:00", done("transfer_archives", of="completion_to_certificate", receipt_number="档移2026-22", volumes=18)),
    on("10-20 15:00", done("issue_licences", of="completion_to_certificate", certificate_numbers=["湘阴竣备〔2026〕22号"])),
    on("10-28 10:00", done("review_case", of="real_estate_registration", opinion="权属来源清楚")),
    on("11-03 10:00", done("decide_case", of="real_estate_registration", opinion="权属清晰")),
    on("11-04 10:00", done("certify", of="real_estate_registration",
                           certificate_number="湘(2026)湘阴县不动产权第0004217号", registered_on="2026-11-03")),
    on("11-04 15:00", done("hand_over", of="real_estate_registration", delivery="窗口领取")),
    on("11-05 10:00", done("hand_over", of="completion_to_certificate", delivery="窗口领取")),
    on("11-05 10:30", Reach(stage=Stage.CERTIFIED)))

INVESTMENT = Story(title="一个项目走完四即:洽谈即服务、签约即供地、开工即配套、竣工即办证",
                   scenes=(*_TALKS, *_LAND, *_SUPPORT, *_COMPLETION))
