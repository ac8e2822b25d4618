"""Facts of 双推送双报告 (seed measure 3): the result of an approval is pushed to whoever supervises it, who signs for it and
reports back.

Frozen, in the past tense, written down once (`engine.events`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.oversight_facts import Reminded


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPushed:
    """推送监管部门: the result of a concluded case is with the department that supervises it. `result`: granted 准予, or what
    was done about a permit (change, renew, annul, revoke, cancel); `matter`: the code of the responsibility list's row; `ways`:
    by which it went: inbox, the department's in this system, where it lies until it is signed for. Whoever subscribes to this
    fact gets it besides, and may know whose it is by `department`."""

    department: str
    result: str
    matter: str = ""
    ways: Sequence[str] = ("inbox",)


@dataclass(frozen=True, slots=True, kw_only=True)
class PushReceived:
    """监管签收: somebody of the department has signed for it. `push`: the number of the fact that pushed it, here and below."""

    push: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingReported:
    """监管反馈: what the department has found, back onto the case. `sort`: as `engine.pushes.SORTS` has it; `measure`: what it
    has done about it; `document`: of the measure, "" for none. `told`: into whose inbox it went."""

    push: int
    sort: str
    text: str
    measure: str = ""
    document: str = ""
    told: Sequence[Reminded] = ()
