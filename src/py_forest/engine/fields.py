"""Checking one value of a node's configuration thoroughly, with an explanation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from py_forest.engine.acceptors import BAD, item_field, range_of
from py_forest.engine.expressions import (
    Mode,
    check_expression,
    is_too_long,
    syntax_message,
    template_reads,
)
from py_forest.engine.limits import MAX_EXPRESSION_BYTES, MAX_VALUE_DEPTH
from py_forest.engine.normalise import json_type
from py_forest.engine.values import is_shallow
from py_forest.kit.text import did_you_mean, listed, quoted
from py_forest.models.nodes import Access, ConfigField

if TYPE_CHECKING:
    from py_forest.engine.board import Board
    from py_forest.kit.json import JsonValue

Complain = Callable[..., None]


class FieldCheck:
    """The thorough check of one node's configuration.

    Args:
        board: the variables the node may use.
        pointer: gives the JSON pointer of the node.
        complain: adds a problem of that node: code, message, the keys below the node, and
            `severity=` and `suggestion=`.
    """

    def __init__(self, board: Board, pointer: Callable[[], str], complain: Complain) -> None:
        self._board = board
        self._pointer = pointer
        self._complain = complain
        self.constant: tuple[Any] | None = None
        """Value of the node's condition, if it is the same at every tick."""

    def check(self, config_field: ConfigField, value: JsonValue, *at: str | int) -> JsonValue:
        """Return the value to use, or `BAD` after saying what is wrong with it.

        Args:
            config_field: what it should be.
            value: any JSON value.
            at: the keys below the node that lead to it.
        """
        if value.__class__ is str and "{{" in value and config_field.type != "value":
            # Left over from substitution, which has said what is wrong.
            return BAD
        return getattr(self, f"_check_{config_field.type}")(config_field, value, at)

    def use(self, name: JsonValue, access: Access, at: tuple[str | int, ...]) -> bool:
        """Check a variable's name and note that it is used."""
        if not isinstance(name, str):
            self._wrong_type("the name of a variable", name, at)
            return False

        def complain(code: str, message: str, suggestion: str | None = None) -> None:
            self._complain(code, message, *at, suggestion=suggestion)

        return self._board.use(name, access, self._pointer, complain)

    def _wrong_type(self, wanted: str, value: JsonValue, at: tuple[str | int, ...]) -> None:
        key = next((step for step in reversed(at) if isinstance(step, str)), "config")
        self._complain("CONFIG_TYPE", f"`{key[:60]}` must be {wanted}, not {json_type(value)}", *at)

    def _bad_type(self, wanted: str, value: JsonValue, at: tuple[str | int, ...]) -> JsonValue:
        self._wrong_type(wanted, value, at)
        return BAD

    def _check_bool(
        self, _field: ConfigField, value: JsonValue, at: tuple[str | int, ...]
    ) -> JsonValue:
        return value if isinstance(value, bool) else self._bad_type("true or false", value, at)

    def _check_int(
        self, config_field: ConfigField, value: JsonValue, at: tuple[str | int, ...]
    ) -> JsonValue:
        if value.__class__ is not int:
            return self._bad_type("an integer", value, at)
        return self._in_range(config_field, value, at)

    def _check_float(
        self, config_field: ConfigField, value: JsonValue, at: tuple[str | int, ...]
    ) -> JsonValue:
        if value.__class__ not in (int, float):
            return self._bad_type("a number", value, at)
        return self._in_range(config_field, float(value), at)

    def _check_duration(
        self, config_field: ConfigField, value: JsonValue, at: tuple[str | int, ...]
    ) -> JsonValue:
        if isinstance(value, str) and config_field.required:
            return self._text_of_expression(config_field, value, "expression", at)
        if value.__class__ not in (int, float):
            return self._bad_type("a number of seconds", value, at)
        return self._in_range(config_field, float(value), at)

    def _in_range(
        self, config_field: ConfigField, value: JsonValue, at: tuple[str | int, ...]
    ) -> JsonValue:
        low, high = range_of(config_field)
        if low <= value <= high and value not in config_field.excluded:
            return value
        unit = f" {config_field.unit}" if config_field.unit else ""
        parts = []
        if low > float("-inf"):
            parts.append(f"at least {low:,.12g}{unit}")
        if high < float("inf"):
            parts.append(f"at most {high:,.12g}{unit}")
        if config_field.excluded:
            parts.append(f"not {listed(map(str, config_field.excluded))}")
        self._complain(
            "CONFIG_RANGE", f"`{at[1]}` must be {' and '.join(parts)}; it is {value:,.12g}", *at
        )
        return BAD

    def _check_string(
        self, config_field: ConfigField, value: JsonValue, at: tuple[str | int, ...]
    ) -> JsonValue:
        if not isinstance(value, str):
            return self._bad_type("text", value, at)
        return self._choice(config_field.enum, value, at)

    def _check_status(
        self, config_field: ConfigField, value: JsonValue, at: tuple[str | int, ...]
    ) -> JsonValue:
        if not isinstance(value, str):
            return self._bad_type("the name of a status", value, at)
        return self._choice(config_field.enum, value, at)

    def _choice(
        self, choices: tuple[Any, ...] | None, value: str, at: tuple[str | int, ...]
    ) -> JsonValue:
        if choices is None or value in choices:
            return value
        guess = did_you_mean(value, choices)
        hint = f"; did you mean `{guess}`?" if guess else ""
        self._complain(
            "CONFIG_CHOICE",
            f"`{at[1]}` must be {listed(choices)}, not {quoted(value)}{hint}",
            *at,
            suggestion=guess,
        )
        return BAD

    def _check_value(
        self, config_field: ConfigField, value: JsonValue, at: tuple[str | int, ...]
    ) -> JsonValue:
        if value is None and not config_field.nullable:
            return self._bad_type("a value", value, at)
        if not is_shallow(value):
            self._complain(
                "CONFIG_TYPE", f"this value is nested more than {MAX_VALUE_DEPTH} deep", *at
            )
            return BAD
        return value

    def _check_variable(
        self, config_field: ConfigField, value: JsonValue, at: tuple[str | int, ...]
    ) -> JsonValue:
        return value if self.use(value, config_field.access, at) else BAD

    def _check_template(
        self, _field: ConfigField, value: JsonValue, at: tuple[str | int, ...]
    ) -> JsonValue:
        if not isinstance(value, str):
            return self._bad_type("text", value, at)
        # A list, not a generator: each unknown name is to be reported.
        fine = [self.use(name, "read", at) for name in template_reads(value)]
        return value if all(fine) else BAD

    def _check_expression(
        self, config_field: ConfigField, value: JsonValue, at: tuple[str | int, ...]
    ) -> JsonValue:
        if value.__class__ in (int, float, bool):
            # A number is an expression that is written without quotes.
            value = "true" if value is True else "false" if value is False else repr(value)
        return self._text_of_expression(config_field, value, "expression", at)

    def _check_script(
        self, config_field: ConfigField, value: JsonValue, at: tuple[str | int, ...]
    ) -> JsonValue:
        return self._text_of_expression(config_field, value, "script", at)

    def _text_of_expression(
        self, config_field: ConfigField, value: JsonValue, mode: Mode, at: tuple[str | int, ...]
    ) -> JsonValue:
        if not isinstance(value, str):
            return self._bad_type(f"{'an' if mode == 'expression' else 'a'} {mode}", value, at)
        if is_too_long(value):
            self._complain(
                "EXPRESSION_SYNTAX",
                f"an expression has at most {MAX_EXPRESSION_BYTES:,} bytes",
                *at,
            )
            return BAD
        info = check_expression(value, mode)
        if info.error is not None:
            offset, message, suggestion = info.error
            shown = syntax_message(value, offset, message)
            self._complain("EXPRESSION_SYNTAX", shown, *at, suggestion=suggestion)
            return BAD
        fine = [self.use(name, "read", at) for name in info.reads]
        fine += [self.use(name, "write", at) for name in info.writes]
        if info.constant and config_field.is_condition and mode == "expression":
            self.constant = (info.value,)
        return value if all(fine) else BAD

    def _check_list(
        self, config_field: ConfigField, value: JsonValue, at: tuple[str | int, ...]
    ) -> JsonValue:
        if not isinstance(value, list):
            return self._bad_type("a list", value, at)
        if len(value) < config_field.min_items:
            self._complain(
                "CONFIG_LENGTH",
                f"`{at[1]}` must have at least {config_field.min_items} entries",
                *at,
            )
            return BAD
        item = item_field(config_field)
        return self._all(self.check(item, entry, *at, index) for index, entry in enumerate(value))

    def _check_object(
        self, config_field: ConfigField, value: JsonValue, at: tuple[str | int, ...]
    ) -> JsonValue:
        if not isinstance(value, dict):
            return self._bad_type("an object", value, at)
        item = item_field(config_field)
        checked = self._all(self.check(item, entry, *at, key) for key, entry in value.items())
        return BAD if checked is BAD else dict(zip(value, checked, strict=True))

    def _all(self, checked: Iterable[Any]) -> JsonValue:
        values = list(checked)
        return BAD if any(value is BAD for value in values) else values

    def _check_assignments(
        self, _field: ConfigField, value: JsonValue, at: tuple[str | int, ...]
    ) -> JsonValue:
        if not isinstance(value, dict):
            return self._bad_type("an object from variables to values", value, at)
        fine = []
        for key, entry in value.items():
            where = (*at, key)
            fine.append(self.use(key, "write", where))
            fine.append(self._check_value(_ANYTHING, entry, where) is not BAD)
            declared = self._board.declared.get(key)
            objection = declared.objection(entry) if declared and not _is_computed(entry) else None
            if objection is not None:
                self._complain("CONFIG_TYPE", f"variable {quoted(key)} {objection}", *where)
                fine.append(False)
            if _is_computed(entry):
                computed = self.check(_EXPRESSION, entry["expression"], *where, "expression")
                fine.append(computed is not BAD)
        return value if all(fine) else BAD

    def _check_rows(
        self, config_field: ConfigField, value: JsonValue, at: tuple[str | int, ...]
    ) -> JsonValue:
        if not isinstance(value, list):
            return self._bad_type("a list of rows", value, at)
        if len(value) < config_field.min_items:
            self._complain("CONFIG_LENGTH", "a decision table needs at least one row", *at)
            return BAD
        return self._all(self._row(row, (*at, index)) for index, row in enumerate(value))

    def _row(self, row: JsonValue, at: tuple[str | int, ...]) -> JsonValue:
        if not isinstance(row, dict):
            return self._bad_type("a list of objects", row, at)
        fine = [True]
        for key in row:
            if key not in _ROW_KEYS:
                guess = did_you_mean(key, _ROW_KEYS)
                self._complain(
                    "CONFIG_UNKNOWN",
                    f"a row has `when` and `outputs`, but no {quoted(key)}",
                    *at,
                    key,
                    suggestion=guess,
                )
                fine.append(False)
        if "outputs" in row:
            outputs = self._check_assignments(_ANYTHING, row["outputs"], (*at, "outputs"))
            fine.append(outputs is not BAD)
        else:
            self._complain("CONFIG_MISSING", "this row has no `outputs`", *at)
            fine.append(False)
        when = self._when(row.get("when"), (*at, "when"))
        if when is BAD or not all(fine):
            return BAD
        return {"when": when, "outputs": row["outputs"]}

    def _when(self, when: JsonValue, at: tuple[str | int, ...]) -> JsonValue:
        if when is None or when is True:
            # A row without a condition holds always: the last row, usually.
            return True
        if not isinstance(when, dict):
            return self.check(_EXPRESSION, when, *at)
        fine = [True]
        for key, entry in when.items():
            where = (*at, key)
            fine.append(self.use(key, "read", where))
            fine.append(self._check_value(_ANYTHING, entry, where) is not BAD)
        return when if all(fine) else BAD


def _is_computed(entry: JsonValue) -> bool:
    return isinstance(entry, dict) and entry.keys() == {"expression"}


_ANYTHING = ConfigField("value", "value", "", nullable=True)
_EXPRESSION = ConfigField("when", "expression", "")
_ROW_KEYS = ("when", "outputs", "description", "name", "notes")
