"""The seam to other processes and machines.

Whoever runs executions elsewhere implements `ExecutionHost`; nothing above it may know whether an
execution lives in this process. So only ids, wire models and bytes cross it, and every method is
async. `LocalExecutionHost` is the implementation in this process.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from py_forest.core.execution import ExecutionService
    from py_forest.models.events import ExecutionEvent
    from py_forest.models.executions import (
        ExecutionConfig,
        ExecutionSummary,
        ReloadResponse,
        TickRequest,
        TickResponse,
    )
    from py_forest.models.snapshots import ExecutionSnapshot

__all__ = ["ExecutionHost", "LocalExecutionHost"]


class ExecutionHost(Protocol):
    """Runs executions, wherever.

    Methods that take an execution id raise `ExecutionNotFound` when the host has none of it.
    """

    async def create(
        self, config: ExecutionConfig, execution_id: str | None = None
    ) -> ExecutionSummary:
        """Make an execution; its id is `execution_id`, or a fresh one."""
        ...

    async def tick(self, execution_id: str, request: TickRequest) -> TickResponse:
        """Tick an execution."""
        ...

    async def start(self, execution_id: str) -> ExecutionSummary:
        """Begin."""
        ...

    async def pause(self, execution_id: str, reason: str = "") -> ExecutionSummary:
        """Take no further ticks until it is resumed."""
        ...

    async def resume(self, execution_id: str) -> ExecutionSummary:
        """Take ticks again."""
        ...

    async def stop(self, execution_id: str, reason: str = "") -> ExecutionSummary:
        """Halt the tree and take no further ticks until it is started."""
        ...

    async def reload(
        self, execution_id: str, tree: dict[str, Any], preserve_blackboard: bool = True
    ) -> ReloadResponse:
        """Replace the tree; the old one lives on when the new one is not good."""
        ...

    async def summary(self, execution_id: str) -> ExecutionSummary:
        """Return one line about an execution."""
        ...

    async def list(self) -> list[ExecutionSummary]:
        """Return one line about each execution."""
        ...

    async def snapshot(self, execution_id: str) -> ExecutionSnapshot:
        """Return everything about an execution as it is now."""
        ...

    async def delete(self, execution_id: str) -> None:
        """End an execution and forget it."""
        ...

    async def subscribe(
        self, execution_id: str, listener: Callable[[ExecutionEvent], object]
    ) -> Callable[[], None]:
        """Hear the events of an execution; call what is returned to hear no more.

        The listener may be called from any thread, and must not block.
        """
        ...


class LocalExecutionHost:
    """Executions of this process, behind the seam; ticks run in worker threads.

    Args:
        service: the executions.
    """

    def __init__(self, service: ExecutionService) -> None:
        self._service = service

    async def create(
        self, config: ExecutionConfig, execution_id: str | None = None
    ) -> ExecutionSummary:
        """Make an execution; its id is `execution_id`, or a fresh one."""
        instance = await asyncio.to_thread(self._service.create, config, execution_id=execution_id)
        return instance.summary()

    async def tick(self, execution_id: str, request: TickRequest) -> TickResponse:
        """Tick an execution."""
        return await asyncio.to_thread(self._service.tick, execution_id, request)

    async def start(self, execution_id: str) -> ExecutionSummary:
        """Begin."""
        instance = self._service.get(execution_id)
        await asyncio.to_thread(instance.start)
        return instance.summary()

    async def pause(self, execution_id: str, reason: str = "") -> ExecutionSummary:
        """Take no further ticks until it is resumed."""
        instance = self._service.get(execution_id)
        await asyncio.to_thread(instance.pause, reason)
        return instance.summary()

    async def resume(self, execution_id: str) -> ExecutionSummary:
        """Take ticks again."""
        instance = self._service.get(execution_id)
        await asyncio.to_thread(instance.resume)
        return instance.summary()

    async def stop(self, execution_id: str, reason: str = "") -> ExecutionSummary:
        """Halt the tree and take no further ticks until it is started."""
        instance = self._service.get(execution_id)
        await asyncio.to_thread(instance.stop, reason)
        return instance.summary()

    async def reload(
        self, execution_id: str, tree: dict[str, Any], preserve_blackboard: bool = True
    ) -> ReloadResponse:
        """Replace the tree; the old one lives on when the new one is not good."""
        return await asyncio.to_thread(
            self._service.reload_tree, execution_id, tree, preserve_blackboard
        )

    async def summary(self, execution_id: str) -> ExecutionSummary:
        """Return one line about an execution."""
        return self._service.get(execution_id).summary()

    async def list(self) -> list[ExecutionSummary]:
        """Return one line about each execution."""
        return self._service.list()

    async def snapshot(self, execution_id: str) -> ExecutionSnapshot:
        """Return everything about an execution as it is now."""
        return await asyncio.to_thread(self._service.get(execution_id).snapshot)

    async def delete(self, execution_id: str) -> None:
        """End an execution and forget it."""
        await asyncio.to_thread(self._service.delete, execution_id)

    async def subscribe(
        self, execution_id: str, listener: Callable[[ExecutionEvent], object]
    ) -> Callable[[], None]:
        """Hear the events of an execution; call what is returned to hear no more."""
        emitter = self._service.get(execution_id).emitter
        emitter.on_any(listener)

        def unsubscribe() -> None:
            emitter.off_any(listener)

        return unsubscribe
