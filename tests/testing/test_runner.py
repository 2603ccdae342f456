"""Tests of trees as data: what each key means, and what is said when it does not hold."""

from __future__ import annotations

from typing import Any

import pytest

import py_forest as pf
from py_forest.testing import TestReport, run_tree_tests

Document = dict[str, Any]


def node(node_type: str, *children: Document, name: str = "", **config: object) -> Document:
    made: Document = {"node_type": node_type, "config": config, "children": list(children)}
    return {**made, "name": name} if name else made


def condition(expression: str, name: str) -> Document:
    return node("Condition", name=name, expression=expression)


def put(variable: str, value: object, name: str) -> Document:
    return node("SetBlackboardVariable", name=name, variable=variable, value=value)


CHARGER = node(
    "Selector",
    node(
        "Sequence", condition("battery < 20", "Low"), put("action", "charge", "Charge"), name="Go"
    ),
    put("action", "patrol", "Patrol"),
    name="Robot",
)


def run(root: Document, *steps: Document, **more: Any) -> TestReport:  # noqa: ANN401
    sections: Document = {key: more.pop(key) for key in ("subtrees", "error_policy") if key in more}
    registry = more.pop("registry", pf.Registry())
    test = {"name": "it", "steps": list(steps), **more}
    return run_tree_tests({"root": root, **sections, "tests": [test]}, registry=registry)


def differences(report: TestReport) -> list[str]:
    return list(report.results[0].differences)


def expect(**what: object) -> Document:
    return {"expect": what}


def _deep(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels):
        value = [value]
    return value


def test_a_test_that_holds_passes() -> None:
    report = run(
        CHARGER,
        {
            "set": {"battery": 10},
            **expect(
                status="SUCCESS",
                nodes={"Robot": "SUCCESS", "Robot / Go": "SUCCESS", "Patrol": "INVALID"},
                keys={"action": "charge"},
                unset=["nothing"],
                visited=["Go", "Low", "Charge"],
                not_visited=["Patrol"],
                errors={},
            ),
        },
        never="battery > 100",
        eventually="action == 'charge'",
    )
    assert differences(report) == []
    assert report.passed
    assert report.results[0].ticks == 1


@pytest.mark.parametrize(
    ("wanted", "said"),
    [
        ({"status": "FAILURE"}, "the tree answered SUCCESS, expected FAILURE"),
        ({"nodes": {"Low": "FAILURE"}}, "`Low` is SUCCESS, expected FAILURE"),
        ({"keys": {"action": "patrol"}}, "key `action` is `'charge'`, expected `'patrol'`"),
        ({"keys": {"aim": 1}}, "key `aim` has no value, expected `1`"),
        ({"unset": ["action"]}, "key `action` is `'charge'`, expected no value"),
        ({"visited": ["Patrol"]}, "`Patrol` was not ticked"),
        (
            {"visited": ["Charge", "Low"]},
            "`Low` was ticked in another order: Robot, Go, Low, Charge",
        ),
        ({"not_visited": ["Low"]}, "`Low` was ticked"),
        ({"errors": {"Low": "missing"}}, "`Low` had no error, expected missing"),
        ({"nodes": {"Go / Lo": "SUCCESS"}}, "the tree has no node `Go / Lo`"),
        ({"nodes": {"Lo": "SUCCESS"}}, "the tree has no node `Lo`"),
        ({"status": "SUCESS"}, "step 1: `SUCESS` is no status; did you mean `SUCCESS`?"),
        ({"stat": "SUCCESS"}, "`stat` means nothing here; did you mean `status`?"),
        ({"visited": [1]}, "`visited` is a list of texts"),
        ({"keys": []}, "`keys` must be an object"),
        ({"keys": {"a": _deep(65)}}, "nested more than 64 deep"),
        ({"errors": {"Low": 3}}, "`errors` gives the kind of error of each node"),
    ],
)
def test_what_does_not_hold_is_said(wanted: Document, said: str) -> None:
    report = run(CHARGER, {"set": {"battery": 10}, "expect": wanted})
    assert not report.passed
    assert said in "\n".join(differences(report))
    assert differences(report)[0].startswith("step 1")


def test_a_run_ends_with_the_first_step_that_differs() -> None:
    report = run(
        CHARGER,
        {"set": {"battery": 10}, **expect(status="SUCCESS")},
        expect(status="FAILURE", keys={"action": "patrol"}),
        expect(status="RUNNING"),
    )
    assert [text.partition(":")[0] for text in differences(report)] == ["step 2", "step 2"]
    assert report.results[0].ticks == 2


