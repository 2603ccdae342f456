"""Why two versions of a tree decide one case differently: the node where they part.

Both are ticked again from a fresh start with the same values, seed and time. The leaves that they
visited, in order and with their answers, are laid side by side; the first place where they differ
names the node.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from py_forest.engine import RecordReader
from py_forest.models.status import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from py_forest.engine import NodeInfo, Program

__all__ = ["Parting", "Story", "parting", "tell"]

Kind = Literal["answer", "added", "removed", "order", "value", "default"]

DEFAULT_MAX_TICKS: Final = 100

Visit = tuple[str, Status]


@dataclass(frozen=True, slots=True)
class Story:
    """What a tree did in one case.

    Args:
        status: how it ended.
        leaves: the leaves it ticked, in order over all ticks, each with its answer.
        written: the keys its nodes gave another value, with the last one.
    """

    status: Status
    leaves: list[Visit]
    written: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Parting:
    """Where two versions part.

    Args:
        kind: `answer` - the node answered differently; `added`, `removed` - only the new, only the
            old version has it; `order` - it let another child run; `value` - it wrote another
            value; `default` - no node: the versions start from different values.
        node_id: the node, of the new version where it has it; None for `default`.
        name: its name.
        node_type: its type.
        old: what it answered in the old version, where it was ticked.
        new: what it answered in the new version, where it was ticked.
    """

    kind: Kind
    node_id: str | None = None
    name: str = ""
    node_type: str = ""
    old: Status | None = None
    new: Status | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "kind": self.kind,
            "node_id": self.node_id,
            "name": self.name,
            "node_type": self.node_type,
            "old_status": self.old.name if self.old is not None else None,
            "new_status": self.new.name if self.new is not None else None,
        }


def tell(
    program: Program,
    values: Mapping[str, Any],
    *,
    seed: int = 0,
    now: float = 0.0,
    max_ticks: int = DEFAULT_MAX_TICKS,
) -> Story:
    """Tick a tree from a fresh start, as `Program.run_batch` does with a row, and tell what it did.

    Args:
        program: the tree.
        values: blackboard values to set before the first tick.
        seed: of its random numbers.
        now: time of every tick, in seconds.
        max_ticks: ticks at most, >= 1.

    Raises:
        ValueError: a value does not fit its key.
    """
    execution = program.start(seed=seed, record=True)
    reader = RecordReader(program)
    leaves: list[Visit] = []
    written: dict[str, Any] = {}
    updates: Mapping[str, Any] | None = values
    status = Status.RUNNING
    for _ in range(max_ticks):
        outcome = execution.tick(dict(updates) if updates else None, now=now)
        updates = None
        record = reader.read(_recorded(outcome.record))
        leaves += [visit for visit in record.visited if not program.node(visit[0]).children]
        written.update(record.changed)
        status = outcome.status
        if status is not Status.RUNNING:
            break
    execution.close()
    return Story(status, leaves, written)


def parting(old: Program, new: Program, before: Story, after: Story) -> Parting:
    """Return the node at which two versions part.

    Args:
        old: the version before.
        new: the version after.
        before: what the old version did.
        after: what the new version did.
    """
    for place in range(max(len(before.leaves), len(after.leaves))):
        visits = [
            story.leaves[place] if place < len(story.leaves) else None for story in (before, after)
        ]
        if visits[0] != visits[1]:
            return _at(old, new, *visits)
    for node_id, _ in after.leaves:
        here, there = _node(new, node_id), _node(old, node_id)
        if here and there and here.config != there.config:
            return _named("value", here)
    return Parting("default")


def _at(old: Program, new: Program, before: Visit | None, after: Visit | None) -> Parting:
    if before and after and before[0] == after[0]:
        return _named("answer", _known(new, after[0]), before[1], after[1])
    if after and _node(old, after[0]) is None:
        return _named("added", _known(new, after[0]), None, after[1])
    if before and _node(new, before[0]) is None:
        return _named("removed", _known(old, before[0]), before[1], None)
    return _named("order", _turn(new, before, after))


def _turn(new: Program, before: Visit | None, after: Visit | None) -> NodeInfo:
    """Return the node of the new version under which one leaf was ticked instead of the other."""
    lines = [_line(new, visit[0]) for visit in (before, after) if visit]
    shared = set.intersection(*map(set, lines))
    line = lines[-1] if len(lines) > 1 else lines[0][1:] or lines[0]
    return _known(new, next(node_id for node_id in line if node_id in shared))


def _line(program: Program, node_id: str) -> list[str]:
    """Return a node and what is above it, up to the root."""
    line, at = [node_id], _known(program, node_id).parent
    while at is not None:
        line.append(at)
        at = _known(program, at).parent
    return line


def _named(
    kind: Kind, node: NodeInfo, old: Status | None = None, new: Status | None = None
) -> Parting:
    return Parting(kind, node.id, node.name, node.node_type, old, new)


def _node(program: Program, node_id: str) -> NodeInfo | None:
    try:
        return program.node(node_id)
    except KeyError:
        return None


def _known(program: Program, node_id: str) -> NodeInfo:
    return program.node(node_id)


def _recorded(record: bytes | None) -> bytes:
    assert record is not None, "an execution that records has a record of each tick"  # noqa: S101
    return record
