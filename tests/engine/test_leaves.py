"""Python leaves in running trees: functions, classes, coroutines, and results from outside."""

from __future__ import annotations

import gc
import re
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import py_forest as pf
from py_forest import Leaf, Registry, Result, Status
from py_forest.kit.errors import (
    DefinitionInvalid,
    ExecutionBusy,
    LeafError,
    SnapshotRefused,
)
from tests.profile import scaled

R, S, F = Status.RUNNING, Status.SUCCESS, Status.FAILURE


@pytest.fixture
def registry() -> Registry:
    return Registry()


def leaf(action: str, node_id: str = "leaf", **config: object) -> dict[str, Any]:
    return {
        "node_type": "Action",
        "node_id": node_id,
        "name": f"the {node_id}",
        "config": {"action": action, **config},
    }


def compiled(registry: Registry, root: dict[str, Any], **sections: object) -> pf.Program:
    return pf.compile({"root": root, **sections}, registry)


def start(registry: Registry, root: dict[str, Any], **sections: object) -> pf.Execution:
    return compiled(registry, root, **sections).start()


def guarded(child: dict[str, Any]) -> dict[str, Any]:
    """Run the child as long as `go` is true."""
    return {
        "node_type": "ReactiveSequence",
        "children": [{"node_type": "Condition", "config": {"expression": "go"}}, child],
    }


# Functions


@pytest.mark.parametrize(
    ("answer", "status"),
    [(S, S), (F, F), (R, R), (Status.SKIPPED, Status.SKIPPED), (True, S), (False, F), (None, S)],
)
def test_a_function_answers_with_a_status(
    registry: Registry, answer: Status | bool | None, status: Status
) -> None:
    registry.action(lambda: answer, name="it")
    outcome = start(registry, leaf("it")).tick(now=0.0)
    assert (outcome.status, outcome.errors) == (status, ())


