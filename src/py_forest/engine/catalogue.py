"""The node types that are known, by every name they go by."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from py_forest.kit.text import did_you_mean
from py_forest.plugins import build_plugin_manager

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from py_forest.models.nodes import NodeType


class Catalogue:
    """Node types by name and alias; immutable.

    Args:
        node_types: in palette order.

    Raises:
        ValueError: two of them claim one name, or one is not built in and names no action.
    """

    def __init__(self, node_types: Iterable[NodeType]) -> None:
        self._by_name: dict[str, NodeType] = {}
        self._types: list[NodeType] = []
        for node_type in node_types:
            if not node_type.is_builtin and not node_type.action:
                raise ValueError(
                    f"node type `{node_type.name}` is not built in and names no action to run it"
                )
            self._types.append(node_type)
            for name in (node_type.name, *node_type.aliases):
                other = self._by_name.setdefault(name, node_type)
                if other is not node_type:
                    raise ValueError(
                        f"node types `{other.name}` and `{node_type.name}` both go by `{name}`"
                    )

    def __iter__(self) -> Iterator[NodeType]:
        return iter(self._types)

    def __len__(self) -> int:
        return len(self._types)

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def find(self, name: str) -> NodeType | None:
        """Return the type of that name or alias, or None."""
        return self._by_name.get(name)

    def guess(self, name: str) -> str | None:
        """Return the name or alias a person most likely meant, or None."""
        return did_you_mean(name, self._by_name)


@lru_cache(maxsize=1)
def default_catalogue() -> Catalogue:
    """Return the node types of the default plugins and of the installed ones."""
    manager = build_plugin_manager()
    # pluggy asks the plugin registered last first; the palette shows the default ones first.
    collected = reversed(manager.hook.register_nodes())
    return Catalogue(node_type for types in collected for node_type in types)
