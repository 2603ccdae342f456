"""Everything that is wrong with a definition, at once, and said well."""

from __future__ import annotations

from typing import Any

import pytest

from py_forest.engine.problems import CODES
from py_forest.engine.validate import validate
from py_forest.kit.json import JsonValue
from py_forest.models.trees import Problem

LEAF = {"node_type": "Success"}


def node(node_type: str, *children: JsonValue, **config: JsonValue) -> dict[str, Any]:
    document: dict[str, Any] = {"node_type": node_type}
    if config:
        document["config"] = config
    if children:
        document["children"] = list(children)
    return document


def only(document: JsonValue, **options: JsonValue) -> Problem:
    problems = validate(document, **options)
    assert len(problems) == 1, problems
    return problems[0]


def codes(document: JsonValue) -> list[str]:
    return [problem.code for problem in validate(document)]


def test_a_misspelt_node_type_is_named_with_what_was_meant() -> None:
    problem = only({"root": node("Sequnce", LEAF)})
    assert problem.message == "unknown node type `Sequnce`; did you mean `Sequence`?"
    assert (problem.code, problem.pointer) == ("UNKNOWN_NODE_TYPE", "/root/node_type")
    assert problem.suggestion == "Sequence"


def test_all_problems_are_found_at_once_in_document_order() -> None:
    tree = node(
        "Sequence",
        node("Wait", duration=-1),
        node("Nope"),
        node("Inverter"),
        node("Retry", LEAF, num_attempts=0, bakoff="fixed"),
    )
    assert codes(tree) == [
        "CONFIG_RANGE",
        "UNKNOWN_NODE_TYPE",
        "CHILD_COUNT",
        "CONFIG_RANGE",
        "CONFIG_UNKNOWN",
    ]


@pytest.mark.parametrize(
    ("document", "code", "pointer"),
    [
        (node("Wait"), "CONFIG_MISSING", ""),
        (node("Wait", duration=True), "CONFIG_TYPE", "/config/duration"),
        (node("Wait", duration=None), "CONFIG_MISSING", "/config"),
        (node("Repeat", LEAF, num_success=1.0), "CONFIG_TYPE", "/config/num_success"),
        (node("Repeat", LEAF, num_cycles="2"), "CONFIG_TYPE", "/config/num_cycles"),
        (node("Sequence", LEAF, memory=1), "CONFIG_TYPE", "/config/memory"),
        (node("Probability", probability=1.5), "CONFIG_RANGE", "/config/probability"),
        (node("OneShot", LEAF, policy="oncompletion"), "CONFIG_CHOICE", "/config/policy"),
        (node("Parallel", LEAF, polcy="x"), "CONFIG_UNKNOWN", "/config/polcy"),
        (node("StatusQueue", queue=["SUCCESS", "DONE"]), "CONFIG_CHOICE", "/config/queue/1"),
        (node("StatusQueue", queue=[]), "CONFIG_LENGTH", "/config/queue"),
        (node("Retry", LEAF, num_failures=1, num_attempts=2), "CONFIG_CONFLICT",
         "/config/num_attempts"),
        (node("SetVariable", variable="a", value=1, expression="2"), "CONFIG_CONFLICT",
         "/config/expression"),
        (node("Switch", LEAF, expression="x > 1", cases=[1, 2, 3]), "CHILD_COUNT", "/children"),
        (node("IfThenElse", LEAF), "CHILD_COUNT", "/children"),
        (node("Success", LEAF), "CHILD_COUNT", "/children"),
        (node("UtilitySelector", LEAF, scores=[1, 2]), "CONFIG_LENGTH", "/config/scores"),
        (node("RandomSelector", LEAF, weights=[-1.0]), "CONFIG_RANGE", "/config/weights/0"),
        (node("Parallel", LEAF, policy="Threshold", success_threshold=2), "THRESHOLD_IMPOSSIBLE",
         "/config/success_threshold"),
        (node("Parallel", LEAF, policy="SuccessOnSelected"), "CONFIG_MISSING", "/config"),
        (node("Parallel", LEAF, policy="SuccessOnSelected", selected=[3]), "CHILD_UNKNOWN",
         "/config/selected/0"),
        (node("SetVariable", variable="a/b", value=1), "VARIABLE_NAME", "/config/variable"),
        (node("Condition", expression="a >"), "EXPRESSION_SYNTAX", "/config/expression"),
        (node("DecisionTable", rows=[{"when": "a >", "outputs": {}}]), "EXPRESSION_SYNTAX",
         "/config/rows/0/when"),
        (node("DecisionTable", rows=[{"when": "true"}]), "CONFIG_MISSING", "/config/rows/0"),
        (node("CheckCondition", variable="x", operator_str="in", value=3), "CONFIG_TYPE",
         "/config/value"),
        ({"node_type": 5}, "WRONG_TYPE", "/node_type"),
        ({"node_type": "Success", "config": []}, "WRONG_TYPE", "/config"),
        ({"node_type": "Success", "name": 3}, "WRONG_TYPE", "/name"),
        ({"node_type": "Success", "node_id": ""}, "NODE_ID_INVALID", "/node_id"),
        ({"node_type": "Success", "node_id": "x" * 129}, "NODE_ID_INVALID", "/node_id"),
        ({"node_type": "Sequence", "children": {"a": 1}}, "WRONG_TYPE", "/children"),
        ({"node_type": "Sequence", "children": [3]}, "WRONG_TYPE", "/children/0"),
        ({"root": {"nodetype": "Success"}}, "NODE_TYPE_MISSING", "/root"),
        ({"root": LEAF, "error_policy": "explode"}, "WRONG_TYPE", "/error_policy"),
        ({"root": LEAF, "subtrees": []}, "WRONG_TYPE", "/subtrees"),
        ({"root": LEAF, "blackboard_schema": []}, "WRONG_TYPE", "/blackboard_schema"),
    ],
)  # fmt: skip
def test_one_mistake_is_one_error_where_it_is(document: JsonValue, code: str, pointer: str) -> None:
    errors = [p for p in validate(document) if p.severity == "error"]
    assert [(p.code, p.pointer) for p in errors] == [(code, pointer)]
    assert errors[0].message


