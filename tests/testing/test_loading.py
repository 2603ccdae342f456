from __future__ import annotations

import json
from pathlib import Path

import pytest

import py_forest as pf
from py_forest.testing import VirtualClock, load_component, load_tree, run_tree_tests
from py_forest.testing.loading import _TREES

SUCCEED = {"root": {"node_type": "Success"}}


def test_a_component_is_a_copy() -> None:
    first = load_component("low_battery_handler")
    first["tree"]["children"].clear()
    assert load_component("robotics/low_battery_handler")["tree"]["children"]


def test_a_component_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="low_battery_handler"):
        load_component("low_batery_handler")


@pytest.mark.parametrize(
    "name", ["robot_controller", "robot_controller.json", "low_battery_handler"]
)
def test_trees_are_loaded_by_name(name: str) -> None:
    tree = load_tree(name)
    tree.blackboard.set("battery_level", 10)
    assert tree.tick_once() is pf.Status.SUCCESS
    assert tree.blackboard.get("robot_action") == "charge"


def test_a_file_wins_over_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "robot_controller.json").write_text(json.dumps(SUCCEED))
    monkeypatch.chdir(tmp_path)
    assert load_tree("robot_controller.json").program.node_count == 1
    assert load_tree(tmp_path / "robot_controller.json").program.node_count == 1


def test_a_tree_that_is_nowhere_is_said_to_be() -> None:
    for name in ("nowhere.json", "nowhere", "some/robot_controller.json", "robot_controller.txt"):
        with pytest.raises(ValueError, match="no file, bundled tree or component"):
            load_tree(name)


def test_a_tree_takes_actions_and_a_clock(tmp_path: Path) -> None:
    registry = pf.Registry()
    registry.action(lambda: True, name="go")
    path = tmp_path / "tree.json"
    steps = [
        {"node_type": "Wait", "config": {"duration": 5}},
        {"node_type": "Action", "config": {"action": "go"}},
    ]
    path.write_text(json.dumps({"root": {"node_type": "Sequence", "children": steps}}))
    clock = VirtualClock()
    tree = load_tree(path, registry=registry, clock=clock)
    assert tree.tick_once() is pf.Status.RUNNING
    clock.advance(5)
    assert tree.tick_once() is pf.Status.SUCCESS


@pytest.mark.parametrize("path", sorted(_TREES.glob("*.json")), ids=lambda path: path.stem)
def test_the_bundled_trees_pass_their_tests(path: Path) -> None:
    assert pf.validate(path) == []
    report = run_tree_tests(path)
    assert report.passed, report.text()
    assert report.results
    assert report.coverage.missed == ()