def test_an_error_is_noted_beside_a_difference() -> None:
    report = run(CHARGER, expect(keys={"action": "charge"}))
    assert differences(report) == [
        "step 1: key `action` is `'patrol'`, expected `'charge'`",
        "step 1: note: `Robot / Go / Low` failed by an error: `battery` has no value",
    ]


def test_errors_are_compared_by_their_kind() -> None:
    assert run(CHARGER, expect(errors={"Low": "missing"})).passed
    wrong_kind = run(CHARGER, expect(errors={"Low": "type"}))
    assert differences(wrong_kind) == ["step 1: `Low` had error missing, expected type"]
    unexpected = run(CHARGER, expect(errors={}))
    assert "`Low` had error missing" in differences(unexpected)[0]


def test_never_names_the_step_and_the_values() -> None:
    report = run(
        CHARGER,
        {"set": {"battery": 50}},
        {"set": {"battery": 10}},
        never="battery < 20 and has('action')",
    )
    assert differences(report) == [
        "step 2: `battery < 20 and has('action')` must never hold; "
        "`battery` is `10`, `action` is `'charge'`"
    ]


def test_eventually_needs_one_step_in_which_it_holds() -> None:
    steps = ({"set": {"battery": 10}}, {"set": {"battery": 50}})
    assert run(CHARGER, *steps, eventually="action == 'charge'").passed
    report = run(CHARGER, *steps, eventually="action == 'fly' or aim")
    assert differences(report) == [
        "`action == 'fly' or aim` held after no step; at the end `action` is `'patrol'`, "
        "`aim` has no value"
    ]


def test_a_condition_that_is_no_expression_is_said_to_be() -> None:
    assert "`never`: " in differences(run(CHARGER, {}, never="a &&"))[0]


def test_a_condition_that_cannot_be_computed_is_no_promise_kept() -> None:
    for key in ("never", "eventually"):
        report = run(CHARGER, {"set": {"battery": 10}}, **{key: "battery < 'full'"})
        assert differences(report)[0].startswith("step 1: `battery < 'full'` has no value: ")


def test_time_stands_still_until_a_step_moves_it() -> None:
    root = node("Wait", duration=2)
    report = run(
        root, {"now": 100}, expect(status="RUNNING"), {"now": 102, **expect(status="SUCCESS")}
    )
    assert report.passed, report.text()
    assert "time only moves forwards" in differences(run(root, {"now": 1}, {"now": 0}))[0]


def test_a_value_that_does_not_fit_is_said() -> None:
    document = {
        "root": condition("n > 0", "Check"),
        "blackboard_schema": {"n": {"type": "int"}},
        "tests": [{"steps": [{"set": {"n": "a"}}]}],
    }
    report = run_tree_tests(document, registry=pf.Registry())
    assert "step 1: " in differences(report)[0]
    assert report.results[0].name == "test 1"


def test_an_external_leaf_gets_its_result_one_step_after_it_began() -> None:
    root = node("External", name="Ask", action="ask")
    done = {"results": {"Ask": {"status": "SUCCESS", "writes": {"answer": 42}}}}
    report = run(root, expect(status="RUNNING"), {**done, **expect(keys={"answer": 42})})
    assert report.passed, report.text()
    assert "has no work in flight" in differences(run(root, done))[0]


def test_a_person_chooses_an_option() -> None:
    root = node("HumanDecision", name="Ask", prompt="Ship?", options=["yes", "no"], variable="v")
    report = run(root, {}, {"results": {"Ask": {"choice": "no"}}, **expect(keys={"v": "no"})})
    assert report.passed, report.text()
    both = run(root, {}, {"results": {"Ask": {"choice": "no", "status": "SUCCESS"}}})
    assert "or the `choice` of a person" in differences(both)[0]


def test_an_action_that_nobody_registered_works_until_it_has_a_result() -> None:
    root = node("Sequence", node("Action", name="Drive", action="drive"), put("there", 1, "Note"))
    report = run(
        root,
        expect(status="RUNNING", nodes={"Drive": "RUNNING"}),
        expect(status="RUNNING"),
        {
            "results": {"Drive": {"status": "SUCCESS", "writes": {"metres": 3}}},
            **expect(status="SUCCESS", keys={"metres": 3, "there": 1}),
        },
        {"results": {"Drive": {"status": "FAILURE", "error": "stuck"}}, **expect(status="FAILURE")},
    )
    assert report.passed, report.text()


