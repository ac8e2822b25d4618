"""English that was written down, said in Chinese again: the message of an incident, why a row was refused.

Such a text has lost its pattern. It is found again by looking which one could have made it; where several could, the one with
the most fixed text did. The values come back as texts, are said by the words of their places, and may be sentences themselves.
What no pattern fits stays as it is. A text is gone through once for each pattern, however odd it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from engine.sentences import Sentence

_PLACE = re.compile(r"\{([a-z_][a-z0-9_]*)(?::[^{}]*)?\}")
_LEAST_FIXED = 6
"""A pattern with less fixed text than this fits almost anything."""
_DEEPEST = 4
_LONGEST = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A pattern taken apart: `names` stand between the `fixed` parts, of which there is one more."""

    pattern: str
    fixed: tuple[str, ...]
    names: tuple[str, ...]


def shapes_of(patterns: Iterable[str]) -> tuple[Shape, ...]:
    """The shape of each pattern that a text can be told by, those with the most fixed text first."""
    shapes = [Shape(pattern=pattern, fixed=tuple(_PLACE.sub("\0", pattern).split("\0")),
                    names=tuple(match[1] for match in _PLACE.finditer(pattern))) for pattern in patterns]
    fixed = {shape.pattern: sum(len(part.strip()) for part in shape.fixed) for shape in shapes}
    shapes.sort(key=lambda shape: -fixed[shape.pattern])
    return tuple(shape for shape in shapes if fixed[shape.pattern] >= _LEAST_FIXED)


def found_again(text: str, shapes: Iterable[Shape], deeper: int = _DEEPEST) -> Sentence:
    """The sentence a text was, of those of these shapes; the text as its own pattern when it was none of them. Sentences within
    it are found as well, `deeper` levels of them."""
    for shape in shapes if len(text) <= _LONGEST else ():
        values = _values(shape, text)
        if values is not None:
            return Sentence(text, shape.pattern, {
                name: found_again(value, shapes, deeper - 1) if deeper and " " in value else value
                for name, value in values.items()})
    return Sentence(text)


def _values(shape: Shape, text: str) -> dict[str, str] | None:
    """The value of each place, each as short as can be; None when the text does not have this shape."""
    first, *between = shape.fixed
    if not text.startswith(first):
        return None
    at, values = len(first), dict[str, str]()
    for place, (name, part) in enumerate(zip(shape.names, between, strict=True), start=1):
        end = len(text) - len(part) if place == len(between) else text.find(part, at)
        if end < at or not text.startswith(part, end) or values.setdefault(name, text[at:end]) != text[at:end]:
            return None
        at = end + len(part)
    return values if at == len(text) else None
