"""What checking a body of nodes leaves behind: its nodes laid out flat."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Wiring = dict[str, str | tuple[Any]]
"""For each inner variable the outer one, or the constant it stands for in a tuple of one."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A node that stands for a subtree.

    Args:
        target: name of the subtree.
        wiring: what the subtree sees, None when it shares all variables.
        depth: level of the node, 1 at the root of its body.
        node_id: id of the node.
        pointer: JSON pointer of the node.
    """

    target: str
    wiring: Wiring | None
    depth: int
    node_id: str
    pointer: str


Row = tuple[int, int, int, str, dict[str, Any]]
"""A node as the native engine takes it: kind, scope, number of children, id, configuration."""


@dataclass(slots=True, eq=False)
class Body:
    """A tree of nodes without its references expanded.

    Args:
        name: name of the subtree, or None for the root's tree.
        pointer: JSON pointer of its root node.
        rows: its nodes in pre-order.
        names: their names.
        references: the rows that stand for a subtree, by index.
        custom_types: type names of the rows that are not built in, by index.
        depth: its levels.
        is_whole: False when it was left unfinished because a limit was passed.
    """

    name: str | None
    pointer: str
    rows: list[Row] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    references: dict[int, Reference] = field(default_factory=dict)
    custom_types: dict[int, str] = field(default_factory=dict)
    depth: int = 0
    is_whole: bool = True
