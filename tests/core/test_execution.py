from __future__ import annotations

import threading
from datetime import UTC, datetime

import pytest

from py_forest.core.errors import ExecutionNotFound, HistoryDisabled, NotTickable, TreeNotFound
from py_forest.core.execution import ExecutionInstance, ExecutionService
from py_forest.core.library import InMemoryTreeLibrary
from py_forest.engine import Program, Registry, Result, compile, replay
from py_forest.kit.clock import VirtualClock
from py_forest.kit.errors import DefinitionInvalid, ExecutionBusy, TimeWentBackwards
from py_forest.models.events import EventType, ExecutionEvent
from py_forest.models.executions import (
    ExecutionConfig,
    ResultDelivery,
    TickRequest,
    Watch,
)
from py_forest.models.status import Status
from tests.core.trees import ROBOT, assign, condition, node, tree


class Log:
    """Keeps the log of an execution in memory."""

    def __init__(self) -> None:
        self.parts: list[tuple[Program, bytes, list[bytes]]] = []

    def begin(self, header: bytes, program: Program) -> None:
        self.parts.append((program, header, []))

    def append(self, record: bytes) -> None:
        self.parts[-1][2].append(record)


def robot(**options: object) -> ExecutionInstance:
    make: dict[str, object] = {"clock": VirtualClock(1000.0), **options}
    return ExecutionInstance(ROBOT, **make)  # type: ignore[arg-type]


def service(**options: object) -> ExecutionService:
    library = InMemoryTreeLibrary()
    library.add(ROBOT)
    return ExecutionService(library, clock=VirtualClock(), **options)  # type: ignore[arg-type]


def test_a_tick_applies_updates_and_answers_with_everything_that_matters() -> None:
    instance = robot()
    response = instance.tick(updates={"battery": 15, "wind": 3})

    assert response.root_status == response.status == "SUCCESS"
    assert (response.ticks_executed, response.new_tick_count) == (1, 1)
    assert response.blackboard == {"battery": 15, "action": "charge", "wind": 3}
    assert response.changed == {"action": "charge"}
    assert response.unread == ("wind",)
    assert (response.errors, response.dropped, response.snapshot) == ((), (), None)
    assert response.state == "running"


def test_a_request_for_several_ticks_does_all_of_them() -> None:
    instance = robot()
    response = instance.tick(5, updates={"battery": 7}, capture_snapshot=True)

    assert (response.ticks_executed, response.new_tick_count, instance.tick_count) == (5, 5, 5)
    assert response.snapshot == instance.snapshot()
    with pytest.raises(ValueError, match="at least one tick"):
        instance.tick(0)


def test_a_snapshot_shows_every_node_and_the_way_the_tick_went() -> None:
    instance = robot()
    instance.tick(updates={"battery": 90})
    instance.tick()
    states = instance.snapshot().node_states

    assert set(states) == {"root", "low", "is-low", "charge", "patrol"}
    assert [states[each].status for each in ("root", "low", "is-low", "charge", "patrol")] == [
        "SUCCESS",
        "FAILURE",
        "FAILURE",
        "INVALID",
        "SUCCESS",
    ]
    assert states["charge"].tick_count == 0
    assert states["patrol"].tick_count == 2
    assert not states["charge"].is_current_child
    assert states["patrol"].is_current_child
    assert instance.snapshot().tip_node_id == "patrol"
    assert states["patrol"].is_tip


def test_every_tick_is_in_the_history_without_anybody_asking() -> None:
    instance = robot()
    for battery in (50, 10, 60):
        instance.tick(updates={"battery": battery})
    assert instance.history is not None
    history = instance.history.for_execution(instance.execution_id)

    assert [s.tick_count for s in history.get_all()] == [1, 2, 3]
    assert [s.blackboard["action"] for s in history.get_all()] == ["patrol", "charge", "patrol"]
    assert history.get_latest() == instance.snapshot()
    changes = history.get_changes(1, 2)
    assert {each["key"] for each in changes["blackboard_changes"]} == {"battery", "action"}
    assert {each["node_id"] for each in changes["node_changes"]} == {
        "low",
        "is-low",
        "charge",
    }


