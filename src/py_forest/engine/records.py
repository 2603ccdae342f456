"""What ticks leave behind, as Python objects: decoded records, failures, runs in flight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from py_forest.engine import _native
from py_forest.kit.errors import LeafError
from py_forest.models.status import Status

if TYPE_CHECKING:
    from py_forest.engine.leaf import Result
    from py_forest.engine.program import Program


class LeafFailure(NamedTuple):
    """A node that failed by an error rather than by its rule.

    Args:
        node_id: the node.
        kind: `missing`, `type`, `zero_division`, `overflow`, `index`, `key`, `value`, `limit`,
            `raised`, `bad_reply`, `timeout`, `refused_write` or `undetermined`.
        message: what happened, for people.
        exception: what a Python leaf raised; None otherwise.
    """

    node_id: str
    kind: str
    message: str
    exception: BaseException | None = None


class PendingRun(NamedTuple):
    """A leaf whose work is under way outside the engine.

    Args:
        run_id: under which its result is delivered: the node's id, `#`, the activation.
        node_id: the node.
        node_type: `Action`, `External` or `HumanDecision`.
        action: name of what is asked for.
        inputs: its arguments, computed when the run began.
        since: when it began, seconds since 1970 UTC.
    """

    run_id: str
    node_id: str
    node_type: str
    action: str
    inputs: dict[str, Any]
    since: float


@dataclass(frozen=True, slots=True)
class TickRecord:
    """One decoded entry of a log.

    Args:
        kind: `tick` or `halt`.
        tick: number of the tick, 1 for the first; of a halt, that of the tick before it.
        now: seconds since 1970 UTC.
        root: the root's status.
        updates: keys set from outside before the tick, without those that were removed.
        unset: keys removed from outside before the tick.
        results: what was delivered, by run id.
        leaves: what leaves answered that were called in the tick, by node id.
        overrides: answers that were forced, by node id.
        visited: the nodes ticked, in order, each with its answer.
        statuses: statuses at the end that differ from the end of the tick before, by node id.
        interrupted: nodes that were RUNNING and were stopped, in pre-order.
        changed: keys that nodes gave another value.
        removed: keys that nodes removed.
        errors: nodes that failed by an error.
        cancelled: ids of runs that were interrupted in flight.
    """

    kind: str
    tick: int
    now: float
    root: Status
    updates: dict[str, Any]
    unset: list[str]
    results: dict[str, Result]
    leaves: dict[str, Result]
    overrides: dict[str, Status]
    visited: list[tuple[str, Status]]
    statuses: dict[str, Status]
    interrupted: list[str]
    changed: dict[str, Any]
    removed: list[str]
    errors: tuple[LeafFailure, ...]
    cancelled: list[str]


class RecordReader:
    """Decodes the records of one execution in order, knowing the statuses before each.

    A record holds only what changed; which nodes were interrupted, and what an unchanged node
    answered, follow from the statuses before.

    Args:
        program: the program that wrote the records.
        statuses: statuses before the first record; all INVALID when left out.
    """

    def __init__(self, program: Program, statuses: dict[str, Status] | None = None) -> None:
        self._program = program
        self.statuses: dict[str, Status] = (
            dict.fromkeys(program.node_ids, Status.INVALID) if statuses is None else dict(statuses)
        )

    def read(self, record: bytes) -> TickRecord:
        """Decode the next record.

        Raises:
            RecordRefused: these bytes are no record of this program.
        """
        raw: dict[str, Any] = _native.decode(self._program.core, record)
        before = self.statuses
        changed: dict[str, Status] = raw["statuses"]
        after = {**before, **changed} if changed else before
        passing: dict[str, Status] = raw["passing"]
        visited = [(node, passing.get(node) or after[node]) for node in raw["visited"]]
        answers = dict(visited)
        interrupted = [
            node
            for node in {**changed, **passing}
            if after[node] is Status.INVALID and answers.get(node, before[node]) is Status.RUNNING
        ]
        interrupted.sort(key=lambda node: self._program.core.find_node(node) or 0)
        self.statuses = after
        return TickRecord(
            kind=raw["kind"],
            tick=raw["tick"],
            now=raw["now"],
            root=raw["root"],
            updates=raw["updates"],
            unset=raw["unset"],
            results=raw["results"],
            leaves=raw["leaves"],
            overrides=raw["overrides"],
            visited=visited,
            statuses=changed,
            interrupted=interrupted,
            changed=raw["changed"],
            removed=raw["removed"],
            errors=tuple(LeafFailure(*error) for error in raw["errors"]),
            cancelled=raw["cancelled"],
        )


def decode(
    record: bytes, program: Program, statuses: dict[str, Status] | None = None
) -> TickRecord:
    """Decode one record by itself.

    Args:
        record: from `Outcome.record`.
        program: the program that wrote it.
        statuses: the statuses before the tick, as `Execution.statuses` gives them. All INVALID when
            left out, which is right for the first tick only: `RecordReader` reads a whole log.

    Raises:
        RecordRefused: these bytes are no record of this program.
    """
    return RecordReader(program, statuses).read(record)


def raise_leaf_error(program: Program, outcome: _native.Outcome) -> None:
    """Raise the first failure of a tick whose tree says `error_policy: raise`.

    A test for an unset variable that is simply false is no failure and never gets here.
    """
    failure = outcome.errors[0]
    error = LeafError(
        program.path(failure.node_id),
        type(failure.exception).__name__ if failure.exception else failure.kind,
        failure.message,
    )
    error.outcome = outcome
    raise error from failure.exception
