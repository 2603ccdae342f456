"""Where the engine means to differ from py_trees 2.6, and how the comparison deals with it.

docs/concepts/differences.md says why. What a comparison must leave out or translate is done here
and nowhere else.

| what | py_trees 2.6 | PyForest | how the comparison deals with it |
| --- | --- | --- | --- |
| terminate | also called when a finished or idle node is reset | once an activation: when it ends, or INVALID when it is interrupted | `ends_an_activation` |
| status on the blackboard | the enum member | its name | `board_as_ours` |
| counts | attributes of the node | an object on the blackboard; `interrupted` counts running ones only | `board_as_ours` leaves `interrupted` out |
| ForEach, next item | written when the last one succeeded | written when the child starts on it | item keys of its own, not compared |
| ForEach, no items | ticks the child once | SUCCESS, child not ticked | not generated, see test_differences.py |
| ForEach, item None | ends the loop | an item like others | not generated, see test_differences.py |
| ForEach, the list | read while it is walked | taken at the start | lists do not change, see test_differences.py |
| ForEach over no list | raises | FAILURE and an error | not generated, see test_differences.py |
| Repeat 0 | for ever | SUCCESS, child not ticked | not generated, see test_differences.py |
| Retry 0, -1 | FAILURE at once | refused, for ever | not generated, see test_differences.py |
| Retry over INVALID | SUCCESS | a leaf cannot answer INVALID | not generated, see test_differences.py |
| Wait | SUCCESS after its end | SUCCESS at its end | waits end between ticks, see test_differences.py |
| exceptions of leaves | leave the tree as it is | contained: FAILURE and an error | not generated, see test_differences.py |
"""  # noqa: E501

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from py_trees.behaviour import Behaviour
from py_trees.blackboard import Blackboard
from py_trees.common import Status
from py_trees.decorators import Count

COMPARED_KEYS = ("a", "b", "c", "tick", "status_a", "status_b", "status_c")


def ends_an_activation(old: Status, new: Status) -> bool:
    """Tell an end from a reset: only a RUNNING node can be interrupted."""
    return new != Status.INVALID or old == Status.RUNNING


def board_as_ours(nodes: Iterable[Behaviour]) -> dict[str, Any]:
    """Read py_trees' blackboard the way ours would show it."""
    board = {}
    for key in COMPARED_KEYS:
        if f"/{key}" in Blackboard.storage:
            value = Blackboard.storage[f"/{key}"]
            board[key] = value.name if isinstance(value, Status) else value
    for index, node in enumerate(nodes):
        if isinstance(node, Count) and node.total_tick_count > 0:
            board[f"variable_{index}"] = {
                "ticks": node.total_tick_count,
                "running": node.running_count,
                "success": node.success_count,
                "failure": node.failure_count,
            }
    return board


def our_board(board: dict[str, Any]) -> dict[str, Any]:
    """Keep of our blackboard what is compared."""
    kept = {key: board[key] for key in COMPARED_KEYS if key in board}
    for key, value in board.items():
        if key.startswith("variable_"):
            kept[key] = {name: value[name] for name in value if name != "interrupted"}
    return kept