def test_what_an_answer_holds_does_not_change_what_is_stored() -> None:
    instance = ExecutionInstance(assign("set", "list", [1, 2]))
    response = instance.tick()
    held = response.blackboard["list"]
    assert isinstance(held, list)
    held.append(3)

    assert instance.tick().blackboard["list"] == [1, 2]
    assert instance.snapshot().blackboard["list"] == [1, 2]


def test_history_can_be_left_out() -> None:
    instance = robot(enable_history=False)
    instance.tick()

    assert instance.history is None
    assert instance.snapshot().tick_count == 1


def test_a_fresh_execution_has_events_and_history_without_options() -> None:
    instance = ExecutionInstance(ROBOT)
    seen: list[ExecutionEvent] = []
    instance.emitter.on_any(seen.append)
    instance.tick()

    assert seen
    assert instance.history is not None
    assert instance.history.count(instance.execution_id) == 1


def test_a_bad_tree_is_refused_with_its_problems() -> None:
    with pytest.raises(DefinitionInvalid) as refused:
        ExecutionInstance({"node_type": "Sequnce"})
    assert refused.value.problems


def test_fifty_parallel_requests_are_fifty_ticks() -> None:
    instance = robot()
    counts: list[int] = []

    def work() -> None:
        for _ in range(5):
            counts.append(instance.tick().new_tick_count)

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(counts) == list(range(1, 51))
    assert instance.history is not None
    kept = instance.history.get_all(instance.execution_id)
    assert [s.tick_count for s in kept] == list(range(1, 51))
    assert all(s.node_states["root"].tick_count == s.tick_count for s in kept)


def test_a_paused_execution_takes_no_ticks_until_it_is_resumed() -> None:
    instance = robot()
    with pytest.raises(NotTickable, match="idle, not running"):
        instance.pause()
    instance.start()
    instance.pause()
    assert instance.state == "paused"
    with pytest.raises(NotTickable, match="is paused"):
        instance.tick()
    with pytest.raises(NotTickable, match="paused already"):
        instance.start()
    assert instance.tick_count == 0

    instance.resume()
    assert instance.tick().new_tick_count == 1
    with pytest.raises(NotTickable, match="running, not paused"):
        instance.resume()


def test_a_stopped_execution_is_halted_and_can_be_started_again() -> None:
    instance = ExecutionInstance(node("Sequence", "root", node("Running", "wait")))
    instance.tick()
    assert instance.snapshot().node_states["wait"].status == "RUNNING"
    instance.stop("enough")

    assert instance.state == "stopped"
    assert {s.status for s in instance.snapshot().node_states.values()} == {"INVALID"}
    with pytest.raises(NotTickable, match="is stopped"):
        instance.tick()
    instance.stop()
    instance.start()
    assert instance.tick().new_tick_count == 2


def test_a_listener_may_pause_or_stop_but_not_tick_or_reload() -> None:
    refused: list[type[Exception]] = []
    instance = robot()

    def meddle(_: ExecutionEvent) -> None:
        for meddling in (instance.tick, lambda: instance.reload_tree(ROBOT)):
            try:
                meddling()
            except ExecutionBusy as error:
                refused.append(type(error))

    instance.emitter.on(EventType.TICK_COMPLETE, meddle)
    instance.tick()
    assert refused == [ExecutionBusy, ExecutionBusy]

    instance.emitter.clear()
    instance.emitter.on(EventType.TICK_START, lambda _: instance.pause("asked"))
    assert instance.tick(5).ticks_executed == 1
    assert instance.state == "paused"

    instance.resume()
    instance.emitter.clear()
    instance.emitter.on(EventType.TICK_START, lambda _: instance.stop("asked"))
    response = instance.tick(5)
    assert (response.ticks_executed, response.state) == (1, "stopped")


def test_time_is_the_clock_and_never_goes_back() -> None:
    clock = VirtualClock(1000.0)
    instance = ExecutionInstance(node("Wait", "wait", duration=10), clock=clock)
    assert instance.tick().status == "RUNNING"
    clock.advance(9)
    assert instance.tick().status == "RUNNING"
    clock.advance(1)
    assert instance.tick().status == "SUCCESS"

    assert instance.tick(now=2000.0).status == "RUNNING"
    assert instance.tick().status == "RUNNING"
    with pytest.raises(TimeWentBackwards):
        instance.tick(now=1.0)
    summary = instance.summary()
    assert summary.started_at == datetime(1970, 1, 1, 0, 16, 40, tzinfo=UTC)
    assert summary.last_tick_at == datetime(1970, 1, 1, 0, 16, 50, tzinfo=UTC)


