"""Snapshots in the form in which history keeps them.

A packed snapshot shares whatever equals the one before it: node ids, names of keys, values, and the
statuses and counters in chunks of nodes. A tick that changes little therefore costs little, however
large the tree and the blackboard are. Values that could be mutated are held as JSON text.
"""

from __future__ import annotations

import json
from array import array
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeVar

from py_forest.models.fields import STATUS_NAMES
from py_forest.models.snapshots import ExecutionSnapshot, NodeState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from pydantic import JsonValue

    from py_forest.models.fields import StatusName
    from py_forest.models.snapshots import RunMode

__all__ = [
    "VISITED",
    "Frozen",
    "NodeTable",
    "PackedSnapshot",
    "freeze",
    "pack",
    "thaw",
    "unpack",
]

_CODES: Final[Mapping[str, int]] = {name: code for code, name in enumerate(STATUS_NAMES)}
_STATUS_BITS: Final = 0x0F
VISITED: Final = 0x80
"""In a node's byte: its status in the low half, and whether the last tick passed through it."""

_CHUNK: Final = 128
"""Nodes that are shared, or not, together."""


@dataclass(frozen=True, slots=True)
class _Json:
    """An array or object of the blackboard, as text that nobody can change."""

    text: str


Frozen = None | bool | int | float | str | _Json
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class NodeTable:
    """The nodes of one tick, in columns.

    Attributes:
        ids: node ids, in the order of the other columns.
        states: a byte per node, in chunks: the status code, plus 0x80 when it was visited.
        counts: ticks that visited the node, unsigned 64-bit, in chunks.
        feedback: messages by node index.
    """

    ids: tuple[str, ...] = ()
    states: tuple[bytes, ...] = ()
    counts: tuple[bytes, ...] = ()
    feedback: Mapping[int, str] | None = None

    @classmethod
    def of(
        cls,
        ids: tuple[str, ...],
        states: bytes,
        counts: array[int],
        feedback: Mapping[int, str],
        before: NodeTable,
    ) -> NodeTable:
        """Build the columns, sharing what equals the table before.

        Args:
            ids: n node ids.
            states: n bytes, the status code each, plus `VISITED`.
            counts: n counters, typecode Q.
            feedback: messages by node index, only where there is one.
            before: the table of the tick before, or an empty one.
        """
        return cls(
            ids=before.ids if before.ids == ids else ids,
            states=_chunks(states, _CHUNK, before.states),
            counts=_chunks(counts.tobytes(), _CHUNK * counts.itemsize, before.counts),
            feedback=before.feedback if before.feedback == feedback else (feedback or None),
        )

    def as_models(self, tip: str | None) -> dict[str, NodeState]:
        """Return the nodes as wire models, by id."""
        counts = array("Q")
        counts.frombytes(b"".join(self.counts))
        feedback = self.feedback or {}
        return {
            node_id: NodeState(
                status=_status_name(state & _STATUS_BITS),
                feedback_message=feedback.get(index, ""),
                is_current_child=bool(state & VISITED),
                is_tip=node_id == tip,
                tick_count=counts[index],
            )
            for index, (node_id, state) in enumerate(
                zip(self.ids, b"".join(self.states), strict=True)
            )
        }


@dataclass(frozen=True, slots=True)
class PackedSnapshot:
    """An `ExecutionSnapshot`, packed; see there for the fields."""

    execution_id: str
    tree_id: str
    tree_version: str
    tick: int
    root_status: StatusName
    tip_node_id: str | None
    nodes: NodeTable
    keys: tuple[str, ...]
    values: tuple[Frozen, ...]
    timestamp: datetime
    mode: RunMode
    is_running: bool


def freeze(value: JsonValue) -> Frozen:
    """Return a value as something that cannot be changed."""
    if isinstance(value, list | dict):
        return _Json(json.dumps(value, ensure_ascii=False, separators=(",", ":")))
    return value


def thaw(value: Frozen) -> JsonValue:
    """Return a frozen value as a fresh one of one's own."""
    if isinstance(value, _Json):
        thawed: JsonValue = json.loads(value.text)
        return thawed
    return value


def _freeze_all(
    blackboard: Mapping[str, JsonValue], before: PackedSnapshot | None
) -> tuple[tuple[str, ...], tuple[Frozen, ...]]:
    """Return names and values of a blackboard, sharing what equals the snapshot before."""
    keys = tuple(blackboard)
    if before is None:
        return keys, tuple(freeze(value) for value in blackboard.values())
    if before.keys == keys:
        keys = before.keys
        values = tuple(map(_kept, map(freeze, blackboard.values()), before.values))
        return keys, before.values if _is_each(values, before.values) else values
    known = dict(zip(before.keys, before.values, strict=True))
    return keys, tuple(
        _kept(frozen, known[key]) if key in known else frozen
        for key, frozen in ((key, freeze(value)) for key, value in blackboard.items())
    )


def pack(snapshot: ExecutionSnapshot, before: PackedSnapshot | None = None) -> PackedSnapshot:
    """Pack a snapshot.

    Args:
        snapshot: what to pack; it is not kept.
        before: the snapshot to share equal parts with.
    """
    states = snapshot.node_states
    nodes = NodeTable.of(
        tuple(states),
        bytes(_CODES[s.status] | VISITED * s.is_current_child for s in states.values()),
        array("Q", (s.tick_count for s in states.values())),
        {i: s.feedback_message for i, s in enumerate(states.values()) if s.feedback_message},
        NodeTable() if before is None else before.nodes,
    )
    keys, values = _freeze_all(snapshot.blackboard, before)
    return PackedSnapshot(
        execution_id=snapshot.execution_id,
        tree_id=snapshot.tree_id,
        tree_version=snapshot.tree_version,
        tick=snapshot.tick_count,
        root_status=snapshot.root_status,
        tip_node_id=snapshot.tip_node_id,
        nodes=nodes,
        keys=keys,
        values=values,
        timestamp=snapshot.timestamp,
        mode=snapshot.mode,
        is_running=snapshot.is_running,
    )


def unpack(packed: PackedSnapshot) -> ExecutionSnapshot:
    """Return the snapshot as a wire model; changing its values changes nothing that is stored."""
    return ExecutionSnapshot(
        execution_id=packed.execution_id,
        tree_id=packed.tree_id,
        tree_version=packed.tree_version,
        tick_count=packed.tick,
        root_status=packed.root_status,
        tip_node_id=packed.tip_node_id,
        node_states=packed.nodes.as_models(packed.tip_node_id),
        blackboard={
            key: thaw(value) for key, value in zip(packed.keys, packed.values, strict=True)
        },
        timestamp=packed.timestamp,
        mode=packed.mode,
        is_running=packed.is_running,
    )


def _status_name(code: int) -> StatusName:
    return STATUS_NAMES[code]


def _kept(new: Frozen, old: Frozen) -> Frozen:
    """Return `old` where the two cannot be told apart, so that it is held once."""
    if type(new) is not type(old) or new != old:
        return new
    # 0.0 == -0.0, but they are two values.
    return new if isinstance(new, float) and repr(new) != repr(old) else old


def _is_each(new: Sequence[T], old: Sequence[T]) -> bool:
    return all(a is b for a, b in zip(new, old, strict=True))


def _chunks(raw: bytes, size: int, before: tuple[bytes, ...]) -> tuple[bytes, ...]:
    if len(raw) <= size:
        return before if before == (raw,) else (raw,)
    parts = (raw[at : at + size] for at in range(0, len(raw), size))
    return tuple(
        before[i] if i < len(before) and before[i] == part else part for i, part in enumerate(parts)
    )
