"""What an execution looked like after each of its ticks.

A `HistoryStore` keeps snapshots, one per execution and tick; `ExecutionHistory` is what the rest of
the platform asks. `InMemoryHistoryStore` is the store of a process without a database.
"""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections import OrderedDict
from typing import TYPE_CHECKING, Final

from py_forest.core.changes import changes_between
from py_forest.core.errors import TickNotFound
from py_forest.core.packing import PackedSnapshot, pack, unpack
from py_forest.kit.clock import SYSTEM_CLOCK, Clock
from py_forest.models.fields import id_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from uuid import UUID

    from py_forest.models.snapshots import ExecutionSnapshot, HistoryChanges

__all__ = ["BoundHistory", "ExecutionHistory", "HistoryStore", "InMemoryHistoryStore"]

DEFAULT_MAX_SNAPSHOTS: Final = 1000


class HistoryStore(ABC):
    """Where snapshots are kept, by execution and tick."""

    @abstractmethod
    def add_snapshot(self, snapshot: ExecutionSnapshot) -> None:
        """Keep a snapshot; one of the same execution and tick is replaced."""

    @abstractmethod
    def get_snapshot(self, execution_id: UUID | str, tick: int) -> ExecutionSnapshot | None:
        """Return the snapshot of a tick, or None when there is none."""

    @abstractmethod
    def get_range(self, execution_id: UUID | str, start: int, end: int) -> list[ExecutionSnapshot]:
        """Return the snapshots of ticks `start` to `end`, both included, by tick."""

    @abstractmethod
    def get_all(self, execution_id: UUID | str) -> list[ExecutionSnapshot]:
        """Return all snapshots of an execution, by tick."""

    @abstractmethod
    def get_latest(self, execution_id: UUID | str) -> ExecutionSnapshot | None:
        """Return the snapshot of the newest tick, or None when there is none."""

    @abstractmethod
    def clear(self, execution_id: UUID | str) -> int:
        """Forget an execution; return how many snapshots that were."""

    @abstractmethod
    def count(self, execution_id: UUID | str) -> int:
        """Return how many snapshots of an execution there are."""

    def add_packed(self, packed: PackedSnapshot) -> None:
        """Keep a snapshot that comes packed; a store that packs takes it as it is."""
        self.add_snapshot(unpack(packed))


class _Shelf:
    """The snapshots of one execution."""

    __slots__ = ("by_tick", "last_used", "limit")

    def __init__(self, limit: int, now: float) -> None:
        # Unlike a dict's, its first entry is found at once however many went before.
        self.by_tick: OrderedDict[int, PackedSnapshot] = OrderedDict()
        self.limit = limit
        self.last_used = now

    def newest(self) -> PackedSnapshot | None:
        return self.by_tick[next(reversed(self.by_tick))] if self.by_tick else None

    def put(self, packed: PackedSnapshot) -> None:
        newest = self.newest()
        self.by_tick[packed.tick] = packed
        if newest is not None and packed.tick < newest.tick:
            # Ticks come in order except by hand, so a sort here is rare.
            self.by_tick = OrderedDict(sorted(self.by_tick.items()))
        self.trim()

    def trim(self) -> None:
        while len(self.by_tick) > self.limit:
            self.drop_oldest()

    def drop_oldest(self) -> None:
        self.by_tick.popitem(last=False)


