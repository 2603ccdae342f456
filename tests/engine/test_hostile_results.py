"""Results from outside that come late, twice, for nobody or for a run that was cancelled."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import py_forest as pf
from tests.oracle.cases import Case, node
from tests.oracle.makers import ALL, Family
from tests.oracle.native import compiled
from tests.oracle.strategies import cases
from tests.profile import scaled

SUCCESS, RUNNING = pf.Status.SUCCESS, pf.Status.RUNNING


def external(index: int = 0) -> Family:
    """Return what trees are made of when most leaves work outside."""
    outside = next(leaf for leaf in ALL.leaves if leaf.__name__ == "_external")
    return Family((outside, *ALL.leaves[: index + 4]), ALL.decorators, ALL.composites)


def test_a_run_that_an_override_took_over_is_no_longer_in_flight() -> None:
    execution = pf.compile({**node("External", action="work"), "node_id": "x"}).start()
    execution.tick(now=0.0)
    forced = execution.tick(now=1.0, overrides={"x": RUNNING})
    assert forced.cancelled == ("x#1",)
    assert execution.pending() == []
    late = execution.tick(now=2.0, results={"x#1": SUCCESS})
    assert late.dropped == ("x#1",)
    assert (late.status, [run.run_id for run in execution.pending()]) == (RUNNING, ["x#2"])


@pytest.mark.parametrize("run_id", ["x#0", "x#2", "y#1", "x", "#1", "x#-1", "x#1#1", "", "x#1e3"])
def test_a_result_for_no_run_is_dropped_and_named(run_id: str) -> None:
    execution = pf.compile({**node("External", action="work"), "node_id": "x"}).start()
    execution.tick(now=0.0)
    outcome = execution.tick(now=1.0, results={run_id: SUCCESS})
    assert (outcome.status, outcome.dropped) == (RUNNING, (run_id,))
    assert execution.tick(now=2.0, results={"x#1": SUCCESS}).status == SUCCESS
    assert execution.tick(now=3.0, results={"x#1": SUCCESS}).dropped == ("x#1",)


def test_a_log_with_dropped_results_replays() -> None:
    program = pf.compile({**node("External", action="work"), "node_id": "x"})
    execution = program.start()
    records = [
        execution.tick(now=float(tick), results=results).record
        for tick, results in enumerate(
            [{}, {"ghost#1": SUCCESS, "x#9": SUCCESS}, {"x#1": SUCCESS}, {"x#1": SUCCESS}]
        )
    ]
    written = [record for record in records if record is not None]
    assert pf.replay(program, execution.header, written).equal


@pytest.mark.slow
@settings(max_examples=scaled(100, 2_000))
@given(cases(external(), extras=True), st.data())
def test_every_run_ends_once_and_every_result_is_heard_or_dropped(
    case: Case, data: st.DataObject
) -> None:
    program = compiled(case.definition)
    execution = program.start(seed=case.seed)
    ended: set[str] = set()
    waiting: set[str] = set()
    for given_ in case.ticks:
        before = {run.run_id for run in execution.pending()}
        known = sorted(before | ended)
        chosen = data.draw(st.lists(st.sampled_from(known), unique=True)) if known else []
        ids = program.node_ids
        outcome = execution.tick(
            given_.updates,
            now=given_.now,
            results=dict.fromkeys(chosen, SUCCESS),
            overrides={ids[index]: pf.Status[status] for index, status in given_.overrides},
        )
        assert set(outcome.dropped) == set(chosen) & ended
        waiting |= set(chosen) - ended
        after = {run.run_id for run in execution.pending()}
        assert not after & ended, "a run that had ended is in flight again"
        cancelled = set(outcome.cancelled)
        assert not cancelled & (after | ended)
        gone = before - after
        # Cancelled, timed out or answered; what was answered had a result.
        timed_out = {error.node_id for error in outcome.errors if error.kind == "timeout"}
        for run_id in gone - cancelled:
            assert run_id in waiting or run_id.split("#")[0] in timed_out
        waiting -= gone
        ended |= gone | cancelled  # what began in this tick may have been cancelled in it
