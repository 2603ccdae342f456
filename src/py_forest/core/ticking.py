"""What everybody who ticks an engine execution needs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from py_forest.engine import Execution, Program
    from py_forest.kit.clock import Clock

__all__ = ["RecordSink", "next_time"]


class RecordSink(Protocol):
    """Takes in the log of an execution as it is made, for one that outlives the process."""

    def begin(self, header: bytes, program: Program) -> None:
        """Begin a log: once at the start, and once after each hot reload, with the new program."""
        ...

    def append(self, record: bytes) -> None:
        """Add the record of a tick or a halt."""
        ...


def next_time(execution: Execution, clock: Clock) -> float:
    """Return the time of the next tick: the clock's, unless that was set back."""
    last = execution.now
    return clock.now() if last is None else max(clock.now(), last)
