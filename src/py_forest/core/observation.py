"""Folding tick records into what can be seen of an execution.

An `Observation` starts from an execution as it stands and takes every record it makes from then on.
Events, snapshots and history are made of what it knows, and of nothing else.
"""

from __future__ import annotations

from array import array
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

from py_forest.core.changes import is_same_value
from py_forest.core.packing import VISITED, Frozen, NodeTable, PackedSnapshot, freeze, thaw
from py_forest.core.watches import MISSING
from py_forest.engine import RecordReader
from py_forest.models.fields import STATUS_NAMES
from py_forest.models.status import Status

if TYPE_CHECKING:
    from datetime import datetime

    from pydantic import JsonValue

    from py_forest.core.layout import Layout
    from py_forest.engine import Execution, LeafFailure, TickRecord
    from py_forest.models.fields import StatusName
    from py_forest.models.snapshots import RunMode

__all__ = ["KeyChange", "Observation", "TickDelta", "Visit"]

_STATUSES: Final = tuple(Status)
"""Statuses by code; looking one up here is much quicker than `Status(code)`."""


class Visit(NamedTuple):
    """A node that was passed through or halted: its status before, and after."""

    node_id: str
    old: Status
    new: Status


@dataclass(frozen=True, slots=True)
class KeyChange:
    """A value that is another one than before."""

    key: str
    old: JsonValue
    new: JsonValue
    is_from_outside: bool
    is_removed: bool


@dataclass(slots=True)
class TickDelta:
    """What one record says, set against what was known before it.

    Attributes:
        visits: nodes passed through, in the order in which they were entered.
        interrupted: nodes that were halted.
        nodes: nodes whose status is another one than before.
        keys: values that are others than before, those from outside first.
        answers: keys that leaves outside the engine wrote, by node.
        errors: leaves that failed by an error.
    """

    visits: list[Visit] = field(default_factory=list)
    interrupted: list[Visit] = field(default_factory=list)
    nodes: list[Visit] = field(default_factory=list)
    keys: list[KeyChange] = field(default_factory=list)
    answers: dict[str, set[str]] = field(default_factory=dict)
    errors: tuple[LeafFailure, ...] = ()


