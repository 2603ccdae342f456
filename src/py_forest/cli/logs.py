"""Logs on the command line: which of the given trees wrote which part."""

from __future__ import annotations

from typing import TYPE_CHECKING

from py_forest.cli.failures import CommandFailed
from py_forest.engine import why_at
from py_forest.engine.resume import execution_at
from py_forest.kit.errors import PyForestError, RecordRefused, SnapshotRefused
from py_forest.kit.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from py_forest.core.logfile import LogReader, LogSection
    from py_forest.engine import Execution, Program


def sections(log: LogReader, programs: list[Program]) -> Iterator[tuple[LogSection, Program]]:
    """Yield the sections of a log, each with the tree that wrote it.

    Raises:
        CommandFailed: none of the trees wrote a section.
        RecordRefused: the log is damaged, or breaks off.
    """
    for section in log.sections():
        yield section, _writer(section, programs, log.path)


def at_tick(log: LogReader, programs: list[Program], tick: int | None) -> Execution:
    """Return the execution of a log after one of its ticks.

    Args:
        log: the log.
        programs: the trees that wrote it.
        tick: which; the last one when left out.

    Raises:
        CommandFailed: the log does not have that tick, or another tree wrote it.
        RecordRefused: the log is damaged, or breaks off before that tick.
    """
    execution = None
    for section, program in sections(log, programs):
        if execution is not None:
            execution.close()
        execution = execution_at(program, section.header, section.records, tick=tick)
        if tick is not None and execution.tick_count >= tick:
            break
    if execution is None or (tick is not None and execution.tick_count != tick):
        ticks = execution.tick_count if execution is not None else 0
        raise CommandFailed(
            f"it has {counted(ticks, 'tick')}, no tick {tick}",
            place=str(log.path),
            code="TICK_UNKNOWN",
        )
    return execution


def why_at_tick(log: LogReader, programs: list[Program], execution: Execution, node_id: str) -> str:
    """Say why a node had its status after the tick that `execution` stands at.

    Args:
        log: the log, read from its start.
        programs: the trees that wrote it.
        execution: from `at_tick` for the same log.
        node_id: the node.
    """
    for section, program in sections(log, programs):
        try:
            return why_at(program, section.header, section.records, execution.tick_count, node_id)
        except ValueError as error:
            # Refused bytes are ValueErrors too; a section that ends before the tick is not theirs.
            if isinstance(error, PyForestError):
                raise
    return execution.why(node_id)


def _writer(section: LogSection, programs: list[Program], path: Path) -> Program:
    refused: Exception | None = None
    for program in programs:
        try:
            execution_at(program, section.header).close()
        except (SnapshotRefused, RecordRefused) as error:
            refused = error
        else:
            return program
    which = "this tree" if len(programs) == 1 else "any of these trees"
    raise CommandFailed(
        f"it was not written by {which}: {refused}",
        place=str(path),
        way_out="give the version that wrote it; `pyforest diff` tells two versions apart",
        code="LOG_OF_ANOTHER_TREE",
    ) from refused
