"""Ticking an execution until it is done.

A run ends when the tree succeeds, fails or skips, after `max_ticks`, or when somebody pauses or
stops the execution; the first two are told as `execution_completed`.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

from py_forest.core.errors import NotTickable

if TYPE_CHECKING:
    from py_forest.core.instance import ExecutionInstance
    from py_forest.models.executions import TickResponse

__all__ = ["run", "run_async"]

DEFAULT_MAX_TICKS: Final = 1000
_LONGEST_WAIT_S: Final = 1.0
"""Seconds after which a run ticks even if no leaf has answered: only ticks see timeouts."""


def run(instance: ExecutionInstance, max_ticks: int = DEFAULT_MAX_TICKS) -> TickResponse:
    """Tick until the run ends, without a pause except for `async def` leaves.

    Args:
        instance: what to tick.
        max_ticks: ticks at most, >= 1.

    Returns:
        The response of the last tick.

    Raises:
        NotTickable: the execution is paused or stopped.
        ValueError: `max_ticks` is below 1.
    """
    _check(max_ticks)
    instance.mode = "auto"
    response, done = instance.tick(), 1
    while not _is_over(instance, response, done, max_ticks):
        instance.wait_for_leaves(_LONGEST_WAIT_S)
        response, done = _again(instance, response), done + 1
    return response


async def run_async(
    instance: ExecutionInstance,
    max_ticks: int | None = None,
    *,
    interval_s: float | None = None,
) -> TickResponse:
    """Tick until the run ends, beside whatever else the loop does.

    Args:
        instance: what to tick; the ticks run on this loop's thread.
        max_ticks: ticks at most, >= 1; no limit when left out.
        interval_s: seconds from tick to tick, counted from the first one, so that delays do not add
            up; ticks that come too late are left out. Without it the run waits for `async def`
            leaves only.

    Returns:
        The response of the last tick.

    Raises:
        NotTickable: the execution is paused or stopped.
        ValueError: an argument is out of range.
    """
    if max_ticks is not None:
        _check(max_ticks)
    if interval_s is not None and not interval_s > 0:
        raise ValueError(f"an interval is a time in seconds above 0, not {interval_s}")
    instance.mode = "auto" if interval_s is None else "interval"
    loop = asyncio.get_running_loop()
    due = loop.time()
    response, done = instance.tick(), 1
    while not _is_over(instance, response, done, max_ticks):
        if interval_s is None:
            await instance.wait_for_leaves_async(_LONGEST_WAIT_S)
        else:
            due = max(due + interval_s, loop.time() - interval_s)
            await asyncio.sleep(due - loop.time())
        response, done = _again(instance, response), done + 1
    return response


def _again(instance: ExecutionInstance, last: TickResponse) -> TickResponse:
    """Tick, unless somebody paused or stopped the execution while the run waited."""
    try:
        return instance.tick()
    except NotTickable:
        return last


def _is_over(
    instance: ExecutionInstance, response: TickResponse, done: int, max_ticks: int | None
) -> bool:
    if instance.state != "running":
        return True
    if response.root_status != "RUNNING":
        instance.complete(done, "terminal")
        return True
    if done == max_ticks:
        instance.complete(done, "max_ticks")
        return True
    return False


def _check(max_ticks: int) -> None:
    if max_ticks < 1:
        raise ValueError(f"a run has at least one tick, not {max_ticks}")
