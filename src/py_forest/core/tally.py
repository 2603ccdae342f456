"""What the ticks of one request did, added up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from py_forest.models.executions import TickFailure, TickResponse

if TYPE_CHECKING:
    from pydantic import JsonValue

    from py_forest.engine import Outcome
    from py_forest.models.executions import ExecutionSummary
    from py_forest.models.snapshots import ExecutionSnapshot

__all__ = ["Tally", "failures_of"]


@dataclass(slots=True)
class Tally:
    """The sum of some outcomes.

    Attributes:
        ticks: how many there were.
    """

    ticks: int = 0
    _changed: dict[str, Any] = field(default_factory=dict)
    _unread: dict[str, None] = field(default_factory=dict)
    _dropped: list[str] = field(default_factory=list)
    _errors: list[TickFailure] = field(default_factory=list)

    def add(self, outcome: Outcome) -> None:
        """Add the outcome of a tick."""
        self.ticks += 1
        self._changed.update(outcome.changed)
        self._unread.update(dict.fromkeys(outcome.unread))
        self._dropped.extend(outcome.dropped)
        self._errors.extend(failures_of(outcome))

    def response(
        self,
        summary: ExecutionSummary,
        blackboard: dict[str, JsonValue],
        snapshot: ExecutionSnapshot | None,
    ) -> TickResponse:
        """Return the answer to the request.

        Args:
            summary: the execution after the last tick.
            blackboard: its values.
            snapshot: its whole state, where that was asked for.
        """
        return TickResponse(
            execution_id=summary.execution_id,
            ticks_executed=self.ticks,
            new_tick_count=summary.tick_count,
            root_status=summary.status,
            status=summary.status,
            blackboard=blackboard,
            changed=self._changed,
            unread=tuple(self._unread),
            dropped=tuple(self._dropped),
            errors=tuple(self._errors),
            state=summary.state,
            snapshot=snapshot,
        )


def failures_of(outcome: Outcome) -> list[TickFailure]:
    """Return the failures of a tick as they go over the wire."""
    return [
        TickFailure(node_id=each.node_id, message=each.message, kind=each.kind)
        for each in outcome.errors
    ]
