"""Checking one value of a configuration quickly: is it surely fine?

This is what a million nodes go through. Whatever is not surely fine is left to `fields`, which
explains what is wrong with it, or finds it fine after all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from py_forest.engine.expressions import Mode, check_expression
from py_forest.models.nodes import ConfigField, FieldType

if TYPE_CHECKING:
    from py_forest.engine.board import Board
    from py_forest.kit.json import JsonValue

BAD: Any = object()
"""Answer of an acceptor: not surely fine. It is never a JSON value."""

LONGEST_DURATION = 9.0e9
"""Seconds; what fits into 64 bits of nanoseconds, about 285 years."""

Accept = Callable[[Any], Any]

_SCALARS = frozenset({str, int, float, bool, type(None)})
_MOST_REMEMBERED = 65_536
_SHORT = 1_024


def acceptor(config_field: ConfigField, board: Board) -> Accept:
    """Make the quick check of a field: it gives the value to use, or `BAD` when in doubt."""
    make = _ACCEPTORS.get(config_field.type)
    return make(config_field, board) if make is not None else _doubt


def _doubt(_value: JsonValue) -> JsonValue:
    return BAD


def _accept_bool(_field: ConfigField, _board: Board) -> Accept:
    return lambda value: value if value.__class__ is bool else BAD


def _accept_int(config_field: ConfigField, _board: Board) -> Accept:
    low, high = range_of(config_field)
    excluded = config_field.excluded

    def accept(value: JsonValue) -> JsonValue:
        if value.__class__ is int and low <= value <= high and value not in excluded:
            return value
        return BAD

    return accept


def _accept_float(config_field: ConfigField, _board: Board) -> Accept:
    low, high = range_of(config_field)

    def accept(value: JsonValue) -> JsonValue:
        if value.__class__ is float and low <= value <= high:
            return value
        if value.__class__ is int and low <= value <= high:
            return float(value)
        return BAD

    return accept


def _accept_text(config_field: ConfigField, _board: Board) -> Accept:
    if config_field.enum is not None:
        choices = frozenset(config_field.enum)
        return lambda value: value if value.__class__ is str and value in choices else BAD
    return lambda value: value if value.__class__ is str and "{{" not in value else BAD


def _accept_value(config_field: ConfigField, _board: Board) -> Accept:
    scalars = _SCALARS if config_field.nullable else _SCALARS - {type(None)}
    return lambda value: value if value.__class__ in scalars else BAD


def _accept_variable(config_field: ConfigField, board: Board) -> Accept:
    good = board.good_reads if config_field.access == "read" else board.good_writes
    return lambda value: value if value.__class__ is str and value in good else BAD


def _accept_list(config_field: ConfigField, board: Board) -> Accept:
    accept_item = acceptor(item_field(config_field), board)
    fewest = config_field.min_items

    def accept(value: JsonValue) -> JsonValue:
        if value.__class__ is not list or len(value) < fewest:
            return BAD
        items = [accept_item(item) for item in value]
        return BAD if BAD in items else items

    return accept


def _accept_object(config_field: ConfigField, board: Board) -> Accept:
    accept_item = acceptor(item_field(config_field), board)

    def accept(value: JsonValue) -> JsonValue:
        if value.__class__ is not dict:
            return BAD
        for item in value.values():
            if accept_item(item) is not item:
                return BAD
        return value

    return accept


def _accept_expression(config_field: ConfigField, board: Board) -> Accept:
    is_script = config_field.type == "script"
    is_condition = config_field.is_condition
    mode: Mode = "script" if is_script else "expression"
    readable, writable = board.good_reads, board.good_writes
    # What was found good stays good: names are only ever added to the board.
    good: set[str] = set()

    def accept(value: JsonValue) -> JsonValue:
        if value.__class__ is not str:
            return BAD
        if value in good:
            return value
        if len(value) > _SHORT:
            return BAD
        info = check_expression(value, mode)
        if info.error is not None or not readable.issuperset(info.reads):
            return BAD
        if info.constant and is_condition and not board.is_quiet:
            return BAD
        if is_script and not writable.issuperset(info.writes):
            return BAD
        if len(good) < _MOST_REMEMBERED:
            good.add(value)
        return value

    return accept


_ACCEPTORS: dict[FieldType, Callable[[ConfigField, Board], Accept]] = {
    "bool": _accept_bool,
    "int": _accept_int,
    "float": _accept_float,
    "duration": _accept_float,
    "string": _accept_text,
    "status": _accept_text,
    "value": _accept_value,
    "variable": _accept_variable,
    "expression": _accept_expression,
    "script": _accept_expression,
    "list": _accept_list,
    "object": _accept_object,
}


def range_of(config_field: ConfigField) -> tuple[float, float]:
    """Return the smallest and the largest number a field allows."""
    lowest = 0.0 if config_field.type == "duration" else float("-inf")
    low = lowest if config_field.minimum is None else config_field.minimum
    high = LONGEST_DURATION if config_field.type == "duration" else float("inf")
    return low, high if config_field.maximum is None else config_field.maximum


def item_field(config_field: ConfigField) -> ConfigField:
    """Return what the items of a list, or the values of an object, are to be."""
    return ConfigField(
        config_field.name,
        config_field.item or "value",
        "",
        enum=config_field.item_enum,
        access=config_field.access,
        nullable=config_field.item in (None, "value"),
    )
