"""A running execution moved to another tree: any tree, whatever the two have in common.

Trees of `makers` name their nodes by their place, so two of them share ids whose types and parents
agree by chance, which is what a reload has to sort out.
"""

from __future__ import annotations

import pytest

import py_forest as pf
from py_forest.engine import Execution, Program
from py_forest.engine.reload import ReloadReport
from tests.oracle.cases import Case, Document, node, numbered
from tests.oracle.makers import ALL, FromSeed, draw_case, draw_tree
from tests.oracle.native import compiled, tick
from tests.profile import scaled

RUNNING = pf.Status.RUNNING


def begun(case: Case) -> tuple[Program, Execution]:
    """Tick the first half of a case."""
    program = compiled(case.definition)
    execution = program.start(seed=case.seed)
    for given in case.ticks[: len(case.ticks) // 2]:
        tick(execution, program, given)
    return program, execution


def moved(execution: Execution, definition: Document) -> tuple[Program, Execution, ReloadReport]:
    program = compiled(definition)
    execution, report = execution.reload(program)
    return program, execution, report


@pytest.mark.slow
@pytest.mark.parametrize("block", range(4))
def test_a_reload_to_any_tree_leaves_a_sound_execution(block: int) -> None:
    size = scaled(150, 5_000)
    for seed in range(block * size, (block + 1) * size):
        case = draw_case(FromSeed(seed), ALL, extras=True)
        old, execution = begun(case)
        statuses, board = execution.statuses(), execution.blackboard.to_dict()
        pending = {run.run_id for run in execution.pending()}
        before = (execution.tick_count, execution.now, execution.seed)
        new, after, report = moved(execution, draw_tree(FromSeed(seed + 1_000_000), ALL))
        kept, reset = set(report.kept), set(report.reset)
        assert (kept | reset, kept & reset) == (set(new.node_ids), set())
        assert set(report.removed) == set(old.node_ids) - set(new.node_ids)
        assert (after.tick_count, after.now, after.seed) == before
        for node_id, status in after.statuses().items():
            expected = statuses[node_id] if node_id in kept else pf.Status.INVALID
            assert status == expected, (seed, node_id)
        assert sound(new, after)
        assert {run.run_id for run in after.pending()} | set(report.cancelled) == pending
        assert after.blackboard.to_dict() == board
        carries_on(new, after, case)


def sound(program: Program, execution: Execution) -> bool:
    """Tell whether nothing runs below a node that does not."""
    statuses = execution.statuses()
    parents = {node_id: program.node(node_id).parent for node_id in statuses}
    return all(
        parent is None or statuses[parent] == RUNNING
        for node_id, parent in parents.items()
        if statuses[node_id] == RUNNING
    )


def carries_on(program: Program, execution: Execution, case: Case) -> None:
    """Tick the second half, beside a restored twin that must do the same."""
    twin = program.restore(execution.snapshot())
    for given in case.ticks[len(case.ticks) // 2 :]:
        plain = given.__class__(given.now, given.updates)
        ours, theirs = tick(execution, program, plain), tick(twin, program, plain)
        assert ours.record == theirs.record
        assert sound(program, execution)
        assert ours.status.name != "INVALID"


def test_a_loop_goes_on_at_its_item_after_a_reload() -> None:
    loop = node("ForEach", node("StatusQueue", queue=["SUCCESS", "RUNNING"]), items="[7, 8, 9]")
    program = compiled(numbered(loop))
    execution = program.start()
    for now in range(2):
        execution.tick(now=float(now))
    assert execution.blackboard["item_0"] == 8
    _, after, _ = moved(execution, numbered(loop))
    assert [after.tick(now=float(now)).status.name for now in range(2, 6)] == [
        "RUNNING",
        "RUNNING",
        "SUCCESS",
        "RUNNING",
    ]


def test_a_run_in_flight_keeps_its_inputs_after_a_reload() -> None:
    tree = {**node("External", action="weigh", inputs={"load": "size"}), "node_id": "x"}
    execution = pf.compile(tree).start(blackboard={"size": 3})
    execution.tick(now=0.0)
    before = execution.pending()
    after, report = execution.reload(pf.compile(tree))
    assert report.cancelled == ()
    assert after.pending() == before
    assert after.tick(now=1.0, results={"x#1": pf.Status.SUCCESS}).status == pf.Status.SUCCESS
