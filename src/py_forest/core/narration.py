"""Telling what a record says, as events.

Pure: what changed goes in, events come out in the order in which things happened. Nobody makes an
event that nobody wants.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from py_forest.models.events import (
    BlackboardAccessEvent,
    BlackboardUpdateEvent,
    EventType,
    ExecutionErrorEvent,
    ExecutionEvent,
    NodeInitialisedEvent,
    NodeTerminatedEvent,
    NodeUpdateEvent,
    StatusChange,
    TickChanges,
)
from py_forest.models.fields import STATUS_NAMES
from py_forest.models.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from py_forest.core.observation import KeyChange, Observation, TickDelta, Visit
    from py_forest.engine import LeafFailure

__all__ = ["Narrator", "changes_of"]

OUTSIDE = "api"
"""The writer of a value that came from outside the tree."""


def changes_of(delta: TickDelta) -> TickChanges:
    """Return what changed in a tick, net, as the event that ends the tick carries it."""
    return TickChanges(
        nodes={
            each.node_id: StatusChange(old=STATUS_NAMES[each.old], new=STATUS_NAMES[each.new])
            for each in delta.nodes
        },
        blackboard={each.key: each.new for each in delta.keys if not each.is_removed},
        removed=tuple(each.key for each in delta.keys if each.is_removed),
    )


@dataclass(frozen=True, slots=True)
class Narrator:
    """Makes the events of one record.

    Args:
        execution_id: the execution.
        tick: the tick.
        timestamp: when.
        wants: says whether anybody wants events of a type.
        observation: what is known after the record.
    """

    execution_id: str
    tick: int
    timestamp: datetime
    wants: Callable[[EventType], bool]
    observation: Observation

    def tell(self, delta: TickDelta) -> Iterator[ExecutionEvent]:
        """Tell everything that happened within a tick or a halt."""
        keys = delta.keys if self.wants(EventType.BLACKBOARD_UPDATE) else []
        yield from (self._update(each, OUTSIDE) for each in keys if each.is_from_outside)
        if self.wants(EventType.NODE_INITIALISED) or self.wants(EventType.NODE_TERMINATED):
            yield from self._walk(delta.visits)
        if self.wants(EventType.BLACKBOARD_ACCESS):
            yield from self._accessed(delta.visits)
        for each in keys:
            if not each.is_from_outside:
                yield self._update(each, self._writer(each.key, delta))
        if self.wants(EventType.NODE_TERMINATED):
            yield from map(self._ended, delta.interrupted)
        if self.wants(EventType.NODE_UPDATED):
            yield from map(self._changed, delta.nodes)
        if self.wants(EventType.EXECUTION_ERROR):
            yield from map(self._failed, delta.errors)

    def _walk(self, visits: list[Visit]) -> Iterator[ExecutionEvent]:
        """Tell who was entered and who ended, children between their parents' two events."""
        place = self.observation.layout.place
        is_start_wanted = self.wants(EventType.NODE_INITIALISED)
        is_end_wanted = self.wants(EventType.NODE_TERMINATED)
        open_visits: list[tuple[int, Visit]] = []
        for visit in visits:
            where = place(visit.node_id)
            while open_visits and open_visits[-1][0] >= where.depth:
                yield from self._closed(open_visits.pop()[1], is_end_wanted)
            open_visits.append((where.depth, visit))
            if is_start_wanted and visit.old is not Status.RUNNING:
                yield NodeInitialisedEvent(
                    execution_id=self.execution_id,
                    tick=self.tick,
                    timestamp=self.timestamp,
                    node_id=visit.node_id,
                    node_name=where.name,
                )
        while open_visits:
            yield from self._closed(open_visits.pop()[1], is_end_wanted)

    def _closed(self, visit: Visit, is_wanted: bool) -> Iterator[ExecutionEvent]:
        if is_wanted and visit.new is not Status.RUNNING:
            yield self._ended(visit)

    def _ended(self, visit: Visit) -> NodeTerminatedEvent:
        return NodeTerminatedEvent(
            execution_id=self.execution_id,
            tick=self.tick,
            timestamp=self.timestamp,
            node_id=visit.node_id,
            node_name=self.observation.layout.place(visit.node_id).name,
            old_status=STATUS_NAMES[visit.old],
            new_status=STATUS_NAMES[visit.new],
            feedback=self.observation.feedback(visit.node_id),
        )

    def _changed(self, visit: Visit) -> NodeUpdateEvent:
        return NodeUpdateEvent(
            execution_id=self.execution_id,
            tick=self.tick,
            timestamp=self.timestamp,
            node_id=visit.node_id,
            node_name=self.observation.layout.place(visit.node_id).name,
            old_status=STATUS_NAMES[visit.old],
            new_status=STATUS_NAMES[visit.new],
            feedback=self.observation.feedback(visit.node_id),
        )

    def _accessed(self, visits: list[Visit]) -> Iterator[BlackboardAccessEvent]:
        for visit in visits:
            for key in self.observation.layout.accesses.reads(visit.node_id):
                yield BlackboardAccessEvent(
                    execution_id=self.execution_id,
                    tick=self.tick,
                    timestamp=self.timestamp,
                    key=key,
                    node_id=visit.node_id,
                    node_name=self.observation.layout.place(visit.node_id).name,
                )

    def _update(self, change: KeyChange, writer: str | None) -> BlackboardUpdateEvent:
        return BlackboardUpdateEvent(
            execution_id=self.execution_id,
            tick=self.tick,
            timestamp=self.timestamp,
            key=change.key,
            old_value=change.old,
            new_value=change.new,
            writer=writer,
            removed=change.is_removed,
        )

    def _writer(self, key: str, delta: TickDelta) -> str | None:
        """Return the node that wrote a key: the last one passed that can, since the last wins."""
        declared = self.observation.layout.accesses.writes
        for visit in reversed(delta.visits):
            answered = delta.answers.get(visit.node_id, ())
            if key in answered or key in declared(visit.node_id):
                return visit.node_id
        return None

    def _failed(self, failure: LeafFailure) -> ExecutionErrorEvent:
        return ExecutionErrorEvent(
            execution_id=self.execution_id,
            tick=self.tick,
            timestamp=self.timestamp,
            error_type=failure.kind,
            error_message=failure.message,
            node_id=failure.node_id,
        )