def test_a_result_also_writes(registry: Registry) -> None:
    @registry.action(writes=["half"], outputs={"rest": "left_over"})
    def halve(number: int) -> Result:
        return Result(S, {"half": number // 2, "rest": number % 2, "other": [number]})

    execution = start(registry, leaf("halve", outputs={"half": "it"}))
    assert execution.tick({"number": 7}, now=0.0).changed == {
        "it": 3,
        "left_over": 1,
        "other": [7],
    }


def test_arguments_arrive_with_their_types(registry: Registry) -> None:
    seen: list[tuple[object, ...]] = []

    @registry.action
    def look(a: object, b: float, /, c: str = "c", *, d: object = None, **more: object) -> None:
        seen.append((a, b, c, d, more))

    execution = start(
        registry,
        leaf("look", b=2, e=[1, {"k": None}], inputs={"a": "x + 1", "d": "{'n': x}"}),
    )
    execution.tick({"x": 1}, now=0.0)
    execution.tick({"x": 1.5, "c": "C"}, now=1.0)
    assert seen == [
        (2, 2.0, "c", {"n": 1}, {"e": [1, {"k": None}]}),
        (2.5, 2.0, "C", {"n": 1.5}, {"e": [1, {"k": None}]}),
    ]
    assert type(seen[0][1]) is float


def test_what_a_function_does_with_its_arguments_stays_with_it(registry: Registry) -> None:
    @registry.action
    def spoil(items: list[int], more: list[int] = []) -> None:  # noqa: B006 - that is the point
        items.append(99)
        more.append(99)
        assert (len(items), len(more)) == (2, 1)

    execution = start(registry, leaf("spoil"))
    for now in range(3):
        outcome = execution.tick({"items": [1]}, now=float(now))
        assert (outcome.errors, outcome.changed) == ((), {})
    assert execution.blackboard["items"] == [1]


def test_a_missing_variable_is_a_failure_that_names_it(registry: Registry) -> None:
    registry.action(lambda item: item is not None, name="need")
    outcome = start(registry, leaf("need")).tick(now=0.0)
    assert outcome.status is F
    assert "`item` has no value" in outcome.errors[0].message
    assert outcome.errors[0].node_id == "leaf"


def test_a_node_may_be_of_the_actions_own_type(registry: Registry) -> None:
    @registry.action(writes=["greeting"])
    def greet(name: str, times: int = 1) -> Result:
        """Greet somebody."""
        return Result(S, {"greeting": f"hello {name} " * times})

    root = {"node_type": "greet", "config": {"inputs": {"name": "who + '!'"}, "times": 2}}
    outcome = start(registry, root).tick({"who": "you"}, now=0.0)
    assert outcome.changed == {"greeting": "hello you! hello you! "}
    with pytest.raises(DefinitionInvalid, match="did you mean `times`"):
        start(registry, {"node_type": "greet", "config": {"tims": 2}})


def test_an_action_with_the_name_of_a_node_type_runs_by_an_action_node(registry: Registry) -> None:
    registry.action(lambda: F, name="Success")
    assert start(registry, {"node_type": "Success"}).tick(now=0.0).status is S
    assert start(registry, leaf("Success")).tick(now=0.0).status is F
    assert registry.node_types() == ()


def test_a_tree_with_an_unknown_action_is_refused(registry: Registry) -> None:
    registry.action(lambda: None, name="restock")
    with pytest.raises(DefinitionInvalid, match="did you mean `restock`") as error:
        compiled(registry, leaf("restok"))
    problem = error.value.problems[0]
    assert (problem.code, problem.pointer) == (  # type: ignore[attr-defined]
        "ACTION_UNKNOWN",
        "/root/config/action",
    )


def test_a_write_must_fit_its_declaration(registry: Registry) -> None:
    registry.action(lambda: Result(S, {"level": 200}), name="fill", writes=["level"])
    schema = {"level": {"type": "int", "default": 0, "max": 100}}
    execution = start(registry, leaf("fill"), blackboard_schema=schema)
    outcome = execution.tick(now=0.0)
    assert (outcome.status, outcome.errors[0].kind) == (F, "refused_write")
    assert execution.blackboard["level"] == 0


# What goes wrong


class Unspeakable:
    def __repr__(self) -> str:
        raise RuntimeError("not even that")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("SUCCESS", "answered 'SUCCESS', which is no status"),
        (2, "answered 2, which is no status"),
        (Status.INVALID, "which is no status"),
        (Result(Status.INVALID), "the status of a Result must be"),
        (Result("done"), "the status of a Result must be"),  # type: ignore[arg-type]
        (Result(S, {"a/b": 1}), "`a/b` is no blackboard key"),
        (Result(S, {"a": object()}), "`a`: "),
        (Result(S, {"a": float("nan")}), "`a`: "),
        (Result(S, {1: 1}), "no blackboard key"),  # type: ignore[dict-item]
        (Result(S, [1]), "writes must be a dict"),  # type: ignore[arg-type]
        ((), "which is no status"),
    ],
)
def test_nonsense_is_a_failure_that_says_so(
    registry: Registry, answer: object, message: str
) -> None:
    registry.action(lambda: answer, name="it")
    outcome = start(registry, leaf("it")).tick(now=0.0)
    assert (outcome.status, outcome.changed) == (F, {})
    assert outcome.errors[0].kind == "bad_reply"
    assert message in outcome.errors[0].message


def test_an_answer_that_cannot_even_be_shown_is_contained(registry: Registry) -> None:
    registry.action(lambda: [Unspeakable()], name="it")
    outcome = start(registry, leaf("it")).tick(now=0.0)
    assert outcome.status is F
    assert outcome.errors[0].kind in ("bad_reply", "raised")


def test_an_error_in_a_result_is_a_failure(registry: Registry) -> None:
    registry.action(lambda: Result(S, {"a": 1}, error="out of paper"), name="print")
    outcome = start(registry, leaf("print")).tick(now=0.0)
    assert outcome.status is F
    assert outcome.errors[0].message == "out of paper"


def test_an_exception_is_contained_and_the_siblings_are_halted(registry: Registry) -> None:
    calls: list[str] = []

    class Steady(Leaf):
        def update(self) -> Status:
            calls.append("update")
            return R

        def terminate(self, new_status: Status) -> None:
            calls.append(new_status.name)

    def broken(ready: bool) -> Status:
        if ready:
            raise ZeroDivisionError("by nought")
        return R

    registry.action(Steady)
    registry.action(broken)
    root = {
        "node_type": "Parallel",
        "node_id": "both",
        "children": [leaf("Steady", "steady"), leaf("broken", "broken")],
    }
    execution = start(registry, root)
    assert execution.tick({"ready": False}, now=0.0).status is R
    outcome = execution.tick({"ready": True}, now=1.0)
    assert outcome.status is F
    assert [(e.node_id, e.kind, e.message) for e in outcome.errors] == [
        ("broken", "raised", "ZeroDivisionError: by nought")
    ]
    assert calls == ["update", "update", "INVALID"]
    assert execution.statuses() == {"both": F, "steady": Status.INVALID, "broken": F}
    assert execution.tick({"ready": False}, now=2.0).status is R


