"""Replaying a log: the same inputs must give the same records."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from py_forest.engine import _native
from py_forest.engine.records import RecordReader, TickRecord
from py_forest.kit.errors import RecordRefused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from py_forest.engine.program import Program


@dataclass(frozen=True, slots=True)
class ReplayReport:
    """What a replay found.

    Args:
        equal: every record came out the same, byte for byte.
        ticks: how many entries were replayed, the differing one included.
        first_difference: a sentence about the first entry that differs; None when equal.
        tick: number of the tick that differs.
        node_id: the first node, in order of visit, that answered otherwise; None when the
            difference lies elsewhere.
        recorded: that entry as the log has it.
        replayed: that entry as the replay made it.
    """

    equal: bool
    ticks: int
    first_difference: str | None = None
    tick: int | None = None
    node_id: str | None = None
    recorded: TickRecord | None = None
    replayed: TickRecord | None = None


def replay(program: Program, header: bytes, records: Iterable[bytes]) -> ReplayReport:
    """Tick through a log again from its recorded inputs and leaf answers; no leaf is called.

    Args:
        program: the program that wrote the log.
        header: `Execution.header` of the execution that wrote it.
        records: its records, in order, from its first tick on.

    Raises:
        RecordRefused: the header or a record is damaged or of a newer format, or the header is of
            an execution that keeps no records.
        SnapshotRefused: the log was written by another program.
    """
    execution = program.restore(_native.snapshot_in_header(header))
    if not execution.record:
        raise RecordRefused("this header is of an execution that keeps no records")
    reader = RecordReader(program, execution.statuses())
    count = 0
    for record in records:
        count += 1
        before = reader.statuses
        again = execution.replay_record(record).record
        recorded = reader.read(record)
        if again != record and again is not None:
            replayed = RecordReader(program, before).read(again)
            sentence, node_id = describe_difference(program, recorded, replayed)
            return ReplayReport(
                equal=False,
                ticks=count,
                first_difference=f"tick {recorded.tick}: {sentence}",
                tick=recorded.tick,
                node_id=node_id,
                recorded=recorded,
                replayed=replayed,
            )
    return ReplayReport(equal=True, ticks=count)


def describe_difference(
    program: Program, recorded: TickRecord, replayed: TickRecord
) -> tuple[str, str | None]:
    """Say where two records of one tick part, and at which node."""
    for (node, before), (other, after) in zip(recorded.visited, replayed.visited, strict=False):
        if node != other:
            return (
                f"the log visits {_named(program, node)} where the replay visits "
                f"{_named(program, other)}",
                node,
            )
        if before != after:
            return (
                f"{_named(program, node)} answered {before.name} in the log and {after.name} in "
                "the replay",
                node,
            )
    if len(recorded.visited) != len(replayed.visited):
        longer, where = (
            (recorded, "log")
            if len(recorded.visited) > len(replayed.visited)
            else (replayed, "replay")
        )
        node = longer.visited[min(len(recorded.visited), len(replayed.visited))][0]
        return f"only the {where} visits {_named(program, node)}", node
    for name in ("changed", "statuses", "removed", "interrupted", "cancelled", "tick", "now"):
        there, here = getattr(recorded, name), getattr(replayed, name)
        if there != here:
            return f"{name}: {_first_pair(there, here)}", None
    return "the records differ in form, not in content", None


def _named(program: Program, node_id: str) -> str:
    info = program.node(node_id)
    return f"`{info.name}` ({info.node_type}, id {node_id})"


def _first_pair(there: object, here: object) -> str:
    if isinstance(there, dict) and isinstance(here, dict):
        for key in (*there, *here):
            if there.get(key) != here.get(key):
                return (
                    f"`{key}` is {there.get(key)!r} in the log and {here.get(key)!r} in the replay"
                )
    return f"{there!r} in the log and {here!r} in the replay"
