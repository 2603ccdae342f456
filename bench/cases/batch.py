"""All orders of the example at once."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import TYPE_CHECKING

import pyarrow as pa  # type: ignore[import-untyped]
from py_trees.blackboard import Blackboard

import py_forest as pf

if TYPE_CHECKING:
    from zen import EvaluateBatchRequest

from bench import orders, py_trees_twin
from bench.effort import Effort
from bench.result import Bar, Measure, Row
from bench.sampling import Work, sample

_KEYS = ("priority", "discount", "notification")


def measure(effort: Effort) -> Measure:
    """Run the table through `run_batch` and through what one would write without it."""
    table = orders.load(effort.orders)
    program = pf.compile(orders.TREE)
    _require_equal_tables(program, table)
    few = table.slice(0, min(table.num_rows, 2_000))
    ours = {
        "run_batch, one thread": lambda: program.run_batch(table, threads=1),
        "run_batch, two threads": lambda: program.run_batch(table, threads=2),
    }
    kernels = {"pyarrow kernels by hand": lambda: orders.decide_columns(table)}
    works = {name: Work(run, table.num_rows) for name, run in (ours | kernels).items()}
    works |= {name: Work(run, few.num_rows) for name, run in _loops(program, few).items()}
    cpu = sample(works, effort)
    wall = sample({name: works[name] for name in ours}, effort, clock=perf_counter)
    one = cpu["run_batch, one thread"]
    rows = []
    for name, series in cpu.items():
        bar = Bar(10, "at least") if series is one else None
        rate = series.rate(1e-6)
        rows.append(Row(f"{name}, by CPU time", "million/s", rate, bar))
        if name in wall:
            rows.append(Row(f"{name}, by wall time", "million/s", wall[name].rate(1e-6)))
    rows += [
        Row(f"{name} / run_batch, one thread", "x", cpu[name].over(one))
        for name in cpu
        if name not in ours
    ]
    title = f"Batch: {table.num_rows:,} orders, loaded already, decided a second"
    return Measure("batch", title, tuple(rows))


def _loops(program: pf.Program, table: pa.Table) -> dict[str, Callable[[], object]]:
    engine = orders.zen_by_static(orders.zen_table())

    def plain() -> object:
        return _columns([orders.decide_plainly(*order) for order in _pairs(table)])

    def ticks() -> object:
        execution = program.start(record=False)
        board = execution.blackboard
        decisions = []
        for total, earlier in _pairs(table):
            execution.tick({"order_total": total, "customer_orders": earlier})
            decisions.append(tuple(board[key] for key in _KEYS))
        return _columns(decisions)

    def zen_loop() -> object:
        answers = [engine.evaluate("orders", context)["result"] for context in _contexts(table)]
        return _columns([tuple(answer[key] for key in _KEYS) for answer in answers])

    def zen_batch() -> object:
        answers = engine.evaluate_batch(_requests(table))
        results = [answer["data"]["result"] for answer in answers]
        return _columns([tuple(result[key] for key in _KEYS) for result in results])

    tree = py_trees_twin.build(orders.definition())

    def py_trees_loop() -> object:
        decisions = []
        for total, earlier in _pairs(table):
            Blackboard.set("order_total", total)
            Blackboard.set("customer_orders", earlier)
            tree.tick_once()
            decisions.append(tuple(Blackboard.get(key) for key in _KEYS))
        return _columns(decisions)

    return {
        "if / elif in Python, a loop": plain,
        "PyForest, one tick an order": ticks,
        "zen-engine, evaluate in a loop": zen_loop,
        "zen-engine, evaluate_batch": zen_batch,
        "py_trees, a loop": py_trees_loop,
    }


def _pairs(table: pa.Table) -> zip[tuple[float, int]]:
    totals = table["order_total"].to_pylist()
    return zip(totals, table["customer_orders"].to_pylist(), strict=True)


def _contexts(table: pa.Table) -> list[dict[str, float]]:
    return [{"order_total": total, "customer_orders": earlier} for total, earlier in _pairs(table)]


def _requests(table: pa.Table) -> list[EvaluateBatchRequest]:
    return [{"key": "orders", "context": context} for context in _contexts(table)]


def _columns(decisions: list[tuple[object, ...]] | list[orders.Decision]) -> pa.Table:
    return pa.table(dict(zip(_KEYS, zip(*decisions, strict=True), strict=True)))


def _require_equal_tables(program: pf.Program, table: pa.Table) -> None:
    """Compare `run_batch` with the kernels, order by order."""
    ours = pa.table(program.run_batch(table, threads=1))
    theirs = orders.decide_columns(table)
    for key in _KEYS:
        same = ours[key].cast(theirs[key].type).to_pylist() == theirs[key].to_pylist()
        assert same, f"run_batch and pyarrow disagree about `{key}`"
