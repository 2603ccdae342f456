"""A running tree, with everything that can be seen of it.

`ExecutionInstance` owns one engine execution: it ticks it, folds each record into what is known (an
`Observation`), tells that as events and keeps it in the history. Nothing it reports comes from
anywhere but the record.
"""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal
from uuid import uuid4

from py_forest.core.async_leaves import AsyncLeaves
from py_forest.core.breakpoints import Breakpoints
from py_forest.core.errors import NotTickable
from py_forest.core.events import EventEmitter
from py_forest.core.history import ExecutionHistory, InMemoryHistoryStore
from py_forest.core.layout import layout_of
from py_forest.core.library import named
from py_forest.core.observation import Observation
from py_forest.core.packing import unpack
from py_forest.core.reporting import Reporter
from py_forest.core.tally import Tally
from py_forest.core.ticking import next_time
from py_forest.core.watches import ActiveWatch
from py_forest.engine import Program, compile
from py_forest.kit.clock import SYSTEM_CLOCK, Clock
from py_forest.kit.errors import ExecutionBusy, LeafError
from py_forest.models.executions import (
    ExecutionState,
    ExecutionSummary,
    ReloadResponse,
)
from py_forest.models.fields import id_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime
    from uuid import UUID

    from pydantic import JsonValue

    from py_forest.core.library import TreeSource
    from py_forest.core.observation import TickDelta
    from py_forest.core.packing import PackedSnapshot
    from py_forest.core.ticking import RecordSink
    from py_forest.engine import Execution, Outcome, PendingRun, Registry, Result
    from py_forest.models.executions import Breakpoint, TickResponse, Watch
    from py_forest.models.snapshots import ExecutionSnapshot, RunMode

__all__ = ["ExecutionInstance"]


