"""What many live executions weigh."""

from __future__ import annotations

from bench.effort import Effort
from bench.probe import run_probe
from bench.result import Bar, Measure, Row
from bench.sampling import Series

_PROMISED = 100_000


def measure(effort: Effort) -> Measure:
    """Start executions of the order tree in a fresh process and look at its resident memory."""
    scale = _PROMISED / effort.executions
    rounds = min(3, effort.processes)
    counted = f"{effort.executions:,} alive"
    note = counted if scale == 1 else f"{counted}, scaled to {_PROMISED:,}"
    rows = []
    for record in ("off", "on"):
        answers = [run_probe("executions", effort.executions, record) for _ in range(rounds)]
        for key, when in (("started_mb", "started"), ("ticked_mb", "after 10 ticks each")):
            series = Series(tuple(answer[key] * scale for answer in answers))
            rows.append(Row(f"PyForest, record {record}, {when}", "MB", series, Bar(150), note))
    count = max(20, effort.executions // 50)
    heavy = Series(tuple(run_probe("py_trees", count)["ticked_mb"] for _ in range(rounds)))
    scaled = heavy.times(_PROMISED / count)
    rows.append(
        Row("py_trees, after one tick each", "MB", scaled, None, f"{count:,} alive, scaled")
    )
    return Measure(
        "memory", f"Memory of {_PROMISED:,} live executions of the order tree", tuple(rows)
    )