def test_a_syntax_error_shows_the_place_with_a_caret() -> None:
    problem = only(node("Condition", expression="price >= ) + 1"))
    assert problem.message.splitlines()[1] == "    price >= ) + 1"
    assert problem.message.splitlines()[2] == " " * 13 + "^"


def test_equal_ids_are_reported_with_the_first_place() -> None:
    tree = node("Sequence", {**LEAF, "node_id": "a"}, {**LEAF, "node_id": "a"})
    problem = only(tree)
    assert (problem.code, problem.pointer) == ("DUPLICATE_NODE_ID", "/children/1/node_id")
    assert "/children/0" in problem.message
    assert problem.node_id == "a"


def test_an_unknown_variable_is_an_error_where_a_schema_is_declared() -> None:
    document = {
        "root": node("Condition", expression="batery < 20"),
        "blackboard_schema": {"battery": {"type": "int"}},
    }
    problem = only(document)
    assert (problem.code, problem.severity) == ("UNKNOWN_VARIABLE", "error")
    assert problem.suggestion == "battery"


def test_an_unknown_variable_is_one_warning_where_no_schema_is_declared() -> None:
    check = node("Condition", expression="battery < 20")
    problem = only(node("Sequence", check, check))
    assert (problem.code, problem.severity) == ("UNKNOWN_VARIABLE", "warning")
    assert validate(node("Sequence", node("SetVariable", variable="battery", value=1), check)) == []
    assert validate({"root": check, "requires_variables": ["battery"]}) == []


def test_a_value_must_fit_the_variable_it_is_set_to() -> None:
    document = {
        "root": node("SetVariable", variable="level", value="high"),
        "blackboard_schema": {"level": {"type": "int", "max": 5}},
    }
    assert only(document).pointer == "/root/config/value"
    document["root"]["config"]["value"] = 6
    assert "maximum of 5" in only(document).message
    document["root"]["config"]["value"] = 5
    assert validate(document) == []


