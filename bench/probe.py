"""Figures that need a process of their own: memory, imports, the first compilation.

`python -m bench.probe NAME ARGUMENT...` prints one JSON object of numbers.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

_ROOT = Path(__file__).parents[1]
_MIB = 2**20


def run_probe(name: str, *arguments: object) -> dict[str, float]:
    """Run a probe in a fresh process and return its figures."""
    command = [sys.executable, "-m", "bench.probe", name, *map(str, arguments)]
    done = subprocess.run(  # noqa: S603 - this interpreter and module
        command, cwd=_ROOT, capture_output=True, text=True, check=True
    )
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def resident_bytes() -> int:
    """Return how much memory of this process is resident."""
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * resource.getpagesize()


def _compile(leaves: str, source: str) -> dict[str, float]:
    import py_forest as pf  # noqa: PLC0415 - counted before and after
    from bench.trees import bushy_tree, count_nodes  # noqa: PLC0415

    definition: object = bushy_tree(int(leaves))
    nodes = count_nodes(definition)  # type: ignore[arg-type]
    with tempfile.TemporaryDirectory() as folder:
        if source == "file":
            path = Path(folder) / "tree.json"
            path.write_text(json.dumps(definition), "utf-8")
            definition = path
        before = resident_bytes()
        cpu, wall = time.process_time(), time.perf_counter()
        program = pf.compile(definition)  # type: ignore[arg-type]
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    assert program.node_count == nodes
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {
        "nodes": nodes,
        "cpu_s": cpu,
        "wall_s": wall,
        "before_mb": before / _MIB,
        "peak_mb": peak / _MIB,
    }


def _executions(count: str, record: str) -> dict[str, float]:
    import py_forest as pf  # noqa: PLC0415
    from bench import orders  # noqa: PLC0415

    program = pf.compile(orders.definition())
    inputs = orders.sample_of(orders.load(1_000), 10)
    program.start().tick({"order_total": 1.0, "customer_orders": 1})
    before = resident_bytes()
    alive = [program.start(seed, record == "on") for seed in range(int(count))]
    started = resident_bytes() - before
    for execution in alive:
        for total, earlier in inputs:
            execution.tick({"order_total": total, "customer_orders": earlier})
    ticked = resident_bytes() - before
    return {"started_mb": started / _MIB, "ticked_mb": ticked / _MIB}


def _py_trees_instances(count: str) -> dict[str, float]:
    from bench import orders, py_trees_twin  # noqa: PLC0415

    definition = orders.definition()
    py_trees_twin.build(definition).tick_once()
    before = resident_bytes()
    alive = [py_trees_twin.build(definition) for _ in range(int(count))]
    for tree in alive:
        tree.tick_once()
    return {"ticked_mb": (resident_bytes() - before) / _MIB}


def _import(module: str) -> dict[str, float]:
    cpu, wall = time.process_time(), time.perf_counter()
    __import__(module)
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    heavy = {
        f"loads_{name}": float(name in sys.modules)
        for name in ("pydantic", "typer", "rich", "pyarrow", "py_trees", "asyncio")
    }
    return {"cpu_s": cpu, "wall_s": wall, "modules": len(sys.modules), **heavy}


_PROBES: dict[str, Callable[..., dict[str, float]]] = {
    "compile": _compile,
    "executions": _executions,
    "py_trees": _py_trees_instances,
    "import": _import,
}


if __name__ == "__main__":
    print(json.dumps(_PROBES[sys.argv[1]](*sys.argv[2:])))
