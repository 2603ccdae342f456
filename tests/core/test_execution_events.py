"""Each of the sixteen event types is emitted, when it should be and as often as it should be."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeVar

import pytest

from py_forest.core.execution import ExecutionInstance
from py_forest.core.runs import run
from py_forest.engine import Registry, Result
from py_forest.kit.clock import VirtualClock
from py_forest.kit.errors import LeafError
from py_forest.models import events as ev
from py_forest.models.events import EventType, ExecutionEvent, parse_event
from py_forest.models.executions import Watch
from py_forest.models.status import Status
from tests.core.trees import ROBOT, assign, condition, node

if TYPE_CHECKING:
    from tests.core.trees import Node

E = TypeVar("E", bound=ExecutionEvent)


class Recorder:
    """Keeps every event of an execution."""

    def __init__(self, instance: ExecutionInstance) -> None:
        self.events: list[ExecutionEvent] = []
        instance.emitter.on_any(self.events.append)

    def of(self, cls: type[E]) -> list[E]:
        return [event for event in self.events if isinstance(event, cls)]

    @property
    def counts(self) -> dict[EventType, int]:
        return dict(Counter(event.type for event in self.events))

    @property
    def types(self) -> list[EventType]:
        return [event.type for event in self.events]


def started(tree: Node, **options: object) -> tuple[ExecutionInstance, Recorder]:
    make: dict[str, object] = {"clock": VirtualClock(1000.0), **options}
    instance = ExecutionInstance(tree, **make)  # type: ignore[arg-type]
    return instance, Recorder(instance)


def test_all_sixteen_types_are_seen_in_one_life() -> None:
    registry = Registry()

    @registry.action
    def explode() -> None:
        raise RuntimeError("on purpose")

    instance, recorder = started(
        node(
            "Sequence",
            "root",
            condition("check", "level > 0"),
            assign("set", "seen", True),
            node("Action", "boom", action="explode"),
        ),
        registry=registry,
    )
    instance.set_breakpoint("check")
    instance.add_watch(Watch(key="level", condition="greater", target_value=1))
    instance.tick(updates={"level": 2})
    instance.resume()
    instance.remove_breakpoint("check")
    instance.reload_tree(ROBOT)
    run(instance)
    instance.stop()

    assert set(recorder.types) == set(EventType)
    for event in recorder.events:
        assert parse_event(event.model_dump_json()) == event
        assert event.execution_id == instance.execution_id


def test_a_start_is_told_once_for_each_start() -> None:
    instance, recorder = started(ROBOT)
    instance.tick(3)
    assert len(recorder.of(ev.ExecutionStartedEvent)) == 1
    assert recorder.types[0] is EventType.EXECUTION_STARTED
    instance.stop()
    instance.start()
    instance.tick()
    assert len(recorder.of(ev.ExecutionStartedEvent)) == 2


def test_pause_resume_and_stop_are_told_once_each() -> None:
    instance, recorder = started(ROBOT)
    instance.tick()
    recorder.events.clear()
    instance.pause("lunch")
    instance.resume()
    instance.stop("done")
    instance.stop("done")

    told = [each for each in recorder.types if each.startswith("execution")]
    assert told == [
        EventType.EXECUTION_PAUSED,
        EventType.EXECUTION_RESUMED,
        EventType.EXECUTION_STOPPED,
    ]
    assert recorder.of(ev.ExecutionPausedEvent)[0].reason == "lunch"
    assert recorder.of(ev.ExecutionStoppedEvent)[0].reason == "done"
    assert all(event.tick == 1 for event in recorder.events)


def test_a_stop_tells_what_it_halted_first() -> None:
    instance, recorder = started(node("Sequence", "root", node("Running", "wait")))
    instance.tick()
    recorder.events.clear()
    instance.stop()

    ended = recorder.of(ev.NodeTerminatedEvent)
    assert {event.node_id for event in ended} == {"root", "wait"}
    assert {(event.old_status, event.new_status) for event in ended} == {("RUNNING", "INVALID")}
    assert len(recorder.of(ev.NodeUpdateEvent)) == 2
    assert recorder.types[-1] is EventType.EXECUTION_STOPPED


def test_the_events_of_a_tick_come_in_the_order_in_which_things_happened() -> None:
    instance, recorder = started(ROBOT)
    instance.start()
    recorder.events.clear()
    instance.tick(updates={"battery": 10})

    told = [
        (event.type.value, getattr(event, "node_id", None) or getattr(event, "key", None))
        for event in recorder.events
    ]
    assert told == [
        ("tick_start", None),
        ("blackboard_update", "battery"),
        ("node_initialised", "root"),
        ("node_initialised", "low"),
        ("node_initialised", "is-low"),
        ("node_terminated", "is-low"),
        ("node_initialised", "charge"),
        ("node_terminated", "charge"),
        ("node_terminated", "low"),
        ("node_terminated", "root"),
        ("blackboard_access", "is-low"),
        ("blackboard_update", "action"),
        ("node_updated", "root"),
        ("node_updated", "low"),
        ("node_updated", "is-low"),
        ("node_updated", "charge"),
        ("tick_complete", None),
    ]


def test_tick_start_comes_before_the_tick_and_says_how_many_were_asked_for() -> None:
    instance, recorder = started(ROBOT)
    instance.emitter.on(
        EventType.TICK_START, lambda event: counts.append((event.tick, instance.tick_count))
    )
    counts: list[tuple[int, int]] = []
    instance.tick(3)

    assert counts == [(1, 0), (2, 1), (3, 2)]
    assert [event.count for event in recorder.of(ev.TickStartEvent)] == [3, 3, 3]


def test_tick_complete_carries_the_status_the_tip_and_the_changes() -> None:
    instance, recorder = started(ROBOT)
    instance.tick(2, updates={"battery": 10})
    instance.tick(updates={"battery": 90})
    first, second, third = recorder.of(ev.TickCompleteEvent)

    assert (first.tick, first.root_status, first.ticks_executed) == (1, "SUCCESS", 1)
    assert first.tip_node_id == "charge"
    assert first.changes.blackboard == {"battery": 10, "action": "charge"}
    assert first.changes.nodes["root"] == ev.StatusChange(old="INVALID", new="SUCCESS")
    assert (second.ticks_executed, bool(second.changes)) == (2, False)
    assert third.changes.blackboard == {"battery": 90, "action": "patrol"}
    assert third.changes.nodes["low"] == ev.StatusChange(old="SUCCESS", new="FAILURE")
    assert "root" not in third.changes.nodes


def test_a_running_node_is_initialised_once_and_terminated_once() -> None:
    clock = VirtualClock()
    instance, recorder = started(
        node("Sequence", "root", node("Wait", "wait", duration=2)), clock=clock
    )
    for _ in range(3):
        instance.tick()
        clock.advance(1)

    def ticks(cls: type[ExecutionEvent], node_id: str) -> list[int]:
        return [e.tick for e in recorder.of(cls) if getattr(e, "node_id", None) == node_id]

    assert ticks(ev.NodeInitialisedEvent, "wait") == [1]
    assert ticks(ev.NodeTerminatedEvent, "wait") == [3]
    assert ticks(ev.NodeUpdateEvent, "wait") == [1, 3]


def test_a_node_that_is_interrupted_is_terminated_as_invalid() -> None:
    instance, recorder = started(
        node(
            "Selector",
            "root",
            condition("urgent", "urgent"),
            node("Running", "routine"),
        )
    )
    instance.tick(updates={"urgent": False})
    instance.tick(updates={"urgent": True})

    ended = [e for e in recorder.of(ev.NodeTerminatedEvent) if e.node_id == "routine"]
    assert [(e.tick, e.old_status, e.new_status) for e in ended] == [(2, "RUNNING", "INVALID")]


def test_a_value_is_told_when_it_changes_and_by_whom() -> None:
    instance, recorder = started(
        node("Sequence", "root", assign("one", "k", 1), assign("two", "k", 2))
    )
    instance.tick(updates={"outside": [1]})
    instance.tick(updates={"outside": [1]})
    instance.tick(updates={"outside": [2]})

    told = [
        (e.tick, e.key, e.old_value, e.new_value, e.writer)
        for e in recorder.of(ev.BlackboardUpdateEvent)
    ]
    assert told == [
        (1, "outside", None, [1], "api"),
        (1, "k", None, 2, "two"),
        (3, "outside", [1], [2], "api"),
    ]


def test_every_kind_of_node_that_writes_is_known_as_the_writer() -> None:
    registry = Registry()

    @registry.action(writes=["said"])
    def say() -> Result:
        return Result(Status.SUCCESS, {"said": "hello"})

    tree = node(
        "Sequence",
        "root",
        node("Script", "script", script="a = 1; b = a + 1"),
        node(
            "DecisionTable",
            "table",
            rows=[{"when": "a == 1", "outputs": {"level": "low"}}],
            default={"level": "high"},
        ),
        node("Count", "count", node("Success", "fine"), variable="times"),
        node("StatusToBlackboard", "status", node("Success", "good"), variable="last"),
        node("Action", "say", action="say", outputs={"said": "heard"}),
        node(
            "ForEach",
            "each",
            node("Script", "add", script="total = bb.get('total', 0) + item"),
            items="[1, 2]",
            item="item",
            index="at",
        ),
    )
    instance, recorder = started(tree, registry=registry)
    run(instance)

    writers = {e.key: e.writer for e in recorder.of(ev.BlackboardUpdateEvent)}
    assert writers == {
        "a": "script",
        "b": "script",
        "level": "table",
        "times": "count",
        "last": "status",
        "heard": "say",
        "item": "each",
        "at": "each",
        "total": "add",
    }


def test_what_outside_work_writes_is_told_with_its_node() -> None:
    instance, recorder = started(node("External", "work"))
    instance.tick()
    (pending,) = instance.pending
    instance.tick(results={pending.run_id: Result(Status.SUCCESS, {"n": 1})})

    (update,) = recorder.of(ev.BlackboardUpdateEvent)
    assert (update.key, update.new_value, update.writer) == ("n", 1, "work")


def test_a_write_through_the_wires_of_a_subtree_has_no_writer_that_is_known() -> None:
    instance, recorder = started(
        {
            "root": {
                "$ref": "#/subtrees/inner",
                "node_id": "ref",
                "wiring": {"inside": "outside"},
            },
            "subtrees": {"inner": assign("set", "inside", 1)},
        }
    )
    instance.tick()

    (update,) = recorder.of(ev.BlackboardUpdateEvent)
    assert (update.key, update.new_value, update.writer) == ("outside", 1, None)


def test_a_value_from_outside_that_a_node_replaces_is_told_twice() -> None:
    instance, recorder = started(assign("set", "k", 1))
    instance.tick(updates={"k": 5})
    instance.tick(updates={"k": 5})

    told = [
        (e.tick, e.old_value, e.new_value, e.writer) for e in recorder.of(ev.BlackboardUpdateEvent)
    ]
    assert told == [
        (1, None, 5, "api"),
        (1, 5, 1, "set"),
        (2, 1, 5, "api"),
        (2, 5, 1, "set"),
    ]


def test_null_is_a_value() -> None:
    instance, recorder = started(ROBOT)
    instance.tick(updates={"nothing": None})

    (update,) = [e for e in recorder.of(ev.BlackboardUpdateEvent) if e.key == "nothing"]
    assert (update.new_value, update.removed) == (None, False)
    assert instance.snapshot().blackboard["nothing"] is None


def test_a_tree_that_raises_ends_its_tick_in_order_first() -> None:
    registry = Registry()

    @registry.action
    def explode() -> None:
        raise RuntimeError("on purpose")

    instance, recorder = started(
        {"root": node("Action", "boom", action="explode"), "error_policy": "raise"},
        registry=registry,
    )
    with pytest.raises(LeafError, match="on purpose") as raised:
        instance.tick()

    assert isinstance(raised.value.__cause__, RuntimeError)
    assert len(recorder.of(ev.TickCompleteEvent)) == 1
    (error,) = recorder.of(ev.ExecutionErrorEvent)
    assert error.node_id == "boom"
    assert instance.tick_count == 1
    assert instance.history is not None
    assert instance.history.count(instance.execution_id) == 1

    instance.emitter.on(EventType.EXECUTION_ERROR, lambda _: instance.stop("broken"))
    with pytest.raises(LeafError):
        instance.tick()
    assert instance.state == "stopped"


def test_a_removed_key_is_told_as_removed() -> None:
    instance, recorder = started(node("UnsetBlackboardVariable", "unset", variable="k"))
    instance.tick(updates={"k": 1})

    last = recorder.of(ev.BlackboardUpdateEvent)[-1]
    assert (last.key, last.removed, last.old_value, last.writer) == ("k", True, 1, "unset")
    assert recorder.of(ev.TickCompleteEvent)[-1].changes.removed == ("k",)


def test_reads_are_told_for_the_nodes_that_were_visited() -> None:
    instance, recorder = started(ROBOT)
    instance.tick(updates={"battery": 90})

    told = [(e.node_id, e.key) for e in recorder.of(ev.BlackboardAccessEvent)]
    assert told == [("is-low", "battery")]


def test_an_error_is_told_with_its_node() -> None:
    instance, recorder = started(node("Sequence", "root", condition("divide", "1 / divisor > 0")))
    instance.tick(updates={"divisor": 0})

    (error,) = recorder.of(ev.ExecutionErrorEvent)
    assert error.node_id == "divide"
    assert error.error_type
    assert error.error_message
    assert instance.tick(updates={"divisor": 1}).status == "SUCCESS"


@pytest.mark.parametrize(
    ("tree", "ticks", "reason"),
    [
        (node("TickCounter", "count", duration=3), 4, "terminal"),
        (node("Running", "never"), 7, "max_ticks"),
    ],
)
def test_a_run_is_completed_once(tree: Node, ticks: int, reason: str) -> None:
    instance, recorder = started(tree)
    run(instance, max_ticks=7)

    (completed,) = recorder.of(ev.ExecutionCompletedEvent)
    assert completed.reason == reason
    assert completed.ticks == completed.tick == instance.tick_count
    if reason == "max_ticks":
        assert completed.ticks == ticks
    assert recorder.types[-1] is EventType.EXECUTION_COMPLETED
    assert instance.state == "idle"


def test_a_tick_of_a_hundred_is_told_as_often_as_it_happened() -> None:
    instance, recorder = started(ROBOT)
    for number in range(100):
        instance.tick(updates={"battery": 10 if number % 2 else 90})

    counts = recorder.counts
    assert counts[EventType.TICK_START] == counts[EventType.TICK_COMPLETE] == 100
    # root, low and is-low every time; charge or patrol once.
    assert counts[EventType.NODE_INITIALISED] == counts[EventType.NODE_TERMINATED] == 400
    assert counts[EventType.BLACKBOARD_UPDATE] == 200
    assert counts[EventType.BLACKBOARD_ACCESS] == 100
    assert counts[EventType.EXECUTION_STARTED] == 1


def test_a_tick_that_cannot_be_done_is_told_only_to_who_asks() -> None:
    instance, recorder = started(ROBOT)
    for _ in range(2):
        with pytest.raises(ValueError, match="battery"):
            instance.tick(updates={"battery": "full"})
        instance.emitter.clear()

    (error,) = recorder.of(ev.ExecutionErrorEvent)
    assert (error.node_id, error.tick) == (None, 1)
    assert "battery" in error.error_message


def test_nothing_is_made_that_nobody_wants() -> None:
    instance, _ = started(ROBOT)
    instance.emitter.clear()
    seen: list[EventType] = []
    instance.emitter.on(EventType.NODE_UPDATED, lambda event: seen.append(event.type))
    instance.add_watch(Watch(key="battery"))
    instance.set_breakpoint("root")
    instance.tick(updates={"battery": 5})

    assert set(seen) == {EventType.NODE_UPDATED}
    assert instance.state == "paused"
