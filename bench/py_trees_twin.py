"""The same tree built of py_trees' own behaviours, as one would write it by hand."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

import py_trees
from py_trees.behaviour import Behaviour
from py_trees.blackboard import Blackboard
from py_trees.common import ComparisonExpression, ParallelPolicy

from bench.trees import Node

_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
}
_COMPARISON = re.compile(r"(\w+) (\S+) ([\d.]+)")


def build(definition: Node) -> Behaviour:
    """Build the tree and put the schema's defaults on py_trees' (only) blackboard."""
    Blackboard.clear()
    for key, declared in definition["blackboard_schema"].items():
        Blackboard.set(key, declared["default"])
    root: Node = definition["root"]
    built = _make(root)
    waiting = [(root, built)]
    while waiting:
        node, behaviour = waiting.pop()
        if isinstance(behaviour, py_trees.composites.Composite):
            for child in node.get("children", ()):
                child_behaviour = _make(child)
                behaviour.add_child(child_behaviour)
                waiting.append((child, child_behaviour))
    return built


def _make(node: Node) -> Behaviour:
    name = str(node.get("name", node["node_type"]))
    config: dict[str, Any] = node.get("config", {})
    makers: dict[str, Callable[[], Behaviour]] = {
        "Sequence": lambda: py_trees.composites.Sequence(name, memory=config.get("memory", True)),
        "Selector": lambda: py_trees.composites.Selector(name, memory=config.get("memory", False)),
        "Parallel": lambda: py_trees.composites.Parallel(
            name, ParallelPolicy.SuccessOnAll(synchronise=config["synchronise"])
        ),
        "Success": lambda: py_trees.behaviours.Success(name),
        "SetBlackboardVariable": lambda: py_trees.behaviours.SetBlackboardVariable(
            name, config["variable"], config["value"], overwrite=True
        ),
        "CheckBlackboardCondition": lambda: _check(
            name, config["variable"], config["operator_str"], config["value"]
        ),
        "Condition": lambda: _check(name, *_split(config["expression"])),
        "Inverter": lambda: _inverters(node),
    }
    return makers[node["node_type"]]()


def _check(name: str, variable: str, sign: str, value: float) -> Behaviour:
    check = ComparisonExpression(variable, value, _OPERATORS[sign])
    return py_trees.behaviours.CheckBlackboardVariableValue(name, check)


def _split(expression: str) -> tuple[str, str, float]:
    found = _COMPARISON.fullmatch(expression)
    assert found is not None, f"`{expression}` is no comparison of a key with a number"
    return found[1], found[2], float(found[3])


def _inverters(node: Node) -> Behaviour:
    """Build a chain from its end: a decorator wants its child when it is made."""
    depth = 0
    while node["node_type"] == "Inverter":
        depth += 1
        node = node["children"][0]
    built = _make(node)
    for at in range(depth):
        built = py_trees.decorators.Inverter(f"Inverter {at}", built)
    return built
