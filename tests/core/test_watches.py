from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import pytest

from py_forest.core.watches import MISSING, ActiveWatch
from py_forest.models.executions import Watch, WatchCondition

if TYPE_CHECKING:
    from pydantic import JsonValue


def fired(condition: WatchCondition, target: JsonValue, values: list[object]) -> list[bool]:
    """Say at which of the values a watch fires, the first being there when it is set."""
    watch = ActiveWatch(Watch(key="k", condition=condition, target_value=target), values[0])
    return [watch.fires(value) for value in values[1:]]


def test_a_change_fires_at_every_new_value_and_not_at_the_same() -> None:
    values = [MISSING, MISSING, 1, 1, 1.0, True, [1], [1], [1, 2], MISSING, MISSING]

    assert fired("change", None, values) == [
        False, True, False, True, True, True, False, True, True, False,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("equals", [False, True, False, False]),
        ("not_equals", [True, False, True, False]),
        ("greater", [False, False, True, False]),
        ("less", [True, False, False, False]),
        ("greater_equal", [False, True, False, False]),
        ("less_equal", [True, False, False, False]),
    ],
)
def test_a_comparison_fires_once_for_each_edge(
    condition: WatchCondition, expected: list[bool]
) -> None:
    assert fired(condition, 5, [MISSING, 4, 5, 6, 6]) == expected


def test_a_watch_fires_again_only_after_its_condition_was_false() -> None:
    assert fired("greater", 5, [0, 6, 7, 5, 6, 6, MISSING, 9]) == [
        True, False, False, True, False, False, True,
    ]  # fmt: skip


def test_values_that_have_no_order_meet_no_condition() -> None:
    assert fired("greater", 5, [MISSING, "text", None, [6], {"a": 1}]) == [False] * 4
    assert fired("less", None, [MISSING, 1]) == [False]


def test_there_are_seven_conditions() -> None:
    assert len(get_args(WatchCondition)) == 7
