"""Ticking one tree over and over with the usual updates, in PyForest and in py_trees."""

from __future__ import annotations

from itertools import cycle, islice
from typing import Any

from py_trees.behaviour import Behaviour
from py_trees.blackboard import Blackboard

import py_forest as pf
from bench import py_trees_twin
from bench.sampling import Work
from bench.trees import VARIABLES, Node, count_nodes, updates


def rounds_of_updates() -> list[dict[str, float]]:
    """Return the updates after which everything is as it was."""
    return list(islice(updates(), VARIABLES, 2 * VARIABLES))


def forest_work(program: pf.Program, *, record: bool, nodes: float) -> Work:
    """One tick with two updates.

    Args:
        program: what to tick.
        record: whether each tick's record is made and fetched.
        nodes: nodes visited a tick: the operations of the work.
    """
    tick = program.start(record=record).tick
    inputs = cycle(rounds_of_updates())
    if record:

        def run() -> object:
            return tick(next(inputs)).record
    else:

        def run() -> object:
            return tick(next(inputs))

    return Work(run, nodes)


def py_trees_work(tree: Behaviour, *, nodes: float) -> Work:
    """The same tick of py_trees: two writes to its blackboard, then the tree."""
    inputs = cycle(rounds_of_updates())
    write = Blackboard.set
    tick = tree.tick_once

    def run() -> None:
        for key, value in next(inputs).items():
            write(key, value)
        tick()

    return Work(run, nodes)


def restless_work(program: pf.Program, *, record: bool, nodes: float) -> Work:
    """One tick in which `v0` rises or falls; see `trees.restless_tree`."""
    tick = program.start(record=record).tick
    inputs = cycle([{"v0": 0.0}, {"v0": 1.0}])
    # Two ticks are one operation: one lets every Selector's child run, the other interrupts it.
    return Work(lambda: (tick(next(inputs)).record, tick(next(inputs)).record), nodes)


def visited_a_tick(program: pf.Program) -> float:
    """Return how many nodes a tick visits, the mean over one round of updates."""
    execution = program.start(record=True)
    inputs = rounds_of_updates()
    if program.node_count > 100_000:
        inputs = inputs[:2]
    visited = 0
    for update in inputs:
        record = execution.tick(update).record
        assert record is not None
        visited += len(pf.decode(record, program).visited)
    return visited / len(inputs)


def require_equal(definition: Node, program: pf.Program, tree: Behaviour) -> None:
    """Tick both through a round of updates and compare the status of every node.

    Raises:
        AssertionError: they differ, so that comparing their times would mean nothing.
    """
    execution = program.start(record=False)
    behaviours = _in_pre_order(tree)
    assert len(behaviours) == count_nodes(definition)
    for update in rounds_of_updates():
        for key, value in update.items():
            Blackboard.set(key, value)
        tree.tick_once()
        execution.tick(update)
        ours = [status.name for status in execution.statuses().values()]
        theirs = [behaviour.status.name for behaviour in behaviours]
        assert ours == theirs, "PyForest and py_trees disagree about the measured tree"


def twin_of(definition: Node, program: pf.Program) -> Behaviour:
    """Build py_trees' tree of a definition and make sure that it does the same."""
    tree = py_trees_twin.build(definition)
    require_equal(definition, program, tree)
    return tree


def _in_pre_order(tree: Behaviour) -> list[Any]:
    found = []
    waiting: list[Any] = [tree]
    while waiting:
        behaviour = waiting.pop()
        found.append(behaviour)
        waiting.extend(reversed(behaviour.children))
    return found
