"""What one tick of any engine looks like from outside, and how two of them are compared."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

Ending = tuple[int, str]
"""A node, by its index in pre-order, and the status its activation ended with (INVALID when it
was interrupted)."""


@dataclass(frozen=True)
class Observed:
    """One tick: the statuses of all nodes after it, in pre-order, and what ended during it."""

    statuses: tuple[str, ...]
    endings: Counter[Ending]
    board: dict[str, Any] = field(default_factory=dict)
    visited: tuple[Ending, ...] | None = None
    errors: tuple[Ending, ...] | None = None

    @property
    def root(self) -> str:
        """The answer of the tick."""
        return self.statuses[0]


def difference(ours: Observed, other: Observed, types: list[str]) -> str | None:
    """Say in what two engines differ after the same tick, or None.

    Args:
        ours: of the native engine.
        other: of whoever stands beside it.
        types: node types by index, to name the nodes in the answer.
    """
    lines = [
        f"n{index} ({types[index]}): ours {mine}, other {theirs}"
        for index, (mine, theirs) in enumerate(zip(ours.statuses, other.statuses, strict=True))
        if mine != theirs
    ]
    for sign, endings in (
        ("only ours ended", ours.endings - other.endings),
        ("only the other ended", other.endings - ours.endings),
    ):
        lines += [f"{sign}: n{i} ({types[i]}) as {status}" for i, status in sorted(endings)]
    if ours.board != other.board:
        lines.append(f"blackboard: ours {ours.board}, other {other.board}")
    for name in ("visited", "errors"):
        mine, theirs = getattr(ours, name), getattr(other, name)
        if mine is not None and theirs is not None and mine != theirs:
            lines.append(f"{name}: ours {mine}, other {theirs}")
    return "; ".join(lines) or None
