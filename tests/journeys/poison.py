"""A house in which everything that anybody wrote is hostile: each text a person or a file can enter carries `MARKUP`.

Two strokes. The diagrams and forms of the shelf are made hostile before the demonstration is prepared from them; afterwards
every text of its database that has a Chinese sign in it, wherever it stands, in a column, in JSON, in a case's fold, and every
name of the catalogue. Words of people are Chinese here and keys are not, so that none is forgotten because nobody thought of
it; and the same text becomes the same hostile text everywhere, so that what belonged together still does.

Each text has a marker of its own, by which a page tells which texts it shows.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from shutil import copytree
from typing import Any

import msgspec
import orjson
from lxml import etree
from sqlalchemy import Engine, LargeBinary, String, Table, Text, select, update

from engine.duties import APPLICANT
from services.tables import metadata
from tests.services.markup import MARKUP

CHINESE = re.compile("[\u4e00-\u9fff]")
MARKER = re.compile(r"zq(\d+)m")
_LONGEST_NAME = 400
"""Of anything in a diagram."""
_WORDS: Mapping[str, Any] = {"most": 100, "is_printed": True}
"""What the catalogue takes, on one line, on the shelf and of the office's own."""
_OURS = frozenset({APPLICANT, "时钟"})
"""Who acts where nobody does: written by the code."""

_TEMPLATES = frozenset({"pattern"})
"""What is no text but makes one."""

_KEPT = frozenset({"secret", "answer", "demonstration", "counter"})
"""Tables nobody writes in."""


@dataclass
class Poison:
    """What has been made hostile: what each text has become, and the numbers of those at each place where texts stand."""

    texts: dict[str, str] = field(default_factory=dict)
    places: dict[str, set[int]] = field(default_factory=lambda: defaultdict(set))

    def __call__(self, text: str, place: str = "", *, most: int = 100_000, is_printed: bool = False) -> str:
        """The hostile text, which begins as the old one did, the same wherever that stood; with as many of `MARKUP` as fit into
        `most` signs, others in each; `is_printed`: without those that are not seen. What is none of people's stays."""
        made = text
        if CHINESE.search(text) and not MARKER.search(text) and text not in _OURS:
            begun = f"{text}zq{len(self.texts) + 1}m"
            made = self.texts.setdefault(text, begun + _some(len(self.texts), most - len(begun), is_printed))
        if place and (found := MARKER.search(made)):
            self.places[place].add(int(found[1]))
        return made

    def deep(self, value: Any, place: str, **bounds: Any) -> Any:
        """Every text within a value."""
        if isinstance(value, str):
            return self._written(value, place, **bounds)
        if isinstance(value, list):
            return [self.deep(each, place, **bounds) for each in value]
        if isinstance(value, dict):
            return {self.deep(key, place, **bounds): each if key in _TEMPLATES else self.deep(
                each, f"{place}.{key}" if place and _is_name(key) else place, **bounds) for key, each in value.items()}
        return value

    def _written(self, text: str, place: str, **bounds: Any) -> str:
        """A text, which may be JSON itself."""
        if text[:1] in ("[", "{") and CHINESE.search(text):
            try:
                return orjson.dumps(self.deep(orjson.loads(text), place, **bounds)).decode()
            except orjson.JSONDecodeError:
                pass
        return self(text, place, **bounds)


def _some(number: int, most: int, is_printed: bool) -> str:
    """As many of the hostile texts as fit, beginning with another for each number."""
    first, taken = number * 7 % len(MARKUP), ""
    for each in (*MARKUP[first:], *MARKUP[:first]):
        if len(taken) + len(each) + 1 <= most and (each.isprintable() or not is_printed):
            taken += f" {each}"
    return taken


def _is_name(key: object) -> bool:
    return isinstance(key, str) and key.isascii() and key.isidentifier()


