"""Putting values in for `{{parameter}}` placeholders, before anything else looks at the tree."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from py_forest.engine import _native
from py_forest.engine.limits import MAX_PARAMETERS, MAX_STRING
from py_forest.engine.normalise import json_type
from py_forest.engine.problems import Problems, pointer_to
from py_forest.engine.values import TYPES, as_type, has_type, type_named
from py_forest.kit.text import did_you_mean, listed, quoted
from py_forest.models.trees import TreeDefinition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from py_forest.kit.json import JsonValue

_PLACEHOLDER = re.compile(r"\{\{\s*([^{}]*?)\s*\}\}")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,255}")
_SUBSTITUTED = ("root", "subtrees", "blackboard_schema", "requires_variables", "provides_variables")
_FREE_TEXT = frozenset({"notes", "description", "ui_metadata", "metadata"})
"""Keys whose text may mention braces without meaning a parameter."""
_MOST_TEXT = 256 * 1024 * 1024
"""Characters that interpolation may make in all."""


def substitute(
    definition: TreeDefinition, given: Mapping[str, Any] | None, problems: Problems
) -> TreeDefinition:
    """Return the definition with every placeholder replaced.

    A text that is nothing but one placeholder becomes the value itself, with its type; within a
    longer text the value is written out.

    Args:
        definition: any definition.
        given: values for parameters; the others take their defaults.
        problems: where to say which parameters are unknown or have the wrong type.
    """
    values = parameter_values(definition, given or {}, problems)
    if not definition.may_have_placeholders:
        return definition
    substitution = _Substitution(values, problems)
    document = dict(definition.document)
    for section in _SUBSTITUTED:
        if section in document:
            document[section] = substitution.apply(
                document[section], definition.pointer_of(section)
            )
    return TreeDefinition(document, definition.pointers, False, definition.origin)


def parameter_values(
    definition: TreeDefinition, given: Mapping[str, Any], problems: Problems
) -> dict[str, Any]:
    """Return a value for every declared parameter that has one.

    Args:
        definition: any definition.
        given: values that replace defaults.
        problems: where to say what is wrong with the declarations or with `given`.
    """
    declared = definition.document.get("parameters")
    base = definition.pointer_of("parameters")
    values: dict[str, Any] = {}
    if declared is None:
        declared = []
    if not isinstance(declared, list):
        problems.add("WRONG_TYPE", f"`parameters` must be a list, not {json_type(declared)}", base)
        declared = []
    if len(declared) > MAX_PARAMETERS:
        problems.add("LIMIT_EXCEEDED", f"a tree has at most {MAX_PARAMETERS:,} parameters", base)
        declared = []
    names: set[str] = set()
    for index, declaration in enumerate(declared):
        _declare(
            declaration,
            pointer_to(base, index),
            problems,
            given=given,
            names=names,
            values=values,
        )
    for name in given:
        if name not in names:
            guess = did_you_mean(name, names)
            hint = f"; did you mean `{guess}`?" if guess else ""
            problems.add(
                "PARAMETER_UNKNOWN",
                f"the tree has no parameter {quoted(name)}{hint}",
                base,
                suggestion=guess,
            )
    return values


def _declare(
    declaration: JsonValue,
    pointer: str,
    problems: Problems,
    *,
    given: Mapping[str, Any],
    names: set[str],
    values: dict[str, Any],
) -> None:
    """Read the declaration of one parameter."""
    if not isinstance(declaration, dict):
        message = f"a parameter is an object, not {json_type(declaration)}"
        problems.add("PARAMETER_INVALID", message, pointer)
        return
    name = declaration.get("name")
    if not isinstance(name, str) or not _NAME.fullmatch(name):
        problems.add("PARAMETER_INVALID", "a parameter needs a `name`, like a variable's", pointer)
        return
    if name in names:
        message = f"parameter {quoted(name)} is declared twice"
        problems.add("PARAMETER_INVALID", message, f"{pointer}/name")
        return
    names.add(name)
    type_name = type_named(declaration.get("type", "any"))
    if type_name is None:
        message = f"the type of parameter {quoted(name)} must be {listed(TYPES)}"
        problems.add("PARAMETER_INVALID", message, f"{pointer}/type")
        return
    if name in given:
        value, where = given[name], pointer
    elif declaration.get("default") is not None or type_name == "any":
        value, where = declaration.get("default"), f"{pointer}/default"
    else:
        return
    if not has_type(value, type_name):
        message = f"parameter {quoted(name)} must be of type `{type_name}`, not {json_type(value)}"
        problems.add("PARAMETER_TYPE", message, where)
        return
    values[name] = as_type(value, type_name)


class _Substitution:
    def __init__(self, values: Mapping[str, Any], problems: Problems) -> None:
        self._values = values
        self._problems = problems
        self._room = _MOST_TEXT

    def apply(self, section: JsonValue, pointer: str) -> JsonValue:
        """Return a copy of a section with the placeholders replaced; it keeps its own stack."""
        holder: list[Any] = [None]
        stack: list[tuple[Any, Any, Any, Any]] = [(section, holder, 0, (None, pointer))]
        while stack:
            value, target, key, trail = stack.pop()
            if value.__class__ is dict:
                copy: dict[str, Any] = {}
                target[key] = copy
                self._object(value, copy, trail, stack)
            elif value.__class__ is list:
                copy_list: list[Any] = [None] * len(value)
                target[key] = copy_list
                for index, item in enumerate(value):
                    if item.__class__ in (dict, list):
                        stack.append((item, copy_list, index, (trail, index)))
                    else:
                        copy_list[index] = self._scalar(item, (trail, index))
            else:
                target[key] = self._scalar(value, trail)
        return holder[0]

    def _object(
        self, value: dict[str, Any], copy: dict[str, Any], trail: JsonValue, stack: JsonValue
    ) -> None:
        for key, item in value.items():
            name = key
            if "{{" in key:
                filled = self._text(key, (trail, key))
                name = filled if isinstance(filled, str) else self._written(filled)
            if key in _FREE_TEXT and item.__class__ is not str:
                copy[name] = item
            elif item.__class__ in (dict, list):
                copy[name] = None  # keeps the order of the keys
                stack.append((item, copy, name, (trail, key)))
            elif key in _FREE_TEXT:
                copy[name] = self._free_text(item)
            else:
                copy[name] = self._scalar(item, (trail, key))

    def _scalar(self, value: JsonValue, trail: JsonValue) -> JsonValue:
        if value.__class__ is str and "{{" in value:
            return self._text(value, trail)
        return value

    def _text(self, text: str, trail: JsonValue) -> JsonValue:
        whole = _PLACEHOLDER.fullmatch(text)
        if whole is not None:
            name = whole.group(1)
            return self._values[name] if self._is_known(name, trail) else text

        filled = self._interpolated(text, trail)
        if filled is None:
            self._problems.add(
                "STRING_TOO_LONG",
                f"with its placeholders filled in this text has over {MAX_STRING:,} characters",
                _pointer(trail),
            )
            return ""
        return filled

    def _interpolated(self, text: str, trail: JsonValue) -> str | None:
        """Write values into a text; None when it grows past the limit. No trail: free text."""
        parts: list[str] = []
        end = length = 0
        for match in _PLACEHOLDER.finditer(text):
            name = match.group(1)
            is_known = name in self._values if trail is None else self._is_known(name, trail)
            value = self._written(self._values[name]) if is_known else match.group(0)
            parts += (text[end : match.start()], value)
            end = match.end()
            length += len(parts[-2]) + len(value)
            if length > min(MAX_STRING, self._room):
                return None
        parts.append(text[end:])
        self._room -= length
        return "".join(parts)

    def _free_text(self, text: JsonValue) -> JsonValue:
        if not isinstance(text, str) or "{{" not in text:
            return text
        filled = self._interpolated(text, None)
        return text if filled is None else filled

    def _is_known(self, name: str, trail: JsonValue) -> bool:
        if name in self._values:
            return True
        if not self._problems.has_room("error"):
            self._problems.count_one("error")
            return False
        guess = did_you_mean(name, self._values)
        hint = f"; did you mean `{guess}`?" if guess else ""
        self._problems.add(
            "PARAMETER_UNKNOWN",
            f"placeholder {quoted('{{' + name + '}}')} names no parameter that has a value{hint}",
            _pointer(trail),
            suggestion=f"{{{{{guess}}}}}" if guess else None,
        )
        return False

    def _written(self, value: JsonValue) -> str:
        """Write a value within a text: as in JSON, but text without its quotes."""
        if isinstance(value, str):
            return value
        if value is None or isinstance(value, bool):
            return {None: "null", True: "true", False: "false"}[value]
        if isinstance(value, int | float):
            return repr(value)
        text: bytes = _native.dump_json(value)
        return text.decode()


def _pointer(trail: JsonValue) -> str:
    keys = []
    while trail[0] is not None:
        trail, key = trail
        keys.append(key)
    base: str = trail[1]
    return pointer_to(base, *reversed(keys))
