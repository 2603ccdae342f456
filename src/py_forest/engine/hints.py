"""From Python's type hints to types of configuration fields, and checking values against them."""

from __future__ import annotations

import collections.abc
import enum
import inspect
import types
import typing
from dataclasses import dataclass
from typing import Any, TypeVar

from py_forest.engine.normalise import json_type
from py_forest.kit.text import did_you_mean, listed, quoted

if typing.TYPE_CHECKING:
    from collections.abc import Callable

    from py_forest.models.nodes import FieldType

_SCALARS: dict[object, FieldType] = {bool: "bool", int: "int", float: "float", str: "string"}
_LISTS = frozenset(
    {
        list,
        collections.abc.Sequence,
        collections.abc.MutableSequence,
        collections.abc.Collection,
        collections.abc.Iterable,
    }
)
_OBJECTS = frozenset({dict, collections.abc.Mapping, collections.abc.MutableMapping})
_CLASSES: dict[FieldType, tuple[type, ...]] = {
    "bool": (bool,),
    "int": (int,),
    "float": (float, int),
    "string": (str,),
    "list": (list,),
    "object": (dict,),
}
_WORDS: dict[FieldType, str] = {
    "bool": "true or false",
    "int": "an integer",
    "float": "a number",
    "string": "text",
    "list": "a list",
    "object": "an object",
}


@dataclass(frozen=True, slots=True)
class Shape:
    """What values a parameter takes.

    Args:
        kind: the JSON type; `value` is any.
        nullable: whether null is one of them.
        choices: the only values allowed, if there are such.
        item: the shape of a list's items or of an object's values.
        members: the enumeration whose members the names in `choices` stand for.
    """

    kind: FieldType
    nullable: bool = False
    choices: tuple[Any, ...] | None = None
    item: Shape | None = None
    members: type[enum.Enum] | None = None

    def objection(self, value: object) -> str | None:
        """Say why a JSON value is none of these, as in "must be an integer, not text", or None."""
        if value is None and (self.nullable or self.kind == "value"):
            return None
        if self.choices is not None:
            if any(
                value.__class__ is choice.__class__ and value == choice for choice in self.choices
            ):
                return None
            shown = [choice if isinstance(choice, str) else repr(choice) for choice in self.choices]
            guess = did_you_mean(value, shown) if isinstance(value, str) else None
            hint = f"; did you mean {quoted(guess)}?" if guess else ""
            given = quoted(value) if isinstance(value, str) else json_type(value)
            return f"must be {listed(shown)}, not {given}{hint}"
        if self.kind == "value":
            return None
        if value.__class__ not in _CLASSES[self.kind]:
            return f"must be {_WORDS[self.kind]}, not {json_type(value)}"
        if isinstance(value, list | dict):
            return self._objection_to_items(value)
        return None

    def _objection_to_items(self, value: list[object] | dict[str, object]) -> str | None:
        if self.item is None:
            return None
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        for key, entry in pairs:
            objection = self.item.objection(entry)
            if objection is not None:
                return f"holds something else at {quoted(str(key))}: that {objection}"
        return None

    def convert(self, value: object) -> object:
        """Return a value without objection as the Python code expects it."""
        if self.kind == "float" and value.__class__ is int:
            return float(value)
        if self.members is not None and value is not None:
            return self.members[str(value)]
        return value


ANYTHING = Shape("value", nullable=True)


def read_hint(hint: object, *, allow_members: bool = False) -> Shape | None:
    """Return the shape of the values a type hint allows, None when they are not JSON values.

    What cannot be known (no hint, a name that does not exist at run time) is taken for anything.

    Args:
        hint: an evaluated type hint.
        allow_members: whether an enumeration may stand for the names of its members.
    """
    hint = _bare(hint)
    if hint in (Any, object, inspect.Parameter.empty):
        return ANYTHING
    if isinstance(hint, str | TypeVar | typing.ForwardRef):
        return ANYTHING
    if hint in _SCALARS:
        return Shape(_SCALARS[hint])
    if allow_members and inspect.isclass(hint) and issubclass(hint, enum.Enum):
        return Shape("string", choices=tuple(hint.__members__), members=hint)
    return _read_generic(hint, allow_members=allow_members)


def _read_generic(hint: Any, *, allow_members: bool) -> Shape | None:  # noqa: ANN401
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (typing.Union, types.UnionType):
        return _read_union(inner, allow_members=allow_members)
    if origin is typing.Literal:
        return _read_literal(inner)
    if hint in _LISTS or origin in _LISTS:
        return _read_container("list", inner[:1])
    if hint in _OBJECTS or origin in _OBJECTS or typing.is_typeddict(hint):
        return _read_container("object", inner[1:2])
    return None


def hints_of(target: Callable[..., Any]) -> dict[str, Any]:
    """Return the evaluated type hints of a callable; one that cannot be evaluated stays text."""
    bare = inspect.unwrap(target)
    if not inspect.isroutine(bare):
        bare = getattr(type(bare), "__call__", bare)  # noqa: B004 - the method itself is wanted
    try:
        return typing.get_type_hints(bare)
    except Exception:  # noqa: BLE001 - a hint is code of somebody else: anything may happen
        return _one_by_one(bare)


def _one_by_one(target: Callable[..., Any]) -> dict[str, Any]:
    """Evaluate each hint by itself, so that one import for type checkers only spoils no other."""
    hints: dict[str, Any] = {}
    names = getattr(inspect.unwrap(target), "__globals__", {})
    for name, hint in getattr(target, "__annotations__", {}).items():
        holder = types.SimpleNamespace(__annotations__={name: hint})
        try:
            hints.update(typing.get_type_hints(holder, globalns=names))
        except Exception:  # noqa: BLE001 - as above
            hints[name] = str(hint)
    return hints


def _bare(hint: Any) -> Any:  # noqa: ANN401 - a hint may be any object
    """Look through the wrappers that only give a type another name."""
    while True:
        if hasattr(hint, "__supertype__"):
            hint = hint.__supertype__
        elif type(hint).__name__ == "TypeAliasType":
            hint = hint.__value__
        elif typing.get_origin(hint) is typing.Annotated:
            hint = typing.get_args(hint)[0]
        else:
            return hint


def _read_union(hints: tuple[Any, ...], *, allow_members: bool) -> Shape | None:
    rest = [hint for hint in map(_bare, hints) if hint not in (None, type(None))]
    nullable = len(rest) < len(hints)
    if set(rest) == {int, float}:
        return Shape("float", nullable)
    shapes = [read_hint(hint, allow_members=allow_members) for hint in rest]
    known = [shape for shape in shapes if shape is not None]
    if not known or (len(known) < len(shapes) and not allow_members):
        return None
    if len(known) == 1:
        only = known[0]
        return Shape(only.kind, nullable or only.nullable, only.choices, only.item, only.members)
    return Shape("value", nullable or any(shape.nullable for shape in known))


def _read_literal(choices: tuple[Any, ...]) -> Shape | None:
    if any(choice.__class__ not in (str, int, bool, type(None)) for choice in choices):
        return None
    values = tuple(choice for choice in choices if choice is not None)
    is_text = all(isinstance(choice, str) for choice in values)
    return Shape("string" if is_text else "value", len(values) < len(choices), values)


def _read_container(kind: FieldType, items: tuple[Any, ...]) -> Shape | None:
    if not items:
        return Shape(kind)
    item = read_hint(items[0])
    if item is None:
        return None
    return Shape(kind, item=None if item == ANYTHING else item)
