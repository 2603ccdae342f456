"""What happens to an execution, as events on the wire.

One class per event type, all of them `ExecutionEvent`s. Events are decoded from tick records;
docs/concepts/runtime.md says when each of them is emitted.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal
from uuid import UUID

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    JsonValue,
    PrivateAttr,
    TypeAdapter,
    field_validator,
)

from py_forest.kit.clock import utc_now
from py_forest.models.fields import WIRE, Id, NodeId, StatusName, Timestamp, id_text

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "EVENT_CLASSES",
    "AnyEvent",
    "BlackboardAccessEvent",
    "BlackboardUpdateEvent",
    "BreakpointHitEvent",
    "EventFilter",
    "EventType",
    "ExecutionCompletedEvent",
    "ExecutionErrorEvent",
    "ExecutionEvent",
    "ExecutionPausedEvent",
    "ExecutionResumedEvent",
    "ExecutionStartedEvent",
    "ExecutionStoppedEvent",
    "NodeInitialisedEvent",
    "NodeTerminatedEvent",
    "NodeUpdateEvent",
    "StatusChange",
    "TickChanges",
    "TickCompleteEvent",
    "TickStartEvent",
    "TreeReloadedEvent",
    "WatchTriggeredEvent",
    "parse_event",
]


class EventType(StrEnum):
    """The sixteen kinds of event.

    `EventType("node_updated")` takes a value; the member's name in any case ("NODE_UPDATED") and
    the short form "node_update" are accepted too.
    """

    EXECUTION_STARTED = "execution_started"
    EXECUTION_STOPPED = "execution_stopped"
    EXECUTION_PAUSED = "execution_paused"
    EXECUTION_RESUMED = "execution_resumed"
    EXECUTION_COMPLETED = "execution_completed"
    TREE_RELOADED = "tree_reloaded"
    TICK_START = "tick_start"
    TICK_COMPLETE = "tick_complete"
    NODE_INITIALISED = "node_initialised"
    NODE_UPDATED = "node_updated"
    NODE_TERMINATED = "node_terminated"
    BLACKBOARD_UPDATE = "blackboard_update"
    BLACKBOARD_ACCESS = "blackboard_access"
    BREAKPOINT_HIT = "breakpoint_hit"
    WATCH_TRIGGERED = "watch_triggered"
    EXECUTION_ERROR = "execution_error"

    @classmethod
    def _missing_(cls, value: object) -> EventType | None:
        if not isinstance(value, str):
            return None
        wanted = value.strip().lower()
        wanted = _ALIASES.get(wanted, wanted)
        return next((member for member in cls if member.value == wanted), None)


_ALIASES: Final[Mapping[str, str]] = {"node_update": "node_updated"}


class ExecutionEvent(BaseModel):
    """Base of all events.

    Attributes:
        type: which kind of event it is.
        execution_id: the execution it happened to.
        timestamp: when, as an aware time (UTC when left out).
        tick: the tick it belongs to, from 1; before the first tick 0.
    """

    # A reader of an older release must not stumble over a field that a newer one added.
    model_config = ConfigDict(frozen=True, extra="ignore")

    type: EventType
    execution_id: Id
    timestamp: Timestamp = Field(default_factory=utc_now)
    tick: int = Field(default=0, ge=0)


class ExecutionStartedEvent(ExecutionEvent):
    """An execution was started."""

    type: Literal[EventType.EXECUTION_STARTED] = EventType.EXECUTION_STARTED
    mode: Literal["manual", "auto", "interval"] = "manual"


class ExecutionStoppedEvent(ExecutionEvent):
    """An execution was stopped and its tree halted."""

    type: Literal[EventType.EXECUTION_STOPPED] = EventType.EXECUTION_STOPPED
    reason: str = ""


class ExecutionPausedEvent(ExecutionEvent):
    """An execution takes no further ticks until it is resumed."""

    type: Literal[EventType.EXECUTION_PAUSED] = EventType.EXECUTION_PAUSED
    reason: str = ""


class ExecutionResumedEvent(ExecutionEvent):
    """A paused execution takes ticks again."""

    type: Literal[EventType.EXECUTION_RESUMED] = EventType.EXECUTION_RESUMED


class ExecutionCompletedEvent(ExecutionEvent):
    """A run came to its end: a final status, or the last tick it was allowed."""

    type: Literal[EventType.EXECUTION_COMPLETED] = EventType.EXECUTION_COMPLETED
    root_status: StatusName
    ticks: int = Field(default=0, ge=0, description="ticks of this run")
    reason: Literal["terminal", "max_ticks"] = "terminal"


class TreeReloadedEvent(ExecutionEvent):
    """The tree of a living execution was replaced."""

    type: Literal[EventType.TREE_RELOADED] = EventType.TREE_RELOADED
    old_tree_id: Id
    new_tree_id: Id
    old_version: str = ""
    new_version: str = ""
    blackboard_preserved: bool = True
    warnings: tuple[str, ...] = ()


class TickStartEvent(ExecutionEvent):
    """A tick begins."""

    type: Literal[EventType.TICK_START] = EventType.TICK_START
    count: int = Field(default=1, ge=1, description="ticks asked for in this request")


class StatusChange(BaseModel):
    """A node's status before and after a tick."""

    model_config = WIRE

    old: StatusName
    new: StatusName


