from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from py_forest.core.execution import ExecutionInstance, ExecutionService
from py_forest.core.library import InMemoryTreeLibrary
from py_forest.core.websocket import WebSocketManager
from py_forest.engine import Leaf, Registry
from py_forest.kit.clock import VirtualClock
from py_forest.kit.errors import DefinitionInvalid
from py_forest.models import events as ev
from py_forest.models.events import EventType, ExecutionEvent
from py_forest.models.executions import Watch
from py_forest.models.status import Status
from tests.core.trees import ROBOT, assign, condition, node, tree

if TYPE_CHECKING:
    from tests.core.trees import Node

LAZY: Node = {
    **ROBOT,
    "root": node(
        "Selector",
        "root",
        node(
            "Sequence", "low", condition("is-low", "battery < 50"), assign("nap", "action", "nap")
        ),
        assign("patrol", "action", "patrol"),
    ),
    "metadata": {"name": "Robot", "version": "2.0.0"},
}


def recorded(instance: ExecutionInstance) -> list[ExecutionEvent]:
    events: list[ExecutionEvent] = []
    instance.emitter.on_any(events.append)
    return events


def test_the_tree_is_replaced_and_ticks_and_history_go_on() -> None:
    instance = ExecutionInstance(ROBOT, execution_id="e")
    instance.tick(3, updates={"battery": 30})
    response = instance.reload_tree(new_tree_def=LAZY, preserve_blackboard=True)

    assert (response.execution_id, response.tree_version, response.tick_count) == ("e", "2.0.0", 3)
    assert response.warnings == ()
    after = instance.tick()
    assert after.new_tick_count == 4
    assert after.blackboard == {"battery": 30, "action": "nap"}
    assert instance.history is not None
    history = instance.history.get_all("e")
    assert [s.tick_count for s in history] == [1, 2, 3, 4]
    assert [s.tree_version for s in history] == ["1.0.0"] * 3 + ["2.0.0"]
    assert history[-1].node_states["root"].tick_count == 4
    assert "nap" in history[-1].node_states
    assert "charge" in history[0].node_states


def test_values_can_start_from_the_new_defaults() -> None:
    instance = ExecutionInstance(ROBOT)
    instance.tick(updates={"battery": 30})
    instance.reload_tree(LAZY, preserve_blackboard=False)

    assert instance.snapshot().blackboard == {"battery": 100, "action": ""}
    assert instance.tick().blackboard["action"] == "patrol"


def test_a_bad_new_tree_leaves_the_old_one_alive() -> None:
    instance = ExecutionInstance(ROBOT)
    instance.tick(updates={"battery": 10})
    before = instance.snapshot()
    events = recorded(instance)

    for bad in ({"node_type": "Sequnce"}, {}, {"root": {"node_type": "Inverter"}}):
        with pytest.raises(DefinitionInvalid):
            instance.reload_tree(bad)

    assert events == []
    assert instance.snapshot().node_states == before.node_states
    assert instance.tick().blackboard["action"] == "charge"
    assert instance.tick_count == 2


def test_one_event_tells_of_it_with_both_versions() -> None:
    instance = ExecutionInstance(ROBOT)
    instance.tick()
    events = recorded(instance)
    instance.reload_tree(LAZY, preserve_blackboard=False)

    told = [event for event in events if isinstance(event, ev.TreeReloadedEvent)]
    assert len(told) == 1
    assert (told[0].old_version, told[0].new_version, told[0].tick) == ("1.0.0", "2.0.0", 1)
    assert (told[0].old_tree_id, told[0].new_tree_id) == ("robot", "robot")
    assert not told[0].blackboard_preserved
    assert events[-1] is told[0]


def test_a_running_node_goes_on_and_one_that_is_gone_is_halted() -> None:
    clock = VirtualClock()

    def waiting(*others: Node) -> Node:
        return tree(
            node(
                "Parallel",
                "root",
                node("Wait", "wait", duration=10),
                *others,
                policy="SuccessOnAll",
            ),
            tree_id="t",
        )

    instance = ExecutionInstance(waiting(node("Running", "gone")), clock=clock)
    instance.tick()
    clock.advance(6)
    events = recorded(instance)
    instance.reload_tree(waiting(node("Running", "new")))

    halted = [e.node_id for e in events if isinstance(e, ev.NodeTerminatedEvent)]
    assert halted == ["gone"]
    states = instance.snapshot().node_states
    assert states["wait"].status == "RUNNING"
    assert states["new"].status == "INVALID"
    clock.advance(4)
    instance.tick()
    assert instance.snapshot().node_states["wait"].status == "SUCCESS"


def test_a_value_that_does_not_fit_is_left_out_with_a_warning() -> None:
    instance = ExecutionInstance(ROBOT)
    instance.tick(updates={"battery": 30})
    changed = {
        **LAZY,
        "blackboard_schema": {
            "battery": {"type": "int", "default": 5, "max": 20},
            "action": {"type": "string", "default": ""},
        },
    }
    response = instance.reload_tree(changed)

    assert len(response.warnings) == 1
    assert response.warnings[0].startswith("battery")
    assert instance.snapshot().blackboard["battery"] == 5


