"""Checking everything of a definition that is not a node: variables, policies, and the rest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from py_forest.engine.board import Variable, key_objection
from py_forest.engine.limits import MAX_VARIABLES
from py_forest.engine.normalise import json_type
from py_forest.engine.problems import Problems, pointer_to
from py_forest.engine.values import TYPES, as_type, has_type, is_shallow, type_named
from py_forest.kit.text import did_you_mean, listed, quoted
from py_forest.models.trees import DEFINITION_KEYS, TreeDefinition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from py_forest.kit.json import JsonValue

ERROR_POLICIES = ("fail", "raise")
DIRECTIONS = ("in", "out", "inout")
_VARIABLE_KEYS = frozenset(
    {"type", "default", "min", "max", "enum", "description", "direction", "unit", "ui_metadata"}
)
_SECTIONS: dict[str, tuple[type, str]] = {
    "metadata": (dict, "an object"),
    "subtrees": (dict, "an object"),
    "tests": (list, "a list"),
    "tree_id": (str, "text"),
    "$schema": (str, "text"),
    "ui_metadata": (dict, "an object"),
}


def check_sections(definition: TreeDefinition, problems: Problems) -> None:
    """Check the types of the sections, the error policy, and that no key is misspelt."""
    document = definition.document
    for key, value in document.items():
        if key not in DEFINITION_KEYS:
            guess = did_you_mean(key, DEFINITION_KEYS)
            if guess is not None:
                problems.add(
                    "UNKNOWN_KEY",
                    f"{quoted(key)} means nothing in a definition; did you mean `{guess}`?",
                    definition.pointer_of(key),
                    severity="warning",
                    suggestion=guess,
                )
            continue
        wanted = _SECTIONS.get(key)
        if wanted is not None and value is not None and not isinstance(value, wanted[0]):
            message = f"`{key}` must be {wanted[1]}, not {json_type(value)}"
            problems.add("WRONG_TYPE", message, definition.pointer_of(key))
    policy = document.get("error_policy")
    if policy is not None and policy not in ERROR_POLICIES:
        problems.add(
            "WRONG_TYPE",
            f"`error_policy` must be {listed(ERROR_POLICIES)}",
            definition.pointer_of("error_policy"),
            suggestion=did_you_mean(policy, ERROR_POLICIES) if isinstance(policy, str) else None,
        )


def read_names(definition: TreeDefinition, section: str, problems: Problems) -> list[str]:
    """Return the variables that `requires_variables` or `provides_variables` names."""
    names = definition.document.get(section)
    pointer = definition.pointer_of(section)
    if names is None:
        return []
    if not isinstance(names, list):
        problems.add("WRONG_TYPE", f"`{section}` must be a list, not {json_type(names)}", pointer)
        return []
    read = []
    for index, name in enumerate(names):
        objection = key_objection(name) if isinstance(name, str) else "a variable's name is text"
        if objection is None:
            read.append(name)
        else:
            problems.add("VARIABLE_NAME", objection, pointer_to(pointer, index))
    return read


def check_required(
    definition: TreeDefinition, declared: Mapping[str, Variable], problems: Problems
) -> None:
    """Report variables that the tree requires but its schema does not declare."""
    if not declared:
        return
    pointer = definition.pointer_of("requires_variables")
    required = definition.document.get("requires_variables")
    for index, name in enumerate(required if isinstance(required, list) else []):
        if isinstance(name, str) and name not in declared:
            problems.add(
                "REQUIRES_VARIABLE",
                f"the tree requires variable {quoted(name)}, which `blackboard_schema` does not "
                "declare",
                pointer_to(pointer, index),
            )


def read_schema(definition: TreeDefinition, problems: Problems) -> dict[str, Variable]:
    """Return the declared variables; says what is wrong with the others."""
    schema = definition.document.get("blackboard_schema")
    base = definition.pointer_of("blackboard_schema")
    if schema is None:
        return {}
    if not isinstance(schema, dict):
        message = f"`blackboard_schema` must be an object, not {json_type(schema)}"
        problems.add("WRONG_TYPE", message, base)
        return {}
    if len(schema) > MAX_VARIABLES:
        problems.add("LIMIT_EXCEEDED", f"a tree has at most {MAX_VARIABLES:,} variables", base)
        return {}
    declared: dict[str, Variable] = {}
    for name, declaration in schema.items():
        pointer = pointer_to(base, name)
        objection = key_objection(name)
        if objection is not None:
            problems.add("VARIABLE_NAME", objection, pointer)
        elif not isinstance(declaration, dict):
            message = f"the declaration of {quoted(name)} must be an object, not "
            problems.add("SCHEMA_INVALID", message + json_type(declaration), pointer)
            declared[name] = Variable("any")
        else:
            declared[name] = _Declaration(name, declaration, pointer, problems).read()
    return declared


class _Declaration:
    """Reads the declaration of one variable."""

    def __init__(
        self, name: str, declaration: dict[str, Any], pointer: str, problems: Problems
    ) -> None:
        self._name = quoted(name)
        self._declaration = declaration
        self._pointer = pointer
        self._problems = problems

    def read(self) -> Variable:
        """Return the variable; a part that is wrong is left out of it."""
        declaration = self._declaration
        for key in declaration:
            if key not in _VARIABLE_KEYS:
                guess = did_you_mean(key, _VARIABLE_KEYS)
                hint = f"; did you mean `{guess}`?" if guess else ""
                self._warn(key, f"{quoted(key)} means nothing in a declaration{hint}")
        written = declaration.get("type", "any")
        type_name = type_named(written)
        if type_name is None:
            guess = did_you_mean(written, TYPES) if isinstance(written, str) else None
            hint = f"; did you mean `{guess}`?" if guess else ""
            self._refuse("type", f"the type of {self._name} must be {listed(TYPES)}{hint}")
            type_name = "any"
        direction = declaration.get("direction")
        if direction is not None and direction not in DIRECTIONS:
            self._refuse("direction", f"`direction` must be {listed(DIRECTIONS)}")
            direction = None
        minimum, maximum = self._range(type_name)
        choices = self._choices(type_name)
        variable = Variable(
            type_name,
            minimum=minimum,
            maximum=maximum,
            choices=None if choices is None else tuple(choices),
            direction=direction,
        )
        if "default" not in declaration:
            return variable
        return self._with_default(variable, declaration["default"])

    def _range(self, type_name: str) -> tuple[float | None, float | None]:
        limits: list[float | None] = []
        for key in ("min", "max"):
            limit = self._declaration.get(key)
            if limit is None:
                limits.append(None)
            elif limit.__class__ not in (int, float):
                self._refuse(key, f"`{key}` must be a number, not {json_type(limit)}")
                limits.append(None)
            elif type_name not in ("int", "float", "any"):
                self._refuse(key, f"`{key}` needs a number, but {self._name} is `{type_name}`")
                limits.append(None)
            else:
                limits.append(limit)
        low, high = limits
        if low is not None and high is not None and low > high:
            self._refuse("min", f"`min` {low:g} is more than `max` {high:g}")
            return None, None
        return low, high

    def _choices(self, type_name: str) -> list[Any] | None:
        choices = self._declaration.get("enum")
        if choices is None:
            return None
        if not isinstance(choices, list) or not choices:
            self._refuse("enum", "`enum` must be a list with at least one value")
            return None
        wrong = [choice for choice in choices if not has_type(choice, type_name)]
        if wrong:
            message = f"{quoted(repr(wrong[0]))} is not of type `{type_name}`"
            self._refuse("enum", message)
            return None
        return [as_type(choice, type_name) for choice in choices]

    def _with_default(self, variable: Variable, default: JsonValue) -> Variable:
        if default is not None:
            objection = variable.objection(default)
            if objection is not None:
                message = (
                    f"the default {quoted(repr(default))} does not fit: {self._name} {objection}"
                )
                self._refuse("default", message)
                return variable
            if not is_shallow(default):
                self._refuse("default", "this value is nested more than 64 deep")
                return variable
        return Variable(
            variable.type,
            has_default=True,
            default=as_type(default, variable.type),
            minimum=variable.minimum,
            maximum=variable.maximum,
            choices=variable.choices,
            direction=variable.direction,
        )

    def _refuse(self, key: str, message: str) -> None:
        at = pointer_to(self._pointer, key) if key in self._declaration else self._pointer
        self._problems.add("SCHEMA_INVALID", message, at)

    def _warn(self, key: str, message: str) -> None:
        self._problems.warn("UNKNOWN_KEY", message, pointer_to(self._pointer, key))
