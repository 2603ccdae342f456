"""One order decided by one tick from Python."""

from __future__ import annotations

from collections.abc import Callable

from py_trees.blackboard import Blackboard
from zen import ZenEngine

import py_forest as pf
from bench import orders, py_trees_twin
from bench.effort import Effort
from bench.result import Bar, Measure, Row
from bench.sampling import Work, sample

Orders = list[tuple[float, int]]


def measure(effort: Effort) -> Measure:
    """Decide the same orders with PyForest, py_trees, zen-engine and plain Python."""
    given = orders.sample_of(orders.load(effort.orders), 1_000)
    runs = _contenders(given)
    seconds = sample({name: Work(run, len(given)) for name, run in runs.items()}, effort)
    off, on = seconds["PyForest, record off"], seconds["PyForest, record on and fetched"]
    rows = [
        Row("PyForest, record off", "µs", off.times(1e6), Bar(0.6)),
        Row("PyForest, record on and fetched", "µs", on.times(1e6), Bar(1.2)),
    ]
    rows += [
        Row(name, "µs", series.times(1e6))
        for name, series in seconds.items()
        if series is not off and series is not on
    ]
    graphs = [name for name in seconds if name.startswith("zen-engine")]
    best = min(graphs, key=lambda name: seconds[name].median)
    read = seconds["PyForest, record off, `outcome.changed` read"]
    rows += [
        Row("py_trees / PyForest", "x", seconds["py_trees"].over(off), Bar(100, "at least")),
        Row("zen-engine / PyForest", "x", seconds[best].over(off), Bar(5, "at least"), best),
        Row("zen-engine / PyForest with the answer read", "x", seconds[best].over(read)),
        Row(
            "one zen expression / PyForest",
            "x",
            seconds["one compiled zen expression"].over(off),
            note="an expression without a decision graph around it",
        ),
    ]
    title = "Order tree: one tick from Python, building the dict of two updates included"
    return Measure("order", title, tuple(rows))


def _contenders(given: Orders) -> dict[str, Callable[[], object]]:
    program = pf.compile(orders.TREE)
    require_equal_decisions(program, given)
    evaluate = orders.zen_one_expression()
    return {
        "PyForest, record off": _ticking(program, given),
        "PyForest, record on and fetched": _recording(program, given),
        "PyForest, record off, `outcome.changed` read": _reading(program, given),
        "zen-engine, decision table, loader with compiled content": _zen(
            orders.zen_by_callable(orders.zen_table()), given
        ),
        "zen-engine, decision table, static loader": _zen(
            orders.zen_by_static(orders.zen_table()), given
        ),
        "zen-engine, expression node, static loader": _zen(
            orders.zen_by_static(orders.zen_expressions()), given
        ),
        "one compiled zen expression": lambda: [
            evaluate({"order_total": total, "customer_orders": earlier}) for total, earlier in given
        ],
        "py_trees": _py_trees(given),
        "if / elif in Python": lambda: [orders.decide_plainly(*order) for order in given],
    }


def require_equal_decisions(program: pf.Program, given: Orders) -> None:
    """Compare every contender's decisions with plain Python's.

    Raises:
        AssertionError: one decides otherwise, so that comparing times would mean nothing.
    """
    keys = ("priority", "discount", "notification")
    engine = orders.zen_by_callable(orders.zen_table())
    static = orders.zen_by_static(orders.zen_expressions())
    evaluate = orders.zen_one_expression()
    for total, earlier in given:
        updates = {"order_total": total, "customer_orders": earlier}
        execution = program.start(record=False)
        execution.tick(updates)
        expected = orders.decide_plainly(total, earlier)
        assert tuple(execution.blackboard[key] for key in keys) == expected
        for answer in (
            engine.evaluate("orders", updates)["result"],
            static.evaluate("orders", updates)["result"],
            evaluate(updates),
        ):
            assert tuple(answer[key] for key in keys) == expected


def _ticking(program: pf.Program, given: Orders) -> Callable[[], None]:
    tick = program.start(record=False).tick

    def run() -> None:
        for total, earlier in given:
            tick({"order_total": total, "customer_orders": earlier})

    return run


def _recording(program: pf.Program, given: Orders) -> Callable[[], None]:
    tick = program.start(record=True).tick

    def run() -> None:
        for total, earlier in given:
            tick({"order_total": total, "customer_orders": earlier}).record  # noqa: B018

    return run


def _reading(program: pf.Program, given: Orders) -> Callable[[], None]:
    tick = program.start(record=False).tick

    def run() -> None:
        for total, earlier in given:
            tick({"order_total": total, "customer_orders": earlier}).changed  # noqa: B018

    return run


def _zen(engine: ZenEngine, given: Orders) -> Callable[[], None]:
    evaluate = engine.evaluate

    def run() -> None:
        for total, earlier in given:
            evaluate("orders", {"order_total": total, "customer_orders": earlier})

    return run


def _py_trees(given: Orders) -> Callable[[], None]:
    tick = py_trees_twin.build(orders.definition()).tick_once
    write = Blackboard.set

    def run() -> None:
        for total, earlier in given:
            write("order_total", total)
            write("customer_orders", earlier)
            tick()

    return run
