"""What is known of one tick when it is explained."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from py_forest.engine import _native

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from py_forest.engine.program import NodeInfo, Program
    from py_forest.engine.records import LeafFailure, PendingRun, TickRecord
    from py_forest.models.status import Status

UNSET = object()
"""Stands for the value of a key that has none."""


@dataclass(frozen=True, slots=True)
class Board:
    """The blackboard as one node found it.

    Args:
        read: gives the value of a key, by the name the whole tree uses, or `UNSET`.
        later: keys that may have been written after the node was ticked, so that `read` gives
            their value of now; None when that may be true of any key.
    """

    read: Callable[[str], Any]
    later: Collection[str] | None = ()


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """One tick, and what it left behind.

    Args:
        program: the program.
        statuses: status of every node at the end of the tick.
        ticks: number of the tick, 0 before the first.
        now: its time, seconds since 1970 UTC; None before the first.
        memory_of: gives a node's memory cells at the end of the tick.
        board_of: gives the blackboard as a node found it.
        record: the tick's decoded record; None when it is not at hand.
        failures: nodes that failed by an error in the tick.
        pending: runs in flight, by node id.
    """

    program: Program
    statuses: Mapping[str, Status]
    ticks: int
    now: float | None
    memory_of: Callable[[str], Sequence[int]]
    board_of: Callable[[str], Board]
    record: TickRecord | None = None
    failures: Sequence[LeafFailure] = ()
    pending: Mapping[str, PendingRun] = field(default_factory=dict)
    _nodes: dict[str, NodeInfo] = field(default_factory=dict)
    _answers: dict[str, Status] = field(default_factory=dict)
    _boards: dict[str, Board] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.record is not None:
            self._answers.update(self.record.visited)

    def node(self, node_id: str) -> NodeInfo:
        """Describe a node."""
        node = self._nodes.get(node_id)
        if node is None:
            node = self._nodes[node_id] = self.program.node(node_id)
        return node

    def kind(self, node: NodeInfo) -> str:
        """Name the built-in type of a node; one that was registered is an Action to the engine."""
        return node.node_type if node.node_type in _native.KINDS else "Action"

    def children(self, node: NodeInfo) -> list[NodeInfo]:
        """Describe the children of a node."""
        return [self.node(child) for child in node.children]

    def status(self, node: NodeInfo) -> Status:
        """What a node answered in the tick; what it stands at where that is not known."""
        return self._answers.get(node.id, self.statuses[node.id])

    def is_visited(self, node: NodeInfo) -> bool | None:
        """Whether the tick passed a node; None without a record."""
        return None if self.record is None else node.id in self._answers

    def failure(self, node: NodeInfo) -> LeafFailure | None:
        """How a node failed by an error, if it did."""
        return next((each for each in self.failures if each.node_id == node.id), None)

    def memory(self, node: NodeInfo) -> Sequence[int]:
        """Return the memory cells of a node, as its C++ header names them."""
        return self.memory_of(node.id)

    @property
    def now_ns(self) -> int:
        """Time of the tick in nanoseconds."""
        return round((self.now or 0.0) * 1e9)

    def left(self, deadline_ns: int) -> float:
        """Return the seconds from the tick to a deadline; negative when it has passed."""
        return (deadline_ns - self.now_ns) * 1e-9

    def board(self, node: NodeInfo) -> Board:
        """Return the blackboard as a node found it."""
        board = self._boards.get(node.id)
        if board is None:
            board = self._boards[node.id] = self.board_of(node.id)
        return board

    def values(self, node: NodeInfo, names: Sequence[str]) -> dict[str, Any]:
        """Return the values of those keys that have one, by the names that the node uses."""
        read = self.board(node).read
        found = {name: read(self.program.key_in(node.id, name)) for name in names}
        return {name: value for name, value in found.items() if value is not UNSET}

    def linking(self, node: NodeInfo, name: str) -> str:
        """Say `is` of a key's value that the node found, `is now` where it may be another one."""
        later = self.board(node).later
        is_then = later is not None and self.program.key_in(node.id, name) not in later
        return "is" if is_then else "is now"
