"""A definition laid out as a flat list of nodes in pre-order: what every picture is drawn from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from py_forest.core.render.summary import summary
from py_forest.engine.catalogue import Catalogue, default_catalogue
from py_forest.kit.errors import LimitExceeded

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from py_forest.models.nodes import NodeType
    from py_forest.models.status import Status
    from py_forest.models.trees import TreeDefinition

MAX_DRAWN = 1_000_000
"""Nodes of a picture at most."""

_GREY = "#6b7280"
_REFERENCE = "#/subtrees/"
_LONGEST_NAME = 200
_SPEAKING = frozenset(
    {
        "Action",
        "CheckBlackboardCondition",
        "Condition",
        "External",
        "HumanDecision",
        "Script",
        "SetBlackboardVariable",
        "UnsetBlackboardVariable",
        "WaitForBlackboardCondition",
    }
)
"""Types whose summary says by itself what kind of node it is."""


@dataclass(slots=True, eq=False)
class OutlineNode:
    """One node of a picture.

    Args:
        index: place in pre-order, the root is 0.
        parent: index of the parent, -1 for the root.
        depth: levels above it, 0 for the root.
        node_id: its id, as written or as given to `outline`; empty when it has none. Here and in
            the texts below, characters that cannot be printed are replaced.
        name: its name, else what its type is called.
        node_type: the canonical type, or the text written there if nobody knows the type.
        category: `composite`, `decorator`, `condition`, `action`, or `unknown`.
        icon: name of the type's icon; empty for an unknown type.
        color: the type's colour, `#rrggbb`.
        summary: what it is set to do, in a few words.
        is_named: whether the name was written.
        note: what is odd about it: an unknown type, a reference that leads nowhere.
        status: its status, if there is a run to show.
        children: indexes of its children.
    """

    index: int
    parent: int
    depth: int
    node_id: str
    name: str
    node_type: str
    category: str
    icon: str
    color: str
    summary: str
    is_named: bool
    note: str = ""
    status: Status | None = None
    children: list[int] = field(default_factory=list)

    @property
    def caption(self) -> str:
        """What to write beside the name: the type unless that is plain, and the summary."""
        if self.summary and (self.node_type in _SPEAKING or not self.is_named):
            return self.summary
        shown_type = self.node_type if self.is_named else ""
        return " · ".join(part for part in (shown_type, self.summary) if part)


@dataclass(frozen=True, slots=True, eq=False)
class Outline:
    """A whole picture's nodes.

    Args:
        title: the tree's name.
        nodes: in pre-order.
    """

    title: str
    nodes: list[OutlineNode]

    def find(self, wanted: str) -> OutlineNode | None:
        """Return the node with that id, else the first one with that name, else None."""
        by_name = None
        for node in self.nodes:
            if node.node_id == wanted:
                return node
            if by_name is None and node.name == wanted:
                by_name = node
        return by_name

    def below(self, top: OutlineNode) -> Outline:
        """Return the part of the picture from one node down."""
        end = top.index + 1
        while end < len(self.nodes) and self.nodes[end].depth > top.depth:
            end += 1
        shift, depth = top.index, top.depth
        nodes = [_moved(node, shift, depth, node.children) for node in self.nodes[shift:end]]
        return Outline(self.title if shift == 0 else top.name, nodes)

    def folded(self, levels: int) -> Outline:
        """Return the picture with only so many levels; a note says how many nodes are not shown."""
        return self.only([node for node in self.nodes if node.depth < levels])

    def where_active(self) -> Outline:
        """Return the picture without what lies below nodes that are idle."""
        kept: list[OutlineNode] = []
        hidden_below = -1
        for node in self.nodes:
            if 0 <= hidden_below < node.depth:
                continue
            kept.append(node)
            hidden_below = -1 if node.status else node.depth
        return self.only(kept)

    def only(self, kept: list[OutlineNode]) -> Outline:
        """Return the picture of some nodes; a note says where all children of one are left out.

        Args:
            kept: in pre-order, each with its parent.
        """
        places = {node.index: place for place, node in enumerate(kept)}
        nodes = []
        for place, node in enumerate(kept):
            copy = _moved(node, 0, 0, [])
            copy.index, copy.parent = place, places.get(node.parent, -1)
            copy.children = [places[child] for child in node.children if child in places]
            if node.children and not copy.children:
                hidden = self.below_count(node)
                copy.note = f"+{hidden:,}" + (f" · {node.note}" if node.note else "")
            nodes.append(copy)
        return Outline(self.title, nodes)

    def below_count(self, top: OutlineNode) -> int:
        """Return how many nodes lie below one."""
        end = top.index + 1
        while end < len(self.nodes) and self.nodes[end].depth > top.depth:
            end += 1
        return end - top.index - 1


def outline(
    definition: TreeDefinition,
    *,
    statuses: Mapping[str, Status] | None = None,
    node_ids: Sequence[str] | None = None,
    catalogue: Catalogue | None = None,
    limit: int = MAX_DRAWN,
) -> Outline:
    """Lay a definition out for drawing; it need not be valid.

    Every `$ref` is followed: its node is a `SubTree` with the subtree's root as its child. One that
    leads nowhere, or back into itself, is drawn without a child and with a note.

    Args:
        definition: the tree.
        statuses: by node id; the ids written in the definition, or those of `node_ids`.
        node_ids: an id for each node in pre-order, as `Program.node_ids` has them.
        catalogue: the node types known; the default ones when left out.
        limit: most nodes to lay out.

    Raises:
        LimitExceeded: there are more nodes than `limit`.
    """
    known = catalogue or default_catalogue()
    nodes: list[OutlineNode] = []
    # Each entry: a document, its parent's index, and the subtrees open around it.
    stack: list[tuple[Any, int, tuple[str, ...]]] = [(definition.root, -1, ())]
    while stack:
        document, parent, open_names = stack.pop()
        if len(nodes) >= limit:
            raise LimitExceeded(f"the tree has more than {limit:,} nodes; draw a part of it")
        node = _node(document, len(nodes), known)
        nodes.append(node)
        if parent >= 0:
            node.parent, node.depth = parent, nodes[parent].depth + 1
            nodes[parent].children.append(node.index)
        if not isinstance(document, dict):
            continue
        children = document.get("children")
        if "$ref" in document:
            stack.extend(_referred(document["$ref"], node, definition, open_names))
        elif isinstance(children, list):
            stack.extend((child, node.index, open_names) for child in reversed(children))
    _label(nodes, node_ids, statuses or {})
    return Outline(_printable(" ".join(definition.name.split())), nodes)


def _label(
    nodes: list[OutlineNode], node_ids: Sequence[str] | None, statuses: Mapping[str, Status]
) -> None:
    if node_ids is not None:
        if len(node_ids) != len(nodes):
            raise ValueError(f"{len(node_ids):,} ids for {len(nodes):,} nodes")
        for node, node_id in zip(nodes, node_ids, strict=True):
            node.node_id = node_id
    for node in nodes:
        node.status = statuses.get(node.node_id) if statuses else None


def _referred(
    reference: object, node: OutlineNode, definition: TreeDefinition, open_names: tuple[str, ...]
) -> list[tuple[Any, int, tuple[str, ...]]]:
    name = reference.removeprefix(_REFERENCE) if isinstance(reference, str) else ""
    if not node.is_named:
        node.name = _printable(name[:_LONGEST_NAME]) or node.name
    target = definition.subtrees.get(name)
    if target is None:
        node.note = "leads nowhere"
    elif name in open_names:
        node.note = "contains itself"
    else:
        return [(target, node.index, (*open_names, name))]
    return []


def _node(document: object, index: int, catalogue: Catalogue) -> OutlineNode:
    if not isinstance(document, dict):
        return _unknown(index, "not a node")
    written = document.get("node_type", "SubTree" if "$ref" in document else "")
    if not isinstance(written, str):
        return _unknown(index, "no type")
    node_type = catalogue.find(written)
    name, config, node_id = (document.get(key) for key in ("name", "config", "node_id"))
    is_named = isinstance(name, str) and bool(name.strip())
    known_type = node_type.name if node_type else written[:_LONGEST_NAME]
    return OutlineNode(
        index=index,
        parent=-1,
        depth=0,
        node_id=_printable(node_id) if isinstance(node_id, str) else "",
        name=_printable(" ".join(str(name).split()) if is_named else _called(node_type, written)),
        node_type=_printable(known_type),
        category=node_type.category if node_type else "unknown",
        icon=node_type.icon if node_type else "",
        color=node_type.color if node_type else _GREY,
        summary=_printable(summary(known_type, config if isinstance(config, dict) else {})),
        is_named=is_named,
        note="" if node_type else "unknown type",
    )


def _called(node_type: NodeType | None, written: str) -> str:
    return node_type.display_name if node_type else written[:_LONGEST_NAME] or "(no type)"


def _printable(text: str) -> str:
    """Replace what would break a line, a terminal or an XML document."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else "\ufffd" for c in text)


def _unknown(index: int, note: str) -> OutlineNode:
    return OutlineNode(
        index, -1, 0, "", "(no node)", "", "unknown", "", _GREY, "", is_named=False, note=note
    )


def _moved(node: OutlineNode, shift: int, depth: int, children: list[int]) -> OutlineNode:
    return OutlineNode(
        node.index - shift,
        max(node.parent - shift, -1),
        node.depth - depth,
        node.node_id,
        node.name,
        node.node_type,
        node.category,
        node.icon,
        node.color,
        node.summary,
        node.is_named,
        node.note,
        node.status,
        [child - shift for child in children],
    )