def poison_diagrams(shelf: Path, to: Path, poison: Poison) -> None:
    """A copy of the shelf whose diagrams and forms say something hostile wherever they say anything to people."""
    copytree(shelf, to)
    _catalogue(to, poison)  # its names have to be short, and some are those of diagrams, too
    for file in sorted(to.glob("*.bpmn")):
        tree = etree.parse(file)
        for element in tree.iter(etree.Element):
            _poison_element(element, poison)
        tree.write(file, encoding="utf-8", xml_declaration=True)
    for file in sorted((to / "forms").glob("*.json")):
        file.write_bytes(orjson.dumps(_titles(orjson.loads(file.read_bytes()), poison)))


def _poison_element(element: Any, poison: Poison) -> None:
    tag = etree.QName(element).localname
    for name in ("name", "label", "basis"):
        if name in element.attrib:
            element.set(name, poison(element.get(name), f"diagram.{tag}.{name}", most=_LONGEST_NAME))
    if tag == "documentation" and element.text:
        element.text = poison(element.text, f"diagram.{tag}")


def _titles(schema: Any, poison: Poison) -> Any:
    if isinstance(schema, list):
        return [_titles(each, poison) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {key: poison(each, f"form.{key}") if key in ("title", "description") and isinstance(each, str)
            else _titles(each, poison) for key, each in schema.items()}


def poison_catalogue(shelf: Path, poison: Poison) -> None:
    """Every name of the catalogue on a shelf."""
    for file, entries in _catalogue(shelf, poison).items():
        file.write_bytes(orjson.dumps(entries))


def _catalogue(shelf: Path, poison: Poison) -> dict[Path, Any]:
    return {file: poison.deep(orjson.loads(file.read_bytes()), f"catalogue.{file.stem}", **_WORDS)
            for file in (*sorted((shelf / "catalogue").glob("*.json")), shelf / "permits.json")}


def poison_database(database: Engine, poison: Poison) -> None:
    """Every text of people in every table; the short ones first, which are keys elsewhere."""
    tables = [table for table in metadata.sorted_tables if table.name not in _KEPT]
    with database.begin() as connection:
        connection.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
        for table in tables:
            for row in connection.execute(select(*_short(table))).all():
                for value in row:
                    poison.deep(value, "", **_WORDS)
        for table in tables:
            for row in connection.execute(select(table)).mappings().all():
                changed = {name: new for name, new in _changed(table, row, poison) if new != row[name]}
                if changed:
                    keys = [column == row[column.name] for column in table.primary_key]
                    connection.execute(update(table).where(*keys).values(changed))


def _short(table: Table) -> list[Any]:
    return [column for column in table.columns if isinstance(column.type, String) and not isinstance(column.type, Text)] or [
        *table.primary_key]


def _changed(table: Table, row: Any, poison: Poison) -> Iterator[tuple[str, Any]]:
    for column in table.columns:
        value, place = row[column.name], f"{table.name}.{column.name}"
        bounds = _WORDS if table.name == "catalogue_entry" else {}
        if isinstance(column.type, String) and isinstance(value, str):
            yield column.name, poison.deep(value, place)
        elif isinstance(column.type, LargeBinary) and isinstance(value, bytes):
            yield column.name, _bytes(value, place, poison, bounds)


def _bytes(value: bytes, place: str, poison: Poison, bounds: Mapping[str, Any]) -> bytes:
    """JSON or MessagePack; anything else stays."""
    for read, write in _CODECS:
        try:
            found = read(value)
        except (orjson.JSONDecodeError, msgspec.DecodeError, UnicodeDecodeError):
            continue
        return write(poison.deep(found, place, **bounds)) if isinstance(found, dict | list) else value
    return value


_CODECS: tuple[tuple[Callable[[bytes], Any], Callable[[Any], bytes]], ...] = (
    (orjson.loads, orjson.dumps), (msgspec.msgpack.decode, msgspec.msgpack.encode))
