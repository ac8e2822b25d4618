"""The shapes of what is told to other systems: endpoints, subscriptions, deliveries, and what was sent and answered. A secret
is shown once, where it is made; nothing else here tells anything of it."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from services.deliveries.endpoints import CONCURRENCY, MOST_AT_ONCE
from services.deliveries.health import Condition
from services.web.shapes.cases import LARGEST_PAGE, PAGE, _Body, _Query
from webhooks.faults import Failure

_REASON, _SHORT = 500, 100
_STATES = Literal["waiting", "delivered", "dead", "dismissed"]


class EndpointPath(BaseModel):
    """Which endpoint."""

    id: int = Field(ge=1, le=2**62, description="The `id` of the endpoint.")


class SubscriptionPath(BaseModel):
    """Which subscription."""

    id: int = Field(ge=1, le=2**62, description="The `id` of the subscription.")


class DeliveryPath(BaseModel):
    """Which delivery."""

    id: str = Field(max_length=40, description="Its `id`, which its receiver sees as `webhook-id`.")


class EndpointsQuery(_Query):
    """Which endpoints, in the order they were entered."""

    retired: bool = Field(False, description="Those that were retired, too.")
    after: str | None = Field(None, max_length=_SHORT, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class DeliveriesQuery(_Query):
    """Which deliveries, those of the latest cases first."""

    endpoint: int | None = Field(None, ge=1, le=2**62, description="Only those of this endpoint.")
    state: _STATES | None = Field(None, description="Only those that stand so.")
    case: str | None = Field(None, max_length=40, description="Only those of the case with this number.")
    after: str | None = Field(None, max_length=_SHORT, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class PostsQuery(_Query):
    """Which posts, the latest first."""

    after: str | None = Field(None, max_length=_SHORT, description="The `next` of the page before.")
    limit: int = Field(PAGE, ge=1, le=LARGEST_PAGE)


class NewWebhookEndpoint(_Body):
    """An endpoint."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"name": "市一体化平台", "url": "https://hooks.example.gov.cn/jiban"}]})

    name: str = Field(min_length=1, max_length=_SHORT)
    url: str = Field(min_length=1, max_length=2000, description="An address that JIBAN_WEBHOOK_ALLOW names.")
    concurrency: int = Field(CONCURRENCY, ge=1, le=MOST_AT_ONCE, description="Cases it is told of at once.")


class RotatedSecret(_Body):
    """How a secret is followed by another."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"overlap_hours": 24}]})

    overlap_hours: int = Field(24, ge=0, le=720, description="So long the secret before signs on.")


class RetiredEndpoint(_Body):
    """Why an endpoint is retired."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "系统下线"}]})

    reason: str = Field(min_length=1, max_length=_REASON)


class NewWebhookSubscription(_Body):
    """What an endpoint is told."""

    model_config = ConfigDict(json_schema_extra={"examples": [
        {"kinds": ["CaseAccepted", "DecisionMade"], "park": "湘阴高新区"}]})

    kinds: list[str] = Field(default_factory=list, max_length=100, description="Kinds of facts; empty: every kind.")
    matter: str = Field("", max_length=_REASON, description="A matter by its code, or a process; empty: any.")
    park: str = Field("", max_length=_SHORT, description="A park; empty: any.")
    supervisor: str = Field("", max_length=_SHORT, description=(
        "A supervising department: only ResultPushed, PushReceived and FindingReported of what is pushed to it, and nothing of "
        "that is archived before the endpoint has taken it; empty: facts of any kind."))
    is_personal: bool = Field(False, description="Personal data go with it, unmasked.")
    basis: str = Field("", max_length=_REASON, description="On what that rests; needed when they do.")


