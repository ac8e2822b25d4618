"""What somebody finds in his inbox, and that he has read it.

He is told things himself, under his account or his name in the contact book; with his unit; and in a role, of a case that lies
within its scope. Whoever stands in for him finds them, too. A message of a role is read for all who hold it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from sqlalchemy import Connection

from engine import sight
from engine.case import local_day
from engine.errors import NotFound
from engine.sight import Reach
from services import inbox
from services.office import Office
from services.oversight_lists import Page
from services.store import reading
from services.store import watching as store
from services.store.oversight_pages import NEWEST, ListedNotification
from services.store.watching import Place
from services.watching import PAGE, walked

MessageKey = tuple[datetime, int, int, int]
_END = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Whose inbox it is. `accounts`: his own and those he stands in for; `named`: what they are called, each with its unit;
    `reaches`: their roles, and where."""

    accounts: frozenset[str]
    named: frozenset[tuple[str, str]]
    reaches: tuple[Reach, ...]

    @property
    def recipients(self) -> tuple[str, ...]:
        """By which words he is told things: his names and units, and his roles."""
        words = {word for pair in self.named for word in pair if word}
        return tuple(sorted({*self.accounts, *words, *(reach.role for reach in self.reaches)}))

    @property
    def himself(self) -> Reader:
        """He without his roles."""
        return replace(self, reaches=())

    def is_meant(self, place: Place, told: ListedNotification) -> bool:
        """Is a message about a case of this place for him?"""
        recipient, unit = told.notification.recipient, told.notification.unit
        if recipient in self.accounts or any(
                (recipient == name and unit in ("", of)) or recipient == of for name, of in self.named):
            return True
        return any(reach.role == recipient and reach.scope.covers(place.park, (unit or place.department,), place.process)
                   for reach in self.reaches)


def reader(office: Office, account: str, *, now: datetime) -> Reader:
    """Who an account is on this day; the office has been refreshed."""
    people, today = office.people, local_day(now)
    accounts = sight.accounts_of(people, account, today)
    persons = [people.persons[each] for each in accounts if each in people.persons]
    return Reader(accounts=frozenset(accounts), named=frozenset((person.name, person.unit) for person in persons),
                  reaches=sight.reaches_of(people, account, today))


def messages(
    connection: Connection, who: Reader, *, is_unread: bool, after: MessageKey | None = None, most: int,
) -> Page[ListedNotification, MessageKey]:
    """What somebody was told, newest first."""

    def fetch(seen: tuple[Place, ListedNotification] | None) -> Sequence[tuple[Place, ListedNotification]]:
        before = _key(seen[1]) if seen else after or (_END, *NEWEST)
        return store.messages(connection, recipients=who.recipients, before=before, is_unread=is_unread, most=PAGE)

    found, last = walked(fetch, lambda row: who.is_meant(*row), most)
    return Page(items=tuple(row[1] for row in found), next=_key(last[1]) if last else None)


def unread(connection: Connection, who: Reader) -> int:
    """How many messages that were meant for himself or his unit he has not read, up to a page of them. What a role is told of
    is counted in its queues already."""
    return len(messages(connection, who.himself, is_unread=True, most=PAGE - 1).items)


def read(connection: Connection, who: Reader, id: str, *, now: datetime) -> ListedNotification:
    """已读, by somebody it was meant for. Raises NotFound, in the same words for what is not his and what is not there."""
    row = reading.peek_case(connection, id.partition("-")[0])
    found = inbox.mark_read(connection, id, now=now) if row is not None else None
    if row is None or found is None or not who.is_meant(Place(row.park, row.department, row.process), found):
        raise NotFound("notification", id)
    return found


def _key(listed: ListedNotification) -> MessageKey:
    row = listed.notification
    return row.created_at, row.case_id, row.seq, row.place