def test_a_refused_tick_leaves_the_execution_as_it_was() -> None:
    instance = robot()
    seen: list[EventType] = []
    instance.emitter.on_any(lambda event: seen.append(event.type))
    with pytest.raises(ValueError, match="battery"):
        instance.tick(updates={"battery": "much"})

    assert seen[-1] is EventType.EXECUTION_ERROR
    assert instance.tick().new_tick_count == 1


def test_a_summary_says_what_runs_and_how() -> None:
    instance = robot(execution_id="e", mode="auto")
    before = instance.summary()
    instance.tick()
    after = instance.summary()

    assert (before.execution_id, before.tree_id, before.tree_name, before.tree_version) == (
        "e",
        "robot",
        "Robot",
        "1.0.0",
    )
    assert (before.status, before.tick_count, before.is_running, before.mode) == (
        "INVALID",
        0,
        False,
        "auto",
    )
    assert (after.status, after.tick_count, after.is_running) == ("SUCCESS", 1, True)


def test_the_records_it_hands_out_replay_to_the_same_execution() -> None:
    log = Log()
    instance = robot(record_sink=log)
    instance.tick(3, updates={"battery": 10})
    instance.tick(updates={"battery": 80})
    instance.stop()
    instance.start()
    instance.reload_tree({**ROBOT, "root": assign("patrol", "action", "rest")})
    instance.tick()

    assert [len(records) for _, _, records in log.parts] == [5, 1]
    for program, header, records in log.parts:
        report = replay(program, header, records)
        assert report.equal, report.first_difference


def test_a_leaf_that_raises_is_reported_and_the_execution_survives() -> None:
    registry = Registry()

    @registry.action
    def explode() -> None:
        raise RuntimeError("out of fuel")

    instance = ExecutionInstance(
        node("Sequence", "root", node("Action", "boom", action="explode")), registry=registry
    )
    response = instance.tick()

    assert response.status == "FAILURE"
    assert [each.node_id for each in response.errors] == ["boom"]
    assert "out of fuel" in response.errors[0].message
    assert "out of fuel" in instance.snapshot().node_states["boom"].feedback_message
    assert instance.tick().new_tick_count == 2
    assert "boom" in instance.why("root") or "explode" in instance.why("root")


def test_external_work_is_listed_and_its_results_are_delivered() -> None:
    instance = ExecutionInstance(node("External", "work", action="weld"))
    assert instance.tick().status == "RUNNING"
    (run,) = instance.pending
    assert (run.node_id, run.action) == ("work", "weld")

    response = instance.tick(results={run.run_id: Result(Status.SUCCESS, {"done": True})})
    assert response.status == "SUCCESS"
    assert response.blackboard["done"] is True
    assert instance.tick(results={run.run_id: Result(Status.FAILURE)}).dropped == (run.run_id,)


def test_a_watch_is_reported_once_for_each_edge() -> None:
    instance = robot()
    values: list[object] = []
    instance.emitter.on(EventType.WATCH_TRIGGERED, lambda event: values.append(event.value))
    name = instance.add_watch(Watch(key="battery", condition="less", target_value=20))
    for battery in (50, 10, 5, 30, 15):
        instance.tick(updates={"battery": battery})
    assert values == [10, 15]

    assert instance.remove_watch(name)
    assert not instance.remove_watch(name)
    instance.tick(updates={"battery": 50})
    instance.tick(updates={"battery": 1})
    assert values == [10, 15]


def test_a_watch_of_a_change_reports_a_key_that_is_gone() -> None:
    instance = ExecutionInstance(node("UnsetBlackboardVariable", "unset", variable="k"))
    instance.tick(updates={"other": 1})
    events: list[object] = []
    instance.emitter.on(EventType.WATCH_TRIGGERED, lambda event: events.append(event.value))
    instance.add_watch(Watch(key="other"))
    instance.add_watch(Watch(key="k"))
    instance.tick(updates={"k": 1, "other": 2})
    assert events == [2]


