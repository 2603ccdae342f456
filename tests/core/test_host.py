"""What every `ExecutionHost` must do; the one of this process is the first to show it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from py_forest.core.errors import ExecutionNotFound, NotTickable
from py_forest.core.execution import ExecutionService
from py_forest.core.host import ExecutionHost, LocalExecutionHost
from py_forest.core.library import InMemoryTreeLibrary
from py_forest.models.executions import ExecutionConfig, TickRequest
from tests.core.trees import ROBOT

if TYPE_CHECKING:
    from py_forest.models.events import ExecutionEvent


def local() -> ExecutionHost:
    library = InMemoryTreeLibrary()
    library.add(ROBOT)
    return LocalExecutionHost(ExecutionService(library))


def test_an_execution_lives_its_life_behind_the_seam() -> None:
    async def scenario(host: ExecutionHost) -> None:
        made = await host.create(ExecutionConfig(tree_id="robot"), "e")
        assert (made.execution_id, made.tick_count) == ("e", 0)
        assert [each.execution_id for each in await host.list()] == ["e"]
        heard: list[ExecutionEvent] = []
        unsubscribe = await host.subscribe("e", heard.append)
        assert (await host.start("e")).state == "running"
        response = await host.tick("e", TickRequest(count=2, blackboard_updates={"battery": 1}))
        assert response.blackboard["action"] == "charge"
        assert (await host.pause("e")).state == "paused"
        with pytest.raises(NotTickable):
            await host.tick("e", TickRequest())
        assert (await host.resume("e")).state == "running"
        reloaded = await host.reload("e", {**ROBOT, "metadata": {"version": "2"}})
        assert (reloaded.tree_version, reloaded.tick_count) == ("2", 2)
        assert (await host.snapshot("e")).tick_count == 2
        assert (await host.stop("e")).state == "stopped"
        assert (await host.summary("e")).status == "INVALID"
        unsubscribe()
        told = len(heard)
        assert told
        await host.start("e")
        assert len(heard) == told
        await host.delete("e")
        with pytest.raises(ExecutionNotFound):
            await host.summary("e")

    asyncio.run(scenario(local()))
