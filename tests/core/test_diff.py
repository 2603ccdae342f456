from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from py_forest.core.diff import ABSENT, NodeDifference, TreeDiff, diff
from py_forest.core.diff_nodes import same
from py_forest.engine.document import load_definition
from py_forest.models.trees import TreeDefinition
from tests.core.render.trees import ROOT, chain, node, random_tree, tree

ORDERS = load_definition(ROOT / "examples/orders/order_processor.json")
ORDERS_100 = load_definition(ROOT / "examples/orders/order_processor_100.json")


def _leaf(name: str, **config: object) -> dict[str, Any]:
    return node("Log", name=name, **(config or {"message": name}))


def _abc() -> dict[str, Any]:
    return node("Sequence", _leaf("a"), _leaf("b"), _leaf("c"), name="root")


def _diff(old: dict[str, Any], new: dict[str, Any]) -> TreeDiff:
    return diff(tree(old), tree(new))


def _short(found: TreeDiff) -> list[tuple[str, str]]:
    return [(each.kind, each.name) for each in found.nodes]


def test_a_tree_equals_itself() -> None:
    found = diff(ORDERS, ORDERS)
    assert found.is_empty
    assert found.unchanged == 13


def test_the_two_order_trees_differ_in_one_number() -> None:
    found = diff(ORDERS, ORDERS_100)
    (changed,) = found.nodes
    assert (changed.kind, changed.node_id) == ("changed", "high-value-check")
    assert [change.to_dict() for change in changed.fields] == [
        {"field": "config.value", "old": 1000, "new": 100}
    ]
    assert changed.new is not None
    assert changed.new.to_dict() == {
        "pointer": "/root/children/0/children/0",
        "path": "Order Processor / High Value Order / Large order?",
        "position": 0,
    }
    assert [change.to_dict() for change in found.sections] == [
        {"field": "metadata.version", "old": "1.0.0", "new": "1.1.0"}
    ]
    assert found.unchanged == 12


def test_an_added_part_is_one_top_with_what_hangs_below() -> None:
    new = _abc()
    new["children"].insert(1, node("Selector", _leaf("x"), _leaf("y"), name="new"))
    found = _diff(_abc(), new)
    assert _short(found) == [("added", "new"), ("added", "x"), ("added", "y")]
    top = found.nodes[0]
    assert (top.is_top, top.below, found.nodes[1].is_top) == (True, 2, False)
    assert top.old is None
    assert found.unchanged == 4


def test_a_removed_part_is_the_mirror_of_an_added_one() -> None:
    old = _abc()
    old["children"].insert(1, node("Selector", _leaf("x"), _leaf("y"), name="old"))
    found = _diff(old, _abc())
    assert _short(found) == [("removed", "old"), ("removed", "x"), ("removed", "y")]
    assert found.nodes[0].new is None


def test_fewest_children_count_as_moved() -> None:
    new = _abc()
    new["children"] = [new["children"][i] for i in (2, 0, 1)]
    found = _diff(_abc(), new)
    assert _short(found) == [("moved", "c")]
    moved = found.nodes[0]
    assert (moved.old and moved.old.position, moved.new and moved.new.position) == (2, 0)


def test_wrapping_a_node_adds_the_wrapper_and_moves_the_node() -> None:
    new = _abc()
    new["children"][1] = node("Retry", new["children"][1])
    assert _short(_diff(_abc(), new)) == [("added", "Retry"), ("moved", "b")]
    assert _short(_diff(new, _abc())) == [("removed", "Retry"), ("moved", "b")]


def test_wrapping_the_root_keeps_everything_below() -> None:
    changed = _abc()
    changed["children"][0]["config"]["message"] = "other"
    found = _diff(_abc(), node("Inverter", changed))
    assert _short(found) == [("added", "Inverter"), ("moved", "root"), ("changed", "a")]


def test_a_part_that_went_elsewhere_has_moved_with_all_its_nodes() -> None:
    part = node("Sequence", _leaf("x"), _leaf("y"), name="part")
    old = node("Selector", node("Sequence", part, name="one"), node("Sequence", name="two"))
    new = node("Selector", node("Sequence", name="one"), node("Sequence", part, name="two"))
    assert _short(_diff(old, new)) == [("moved", "part")]


