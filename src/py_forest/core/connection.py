"""One client that watches an execution over a socket.

A tick never waits for a client. Each connection has a bounded queue that any thread may put events
into and one task that sends them; a client that does not keep up loses the oldest events and is
told how many, one that takes nothing at all is closed. What a socket is, the web framework decides:
here it is a protocol.

The frames are `{"action": ..., "data": ..., "timestamp": ...}`: `connected` first, then `event`,
`pong` and `error`, and `subscribed` in answer to the commands that change what is sent. An event
frame after lost events also has `missed`: how many, and from which ticks.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections import deque
from typing import TYPE_CHECKING, Final, Protocol

from pydantic import JsonValue, ValidationError

from py_forest.models.events import EventFilter, EventType, ExecutionEvent
from py_forest.models.frames import (
    PingCommand,
    SubscribeAllCommand,
    SubscribeCommand,
    UnsubscribeCommand,
    parse_command,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from py_forest.kit.clock import Clock
    from py_forest.models.frames import ClientCommand

__all__ = ["Socket", "WebSocketConnection"]

logger = logging.getLogger(__name__)

MAX_COMMAND_CHARACTERS: Final = 65_536
_TRY_AGAIN_LATER: Final = 1013


class Socket(Protocol):
    """An accepted WebSocket; Starlette's fits."""

    async def send_text(self, data: str) -> None:
        """Send one text frame."""
        ...

    async def close(self, code: int = 1000, reason: str | None = None) -> None:
        """Close the connection."""
        ...