@pytest.mark.parametrize(
    ("declaration", "key"),
    [
        ({"type": "integre"}, "/type"),
        ({"type": "int", "default": "x"}, "/default"),
        ({"type": "int", "default": True}, "/default"),
        ({"type": "int", "default": 5, "max": 4}, "/default"),
        ({"type": "float", "min": 2, "max": 1}, "/min"),
        ({"type": "string", "min": 2}, "/min"),
        ({"type": "string", "enum": []}, "/enum"),
        ({"type": "string", "enum": ["a", 1]}, "/enum"),
        ({"type": "string", "enum": ["a"], "default": "b"}, "/default"),
        ({"type": "int", "direction": "up"}, "/direction"),
        (5, ""),
    ],
)
def test_a_declaration_that_makes_no_sense_is_refused(declaration: JsonValue, key: str) -> None:
    problem = only({"root": LEAF, "blackboard_schema": {"a": declaration}})
    assert (problem.code, problem.pointer) == ("SCHEMA_INVALID", f"/blackboard_schema/a{key}")


def test_what_a_tree_requires_must_be_declared() -> None:
    document = {
        "root": LEAF,
        "requires_variables": ["battery"],
        "blackboard_schema": {"other": {"type": "int"}},
    }
    problem = only(document)
    assert (problem.code, problem.pointer) == ("REQUIRES_VARIABLE", "/requires_variables/0")


def test_an_unfilled_placeholder_is_a_warning() -> None:
    problem = only({"node_type": "Placeholder", "name": "Your Action Here"})
    assert (problem.code, problem.severity) == ("PLACEHOLDER_UNFILLED", "warning")


@pytest.mark.parametrize(
    ("parent", "first", "is_blocked"),
    [
        ("Selector", "Success", True),
        ("Selector", "Failure", False),
        ("Sequence", "Failure", True),
        ("Sequence", "Running", True),
        ("Sequence", "Success", False),
        ("Parallel", "Failure", False),
    ],
)
def test_nodes_that_can_never_run_are_pointed_out(
    parent: str, first: str, is_blocked: bool
) -> None:
    warned = codes(node(parent, node(first), LEAF)) == ["UNREACHABLE_BRANCH"]
    assert warned is is_blocked


def test_a_constant_condition_is_a_warning() -> None:
    tree = node("Sequence", node("Condition", expression="1 > 2"), LEAF)
    assert codes(tree) == ["CONSTANT_CONDITION", "UNREACHABLE_BRANCH"]


def test_a_condition_can_be_written_as_one_text() -> None:
    for given in (
        {"name": "order_total > 1000"},
        {"config": {"condition": "order_total > 1000"}},
        {"config": {"expression": "order_total > 1000"}},
    ):
        document = {"root": {"node_type": "CheckCondition", **given},
                    "requires_variables": ["order_total"]}  # fmt: skip
        assert validate(document) == []


def test_keys_that_mean_nothing_are_warned_of() -> None:
    problem = only({"node_type": "Sequence", "childern": []})
    assert (problem.severity, problem.suggestion) == ("warning", "children")


def test_a_null_from_a_form_counts_as_left_out() -> None:
    assert validate(node("Retry", LEAF, backoff=None)) == []


def test_the_list_stops_at_a_thousand_and_says_that_there_is_more() -> None:
    problems = validate(node("Sequence", *[node("Nope")] * 1_500))
    assert len(problems) == 1_001
    assert problems[-1].code == "TOO_MANY_PROBLEMS"
    assert "500 more problems" in problems[-1].message


def test_errors_push_warnings_out_of_a_full_list() -> None:
    tree = node("Sequence", *[node("Placeholder")] * 1_200, node("Nope"))
    problems = validate(tree)
    assert "UNKNOWN_NODE_TYPE" in {problem.code for problem in problems}
    assert len(problems) == 1_001


def test_an_action_must_be_registered_when_the_actions_are_known() -> None:
    tree = node("Action", action="fly", height=3)
    assert validate(tree) == []
    problem = only(tree, actions=["flee", "fry"])
    assert (problem.code, problem.pointer) == ("ACTION_UNKNOWN", "/config/action")


def test_pointers_are_escaped() -> None:
    problem = only(node("Parallel", LEAF, **{"a/b~c": 1}))
    assert problem.pointer == "/config/a~1b~0c"


def test_every_code_is_in_upper_snake_case_and_explained() -> None:
    assert all(code.replace("_", "").isupper() and meaning for code, meaning in CODES.items())
