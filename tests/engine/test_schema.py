"""The published JSON Schema is made from the node types, and is current."""

from __future__ import annotations

import json
from pathlib import Path

from py_forest.engine.catalogue import Catalogue, default_catalogue
from py_forest.engine.schema import definition_schema, schema_text
from py_forest.plugins import build_plugin_manager

PUBLISHED = Path(__file__).parents[2] / "docs" / "schema" / "tree-definition.schema.json"


def test_the_published_schema_is_current() -> None:
    manager = build_plugin_manager(entry_points=False)
    types = [t for some in reversed(manager.hook.register_nodes()) for t in some]
    assert PUBLISHED.read_text(encoding="utf-8") == schema_text(Catalogue(types)), (
        "write it anew: python -m py_forest.engine.schema docs/schema/tree-definition.schema.json"
    )


def test_the_schema_knows_every_node_type_and_every_key() -> None:
    schema = definition_schema()
    defs = schema["$defs"]
    names = set(defs["node"]["properties"]["node_type"]["enum"])
    for node_type in default_catalogue():
        assert {node_type.name, *node_type.aliases} <= names
        keys = set(defs[f"config_{node_type.name}"].get("properties", {}))
        assert {f.name for f in node_type.config} <= keys


def test_every_reference_within_the_schema_leads_somewhere() -> None:
    schema = definition_schema()
    stack: list[object] = [schema]
    while stack:
        at = stack.pop()
        if isinstance(at, dict):
            ref = at.get("$ref")
            if isinstance(ref, str):
                assert ref.removeprefix("#/$defs/") in schema["$defs"]
            stack.extend(at.values())
        elif isinstance(at, list):
            stack.extend(at)
    json.dumps(schema)
