from __future__ import annotations

import asyncio
import json
import threading
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from py_forest.core.events import EventEmitter
from py_forest.core.websocket import (
    WebSocketConnection,
    WebSocketManager,
    get_websocket_manager,
    replace_websockets,
)
from py_forest.kit.clock import VirtualClock
from py_forest.models.events import (
    BlackboardUpdateEvent,
    EventType,
    NodeUpdateEvent,
    TickCompleteEvent,
    TickStartEvent,
)

if TYPE_CHECKING:
    from collections.abc import Coroutine, Iterator

    from py_forest.models.events import ExecutionEvent


class Client:
    """A socket as a test sees it: what was sent, whether it was closed, and how it misbehaves."""

    def __init__(self, *, is_stuck: bool = False, is_broken: bool = False) -> None:
        self.frames: list[dict[str, Any]] = []
        self.closed: int | None = None
        self.may_send = asyncio.Event()
        self.is_broken = is_broken
        if not is_stuck:
            self.may_send.set()

    async def send_text(self, data: str) -> None:
        await self.may_send.wait()
        if self.is_broken:
            raise ConnectionResetError
        self.frames.append(json.loads(data))

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        if self.is_broken:
            raise ConnectionResetError
        self.closed = code
        assert reason

    @property
    def events(self) -> list[dict[str, Any]]:
        return [frame["data"] for frame in self.frames if frame["action"] == "event"]

    @property
    def actions(self) -> list[str]:
        return [frame["action"] for frame in self.frames]


def run(scenario: Coroutine[Any, Any, None]) -> None:
    asyncio.run(scenario)


async def settle() -> None:
    """Let everything that can be sent be sent."""
    for _ in range(20):
        await asyncio.sleep(0)


def tick(number: int = 1, execution_id: str = "e") -> TickCompleteEvent:
    return TickCompleteEvent(execution_id=execution_id, tick=number, root_status="SUCCESS")


async def command(connection: WebSocketConnection, **content: object) -> None:
    await connection.receive(json.dumps(content))


@pytest.fixture(autouse=True)
def _own_manager() -> Iterator[None]:
    replace_websockets(None)
    yield
    replace_websockets(None)


def test_the_first_frame_says_connected_and_what_the_client_gets() -> None:
    async def scenario() -> None:
        client = Client()
        await WebSocketManager(clock=VirtualClock()).connect(client, "e")
        await settle()

        assert client.frames == [
            {
                "action": "connected",
                "data": {
                    "execution_id": "e",
                    "events": [each.value for each in EventType],
                    "filter": {},
                },
                "timestamp": "1970-01-01T00:00:00+00:00",
            }
        ]

    run(scenario())


def test_an_event_frame_carries_the_event() -> None:
    async def scenario() -> None:
        client, manager = Client(), WebSocketManager(clock=VirtualClock())
        await manager.connect(client, "e")
        assert await manager.broadcast_event("e", tick(7)) == 1
        await settle()

        frame = client.frames[-1]
        assert frame.keys() == {"action", "data", "timestamp"}
        assert frame["action"] == "event"
        assert (frame["data"]["type"], frame["data"]["tick"], frame["data"]["root_status"]) == (
            "tick_complete",
            7,
            "SUCCESS",
        )

    run(scenario())


def test_clients_of_different_executions_do_not_see_each_others_events() -> None:
    async def scenario() -> None:
        one, other, manager = Client(), Client(), WebSocketManager()
        await manager.connect(one, "one")
        await manager.connect(other, "other")
        assert await manager.broadcast_event("one", tick(1, "one")) == 1
        assert manager.publish(tick(2, "other")) == 1
        assert await manager.broadcast_event("nobody", tick()) == 0
        await settle()

        assert [e["tick"] for e in one.events] == [1]
        assert [e["tick"] for e in other.events] == [2]

    run(scenario())


