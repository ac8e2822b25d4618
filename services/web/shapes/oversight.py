"""The shapes of supervision: reminders, supervision orders, cards and their aftermath, and what somebody was told.

As in `shapes`, an unknown field is refused by name. Empty texts are judged by the engine, which says what is required and why.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from engine.cards import CardState, OrderState
from engine.overseeing import CONCLUSIONS
from engine.supervision import Colour
from services.web.shapes.cases import LARGEST_PAGE, PAGE, CasePath, _Body, _day, _Query

_LONG, _SHORT = 1000, 200


class CardPath(CasePath):
    """Which card of a case."""

    seq: int = Field(ge=1, le=2**31 - 1, description="The card's `seq`.")


class OrderPath(CasePath):
    """Which supervision order about a case."""

    seq: int = Field(ge=1, le=2**31 - 1, description="The order's `seq`.")


class NotificationPath(BaseModel):
    """Which notification."""

    id: str = Field(max_length=100, description="The notification's `id`.",
                    json_schema_extra={"example": "43060020260211000001-9-0"})


class CardsQuery(_Query):
    """Which cards, newest first."""

    state: CardState | None = Field(None, description="Only cards that stand like this.")
    colour: Colour | None = Field(None, description="Only yellow or red ones.")
    process: str | None = Field(None, max_length=200, description="Only those of this process, by its id.")
    park: str | None = Field(None, max_length=100, description="Only those of this park.")
    department: str | None = Field(None, max_length=100, description="Only those of this department.")
    after: str | None = Field(None, max_length=100, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class OrdersQuery(_Query):
    """Which supervision orders, in the order in which they have to be answered."""

    state: OrderState = Field(OrderState.OPEN, description="Orders that stand like this.")
    addressee: str | None = Field(None, max_length=100, description="Only those to this addressee.")
    after: str | None = Field(None, max_length=100, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class NotificationsQuery(_Query):
    """What one recipient was told, newest first."""

    recipient: str = Field(min_length=1, max_length=100, description=(
        "A role (`reviewer`, `clerk`, `approver`, `supervisor`) or a person of the contact book."))
    unread: bool = Field(False, description="Only what has not been read.")
    after: str | None = Field(None, max_length=100, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class Reminding(_Body):
    """催办."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"addressee": "企业登记科", "text": "请于今日内完成审查"}]})

    addressee: str = Field(max_length=100)
    text: str = Field(max_length=_LONG)


class Ordering(_Body):
    """督办单."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"addressee": "企业登记科", "text": "说明超期原因、整改措施和办结时间", "due_on": "2026-03-12"}]})

    addressee: str = Field(max_length=100, description="Who has to answer.")
    text: str = Field(max_length=_LONG, description="What is ordered.")
    due_on: Annotated[date, BeforeValidator(_day)] = Field(description="By when it has to be answered; not in the past.")


class Replying(_Body):
    """What was done about an order."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "已补派人员，今日办结"}]})

    text: str = Field(max_length=_LONG)


class Returning(_Body):
    """A reply that does not do."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "未说明整改措施", "due_on": "2026-03-16"}]})

    reason: str = Field(max_length=_LONG)
    due_on: Annotated[date, BeforeValidator(_day)] = Field(description="By when it has to be answered again.")


class Closing(_Body):
    """销号."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"text": "经核查，已整改到位"}]})

    text: str = Field(max_length=_LONG, description="What was found.")


class Judging(_Body):
    """An appeal, or what came of it."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "系统停机期间无法办理，附停机公告"}]})

    reason: str = Field(max_length=_LONG)


class Exempting(_Body):
    """容错 (measure 19)."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"conclusion": "exempt", "document": "岳纪容〔2026〕5号", "reason": "首次适用新政策，程序合规、未谋私利"}]})

    conclusion: str = Field(max_length=40, json_schema_extra={"enum": list(CONCLUSIONS)}, description=(
        "`exempt` 予以容错免责, or `lenient` 从轻减轻."))
    document: str = Field(max_length=_SHORT, description="Number of the finding 认定文书.")
    reason: str = Field(max_length=_LONG)


class ListedCard(BaseModel):
    """A card in a list. `seq`: its number in its case. `holder`: who had the case when it lapsed, "" for nobody yet."""

    case: str
    process: str
    park: str
    department: str
    seq: int
    colour: Colour
    colour_label: str
    rule: str
    rule_label: str
    clock: str
    scheduled_at: datetime
    issued_at: datetime
    holder: str
    state: CardState
    state_label: str


class Cards(BaseModel):
    """A page of cards. `next`: the `after` of the next page, null on the last."""

    items: list[ListedCard]
    next: str | None


class ListedOrder(BaseModel):
    """A supervision order in a list. `seq`: its number in its case."""

    case: str
    seq: int
    addressee: str
    text: str
    due_on: date
    issued_by: str
    issued_at: datetime
    state: OrderState
    state_label: str


class Orders(BaseModel):
    """A page of supervision orders. `next`: the `after` of the next page, null on the last."""

    items: list[ListedOrder]
    next: str | None


class Notification(BaseModel):
    """What somebody was told. `seq`: the number of the fact it tells of. `read_at`: null until it was read."""

    id: str
    case: str
    seq: int
    recipient: str
    unit: str
    channel: str = Field(description="`inbox`: kept here; `sms`: leaves with the fact it tells of.")
    subject: str
    created_at: datetime
    read_at: datetime | None


class Notifications(BaseModel):
    """A page of notifications. `next`: the `after` of the next page, null on the last."""

    items: list[Notification]
    next: str | None


BODIES = (Reminding, Ordering, Replying, Returning, Closing, Judging, Exempting)
