"""Whatever somebody sends: a clear answer, soon, and never a crash."""

from __future__ import annotations

import copy
import gc
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from py_forest.engine.catalogue import default_catalogue
from py_forest.engine.document import load_definition
from py_forest.engine.flatten import flatten
from py_forest.engine.problems import CODES
from py_forest.engine.validate import validate
from py_forest.kit.errors import DefinitionInvalid
from py_forest.kit.json import JsonValue
from py_forest.models.trees import DEFINITION_KEYS, NODE_KEYS

SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)
    | st.sampled_from(["{{x}}", "a > 1", "a", "#/subtrees/a", "SUCCESS", "int"])
)  # fmt: skip
KEYS = st.sampled_from(
    sorted(NODE_KEYS | DEFINITION_KEYS | {"type", "default", "name", "value", "variable", "a"})
)
ANYTHING = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=30,
)
NAMES = st.sampled_from([name for t in default_catalogue() for name in (t.name, *t.aliases)])
CONFIG_KEYS = st.sampled_from(sorted({f.name for t in default_catalogue() for f in t.config}))


def _node(children: JsonValue = None) -> JsonValue:
    return st.fixed_dictionaries(
        {"node_type": NAMES},
        optional={
            "config": st.dictionaries(CONFIG_KEYS, ANYTHING, max_size=4),
            "children": st.just([]) if children is None else st.lists(children, max_size=3),
            "node_id": st.sampled_from(["a", "b", "", "c/d"]),
            "$ref": st.sampled_from(["#/subtrees/a", "#/subtrees/b", "#"]),
            "wiring": ANYTHING,
            "name": st.text(max_size=4),
        },
    )


NODES = st.recursive(_node(), _node, max_leaves=8)
DOCUMENTS = st.fixed_dictionaries(
    {"root": NODES},
    optional={
        "subtrees": st.dictionaries(st.sampled_from(["a", "b"]), NODES),
        "blackboard_schema": ANYTHING,
        "parameters": ANYTHING,
        "requires_variables": ANYTHING,
    },
)

VALID: dict[str, Any] = {
    "root": {
        "node_type": "Sequence",
        "children": [
            {"$ref": "#/subtrees/a", "wiring": {"x": "level"}},
            {"node_type": "Retry", "config": {"num_failures": 2}, "children": [
                {"node_type": "Condition", "config": {"expression": "level > 1"}}]},
            {"node_type": "SetVariable", "config": {"variable": "level", "value": 2}},
        ],
    },
    "subtrees": {"a": {"node_type": "Log", "config": {"message": "{x}"}}},
    "blackboard_schema": {"level": {"type": "int", "default": 1}},
}  # fmt: skip


def check_answers(document: JsonValue) -> None:
    problems = validate(document)
    assert all(problem.code in CODES and problem.message for problem in problems)
    if any(problem.severity == "error" for problem in problems):
        with pytest.raises(DefinitionInvalid):
            flatten(document)
    else:
        flat = flatten(document)
        assert len(flat.nodes) == len(flat.names) == len(flat.parents)
        assert len({row[3] for row in flat.nodes}) == len(flat.nodes)


@given(ANYTHING.filter(lambda value: not isinstance(value, str)))
def test_any_value_at_all_gets_an_answer(value: JsonValue) -> None:
    check_answers(value)


@given(DOCUMENTS)
def test_any_document_that_looks_like_a_tree_gets_an_answer(document: JsonValue) -> None:
    check_answers(document)


@given(st.data())
def test_a_valid_document_with_any_one_value_replaced_gets_an_answer(data: st.DataObject) -> None:
    document = copy.deepcopy(VALID)
    at: Any = document
    while isinstance(at, dict | list) and at:
        key = data.draw(st.sampled_from(sorted(at) if isinstance(at, dict) else range(len(at))))
        inner = at[key]
        if not isinstance(inner, dict | list) or data.draw(st.booleans()):
            at[key] = data.draw(ANYTHING)
            break
        at = inner
    check_answers(document)


