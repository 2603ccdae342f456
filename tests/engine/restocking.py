"""An action to bind, and binding in one line."""

from __future__ import annotations

import enum
from collections.abc import Sequence
from typing import Any, Literal

from py_forest.engine.actions import bind_action, check_action
from py_forest.engine.registry import Registry


class Colour(enum.Enum):
    RED = 1
    GREEN = 2


def restock(item: str, amount: int = 10, *, how: Literal["fast", "slow"] = "fast") -> bool:
    """Order more of an item.

    It may take a while.

    Args:
        item: what to order,
            by its number.
        amount (int): how many.

    Returns:
        whether there is any.
    """
    return bool(item and amount and how)


def bind(
    registry: Registry, known_keys: Sequence[str] | None = None, /, **config: object
) -> tuple[dict[str, Any], Any]:
    return bind_action(config, registry, node_id="n1", pointer="/root", known_keys=known_keys)


def problems_of(
    registry: Registry, known_keys: Sequence[str] | None = None, /, **config: object
) -> list[tuple[str, str, str]]:
    found = check_action(config, registry, node_id="n1", pointer="/root", known_keys=known_keys)
    return [(problem.code, problem.pointer, problem.message) for problem in found]
