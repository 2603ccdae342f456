"""Only the clock modules read a clock: a tick that read one could not be replayed."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tools.lint.offence import Offence

PYTHON_CLOCK = "src/py_forest/kit/clock.py"
NATIVE_CLOCK = "native/include/pyforest/clock.h"

_READS = {
    "time": {
        "clock_gettime",
        "clock_gettime_ns",
        "monotonic",
        "monotonic_ns",
        "perf_counter",
        "perf_counter_ns",
        "process_time",
        "process_time_ns",
        "time",
        "time_ns",
    },
    "datetime": {"now", "today", "utcnow"},
    "date": {"today"},
}
_NATIVE_READS = re.compile(
    r"\b(?:steady|system|high_resolution|utc)_clock\b"
    r"|\b(?:clock_gettime|gettimeofday|timespec_get)\s*\(|\bstd::(?:time|clock)\s*\("
)


def check_python(path: str, text: str) -> Iterator[Offence]:
    """Yield each clock read in a Python file of the package."""
    if not path.startswith("src/") or path == PYTHON_CLOCK:
        return
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ImportFrom) and node.module == "time":
            for name in node.names:
                if name.name in _READS["time"]:
                    yield Offence(path, node.lineno, _message(f"time.{name.name}"))
        elif isinstance(node, ast.Attribute):
            owner = _last_name(node.value)
            if node.attr in _READS.get(owner, ()):
                yield Offence(path, node.lineno, _message(f"{owner}.{node.attr}"))


def check_native(path: str, text: str) -> Iterator[Offence]:
    """Yield each clock read in a C++ file of the engine."""
    if not path.startswith(("native/include/", "native/src/", "native/bindings/")):
        return
    if path == NATIVE_CLOCK:
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if found := _NATIVE_READS.search(line.split("//")[0]):
            yield Offence(path, number, _message(found.group(), NATIVE_CLOCK))


def _last_name(node: ast.expr) -> str:
    """Return `datetime` for both `datetime` and `datetime.datetime`."""
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name
    return ""


def _message(what: str, home: str = PYTHON_CLOCK) -> str:
    return f"`{what}` reads a clock; time is an input, and only {home} may read it"
