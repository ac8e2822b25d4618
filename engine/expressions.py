"""Expressions a designer writes into a diagram: a bounded part of CEL, the Common Expression Language.

Decides what may be asked of a case's values and answers it; never reaches Python objects, files, time or randomness.
It does not know which variables a case has: `Expression.variables` says what is read, others judge.

CEL has no loops but its comprehensions, and those nest: three maps over 100 items ran ten seconds. There is no time
limit to lean on, so what could grow is refused when compiled: text, tokens, nesting, comprehensions inside one another
or over anything but a named list, and too much work inside one; and at evaluation, values that are too long. Case data
are flat (scalars and lists of scalars), so field access (`a.b`), maps and messages have nothing to read and are refused
too, and with them every door to objects. Functions are an allow-list: CEL itself accepts unknown ones until they run.

Whole numbers and decimals compare naturally (``5 == 5.0``) but do not mix in arithmetic (``1 + 1.5``), as CEL has it:
the refusal says so. A condition must give a boolean: nothing is truthy.

A name may be written in any script (金额 > 1000): CEL's own grammar knows only ASCII, so others are spelled out for it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise

import cel

from engine.errors import JibanError
from engine.sentences import Sentence, say, sentence_of

MAX_LENGTH = 2000
MAX_TOKENS = 300
MAX_NESTING = 20
MAX_COMPREHENSIONS = 4
MAX_COMPREHENSION_TOKENS = 32  # in all of them together: what is repeated for every item of a list
MAX_STRING = 10_000
MAX_ITEMS = 1_000
MAX_CHARACTERS = 100_000  # in all items of a list together
_LARGEST = 2**63 - 1

OPERATORS = frozenset({
    "_+_", "_-_", "_*_", "_/_", "_%_", "_==_", "_!=_", "_<_", "_<=_", "_>_", "_>=_", "_&&_", "_||_", "!_", "-_",
    "_?_:_", "@in", "_[_]", "@not_strictly_false",
})
FUNCTIONS = frozenset({"size", "contains", "startsWith", "endsWith", "matches", "int", "double", "string"})
COMPREHENSIONS = frozenset({"all", "exists", "exists_one", "filter"})  # not map: it copies its result for every item
_WORDS = frozenset({"true", "false", "null", "in"})

_TOKEN = re.compile(
    r"""(?P<space>\s+)
      | (?P<string>[rR]?(?:"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'))
      | (?P<number>(?:\d+\.\d+|\.\d+|\d+)(?:[eE][+-]?\d+)?(?![\w.]))
      | (?P<name>[^\W\d]\w*(?![\w"']))
      | (?P<sign>&&|\|\||==|!=|<=|>=|[-+*/%<>!?:.,()\[\]])""", re.VERBOSE)
_UNDEFINED = re.compile(r"Undefined variable or function: '(\w+)'")
_FAILURES = (RuntimeError, TypeError, ValueError, ArithmeticError, LookupError)


class ExpressionRefused(JibanError):
    """The text is not an expression we run; known when it is compiled. `text` and `reason`."""

    def __init__(self, text: str, reason: str) -> None:
        self.text, self.reason = text, reason
        super().__init__(say("“{text}” is refused: {reason}", text=text[:200], reason=sentence_of(reason)))


class UnknownName(JibanError):
    """The variable `name` is needed for the answer and has no value."""

    def __init__(self, name: str) -> None:
        self.name = name
        super().__init__(say("the variable “{name}” has no value yet", name=name))


class EvaluationFailed(JibanError):
    """The values do not fit the expression; `reason` is a sentence."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Expression:
    """A compiled expression. `variables`: the names it may read; `functions`: those it calls, operators left out.

    `program` is the compiled form, `names` pairs each variable with its name there.
    """

    text: str
    variables: frozenset[str]
    functions: frozenset[str]
    program: cel.Program = field(repr=False, compare=False)
    names: tuple[tuple[str, str], ...] = field(repr=False, compare=False)

    def evaluate(self, values: Mapping[str, object]) -> object:
        """The answer on these values: a scalar or a list. A variable that the answer does not depend on may be missing
        (``true || x``). Raises UnknownName and EvaluationFailed."""
        known = {}
        for name, inner in self.names:
            if name in values:
                value = values[name]
                kind = type(value)
                is_short = kind is bool or kind is float or (isinstance(value, str) and len(value) <= MAX_STRING)
                known[inner] = value if is_short else _checked(name, value)
        try:
            return self.program.execute(known)
        except _FAILURES as failure:
            unknown = _UNDEFINED.match(str(failure))
            for name, inner in self.names:
                if unknown and inner == unknown[1]:
                    raise UnknownName(name) from failure
            reason = say("“{name}” cannot be asked of this value", name=unknown[1]) if unknown else _reason(failure)
            raise EvaluationFailed(reason) from failure

    def holds(self, values: Mapping[str, object]) -> bool:
        """The answer of a condition. Raises EvaluationFailed when it is not a boolean, else like `evaluate`."""
        answer = self.evaluate(values)
        if answer is True or answer is False:
            return answer
        raise EvaluationFailed(say("a condition must give true or false, this one gives {answer}", answer=f"{answer!r:.80}"))


@lru_cache(maxsize=4096)
def compile_expression(text: str) -> Expression:
    """The expression a text means. Raises ExpressionRefused."""
    tokens = _tokens(text)
    _check_nesting(text, tokens)
    _check_access(text, tokens)
    loops = _comprehensions(text, tokens)
    names = {token: _spelled(token) for token in _free_names(tokens, loops)}
    try:
        program = cel.compile(" ".join(_spelled(token) for token in tokens) if not text.isascii() else text)
    except ValueError as wrong:
        raise ExpressionRefused(text, _syntax(str(wrong))) from wrong
    called = {token for token, bracket in pairwise(tokens) if bracket == "(" and _is_name(token)} - COMPREHENSIONS
    functions = called | (frozenset(program.functions()) - OPERATORS)
    if unknown := sorted(functions - FUNCTIONS):
        raise ExpressionRefused(text, say(
            "there is no function “{unknown}”; there are {functions}", unknown=unknown[0], functions=tuple(sorted(FUNCTIONS))))
    return Expression(text=text, variables=frozenset(names), functions=frozenset(functions), program=program,
                      names=tuple(sorted(names.items())))


def _tokens(text: str) -> list[str]:
    if not text.strip():
        raise ExpressionRefused(text, "it is empty")
    if len(text) > MAX_LENGTH:
        raise ExpressionRefused(text, say("it has {count} characters, more than {most}", count=len(text), most=MAX_LENGTH))
    tokens, at = [], 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if match is None:
            raise ExpressionRefused(text, say(
                "“{text}” at character {at} is not part of the language", text=text[at:at + 10], at=at + 1))
        if match.lastgroup != "space":
            tokens.append(match[0])
        at = match.end()
    if len(tokens) > MAX_TOKENS:
        raise ExpressionRefused(text, say("it has {count} parts, more than {most}", count=len(tokens), most=MAX_TOKENS))
    return tokens


def _check_nesting(text: str, tokens: list[str]) -> None:
    depth = 0
    for token in tokens:
        depth += (token in "([?") - (token in ")]:")
        if depth > MAX_NESTING:
            raise ExpressionRefused(text, say("it is nested deeper than {most} levels", most=MAX_NESTING))


def _check_access(text: str, tokens: list[str]) -> None:
    """A dot may only call a function: the case's data are flat."""
    for at, token in enumerate(tokens):
        if token == "." and tokens[at + 2:at + 3] != ["("]:
            raise ExpressionRefused(text, "case data are flat: there is no field to read after the dot")
        if token == "has" and tokens[at + 1:at + 2] == ["("]:
            raise ExpressionRefused(text, "case data are flat: “has” has no field to look for")


def _comprehensions(text: str, tokens: list[str]) -> list[tuple[int, int]]:
    """Where comprehensions begin and end, as token numbers of their brackets."""
    loops: list[tuple[int, int]] = []
    for at, token in enumerate(tokens):
        if token not in COMPREHENSIONS or tokens[at - 1:at] != ["."] or tokens[at + 1:at + 2] != ["("]:
            continue
        if loops and at < loops[-1][1]:
            raise ExpressionRefused(text, say("“{token}” stands inside another comprehension", token=token))
        if not (_is_name(tokens[at - 2]) or tokens[at - 2] == "]" or (loops and loops[-1][1] == at - 2)):
            raise ExpressionRefused(text, say("“{token}” may only go over a named list", token=token))
        loops.append((at + 1, _closing(text, tokens, at + 1)))
    repeated = [token for start, end in loops for token in tokens[start:end]]
    is_heavy = "+" in repeated or "matches" in repeated
    if len(loops) > MAX_COMPREHENSIONS or len(repeated) > MAX_COMPREHENSION_TOKENS or is_heavy:
        raise ExpressionRefused(text, "too much is done for every item of a list: no more than a short comparison")
    return loops


def _closing(text: str, tokens: list[str], opening: int) -> int:
    depth = 0
    for at in range(opening, len(tokens)):
        depth += (tokens[at] in "([") - (tokens[at] in ")]")
        if depth == 0:
            return at
    raise ExpressionRefused(text, "a bracket is not closed")


def _free_names(tokens: list[str], loops: list[tuple[int, int]]) -> set[str]:
    """The variables read: names that are neither called nor the item of a comprehension."""
    names = set()
    for at, token in enumerate(tokens):
        if not _is_name(token) or tokens[at + 1:at + 2] == ["("] or tokens[at - 1:at] == ["."]:
            continue
        if not any(start < at < end and tokens[start + 1] == token for start, end in loops):
            names.add(token)
    return names


def _is_name(token: str) -> bool:
    return token not in _WORDS and (token[0] == "_" or token[0].isalpha()) and token[-1] not in "\"'"


def _spelled(token: str) -> str:
    """A name as CEL can read it."""
    return token if token.isascii() or not _is_name(token) else "u_" + token.encode().hex()


def _checked(name: str, value: object) -> object:
    match value:
        case None | bool() | float():
            return value
        case int():
            if not -_LARGEST <= value <= _LARGEST:
                raise EvaluationFailed(say("“{name}” is larger than 64 bits", name=name))
        case str():
            if len(value) > MAX_STRING:
                raise EvaluationFailed(say("“{name}” is longer than {most} characters", name=name, most=MAX_STRING))
        case list() | tuple():
            return _checked_list(name, value)
        case _:
            raise EvaluationFailed(say("“{name}” is neither a text, a number, a boolean nor a list of them", name=name))
    return value


def _checked_list(name: str, items: list[object] | tuple[object, ...]) -> list[object]:
    if len(items) > MAX_ITEMS:
        raise EvaluationFailed(say("the list “{name}” is longer than {most} items", name=name, most=MAX_ITEMS))
    if any(isinstance(item, list | tuple) for item in items):
        raise EvaluationFailed(say("the list “{name}” holds lists", name=name))
    if sum(len(item) for item in items if isinstance(item, str)) > MAX_CHARACTERS:
        raise EvaluationFailed(say(
            "the texts of the list “{name}” are longer than {most} characters together", name=name, most=MAX_CHARACTERS))
    return [_checked(name, item) for item in items]


def _reason(failure: BaseException) -> str:
    text = str(failure)
    if "coerce between types" in text:
        return say("its values are of kinds that do not go together: a text, a number and a boolean do not mix, "
                   "and in arithmetic neither do whole numbers and decimals (write double(x) or 1.0)")
    first = text.split("\n")[0][:200]
    return Sentence(first, "cannot be calculated: {technical}", {"technical": first})


def _syntax(message: str) -> str:
    found = re.search(r"ERROR: <input>:\d+:(\d+): (.*)", message)
    return (say("{technical} at character {at}", technical=found[2].strip(), at=found[1]) if found
            else message.split("\n")[0][:200])