def test_subscribe_unsubscribe_and_subscribe_all() -> None:
    async def scenario() -> None:
        client, manager = Client(), WebSocketManager()
        connection = await manager.connect(client, "e")

        async def sent() -> list[str]:
            client.frames.clear()
            for event in (
                tick(),
                TickStartEvent(execution_id="e"),
                NodeUpdateEvent(execution_id="e", node_id="n", new_status="SUCCESS"),
            ):
                await manager.broadcast_event("e", event)
            await settle()
            return [event["type"] for event in client.events]

        assert await sent() == ["tick_complete", "tick_start", "node_updated"]
        await command(connection, action="subscribe", events=["tick_complete"])
        await command(connection, action="subscribe", events=["node_update"])
        await settle()
        assert client.frames[-1]["action"] == "subscribed"
        assert client.frames[-1]["data"]["events"] == ["tick_complete", "node_updated"]
        assert await sent() == ["tick_complete", "node_updated"]
        await command(connection, action="unsubscribe", events=["node_updated"])
        assert await sent() == ["tick_complete"]
        await command(connection, action="unsubscribe", events=["tick_complete"])
        assert await sent() == []
        await command(connection, action="subscribe_all")
        assert await sent() == ["tick_complete", "tick_start", "node_updated"]
        await command(connection, action="unsubscribe", events=["TICK_START"])
        assert await sent() == ["tick_complete", "node_updated"]

    run(scenario())


def test_a_filter_narrows_by_tick_node_and_key() -> None:
    async def scenario() -> None:
        client, manager = Client(), WebSocketManager()
        connection = await manager.connect(client, "e")
        events: list[ExecutionEvent] = [
            tick(9),
            tick(10),
            NodeUpdateEvent(execution_id="e", tick=10, node_id="n", new_status="SUCCESS"),
            NodeUpdateEvent(execution_id="e", tick=10, node_id="m", new_status="SUCCESS"),
            BlackboardUpdateEvent(execution_id="e", tick=10, key="a"),
            BlackboardUpdateEvent(execution_id="e", tick=10, key="b"),
        ]

        async def sent(new_filter: dict[str, object]) -> list[int]:
            await command(connection, action="filter", filter=new_filter)
            client.frames.clear()
            for event in events:
                await manager.broadcast_event("e", event)
            await settle()
            texts = [event.model_dump(mode="json") for event in events]
            return [texts.index(event) for event in client.events]

        assert await sent({"min_tick": 10, "max_tick": 100}) == [1, 2, 3, 4, 5]
        assert await sent({"node_ids": ["n"]}) == [0, 1, 2, 4, 5]
        assert await sent({"blackboard_keys": ["b"], "min_tick": 10}) == [1, 2, 3, 5]
        assert await sent({"event_types": ["node_updated"]}) == [2, 3]
        assert await sent({}) == [0, 1, 2, 3, 4, 5]

    run(scenario())


def test_ping_gets_a_pong() -> None:
    async def scenario() -> None:
        client, manager = Client(), WebSocketManager(clock=VirtualClock())
        connection = await manager.connect(client, "e")
        await command(connection, action="ping")
        await settle()
        await command(connection, action="ping")
        await settle()

        assert client.frames[-1] == {
            "action": "pong",
            "data": {},
            "timestamp": "1970-01-01T00:00:00+00:00",
        }

    run(scenario())


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        ("{", "Invalid JSON"),
        ("[" * 5000, "Invalid JSON"),
        ('{"action": "dance"}', "'dance'"),
        ('{"action": "subscribe"}', "events: Field required"),
        ('{"action": "subscribe", "events": ["tick_compleet"]}', "tick_complete"),
        ('{"action": "filter", "filter": {"min_tick": -1}}', "filter.min_tick"),
        ('{"action": "filter", "filter": {"ticks": 1}}', "filter.ticks"),
        ('"' + "x" * 70_000 + '"', "at most 65536"),
        (b"\xff\xfe", "JSON"),
    ],
)
def test_a_bad_frame_gets_an_error_and_the_connection_stays(
    frame: str | bytes, message: str
) -> None:
    async def scenario() -> None:
        client, manager = Client(), WebSocketManager()
        connection = await manager.connect(client, "e")
        await connection.receive(frame)
        await command(connection, action="ping")
        await settle()

        assert client.actions == ["connected", "error", "pong"]
        assert message in client.frames[1]["data"]["message"]
        assert client.frames[1].keys() == {"action", "data", "timestamp"}

    run(scenario())