class DismissedDelivery(_Body):
    """Why a delivery is given up."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"reason": "对方已人工补录"}]})

    reason: str = Field(min_length=1, max_length=_REASON)


class WebhookSubscription(BaseModel):
    """A subscription. `kinds`: empty for every kind; `process`, `park`: empty for any; `supervisor`: only of
    what is pushed to this department, empty for anything; `ended_at`: null while in force."""

    id: int
    endpoint: int
    kinds: list[str]
    process: str
    park: str
    supervisor: str
    is_personal: bool
    basis: str
    made_by: str
    since_at: datetime
    ended_by: str | None
    ended_at: datetime | None


class SigningSecret(BaseModel):
    """What is known of a secret that signs. `expires_at`: it signs until then; null: until another is made."""

    number: int
    made_by: str
    made_at: datetime
    expires_at: datetime | None


class WebhookEndpoint(BaseModel):
    """An endpoint. `waiting`, `dead`: deliveries; `waiting_since`: when the oldest was handed over, null when none waits;
    `failures`: in a row; `open_until`: nothing is posted before then, null when the breaker is closed. `paused_at`,
    `retired_at`: null when it is not."""

    id: int
    name: str
    url: str
    concurrency: int
    condition: str = Field(json_schema_extra={"enum": [each.value for each in Condition]})
    waiting: int
    dead: int
    waiting_since: datetime | None
    failures: int
    open_until: datetime | None
    made_by: str
    made_at: datetime
    paused_at: datetime | None
    retired_at: datetime | None
    secrets: list[SigningSecret] = Field(description="Those that sign now, at most two.")
    subscriptions: list[WebhookSubscription] = Field(description="Those in force.")


class WebhookEndpoints(BaseModel):
    """A page of endpoints."""

    items: list[WebhookEndpoint]
    next: str | None = Field(description="Null on the last page.")


class IssuedSecret(BaseModel):
    """A secret as it is made."""

    endpoint: int
    secret: str = Field(description="Shown this once.")


class WebhookDelivery(BaseModel):
    """A fact for an endpoint. `attempts`: since it was handed over or last redriven; `settled_at`: when it was delivered or
    dismissed, null while neither; `lane_due_at`: when the first that is not settled of its case is tried next, null: not by
    itself. `dismissed_by`, `reason`: null unless it was dismissed."""

    id: str
    endpoint: int
    case: str
    seq: int
    kind: str
    state: _STATES
    attempts: int
    redriven: int
    made_at: datetime
    settled_at: datetime | None
    lane_due_at: datetime | None
    dismissed_by: str | None
    reason: str | None


class WebhookDeliveries(BaseModel):
    """A page of deliveries."""

    items: list[WebhookDelivery]
    next: str | None = Field(description="Null on the last page.")


class Post(BaseModel):
    """What was sent and answered. `digest`: SHA-256 of the body; `status`: null when there was no answer, and then `failure`
    says why; `said`: the beginning of the answer, without secrets and with the numbers of people masked, or the reason;
    `is_late`: another sender had taken over."""

    delivery: str
    at: datetime
    digest: str
    bytes: int
    milliseconds: int
    status: int | None
    failure: str | None = Field(json_schema_extra={"enum": [*(each.value for each in Failure), None]})
    said: str
    is_late: bool


class Posts(BaseModel):
    """A page of what was sent to an endpoint."""

    items: list[Post]
    next: str | None = Field(description="Null on the last page.")


class DeliveryDetails(BaseModel):
    """A delivery with everything that was sent of it in the last six months."""

    delivery: WebhookDelivery
    posts: list[Post]


class Redriven(BaseModel):
    """How many were redriven."""

    redriven: int


class Pause(BaseModel):
    """After the failure number `attempt` the next try comes after `usual_s` seconds, moved to between `least_s` and `most_s` by
    the id of the delivery; `after_s`: from the first try."""

    attempt: int
    usual_s: float
    least_s: float
    most_s: float
    after_s: float


class Schedule(BaseModel):
    """When a post that failed is tried again. After the last the delivery is dead."""

    pauses: list[Pause]
    kinds: list[str] = Field(description="The kinds of facts that are told.")


BODIES = (NewWebhookEndpoint, RotatedSecret, RetiredEndpoint, NewWebhookSubscription, DismissedDelivery)
"""Bodies with examples."""
