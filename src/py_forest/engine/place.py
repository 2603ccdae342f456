"""Where a walk over a tree is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

Frame = tuple[Sequence[Any], Iterator[Any], str, str, dict[str, int]]
"""One level of a walk: the siblings, the iterator over them, id and type name of their parent, and
how often each label was met among them."""


class Place:
    """The stack of a walk. It tells where the walk is only when asked: a million nodes never do.

    Args:
        base: JSON pointer of the root node.
    """

    __slots__ = ("base", "frames")

    def __init__(self, base: str) -> None:
        self.base = base
        self.frames: list[Frame] = []

    def position(self, level: int = -1) -> int:
        """Return which child of its parent is being visited at a level."""
        siblings, iterator = self.frames[level][:2]
        # A list iterator knows how much it has left: counting along would cost every node.
        left: int = iterator.__length_hint__()  # type: ignore[attr-defined]
        return len(siblings) - left - 1

    def pointer(self) -> str:
        """Return the JSON pointer of the node that is being visited."""
        steps = [f"/children/{self.position(level)}" for level in range(1, len(self.frames))]
        return self.base + "".join(steps)
