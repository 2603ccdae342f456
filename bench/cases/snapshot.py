"""Saving an execution and taking it up again."""

from __future__ import annotations

import copy
import json
import pickle
from collections.abc import Callable
from typing import Any

import py_forest as pf
from bench import py_trees_twin
from bench.effort import Effort
from bench.result import Bar, Measure, Row
from bench.sampling import Series, Work, sample
from bench.trees import Node, leaves_of


def measure(effort: Effort) -> Measure:
    """Save and restore a tree of 20 nodes in mid-flight; then what else one might do."""
    program = pf.compile(_twenty_nodes())
    assert program.node_count == 20
    execution = program.start(record=False)
    for turn in range(5):
        execution.tick({"v20": 1.0 + turn, "site": "south", "is_open": True})
    assert execution.status is pf.Status.RUNNING
    blob = execution.snapshot()
    twin = program.restore(blob)
    assert twin.statuses() == execution.statuses(), "a snapshot must give the same state back"
    board = execution.blackboard.to_dict()
    values = len(json.dumps(list(board.values())).encode())
    plain = {
        "statuses": {name: status.value for name, status in execution.statuses().items()},
        "blackboard": board,
        "tick_count": execution.tick_count,
    }
    works = {
        "both": Work(lambda: program.restore(execution.snapshot())),
        "snapshot": Work(execution.snapshot),
        "restore": Work(lambda: program.restore(blob)),
        "fork": Work(execution.fork),
        "pickle": Work(lambda: pickle.loads(pickle.dumps(plain))),  # noqa: S301
        "json": Work(lambda: json.loads(json.dumps(plain))),
    }
    seconds = {name: series.times(1e6) for name, series in sample(works, effort).items()}
    size = Series((float(len(blob)),))
    state = Series((float(len(blob) - values),))
    rows = (
        Row("PyForest, snapshot and restore", "µs", seconds["both"], Bar(2)),
        Row("PyForest, snapshot", "µs", seconds["snapshot"]),
        Row("PyForest, restore", "µs", seconds["restore"]),
        Row("PyForest, fork", "µs", seconds["fork"]),
        Row("PyForest, size without its values", "bytes", state, Bar(1024), f"{len(board)} keys"),
        Row("PyForest, size", "bytes", size),
        Row("pickle of a plain dict of the same state", "µs", seconds["pickle"]),
        Row("json of a plain dict of the same state", "µs", seconds["json"]),
        Row("pickle, size", "bytes", Series((float(len(pickle.dumps(plain))),))),
        Row("py_trees", "µs", None, note=_py_trees_answers()),
    )
    return Measure("snapshot", "Snapshot of a 20-node execution that is RUNNING", rows)


def _twenty_nodes() -> Node:
    """Return two Sequences side by side, one of which waits under a Retry."""
    first, second = list(leaves_of(8, steady=True)), list(leaves_of(6, steady=True))
    wait = {"node_type": "Wait", "config": {"duration": 1e6}}
    second.append({"node_type": "Retry", "children": [wait]})
    parts: list[Node] = [
        {"node_type": "Sequence", "children": first},
        {"node_type": "Sequence", "children": second},
        {"node_type": "Success"},
    ]
    root: Node = {"node_type": "Parallel", "children": parts}
    keys: dict[str, Any] = {"v20": {"type": "float", "default": 1.0}}
    keys |= {f"w{at}": {"type": "int", "default": 0} for at in range(4)}
    keys |= {"site": {"type": "string", "default": "north"}, "is_open": {"type": "bool"}}
    return {"blackboard_schema": keys, "root": root}


def _py_trees_answers() -> str:
    """Say what becomes of copying a py_trees tree in mid-flight: tried, not taken from hearsay."""
    root = {"node_type": "Sequence", "children": [{"node_type": "Success"}]}
    definition = {"blackboard_schema": {}, "root": root}
    tree = py_trees_twin.build(definition)
    tree.tick_once()
    ways: dict[str, Callable[[], object]] = {
        "copy.deepcopy": lambda: copy.deepcopy(tree),
        "pickle.dumps": lambda: pickle.dumps(tree),
    }
    answers = []
    for name, way in ways.items():
        try:
            way()
            answers.append(f"{name} works")
        except Exception as error:  # noqa: BLE001 - whatever it is, it is the answer
            answers.append(f"{name}: {type(error).__name__}: {error}")
    return "; ".join(answers)