class WebSocketConnection:
    """One client: what it wants, what is queued for it, and the task that sends it.

    Made by `WebSocketManager.connect`.

    Attributes:
        execution_id: the execution it watches.
        subscriptions: event types it asked for; None while it gets all of them.
        filter: what it narrowed them down to.
    """

    def __init__(
        self,
        socket: Socket,
        execution_id: str,
        *,
        on_end: Callable[[WebSocketConnection], None],
        max_queued: int,
        send_timeout_s: float,
        clock: Clock,
    ) -> None:
        self.execution_id = execution_id
        self.subscriptions: frozenset[EventType] | None = None
        self.filter = EventFilter()
        self._socket = socket
        self._on_end = on_end
        self._clock = clock
        self._send_timeout_s = send_timeout_s
        self._loop = asyncio.get_running_loop()
        self._lock = threading.Lock()
        self._queue: deque[tuple[str, int | None]] = deque()
        self._max_queued = max_queued
        self._missed = _Missed()
        self._has_frames = asyncio.Event()
        self._is_woken = False
        self._is_active = True
        self._task = self._loop.create_task(self._send_all())

    @property
    def is_active(self) -> bool:
        """Whether frames are still sent to the client."""
        return self._is_active

    @property
    def missed_count(self) -> int:
        """Events that were dropped since the client was last told so."""
        return self._missed.count

    def wants(self, event: ExecutionEvent) -> bool:
        """Say whether the client asked for such an event."""
        if self.subscriptions is not None and event.type not in self.subscriptions:
            return False
        return self.filter.matches(event)

    def offer(self, event: ExecutionEvent, text: str) -> None:
        """Queue an event without ever waiting; any thread may call.

        Args:
            event: an event that the client wants.
            text: its JSON, made once for all clients.
        """
        if self._is_active:
            self._put(text, event.tick)

    def greet(self) -> None:
        """Queue the first frame, which says what the client gets."""
        self._answer("connected", self.describe())

    async def receive(self, text: str | bytes) -> None:
        """Act on a frame of the client and queue the answer; no frame makes this raise."""
        try:
            command = _read(text)
        except ValueError as error:
            self._answer("error", {"message": _sentence(error)})
            return
        self._obey(command)

    async def end(self) -> None:
        """Send nothing more; the socket itself stays as it is. Ending again does nothing."""
        self._is_active = False
        self._on_end(self)
        with self._lock:
            self._queue.clear()
        if self._loop is not asyncio.get_running_loop():
            if not self._loop.is_closed():
                self._loop.call_soon_threadsafe(self._task.cancel)
        elif self._task is not asyncio.current_task():
            self._task.cancel()
            await asyncio.wait([self._task])

    async def close(self, code: int = 1000, reason: str = "") -> None:
        """Send nothing more and close the socket."""
        await self.end()
        try:
            async with asyncio.timeout(self._send_timeout_s):
                await self._socket.close(code, reason)
        except Exception:
            # A socket that broke cannot be closed, and need not be.
            logger.debug("closing a client's socket failed", exc_info=True)

    def _obey(self, command: ClientCommand) -> None:
        match command:
            case PingCommand():
                self._answer("pong", {})
                return
            case SubscribeCommand(events=events):
                self.subscriptions = (self.subscriptions or frozenset()) | frozenset(events)
            case UnsubscribeCommand(events=events):
                current = frozenset(EventType) if self.subscriptions is None else self.subscriptions
                self.subscriptions = current - frozenset(events)
            case SubscribeAllCommand():
                self.subscriptions = None
            case _:
                self.filter = command.filter
        self._answer("subscribed", self.describe())

    def describe(self) -> dict[str, JsonValue]:
        """Return what the client gets, as JSON."""
        wanted = EventType if self.subscriptions is None else self.subscriptions
        return {
            "execution_id": self.execution_id,
            "events": [each.value for each in EventType if each in wanted],
            "filter": self.filter.model_dump(mode="json", exclude_none=True),
        }

    def _answer(self, action: str, content: dict[str, JsonValue]) -> None:
        self._put(_frame(action, json.dumps(content), self._stamp()), None)

    def _stamp(self) -> str:
        return self._clock.utc().isoformat()

    def _put(self, text: str, tick: int | None) -> None:
        with self._lock:
            if len(self._queue) >= self._max_queued:
                self._drop_oldest_event()
            self._queue.append((text, tick))
            if self._is_woken:
                return
            self._is_woken = True
        try:
            self._loop.call_soon_threadsafe(self._has_frames.set)
        except RuntimeError:
            # The loop is closed, and the task with it.
            self._is_active = False

    def _drop_oldest_event(self) -> None:
        for index, (_, tick) in enumerate(self._queue):
            if tick is not None:
                del self._queue[index]
                self._missed.add(tick)
                return
        # Answers only: a client that asks without reading loses answers as well.
        self._queue.popleft()

    def _take(self) -> str | None:
        with self._lock:
            if not self._queue:
                self._is_woken = False
                self._has_frames.clear()
                return None
            text, tick = self._queue.popleft()
            if tick is None:
                return text
            missed, self._missed = self._missed, _Missed()
        return _frame("event", text, self._stamp(), missed)

    async def _send_all(self) -> None:
        try:
            while True:
                await self._has_frames.wait()
                while (frame := self._take()) is not None:
                    async with asyncio.timeout(self._send_timeout_s):
                        await self._socket.send_text(frame)
        except TimeoutError:
            logger.info("a client of %s takes nothing and is closed", self.execution_id)
            await self.close(_TRY_AGAIN_LATER, "too slow")
        except Exception:
            # Clients go without a word; what a socket raises then, each framework decides.
            logger.debug("a client of %s is gone", self.execution_id, exc_info=True)
            await self.end()


class _Missed:
    """How many events a client did not get, and from which ticks."""

    __slots__ = ("count", "first_tick", "last_tick")

    def __init__(self) -> None:
        self.count = 0
        self.first_tick = 0
        self.last_tick = 0

    def add(self, tick: int) -> None:
        if not self.count:
            self.first_tick = tick
        self.count += 1
        self.last_tick = tick

    def as_json(self) -> str:
        return json.dumps(
            {"count": self.count, "first_tick": self.first_tick, "last_tick": self.last_tick}
        )


def _frame(action: str, content: str, timestamp: str, missed: _Missed | None = None) -> str:
    tail = f',"missed":{missed.as_json()}' if missed is not None and missed.count else ""
    return f'{{"action":"{action}","data":{content},"timestamp":"{timestamp}"{tail}}}'


def _read(text: str | bytes) -> ClientCommand:
    if len(text) > MAX_COMMAND_CHARACTERS:
        raise ValueError(f"a command has at most {MAX_COMMAND_CHARACTERS} characters")
    return parse_command(text)


def _sentence(error: ValueError) -> str:
    if not isinstance(error, ValidationError):
        return str(error)
    first = error.errors(include_url=False, include_context=False, include_input=False)[0]
    where = ".".join(str(part) for part in first["loc"])
    return f"{where}: {first['msg']}" if where else first["msg"]
