"""`{{parameter}}` placeholders."""

from __future__ import annotations

from typing import Any

import pytest

from py_forest.engine.flatten import flatten
from py_forest.engine.validate import validate
from py_forest.kit.json import JsonValue


def component(tree: JsonValue, *parameters: tuple[str, str, Any]) -> dict[str, Any]:
    return {
        "parameters": [{"name": n, "type": t, "default": d} for n, t, d in parameters],
        "tree": tree,
    }


def wait(duration: JsonValue) -> dict[str, Any]:
    return {"node_type": "Wait", "config": {"duration": duration}}


@pytest.mark.parametrize(
    ("type_name", "value"),
    [("int", 20), ("float", 0.5), ("string", "charge"), ("bool", True), ("array", [1, {"a": 2}])],
)
def test_a_text_that_is_only_a_placeholder_takes_the_type_of_the_value(
    type_name: str, value: JsonValue
) -> None:
    tree = {"node_type": "SetVariable", "config": {"variable": "x", "value": "{{v}}"}}
    found = flatten(component(tree, ("v", type_name, value))).nodes[0][4]["value"]
    assert (found, type(found)) == (value, type(value))


def test_within_a_longer_text_the_value_is_written_out() -> None:
    tree = {
        "node_type": "Condition",
        "name": "below {{n}} {{unit}}?",
        "config": {"expression": "battery < {{n}} and on == {{flag}} and mode == '{{ unit }}'"},
    }
    flat = flatten(
        component(tree, ("n", "int", 20), ("unit", "string", "%"), ("flag", "bool", True))
    )
    assert flat.names == ["below 20 %?"]
    assert flat.nodes[0][4]["expression"] == "battery < 20 and on == true and mode == '%'"


def test_keys_and_subtrees_and_schemas_are_filled_in_too() -> None:
    document = {
        "parameters": [{"name": "key", "type": "string", "default": "level"}],
        "root": {"$ref": "#/subtrees/a", "node_id": "r", "wiring": {"x": "{{key}}"}},
        "subtrees": {"a": {"node_type": "UnsetVariable", "config": {"variable": "x"}}},
        "blackboard_schema": {"{{key}}": {"type": "int", "default": 3}},
    }
    flat = flatten(document)
    assert flat.variables[0][0] == "level"
    assert flat.scopes[1][1] == {"x": "level"}


def test_a_value_can_be_given_in_place_of_the_default() -> None:
    document = component(wait("{{d}}"), ("d", "float", 1.0))
    assert flatten(document, parameters={"d": 5}).nodes[0][4] == {"duration": 5.0}


def test_an_unknown_placeholder_is_an_error_that_names_it() -> None:
    (problem,) = validate(component(wait("{{dely}}"), ("delay", "float", 1.0)))
    assert (problem.code, problem.pointer) == ("PARAMETER_UNKNOWN", "/tree/config/duration")
    assert problem.suggestion == "{{delay}}"


def test_a_parameter_without_a_value_is_an_error_where_it_is_used() -> None:
    document = {"parameters": [{"name": "d", "type": "float"}], "root": wait("{{d}}")}
    assert [p.code for p in validate(document)] == ["PARAMETER_UNKNOWN"]
    assert validate(document, parameters={"d": 1.0}) == []


@pytest.mark.parametrize(
    ("given", "code"), [({"d": "soon"}, "PARAMETER_TYPE"), ({"e": 1}, "PARAMETER_UNKNOWN")]
)
def test_a_wrong_value_is_an_error_that_names_the_parameter(
    given: dict[str, Any], code: str
) -> None:
    (problem,) = validate(component(wait("{{d}}"), ("d", "float", 1.0)), parameters=given)[:1]
    assert problem.code == code
    assert f"`{next(iter(given))}`" in problem.message


def test_a_boolean_is_no_integer() -> None:
    problems = validate(component(wait(1), ("d", "int", True)))
    assert [p.code for p in problems] == ["PARAMETER_TYPE"]


@pytest.mark.parametrize(
    "declaration", [5, {}, {"name": ""}, {"name": "a/b"}, {"name": "a", "type": "date"}]
)
def test_a_declaration_that_makes_no_sense_is_refused(declaration: JsonValue) -> None:
    problems = validate({"parameters": [declaration], "root": wait(1)})
    assert [p.code for p in problems] == ["PARAMETER_INVALID"]


def test_a_parameter_declared_twice_is_refused() -> None:
    problems = validate(component(wait(1), ("d", "int", 1), ("d", "int", 2)))
    assert [(p.code, p.pointer) for p in problems] == [("PARAMETER_INVALID", "/parameters/1/name")]


def test_notes_may_mention_braces_without_meaning_a_parameter() -> None:
    tree = {**wait("{{d}}"), "notes": "use {{anything}} and {{d}}", "ui_metadata": {"t": "{{x}}"}}
    assert validate(component(tree, ("d", "float", 1.0))) == []


def test_text_cannot_be_made_to_grow_without_end() -> None:
    document = component(
        {"node_type": "Log", "config": {"message": "{{a}}" * 100_000}},
        ("a", "string", "x" * 100_000),
    )
    assert "STRING_TOO_LONG" in {p.code for p in validate(document)}


def test_an_escaped_brace_in_a_text_document_is_a_placeholder_too() -> None:
    text = (
        '{"parameters": [{"name": "d", "default": 2.0}],'
        ' "tree": {"node_type": "Wait", "config": {"duration": "\\u007b\\u007bd}}"}}}'
    )
    assert flatten(text).nodes[0][4] == {"duration": 2.0}
