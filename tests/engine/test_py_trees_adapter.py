"""py_trees behaviours and trees as leaves, each on a blackboard of its own."""

from __future__ import annotations

import gc
import operator
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

py_trees = pytest.importorskip("py_trees")

from py_trees.behaviour import Behaviour  # noqa: E402
from py_trees.behaviours import (  # noqa: E402
    CheckBlackboardVariableExists,
    SetBlackboardVariable,
    StatusQueue,
    TickCounter,
)
from py_trees.blackboard import Blackboard, Client  # noqa: E402
from py_trees.common import Access, ParallelPolicy  # noqa: E402
from py_trees.common import Status as TreeStatus  # noqa: E402
from py_trees.composites import Parallel, Selector, Sequence  # noqa: E402
from py_trees.decorators import Inverter  # noqa: E402
from py_trees.trees import BehaviourTree  # noqa: E402

import py_forest as pf  # noqa: E402
from py_forest import Registry, Status  # noqa: E402
from py_forest.engine.actions import bind_action  # noqa: E402
from py_forest.engine.py_trees_adapter import (  # noqa: E402
    BLACKBOARD_LOCK,
    Scope,
    key_of,
    variable_of,
)
from py_forest.kit.errors import SnapshotRefused  # noqa: E402


@pytest.fixture(autouse=True)
def _process_board_is_untouched() -> Iterator[None]:
    """Whatever a test does, the blackboard of the process stays as it was."""
    Blackboard.clear()
    Blackboard.set("/outside", 1)
    before = (Blackboard.storage, Blackboard.metadata, Blackboard.clients)
    yield
    after = (Blackboard.storage, Blackboard.metadata, Blackboard.clients)
    assert all(one is other for one, other in zip(before, after, strict=True))
    assert Blackboard.storage == {"/outside": 1}
    assert set(Blackboard.metadata) == {"/outside"}
    assert Blackboard.clients == {}
    assert Blackboard.activity_stream is None
    Blackboard.clear()


@pytest.fixture
def registry() -> Registry:
    return Registry()


class Probe(Behaviour):
    """Answers what its queue says and writes down everything that happens to it."""

    def __init__(self, name: str, answers: str, calls: list[str]) -> None:
        super().__init__(name)
        self.answers = list(answers)
        self.calls = calls

    def setup(self, **kwargs: object) -> None:  # noqa: ARG002
        self.calls.append(f"{self.name}.setup")

    def initialise(self) -> None:
        self.calls.append(f"{self.name}.initialise")

    def update(self) -> TreeStatus:
        self.calls.append(f"{self.name}.update")
        answer = self.answers.pop(0)
        if answer == "!":
            raise RuntimeError("broken")
        return {s.name[0]: s for s in TreeStatus}[answer]

    def terminate(self, new_status: TreeStatus) -> None:
        self.calls.append(f"{self.name}.terminate({new_status.name})")

    def shutdown(self) -> None:
        self.calls.append(f"{self.name}.shutdown")


class Counter(Behaviour):
    """Adds `step` to `total` on the blackboard, as many py_trees behaviours do."""

    def __init__(self, name: str, enough: int = 3) -> None:
        super().__init__(name)
        self.enough = enough
        self.board = self.attach_blackboard_client(name=name)
        self.board.register_key("step", Access.READ)
        self.board.register_key("total", Access.WRITE)

    def update(self) -> TreeStatus:
        total = (self.board.total if self.board.exists("total") else 0) + self.board.step
        self.board.total = total
        self.feedback_message = f"at {total}"
        return TreeStatus.SUCCESS if total >= self.enough else TreeStatus.RUNNING


def leaf(action: str, **config: object) -> dict[str, Any]:
    return {
        "node_type": "Action",
        "node_id": "leaf",
        "name": "the leaf",
        "config": {"action": action, **config},
    }


def start(registry: Registry, root: dict[str, Any]) -> pf.Execution:
    return pf.compile({"root": root}, registry).start()


# What can be registered


