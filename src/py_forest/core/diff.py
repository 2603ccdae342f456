"""What lies between two versions of a tree: nodes added, removed, moved and changed.

Nodes are matched by their id first. Those without one are matched by where they stand and what they
look like: equal parts, then equal names and types, among the children of nodes that are matched
already; a part that turns up elsewhere has moved. Subtrees are compared once each, not once for
every reference. Aliases and defaults that are written out make no difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from py_forest.core.diff_nodes import ABSENT, TreeNode, bodies, field_changes, section_changes
from py_forest.core.matching import match
from py_forest.engine.catalogue import Catalogue, default_catalogue

if TYPE_CHECKING:
    from py_forest.core.matching import Matching
    from py_forest.models.trees import TreeDefinition

__all__ = ["ABSENT", "FieldChange", "NodeDifference", "Place", "TreeDiff", "diff"]

Kind = Literal["added", "removed", "moved", "changed"]


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One value that differs.

    Args:
        field: which: `name`, `node_type`, `config.value`, `metadata.version`, …
        old: what it was, `ABSENT` if it was not there.
        new: what it is, `ABSENT` if it is not there any more.
    """

    field: str
    old: Any
    new: Any

    def to_dict(self) -> dict[str, Any]:
        """Return the change as JSON; a side that is not there is left out."""
        sides = {"old": self.old, "new": self.new}
        return {"field": self.field, **{k: v for k, v in sides.items() if v is not ABSENT}}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a node stands.

    Args:
        pointer: JSON pointer in the definition.
        path: names from the root of its body, joined with ` / `.
        position: its place among its siblings, from 0.
    """

    pointer: str
    path: str
    position: int

    def to_dict(self) -> dict[str, Any]:
        """Return the place as JSON."""
        return {"pointer": self.pointer, "path": self.path, "position": self.position}


@dataclass(frozen=True, slots=True)
class NodeDifference:
    """One node that is not as it was. A node that was moved and changed is listed twice.

    Args:
        kind: what happened to it.
        node_id: its id, as written; empty when it has none.
        name: its name, the new one if it changed.
        node_type: its type, the new one if it changed.
        old: where it stood; None for an added one.
        new: where it stands; None for a removed one.
        fields: what changed in it; only for a changed one.
        below: how many nodes came or went together with it, below it.
        is_top: whether the node above it did not come or go too; False only for added and removed.
    """

    kind: Kind
    node_id: str
    name: str
    node_type: str
    old: Place | None
    new: Place | None
    fields: tuple[FieldChange, ...] = ()
    below: int = 0
    is_top: bool = True

    def to_dict(self) -> dict[str, Any]:
        """Return the difference as JSON."""
        return {
            "kind": self.kind,
            "node_id": self.node_id or None,
            "name": self.name,
            "node_type": self.node_type,
            "old": self.old.to_dict() if self.old else None,
            "new": self.new.to_dict() if self.new else None,
            "fields": [change.to_dict() for change in self.fields],
        }


@dataclass(frozen=True, slots=True)
class TreeDiff:
    """Everything that lies between two definitions.

    Args:
        nodes: what happened to nodes: removed ones, then the others in the order of the new tree.
        sections: what changed beside the nodes: metadata, declared variables, parameters, tests.
        unchanged: how many nodes are as they were, where they were.
    """

    nodes: tuple[NodeDifference, ...]
    sections: tuple[FieldChange, ...]
    unchanged: int

    @property
    def is_empty(self) -> bool:
        """Whether the two are the same."""
        return not self.nodes and not self.sections

    def of(self, kind: Kind) -> list[NodeDifference]:
        """Return the differences of one kind."""
        return [each for each in self.nodes if each.kind == kind]

    def to_dict(self) -> dict[str, Any]:
        """Return the diff as JSON."""
        return {
            "added": [each.to_dict() for each in self.of("added")],
            "removed": [each.to_dict() for each in self.of("removed")],
            "moved": [each.to_dict() for each in self.of("moved")],
            "changed": [each.to_dict() for each in self.of("changed")],
            "sections": [change.to_dict() for change in self.sections],
            "unchanged": self.unchanged,
        }


def diff(old: TreeDefinition, new: TreeDefinition, catalogue: Catalogue | None = None) -> TreeDiff:
    """Compare two definitions; they need not be valid.

    Args:
        old: the version before.
        new: the version after.
        catalogue: the node types known; the default ones when left out.
    """
    known = catalogue or default_catalogue()
    olds, news = bodies(old, known), bodies(new, known)
    matching = match(olds, news)
    found = [
        _came_or_went("removed", node, olds, matching) for node in olds if node.partner is None
    ]
    unchanged = 0
    for node in news:
        if node.partner is None:
            found.append(_came_or_went("added", node, news, matching))
            continue
        before = olds[node.partner]
        fields = tuple(FieldChange(*each) for each in field_changes(before, node, known))
        if node.index in matching.moved:
            found.append(_difference("moved", node, _place(olds, before), _place(news, node)))
        if fields:
            places = _place(olds, before), _place(news, node)
            found.append(_difference("changed", node, *places, fields=fields))
        unchanged += not fields and node.index not in matching.moved
    sections = tuple(FieldChange(*each) for each in section_changes(old, new))
    return TreeDiff(tuple(found), sections, unchanged)


def _came_or_went(
    kind: Kind, node: TreeNode, nodes: list[TreeNode], matching: Matching
) -> NodeDifference:
    parent = nodes[node.parent] if node.parent >= 0 else None
    place = _place(nodes, node)
    return _difference(
        kind,
        node,
        place if kind == "removed" else None,
        place if kind == "added" else None,
        below=matching.alone_below(node, nodes),
        is_top=parent is None or parent.partner is not None,
    )


def _difference(
    kind: Kind,
    node: TreeNode,
    old: Place | None,
    new: Place | None,
    *,
    fields: tuple[FieldChange, ...] = (),
    below: int = 0,
    is_top: bool = True,
) -> NodeDifference:
    return NodeDifference(
        kind, node.node_id, node.label, node.node_type, old, new, fields, below, is_top
    )


def _place(nodes: list[TreeNode], node: TreeNode) -> Place:
    names: list[str] = []
    steps: list[str] = []
    at = node
    while at.parent >= 0:
        names.append(at.label)
        steps.append(f"/children/{at.position}")
        at = nodes[at.parent]
    names.append(at.label)
    return Place(at.pointer + "".join(reversed(steps)), " / ".join(reversed(names)), node.position)
