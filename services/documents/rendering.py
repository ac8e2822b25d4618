"""From a written content to a PDF: the only room that speaks typst.

A template of `templates/` prints each kind; `layout.typ` is what they share. Values are handed over as JSON, which a template
reads as data: nothing a person typed is ever part of a program, so that `#[]*_$` comes out as it went in. The page is drawn
with the fonts of `services.documents.fonts` alone, without network or packages, and dated as the document: the same content
gives the same bytes, in every place and every year. """

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import lru_cache
from pathlib import Path
from typing import Final

import orjson
import typst

from engine.errors import Forbidden
from services.documents import qr
from services.documents.content import digest_of, texts
from services.documents.fonts import Fonts, check

STANDARD: Final = "a-2a"
"""PDF/A-2a (ISO 19005-2): fit for the archive, and readable aloud."""

TEMPLATES = Path(__file__).resolve().parent / "templates"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sealed:
    """A seal that a document bears: its number, whose it is, since when."""

    seal: str
    unit: str
    on: date


def check_printable(body: bytes, fonts: Fonts) -> None:
    """Raises InvalidInput when a content holds a character that no font has."""
    check(fonts, "".join(texts(orjson.loads(body))), "text")


def render(body: bytes, digest: str, fonts: Fonts, sealed: Sealed | None = None, *, query_code: str = "") -> bytes:
    """A written content as a PDF. `digest`: its SHA-256; `sealed`: None while it bears no seal; `query_code`: with which the
    applicant looks at his case, kept in no content, "" on what does not print it. Raises InvalidInput for a character that no
    font has, Forbidden for a content that is not the one of the digest."""
    if digest_of(body) != digest:
        raise Forbidden("print", "the content of this document is not the one that was issued: somebody has changed it in the "
                                 "database; bring it back from a backup")
    check_printable(body, fonts)
    content = orjson.loads(body)
    seal = None if sealed is None else {"seal": sealed.seal, "unit": sealed.unit, "on": sealed.on}
    if sealed is not None:
        check(fonts, sealed.seal + sealed.unit, "seal")
    printed = typst.compile(
        TEMPLATES / f"{content['kind']}.typ", root=TEMPLATES, font_paths=_loaded(fonts.folders), format="pdf",
        sys_inputs={"content": body.decode(), "digest": digest, "sealed": orjson.dumps(seal).decode(), "query_code": query_code,
                    "qr": qr.svg(qr.checked_by(content["address"], content["number"], digest))},
        timestamp=_dated(content["issued_on"]), pdf_standards=STANDARD)
    assert isinstance(printed, bytes)
    return printed


@lru_cache(maxsize=8)
def _loaded(folders: tuple[Path, ...]) -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders))


def _dated(issued_on: str) -> datetime:
    """The creation date in the file: the day of the document, at midnight UTC."""
    return datetime.combine(date.fromisoformat(issued_on), time(), UTC)