def test_a_tree_can_ask_for_its_errors_to_be_raised(registry: Registry) -> None:
    def broken() -> None:
        raise ZeroDivisionError("by nought")

    registry.action(broken)
    execution = start(registry, leaf("broken"), error_policy="raise")
    with pytest.raises(LeafError, match="by nought") as error:
        execution.tick(now=0.0)
    assert error.value.node_path == "the leaf"
    assert isinstance(error.value.__cause__, ZeroDivisionError)
    assert execution.tick_count == 1


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_comes_out_once_the_tick_has_ended(
    registry: Registry, kind: type[BaseException]
) -> None:
    calls: list[str] = []

    def interrupted() -> None:
        raise kind

    registry.action(interrupted)
    registry.action(lambda: calls.append("after"), name="after")
    execution = start(
        registry,
        {
            "node_type": "Selector",
            "children": [leaf("interrupted", "first"), leaf("after", "second")],
        },
    )
    with pytest.raises(kind):
        execution.tick(now=0.0)
    assert execution.tick_count == 1
    assert calls == ["after"]


def test_a_leaf_that_blocks_holds_up_its_tick_and_no_other(registry: Registry) -> None:
    entered, leave = threading.Event(), threading.Event()

    @registry.action
    def block() -> None:
        entered.set()
        assert leave.wait(20)

    registry.action(lambda: None, name="quick")
    blocked, quick = start(registry, leaf("block")), start(registry, leaf("quick"))
    with ThreadPoolExecutor(1) as pool:
        tick = pool.submit(blocked.tick, now=0.0)
        try:
            assert entered.wait(20)
            assert quick.tick(now=0.0).status is S
            with pytest.raises(ExecutionBusy, match="ticking already"):
                blocked.tick(now=1.0)
            with pytest.raises(ExecutionBusy):
                blocked.snapshot()
        finally:
            leave.set()
        assert tick.result().status is S


def test_a_leaf_cannot_tick_its_own_execution(registry: Registry) -> None:
    holder: list[pf.Execution] = []
    registry.action(lambda: holder[0].tick(now=1.0).status, name="again")
    holder.append(start(registry, leaf("again")))
    outcome = holder[0].tick(now=0.0)
    assert outcome.status is F
    assert "ExecutionBusy" in outcome.errors[0].message
    holder.clear()


def test_a_leaf_may_tick_another_execution(registry: Registry) -> None:
    registry.action(lambda n: Result(S, {"m": n + 1}), name="inner")
    program = compiled(registry, leaf("inner"))

    def outer(n: int) -> Result:
        inner = program.start()
        return Result(S, {"m": inner.tick({"n": n * 10}, now=0.0).changed["m"]})

    registry.action(outer)
    assert start(registry, leaf("outer")).tick({"n": 4}, now=0.0).changed == {"m": 41}


# Classes


class Probe(Leaf):
    """Writes down everything that happens to it."""

    calls: list[str]
    answers: list[object]
    saved: object = None

    def setup(self) -> None:
        self.calls.append("setup")

    def initialise(self, target: str = "home") -> None:
        self.calls.append(f"initialise({target})")

    def update(self, level: int = 0) -> Status:
        self.calls.append(f"update({level})")
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            # A fresh one: an exception remembers the frames it passed through.
            raise type(answer)(*answer.args)
        return answer  # type: ignore[return-value]

    def terminate(self, new_status: Status) -> None:
        assert isinstance(new_status, Status)
        self.calls.append(f"terminate({new_status.name})")

    def shutdown(self) -> None:
        self.calls.append("shutdown")


def probe(registry: Registry, *answers: object, name: str = "Probe") -> list[str]:
    """Register a probe; return the list of what happens to it."""
    calls: list[str] = []
    kind = type(name, (Probe,), {"calls": calls, "answers": list(answers)})
    registry.action(kind)
    return calls


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


def test_an_activation_that_cannot_begin_needs_no_end(registry: Registry) -> None:
    calls = probe(registry, S)
    execution = start(registry, leaf("Probe", inputs={"target": "place"}))
    outcome = execution.tick(now=0.0)
    assert (outcome.status, len(outcome.errors)) == (F, 1)
    assert calls == ["setup"]
    assert execution.tick({"place": "p"}, now=1.0).status is S
    assert calls[1:] == ["initialise(p)", "update(0)", "terminate(SUCCESS)"]
