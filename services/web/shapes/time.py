"""The shapes of the moves that stop, resume and extend the time of a case. As in `shapes`, an unknown field is refused by name.

Words the law fixes (grounds, roles, sizes) are listed here and judged by the engine, whose refusal cites the article.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from engine.extending import MOST_JOINT
from engine.moves import APPROVERS_OF_CORRECTIONS
from engine.stopping import EXAMINATIONS
from engine.stops import GROUNDS, PAUSES, STATUTE
from services.web.shapes.cases import CasePath, _Body, _day

_LONG, _SHORT = 1000, 200

FutureDay = Annotated[date, BeforeValidator(_day)]


def _one_of(words: Iterable[str]) -> dict[str, Any]:
    """Say which words there are."""
    return {"enum": list(words)}


class ClockPath(CasePath):
    """Which drawn limit of a case."""

    token: int = Field(ge=0, le=10**12, description="The `token` of the incident that says its number is missing.")


class Suspending(_Body):
    """特别程序开始."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"ground": "expert_review", "document": "岳园特告〔2026〕3号", "expected_end": "2026-03-02"},
        {"ground": "statute", "basis": "消防法第十三条", "document": "岳园特告〔2026〕4号", "expected_end": "2026-03-02"}]})

    ground: str = Field(default_factory=str, max_length=40, json_schema_extra=_one_of((*GROUNDS, STATUTE)), description=(
        "One of the eight of 行政许可法 art. 45, or `statute` for one that another law adds."))
    document: str = Field(max_length=_SHORT, description="Number of the 特别程序告知书.")
    expected_end: FutureDay = Field(description="The day told to the applicant, after today.")
    basis: str = Field("", max_length=_SHORT, description="With `statute`: the article of the law that adds the ground.")


class Pausing(_Body):
    """暂停, by a rule of the office."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"ground": "rectification", "basis": "岳园办〔2026〕12号第八条", "document": "岳园整告〔2026〕7号"}]})

    ground: str = Field(default_factory=str, max_length=40, json_schema_extra=_one_of(PAUSES), description=(
        "None of those of art. 45."))
    basis: str = Field("", max_length=_SHORT, description="The rule it rests on: no general law allows a pause.")
    document: str = Field("", max_length=_SHORT, description="Number of the notice to the applicant.")
    expected_end: FutureDay | None = Field(None, description="The day told to the applicant; null: nobody can say.")


class Holding(_Body):
    """挂起, by order of a court or a superior."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"order": "（2026）湘06行保1号", "reason": "岳阳市中级人民法院裁定停止执行"}]})

    order: str = Field(max_length=_SHORT, description="The number of the order.")
    reason: str = Field(max_length=_LONG, description="Whose order it is, and why.")


class Examining(_Body):
    """审图: the drawings go to their examiner."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"size": "ordinary", "examiner": "湖南某某施工图审查有限公司"}]})

    size: str = Field(max_length=40, json_schema_extra=_one_of(EXAMINATIONS), description=(
        "`large` projects take their examiner 15 working days, `ordinary` ones 10 (住建部令第13号)."))
    examiner: str = Field(max_length=_SHORT, description="The examining body.")


class Resuming(_Body):
    """恢复. The body may be left out where one stop lasts."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}, {"stop": 12}]})

    stop: int | None = Field(None, ge=1, le=2**31 - 1, description="The `seq` of the stop that is over; null: the only one.")

    @model_validator(mode="before")
    @classmethod
    def _nothing_said(cls, sent: object) -> object:
        return {} if sent is None else sent


class Proposing(_Body):
    """延期申请, by the reviewer."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"amount": 5, "reason": "需与省厅核对用地数据"}]})

    amount: int = Field(ge=0, le=1000, description=(
        f"Working days added to the limit from its original start: 1 to 10 (行政许可法 art. 42(1)), of a joint handling 1 to "
        f"{MOST_JOINT} (art. 42(2))."))
    reason: str = Field(max_length=_LONG, description="Why; the applicant is told.")
    is_joint: bool = Field(False, description="Is it a joint handling (联合办理) of 45 working days, art. 42(2)?")


class Approving(_Body):
    """批准延期."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"role": "head_of_office", "document": "岳园延告〔2026〕2号"}]})

    role: str = Field(max_length=40, json_schema_extra=_one_of(("head_of_office", "head_of_government")), description=(
        "In which office it is approved: `head_of_office`; of a joint handling `head_of_government`."))
    document: str = Field(max_length=_SHORT, description="Number of the 延期办理告知书 to the applicant.")


class Refusing(_Body):
    """An extension is not approved."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "可以在原时限内办结"}]})

    reason: str = Field(max_length=_LONG)


class ApprovingCorrection(_Body):
    """A further correction notice is approved."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"role": "legal_officer", "reason": "补正材料出现新的缺项"}]})

    role: str = Field(max_length=40, json_schema_extra=_one_of(sorted(APPROVERS_OF_CORRECTIONS)), description=(
        "In which office it is approved."))
    reason: str = Field(max_length=_LONG)


class OfferingHearing(_Body):
    """告知听证权利."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"document": "岳园听告〔2026〕1号"}]})

    document: str = Field(max_length=_SHORT, description="Number of the 听证告知书.")


class RequestingHearing(_Body):
    """申请听证."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"applicant": "岳阳某某科技有限公司"}]})

    applicant: str = Field(max_length=_SHORT, description="Who asks: the applicant or who has an interest.")


class SchedulingHearing(_Body):
    """The hearing's day is told."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"held_on": "2026-03-24", "chair": "李某", "document": "岳园听公〔2026〕1号"}]})

    held_on: Annotated[date, BeforeValidator(_day)] = Field(description="At least seven days ahead (art. 48(1)).")
    chair: str = Field(max_length=100, description="Who presides: nobody who has handled the case (art. 48(3)).")
    document: str = Field(max_length=_SHORT, description="Number of the 听证公告.")


BODIES = (Suspending, Pausing, Holding, Examining, Resuming, Proposing, Approving, Refusing, ApprovingCorrection,
          OfferingHearing, RequestingHearing, SchedulingHearing)
