"""The words of the interface in another language than Chinese, read from `<language>.po` beside this file at start.

A translator copies `interface.pot` (`make words` keeps it up to date), fills in `msgstr` with any editor of such files, and
sets `JIBAN_LANGUAGE`. What has no translation, or a doubtful one (“fuzzy”), is said in Chinese. Nothing is compiled or
installed: the few lines of the format that such editors write are read here and handed to Python's own gettext.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterable
from gettext import GNUTranslations, NullTranslations
from io import BytesIO
from itertools import accumulate
from pathlib import Path

from services.settings import SettingRefused

SOURCE = "zh"
"""The language the interface is written in."""

FOLDER = Path(__file__).parent
_PLACE = re.compile(r"(msgctxt|msgid_plural|msgid|msgstr)(?:\[(\d)\])? +(\".*)")
_ESCAPED = {"n": "\n", "t": "\t"}


def load(language: str) -> NullTranslations:
    """The words of a language. Raises SettingRefused for one that nobody has translated, or whose file cannot be read."""
    if language == SOURCE:
        return NullTranslations()
    file = FOLDER / f"{language}.po"
    if not file.is_file():
        known = ", ".join([SOURCE, *sorted(each.stem for each in FOLDER.glob("*.po"))])
        raise SettingRefused("JIBAN_LANGUAGE", f"there are no words in “{language}”; there are {known}")
    try:
        found = entries(file.read_text("utf-8"))
        return GNUTranslations(BytesIO(_compiled({**found, "": _head(found)})))
    except (ValueError, OSError) as error:
        raise SettingRefused("JIBAN_LANGUAGE", f"{file.name} cannot be read: {error}") from error


def entries(text: str) -> dict[str, str]:
    """The translations of a file, by what they translate; plural forms joined as gettext keeps them."""
    found: dict[str, str] = {}
    for block in re.split(r"\n\s*\n", text):
        lines = [line.strip() for line in block.splitlines()]
        if not any(line.startswith("#,") and "fuzzy" in line for line in lines):
            parts = _parts(line for line in lines if line and not line.startswith("#"))
            said = [words for place, words in parts.items() if place.startswith("msgstr")]
            if "msgid" in parts and all(said):
                key = "\0".join(parts[place] for place in ("msgid", "msgid_plural") if place in parts)
                found[key] = "\0".join(said)
    return found


def _parts(lines: Iterable[str]) -> dict[str, str]:
    """The strings of one entry, by place; a string may go on over several lines. Raises ValueError."""
    parts: dict[str, str] = {}
    place = ""
    for line in lines:
        match = _PLACE.fullmatch(line)
        if match:
            place, line = f"{match[1]}{match[2] or ''}", match[3]
        if not place or not re.fullmatch(r'"(?:[^"\\]|\\.)*"', line):
            raise ValueError(f"“{line[:60]}” is neither a place nor a string")
        parts[place] = parts.get(place, "") + re.sub(r"\\(.)", lambda each: _ESCAPED.get(each[1], each[1]), line[1:-1])
    return parts


def _head(found: dict[str, str]) -> str:
    """What gettext has to know of a file: that we write UTF-8, and how its language counts."""
    counting = [line for line in found.get("", "").splitlines() if line.startswith("Plural-Forms:")]
    return "\n".join(["Content-Type: text/plain; charset=UTF-8", *counting])


def _compiled(found: dict[str, str]) -> bytes:
    """The same as gettext's own table (GNU gettext manual, “The Format of GNU MO Files”)."""
    pairs = [(key.encode(), said.encode()) for key, said in sorted(found.items(), key=lambda pair: pair[0].encode())]
    texts = [key for key, _ in pairs] + [said for _, said in pairs]
    start = 28 + 8 * len(texts)
    places = accumulate((len(each) + 1 for each in texts), initial=start)
    index = b"".join(struct.pack("<II", len(each), place) for each, place in zip(texts, places, strict=False))
    head = struct.pack("<IIIIIII", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    return head + index + b"".join(each + b"\0" for each in texts)
