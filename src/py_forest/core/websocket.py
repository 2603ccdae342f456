"""Who watches which execution: all the clients of a process.

See `py_forest.core.connection` for what one client is told, and how a slow one is kept from holding
anything up.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final

from py_forest.core.connection import Socket, WebSocketConnection
from py_forest.kit.clock import SYSTEM_CLOCK, Clock
from py_forest.models.fields import id_text

if TYPE_CHECKING:
    from uuid import UUID

    from py_forest.core.events import EventEmitter
    from py_forest.models.events import ExecutionEvent

__all__ = [
    "Socket",
    "WebSocketConnection",
    "WebSocketManager",
    "get_websocket_manager",
    "replace_websockets",
]

MAX_QUEUED_FRAMES: Final = 1000
SEND_TIMEOUT_S: Final = 10.0
_GOING_AWAY: Final = 1001


class _Pool:
    """The clients of one execution, and the emitter they hear while there are any."""

    __slots__ = ("connections", "emitter")

    def __init__(self) -> None:
        self.connections: tuple[WebSocketConnection, ...] = ()
        self.emitter: EventEmitter | None = None


class WebSocketManager:
    """All clients of a process, by the execution they watch.

    Args:
        max_queued: frames that may wait for one client; then its oldest events are dropped.
        send_timeout_s: seconds that one frame may take; then the client is closed.
        clock: stamps the frames.
    """

    def __init__(
        self,
        *,
        max_queued: int = MAX_QUEUED_FRAMES,
        send_timeout_s: float = SEND_TIMEOUT_S,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self._max_queued = max_queued
        self._send_timeout_s = send_timeout_s
        self._clock = clock
        self._lock = threading.Lock()
        self._pools: dict[str, _Pool] = {}

    async def connect(
        self,
        websocket: Socket,
        execution_id: UUID | str,
        *,
        emitter: EventEmitter | None = None,
    ) -> WebSocketConnection:
        """Add a client; its first frame will be `connected`.

        Args:
            websocket: an accepted socket.
            execution_id: the execution to watch.
            emitter: where that execution's events come from; without it they are those that
                `broadcast_event` is given. It is listened to while there are clients.

        Returns:
            The connection; hand the client's frames to its `receive`.
        """
        connection = WebSocketConnection(
            websocket,
            id_text(execution_id),
            on_end=self._remove,
            max_queued=self._max_queued,
            send_timeout_s=self._send_timeout_s,
            clock=self._clock,
        )
        connection.greet()
        with self._lock:
            pool = self._pools.setdefault(connection.execution_id, _Pool())
            pool.connections = (*pool.connections, connection)
            if emitter is not None and pool.emitter is None:
                pool.emitter = emitter
                emitter.on_any(self.publish)
        return connection

    async def disconnect(self, connection: WebSocketConnection) -> None:
        """Remove a client; removing it again does nothing."""
        await connection.end()

    async def broadcast_event(self, execution_id: UUID | str, event: ExecutionEvent) -> int:
        """Queue an event for every client of an execution that asked for it.

        Returns:
            How many clients that were.
        """
        return self._offer(id_text(execution_id), event)

    def publish(self, event: ExecutionEvent) -> int:
        """Do what `broadcast_event` does for the event's own execution, from any thread."""
        return self._offer(event.execution_id, event)

    async def close_all(self, execution_id: UUID | str | None = None) -> None:
        """Close the clients of one execution, or all of them."""
        for connection in self._connections(execution_id):
            await connection.close(_GOING_AWAY, "the execution is gone")

    def get_connection_count(self, execution_id: UUID | str) -> int:
        """Return how many clients watch an execution."""
        return len(self._connections(execution_id))

    def get_total_connections(self) -> int:
        """Return how many clients there are."""
        return len(self._connections(None))

    def _connections(self, execution_id: UUID | str | None) -> tuple[WebSocketConnection, ...]:
        with self._lock:
            if execution_id is None:
                return tuple(each for pool in self._pools.values() for each in pool.connections)
            pool = self._pools.get(id_text(execution_id))
            return () if pool is None else pool.connections

    def _offer(self, execution_id: str, event: ExecutionEvent) -> int:
        wanting = [each for each in self._connections(execution_id) if each.wants(event)]
        if not wanting:
            return 0
        # One text for all of them: encoding is most of the work.
        text = event.model_dump_json()
        for each in wanting:
            each.offer(event, text)
        return len(wanting)

    def _remove(self, connection: WebSocketConnection) -> None:
        with self._lock:
            pool = self._pools.get(connection.execution_id)
            if pool is None:
                return
            pool.connections = tuple(each for each in pool.connections if each is not connection)
            if pool.connections:
                return
            del self._pools[connection.execution_id]
            if pool.emitter is not None:
                pool.emitter.off_any(self.publish)


_manager_lock = threading.Lock()
_managers: list[WebSocketManager] = []


def get_websocket_manager() -> WebSocketManager:
    """Return the manager of this process; it is made at the first call."""
    with _manager_lock:
        if not _managers:
            _managers.append(WebSocketManager())
        return _managers[0]


def replace_websockets(manager: WebSocketManager | None) -> None:
    """Replace the manager of this process; with None the next call makes another."""
    with _manager_lock:
        _managers[:] = [] if manager is None else [manager]
