"""What `import py_forest` takes in a fresh process."""

from __future__ import annotations

from bench.effort import Effort
from bench.probe import run_probe
from bench.result import Bar, Measure, Row
from bench.sampling import Series

_OTHERS = ("py_trees", "zen", "pydantic")


def measure(effort: Effort) -> Measure:
    """Import it and its peers, in turn, each in a process of its own."""
    modules = ("py_forest", *_OTHERS)
    answers: dict[str, list[dict[str, float]]] = {module: [] for module in modules}
    run_probe("import", "py_forest")  # compiles the bytecode and warms the disc's cache
    for _ in range(effort.processes):
        for module in modules:
            answers[module].append(run_probe("import", module))
    first = answers["py_forest"][0]
    heavy = {
        key.removeprefix("loads_"): value
        for key, value in first.items()
        if key.startswith("loads_")
    }
    loaded = [module for module, is_loaded in heavy.items() if is_loaded == 1.0]
    left_out = [module for module, is_loaded in heavy.items() if is_loaded == 0.0]
    note = f"leaves for later: {', '.join(left_out)}" + (
        f"; loads {', '.join(loaded)}" if loaded else ""
    )
    rows = [
        Row(
            "import py_forest, CPU time",
            "ms",
            _series(answers["py_forest"], "cpu_s"),
            Bar(150),
            note,
        ),
        Row("import py_forest, wall time", "ms", _series(answers["py_forest"], "wall_s")),
    ]
    rows += [
        Row(f"import {module}, CPU time", "ms", _series(answers[module], "cpu_s"))
        for module in _OTHERS
    ]
    return Measure("import", f"Import: median of {effort.processes} fresh processes", tuple(rows))


def _series(answers: list[dict[str, float]], key: str) -> Series:
    return Series(tuple(answer[key] * 1e3 for answer in answers))
