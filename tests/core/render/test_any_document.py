"""Whatever stands in a definition, it can be drawn and compared."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from py_forest.core.diff import diff
from py_forest.core.render import outline, render_ascii, render_dot, render_mermaid, render_svg
from py_forest.engine.catalogue import default_catalogue
from py_forest.models.trees import TreeDefinition

_NAMES = [name for each in default_catalogue() for name in (each.name, *each.aliases)]
_KEYS = sorted({field.name for each in default_catalogue() for field in each.config})
_TEXTS = st.text(max_size=12)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=4,
)
_CONFIGS = st.dictionaries(st.sampled_from(_KEYS) | _TEXTS, _VALUES, max_size=4)


def _nodes(children: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries(
        {},
        optional={
            "node_type": st.sampled_from(_NAMES) | _VALUES,
            "name": _VALUES,
            "node_id": _VALUES,
            "config": _CONFIGS | _VALUES,
            "children": st.lists(children, max_size=4) | _VALUES,
            "$ref": st.sampled_from(["#/subtrees/a", "#/subtrees/b", "#/subtrees/none"]) | _VALUES,
            "wiring": _VALUES,
            "notes": _VALUES,
        },
    )


_DOCUMENTS = st.fixed_dictionaries(
    {"root": st.recursive(_nodes(_VALUES), _nodes, max_leaves=12)},
    optional={
        "subtrees": st.fixed_dictionaries({"a": _nodes(_VALUES)}, optional={"b": _nodes(_VALUES)}),
        "metadata": _CONFIGS | _VALUES,
        "blackboard_schema": _CONFIGS | _VALUES,
        "parameters": _VALUES,
        "tests": st.lists(_CONFIGS, max_size=2) | _VALUES,
    },
)


@given(_DOCUMENTS)
def test_any_document_can_be_drawn(document: dict[str, Any]) -> None:
    definition = TreeDefinition(document)
    count = len(outline(definition).nodes)
    text = render_ascii(definition)
    assert len(text.splitlines()) == text.count("\n") == count
    assert render_mermaid(definition).count(":::") == count
    assert render_dot(definition).count("label=") == count
    ET.fromstring(render_svg(definition))  # noqa: S314


@given(_DOCUMENTS, _DOCUMENTS)
def test_any_two_documents_can_be_compared(one: dict[str, Any], other: dict[str, Any]) -> None:
    old, new = TreeDefinition(one), TreeDefinition(other)
    assert diff(old, old).is_empty
    there, back = diff(old, new), diff(new, old)
    assert there.is_empty == back.is_empty
    assert len(there.of("added")) - len(there.of("removed")) == len(back.of("removed")) - len(
        back.of("added")
    )