def test_a_class_is_configured_by_its_constructor(registry: Registry) -> None:
    registry.py_trees(TickCounter)
    fields = {field.name: field for field in registry.get("TickCounter").node_type.config}
    assert fields["duration"].type == "int"
    assert fields["completion_status"].enum == ("SUCCESS", "FAILURE", "RUNNING", "INVALID")
    execution = start(registry, leaf("TickCounter", duration=2, completion_status="FAILURE"))
    assert [execution.tick(now=float(t)).status for t in range(3)] == [
        Status.RUNNING,
        Status.RUNNING,
        Status.FAILURE,
    ]


def test_a_class_is_registered_by_the_same_decorator(registry: Registry) -> None:
    @registry.action(writes=["done"])
    class Finish(Behaviour):
        """Finish something."""

        def __init__(self, name: str = "Finish") -> None:
            super().__init__(name)

        def update(self) -> TreeStatus:
            Blackboard.set("done", True)
            return TreeStatus.SUCCESS

    assert registry.get("Finish").kind == "py_trees"
    assert registry.get("Finish").description == "Finish something."
    execution = start(registry, leaf("Finish"))
    assert execution.tick(now=0.0).changed == {"done": True}


def test_a_function_may_make_the_tree(registry: Registry) -> None:
    @registry.action
    def patience(ticks: int = 1) -> Behaviour:
        """Wait some ticks."""
        return Inverter("not yet", TickCounter("wait", ticks, TreeStatus.SUCCESS))

    @registry.py_trees(name="tree")
    def tree() -> BehaviourTree:
        return BehaviourTree(patience(0))

    assert registry.get("patience").description == "Wait some ticks."
    execution = start(registry, leaf("patience", ticks=1))
    assert execution.tick(now=0.0).status is Status.RUNNING
    assert execution.tick(now=1.0).status is Status.FAILURE
    assert start(registry, leaf("tree")).tick(now=0.0).status is Status.FAILURE


def test_py_trees_is_imported_by_those_who_use_it() -> None:
    script = """
import sys
import py_forest as pf
pf.action(lambda: None, name="it")
pf.compile({"root": {"node_type": "it"}}).start().tick()
print(any(name.startswith("py_trees") for name in sys.modules))
"""
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"


def test_an_object_serves_one_execution_at_a_time(registry: Registry) -> None:
    calls: list[str] = []
    registry.action(Probe("only", "RRRR", calls), name="only")
    program = pf.compile({"root": leaf("only")}, registry)
    first, second = program.start(), program.start()
    assert first.tick(now=0.0).status is Status.RUNNING
    outcome = second.tick(now=0.0)
    assert outcome.status is Status.FAILURE
    assert "is in use by another node or execution" in outcome.errors[0].message
    assert first.tick(now=1.0).status is Status.RUNNING
    first.close()
    assert second.tick(now=1.0).status is Status.RUNNING
    second.close()
    assert calls.count("only.setup") == calls.count("only.shutdown") == 2


def test_an_object_brings_the_keys_it_registered(registry: Registry) -> None:
    writer = Client(name="writer")
    writer.register_key("step", Access.WRITE)
    writer.step = 5
    registry.py_trees(BehaviourTree(Counter("count")), name="count", writes=["total"])
    execution = start(registry, leaf("count"))
    outcome = execution.tick(now=0.0)
    assert (outcome.status, outcome.changed) == (Status.SUCCESS, {"total": 5})
    Blackboard.clear()
    Blackboard.set("/outside", 1)
    execution.close()


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (3, "nothing of py_trees"),
        (dict, "class `dict` is no py_trees behaviour"),
        (lambda path: path, None),
    ],
)
def test_what_is_no_tree_is_refused(
    registry: Registry, target: object, message: str | None
) -> None:
    if message is not None:
        with pytest.raises(TypeError, match=message):
            registry.py_trees(target, name="it")
        return
    registry.py_trees(target, name="it")
    outcome = start(registry, leaf("it", path=3)).tick(now=0.0)
    assert outcome.status is Status.FAILURE
    assert "it must make a py_trees behaviour or tree" in outcome.errors[0].message


def test_a_key_is_either_an_argument_or_a_variable(registry: Registry) -> None:
    with pytest.raises(TypeError, match="takes `duration` to be made"):
        registry.py_trees(TickCounter, reads=["duration"])


# The life of a leaf