commands = st.one_of(
    st.text(max_size=20),
    st.binary(max_size=20),
    st.builds(
        json.dumps,
        st.fixed_dictionaries(
            {"action": st.sampled_from(["subscribe", "unsubscribe", "filter", "ping", "", None])},
            optional={
                "events": st.lists(st.sampled_from(["tick_start", "x", 1, None])) | st.integers(),
                "filter": st.dictionaries(
                    st.sampled_from(["min_tick", "node_ids", "event_types", "y"]),
                    st.none() | st.integers() | st.lists(st.text(max_size=2), max_size=2),
                ),
            },
        ),
    ),
)


@settings(max_examples=20)
@given(st.lists(commands, max_size=50))
def test_no_frame_breaks_a_connection(frames: list[str | bytes]) -> None:
    async def scenario() -> None:
        client, manager = Client(), WebSocketManager()
        connection = await manager.connect(client, "e")
        for frame in frames:
            await connection.receive(frame)
        await command(connection, action="ping")
        await settle()

        assert client.actions[-1] == "pong"
        assert len(client.frames) == len(frames) + 2

    run(scenario())


def test_a_client_whose_socket_breaks_is_removed() -> None:
    async def scenario() -> None:
        broken, sound, manager = Client(is_broken=True), Client(), WebSocketManager()
        connection = await manager.connect(broken, "e")
        await manager.connect(sound, "e")
        await manager.broadcast_event("e", tick())
        await settle()

        assert not connection.is_active
        assert manager.get_connection_count("e") == 1
        assert len(sound.events) == 1
        connection.offer(tick(), "{}")
        await connection.close()

    run(scenario())


def test_counts_follow_connects_and_disconnects() -> None:
    async def scenario() -> None:
        manager = WebSocketManager()
        assert (manager.get_connection_count("a"), manager.get_total_connections()) == (0, 0)
        first = await manager.connect(Client(), "a")
        await manager.connect(Client(), "a")
        await manager.connect(Client(), "b")
        assert (manager.get_connection_count("a"), manager.get_total_connections()) == (2, 3)

        await manager.disconnect(first)
        await manager.disconnect(first)
        assert (manager.get_connection_count("a"), manager.get_total_connections()) == (1, 2)
        client = Client()
        await manager.connect(client, "b")
        await manager.close_all("b")
        assert client.closed == 1001
        await manager.close_all()
        assert manager.get_total_connections() == 0

    run(scenario())


def test_an_emitter_is_listened_to_while_there_are_clients() -> None:
    async def scenario() -> None:
        emitter, manager, client = EventEmitter(), WebSocketManager(), Client()
        first = await manager.connect(client, "e", emitter=emitter)
        second = await manager.connect(Client(), "e", emitter=emitter)
        assert emitter.listener_count() == 1

        emitter.emit(tick(1))
        await asyncio.to_thread(emitter.emit, tick(2))
        await settle()
        assert [event["tick"] for event in client.events] == [1, 2]

        await manager.disconnect(first)
        assert emitter.listener_count() == 1
        await manager.disconnect(second)
        assert emitter.listener_count() == 0

    run(scenario())


