"""Doing what `async def` leaves ask for, beside the ticks.

The engine never waits: an async leaf answers RUNNING with a run id, and the work of that run is
done here. A finished run waits until the next tick takes it in (`collect`); a run that the tree no
longer waits for is cancelled, and a result that it gives all the same is dropped and counted.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from py_forest.engine import Registry, Result
from py_forest.engine.registry import default_registry
from py_forest.models.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable, Mapping

    from py_forest.engine import PendingRun

__all__ = ["AsyncLeaves"]

logger = logging.getLogger(__name__)

_Alarm = tuple[asyncio.AbstractEventLoop, asyncio.Event]


class AsyncLeaves:
    """The coroutines of one execution.

    They run on the loop that runs where they are started; where none does, on a loop in a thread of
    its own that all executions share. Safe to use from any thread.

    Args:
        registry: where the actions of runs are looked up; the default one when left out. A run of
            anything but an `async def` is left to whoever answers it.
        is_apart: always use the shared loop, for a caller that blocks the loop it runs on.

    Attributes:
        late: results that came after their run was over.
    """

    def __init__(self, registry: Registry | None = None, *, is_apart: bool = False) -> None:
        self.late = 0
        self._registry = default_registry if registry is None else registry
        self._is_apart = is_apart
        self._lock = threading.Lock()
        self._running: dict[str, _Work] = {}
        self._others: set[str] = set()
        self._ready: dict[str, Result] = {}
        self._wake = threading.Event()
        self._alarms: list[_Alarm] = []

    @property
    def is_working(self) -> bool:
        """Whether a coroutine runs, or a finished one waits for the next tick."""
        with self._lock:
            return bool(self._running or self._ready)

    def collect(self) -> dict[str, Result]:
        """Take the results that came since the last time, by run id, in the order they came."""
        with self._lock:
            ready, self._ready = self._ready, {}
            self._wake.clear()
        return ready

    def follow(self, pending: Iterable[PendingRun]) -> None:
        """Start the runs that are new, and cancel those that are not pending any more."""
        wanted = {run.run_id: run for run in pending}
        with self._lock:
            known = self._running.keys() | self._ready.keys() | self._others
            gone = [
                self._running.pop(each) for each in known - wanted.keys() & self._running.keys()
            ]
            for each in self._ready.keys() - wanted.keys():
                del self._ready[each]
                self.late += 1
            self._others &= wanted.keys()
            alarms = self._rung() if gone and not self._running else []
        for work in gone:
            work.cancel()
        _ring(alarms)
        for run_id, run in wanted.items():
            if run_id not in known:
                self._begin(run)

    def close(self) -> None:
        """Cancel everything."""
        self.follow(())

    def wait(self, timeout_s: float | None = None) -> bool:
        """Block until a result is there; false when none came in time or none will come."""
        if self.is_working:
            self._wake.wait(timeout_s)
        with self._lock:
            return bool(self._ready)

    async def wait_async(self, timeout_s: float) -> None:
        """Wait until a result is there, `timeout_s` at most; one turn of the loop if none works."""
        alarm = asyncio.Event()
        with self._lock:
            is_worth_it = bool(self._running) and not self._ready
            if is_worth_it:
                self._alarms.append((asyncio.get_running_loop(), alarm))
        if not is_worth_it:
            await asyncio.sleep(0)
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await alarm.wait()

    def _begin(self, run: PendingRun) -> None:
        action = self._registry.find(run.action) if run.action else None
        with self._lock:
            if action is None or action.kind != "coroutine":
                self._others.add(run.run_id)
                return
            work = self._running[run.run_id] = _Work(self._loop())
        work.begin(
            lambda: _called(action.callable, run.inputs),
            lambda task: self._finish(run.run_id, work, task),
        )

    def _finish(self, run_id: str, work: _Work, task: asyncio.Task[object]) -> None:
        is_cancelled, result = task.cancelled(), _result_of(task)
        with self._lock:
            if self._running.get(run_id) is not work:
                self.late += not is_cancelled
                return
            del self._running[run_id]
            self._ready[run_id] = result
            alarms = self._rung()
        _ring(alarms)

    def _rung(self) -> list[_Alarm]:
        """Wake up whoever blocks, and return whom to wake up on loops."""
        self._wake.set()
        alarms, self._alarms = self._alarms, []
        return alarms

    def _loop(self) -> asyncio.AbstractEventLoop:
        if not self._is_apart:
            try:
                return asyncio.get_running_loop()
            except RuntimeError:
                pass
        return _shared_loop()


def _ring(alarms: list[_Alarm]) -> None:
    for loop, alarm in alarms:
        # Whoever waited on a loop that is closed waits no more.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(alarm.set)


class _Work:
    """A coroutine on its way, steered from whichever thread ticks."""

    __slots__ = ("_loop", "_task")

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._task: asyncio.Task[object]

    def begin(
        self,
        make: Callable[[], Coroutine[Any, Any, object]],
        done: Callable[[asyncio.Task[object]], None],
    ) -> None:
        """Make the coroutine and run it, both on the loop."""

        def launch() -> None:
            self._task = self._loop.create_task(make())
            self._task.add_done_callback(done)

        self._loop.call_soon_threadsafe(launch)

    def cancel(self) -> None:
        """Cancel it; the loop does so after it has begun it."""
        # A loop that is closed has cancelled what ran on it.
        with suppress(RuntimeError):
            self._loop.call_soon_threadsafe(self._give_up)

    def _give_up(self) -> None:
        self._task.cancel()


async def _called(function: Callable[..., Any], inputs: Mapping[str, Any]) -> object:
    """Await the leaf; calling it in here makes wrong arguments a failure of the leaf as well."""
    answer: object = await function(**inputs)
    return answer


def _result_of(task: asyncio.Task[object]) -> Result:
    try:
        answer = task.result()
    except asyncio.CancelledError:
        return Result(Status.FAILURE, error="the leaf was cancelled from outside the tree")
    except Exception as error:
        # What a leaf raises is its failure, told by the tick; the log keeps where it was raised.
        logger.info("an async leaf raised", exc_info=True)
        return Result(Status.FAILURE, error=f"{type(error).__name__}: {error}")
    return _result_from(answer)


def _result_from(answer: object) -> Result:
    if isinstance(answer, Result):
        return answer
    if answer is None or answer is True:
        return Result(Status.SUCCESS)
    if answer is False:
        return Result(Status.FAILURE)
    if isinstance(answer, Status) and answer is not Status.INVALID:
        return Result(answer)
    return Result(Status.FAILURE, error=f"the leaf answered {answer!r:.100}, which is no status")


_shared_lock = threading.Lock()
_shared: list[asyncio.AbstractEventLoop] = []


def _shared_loop() -> asyncio.AbstractEventLoop:
    with _shared_lock:
        if not _shared:
            loop = asyncio.new_event_loop()
            threading.Thread(target=loop.run_forever, name="async-leaves", daemon=True).start()
            _shared.append(loop)
        return _shared[0]