def test_the_lifecycle_is_the_one_of_py_trees(registry: Registry) -> None:
    calls: list[str] = []

    @registry.py_trees(name="pair")
    def pair() -> Behaviour:
        return Sequence(
            "pair", memory=True, children=[Probe("a", "SS", calls), Probe("b", "RSF", calls)]
        )

    execution = start(registry, leaf("pair"))
    assert [execution.tick(now=float(t)).status.name for t in range(3)] == [
        "RUNNING",
        "SUCCESS",
        "FAILURE",
    ]
    execution.close()
    assert calls == [
        "a.setup",
        "b.setup",
        "a.initialise",
        "a.update",
        "a.terminate(SUCCESS)",
        "b.initialise",
        "b.update",
        "b.update",
        "b.terminate(SUCCESS)",
        "a.terminate(INVALID)",
        "b.terminate(INVALID)",
        "a.initialise",
        "a.update",
        "a.terminate(SUCCESS)",
        "b.initialise",
        "b.update",
        "b.terminate(FAILURE)",
        "a.shutdown",
        "b.shutdown",
    ]


def test_an_interruption_terminates_what_runs(registry: Registry) -> None:
    calls: list[str] = []
    registry.py_trees(lambda: Probe("a", "RRR", calls), name="a")
    execution = start(
        registry,
        {
            "node_type": "ReactiveSequence",
            "children": [
                {"node_type": "Condition", "config": {"expression": "go"}},
                leaf("a"),
            ],
        },
    )
    execution.tick({"go": True}, now=0.0)
    del calls[:]
    assert execution.tick({"go": False}, now=1.0).status is Status.FAILURE
    assert calls == ["a.terminate(INVALID)"]
    execution.tick({"go": True}, now=2.0)
    assert calls[1:] == ["a.initialise", "a.update"]
    del calls[:]
    execution.halt()
    assert calls == ["a.terminate(INVALID)"]


def test_an_exception_stops_the_rest_and_is_contained(registry: Registry) -> None:
    calls: list[str] = []

    @registry.py_trees(name="both")
    def both() -> Behaviour:
        return Parallel(
            "both",
            ParallelPolicy.SuccessOnAll(),
            [Probe("a", "RR", calls), Probe("b", "R!", calls)],
        )

    execution = start(registry, leaf("both"))
    assert execution.tick(now=0.0).status is Status.RUNNING
    outcome = execution.tick(now=1.0)
    assert outcome.status is Status.FAILURE
    assert outcome.errors[0].kind == "raised"
    assert outcome.errors[0].message == "RuntimeError: broken"
    assert calls[-2:] == ["a.terminate(INVALID)", "b.terminate(INVALID)"]


def test_a_second_exception_does_not_hide_the_first(registry: Registry) -> None:
    class Worse(Probe):
        def terminate(self, new_status: TreeStatus) -> None:  # noqa: ARG002
            raise LookupError("worse")

    registry.py_trees(lambda: Worse("w", "!", []), name="worse")
    outcome = start(registry, leaf("worse")).tick(now=0.0)
    assert outcome.errors[0].message.startswith("RuntimeError: broken")


def test_a_behaviour_without_an_answer_is_a_failure(registry: Registry) -> None:
    registry.py_trees(lambda: Probe("a", "IS", []), name="a")
    execution = start(registry, leaf("a"))
    outcome = execution.tick(now=0.0)
    assert (outcome.status, outcome.errors[0].kind) == (Status.FAILURE, "bad_reply")
    assert execution.tick(now=1.0).status is Status.SUCCESS


def test_a_failing_setup_is_a_failure_and_tried_again(registry: Registry) -> None:
    fails = [True, False]

    class Fussy(Probe):
        def setup(self, **kwargs: object) -> None:  # noqa: ARG002
            if fails.pop(0):
                raise ConnectionError("no robot")

    registry.action(Fussy("f", "S", []), name="fussy")
    execution = start(registry, leaf("fussy"))
    outcome = execution.tick(now=0.0)
    assert outcome.status is Status.FAILURE
    assert outcome.errors[0].message == "ConnectionError: no robot"
    assert execution.tick(now=1.0).status is Status.SUCCESS


