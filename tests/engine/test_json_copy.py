"""Python objects become plain JSON of our own, or a problem."""

from __future__ import annotations

from enum import Enum, IntEnum
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from py_forest.engine.json_copy import JsonCopy
from py_forest.engine.problems import Problems
from py_forest.kit.json import JsonValue

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)  # fmt: skip


def copied(value: JsonValue) -> tuple[Any, list[tuple[str, str]]]:
    problems = Problems()
    copy = JsonCopy(problems).copy(value)
    return copy, [(p.code, p.pointer) for p in problems.listed()]


def shares_a_container(one: JsonValue, other: JsonValue) -> bool:
    if one is other:
        return isinstance(one, list | dict)
    if isinstance(one, dict):
        return any(shares_a_container(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return any(map(shares_a_container, one, other))
    return False


@given(JSON)
def test_any_json_is_copied_as_it_is_and_shares_nothing(value: JsonValue) -> None:
    copy, problems = copied(value)
    assert problems == []
    assert copy == value
    assert repr(copy) == repr(value), "types and the order of keys are kept"
    assert not shares_a_container(copy, value)


def test_subclasses_and_tuples_become_the_plain_types() -> None:
    class Colour(str, Enum):  # noqa: UP042
        RED = "red"

    class Number(IntEnum):
        ONE = 1

    copy, problems = copied({"a": (Colour.RED, Number.ONE), Colour.RED: {"b": ()}})
    assert problems == []
    assert copy == {"a": ["red", 1], "red": {"b": []}}
    assert [type(item) for item in copy["a"]] == [str, int]
    assert all(type(key) is str for key in copy)


@pytest.mark.parametrize(
    ("value", "code", "pointer"),
    [
        ({"a": [float("nan")]}, "NUMBER_NOT_FINITE", "/a/0"),
        ({"a": float("-inf")}, "NUMBER_NOT_FINITE", "/a"),
        ([2**63], "INTEGER_TOO_LARGE", "/0"),
        ({"a": {1, 2}}, "NOT_JSON_VALUE", "/a"),
        ({"a": b"x"}, "NOT_JSON_VALUE", "/a"),
        ({"a": {3: 4}}, "NOT_JSON_VALUE", "/a/3"),
        ({"a": "\ud800"}, "NOT_UTF8", "/a"),
        ({"x\udc00": 1}, "NOT_UTF8", "/x\udc00"),
        ({"a": "x" * (10 * 1024 * 1024)}, "STRING_TOO_LONG", "/a"),
        (float("nan"), "NUMBER_NOT_FINITE", ""),
    ],
)
def test_what_json_does_not_have_is_one_problem_where_it_is(
    value: JsonValue, code: str, pointer: str
) -> None:
    assert copied(value)[1] == [(code, pointer)]


def test_an_object_that_contains_itself_is_recognised() -> None:
    ring: dict[str, Any] = {"x": 1}
    ring["next"] = {"back": [ring]}
    assert copied({"root": ring})[1] == [("DOCUMENT_CYCLE", "/root")]


def test_nesting_past_the_limit_is_refused_without_recursing() -> None:
    deep: Any = 1
    for _ in range(100_000):
        deep = [deep]
    assert copied(deep)[1] == [("DOCUMENT_TOO_DEEP", "")]


def test_notices_whether_any_text_may_hold_a_placeholder() -> None:
    for value, expected in [
        ("{{x}}", True),
        (["a {{x}}"], True),
        ({"{{x}}": 1}, True),
        ("{x}", False),
    ]:
        copy = JsonCopy(Problems())
        copy.copy(value)
        assert copy.has_placeholders is expected
