"""How listeners are registered, and which class of event each type brings them.

Kept apart from the emitters because both share it: one table of overloads for `on`, `off` and
their async twins, and the methods themselves in terms of two that an emitter implements.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar, overload

from py_forest.models.events import EventType, ExecutionEvent

if TYPE_CHECKING:
    from py_forest.models import events as ev

__all__ = ["AsyncListener", "Listener", "ListenerMethod", "ListenerMethods"]

Listener = Callable[[ExecutionEvent], object]
AsyncListener = Callable[[ExecutionEvent], Awaitable[object]]

R_contra = TypeVar("R_contra", contravariant=True)
"""What a listener returns: anything for a plain one, an awaitable for an async one."""

D_co = TypeVar("D_co", covariant=True)
"""What the method returns."""


class ListenerMethod(Protocol[R_contra, D_co]):
    """A method that takes an event type and a listener for that type's class of event."""

    @overload
    def __call__(
        self,
        event_type: Literal[EventType.EXECUTION_STARTED],
        callback: Callable[[ev.ExecutionStartedEvent], R_contra],
    ) -> D_co: ...
    @overload
    def __call__(
        self,
        event_type: Literal[EventType.EXECUTION_STOPPED],
        callback: Callable[[ev.ExecutionStoppedEvent], R_contra],
    ) -> D_co: ...
    @overload
    def __call__(
        self,
        event_type: Literal[EventType.EXECUTION_PAUSED],
        callback: Callable[[ev.ExecutionPausedEvent], R_contra],
    ) -> D_co: ...
    @overload
    def __call__(
        self,
        event_type: Literal[EventType.EXECUTION_RESUMED],
        callback: Callable[[ev.ExecutionResumedEvent], R_contra],
    ) -> D_co: ...
    @overload
    def __call__(
        self,
        event_type: Literal[EventType.EXECUTION_COMPLETED],
        callback: Callable[[ev.ExecutionCompletedEvent], R_contra],
    ) -> D_co: ...
    @overload
    def __call__(
        self,
        event_type: Literal[EventType.TREE_RELOADED],
        callback: Callable[[ev.TreeReloadedEvent], R_contra],
    ) -> D_co: ...
    @overload
    def __call__(
        self,
        event_type: Literal[EventType.TICK_START],
        callback: Callable[[ev.TickStartEvent], R_contra],
    ) -> D_co: ...
    @overload
    def __call__(
        self,
        event_type: Literal[EventType.TICK_COMPLETE],
        callback: Callable[[ev.TickCompleteEvent], R_contra],
    ) -> D_co: ...
    @overload
    def __call__(
        self,
        event_type: Literal[EventType.NODE_INITIALISED],
        callback: Callable[[ev.NodeInitialisedEvent], R_contra],
    ) -> D_co: ...
    @overload
    def __call__(
        self,
        event_type: Literal[EventType.NODE_UPDATED],
        callback: Callable[[ev.NodeUpdateEvent], R_contra],
    ) -> D_co: ...
    @overload
    def __call__(
        self,
        event_type: Literal[EventType.NODE_TERMINATED],
        callback: Callable[[ev.NodeTerminatedEvent], R_contra],
    ) -> D_co: ...
    @overload
    def __call__(
        self,
        event_type: Literal[EventType.BLACKBOARD_UPDATE],
        callback: Callable[[ev.BlackboardUpdateEvent], R_contra],
    ) -> D_co: ...
    @overload
    def __call__(
        self,
        event_type: Literal[EventType.BLACKBOARD_ACCESS],
        callback: Callable[[ev.BlackboardAccessEvent], R_contra],
    ) -> D_co: ...
    @overload
    def __call__(
        self,
        event_type: Literal[EventType.BREAKPOINT_HIT],
        callback: Callable[[ev.BreakpointHitEvent], R_contra],
    ) -> D_co: ...
    @overload
    def __call__(
        self,
        event_type: Literal[EventType.WATCH_TRIGGERED],
        callback: Callable[[ev.WatchTriggeredEvent], R_contra],
    ) -> D_co: ...
    @overload
    def __call__(
        self,
        event_type: Literal[EventType.EXECUTION_ERROR],
        callback: Callable[[ev.ExecutionErrorEvent], R_contra],
    ) -> D_co: ...
    @overload
    def __call__(
        self, event_type: EventType, callback: Callable[[ExecutionEvent], R_contra]
    ) -> D_co: ...


class ListenerMethods(ABC):
    """The methods with which one listens; registering the same listener twice counts once."""

    @property
    def on(self) -> ListenerMethod[object, None]:
        """Register a plain listener: `on(event_type, callback)`.

        Raises `TypeError` when the callback is a coroutine function, which `on_async` takes.
        """
        return self._on

    @property
    def on_async(self) -> ListenerMethod[Awaitable[object], None]:
        """Register an async listener: `on_async(event_type, callback)`."""
        return self._on_async

    @property
    def off(self) -> ListenerMethod[object, bool]:
        """Unregister a plain listener: `off(event_type, callback)`; true when it was there."""
        return self._off

    @property
    def off_async(self) -> ListenerMethod[Awaitable[object], bool]:
        """Unregister an async listener: `off_async(event_type, callback)`; true when there."""
        return self._off_async

    def on_any(self, callback: Listener) -> None:
        """Register a plain listener for all sixteen types.

        Raises:
            TypeError: it is a coroutine function, which `on_any_async` takes.
        """
        self._add(None, callback, is_async=False)

    def on_any_async(self, callback: AsyncListener) -> None:
        """Register an async listener for all sixteen types."""
        self._add(None, callback, is_async=True)

    def off_any(self, callback: Listener) -> bool:
        """Unregister a plain listener of all types; true when it was there."""
        return self._remove(None, callback, is_async=False)

    def off_any_async(self, callback: AsyncListener) -> bool:
        """Unregister an async listener of all types; true when it was there."""
        return self._remove(None, callback, is_async=True)

    @abstractmethod
    def _add(
        self, event_type: EventType | None, callback: Callable[[Any], object], *, is_async: bool
    ) -> None: ...

    @abstractmethod
    def _remove(
        self, event_type: EventType | None, callback: Callable[[Any], object], *, is_async: bool
    ) -> bool: ...

    def _on(self, event_type: EventType, callback: Callable[[Any], object]) -> None:
        self._add(EventType(event_type), callback, is_async=False)

    def _on_async(
        self, event_type: EventType, callback: Callable[[Any], Awaitable[object]]
    ) -> None:
        self._add(EventType(event_type), callback, is_async=True)

    def _off(self, event_type: EventType, callback: Callable[[Any], object]) -> bool:
        return self._remove(EventType(event_type), callback, is_async=False)

    def _off_async(
        self, event_type: EventType, callback: Callable[[Any], Awaitable[object]]
    ) -> bool:
        return self._remove(EventType(event_type), callback, is_async=True)
