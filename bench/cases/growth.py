"""How the cost of a node grows with the size and the depth of its tree; what compiling takes."""

from __future__ import annotations

from collections.abc import Iterator

import py_forest as pf
from bench.effort import Effort
from bench.probe import run_probe
from bench.result import Bar, Measure, Row
from bench.sampling import Series, sample
from bench.ticking import forest_work, py_trees_work, restless_work, twin_of, visited_a_tick
from bench.trees import Node, bushy_tree, chain, comb, restless_tree, wide_tree

_BAR = Bar(20)
_PY_TREES_DEPTHS = (10, 20, 50, 100, 200, 400, 800)


def measure(effort: Effort) -> Measure:
    """Tick wide, bushy and deep trees, and compile the largest."""
    rows = [
        *_by_size(effort),
        *_by_depth(effort),
        *_by_interruptions(effort),
        *_compiling(effort),
    ]
    return Measure("growth", "Growth: cost per visited node by size and by depth", tuple(rows))


def _by_size(effort: Effort) -> Iterator[Row]:
    size = 10
    while size <= effort.largest_tree:
        # About as many nodes as the size says, never more: a million is the most a tree may have.
        yield from _rows(effort, f"bushy, {size:,} nodes", "bushy", bushy_tree(size * 89 // 100))
        yield from _rows(effort, f"one Parallel, {size:,} nodes", "wide", wide_tree(size - 1))
        size *= 10


def _by_depth(effort: Effort) -> Iterator[Row]:
    depths = [depth for depth in _PY_TREES_DEPTHS if depth < effort.depth]
    for depth in depths:
        name = f"chain of Inverters, depth {depth}"
        yield from _rows(effort, name, "chain", chain(depth), size=depth)
    depth = effort.depth
    # py_trees' generators need one Python frame a level: 1,000 levels are a RecursionError.
    deepest = f"chain of Inverters, depth {depth:,}"
    yield from _rows(effort, deepest, "chain", chain(depth), size=depth, peers=False)
    thin = comb(depth, depth - 1)
    yield from _rows(effort, f"comb, depth {depth:,}", "comb", thin, peers=False)
    levels = depth - 1
    each = (effort.largest_tree - levels) // levels
    full = comb(depth, each * levels)
    name = f"comb, depth {depth:,}, {each:,} leaves a level"
    yield from _rows(effort, name, "comb", full, peers=False)


def _by_interruptions(effort: Effort) -> Iterator[Row]:
    hopeless: set[str] = set()
    for share in (100, 10, 1):
        selectors = max(1, effort.largest_tree // (3 * share) - 1)
        program = pf.compile(restless_tree(selectors))
        # A tick that lets the last child run visits three nodes a Selector, the other one two.
        nodes = 2 + 5 * selectors
        works = {
            label: restless_work(program, record=label == "record on", nodes=nodes)
            for label in ("record off", "record on")
            if label not in hopeless
        }
        for label, seconds in sample(works, effort).items():
            what = f"PyForest, {selectors:,} Selectors change their mind, {label}"
            yield Row(what, "ns", seconds.times(1e9), _BAR if selectors > 300 else None)
            # Ten times the size of what grows as its square would take hours.
            if seconds.median * 1e9 > 10 * _BAR.limit and selectors > 300:
                hopeless.add(label)


def _rows(
    effort: Effort,
    name: str,
    curve: str,
    definition: Node,
    *,
    size: int | None = None,
    peers: bool = True,
) -> Iterator[Row]:
    program = pf.compile(definition)
    at = program.node_count if size is None else size
    visited = visited_a_tick(program)
    works = {
        "off": forest_work(program, record=False, nodes=visited),
        "on": forest_work(program, record=True, nodes=visited),
    }
    if peers and at <= min(effort.slow_peers, 1_200):
        works["py_trees"] = py_trees_work(twin_of(definition, program), nodes=visited)
    seconds = sample(works, effort)
    # A tick has a fixed cost, too: the bar is for trees in which it does not count.
    bar = _BAR if program.node_count >= 1_000 else None
    # No name in between: a curve is found again by its label.
    for key, label in (("off", "record off"), ("on", "record on")):
        text = f"PyForest, {name}, {label}"
        yield Row(text, "ns", seconds[key].times(1e9), bar, f"{visited:,.0f} visited", at)
    if "py_trees" in seconds:
        yield Row(f"py_trees, {name}", "ns", seconds["py_trees"].times(1e9), None, curve, at)


def _compiling(effort: Effort) -> Iterator[Row]:
    leaves = effort.largest_tree * 89 // 100
    rounds = min(3, effort.processes)
    for source in ("dict", "file"):
        answers = [run_probe("compile", leaves, source) for _ in range(rounds)]
        nodes = int(answers[0]["nodes"])
        what = f"compile and validate {nodes:,} nodes from a {source}"
        peak = max(answer["peak_mb"] for answer in answers)
        before = max(answer["before_mb"] for answer in answers)
        note = f"peak {peak:,.0f} MB, of which {before:,.0f} MB before compiling"
        cpu = Series(tuple(answer["cpu_s"] for answer in answers))
        yield Row(f"{what}, CPU time", "s", cpu, Bar(10), note)
        yield Row(f"{what}, wall time", "s", Series(tuple(a["wall_s"] for a in answers)), Bar(10))
