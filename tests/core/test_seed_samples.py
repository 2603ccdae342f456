"""The Python samples of the contract that need no server, as they are written there.

A sample stands between the comments `sample` and `end`; around it is only what the sample leaves
to its reader. Where it writes `...` for the fields of an event, the fields are filled in, and
its endless loop ends after some rounds. Imports are at the top.
"""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from py_forest.core.events import EventEmitter, EventType
from py_forest.core.execution import ExecutionInstance, ExecutionService
from py_forest.core.history import ExecutionHistory, InMemoryHistoryStore
from py_forest.core.library import InMemoryTreeLibrary
from py_forest.core.tree_manager import TreeManager
from py_forest.core.websocket import get_websocket_manager, replace_websockets
from py_forest.models.events import (
    EventFilter,
    ExecutionEvent,
    NodeUpdateEvent,
    TickCompleteEvent,
)
from py_forest.models.snapshots import ExecutionSnapshot
from tests.core.trees import ROBOT

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _own_manager() -> Iterator[None]:
    replace_websockets(None)
    yield
    replace_websockets(None)


class Robot:
    def __init__(self) -> None:
        self.battery = 25
        self.actions: list[object] = []

    def get_battery(self) -> int:
        self.battery -= 2
        return self.battery

    def execute(self, action: object) -> None:
        self.actions.append(action)


def test_embedded_execution() -> None:
    robot = Robot()
    tree_json = ROBOT

    # sample
    manager = TreeManager()
    tree_id = manager.create_tree_from_dict(tree_json)
    tree = manager.get_tree(tree_id)

    # Local execution loop
    for _ in range(5):
        # Update blackboard
        tree.blackboard.set("battery", robot.get_battery())

        # Tick tree
        tree.tick_once()

        # Execute action
        action = tree.blackboard.get("action")
        robot.execute(action)
    # end

    assert robot.actions == ["patrol", "patrol", "charge", "charge", "charge"]


def test_emitter() -> None:
    heard: list[str] = []

    def handle_tick(event: ExecutionEvent) -> None:
        heard.append(f"tick {event.tick}")

    async def handle_node_async(event: ExecutionEvent) -> None:
        heard.append(f"node {event.type}")

    def handle_all_events(event: ExecutionEvent) -> None:
        heard.append(f"any {event.type}")

    async def sample() -> None:
        # sample
        emitter = EventEmitter()

        # Register listeners
        emitter.on(EventType.TICK_COMPLETE, handle_tick)
        emitter.on_async(EventType.NODE_UPDATED, handle_node_async)
        emitter.on_any(handle_all_events)

        # Emit events
        emitter.emit(TickCompleteEvent(execution_id="e", tick=1, root_status="SUCCESS"))
        await emitter.emit_async(
            NodeUpdateEvent(execution_id="e", tick=1, node_id="n", new_status="SUCCESS")
        )
        # end

    asyncio.run(sample())
    assert heard == ["tick 1", "any tick_complete", "any node_updated", "node node_updated"]


def test_filter() -> None:
    specific_uuid = uuid4()

    # sample
    filter = EventFilter(
        event_types=[EventType.TICK_COMPLETE, EventType.NODE_UPDATED],
        node_ids=[specific_uuid],
        min_tick=10,
        max_tick=100,
    )
    # end

    def update(node_id: str, tick: int) -> NodeUpdateEvent:
        return NodeUpdateEvent(execution_id="e", tick=tick, node_id=node_id, new_status="SUCCESS")

    assert filter.matches(update(str(specific_uuid), 10))
    assert not filter.matches(update(str(specific_uuid), 9))
    assert not filter.matches(update("other", 10))


def test_history() -> None:
    execution_id = uuid4()
    snapshots = [
        ExecutionSnapshot(execution_id=str(execution_id), tick_count=tick, blackboard={"n": tick})
        for tick in range(1, 11)
    ]

    # sample
    history = ExecutionHistory(InMemoryHistoryStore(1000))

    # Automatic recording (handled by ExecutionInstance)
    for snapshot in snapshots:
        history.record_snapshot(snapshot)

    # Retrieve history
    all_snaps = history.get_all(execution_id)
    tick_5 = history.get_tick(execution_id, 5)
    range_snaps = history.get_range(execution_id, 0, 10)

    # Get changes
    changes = history.get_changes(execution_id, 5, 10)
    # Returns: {
    #   "status_changes": [...],
    #   "blackboard_changes": [...],
    #   "node_changes": [...]
    # }
    # end

    assert all_snaps == range_snaps == snapshots
    assert tick_5 == snapshots[4]
    assert changes.keys() == {"status_changes", "blackboard_changes", "node_changes"}
    assert changes["blackboard_changes"] == [
        {"key": "n", "change": "changed", "old_value": 5, "new_value": 10}
    ]


class Client:
    def __init__(self) -> None:
        self.frames: list[dict[str, Any]] = []

    async def send_text(self, data: str) -> None:
        self.frames.append(json.loads(data))

    async def close(self, code: int = 1000, reason: str | None = None) -> None: ...


def test_websocket_manager() -> None:
    async def sample() -> None:
        websocket, execution_id = Client(), uuid4()
        event = NodeUpdateEvent(execution_id=str(execution_id), node_id="n", new_status="SUCCESS")

        # sample
        ws_manager = get_websocket_manager()

        # Connect (handled by endpoint)
        conn = await ws_manager.connect(websocket, execution_id)

        # Broadcast to all clients
        await ws_manager.broadcast_event(execution_id, event)

        # Stats
        count = ws_manager.get_connection_count(execution_id)
        total = ws_manager.get_total_connections()
        # end

        await asyncio.sleep(0.01)
        assert (count, total, conn.is_active) == (1, 1, True)
        assert [frame["action"] for frame in websocket.frames] == ["connected", "event"]
        await ws_manager.disconnect(conn)

    asyncio.run(sample())


def test_hot_reload() -> None:
    new_definition = {**ROBOT, "metadata": {"name": "Robot", "version": "2.0.0"}}
    instance = ExecutionInstance(ROBOT)
    instance.tick(updates={"battery": 7})

    # sample
    # Like docker restart but without docker
    instance.reload_tree(
        new_tree_def=new_definition,
        preserve_blackboard=True,  # Keep blackboard state
    )
    # end

    assert instance.summary().tree_version == "2.0.0"
    assert instance.tick().blackboard["battery"] == 7
    assert instance.tick_count == 2


def test_service() -> None:
    library = InMemoryTreeLibrary()
    library.add(ROBOT)

    # sample
    service = ExecutionService(
        tree_library=library,
        enable_history=True,  # Enable history tracking
        max_history_snapshots=1000,  # Max per execution
    )
    # end

    instance = service.create("robot")
    instance.tick(count=3)
    assert len(service.get_history(instance.execution_id)) == 3


def test_testing_section(capsys: pytest.CaptureFixture[str]) -> None:
    snapshot = ExecutionSnapshot(execution_id="e", tick_count=1)
    execution_id = "e"

    # sample
    # Test events
    emitter = EventEmitter()
    emitter.on(EventType.TICK_COMPLETE, lambda e: print(f"Tick {e.tick}"))  # noqa: T201
    emitter.emit(TickCompleteEvent(execution_id="e", tick=3, root_status="SUCCESS"))

    # Test history
    history = ExecutionHistory(InMemoryHistoryStore(100))
    history.record_snapshot(snapshot)
    all_snaps = history.get_all(execution_id)
    # end

    assert capsys.readouterr().out == "Tick 3\n"
    assert all_snaps == [snapshot]
