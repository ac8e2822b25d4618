"""Who acts in the demonstration: for each department whoever holds a role there, else whoever holds it at the hall.

Nobody is entered as a person, so a role is stated by who acts, and separation of duties holds by name: in no case does one name
appear in two duties.
"""

from __future__ import annotations

from collections.abc import Mapping

from engine.duties import APPLICANT

HALL: Mapping[str | None, str] = {
    "clerk": "陈静(窗口)", "reviewer": "周凯(审查)", "approver": "罗敏(审批)", "supervisor": "孙涛(督查)",
    "certifier": "何莉(制证)", "agent": "唐敏(帮办)", "applicant": APPLICANT,
}
CLERK, APPROVER, AGENT = "陈静(窗口)", "罗敏(审批)", "唐敏(帮办)"
INVESTMENT = "李倩(招商)"
"""The park's investment office keeps the project's file."""

_ELSEWHERE: Mapping[tuple[str, str | None], str] = {
    ("市公安局", "reviewer"): "吴刚(公安)", ("市公安局", "approver"): "秦越(公安)",
    ("市税务局", "reviewer"): "邓丽(税务)", ("市税务局", "approver"): "冯军(税务)",
    ("市人社局", "reviewer"): "易欢(人社)", ("市人社局", "approver"): "谭勇(人社)",
    ("市住房公积金管理中心", "reviewer"): "邹娜(公积)", ("市住房公积金管理中心", "approver"): "龙斌(公积)",
    ("人民银行岳阳市中心支行", "reviewer"): "余倩(人行)", ("人民银行岳阳市中心支行", "approver"): "丁磊(人行)",
    ("市资规局", "reviewer"): "曾涛(资规)", ("市资规局", "approver"): "彭辉(资规)",
    ("市城管局", "reviewer"): "万超(城管)", ("市城管局", "approver"): "姚芳(城管)",
    ("市住建局", "reviewer"): "贺明(住建)", ("市住建局", "approver"): "石磊(住建)",
}


def actor(department: str, role: str | None) -> str:
    """Who does a task of this role in this department."""
    return _ELSEWHERE.get((department, role)) or HALL[role]
