"""Each intended difference from py_trees, shown on both sides.

Should py_trees change its mind, or we ours, the test of that line of `differences.py` says so.
"""

from __future__ import annotations

from collections.abc import Sequence

import py_trees
import pytest
from py_trees.blackboard import Blackboard
from py_trees.common import Status

import py_forest as pf
from tests.oracle import differences
from tests.oracle.cases import Case, Document, TickInput, node, numbered
from tests.oracle.native import Native
from tests.oracle.py_trees_twin import Twin

R, S, F = "RUNNING", "SUCCESS", "FAILURE"


def leaf(*answers: str) -> Document:
    return node("Action", action="scripted", answers=list(answers))


def ticks(times: Sequence[float], **updates: object) -> tuple[TickInput, ...]:
    return tuple(
        TickInput(float(now), {"tick": index, **updates}) for index, now in enumerate(times)
    )


def ours(tree: Document, times: Sequence[float], **updates: object) -> list[tuple[str, ...]]:
    case = Case(numbered(tree), ticks(times, **updates))
    native = Native(case)
    return [native.tick(given).statuses for given in case.ticks]


def theirs(tree: Document, times: Sequence[float], **updates: object) -> list[tuple[str, ...]]:
    case = Case(numbered(tree), ticks(times, **updates))
    twin = Twin(case)
    return [twin.tick(given).statuses for given in case.ticks]


def test_terminate_is_called_again_when_a_finished_node_is_reset() -> None:
    case = Case(numbered(node("Sequence", leaf(S), leaf(R, F))), ticks([0, 1, 2]))
    twin, native = Twin(case), Native(case)
    for given in case.ticks:
        endings = native.tick(given).endings
        twin.tick(given)
        assert all(count == 1 for count in endings.values())
    # The third tick begins anew: both leaves had ended long before.
    resets = [call for call in twin.calls if not differences.ends_an_activation(*call[1:])]
    assert [(index, old) for index, old, _ in resets] == [(1, Status.SUCCESS), (2, Status.FAILURE)]


def test_terminate_is_called_on_a_node_that_never_ran() -> None:
    guard = node("Guard", leaf(S), variable="a", operator_str="==", value=1)
    case = Case(numbered(node("Sequence", guard)), ticks([0, 1]))
    twin, native = Twin(case), Native(case)
    for given in case.ticks:
        twin.tick(given)
        assert native.tick(given).endings == {(0, F): 1, (1, F): 1}
    assert (2, Status.INVALID, Status.INVALID) in twin.calls


@pytest.mark.parametrize(("items", "statuses"), [([], S), (None, S)])
def test_for_each_over_nothing_ticks_the_child_once(items: object, statuses: str) -> None:
    Blackboard.clear()
    Blackboard.storage["/items"] = items
    child = py_trees.behaviours.Failure("child")
    loop = py_trees.decorators.ForEach("loop", child, "items", "item")
    loop.tick_once()
    assert (loop.status.name, child.status.name) == (statuses, F)
    tree = node("ForEach", node("Failure"), items="[]", item="x")
    assert ours(tree, [0]) == [(S, "INVALID")]


def test_for_each_ends_at_none() -> None:
    Blackboard.clear()
    Blackboard.storage["/items"] = [1, None, 3]
    child = py_trees.behaviours.Success("child")
    loop = py_trees.decorators.ForEach("loop", child, "items", "item")
    loop.tick_once()
    assert loop.status == Status.SUCCESS
    tree = node("ForEach", node("Success"), items="[1, None, 3]", item="x")
    assert [statuses[0] for statuses in ours(tree, [0, 1, 2])] == [R, R, S]


def test_for_each_writes_the_next_item_when_its_child_starts_on_it() -> None:
    case = Case(numbered(node("ForEach", node("Success"), items="[7, 8]")), ticks([0, 1]))
    twin, native = Twin(case), Native(case)
    twin.tick(case.ticks[0])
    assert Blackboard.storage["/item_0"] == 8
    assert native.tick(case.ticks[0]).board["item_0"] == 7


def test_repeat_0_does_nothing_instead_of_repeating_for_ever() -> None:
    repeat = py_trees.decorators.Repeat("repeat", py_trees.behaviours.Success("child"), 0)
    for _ in range(10):
        repeat.tick_once()
    assert repeat.status == Status.RUNNING
    assert ours(node("Repeat", node("Success"), num_success=0), [0]) == [(S, "INVALID")]