def test_ids_win_over_looks() -> None:
    old = node("Sequence", _leaf("a") | {"node_id": "1"}, _leaf("b") | {"node_id": "2"})
    new = node("Sequence", _leaf("b") | {"node_id": "1"}, _leaf("a") | {"node_id": "2"})
    found = _diff(old, new)
    assert [(each.kind, each.node_id) for each in found.nodes] == [
        ("changed", "1"),
        ("changed", "2"),
    ]


def test_fresh_ids_on_an_equal_tree_are_a_change_of_ids_only() -> None:
    old, new = _abc(), _abc()
    for number, each in enumerate([old, *old["children"]]):
        each["node_id"] = f"old-{number}"
    for number, each in enumerate([new, *new["children"]]):
        each["node_id"] = f"new-{number}"
    found = _diff(old, new)
    assert {change.field for each in found.nodes for change in each.fields} == {"node_id"}
    assert len(found.of("changed")) == 4


def test_a_node_that_was_replaced_by_another_with_its_own_id_is_not_the_same() -> None:
    old = node("Sequence", _leaf("a") | {"node_id": "1"})
    new = node("Sequence", _leaf("z") | {"node_id": "2"})
    assert _short(_diff(old, new)) == [("removed", "a"), ("added", "z")]


def test_a_renamed_node_and_a_node_of_another_type_are_changed() -> None:
    new = _abc()
    new["children"][1]["name"] = "B"
    new["children"][2]["node_type"] = "Success"
    del new["children"][2]["config"]
    found = _diff(_abc(), new)
    assert [(each.name, [change.field for change in each.fields]) for each in found.nodes] == [
        ("B", ["name"]),
        ("c", ["node_type", "config.message"]),
    ]
    assert found.nodes[1].fields[1].new is ABSENT


def test_a_root_of_another_type_is_changed() -> None:
    new = _abc() | {"node_type": "Selector", "name": "other"}
    assert _short(_diff(_abc(), new)) == [("changed", "other")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (node("Retry", num_attempts=3), node("Retry", num_failures=3)),
        (node("Retry"), node("Retry", num_failures=3)),
        (node("Fallback"), node("Selector")),
        (node("Selector", name="Selector"), node("Selector")),
        (node("Wait", duration=2), node("Wait", duration=2.0)),
        (node("Success") | {"ui_metadata": {"x": 1}}, node("Success") | {"ui_metadata": {"x": 2}}),
    ],
)
def test_spelling_and_layout_make_no_difference(old: dict[str, Any], new: dict[str, Any]) -> None:
    assert _diff(old, new).is_empty


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (1, 1.0),
        (1, True),
        (0, False),
        (None, ABSENT),
        ([1], [1.0]),
        ([1], [1, 2]),
        ({"a": 1}, {"a": 2}),
        ({"a": 1}, {"b": 1}),
        ("1", 1),
    ],
)
def test_values_of_different_types_differ(old: object, new: object) -> None:
    assert not same(old, new)
    keys = [{} if value is ABSENT else {"value": value} for value in (old, new)]
    found = _diff(*(node("SetBlackboardVariable", variable="x", **config) for config in keys))
    assert [each.field for each in found.nodes[0].fields] == ["config.value"]


def test_numbers_of_one_field_are_compared_as_numbers() -> None:
    assert same(1, 1.0, is_number=True)
    assert not same(1, 2.0, is_number=True)
    assert repr(ABSENT) == "ABSENT"


def test_subtrees_are_compared_by_name() -> None:
    old = tree({"$ref": "#/subtrees/a"}, subtrees={"a": _abc(), "b": _leaf("gone")})
    new = tree({"$ref": "#/subtrees/a"}, subtrees={"a": _abc(), "c/d": node("Wait", duration=1)})
    found = diff(old, new)
    assert _short(found) == [("removed", "gone"), ("added", "Wait")]
    assert found.nodes[1].new is not None
    assert found.nodes[1].new.pointer == "/subtrees/c~1d"


