"""Ten thousand executions leave nothing behind, whatever they were doing when they were dropped."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Callable
from pathlib import Path

import pytest

import py_forest as pf
from tests.oracle import rich
from tests.oracle.cases import node
from tests.profile import scaled

pytestmark = pytest.mark.slow
COUNT = scaled(10_000, 100_000)
SLACK = 2_000_000
"""Bytes the process may have grown by: the allocator keeps some pages for itself."""


def resident() -> int:
    """Return the memory of the process in bytes."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4096


def grown(once: Callable[[], object], count: int = COUNT) -> int:
    """Do something many times; return by how much the process grew after the first tenth."""
    for _ in range(count // 10):
        once()
    gc.collect()
    before = resident()
    for _ in range(count):
        once()
    gc.collect()
    return resident() - before


@pytest.mark.parametrize("name", rich.TREES)
def test_executions_leave_nothing_behind(name: str) -> None:
    program = rich.program(name)

    def once() -> None:
        execution = program.start(seed=1)
        execution.tick({"size": 2.0, "extra": ["x" * 100]}, now=0.0)
        assert execution.snapshot()

    assert grown(once) < SLACK


def test_forks_restores_and_replays_leave_nothing_behind() -> None:
    program, execution, records = rich.underway("values")
    blob, header = execution.snapshot(), execution.header

    def once() -> None:
        program.restore(blob).fork().tick({"extra": "x" * 100}, now=9.0)
        assert pf.replay(program, header, records).equal

    assert grown(once, COUNT // 5) < SLACK


def test_a_long_execution_does_not_grow() -> None:
    _, execution, _ = rich.underway("values")
    number = 0

    def once() -> None:
        nonlocal number
        number += 1
        execution.tick({"size": float(number), "extra": [str(number) * 10]}, now=float(number))

    assert grown(once, COUNT * 2) < SLACK


def test_refused_bytes_leave_nothing_behind() -> None:
    program, execution, _ = rich.underway("values")
    blob = execution.snapshot()

    def once() -> None:
        with pytest.raises(ValueError, match="damaged"):
            program.restore(blob[:-1] + b"x")

    assert grown(once, COUNT // 10) < SLACK


def test_an_exception_of_a_leaf_does_not_keep_its_execution() -> None:
    class Unplugged(OSError):
        """An exception that can be watched."""

    def broken() -> bool:
        raise Unplugged

    registry = pf.Registry()
    registry.action(broken)
    program = pf.compile(node("Action", action="broken"), registry)
    seen: list[weakref.ref[object]] = []

    def once() -> None:
        # The exception's traceback holds this frame, and this frame holds the outcome.
        outcome = program.start().tick(now=0.0)
        exception = outcome.errors[0].exception
        assert exception is not None
        seen.append(weakref.ref(exception))

    once()
    gc.collect()
    assert seen[0]() is None
    assert grown(once) < SLACK


def test_a_class_leaf_is_shut_down_with_its_execution() -> None:
    ended: list[str] = []

    class Held(pf.Leaf):
        def update(self) -> pf.Status:
            return pf.Status.RUNNING

        def terminate(self, new_status: pf.Status) -> None:
            ended.append(new_status.name)

        def shutdown(self) -> None:
            ended.append("shutdown")

    registry = pf.Registry()
    registry.action(Held, name="held")
    program = pf.compile(node("Action", action="held"), registry)
    execution = program.start()
    execution.tick(now=0.0)
    del execution
    gc.collect()
    assert ended[-1] == "shutdown"
    assert ended.count("shutdown") == 1


def test_a_program_goes_with_its_last_execution() -> None:
    program = rich.program("outside")
    alive = weakref.ref(program)
    execution = program.start()
    execution.tick(now=0.0)
    del program
    gc.collect()
    assert alive() is not None
    del execution
    gc.collect()
    assert alive() is None