class Observation:
    """What is known of an execution after the records so far.

    Args:
        layout: the program's nodes.
        execution: the execution, before the first record that will be folded.

    Attributes:
        root_status: what the tree returned last.
        tip: the node that decided the last tick.
    """

    def __init__(self, layout: Layout, execution: Execution) -> None:
        self.layout = layout
        self.root_status = Status.INVALID
        self.tip: str | None = None
        self._counts = array("Q", bytes(8 * len(layout.ids)))
        self._feedback: dict[int, str] = {}
        self._visited: set[int] = set()
        self._nodes = NodeTable()
        self._packed_keys: tuple[str, ...] = ()
        self._packed_values: tuple[Frozen, ...] | None = None
        self._adopt(execution)

    def fold(self, record: bytes, tip: str | None) -> TickDelta:
        """Take the next record.

        Args:
            record: of a tick or a halt.
            tip: the node that decided it.
        """
        read = self._reader.read(record)
        delta = TickDelta(errors=read.errors)
        self._fold_nodes(read, delta)
        self._fold_keys(read, delta)
        self.root_status = read.root
        self.tip = tip
        return delta

    def compare(self, execution: Execution) -> TickDelta:
        """Say what a move to another program changes, in terms of the program before it."""
        delta = TickDelta()
        statuses = execution.statuses()
        for at, node_id in enumerate(self.layout.ids):
            old, new = _STATUSES[self._states[at]], statuses.get(node_id, Status.INVALID)
            if old is not new:
                visit = Visit(node_id, old, new)
                delta.nodes.append(visit)
                if old is Status.RUNNING:
                    delta.interrupted.append(visit)
        values = execution.blackboard.to_dict()
        for key, frozen in self._frozen.items():
            old_value = thaw(frozen)
            if key not in values:
                delta.keys.append(KeyChange(key, old_value, None, True, True))
            elif not is_same_value(old_value, values[key]):
                delta.keys.append(KeyChange(key, old_value, values[key], True, False))
        delta.keys += [
            KeyChange(key, None, value, True, False)
            for key, value in values.items()
            if key not in self._frozen
        ]
        return delta

    def rebase(self, layout: Layout, execution: Execution) -> None:
        """Go on with another program; counters of nodes with the same id go on too."""
        counts = array("Q", bytes(8 * len(layout.ids)))
        feedback: dict[int, str] = {}
        for node_id, old in self.layout.index.items():
            new = layout.index.get(node_id)
            if new is not None:
                counts[new] = self._counts[old]
                if old in self._feedback:
                    feedback[new] = self._feedback[old]
        self.layout, self._counts, self._feedback = layout, counts, feedback
        self._visited = set()
        self._adopt(execution)

    def get(self, key: str) -> object:
        """Return a value of the blackboard, a fresh copy, or `MISSING`."""
        return thaw(self._frozen[key]) if key in self._frozen else MISSING

    def blackboard(self) -> dict[str, JsonValue]:
        """Return all values of the blackboard, fresh copies."""
        return {key: thaw(value) for key, value in self._frozen.items()}

    def status(self, node_id: str) -> Status:
        """Return a node's status."""
        return _STATUSES[self._states[self.layout.index[node_id]]]

    def feedback(self, node_id: str) -> str:
        """Return what a node said of itself last, empty when nothing."""
        return self._feedback.get(self.layout.index[node_id], "")

    def pack(
        self,
        *,
        execution_id: str,
        tree_id: str,
        tree_version: str,
        tick: int,
        timestamp: datetime,
        mode: RunMode,
        is_running: bool,
    ) -> PackedSnapshot:
        """Return all that is known as a packed snapshot; see `ExecutionSnapshot`."""
        states = bytearray(self._states)
        for at in self._visited:
            states[at] |= VISITED
        self._nodes = NodeTable.of(
            self.layout.ids, bytes(states), self._counts, self._feedback, self._nodes
        )
        if self._packed_values is None:
            self._packed_values = tuple(self._frozen.values())
            keys = tuple(self._frozen)
            self._packed_keys = self._packed_keys if self._packed_keys == keys else keys
        return PackedSnapshot(
            execution_id=execution_id,
            tree_id=tree_id,
            tree_version=tree_version,
            tick=tick,
            root_status=self.root_name,
            tip_node_id=self.tip,
            nodes=self._nodes,
            keys=self._packed_keys,
            values=self._packed_values,
            timestamp=timestamp,
            mode=mode,
            is_running=is_running,
        )

    @property
    def root_name(self) -> StatusName:
        """What the tree returned last, by name."""
        return STATUS_NAMES[self.root_status]

    def _adopt(self, execution: Execution) -> None:
        statuses = execution.statuses()
        self._reader = RecordReader(self.layout.program, statuses)
        self._states = bytearray(statuses[node_id] for node_id in self.layout.ids)
        self._frozen: dict[str, Frozen] = {
            key: freeze(value) for key, value in execution.blackboard.to_dict().items()
        }
        self._packed_values = None

    def _fold_nodes(self, record: TickRecord, delta: TickDelta) -> None:
        index, states = self.layout.index, self._states
        now: dict[int, Status] = {}
        for node_id, status in record.visited:
            at = index[node_id]
            # A loop can pass a node twice in one tick.
            delta.visits.append(Visit(node_id, now.get(at, _STATUSES[states[at]]), status))
            now[at] = status
        for node_id in record.interrupted:
            at = index[node_id]
            delta.interrupted.append(
                Visit(node_id, now.get(at, _STATUSES[states[at]]), Status.INVALID)
            )
        for node_id, status in record.statuses.items():
            at = index[node_id]
            delta.nodes.append(Visit(node_id, _STATUSES[states[at]], status))
            states[at] = status
        for at in now:
            self._counts[at] += 1
            self._feedback.pop(at, None)
        self._visited = set(now)
        for failure in record.errors:
            self._feedback[index[failure.node_id]] = failure.message

    def _fold_keys(self, record: TickRecord, delta: TickDelta) -> None:
        for node_id, result in record.leaves.items():
            delta.answers[node_id] = set(result.writes or ())
        for run_id, result in record.results.items():
            # A run is named after its node, `#` and a number.
            answered = delta.answers.setdefault(run_id.rpartition("#")[0], set())
            answered.update(result.writes or ())
        for key, value in record.updates.items():
            self._set(key, value, delta, is_from_outside=True)
        for key, value in record.changed.items():
            self._set(key, value, delta, is_from_outside=False)
        for key in record.removed:
            old = thaw(self._frozen.pop(key, None))
            self._packed_values = None
            delta.keys.append(KeyChange(key, old, None, False, True))

    def _set(self, key: str, value: JsonValue, delta: TickDelta, *, is_from_outside: bool) -> None:
        old = thaw(self._frozen[key]) if key in self._frozen else None
        if key in self._frozen and is_same_value(old, value):
            return
        self._frozen[key] = freeze(value)
        self._packed_values = None
        delta.keys.append(KeyChange(key, old, value, is_from_outside, False))
