"""The secrets that an upstream platform signs with: two at most live at a time, so that it can take up the new one when it
likes, and the old one is ended then.

A secret is shown once, when it is issued.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from engine import administering as rules
from engine.case import local_day
from engine.errors import Forbidden, NotFound
from engine.platforms import Platform
from engine.sentences import say
from services.people import people_in_force
from services.store import platforms as store
from services.store import writing
from services.store.platforms import SecretRow
from webhooks.signature import SECRET_BYTES, secret_of

MOST = 2


def issue(connection: Connection, platforms: Mapping[str, Platform], platform: str, *, by: str, now: datetime) -> SecretRow:
    """Make a secret for a platform. Returns it, to be shown once. Raises NotFound, Forbidden: also while two live."""
    rules.may_keep_wire(people_in_force(connection), by, local_day(now), command="issue a secret")
    known(platforms, platform)
    id = writing.next_number(connection, "platform_secret")  # whoever issues another waits here
    if len(store.live_secrets(connection, platform)) >= MOST:
        raise Forbidden("issue a secret", say(
            "{platform} has {most} secrets that live: end the one it does not sign with any more",
            platform=platform, most=MOST))
    row = SecretRow(platform=platform, id=id, secret=secret_of(secrets.token_bytes(SECRET_BYTES)), issued_by=by, issued_at=now,
                    ended_by=None, ended_at=None)
    store.insert_secret(connection, row)
    return row


def end(connection: Connection, platform: str, id: int, *, by: str, now: datetime) -> SecretRow:
    """What is signed with a secret is refused from now on. Ending it twice changes nothing. Raises NotFound, Forbidden."""
    rules.may_keep_wire(people_in_force(connection), by, local_day(now), command="end a secret")
    row = next((each for each in store.secrets(connection) if (each.platform, each.id) == (platform, id)), None)
    if row is None:
        raise NotFound("secret of platform", f"{platform} {id}", "list them first")
    if not store.end_secret(connection, platform, id, by=by, at=now):
        return row
    return row._replace(ended_by=by, ended_at=now)


def live(connection: Connection, platform: str) -> list[str]:
    """What a platform may sign with now."""
    return [row.secret for row in store.live_secrets(connection, platform)]


def known(platforms: Mapping[str, Platform], name: str) -> Platform:
    """A platform of the shelf. Raises NotFound."""
    found = platforms.get(name)
    if found is None:
        raise NotFound("platform", name[:40], say("there are {known}; the shelf's folder platforms has them",
                                                  known=tuple(platforms) or say("none")))
    return found
