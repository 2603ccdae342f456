from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import ValidationError

from py_forest.models import events as ev
from py_forest.models.events import EventFilter, EventType, ExecutionEvent, parse_event
from py_forest.models.status import Status

VALUES = [
    "execution_started",
    "execution_stopped",
    "execution_paused",
    "execution_resumed",
    "execution_completed",
    "tree_reloaded",
    "tick_start",
    "tick_complete",
    "node_initialised",
    "node_updated",
    "node_terminated",
    "blackboard_update",
    "blackboard_access",
    "breakpoint_hit",
    "watch_triggered",
    "execution_error",
]
WHEN = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)

EXAMPLES: list[ExecutionEvent] = [
    ev.ExecutionStartedEvent(execution_id="e", timestamp=WHEN, mode="auto"),
    ev.ExecutionStoppedEvent(execution_id="e", timestamp=WHEN, tick=9, reason="asked"),
    ev.ExecutionPausedEvent(execution_id="e", timestamp=WHEN, tick=9),
    ev.ExecutionResumedEvent(execution_id="e", timestamp=WHEN, tick=9),
    ev.ExecutionCompletedEvent(
        execution_id="e", timestamp=WHEN, tick=9, root_status="SUCCESS", ticks=9
    ),
    ev.TreeReloadedEvent(
        execution_id="e",
        timestamp=WHEN,
        old_tree_id="a",
        new_tree_id="b",
        old_version="1",
        new_version="2",
        blackboard_preserved=False,
    ),
    ev.TickStartEvent(execution_id="e", timestamp=WHEN, tick=1, count=5),
    ev.TickCompleteEvent(
        execution_id="e",
        timestamp=WHEN,
        tick=1,
        root_status="RUNNING",
        ticks_executed=1,
        tip_node_id="n",
        changes=ev.TickChanges(
            nodes={"n": ev.StatusChange(old="INVALID", new="RUNNING")},
            blackboard={"a": [1, {"b": None}]},
            removed=("c",),
        ),
    ),
    ev.NodeInitialisedEvent(execution_id="e", timestamp=WHEN, tick=1, node_id="n", node_name="N"),
    ev.NodeUpdateEvent(
        execution_id="e",
        timestamp=WHEN,
        tick=1,
        node_id="n",
        node_name="N",
        old_status="INVALID",
        new_status="RUNNING",
        feedback="waits",
    ),
    ev.NodeTerminatedEvent(
        execution_id="e", timestamp=WHEN, tick=1, node_id="n", new_status="INVALID"
    ),
    ev.BlackboardUpdateEvent(
        execution_id="e", timestamp=WHEN, tick=1, key="k", old_value=1, new_value=1.5, writer="n"
    ),
    ev.BlackboardAccessEvent(execution_id="e", timestamp=WHEN, tick=1, key="k", node_id="n"),
    ev.BreakpointHitEvent(
        execution_id="e", timestamp=WHEN, tick=1, node_id="n", node_status="SUCCESS"
    ),
    ev.WatchTriggeredEvent(
        execution_id="e", timestamp=WHEN, tick=1, key="k", condition="greater", value=7
    ),
    ev.ExecutionErrorEvent(
        execution_id="e", timestamp=WHEN, tick=1, error_type="ValueError", error_message="no"
    ),
]


def test_there_are_sixteen_event_types_with_these_values() -> None:
    assert [each.value for each in EventType] == VALUES
    assert [each.name for each in EventType] == [value.upper() for value in VALUES]


def test_every_type_has_its_class() -> None:
    assert set(ev.EVENT_CLASSES) == set(EventType)
    assert [event.type for event in EXAMPLES] == list(EventType)


@pytest.mark.parametrize("text", ["node_updated", "node_update", "NODE_UPDATED", "Node_Update "])
def test_the_short_name_and_any_case_mean_the_same_type(text: str) -> None:
    assert EventType(text) is EventType.NODE_UPDATED


@pytest.mark.parametrize("text", ["", "node_updates", 7, None])
def test_an_unknown_type_is_refused(text: object) -> None:
    event_type: Any = EventType
    with pytest.raises(ValueError, match="not a valid EventType"):
        event_type(text)


@pytest.mark.parametrize("event", EXAMPLES, ids=lambda event: event.type.value)
def test_every_event_comes_back_from_json(event: ExecutionEvent) -> None:
    text = event.model_dump_json()
    raw = json.loads(text)

    assert parse_event(text) == event
    assert type(parse_event(raw)) is type(event)
    assert {"type", "execution_id", "timestamp", "tick"} <= raw.keys()
    assert raw["type"] == event.type.value


