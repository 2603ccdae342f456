"""The events of one execution's life, stamped and sent, unless nobody wants them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, cast

from py_forest.core.narration import Narrator, changes_of
from py_forest.core.watches import MISSING
from py_forest.models import events as ev
from py_forest.models.events import EventType
from py_forest.models.fields import STATUS_NAMES

if TYPE_CHECKING:
    from pydantic import JsonValue

    from py_forest.core.events import EventEmitter
    from py_forest.core.observation import Observation, TickDelta
    from py_forest.kit.clock import Clock
    from py_forest.models.executions import Breakpoint, Watch

__all__ = ["Reporter"]


class Reporter:
    """Sends the events of one execution.

    Args:
        execution_id: the execution.
        emitter: where to.
        clock: stamps the events.

    Attributes:
        tick: the tick that events belong to.
    """

    def __init__(self, execution_id: str, emitter: EventEmitter, clock: Clock) -> None:
        self.execution_id = execution_id
        self.emitter = emitter
        self.tick = 0
        self._clock = clock

    def started(self, mode: Literal["manual", "auto", "interval"]) -> None:
        """Say that the execution was started."""
        if self.emitter.wants(EventType.EXECUTION_STARTED):
            self.emitter.emit(
                ev.ExecutionStartedEvent(
                    execution_id=self.execution_id,
                    timestamp=self._clock.utc(),
                    tick=self.tick,
                    mode=mode,
                )
            )

    def stopped(self, reason: str) -> None:
        """Say that the execution was stopped."""
        if self.emitter.wants(EventType.EXECUTION_STOPPED):
            self.emitter.emit(
                ev.ExecutionStoppedEvent(
                    execution_id=self.execution_id,
                    timestamp=self._clock.utc(),
                    tick=self.tick,
                    reason=reason,
                )
            )

    def paused(self, reason: str) -> None:
        """Say that the execution was paused."""
        if self.emitter.wants(EventType.EXECUTION_PAUSED):
            self.emitter.emit(
                ev.ExecutionPausedEvent(
                    execution_id=self.execution_id,
                    timestamp=self._clock.utc(),
                    tick=self.tick,
                    reason=reason,
                )
            )

    def resumed(self) -> None:
        """Say that the execution goes on."""
        if self.emitter.wants(EventType.EXECUTION_RESUMED):
            self.emitter.emit(
                ev.ExecutionResumedEvent(
                    execution_id=self.execution_id, timestamp=self._clock.utc(), tick=self.tick
                )
            )

    def completed(
        self, observation: Observation, ticks: int, reason: Literal["terminal", "max_ticks"]
    ) -> None:
        """Say that a run came to its end."""
        if self.emitter.wants(EventType.EXECUTION_COMPLETED):
            self.emitter.emit(
                ev.ExecutionCompletedEvent(
                    execution_id=self.execution_id,
                    timestamp=self._clock.utc(),
                    tick=self.tick,
                    root_status=observation.root_name,
                    ticks=ticks,
                    reason=reason,
                )
            )

    def reloaded(
        self,
        old: tuple[str, str],
        new: tuple[str, str],
        is_preserved: bool,
        warnings: tuple[str, ...],
    ) -> None:
        """Say that the tree was replaced; `old` and `new` are tree id and version."""
        if self.emitter.wants(EventType.TREE_RELOADED):
            self.emitter.emit(
                ev.TreeReloadedEvent(
                    execution_id=self.execution_id,
                    timestamp=self._clock.utc(),
                    tick=self.tick,
                    old_tree_id=old[0],
                    new_tree_id=new[0],
                    old_version=old[1],
                    new_version=new[1],
                    blackboard_preserved=is_preserved,
                    warnings=warnings,
                )
            )

    def tick_started(self, count: int) -> None:
        """Say that a tick begins."""
        if self.emitter.wants(EventType.TICK_START):
            self.emitter.emit(
                ev.TickStartEvent(
                    execution_id=self.execution_id,
                    timestamp=self._clock.utc(),
                    tick=self.tick,
                    count=count,
                )
            )

    def tick_completed(self, observation: Observation, delta: TickDelta, ticks: int) -> None:
        """Say that a tick ended."""
        if self.emitter.wants(EventType.TICK_COMPLETE):
            self.emitter.emit(
                ev.TickCompleteEvent(
                    execution_id=self.execution_id,
                    timestamp=self._clock.utc(),
                    tick=self.tick,
                    root_status=observation.root_name,
                    ticks_executed=ticks,
                    tip_node_id=observation.tip,
                    changes=changes_of(delta),
                )
            )

    def told(self, observation: Observation, delta: TickDelta) -> None:
        """Tell what happened inside a tick or a halt."""
        if not self.emitter.listener_count():
            return
        narrator = Narrator(
            self.execution_id,
            self.tick,
            self._clock.utc(),
            self.emitter.wants,
            observation,
        )
        for event in narrator.tell(delta):
            self.emitter.emit(event)

    def failed(self, error: Exception) -> None:
        """Say that a tick could not be done."""
        if self.emitter.wants(EventType.EXECUTION_ERROR):
            self.emitter.emit(
                ev.ExecutionErrorEvent(
                    execution_id=self.execution_id,
                    timestamp=self._clock.utc(),
                    tick=self.tick,
                    error_type=type(error).__name__,
                    error_message=str(error),
                )
            )

    def watch_fired(self, watch: Watch, value: object) -> None:
        """Say that a watch fired; `value` is `MISSING` when the key is gone."""
        if self.emitter.wants(EventType.WATCH_TRIGGERED):
            self.emitter.emit(
                ev.WatchTriggeredEvent(
                    execution_id=self.execution_id,
                    timestamp=self._clock.utc(),
                    tick=self.tick,
                    key=watch.key,
                    condition=watch.condition,
                    value=None if value is MISSING else cast("JsonValue", value),
                )
            )

    def breakpoint_hit(self, hit: Breakpoint, observation: Observation) -> None:
        """Say that a breakpoint was hit."""
        if self.emitter.wants(EventType.BREAKPOINT_HIT):
            self.emitter.emit(
                ev.BreakpointHitEvent(
                    execution_id=self.execution_id,
                    timestamp=self._clock.utc(),
                    tick=self.tick,
                    node_id=hit.node_id,
                    node_name=observation.layout.place(hit.node_id).name,
                    node_status=STATUS_NAMES[observation.status(hit.node_id)],
                    condition=hit.condition,
                )
            )
