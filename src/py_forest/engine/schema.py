"""The published JSON Schema of a tree definition, made from the node types that are registered.

`python -m py_forest.engine.schema FILE` writes it.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from py_forest.engine import _native
from py_forest.engine.catalogue import Catalogue, default_catalogue
from py_forest.engine.declarations import DIRECTIONS, ERROR_POLICIES
from py_forest.engine.limits import MAX_KEY, MAX_NODE_ID
from py_forest.engine.values import TYPES
from py_forest.models.nodes import ConfigField, FieldType, NodeType

Schema = dict[str, Any]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_KEY = "^[A-Za-z_][A-Za-z0-9_.-]*$"
_ANY_VALUE: Schema = {"$ref": "#/$defs/value"}
_PARAMETER: Schema = {"$ref": "#/$defs/placeholder"}

_FIELD_TYPES: dict[FieldType, Schema] = {
    "bool": {"type": "boolean"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "duration": {"type": "number", "minimum": 0},
    "string": {"type": "string"},
    "template": {"type": "string"},
    "expression": {"type": ["string", "number", "boolean"]},
    "script": {"type": "string"},
    "variable": {"$ref": "#/$defs/variable_name"},
    "status": {"type": "string"},
    "value": _ANY_VALUE,
    "list": {"type": "array"},
    "object": {"type": "object"},
    "assignments": {"$ref": "#/$defs/assignments"},
    "rows": {"type": "array", "items": {"$ref": "#/$defs/row"}},
}
_EXACT = frozenset({"string", "template", "expression", "script", "value"})
"""Field types that a placeholder is already one of."""


def definition_schema(catalogue: Catalogue | None = None) -> Schema:
    """Return the JSON Schema (2020-12) of a definition with the node types of a catalogue.

    It describes shape, types, ranges and choices. What needs the whole tree (ids, variables,
    expressions, references) is left to `py_forest.validate`.

    Args:
        catalogue: the node types known; those of the plugins when left out.
    """
    node_types = list(catalogue or default_catalogue())
    return {
        "$schema": _DIALECT,
        "$id": "urn:py-forest:tree-definition:1",
        "title": "TreeDefinition",
        "description": "A behaviour tree as a document.",
        "type": "object",
        "required": ["root"],
        "properties": _sections(),
        "$defs": {
            **_shared(),
            "node": _node(node_types),
            **{f"config_{t.name}": _config(t) for t in node_types},
        },
    }


def schema_text(catalogue: Catalogue | None = None) -> str:
    """Return the JSON Schema as text, indented, with a newline at its end."""
    text: bytes = _native.dump_json(definition_schema(catalogue), indent=2)
    return text.decode() + "\n"


def _sections() -> Schema:
    names = {"type": "array", "items": {"$ref": "#/$defs/variable_name"}}
    return {
        "$schema": {"type": "string", "description": "Version of this format."},
        "tree_id": {"type": "string"},
        "metadata": {
            "type": "object",
            "description": "Name, version, author, description, tags; part of no hash.",
        },
        "root": {"$ref": "#/$defs/node"},
        "subtrees": {
            "type": "object",
            "description": "Trees that `$ref` can name.",
            "additionalProperties": {"$ref": "#/$defs/node"},
        },
        "blackboard_schema": {
            "type": "object",
            "description": "The variables. With it, every variable used must be declared.",
            "propertyNames": {"$ref": "#/$defs/variable_name"},
            "additionalProperties": {"$ref": "#/$defs/declaration"},
        },
        "parameters": {
            "type": "array",
            "description": "What `{{name}}` stands for.",
            "items": {"$ref": "#/$defs/parameter"},
        },
        "error_policy": {
            "enum": list(ERROR_POLICIES),
            "default": ERROR_POLICIES[0],
            "description": "A leaf that raises makes it fail, or raises from the tick.",
        },
        "requires_variables": names,
        "provides_variables": names,
        "tests": {"type": "array", "description": "Tests that travel with the tree."},
        "dependencies": {},
        "validation": {},
        "ui_metadata": {"type": "object"},
    }


def _shared() -> Schema:
    key = {"type": "string", "pattern": _KEY, "maxLength": MAX_KEY}
    limits = {"type": "number"}
    return {
        "value": {"description": "Any JSON value."},
        "placeholder": {"type": "string", "pattern": r"^\{\{[^{}]*\}\}$"},
        "variable_name": {"anyOf": [key, _PARAMETER]},
        "assignments": {
            "type": "object",
            "propertyNames": {"$ref": "#/$defs/variable_name"},
        },
        "row": {
            "type": "object",
            "required": ["outputs"],
            "properties": {
                "when": {"type": ["string", "object", "boolean", "null"]},
                "outputs": {"$ref": "#/$defs/assignments"},
                "name": {"type": "string"},
                "description": {"type": "string"},
                "notes": {"type": "string"},
            },
            "additionalProperties": False,
        },
        "declaration": {
            "type": "object",
            "properties": {
                "type": {"enum": list(TYPES), "default": "any"},
                "default": _ANY_VALUE,
                "min": limits,
                "max": limits,
                "enum": {"type": "array", "minItems": 1},
                "description": {"type": "string"},
                "direction": {"enum": list(DIRECTIONS)},
                "unit": {"type": "string"},
            },
        },
        "parameter": {
            "type": "object",
            "required": ["name"],
            "properties": {
                "name": {"type": "string", "pattern": _KEY, "maxLength": MAX_KEY},
                "type": {"enum": list(TYPES), "default": "any"},
                "default": _ANY_VALUE,
                "description": {"type": "string"},
            },
        },
    }


def _node(node_types: list[NodeType]) -> Schema:
    names = sorted(name for t in node_types for name in (t.name, *t.aliases))
    properties = {
        "node_type": {"type": "string", "enum": names},
        "node_id": {"type": "string", "minLength": 1, "maxLength": MAX_NODE_ID},
        "name": {"type": "string"},
        "config": {"type": ["object", "null"]},
        "children": {"type": ["array", "null"], "items": {"$ref": "#/$defs/node"}},
        "$ref": {"type": "string", "pattern": "^#/subtrees/."},
        "wiring": {
            "type": ["object", "null"],
            "description": "For each inner variable the outer one, or a constant. Without it the "
            "subtree shares all variables.",
            "propertyNames": {"$ref": "#/$defs/variable_name"},
            "additionalProperties": {
                "anyOf": [
                    {"$ref": "#/$defs/variable_name"},
                    {
                        "type": "object",
                        "required": ["value"],
                        "properties": {"value": _ANY_VALUE},
                        "additionalProperties": False,
                    },
                ]
            },
        },
        "ui_metadata": {"type": "object"},
        "notes": {"type": "string"},
        "description": {"type": "string"},
    }
    return {
        "type": "object",
        "properties": properties,
        "anyOf": [{"required": ["node_type"]}, {"required": ["$ref"]}],
        "allOf": [_rule(t) for t in node_types],
    }


def _rule(node_type: NodeType) -> Schema:
    """Make the rule that applies to nodes of one type."""
    children: Schema = {"type": ["array", "null"], "minItems": node_type.min_children}
    if node_type.max_children is not None:
        children["maxItems"] = node_type.max_children
    then: Schema = {
        "properties": {"config": {"$ref": f"#/$defs/config_{node_type.name}"}, "children": children}
    }
    needed = []
    if node_type.min_children and node_type.name != "SubTree":
        needed.append("children")
    if node_type.prepare is None and _required(node_type):
        needed.append("config")
    if needed:
        then["required"] = needed
    return {
        "if": {
            "properties": {"node_type": {"enum": [node_type.name, *node_type.aliases]}},
            "required": ["node_type"],
        },
        "then": then,
    }


def _required(node_type: NodeType) -> bool:
    return bool(node_type.forms) or any(f.required for f in node_type.config)


def _config(node_type: NodeType) -> Schema:
    properties: Schema = {}
    for config_field in node_type.config:
        shown = _field(config_field)
        properties[config_field.name] = shown
        for alias in config_field.aliases:
            properties[alias] = {**shown, "deprecated": True}
    schema: Schema = {"type": ["object", "null"], "title": node_type.display_name}
    if node_type.prepare is not None:
        # The short forms are read before anything is checked; the text may be under any of these.
        properties.setdefault("condition", {"type": "string"})
    schema["properties"] = properties
    if node_type.prepare is None:
        if node_type.forms:
            schema["anyOf"] = [{"required": list(form)} for form in node_type.forms]
        elif required := [f for f in node_type.config if f.required]:
            schema["allOf"] = [
                {"anyOf": [{"required": [name]} for name in (f.name, *f.aliases)]} for f in required
            ]
    schema["additionalProperties"] = node_type.extra_config
    return schema


def _field(config_field: ConfigField) -> Schema:
    schema = _bare_field(config_field)
    choices = (
        [schema]
        if config_field.type in _EXACT and "enum" not in schema
        else [
            schema,
            _PARAMETER,
        ]
    )
    if config_field.type == "duration" and config_field.required:
        choices.append({"type": "string", "description": "An expression."})
    if config_field.type != "value":
        choices.append({"type": "null"})
    described: Schema = dict(choices[0]) if len(choices) == 1 else {"anyOf": choices}
    described["description"] = config_field.description
    if config_field.unit:
        described["x-unit"] = config_field.unit
    if config_field.default is not None:
        default = config_field.default
        described["default"] = list(default) if isinstance(default, tuple) else default
    return described


def _bare_field(config_field: ConfigField) -> Schema:
    schema = dict(_FIELD_TYPES[config_field.type])
    if config_field.minimum is not None:
        schema["minimum"] = config_field.minimum
    if config_field.maximum is not None:
        schema["maximum"] = config_field.maximum
    if config_field.excluded:
        schema["not"] = {"enum": list(config_field.excluded)}
    if config_field.enum is not None:
        schema["enum"] = list(config_field.enum)
    if config_field.min_items:
        schema["minItems"] = config_field.min_items
    if config_field.item is not None:
        item = ConfigField(config_field.name, config_field.item, "", enum=config_field.item_enum)
        key = "items" if config_field.type == "list" else "additionalProperties"
        schema[key] = _bare_field(item)
    return schema


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(schema_text(), encoding="utf-8")
