"""Types of variables and parameters, and the values that have them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from py_forest.engine.limits import MAX_VALUE_DEPTH

if TYPE_CHECKING:
    from py_forest.kit.json import JsonValue

TYPES = ("int", "float", "string", "bool", "array", "object", "any")
"""Types a variable can be declared with."""

_SPELLINGS = {
    "integer": "int",
    "number": "float",
    "double": "float",
    "str": "string",
    "boolean": "bool",
    "list": "array",
    "dict": "object",
}
_CLASSES: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (float, int),
    "string": (str,),
    "bool": (bool,),
    "array": (list,),
    "object": (dict,),
}


def type_named(name: object) -> str | None:
    """Return the canonical name of a type, or None if there is no such type."""
    if not isinstance(name, str):
        return None
    return name if name in TYPES else _SPELLINGS.get(name)


def has_type(value: JsonValue, type_name: str) -> bool:
    """Whether a JSON value has a type. A boolean is no integer; an integer is also a float."""
    return type_name == "any" or value.__class__ in _CLASSES[type_name]


def as_type(value: JsonValue, type_name: str) -> JsonValue:
    """Return a value of the type as the engine stores it: an integer under `float` is a float."""
    return float(value) if type_name == "float" and value.__class__ is int else value


def same_value(one: JsonValue, other: JsonValue) -> bool:
    """Whether two JSON scalars are equal on a blackboard: 1 equals 1.0, but not true."""
    return (one.__class__ is bool) == (other.__class__ is bool) and bool(one == other)


def is_shallow(value: JsonValue) -> bool:
    """Whether a value's lists and objects are nested within the limit of 64."""
    level = [value] if isinstance(value, list | dict) else []
    for _ in range(MAX_VALUE_DEPTH):
        if not level:
            return True
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, list | dict)
        ]
    return not level
