from __future__ import annotations

import threading
from typing import Any

import pytest

from py_forest.core.tree_manager import TreeManager
from py_forest.engine import Registry, Result
from py_forest.kit.clock import VirtualClock
from py_forest.models.status import Status
from tests.core.trees import ROBOT, assign, condition, node

COMPONENT: dict[str, Any] = {
    "name": "low_battery_handler",
    "category": "robotics",
    "parameters": [
        {"name": "threshold", "type": "int", "default": 20, "description": "percent"},
        {"name": "action_name", "type": "string", "default": "charge", "description": "what to do"},
    ],
    "requires_variables": ["battery_level"],
    "provides_variables": ["robot_action"],
    "tree": {
        "node_type": "Sequence",
        "config": {"memory": True},
        "children": [
            {
                "node_type": "CheckBlackboardCondition",
                "config": {
                    "variable": "battery_level",
                    "operator_str": "<",
                    "value": "{{threshold}}",
                },
            },
            {
                "node_type": "SetBlackboardVariable",
                "config": {"variable": "robot_action", "value": "{{action_name}}"},
            },
        ],
    },
}


def test_a_component_runs_with_the_defaults_of_its_parameters() -> None:
    manager = TreeManager()
    tree = manager.get_tree(manager.create_tree_from_dict(COMPONENT))
    tree.blackboard.set("battery_level", 20)
    assert tree.tick_once() is Status.FAILURE
    assert tree.blackboard.get("robot_action") is None
    assert tree.blackboard.get("robot_action", "none") == "none"

    tree.blackboard.set("battery_level", 10)
    assert tree.tick_once() is Status.SUCCESS
    assert tree.blackboard.get("robot_action") == "charge"


@pytest.mark.parametrize(
    "document",
    [
        ROBOT,
        {"tree_json": ROBOT},
        {"tree_definition": ROBOT},
        {"tree": ROBOT},
        ROBOT["root"],
        {"id": "1", "name": "Robot", "version": 3, "tree_json": ROBOT, "created_at": "2026"},
    ],
)
def test_every_form_of_a_tree_is_accepted(document: dict[str, Any]) -> None:
    manager = TreeManager()
    tree = manager.get_tree(manager.create_tree_from_dict(document))
    tree.blackboard.set("battery", 3)
    tree.tick_once()

    assert tree.blackboard.get("action") == "charge"


@pytest.mark.parametrize("bad", [{}, {"node_type": "Sequnce"}, [], "tree", None, {"root": 3}])
def test_what_is_no_tree_is_refused_with_a_reason(bad: object) -> None:
    manager: Any = TreeManager()
    with pytest.raises(ValueError, match=r".") as refused:
        manager.create_tree_from_dict(bad)
    assert refused.value


def test_an_unknown_id_is_a_key_error() -> None:
    manager = TreeManager()
    with pytest.raises(KeyError, match="no tree robot"):
        manager.get_tree("robot")
    with pytest.raises(KeyError):
        manager.delete_tree("robot")


def test_the_same_tree_twice_is_two_trees_with_two_blackboards() -> None:
    manager = TreeManager()
    one, other = (manager.get_tree(manager.create_tree_from_dict(ROBOT)) for _ in range(2))
    one.blackboard.set("battery", 10)
    one.tick_once()
    other.tick_once()

    assert one.tree_id != other.tree_id
    assert (one.blackboard.get("action"), other.blackboard.get("action")) == ("charge", "patrol")
    assert manager.list_trees() == [one.tree_id, other.tree_id]
    manager.delete_tree(one.tree_id)
    assert manager.list_trees() == [other.tree_id]


@pytest.mark.parametrize("key", ["a/b", "", "1a", "a b", "ü"])
def test_a_key_of_the_wrong_form_is_refused(key: str) -> None:
    manager = TreeManager()
    tree = manager.get_tree(manager.create_tree_from_dict(assign("set", "k", 1)))
    with pytest.raises(ValueError, match=r"."):
        tree.blackboard.set(key, 1)


def test_a_tick_says_what_happened() -> None:
    clock = VirtualClock(50.0)
    manager = TreeManager(clock=clock)
    tree = manager.get_tree(manager.create_tree_from_dict(node("Wait", "wait", duration=5)))
    before = tree.status
    assert tree.tick_once() is Status.RUNNING
    assert (before, tree.status) == (Status.INVALID, Status.RUNNING)
    clock.advance(5)
    assert tree.tick().status is Status.SUCCESS

    tree = manager.get_tree(manager.create_tree_from_dict(ROBOT))
    outcome = tree.tick({"battery": 1, "wind": 2}, now=100.0)
    assert (outcome.changed, outcome.unread) == ({"action": "charge"}, ("wind",))


def test_results_of_outside_work_are_delivered() -> None:
    manager = TreeManager()
    tree = manager.get_tree(manager.create_tree_from_dict(node("External", "work")))
    tree.tick_once()
    (run,) = tree.execution.pending()

    assert tree.tick(results={run.run_id: Result(Status.FAILURE)}).status is Status.FAILURE


def test_actions_come_from_the_registry() -> None:
    registry = Registry()

    @registry.action(writes=["doubled"])
    def double(number: int) -> Result:
        return Result(Status.SUCCESS, {"doubled": 2 * number})

    manager = TreeManager(registry=registry)
    tree = manager.get_tree(
        manager.create_tree_from_dict(node("Action", "d", action="double", number=21))
    )
    tree.tick_once()
    assert tree.blackboard.get("doubled") == 42


def test_trees_in_eight_threads_never_share_a_value() -> None:
    manager = TreeManager()
    document = node("Sequence", "root", condition("is", "own == own"), assign("set", "last", 1))
    leaks: list[object] = []

    def work(number: int) -> None:
        tree = manager.get_tree(manager.create_tree_from_dict(document))
        for _ in range(200):
            tree.tick({"own": number})
            if tree.blackboard.get("own") != number:
                leaks.append(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not leaks
