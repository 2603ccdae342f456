"""A tree in the DOT language of Graphviz."""

from __future__ import annotations

from typing import TYPE_CHECKING

from py_forest.core.render.marks import STATUS_COLOURS, STATUS_MARKS, glyph
from py_forest.core.render.outline import Outline, OutlineNode, outline
from py_forest.core.render.summary import clipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from py_forest.models.status import Status
    from py_forest.models.trees import TreeDefinition

_SHAPES = {
    "composite": "box",
    "decorator": "hexagon",
    "condition": "ellipse",
    "action": "box",
    "unknown": "note",
}
_LONGEST = 60
_TINT = "18"


def render_dot(
    definition: TreeDefinition,
    *,
    statuses: Mapping[str, Status] | None = None,
    node_ids: Sequence[str] | None = None,
) -> str:
    """Draw a tree as a DOT graph, top down, children from left to right.

    Args:
        definition: the tree; it need not be valid.
        statuses: by node id, shown as borders and marks.
        node_ids: an id for each node in pre-order, see `outline`.
    """
    return outline_dot(outline(definition, statuses=statuses, node_ids=node_ids))


def outline_dot(drawn: Outline) -> str:
    """Draw what `outline` laid out as a DOT graph, see `render_dot`."""
    return "".join(f"{line}\n" for line in _lines(drawn.title or "tree", drawn.nodes))


def _lines(title: str, nodes: list[OutlineNode]) -> Iterator[str]:
    yield f"digraph {_quoted(title)} {{"
    yield "    graph [ordering=out, ranksep=0.4, nodesep=0.25];"
    yield '    node [fontname="Helvetica", fontsize=11, style="filled,rounded", margin="0.15,0.1"];'
    yield '    edge [color="#94a3b8", arrowsize=0.6];'
    for node in nodes:
        yield f"    n{node.index} [{_attributes(node)}];"
    for node in nodes:
        if node.parent >= 0:
            yield f"    n{node.parent} -> n{node.index};"
    yield "}"


def _attributes(node: OutlineNode) -> str:
    mark = f"{STATUS_MARKS[node.status]} " if node.status else ""
    lines = [f"{mark}{glyph(node.icon)} {clipped(node.name, _LONGEST)}"]
    lines += [clipped(text, _LONGEST) for text in (node.caption, node.note) if text]
    attributes = {
        "label": _quoted("\n".join(lines)),
        "shape": _SHAPES[node.category],
        "color": f'"{node.color}"',
        "fillcolor": f'"{node.color}{_TINT}"',
    }
    if node.status:
        attributes["color"] = f'"{STATUS_COLOURS[node.status]}"'
        attributes["penwidth"] = "2.5"
    if node.node_id:
        attributes["tooltip"] = _quoted(node.node_id)
    return ", ".join(f"{key}={value}" for key, value in attributes.items())


def _quoted(text: str) -> str:
    """Quote a text for DOT; a line end stays one, everything else is taken as it is."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'
