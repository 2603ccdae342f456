"""Leaves with a life of their own."""

from __future__ import annotations

import gc
import re
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import py_forest as pf
from py_forest import Leaf, Registry, Result, Status
from py_forest.kit.errors import SnapshotRefused
from tests.engine.action_trees import F, Probe, R, S, compiled, guarded, leaf, probe, start
from tests.profile import scaled


def test_the_five_methods_are_called_in_order(registry: Registry) -> None:
    calls = probe(registry, R, R, S, F)
    program = compiled(registry, leaf("Probe", inputs={"target": "place", "level": "tick"}))
    assert calls == []
    execution = program.start()
    assert calls == []
    statuses = [
        execution.tick({"place": f"p{t}", "tick": t}, now=float(t)).status for t in range(4)
    ]
    assert statuses == [R, R, S, F]
    execution.close()
    assert calls == [
        "setup",
        "initialise(p0)",
        "update(0)",
        "update(1)",
        "update(2)",
        "terminate(SUCCESS)",
        "initialise(p3)",
        "update(3)",
        "terminate(FAILURE)",
        "shutdown",
    ]


def test_a_class_that_is_interrupted_is_terminated_once(registry: Registry) -> None:
    calls = probe(registry, R, R, S)
    execution = start(registry, guarded(leaf("Probe")))
    execution.tick({"go": True}, now=0.0)
    del calls[:]
    execution.tick({"go": False}, now=1.0)
    execution.tick(now=2.0)
    assert calls == ["terminate(INVALID)"]
    execution.tick({"go": True}, now=3.0)
    execution.halt()
    execution.halt()
    assert calls[1:] == ["initialise(home)", "update(0)", "terminate(INVALID)"]


def test_closing_ends_what_runs(registry: Registry) -> None:
    calls = probe(registry, R)
    execution = start(registry, leaf("Probe"))
    execution.tick(now=0.0)
    execution.close()
    execution.close()
    assert calls == ["setup", "initialise(home)", "update(0)", "terminate(INVALID)", "shutdown"]


def test_forgetting_an_execution_closes_it(registry: Registry) -> None:
    calls = probe(registry, R)
    execution = start(registry, leaf("Probe"))
    execution.tick(now=0.0)
    del execution
    gc.collect()
    assert calls[-2:] == ["terminate(INVALID)", "shutdown"]


def test_a_leaf_that_holds_its_execution_is_shut_down_whole(registry: Registry) -> None:
    calls: list[str] = []

    class Holder(Leaf):
        owner: pf.Execution

        def setup(self) -> None:
            self.name = "holder"

        def update(self) -> Status:
            self.owner = holder[0]
            return R

        def shutdown(self) -> None:
            calls.append(self.name)

    registry.action(Holder)
    holder = [start(registry, leaf("Holder"))]
    holder[0].tick(now=0.0)
    holder.clear()
    gc.collect()
    assert calls == ["holder"]


