"""Numbers of applicants and projects that nobody has been given, with check digits that hold."""

from __future__ import annotations

from engine import codes
from engine.errors import InvalidInput


def credit_code(serial: int) -> str:
    """A 统一社会信用代码 of a company in 岳阳市, told from others by its serial number up to 9999."""
    return next(code for letter in "0123456789X" if (code := _credit_code(f"91430600MA4Q{serial:04d}{letter}")))


def project_code(division: str, serial: int, month: str = "2601") -> str:
    """An 投资项目代码 of a division, given out in a month (YYMM)."""
    body = f"{month}-{division}-04-01-{serial:05d}"
    return next(code.value for digit in "0123456789" if not (code := codes.project_code(body + digit)).doubt)


def _credit_code(first: str) -> str:
    """The code that begins so, "" when characters 9 to 17 are no organisation code."""
    try:
        found = codes.credit_code(first + codes.credit_check(first), with_organisation=True)
    except InvalidInput:
        return ""
    return "" if found.doubt else found.value