def test_a_tree_of_its_own_runs_its_handlers_and_visitors(registry: Registry) -> None:
    counts: list[int] = []

    @registry.action
    def tree() -> BehaviourTree:
        made = BehaviourTree(StatusQueue("q", [TreeStatus.SUCCESS], TreeStatus.SUCCESS))
        made.add_post_tick_handler(lambda done: counts.append(done.count))
        return made

    execution = start(registry, leaf("tree"))
    execution.tick(now=0.0)
    execution.tick(now=1.0)
    assert counts == [0, 1]


def test_setup_works_off_the_main_thread(registry: Registry) -> None:
    registry.py_trees(lambda: BehaviourTree(Probe("a", "S", [])), name="tree")
    with ThreadPoolExecutor(1) as pool:
        outcome = pool.submit(lambda: start(registry, leaf("tree")).tick(now=0.0)).result()
    assert (outcome.status, outcome.errors) == (Status.SUCCESS, ())


# Keys both ways


def test_keys_lose_their_slashes() -> None:
    assert [key_of("speed"), key_of("robot.left_arm.speed")] == [
        "/speed",
        "/robot/left_arm/speed",
    ]
    assert [variable_of("/speed"), variable_of("/robot/left_arm/speed")] == [
        "speed",
        "robot.left_arm.speed",
    ]


def test_variables_go_in_before_every_tick_and_out_after_it(registry: Registry) -> None:
    registry.py_trees(Counter, reads=["step"], writes=["total"])
    execution = start(registry, leaf("Counter", enough=10))
    outcome = execution.tick({"step": 4}, now=0.0)
    assert (outcome.status, outcome.changed) == (Status.RUNNING, {"total": 4})
    outcome = execution.tick(now=1.0)
    assert (outcome.status, outcome.changed) == (Status.RUNNING, {"total": 8})
    outcome = execution.tick({"step": 100}, now=2.0)
    assert (outcome.status, outcome.changed) == (Status.SUCCESS, {"total": 108})
    assert execution.blackboard["total"] == 108


def test_outputs_say_where_a_key_goes(registry: Registry) -> None:
    registry.py_trees(Counter, reads=["step"], outputs={"total": "sum"})
    execution = start(registry, leaf("Counter", inputs={"step": "n + 1"}))
    assert execution.tick({"n": 1}, now=0.0).changed == {"sum": 2}
    other = start(registry, leaf("Counter", step=3, outputs={"total": "three"}))
    assert other.tick(now=0.0).changed == {"three": 3}


def test_namespaces_are_dots(registry: Registry) -> None:
    class Arm(Behaviour):
        def __init__(self, name: str) -> None:
            super().__init__(name)
            self.board = self.attach_blackboard_client(name=name, namespace="robot/arm")
            self.board.register_key("speed", Access.READ)
            self.board.register_key("angle", Access.WRITE)

        def update(self) -> TreeStatus:
            self.board.angle = self.board.speed * 2
            return TreeStatus.SUCCESS

    registry.py_trees(Arm, reads=["robot.arm.speed"], writes=["robot.arm.angle"])
    execution = start(registry, leaf("Arm"))
    outcome = execution.tick({"robot.arm.speed": 3}, now=0.0)
    assert outcome.changed == {"robot.arm.angle": 6}


def test_a_variable_without_a_value_is_no_key(registry: Registry) -> None:
    registry.py_trees(
        lambda: CheckBlackboardVariableExists("there", "x"), name="there", reads=["x"]
    )
    execution = start(registry, leaf("there"))
    assert execution.tick(now=0.0).status is Status.FAILURE
    assert execution.tick({"x": False}, now=1.0).status is Status.SUCCESS
    assert execution.tick({"x": None}, now=2.0).status is Status.FAILURE


def test_only_what_changed_comes_out(registry: Registry) -> None:
    class Listing(Behaviour):
        def update(self) -> TreeStatus:
            found = Blackboard.storage.setdefault("/found", [])
            if len(found) < 2:
                found.append(len(found))
            return TreeStatus.RUNNING

    registry.py_trees(lambda: Listing("l"), name="listing", writes=["found"])
    execution = start(registry, leaf("listing"))
    changes = [execution.tick(now=float(t)).changed for t in range(3)]
    assert changes == [{"found": [0]}, {"found": [0, 1]}, {}]
    # What somebody else writes in between is not overwritten by an old value.
    assert execution.tick({"found": "mine"}, now=4.0).changed == {}
    assert execution.blackboard["found"] == "mine"


