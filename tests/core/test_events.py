from __future__ import annotations

import asyncio
import inspect
import logging
import threading
from typing import TYPE_CHECKING, Any

import pytest

from py_forest.core import events as core
from py_forest.core.events import EventEmitter, FilteredEventEmitter
from py_forest.kit.clock import VirtualClock
from py_forest.models import events as models
from py_forest.models.events import (
    EVENT_CLASSES,
    BlackboardUpdateEvent,
    EventFilter,
    EventType,
    ExecutionEvent,
    NodeUpdateEvent,
    TickCompleteEvent,
    TickStartEvent,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable


def start(tick: int = 1) -> TickStartEvent:
    return TickStartEvent(execution_id="e", tick=tick)


def complete(tick: int = 1) -> TickCompleteEvent:
    return TickCompleteEvent(execution_id="e", tick=tick, root_status="SUCCESS")


def one_of_each() -> list[ExecutionEvent]:
    required: dict[str, object] = {
        "execution_id": "e",
        "root_status": "SUCCESS",
        "new_status": "SUCCESS",
        "node_id": "n",
        "key": "k",
        "old_tree_id": "a",
        "new_tree_id": "b",
        "error_type": "ValueError",
        "error_message": "no",
    }
    return [
        cls.model_validate({k: v for k, v in required.items() if k in cls.model_fields})
        for cls in EVENT_CLASSES.values()
    ]


def test_a_listener_gets_each_event_of_its_type_once() -> None:
    emitter = EventEmitter()
    seen: list[TickCompleteEvent] = []
    emitter.on(EventType.TICK_COMPLETE, seen.append)

    emitter.emit(complete(1))
    emitter.emit(start(2))
    emitter.emit(complete(2))

    assert [event.tick for event in seen] == [1, 2]


def test_a_listener_of_any_type_gets_all_sixteen() -> None:
    emitter = EventEmitter()
    seen: list[ExecutionEvent] = []
    emitter.on_any(seen.append)

    for event in one_of_each():
        emitter.emit(event)

    assert [event.type for event in seen] == list(EventType)


def test_listeners_run_in_the_order_they_registered() -> None:
    emitter = EventEmitter()
    order: list[str] = []
    emitter.on(EventType.TICK_START, lambda _: order.append("first"))
    emitter.on_any(lambda _: order.append("second"))
    emitter.on(EventType.TICK_START, lambda _: order.append("third"))

    emitter.emit(start())

    assert order == ["first", "second", "third"]


def test_registering_twice_counts_once() -> None:
    emitter = EventEmitter()
    seen: list[ExecutionEvent] = []
    emitter.on(EventType.TICK_START, seen.append)
    emitter.on(EventType.TICK_START, seen.append)

    emitter.emit(start())

    assert len(seen) == 1
    assert emitter.listener_count() == 1


def test_every_kind_of_listener_can_be_taken_off_again() -> None:
    emitter = EventEmitter()

    def plain(event: ExecutionEvent) -> None:
        raise AssertionError(event)

    async def later(event: ExecutionEvent) -> None:
        raise AssertionError(event)

    emitter.on(EventType.TICK_START, plain)
    emitter.on_async(EventType.TICK_START, later)
    emitter.on_any(plain)
    emitter.on_any_async(later)
    assert emitter.listener_count() == 4
    assert emitter.listener_count(EventType.TICK_START) == 2
    assert emitter.listener_count(EventType.TICK_COMPLETE) == 0

    assert emitter.off(EventType.TICK_START, plain)
    assert emitter.off_async(EventType.TICK_START, later)
    assert emitter.off_any(plain)
    assert emitter.off_any_async(later)
    assert not emitter.off_any_async(later)
    assert not emitter.off(EventType.TICK_START, plain)

    emitter.emit(start())
    assert emitter.listener_count() == 0


def test_clear_takes_off_one_type_or_everything() -> None:
    emitter = EventEmitter()
    emitter.on(EventType.TICK_START, print)
    emitter.on(EventType.TICK_COMPLETE, print)
    emitter.on_any(print)

    emitter.clear(EventType.TICK_START)
    assert emitter.listener_count() == 2
    emitter.clear()
    assert emitter.listener_count() == 0


def test_wants_says_whether_an_event_is_worth_making() -> None:
    emitter = EventEmitter()
    assert not emitter.wants(EventType.TICK_START)

    emitter.on(EventType.TICK_START, print)
    assert emitter.wants(EventType.TICK_START)
    assert not emitter.wants(EventType.TICK_COMPLETE)

    emitter.on_any(print)
    assert emitter.wants(EventType.TICK_COMPLETE)


def test_a_listener_that_raises_stops_nobody_and_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    emitter = EventEmitter()
    seen: list[ExecutionEvent] = []

    def broken(_: ExecutionEvent) -> None:
        raise ValueError("broken on purpose")

    emitter.on_any(broken)
    emitter.on_any(seen.append)

    for tick in range(1, 4):
        emitter.emit(start(tick))

    assert len(seen) == 3
    assert len(caplog.records) == 1
    assert "broken" in caplog.text
    assert "on purpose" in caplog.text


@pytest.mark.parametrize(
    "thing", [None, "tick_start", {"type": "tick_start"}, EventType.TICK_START]
)
def test_only_events_can_be_emitted(thing: object) -> None:
    emitter: Any = EventEmitter()
    filtered: Any = FilteredEventEmitter(emitter, EventFilter())
    with pytest.raises(TypeError, match="only events"):
        emitter.emit(thing)
    with pytest.raises(TypeError, match="only events"):
        asyncio.run(emitter.emit_async(thing))
    with pytest.raises(TypeError, match="only events"):
        filtered.emit(thing)


def test_a_coroutine_function_is_refused_where_a_plain_listener_is_meant() -> None:
    async def later(_: ExecutionEvent) -> None: ...

    emitter = EventEmitter()
    for register in (emitter.on_any, FilteredEventEmitter(emitter, EventFilter()).on_any):
        with pytest.raises(TypeError, match="on_any_async"):
            register(later)
    nothing: Any = None
    with pytest.raises(TypeError, match="cannot be called"):
        emitter.on_any(nothing)


def test_a_slow_plain_listener_is_reported_once(caplog: pytest.LogCaptureFixture) -> None:
    clock = VirtualClock()
    emitter = EventEmitter(clock=clock)
    emitter.on_any(lambda _: clock.advance(0.2))

    with caplog.at_level(logging.WARNING):
        emitter.emit(start())
        emitter.emit(start())

    assert [record.getMessage() for record in caplog.records if "200 ms" in record.getMessage()]
    assert len(caplog.records) == 1


def test_emit_async_calls_plain_and_async_listeners_once_and_waits() -> None:
    async def scenario() -> list[str]:
        emitter = EventEmitter()
        calls: list[str] = []

        async def later(_: ExecutionEvent) -> None:
            await asyncio.sleep(0)
            calls.append("async")

        emitter.on(EventType.TICK_START, lambda _: calls.append("plain"))
        emitter.on_async(EventType.TICK_START, later)
        emitter.on_any_async(later)
        await emitter.emit_async(start())
        return calls

    assert asyncio.run(scenario()) == ["plain", "async", "async"]


def test_emit_reaches_an_async_listener_on_the_same_loop() -> None:
    async def scenario() -> list[int]:
        emitter = EventEmitter()
        ticks: list[int] = []

        async def later(event: TickStartEvent) -> None:
            ticks.append(event.tick)

        emitter.on_async(EventType.TICK_START, later)
        for tick in range(1, 4):
            emitter.emit(start(tick))
        await asyncio.sleep(0)
        return ticks

    assert asyncio.run(scenario()) == [1, 2, 3]


def test_emit_in_a_worker_thread_reaches_the_loop_where_the_listener_registered() -> None:
    async def scenario() -> tuple[list[int], set[int]]:
        emitter = EventEmitter()
        ticks: list[int] = []
        threads: set[int] = set()
        all_there = asyncio.Event()

        async def later(event: ExecutionEvent) -> None:
            ticks.append(event.tick)
            threads.add(threading.get_ident())
            if len(ticks) == 100:
                all_there.set()

        emitter.on_any_async(later)

        def work() -> None:
            for tick in range(1, 101):
                emitter.emit(start(tick))

        await asyncio.to_thread(work)
        await asyncio.wait_for(all_there.wait(), 5)
        return ticks, threads

    ticks, threads = asyncio.run(scenario())
    assert ticks == list(range(1, 101))
    assert threads == {threading.get_ident()}


def test_an_async_listener_works_where_no_loop_runs_at_all() -> None:
    emitter = EventEmitter()
    ticks: list[int] = []

    async def later(event: ExecutionEvent) -> None:
        await asyncio.sleep(0)
        ticks.append(event.tick)

    emitter.on_any_async(later)
    emitter.emit(start(7))

    assert ticks == [7]


def test_an_async_listener_whose_loop_is_closed_is_reported_and_stops_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    emitter = EventEmitter()
    seen: list[ExecutionEvent] = []

    async def register() -> None:
        async def later(event: ExecutionEvent) -> None:
            raise AssertionError(event)

        emitter.on_any_async(later)

    asyncio.run(register())
    emitter.on_any(seen.append)
    emitter.emit(start(1))
    asyncio.run(emitter.emit_async(start(2)))

    assert len(seen) == 2
    assert [r.getMessage().endswith("its event loop is closed") for r in caplog.records] == [True]


def test_an_async_listener_that_raises_is_logged_once(caplog: pytest.LogCaptureFixture) -> None:
    async def scenario() -> None:
        emitter = EventEmitter()

        async def broken(_: ExecutionEvent) -> None:
            raise ValueError("broken on purpose")

        emitter.on_any_async(broken)
        await emitter.emit_async(start())
        emitter.emit(start())
        await asyncio.sleep(0)

    asyncio.run(scenario())
    assert len(caplog.records) == 1


def test_emit_async_waits_for_a_listener_on_another_loop() -> None:
    emitter = EventEmitter()
    idents: list[int] = []
    ready, done = threading.Event(), threading.Event()

    async def other() -> None:
        async def later(_: ExecutionEvent) -> None:
            await asyncio.sleep(0)
            idents.append(threading.get_ident())

        emitter.on_any_async(later)
        ready.set()
        await asyncio.to_thread(done.wait, 5)

    thread = threading.Thread(target=asyncio.run, args=(other(),))
    thread.start()
    assert ready.wait(5)
    asyncio.run(emitter.emit_async(start()))
    assert idents == [thread.ident]
    done.set()
    thread.join()


def test_eight_threads_on_off_and_emit_at_once_and_the_counts_are_exact() -> None:
    emitter = EventEmitter()
    rounds = 1250
    lock = threading.Lock()
    total = 0

    def count(_: ExecutionEvent) -> None:
        nonlocal total
        with lock:
            total += 1

    failures: list[BaseException] = []
    event = start()
    emitter.on_any(count)

    def work(index: int) -> None:
        def mine(_: ExecutionEvent) -> None: ...

        try:
            for turn in range(rounds):
                if index % 2:
                    emitter.emit(event)
                elif turn % 2:
                    assert emitter.off(EventType.TICK_COMPLETE, mine)
                else:
                    emitter.on(EventType.TICK_COMPLETE, mine)
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=work, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not failures
    assert total == 4 * rounds
    assert emitter.listener_count() == 1


Case = tuple[EventFilter, list[ExecutionEvent], list[bool]]

CASES: dict[str, Case] = {
    "type": (
        EventFilter(event_types=[EventType.TICK_START]),
        [start(), complete()],
        [True, False],
    ),
    "ticks": (
        EventFilter(min_tick=2, max_tick=3),
        [start(1), start(2), start(3), start(4)],
        [False, True, True, False],
    ),
    "nodes": (
        EventFilter(node_ids=["n"]),
        [
            NodeUpdateEvent(execution_id="e", node_id="n", new_status="SUCCESS"),
            NodeUpdateEvent(execution_id="e", node_id="m", new_status="SUCCESS"),
        ],
        [True, False],
    ),
    "keys": (
        EventFilter(blackboard_keys=["k"]),
        [
            BlackboardUpdateEvent(execution_id="e", key="k"),
            BlackboardUpdateEvent(execution_id="e", key="j"),
        ],
        [True, False],
    ),
    "all of them": (
        EventFilter(event_types=[EventType.TICK_START], max_tick=1),
        [start(1), start(2), complete(1)],
        [True, False, False],
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_filtered_emitter_emits_only_what_passes(name: str) -> None:
    event_filter, events, passes = CASES[name]
    emitter = EventEmitter()
    seen: list[ExecutionEvent] = []
    emitter.on_any(seen.append)
    filtered = FilteredEventEmitter(emitter, event_filter)

    for event in events:
        filtered.emit(event)

    assert seen == [event for event, passed in zip(events, passes, strict=True) if passed]
    assert filtered.filter is event_filter


@pytest.mark.parametrize("name", CASES)
def test_a_listener_of_a_filtered_emitter_hears_only_what_passes(name: str) -> None:
    event_filter, events, passes = CASES[name]
    emitter = EventEmitter()
    filtered = FilteredEventEmitter(emitter, event_filter)
    seen: list[ExecutionEvent] = []
    filtered.on_any(seen.append)

    for event in events:
        emitter.emit(event)

    wanted = [event for event, passed in zip(events, passes, strict=True) if passed]
    assert seen == wanted
    assert filtered.off_any(seen.append)
    assert emitter.listener_count() == 0


def test_a_filtered_emitter_knows_types_and_async_listeners_too() -> None:
    async def scenario() -> tuple[list[int], list[int]]:
        emitter = EventEmitter()
        filtered = FilteredEventEmitter(emitter, EventFilter(max_tick=1))
        plain: list[int] = []
        later: list[int] = []

        async def listen(event: ExecutionEvent) -> None:
            later.append(event.tick)

        def hear(event: TickStartEvent) -> None:
            plain.append(event.tick)

        filtered.on(EventType.TICK_START, hear)
        filtered.on_async(EventType.TICK_START, listen)
        filtered.on_any_async(listen)
        await filtered.emit_async(start(1))
        await filtered.emit_async(start(2))
        await emitter.emit_async(start(3))
        assert filtered.off(EventType.TICK_START, hear)
        assert filtered.off_async(EventType.TICK_START, listen)
        assert filtered.off_any_async(listen)
        assert emitter.listener_count() == 0
        return plain, later

    assert asyncio.run(scenario()) == ([1], [1, 1])


def test_a_failing_filtered_listener_is_named_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    def broken(_: ExecutionEvent) -> None:
        raise ValueError("broken on purpose")

    emitter = EventEmitter()
    FilteredEventEmitter(emitter, EventFilter()).on_any(broken)
    emitter.emit(start())

    assert "filtered" in caplog.text
    assert "broken" in caplog.text


def test_event_types_and_their_classes_are_known_to_the_type_checker() -> None:
    # mypy checks these lines: the listeners take the class of their event, not the base class.
    emitter = EventEmitter()

    def on_complete(event: TickCompleteEvent) -> None:
        _ = event.root_status

    async def on_update(event: NodeUpdateEvent) -> None:
        _ = event.new_status

    emitter.on(EventType.TICK_COMPLETE, on_complete)
    emitter.on_async(EventType.NODE_UPDATED, on_update)
    emitter.on(EventType.TICK_COMPLETE, lambda event: event.changes)
    complete_listener: Callable[[TickCompleteEvent], object] = on_complete
    update_listener: Callable[[NodeUpdateEvent], Awaitable[object]] = on_update

    assert emitter.off(EventType.TICK_COMPLETE, complete_listener)
    assert emitter.off_async(EventType.NODE_UPDATED, update_listener)


def test_the_event_type_is_the_same_at_both_import_paths() -> None:
    assert core.EventType is models.EventType
    assert inspect.getdoc(core.EventEmitter)
