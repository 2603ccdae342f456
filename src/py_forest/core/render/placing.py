"""Where the cards of a picture go, downwards or to the right, and the lines between them."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Literal

from py_forest.core.render.layout import Box, place

if TYPE_CHECKING:
    from py_forest.core.render.cards import Card

_SIBLINGS_DOWN, _LEVELS_DOWN = 26.0, 40.0
_SIBLINGS_RIGHT, _LEVELS_RIGHT = 12.0, 52.0
_LIST_INDENT, _LIST_TOP, _LIST_GAP = 26.0, 14.0, 10.0
_TRUNK = 14.0
_SHORTEST_LIST = 2

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Placement:
    """Where everything is.

    Args:
        corners: top left corner of each card.
        width: of the whole picture.
        height: of the whole picture.
        listed: parents whose children stand as a list below them.
        direction: which way the tree grows.
    """

    corners: list[Point]
    width: float
    height: float
    listed: frozenset[int]
    direction: Literal["down", "right"]

    def edge(self, cards: list[Card], parent: int, child: int) -> list[Point]:
        """Return the points of the line from a card to one of its children."""
        (x, y), (to_x, to_y) = self.corners[parent], self.corners[child]
        above, below = cards[parent], cards[child]
        if parent in self.listed:
            middle = to_y + below.height / 2
            return [(x + _TRUNK, y + above.height), (x + _TRUNK, middle), (to_x, middle)]
        if self.direction == "right":
            start, end = (x + above.width, y + above.height / 2), (to_x, to_y + below.height / 2)
            turn = end[0] - _LEVELS_RIGHT / 2
            return [start, (turn, start[1]), (turn, end[1]), end]
        start, end = (x + above.width / 2, y + above.height), (to_x + below.width / 2, to_y)
        turn = end[1] - _LEVELS_DOWN / 2
        return [start, (start[0], turn), (end[0], turn), end]


def place_cards(cards: list[Card], direction: Literal["down", "right"]) -> Placement:
    """Place cards in layers.

    Args:
        cards: in pre-order.
        direction: which way the tree grows.
    """
    depths = _depths(cards)
    corners = [(0.0, 0.0)] * len(cards)
    if direction == "right":
        levels = _levels(depths, [card.width for card in cards], _LEVELS_RIGHT)
        boxes = [Box(card.height / 2, card.height / 2) for card in cards]
        middles = place(boxes, [card.children for card in cards], _SIBLINGS_RIGHT)
        for index, card in enumerate(cards):
            corners[index] = (levels[depths[index]], middles[index] - card.height / 2)
        return _moved_to_origin(cards, corners, frozenset(), direction)
    listed = frozenset(index for index in range(len(cards)) if _is_list(cards, index))
    hanging = {child for index in listed for child in cards[index].children}
    standing = [index for index in range(len(cards)) if index not in hanging]
    levels = _levels(
        [depths[index] for index in standing],
        [cards[index].height for index in standing],
        _LEVELS_DOWN,
    )
    number = {index: position for position, index in enumerate(standing)}
    boxes = [
        _box_with_list(cards, index, levels, depths[index])
        if index in listed
        else Box(cards[index].width / 2, cards[index].width / 2)
        for index in standing
    ]
    children = [
        [] if index in listed else [number[child] for child in cards[index].children]
        for index in standing
    ]
    for index, middle in zip(standing, place(boxes, children, _SIBLINGS_DOWN), strict=True):
        card = cards[index]
        corners[index] = (middle - card.width / 2, levels[depths[index]])
        if index in listed:
            for child, corner in _list_corners(cards, card, corners[index]):
                corners[child] = corner
    return _moved_to_origin(cards, corners, listed, direction)


def _is_list(cards: list[Card], index: int) -> bool:
    children = cards[index].children
    return len(children) >= _SHORTEST_LIST and all(cards[child].is_leaf for child in children)


def _list_corners(cards: list[Card], parent: Card, corner: Point) -> list[tuple[int, Point]]:
    x, y = corner[0] + _LIST_INDENT, corner[1] + parent.height + _LIST_TOP
    corners = []
    for child in parent.children:
        corners.append((child, (x, y)))
        y += cards[child].height + _LIST_GAP
    return corners


def _box_with_list(cards: list[Card], index: int, levels: list[float], depth: int) -> Box:
    card = cards[index]
    corners = _list_corners(cards, card, (0.0, levels[depth]))
    (_, (_, top)), (last, (_, y)) = corners[0], corners[-1]
    bottom = y + cards[last].height + _LIST_GAP
    widest = max(cards[child].width for child in card.children)
    extents = (card.width / 2, max(_LIST_INDENT + widest - card.width / 2, card.width / 2))
    reached = sum(1 for level in levels[depth + 1 :] if level < bottom)
    # Where a neighbour is taller than the card, the list begins beside it.
    own = extents if top < levels[depth + 1] - _LEVELS_DOWN else (card.width / 2, card.width / 2)
    return Box(*own, (extents,) * max(reached, 1))


def _depths(cards: list[Card]) -> list[int]:
    depths = [0] * len(cards)
    for index, card in enumerate(cards):
        for child in card.children:
            depths[child] = depths[index] + 1
    return depths


def _levels(depths: list[int], sizes: list[float], gap: float) -> list[float]:
    """Return where each level begins."""
    thickest = [0.0] * (max(depths) + 1)
    for depth, size in zip(depths, sizes, strict=True):
        thickest[depth] = max(thickest[depth], size)
    return [0.0, *accumulate(thickness + gap for thickness in thickest)]


def _moved_to_origin(
    cards: list[Card],
    corners: list[Point],
    listed: frozenset[int],
    direction: Literal["down", "right"],
) -> Placement:
    left, top = min(x for x, _ in corners), min(y for _, y in corners)
    moved = [(x - left, y - top) for x, y in corners]
    width = max(x + card.width for card, (x, _) in zip(cards, moved, strict=True))
    height = max(y + card.height for card, (_, y) in zip(cards, moved, strict=True))
    return Placement(moved, width, height, listed, direction)
