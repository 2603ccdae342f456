from __future__ import annotations

from typing import Any

import pytest

from py_forest.core.render.summary import clipped, said, summary
from py_forest.engine.catalogue import default_catalogue


@pytest.mark.parametrize(
    ("node_type", "config", "says"),
    [
        ("CheckBlackboardCondition", {"variable": "x", "operator_str": ">", "value": 3}, "x > 3"),
        (
            "CheckBlackboardCondition",
            {"variable": "x", "operator": "in", "expression": "allowed"},
            "x in allowed",
        ),
        ("CheckBlackboardCondition", {"expression": "a and b"}, "a and b"),
        ("SetBlackboardVariable", {"variable": "p", "value": "high"}, 'p = "high"'),
        ("SetBlackboardVariable", {"variable": "p", "expression": "a + 1"}, "p = a + 1"),
        (
            "SetBlackboardVariable",
            {"variable": "p", "value": None, "overwrite": False},
            "p ?= null",
        ),
        ("SetBlackboardVariable", {}, ""),
        ("Wait", {"duration": 2.5}, "2.5 s"),
        ("Wait", {"duration": "{{pause}}"}, "{{pause}}"),
        ("Retry", {}, "up to 3 times"),
        ("Retry", {"num_attempts": -1}, "until it succeeds"),
        (
            "Retry",
            {"num_failures": 4, "backoff": "exponential", "initial_delay": 0.5},
            "up to 4 times · exponential from 0.5 s",
        ),
        ("Repeat", {}, "for ever"),
        ("Repeat", {"num_cycles": 3}, "3 times"),
        ("Parallel", {}, "all must succeed"),
        (
            "Parallel",
            {"policy": "SuccessOnSelected", "selected": [0, 2]},
            "these must succeed: [0, 2]",
        ),
        (
            "Parallel",
            {"policy": "Threshold", "success_threshold": 2},
            "2 must succeed · 1 may fail it",
        ),
        ("Parallel", {"policy": 7}, "7"),
        ("Parallel", {"policy": []}, "[]"),
        ("Switch", {"expression": "mode", "cases": ["a", 1]}, 'mode → "a", 1'),
        ("Guard", {"expression": "ok", "abort": "none"}, "ok · checked once"),
        ("Probability", {"probability": 0.125}, "12.5 %"),
        ("StatusQueue", {"queue": ["RUNNING", "SUCCESS"]}, "RUNNING, SUCCESS, then from the start"),
        ("DecisionTable", {"rows": [{}], "hit": "collect"}, "1 row · collect"),
        (
            "Action",
            {"action": "greet", "inputs": {"who": "name"}, "loud": True},
            "greet(who=name, loud=true)",
        ),
        ("HumanDecision", {"prompt": "Go?", "options": ["yes", "no"]}, "Go? (yes / no)"),
        ("Script", {"script": "a = 1\nb = 2"}, "a = 1 b = 2"),
        ("Sequence", {"memory": False}, "all, from the first each tick"),
        ("Sequence", {}, "all, in order"),
        ("SomethingElse", {"speed": 3, "mode": "x"}, 'speed 3 · mode "x"'),
    ],
)
def test_a_summary_says_what_a_node_is_set_to_do(
    node_type: str, config: dict[str, Any], says: str
) -> None:
    assert summary(node_type, config) == says


def test_no_configuration_is_too_odd_to_be_summed_up() -> None:
    oddities: list[Any] = [None, 7, "text", [], {}, [[[]]], {"a": {"b": {}}}, True]
    for node_type in default_catalogue():
        keys = [field.name for field in node_type.config] + ["inputs", "condition"]
        for oddity in oddities:
            assert isinstance(summary(node_type.name, dict.fromkeys(keys, oddity)), str)


def test_a_summary_is_short_however_long_the_value() -> None:
    assert len(summary("Log", {"message": "x" * 1_000_000})) <= 82
    assert len(summary("Script", {"script": "y = 1\n" * 1_000})) == 80
    assert said(list(range(9))) == "[… 9 entries]"
    assert said({str(key): key for key in range(9)}) == "{… 9 keys}"
    assert said([[1], {"a": 1}]) == "[[…], {…}]"


def test_clipping_keeps_what_fits() -> None:
    assert clipped("abc", 3) == "abc"
    assert clipped("abcd", 3) == "ab…"
