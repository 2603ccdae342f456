"""Subtrees by reference: wiring, cycles, and size before expanding."""

from __future__ import annotations

from typing import Any

import pytest

from py_forest.engine.flatten import flatten
from py_forest.engine.validate import validate
from py_forest.kit.json import JsonValue


def ref(name: str, **more: JsonValue) -> dict[str, Any]:
    return {"$ref": f"#/subtrees/{name}", **more}


def sequence(*children: JsonValue, **more: JsonValue) -> dict[str, Any]:
    return {"node_type": "Sequence", "children": list(children), **more}


def set_to_one(variable: str) -> dict[str, Any]:
    return {"node_type": "SetVariable", "config": {"variable": variable, "value": 1}}


@pytest.mark.parametrize("name", ["battery", "subtrees", "s", "#", "a/b", "a~b", "ü", "with space"])
def test_a_subtree_may_have_any_name(name: str) -> None:
    escaped = name.replace("~", "~0").replace("/", "~1")
    flat = flatten({"root": ref(escaped), "subtrees": {name: {"node_type": "Success"}}})
    assert [row[2] for row in flat.nodes] == [1, 0]


def test_each_expansion_gets_ids_of_its_own() -> None:
    flat = flatten(
        {
            "root": sequence(ref("a", node_id="one"), ref("a", node_id="two"), node_id="r"),
            "subtrees": {"a": sequence(ref("b", node_id="in"), node_id="x"),
                         "b": {"node_type": "Success", "node_id": "y"}},
        }
    )  # fmt: skip
    assert [row[3] for row in flat.nodes] == [
        "r", "one", "one/x", "one/in", "one/in/y", "two", "two/x", "two/in", "two/in/y",
    ]  # fmt: skip
    assert flat.parents == [-1, 0, 1, 2, 3, 0, 5, 6, 7]
    assert flat.depth == 5
    assert flat.pointer(4) == flat.pointer(8) == "/subtrees/b"
    assert flat.pointer(7) == "/subtrees/a/children/0"
    assert flat.path(4) == "Sequence / SubTree / Sequence / SubTree / Success"


def test_without_wiring_a_subtree_shares_the_scope_and_with_it_has_one_of_its_own() -> None:
    flat = flatten(
        {
            "root": sequence(
                ref("a", node_id="s"),
                ref("a", node_id="w", wiring={"x": "outer", "k": {"value": [1]}}),
            ),
            "subtrees": {"a": set_to_one("x")},
        }
    )
    assert [row[1] for row in flat.nodes] == [0, 0, 0, 0, 1]
    assert flat.scopes == [(-1, None, ""), (0, {"x": "outer", "k": ([1],)}, "w")]


def test_scopes_nest() -> None:
    flat = flatten(
        {
            "root": ref("a", node_id="a", wiring={}),
            "subtrees": {"a": ref("b", node_id="b", wiring={"x": "y"}), "b": set_to_one("x")},
        }
    )
    assert flat.scopes[1:] == [(0, {}, "a"), (1, {"x": "y"}, "a/b")]
    assert [row[1] for row in flat.nodes] == [0, 1, 2]


def test_declared_variables_do_not_bind_a_wired_subtree() -> None:
    document: dict[str, Any] = {
        "root": ref("a", wiring={"x": "known"}),
        "subtrees": {"a": set_to_one("x")},
        "blackboard_schema": {"known": {"type": "int"}},
    }
    assert validate(document) == []
    del document["root"]["wiring"]
    assert [(p.code, p.pointer) for p in validate(document)] == [
        ("UNKNOWN_VARIABLE", "/subtrees/a/config/variable")
    ]


def test_a_wire_must_lead_to_a_variable_that_is_there() -> None:
    document = {
        "root": ref("a", wiring={"x": "knwon", "y/z": "known", "w": 5}),
        "subtrees": {"a": set_to_one("x")},
        "blackboard_schema": {"known": {"type": "int"}},
    }
    assert [(p.code, p.pointer) for p in validate(document)] == [
        ("WIRING_INVALID", "/root/wiring/y~1z"),
        ("WIRING_INVALID", "/root/wiring/w"),
        ("UNKNOWN_VARIABLE", "/root/wiring/x"),
    ]


def test_a_cycle_is_refused_and_shown() -> None:
    document = {
        "root": ref("a"),
        "subtrees": {"a": sequence(ref("b")), "b": sequence(ref("c")), "c": ref("a")},
    }
    problems = validate(document)
    assert [p.code for p in problems] == ["REF_CYCLE"]
    assert "a -> b -> c -> a" in problems[0].message
    assert problems[0].pointer == "/subtrees/c/$ref"


def test_a_subtree_in_itself_is_a_cycle() -> None:
    assert [p.code for p in validate({"root": ref("a"), "subtrees": {"a": ref("a")}})] == [
        "REF_CYCLE"
    ]


def test_an_unknown_subtree_is_named_with_what_was_meant() -> None:
    document = {"root": ref("batery"), "subtrees": {"battery": {"node_type": "Success"}}}
    problem = validate(document)[0]
    assert (problem.code, problem.suggestion) == ("REF_UNKNOWN", "#/subtrees/battery")


@pytest.mark.parametrize(
    "node",
    [
        {"$ref": 5},
        {"$ref": "battery"},
        {"$ref": "#/subtrees/"},
        {"$ref": "#/subtrees/a", "children": [{"node_type": "Success"}]},
        {"$ref": "#/subtrees/a", "node_type": "Sequence"},
    ],
)
def test_a_reference_that_makes_no_sense_is_refused(node: JsonValue) -> None:
    document = {"root": node, "subtrees": {"a": {"node_type": "Success"}}}
    assert "REF_INVALID" in {p.code for p in validate(document) if p.severity == "error"}


def test_a_document_that_would_unfold_into_more_nodes_than_atoms_is_refused_at_once() -> None:
    subtrees: dict[str, Any] = {
        f"s{level}": sequence(ref(f"s{level + 1}"), ref(f"s{level + 1}")) for level in range(300)
    }
    subtrees["s300"] = {"node_type": "Success"}
    problems = validate({"root": ref("s0"), "subtrees": subtrees})
    assert [p.code for p in problems] == ["TREE_TOO_LARGE"]
    assert "far too many" in problems[0].message


def test_depth_is_counted_through_references() -> None:
    subtrees: dict[str, Any] = {f"s{i}": ref(f"s{i + 1}") for i in range(998)}
    subtrees["s998"] = {"node_type": "Success"}
    assert flatten({"root": ref("s0"), "subtrees": subtrees}).depth == 1_000
    subtrees["s998"] = sequence({"node_type": "Success"})
    problems = validate({"root": ref("s0"), "subtrees": subtrees})
    assert [p.code for p in problems] == ["TREE_TOO_DEEP"]


def test_an_unused_subtree_is_a_warning_and_is_checked_all_the_same() -> None:
    problems = validate(
        {"root": {"node_type": "Success"}, "subtrees": {"a": {"node_type": "Nope"}}}
    )
    assert [(p.code, p.severity) for p in problems] == [
        ("UNKNOWN_NODE_TYPE", "error"),
        ("SUBTREE_UNUSED", "warning"),
    ]


def test_ids_that_only_meet_after_expanding_are_refused() -> None:
    document = {
        "root": sequence(ref("a", node_id="x"), {"node_type": "Success", "node_id": "x/y"}),
        "subtrees": {"a": {"node_type": "Success", "node_id": "y"}},
    }
    with pytest.raises(ValueError, match="used twice once references are expanded"):
        flatten(document)
