"""Coroutines, results from outside, and leaves in a replay."""

from __future__ import annotations

import time

import py_forest as pf
from py_forest import Registry, Result
from tests.engine.action_trees import F, R, S, compiled, guarded, leaf, probe, start

# Coroutines and results from outside


def test_a_coroutine_waits_for_its_result(registry: Registry) -> None:
    @registry.action(writes=["page"])
    async def fetch(url: str, retries: int = 2) -> Result:
        return Result(S, {"page": url * retries})

    execution = start(registry, leaf("fetch", inputs={"url": "address"}, outputs={"page": "text"}))
    assert execution.tick({"address": "x"}, now=5.0).status is R
    (run,) = execution.pending()
    assert (run.node_id, run.node_type, run.action) == ("leaf", "Action", "fetch")
    assert (run.inputs, run.since) == ({"url": "x", "retries": 2}, 5.0)
    assert registry.get(run.action).kind == "coroutine"
    # The inputs stay those of the start.
    execution.tick({"address": "y"}, now=6.0)
    assert execution.pending() == [run]
    outcome = execution.tick(now=7.0, results={run.run_id: Result(S, {"page": "text of x"})})
    assert (outcome.status, outcome.changed) == (S, {"text": "text of x"})
    assert execution.pending() == []


def test_a_late_result_of_an_interrupted_run_is_dropped(registry: Registry) -> None:
    @registry.action
    async def fetch() -> None: ...

    execution = start(registry, guarded(leaf("fetch")))
    execution.tick({"go": True}, now=0.0)
    (first,) = execution.pending()
    outcome = execution.tick({"go": False}, now=1.0)
    assert outcome.cancelled == (first.run_id,)
    execution.tick({"go": True}, now=2.0)
    (second,) = execution.pending()
    assert second.run_id != first.run_id
    outcome = execution.tick(now=3.0, results={first.run_id: Result(S, {"late": True})})
    assert (outcome.status, outcome.dropped, outcome.changed) == (R, (first.run_id,), {})
    assert execution.tick(now=4.0, results={second.run_id: S}).status is S


def test_a_result_may_report_progress(registry: Registry) -> None:
    root = {
        "node_type": "External",
        "node_id": "job",
        "config": {"action": "weld", "inputs": {"seam": "n * 2"}},
    }
    execution = start(registry, root)
    execution.tick({"n": 4}, now=0.0)
    (run,) = execution.pending()
    assert (run.action, run.inputs) == ("weld", {"seam": 8})
    outcome = execution.tick(now=1.0, results={run.run_id: Result(R, {"progress": 0.5})})
    assert (outcome.status, outcome.changed) == (R, {"progress": 0.5})
    outcome = execution.tick(now=2.0, results={run.run_id: Result(F, error="no gas")})
    assert (outcome.status, outcome.errors[0].message) == (F, "no gas")


def test_a_result_that_does_not_come_in_time_is_a_failure(registry: Registry) -> None:
    @registry.action
    async def fetch() -> None: ...

    execution = start(registry, leaf("fetch", timeout=10))
    execution.tick(now=0.0)
    (run,) = execution.pending()
    assert execution.tick(now=10.0).status is R
    outcome = execution.tick(now=10.5)
    assert (outcome.status, outcome.errors[0].kind) == (F, "timeout")
    assert outcome.cancelled == (run.run_id,)


def test_pending_runs_survive_a_restore(registry: Registry) -> None:
    @registry.action
    async def fetch(url: str) -> None: ...

    program = compiled(registry, leaf("fetch", url="x"))
    execution = program.start()
    execution.tick(now=0.0)
    twin = program.restore(execution.snapshot())
    assert twin.pending() == execution.pending()
    (run,) = twin.pending()
    assert twin.tick(now=1.0, results={run.run_id: True}).status is S


# Records


def test_a_replay_feeds_answers_back_and_calls_nothing(registry: Registry) -> None:
    calls: list[str] = []

    @registry.action
    def measure(n: int) -> Result:
        calls.append("measure")
        if n == 2:
            raise ValueError("two")
        return Result(S if n else R, {"seen": time.perf_counter_ns()})

    probe(registry, R, S, F, RuntimeError("x"), name="Other")
    registry.action(lambda: "nonsense", name="nonsense")
    root = {
        "node_type": "Selector",
        "children": [
            {
                "node_type": "Sequence",
                "children": [leaf("measure", "one"), leaf("Other", "two"), leaf("nonsense", "no")],
            },
            {"node_type": "Success"},
        ],
    }
    program = compiled(registry, root)
    execution = program.start()
    records = [execution.tick({"n": n}, now=float(n)).record or b"" for n in range(5)]
    before = len(calls)
    report = pf.replay(program, execution.header, records)
    assert report.equal, report.first_difference
    assert len(calls) == before
