"""What does not change about a program while it runs, looked up once for all its executions."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakValueDictionary

from py_forest.core.accesses import Accesses

if TYPE_CHECKING:
    from py_forest.engine import Program

__all__ = ["Layout", "NodePlace", "layout_of"]


class NodePlace(NamedTuple):
    """Where a node stands.

    Attributes:
        name: its name, for people.
        depth: nodes above it.
    """

    name: str
    depth: int


class Layout:
    """The nodes of a program by their index in pre-order; `layout_of` makes it.

    Attributes:
        program: the program.
        ids: node ids in pre-order.
        index: position in `ids` by node id.
        accesses: which variables each node reads and writes.
    """

    def __init__(self, program: Program) -> None:
        self.program = program
        self.ids: tuple[str, ...] = tuple(program.node_ids)
        self.index: dict[str, int] = {node_id: at for at, node_id in enumerate(self.ids)}
        self.accesses = Accesses(program)
        self._places: dict[str, NodePlace] = {}

    def place(self, node_id: str) -> NodePlace:
        """Return where a node stands; each is looked up in the program at most once.

        Raises:
            KeyError: the program has no such node.
        """
        above: list[tuple[str, str]] = []
        at: str | None = node_id
        while at is not None and at not in self._places:
            info = self.program.node(at)
            above.append((at, info.name))
            at = info.parent
        depth = -1 if at is None else self._places[at].depth
        for each, name in reversed(above):
            depth += 1
            self._places[each] = NodePlace(name, depth)
        return self._places[node_id]


# A layout keeps its program alive, so a program's address stays its own for as long as its entry.
_layouts: WeakValueDictionary[int, Layout] = WeakValueDictionary()


def layout_of(program: Program) -> Layout:
    """Return the layout of a program, one for all its executions."""
    layout = _layouts.get(id(program))
    if layout is None:
        layout = _layouts[id(program)] = Layout(program)
    return layout
