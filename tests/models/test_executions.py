from __future__ import annotations

import pytest
from pydantic import ValidationError

from py_forest.models.executions import (
    ExecutionSummary,
    SingleShotResult,
    TickRequest,
    TickResponse,
)
from py_forest.models.frames import PingCommand, SubscribeCommand, parse_command
from py_forest.models.snapshots import ExecutionSnapshot, NodeState


def test_a_snapshot_comes_back_from_json() -> None:
    snapshot = ExecutionSnapshot(
        execution_id="e",
        tree_id="t",
        tree_version="1.2.0",
        tick_count=3,
        root_status="RUNNING",
        tip_node_id="n",
        node_states={"n": NodeState(status="RUNNING", is_tip=True, tick_count=3)},
        blackboard={"a": 1, "b": [True, None, {"c": 0.5}]},
        is_running=True,
    )

    assert ExecutionSnapshot.model_validate_json(snapshot.model_dump_json()) == snapshot


def test_a_summary_has_the_fields_of_the_contract() -> None:
    assert {
        "execution_id",
        "tree_id",
        "tree_name",
        "tree_version",
        "status",
        "mode",
        "tick_count",
        "started_at",
        "last_tick_at",
        "is_running",
    } <= ExecutionSummary.model_fields.keys()


def test_a_tick_request_asks_for_one_tick_unless_told_otherwise() -> None:
    assert TickRequest().count == 1
    assert TickRequest(count=5, capture_snapshot=True).count == 5


@pytest.mark.parametrize("bad", [{"count": 0}, {"count": 10**9}, {"ticks": 3}])
def test_a_tick_request_with_a_mistake_is_refused(bad: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        TickRequest.model_validate(bad)


def test_a_tick_response_says_the_status_under_both_names() -> None:
    response = TickResponse(
        execution_id="e",
        ticks_executed=1,
        new_tick_count=1,
        root_status="SUCCESS",
        status="SUCCESS",
    )

    assert response.model_dump()["root_status"] == response.model_dump()["status"] == "SUCCESS"
    assert SingleShotResult(status="FAILURE", iterations=100).feedback_message == ""


def test_commands_are_told_apart_by_their_action() -> None:
    assert parse_command('{"action": "ping"}') == PingCommand(action="ping")
    command = parse_command(b'{"action": "subscribe", "events": ["node_update"]}')
    assert isinstance(command, SubscribeCommand)


@pytest.mark.parametrize("bad", ["", "7", "{}", '{"action": "dance"}', '{"action": "subscribe"}'])
def test_what_is_not_a_command_is_refused(bad: str) -> None:
    with pytest.raises(ValueError, match="validation error"):
        parse_command(bad)
