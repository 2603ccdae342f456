"""Trees to measure with, as definitions; leaves, updates and shapes alike at every size."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

Node = dict[str, Any]

VARIABLES = 20
"""Keys that Conditions read. Two of them change a tick, each read by a twentieth of the Conditions:
a tenth of all Conditions flip."""

_WRITTEN = 25
_FAN_OUT = 10


def bushy_tree(leaf_count: int) -> Node:
    """Return a tree of composites of ten children, its rows of leaves under Sequences.

    Parallels stand above the Sequences, so that one that fails does not keep the others from being
    ticked.
    """
    rows = [
        {"node_type": "Sequence", "children": leaves}
        for leaves in _tens(list(leaves_of(leaf_count)))
    ]
    while len(rows) > 1:
        rows = [_all_of(children) for children in _tens(rows)]
    return _document(rows[0])


def wide_tree(leaf_count: int) -> Node:
    """Return one Parallel over all leaves."""
    return _document(_all_of(list(leaves_of(leaf_count))))


def comb(depth: int, leaf_count: int) -> Node:
    """Return Sequences inside one another, leaves first in each and spread evenly.

    Args:
        depth: levels of the tree, leaves included.
        leaf_count: leaves in all, at least one a Sequence.
    """
    leaves = leaves_of(leaf_count, steady=True)
    levels = depth - 1
    share = leaf_count // levels
    tree: Node | None = None
    for _ in range(levels):
        children = [next(leaves) for _ in range(share)]
        if tree is not None:
            children.append(tree)
        tree = {"node_type": "Sequence", "children": children}
    assert tree is not None, "a comb has two levels at least"
    return _document(tree)


def chain(depth: int) -> Node:
    """Return Inverters inside one another, one Condition at the end."""
    tree: Node = {"node_type": "Condition", "config": {"expression": "v0 > 0.5"}}
    for _ in range(depth - 1):
        tree = {"node_type": "Inverter", "children": [tree]}
    return _document(tree)


def restless_tree(selector_count: int) -> Node:
    """Return Selectors side by side whose last child runs unless a Condition on `v0` holds.

    With `v0` falling and rising each of them changes its mind, and interrupts a child, at once.
    """
    selector = {
        "node_type": "Selector",
        "children": [
            {"node_type": "Condition", "config": {"expression": "v0 > 0.5"}},
            {"node_type": "Running"},
        ],
    }
    return _document(_all_of([selector] * selector_count))


def updates() -> Iterator[dict[str, float]]:
    """Yield the updates of one tick after another, without end: one key falls, the last rises."""
    turn = 0
    while True:
        yield {f"v{(turn - 1) % VARIABLES}": 1.0, f"v{turn % VARIABLES}": 0.0}
        turn += 1


def leaves_of(count: int, *, steady: bool = False) -> Iterator[Node]:
    """Yield leaves: half Conditions; the others Success and SetBlackboardVariable.

    Args:
        count: how many.
        steady: whether all Conditions hold whatever the updates.
    """
    order = random.Random(1)  # noqa: S311 - a fixed shuffle
    conditions = 0
    others = 0
    for start in range(0, count, _FAN_OUT):
        size = min(_FAN_OUT, count - start)
        is_condition = [at % 2 == 0 for at in range(size)]
        order.shuffle(is_condition)
        for asked in is_condition:
            if asked:
                key = VARIABLES if steady else conditions % VARIABLES
                yield {"node_type": "Condition", "config": {"expression": f"v{key} > 0.5"}}
                conditions += 1
                continue
            if others % 2:
                yield {"node_type": "Success"}
            else:
                config = {"variable": f"w{others // 2 % _WRITTEN}", "value": others // 2}
                yield {"node_type": "SetBlackboardVariable", "config": config}
            others += 1


def count_nodes(node: Node) -> int:
    """Return how many nodes a definition or a node of one has."""
    total = 0
    waiting = [node.get("root", node)]
    while waiting:
        total += 1
        waiting.extend(waiting.pop().get("children", ()))
    return total


def _document(root: Node) -> Node:
    keys = {
        f"v{at}": {"type": "float", "default": 1.0, "direction": "in"}
        for at in range(VARIABLES + 1)
    }
    keys |= {f"w{at}": {"type": "int", "default": 0} for at in range(_WRITTEN)}
    return {"$schema": "1.0.0", "blackboard_schema": keys, "root": root}


def _all_of(children: list[Node]) -> Node:
    config = {"policy": "SuccessOnAll", "synchronise": False}
    return {"node_type": "Parallel", "config": config, "children": children}


def _tens(nodes: list[Node]) -> list[list[Node]]:
    return [nodes[at : at + _FAN_OUT] for at in range(0, len(nodes), _FAN_OUT)]