@pytest.mark.parametrize("pair", [(1, 1.0), ([1], [True]), ({"a": 1}, {"a": 1, "b": 2}), (0, "")])
def test_values_that_only_look_equal_are_changes(
    registry: Registry, pair: tuple[object, object]
) -> None:
    values = [pair[0], pair[1], pair[1]]

    class Next(Behaviour):
        def update(self) -> TreeStatus:
            Blackboard.set("/it", values.pop(0))
            return TreeStatus.SUCCESS

    registry.py_trees(lambda: Next("n"), name="next", writes=["it"])
    execution = start(registry, leaf("next"))
    changes = [execution.tick(now=float(t)).changed for t in range(3)]
    assert changes == [{"it": pair[0]}, {"it": pair[1]}, {}]


def test_a_key_that_is_unset_becomes_null(registry: Registry) -> None:
    class Toggle(Behaviour):
        def update(self) -> TreeStatus:
            if not Blackboard.unset("/flag"):
                Blackboard.set("/flag", TreeStatus.SUCCESS)
            return TreeStatus.SUCCESS

    registry.py_trees(lambda: Toggle("t"), name="toggle", writes=["flag"])
    execution = start(registry, leaf("toggle"))
    changes = [execution.tick(now=float(t)).changed for t in range(3)]
    assert changes == [{"flag": "SUCCESS"}, {"flag": None}, {"flag": "SUCCESS"}]


def test_a_value_that_is_no_json_is_a_failure(registry: Registry) -> None:
    registry.py_trees(
        lambda: SetBlackboardVariable("set", "thing", variable_value=object, overwrite=True),
        name="set",
        writes=["thing"],
    )
    outcome = start(registry, leaf("set")).tick(now=0.0)
    assert outcome.status is Status.FAILURE
    assert "the py_trees key `/thing` holds something of type `object`" in outcome.errors[0].message


def test_an_input_changed_in_place_is_a_change(registry: Registry) -> None:
    class Append(Behaviour):
        def update(self) -> TreeStatus:
            Blackboard.get("items")["list"].append(1)
            return TreeStatus.SUCCESS

    registry.py_trees(lambda: Append("a"), name="append", reads=["items"], writes=["items"])
    execution = start(registry, leaf("append"))
    changes = [execution.tick(now=float(t)).changed for t in range(1)]
    assert execution.tick({"items": {"list": []}}, now=1.0).changed == {"items": {"list": [1]}}
    assert execution.tick(now=2.0).changed == {"items": {"list": [1, 1]}}
    assert changes == [{}]


def test_tuples_and_enumerations_come_out_as_json(registry: Registry) -> None:
    value = {"at": (1, [2.5]), "status": TreeStatus.FAILURE, "nothing": None}
    registry.py_trees(
        lambda: SetBlackboardVariable("set", "thing", variable_value=value, overwrite=True),
        name="set",
        writes=["thing"],
    )
    assert start(registry, leaf("set")).tick(now=0.0).changed == {
        "thing": {"at": [1, [2.5]], "status": "FAILURE", "nothing": None}
    }


@pytest.mark.parametrize("value", [{1: 2}, {"a": {1, 2}}, float("nan"), [b"x"]])
def test_what_is_no_json_is_found_wherever_it_is(registry: Registry, value: object) -> None:
    registry.py_trees(
        lambda: SetBlackboardVariable("set", "thing", variable_value=value, overwrite=True),
        name="set",
        writes=["thing"],
    )
    outcome = start(registry, leaf("set")).tick(now=0.0)
    assert "which is no JSON value" in outcome.errors[0].message


def test_a_declared_variable_must_exist(registry: Registry) -> None:
    registry.py_trees(Counter, reads=["step"], writes=["total"])
    definition = {"root": leaf("Counter"), "blackboard_schema": {"stop": {"type": "int"}}}
    with pytest.raises(ValueError, match="needs `step`") as error:
        pf.compile(definition, registry)
    assert "no variable `total` is declared" in str(error.value)


