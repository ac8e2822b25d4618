"""Endpoints, subscriptions, deliveries and posts as `jiban webhooks` shows them: as objects, and as lines."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from services.deliveries.health import Health
from services.deliveries.subscriptions import kinds_of
from services.store.deliveries import Shown
from services.store.endpoints import SubscriptionRow
from services.store.lanes import AttemptRow
from webhooks.schedule import Pause


def endpoint_object(found: Health) -> dict[str, object]:
    """An endpoint, without its secrets."""
    row = found.row
    return {
        "id": row.id, "name": row.name, "url": row.url, "concurrency": row.concurrency, "condition": found.condition.value,
        "waiting": found.standing.waiting, "dead": found.standing.dead, "waiting_since": _at(found.standing.since),
        "failures": row.failures, "open_until": _at(row.open_until), "made_by": row.made_by, "made_at": _at(row.made_at),
        "secrets": [{"number": each.number, "made_at": _at(each.made_at), "expires_at": _at(each.expires_at)}
                    for each in found.secrets],
        "subscriptions": [subscription_object(each) for each in found.subscriptions]}


def endpoint_lines(found: Health) -> Iterator[str]:
    """An endpoint, and below it what it is told."""
    row = found.row
    opened = f" until {row.open_until:%Y-%m-%d %H:%M:%S} UTC" if row.open_until else ""
    yield (f"{row.id}  {row.name}  {row.url}  {found.condition.value}{opened}: waiting {found.standing.waiting}, "
           f"dead {found.standing.dead}")
    for each in found.subscriptions:
        yield f"    {subscription_line(each)}"


def subscription_object(row: SubscriptionRow) -> dict[str, object]:
    """A subscription."""
    return {"id": row.id, "endpoint": row.endpoint, "kinds": list(kinds_of(row)), "process": row.process, "park": row.park,
            "supervisor": row.supervisor, "is_personal": row.is_personal, "basis": row.basis, "made_by": row.made_by,
            "since_at": _at(row.since_at), "ended_at": _at(row.ended_at)}


def subscription_line(row: SubscriptionRow) -> str:
    """A subscription in words."""
    of = f"{row.process or 'every matter'} in {row.park or 'every park'}: {row.kinds.replace(',', ' ') or 'every kind'}"
    return (f"subscription {row.id} to {of}" + (f", of what is pushed to {row.supervisor}" if row.supervisor else "")
            + (f", with personal data ({row.basis})" if row.is_personal else "")
            + (", ended" if row.ended_at else ""))


def delivery_object(shown: Shown) -> dict[str, object]:
    """A delivery."""
    row = shown.delivery
    return {"id": row.id, "case": shown.number, "seq": row.seq, "kind": row.kind, "endpoint": row.endpoint, "state": row.state,
            "attempts": row.attempts, "redriven": row.redriven, "made_at": _at(row.made_at), "settled_at": _at(row.settled_at),
            "lane_due_at": _at(shown.due_at), "dismissed_by": row.dismissed_by, "reason": row.reason}


def delivery_line(shown: Shown) -> str:
    """A delivery in a line."""
    row = shown.delivery
    return f"{row.id}  {shown.number} #{row.seq} {row.kind}  endpoint {row.endpoint}  {row.state}, tries {row.attempts}" + (
        f" ({row.reason})" if row.reason else "")


def attempt_object(row: AttemptRow) -> dict[str, object]:
    """A post."""
    return {**row._asdict(), "at": _at(row.at)}


def attempt_line(row: AttemptRow) -> str:
    """A post in a line."""
    what = f"{row.status}" if row.status is not None else f"{row.failure}"
    return f"{row.at:%Y-%m-%d %H:%M:%S}  {row.delivery}  {what}  {row.milliseconds} ms  {' '.join(row.said.split())[:120]}"


def pause_object(pause: Pause) -> dict[str, object]:
    """A pause of the schedule, in seconds."""
    return {"attempt": pause.attempt, "usual_s": pause.usual.total_seconds(), "least_s": pause.least.total_seconds(),
            "most_s": pause.most.total_seconds(), "after_s": pause.after.total_seconds()}


def pause_line(pause: Pause) -> str:
    """A pause of the schedule in words."""
    return (f"after failure {pause.attempt}: try again in {_long(pause.usual)} ({_long(pause.least)} to {_long(pause.most)}), "
            f"{_long(pause.after)} after the first")


def _long(span: timedelta) -> str:
    seconds = round(span.total_seconds())
    days, hours, minutes = seconds // 86400, seconds // 3600 % 24, seconds // 60 % 60
    parts = [f"{value} {unit}" for value, unit in ((days, "d"), (hours, "h"), (minutes, "min"), (seconds % 60, "s")) if value]
    return " ".join(parts) or "0 s"


def _at(instant: datetime | None) -> str | None:
    return instant.isoformat() if instant else None
