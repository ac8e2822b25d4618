"""The inbox 站内消息: what somebody was told by the ladder, a reminder or a copy, and that he has read it.

A notification belongs to a fact and says nothing of its own; reading it changes no case. A recipient is a role (reviewer,
supervisor), a person or a unit.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection

from engine.errors import NotFound
from services.store import oversight_pages as store
from services.store.oversight_pages import ListedNotification
from services.store.rows import NotificationRow

INBOX, SMS = "inbox", "sms"
"""In-app messages are stored; whatever goes elsewhere leaves through the outbox."""


def notices(
    told: Iterable[tuple[str, str, str]], subject: str, *, seq: int, at: datetime, first: int = 0,
) -> list[NotificationRow]:
    """The notifications of fact `seq`: whom it told, as recipient, unit and channel, numbered from `first`."""
    return [NotificationRow(case_id=0, seq=seq, place=place, recipient=recipient, unit=unit, channel=channel,
                            subject=subject[:500], created_at=at, read_at=None)
            for place, (recipient, unit, channel) in enumerate(told, first)]


def notification_id(listed: ListedNotification) -> str:
    """Its public id: case number, fact and place."""
    return f"{listed.number}-{listed.notification.seq}-{listed.notification.place}"


def mark_read(connection: Connection, id: str, *, now: datetime) -> ListedNotification:
    """已读. Marked twice, the first time stands. Raises NotFound."""
    found = _find(connection, id)
    if found is None:
        raise unknown(id)
    if found.notification.read_at is not None:
        return found
    store.mark_read(connection, found.notification, at=now)
    return found._replace(notification=found.notification._replace(read_at=now))


def case_of(id: str) -> str:
    """The number of the case a notification's public id begins with."""
    return id.split("-")[0]


def unknown(id: str) -> NotFound:
    """What whoever names no notification is told, and whoever names one he may not see."""
    return NotFound("notification", id, "list those of a recipient with GET /api/v1/notifications?recipient=…")


def _find(connection: Connection, id: str) -> ListedNotification | None:
    number, *places = id.split("-")
    if len(places) != 2 or not all(place.isascii() and place.isdigit() and len(place) < 10 for place in places):
        return None
    return store.notification(connection, number=number, seq=int(places[0]), place=int(places[1]))
