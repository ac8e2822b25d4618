"""The subjects of the help, whose work each is about, and which of them belongs to a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Topic:
    """A page of the help. `roles`: whose work it tells of, none: everybody's; `note`: what it tells."""

    key: str
    title: str
    note: str
    roles: frozenset[str] = frozenset()


TOPICS: tuple[Topic, ...] = (
    Topic(key="clerk", title="窗口受理人员", note="收件、核验、受理、补正、送达", roles=frozenset({"clerk"})),
    Topic(key="reviewer", title="审查人与审批人", note="审查、征求意见、停表和恢复、作出决定",
          roles=frozenset({"reviewer", "approver"})),
    Topic(key="head", title="机关负责人", note="批准延期、挂起和恢复",
          roles=frozenset({"head_of_office", "head_of_government"})),
    Topic(key="certifier", title="制证人员", note="制证、用印、出件", roles=frozenset({"certifier"})),
    Topic(key="supervisor", title="督查员", note="看板、催办、督办、核销", roles=frozenset({"supervisor"})),
    Topic(key="designer", title="流程设计员与法制审核员", note="画流程、改时限、审核发布",
          roles=frozenset({"designer", "legal_officer"})),
    Topic(key="unit", title="部门管理员与园区管理员", note="人员、岗位、外出代理、联络表、指派",
          roles=frozenset({"department_admin", "park_admin"})),
    Topic(key="administrators", title="系统、安全、审计管理员", note="账号、岗位、日志；三者互不兼任",
          roles=frozenset({"system_admin", "security_admin", "audit_admin", "connector"})),
    Topic(key="applicant", title="申请人与帮代办员", note="准备什么、怎样补正和撤件、怎样核验文书", roles=frozenset({"agent"})),
    Topic(key="days", title="一天怎么计算", note="哪天起算、哪天到期、什么能停表；可以试算"),
    Topic(key="keys", title="快捷键", note="不用鼠标办件"),
)
"""In the order of the index."""

BY_KEY: Mapping[str, Topic] = {topic.key: topic for topic in TOPICS}

_OF_AREA = {"wall": "supervisor", "designer": "designer", "drawing": "designer", "account_events": "administrators",
            "document_check": "applicant", "progress": "applicant"}
"""Whose area a blueprint is."""

_SHARED = ("counter", "case", "intake", "messages", "administration", "receipts", "in_place", "held_up", "ratings")
"""Where the reader's own role says which page he is led to."""


def own_first(roles: Iterable[str]) -> list[Topic]:
    """All topics, those of somebody's own roles first; of a stranger, who has none, the applicant's."""
    held = frozenset(roles) or frozenset({"agent"})
    return sorted(TOPICS, key=lambda topic: not topic.roles & held)


def of_page(endpoint: str, roles: Iterable[str]) -> str | None:
    """The topic a page's own help is; None: the index."""
    area = endpoint.partition(".")[0]
    if area in _OF_AREA:
        return _OF_AREA[area]
    first = own_first(roles)[0]
    return first.key if area in _SHARED and first.roles & frozenset(roles) else None
