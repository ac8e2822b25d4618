"""The opaque cursor of a list: where its next page begins. Only this program reads it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from engine.errors import InvalidInput

_LARGEST = 2**62
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_LATEST = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND


def cursor(*key: int | str) -> str:
    """A key as a cursor: numbers, and perhaps a name without a hyphen as the last part."""
    return base64.urlsafe_b64encode("-".join(map(str, key)).encode()).decode().rstrip("=")


def key_of(text: str, *, parts: int, field: str) -> tuple[int, ...]:
    """The key in a cursor of so many parts. Raises InvalidInput naming `field` for anything that is no cursor of ours."""
    return _numbers(_parts(text), parts, field)


def named_key_of(text: str, *, parts: int, field: str) -> tuple[tuple[int, ...], str]:
    """As `key_of`, of a cursor whose last part is a name."""
    *numbers, name = _parts(text) or [""]
    return _numbers(numbers, parts - 1, field), name


def after(cursor_sent: str | None) -> int:
    """The number after which a page begins. Raises InvalidInput."""
    return 0 if cursor_sent is None else key_of(cursor_sent, parts=1, field="after")[0]


def following(numbers: Sequence[int], most: int) -> str | None:
    """The cursor of the page that follows one of at most so many, of which one more was read; None: it was the last."""
    return cursor(numbers[most - 1]) if len(numbers) > most else None


def _parts(text: str) -> list[str]:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode("ascii").split("-")
    except (binascii.Error, ValueError):
        return []


def _numbers(key: list[str], parts: int, field: str) -> tuple[int, ...]:
    if len(key) != parts or not all(part.isdigit() and len(part) < 20 and int(part) <= _LARGEST for part in key):
        raise InvalidInput(field, "not a cursor of this list; take the “next” of its last page, or leave it out")
    return tuple(map(int, key))


def microseconds(at: datetime) -> int:
    """An instant as a part of a key."""
    return (at - _EPOCH) // _MICROSECOND


def instant(number: int) -> datetime:
    """The instant a part of a key stands for; of one that lies beyond all time, the last."""
    return _EPOCH + min(number, _LATEST) * _MICROSECOND