@pytest.mark.parametrize("failures", [0, -1])
def test_retry_without_a_number_tries_for_ever_and_0_is_refused(failures: int) -> None:
    retry = py_trees.decorators.Retry("retry", py_trees.behaviours.Failure("child"), failures)
    retry.tick_once()
    assert retry.status == Status.FAILURE
    tree = node("Retry", node("Failure"), num_failures=failures)
    if failures == 0:
        with pytest.raises(ValueError, match="num_failures"):
            pf.compile(tree)
    else:
        assert ours(tree, range(10))[-1] == (R, F)


def test_for_each_takes_its_list_at_the_start() -> None:
    Blackboard.clear()
    items = Blackboard.storage["/items"] = [1]
    child = py_trees.behaviours.Success("child")
    loop = py_trees.decorators.ForEach("loop", child, "items", "item")
    items.append(2)
    loop.tick_once()
    items.append(3)
    loop.tick_once()
    assert loop.status == Status.RUNNING
    tree = node("ForEach", node("Script", script="items = [1, 2, 3]"), items="items", item="x")
    assert [one[0] for one in ours(tree, [0], items=[1])] == [S]


def test_for_each_over_no_list_fails_instead_of_raising() -> None:
    Blackboard.clear()
    Blackboard.storage["/items"] = 5
    loop = py_trees.decorators.ForEach("loop", py_trees.behaviours.Success("child"), "items", "x")
    with pytest.raises(TypeError):
        loop.tick_once()
    assert ours(node("ForEach", node("Success"), items="5", item="x"), [0]) == [(F, "INVALID")]


def test_an_answer_that_is_no_status_fails_instead_of_counting_as_success() -> None:
    class Undecided(py_trees.behaviour.Behaviour):
        def update(self) -> Status:
            return Status.INVALID

    retry = py_trees.decorators.Retry("retry", Undecided("child"), 2)
    retry.tick_once()
    assert retry.status == Status.SUCCESS
    registry = pf.Registry()
    registry.action(lambda: pf.Status.INVALID, name="undecided")
    tree = node("Retry", node("Action", action="undecided"), num_failures=2)
    execution = pf.compile(tree, registry).start()
    assert [execution.tick().status.name for _ in range(2)] == [R, F]


def test_wait_ends_at_its_time_not_after() -> None:
    tree = node("Wait", duration=2)
    assert [statuses[0] for statuses in theirs(tree, [0, 1, 2, 3])] == [R, R, R, S]
    assert [statuses[0] for statuses in ours(tree, [0, 1, 2])] == [R, R, S]


def test_timeout_ends_after_its_time_on_both_sides() -> None:
    tree = node("Timeout", leaf(R), duration=2)
    assert theirs(tree, [0, 1, 2, 3]) == ours(tree, [0, 1, 2, 3])
    assert [statuses[0] for statuses in ours(tree, [0, 1, 2, 3])] == [R, R, R, F]


def test_counts_leave_the_resets_of_finished_nodes_out() -> None:
    tree = node("Sequence", node("Count", leaf(S)), leaf(F))
    case = Case(numbered(tree), ticks([0, 1, 2]))
    twin, native = Twin(case), Native(case)
    for given in case.ticks:
        twin.tick(given)
        board = native.tick(given).board
    counter = next(one for one in twin.nodes if isinstance(one, py_trees.decorators.Count))
    assert counter.interrupt_count == 2
    assert board["variable_1"]["interrupted"] == 0


def test_an_exception_is_contained_and_siblings_are_halted() -> None:
    class Broken(py_trees.behaviour.Behaviour):
        def update(self) -> Status:
            raise OSError("unplugged")

    running = py_trees.behaviours.Running("running")
    policy = py_trees.common.ParallelPolicy.SuccessOnAll()
    parallel = py_trees.composites.Parallel("parallel", policy, [running, Broken("broken")])
    with pytest.raises(OSError, match="unplugged"):
        parallel.tick_once()
    assert running.status == Status.RUNNING

    def broken() -> bool:
        raise OSError("unplugged")

    registry = pf.Registry()
    registry.action(broken)
    tree = node("Parallel", node("Running"), node("Action", action="broken"))
    execution = pf.compile(tree, registry).start()
    outcome = execution.tick()
    assert [status.name for status in execution.statuses().values()] == [F, "INVALID", F]
    assert [(error.kind, error.message) for error in outcome.errors] == [
        ("raised", "OSError: unplugged")
    ]
