"""One fresh execution, run to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from py_forest.core.async_leaves import AsyncLeaves
from py_forest.core.tally import failures_of
from py_forest.core.ticking import next_time
from py_forest.kit.clock import SYSTEM_CLOCK, Clock
from py_forest.models.executions import SingleShotResult
from py_forest.models.fields import STATUS_NAMES
from py_forest.models.status import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pydantic import JsonValue

    from py_forest.core.ticking import RecordSink
    from py_forest.engine import Execution, Outcome, Program, Registry
    from py_forest.models.executions import TickFailure

__all__ = ["run_single_shot"]

DEFAULT_MAX_ITERATIONS: Final = 100
LONGEST_WAIT_S: Final = 60.0


def run_single_shot(
    program: Program,
    updates: Mapping[str, JsonValue] | None = None,
    max_iterations: int = DEFAULT_MAX_ITERATIONS,
    *,
    seed: int = 0,
    registry: Registry | None = None,
    record_sink: RecordSink | None = None,
    clock: Clock = SYSTEM_CLOCK,
    max_wait_s: float = LONGEST_WAIT_S,
) -> SingleShotResult:
    """Start a program from its defaults, tick it to completion, and keep nothing.

    Blocks while `async def` leaves work; a leaf that waits for an answer from outside gets none, so
    its tree runs out of iterations.

    Args:
        program: the compiled tree.
        updates: blackboard values to set before the first tick.
        max_iterations: ticks at most, >= 1.
        seed: seed of every random choice.
        registry: the actions that the tree may call.
        record_sink: takes in the log.
        clock: tells the time.
        max_wait_s: seconds at most between two ticks while `async def` leaves work.

    Returns:
        How it ended; FAILURE, with a sentence, when the tree was still RUNNING after all of them.

    Raises:
        ValueError: `max_iterations` is below 1, or an update is not what it must be.
    """
    if max_iterations < 1:
        raise ValueError(f"a run has at least one iteration, not {max_iterations}")
    execution = program.start(seed=seed, record=record_sink is not None)
    leaves = AsyncLeaves(registry, is_apart=True)
    if record_sink is not None:
        record_sink.begin(execution.header, program)
    errors: list[TickFailure] = []

    def tick(given: Mapping[str, JsonValue] | None) -> Outcome:
        outcome = execution.tick(given, now=next_time(execution, clock), results=leaves.collect())
        leaves.follow(execution.pending())
        if record_sink is not None and outcome.record is not None:
            record_sink.append(outcome.record)
        errors.extend(failures_of(outcome))
        return outcome

    try:
        outcome, done = tick(updates), 1
        while outcome.status is Status.RUNNING and done < max_iterations:
            leaves.wait(max_wait_s)
            outcome, done = tick(None), done + 1
        return _result(execution, outcome, done, errors)
    finally:
        leaves.close()
        execution.close()


def _result(
    execution: Execution, outcome: Outcome, done: int, errors: list[TickFailure]
) -> SingleShotResult:
    status, message = outcome.status, ""
    if status is Status.RUNNING:
        status = Status.FAILURE
        waiting = [run.node_id for run in execution.pending()]
        message = f"still RUNNING after {done} iterations" + (
            f", waiting for {', '.join(waiting)}" if waiting else ""
        )
    elif status is Status.FAILURE:
        message = errors[-1].message if outcome.errors else execution.why(execution.tip or "")
    return SingleShotResult(
        status=STATUS_NAMES[status],
        iterations=done,
        feedback_message=message,
        blackboard=execution.blackboard.to_dict(),
        errors=tuple(errors),
    )
