"""Where the boxes of a layered tree go: pure geometry, no text and no colours.

Children stand side by side in their order, parents over the middle of their children, and subtrees
move together until they nearly touch. Where there is room to spare between siblings it is shared
out evenly: they are packed once from the first and once from the last, and stand in between.

Source: the contours are those of Reingold & Tilford (1981), "Tidier Drawings of Trees".
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_Contour = list[float]

_STRAIGHT = 2.0
"""Gaps that a parent may stand off the middle of its children to be right above the middle one."""


@dataclass(frozen=True, slots=True)
class Box:
    """How much room a node takes on each side of its own middle, across the direction of growth.

    Args:
        before: extent towards the first sibling.
        after: extent towards the last sibling.
        tail: extents of what hangs below the node without being a node of its own, a list of leaves
            for example, as (before, after) for each further level that it reaches into. A node with
            children of its own has none.
    """

    before: float
    after: float
    tail: tuple[tuple[float, float], ...] = ()


@dataclass(frozen=True, slots=True)
class _Shape:
    """The outline of a subtree by level, from its top, relative to the middle of its top node."""

    first: _Contour
    last: _Contour


def place(boxes: Sequence[Box], children: Sequence[Sequence[int]], gap: float) -> list[float]:
    """Return the middle of every node across the direction of growth; the root's is 0.

    Args:
        boxes: room of each node, in pre-order: a child's index is larger than its parent's.
        children: the children of each node, in order.
        gap: room to leave between neighbours, > 0.
    """
    offsets = [0.0] * len(boxes)
    shapes: dict[int, _Shape] = {}
    for index in range(len(boxes) - 1, -1, -1):
        below = children[index]
        parts = [shapes.pop(child) for child in below]
        shifts = _spread(parts, gap)
        for child, shift in zip(below, shifts, strict=True):
            offsets[child] = shift
        shapes[index] = _joined(boxes[index], parts, shifts)
    middles = [0.0] * len(boxes)
    for index, below in enumerate(children):
        for child in below:
            middles[child] = middles[index] + offsets[child]
    return middles


def _spread(parts: list[_Shape], gap: float) -> list[float]:
    """Return where siblings stand relative to their parent: evenly, in order, nothing touching."""
    if len(parts) <= 1:
        return [0.0] * len(parts)
    packed = _packed(parts, gap)
    mirrored = [_Shape([-x for x in part.last], [-x for x in part.first]) for part in parts]
    from_last = [-shift for shift in _packed(mirrored[::-1], gap)][::-1]
    # Both are as long as the closest packing from end to end, and no place in the first is after
    # that in the second; so a mix whose share grows from sibling to sibling keeps all distances.
    ends, length = len(parts) - 1, packed[-1]
    spread = [
        near + (far + length - near) * index / ends
        for index, (near, far) in enumerate(zip(packed, from_last, strict=True))
    ]
    middle = (spread[0] + spread[-1]) / 2
    inner = spread[ends // 2]
    if ends % 2 == 0 and abs(inner - middle) <= _STRAIGHT * gap:
        middle = inner
    return [shift - middle for shift in spread]


def _packed(parts: list[_Shape], gap: float) -> list[float]:
    """Return the smallest shifts that put each part after all the ones before it."""
    shifts: list[float] = []
    reach: _Contour = []
    for part in parts:
        overlaps = [far - near for far, near in zip(reach, part.first, strict=False)]
        shift = max(overlaps) + gap if overlaps else 0.0
        shifts.append(shift)
        reach[: len(part.last)] = [x + shift for x in part.last]
    return shifts


def _joined(box: Box, parts: list[_Shape], shifts: list[float]) -> _Shape:
    """Return the outline of a node with its parts: at each level the outermost that gets there."""
    first = [-box.before, *(-before for before, _ in box.tail)]
    last = [box.after, *(after for _, after in box.tail)]
    for part, shift in zip(parts, shifts, strict=True):
        first += [x + shift for x in part.first[len(first) - 1 :]]
    for part, shift in zip(reversed(parts), reversed(shifts), strict=True):
        last += [x + shift for x in part.last[len(last) - 1 :]]
    return _Shape(first, last)