class TickChanges(BaseModel):
    """What one tick changed, net; false when it changed nothing."""

    model_config = WIRE

    nodes: dict[str, StatusChange] = Field(default_factory=dict, description="by node id")
    blackboard: dict[str, JsonValue] = Field(default_factory=dict, description="new value by key")
    removed: tuple[str, ...] = Field(default=(), description="keys that are gone")

    def __bool__(self) -> bool:
        return bool(self.nodes or self.blackboard or self.removed)


class TickCompleteEvent(ExecutionEvent):
    """A tick ended."""

    type: Literal[EventType.TICK_COMPLETE] = EventType.TICK_COMPLETE
    root_status: StatusName
    ticks_executed: int = Field(default=1, ge=1, description="ticks done so far in this request")
    tip_node_id: NodeId | None = Field(default=None, description="the node that decided the tick")
    changes: TickChanges = TickChanges()


class NodeInitialisedEvent(ExecutionEvent):
    """A node that was not RUNNING was entered."""

    type: Literal[EventType.NODE_INITIALISED] = EventType.NODE_INITIALISED
    node_id: NodeId
    node_name: str = ""


class NodeUpdateEvent(ExecutionEvent):
    """A node's status changed."""

    type: Literal[EventType.NODE_UPDATED] = EventType.NODE_UPDATED
    node_id: NodeId
    node_name: str = ""
    old_status: StatusName = "INVALID"
    new_status: StatusName
    feedback: str = ""


class NodeTerminatedEvent(ExecutionEvent):
    """A node ended, or was interrupted (then `new_status` is INVALID)."""

    type: Literal[EventType.NODE_TERMINATED] = EventType.NODE_TERMINATED
    node_id: NodeId
    node_name: str = ""
    old_status: StatusName = "INVALID"
    new_status: StatusName
    feedback: str = ""


class BlackboardUpdateEvent(ExecutionEvent):
    """A value on the blackboard changed.

    Attributes:
        key: the blackboard key.
        old_value: the value before, null when there was none.
        new_value: the value after, null when the key was removed.
        writer: the id of the node that wrote it, "api" for a write from outside.
        removed: whether the key is gone.
    """

    type: Literal[EventType.BLACKBOARD_UPDATE] = EventType.BLACKBOARD_UPDATE
    key: str
    old_value: JsonValue = None
    new_value: JsonValue = None
    writer: str | None = None
    removed: bool = False


class BlackboardAccessEvent(ExecutionEvent):
    """A node read a key (emitted only where it was asked for)."""

    type: Literal[EventType.BLACKBOARD_ACCESS] = EventType.BLACKBOARD_ACCESS
    key: str
    node_id: NodeId
    node_name: str = ""


class BreakpointHitEvent(ExecutionEvent):
    """A node with an enabled breakpoint was reached."""

    type: Literal[EventType.BREAKPOINT_HIT] = EventType.BREAKPOINT_HIT
    node_id: NodeId
    node_name: str = ""
    node_status: StatusName = "INVALID"
    condition: str | None = None