def test_fifty_clients_get_a_hundred_ticks_in_order() -> None:
    async def scenario() -> None:
        emitter, manager = EventEmitter(), WebSocketManager()
        clients = [Client() for _ in range(50)]
        for client in clients:
            await manager.connect(client, "e", emitter=emitter)

        def work() -> None:
            for number in range(1, 101):
                emitter.emit(tick(number))

        await asyncio.to_thread(work)
        await asyncio.sleep(0.05)

        assert all([e["tick"] for e in c.events] == list(range(1, 101)) for c in clients)

    run(scenario())


def test_a_client_that_does_not_read_loses_the_oldest_events_and_is_told() -> None:
    async def scenario() -> None:
        slow, manager = Client(is_stuck=True), WebSocketManager(max_queued=3)
        connection = await manager.connect(slow, "e")
        await settle()
        for number in range(1, 11):
            assert await manager.broadcast_event("e", tick(number)) == 1
        assert connection.missed_count == 7
        slow.may_send.set()
        await settle()

        assert [event["tick"] for event in slow.events] == [8, 9, 10]
        assert slow.frames[1]["missed"] == {"count": 7, "first_tick": 1, "last_tick": 7}
        assert "missed" not in slow.frames[2]
        assert connection.missed_count == 0

    run(scenario())


def test_a_client_that_asks_without_reading_stays_bounded_too() -> None:
    async def scenario() -> None:
        slow, manager = Client(is_stuck=True), WebSocketManager(max_queued=3)
        connection = await manager.connect(slow, "e")
        await settle()
        await manager.broadcast_event("e", tick())
        for _ in range(10):
            await command(connection, action="ping")
        slow.may_send.set()
        await settle()

        assert slow.actions == ["connected", "pong", "pong", "pong"]

    run(scenario())


def test_a_client_that_takes_nothing_at_all_is_closed() -> None:
    async def scenario() -> None:
        stuck, manager = Client(is_stuck=True), WebSocketManager(send_timeout_s=0.02)
        connection = await manager.connect(stuck, "e")
        await asyncio.sleep(0.1)

        assert stuck.closed == 1013
        assert not connection.is_active
        assert manager.get_total_connections() == 0

    run(scenario())


def test_clients_come_and_go_while_other_threads_publish() -> None:
    async def scenario() -> None:
        emitter, manager = EventEmitter(), WebSocketManager()
        is_over = threading.Event()

        def publish() -> None:
            while not is_over.is_set():
                emitter.emit(tick())

        thread = threading.Thread(target=publish)
        thread.start()
        try:
            for _ in range(100):
                connection = await manager.connect(Client(), "e", emitter=emitter)
                await asyncio.sleep(0)
                await manager.disconnect(connection)
        finally:
            is_over.set()
            thread.join()
        assert manager.get_total_connections() == 0
        assert emitter.listener_count() == 0

    run(scenario())


def test_a_connection_outlives_neither_its_loop_nor_the_manager() -> None:
    manager = WebSocketManager()
    connections: list[WebSocketConnection] = []

    async def connect() -> None:
        connections.append(await manager.connect(Client(), "e"))
        await settle()

    asyncio.run(connect())
    assert manager.publish(tick()) == 1
    assert not connections[0].is_active
    asyncio.run(manager.disconnect(connections[0]))
    assert manager.get_total_connections() == 0


def test_a_connection_can_be_ended_from_another_loop() -> None:
    manager = WebSocketManager()

    async def scenario() -> None:
        connection = await manager.connect(Client(), "e")
        await settle()
        await asyncio.to_thread(asyncio.run, manager.disconnect(connection))
        await asyncio.to_thread(asyncio.run, manager.disconnect(connection))
        await settle()
        assert not connection.is_active
        assert manager.get_total_connections() == 0

    run(scenario())


def test_there_is_one_manager_per_process_unless_it_is_replaced() -> None:
    first = get_websocket_manager()
    assert get_websocket_manager() is first

    other = WebSocketManager()
    replace_websockets(other)
    assert get_websocket_manager() is other
    replace_websockets(None)
    assert get_websocket_manager() is not first
