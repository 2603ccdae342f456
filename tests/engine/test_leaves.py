"""Functions as leaves, and what happens when a leaf goes wrong."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import py_forest as pf
from py_forest import Leaf, Registry, Result, Status
from py_forest.kit.errors import DefinitionInvalid, ExecutionBusy, LeafError
from tests.engine.action_trees import F, R, S, compiled, leaf, start

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
