"""Which variables each node reads and writes, as far as its configuration says.

A leaf that runs outside the engine may write what it likes; of those the record says it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from py_forest.engine.catalogue import default_catalogue
from py_forest.engine.expressions import check_expression

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from py_forest.engine import Program
    from py_forest.models.nodes import ConfigField

__all__ = ["Accesses"]


class Accesses:
    """Reads and writes of a program's nodes, each looked up once.

    Args:
        program: the program.
    """

    def __init__(self, program: Program) -> None:
        self._program = program
        self._reads: dict[str, tuple[str, ...]] = {}
        self._writes: dict[str, frozenset[str]] = {}

    def reads(self, node_id: str) -> tuple[str, ...]:
        """Return the keys that a node reads, in alphabetical order."""
        found = self._reads.get(node_id)
        if found is None:
            index = self._program.node(node_id).index
            found = self._reads[node_id] = tuple(self._program.core.reads_of(index))
        return found

    def writes(self, node_id: str) -> frozenset[str]:
        """Return the keys that a node's configuration says it writes."""
        found = self._writes.get(node_id)
        if found is None:
            node = self._program.node(node_id)
            node_type = default_catalogue().find(node.node_type)
            fields = () if node_type is None else node_type.config
            found = frozenset(key for field in fields for key in _written(field, node.config))
            self._writes[node_id] = found
        return found


def _written(field: ConfigField, config: Mapping[str, Any]) -> Iterable[str]:
    value = config.get(field.name)
    if not value:
        return ()
    if field.type == "script":
        return tuple(check_expression(value, "script").writes)
    if field.type == "assignments":
        return tuple(value)
    if field.type == "rows":
        return tuple(key for row in value for key in row.get("outputs", ()))
    if field.access != "write" or "variable" not in (field.type, field.item):
        return ()
    if isinstance(value, dict):
        return tuple(value.values())
    return (value,) if isinstance(value, str) else tuple(value)
