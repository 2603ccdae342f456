"""The executions of a process.

`ExecutionService` makes, finds and ends them, each an `ExecutionInstance`.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from py_forest.core.errors import ExecutionNotFound, HistoryDisabled
from py_forest.core.history import ExecutionHistory, HistoryStore, InMemoryHistoryStore
from py_forest.core.instance import ExecutionInstance
from py_forest.engine import Result
from py_forest.kit.clock import SYSTEM_CLOCK, Clock
from py_forest.models.executions import (
    ExecutionConfig,
    ExecutionSummary,
    ReloadResponse,
    ResultDelivery,
    TickRequest,
    TickResponse,
)
from py_forest.models.fields import id_text
from py_forest.models.status import Status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from uuid import UUID

    from pydantic import JsonValue

    from py_forest.core.library import TreeLibrary, TreeSource
    from py_forest.engine import Registry
    from py_forest.models.snapshots import ExecutionSnapshot, HistoryChanges

__all__ = ["ExecutionInstance", "ExecutionService"]

DEFAULT_MAX_SNAPSHOTS = 1000


class ExecutionService:
    """The executions of a process, by id; safe to use from any thread.

    Args:
        tree_library: where trees come from.
        enable_history: whether a snapshot of every tick is kept.
        max_history_snapshots: how many, for each execution.
        history_store: where; in memory when left out.
        registry: the actions that trees may call.
        clock: tells the time.
    """

    def __init__(
        self,
        tree_library: TreeLibrary,
        enable_history: bool = True,
        max_history_snapshots: int = DEFAULT_MAX_SNAPSHOTS,
        *,
        history_store: HistoryStore | None = None,
        registry: Registry | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        store = history_store or InMemoryHistoryStore(max_history_snapshots, clock=clock)
        self._library = tree_library
        self._history = ExecutionHistory(store) if enable_history else None
        self._registry = registry
        self._clock = clock
        self._lock = threading.Lock()
        self._instances: dict[str, ExecutionInstance] = {}

    def create(
        self,
        config: ExecutionConfig | str,
        *,
        execution_id: UUID | str | None = None,
        initial_blackboard: Mapping[str, JsonValue] | None = None,
    ) -> ExecutionInstance:
        """Make an execution of a tree of the library.

        Args:
            config: what to run and how, or only the id of the tree.
            execution_id: the id of the execution; a fresh one when left out.
            initial_blackboard: values to start with, over those of `config`.

        Raises:
            TreeNotFound: the library has no such tree.
            DefinitionInvalid: the tree has problems.
            ValueError: there is an execution of this id already.
        """
        if isinstance(config, str):
            config = ExecutionConfig(tree_id=config)
        instance = ExecutionInstance(
            self._library.get_tree(config.tree_id, config.tree_version),
            execution_id=execution_id,
            tree_id=config.tree_id,
            tree_version=config.tree_version,
            mode=config.mode,
            initial_blackboard={**config.initial_blackboard, **(initial_blackboard or {})},
            seed=config.seed,
            registry=self._registry,
            enable_history=self._history is not None,
            history=self._history,
            clock=self._clock,
        )
        with self._lock:
            if instance.execution_id in self._instances:
                raise ValueError(f"there is an execution {instance.execution_id} already")
            self._instances[instance.execution_id] = instance
        return instance

    def get(self, execution_id: UUID | str) -> ExecutionInstance:
        """Return an execution.

        Raises:
            ExecutionNotFound: there is none of this id.
        """
        with self._lock:
            instance = self._instances.get(id_text(execution_id))
        if instance is None:
            raise ExecutionNotFound(f"there is no execution {execution_id}")
        return instance

    def delete(self, execution_id: UUID | str) -> None:
        """End an execution and forget it and its history.

        Raises:
            ExecutionNotFound: there is none of this id.
        """
        instance = self.get(execution_id)
        with self._lock:
            self._instances.pop(instance.execution_id, None)
        instance.close()
        if self._history is not None:
            self._history.clear(instance.execution_id)

    def tick(self, execution_id: UUID | str, request: TickRequest | int = 1) -> TickResponse:
        """Tick an execution.

        Args:
            execution_id: which one.
            request: what to do, or only how often to tick.

        Raises:
            ExecutionNotFound: there is none of this id.
            NotTickable: it is paused or stopped.
        """
        if isinstance(request, int):
            request = TickRequest(count=request)
        return self.get(execution_id).tick(
            request.count,
            updates=request.blackboard_updates,
            results={run_id: _result(each) for run_id, each in request.results.items()},
            now=request.now,
            capture_snapshot=request.capture_snapshot,
        )

    def reload_tree(
        self, execution_id: UUID | str, tree_def: TreeSource, preserve_blackboard: bool = True
    ) -> ReloadResponse:
        """Replace the tree of an execution; see `ExecutionInstance.reload_tree`."""
        return self.get(execution_id).reload_tree(tree_def, preserve_blackboard)

    def get_history(self, execution_id: UUID | str) -> list[ExecutionSnapshot]:
        """Return all snapshots of an execution, by tick.

        Raises:
            ExecutionNotFound: there is no execution of this id.
            HistoryDisabled: no history is kept.
        """
        return self._history_of(execution_id).get_all(execution_id)

    def get_history_snapshot(self, execution_id: UUID | str, tick: int) -> ExecutionSnapshot | None:
        """Return the snapshot of a tick, or None; raises as `get_history` does."""
        return self._history_of(execution_id).get_tick(execution_id, tick)

    def get_history_range(
        self, execution_id: UUID | str, start: int, end: int
    ) -> list[ExecutionSnapshot]:
        """Return the snapshots of ticks `start` to `end`, both included.

        Raises:
            ValueError: `start` is after `end`, or no history is kept.
            ExecutionNotFound: there is no execution of this id.
        """
        return self._history_of(execution_id).get_range(execution_id, start, end)

    def get_history_changes(
        self, execution_id: UUID | str, from_tick: int, to_tick: int
    ) -> HistoryChanges:
        """Say what differs between two ticks; see `ExecutionHistory.get_changes`."""
        return self._history_of(execution_id).get_changes(execution_id, from_tick, to_tick)

    def list(self) -> list[ExecutionSummary]:
        """Return one line about each execution, the oldest first."""
        with self._lock:
            instances = tuple(self._instances.values())
        return [each.summary() for each in instances]

    def _history_of(self, execution_id: UUID | str) -> ExecutionHistory:
        self.get(execution_id)
        if self._history is None:
            raise HistoryDisabled("this service keeps no history: it was made without")
        return self._history


def _result(delivery: ResultDelivery) -> Result:
    return Result(Status[delivery.status], dict(delivery.writes), delivery.error, delivery.feedback)
