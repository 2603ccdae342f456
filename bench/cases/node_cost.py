"""What one visited node costs in a tree of 1,000 leaves."""

from __future__ import annotations

import py_forest as pf
from bench.effort import Effort
from bench.result import Bar, Measure, Row
from bench.sampling import sample
from bench.ticking import forest_work, py_trees_work, twin_of, visited_a_tick
from bench.trees import bushy_tree


def measure(effort: Effort) -> Measure:
    """Tick it from Python, record off and on, and the same tree in py_trees."""
    leaves = min(1_000, effort.slow_peers)
    definition = bushy_tree(leaves)
    program = pf.compile(definition)
    visited = visited_a_tick(program)
    works = {
        "off": forest_work(program, record=False, nodes=visited),
        "on": forest_work(program, record=True, nodes=visited),
        "py_trees": py_trees_work(twin_of(definition, program), nodes=visited),
    }
    seconds = sample(works, effort)
    off, on, theirs = (seconds[name] for name in works)
    shape = f"{program.node_count} nodes, {visited:.0f} visited a tick"
    return Measure(
        "node",
        "Cost per visited node: 1,000 leaves, half Conditions, a tenth of them flipping each tick",
        (
            Row("PyForest, record off", "ns", off.times(1e9), Bar(6), shape),
            Row("PyForest, record on and fetched", "ns", on.times(1e9), Bar(9)),
            Row("py_trees, its own behaviours", "ns", theirs.times(1e9)),
            Row("py_trees / PyForest, record off", "x", theirs.over(off), Bar(500, "at least")),
            Row("py_trees / PyForest, record on", "x", theirs.over(on)),
        ),
    )
