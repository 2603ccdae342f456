"""Boxes of a picture: which nodes share one, what is written in it, how large it is.

A node that wraps a single other one (a decorator, a guard, a subtree) is a bar on top of that one's
card and not a level of its own, which is how people read it and takes a third of the depth away.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from py_forest.core.render.outline import Outline, OutlineNode

NAME_SIZE = 13.0
CAPTION_SIZE = 11.5
BAR_SIZE = 11.0
TEXT_LEFT = 46.0
BAR_HEIGHT = 22.0

_BAR_TEXT_LEFT = 30.0
_RIGHT = 16.0
_BADGE = 26.0
_NARROWEST, _WIDEST = 132.0, 300.0
_ONE_LINE, _TWO_LINES = 40.0, 48.0
_WRAPPERS = {"decorator", "condition"}

# Widths of characters as shares of the size, on the wide side of the usual sans-serif typefaces.
_NARROW, _SLIM, _WIDE = (
    frozenset("iIjl.,:;'|!`"),
    frozenset('frt()[]{}/\\"- ·*'),
    frozenset("mwMWQO@%"),
)
_BOLD = 1.1


@dataclass(slots=True, eq=False)
class Card:
    """One box.

    Args:
        node: the node the box is about, the innermost.
        bars: the nodes around it, outermost first.
        name: its name, shortened to fit.
        caption: the second line, shortened to fit; may be empty.
        bar_texts: what each bar says.
        width: in pixels.
        height: in pixels, bars included.
        children: indexes of the cards below it.
    """

    node: OutlineNode
    bars: list[OutlineNode]
    name: str
    caption: str
    bar_texts: list[str]
    width: float
    height: float
    children: list[int] = field(default_factory=list)

    @property
    def is_leaf(self) -> bool:
        """Whether nothing hangs below it."""
        return not self.children


def cards(drawn: Outline) -> list[Card]:
    """Return the boxes of a picture, in pre-order."""
    made: list[Card] = []
    card_of: dict[int, int] = {}
    bars: list[OutlineNode] = []
    with_status = any(node.status is not None for node in drawn.nodes)
    for node in drawn.nodes:
        if _is_bar(node):
            bars.append(node)
            continue
        outermost = bars[0] if bars else node
        if outermost.parent >= 0:
            made[card_of[outermost.parent]].children.append(len(made))
        card_of[node.index] = len(made)
        made.append(_card(node, bars, with_status))
        bars = []
    return made


def text_width(text: str, size: float, *, bold: bool = False) -> float:
    """Estimate how wide a text is drawn, in pixels, without knowing the typeface."""
    width = sum(map(_share, text))
    return width * size * (_BOLD if bold else 1.0)


def fitted(text: str, size: float, width: float, *, bold: bool = False) -> str:
    """Shorten a text so that it is drawn no wider than `width` pixels."""
    text = text[:200]
    if text_width(text, size, bold=bold) <= width:
        return text
    while text and text_width(text + "…", size, bold=bold) > width:
        text = text[:-1]
    return text.rstrip() + "…"


def _is_bar(node: OutlineNode) -> bool:
    if len(node.children) != 1:
        return False
    return node.category in _WRAPPERS or node.node_type == "SubTree"


def _card(node: OutlineNode, bars: list[OutlineNode], with_status: bool) -> Card:
    badge = _BADGE if with_status else 0.0
    room = _WIDEST - TEXT_LEFT - _RIGHT - badge
    name = fitted(node.name, NAME_SIZE, room, bold=True)
    caption = " · ".join(part for part in (node.caption, node.note) if part)
    caption = fitted(caption, CAPTION_SIZE, room)
    bar_texts = [
        fitted(_bar_text(bar), BAR_SIZE, _WIDEST - _BAR_TEXT_LEFT - _RIGHT) for bar in bars
    ]
    widths = [
        TEXT_LEFT + text_width(name, NAME_SIZE, bold=True) + _RIGHT + badge,
        TEXT_LEFT + text_width(caption, CAPTION_SIZE) + _RIGHT + badge,
        *(_BAR_TEXT_LEFT + text_width(text, BAR_SIZE) + _RIGHT for text in bar_texts),
    ]
    width = float(round(min(max(_NARROWEST, *widths), _WIDEST)))
    height = (_TWO_LINES if caption else _ONE_LINE) + BAR_HEIGHT * len(bars)
    return Card(node, bars, name, caption, bar_texts, width, height)


def _bar_text(node: OutlineNode) -> str:
    if node.node_type == "SubTree":
        return " · ".join(part for part in (node.name, node.note) if part)
    what = node.name if node.name != node.node_type else node.node_type
    return " · ".join(part for part in (what, node.summary, node.note) if part)


def _share(character: str) -> float:
    if character in _NARROW:
        return 0.32
    if character in _SLIM:
        return 0.42
    if character in _WIDE:
        return 0.9
    if character.isascii():
        return 0.7 if character.isupper() else 0.61
    return 1.05 if unicodedata.east_asian_width(character) in "WF" else 0.68