@given(st.data())
def test_a_damaged_text_gets_an_answer(data: st.DataObject) -> None:
    text = bytearray(json.dumps(VALID).encode())
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(text) - 1))
        text[place] = data.draw(st.integers(0, 255))
    for problem in validate(bytes(text)):
        assert problem.code in CODES


def deep(levels: int) -> JsonValue:
    node: Any = {"node_type": "Success"}
    for _ in range(levels - 1):
        node = {"node_type": "Inverter", "children": [node]}
    return node


def test_a_thousand_levels_are_fine_and_one_more_is_not() -> None:
    assert flatten(deep(1_000)).depth == 1_000
    assert [p.code for p in validate(deep(1_001))] == ["TREE_TOO_DEEP"]
    assert [p.code for p in validate(deep(100_000))] == ["DOCUMENT_TOO_DEEP"]


def test_depth_counts_the_same_in_text() -> None:
    def text(levels: int) -> str:
        opening = '{"node_type":"Inverter","children":[' * (levels - 1)
        return opening + '{"node_type":"Success"}' + "]}" * (levels - 1)

    assert flatten(text(1_000)).depth == 1_000
    assert [p.code for p in validate(text(1_001))] == ["TREE_TOO_DEEP"]
    assert [p.code for p in validate(text(1_000_000))] == ["JSON_SYNTAX"]


def test_strings_of_ten_megabytes_are_refused_wherever_they_are() -> None:
    long = "x" * (10 * 1024 * 1024)
    for document in (
        {"node_type": long},
        {"node_type": "Success", "notes": long},
        {"node_type": "Condition", "config": {"expression": long}},
        {"node_type": "Success", "config": {long: 1}},
    ):
        assert [p.code for p in validate(document)] == ["STRING_TOO_LONG"]
        assert [p.code for p in validate(json.dumps(document))] == ["JSON_SYNTAX"]


def test_an_expression_past_its_limit_is_refused() -> None:
    expression = "+".join("a" * 40_000)
    document = {"node_type": "Condition", "config": {"expression": expression}}
    assert "EXPRESSION_SYNTAX" in {p.code for p in validate(document)}


def test_a_value_nested_past_its_limit_is_refused() -> None:
    value: Any = 1
    for _ in range(65):
        value = [value]
    document = {"node_type": "SetVariable", "config": {"variable": "a", "value": value}}
    assert [p.code for p in validate(document)] == ["CONFIG_TYPE"]
    document["config"]["value"] = value[0]  # type: ignore[index]
    assert validate(document) == []


def test_many_wrong_nodes_are_answered_quickly() -> None:
    nodes = [{"node_type": f"Type{i}", "config": {"a": i}, "odd": 1} for i in range(20_000)]
    problems = validate({"node_type": "Sequence", "children": nodes})
    assert len(problems) == 1_001


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_million_nodes_are_fine_and_one_more_is_not() -> None:
    leaf = {"node_type": "Success"}
    root = {"node_type": "Sequence", "children": [leaf] * 999_999}
    flat = flatten(root)
    assert len(flat.nodes) == 1_000_000
    root["children"] = [leaf] * 1_000_000
    assert [p.code for p in validate(root)] == ["TREE_TOO_LARGE"]


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_objects_that_share_parts_to_unfold_without_end_are_given_up_on() -> None:
    node: Any = {"node_type": "Success"}
    for _ in range(60):
        node = {"node_type": "Sequence", "children": [node, node]}
    assert [p.code for p in validate(node)] == ["DOCUMENT_TOO_LARGE"]


def test_loading_does_not_leave_the_collector_off() -> None:
    assert gc.isenabled()
    load_definition(VALID)
    with pytest.raises(DefinitionInvalid):
        load_definition("{")
    assert gc.isenabled()