def test_a_registered_action_is_called_unless_it_is_given_results() -> None:
    registry = pf.Registry()
    calls: list[int] = []

    @registry.action
    def weigh() -> bool:
        calls.append(1)
        return True

    root = node("Action", name="Weigh", action="weigh")
    assert run(root, expect(status="SUCCESS"), registry=registry).passed
    assert calls == [1]
    scripted = {"results": {"Weigh": "FAILURE"}, **expect(status="FAILURE")}
    assert run(root, scripted, registry=registry).passed
    named = {"node_type": "weigh", "name": "Weigh"}
    assert run(named, scripted, registry=registry).passed
    assert calls == [1]
    assert run(named, expect(status="SUCCESS"), registry=registry).passed
    assert calls == [1, 1]
    assert len(registry) == 1


def test_any_other_node_can_be_forced_for_one_step() -> None:
    step = {"set": {"battery": 90}, "results": {"Go": "SUCCESS"}, **expect(not_visited=["Low"])}
    assert run(CHARGER, step, expect(visited=["Low"])).passed
    refused = run(CHARGER, {"results": {"Go": {"status": "SUCCESS", "writes": {"a": 1}}}})
    assert "`Go` can only be forced to a status" in differences(refused)[0]


def test_a_result_that_nobody_took_is_a_difference() -> None:
    report = run(CHARGER, {"set": {"battery": 10}, "results": {"Patrol": "SUCCESS"}})
    assert differences(report) == ["step 1: `Patrol` was given a result but was not ticked"]


def test_a_name_that_two_nodes_have_is_refused_and_a_path_is_not() -> None:
    root = node(
        "Sequence",
        node("Sequence", put("a", 1, "Note"), name="First"),
        node("Sequence", put("b", 1, "Note"), name="Second"),
        name="All",
    )
    report = run(root, expect(visited=["Note"]))
    assert differences(report) == [
        "step 1: 2 nodes are called `Note`: `All / First / Note`, `All / Second / Note`; "
        "name one by its id or its path"
    ]
    assert run(root, expect(visited=["First / Note", "Second / Note"])).passed
    by_id = run(root, expect(visited=[pf.compile({"root": root}).node_ids[4]]))
    assert by_id.passed


def test_a_leaf_of_a_subtree_answers_wherever_the_subtree_is_used() -> None:
    use = {"$ref": "#/subtrees/call"}
    report = run(
        node("Sequence", {**use, "name": "One"}, {**use, "name": "Two"}),
        {"results": {"One / Call": "SUCCESS"}, **expect(status="SUCCESS")},
        subtrees={"call": node("Placeholder", name="Call")},
    )
    assert report.passed, report.text()
    assert report.coverage.missed == ()


def test_a_result_counts_for_every_use_of_its_leaf_but_nodes_are_compared_one_by_one() -> None:
    use = {"$ref": "#/subtrees/a~1b", "wiring": {"n": "m"}}
    report = run(
        node("Parallel", {**use, "name": "One"}, {**use, "name": "Two"}, policy="SuccessOnAll"),
        {
            "results": {"Two / Call": {"status": "SUCCESS", "writes": {"n": 1}}},
            **expect(nodes={"One / Call": "SUCCESS", "Two / Call": "SUCCESS"}, keys={"m": 1}),
        },
        subtrees={"a/b": node("Action", name="Call", action="call")},
    )
    assert report.passed, report.text()


def test_a_tree_that_raises_is_tested_like_any_other() -> None:
    report = run(CHARGER, expect(errors={"Low": "missing"}), error_policy="raise")
    assert report.passed, report.text()


def test_parameters_and_the_seed_are_those_of_the_test() -> None:
    document = {
        "root": node(
            "Sequence",
            put("n", "{{n}}", "Note"),
            {"node_type": "Probability", "node_id": "dice", "config": {"probability": 0.6}},
        ),
        "parameters": [{"name": "n", "type": "int", "default": 1}],
        "tests": [
            {"name": "default", "steps": [expect(keys={"n": 1}, status="FAILURE")]},
            {"name": "given", "parameters": {"n": 2}, "steps": [expect(keys={"n": 2})]},
            {"name": "wrong type", "parameters": {"n": "a"}, "steps": [{}]},
            {"name": "unknown", "parameters": {"m": 1}, "steps": [{}]},
            {"name": "seed 1", "seed": 1, "steps": [{}, expect(status="SUCCESS")]},
            {"name": "seed -1", "seed": -1, "steps": [{}]},
        ],
    }
    report = run_tree_tests(document, registry=pf.Registry())
    assert [result.name for result in report.failed] == ["wrong type", "unknown", "seed -1"]
    assert "parameter `n` must be of type `int`" in report.results[2].differences[0]


