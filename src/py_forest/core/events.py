"""Listeners and the one place where events reach them.

`EventEmitter.emit` may be called from any thread. Listener tables are copied on write, so emitting
takes no lock. A listener that raises is logged and never stops another listener or the tick.
"""

from __future__ import annotations

import asyncio
import inspect
import logging
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from py_forest.core.listeners import AsyncListener, Listener, ListenerMethods
from py_forest.kit.clock import SYSTEM_CLOCK, Clock
from py_forest.models.events import EventFilter, EventType, ExecutionEvent

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["AsyncListener", "EventEmitter", "EventType", "FilteredEventEmitter", "Listener"]

_logger = logging.getLogger(__name__)

SLOW_LISTENER_S: Final = 0.05
"""Seconds from which a plain listener, which holds up the tick, is reported."""

_FAILED: Final = "listener %s failed on a %s event; further failures of it are only counted"


@dataclass(eq=False, slots=True)
class _Registration:
    event_type: EventType | None
    callback: Callable[[Any], object]
    is_async: bool
    loop: asyncio.AbstractEventLoop | None = None
    failures: int = 0
    is_reported_slow: bool = False

    def is_for(
        self, event_type: EventType | None, callback: Callable[[Any], object], is_async: bool
    ) -> bool:
        return (
            self.event_type is event_type
            and self.is_async is is_async
            and self.callback == callback
        )