class ExecutionInstance:
    """One running tree with events, history, breakpoints, watches and hot reload.

    Ticks are serialised: any number of threads may ask for them. Listeners run inside a tick; they
    may pause or stop the execution but not tick or reload it.

    Args:
        tree: the tree, in any of the accepted forms, or a compiled program.
        execution_id: its id; a fresh one when left out.
        tree_id: the id of the tree; by default the one that the tree carries.
        tree_version: the version of the tree; by default the one that its metadata name.
        mode: who will ask for the ticks.
        initial_blackboard: values to start with, over the defaults of the schema.
        seed: seed of every random choice in the tree.
        registry: the actions that the tree may call.
        emitter: where events go; a fresh one when left out.
        enable_history: whether a snapshot of each tick is kept.
        history: where it is kept; in memory, the last 1,000, when left out.
        record_sink: takes in the log, for one that outlives the process.
        clock: tells the time of ticks that are not given one, and stamps events.

    Raises:
        DefinitionInvalid: the tree has problems; all of them are attached.
    """

    def __init__(
        self,
        tree: TreeSource | Program,
        *,
        execution_id: UUID | str | None = None,
        tree_id: str | None = None,
        tree_version: str | None = None,
        mode: RunMode = "manual",
        initial_blackboard: Mapping[str, JsonValue] | None = None,
        seed: int = 0,
        registry: Registry | None = None,
        emitter: EventEmitter | None = None,
        enable_history: bool = True,
        history: ExecutionHistory | None = None,
        record_sink: RecordSink | None = None,
        clock: Clock = SYSTEM_CLOCK,
    ) -> None:
        self.execution_id = str(uuid4()) if execution_id is None else id_text(execution_id)
        self.emitter = EventEmitter() if emitter is None else emitter
        self.mode = mode
        self.history = (
            (history or ExecutionHistory(InMemoryHistoryStore())) if enable_history else None
        )
        self._registry = registry
        self._clock = clock
        self._record_sink = record_sink
        self._lock = threading.RLock()
        self._is_busy = False
        self._stop_reason: str | None = None
        self._state: ExecutionState = "idle"
        self._started_at: datetime | None = None
        self._last_tick_at: datetime | None = None
        self._tick_count = 0
        self._reporter = Reporter(self.execution_id, self.emitter, clock)
        self._breakpoints = Breakpoints()
        self._watches: dict[str, ActiveWatch] = {}
        program = tree if isinstance(tree, Program) else compile(tree, registry)
        self._tree = named(program.definition, program.hash, tree_id, tree_version)
        self._execution: Execution = program.start(
            seed=seed, record=True, blackboard=dict(initial_blackboard or {})
        )
        self._observation = Observation(layout_of(program), self._execution)
        self._async = AsyncLeaves(registry)
        if record_sink is not None:
            record_sink.begin(self._execution.header, program)

    @property
    def program(self) -> Program:
        """The compiled tree."""
        return self._observation.layout.program

    @property
    def state(self) -> ExecutionState:
        """Where the execution stands in its life."""
        return self._state

    @property
    def tick_count(self) -> int:
        """Ticks done so far, over every reload."""
        return self._tick_count

    @property
    def pending(self) -> list[PendingRun]:
        """Work that the tree waits for: async and external leaves, decisions of people."""
        with self._lock:
            return self._execution.pending()

    @property
    def late_results(self) -> int:
        """Results of async leaves that came after their run was over, and were dropped."""
        return self._async.late

    def start(self) -> None:
        """Begin; a first tick does so by itself.

        Raises:
            NotTickable: it runs already, or is paused.
        """
        with self._lock:
            if self._state in ("running", "paused"):
                raise NotTickable(f"execution {self.execution_id} is {self._state} already")
            self._begin()

    def pause(self, reason: str = "") -> None:
        """Take no further ticks until `resume`; a tick under way is finished.

        Raises:
            NotTickable: it does not run.
        """
        with self._lock:
            if self._state != "running":
                raise NotTickable(f"execution {self.execution_id} is {self._state}, not running")
            self._state = "paused"
            self._reporter.paused(reason)

    def resume(self) -> None:
        """Take ticks again.

        Raises:
            NotTickable: it is not paused.
        """
        with self._lock:
            if self._state != "paused":
                raise NotTickable(f"execution {self.execution_id} is {self._state}, not paused")
            self._state = "running"
            self._reporter.resumed()

    def stop(self, reason: str = "") -> None:
        """Halt the tree and take no further ticks until `start`; stopping again does nothing."""
        with self._lock:
            if self._is_busy:
                # A listener asks from inside a tick: the tick is finished first.
                self._stop_reason = reason
            elif self._state != "stopped":
                self._halt(reason)

    def tick(
        self,
        count: int = 1,
        *,
        updates: Mapping[str, JsonValue] | None = None,
        results: Mapping[str, Result] | None = None,
        now: float | None = None,
        capture_snapshot: bool = False,
    ) -> TickResponse:
        """Tick the tree; fewer times than asked for when it is paused or stopped meanwhile.

        Args:
            count: how often, >= 1.
            updates: blackboard values to set before the first tick.
            results: outcomes of outside work, by run id, delivered with the first tick.
            now: UTC seconds of the first tick, not before the last one; by default the clock's.
            capture_snapshot: whether the response holds the whole state.

        Raises:
            NotTickable: it is paused or stopped.
            ExecutionBusy: a listener asks from inside a tick.
            ValueError: an argument is not what it must be.
            LeafError: a leaf raised, and the tree says that this ends the tick.
        """
        if count < 1:
            raise ValueError(f"at least one tick, not {count}")
        tally = Tally()
        with self._lock:
            try:
                with self._exclusively():
                    if self._state not in ("idle", "running"):
                        raise NotTickable(f"execution {self.execution_id} is {self._state}")
                    if self._state == "idle":
                        self._begin()
                    self._tick_once(tally, count, updates, results, now)
                    while tally.ticks < count and self._goes_on():
                        self._tick_once(tally, count, None, None, None)
            finally:
                if self._stop_reason is not None and not self._is_busy:
                    self._halt(self._stop_reason)
            return tally.response(
                self.summary(),
                self._observation.blackboard(),
                unpack(self._packed()) if capture_snapshot else None,
            )

    def reload_tree(
        self,
        new_tree_def: TreeSource,
        preserve_blackboard: bool = True,
        *,
        tree_id: str | None = None,
        tree_version: str | None = None,
    ) -> ReloadResponse:
        """Replace the tree and go on: same id, same tick count, same history, same listeners.

        The new tree is checked first; when it is not good, the old one lives on as it was. Nodes
        with the same id and type keep their state, running nodes that are gone are halted.

        Args:
            new_tree_def: the new tree, in any of the accepted forms.
            preserve_blackboard: keep the values; otherwise start from the new defaults.
            tree_id: the id of the new tree; by default the one that it carries.
            tree_version: its version; by default the one that its metadata name.

        Returns:
            The execution as it is now, with a warning for each value that could not be kept.

        Raises:
            DefinitionInvalid: the new tree has problems.
            ExecutionBusy: a listener asks from inside a tick.
        """
        program = compile(new_tree_def, self._registry)
        with self._exclusively():
            self._execution, report = self._execution.reload(
                program, preserve_blackboard=preserve_blackboard
            )
            warnings = tuple(f"{key}: {why}" for key, why in report.lost_keys.items())
            self._reporter.told(self._observation, self._observation.compare(self._execution))
            self._observation.rebase(layout_of(program), self._execution)
            self._async.follow(self._execution.pending())
            if self._record_sink is not None:
                self._record_sink.begin(self._execution.header, program)
            self._breakpoints.keep(self._observation.layout)
            old, self._tree = (
                self._tree,
                named(program.definition, program.hash, tree_id, tree_version),
            )
            self._reporter.reloaded(
                (old.tree_id, old.version),
                (self._tree.tree_id, self._tree.version),
                preserve_blackboard,
                warnings,
            )
            return ReloadResponse(**self.summary().model_dump(), warnings=warnings)

    def set_breakpoint(
        self, node_id: UUID | str, condition: str | None = None, *, is_enabled: bool = True
    ) -> None:
        """Pause the execution after each tick that passes a node.

        Args:
            node_id: the node, anywhere in the tree.
            condition: an expression over the blackboard that must hold too.
            is_enabled: whether it counts.

        Raises:
            NodeNotFound: the tree has no such node.
            DefinitionInvalid: the condition is not an expression.
        """
        with self._lock:
            layout = self._observation.layout
            self._breakpoints.set(layout, id_text(node_id), condition, is_enabled)

    def remove_breakpoint(self, node_id: UUID | str) -> bool:
        """Remove the breakpoint of a node; say whether there was one."""
        with self._lock:
            return self._breakpoints.remove(id_text(node_id))

    @property
    def breakpoints(self) -> tuple[Breakpoint, ...]:
        """The breakpoints, with the number of times they were hit."""
        return self._breakpoints.all()

    def add_watch(self, watch: Watch) -> str:
        """Report when a key begins to meet a condition; see `ActiveWatch`.

        Returns:
            A name to take it off with.
        """
        with self._lock:
            name = f"{watch.key} {watch.condition} {len(self._watches) + 1}"
            self._watches[name] = ActiveWatch(watch, self._observation.get(watch.key))
            return name

    def remove_watch(self, name: str) -> bool:
        """Take a watch off; say whether it was there."""
        with self._lock:
            return self._watches.pop(name, None) is not None

    def summary(self) -> ExecutionSummary:
        """Return one line about the execution."""
        return ExecutionSummary(
            execution_id=self.execution_id,
            tree_id=self._tree.tree_id,
            tree_name=self._tree.name,
            tree_version=self._tree.version,
            status=self._observation.root_name,
            state=self._state,
            mode=self.mode,
            tick_count=self.tick_count,
            started_at=self._started_at,
            last_tick_at=self._last_tick_at,
            is_running=self._state == "running",
        )

    def snapshot(self) -> ExecutionSnapshot:
        """Return everything about the execution as it is now."""
        with self._lock:
            return unpack(self._packed())

    def why(self, node_id: UUID | str) -> str:
        """Say in words why a node has the status it has."""
        with self._lock:
            return self._execution.why(id_text(node_id))

    def complete(self, ticks: int, reason: Literal["terminal", "max_ticks"]) -> None:
        """Say that a run came to its end; the execution is idle then, and can be started again."""
        with self._lock:
            self._state = "idle"
            self._reporter.completed(self._observation, ticks, reason)

    def wait_for_leaves(self, timeout_s: float) -> bool:
        """Block until an async leaf has an answer; false when none did in time or none works."""
        return self._async.wait(timeout_s)

    async def wait_for_leaves_async(self, timeout_s: float) -> None:
        """Wait until an async leaf has an answer, `timeout_s` at most; one turn if none works."""
        await self._async.wait_async(timeout_s)

    def close(self) -> None:
        """Halt the tree, end its leaves and cancel what they do; the end of the execution."""
        self.stop("closed")
        with self._lock:
            self._async.close()
            self._execution.close()

    @contextmanager
    def _exclusively(self) -> Iterator[None]:
        with self._lock:
            if self._is_busy:
                raise ExecutionBusy(
                    f"execution {self.execution_id} is in a tick; its listeners cannot ask for that"
                )
            self._is_busy = True
            try:
                yield
            finally:
                self._is_busy = False

    def _begin(self) -> None:
        self._state = "running"
        self._started_at = self._clock.utc()
        self._reporter.started("manual" if self.mode == "single_shot" else self.mode)

    def _goes_on(self) -> bool:
        return self._state == "running" and self._stop_reason is None

    def _tick_once(
        self,
        tally: Tally,
        count: int,
        updates: Mapping[str, JsonValue] | None,
        results: Mapping[str, Result] | None,
        now: float | None,
    ) -> None:
        self._reporter.tick = self.tick_count + 1
        self._reporter.tick_started(count)
        raised: LeafError | None = None
        try:
            outcome = self._execution.tick(
                updates,
                now=next_time(self._execution, self._clock) if now is None else now,
                results={**self._async.collect(), **(results or {})},
            )
        except LeafError as error:
            # The tick itself has ended in order and is told like any other.
            raised, outcome = error, vars(error)["outcome"]
        except ValueError as error:
            self._reporter.failed(error)
            self._reporter.tick = self.tick_count
            raise
        self._last_tick_at = self._clock.utc()
        tally.add(outcome)
        delta = self._take(outcome)
        for watch in self._watches.values():
            value = self._observation.get(watch.watch.key)
            if watch.fires(value):
                self._reporter.watch_fired(watch.watch, value)
        hits = self._breakpoints.hits(delta.visits, self._observation)
        for hit in hits:
            self._reporter.breakpoint_hit(hit, self._observation)
        if self.history is not None:
            self.history.record_packed(self._packed())
        self._reporter.tick_completed(self._observation, delta, tally.ticks)
        if hits and self._state == "running":
            self.pause(f"breakpoint at {hits[0].node_id}")
        if raised is not None:
            raise raised

    def _take(self, outcome: Outcome) -> TickDelta:
        """Take in what a tick or halt of the engine left behind."""
        # There always is one: the execution was started with records on.
        record = outcome.record or b""
        if self._record_sink is not None:
            self._record_sink.append(record)
        # Kept here, so that nobody has to ask an engine that is in a tick.
        self._tick_count = self._execution.tick_count
        delta = self._observation.fold(record, self._execution.tip)
        self._async.follow(self._execution.pending())
        self._reporter.told(self._observation, delta)
        return delta

    def _halt(self, reason: str) -> None:
        self._stop_reason = None
        # First of all, so that whoever waits for a leaf and is woken up does not tick again.
        self._state = "stopped"
        self._take(self._execution.halt())
        self._reporter.stopped(reason)

    def _packed(self) -> PackedSnapshot:
        return self._observation.pack(
            execution_id=self.execution_id,
            tree_id=self._tree.tree_id,
            tree_version=self._tree.version,
            tick=self.tick_count,
            timestamp=self._clock.utc(),
            mode=self.mode,
            is_running=self._state == "running",
        )
