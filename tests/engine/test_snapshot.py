"""An execution is a value: it can be kept, copied and taken up again at any tick boundary."""

from __future__ import annotations

from typing import Any

import pytest

import py_forest as pf
from py_forest import Result, Status
from py_forest.engine import Execution
from py_forest.kit.errors import SnapshotRefused

TREE: dict[str, Any] = {
    "node_type": "Parallel",
    "children": [
        {"node_type": "Sequence", "children": [
            {"node_type": "Script", "config": {"script": "n = n + 1"}},
            {"node_type": "Wait", "config": {"duration": 3}},
            {"node_type": "Probability", "config": {"probability": 0.5}},
        ]},
        {"node_type": "External", "node_id": "ask", "config": {"inputs": {"load": "n"}}},
    ],
}  # fmt: skip


def begun() -> Execution:
    execution = pf.compile({"root": TREE}).start(seed=3, blackboard={"n": 0})
    execution.tick(now=0.0)
    return execution


def finish(execution: Execution) -> list[bytes | None]:
    """Go on in the one way that all copies must go on in."""
    outcomes = [execution.tick(now=1.0), execution.tick({"n": 5}, now=4.0)]
    outcomes.append(execution.tick(now=5.0, results={"ask#1": Result(Status.SUCCESS, {"kg": 2})}))
    return [outcome.record for outcome in outcomes]


def test_a_restored_execution_goes_on_as_if_nothing_had_been() -> None:
    execution = begun()
    twin = execution.program.restore(execution.snapshot())
    assert (twin.tick_count, twin.now, twin.seed) == (1, 0.0, 3)
    assert twin.statuses() == execution.statuses()
    assert twin.blackboard.to_dict() == execution.blackboard.to_dict()
    assert twin.pending() == execution.pending()
    assert finish(twin) == finish(execution)


def test_a_snapshot_of_a_restored_execution_is_the_same() -> None:
    blob = begun().snapshot()
    assert begun().program.restore(blob).snapshot() == blob


def test_a_fork_is_independent() -> None:
    execution = begun()
    fork = execution.fork()
    fork.blackboard["n"] = 99
    fork.tick(now=10.0)
    assert (execution.tick_count, execution.blackboard["n"]) == (1, 1)
    assert finish(execution) == finish(begun())


def test_what_waits_for_the_next_tick_is_kept() -> None:
    execution = begun()
    execution.blackboard["later"] = [1, {"a": None}]
    twin = execution.program.restore(execution.snapshot())
    assert twin.tick(now=1.0).record == execution.tick(now=1.0).record


def test_a_log_may_begin_at_a_snapshot() -> None:
    execution = begun()
    twin = execution.program.restore(execution.snapshot())
    records = [record for record in finish(twin) if record is not None]
    assert pf.replay(twin.program, twin.header, records).equal


def test_a_small_execution_has_a_small_snapshot() -> None:
    assert len(begun().snapshot()) < 200


class Keeps(pf.Leaf):
    def setup(self) -> None:
        self.steps = 0

    def update(self) -> Status:
        self.steps += 1
        return Status.SUCCESS if self.steps == 3 else Status.RUNNING

    def save(self) -> int:
        return self.steps

    def load(self, saved: int) -> None:
        self.steps = saved


class Forgets(pf.Leaf):
    def initialise(self) -> None:
        self.steps = 0

    def update(self) -> Status:
        self.steps += 1
        return Status.SUCCESS if self.steps == 3 else Status.RUNNING


@pytest.mark.parametrize(("leaf", "more"), [(Keeps, 1), (Forgets, 3)])
def test_a_leaf_goes_on_where_it_saves_and_begins_anew_where_not(
    leaf: type[pf.Leaf], more: int
) -> None:
    registry = pf.Registry()
    registry.action(leaf, name="leaf")
    root = {"node_type": "Action", "config": {"action": "leaf"}}
    execution = pf.compile({"root": root}, registry).start()
    execution.tick(now=0)
    execution.tick(now=1)
    twin = execution.program.restore(execution.snapshot())
    statuses = [twin.tick(now=2 + n).status for n in range(more)]
    assert statuses == [Status.RUNNING] * (more - 1) + [Status.SUCCESS]


def test_a_snapshot_of_another_program_is_refused() -> None:
    other = pf.compile({"root": TREE["children"][1]})
    with pytest.raises(SnapshotRefused, match="another program"):
        other.restore(begun().snapshot())