# Isolation


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


# Snapshots


def test_a_running_leaf_refuses_a_snapshot(registry: Registry) -> None:
    @registry.py_trees(name="slow")
    def slow() -> Behaviour:
        return Sequence("steps", memory=True, children=[Probe("hold", "RS", [])])

    execution = start(registry, leaf("slow"))
    execution.tick(now=0.0)
    with pytest.raises(SnapshotRefused, match=r"node `leaf` runs py_trees action `slow`.*`hold`"):
        execution.snapshot()
    with pytest.raises(SnapshotRefused):
        execution.fork()
    execution.tick(now=1.0)
    assert execution.snapshot()


def test_an_idle_leaf_takes_its_board_along(registry: Registry) -> None:
    registry.py_trees(Counter, reads=["step"], writes=["total"], resources={"robot": object()})
    program = pf.compile({"root": leaf("Counter", enough=1)}, registry)
    execution = program.start()
    execution.tick({"step": 5}, now=0.0)
    twin = program.restore(execution.snapshot())
    assert twin.tick({"step": 1}, now=1.0).changed == {"total": 6}
    assert execution.fork().tick({"step": 2}, now=1.0).changed == {"total": 7}


def test_a_replay_never_runs_the_tree(registry: Registry) -> None:
    def never(enough: int) -> Behaviour:
        raise AssertionError(enough)

    registry.py_trees(Counter, reads=["step"], writes=["total"])
    program = pf.compile({"root": leaf("Counter", enough=8)}, registry)
    execution = program.start()
    records = [execution.tick({"step": 4}, now=float(t)).record or b"" for t in range(2)]
    again = Registry()
    again.py_trees(never, name="Counter", reads=["step"], writes=["total"])
    program = pf.compile({"root": leaf("Counter", enough=8)}, again)
    report = pf.replay(program, execution.header, records)
    assert report.equal, report.first_difference


def test_a_second_shutdown_does_nothing(registry: Registry) -> None:
    calls: list[str] = []
    registry.py_trees(Probe("a", "S", calls), name="a")
    config = {"action": "a"}
    _, bound = bind_action(config, registry, node_id="n", pointer="", known_keys=None)
    assert bound is not None
    made = bound[1]()
    made.setup()
    made.shutdown()
    made.shutdown()
    assert calls == ["a.setup", "a.shutdown"]
    assert registry.get("a").callable().name == "a"


def test_a_loaded_board_may_lack_a_written_key(registry: Registry) -> None:
    registry.py_trees(Counter, reads=["step"], writes=["total", "never"])
    program = pf.compile({"root": leaf("Counter", enough=1)}, registry)
    execution = program.start()
    execution.tick({"step": 5}, now=0.0)
    assert program.restore(execution.snapshot()).tick(now=1.0).changed == {"total": 10}


# A handler as it is written for py_trees


class DataLayerNode(Behaviour):
    """Reads `datalayer` and `actor_id` from the blackboard, set by whoever runs the tree."""

    def setup(self, **kwargs: object) -> None:  # noqa: ARG002
        self.board = self.attach_blackboard_client(name=self.name)
        self.board.register_key(key="datalayer", access=Access.READ)
        self.board.register_key(key="actor_id", access=Access.READ)

    def initialise(self) -> None:
        self.store: dict[str, dict[str, Any]] = self.board.datalayer
        self.actor: str = self.board.actor_id


class ReportIs(DataLayerNode):
    def __init__(self, report_id: str, state: str) -> None:
        super().__init__(f"report is {state}")
        self.report_id, self.state = report_id, state

    def update(self) -> TreeStatus:
        report = self.store.get(self.report_id)
        if report is None:
            self.feedback_message = f"no report {self.report_id}"
            return TreeStatus.FAILURE
        self.feedback_message = f"it is {report['state']}"
        return TreeStatus.SUCCESS if report["state"] == self.state else TreeStatus.FAILURE


