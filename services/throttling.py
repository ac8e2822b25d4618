"""How often somebody may try in a minute what strangers must not try all day: to sign in, to guess a query code.

Counted in rows, so that it holds for all nodes together. A try is counted before it is made and given back when it succeeds:
else as many could be under way at once as there are threads. Minutes are those of the clock, so that at worst twice as many
fit around the turn of one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address, ip_network

from sqlalchemy import Connection

from services.store import throttling as store

KEPT = timedelta(hours=1)
_MINUTE = 60
_NETWORK_OF_A_HOUSE = 64


@dataclass(frozen=True, slots=True)
class Throttle:
    """`room`: what is tried; `most`: how many tries of one key a minute may see."""

    room: str
    most: int


def admit(connection: Connection, throttle: Throttle, key: str, now: datetime) -> bool:
    """Count a try of a key; False when it had as many as it may in this minute, and is not to be made."""
    return store.count(connection, room=throttle.room, key=key[:100], minute=_minute(now), most=throttle.most)


def forgive(connection: Connection, throttle: Throttle, key: str, counted_at: datetime) -> None:
    """A try counted at an instant has succeeded, and does not count."""
    store.give_back(connection, room=throttle.room, key=key[:100], minute=_minute(counted_at))


def wait_seconds(now: datetime) -> int:
    """How long whoever was not admitted waits."""
    return _MINUTE - int(now.timestamp()) % _MINUTE


def forget(connection: Connection, now: datetime) -> int:
    """Forget what nobody asks for any more. Returns how many rows went."""
    return store.forget(connection, _minute(now - KEPT))


def network(address: str | None) -> str:
    """The key of an address. Of IPv6, the network of its house (RFC 6177): each has as many addresses as it likes."""
    try:
        parsed = ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, IPv6Address):
        return str(parsed.ipv4_mapped or ip_network((parsed, _NETWORK_OF_A_HOUSE), strict=False))
    return str(parsed)


def _minute(at: datetime) -> int:
    return int(at.timestamp()) // _MINUTE