def test_an_event_of_a_newer_release_can_be_read() -> None:
    event = parse_event({"type": "tick_start", "execution_id": "e", "tick": 3, "mood": "fine"})

    assert isinstance(event, ev.TickStartEvent)
    assert event.tick == 3


@pytest.mark.parametrize(
    "text", ["{}", '{"type":"nope","execution_id":"e"}', '{"type":"tick_complete"}', "[", "7"]
)
def test_what_is_not_an_event_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        parse_event(text)


def test_an_execution_id_may_be_a_uuid_and_is_text_from_then_on() -> None:
    made = uuid4()

    event = ev.TickStartEvent.model_validate({"execution_id": made, "tick": 1})

    assert event.execution_id == str(made)
    assert event.timestamp.utcoffset() is not None


def test_a_status_may_be_given_as_a_member_and_travels_as_its_name() -> None:
    event = ev.TickCompleteEvent.model_validate(
        {"execution_id": "e", "root_status": Status.SUCCESS}
    )

    assert event.root_status == "SUCCESS"


def test_an_event_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        EXAMPLES[0].tick = 4


def test_changes_are_true_only_when_something_changed() -> None:
    assert not ev.TickChanges()
    assert ev.TickChanges(removed=("k",))
    assert not ev.TickCompleteEvent(execution_id="e", root_status="SUCCESS").changes


def tick(number: int) -> ExecutionEvent:
    return ev.TickStartEvent(execution_id="e", tick=number)


def node(node_id: str) -> ExecutionEvent:
    return ev.NodeUpdateEvent(execution_id="e", tick=1, node_id=node_id, new_status="SUCCESS")


def key(name: str) -> ExecutionEvent:
    return ev.BlackboardUpdateEvent(execution_id="e", tick=1, key=name)


def test_an_empty_filter_lets_everything_pass() -> None:
    assert all(EventFilter().matches(event) for event in EXAMPLES)


def test_a_filter_by_type_lets_only_these_types_pass() -> None:
    wanted = EventFilter(event_types=[EventType.TICK_START, EventType.NODE_UPDATED])

    assert [e.type for e in EXAMPLES if wanted.matches(e)] == [
        EventType.TICK_START,
        EventType.NODE_UPDATED,
    ]
    assert not any(EventFilter(event_types=[]).matches(event) for event in EXAMPLES)


def test_a_filter_by_node_takes_uuids_and_text_and_lets_tick_events_pass() -> None:
    one, other = UUID(int=1), UUID(int=2)
    wanted = EventFilter(node_ids=[one])

    assert wanted.matches(node(str(one)))
    assert not wanted.matches(node(str(other)))
    assert wanted.matches(tick(1))
    assert EventFilter(node_ids=["n"]).matches(node("n"))


def test_a_filter_by_key_judges_only_events_with_a_key() -> None:
    wanted = EventFilter(blackboard_keys=["a"])

    assert [wanted.matches(e) for e in (key("a"), key("b"), tick(1))] == [True, False, True]


def test_a_filter_by_tick_includes_both_ends() -> None:
    wanted = EventFilter(min_tick=10, max_tick=12)

    assert [n for n in range(8, 15) if wanted.matches(tick(n))] == [10, 11, 12]
    assert EventFilter(min_tick=3).matches(tick(3))
    assert EventFilter(max_tick=3).matches(tick(3))


def test_all_criteria_must_hold_together() -> None:
    wanted = EventFilter(
        event_types=[EventType.NODE_UPDATED], node_ids=["n"], min_tick=1, max_tick=1
    )

    assert wanted.matches(node("n"))
    assert not wanted.matches(node("m"))
    assert not wanted.matches(tick(1))
    assert not EventFilter(node_ids=["n"], min_tick=2).matches(node("n"))


def test_a_filter_comes_back_from_json_and_takes_the_names_of_commands() -> None:
    wanted = EventFilter.model_validate_json('{"event_types": ["node_update", "TICK_COMPLETE"]}')

    assert wanted.event_types == [EventType.NODE_UPDATED, EventType.TICK_COMPLETE]
    again = EventFilter.model_validate_json(wanted.model_dump_json())
    assert again.matches(node("n"))


@pytest.mark.parametrize("bad", ['{"min_tick": -1}', '{"nodes": []}', '{"node_ids": "abc"}'])
def test_a_filter_with_a_mistake_is_refused(bad: str) -> None:
    with pytest.raises(ValidationError):
        EventFilter.model_validate_json(bad)
