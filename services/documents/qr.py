"""The QR code of a document: by which a stranger finds out whether it is real.

It holds the address of the check, or number and digest where the office has told no address of its own.
"""

from __future__ import annotations

import io
from urllib.parse import quote

import segno

SHOWN = 16
"""Hexadecimal characters of the digest that are asked for: 64 bits, which nobody guesses for a number he knows."""


def checked_by(address: str, number: str, digest: str) -> str:
    """What the code says. `address`: of this server as strangers reach it, "" when it has none."""
    if not address:
        return f"{number} {digest[:SHOWN]}"
    return f"{address.rstrip('/')}/documents/check/{quote(number, safe='')}?h={digest[:SHOWN]}"


def svg(text: str) -> str:
    """The code as an SVG picture, the same for the same text."""
    written = io.BytesIO()
    segno.make_qr(text, error="m").save(written, kind="svg", border=2, xmldecl=False, svgns=True, nl=False)
    return written.getvalue().decode()
