"""The shapes of what people do with tasks besides completing them, and with a case after its decision.

As in `shapes`, an unknown field is refused by name. Empty texts are judged by the engine, which says what is required and why.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from services.web.shapes.cases import _Body, _day

_LONG, _SHORT = 1000, 100
_Day = Annotated[date, BeforeValidator(_day)]


class Nothing(_Body):
    """An empty object: the verb says it all."""

    model_config = ConfigDict(json_schema_extra={"examples": [{}]})


class Assigning(_Body):
    """指派: who is to have the task."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"person": "周凯"}]})

    person: str = Field(min_length=1, max_length=_SHORT)


class Passing(_Body):
    """转办, 委派: to whom, and why."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"person": "周凯", "reason": "外出开会"}]})

    person: str = Field(min_length=1, max_length=_SHORT)
    reason: str = Field(max_length=_LONG)


class Resolving(_Body):
    """What a delegate has come to."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"opinion": "材料属实，建议准予"}]})

    opinion: str = Field(max_length=_LONG)


class Asked(_Body):
    """Who is asked: a department, or a person of it."""

    unit: str = Field("", max_length=_SHORT)
    person: str | None = Field(None, max_length=_SHORT)


class Asking(_Body):
    """征求意见, 联合踏勘, 分送."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"kind": "consult", "asked": [{"unit": "市水利局"}], "text": "请就取水方案提出意见", "due_on": "2026-03-12"}]})

    kind: Literal["consult", "inspection", "distribution"]
    asked: list[Asked] = Field(min_length=1, max_length=50)
    text: str = Field(max_length=_LONG, description="What is asked.")
    due_on: _Day | None = Field(None, description="By when an answer is wanted; null: not said.")


class Answering(_Body):
    """An answer to what was asked beside the diagram."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"opinion": "无意见"}]})

    opinion: str = Field(max_length=_LONG)
    data: dict[str, Any] = Field(default_factory=dict, max_length=50)


class Reasoned(_Body):
    """A reason."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "已当面答复"}]})

    reason: str = Field(max_length=_LONG)


class SendingBack(_Body):
    """退回: to which earlier step. `straight`: that step is done again beside the diagram and then comes straight back;
    otherwise everything between is done again."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"node": "review_registration", "reason": "经营范围表述不规范", "straight": False}]})

    node: str = Field(min_length=1, max_length=200)
    reason: str = Field(max_length=_LONG)
    straight: bool = False


class Signing(_Body):
    """加签: whose signature is wanted too."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"signer": "周凯", "reason": "涉及消防专项"}]})

    signer: str = Field(min_length=1, max_length=_SHORT)
    reason: str = Field(max_length=_LONG)


class Copying(_Body):
    """抄送: who may read it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"to": ["市生态环境局"], "text": "供参考"}]})

    to: list[Annotated[str, Field(min_length=1, max_length=_SHORT)]] = Field(min_length=1, max_length=50)
    text: str = Field("", max_length=_LONG)


class Sealing(_Body):
    """用印: which document, its number, and the seal."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"document": "准予行政许可决定书", "number": "岳行审许字〔2026〕12号", "seal": "2号章"}]})

    document: str = Field(max_length=200)
    number: str = Field(max_length=_SHORT)
    seal: str = Field(max_length=_SHORT)


class Return(BaseModel):
    """A step a task may be sent back to, or why not. `cancels`: open steps beside it that would end; `repeats`: steps between
    that would have to be done again; `rearms`: drawn timers that would start anew."""

    node: str
    name: str
    is_legal: bool
    reason: str = Field(description="Why it is not a legal target; empty when it is.")
    consequence: str = Field(description="What sending back there does, in one sentence; empty when it is not legal.")
    cancels: list[str]
    ends: list[str] = Field(description="The matters of a bundle whose child cases would be terminated.")
    repeats: list[str]
    rearms: list[str]
    done_by: str | None = Field(description="Who did that step last; null when nobody has.")


class Returns(BaseModel):
    """Where a task may be sent back to."""

    items: list[Return]


BODIES: tuple[type[BaseModel], ...] = (
    Nothing, Assigning, Passing, Resolving, Asking, Answering, Reasoned, SendingBack, Signing, Copying, Sealing)
"""The bodies that carry an example for the description."""
