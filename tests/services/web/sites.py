"""Where refusals are said: every pattern and literal that the rooms of all three floors give to an error or to
`say`, read from their sources. Commands of the command line, the demo, benches, migrations and verify speak to technicians."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

_ROOT = Path(__file__).parents[3]
_TECHNICAL = ("services/commands", "services/bench", "services/demo/", "services/migrations", "services/verify",
              "services/gate", "engine/definitions", "services/cli.py", "services/fold.py", "services/serving.py",
              "services/settings.py")

_IN_CHINESE = ("services/telling/",)
"""Rooms all of whose sentences are Chinese: words of the interface."""

SAID: Mapping[str, tuple[str | None, ...]] = {
    "say": ("sentence",), "NotAdmitted": ("sentence", "sentence"), "Forged": ("sentence", "sentence"),
    "NotFound": ("kind", None, "sentence"), "InvalidInput": ("field", "sentence"),
    "Stale": (), "AlreadyDecided": (None, "sentence"), "Forbidden": ("command", "sentence"), "StateCorrupt": ("sentence",),
    "Incident": (None, "sentence"), "ExpressionFailed": (None, None, "sentence"), "ExpressionRefused": (None, "sentence"),
    "EvaluationFailed": ("sentence",), "Sentence": (None, "sentence"),
    "Refused": (None, "command", "sentence"), "PasswordRefused": ("field", "sentence"),
}
"""What is given to each, in order: a sentence, or a word of a kind of its own; None: a value."""

_PASSED = {"command": "command", "what": "sentence", "rule": "sentence", "field": "field", "hint": "sentence",
           "way_out": "sentence"}
"""Parameters through which a function hands a word or a phrase on to an error."""
_ACROSS: Mapping[str, list[str | None]] = {"required": [None, None, "what"], "lacking": ["what", "way_out"]}
"""Functions that other rooms call, and their parameters."""
_HANDS_ON = frozenset({*_ACROSS, "_guard", "_line", "_Maker"})
_CODE = re.compile(r"[a-z]+(_[a-z]+)*")
_TABLES = frozenset({("services/forms.py", "RULES")})
"""Tables of patterns that are given to `Sentence`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A text in a source. `sort`: sentence, command, kind or field."""

    sort: str
    text: str
    where: str


@lru_cache(maxsize=1)
def sites() -> tuple[Site, ...]:
    """All of them, in the order of the sources."""
    kept = {name: tree for name, tree in sources().items() if not name.startswith(_TECHNICAL + _IN_CHINESE)}
    return tuple(each for name, tree in kept.items() for each in _in(name, tree))


@lru_cache(maxsize=1)
def sources() -> Mapping[str, ast.Module]:
    """Every source of the three floors, by its path."""
    return {str(path.relative_to(_ROOT)): ast.parse(path.read_text()) for floor in ("engine", "services", "webhooks")
            for path in sorted((_ROOT / floor).rglob("*.py"))}


def calls_of_say() -> Iterator[tuple[str, ast.Call]]:
    """Every call of `say` with where it is, in all rooms."""
    for name, tree in sources().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _name(node) == "say":
                yield f"{name}:{node.lineno}", node


def is_of_the_interface(text: str) -> bool:
    """Is a pattern Chinese? Then it is no refusal: another catalogue has it."""
    return re.search("[\u3400-\u9fff]", text) is not None and not re.search("[a-z]{2}", re.sub(r"\{[^}]*\}", "", text))


def composed() -> list[str]:
    """Where a sentence is put together of pieces, so that its pattern is lost."""
    return [f"{name}:{node.lineno}" for name, tree in sources().items() if not name.startswith(_TECHNICAL)
            for node, sort in _given(tree) if sort == "sentence" and _is_composed(node)]


def diagnostics() -> dict[str, str]:
    """Every code a diagnostic can have, with where it is given."""
    found: dict[str, str] = {}
    for name, tree in sources().items():
        for node in ast.walk(tree) if name.startswith(("engine/definitions/", "services/gate/")) else ():
            if isinstance(node, ast.Call):
                codes = [each.value for each in node.keywords if each.arg == "code"]
                if _name(node) in ("error", "warning", "note", "Defect"):
                    codes += node.args[:1]
                elif _name(node) == "_refused":
                    codes += node.args[:2]
                found |= {text: f"{name}:{node.lineno}" for code in codes for text in _literals(code) if _CODE.fullmatch(text)}
    return found


def texts() -> frozenset[str]:
    """Every text in any source: what reaches an error through a table or a variable is among them."""
    return frozenset(node.value for tree in sources().values() for node in ast.walk(tree)
                     if isinstance(node, ast.Constant) and isinstance(node.value, str))


def _in(name: str, tree: ast.Module) -> Iterator[Site]:
    for node in ast.walk(tree):
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and (name, node.target.id) in _TABLES:
            yield from (Site(sort="sentence", text=text, where=f"{name}:{node.lineno}") for text in _values(node.value))
    for argument, sort in _given(tree):
        for text in _literals(argument):
            if text:
                yield Site(sort=sort, text=text, where=f"{name}:{argument.lineno}")


def _given(tree: ast.Module) -> Iterator[tuple[ast.expr, str]]:
    """What is given to errors and to `say`, and its sort."""
    handing = {function.name: _parameters(function) for function in ast.walk(tree) if isinstance(function, ast.FunctionDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = _name(node)
            given = list(zip(node.args, SAID[called], strict=False)) if called in SAID else []
            parameters = handing.get(called) or _ACROSS.get(called, [])
            given += [(argument, _passed(called, parameter))
                      for argument, parameter in zip(node.args, parameters, strict=False)]
            given += [(each.value, _passed(called, each.arg)) for each in node.keywords if called != "say"]
            yield from ((argument, sort) for argument, sort in given if sort)


def _is_composed(node: ast.expr) -> bool:
    """A text with values in it that no pattern keeps apart."""
    match node:
        case ast.JoinedStr() | ast.BinOp() | ast.Call(func=ast.Attribute(attr="format" | "join")):
            return True
        case ast.IfExp(body=body, orelse=other):
            return _is_composed(body) or _is_composed(other)
        case ast.BoolOp(values=values):
            return any(map(_is_composed, values))
    return False


def _values(table: ast.expr | None) -> Iterator[str]:
    for each in table.values if isinstance(table, ast.Dict) else ():
        yield from _literals(each)


def _passed(called: str, parameter: str | None) -> str | None:
    sort = _PASSED.get(parameter or "")
    return sort if sort in ("command", None) or called in _HANDS_ON else None


def _parameters(function: ast.FunctionDef) -> list[str | None]:
    return [each.arg for each in (*function.args.posonlyargs, *function.args.args)]


def _literals(node: ast.expr) -> Iterator[str]:
    """The texts an argument may be; a text with values in it is none."""
    match node:
        case ast.Constant(value=str() as text):
            yield text
        case ast.IfExp(body=body, orelse=other):
            yield from (*_literals(body), *_literals(other))
        case ast.BoolOp(values=values):
            for each in values:
                yield from _literals(each)


def _name(call: ast.Call) -> str:
    match call.func:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""
