"""The twin is py_trees itself: known behaviour of 2.6, so that a mistake of the twin shows."""

from __future__ import annotations

import time
from collections import Counter

import py_trees
import pytest
from py_trees.common import Status

from tests.oracle.cases import Case, Document, TickInput, node, numbered
from tests.oracle.py_trees_twin import Twin

I, R, S, F = "INVALID", "RUNNING", "SUCCESS", "FAILURE"  # noqa: E741


def leaf(*answers: str) -> Document:
    return node("Action", action="scripted", answers=list(answers))


def twin(document: Document) -> Twin:
    return Twin(Case(numbered(document), ()))


def at(tick: int, **updates: object) -> TickInput:
    return TickInput(float(tick), {"tick": tick, **updates})


def test_a_selector_halts_the_loser_after_the_winner_has_ticked() -> None:
    tree = twin(node("Selector", leaf(F, S), leaf(R), memory=False))
    assert tree.tick(at(0)).statuses == (R, F, R)
    seen = tree.tick(at(1))
    assert seen.statuses == (S, S, I)
    assert [(index, new.name) for index, _, new in tree.calls] == [(1, S), (2, I), (0, S)]


def test_a_sequence_without_memory_runs_its_first_child_again() -> None:
    tree = twin(node("Sequence", leaf(S, F), leaf(R), memory=False))
    assert tree.tick(at(0)).statuses == (R, S, R)
    assert tree.tick(at(1)).statuses == (F, F, I)


def test_a_sequence_with_memory_goes_on_at_its_running_child() -> None:
    tree = twin(node("Sequence", leaf(S, F), leaf(R, S)))
    assert tree.tick(at(0)).statuses == (R, S, R)
    assert tree.tick(at(1)).statuses == (S, S, S)


@pytest.mark.parametrize(
    ("policy", "statuses"), [("SuccessOnAll", (R, S, R)), ("SuccessOnOne", (S, S, I))]
)
def test_the_policy_of_a_parallel_decides(policy: str, statuses: tuple[str, ...]) -> None:
    tree = twin(node("Parallel", leaf(S), leaf(R), policy=policy))
    assert tree.tick(at(0)).statuses == statuses


@pytest.mark.parametrize(("synchronise", "root"), [(True, S), (False, F)])
def test_a_synchronised_parallel_leaves_a_finished_child_alone(
    synchronise: bool, root: str
) -> None:
    tree = twin(node("Parallel", leaf(S, F), leaf(R, S), synchronise=synchronise))
    tree.tick(at(0))
    assert tree.tick(at(1)).root == root


def test_the_clock_is_ours() -> None:
    tree = twin(node("Timeout", leaf(R), duration=2))
    assert [tree.tick(at(tick)).root for tick in (0, 2, 3)] == [R, R, F]
    assert vars(py_trees.decorators)["time"] is time


def test_the_reset_of_a_finished_node_is_no_end() -> None:
    tree = twin(node("Sequence", leaf(S), leaf(F)))
    tree.tick(at(0))
    seen = tree.tick(at(1))
    assert (1, Status.SUCCESS, Status.INVALID) in tree.calls
    assert seen.endings == Counter({(0, F): 1, (1, S): 1, (2, F): 1})


def test_blackboards_of_two_twins_do_not_mix() -> None:
    first = twin(node("SetBlackboardVariable", variable="a", value=1, overwrite=True))
    first.tick(at(0))
    second = twin(
        node("CheckBlackboardCondition", variable="a", operator_str="==", value=1),
    )
    assert second.tick(at(0)).root == F
