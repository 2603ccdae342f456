"""A tree as lines of text: for a terminal, a log, a pull request."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from py_forest.core.render.marks import STATUS_MARKS, STATUS_MARKS_ASCII, glyph
from py_forest.core.render.outline import Outline, OutlineNode, outline
from py_forest.models.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from py_forest.models.trees import TreeDefinition

Role = Literal["guide", "status", "glyph", "name", "caption", "id", "note"]
Charset = Literal["unicode", "ascii"]

_GUIDES = {
    "unicode": ("├── ", "└── ", "│   ", "    "),
    "ascii": ("|-- ", "`-- ", "|   ", "    "),
}
_STEP = 4
_IN_ASCII = str.maketrans({"·": "-", "…": "...", "→": "->", "⇄": "<->", "“": '"', "”": '"'})


@dataclass(frozen=True, slots=True)
class TextLine:
    """One node as a line of text.

    Args:
        node: the node.
        parts: pieces of text from left to right, each with what it is, so that a terminal can
            colour them; joined they are the line.
    """

    node: OutlineNode
    parts: tuple[tuple[str, Role], ...]

    def __str__(self) -> str:
        return "".join(text for text, _ in self.parts).rstrip()


def text_lines(
    drawn: Outline,
    *,
    ids: bool = False,
    charset: Charset = "unicode",
    max_indent: int | None = None,
) -> Iterator[TextLine]:
    """Yield a line for each node, in pre-order.

    Args:
        drawn: the nodes.
        ids: whether to end each line with the node's id.
        charset: `ascii` uses no other characters than those of ASCII for the tree itself.
        max_indent: columns of indentation at most, at least 8. A node that lies deeper starts again
            at the left, after its level: `25> `. None indents without end.
    """
    branch, last_branch, line, gap = _GUIDES[charset]
    per_page = None if max_indent is None else max((max_indent - _STEP) // _STEP, 1)
    with_status = any(node.status is not None for node in drawn.nodes)
    # continuations[d] is what a line below the open node of depth d + 1 begins with.
    continuations: list[str] = []
    for node in drawn.nodes:
        del continuations[max(node.depth - 1, 0) :]
        guide = ""
        if node.depth:
            is_last = drawn.nodes[node.parent].children[-1] == node.index
            guide = _indent(continuations, node.depth, per_page)
            guide += last_branch if is_last else branch
            continuations.append(gap if is_last else line)
        yield TextLine(node, tuple(_parts(node, guide, ids, charset, with_status)))


def render_ascii(
    definition: TreeDefinition,
    *,
    statuses: Mapping[str, Status] | None = None,
    node_ids: Sequence[str] | None = None,
    ids: bool = False,
    charset: Charset = "unicode",
) -> str:
    """Draw a tree as text.

    Args:
        definition: the tree; it need not be valid.
        statuses: by node id, to be marked on the nodes.
        node_ids: an id for each node in pre-order, see `outline`.
        ids: whether to show the ids.
        charset: `unicode` or `ascii`.
    """
    drawn = outline(definition, statuses=statuses, node_ids=node_ids)
    return "".join(f"{line}\n" for line in text_lines(drawn, ids=ids, charset=charset))


def _indent(continuations: list[str], depth: int, per_page: int | None) -> str:
    if per_page is None or depth <= per_page:
        return "".join(continuations)
    page = (depth - 1) // per_page * per_page
    return f"{page + 1:>3}> " + "".join(continuations[page:])


def _parts(
    node: OutlineNode, guide: str, ids: bool, charset: Charset, with_status: bool
) -> Iterator[tuple[str, Role]]:
    if guide:
        yield guide, "guide"
    if with_status:
        marks = STATUS_MARKS if charset == "unicode" else STATUS_MARKS_ASCII
        yield marks[node.status or Status.INVALID] + " ", "status"
    if charset == "unicode":
        yield glyph(node.icon) + " ", "glyph"
    yield _shown(node.name, charset), "name"
    if node.caption:
        yield "  " + _shown(node.caption, charset), "caption"
    if ids and node.node_id:
        yield "  #" + _shown(node.node_id, charset), "id"
    if node.note:
        yield "  (" + _shown(node.note, charset) + ")", "note"


def _shown(text: str, charset: Charset) -> str:
    """Return a text that keeps to ASCII where that is asked for."""
    if charset == "unicode":
        return text
    return text.translate(_IN_ASCII).encode("ascii", "replace").decode()
