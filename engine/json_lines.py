"""On which line of a JSON text a value stands.

The readers of JSON say what a text means and forget where; a person who has typed a notice is told the line. Knows JSON
(RFC 8259) and nothing of what the values mean. The names of one object are unique here, although the RFC only recommends it:
of two, readers keep the last without a word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import orjson

from engine.errors import InvalidInput
from engine.sentences import say

# A text, a mark, or a number or literal; whitespace lies between them. The text is known to be JSON by then.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+')


def read_json(data: bytes) -> tuple[object, dict[str, int]]:
    """A JSON text in UTF-8, with or without a byte order mark: its value, and the line (from 1) of every value by its path,
    like `holidays[0].make_up[1]`; "" is the whole. Raises InvalidInput with the line of what is not JSON, or of a name that
    its object has already."""
    try:
        text = data.decode("utf-8-sig")
        value = orjson.loads(text)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InvalidInput("", say("line {line}: is not JSON: a character that is not UTF-8", line=line)) from error
    except orjson.JSONDecodeError as error:
        raise InvalidInput("", say("line {line}: is not JSON: {technical}", line=error.lineno, technical=error.msg)) from error
    return value, _lines(text)


def line_of(lines: dict[str, int], path: str) -> int:
    """The line of the value at a path, or of the nearest value around it when there is none."""
    while path not in lines:
        path = path[:max(path.rfind("."), path.rfind("["), 0)]
    return lines[path]


def _lines(text: str) -> dict[str, int]:
    lines: dict[str, int] = {}
    for path, line in _values(text):
        if path in lines:
            raise InvalidInput(path, say("line {line}: stands twice, first on line {first}", line=line, first=lines[path]))
        lines[path] = line
    return lines


@dataclass(slots=True)
class _Around:
    """An object or list that is being read; `key`: of the value to come, None while an object's name is awaited."""

    path: str
    key: str | int | None

    def inner(self) -> str:
        return f"{self.path}[{self.key}]" if isinstance(self.key, int) else f"{self.path}.{self.key}".lstrip(".")

    def move_on(self) -> None:
        self.key = self.key + 1 if isinstance(self.key, int) else None


def _values(text: str) -> Iterator[tuple[str, int]]:
    """Every value of a JSON text, in order: its path and its line. Without recursion: how deep a text goes is its writer's
    choice."""
    around: list[_Around] = []
    line, reached = 1, 0
    for token in _TOKEN.finditer(text):
        line, reached = line + text.count("\n", reached, token.start()), token.start()
        match token[0]:
            case ":":
                pass
            case ",":
                around[-1].move_on()
            case "}" | "]":
                around.pop()
            case name if around and around[-1].key is None:
                around[-1].key = str(orjson.loads(name))
            case value:
                path = around[-1].inner() if around else ""
                yield path, line
                if value in "{[":
                    around.append(_Around(path, None if value == "{" else 0))
