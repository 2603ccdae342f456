"""A tree as a Mermaid flowchart, for Markdown pages that draw Mermaid."""

from __future__ import annotations

from typing import TYPE_CHECKING

from py_forest.core.render.marks import STATUS_COLOURS, STATUS_MARKS, glyph
from py_forest.core.render.outline import Outline, OutlineNode, outline
from py_forest.core.render.summary import clipped
from py_forest.models.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from py_forest.models.trees import TreeDefinition

_SHAPES = {
    "composite": ("[", "]"),
    "decorator": ("{{", "}}"),
    "condition": ("([", "])"),
    "action": ("(", ")"),
    "unknown": ("[/", "/]"),
}
_FILLS = {
    "composite": ("#eff6ff", "#2563eb"),
    "decorator": ("#f5f3ff", "#7c3aed"),
    "condition": ("#fffbeb", "#d97706"),
    "action": ("#f0fdf4", "#059669"),
    "unknown": ("#f3f4f6", "#6b7280"),
}
_LONGEST = 60
# What Mermaid or the HTML it makes would read as its own.
_ENTITIES = {
    '"': "#quot;",
    "#": "#35;",
    "&": "#amp;",
    "<": "#lt;",
    ">": "#gt;",
    "`": "#96;",
}


def render_mermaid(
    definition: TreeDefinition,
    *,
    statuses: Mapping[str, Status] | None = None,
    node_ids: Sequence[str] | None = None,
) -> str:
    """Draw a tree as a Mermaid flowchart, top down.

    Composites are boxes, decorators hexagons, conditions stadiums, actions rounded boxes. Mermaid's
    own default limits (500 edges, 50,000 characters) are the page's to raise.

    Args:
        definition: the tree; it need not be valid.
        statuses: by node id, shown as borders and marks.
        node_ids: an id for each node in pre-order, see `outline`.
    """
    return outline_mermaid(outline(definition, statuses=statuses, node_ids=node_ids))


def outline_mermaid(drawn: Outline) -> str:
    """Draw what `outline` laid out as a Mermaid flowchart, see `render_mermaid`."""
    return "".join(f"{line}\n" for line in _lines(drawn.nodes))


def _lines(nodes: list[OutlineNode]) -> Iterator[str]:
    yield "flowchart TD"
    for node in nodes:
        opening, closing = _SHAPES[node.category]
        yield f'    n{node.index}{opening}"{_label(node)}"{closing}:::{node.category}'
    for node in nodes:
        if node.parent >= 0:
            yield f"    n{node.parent} --> n{node.index}"
    for category in sorted({node.category for node in nodes}):
        fill, stroke = _FILLS[category]
        yield f"    classDef {category} fill:{fill},stroke:{stroke},color:#0f172a"
    for status in Status:
        marked = [f"n{node.index}" for node in nodes if node.status is status]
        if marked and status is not Status.INVALID:
            name = status.name.lower()
            yield f"    classDef {name} stroke:{STATUS_COLOURS[status]},stroke-width:3px"
            yield f"    class {','.join(marked)} {name}"


def _label(node: OutlineNode) -> str:
    mark = f"{STATUS_MARKS[node.status]} " if node.status else ""
    lines = [f"{mark}{glyph(node.icon)} {clipped(node.name, _LONGEST)}"]
    lines += [clipped(text, _LONGEST) for text in (node.caption, node.note) if text]
    return "<br/>".join(_escaped(line) for line in lines)


def _escaped(text: str) -> str:
    return "".join(_ENTITIES.get(c, c) for c in text)
