"""The measures by name, in the order of docs/performance.md."""

from __future__ import annotations

from collections.abc import Callable

from bench.cases import (
    batch,
    growth,
    import_time,
    leaf_call,
    memory,
    node_cost,
    order_tick,
    snapshot,
)
from bench.effort import Effort
from bench.result import Measure

CASES: dict[str, Callable[[Effort], Measure]] = {
    "node": node_cost.measure,
    "growth": growth.measure,
    "order": order_tick.measure,
    "batch": batch.measure,
    "snapshot": snapshot.measure,
    "memory": memory.measure,
    "leaf": leaf_call.measure,
    "import": import_time.measure,
}
