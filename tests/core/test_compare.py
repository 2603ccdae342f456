from __future__ import annotations

from typing import Any

import py_forest as pf
from py_forest.core.compare import Parting, parting, tell
from py_forest.models.status import Status
from tests.core.render.trees import ROOT, node


def _program(root: dict[str, Any], **sections: object) -> pf.Program:
    return pf.compile({"root": root, **sections})


def _part(old: pf.Program, new: pf.Program, values: dict[str, Any]) -> Parting:
    return parting(old, new, tell(old, values), tell(new, values))


def _order(threshold: float) -> pf.Program:
    check = node(
        "CheckBlackboardCondition",
        name="Large?",
        node_id="check",
        variable="total",
        operator_str=">",
        value=threshold,
    )
    high = node("SetBlackboardVariable", node_id="high", variable="priority", value="high")
    low = node("SetBlackboardVariable", node_id="low", variable="priority", value="low")
    return _program(
        node("Selector", node("Sequence", check, high, node_id="large"), low, node_id="root")
    )


def test_a_story_tells_the_leaves_in_order_with_their_answers() -> None:
    story = tell(_order(1000), {"total": 50.0})
    assert story.status is Status.SUCCESS
    assert story.leaves == [("check", Status.FAILURE), ("low", Status.SUCCESS)]
    assert story.written == {"priority": "low"}


def test_a_story_goes_on_until_the_tree_has_ended() -> None:
    counter = _program(node("TickCounter", node_id="count", duration=3))
    story = tell(counter, {})
    assert story.leaves[-1] == ("count", Status.SUCCESS)
    assert len(story.leaves) > 1
    assert tell(counter, {}, max_ticks=1).status is Status.RUNNING


def test_versions_part_where_a_leaf_answers_differently() -> None:
    found = _part(_order(1000), _order(100), {"total": 500.0})
    assert found == Parting(
        "answer",
        "check",
        "Large?",
        "CheckBlackboardCondition",
        Status.FAILURE,
        Status.SUCCESS,
    )
    assert found.to_dict()["old_status"] == "FAILURE"


def test_versions_part_at_a_node_that_only_one_of_them_has() -> None:
    old = _program(node("Sequence", node("Success", node_id="a"), node_id="root"))
    new = _program(
        node("Sequence", node("Failure", node_id="b"), node("Success", node_id="a"), node_id="root")
    )
    assert (_part(old, new, {}).kind, _part(old, new, {}).node_id) == ("added", "b")
    assert (_part(new, old, {}).kind, _part(new, old, {}).node_id) == ("removed", "b")


def test_versions_part_at_the_node_that_lets_another_child_run() -> None:
    def switch(cases: list[str]) -> pf.Program:
        children = [node("Success", node_id=each) for each in ("one", "two")]
        return _program(
            node(
                "Sequence",
                node("Switch", *children, node_id="switch", expression="mode", cases=cases),
                node_id="root",
            )
        )

    found = _part(switch(["a", "b"]), switch(["b", "a"]), {"mode": "a"})
    assert (found.kind, found.node_id, found.old, found.new) == ("order", "switch", None, None)


def test_versions_part_where_one_of_them_goes_on() -> None:
    def pair(node_type: str) -> pf.Program:
        leaves = [node("Success", node_id=each) for each in ("a", "b")]
        return _program(node(node_type, *leaves, node_id="pair"))

    found = _part(pair("Selector"), pair("Sequence"), {})
    assert (found.kind, found.node_id) == ("order", "pair")
    alone = _part(_program(node("Success", node_id="a")), pair("Sequence"), {})
    assert (alone.kind, alone.node_id) == ("added", "b")


def test_versions_part_where_another_value_is_written() -> None:
    def discount(value: float) -> pf.Program:
        return _program(
            node("SetBlackboardVariable", node_id="set", variable="discount", value=value)
        )

    found = _part(discount(0.1), discount(0.2), {})
    assert (found.kind, found.node_id) == ("value", "set")


def test_versions_that_start_from_other_values_part_at_no_node() -> None:
    def started(default: int) -> pf.Program:
        return _program(
            node("Success", node_id="a"),
            blackboard_schema={"x": {"type": "int", "default": default}},
        )

    assert _part(started(1), started(2), {}) == Parting("default")


def test_a_random_tree_is_told_with_its_seed() -> None:
    chance = _program(node("Probability", node_id="coin", probability=0.5))
    answers = {tell(chance, {}, seed=seed).status for seed in range(40)}
    assert answers == {Status.SUCCESS, Status.FAILURE}
    assert tell(chance, {}, seed=7) == tell(chance, {}, seed=7)


def test_the_order_trees_part_at_the_check() -> None:
    old, new = (
        pf.compile(ROOT / f"examples/orders/order_processor{suffix}.json")
        for suffix in ("", "_100")
    )
    found = _part(old, new, {"order_total": 150.0, "customer_orders": 9})
    assert (found.kind, found.name) == ("answer", "Large order?")
