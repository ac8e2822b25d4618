"""The fonts documents are printed with, and the characters they have.

Two fonts come with the release, cut from Noto CJK (`fonts/manifest.json` says from which, and how): Jiban Song 宋体 for the
text, with all of GBK and of the 通用规范汉字表, and Jiban Hei 黑体 for headings, with GB 2312. An office that writes a name
with a character beyond those puts a font that has it into the folder JIBAN_FONTS. Fonts of the machine are never used: every
machine prints the same. What no font has is refused before anything is numbered; an empty box is never printed. """

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import orjson

from engine.errors import Forbidden, InvalidInput
from engine.sentences import say
from services.documents.cmap import characters_of

SHIPPED = Path(__file__).resolve().parent / "fonts"
_MANIFEST = "manifest.json"
_ENDINGS = frozenset({".otf", ".ttf", ".ttc", ".otc"})
_NO_GLYPH = frozenset(map(ord, "\n"))
_SHOWN = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Fonts:
    """Where fonts are looked for, the shipped ones first, and the characters that one of them has."""

    folders: tuple[Path, ...]
    characters: frozenset[int]


@lru_cache(maxsize=8)
def load_fonts(extra: Path | None = None, shipped: Path = SHIPPED) -> Fonts:
    """The fonts of this release and those of the folder `extra`, None for none. Raises Forbidden when one is missing or not the
    one that was shipped, or the folder is gone."""
    files = [_checked(shipped, name, entry) for name, entry in _manifest(shipped).items()]
    if extra is not None:
        if not extra.is_dir():
            raise Forbidden("print", say("the folder of fonts JIBAN_FONTS, “{folder}”, is not there any more; put it back, or "
                                         "start the server without JIBAN_FONTS", folder=extra))
        files += sorted(file for file in extra.iterdir() if file.suffix.lower() in _ENDINGS)
    return Fonts(folders=(shipped, extra) if extra is not None else (shipped,),
                 characters=frozenset().union(*(characters_of(file) for file in files)))


def check(fonts: Fonts, text: str, field: str) -> None:
    """Raises InvalidInput naming every character of a text that none of the fonts has, and the way out."""
    lacking = sorted({letter for letter in text if ord(letter) not in fonts.characters and ord(letter) not in _NO_GLYPH})
    if lacking:
        named = "、".join(f"“{_shown(letter)}” U+{ord(letter):04X}" for letter in lacking[:_SHOWN])
        more = len(lacking) - _SHOWN
        raise InvalidInput(field, say(
            "no font has the character {characters} (字库缺字): correct the text, or put a font that has it into a folder, "
            "name the folder in JIBAN_FONTS and start the server again",
            characters=say("{named} and {more} more", named=named, more=more) if more > 0 else named))


def _shown(letter: str) -> str:
    """The character itself, or the name of one that cannot be seen."""
    return letter if letter.isprintable() else unicodedata.name(letter, "control character")


def _manifest(folder: Path) -> Mapping[str, Mapping[str, object]]:
    try:
        fonts: Mapping[str, Mapping[str, object]] = orjson.loads((folder / _MANIFEST).read_bytes())["fonts"]
    except (OSError, orjson.JSONDecodeError, KeyError) as error:
        raise Forbidden("print", say("the fonts of this release are missing: “{file}” cannot be read; install the release "
                                     "again", file=folder / _MANIFEST)) from error
    return fonts


def _checked(folder: Path, name: str, entry: Mapping[str, object]) -> Path:
    file = folder / name
    try:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
    except OSError as error:
        raise Forbidden("print", say("the font “{file}” of this release is missing; install the release again",
                                     file=file)) from error
    if digest != entry["sha256"]:
        raise Forbidden("print", say("the font “{file}” is not the one of this release (its SHA-256 differs); install the "
                                     "release again: another font would print the same document differently", file=file))
    return file
