"""What belongs together: the id of the request, or of the pass, in whose course something is done.

It comes in with a request (`X-Request-Id`) or is made, stands in every line that is logged meanwhile, goes out with the answer,
and along with the job that a step asks for. It says nothing about anybody: a run of digits, which might be somebody's number,
is not taken for an id.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

HEADER = "X-Request-Id"
_WELL_FORMED = re.compile(r"(?!\d+[Xx]?\Z)[A-Za-z0-9][A-Za-z0-9._-]{7,63}")
_PRESENT: ContextVar[str] = ContextVar("jiban_correlation", default="")


def current() -> str:
    """The id of what is being done; "" outside of any."""
    return _PRESENT.get()


def taken(said: str | None) -> str:
    """The id somebody has sent, if it looks like one and not like a number of somebody's; else a new one."""
    if said is not None and _WELL_FORMED.fullmatch(said) and not re.search(r"\d{11}", said):
        return said
    return secrets.token_hex(8)


@contextmanager
def under(id: str) -> Iterator[None]:
    """Everything done inside belongs to an id."""
    before = _PRESENT.set(id)
    try:
        yield
    finally:
        _PRESENT.reset(before)


def begin(id: str) -> None:
    """From now on everything in this thread belongs to an id: where no block encloses it."""
    _PRESENT.set(id)
