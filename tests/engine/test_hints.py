"""Reading type hints and docstrings."""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NewType, TypedDict

import pytest

from py_forest.engine.docstrings import arguments, summary
from py_forest.engine.hints import ANYTHING, Shape, hints_of, read_hint
from py_forest.engine.signatures import is_json
from py_forest.models.status import Status
from tests.engine.restocking import Colour

Metres = NewType("Metres", float)


class TypeAliasType:
    """What `type Count = int` makes from Python 3.12 on."""

    def __init__(self, name: str, value: object) -> None:
        self.__name__, self.__value__ = name, value


class Point(TypedDict):
    x: float
    y: float


@pytest.mark.parametrize(
    ("hint", "shape"),
    [
        (bool, Shape("bool")),
        (int, Shape("int")),
        (float, Shape("float")),
        (str, Shape("string")),
        (Metres, Shape("float")),
        (Annotated[int, "seconds"], Shape("int")),
        (int | float, Shape("float")),
        (int | None, Shape("int", nullable=True)),
        (int | str, Shape("value")),
        (int | str | None, Shape("value", nullable=True)),
        (list, Shape("list")),
        (list[int], Shape("list", item=Shape("int"))),
        (Sequence[Any], Shape("list")),
        (dict, Shape("object")),
        (Mapping[str, list[str]], Shape("object", item=Shape("list", item=Shape("string")))),
        (Point, Shape("object")),
        (Literal["a", "b"], Shape("string", choices=("a", "b"))),
        (Literal[1, 2, None], Shape("value", nullable=True, choices=(1, 2))),
        (Any, ANYTHING),
        (object, ANYTHING),
        ("Unknown", ANYTHING),
        (Path, None),
        (tuple[int, int], None),
        (list[Path], None),
        (Path | None, None),
        (int | Path, None),
        (Colour, None),
        (Literal[Colour.RED], None),
        (Awaitable[int], None),
        (None | Path, None),
        (TypeAliasType("Count", int), Shape("int")),
    ],
)
def test_hints_say_which_values_fit(hint: object, shape: Shape | None) -> None:
    assert read_hint(hint) == shape


def test_a_hint_that_only_a_type_checker_can_follow_spoils_no_other() -> None:
    def function(first: int, second: Missing) -> None: ...  # type: ignore[name-defined]  # noqa: F821

    hints = hints_of(function)
    assert (hints["first"], hints["second"]) == (int, "Missing")
    assert read_hint(hints["second"]) == ANYTHING


@pytest.mark.parametrize(
    ("shape", "value", "objection"),
    [
        (Shape("bool"), 1, "must be true or false, not an integer"),
        (Shape("int"), True, "must be an integer, not a boolean"),
        (Shape("int"), 1.0, "must be an integer, not a number"),
        (Shape("int"), None, "must be an integer, not null"),
        (Shape("float"), "1", "must be a number, not text"),
        (Shape("list", item=Shape("int")), [1, "2"], "holds something else at `1`: that must be"),
        (Shape("object", item=Shape("int")), {"a": "b"}, "holds something else at `a`"),
        (Shape("string", choices=("fast",)), "fats", "must be `fast`, not `fats`; did you mean"),
        (Shape("value", choices=(1, 2)), True, "must be `1` or `2`, not a boolean"),
        (Shape("int"), 3, None),
        (Shape("list"), [object()], None),
        (Shape("float"), 3, None),
        (Shape("int", nullable=True), None, None),
        (Shape("list", item=Shape("int")), [1, 2], None),
        (ANYTHING, {"a": [None]}, None),
    ],
)
def test_a_value_that_does_not_fit_is_told_why(
    shape: Shape, value: object, objection: str | None
) -> None:
    found = shape.objection(value)
    assert found is None if objection is None else found is not None and objection in found


def test_docstrings_are_read_in_the_google_form() -> None:
    doc = """Do it.

    At length,
    in two lines.

    Args:
        first: the one.
        second (int): the other,
            which goes on: and on.
        **more: whatever.

    Raises:
        third: no argument.
    """
    odd = """Odd.

    Args:

        : nothing at all
        named: yes
    """
    assert arguments(odd) == {"named": "yes"}
    assert summary(doc) == "Do it.\nAt length, in two lines."
    assert arguments(doc) == {
        "first": "the one.",
        "second": "the other, which goes on: and on.",
        "more": "whatever.",
    }
    assert (summary(None), arguments(None)) == ("", {})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, True),
        ([1, {"a": 2.5}], True),
        ((), False),
        ([()], False),
        ({1: 2}, False),
        (float("nan"), False),
        (object(), False),
        (Status.SUCCESS, False),
    ],
)
def test_json_is_told_from_what_only_looks_like_it(value: object, expected: bool) -> None:
    assert is_json(value) is expected