@pytest.mark.parametrize(
    ("test", "said"),
    [
        ("no object", "a test: this must be an object"),
        ({"name": "x"}, "a test has `steps`, at least one"),
        ({"steps": []}, "a test has `steps`, at least one"),
        ({"steps": [{}], "sead": 1}, "`sead` means nothing here; did you mean `seed`?"),
        ({"steps": [{}], "seed": True}, "`seed` must be an integer"),
        ({"steps": [{"now": "noon"}]}, "step 1: `now` must be a number"),
        ({"steps": [{"results": {"Low": 3}}]}, "result of `Low`: this must be an object"),
        ({"steps": [{"results": {"Low": "INVALID"}}]}, "no node answers INVALID"),
        ({"steps": [{"results": {"Low": {"choice": "x"}}}]}, "`Low` is no HumanDecision"),
        ({"steps": [{"results": {"Low": "DONE"}}]}, "`DONE` is no status: it is `INVALID`"),
        ({"steps": [{"results": {"Lo": "SUCCESS"}}]}, "the tree has no node `Lo`"),
    ],
)
def test_a_test_that_is_none_does_not_pass_and_others_still_run(test: object, said: str) -> None:
    good = {"steps": [{"set": {"battery": 1}}]}
    report = run_tree_tests({"root": CHARGER}, tests=[test, good], registry=pf.Registry())
    assert said in report.results[0].differences[0]
    assert report.results[1].passed
    assert not report.passed


def test_tests_that_are_no_json_are_refused() -> None:
    with pytest.raises(ValueError, match="tests/0"):
        run_tree_tests({"root": CHARGER}, tests=[{1: 2}])


def test_a_tree_with_errors_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown node type"):
        run_tree_tests({"root": {"node_type": "Sequenze"}})


def test_coverage_tells_what_was_never_ticked_and_what_went_one_way_only() -> None:
    report = run(CHARGER, {"set": {"battery": 10}})
    assert report.coverage.ratio == pytest.approx(0.8)
    assert report.coverage.missed == ("Robot / Patrol",)
    assert "Robot / Go / Low" in report.coverage.one_sided
    both = run(CHARGER, {"set": {"battery": 10}}, {"set": {"battery": 50}})
    assert both.coverage.missed == ()
    assert "Robot / Go / Low" not in both.coverage.one_sided


def test_without_tests_nothing_is_covered() -> None:
    report = run_tree_tests({"root": CHARGER, "metadata": {"name": "Robot"}})
    assert report.passed
    assert report.results == ()
    assert report.coverage.ratio == 0


def test_the_report_is_readable_by_people_and_programs() -> None:
    report = run(CHARGER, {"set": {"battery": 10}, **expect(status="FAILURE")})
    assert report.text() == (
        "FAIL  it\n"
        "      step 1: the tree answered SUCCESS, expected FAILURE\n"
        "Robot: 0 of 1 test passed, 80% of 5 nodes ticked\n"
        "      never ticked: Robot / Patrol"
    )
    assert report.to_dict() == {
        "tree": "Robot",
        "passed": False,
        "results": [
            {
                "name": "it",
                "passed": False,
                "ticks": 1,
                "differences": ["step 1: the tree answered SUCCESS, expected FAILURE"],
            }
        ],
        "coverage": {
            "nodes": 5,
            "ratio": 0.8,
            "missed": ["Robot / Patrol"],
            "one_sided": ["Robot", "Robot / Go", "Robot / Go / Low", "Robot / Go / Charge"],
        },
    }


@pytest.mark.parametrize(
    ("found", "wanted", "is_same"),
    [
        (1, 1.0, True),
        (0.1 + 0.2, 0.3, True),
        (1, True, False),
        (False, 0, False),
        ([1, {"a": 2.0}], [1.0, {"a": 2}], True),
        ([1], [1, 2], False),
        ({"a": 1}, {"b": 1}, False),
        ("1", 1, False),
        (None, None, True),
        (0, None, False),
    ],
)
def test_values_are_compared_as_json(found: object, wanted: object, is_same: bool) -> None:
    start = put("k", found, "Put")
    assert run(start, expect(keys={"k": wanted})).passed is is_same
