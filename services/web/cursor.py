"""The opaque cursor of a list: where its next page begins. Only this program reads it."""

from __future__ import annotations

import base64
import binascii

from engine.errors import InvalidInput

_LARGEST = 2**62


def cursor(*key: int) -> str:
    """A key as a cursor."""
    return base64.urlsafe_b64encode("-".join(map(str, key)).encode()).decode().rstrip("=")


def key_of(text: str, *, parts: int, field: str) -> tuple[int, ...]:
    """The key in a cursor of so many parts. Raises InvalidInput naming `field` for anything that is no cursor of ours."""
    try:
        key = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode("ascii").split("-")
    except (binascii.Error, ValueError):
        key = []
    if len(key) != parts or not all(part.isdigit() and len(part) < 20 and int(part) <= _LARGEST for part in key):
        raise InvalidInput(field, "not a cursor of this list; take the “next” of its last page, or leave it out")
    return tuple(map(int, key))
