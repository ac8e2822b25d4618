"""A sentence that knows its own pattern, so that it can be said in another language.

Every refusal is written in English where it is raised: programs and the command line show it as it stands. Pages speak the
users' language, and look its pattern up in a catalogue; the values are put into what they find there. Here it is only kept
apart what is fixed in a sentence and what is given to it. Which languages there are, and how a value is shown in them, is not
known here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from enum import Enum
from types import MappingProxyType

_PLACE = re.compile(r"\{([a-z_][a-z0-9_]*)(?::([^{}]*))?\}")
_NOTHING: Mapping[str, object] = MappingProxyType({})


class Sentence(str):
    """An English text, the `pattern` it was made from and the values `given` to its places.

    A pattern has places like `{name}`, or `{name:%H:%M}` with a format that holds for English alone. A text that was made from
    no pattern is its own pattern. What is stored is plain: `str(sentence)`; msgspec takes no other.
    """

    pattern: str
    given: Mapping[str, object]

    def __new__(cls, text: str, pattern: str | None = None, given: Mapping[str, object] = _NOTHING) -> Sentence:
        made = super().__new__(cls, text)
        made.pattern, made.given = text if pattern is None else pattern, given
        return made


def say(pattern: str, /, **given: object) -> Sentence:
    """The sentence of a pattern and its values. An enum is said by its value, a tuple as a list with commas, anything else as
    `str` has it; a value that is a sentence stays one. Raises KeyError where a place has no value."""
    return Sentence(filled(pattern, given, _in_english), pattern, given)


def listed(values: Iterable[object], between: str = ", ") -> Sentence:
    """A list as a part of a sentence, its pattern "": each value is said by itself, with `between` in English."""
    each = tuple(values)
    return Sentence(between.join(_in_english("", value, "") for value in each), "", {"each": each, "between": between})


def quoted(text: str) -> Sentence:
    """What a foreign library says, in its own words: they cannot be said in another language."""
    return Sentence(text, "{technical}", {"technical": text})


def sentence_of(told: str | Exception) -> Sentence:
    """A text as a sentence, itself where it is one; of an exception, the one it was raised with."""
    if isinstance(told, Exception):
        return sentence_of(told.args[0] if told.args and isinstance(told.args[0], str) else str(told))
    return told if isinstance(told, Sentence) else Sentence(told)


def places(pattern: str) -> frozenset[str]:
    """The names of the places of a pattern."""
    return frozenset(match[1] for match in _PLACE.finditer(pattern))


def filled(pattern: str, given: Mapping[str, object], shown: Callable[[str, object, str], str]) -> str:
    """A pattern with its values, each as `shown` says it: by the name of its place, the value and the format, "" for none.
    Values are put in as they are, and never read as patterns. Raises KeyError where a place has no value."""
    return _PLACE.sub(lambda match: shown(match[1], given[match[1]], match[2] or ""), pattern)


def _in_english(_: str, value: object, form: str) -> str:
    if isinstance(value, tuple):
        return str(listed(value))
    return str(value.value) if isinstance(value, Enum) else format(value, form)
