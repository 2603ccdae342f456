"""What calling a Python function from a tree costs over the function itself."""

from __future__ import annotations

from collections.abc import Callable
from itertools import repeat

import py_trees
from py_trees.blackboard import Client
from py_trees.common import Access, Status

import py_forest as pf
from bench.effort import Effort
from bench.result import Bar, Measure, Row
from bench.sampling import Series, Work, sample

_LEAVES = 100


def is_above(load: float, limit: float) -> bool:
    """The function: two float arguments, a bool."""
    return load > limit


def measure(effort: Effort) -> Measure:
    """Tick 100 calls, 100 Success leaves in their place, and call the function as often."""
    registry = pf.Registry()
    registry.action(is_above)
    calls: dict[str, object] = {"node_type": "Action", "config": {"action": "is_above"}}
    called = pf.compile(_sequence_of(calls), registry)
    empty = pf.compile(_sequence_of({"node_type": "Success"}))
    tree = _py_trees_sequence()
    works = {
        "called": Work(called.start(record=False).tick, _LEAVES),
        "called, recorded": Work(_fetching(called), _LEAVES),
        "empty": Work(empty.start(record=False).tick, _LEAVES),
        "empty, recorded": Work(_fetching(empty), _LEAVES),
        "function": Work(_call_plainly, _LEAVES),
        "loop": Work(_loop_only, _LEAVES),
        "py_trees": Work(tree.tick_once, _LEAVES),
    }
    assert called.start().tick().status is pf.Status.SUCCESS
    tree.tick_once()
    assert tree.status is Status.SUCCESS
    seconds = {name: series.times(1e6) for name, series in sample(works, effort).items()}
    function = seconds["function"].minus(seconds["loop"])
    over = _cost(seconds, "called", "empty", function)
    recorded = _cost(seconds, "called, recorded", "empty, recorded", function)
    theirs = seconds["py_trees"].minus(function)
    rows = (
        Row("PyForest, over the function", "µs", over, Bar(0.5)),
        Row("PyForest, over the function, record on", "µs", recorded),
        Row("the function itself, called from Python", "µs", function),
        Row("py_trees, a behaviour with two reads, over the function", "µs", theirs),
        Row("py_trees / PyForest", "x", theirs.over(over)),
    )
    title = "Python leaf: a function of two floats from the blackboard"
    return Measure("leaf", title, rows)


def _cost(seconds: dict[str, Series], called: str, empty: str, function: Series) -> Series:
    return seconds[called].minus(seconds[empty]).minus(function)


def _sequence_of(leaf: dict[str, object]) -> dict[str, object]:
    keys = {name: {"type": "float", "default": value} for name, value in _VALUES.items()}
    root = {"node_type": "Sequence", "children": [leaf] * _LEAVES}
    return {"blackboard_schema": keys, "root": root}


_VALUES = {"load": 0.75, "limit": 0.5}


def _fetching(program: pf.Program) -> Callable[[], object]:
    tick = program.start(record=True).tick
    return lambda: tick().record


def _call_plainly() -> None:
    load, limit = _VALUES["load"], _VALUES["limit"]
    for _ in repeat(None, _LEAVES):
        is_above(load, limit)


def _loop_only() -> None:
    for _ in repeat(None, _LEAVES):
        pass


class _IsAbove(py_trees.behaviour.Behaviour):
    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.board = Client(name=name)
        self.board.register_key("load", Access.READ)
        self.board.register_key("limit", Access.READ)

    def update(self) -> Status:
        answer = is_above(self.board.load, self.board.limit)
        return Status.SUCCESS if answer else Status.FAILURE


def _py_trees_sequence() -> py_trees.behaviour.Behaviour:
    py_trees.blackboard.Blackboard.clear()
    for key, value in _VALUES.items():
        py_trees.blackboard.Blackboard.set(key, value)
    tree = py_trees.composites.Sequence("root", memory=True)
    tree.add_children([_IsAbove(str(at)) for at in range(_LEAVES)])
    return tree
