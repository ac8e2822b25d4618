"""Other engines' expressions mean here what they meant there, or are refused."""

import pytest

from engine.definitions.expression_dialects import Dialect, Untranslatable, dialect_of, translate
from engine.expressions import compile_expression

JUEL, PYTHON, FEEL = Dialect.JUEL, Dialect.PYTHON, Dialect.FEEL


@pytest.mark.parametrize(("text", "dialect", "inner"), [
    ("${approved}", JUEL, "approved"),
    ("#{ amount > 5 }", JUEL, "amount > 5"),
    ("= amount > 5", FEEL, "amount > 5"),
    ("amount == 5", Dialect.CEL, "amount == 5"),
])
def test_the_wrapping_says_which_language_it_is(text: str, dialect: Dialect, inner: str) -> None:
    assert dialect_of(text) == (dialect, inner)


@pytest.mark.parametrize(("dialect", "text", "values", "answer"), [
    (JUEL, "a eq 5 and b ne 'x'", {"a": 5, "b": "y"}, True),
    (JUEL, "not empty name", {"name": ""}, False),
    (JUEL, "approved == 'true'", {"approved": True}, True),
    (JUEL, "approved == true", {"approved": "true"}, True),
    (JUEL, "approved != true", {"approved": "false"}, True),
    (JUEL, "5 / 2 == 2.5", {}, True),
    (JUEL, "amount div 2 == 2.5", {"amount": 5}, True),
    (JUEL, "a ge 1 && a le 3", {"a": 2}, True),
    (JUEL, "not a == b", {"a": False, "b": True}, True),  # (not a) == b
    (PYTHON, "not a == b", {"a": False, "b": True}, True),  # not (a == b)
    (PYTHON, "a in ['x', 'y'] and not b", {"a": "x", "b": False}, True),
    (PYTHON, "a not in ['x']", {"a": "x"}, False),
    (PYTHON, "len(items) > 1", {"items": ["a", "b"]}, True),
    (PYTHON, "a == True", {"a": True}, True),
    (FEEL, 'if a > 1 then "多" else "少"', {"a": 2}, "多"),
    (FEEL, 'a = "x"', {"a": "x"}, True),
    (FEEL, "not(a)", {"a": False}, True),
    (JUEL, "name.startsWith('岳')", {"name": "岳阳"}, True),
    (JUEL, "code.matches('[0-9]+')", {"code": "12a"}, False),  # Java wants the whole text
    (JUEL, "execution.getVariable('a') > 1", {"a": 2}, True),
    (JUEL, "name.equals('x')", {"name": "x"}, True),
    (JUEL, "list.isEmpty()", {"list": []}, True),
])
def test_a_translation_answers_as_the_original_would(
    dialect: Dialect, text: str, values: dict[str, object], answer: object,
) -> None:
    assert compile_expression(translate(text, dialect)).evaluate(values) == answer


@pytest.mark.parametrize(("dialect", "text"), [
    (JUEL, "bean.method(1)"), (JUEL, "order.amount > 5"), (JUEL, "x = 5"), (JUEL, "a ? b"), (JUEL, "(a"), (JUEL, ""),
    (PYTHON, "lambda: 1"), (PYTHON, "[x for x in y]"), (PYTHON, "2 ** 9"), (PYTHON, "__import__('os').system('id')"),
    (FEEL, "some x in y satisfies x > 1"), (JUEL, "a" * 2001), (JUEL, "(" * 40 + "a" + ")" * 40),
])
def test_what_has_no_counterpart_is_refused(dialect: Dialect, text: str) -> None:
    with pytest.raises(Untranslatable):
        translate(text, dialect)


def test_several_expressions_in_one_text_are_refused() -> None:
    with pytest.raises(Untranslatable):
        translate("${a} and ${b}", Dialect.CEL)
