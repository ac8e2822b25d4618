"""The query code 查询码 of a case, with which its applicant looks at it; and the mark a browser bears once he has given it.

A code is computed, never stored: HMAC-SHA256 of the case's number with a secret of the database, as ten signs of an alphabet
without 0, 1, I and O. So it can be printed again on a second receipt, an earlier release's cases have one too, a list of cases
holds no codes to steal, and a wrong code is told from a right one without a look at any case: nobody learns which numbers
exist. Fifty bits leave nothing to guess, even for who may try for years. Whoever has the whole database, its secret included,
has the cases as well. Not chosen: a column with a random code (a list worth stealing) or its hash (not printable again).

A mark proves for a while that a code was given, so that the code need not travel with every page: until when, and what for,
under a MAC of its own.
"""

from __future__ import annotations

import hmac
import unicodedata
from datetime import UTC, datetime
from hashlib import sha256

from sqlalchemy import Connection

from services.store import secrets as store

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
LENGTH = 10
_BITS = 5
_LONGEST = 100
_NAME = "query_code"


def code_of(connection: Connection, number: str) -> str:
    """The code of a case, as it is printed: ``7KQ2M-9XHTA``."""
    signs = _signs(store.secret(connection, _NAME), number)
    return f"{signs[:LENGTH // 2]}-{signs[LENGTH // 2:]}"


def is_code_of(connection: Connection, number: str, given: str) -> bool:
    """Is this the code of the case with this number, however it is typed? The work is the same whatever is given, and whether
    or not there is such a case."""
    expected = _signs(store.secret(connection, _NAME), number[:_LONGEST])
    return hmac.compare_digest(expected.encode(), normalised(given).encode())


def normalised(given: str) -> str:
    """A code as people type it, without spaces and dashes, in upper case, full-width signs as narrow ones."""
    narrow = unicodedata.normalize("NFKC", given[:_LONGEST]).upper()
    return "".join(each for each in narrow if each.isalnum())


def mark(connection: Connection, number: str, purpose: str, until: datetime) -> str:
    """The mark of who has given the code of a case: it lasts until an instant, for a purpose."""
    said = f"{int(until.timestamp())}.{purpose}"
    return f"{said}.{_seal(store.secret(connection, _NAME), number, said)}"


def purpose_of(connection: Connection, number: str, given: str, now: datetime) -> str:
    """What a mark that was given is good for; "" when it is none of this case, or over."""
    said, _, seal = given[:200].rpartition(".")
    expected = _seal(store.secret(connection, _NAME), number, said)
    if not hmac.compare_digest(seal.encode("utf-8", "replace"), expected.encode()):
        return ""
    until, _, purpose = said.partition(".")  # ours, as the seal has shown
    return purpose if now < datetime.fromtimestamp(int(until), UTC) else ""


def _signs(secret: bytes, number: str) -> str:
    digest = hmac.digest(secret, b"code\0" + number.encode("utf-8", "replace"), sha256)
    value = int.from_bytes(digest[:8])
    return "".join(ALPHABET[value >> (_BITS * place) & (len(ALPHABET) - 1)] for place in range(LENGTH))


def _seal(secret: bytes, number: str, said: str) -> str:
    return hmac.new(secret, f"mark\0{number}\0{said}".encode("utf-8", "replace"), sha256).hexdigest()
