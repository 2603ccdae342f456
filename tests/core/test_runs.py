from __future__ import annotations

import asyncio
import threading

import pytest

from py_forest.core.errors import NotTickable
from py_forest.core.execution import ExecutionInstance
from py_forest.core.runs import run, run_async
from py_forest.engine import Registry
from py_forest.models.events import EventType, ExecutionEvent, ExecutionStartedEvent
from tests.core.trees import ROBOT, node


def test_a_run_ends_when_somebody_pauses_or_stops() -> None:
    instance = ExecutionInstance(node("Running", "never"))
    instance.set_breakpoint("never")
    assert run(instance).state == "paused"
    with pytest.raises(NotTickable):
        run(instance)

    instance.remove_breakpoint("never")
    instance.resume()

    def stop_at_three(event: ExecutionEvent) -> None:
        if event.tick == 3:
            instance.stop()

    instance.emitter.on(EventType.TICK_COMPLETE, stop_at_three)
    completed: list[ExecutionEvent] = []
    instance.emitter.on(EventType.EXECUTION_COMPLETED, completed.append)
    assert run(instance).state == "stopped"
    assert (instance.tick_count, completed) == (3, [])


def test_a_run_can_be_done_again() -> None:
    instance = ExecutionInstance(ROBOT)
    run(instance)
    run(instance)
    assert instance.tick_count == 2
    with pytest.raises(ValueError, match="at least one tick"):
        run(instance, max_ticks=0)


def test_an_interval_is_kept_without_drift() -> None:
    async def scenario() -> None:
        instance = ExecutionInstance(node("Running", "never"))
        modes: list[str] = []

        def hear(event: ExecutionStartedEvent) -> None:
            modes.append(event.mode)

        instance.emitter.on(EventType.EXECUTION_STARTED, hear)
        loop = asyncio.get_running_loop()
        began = loop.time()
        response = await run_async(instance, max_ticks=11, interval_s=0.01)

        assert loop.time() - began >= 0.1
        assert (response.new_tick_count, modes) == (11, ["interval"])
        with pytest.raises(ValueError, match="above 0"):
            await run_async(instance, interval_s=0)

    asyncio.run(scenario())


def test_a_stop_during_a_wait_ends_the_run() -> None:
    registry = Registry()

    @registry.action
    async def forever() -> None:
        await asyncio.sleep(100)

    instance = ExecutionInstance(node("Action", "wait", action="forever"), registry=registry)
    timer = threading.Timer(0.05, instance.stop)
    timer.start()
    response = run(instance, max_ticks=3)
    timer.join()

    assert (response.status, instance.state, instance.tick_count) == ("RUNNING", "stopped", 1)


def test_a_run_without_a_limit_lets_the_loop_do_other_things() -> None:
    async def scenario() -> None:
        instance = ExecutionInstance(node("Running", "never"))

        async def stop() -> None:
            while instance.tick_count < 5:
                await asyncio.sleep(0)
            instance.stop()

        response, _ = await asyncio.gather(run_async(instance), stop())
        assert response.state in ("running", "stopped")
        assert instance.state == "stopped"

    asyncio.run(scenario())