def test_a_listener_may_pause_at_a_breakpoint_before_the_execution_does() -> None:
    instance = robot()
    instance.set_breakpoint("root")
    instance.emitter.on(EventType.BREAKPOINT_HIT, lambda _: instance.pause("mine"))
    paused: list[str] = []
    instance.emitter.on(EventType.EXECUTION_PAUSED, lambda event: paused.append(event.reason))
    instance.tick()
    assert paused == ["mine"]


def test_executions_of_one_program_share_what_never_changes() -> None:
    program = compile(ROBOT)
    one, other = ExecutionInstance(program), ExecutionInstance(program)
    one.tick(updates={"battery": 1})
    other.tick()

    assert one.program is other.program is program
    assert one.snapshot().blackboard != other.snapshot().blackboard


def test_a_service_makes_finds_lists_and_deletes_executions() -> None:
    made = service()
    first = made.create("robot", execution_id="first", initial_blackboard={"battery": 5})
    second = made.create(ExecutionConfig(tree_id="robot", mode="interval"))

    assert made.get("first") is first
    assert [each.execution_id for each in made.list()] == ["first", second.execution_id]
    assert made.tick("first").blackboard["action"] == "charge"
    response = made.tick("first", TickRequest(count=2, blackboard_updates={"battery": 90}))
    assert (response.new_tick_count, response.blackboard["action"]) == (3, "patrol")
    assert second.tick().blackboard["battery"] == 100

    made.delete("first")
    assert [each.execution_id for each in made.list()] == [second.execution_id]
    with pytest.raises(ExecutionNotFound, match="no execution first"):
        made.get("first")
    with pytest.raises(KeyError):
        made.delete("first")


def test_a_service_refuses_unknown_trees_and_taken_ids() -> None:
    made = service()
    with pytest.raises(TreeNotFound, match="no tree other"):
        made.create("other")
    made.create("robot", execution_id="e")
    with pytest.raises(ValueError, match="e already"):
        made.create("robot", execution_id="e")


def test_a_service_answers_for_the_history_of_its_executions() -> None:
    made = service(max_history_snapshots=3)
    made.create("robot", execution_id="e")
    made.tick("e", 5)

    assert [s.tick_count for s in made.get_history("e")] == [3, 4, 5]
    assert made.get_history_snapshot("e", 2) is None
    found = made.get_history_snapshot("e", 4)
    assert found is not None
    assert found.tick_count == 4
    assert [s.tick_count for s in made.get_history_range("e", 4, 9)] == [4, 5]
    assert made.get_history_changes("e", 4, 5)["node_changes"] == []
    with pytest.raises(ExecutionNotFound):
        made.get_history("other")

    made.delete("e")
    made.create("robot", execution_id="e")
    assert made.get_history("e") == []


def test_a_service_without_history_says_so() -> None:
    made = service(enable_history=False)
    made.create("robot", execution_id="e")
    made.tick("e")

    for ask in (
        lambda: made.get_history("e"),
        lambda: made.get_history_snapshot("e", 1),
        lambda: made.get_history_range("e", 1, 2),
    ):
        with pytest.raises(HistoryDisabled, match="keeps no history"):
            ask()
    made.delete("e")


def test_a_service_delivers_results_that_came_over_the_wire() -> None:
    library = InMemoryTreeLibrary()
    library.add(tree(node("External", "work"), tree_id="t"))
    made = ExecutionService(library)
    instance = made.create("t")
    made.tick(instance.execution_id)
    (run,) = instance.pending

    response = made.tick(
        instance.execution_id,
        TickRequest(results={run.run_id: ResultDelivery(status="SUCCESS", writes={"n": 1})}),
    )
    assert (response.status, response.blackboard) == ("SUCCESS", {"n": 1})


def test_two_executions_of_one_tree_never_share_a_value_in_eight_threads() -> None:
    library = InMemoryTreeLibrary()
    library.add(
        tree(
            node("Sequence", "root", condition("seen", "own == own"), assign("set", "last", "x")),
            tree_id="t",
            blackboard_schema={"own": {"type": "int", "default": 0}, "last": {"type": "string"}},
        )
    )
    made = ExecutionService(library, enable_history=False)
    leaks: list[object] = []

    def work(number: int) -> None:
        instance = made.create("t")
        for _ in range(100):
            board = instance.tick(updates={"own": number}).blackboard
            if board["own"] != number:
                leaks.append(board)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert not leaks
    assert len(made.list()) == 8
