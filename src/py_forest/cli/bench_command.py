"""`pyforest bench`: what a tick of one's own tree costs."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from rich.table import Table
from rich.text import Text

from py_forest.cli import inputs, options, terminal
from py_forest.cli.failures import UsageFailed
from py_forest.engine import RecordReader
from py_forest.kit.clock import SYSTEM_CLOCK
from py_forest.kit.text import counted

if TYPE_CHECKING:
    from py_forest.engine import Execution, Program

_EPILOG = """
[bold]Examples[/bold]
[dim]$[/dim] pyforest bench tree.json
[dim]$[/dim] pyforest bench tree.json --set battery=12 --set mode=patrol

The values are set anew before every tick. Time is simulated, so nothing waits; actions in Python
are called for real, and their time counts.
"""
_SAMPLE_S: Final = 50e-6
"""Ticks are timed in groups that take about this long: a clock is too coarse for one."""
_WARM_UP_SHARE: Final = 0.1


@dataclass(frozen=True, slots=True)
class _Cost:
    """What a tick costs, in nanoseconds.

    Args:
        record: whether it was recorded.
        ticks: how many were measured.
        p50_ns: half of them cost at most this.
        p95_ns: 95 % of them cost at most this.
        node_p50_ns: the median for each node visited.
        ticks_per_second: at the median.
    """

    record: bool
    ticks: int
    p50_ns: float
    p95_ns: float
    node_p50_ns: float
    ticks_per_second: float


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("bench", rich_help_panel=options.RUN, epilog=_EPILOG)(bench)


def bench(
    tree: options.Tree,
    *,
    sets: options.Sets = None,
    seconds: Annotated[
        float,
        typer.Option("--seconds", metavar="S", min=0.01, max=60, help="Time for each measurement."),
    ] = 0.5,
    rate: Annotated[
        float, typer.Option("--rate", min=0.001, metavar="HZ", help="Simulated ticks a second.")
    ] = 60.0,
    seed: options.Seed = 0,
    modules: options.Imports = None,
    as_json: options.Json = False,
) -> None:
    """Measure what a tick of a tree costs here, from Python, with and without its record."""
    program = inputs.read_program(tree, modules)
    values = inputs.parse_sets(sets)
    visited = _visited(program, values, seed)
    costs = []
    for record in (False, True):
        with terminal.messages().status(f"measuring, record {'on' if record else 'off'}"):
            execution = program.start(seed=seed, record=record)
            samples = _measure(execution, values, seconds, 1 / rate)
            execution.close()
        costs.append(_cost(samples, record, visited))
    execution = program.start(seed=seed)
    snapshot_bytes = len(execution.snapshot())
    execution.close()
    if as_json:
        terminal.print_json(_report(program, costs, visited, snapshot_bytes))
    else:
        _show(program, costs, visited, snapshot_bytes)


def _visited(program: Program, values: dict[str, Any], seed: int) -> int:
    """Return how many nodes the first tick visits."""
    execution = program.start(seed=seed, record=True)
    try:
        outcome = execution.tick(values or None, now=0.0)
    except ValueError as error:
        raise UsageFailed(f"--set: {error}") from error
    assert outcome.record is not None, "an execution that records has a record"  # noqa: S101
    nodes = len(RecordReader(program).read(outcome.record).visited)
    execution.close()
    return nodes


def _measure(
    execution: Execution, values: dict[str, Any], seconds: float, step: float
) -> list[tuple[int, float]]:
    """Return how long groups of ticks took: the number of ticks, and seconds."""
    clock = SYSTEM_CLOCK.monotonic
    group, now = 1, 0.0
    samples: list[tuple[int, float]] = []
    begun = clock()
    end, warm = begun + seconds * (1 + _WARM_UP_SHARE), begun + seconds * _WARM_UP_SHARE
    tick = execution.tick
    while True:
        start = clock()
        for _ in range(group):
            now += step
            tick(values, now=now)
        stop = clock()
        if stop < warm:
            if stop - start < _SAMPLE_S:
                group *= 2
        else:
            samples.append((group, stop - start))
        if stop >= end:
            return samples


def _cost(samples: list[tuple[int, float]], record: bool, visited: int) -> _Cost:
    each = sorted(took / group * 1e9 for group, took in samples)
    p50, p95 = (each[min(int(len(each) * share), len(each) - 1)] for share in (0.5, 0.95))
    ticks = sum(group for group, _ in samples)
    return _Cost(record, ticks, p50, p95, p50 / max(visited, 1), 1e9 / p50)


def _report(
    program: Program, costs: list[_Cost], visited: int, snapshot_bytes: int
) -> dict[str, Any]:
    return {
        "tree": {
            "name": program.definition.name,
            "hash": program.hash,
            "nodes": program.node_count,
        },
        "visited_per_tick": visited,
        "snapshot_bytes": snapshot_bytes,
        "measurements": [asdict(cost) for cost in costs],
    }


def _show(program: Program, costs: list[_Cost], visited: int, snapshot_bytes: int) -> None:
    console = terminal.output()
    name = program.definition.name or "Tree"
    what = f"  {counted(program.node_count, 'node')}, {visited:,} visited in a tick"
    console.print(Text.assemble((name, "bold"), what))
    table = Table(box=None, pad_edge=False, padding=(0, 3, 0, 0), header_style="quiet")
    table.add_column("record")
    for heading in ("p50 a tick", "p95 a tick", "p50 a node", "ticks a second", "measured"):
        table.add_column(heading, justify="right", no_wrap=True)
    for cost in costs:
        table.add_row(
            "on" if cost.record else "off",
            _time(cost.p50_ns),
            _time(cost.p95_ns),
            _time(cost.node_p50_ns),
            f"{cost.ticks_per_second:,.0f}",
            f"{cost.ticks:,}",
        )
    console.print(table)
    console.print(f"a snapshot at the start takes {counted(snapshot_bytes, 'byte')}", style="quiet")


def _time(nanoseconds: float) -> str:
    for size, unit in ((1e9, "s"), (1e6, "ms"), (1e3, "us")):
        if nanoseconds >= size:
            return f"{nanoseconds / size:.3g} {unit}"
    return f"{nanoseconds:.3g} ns"
