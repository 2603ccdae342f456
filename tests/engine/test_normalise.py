"""Five ways to send a tree, one definition."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from py_forest.engine.document import load_definition
from py_forest.engine.flatten import flatten
from py_forest.engine.normalise import canonical
from py_forest.engine.validate import validate
from py_forest.kit.errors import DefinitionInvalid, DocumentUnreadable
from py_forest.kit.json import JsonValue

NODE = {"node_type": "Sequence", "node_id": "r", "children": [{"node_type": "Success"}]}
WRONG = {"node_type": "Sequence", "children": [{"node_type": "Sucess"}]}


@pytest.mark.parametrize(
    ("wrap", "pointer"),
    [
        (lambda n: {"tree_json": n}, "/tree_json"),
        (lambda n: {"tree": n}, "/tree"),
        (lambda n: {"tree_definition": n}, "/tree_definition"),
        (lambda n: {"root": n}, "/root"),
        (lambda n: n, ""),
        (lambda n: {"tree_json": {"root": n}}, "/tree_json/root"),
        (lambda n: {"id": "7", "name": "x", "tree_json": {"tree_definition": {"root": n}}},
         "/tree_json/tree_definition/root"),
    ],
)  # fmt: skip
def test_every_payload_form_gives_the_same_tree_and_points_into_what_was_sent(
    wrap: JsonValue, pointer: str
) -> None:
    assert load_definition(wrap(NODE)).root == NODE
    assert flatten(wrap(NODE)).nodes == flatten(NODE).nodes
    problems = validate(wrap(WRONG))
    assert [p.pointer for p in problems] == [f"{pointer}/children/0/node_type"]


def test_a_component_keeps_its_parameters_and_applies_their_defaults() -> None:
    component = {
        "name": "Low Battery Handler",
        "category": "robotics",
        "parameters": [{"name": "threshold", "type": "int", "default": 20}],
        "requires_variables": ["battery_level"],
        "tree": {
            "node_type": "CheckBlackboardCondition",
            "config": {"variable": "battery_level", "operator_str": "<", "value": "{{threshold}}"},
        },
    }
    assert flatten(component).nodes[0][4]["value"] == 20
    assert load_definition(component).name == "Low Battery Handler"
    component["parameters"][0]["default"] = "many"  # type: ignore[index]
    assert validate(component)[0].pointer == "/parameters/0/default"


def test_files_may_have_comments_and_trailing_commas_but_text_may_not(tmp_path: Path) -> None:
    text = '{"node_type": "Success", // a leaf\n}'
    path = tmp_path / "tree.json"
    path.write_text(text)
    assert load_definition(path).root == {"node_type": "Success"}
    assert load_definition(str(path)).root == {"node_type": "Success"}
    assert [p.code for p in validate(text)] == ["JSON_SYNTAX"]
    assert "line 1" in validate(text)[0].message


def test_the_definition_is_a_copy_of_what_was_given() -> None:
    given = {"root": {"node_type": "Wait", "config": {"duration": 1}}}
    definition = load_definition(given)
    given["root"]["config"]["duration"] = 2  # type: ignore[index]
    assert definition.root["config"] == {"duration": 1}


def test_python_values_that_json_has_too_are_taken_as_such() -> None:
    class Name(str):
        __slots__ = ()

    tree = {"node_type": Name("Parallel"), "children": ({"node_type": "Success"},)}
    assert load_definition(tree).root["children"] == [{"node_type": "Success"}]
    assert type(load_definition(tree).root["node_type"]) is str


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        ({}, "NO_TREE"),
        ({"rot": {"node_type": "Success"}}, "NO_TREE"),
        ({"tree": None}, "WRONG_TYPE"),
        ({"root": [], "subtrees": {}}, "WRONG_TYPE"),
        ({"tree": NODE, "tree_json": NODE}, "AMBIGUOUS_PAYLOAD"),
        (b"[]", "WRONG_TYPE"),
        (b"\xff{}", "NOT_UTF8"),
        ('{"a": 1, "a": 2}', "JSON_SYNTAX"),
        ('{"a": NaN}', "JSON_SYNTAX"),
    ],
)
def test_what_holds_no_tree_is_one_clear_problem(payload: JsonValue, code: str) -> None:
    assert [p.code for p in validate(payload)] == [code]
    if code != "WRONG_TYPE" or not isinstance(payload, dict) or "root" not in payload:
        with pytest.raises(DefinitionInvalid):
            load_definition(payload)


def test_a_misspelt_root_is_guessed() -> None:
    assert validate({"rot": {"node_type": "Success"}})[0].suggestion == "root"


def test_a_file_that_is_not_there_is_unreadable_not_invalid(tmp_path: Path) -> None:
    with pytest.raises(DocumentUnreadable, match="No such file"):
        load_definition(tmp_path / "none.json")
    with pytest.raises(DocumentUnreadable):
        load_definition(tmp_path)


def test_something_that_is_no_document_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="not object"):
        load_definition(object())  # type: ignore[arg-type]


def test_the_canonical_spelling_resolves_aliases_and_names_every_node() -> None:
    tree = {
        "root": {
            "node_type": "Fallback",
            "ui_metadata": {"x": 1},
            "children": [
                {"node_type": "Retry", "config": {"num_attempts": 2},
                 "children": [{"$ref": "#/subtrees/a"}]},
            ],
        },
        "subtrees": {"a": {"node_type": "SetVariable", "name": "s"}},
    }  # fmt: skip
    document = canonical(load_definition(tree)).document
    assert document["root"] == {
        "node_type": "Selector",
        "name": "Selector",
        "ui_metadata": {"x": 1},
        "children": [
            {
                "node_type": "Retry",
                "name": "Retry",
                "config": {"num_failures": 2},
                "children": [{"$ref": "#/subtrees/a", "node_type": "SubTree", "name": "SubTree"}],
            }
        ],
    }
    assert document["subtrees"]["a"]["node_type"] == "SetBlackboardVariable"


def test_canonical_spelling_does_not_recurse() -> None:
    node: dict[str, Any] = {"node_type": "Success"}
    for _ in range(999):
        node = {"node_type": "Inverter", "children": [node]}
    assert canonical(load_definition(node)).root["name"] == "Inverter"
