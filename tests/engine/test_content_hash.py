"""The content hash changes with the meaning and with nothing else."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from py_forest.engine.content_hash import content_hash
from py_forest.kit.json import JsonValue

BASE: dict[str, Any] = {
    "root": {
        "node_type": "Selector",
        "node_id": "root",
        "children": [
            {
                "node_type": "Retry",
                "node_id": "retry",
                "config": {"num_failures": 2, "initial_delay": 1},
                "children": [
                    {
                        "node_type": "CheckBlackboardCondition",
                        "node_id": "check",
                        "config": {"variable": "level", "operator_str": ">", "value": 1},
                    }
                ],
            },
            {"node_type": "Wait", "node_id": "wait", "config": {"duration": 5}},
        ],
    },
    "blackboard_schema": {"level": {"type": "int", "default": 0}, "other": {"type": "any"}},
}
HASH = content_hash(BASE)


def changed(*path: JsonValue, to: JsonValue) -> dict[str, Any]:
    document = copy.deepcopy(BASE)
    at: Any = document
    for key in path[:-1]:
        at = at.setdefault(key, {}) if isinstance(at, dict) else at[key]
    at[path[-1]] = to
    return document


RETRY = ("root", "children", 0)


@pytest.mark.parametrize(
    "document",
    [
        changed("root", "ui_metadata", to={"x": 1}),
        changed("root", "notes", to="mind the gap"),
        changed("root", "description", to="chooses"),
        changed("root", "name", to="Chooser"),
        changed("metadata", to={"name": "x", "version": "2"}),
        changed("tests", to=[{"name": "t"}]),
        changed("root", "node_type", to="Fallback"),
        changed("root", "config", to={"memory": False}),
        changed(*RETRY, "config", to={"initial_delay": 1.0, "num_attempts": 2, "backoff": "none"}),
        changed(*RETRY, "children", 0, "node_type", to="CheckCondition"),
        changed(*RETRY, "children", 0, "config", to={"condition": "level > 1"}),
        changed("root", "children", 1, "config", "duration", to=5.0),
        changed("error_policy", to="fail"),
        changed("blackboard_schema", "level", "description", to="how full"),
        changed("blackboard_schema", to=dict(reversed(BASE["blackboard_schema"].items()))),
        {"tree_json": BASE},
        {**{k: v for k, v in BASE.items() if k != "root"}, "tree": BASE["root"]},
    ],
)
def test_layout_labels_and_spelling_do_not_count(document: dict[str, Any]) -> None:
    assert content_hash(document) == HASH


@pytest.mark.parametrize(
    "document",
    [
        changed("root", "node_id", to="r"),
        changed("root", "node_type", to="Sequence"),
        changed("root", "config", to={"memory": True}),
        changed(*RETRY, "config", "num_failures", to=3),
        changed(*RETRY, "children", 0, "config", "value", to=1.0),
        changed(*RETRY, "children", 0, "config", "value", to=True),
        changed("root", "children", to=BASE["root"]["children"][::-1]),
        changed("error_policy", to="raise"),
        changed("blackboard_schema", "level", "default", to=1),
        changed("blackboard_schema", "level", "direction", to="in"),
        changed("blackboard_schema", "level", "max", to=9),
    ],
)
def test_whatever_changes_what_runs_changes_the_hash(document: dict[str, Any]) -> None:
    assert content_hash(document) != HASH


def test_a_name_counts_where_the_id_is_made_from_it() -> None:
    named = [{"node_type": "Success", "name": name} for name in ("a", "b")]
    assert content_hash(named[0]) != content_hash(named[1])
    assert content_hash({**named[0], "node_id": "x"}) == content_hash({**named[1], "node_id": "x"})


def test_a_filled_in_parameter_is_the_same_as_its_value() -> None:
    tree = {"node_type": "Wait", "node_id": "w", "config": {"duration": "{{d}}"}}
    component = {"parameters": [{"name": "d", "type": "float", "default": 2.0}], "tree": tree}
    written = {"node_type": "Wait", "node_id": "w", "config": {"duration": 2}}
    assert content_hash(component) == content_hash(written)


def test_the_hash_is_hexadecimal_and_stays_the_same() -> None:
    assert content_hash({"node_type": "Success", "node_id": "s"}) == (
        "caf728a2be3a906aee67388b48495a80984b949dd32b5d982d1b5add012d9a0e"
    )


def test_an_invalid_definition_has_no_hash() -> None:
    with pytest.raises(ValueError, match="unknown node type"):
        content_hash({"node_type": "Nope"})
