"""What people read when something is refused: the sentence of an error in Chinese.

A sentence knows its English pattern (`engine.sentences`); the catalogue in `zh/` has the Chinese pattern with the same places.
It is data. What is found there is Chinese, and goes through the catalogue of the interface as every word of a page does. Values
are shown for people: states and limits by their words, days as 2026-11-25, instants by the clock on the wall, fields and
commands by their names. What has no Chinese is said in English, and a test sees to it that nothing raised on purpose is.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import Any

from engine.calendar import SHANGHAI
from engine.definitions.diagnostic import Diagnostic
from engine.errors import DefinitionError, InvalidInput, JibanError, Refusal
from engine.sentences import Sentence, filled, places, sentence_of
from engine.stops import ground_name
from engine.verbs import VERBS
from services.drafts import NAMES as DRAFT_STATES
from services.people import ROLES
from services.web import words
from services.web.words.remembered import found_again, shapes_of
from services.web.words.spoken import text

FOLDER = Path(__file__).with_name("zh")
NAMES_FILE = "names.toml"
_JOINTS = {"; ": "；", " or ": "或者", " ": " ", ", ": "、"}
_PART = re.compile(r"[^.\[\]]+")
_FILE = re.compile(r"([^\s:]+\.(?:json|csv|xlsx|bpmn))(?:: (.*))?")
_LINE = re.compile(r"(line|row) (\d+) ?(.*)")


def sentences(folder: Path = FOLDER) -> dict[str, str]:
    """The Chinese of each English pattern, of all files of a language."""
    return {english: said for file in sorted(folder.glob("*.toml")) if file.name != NAMES_FILE
            for room in tomllib.loads(file.read_text("utf-8")).values() for english, said in room.items()}


_STATES: tuple[Mapping[Any, str], ...] = (words.PERMIT_STATES, words.ORDER_STATES, words.CARD_STATES, words.STATES)


def _tables(read: dict[str, Any]) -> dict[str, dict[str, str]]:
    """The words of the places of sentences; those of the code beside those of the catalogue."""
    return {
        **read, "command": {**{verb.name: verb.label for verb in VERBS.values()}, **read["command"]},
        "role": {**read["role"], **{role: name.partition("(")[0] for role, name in ROLES.items()}},
        "limit": {kind.value: name for kind, name in words.LIMITS.items()}, "unit": read["enums"]["Unit"],
        "state": {**read["state"], **{state.value: word for table in _STATES for state, word in table.items()}},
        "draft_state": {state.value: word for state, word in DRAFT_STATES.items()},
        "source": {str(source): name for source, name in words.SOURCES.items()}}


def _members(read: dict[str, dict[str, str]]) -> dict[tuple[str, object], str]:
    """The word of each member of the enumerations, by the name of its class and its value."""
    tables: tuple[Mapping[Any, str], ...] = (*_STATES, words.LIMITS, words.STOP_KINDS, words.COLOURS)
    return {(name, value): word for name, members in read.items() for value, word in members.items()} | {
        (type(member).__name__, member.value): word for table in tables for member, word in table.items()}


_READ = tomllib.loads((FOLDER / NAMES_FILE).read_text("utf-8"))
_SENTENCES: Mapping[str, str] = sentences()
_SHAPES = shapes_of(_SENTENCES)
_MEMBERS = _members(_READ["enums"])
_NAMES = _tables(_READ)


def in_chinese(error: JibanError, titles: Mapping[str, str] | None = None) -> str:
    """The whole sentence of an error. `titles`: what a form calls its fields, by JSON path."""
    if isinstance(error, InvalidInput) and titles and error.field in titles:
        return text("{field}：{reason}").format(field=titles[error.field], reason=said(error.reason))
    if isinstance(error, DefinitionError) and error.diagnostics:
        return said(Sentence(str(error), error.sentence.pattern, {
            **error.sentence.given, "message": diagnosis(error.diagnostics[0])}))
    return said(error.sentence)


def reason_in_chinese(error: Refusal) -> str:
    """Only why: without the field it stands at, or the command that was refused."""
    return said(getattr(error, "reason", error.sentence))


def diagnosis(found: Diagnostic) -> str:
    """What is wrong with a diagram and what to do, by the code of a diagnostic; its own words where the code has none."""
    return text(_NAMES["diagnostic"].get(found.code, "")) or found.message


def said(told: str) -> str:
    """A sentence in Chinese; one that was written down in English and has lost its pattern, as an incident's message, too. As
    it is when the catalogue does not have it."""
    sentence = sentence_of(told)
    if not sentence.pattern:
        return _listed(sentence)
    if not _is_known(sentence):
        sentence = found_again(str(sentence), _SHAPES)
    return filled(text(_SENTENCES[sentence.pattern]), sentence.given, _shown) if _is_known(sentence) else str(sentence)


def _is_known(sentence: Sentence) -> bool:
    return sentence.pattern in _SENTENCES and places(_SENTENCES[sentence.pattern]) <= sentence.given.keys()


def field_name(path: str) -> str:
    """What people call the field at a JSON path, or the place in a sheet: “定制单事项第1项编号”, “第5行 角色”."""
    if match := _LINE.fullmatch(path):
        return text("第{line}行{column}").format(line=match[2], column=field_name(match[3]) if match[3].isascii() else match[3])
    if match := _FILE.fullmatch(path):
        return f"{match[1]} {field_name(match[2] or '')}".rstrip()
    if path in _NAMES["field"]:
        return text(_NAMES["field"][path])
    parts = _PART.findall(path)
    return "".join(_parts(parts[1:] if parts[:1] == ["data"] and len(parts) > 1 else parts)) or path


def _parts(parts: list[str]) -> Iterator[str]:
    for part in parts:
        name = _NAMES["field"].get(part.strip())
        yield text("第{place}项").format(place=int(part) + 1) if part.isdigit() else text(name) if name else part


def _listed(sentence: Sentence) -> str:
    between = str(sentence.given.get("between", ""))
    each = sentence.given.get("each", ())
    assert isinstance(each, tuple)
    return _JOINTS.get(between, between).join(_shown("", value, "") for value in each)


def _shown(place: str, value: object, form: str) -> str:
    match value:
        case Sentence():
            return said(value)
        case Enum():
            return text(_MEMBERS.get((type(value).__name__, value.value), str(value.value)))
        case tuple():
            return "、".join(_shown(place, each, form) for each in value)
        case datetime() if value.tzinfo is not None:
            return f"{value.astimezone(SHANGHAI):%Y-%m-%d %H:%M}"
        case str():
            return _word(place, value)
    return str(value)


def _word(place: str, value: str) -> str:
    table = _NAMES["places"].get(place, place)
    if table == "field":
        return field_name(value)
    if table == "ground":
        return text(ground_name(value))
    found = _NAMES.get(table, {})
    word = found.get(value) or (found.get(value.partition(":")[0]) if table == "limit" else None)
    return text(word) if word else value
