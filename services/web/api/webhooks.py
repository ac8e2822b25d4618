"""The API of what is told to other systems: endpoints and their secrets, subscriptions, deliveries, posts.

A secret is answered once, where it is made. Those requests take no `Idempotency-Key`: the answer would be kept, and with it the
secret. Nothing is posted while a request is answered; a test is posted by whoever posts next.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from flask import Response
from flask_openapi3 import APIBlueprint, Tag
from pydantic import BaseModel
from sqlalchemy import Connection

from services.administering import Instruction
from services.database import reading as read
from services.database import writing as write
from services.deliveries import dead_letters, endpoints, health, subscriptions
from services.deliveries.endpoints import NewEndpoint
from services.deliveries.health import Health
from services.deliveries.subscriptions import KINDS, NewSubscription, kinds_of
from services.store import deliveries as store
from services.store.deliveries import Shown
from services.store.endpoints import SubscriptionRow
from services.store.lanes import AttemptRow
from services.web.auth import API
from services.web.cursor import after, cursor, following, instant, key_of, microseconds, named_key_of
from services.web.describe import SECURITY, answered
from services.web.door import door, now
from services.web.entering import perform
from services.web.incoming import expect_nothing
from services.web.sent import as_json
from services.web.shapes import webhooks as shapes
from services.web.shapes.offers import Asking
from services.web.shapes.rulings import Ruling
from webhooks.schedule import schedule

api = APIBlueprint("webhooks", __name__, url_prefix=f"{API}/webhooks",
                   abp_tags=[Tag(name="webhooks", description="推送：地址、订阅、投递、死信")], abp_security=SECURITY)

_LAST = datetime(9999, 1, 1, tzinfo=UTC)


@api.get("/endpoints", summary="List the endpoints", operation_id="list_endpoints", responses=answered(shapes.WebhookEndpoints))
def list_endpoints(query: shapes.EndpointsQuery) -> Response:
    """With their backlog and their breaker, in the order they were entered."""
    first = after(query.after)
    with read(door().database) as connection:
        found = [each for each in health.healths(connection, now(), with_retired=query.retired) if each.row.id > first]
    return as_json(shapes.WebhookEndpoints(items=[_endpoint(each) for each in found[:query.limit]],
                                           next=following([each.row.id for each in found], query.limit)))


@api.post("/endpoints", summary="录入推送地址", operation_id="enter_endpoint", responses=answered(shapes.IssuedSecret, 409))
def enter_endpoint(header: Asking, body: shapes.NewWebhookEndpoint) -> Response:
    """Its first secret is answered, this once."""
    new = NewEndpoint(**body.model_dump())
    with write(door().database) as connection:
        row, secret = endpoints.enter(connection, door().settings.guard, _told(header.by, now()), new)
    return as_json(shapes.IssuedSecret(endpoint=row.id, secret=secret))


@api.get("/endpoints/<int:id>", summary="Look at an endpoint", operation_id="get_endpoint",
         responses=answered(shapes.WebhookEndpoint, 404))
def get_endpoint(path: shapes.EndpointPath) -> Response:
    """With what it is told."""
    with read(door().database) as connection:
        return as_json(_endpoint(health.health(connection, path.id, now())))


@api.post("/endpoints/<int:id>/change", summary="变更推送地址", operation_id="change_endpoint",
          responses=answered(shapes.WebhookEndpoint, 404, 409))
def change_endpoint(path: shapes.EndpointPath, header: Ruling, body: shapes.NewWebhookEndpoint) -> Response:
    """What waits goes to the new address."""
    return _do(path, header, lambda connection, told: endpoints.change(
        connection, door().settings.guard, told, path.id, NewEndpoint(**body.model_dump())))


@api.post("/endpoints/<int:id>/rotate", summary="更换签名密钥", operation_id="rotate_secret",
          responses=answered(shapes.IssuedSecret, 404, 409))
def rotate_secret(path: shapes.EndpointPath, header: Asking, body: shapes.RotatedSecret) -> Response:
    """The new secret is answered, this once; until the overlap is over both sign."""
    with write(door().database) as connection:
        _, secret = endpoints.rotate(connection, _told(header.by, now()), path.id, overlap=timedelta(hours=body.overlap_hours))
    return as_json(shapes.IssuedSecret(endpoint=path.id, secret=secret))


@api.post("/endpoints/<int:id>/pause", summary="暂停推送", operation_id="pause_endpoint",
          responses=answered(shapes.WebhookEndpoint, 404, 409))
def pause_endpoint(path: shapes.EndpointPath, header: Ruling) -> Response:
    """Nothing is posted; what happens waits."""
    expect_nothing()
    return _do(path, header, lambda connection, told: endpoints.pause(connection, told, path.id))


@api.post("/endpoints/<int:id>/resume", summary="恢复推送", operation_id="resume_endpoint",
          responses=answered(shapes.WebhookEndpoint, 404, 409))
def resume_endpoint(path: shapes.EndpointPath, header: Ruling) -> Response:
    """What waits is posted; the breaker is closed."""
    expect_nothing()
    return _do(path, header, lambda connection, told: endpoints.resume(connection, told, path.id))


@api.post("/endpoints/<int:id>/retire", summary="停用推送地址", operation_id="retire_endpoint",
          responses=answered(shapes.WebhookEndpoint, 404, 409))
def retire_endpoint(path: shapes.EndpointPath, header: Ruling, body: shapes.RetiredEndpoint) -> Response:
    """For good: its subscriptions end, and what waits for it is dismissed."""
    return _do(path, header, lambda connection, told: endpoints.retire(connection, told, path.id, reason=body.reason))


@api.post("/endpoints/<int:id>/test", summary="试推", operation_id="test_endpoint",
          responses=answered(shapes.WebhookEndpoint, 404, 409))
def test_endpoint(path: shapes.EndpointPath, header: Ruling) -> Response:
    """A test is posted within seconds; what was answered stands among the posts."""
    expect_nothing()
    return _do(path, header, lambda connection, told: endpoints.ask_test(connection, told, path.id))


@api.post("/endpoints/<int:id>/redrive", summary="重推全部死信", operation_id="redrive_endpoint",
          responses=answered(shapes.Redriven, 404, 409))
def redrive_endpoint(path: shapes.EndpointPath, header: Ruling) -> Response:
    """Every dead delivery of the endpoint is tried again, under the same id."""
    expect_nothing()
    return perform(lambda connection, at: shapes.Redriven(
        redriven=dead_letters.redrive_all(connection, _told(header.by, at), path.id)))


@api.get("/endpoints/<int:id>/posts", summary="List what was sent to an endpoint", operation_id="list_posts",
         responses=answered(shapes.Posts, 404))
def list_posts(path: shapes.EndpointPath, query: shapes.PostsQuery) -> Response:
    """And answered, the latest first; kept for six months."""
    numbers, last = named_key_of(query.after, parts=2, field="after") if query.after else ((microseconds(_LAST),), "")
    with read(door().database) as connection:
        endpoints.found(connection, path.id)
        found = store.latest_attempts(connection, path.id, before=instant(numbers[0]), last=last, most=query.limit + 1)
    page = found[:query.limit]
    return as_json(shapes.Posts(items=[_post(each) for each in page], next=cursor(
        microseconds(page[-1].at), page[-1].delivery) if len(found) > query.limit else None))


@api.post("/endpoints/<int:id>/subscriptions", summary="订阅", operation_id="subscribe",
          responses=answered(shapes.WebhookSubscription, 404, 409))
def subscribe(path: shapes.EndpointPath, header: Ruling, body: shapes.NewWebhookSubscription) -> Response:
    """Of what happens from now on."""
    def do(connection: Connection, at: datetime) -> BaseModel:
        door().office.refresh(connection)
        new = NewSubscription(endpoint=path.id, kinds=tuple(body.kinds), matter=body.matter, park=body.park,
                              supervisor=body.supervisor, is_personal=body.is_personal, basis=body.basis)
        return _subscription(subscriptions.subscribe(connection, door().office, _told(header.by, at), new))

    return perform(do)


@api.post("/subscriptions/<int:id>/end", summary="终止订阅", operation_id="end_subscription",
          responses=answered(shapes.WebhookSubscription, 404, 409))
def end_subscription(path: shapes.SubscriptionPath, header: Ruling) -> Response:
    """What was handed over by it is still posted."""
    expect_nothing()
    return perform(lambda connection, at: _subscription(subscriptions.end(connection, _told(header.by, at), path.id)))


@api.get("/deliveries", summary="List deliveries", operation_id="list_deliveries", responses=answered(shapes.WebhookDeliveries))
def list_deliveries(query: shapes.DeliveriesQuery) -> Response:
    """Those of the latest cases first."""
    key = key_of(query.after, parts=3, field="after") if query.after else None
    with read(door().database) as connection:
        found = store.page(connection, endpoint=query.endpoint, state=query.state, number=query.case,
                           before=(key[0], key[1], key[2]) if key else None, most=query.limit + 1)
    page = found[:query.limit]
    last = page[-1].delivery if len(found) > query.limit else None
    return as_json(shapes.WebhookDeliveries(items=[_delivery(each) for each in page],
                                            next=cursor(last.case_id, last.seq, last.endpoint) if last else None))


@api.get("/deliveries/<id>", summary="Look at a delivery", operation_id="get_delivery",
         responses=answered(shapes.DeliveryDetails, 404))
def get_delivery(path: shapes.DeliveryPath) -> Response:
    """With what was sent of it and answered."""
    with read(door().database) as connection:
        shown = dead_letters.found(connection, path.id)
        posts = store.attempts_of(connection, path.id)
    return as_json(shapes.DeliveryDetails(delivery=_delivery(shown), posts=[_post(each) for each in posts]))


@api.post("/deliveries/<id>/redrive", summary="重推", operation_id="redrive_delivery",
          responses=answered(shapes.WebhookDelivery, 404, 409))
def redrive_delivery(path: shapes.DeliveryPath, header: Ruling) -> Response:
    """A dead delivery is tried again, under the same id."""
    expect_nothing()
    return perform(lambda connection, at: _delivery(dead_letters.redrive(connection, _told(header.by, at), path.id)))


@api.post("/deliveries/<id>/dismiss", summary="放弃", operation_id="dismiss_delivery",
          responses=answered(shapes.WebhookDelivery, 404, 409))
def dismiss_delivery(path: shapes.DeliveryPath, header: Ruling, body: shapes.DismissedDelivery) -> Response:
    """A dead delivery is given up; the later ones of its case go on."""
    return perform(lambda connection, at: _delivery(dead_letters.dismiss(
        connection, _told(header.by, at), path.id, reason=body.reason)))


@api.get("/schedule", summary="Show when a post is tried again", operation_id="webhook_schedule",
         responses=answered(shapes.Schedule))
def webhook_schedule() -> Response:
    """The same for every endpoint; and the kinds of facts there are."""
    return as_json(shapes.Schedule(kinds=list(KINDS), pauses=[shapes.Pause(
        attempt=each.attempt, usual_s=each.usual.total_seconds(), least_s=each.least.total_seconds(),
        most_s=each.most.total_seconds(), after_s=each.after.total_seconds()) for each in schedule()]))


def _do(path: shapes.EndpointPath, header: Ruling, command: Callable[[Connection, Instruction], object]) -> Response:
    def do(connection: Connection, at: datetime) -> BaseModel:
        command(connection, _told(header.by, at))
        return _endpoint(health.health(connection, path.id, at))

    return perform(do)


def _told(by: str, at: datetime) -> Instruction:
    return Instruction(by=by, now=at)


def _endpoint(found: Health) -> shapes.WebhookEndpoint:
    row = found.row
    return shapes.WebhookEndpoint(
        id=row.id, name=row.name, url=row.url, concurrency=row.concurrency, condition=found.condition.value,
        waiting=found.standing.waiting, dead=found.standing.dead, waiting_since=found.standing.since, failures=row.failures,
        open_until=row.open_until, made_by=row.made_by, made_at=row.made_at, paused_at=row.paused_at, retired_at=row.retired_at,
        secrets=[shapes.SigningSecret(number=each.number, made_by=each.made_by, made_at=each.made_at,
                                      expires_at=each.expires_at) for each in found.secrets],
        subscriptions=[_subscription(each) for each in found.subscriptions])


def _subscription(row: SubscriptionRow) -> shapes.WebhookSubscription:
    return shapes.WebhookSubscription(
        id=row.id, endpoint=row.endpoint, kinds=list(kinds_of(row)), process=row.process, park=row.park,
        supervisor=row.supervisor, is_personal=row.is_personal, basis=row.basis, made_by=row.made_by, since_at=row.since_at,
        ended_by=row.ended_by, ended_at=row.ended_at)


def _delivery(shown: Shown) -> shapes.WebhookDelivery:
    kept = shown.delivery._asdict()
    return shapes.WebhookDelivery(case=shown.number, lane_due_at=shown.due_at, **{
        name: kept[name] for name in ("id", "endpoint", "seq", "kind", "state", "attempts", "redriven", "made_at", "settled_at",
                                      "dismissed_by", "reason")})


def _post(row: AttemptRow) -> shapes.Post:
    return shapes.Post(**{name: value for name, value in row._asdict().items() if name not in ("fence", "endpoint")})
