"""What a designer may ask of a case's values, and what is refused before it could run."""

from __future__ import annotations

import time

import pytest

from engine.expressions import (
    MAX_ITEMS,
    MAX_LENGTH,
    MAX_STRING,
    EvaluationFailed,
    ExpressionRefused,
    UnknownName,
    compile_expression,
)

ANSWERS = [
    ("verify == 'accept'", {"verify": "accept"}, True),
    ("x == 5", {"x": 5.0}, True),  # JSON 5 and 5.0 are the same number
    ("x > 5.0", {"x": 6}, True),
    ("x == true", {"x": 1}, False),  # but a number is no boolean
    ("x == null", {"x": None}, True),
    ("x in ['a', 'b']", {"x": "b"}, True),
    ("size(xs) == 2 && xs[1] == 'b'", {"xs": ["a", "b"]}, True),
    ("xs.all(i, i > 1)", {"xs": [2, 3]}, True),
    ("xs.exists_one(x, x == y)", {"xs": [1, 2], "y": 2}, True),
    ("xs.filter(i, i > 1).size()", {"xs": [1, 2, 3]}, 2),
    ("double(x) + 1.5", {"x": 1}, 2.5),
    ("'P' + string(days) + 'D'", {"days": 5}, "P5D"),
    ("金额 > 1000 && 意见 == '同意'", {"金额": 2000, "意见": "同意"}, True),  # names in any script
    ("true || missing", {}, True),  # what the answer does not depend on may be missing
    ("plate.matches('^京A[0-9]+$')", {"plate": "京A12"}, True),
]

REFUSED = [
    "", "   ", "x ==", "x = 1", "x; y", "a b", "'open", "`a`",
    "__import__('os')", "__import__('os').system('id')", "eval('1')", "exec('1')", "open('/etc/passwd').read()",
    "().__class__", "().__class__.__base__.__subclasses__()", "''.__class__.__mro__[1]", "x.__globals__['os']",
    "[].__class__", "getattr(x, 'y')", "globals()", "vars()", "dir()", "type(x)", "lambda: 1", "[i for i in xs]",
    "x if y else z", "x.y", "execution.getVariable('x')", "bean.method()", "java.lang.Runtime.getRuntime()",
    "new Date()",
    "{'a': 1}", "T{}", "google.protobuf.Timestamp{}", "b'raw'", "dyn(x)", "has(x.y)", "cel.bind(z, 1, z)",
    "timestamp('2020-01-01T00:00:00Z')", "duration('1h')", "optional.of(1)", "math.greatest(1, 2)", "9**9**9", "1 if 1",
    "xs.map(i, i)", "xs.all(i, ys.all(j, i == j))", "(xs + xs).all(i, true)", "xs.all(i, size(i + i) > 0)",
    "xs.all(i, i.matches('(a{100}){100}'))", "f'{x}'", "$x", "#x", "x?.y", "x\\u002ey", "1u", "0x", "x -> y", "?",
]


@pytest.mark.parametrize(("text", "values", "answer"), ANSWERS)
def test_an_expression_answers_on_the_values_of_a_case(text: str, values: dict[str, object], answer: object) -> None:
    assert compile_expression(text).evaluate(values) == answer


@pytest.mark.parametrize("text", REFUSED)
def test_whatever_is_no_plain_question_is_refused_when_compiled(text: str) -> None:
    with pytest.raises(ExpressionRefused):
        compile_expression(text)


@pytest.mark.parametrize("text", [
    "x" * (MAX_LENGTH + 1), "(" * 50 + "x" + ")" * 50, "!" * 400 + "x", "[" * 900, "x?x:" * 100 + "x", "x+" * 200 + "x",
    "xs.all(i, " + " && ".join(["i in xs"] * 12) + ")", " && ".join(["xs.all(i, i)"] * 5),
])
def test_an_expression_that_could_grow_is_refused_when_compiled(text: str) -> None:
    with pytest.raises(ExpressionRefused):
        compile_expression(text)


def test_an_expression_names_the_variables_it_reads_and_not_the_items_of_a_list() -> None:
    expression = compile_expression("verify == 'x.y' && xs.all(i, i > low) && i == size(xs)")

    assert expression.variables == {"verify", "xs", "low", "i"}
    assert expression.functions == {"size"}


def test_a_missing_variable_is_named() -> None:
    with pytest.raises(UnknownName) as caught:
        compile_expression("a == 1 && 意见 == '同意'").evaluate({"a": 1})

    assert caught.value.name == "意见"


@pytest.mark.parametrize(("text", "values"), [
    ("x + 1.5", {"x": 1}), ("x > 'a'", {"x": 1}), ("x[3]", {"x": [1]}), ("1 / x", {"x": 0}),
    ("x + 1", {"x": 2**63 - 1}),
    ("int(x)", {"x": "five"}), ("x.startsWith('a')", {"x": 1}), ("x == 1", {"x": {"a": 1}}), ("x == 1", {"x": 2**70}),
    ("x == 'a'", {"x": "a" * (MAX_STRING + 1)}), ("size(x)", {"x": [1] * (MAX_ITEMS + 1)}), ("size(x)", {"x": [[1]]}),
])
def test_values_that_do_not_fit_fail_with_a_sentence(text: str, values: dict[str, object]) -> None:
    with pytest.raises(EvaluationFailed) as caught:
        compile_expression(text).evaluate(values)

    assert len(caught.value.reason) > 10


@pytest.mark.parametrize("value", [1, 0, "true", None, [True]])
def test_a_condition_is_true_or_false_and_nothing_is_truthy(value: object) -> None:
    with pytest.raises(EvaluationFailed):
        compile_expression("x").holds({"x": value})


def test_the_worst_that_compiles_is_over_in_a_second() -> None:
    worst = compile_expression("xs.filter(i, xs == xs).filter(i, xs == xs).size() == 1000")
    began = time.process_time()

    worst.evaluate({"xs": ["a" * 95 + str(number) for number in range(1000)]})

    assert time.process_time() - began < 1
