"""What the demonstration's house has entered beside its people, each by one and approved by another where the law asks for two:
the sample empowerment list 赋权清单 of the shelf with a second batch, the contact book 联络表, a policy, an office limit, an
undertaking 承诺书, the register of regional assessments.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime

from sqlalchemy import Connection

from engine.assessments import Assessment, Use
from engine.empowerment import Empowerment, Mode, Rule, Taking
from engine.ladder import GOVERNMENT_SUPERVISION_UNIT, LADDER, REFORM_OFFICE_UNIT, Rank
from engine.limits import LimitKind
from engine.supervision import Policy
from services import assessments, contacts, empowerment, empowerment_sheets, rulings, undertakings
from services.contacts import NewContact
from services.demo.setting import LATE_BY_HALF_A_DAY
from services.demo.staff import BUREAU, CENTRE, LINGANG, POLICE, XIANGYIN
from services.office import Office
from services.rulings import NewLimit
from services.undertakings import Kind, NewTemplate

_ENTERS, _APPROVES = "张敏", "许文"
_SHEETS: Mapping[str, str] = {
    "park_mode": "park_modes.csv", "local_authority": "local_authorities.csv", "empowerment": "empowerment.csv"}
_BATCH, _DOCUMENT, _SINCE = "示例-2025年第二批", "示例,非正式文件(参照湘政办发〔2021〕72号)", date(2025, 1, 1)
_MARKET, _HOUSING, _PLANNING = "市市场监管局", "市住建局", "市资规局"
_GIVEN: Mapping[str, Mapping[str, str]] = {
    XIANGYIN: {"YJS-QYBG": _MARKET, "SJ-ZSZT": "市城管局", "SJ-BA": _HOUSING, "ZC-SB": CENTRE},
    LINGANG: {
        "YJS-QYKB-LB": _MARKET, "QYKB-DJ": _MARKET, "QYKB-FP": "市税务局", "QYKB-CB": "市人社局",
        "QYKB-GJJ": "市住房公积金管理中心", "QYKB-YH": "人民银行岳阳市中心支行", "YJS-YZT": _MARKET, "YZT-SP": _MARKET,
        "YZT-WS": "市卫健委", "SJ-QTFW": _PLANNING, "SJ-QYGD": _PLANNING, "SJ-FJSG": _HOUSING,
    },
}
"""What the second batch gives the two parks, and whose it was. 公章刻制 stays with 市公安局."""
_SEALS = {XIANGYIN: "示例印章-107", LINGANG: ""}
_HALF_DAYS = ("company_registration", "seal_engraving", "invoice_issuing", "insurance_registration", "fund_registration",
              "bank_appointment")
_BOOK = {
    XIANGYIN: ("杨帆", "谢军", "钟慧"), LINGANG: ("向东", "胡斌", "田甜"), BUREAU: ("向东", "彭辉", "蒋慧"),
    POLICE: ("范琳", "龙斌", "郑伟"), _MARKET: ("姚芳", "石磊", "邹娜"), GOVERNMENT_SUPERVISION_UNIT: ("余倩", "丁磊", "万超"),
    REFORM_OFFICE_UNIT: ("贺明", "曾涛", "孙涛"),
}
"""Of each unit: 分管领导, 负责人, 联络员. The other departments have entered nobody, so that their gaps show."""
ASSESSED: Mapping[str, Use] = {
    "planning_environment": Use.DECLARED, "energy": Use.DECLARED, "water_soil": Use.EXEMPT, "geological_hazard": Use.EXEMPT,
    "overlying_minerals": Use.EXEMPT, "seismic_safety": Use.EXEMPT, "flood": Use.EXEMPT}
_UNDERTAKING = "本单位承诺在补齐日期前补齐所缺次要材料，逾期未补齐的，自愿承担由此产生的后果。"


def enter(connection: Connection, office: Office, *, now: datetime) -> None:
    """Enter it all."""
    _enter_empowerment(connection, office, now)
    contacts.set_contacts(connection, _contacts(), by=_ENTERS, now=now)
    for process in _HALF_DAYS:
        rulings.enter_policy(connection, Policy(ladder=(*LADDER, LATE_BY_HALF_A_DAY)), process=process, park="", by=_ENTERS,
                             now=now)
    process, drawn = rulings.drawn_limits(connection, "site_permit")
    rulings.enter_office_limit(connection, NewLimit(
        process=process, kind=LimitKind.PROMISED, amount=10, basis="示例,湘高区办〔2025〕6号", approver="杨帆", park=XIANGYIN),
        drawn=drawn, by=_ENTERS, now=now)
    undertakings.enter_template(connection, NewTemplate(
        kind=Kind.CONDITIONAL, process="company_change", text=_UNDERTAKING, basis=_DOCUMENT), by=_ENTERS, now=now)
    assessments.enter_all(connection, _assessments(now.date()), by=_ENTERS, now=now)


def _enter_empowerment(connection: Connection, office: Office, now: datetime) -> None:
    for kind, file in _SHEETS.items():
        sheet = (office.shelf / "empowerment" / file).read_bytes()
        empowerment_sheets.enter_sheet(connection, sheet, kind, by=_ENTERS, now=now, catalogue=office.catalogue)
        empowerment.decide(connection, kind=kind, is_approved=True, by=_APPROVES, now=now)
    empowerment.enter(connection, _second_batch(), by=_ENTERS, now=now, catalogue=office.catalogue)
    empowerment.decide(connection, batch=_BATCH, is_approved=True, by=_APPROVES, now=now)


def _second_batch() -> Iterator[Rule]:
    for park, given in _GIVEN.items():
        for place, (matter, authority) in enumerate(given.items(), start=1):
            yield Empowerment(
                park=park, matter=matter, mode=Mode.DIRECT, authority=authority, supervisor=authority, batch=_BATCH,
                document=_DOCUMENT, seal=_SEALS[park], taking=Taking.TAKEN_OVER, valid_from=_SINCE,
                handover=f"示例交接书-{_SEALS[park][-3:] or '003'}-{place:02d}")


def _contacts() -> Iterator[NewContact]:
    for place, (unit, names) in enumerate(_BOOK.items(), start=1):
        for rank, name in zip((Rank.LEADER, Rank.HEAD, Rank.LIAISON), names, strict=True):
            yield NewContact(unit=unit, rank=rank, name=name, office_phone=f"0730-88{place:02d}1{len(rank.value):02d}")


def _assessments(today: date) -> Iterator[Assessment]:
    for place, (kind, use) in enumerate(ASSESSED.items(), start=1):
        yield Assessment(kind=kind, park=LINGANG, document=f"示例,临高区评〔{today.year - 1}〕{place}号", mode=use.value,
                         valid_from=date(today.year - 1, 1, 1), valid_until=date(today.year + 4, 12, 31))
