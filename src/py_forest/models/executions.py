"""Executions on the wire: what a caller asks for, and what it is told."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, Field, JsonValue

from py_forest.models.fields import WIRE, Id, NodeId, StatusName, Timestamp
from py_forest.models.snapshots import ExecutionSnapshot, RunMode

__all__ = [
    "Breakpoint",
    "ExecutionConfig",
    "ExecutionState",
    "ExecutionSummary",
    "ReloadResponse",
    "ResultDelivery",
    "SingleShotResult",
    "TickFailure",
    "TickRequest",
    "TickResponse",
    "Watch",
    "WatchCondition",
]

ExecutionState = Literal["idle", "running", "paused", "stopped", "error"]
"""Where the execution stands in its life, unlike the status its tree last returned."""

WatchCondition = Literal[
    "change", "equals", "not_equals", "greater", "less", "greater_equal", "less_equal"
]


class ExecutionConfig(BaseModel):
    """What to start, and how."""

    model_config = WIRE

    tree_id: Id
    tree_version: str | None = Field(default=None, description="the newest one when left out")
    mode: RunMode = "manual"
    initial_blackboard: dict[str, JsonValue] = Field(default_factory=dict)
    seed: int = Field(default=0, ge=0, description="seed of every random choice in the tree")
    tick_interval_ms: int | None = Field(default=None, ge=1, description="milliseconds")
    max_ticks: int | None = Field(default=None, ge=1)
    stop_on_terminal: bool = True


class ResultDelivery(BaseModel):
    """The outcome of work that was done outside the tree."""

    model_config = WIRE

    status: Literal["RUNNING", "SUCCESS", "FAILURE"]
    writes: dict[str, JsonValue] = Field(default_factory=dict, description="blackboard writes")
    error: str | None = None
    feedback: str = ""


class TickRequest(BaseModel):
    """Ask for ticks; everything that comes from outside applies before the first of them."""

    model_config = WIRE

    count: int = Field(default=1, ge=1, le=100_000)
    capture_snapshot: bool = False
    blackboard_updates: dict[str, JsonValue] = Field(default_factory=dict)
    results: dict[str, ResultDelivery] = Field(default_factory=dict, description="by run id")
    now: float | None = Field(default=None, description="UTC seconds; the clock when left out")


class TickFailure(BaseModel):
    """A node that raised during a tick."""

    model_config = WIRE

    node_id: NodeId
    message: str
    kind: str = ""


class TickResponse(BaseModel):
    """What the ticks did.

    Attributes:
        execution_id: the execution that was ticked.
        ticks_executed: ticks done, fewer than asked for when the execution paused or ended.
        new_tick_count: ticks of the execution so far.
        root_status: what the tree returned last.
        status: the same again, under the name that deployments use.
        blackboard: every value after the last tick.
        changed: keys that nodes wrote during these ticks, with their new values.
        unread: names of updates that nothing in the tree reads.
        dropped: run ids of results that came too late.
        errors: nodes that raised.
        state: whether the execution goes on.
        snapshot: the whole state, where it was asked for.
    """

    model_config = WIRE

    execution_id: Id
    ticks_executed: int = Field(ge=0)
    new_tick_count: int = Field(ge=0)
    root_status: StatusName
    status: StatusName
    blackboard: dict[str, JsonValue] = Field(default_factory=dict)
    changed: dict[str, JsonValue] = Field(default_factory=dict)
    unread: tuple[str, ...] = ()
    dropped: tuple[str, ...] = ()
    errors: tuple[TickFailure, ...] = ()
    state: ExecutionState = "idle"
    snapshot: ExecutionSnapshot | None = None


class ExecutionSummary(BaseModel):
    """One line about an execution."""

    model_config = WIRE

    execution_id: Id
    tree_id: Id
    tree_name: str
    tree_version: str
    status: StatusName = Field(description="what the tree returned last")
    state: ExecutionState = "idle"
    mode: RunMode = "manual"
    tick_count: int = Field(default=0, ge=0)
    started_at: Timestamp | None = None
    last_tick_at: Timestamp | None = None
    is_running: bool = False


class ReloadResponse(ExecutionSummary):
    """An execution after a hot reload, and what did not survive it."""

    warnings: tuple[str, ...] = ()


class Breakpoint(BaseModel):
    """Stop when a node is reached.

    Attributes:
        node_id: the node.
        enabled: whether it counts.
        condition: an expression over the blackboard that must hold too.
        hit_count: how often it stopped the execution.
    """

    model_config = WIRE

    node_id: NodeId
    enabled: bool = True
    condition: str | None = None
    hit_count: int = Field(default=0, ge=0)


class Watch(BaseModel):
    """Report when a key begins to meet a condition."""

    model_config = WIRE

    key: str
    condition: WatchCondition = "change"
    target_value: JsonValue = None


class SingleShotResult(BaseModel):
    """The end of a run from start to completion.

    Attributes:
        status: SUCCESS, FAILURE or SKIPPED; FAILURE as well when the iterations ran out.
        iterations: ticks it took.
        feedback_message: why it failed, empty otherwise.
        blackboard: every value at the end.
        errors: nodes that raised.
    """

    model_config = WIRE

    status: StatusName
    iterations: int = Field(ge=0)
    feedback_message: str = ""
    blackboard: dict[str, JsonValue] = Field(default_factory=dict)
    errors: tuple[TickFailure, ...] = ()
