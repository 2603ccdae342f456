"""The state of an execution at one tick, as it goes over the wire and into history."""

from __future__ import annotations

from typing import Literal, TypedDict

from pydantic import BaseModel, Field, JsonValue

from py_forest.kit.clock import utc_now
from py_forest.models.fields import WIRE, Id, NodeId, StatusName, Timestamp

__all__ = [
    "BlackboardChange",
    "ExecutionSnapshot",
    "FieldChange",
    "HistoryChanges",
    "NodeChange",
    "NodeState",
    "RunMode",
]

RunMode = Literal["manual", "auto", "interval", "single_shot"]
"""Who asks for the ticks: a caller, a loop, a timer, or one call that runs to completion."""


class NodeState(BaseModel):
    """One node at one tick.

    Attributes:
        status: the node's status after the tick; INVALID when it is idle.
        feedback_message: why, in words, where the node said so.
        is_current_child: whether the last tick passed through the node.
        is_tip: whether the node decided the last tick.
        tick_count: ticks in which the node was visited so far.
    """

    model_config = WIRE

    status: StatusName = "INVALID"
    feedback_message: str = ""
    is_current_child: bool = False
    is_tip: bool = False
    tick_count: int = Field(default=0, ge=0)


class ExecutionSnapshot(BaseModel):
    """An execution as it stood after one tick; an observation, never read back as a state."""

    model_config = WIRE

    execution_id: Id
    tree_id: Id = "unnamed"
    tree_version: str = ""
    tick_count: int = Field(default=0, ge=0, description="the tick this is the state after")
    root_status: StatusName = "INVALID"
    tip_node_id: NodeId | None = None
    node_states: dict[str, NodeState] = Field(default_factory=dict, description="by node id")
    blackboard: dict[str, JsonValue] = Field(default_factory=dict)
    timestamp: Timestamp = Field(default_factory=utc_now)
    mode: RunMode = "manual"
    is_running: bool = False


class FieldChange(TypedDict):
    """A difference in the execution itself, such as its root status."""

    field: str
    old_value: JsonValue
    new_value: JsonValue


class NodeChange(TypedDict):
    """A node whose status differs; `change` is added or removed after a hot reload."""

    node_id: str
    change: Literal["added", "changed", "removed"]
    old_status: StatusName | None
    new_status: StatusName | None


class BlackboardChange(TypedDict):
    """A key whose value differs."""

    key: str
    change: Literal["added", "changed", "removed"]
    old_value: JsonValue
    new_value: JsonValue


class HistoryChanges(TypedDict):
    """What differs between two ticks; all three lists are always there."""

    status_changes: list[FieldChange]
    blackboard_changes: list[BlackboardChange]
    node_changes: list[NodeChange]