class WatchTriggeredEvent(ExecutionEvent):
    """A watch on a key became true."""

    type: Literal[EventType.WATCH_TRIGGERED] = EventType.WATCH_TRIGGERED
    key: str
    condition: str = "change"
    value: JsonValue = None


class ExecutionErrorEvent(ExecutionEvent):
    """A node raised, or a tick could not be done."""

    type: Literal[EventType.EXECUTION_ERROR] = EventType.EXECUTION_ERROR
    error_type: str
    error_message: str
    node_id: NodeId | None = None


AnyEvent = Annotated[
    ExecutionStartedEvent
    | ExecutionStoppedEvent
    | ExecutionPausedEvent
    | ExecutionResumedEvent
    | ExecutionCompletedEvent
    | TreeReloadedEvent
    | TickStartEvent
    | TickCompleteEvent
    | NodeInitialisedEvent
    | NodeUpdateEvent
    | NodeTerminatedEvent
    | BlackboardUpdateEvent
    | BlackboardAccessEvent
    | BreakpointHitEvent
    | WatchTriggeredEvent
    | ExecutionErrorEvent,
    Field(discriminator="type"),
]
"""Any of the sixteen, told apart by `type`."""

EVENT_CLASSES: Final[Mapping[EventType, type[ExecutionEvent]]] = {
    cls.model_fields["type"].default: cls for cls in ExecutionEvent.__subclasses__()
}
_ADAPTER: Final[TypeAdapter[ExecutionEvent]] = TypeAdapter(AnyEvent)


def parse_event(source: str | bytes | Mapping[str, Any]) -> ExecutionEvent:
    """Read an event back from its JSON text, or from the mapping that text stands for.

    Args:
        source: the JSON of one event; `type` decides the class.

    Returns:
        An event of the class that belongs to its type.

    Raises:
        ValueError: it is not an event (pydantic's `ValidationError` says why).
    """
    if isinstance(source, str | bytes):
        return _ADAPTER.validate_json(source)
    return _ADAPTER.validate_python(dict(source))


class EventFilter(BaseModel):
    """Which events somebody wants; every criterion is optional and all of them must hold.

    A criterion judges only events that have what it asks about: `node_ids` lets a tick event pass,
    since a tick has no node. An empty list lets nothing of its kind pass.

    Args:
        event_types: types to let through.
        node_ids: nodes whose events to let through (UUID or text).
        blackboard_keys: keys whose events to let through.
        min_tick: first tick to let through.
        max_tick: last tick to let through.
    """

    model_config = WIRE

    event_types: Sequence[EventType] | None = None
    node_ids: Sequence[UUID | str] | None = None
    blackboard_keys: Sequence[str] | None = None
    min_tick: int | None = Field(default=None, ge=0)
    max_tick: int | None = Field(default=None, ge=0)

    _types: frozenset[EventType] | None = PrivateAttr(None)
    _nodes: frozenset[str] | None = PrivateAttr(None)
    _keys: frozenset[str] | None = PrivateAttr(None)

    @field_validator("node_ids", mode="after")
    @classmethod
    def _plain_ids(cls, value: Sequence[UUID | str] | None) -> Sequence[UUID | str] | None:
        return None if value is None else tuple(id_text(each) for each in value)

    def model_post_init(self, _context: object) -> None:
        """Prepare the sets that `matches` looks things up in."""
        self._types = None if self.event_types is None else frozenset(self.event_types)
        self._nodes = (
            None if self.node_ids is None else frozenset(id_text(each) for each in self.node_ids)
        )
        self._keys = None if self.blackboard_keys is None else frozenset(self.blackboard_keys)

    def matches(self, event: ExecutionEvent) -> bool:
        """Say whether the filter lets an event through."""
        if self._types is not None and event.type not in self._types:
            return False
        if self.min_tick is not None and event.tick < self.min_tick:
            return False
        if self.max_tick is not None and event.tick > self.max_tick:
            return False
        return _is_in(self._nodes, event, "node_id") and _is_in(self._keys, event, "key")


def _is_in(wanted: frozenset[str] | None, event: ExecutionEvent, field: str) -> bool:
    if wanted is None:
        return True
    has = getattr(event, field, None)
    return has is None or has in wanted
