from __future__ import annotations

import asyncio
import threading

import pytest

from py_forest.core.execution import ExecutionInstance
from py_forest.core.runs import run, run_async
from py_forest.core.single_shot import run_single_shot
from py_forest.core.tree_manager import TreeManager
from py_forest.engine import Registry, Result, compile
from py_forest.kit.clock import VirtualClock
from py_forest.models.status import Status
from tests.core.trees import condition, node


class Work:
    """Coroutines that a test lets go, and what became of them."""

    def __init__(self) -> None:
        self.registry = Registry()
        self.log: list[str] = []
        self.go = threading.Event()
        self.threads: set[int] = set()
        self.registry.action(self.quick, name="quick")
        self.registry.action(self.held, name="held", writes=["answer"])
        self.registry.action(self.stubborn, name="stubborn")
        self.registry.action(self.broken, name="broken")
        self.registry.action(self.odd, name="odd")

    async def quick(self, number: int = 1) -> bool:
        self.threads.add(threading.get_ident())
        await asyncio.sleep(0)
        return number > 0

    async def held(self) -> Result:
        self.log.append("began")
        try:
            while not self.go.is_set():
                await asyncio.sleep(0.001)
        except asyncio.CancelledError:
            self.log.append("cancelled")
            raise
        self.log.append("ended")
        return Result(Status.SUCCESS, {"answer": 42})

    async def stubborn(self) -> bool:
        self.log.append("holds on")
        try:
            await asyncio.sleep(10)
        except asyncio.CancelledError:
            self.log.append("went on")
        return True

    async def broken(self) -> None:
        raise RuntimeError("out of tape")

    async def odd(self) -> str:
        return "maybe"


def action(name: str, **config: object) -> dict[str, object]:
    return node("Action", name, action=name, **config)


def until(what: list[str], word: str) -> None:
    """Wait for a word in the log; tests fail by timeout otherwise."""
    pause = threading.Event()
    for _ in range(2000):
        if word in what:
            return
        pause.wait(0.001)
    raise AssertionError(f"{word} never came: {what}")


def test_a_coroutine_runs_beside_the_ticks_and_its_result_comes_with_a_later_one() -> None:
    work = Work()
    instance = ExecutionInstance(action("held"), registry=work.registry)
    assert instance.tick().status == "RUNNING"
    assert instance.tick().status == "RUNNING"
    until(work.log, "began")
    work.go.set()
    assert instance.wait_for_leaves(5)
    response = instance.tick()

    assert response.status == "SUCCESS"
    assert response.blackboard["answer"] == 42
    assert work.log == ["began", "ended"]
    assert not instance.wait_for_leaves(0)


def test_a_leaf_that_is_interrupted_has_its_coroutine_cancelled() -> None:
    work = Work()
    instance = ExecutionInstance(
        node("Selector", "root", condition("urgent", "urgent"), action("held")),
        registry=work.registry,
    )
    instance.tick(updates={"urgent": False})
    until(work.log, "began")
    assert instance.tick(updates={"urgent": True}).status == "SUCCESS"
    until(work.log, "cancelled")
    assert instance.pending == []


def test_a_result_that_comes_after_all_is_dropped_and_counted() -> None:
    work = Work()
    instance = ExecutionInstance(action("stubborn"), registry=work.registry)
    instance.tick()
    pause = threading.Event()
    until(work.log, "holds on")
    instance.stop()
    until(work.log, "went on")
    for _ in range(1000):
        if instance.late_results:
            break
        pause.wait(0.001)

    assert instance.late_results == 1
    instance.start()
    assert instance.tick().status == "RUNNING"
    instance.close()


def test_a_coroutine_that_raises_is_a_leaf_that_failed() -> None:
    work = Work()
    instance = ExecutionInstance(action("broken"), registry=work.registry)
    response = run(instance)

    assert response.status == "FAILURE"
    assert "RuntimeError: out of tape" in response.errors[0].message
    assert response.errors[0].node_id == "broken"


