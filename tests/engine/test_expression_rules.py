from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from py_forest.engine import _native
from tests.engine.expression_oracle import EXPRESSIONS, VALUES, Values, evaluate, outcome, same
from tests.profile import scaled

many = settings(max_examples=scaled(100, 2_000), suppress_health_check=[HealthCheck.too_slow])


# --- what is refused ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        "__import__('os')",
        "().__class__",
        "a.__class__.__bases__[0]",
        "x.upper()",
        "[y for y in x]",
        "{y: 1 for y in x}",
        "lambda: 1",
        "(y := 1)",
        "f'{x}'",
        "b'x'",
        "r'x'",
        "'''x'''",
        "await x",
        "yield x",
        "*x",
        "{1, 2}",
        "(1, 2)",
        "x[::2]",
        "x[1, 2]",
        "x | y",
        "~x",
        "x @ y",
        "1j",
        "...",
        "print(x)",
        "round(x, ndigits=1)",
        "min(*x)",
        "x is y",
        "x is True",
        "x if y",
        "x \\\n",
        "not",
        "x\ny",
        "x; y",
        "\ud800",
        "'\\ud800'",
        "'\\N{DIGIT ONE}'",
        "ключ",
        "class",
        "0x",
        "012",
        "1__0",
        "'a",
        "bb",
        "bb[x]",
        "bb['a b']",
        "bb.keys()",
        "has(x)",
    ],
)
def test_everything_else_is_refused(text: str) -> None:
    error = _native.check_expression(text).error
    assert error is not None
    assert error[1]
    with pytest.raises(_native.ExpressionFailure) as raised:
        evaluate(text, x=1, y=2)
    assert raised.value.kind == "syntax"
    assert raised.value.offset == error[0]


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("a && b", (2, "`&&` is written `and` here", "and")),
        ("'é' || b", (5, "`||` is written `or` here", "or")),
        ("!a", (0, "`!` is written `not` here", "not ")),
        ("a = 1", (2, "`=` sets a key; values are compared with `==`", "==")),
        ("lne(a)", (0, "there is no function `lne`; did you mean `len`?", "len")),
        ("a > ", (4, "the text ends where a value is expected", None)),
        ("(a", (2, "a bracket is not closed", ")")),
    ],
)
def test_an_error_says_where_why_and_what_instead(
    text: str, error: tuple[int, str, str | None]
) -> None:
    assert _native.check_expression(text).error == error


@many
@given(st.one_of(st.text(max_size=30), st.binary(max_size=30).map(lambda b: b.decode("latin-1"))))
def test_any_text_gets_an_answer(text: str) -> None:
    for mode in ("expression", "script"):
        error = _native.check_expression(text, mode).error
        if error is not None:
            assert 0 <= error[0] <= len(text.encode())


@pytest.mark.parametrize(
    "text",
    [
        "(" * 1_000_000,
        "not " * 16_000,
        "-" * 65_000,
        "[" * 65_000,
        "a if b else " * 5_000,
        "2**" * 20_000,
        "'" + "\\x" * 30_000,
        "\x00" * 1_000_000,
        "9" * 65_000,
        "a" * 65_000,
    ],
)
def test_hostile_texts_are_refused(text: str) -> None:
    assert _native.check_expression(text).error is not None


def test_long_texts_that_are_not_deep_are_fine() -> None:
    assert evaluate(" + ".join(["a"] * 16_000), a=1) == 16_000
    assert evaluate(" and ".join(["a"] * 8_000), a=1) == 1
    assert evaluate("sum([" + ",".join(["1"] * 30_000) + "])") == 30_000


# --- scripts --------------------------------------------------------------------------------------


def test_a_script_assigns_one_key_after_another() -> None:
    script = """
    # the total with tax
    total = price * 1.2
    total += fee; bb["a-b"] = total > 10
    n -= 1
    """
    written = _native.evaluate_script(script, {"price": 10, "fee": 0.5, "n": 3})
    assert written == {"total": 12.5, "a-b": True, "n": 2}


def test_the_keys_of_a_script_are_known() -> None:
    info = _native.check_expression("a = b; c = a + d\nd += 1", "script")
    assert info.error is None
    assert info.reads == ["b", "d"]
    assert info.writes == ["a", "c", "d"]
    assert not info.constant


@many
@given(st.sampled_from(["+=", "-=", "*=", "/=", "//=", "%=", "**="]), EXPRESSIONS, VALUES)
def test_an_augmented_assignment_is_an_assignment(operator: str, text: str, values: Values) -> None:
    values = {**values, "i": abs(values["i"]) % 5}
    by_script = outcome(lambda: _native.evaluate_script(f"i {operator} ({text})", values)["i"])
    assert same(by_script, outcome(lambda: evaluate(f"i {operator[:-1]} ({text})", **values)))


@pytest.mark.parametrize(
    ("text", "offset", "suggestion"),
    [
        ("", 0, "key = value"),
        ("a == 1", 2, "="),
        ("a := 1", 2, "="),
        ("a", 1, None),
        ("a = b = 1", 6, None),
        ("a, b = 1, 2", 1, None),
        ("a[0] = 1", 1, None),
        ("a: int = 1", 1, None),
        ("if a: b = 1", 0, None),
        ("import os", 0, None),
        ("True = 1", 0, None),
        ("a = 1 b = 2", 6, None),
        ("bb.a = 1", 0, "a"),
        ("a = (1", 6, ")"),
    ],
)
def test_what_is_no_script_is_refused(text: str, offset: int, suggestion: str | None) -> None:
    error = _native.check_expression(text, "script").error
    assert error is not None
    assert (error[0], error[2]) == (offset, suggestion)


# --- what is known without running ----------------------------------------------------------------


def test_the_keys_of_an_expression_are_known() -> None:
    info = _native.check_expression("a > 1 and bb['b-c'] or has('d') or bb.get('e.f', a)")
    assert info.reads == ["a", "b-c", "d", "e.f"]
    assert info.writes == []
    assert not info.constant


def test_a_constant_is_computed() -> None:
    info = _native.check_expression("60 * 60 * 24")
    assert info.constant
    assert info.value == 86_400
    broken = _native.check_expression("1 / 0")
    assert broken.constant
    assert broken.value is None
    assert broken.failure == "`/` divides by zero"


def test_many_texts_are_checked_at_once() -> None:
    infos = _native.check_expressions(["a", "1 + 1", "&", "\ud800"])
    assert [info.reads for info in infos] == [["a"], [], [], []]
    assert [info.error is None for info in infos] == [True, True, False, False]
    with pytest.raises(ValueError, match="mode"):
        _native.check_expression("a", "statement")


def test_an_explanation_shows_the_parts() -> None:
    parts = _native.explain_expression(
        "total > 1000 and (vip or orders >= 5) and gone", {"total": 1500, "vip": False, "orders": 3}
    )
    *shown, (last, failure) = parts[:-1]
    assert shown == [
        ("total", 1500),
        ("total > 1000", True),
        ("vip", False),
        ("orders", 3),
        ("orders >= 5", False),
    ]
    assert last == "gone"
    assert isinstance(failure, _native.ExpressionFailure)
    assert parts[-1] == ("total > 1000 and (vip or orders >= 5) and gone", False)


@many
@given(EXPRESSIONS, VALUES)
def test_an_explanation_ends_with_the_whole(text: str, values: Values) -> None:
    whole = _native.explain_expression(text, values)[-1][1]
    shown = [whole.kind] if isinstance(whole, _native.ExpressionFailure) else whole
    assert same(shown, outcome(lambda: evaluate(text, **values)))