def test_values_that_come_and_go_with_a_reload_are_told() -> None:
    instance = ExecutionInstance(ROBOT)
    instance.tick(updates={"battery": 30, "extra": 1})
    events = recorded(instance)
    instance.reload_tree(
        {
            **LAZY,
            "blackboard_schema": {
                "battery": {"type": "int", "default": 7},
                "action": {"type": "string", "default": ""},
                "mood": {"type": "string", "default": "fine"},
            },
        },
        preserve_blackboard=False,
    )

    told = {
        e.key: (e.old_value, e.new_value, e.removed)
        for e in events
        if isinstance(e, ev.BlackboardUpdateEvent)
    }
    assert told == {
        "battery": (30, 7, False),
        "action": ("patrol", "", False),
        "mood": (None, "fine", False),
        "extra": (1, None, True),
    }


def test_feedback_of_a_node_that_stays_is_kept() -> None:
    tree_one = tree(node("Sequence", "root", condition("divide", "1 / bb['zero'] > 0")))
    tree_two = tree(
        node("Sequence", "root", condition("divide", "1 / bb['zero'] > 0"), node("Success", "s"))
    )
    instance = ExecutionInstance(tree_one)
    instance.tick(updates={"zero": 0})
    said = instance.snapshot().node_states["divide"].feedback_message
    instance.reload_tree(tree_two)

    assert said
    assert instance.snapshot().node_states["divide"].feedback_message == said


def test_listeners_watches_and_breakpoints_of_nodes_that_stay_go_on() -> None:
    instance = ExecutionInstance(ROBOT)
    instance.set_breakpoint("charge")
    instance.set_breakpoint("low", "battery > 1000")
    instance.add_watch(Watch(key="battery", condition="less", target_value=20))
    seen: list[ExecutionEvent] = []
    instance.emitter.on(EventType.WATCH_TRIGGERED, seen.append)
    instance.reload_tree(LAZY)
    instance.tick(updates={"battery": 10})

    assert [each.node_id for each in instance.breakpoints] == ["low"]
    assert len(seen) == 1


def test_a_client_that_watches_stays_connected() -> None:
    class Client:
        def __init__(self) -> None:
            self.frames: list[dict[str, Any]] = []

        async def send_text(self, data: str) -> None:
            self.frames.append(json.loads(data))

        async def close(self, code: int = 1000, reason: str | None = None) -> None: ...

    async def scenario() -> None:
        instance, client, manager = ExecutionInstance(ROBOT), Client(), WebSocketManager()
        connection = await manager.connect(client, instance.execution_id, emitter=instance.emitter)
        await asyncio.to_thread(instance.tick)
        await asyncio.to_thread(instance.reload_tree, LAZY)
        await asyncio.to_thread(instance.tick)
        await asyncio.sleep(0.01)

        types = [f["data"]["type"] for f in client.frames if f["action"] == "event"]
        assert types.count("tick_complete") == 2
        assert types.count("tree_reloaded") == 1
        assert connection.is_active
        await manager.disconnect(connection)
        assert instance.emitter.listener_count() == 0

    asyncio.run(scenario())


# The engine reports what a shutdown raises as Python reports what a destructor raises.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_leaves_are_set_up_and_shut_down_and_a_shutdown_that_raises_stops_nothing() -> None:
    calls: list[str] = []
    registry = Registry()

    class Probe(Leaf):
        def __init__(self, label: str) -> None:
            self.label = label

        def setup(self) -> None:
            calls.append(f"{self.label} setup")

        def update(self) -> Status:
            return Status.RUNNING

        def terminate(self, new_status: Status) -> None:
            calls.append(f"{self.label} terminate {new_status.name}")

        def shutdown(self) -> None:
            calls.append(f"{self.label} shutdown")
            raise RuntimeError("stuck")

    registry.action(Probe, name="probe")

    def probing(label: str) -> Node:
        return tree(node("Action", label, action="probe", label=label))

    instance = ExecutionInstance(probing("one"), registry=registry)
    instance.tick()
    instance.reload_tree(probing("two"))
    instance.tick()

    assert calls == ["one setup", "one terminate INVALID", "one shutdown", "two setup"]
    instance.close()
    assert calls[-2:] == ["two terminate INVALID", "two shutdown"]


def test_a_service_reloads_by_id_and_answers_with_a_summary() -> None:
    library = InMemoryTreeLibrary()
    library.add(ROBOT)
    service = ExecutionService(library)
    service.create("robot", execution_id="e")
    service.tick("e")
    response = service.reload_tree("e", LAZY, preserve_blackboard=True)

    assert response.tree_version == "2.0.0"
    assert response.model_dump().keys() >= {"execution_id", "tick_count", "warnings"}


@pytest.mark.parametrize("wrapper", ["tree_definition", "tree_json", "tree"])
def test_every_form_of_a_tree_can_be_reloaded(wrapper: str) -> None:
    instance = ExecutionInstance(ROBOT)
    instance.reload_tree({wrapper: LAZY})
    assert instance.summary().tree_version == "2.0.0"
