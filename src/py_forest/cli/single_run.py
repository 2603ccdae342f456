"""Running one execution from the command line: ticking, recording, answering, telling."""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, cast

from py_forest.cli import exits, terminal
from py_forest.cli.answers import Answers
from py_forest.cli.failures import UsageFailed
from py_forest.cli.run_views import PlainView, QuietView, View, watching
from py_forest.core.async_leaves import AsyncLeaves
from py_forest.core.logfile import LogWriter
from py_forest.kit.clock import SYSTEM_CLOCK
from py_forest.kit.errors import LeafError
from py_forest.models.status import Status

if TYPE_CHECKING:
    from pathlib import Path

    from py_forest.engine import Execution, Outcome, Program

_MOST_DRAWN_LIVE: Final = 20_000
_LONGEST_NAP_S: Final = 0.05
_LONGEST_WAIT_S: Final = 1.0
"""Seconds to wait for an `async def` leaf where nothing else says when to tick again."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to do.

    Args:
        ticks: how many at most; None for no limit.
        is_until_done: whether to stop as soon as the tree has ended.
        rate: ticks a second; 0 for no pause.
        now: simulated time of the first tick, in seconds; None for the clock's.
        values: blackboard keys to set before the first tick.
        answers: what nodes are answered that ask, by id or name.
        seed: of random numbers.
        record: file to write a log to.
        is_plain: whether nothing is to move on the screen.
    """

    ticks: int | None
    is_until_done: bool
    rate: float
    now: float | None
    values: dict[str, Any]
    answers: dict[str, Any]
    seed: int
    record: Path | None
    is_plain: bool


@dataclass(slots=True)
class Run:
    """One execution, under way.

    Args:
        program: the tree.
        execution: the execution.
        plan: what to do.
        ending: the error that ended it, if one did.
    """

    program: Program
    execution: Execution
    plan: Plan
    ending: LeafError | None = None


def run_single(program: Program, plan: Plan, *, as_json: bool) -> int:
    """Run a tree as planned, show it, and return the exit code.

    Args:
        program: the tree.
        plan: what to do.
        as_json: print JSON at the end instead of showing anything.
    """
    execution = program.start(seed=plan.seed, record=plan.record is not None)
    run = Run(program, execution, plan)
    view = _view_of(run, as_json)
    status = Status.INVALID
    with ExitStack() as stack:
        stack.callback(execution.close)
        log = stack.enter_context(LogWriter(plan.record)) if plan.record else None
        if log:
            log.begin(execution.header)
        stack.enter_context(view)
        try:
            status = _tick_all(run, view, log)
        except KeyboardInterrupt:
            _halt(run, log)
            if as_json:
                terminal.print_json(_report(run, view, is_interrupted=True))
            raise
        view.close()
        if run.ending is not None:
            raise run.ending
        if as_json:
            terminal.print_json(_report(run, view))
    return exits.NOT_OK if status is Status.FAILURE else exits.OK


def _view_of(run: Run, as_json: bool) -> View:
    if as_json:
        return QuietView(run.program)
    is_moving = run.plan.ticks != 1 and not run.plan.is_plain and terminal.is_live()
    if is_moving and run.program.node_count <= _MOST_DRAWN_LIVE:
        return watching(run.program, run.execution)
    return PlainView(run.program, run.execution, each_tick=run.plan.ticks != 1)


def _tick_all(run: Run, view: View, log: LogWriter | None) -> Status:
    plan, execution = run.plan, run.execution
    leaves = AsyncLeaves(run.program.registry, is_apart=True)
    answers = Answers(run.program, plan.answers, is_asking=view.is_asking)
    values: dict[str, Any] | None = plan.values
    begun, done = SYSTEM_CLOCK.monotonic(), 0
    try:
        while True:
            results = {**leaves.collect(), **answers.to(execution.pending(), view)}
            outcome = _tick(run, values, results, done)
            values, done = None, done + 1
            leaves.follow(execution.pending())
            if log and outcome.record is not None:
                log.append(outcome.record)
                log.flush()
            view.tick(execution, outcome)
            if run.ending or _is_over(plan, outcome, done):
                return outcome.status
            if plan.ticks is None and not leaves.is_working and answers.is_stuck(execution):
                view.stuck(execution.pending())
                return outcome.status
            if plan.now is None and plan.rate:
                _pause(begun + done / plan.rate)
            else:
                leaves.wait(_LONGEST_WAIT_S)
    finally:
        leaves.close()


def _tick(run: Run, values: dict[str, Any] | None, results: dict[str, Any], done: int) -> Outcome:
    plan = run.plan
    now = None if plan.now is None else plan.now + (done / plan.rate if plan.rate else 0.0)
    try:
        return run.execution.tick(values or None, now=now, results=results or None)
    except LeafError as error:
        # The tree says `error_policy: raise`: the tick has ended, and left its record.
        run.ending = error
        return cast("Outcome", error.outcome)
    except ValueError as error:
        if values:
            raise UsageFailed(f"--set: {error}") from error
        raise


def _is_over(plan: Plan, outcome: Outcome, done: int) -> bool:
    if plan.is_until_done and outcome.status is not Status.RUNNING:
        return True
    return plan.ticks is not None and done >= plan.ticks


def _pause(due: float) -> None:
    """Wait for the next tick's turn; turns are counted from the first tick, so no delay adds up."""
    while (left := due - SYSTEM_CLOCK.monotonic()) > 0:
        time.sleep(min(left, _LONGEST_NAP_S))


def _halt(run: Run, log: LogWriter | None) -> None:
    outcome = run.execution.halt()
    if log and outcome.record is not None:
        log.append(outcome.record)


def _report(run: Run, view: View, *, is_interrupted: bool = False) -> dict[str, Any]:
    program, execution, plan = run.program, run.execution, run.plan
    return {
        "tree": {
            "name": program.definition.name,
            "hash": program.hash,
            "nodes": program.node_count,
        },
        "seed": plan.seed,
        "status": execution.status.name,
        "interrupted": is_interrupted,
        "tick_count": execution.tick_count,
        "ticks": view.told,
        "blackboard": execution.blackboard.to_dict(),
        "statuses": {node: status.name for node, status in execution.statuses().items()},
        "pending": [
            {
                "run_id": each.run_id,
                "node_id": each.node_id,
                "node_type": each.node_type,
                "action": each.action,
                "inputs": each.inputs,
                "since": each.since,
            }
            for each in execution.pending()
        ],
        "record": str(plan.record) if plan.record else None,
    }
