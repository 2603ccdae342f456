"""Each py_trees leaf has a blackboard of its own, on any number of threads."""

from __future__ import annotations

import gc
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

py_trees = pytest.importorskip("py_trees")

from py_trees.behaviour import Behaviour  # noqa: E402
from py_trees.blackboard import Blackboard  # noqa: E402
from py_trees.common import Access  # noqa: E402
from py_trees.common import Status as TreeStatus  # noqa: E402

import py_forest as pf  # noqa: E402
from py_forest import Registry  # noqa: E402
from py_forest.engine.py_trees_adapter import (  # noqa: E402
    BLACKBOARD_LOCK,
    Scope,
)
from tests.engine.action_trees import leaf, start  # noqa: E402
from tests.engine.py_trees_probes import Counter, Probe  # noqa: E402

pytestmark = pytest.mark.usefixtures("quiet_process_board")


def test_executions_never_see_each_other(registry: Registry) -> None:
    registry.py_trees(Counter, reads=["step"], writes=["total"])
    program = pf.compile({"root": leaf("Counter", enough=10**9)}, registry)
    barrier = threading.Barrier(8)

    def run(number: int) -> list[object]:
        execution = program.start()
        barrier.wait()
        totals = [
            execution.tick({"step": number}, now=float(t)).changed.get("total", -1)
            for t in range(100)
        ]
        execution.close()
        return totals

    with ThreadPoolExecutor(8) as pool:
        for number, totals in enumerate(pool.map(run, range(8))):
            assert totals == (
                [0] + [-1] * 99 if number == 0 else [number * (t + 1) for t in range(100)]
            )


def test_threads_that_fail_leave_nothing_behind(registry: Registry) -> None:
    class Faulty(Behaviour):
        def __init__(self, name: str, rounds: int) -> None:
            super().__init__(name)
            self.rounds = rounds
            self.board = self.attach_blackboard_client()
            self.board.register_key(f"only_{rounds}", Access.EXCLUSIVE_WRITE)

        def update(self) -> TreeStatus:
            Blackboard.enable_activity_stream()
            if len(Blackboard.keys()) > 1 or len(Blackboard.clients) > 1:
                return TreeStatus.FAILURE
            raise RuntimeError("as planned")

    registry.action(Faulty)

    def run(number: int) -> set[str]:
        execution = start(registry, leaf("Faulty", rounds=number % 3))
        return {execution.tick(now=float(t)).errors[0].message for t in range(20)}

    with ThreadPoolExecutor(8) as pool:
        assert set().union(*pool.map(run, range(16))) == {"RuntimeError: as planned"}


def test_two_nodes_of_one_execution_have_their_own_boards(registry: Registry) -> None:
    registry.py_trees(Counter, reads=["step"], outputs={"total": "total"})
    root = {
        "node_type": "Sequence",
        "children": [
            {
                "node_type": "Action",
                "config": {"action": "Counter", "enough": 1, "outputs": {"total": key}},
            }
            for key in ("one", "two")
        ],
    }
    assert start(registry, root).tick({"step": 2}, now=0.0).changed == {"one": 2, "two": 2}


def test_a_leaf_may_run_another_execution(registry: Registry) -> None:
    registry.py_trees(Counter, reads=["step"], writes=["total"])

    class Outer(Behaviour):
        def update(self) -> TreeStatus:
            Blackboard.set("total", "mine")
            inner = start(registry, leaf("Counter", enough=1))
            total = inner.tick({"step": 7}, now=0.0).changed["total"]
            inner.close()
            Blackboard.set("seen", [total, Blackboard.get("total")])
            return TreeStatus.SUCCESS

    registry.py_trees(lambda: Outer("outer"), name="outer", writes=["seen"])
    assert start(registry, leaf("outer")).tick(now=0.0).changed == {"seen": [7, "mine"]}


def test_scopes_nest_and_come_back_after_exceptions() -> None:
    one, two = Scope(), Scope()

    def inner() -> None:
        with two:
            Blackboard.set("a", 2)
            with one:
                assert Blackboard.get("a") == 1
                Blackboard.set("b", 3)
            Blackboard.get("b")

    with one:
        Blackboard.set("a", 1)
        with pytest.raises(KeyError):
            inner()
        assert Blackboard.get("b") == 3
    assert (one.storage, two.storage) == ({"/a": 1, "/b": 3}, {"/a": 2})
    assert Blackboard.get("/outside") == 1


def test_code_outside_can_wait_for_its_turn(registry: Registry) -> None:
    registry.py_trees(Counter, reads=["step"])
    execution = start(registry, leaf("Counter", enough=10**9))
    stop = threading.Event()

    def tick() -> None:
        now = 0.0
        while not stop.is_set():
            now += 1.0
            execution.tick({"step": 1}, now=now)

    thread = threading.Thread(target=tick)
    thread.start()
    for number in range(200):
        with BLACKBOARD_LOCK:
            Blackboard.set("/outside", number)
            assert Blackboard.get("/outside") == number
    stop.set()
    thread.join()
    Blackboard.set("/outside", 1)


def test_a_closed_execution_is_collected(registry: Registry) -> None:
    calls: list[str] = []
    registry.py_trees(lambda: Probe("a", "RRRR", calls), name="a")
    execution = start(registry, leaf("a"))
    execution.tick(now=0.0)
    del execution
    gc.collect()
    assert calls[-2:] == ["a.terminate(INVALID)", "a.shutdown"]