class EventEmitter(ListenerMethods):
    """Hands each event to those who registered for it.

    Plain listeners run inside `emit`, in the order they registered. Async ones run on the loop that
    was running when they registered, also when `emit` is called by another thread; one that was
    registered without a loop runs on the loop of the emitting thread, and where there is none
    either, to its end inside `emit`.

    Args:
        clock: times the listeners.
        slow_after_s: seconds from which a plain listener is reported, once, as slow.
    """

    def __init__(
        self, *, clock: Clock = SYSTEM_CLOCK, slow_after_s: float = SLOW_LISTENER_S
    ) -> None:
        self._clock = clock
        self._slow_after_s = slow_after_s
        self._lock = threading.Lock()
        self._registrations: tuple[_Registration, ...] = ()
        self._by_type: dict[EventType, tuple[_Registration, ...]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def clear(self, event_type: EventType | None = None) -> None:
        """Unregister the listeners of one type, or every listener when no type is given."""
        with self._lock:
            self._store(
                ()
                if event_type is None
                else tuple(r for r in self._registrations if r.event_type is not event_type)
            )

    def listener_count(self, event_type: EventType | None = None) -> int:
        """Count registrations: those made for one type, or all, the ones for any type included."""
        if event_type is None:
            return len(self._registrations)
        return sum(r.event_type is event_type for r in self._registrations)

    def wants(self, event_type: EventType) -> bool:
        """Say whether anybody would get an event of this type, so that it is worth making."""
        return bool(self._by_type.get(event_type))

    def emit(self, event: ExecutionEvent) -> None:
        """Hand an event to its listeners without waiting for the async ones.

        Raises:
            TypeError: it is not an event.
        """
        for registration in self._targets(event):
            if registration.is_async:
                self._post(registration, event)
            else:
                self._call(registration, event)

    async def emit_async(self, event: ExecutionEvent) -> None:
        """Hand an event to its listeners and wait until the async ones are done.

        Raises:
            TypeError: it is not an event.
        """
        waiting: list[Awaitable[None]] = []
        here = asyncio.get_running_loop()
        for registration in self._targets(event):
            if not registration.is_async:
                self._call(registration, event)
            elif registration.loop in (None, here):
                waiting.append(self._await(registration, event))
            elif registration.loop is not None and registration.loop.is_running():
                future = asyncio.run_coroutine_threadsafe(
                    self._await(registration, event), registration.loop
                )
                waiting.append(asyncio.wrap_future(future))
            else:
                self._post(registration, event)
        await asyncio.gather(*waiting)

    def _add(
        self, event_type: EventType | None, callback: Callable[[Any], object], *, is_async: bool
    ) -> None:
        _check(callback, is_async)
        loop = _running_loop() if is_async else None
        with self._lock:
            if not any(r.is_for(event_type, callback, is_async) for r in self._registrations):
                added = _Registration(event_type, callback, is_async, loop)
                self._store((*self._registrations, added))

    def _remove(
        self, event_type: EventType | None, callback: Callable[[Any], object], *, is_async: bool
    ) -> bool:
        with self._lock:
            left = tuple(
                r for r in self._registrations if not r.is_for(event_type, callback, is_async)
            )
            is_found = len(left) < len(self._registrations)
            self._store(left)
        return is_found

    def _store(self, registrations: tuple[_Registration, ...]) -> None:
        """Replace the tables as a whole; readers see the old ones or the new ones."""
        self._registrations = registrations
        self._by_type = {
            each: targets
            for each in EventType
            if (targets := tuple(r for r in registrations if r.event_type in (None, each)))
        }

    def _targets(self, event: ExecutionEvent) -> tuple[_Registration, ...]:
        if not isinstance(event, ExecutionEvent):
            raise TypeError(f"only events can be emitted, not {type(event).__name__}")
        return self._by_type.get(event.type, ())

    def _call(self, registration: _Registration, event: ExecutionEvent) -> None:
        started = self._clock.monotonic()
        try:
            registration.callback(event)
        except Exception:
            registration.failures += 1
            if registration.failures == 1:
                _logger.exception(_FAILED, _name(registration.callback), event.type)
        took_s = self._clock.monotonic() - started
        if took_s >= self._slow_after_s and not registration.is_reported_slow:
            registration.is_reported_slow = True
            _logger.warning(
                "listener %s held up a %s event for %.0f ms; an async listener would not",
                _name(registration.callback),
                event.type,
                took_s * 1000,
            )

    async def _await(self, registration: _Registration, event: ExecutionEvent) -> None:
        try:
            answer = registration.callback(event)
            if inspect.isawaitable(answer):
                await answer
        except Exception:
            registration.failures += 1
            if registration.failures == 1:
                _logger.exception(_FAILED, _name(registration.callback), event.type)

    def _post(self, registration: _Registration, event: ExecutionEvent) -> None:
        here = _running_loop()
        loop = registration.loop or here
        if loop is None:
            asyncio.run(self._await(registration, event))
        elif loop is here:
            self._spawn(loop, registration, event)
        else:
            try:
                loop.call_soon_threadsafe(self._spawn, loop, registration, event)
            except RuntimeError:
                registration.failures += 1
                if registration.failures == 1:
                    _logger.warning(
                        "listener %s gets nothing any more: its event loop is closed",
                        _name(registration.callback),
                    )

    def _spawn(
        self, loop: asyncio.AbstractEventLoop, registration: _Registration, event: ExecutionEvent
    ) -> None:
        # The loop itself keeps only weak references to tasks.
        task = loop.create_task(self._await(registration, event))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


@dataclass(slots=True)
class _Filtered:
    """A listener behind a filter; equal to another with the same two, so that `off` finds it."""

    filter: EventFilter
    callback: Callable[[Any], object]

    def __call__(self, event: ExecutionEvent) -> object:
        return self.callback(event) if self.filter.matches(event) else None

    def __repr__(self) -> str:
        return f"filtered {_name(self.callback)}"


class FilteredEventEmitter(ListenerMethods):
    """An emitter seen through a filter: both what is emitted and what is heard passes it.

    Args:
        emitter: where the events go, and come from.
        event_filter: which of them pass.
    """

    def __init__(self, emitter: EventEmitter, event_filter: EventFilter) -> None:
        self._emitter = emitter
        self._filter = event_filter

    @property
    def filter(self) -> EventFilter:
        """The filter."""
        return self._filter

    def emit(self, event: ExecutionEvent) -> None:
        """Emit an event if the filter lets it through.

        Raises:
            TypeError: it is not an event.
        """
        if not isinstance(event, ExecutionEvent) or self._filter.matches(event):
            self._emitter.emit(event)

    async def emit_async(self, event: ExecutionEvent) -> None:
        """Emit an event if the filter lets it through, and wait for its async listeners.

        Raises:
            TypeError: it is not an event.
        """
        if not isinstance(event, ExecutionEvent) or self._filter.matches(event):
            await self._emitter.emit_async(event)

    def _add(
        self, event_type: EventType | None, callback: Callable[[Any], object], *, is_async: bool
    ) -> None:
        _check(callback, is_async)
        self._emitter._add(event_type, _Filtered(self._filter, callback), is_async=is_async)

    def _remove(
        self, event_type: EventType | None, callback: Callable[[Any], object], *, is_async: bool
    ) -> bool:
        wrapped = _Filtered(self._filter, callback)
        return self._emitter._remove(event_type, wrapped, is_async=is_async)


def _check(callback: Callable[[Any], object], is_async: bool) -> None:
    if not callable(callback):
        raise TypeError(f"a listener is called with the event; {callback!r} cannot be called")
    if not is_async and inspect.iscoroutinefunction(callback):
        raise TypeError(f"{_name(callback)} is async: register it with on_async or on_any_async")


def _name(callback: Callable[[Any], object]) -> str:
    return getattr(callback, "__qualname__", None) or repr(callback)


def _running_loop() -> asyncio.AbstractEventLoop | None:
    try:
        return asyncio.get_running_loop()
    except RuntimeError:
        return None
