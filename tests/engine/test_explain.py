"""What the engine says when it is asked why; the expectations are meant to be read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import py_forest as pf
from py_forest import Status
from py_forest.engine import Execution, Program, _native
from py_forest.engine.explain import MOST_SENTENCES, explain, why_at
from py_forest.engine.explain_scene import UNSET, Board, Scene
from tests.oracle import rich

Document = dict[str, Any]
ORDERS = Path(__file__).parents[2] / "examples/orders/order_processor.json"


def node(node_type: str, *children: Document, **more: Any) -> Document:  # noqa: ANN401
    """Write a node; `name` and `node_id` are its own, the rest is its configuration."""
    own: Document = {key: more.pop(key) for key in ("name", "node_id") if key in more}
    return {"node_type": node_type, **own, "config": more, "children": list(children)}


def check(text: str, **more: str) -> Document:
    return node("Condition", expression=text, **more)


class Case:
    """A tree that has been ticked, and its log."""

    def __init__(
        self, document: Document, *ticks: Document, registry: pf.Registry | None = None
    ) -> None:
        document = document if "root" in document else {"root": document}
        self.program: Program = pf.compile(document, registry)
        self.execution: Execution = self.program.start(seed=1)
        self.records: list[bytes] = []
        for number, tick in enumerate(ticks):
            record = self.execution.tick(**{"now": float(number), **tick}).record
            assert record is not None
            self.records.append(record)

    def why(self, node_id: str) -> str:
        return self.execution.why(node_id)

    def why_then(self, node_id: str, tick: int | None = None) -> str:
        number = len(self.records) if tick is None else tick
        return why_at(self.program, self.execution.header, self.records, number, node_id)


@pytest.fixture
def small_order() -> Case:
    """An order of 50 dollars by a customer with nine orders."""
    program = pf.compile(ORDERS)
    case = Case(program.definition.document, {"updates": {"order_total": 50, "customer_orders": 9}})
    return case


def test_a_failed_branch_names_the_test_and_its_values(small_order: Case) -> None:
    assert small_order.why("high-value") == (
        'High Value Order failed because its first child "Large order?" (order_total > 1000) was '
        'false: order_total is 50.0. Order Processor succeeded because its second child "Returning '
        'Customer" succeeded.'
    )


def test_a_branch_that_was_not_ticked_names_the_one_that_won(small_order: Case) -> None:
    assert small_order.why("standard") == (
        'Standard Order was not ticked: its parent Selector "Order Processor" stopped at '
        '"Returning Customer", which succeeded. Returning Customer succeeded because all 3 '
        "children succeeded. Loyal customer? was true (customer_orders > 5): customer_orders is 9."
    )


def test_below_it_the_ancestor_that_decided_is_named(small_order: Case) -> None:
    assert small_order.why("standard-discount").startswith(
        'Full price was not ticked, nor was Sequence "Standard Order" above it: Selector "Order '
        'Processor" stopped at "Returning Customer", which succeeded.'
    )


def test_a_status_left_from_an_earlier_tick_is_not_taken_for_new(small_order: Case) -> None:
    small_order.execution.tick({"order_total": 5000})
    assert small_order.why("returning") == (
        'Returning Customer was not ticked: its parent Selector "Order Processor" stopped at "High '
        'Value Order", which succeeded. High Value Order succeeded because all 4 children '
        "succeeded. Large order? was true (order_total > 1000): order_total is 5000.0. It still "
        "shows SUCCESS from an earlier tick."
    )


def test_the_log_explains_any_tick(small_order: Case) -> None:
    record = small_order.execution.tick({"order_total": 5000}, now=1.0).record
    assert record is not None
    small_order.records.append(record)
    assert "order_total is 50.0" in small_order.why_then("high-value-check", 1)
    assert "order_total is 5000.0" in small_order.why_then("high-value-check", 2)


SENTENCES = [
    # What was tested, and with which values.
    (
        check("a > 1 and b < 3", name="Ready?"),
        [{"updates": {"a": 5, "b": 7}}],
        'Ready? was false (a > 1 and b < 3): "b < 3" is false, a is 5 and b is 7.',
    ),
    (
        check("len(queue) > 2"),
        [{"updates": {"queue": ["a"]}}],
        '"len(queue) > 2" was false: queue is ["a"] and len(queue) is 1.',
    ),
    (
        node("CheckBlackboardCondition", variable="door", operator_str="==", value="open"),
        [{}],
        '"door == "open"" was false: door has no value.',
    ),
    # Errors, with their causes.
    (check("a > 1"), [{}], '"a > 1" failed by an error: `a` has no value.'),
    (
        check("1 / a > 1", name="Ratio"),
        [{"updates": {"a": 0}}],
        "Ratio failed by an error in 1 / a > 1: `/` divides by zero.",
    ),
    (
        node("ForEach", node("Success"), name="Each", items="xs", item="x"),
        [{"updates": {"xs": 3}}],
        "Each failed by an error: items must be an array, not 3 (int).",
    ),
    (
        node("External", name="Weigh", action="weigh", timeout=60),
        [{}, {"now": 61.0}],
        "Weigh failed: no result came within 60 s, so its run was given up.",
    ),
    # What is waited for.
    (
        node("Wait", name="Rest", duration=10),
        [{}, {"now": 2.5}],
        "Rest is running: it waits 10 s, and 7.5 s of that are left.",
    ),
    (
        node("Wait", name="Sleep", duration=100_000),
        [{}],
        "Sleep is running: it waits 27 h 46 min, and 27 h 46 min of that are left.",
    ),
    (
        node("External", name="Weigh", node_id="w", action="weigh", timeout=60),
        [{}, {"now": 5.0}],
        'Weigh is running: it waits for the result of "weigh", run w#1, asked for 5 s ago; it '
        "gives up in 55 s.",
    ),
    (
        node("HumanDecision", name="Ask", node_id="h", prompt="Refund it?"),
        [{}, {"now": 400.0}],
        'Ask is running: it waits for somebody to answer "Refund it?" (approve or reject), run '
        "h#1, asked for 6 min 40 s ago.",
    ),
    (
        node(
            "WaitForBlackboardCondition",
            name="Docked", variable="dist", operator_str="<", value=1,
        ),
        [{"updates": {"dist": 3.5}}],
        "Docked is running: it waits until dist < 1; dist is 3.5.",
    ),
    (
        node("TickCounter", name="Warm up", duration=3),
        [{}, {}],
        "Warm up is running: this was tick 2 of the 3 that it runs.",
    ),
    # Decorators that hold their child back, or turn its answer round.
    (
        node("Inverter", check("n < 5"), name="Not small"),
        [{"updates": {"n": 1}}],
        'Not small failed because its child "n < 5" was true: n is 1. An Inverter turns SUCCESS '
        "into FAILURE.",
    ),
    (
        node("RunningIsFailure", node("Running"), name="Now or never"),
        [{}],
        "Now or never failed because its child was still running. A RunningIsFailure turns RUNNING "
        "into FAILURE.",
    ),
    (
        node(
            "Retry", node("Failure", name="Call"), name="Thrice", backoff="fixed", initial_delay=4
        ),
        [{}, {}],
        "Thrice is running: 1 of 3 attempts failed, and it tries again in 3 s. Call failed, as it "
        "always does.",
    ),
    (
        node("Retry", node("Failure", name="Call"), name="Thrice"),
        [{}, {}, {}],
        "Thrice failed because all 3 attempts failed. Call failed, as it always does.",
    ),
    (
        node("Timeout", node("Running", name="Drive"), name="Soon", duration=10),
        [{}, {"now": 11.0}],
        "Soon failed: its child had not finished after 10 s and was interrupted.",
    ),
    (
        node("Timeout", node("Running", name="Drive"), name="Soon", duration=300),
        [{}, {"now": 11.0}],
        'Soon is running because its child "Drive" is running, as it always does. 4 min 49 s of '
        "its 5 min are left.",
    ),
    (
        node("Delay", node("Success"), name="Later", duration=10),
        [{}, {"now": 4.0}],
        "Later is running: it lets its child start in 6 s, after a delay of 10 s.",
    ),
    (
        node("Cooldown", node("Success"), name="Pause", duration=10),
        [{}, {"now": 4.0}],
        "Pause failed: it rests for another 6 s and answers FAILURE until then.",
    ),
    (
        node("RateLimit", node("Success"), name="Calls", max_calls=2, period=60),
        [{}, {"now": 4.0}, {"now": 5.0}],
        "Calls failed: its limit of 2 starts in 60 s is reached; it is free again in 55 s.",
    ),
    (
        node("Guard", node("Running"), name="While safe", expression="safe"),
        [{"updates": {"safe": False}}],
        "While safe failed because its condition was false (safe): safe is false.",
    ),
    (
        node("OneShot", node("Success"), name="Once"),
        [{}, {}],
        "Once succeeded: its child succeeded once, and a OneShot keeps that answer without ticking "
        "it again.",
    ),
    # Composites and what decided them.
    (
        node("Selector", check("a"), check("b"), name="Either"),
        [{"updates": {"a": False, "b": False}}],
        'Either failed because none of its 2 children succeeded. "a" was false: a is false. "b" '
        "was false: b is false.",
    ),
    (
        node(
            "Parallel",
            node("Failure", name="A"), node("Failure", name="B"), node("Success", name="C"),
            name="Vote", policy="Threshold", success_threshold=2, failure_threshold=2,
        ),
        [{}],
        'Vote failed because 2 of its 3 children failed. Parallel "Vote" needs 2 successes of 3, '
        "and 2 failures end it. A failed, as it always does. B failed, as it always does.",
    ),
    (
        node("Switch", node("Success"), name="Route", variable="kind", cases=["x"]),
        [{"updates": {"kind": "z"}}],
        'Route failed because no case matched: kind is "z", and the cases are "x".',
    ),
    (
        node("IfThenElse", check("n > 3"), node("Success", name="Then"), name="Big?"),
        [{"updates": {"n": 2}}],
        'Big? failed because its condition "n > 3" did not succeed and there is no third child. '
        '"n > 3" was false: n is 2.',
    ),
    (
        node(
            "UtilitySelector",
            node("Failure", name="A"), node("Success", name="B"),
            name="Best", scores=["a", "b * 2"],
        ),
        [{"updates": {"a": 5, "b": 1}}],
        'Best succeeded (it tried them by score: "A" 5 and "B" 2) because its second child "B" '
        "succeeded, as it always does. A failed, as it always does.",
    ),
    # What was written, and what was not.
    (
        node("SetBlackboardVariable", name="Init", variable="k", value=1, overwrite=False),
        [{"updates": {"k": 3}}],
        "Init failed: k had a value already (3), and it must not overwrite one.",
    ),
    (
        node(
            "DecisionTable", name="Rates",
            rows=[
                {"when": "n > 10", "outputs": {"r": 1}},
                {"when": {"kind": "x"}, "outputs": {"r": 2}},
            ],
        ),
        [{"updates": {"n": 5, "kind": "x"}}],
        'Rates succeeded: its second row was the first that held (kind is "x"); it set r to 2.',
    ),
    (
        node("DecisionTable", name="Rates", rows=[{"when": "n > 10", "outputs": {"r": 1}}]),
        [{"updates": {"n": 5}}],
        "Rates failed: its only row did not hold, and it has no default (n is 5).",
    ),
    # Corners.
    (
        node(
            "Sequence", *[node("Success")] * 21, node("Failure", name="Last"), name="W"
        ),
        [{}],
        'W failed because its 22nd child "Last" failed, as it always does.',
    ),
    (node("Selector", name="S"), [{}], "S failed: it has no children, so none can succeed."),
    (node("Sequence", name="S"), [{}], "S succeeded: it has no children, so nothing can fail."),
    (node("Parallel", name="S"), [{}], "S succeeded: it has no children, so nothing can fail."),
    (
        node(
            "Parallel",
            node("Failure", name="A"), node("Failure", name="B"), node("Running"),
            name="Vote", policy="Threshold", success_threshold=2, failure_threshold=-1,
        ),
        [{}],
        "Vote failed because 2 of its 3 children failed, which puts the successes it needs out of "
        'reach. Parallel "Vote" needs 2 successes of 3, and 3 failures end it. A failed, as it '
        "always does. B failed, as it always does.",
    ),
    (
        node(
            "Parallel", node("Success", name="A"), node("Running"), name="P", policy="SuccessOnOne"
        ),
        [{}],
        'P succeeded because 1 of its 2 children succeeded ("A").',
    ),
    (
        node(
            "Parallel", node("Failure", name="A"), node("Running"), name="P", policy="SuccessOnOne"
        ),
        [{}],
        'P failed because its first child "A" failed, as it always does. Parallel "P" needs one '
        "success, and one failure ends it.",
    ),
    (
        node(
            "Parallel", node("Success", name="A"), node("Running"),
            name="P", policy="SuccessOnSelected", selected=[0],
        ),
        [{}],
        'P succeeded because the selected child "A" succeeded.',
    ),
    (
        node(
            "Parallel", node("Success"), node("Running", name="B"),
            name="P", policy="SuccessOnSelected", selected=[1],
        ),
        [{}],
        'P is running because 1 of its 2 children still runs. Parallel "P" needs the selected '
        "children to succeed, and one failure ends it. B is running, as it always does.",
    ),
    (
        node("IfThenElse", node("Running", name="C"), node("Success"), name="If"),
        [{}],
        'If is running because its first child "C" is running, as it always does.',
    ),
    (
        node(
            "Switch", node("Success"), node("Success", name="B"),
            name="Route", expression="kind", cases=["x"],
        ),
        [{"updates": {"kind": "q"}}],
        'Route succeeded because its second child "B" succeeded, as it always does. It took its '
        'default, as no case matched: kind is "q".',
    ),
    (
        node("Repeat", node("Success"), name="Rep", num_success=2),
        [{}, {}],
        "Rep succeeded because its child succeeded twice.",
    ),
    (
        node("Repeat", node("Success"), name="Rep", num_success=0),
        [{}],
        "Rep succeeded: it was asked for no success, so its child is never ticked.",
    ),
    (
        node("Retry", node("StatusQueue", queue=["FAILURE", "RUNNING"], name="Q"), name="R"),
        [{}, {}],
        'R is running because its child "Q" is running: it answered with the second of the 2 '
        "statuses in its list. 1 of 3 attempts failed so far.",
    ),
    (
        node("StatusQueue", name="Q", queue=["FAILURE"], eventually="SUCCESS"),
        [{}, {}],
        "Q succeeded: it answered with the last of its 1 status, or with SUCCESS after them.",
    ),
    (
        node("ForEach", node("Success"), name="Each", items="[]", item="x"),
        [{}],
        "Each succeeded: there was nothing in [].",
    ),
    (
        node("ForEach", node("Success"), name="Each", items="[1]", item="x"),
        [{}],
        "Each succeeded because its child is done with the only item of [1].",
    ),
    (
        node("Script", name="Calc", script="a = 1 / 0 if z else 1"),
        [{"updates": {"z": True}}],
        "Calc failed by an error in a = 1 / 0 if z else 1: `/` divides by zero.",
    ),
    (
        node(
            "DecisionTable", name="Tags", hit="collect",
            rows=[{"when": "n > 1", "outputs": {"t": "big"}}, {"outputs": {"t": "any"}}],
        ),
        [{"updates": {"n": 5}}],
        "Tags succeeded: it gathered the outputs of rows 1 and 2.",
    ),
    (
        node(
            "DecisionTable", name="Tags",
            rows=[{"when": "n > 1", "outputs": {"t": "big"}}], default={"t": "small"},
        ),
        [{"updates": {"n": 0}}],
        'Tags succeeded: no row held, so it set t to "small".',
    ),
    (check("True", name="Yes"), [{}], "Yes was true (True): it always is."),
    (
        node(
            "WaitForBlackboardCondition", name="W", variable="n", operator_str=">", value=1
        ),
        [{"updates": {"n": 5}}],
        "W succeeded: what it waited for has come, n > 1; n is 5.",
    ),
    (
        node("HumanDecision", name="Ask", node_id="h", prompt="ok?"),
        [{}, {"results": {"h#1": Status.FAILURE}}],
        'Ask failed: to "ok?" the answer was FAILURE.',
    ),
    (
        node("Wait", name="W", duration="n * 2"),
        [{"updates": {"n": 3}}],
        "W is running: it waits n * 2 seconds, and 6 s of that are left.",
    ),
    (
        node("Wait", name="W", duration=400_000),
        [{}],
        "W is running: it waits 4 days 15 h, and 4 days 15 h of that are left.",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("document", "ticks", "expected"), SENTENCES)
def test_the_root_says_why(document: Document, ticks: list[Document], expected: str) -> None:
    case = Case(document, *ticks)
    root = case.program.node_ids[0]
    assert case.why(root) == expected
    assert case.why_then(root) == expected


def test_a_leaf_that_raised_shows_what_led_to_it() -> None:
    registry = pf.Registry()

    @registry.action
    def charge() -> None:
        cards: dict[str, str] = {}
        try:
            cards["card"]
        except KeyError as error:
            raise ValueError("no card on file") from error

    document = node("Sequence", node("Action", name="Charge", action="charge"), name="Pay")
    case = Case(document, {}, registry=registry)
    expected = (
        'Pay failed because its child "Charge" failed by an error: its action "charge" failed with '
        "ValueError: no card on file; caused by KeyError: 'card'."
    )
    assert case.why(case.program.node_ids[0]) == expected
    assert case.why_then(case.program.node_ids[0]) == expected
    case.execution.halt()
    assert case.execution.errors == ()


def test_a_value_that_changed_within_the_tick_is_told_as_it_was() -> None:
    document = node(
        "Sequence", check("n < 5", node_id="small"), node("Script", script="n = n + 10")
    )
    case = Case(document, {"updates": {"n": 1}})
    assert case.why_then("small") == '"n < 5" was true: n is 1.'
    assert case.why("small") == (
        '"n < 5" was true when it was ticked; n is now 11, so it would be false.'
    )


def test_a_value_that_may_have_changed_is_called_that_of_now() -> None:
    document = node("Sequence", check("n < 50", node_id="low"), node("Script", script="n = n + 10"))
    case = Case(document, {"updates": {"n": 1}})
    assert case.why("low") == '"n < 50" was true: n is now 11.'
    assert case.why_then("low") == '"n < 50" was true: n is 1.'


def test_keys_of_a_wired_subtree_are_found() -> None:
    inner = check("level > limit", node_id="check")
    document = {
        "root": {
            "node_type": "SubTree", "node_id": "tank", "$ref": "#/subtrees/tank",
            "wiring": {"level": "fuel", "limit": {"value": 4}},
        },
        "subtrees": {"tank": inner},
    }  # fmt: skip
    case = Case(document, {"updates": {"fuel": 3}})
    assert case.why("tank/check") == (
        '"level > limit" was false: level is 3 and limit is 4. That is why SubTree failed.'
    )
    assert case.program.key_in("tank/check", "level") == "fuel"
    assert case.program.key_in("tank/check", "limit") == "tank/limit"
    assert case.program.key_in("tank/check", "other") == "tank/other"


def test_a_long_line_comes_to_the_point_second() -> None:
    document = check("n > 1", name="Deep test", node_id="deep")
    for level in range(8):
        document = node("Sequence", document, name=f"Level {level}", node_id=f"s{level}")
    case = Case(document, {"updates": {"n": 0}})
    assert case.why("s7").startswith(
        'Level 7 failed because its child "Level 6" failed. It comes down to this: Level 0 failed '
        'because its child "Deep test" (n > 1) was false: n is 0.'
    )
    assert case.why("deep") == (
        'Deep test was false (n > 1): n is 0. That is why Sequence "Level 0" failed, and with it '
        'everything up to Sequence "Level 7".'
    )


def test_an_interrupted_node_is_told_who_stopped_it() -> None:
    document = node(
        "Selector",
        check("fire", node_id="fire"), node("Wait", duration=9, node_id="nap", name="Nap"),
        name="Life",
    )  # fmt: skip
    case = Case(document, {"updates": {"fire": False}}, {"updates": {"fire": True}})
    assert case.why_then("nap") == (
        'Nap was running and was interrupted: its parent Selector "Life" stopped at "fire", which '
        'was true. "fire" was true: fire is true.'
    )
    assert case.why("nap").startswith('Nap was not ticked: its parent Selector "Life" stopped')


def test_a_node_interrupted_in_the_tick_that_began_it_says_so() -> None:
    document = node(
        "RunningIsFailure", node("Wait", duration=9, node_id="nap", name="Nap"), name="Now"
    )
    assert Case(document, {}).why_then("nap") == (
        "Nap was running and was interrupted in the same tick. Now failed because its child was "
        "still running."
    )


def test_a_branch_not_taken_names_the_condition() -> None:
    document = node(
        "WhileDoElse", check("go"), node("Running", node_id="walk", name="Walk"), name="March"
    )
    case = Case(document, {"updates": {"go": False}})
    assert case.why("walk") == (
        'Walk was not ticked: its parent WhileDoElse "March" took its other branch, because its '
        'condition "go" did not succeed. "go" was false: go is false.'
    )


def test_an_answer_that_was_forced_is_called_so() -> None:
    document = node("Sequence", node("Success", node_id="a", name="Step"))
    case = Case(document, {"overrides": {"a": Status.FAILURE}})
    assert case.why_then("a").startswith(
        "Step failed: its answer was forced to FAILURE in this tick."
    )
    assert case.why("a").startswith("Step failed: its answer was forced.")


def test_an_answer_of_a_person_is_quoted() -> None:
    document = node(
        "HumanDecision", name="Ask", node_id="h", prompt="Refund it?", variable="decision"
    )
    case = Case(document, {}, {"results": {"h#1": "reject"}})
    expected = 'Ask succeeded: to "Refund it?" somebody answered "reject".'
    assert case.why("h") == case.why_then("h") == expected


def test_a_leaf_that_answers_nonsense_is_quoted() -> None:
    registry = pf.Registry()
    registry.action(lambda: 5, name="odd")
    case = Case(node("Action", name="Odd", node_id="odd", action="odd"), {}, registry=registry)
    assert case.why("odd") == (
        'Odd failed by an error: its action "odd" answered 5, which is no status; return a Status, '
        "a bool, None or a Result."
    )


@pytest.mark.parametrize("kind", ["Sequence", "Selector", "Parallel"])
def test_what_was_skipped_says_who_chose_not_to_run(kind: str) -> None:
    registry = pf.Registry()
    registry.action(lambda: Status.SKIPPED, name="pass")
    case = Case(node(kind, node("Action", action="pass"), name="S"), {}, registry=registry)
    assert case.why(case.program.node_ids[0]) == (
        "S was skipped because its only child chose not to run."
    )


def test_what_a_leaf_says_of_itself_is_quoted_from_the_log() -> None:
    done = pf.Result(Status.SUCCESS, feedback="weighed twice")
    case = Case(node("External", name="Weigh", node_id="w"), {}, {"results": {"w#1": done}})
    assert case.why_then("w") == (
        'Weigh succeeded: the result delivered for it was SUCCESS; it says "weighed twice".'
    )


def test_a_table_that_changed_its_own_condition_is_told_from_the_log() -> None:
    rows = [{"when": "n < 1", "outputs": {"n": 5}}]
    case = Case(node("DecisionTable", name="Up", node_id="up", rows=rows), {"updates": {"n": 0}})
    assert case.why("up") == "Up succeeded: one of its rows held when it was ticked."
    assert case.why_then("up") == (
        "Up succeeded: its first row was the first that held (n is 0); it set n to 5."
    )


def test_nodes_of_every_kind_may_have_written_since() -> None:
    registry = pf.Registry()
    registry.action(lambda: True, name="any")
    low = check("n < 50", node_id="low")
    loop = node("ForEach", node("Success"), items="[1]", item="n")
    table = node("DecisionTable", rows=[{"outputs": {"n": 1}}])
    noted = node("StatusToBlackboard", node("Success"), variable="n")
    action = node("Action", action="any")
    for later in (loop, table, action):
        case = Case(node("Sequence", low, later), {"updates": {"n": 1}}, registry=registry)
        assert case.why("low") == '"n < 50" was true: n is now 1.'
    case = Case(node("Sequence", check("m < 50", node_id="low"), noted), {"updates": {"m": 1}})
    assert case.why("low") == '"m < 50" was true: m is 1.'


def test_a_node_above_that_writes_afterwards_is_reckoned_with() -> None:
    below = check("said == 'SUCCESS'", node_id="c")
    document = node("StatusToBlackboard", below, variable="said")
    case = Case(document, {"updates": {"said": "FAILURE"}})
    assert case.why_then("c").startswith("\"said == 'SUCCESS'\" was false")


def test_an_answer_that_cannot_be_given_again_leaves_the_values_of_the_end() -> None:
    inner = node(
        "Sequence", node("External", node_id="ask"), check("mine > 1", node_id="c"),
        node("Script", script="mine = mine + 1"),
    )  # fmt: skip
    document = {
        "root": {
            "node_type": "SubTree",
            "node_id": "s",
            "$ref": "#/subtrees/s",
            "wiring": {"q": "a"},
        },
        "subtrees": {"s": inner},
    }
    result = pf.Result(Status.SUCCESS, {"mine": 2})
    case = Case(document, {}, {"results": {"s/ask#1": result}})
    assert case.why_then("s/c").startswith('"mine > 1" was true: mine is')


def test_before_the_first_tick_there_is_nothing_to_explain() -> None:
    assert Case(node("Success", node_id="a", name="Go")).why("a") == (
        "Go has not been ticked: the execution has had no tick yet."
    )


def test_a_halted_execution_says_that_it_was_halted() -> None:
    case = Case(node("Running", node_id="a", name="Go"), {})
    case.execution.halt()
    assert case.why("a") == (
        "Go is idle: the execution was halted or its tree replaced after tick 1, and nothing has "
        "been ticked since."
    )


def test_an_unknown_node_is_refused_with_a_suggestion() -> None:
    case = Case(node("Sequence", node("Success", node_id="charge", name="Charge it")), {})
    with pytest.raises(KeyError, match=r"no node has the id `chrage`; did you mean `charge`\?"):
        case.why("chrage")
    with pytest.raises(KeyError, match="the node of that name has the id `charge`"):
        case.why("Charge it")


def test_a_tick_that_the_log_does_not_hold_is_refused() -> None:
    case = Case(node("Success", node_id="a"), {})
    with pytest.raises(ValueError, match="does not hold tick 7; its last one is 1"):
        case.why_then("a", 7)


LEAVES: dict[str, Document] = {
    "Wait": {"duration": 1}, "Log": {"message": "{n}"}, "Probability": {"probability": 0.5},
    "SetBlackboardVariable": {"variable": "v", "expression": "n + 1"},
    "UnsetBlackboardVariable": {"variable": "v"}, "Condition": {"expression": "n > 1"},
    "CheckBlackboardCondition": {"variable": "n", "operator_str": ">", "value": 1},
    "WaitForBlackboardCondition": {"variable": "n", "operator_str": ">", "value": 1},
    "Script": {"script": "v = n"}, "StatusQueue": {"queue": ["RUNNING", "SUCCESS"]},
    "TickCounter": {"duration": 1}, "HumanDecision": {"prompt": "Really?"}, "External": {},
    "DecisionTable": {"rows": [{"outputs": {"v": 1}}]}, "Action": {"action": "nod"},
}  # fmt: skip
DECORATORS: dict[str, Document] = {
    "Timeout": {"duration": 1}, "Delay": {"duration": 1}, "Cooldown": {"duration": 1},
    "RateLimit": {"period": 1}, "Guard": {"expression": "n < 9"},
    "ForEach": {"items": "[1, 2]", "item": "it"}, "StatusToBlackboard": {"variable": "s"},
}  # fmt: skip
_LEAVES_FROM = _native.KINDS["Success"]
_DECORATORS_FROM = _native.KINDS["Inverter"]


def _sample(kind: str, child: str) -> Document:
    if _native.KINDS[kind] >= _LEAVES_FROM:
        return node(kind, name="Subject", **LEAVES.get(kind, {}))
    below = node(child, name="Child")
    if kind == "SubTree" or _native.KINDS[kind] >= _DECORATORS_FROM:
        return node(kind, below, name="Subject", **DECORATORS.get(kind, {}))
    config: Document = {}
    if kind == "Switch":
        config = {"variable": "n", "cases": [1]}
    if kind == "UtilitySelector":
        config = {"scores": ["n", "2"]}
    return node(kind, below, node(child), name="Subject", **config)


def _document(kind: str, child: str) -> Document:
    if kind != "SubTree":
        return {"root": _sample(kind, child)}
    reference = {"node_type": "SubTree", "$ref": "#/subtrees/inner", "name": "Subject"}
    return {"root": reference, "subtrees": {"inner": node(child, name="Child")}}


@pytest.mark.parametrize("child", ["Success", "Failure", "Running"])
@pytest.mark.parametrize("kind", _native.KINDS)
def test_every_node_type_has_sentences(kind: str, child: str) -> None:
    registry = pf.Registry()
    registry.action(lambda: True, name="nod")
    ticks: list[Document] = [{"updates": {"n": 1}}, {"now": 0.5}, {"now": 4.0}]
    for count in range(1, len(ticks) + 1):
        case = Case(_document(kind, child), *ticks[:count], registry=registry)
        for node_id in case.program.node_ids:
            for text in (case.why(node_id), case.why_then(node_id)):
                assert text.endswith(".")
                assert text.count(". ") < MOST_SENTENCES
                assert not {"None", "Status", "{", "INVALID"} & set(text.split())
        root = case.why(case.program.node_ids[0])
        assert root.startswith("Subject ")
        verbs = {
            "RUNNING": "running",
            "SUCCESS": ("succeeded", "true"),
            "FAILURE": ("failed", "false"),
        }
        expected = verbs[case.execution.status.name]
        assert any(word in root for word in ([expected] if isinstance(expected, str) else expected))


@pytest.mark.parametrize("tree", rich.TREES)
def test_rich_executions_can_be_explained_at_any_tick(tree: str) -> None:
    program, execution, records = rich.underway(tree, 3)
    for node_id in program.node_ids:
        assert execution.why(node_id).endswith(".")
        for tick in (1, 2, 3):
            assert why_at(program, execution.header, records, tick, node_id).endswith(".")


def test_the_sentences_depend_on_the_scene_alone() -> None:
    program = pf.compile({"root": check("n > 1", node_id="c")})
    values = {"n": 0}
    scene = Scene(
        program=program,
        statuses={"c": Status.FAILURE},
        ticks=1,
        now=0.0,
        memory_of=lambda _: [],
        board_of=lambda _: Board(lambda key: values.get(key, UNSET)),
    )
    assert explain(scene, "c") == ['"n > 1" was false: n is 0.']
