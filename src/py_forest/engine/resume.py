"""Taking a log up again: an execution as it stood at its start, or at one of its ticks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from py_forest.engine import _native

if TYPE_CHECKING:
    from collections.abc import Iterable

    from py_forest.engine.program import Program


def execution_at(
    program: Program, header: bytes, records: Iterable[bytes] = (), *, tick: int | None = None
) -> _native.Execution:
    """Return the execution a log was written by, as it stood after one of its ticks.

    Its inputs and the answers of its leaves come from the log; no leaf is called.

    Args:
        program: the program that wrote the log.
        header: `Execution.header` of the execution that wrote it.
        records: its records, in order, from its first tick on; no more are read than needed.
        tick: number of the tick; the last one of `records` when left out, and the log's start when
            it lies before that.

    Raises:
        RecordRefused: the header or a record is damaged or of a newer format.
        SnapshotRefused: the log was written by another program.
    """
    execution = program.restore(_native.snapshot_in_header(header))
    if tick is not None and execution.tick_count >= tick:
        return execution
    for record in records:
        execution.replay_record(record)
        if tick is not None and execution.tick_count >= tick:
            break
    return execution
