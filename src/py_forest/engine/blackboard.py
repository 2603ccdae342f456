"""The blackboard of one execution, seen from outside."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, MutableMapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from py_forest.engine import _native

_NOTHING = object()


class Blackboard(MutableMapping[str, Any]):
    """Keys and JSON values, to read and to write between ticks.

    A write is seen at once by whoever reads here, and counts as an input of the next tick: it
    stands in that tick's record. Values are copied in and out; changing a list that was read
    changes nothing.
    """

    __slots__ = ("_execution",)

    def __init__(self, execution: _native.Execution) -> None:
        self._execution = execution

    def __getitem__(self, key: str) -> Any:  # noqa: ANN401 - any JSON value, known to its reader
        value = self._execution.read_key(key, _NOTHING)
        if value is _NOTHING:
            raise KeyError(key)
        return value

    def get(self, key: str, default: object = None) -> Any:  # noqa: ANN401 - any JSON value
        """Return the value of a key, or `default` when it has none."""
        return self._execution.read_key(key, default)

    def __setitem__(self, key: str, value: object) -> None:
        self._execution.write_key(key, value)

    def set(self, key: str, value: object) -> None:
        """Store a value.

        Raises:
            ValueError: the key is no key, the value no JSON, or it does not fit its declaration.
        """
        self._execution.write_key(key, value)

    def __delitem__(self, key: str) -> None:
        if key not in self:
            raise KeyError(key)
        self._execution.unset_key(key)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._execution.read_key(key, _NOTHING) is not _NOTHING

    def __iter__(self) -> Iterator[str]:
        return iter(self.to_dict())

    def __len__(self) -> int:
        return len(self.to_dict())

    def keys(self) -> KeysView[str]:
        """Return the keys that have a value."""
        return self.to_dict().keys()

    def items(self) -> ItemsView[str, Any]:
        """Return keys and values."""
        return self.to_dict().items()

    def to_dict(self) -> dict[str, Any]:
        """Return a copy of all keys and values; the private keys of subtrees stay out."""
        return self._execution.blackboard_dict()

    def __repr__(self) -> str:
        return f"Blackboard({self.to_dict()!r})"