def test_nothing_is_left_when_python_exits() -> None:
    script = """
import py_forest as pf
@pf.action
def broken(n: int) -> bool:
    return 1 / n
def run():
    execution = pf.compile({"root": {"node_type": "broken"}}).start()
    outcome = execution.tick({"n": 0})
    return outcome.errors[0].message
print(run())
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert (done.stdout, done.stderr) == ("ZeroDivisionError: division by zero\n", "")


def test_an_interrupted_leaf_that_was_never_ticked_is_left_alone(registry: Registry) -> None:
    calls = probe(registry)
    execution = start(registry, guarded(leaf("Probe")))
    execution.tick({"go": False}, now=0.0)
    execution.halt()
    execution.close()
    assert calls == []


@pytest.mark.parametrize("answer", [RuntimeError("broken"), "nonsense"])
def test_a_class_that_fails_by_an_error_is_terminated(registry: Registry, answer: object) -> None:
    calls = probe(registry, R, answer, S)
    execution = start(registry, leaf("Probe"))
    execution.tick(now=0.0)
    assert execution.tick(now=1.0).status is F
    assert calls[-1] == "terminate(FAILURE)"
    assert execution.tick(now=2.0).status is S
    assert calls[-3:] == ["initialise(home)", "update(0)", "terminate(SUCCESS)"]


def test_an_argument_that_is_missing_ends_the_activation(registry: Registry) -> None:
    calls = probe(registry, R, R)
    execution = start(registry, leaf("Probe", inputs={"level": "full[0]"}))
    execution.tick({"full": [1]}, now=0.0)
    outcome = execution.tick({"full": []}, now=1.0)
    assert (outcome.status, len(outcome.errors)) == (F, 1)
    assert calls == ["setup", "initialise(home)", "update(1)", "terminate(FAILURE)"]


def test_an_activation_that_cannot_begin_needs_no_end(registry: Registry) -> None:
    calls = probe(registry, S)
    execution = start(registry, leaf("Probe", inputs={"target": "place"}))
    outcome = execution.tick(now=0.0)
    assert (outcome.status, len(outcome.errors)) == (F, 1)
    assert calls == ["setup"]
    assert execution.tick({"place": "p"}, now=1.0).status is S
    assert calls[1:] == ["initialise(p)", "update(0)", "terminate(SUCCESS)"]


def test_each_method_may_raise(registry: Registry) -> None:
    def raising(method: str) -> Callable[..., None]:
        def raise_it(_self: Leaf, _given: object = None) -> None:
            raise RuntimeError(f"in {method}")

        return raise_it

    for method in ("setup", "initialise", "terminate"):
        calls: list[str] = []
        kind = type(
            f"In_{method}",
            (Probe,),
            {"calls": calls, "answers": [S, S], method: raising(method)},
        )
        registry.action(kind)
        execution = start(registry, leaf(f"In_{method}"))
        outcome = execution.tick(now=0.0)
        assert outcome.status is F
        assert outcome.errors[0].message == f"RuntimeError: in {method}"
        assert outcome.errors[0].kind == "raised"
        execution.close()
        assert calls[-1:] == ([] if method == "setup" else ["shutdown"])


def test_every_execution_has_its_own_object(registry: Registry) -> None:
    class Count(Leaf):
        def setup(self) -> None:
            self.count = 0

        def update(self) -> Result:
            self.count += 1
            return Result(S, {"count": self.count})

    registry.action(Count)
    program = compiled(registry, leaf("Count"))

    def run(ticks: int) -> object:
        execution = program.start()
        for now in range(ticks):
            execution.tick(now=float(now))
        return execution.blackboard["count"]

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(run, range(1, 33))) == list(range(1, 33))


def test_what_a_class_answers_may_be_a_result(registry: Registry) -> None:
    class Climb(Leaf):
        def __init__(self, step: int = 1) -> None:
            self.step = step

        def initialise(self, start: int) -> None:
            self.height = start

        def update(self, top: int) -> Result:
            self.height += self.step
            return Result(S if self.height >= top else R, {"height": self.height})

    registry.action(Climb, writes=["height"])
    execution = start(registry, leaf("Climb", step=5, start=10))
    assert execution.tick({"top": 100}, now=0.0).changed == {"height": 15}
    assert execution.tick({"top": 20}, now=1.0).status is S
    assert execution.blackboard["height"] == 20


class Walk(Leaf):
    """A leaf that can be saved."""

    def __init__(self) -> None:
        self.steps = 0

    def update(self) -> Result:
        self.steps += 1
        return Result(R if self.steps < 4 else S, {"steps": self.steps})

    def save(self) -> dict[str, int]:
        return {"steps": self.steps}

    def load(self, saved: dict[str, int]) -> None:
        self.steps = saved["steps"]


def test_a_leaf_that_saves_goes_on_after_a_restore(registry: Registry) -> None:
    registry.action(Walk)
    program = compiled(registry, leaf("Walk"))
    execution = program.start()
    execution.tick(now=0.0)
    execution.tick(now=1.0)
    twin, fork = program.restore(execution.snapshot()), execution.fork()
    for other in (twin, fork, execution):
        assert other.tick(now=2.0).changed == {"steps": 3}
        assert other.tick(now=3.0).status is S


def test_a_leaf_that_does_not_save_starts_anew_after_a_restore(registry: Registry) -> None:
    calls = probe(registry, R, R, S)
    program = compiled(registry, leaf("Probe"))
    execution = program.start()
    execution.tick(now=0.0)
    blob = execution.snapshot()
    execution.close()
    del calls[:]
    twin = program.restore(blob)
    twin.tick(now=1.0)
    assert twin.tick(now=2.0).status is S
    assert calls == ["setup", "initialise(home)", "update(0)", "update(0)", "terminate(SUCCESS)"]


@pytest.mark.parametrize("saved", [object(), {"a": {1, 2}}, float("inf")])
def test_what_is_saved_is_json(registry: Registry, saved: object) -> None:
    kind = type("Odd", (Walk,), {"save": lambda _: saved})
    registry.action(kind)
    execution = start(registry, leaf("Odd"))
    execution.tick(now=0.0)
    with pytest.raises(SnapshotRefused, match="leaf"):
        execution.snapshot()


def test_a_leaf_may_refuse_a_snapshot(registry: Registry) -> None:
    class Shy(Walk):
        def save(self) -> dict[str, int]:
            raise SnapshotRefused("not now")

    registry.action(Shy)
    execution = start(registry, leaf("Shy"))
    execution.tick(now=0.0)
    with pytest.raises(SnapshotRefused, match="not now"):
        execution.snapshot()
    assert execution.tick(now=1.0).changed == {"steps": 2}


def test_a_reload_keeps_the_object_of_a_node_that_stays_the_same(registry: Registry) -> None:
    class Keep(Leaf):
        def __init__(self, size: int = 1) -> None:
            self.size = size
            self.ticks = 0

        def update(self, note: str = "") -> Result:  # noqa: ARG002
            self.ticks += 1
            return Result(R, {"ticks": self.ticks, "size": self.size})

    registry.action(Keep, writes=["ticks", "size"])
    execution = start(registry, leaf("Keep", size=2))
    execution.tick(now=0.0)
    same, _ = execution.reload(compiled(registry, leaf("Keep", size=2, note="new")))
    assert same.tick(now=1.0).changed == {"ticks": 2}
    other, _ = same.reload(compiled(registry, leaf("Keep", size=3)))
    other.tick(now=2.0)
    assert other.blackboard["size"] == 3


LIFE = re.compile(r"(setup( initialise update( update)* terminate)*( shutdown)?)?")
ANSWERS = (R, R, S, F, Status.SKIPPED, None, False, RuntimeError("broken"), "nonsense")

leaves = st.lists(st.sampled_from(ANSWERS), min_size=1, max_size=6).map(tuple)
trees = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.tuples(
            st.sampled_from(["Sequence", "Selector", "ReactiveSequence", "ReactiveFallback"]),
            st.lists(inner, min_size=1, max_size=4),
        ),
        st.tuples(st.just("Parallel"), st.lists(inner, min_size=1, max_size=3)),
        st.tuples(
            st.sampled_from(["Inverter", "RunningIsFailure", "Retry", "OneShot", "Timeout"]),
            st.lists(inner, min_size=1, max_size=1),
        ),
    ),
    max_leaves=8,
)


def probes_in(tree: tuple[Any, ...], registry: Registry, lives: list[list[str]]) -> dict[str, Any]:
    """Make the definition of a drawn tree whose leaves are probes."""
    if isinstance(tree[-1], list):
        kind, children = tree
        return {
            "node_type": kind,
            "config": {"duration": 2.5} if kind == "Timeout" else {},
            "children": [probes_in(child, registry, lives) for child in children],
        }
    name = f"Probe{len(lives)}"
    lives.append(probe(registry, *(tree * 20), name=name))
    return leaf(name, node_id=name)


@settings(max_examples=scaled(50, 1_000))
@given(trees, st.lists(st.sampled_from(["tick", "tick", "tick", "halt"]), max_size=12))
def test_every_life_is_in_order_whatever_the_tree_does(
    tree: tuple[Any, ...], steps: list[str]
) -> None:
    registry = Registry()
    lives: list[list[str]] = []
    execution = start(registry, probes_in(tree, registry, lives))
    for now, step in enumerate(steps):
        if step == "halt":
            execution.halt()
        else:
            execution.tick(now=float(now))
        running = {key for key, status in execution.statuses().items() if status is R}
        for number, life in enumerate(lives):
            words = " ".join(call.split("(")[0] for call in life)
            assert LIFE.fullmatch(words + (" terminate" if f"Probe{number}" in running else ""))
    execution.close()
    for life in lives:
        words = " ".join(call.split("(")[0] for call in life)
        assert LIFE.fullmatch(words)
        assert not life or life[-1] == "shutdown"