class LoadReport(DataLayerNode):
    def __init__(self, report_id: str) -> None:
        super().__init__("load report")
        self.report_id = report_id

    def setup(self, **kwargs: object) -> None:
        super().setup(**kwargs)
        self.key = f"object_{self.report_id.rsplit('/', 1)[-1]}"
        self.board.register_key(key=self.key, access=Access.WRITE)

    def update(self) -> TreeStatus:
        if self.report_id not in self.store:
            return TreeStatus.FAILURE
        self.board.set(self.key, self.store[self.report_id], overwrite=True)
        return TreeStatus.SUCCESS


class Transition(DataLayerNode):
    def __init__(self, report_id: str, state: str) -> None:
        super().__init__(f"to {state}")
        self.report_id, self.state = report_id, state

    def update(self) -> TreeStatus:
        self.store[self.report_id]["state"] = self.state
        self.store[self.report_id]["by"] = self.actor
        return TreeStatus.SUCCESS


class OpenCase(DataLayerNode):
    def __init__(self, report_id: str) -> None:
        super().__init__("open case")
        self.report_id = report_id

    def setup(self, **kwargs: object) -> None:
        super().setup(**kwargs)
        self.board.register_key(key="case_id", access=Access.WRITE)

    def update(self) -> TreeStatus:
        case_id = f"case-{len(self.store)}"
        self.store[case_id] = {"report": self.report_id, "actor": self.actor}
        self.board.case_id = case_id
        return TreeStatus.SUCCESS


def validate_report(report_id: str) -> Behaviour:
    """Validate a report, unless that was done before.

    Args:
        report_id: the report's address.
    """
    return Selector(
        "validate report",
        memory=False,
        children=[
            ReportIs(report_id, "VALID"),
            Sequence(
                "validation",
                memory=False,
                children=[
                    Selector(
                        "can be validated",
                        memory=False,
                        children=[ReportIs(report_id, "RECEIVED"), ReportIs(report_id, "INVALID")],
                    ),
                    LoadReport(report_id),
                    Transition(report_id, "VALID"),
                    OpenCase(report_id),
                ],
            ),
        ],
    )


REPORT = "https://vendor.example/reports/abc123"


def handler(store: dict[str, dict[str, Any]]) -> pf.Program:
    registry = Registry()
    registry.py_trees(
        validate_report,
        reads=["actor_id"],
        writes=["case_id", "object_abc123"],
        resources={"datalayer": store},
    )
    return pf.compile({"root": leaf("validate_report", report_id=REPORT)}, registry)


def test_a_handler_tree_runs_unmodified() -> None:
    store: dict[str, dict[str, Any]] = {REPORT: {"state": "RECEIVED"}}
    execution = handler(store).start(blackboard={"actor_id": "vendor"})
    outcome = execution.tick(now=0.0)
    assert (outcome.status, outcome.errors) == (Status.SUCCESS, ())
    assert outcome.changed == {
        "case_id": "case-1",
        "object_abc123": {"state": "VALID", "by": "vendor"},
    }
    assert store["case-1"] == {"report": REPORT, "actor": "vendor"}
    # Valid already: it succeeds early, and opens no second case.
    assert execution.tick(now=1.0).changed == {}
    assert len(store) == 2


def test_a_handler_tree_that_fails_says_why() -> None:
    execution = handler({}).start(blackboard={"actor_id": "vendor"})
    assert execution.tick(now=0.0).status is Status.FAILURE


def test_handlers_of_several_actors_keep_apart() -> None:
    programs = {f"actor-{n}": {REPORT: {"state": "RECEIVED"}} for n in range(8)}
    barrier = threading.Barrier(8)

    def run(actor: str) -> None:
        execution = handler(programs[actor]).start(blackboard={"actor_id": actor})
        barrier.wait()
        for now in range(30):
            programs[actor][REPORT]["state"] = operator.getitem(["RECEIVED", "INVALID"], now % 2)
            outcome = execution.tick(now=float(now))
            assert (outcome.status, outcome.errors) == (Status.SUCCESS, ())
            assert programs[actor][REPORT]["by"] == actor
        execution.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(run, programs))
    for actor, store in programs.items():
        assert {entry["actor"] for entry in store.values() if "actor" in entry} == {actor}