class InMemoryHistoryStore(HistoryStore):
    """Keeps snapshots in memory, bounded in every direction; safe to use from any thread.

    Looking up a tick takes the same time however many there are. Within an execution the oldest
    tick goes first; across executions, where `max_total` is set, the execution that nobody wrote or
    read for the longest.

    Args:
        max_snapshots: snapshots per execution, >= 1.
        max_total: snapshots of all executions together; unlimited when left out.
        max_age_s: seconds without use after which an execution is forgotten; never when left out.
        clock: tells the time for `max_age_s`.

    Raises:
        ValueError: a limit is out of range.
    """

    def __init__(
        self,
        max_snapshots: int = DEFAULT_MAX_SNAPSHOTS,
        *,
        max_total: int | None = None,
        max_age_s: float | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        _check_limit(max_snapshots)
        if max_total is not None:
            _check_limit(max_total)
        if max_age_s is not None and not max_age_s > 0:
            raise ValueError(f"max_age_s is a time in seconds above 0, not {max_age_s}")
        self._max_snapshots = max_snapshots
        self._max_total = max_total
        self._max_age_s = max_age_s
        self._clock = clock
        self._lock = threading.Lock()
        # In the order of their last use, the least recent first.
        self._shelves: OrderedDict[str, _Shelf] = OrderedDict()
        self._limits: dict[str, int] = {}
        self._total = 0

    def add_snapshot(self, snapshot: ExecutionSnapshot) -> None:
        """Keep a snapshot; one of the same execution and tick is replaced."""
        with self._lock:
            shelf = self._shelves.get(snapshot.execution_id)
            self._put(pack(snapshot, None if shelf is None else shelf.newest()))

    def add_packed(self, packed: PackedSnapshot) -> None:
        """Keep a packed snapshot; one of the same execution and tick is replaced."""
        with self._lock:
            self._put(packed)

    def get_snapshot(self, execution_id: UUID | str, tick: int) -> ExecutionSnapshot | None:
        """Return the snapshot of a tick, or None when there is none."""
        with self._lock:
            shelf = self._use(execution_id)
            packed = None if shelf is None else shelf.by_tick.get(tick)
        return None if packed is None else unpack(packed)

    def get_range(self, execution_id: UUID | str, start: int, end: int) -> list[ExecutionSnapshot]:
        """Return the snapshots of ticks `start` to `end`, both included, by tick."""
        with self._lock:
            shelf = self._use(execution_id)
            found = [] if shelf is None else _between(shelf.by_tick, start, end)
        return [unpack(packed) for packed in found]

    def get_all(self, execution_id: UUID | str) -> list[ExecutionSnapshot]:
        """Return all snapshots of an execution, by tick."""
        with self._lock:
            shelf = self._use(execution_id)
            found = [] if shelf is None else list(shelf.by_tick.values())
        return [unpack(packed) for packed in found]

    def get_latest(self, execution_id: UUID | str) -> ExecutionSnapshot | None:
        """Return the snapshot of the newest tick, or None when there is none."""
        with self._lock:
            shelf = self._use(execution_id)
            packed = None if shelf is None else shelf.newest()
        return None if packed is None else unpack(packed)

    def clear(self, execution_id: UUID | str) -> int:
        """Forget an execution and its own limit; return how many snapshots that were."""
        with self._lock:
            self._limits.pop(id_text(execution_id), None)
            return self._forget(id_text(execution_id))

    def count(self, execution_id: UUID | str) -> int:
        """Return how many snapshots of an execution there are."""
        with self._lock:
            self._expire()
            shelf = self._shelves.get(id_text(execution_id))
            return 0 if shelf is None else len(shelf.by_tick)

    def set_limit(self, execution_id: UUID | str, max_snapshots: int) -> None:
        """Give one execution a limit of its own, which holds at once.

        Args:
            execution_id: the execution, whether or not it has snapshots yet.
            max_snapshots: snapshots to keep of it, >= 1.

        Raises:
            ValueError: `max_snapshots` is below 1.
        """
        _check_limit(max_snapshots)
        with self._lock:
            self._limits[id_text(execution_id)] = max_snapshots
            shelf = self._shelves.get(id_text(execution_id))
            if shelf is not None:
                self._total -= len(shelf.by_tick)
                shelf.limit = max_snapshots
                shelf.trim()
                self._total += len(shelf.by_tick)

    def cleanup(self) -> int:
        """Forget executions that are over age; return how many.

        Every use of the store does so too; this is for a store that nobody uses for a while.
        """
        with self._lock:
            return self._expire()

    def _put(self, packed: PackedSnapshot) -> None:
        self._expire()
        shelf = self._shelves.get(packed.execution_id)
        now = self._clock.now()
        if shelf is None:
            limit = self._limits.get(packed.execution_id, self._max_snapshots)
            shelf = self._shelves[packed.execution_id] = _Shelf(limit, now)
        self._total -= len(shelf.by_tick)
        shelf.put(packed)
        self._total += len(shelf.by_tick)
        shelf.last_used = now
        self._shelves.move_to_end(packed.execution_id)
        while self._max_total is not None and self._total > self._max_total:
            self._evict(packed.execution_id)

    def _evict(self, current: str) -> None:
        oldest = next(iter(self._shelves))
        if oldest != current:
            self._forget(oldest)
        else:
            self._shelves[current].drop_oldest()
            self._total -= 1

    def _use(self, execution_id: UUID | str) -> _Shelf | None:
        self._expire()
        shelf = self._shelves.get(id_text(execution_id))
        if shelf is not None:
            shelf.last_used = self._clock.now()
            self._shelves.move_to_end(id_text(execution_id))
        return shelf

    def _expire(self) -> int:
        if self._max_age_s is None:
            return 0
        forgotten = 0
        too_old = self._clock.now() - self._max_age_s
        while self._shelves:
            execution_id, shelf = next(iter(self._shelves.items()))
            if shelf.last_used >= too_old:
                break
            self._forget(execution_id)
            forgotten += 1
        return forgotten

    def _forget(self, execution_id: str) -> int:
        shelf = self._shelves.pop(execution_id, None)
        removed = 0 if shelf is None else len(shelf.by_tick)
        self._total -= removed
        return removed


class ExecutionHistory:
    """The history of all executions of a process, over a store.

    Args:
        store: where the snapshots are kept.
    """

    def __init__(self, store: HistoryStore) -> None:
        self.store = store

    def record_snapshot(self, snapshot: ExecutionSnapshot) -> None:
        """Keep a snapshot; executions do this by themselves after every tick."""
        self.store.add_snapshot(snapshot)

    def record_packed(self, packed: PackedSnapshot) -> None:
        """Keep a snapshot that comes packed."""
        self.store.add_packed(packed)

    def get_all(self, execution_id: UUID | str) -> list[ExecutionSnapshot]:
        """Return all snapshots of an execution, by tick."""
        return self.store.get_all(execution_id)

    def get_tick(self, execution_id: UUID | str, tick: int) -> ExecutionSnapshot | None:
        """Return the snapshot of a tick, or None when there is none."""
        return self.store.get_snapshot(execution_id, tick)

    def get_range(self, execution_id: UUID | str, start: int, end: int) -> list[ExecutionSnapshot]:
        """Return the snapshots of ticks `start` to `end`, both included, by tick.

        Raises:
            ValueError: `start` is after `end`.
        """
        if start > end:
            raise ValueError(f"a range of ticks goes forward, not from {start} to {end}")
        return self.store.get_range(execution_id, start, end)

    def get_latest(self, execution_id: UUID | str) -> ExecutionSnapshot | None:
        """Return the snapshot of the newest tick, or None when there is none."""
        return self.store.get_latest(execution_id)

    def get_changes(self, execution_id: UUID | str, from_tick: int, to_tick: int) -> HistoryChanges:
        """Say what differs between two ticks, in either order.

        Returns:
            `status_changes` of the execution, `blackboard_changes` and `node_changes`, each a list,
            each always there.

        Raises:
            TickNotFound: one of the ticks is not in the history.
        """
        return changes_between(
            self._existing(execution_id, from_tick), self._existing(execution_id, to_tick)
        )

    def clear(self, execution_id: UUID | str) -> int:
        """Forget an execution; return how many snapshots that were."""
        return self.store.clear(execution_id)

    def count(self, execution_id: UUID | str) -> int:
        """Return how many snapshots of an execution there are."""
        return self.store.count(execution_id)

    def for_execution(self, execution_id: UUID | str) -> BoundHistory:
        """Return the history of one execution, with the short forms."""
        return BoundHistory(self, id_text(execution_id))

    def _existing(self, execution_id: UUID | str, tick: int) -> ExecutionSnapshot:
        snapshot = self.store.get_snapshot(execution_id, tick)
        if snapshot is None:
            raise TickNotFound(f"tick {tick} of execution {execution_id} is not in the history")
        return snapshot


class BoundHistory:
    """The history of one execution; made by `ExecutionHistory.for_execution`."""

    def __init__(self, history: ExecutionHistory, execution_id: str) -> None:
        self._history = history
        self.execution_id = execution_id

    def get_all(self) -> list[ExecutionSnapshot]:
        """Return all snapshots, by tick."""
        return self._history.get_all(self.execution_id)

    def get_snapshot(self, tick: int) -> ExecutionSnapshot | None:
        """Return the snapshot of a tick, or None when there is none."""
        return self._history.get_tick(self.execution_id, tick)

    get_tick = get_snapshot

    def get_range(self, start: int, end: int) -> list[ExecutionSnapshot]:
        """Return the snapshots of ticks `start` to `end`; see `ExecutionHistory.get_range`."""
        return self._history.get_range(self.execution_id, start, end)

    def get_latest(self) -> ExecutionSnapshot | None:
        """Return the snapshot of the newest tick, or None when there is none."""
        return self._history.get_latest(self.execution_id)

    def get_changes(self, from_tick: int, to_tick: int) -> HistoryChanges:
        """Say what differs between two ticks; see `ExecutionHistory.get_changes`."""
        return self._history.get_changes(self.execution_id, from_tick, to_tick)

    def clear(self) -> int:
        """Forget the execution; return how many snapshots that were."""
        return self._history.clear(self.execution_id)

    def count(self) -> int:
        """Return how many snapshots there are."""
        return self._history.count(self.execution_id)


def _between(by_tick: dict[int, PackedSnapshot], start: int, end: int) -> list[PackedSnapshot]:
    ticks: Iterable[int] = (
        range(start, end + 1)
        if end - start < len(by_tick)
        else (tick for tick in by_tick if start <= tick <= end)
    )
    return [by_tick[tick] for tick in ticks if tick in by_tick]


def _check_limit(limit: int) -> None:
    if limit < 1:
        raise ValueError(f"a history keeps at least one snapshot, not {limit}")
