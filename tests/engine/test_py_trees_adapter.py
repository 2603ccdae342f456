"""py_trees behaviours and trees as leaves: registering, life, snapshots."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest

py_trees = pytest.importorskip("py_trees")

from py_trees.behaviour import Behaviour  # noqa: E402
from py_trees.behaviours import (  # noqa: E402
    StatusQueue,
    TickCounter,
)
from py_trees.blackboard import Blackboard, Client  # noqa: E402
from py_trees.common import Access, ParallelPolicy  # noqa: E402
from py_trees.common import Status as TreeStatus  # noqa: E402
from py_trees.composites import Parallel, Sequence  # noqa: E402
from py_trees.decorators import Inverter  # noqa: E402
from py_trees.trees import BehaviourTree  # noqa: E402

import py_forest as pf  # noqa: E402
from py_forest import Registry, Status  # noqa: E402
from py_forest.engine.actions import bind_action  # noqa: E402
from py_forest.kit.errors import SnapshotRefused  # noqa: E402
from tests.engine.action_trees import leaf, start  # noqa: E402
from tests.engine.py_trees_probes import Counter, Probe  # noqa: E402

pytestmark = pytest.mark.usefixtures("quiet_process_board")


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
