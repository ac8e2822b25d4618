"""Who acts in a demonstration.

In the played one nobody is entered as a person, so that a role is stated by who acts and separation of duties holds by name:
for each department whoever holds a role there, else whoever holds it at the hall; in no case does one name appear in two
duties. In the demonstration's house people are entered (`services.demo.staff`).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Protocol

from engine.duties import APPLICANT
from services.store.rows import CaseRow, TaskRow

HALL: Mapping[str | None, str] = {
    "clerk": "陈静(窗口)", "reviewer": "周凯(审查)", "approver": "罗敏(审批)", "supervisor": "孙涛(督查)",
    "certifier": "何莉(制证)", "agent": "唐敏(帮办)", "applicant": APPLICANT,
}
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


class Cast(Protocol):
    """Who does what. `investment`: who keeps the files of projects; `agent`: who opens the cases of their plans."""

    @property
    def investment(self) -> str: ...

    @property
    def agent(self) -> str: ...

    def clerk(self, park: str) -> str:
        """Who takes in an application in a park ("": in none)."""

    def worker(self, case: CaseRow, task: TaskRow, at: datetime) -> str:
        """Who does an open task."""

    def holder(self, role: str, case: CaseRow, at: datetime) -> str:
        """Who gives a command about a case in a role."""

    def supervising(self, department: str, case: CaseRow, at: datetime) -> str | None:
        """Who signs for a result that was pushed to a department; None: it is left waiting."""


class Stated:
    """The cast of the played demonstration."""

    investment = "李倩(招商)"
    agent = HALL["agent"]

    def clerk(self, park: str) -> str:
        """One window for all."""
        return HALL["clerk"]

    def worker(self, case: CaseRow, task: TaskRow, at: datetime) -> str:
        """Whoever holds the task's role in its department."""
        return _ELSEWHERE.get((task.unit or case.department, task.role)) or HALL[task.role]

    def holder(self, role: str, case: CaseRow, at: datetime) -> str:
        """Whoever holds it at the hall."""
        return HALL[role]

    def supervising(self, department: str, case: CaseRow, at: datetime) -> str | None:
        """The same for all, at once."""
        return "熊伟(监管)"