def test_an_answer_that_is_no_status_is_a_failure() -> None:
    work = Work()
    response = run(ExecutionInstance(action("odd"), registry=work.registry))

    assert response.status == "FAILURE"
    assert "'maybe', which is no status" in response.errors[0].message


@pytest.mark.parametrize(("number", "status"), [(1, "SUCCESS"), (-1, "FAILURE")])
def test_a_run_waits_for_its_coroutines(number: int, status: str) -> None:
    work = Work()
    instance = ExecutionInstance(action("quick", number=number), registry=work.registry)
    response = run(instance, max_ticks=5)

    assert (response.status, response.new_tick_count) == (status, 2)


def test_on_a_loop_the_coroutine_runs_there() -> None:
    work = Work()

    async def scenario() -> None:
        instance = ExecutionInstance(
            node("Sequence", "root", action("quick"), action("held")), registry=work.registry
        )
        work.go.set()
        response = await run_async(instance, max_ticks=10)
        assert response.status == "SUCCESS"

    asyncio.run(scenario())
    assert work.threads == {threading.get_ident()}


def test_a_tree_of_a_manager_does_async_leaves_too() -> None:
    work = Work()
    manager = TreeManager(registry=work.registry)
    tree = manager.get_tree(manager.create_tree_from_dict(action("held")))
    assert tree.tick_once() is Status.RUNNING
    until(work.log, "began")
    manager.delete_tree(tree.tree_id)
    until(work.log, "cancelled")


def test_a_single_shot_waits_even_on_a_loop_that_it_blocks() -> None:
    work = Work()
    program = compile(node("Sequence", "root", action("quick"), action("held")), work.registry)
    work.go.set()

    async def scenario() -> None:
        result = run_single_shot(program, registry=work.registry)
        assert (result.status, result.blackboard) == ("SUCCESS", {"answer": 42})

    asyncio.run(scenario())


def test_a_result_that_is_there_when_its_leaf_is_interrupted_is_dropped_too() -> None:
    work = Work()
    instance = ExecutionInstance(
        node("Selector", "root", condition("urgent", "urgent"), action("quick")),
        registry=work.registry,
    )
    instance.tick(updates={"urgent": False})
    assert instance.wait_for_leaves(5)
    instance.stop()

    assert instance.late_results == 1


def test_a_leaf_may_answer_with_a_status() -> None:
    work = Work()

    async def refuse() -> Status:
        return Status.FAILURE

    work.registry.action(refuse, name="refuse")
    assert run(ExecutionInstance(action("refuse"), registry=work.registry)).status == "FAILURE"


def test_a_loop_that_ends_takes_its_coroutines_along() -> None:
    work = Work()
    instance = ExecutionInstance(action("held"), registry=work.registry)

    async def tick_once() -> None:
        instance.tick()
        await asyncio.sleep(0.01)

    asyncio.run(tick_once())
    assert work.log == ["began", "cancelled"]
    response = instance.tick()
    assert response.status == "FAILURE"
    assert "cancelled from outside" in response.errors[0].message
    instance.close()


def test_waiting_on_a_loop_wakes_up_when_a_leaf_is_done_elsewhere() -> None:
    work = Work()

    async def scenario() -> None:
        instance = ExecutionInstance(action("held"), registry=work.registry)
        await asyncio.to_thread(instance.tick)
        await instance.wait_for_leaves_async(0.001)
        assert instance.tick().status == "RUNNING"
        work.go.set()
        await instance.wait_for_leaves_async(5)
        assert instance.tick().status == "SUCCESS"

    asyncio.run(scenario())


def test_a_reload_keeps_what_the_new_tree_still_waits_for() -> None:
    work = Work()
    instance = ExecutionInstance(
        {"root": node("Parallel", "root", action("held"), action("stubborn"))},
        registry=work.registry,
        clock=VirtualClock(),
    )
    instance.tick()
    until(work.log, "began")
    until(work.log, "holds on")
    instance.reload_tree({"root": node("Parallel", "root", action("held"))})
    until(work.log, "went on")
    work.go.set()
    assert instance.wait_for_leaves(5)

    assert instance.tick().status == "SUCCESS"
    assert work.log.count("began") == 1
