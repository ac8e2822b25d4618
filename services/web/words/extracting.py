"""Which Chinese words of a file are words of the interface: for the catalogue (`make words`), and for the tests that look for
words nobody can translate.

Words of the interface are what stands in `text(…)` or in a question of a form, and every Chinese text of a table at the top of
a module. What stands elsewhere in a function is said to readers in no other language, so that is a mistake in a page. In a
script of ours every Chinese text is one; it is said by `say(…)`, which knows no text that is put together. In a catalogue of
refusals (`zh/`) every Chinese sentence and name is one.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

CHINESE = re.compile(r"[\u3400-\u9fff]")
_ENGLISH = re.compile(r"[a-z]{2,} [a-z]{2,}")
"""In a sentence of a refusal, which may have a Chinese term beside: its Chinese stands in `zh/`."""
_CALLS = frozenset({"text", "say", "listed", "line", "long", "day", "number", "one_of", "some_of", "_one_of"})
"""What takes words: `text` says them, `say` and `listed` make sentences, the others ask a question whose title and hint a form
says."""

_TOKEN = re.compile(r"""//[^\n]*|/\*.*?\*/|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\]|\\.)*`""", re.DOTALL)
"""A comment or a text of a script."""

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def words(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and text of each word that can be translated."""
    return ((line, said) for line, said, is_taken in _found(tree, False, False) if is_taken)


def left_out(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and text of each Chinese text in a function that nothing translates."""
    return ((line, said) for line, said, is_taken in _found(tree, False, False) if not is_taken)


def script_words(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of each Chinese text of a script."""
    for token in _TOKEN.finditer(source):
        if token[0][0] in "\"'" and CHINESE.search(token[0]):
            yield source.count("\n", 0, token.start()) + 1, token[0][1:-1]


def unsaid(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of each Chinese text of a script that is put together, so that nothing translates it."""
    for token in _TOKEN.finditer(source):
        if token[0][0] == "`" and CHINESE.search(token[0]):
            yield source.count("\n", 0, token.start()) + 1, token[0]


def extract_script(
    fileobj: BinaryIO, keywords: Any, comment_tags: Any, options: Any,
) -> Iterator[tuple[int, str, str, list[str]]]:
    """As Babel asks for the words of a script."""
    return ((line, "gettext", said, []) for line, said in script_words(fileobj.read().decode("utf-8")))


def extract_refusals(
    fileobj: BinaryIO, keywords: Any, comment_tags: Any, options: Any,
) -> Iterator[tuple[int, str, str, list[str]]]:
    """As Babel asks for the Chinese of refusals."""
    return ((1, "gettext", said, []) for said in _leaves(tomllib.loads(fileobj.read().decode("utf-8")))
            if CHINESE.search(said))


def _leaves(table: Mapping[str, Any]) -> Iterator[str]:
    for each in table.values():
        yield from _leaves(each) if isinstance(each, dict) else [each]


def extract(fileobj: BinaryIO, keywords: Any, comment_tags: Any, options: Any) -> Iterator[tuple[int, str, str, list[str]]]:
    """As Babel asks for the words of a file."""
    return ((line, "gettext", said, []) for line, said in words(ast.parse(fileobj.read())))


def _found(node: ast.AST, is_taken: bool, is_inside: bool) -> Iterator[tuple[int, str, bool]]:
    match node:
        case ast.Constant(value=str() as said):
            if CHINESE.search(said) and not _ENGLISH.search(said):
                yield node.lineno, said, is_taken or not is_inside
            return
        case ast.Expr(value=ast.Constant()):
            return  # a docstring
        case ast.JoinedStr():
            yield from ((node.lineno, part.value, False) for part in node.values if isinstance(part, ast.Constant)
                        and isinstance(part.value, str) and CHINESE.search(part.value))
            for part in node.values:
                if isinstance(part, ast.FormattedValue):
                    yield from _found(part, is_taken, is_inside)
            return
    is_inside = is_inside or isinstance(node, _FUNCTIONS)
    takes = isinstance(node, ast.Call) and _name(node.func) in _CALLS
    for child in ast.iter_child_nodes(node):
        yield from _found(child, is_taken or takes, is_inside)


def _name(function: ast.expr) -> str:
    match function:
        case ast.Name(id=name) | ast.Attribute(value=ast.Name(id="frame"), attr=name):
            return name
    return ""
