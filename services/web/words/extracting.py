"""Which Chinese words of a Python file are words of the interface: for the catalogue (`make words`), and for the tests that
look for words nobody can translate.

Words of the interface are what stands in `text(…)` or in a question of a form, and every Chinese text of a table at the top of
a module. What stands elsewhere in a function is said to readers in no other language, so that is a mistake in a page.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

CHINESE = re.compile(r"[\u3400-\u9fff]")
_ENGLISH = re.compile(r"[a-z]{2,} [a-z]{2,}")
"""In a sentence of a refusal, which may have a Chinese term beside: its Chinese stands in `zh/`."""
_CALLS = frozenset({"text", "say", "listed", "line", "long", "day", "number", "one_of", "some_of", "_one_of"})
"""What takes words: `text` says them, `say` and `listed` make sentences, the others ask a question whose title and hint a form
says."""

_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def words(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and text of each word that can be translated."""
    return ((line, said) for line, said, is_taken in _found(tree, False, False) if is_taken)


def left_out(tree: ast.Module) -> Iterator[tuple[int, str]]:
    """Line and text of each Chinese text in a function that nothing translates."""
    return ((line, said) for line, said, is_taken in _found(tree, False, False) if not is_taken)


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