def test_sections_are_compared_key_by_key() -> None:
    old = tree(
        node("Success"),
        blackboard_schema={"x": {"type": "int", "default": 1}, "y": {"type": "int"}},
        parameters=[{"name": "p", "type": "int"}, "odd"],
        tests=[{"name": "t", "ticks": 1}],
    )
    new = tree(
        node("Success"),
        blackboard_schema={"x": {"type": "int", "default": 2, "max": 9}, "z": {"type": "any"}},
        parameters=[{"name": "p", "type": "float"}],
        tests="none",
        error_policy="raise",
    )
    assert [(each.field, each.old, each.new) for each in diff(old, new).sections] == [
        ("error_policy", ABSENT, "raise"),
        ("blackboard_schema.x.default", 1, 2),
        ("blackboard_schema.x.max", ABSENT, 9),
        ("blackboard_schema.y", {"type": "int"}, ABSENT),
        ("blackboard_schema.z", ABSENT, {"type": "any"}),
        ("parameters.p.type", "int", "float"),
        ("parameters.[1]", "odd", ABSENT),
        ("tests.t", {"name": "t", "ticks": 1}, ABSENT),
        ("tests.", ABSENT, "none"),
    ]


def test_a_diff_is_json_without_what_is_not_there() -> None:
    old, new = _abc(), _abc()
    new["children"].append(_leaf("d"))
    new["children"][0]["notes"] = "new"
    told = _diff(old, new).to_dict()
    assert list(told) == ["added", "removed", "moved", "changed", "sections", "unchanged"]
    assert told["changed"][0]["fields"] == [{"field": "notes", "new": "new"}]
    assert told["added"][0]["old"] is None


def test_what_is_broken_can_still_be_compared() -> None:
    odd: list[Any] = [{}, {"node_type": 7}, {"node_type": "Nope", "config": [1]}, "text", None]
    nested: list[Any] = []
    for _ in range(3_000):
        nested = [nested]
    odd.append({"node_type": "Log", "config": {"message": nested}})
    broken = tree(node("Sequence", *odd))
    assert diff(broken, broken).is_empty
    assert len(diff(broken, tree(node("Sequence"))).of("removed")) == len(odd)


def _mutations(document: dict[str, Any], data: st.DataObject) -> dict[str, Any]:
    changed = copy.deepcopy(document)
    every: list[dict[str, Any]] = []
    stack = [changed]
    while stack:
        each = stack.pop()
        every.append(each)
        stack.extend(each.get("children", []))
    for _ in range(data.draw(st.integers(0, 4))):
        each = data.draw(st.sampled_from(every))
        action = data.draw(st.sampled_from(["rename", "add", "drop", "swap"]))
        children = each.setdefault("children", [])
        if action == "rename":
            each["name"] = data.draw(st.sampled_from("pqr"))
        elif action == "add":
            children.insert(0, _leaf("fresh"))
        elif children and action == "drop":
            children.pop()
        elif children:
            children.reverse()
    return changed


@given(st.integers(0, 50), st.data())
def test_every_node_is_accounted_for_once(seed: int, data: st.DataObject) -> None:
    old = random_tree(30, seed)
    new = TreeDefinition({"root": _mutations(old.document["root"], data)})
    found = diff(old, new)
    size = _count(new.document["root"])
    touched = {_pointer(each) for each in [*found.of("moved"), *found.of("changed")]}
    assert len(found.of("added")) + len(touched) + found.unchanged == size
    kept = size - len(found.of("added"))
    assert len(found.of("removed")) + kept == 30
    back = diff(new, old)
    assert len(back.of("added")) == len(found.of("removed"))
    assert found.is_empty == back.is_empty


def _pointer(each: NodeDifference) -> str:
    assert each.new is not None
    return each.new.pointer


def _count(document: dict[str, Any]) -> int:
    count, stack = 0, [document]
    while stack:
        count += 1
        stack.extend(stack.pop().get("children", []))
    return count


def test_deep_and_large_trees_are_compared() -> None:
    assert diff(chain(1_000), chain(1_000)).is_empty
    assert len(diff(chain(1_000), chain(999)).of("removed")) == 3
    one, other = random_tree(10_000, 1), random_tree(10_000, 2)
    assert not diff(one, other).is_empty
