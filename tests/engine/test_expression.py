from __future__ import annotations

import ast

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from py_forest.engine import _native
from tests.engine.expression_oracle import (
    EXPRESSIONS,
    FLOATS,
    INTEGERS,
    LEAST,
    MOST,
    TOKENS,
    VALUES,
    Values,
    evaluate,
    judge,
    outcome,
    same,
)
from tests.profile import scaled

most = settings(
    max_examples=scaled(500, 10_000),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
many = settings(max_examples=scaled(200, 2_000))


def kind_of(text: str, **values: object) -> str:
    with pytest.raises(_native.ExpressionFailure) as raised:
        _native.evaluate_expression(text, values)
    kind: str = raised.value.kind
    return kind


# --- against CPython ------------------------------------------------------------------------------


@pytest.mark.slow
@most
@given(EXPRESSIONS, VALUES)
def test_an_expression_means_what_it_means_in_python(text: str, values: Values) -> None:
    assert judge(text, values) is None


@pytest.mark.slow
@most
@given(TOKENS, VALUES)
def test_what_is_accepted_is_python_and_means_the_same(text: str, values: Values) -> None:
    info = _native.check_expression(text)
    if info.error is not None:
        offset, message, _ = info.error
        assert 0 <= offset <= len(text.encode())
        assert message
        return
    tree = ast.parse(f"({text}\n)", mode="eval")
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    called = {"abs", "len", "min", "round", "str", "sum", "sorted", "any", "int"}
    plain = names - called - {"has", "bb", "null", "robot"}
    assert plain <= set(info.reads)
    if outcome(lambda: evaluate(text, **values)) in (["overflow"], ["value"], ["limit"]):
        return  # Python might compute for ever
    assert judge(text, values) is None


@many
@given(st.one_of(INTEGERS, FLOATS), st.one_of(INTEGERS, FLOATS))
@example(9007199254740993, 2)
@example(MOST, 9007199254740993)
@example(LEAST, 3)
@example(1, MOST)
@example(-7.5, 2)
@example(5e-324, -3)
def test_division_is_exact(a: float, b: float) -> None:
    for operator in ("/", "//", "%"):
        assert judge(f"i {operator} j", board(i=a, j=b)) is None


@many
@given(FLOATS, st.integers(-330, 330))
@example(2.675, 2)
@example(1e22, -22)
@example(5e-324, 323)
@example(1.7e308, -308)
@example(0.5, 0)
@example(25.0, -1)
@example(1e15 + 0.5, 0)
def test_rounding_is_exact(number: float, digits: int) -> None:
    assert judge("round(f, i)", board(f=number, i=digits)) is None
    assert judge("round(f)", board(f=number)) is None


@many
@given(FLOATS)
def test_a_float_is_written_as_python_writes_it(number: float) -> None:
    assert evaluate("str(f)", f=number) == repr(number)
    assert evaluate(repr(number)) == number


@many
@given(INTEGERS, st.integers(-25, 3))
def test_integers_are_rounded_half_to_even(number: int, digits: int) -> None:
    assert judge("round(i, j)", board(i=number, j=digits)) is None


@many
@given(st.text(st.sampled_from("0123456789+-._eE \t"), max_size=12))
@example("1e400")
@example("1e-400")
@example("0." + "0" * 400 + "1")
@example("1" + "0" * 400)
@example("0e99999999999999999999")
@example("1e-99999999999999999999")
@example("9223372036854775808")
@example("-9_223_372_036_854_775_808")
def test_numbers_are_read_as_python_reads_them(text: str) -> None:
    assert judge("int(s)", board(s=text)) is None
    assert judge("float(s)", board(s=text)) is None


@many
@given(st.text(max_size=12))
def test_text_in_quotes_is_read_as_python_reads_it(text: str) -> None:
    assert evaluate(repr(text)) == text
    assert evaluate(ascii(text)) == text
    assert evaluate("s", s=text) == text


@many
@given(st.text(max_size=8), st.integers(-10, 10), st.integers(-10, 10))
def test_text_is_cut_by_code_points(text: str, start: int, end: int) -> None:
    assert evaluate("s[i:j]", s=text, i=start, j=end) == text[start:end]
    assert judge("s[i]", board(s=text, i=start)) is None
    assert evaluate("len(s)", s=text) == len(text)


@many
@given(st.lists(st.text(max_size=4), max_size=6))
def test_text_is_ordered_by_code_points(words: list[str]) -> None:
    assert evaluate("sorted(ws)", ws=words) == sorted(words)


@many
@given(st.lists(st.one_of(INTEGERS, FLOATS, st.booleans()), max_size=8))
def test_numbers_are_ordered_by_their_exact_values(numbers: list[float]) -> None:
    assert same(evaluate("sorted(xs)", xs=numbers), sorted(numbers))


def board(**values: object) -> Values:
    return {"robot.battery": 1, **values}


# --- what is deliberately different ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("9223372036854775807 + i", "overflow"),
        ("2 ** (62 + i)", "overflow"),
        ("1e308 * (10 * i)", "overflow"),
        ("(0 - 8 * i) ** 0.5", "value"),
        ("float('nan')", "value"),
        ("float('inf')", "value"),
        ("int('٣')", "value"),
        ("'%d' % i", "type"),
        ("str([i])", "type"),
        ("sum([[1], [2]])", "type"),
        ("min('abc')", "type"),
        ("any('abc')", "type"),
        ("sorted([[i], [2]])", "type"),
        ("{i: 1}", "type"),
        ("'a' * 2000000", "limit"),
        ("[i] * 200000", "limit"),
    ],
)
def test_intended_differences_to_python(text: str, kind: str) -> None:
    assert kind_of(text, i=1) == kind


def test_keys_may_have_dots_and_other_marks() -> None:
    assert evaluate("robot.battery < bb['low-mark']", **{"robot.battery": 3, "low-mark": 5}) is True


def test_json_spellings_are_understood() -> None:
    assert evaluate("[true, false, null]") == [True, False, None]


def test_a_missing_key_is_named() -> None:
    with pytest.raises(_native.ExpressionFailure, match="`gone` has no value") as raised:
        evaluate("1 + gone")
    assert raised.value.kind == "missing"
    assert raised.value.name == "gone"
