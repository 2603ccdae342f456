from __future__ import annotations

import pytest

from py_forest.core.single_shot import run_single_shot
from py_forest.engine import Program, Registry, Result, compile, replay
from py_forest.kit.clock import VirtualClock
from py_forest.models.status import Status
from tests.core.trees import ROBOT, assign, condition, node


def test_a_run_ends_with_the_tree() -> None:
    result = run_single_shot(compile(ROBOT), {"battery": 3})

    assert (result.status, result.iterations, result.feedback_message) == ("SUCCESS", 1, "")
    assert result.blackboard == {"battery": 3, "action": "charge"}


def test_a_tree_that_never_ends_fails_after_the_last_iteration() -> None:
    program = compile(node("Running", "never"))

    assert run_single_shot(program).iterations == 100
    result = run_single_shot(program, max_iterations=7)
    assert (result.status, result.iterations) == ("FAILURE", 7)
    assert result.feedback_message == "still RUNNING after 7 iterations"
    waiting = run_single_shot(compile(node("External", "work")), max_iterations=2)
    assert waiting.feedback_message == "still RUNNING after 2 iterations, waiting for work"
    with pytest.raises(ValueError, match="at least one iteration"):
        run_single_shot(program, max_iterations=0)


def test_several_ticks_may_be_needed() -> None:
    result = run_single_shot(compile(node("TickCounter", "count", duration=3)))
    assert (result.status, result.iterations > 1) == ("SUCCESS", True)


def test_nothing_of_a_run_is_seen_by_the_next() -> None:
    program = compile(
        node(
            "Selector",
            "root",
            condition("seen", "bb.get('seen', False)"),
            node("Inverter", "not", assign("see", "seen", True)),
        )
    )
    assert [run_single_shot(program).status for _ in range(3)] == ["FAILURE"] * 3


def test_a_failure_says_what_the_failing_leaf_says() -> None:
    registry = Registry()

    @registry.action
    def check() -> Result:
        return Result(Status.FAILURE, error="the report is missing")

    program = compile(
        node("Sequence", "root", node("Success", "fine"), node("Action", "a", action="check")),
        registry,
    )
    result = run_single_shot(program, registry=registry)
    assert result.status == "FAILURE"
    assert "the report is missing" in result.feedback_message
    assert [each.node_id for each in result.errors] == ["a"]

    plain = run_single_shot(compile(node("Sequence", "root", condition("is", "battery < 20"))),
                            {"battery": 70})  # fmt: skip
    assert plain.feedback_message


def test_the_log_is_all_that_is_kept() -> None:
    class Log:
        def __init__(self) -> None:
            self.header = b""
            self.records: list[bytes] = []

        def begin(self, header: bytes, program: Program) -> None:
            assert program is tree
            self.header = header

        def append(self, record: bytes) -> None:
            self.records.append(record)

    tree = compile(node("TickCounter", "count", duration=3))
    log = Log()
    result = run_single_shot(tree, record_sink=log, clock=VirtualClock(5.0))

    assert len(log.records) == result.iterations
    assert replay(tree, log.header, log.records).equal
