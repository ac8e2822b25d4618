"""Other engines' expressions become CEL: JUEL ``${…}``, Python (SpiffWorkflow), FEEL ``= …``.

Decides what a foreign expression means in our language, or that it means nothing we can run: method calls on beans,
assignments, lambdas, functions of the host. Where two languages answer differently on the same words, the translation
keeps the meaning of the language it was written in:

- ``/`` divides exactly in JUEL, Python and FEEL, but cuts off in CEL: operands become ``double(…)``;
- JUEL turns ``x == 'true'`` and ``x == true`` into one another: both become ``x == true || x == 'true'``;
- ``not a == b`` is ``(not a) == b`` in JUEL and ``not (a == b)`` in Python;
- Java's ``matches`` wants the whole text, CEL's any part of it.

The answer is text for `engine.expressions`, which judges it as it judges any other.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

MAX_LENGTH = 2000
MAX_DEPTH = 25


class Dialect(Enum):
    """The language an expression is written in."""

    CEL = "CEL"
    JUEL = "JUEL"
    PYTHON = "Python"
    FEEL = "FEEL"


class Untranslatable(Exception):
    """The expression says something our language has no words for; the text is a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A piece of CEL. `level`: how tightly it binds; `kind`: name | bool | text | double | other."""

    text: str
    level: int = 9
    kind: str = "other"

    def within(self, level: int) -> str:
        """The text, bracketed where the surroundings bind as tightly or more."""
        return self.text if self.level > level else f"({self.text})"


_WRAPPED = re.compile(r"\A\s*[$#]\{([^{}]*)\}\s*\Z", re.DOTALL)
_TOKEN = re.compile(r"""\s*(?:(?P<text>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|(?P<number>\d+(?:\.\d+)?(?![\w.]))
    |(?P<name>[^\W\d]\w*)|(?P<sign>&&|\|\||===|!==|==|!=|<=|>=|//|\*\*|[-+*/%<>!?:.,()\[\]=]))""", re.VERBOSE)
_ESCAPE = re.compile(r"\\(?![\\'\"])")
_LITERALS = {"true": "true", "false": "false", "null": "null", "True": "true", "False": "false", "None": "null"}
_OR, _AND = {"||", "or"}, {"&&", "and"}
_COMPARISONS = {"==": "==", "eq": "==", "!=": "!=", "ne": "!=", "<": "<", "lt": "<", "<=": "<=", "le": "<=", ">": ">",
                "gt": ">", ">=": ">=", "ge": ">=", "in": "in"}
_PRODUCTS = {"*": "*", "/": "/", "div": "/", "%": "%", "mod": "%"}
_FUNCTIONS = {"len": "size", "count": "size", "str": "string", "float": "double", "int": "int", "size": "size",
              "string": "string", "double": "double"}
_METHODS = {"contains": "contains", "startsWith": "startsWith", "endsWith": "endsWith", "startswith": "startsWith",
            "endswith": "endsWith"}
_SIZES = {"size", "length"}


def dialect_of(text: str, default: Dialect = Dialect.CEL) -> tuple[Dialect, str]:
    """The language a text is written in, by its wrapping, and what it wraps."""
    if match := _WRAPPED.match(text):
        return Dialect.JUEL, match[1].strip()
    if text.lstrip().startswith("=") and not text.lstrip().startswith("=="):
        return Dialect.FEEL, text.strip()[1:].strip()
    return default, text.strip()


def translate(text: str, dialect: Dialect) -> str:
    """The CEL text that means what `text` means in `dialect`. Raises Untranslatable."""
    if "${" in text or "#{" in text:
        raise Untranslatable("it puts several expressions together")
    return text if dialect is Dialect.CEL else _Translation(text, dialect).whole()


class _Translation:
    """One walk over the tokens of a text: a recursive descent, at most `MAX_DEPTH` deep."""

    def __init__(self, text: str, dialect: Dialect) -> None:
        self._dialect = dialect
        self._tokens = _tokens(text)
        self._at = 0
        self._depth = 0

    def whole(self) -> str:
        part = self._ternary()
        if self._next():
            raise Untranslatable(f"“{self._next()}” cannot stand where it does")
        return part.text

    def _next(self) -> str:
        return self._tokens[self._at] if self._at < len(self._tokens) else ""

    def _take(self, *expected: str) -> str:
        token = self._next()
        if not token or (expected and token not in expected):
            raise Untranslatable(f"“{expected[0] if expected else 'a value'}” is missing")
        self._at += 1
        return token

    def _ternary(self) -> _Part:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise Untranslatable("it is nested too deeply")
        part = self._choice() if self._dialect is Dialect.FEEL and self._next() == "if" else self._any()
        if self._next() == "?":
            self._take()
            yes = self._ternary()
            self._take(":")
            part = _Part(text=f"{part.within(1)} ? {yes.within(1)} : {self._ternary().within(1)}", level=1)
        self._depth -= 1
        return part

    def _choice(self) -> _Part:
        self._take("if")
        asked = self._ternary()
        self._take("then")
        yes = self._ternary()
        self._take("else")
        return _Part(text=f"{asked.within(1)} ? {yes.within(1)} : {self._ternary().within(1)}", level=1)

    def _any(self) -> _Part:
        part = self._every()
        while self._next() in _OR:
            self._take()
            part = _Part(text=f"{part.within(1)} || {self._every().within(2)}", level=2)
        return part

    def _every(self) -> _Part:
        part = self._denied()
        while self._next() in _AND:
            self._take()
            part = _Part(text=f"{part.within(2)} && {self._denied().within(3)}", level=3)
        return part

    def _denied(self) -> _Part:
        """Python's `not`, weaker than a comparison."""
        count = 0
        while self._dialect is Dialect.PYTHON and self._next() == "not":
            self._take()
            count += 1
        part = self._compared()
        return _Part(text=f"!({part.text})", level=7) if count % 2 else part

    def _compared(self) -> _Part:
        left = self._sum()
        sign = self._next()
        if sign == "not" and self._dialect is Dialect.PYTHON:
            self._take()
            self._take("in")
            return _Part(text=f"!({left.within(4)} in {self._sum().within(4)})", level=7)
        if sign == "=" and self._dialect is Dialect.FEEL:
            sign = "=="
        elif sign not in _COMPARISONS:
            return left
        self._take()
        return self._comparison(left, _COMPARISONS[sign], self._sum())

    def _comparison(self, left: _Part, sign: str, right: _Part) -> _Part:
        coerced = _coerced(left, right) if self._dialect is Dialect.JUEL and sign in ("==", "!=") else None
        if coerced:
            return coerced if sign == "==" else _Part(text=f"!{coerced.text}", level=7)
        return _Part(text=f"{left.within(4)} {sign} {right.within(4)}", level=4)

    def _sum(self) -> _Part:
        part = self._product()
        while self._next() in ("+", "-"):
            part = _arithmetic(part, self._take(), self._product(), 5)
        return part

    def _product(self) -> _Part:
        part = self._unary()
        while self._next() in _PRODUCTS:
            part = _arithmetic(part, _PRODUCTS[self._take()], self._unary(), 6)
        return part

    def _unary(self) -> _Part:
        signs: list[str] = []
        words = {"not", "empty"} if self._dialect is Dialect.JUEL else set()
        while self._next() in {"-", "!"} | words and len(signs) < MAX_DEPTH:
            signs.append(self._take())
        if self._dialect is Dialect.FEEL and self._next() == "not":
            self._take()
            signs.append("!")
        part = self._postfix()
        for sign in reversed(signs):
            part = _signed(sign, part)
        return part

    def _postfix(self) -> _Part:
        part = self._primary()
        while self._next() in (".", "["):
            if self._take() == ".":
                part = self._method(part, self._take())
            else:
                part = _Part(text=f"{part.within(8)}[{self._ternary().text}]")
                self._take("]")
        return part

    def _method(self, on: _Part, name: str) -> _Part:
        if self._next() != "(":
            raise Untranslatable(f"there is no “.{name}” to read: case data are flat")
        given = self._arguments()
        if on.text == "execution" and name == "getVariable" and len(given) == 1 and given[0].kind == "text":
            return _Part(text=given[0].text[1:-1], kind="name")
        if name == "equals" and len(given) == 1:
            return _Part(text=f"{on.within(4)} == {given[0].within(4)}", level=4)
        if name in _METHODS and len(given) == 1:
            return _Part(text=f"{on.within(8)}.{_METHODS[name]}({given[0].text})")
        if name == "matches" and len(given) == 1 and given[0].kind == "text":
            return _Part(text=f"{on.within(8)}.matches('^(?:' + {given[0].text} + ')$')")
        if name in _SIZES and not given:
            return _Part(text=f"size({on.text})")
        if name == "isEmpty" and not given:
            return _Part(text=f"size({on.text}) == 0", level=4)
        raise Untranslatable(f"it calls “{name}”, which belongs to another engine's objects")

    def _arguments(self) -> list[_Part]:
        self._take("(")
        given: list[_Part] = []
        while self._next() != ")":
            given.append(self._ternary())
            if self._next() != ")":
                self._take(",")
        self._take(")")
        return given

    def _primary(self) -> _Part:
        token = self._take()
        if token == "(":
            part = self._ternary()
            self._take(")")
            return part
        if token == "[":
            return self._list()
        if token[0] in "'\"":
            return _Part(text=token, kind="text")
        if token[0].isdigit():
            return _Part(text=token, kind="double" if "." in token else "number")
        if token in _LITERALS:
            literal = _LITERALS[token]
            return _Part(text=literal, kind="other" if literal == "null" else "bool")
        if not (token[0] == "_" or token[0].isalpha()):
            raise Untranslatable(f"“{token}” cannot stand where it does")
        return self._call(token) if self._next() == "(" else _Part(text=token, kind="name")

    def _list(self) -> _Part:
        items = []
        while self._next() != "]":
            items.append(self._ternary().text)
            if self._next() != "]":
                self._take(",")
        self._take("]")
        return _Part(text=f"[{', '.join(items)}]")

    def _call(self, name: str) -> _Part:
        given = self._arguments()
        if name not in _FUNCTIONS or len(given) != 1:
            raise Untranslatable(f"there is no function “{name}”")
        return _Part(text=f"{_FUNCTIONS[name]}({given[0].text})", kind="double" if name == "float" else "other")


def _tokens(text: str) -> list[str]:
    if len(text) > MAX_LENGTH:
        raise Untranslatable(f"it has more than {MAX_LENGTH} characters")
    tokens, at = [], 0
    while text[at:].strip():
        match = _TOKEN.match(text, at)
        if match is None:
            raise Untranslatable(f"“{text[at:at + 10].strip()}” is not part of the language")
        token = match[match.lastgroup or 0]
        if token in ("===", "!==", "//", "**") or (match.lastgroup == "text" and _ESCAPE.search(token)):
            raise Untranslatable(f"“{token[:20]}” has no counterpart")
        tokens.append(token)
        at = match.end()
    return tokens


def _coerced(left: _Part, right: _Part) -> _Part | None:
    """JUEL compares with true, false, 'true' or 'false' after turning both sides into one kind; None: another case."""
    for value, literal in ((left, right), (right, left)):
        word = literal.text.strip("'\"")
        if value.kind == "name" and literal.kind in ("bool", "text") and word in ("true", "false"):
            return _Part(text=f"({value.text} == {word} || {value.text} == '{word}')")
    return None


def _arithmetic(left: _Part, sign: str, right: _Part, level: int) -> _Part:
    """Whole numbers and decimals mix everywhere but in CEL."""
    if sign == "/" or "double" in (left.kind, right.kind):
        left, right = _as_double(left), _as_double(right)
        return _Part(text=f"{left.within(level - 1)} {sign} {right.within(level)}", level=level, kind="double")
    return _Part(text=f"{left.within(level - 1)} {sign} {right.within(level)}", level=level)


def _as_double(part: _Part) -> _Part:
    if part.kind == "double":
        return part
    if part.kind == "number":
        return _Part(text=f"{part.text}.0", kind="double")
    return _Part(text=f"double({part.text})", kind="double")


def _signed(sign: str, part: _Part) -> _Part:
    if sign == "-":
        return _Part(text=f"-{part.within(6)}", level=7, kind=part.kind if part.kind == "double" else "other")
    if sign == "empty":
        value = part.within(4)
        return _Part(text=f"({value} == null || {value} == '' || {value} == [])")
    return _Part(text=f"!{part.within(7)}", level=7)
