"""People of an office who may sign in, entered without ado."""

from collections.abc import Iterable
from datetime import UTC, date, datetime

from sqlalchemy import Connection

from services import people
from services.passwords import Hashing, Secret, secret
from services.people import NewGrant, NewPerson
from services.store import accounts as store
from services.store.accounts import SecretRow

QUICK = Hashing(memory_kib=8, passes=1, lanes=1)
"""As little as argon2 takes: tests do not wait for a stranger's patience."""

PASSWORD = "洞庭湖上的一叶小轻舟"
JANUARY = date(2026, 1, 1)
ENTERED_AT = datetime(2026, 1, 5, 1, 0, tzinfo=UTC)
SECRET = secret(PASSWORD, (), QUICK)


def enter(connection: Connection, id: str, *roles: str, unit: str = "市住建局", identity: str = "") -> str:
    """Somebody with roles everywhere since January, who cannot sign in."""
    people.enter(connection, NewPerson(id=id, name=f"{id}某", unit=unit, since_on=JANUARY, identity=identity), by="root",
                 now=ENTERED_AT)
    for role in roles:
        people.grant(connection, NewGrant(person=id, role=role, since_on=JANUARY), by="root", now=ENTERED_AT)
    return id


def hire(connection: Connection, id: str, *roles: str, unit: str = "市住建局", given: Secret = SECRET) -> str:
    """As `enter`, with the password `PASSWORD`."""
    enter(connection, id, *roles, unit=unit)
    store.insert_secret(connection, SecretRow(person=id, hash=given.hash, changed_at=ENTERED_AT, must_change=False, failures=0,
                                              locked_until=None, disabled_at=None, disabled_by=None))
    return id


def kinds(rows: Iterable[object]) -> list[str]:
    """What happened, in the order it did."""
    return [str(row.kind) for row in reversed(list(rows))]  # type: ignore[attr-defined]
