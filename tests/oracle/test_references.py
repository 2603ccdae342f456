"""The two oracles against each other, without the engine: what both know they agree on."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.oracle.cases import Case, TickInput, node, numbered
from tests.oracle.comparing import compare_many, parting
from tests.oracle.differences import our_board
from tests.oracle.makers import PLAIN
from tests.oracle.observed import Observed
from tests.oracle.py_trees_twin import Twin
from tests.oracle.reference import Reference
from tests.oracle.simpler import simplest
from tests.profile import scaled


class ReferenceAsPyTrees(Reference):
    """The reference, showing of its blackboard what py_trees has too."""

    def tick(self, given: TickInput) -> Observed:
        seen = super().tick(given)
        return replace(seen, board=our_board(seen.board))


def compare(case: Case) -> str | None:
    return parting(case, ReferenceAsPyTrees(case.definition), Twin(case))


@pytest.mark.slow
def test_the_reference_behaves_as_py_trees() -> None:
    compare_many(range(10_000, 10_000 + scaled(300, 5_000)), PLAIN, False, compare)


def test_a_failing_case_is_made_simple() -> None:
    tree = node("Parallel", node("Sequence", node("Inverter", node("Failure")), node("Running")))
    ticks = tuple(TickInput(float(now), {"tick": now, "a": now}) for now in range(5))

    def fails(case: Case) -> bool:
        return "Inverter" in str(case.definition) and len(case.ticks) >= 2

    simple = simplest(Case(numbered(tree), ticks), fails)
    assert simple.definition == {**numbered(node("Inverter")), "children": []}
    assert [tick.updates for tick in simple.ticks] == [{"tick": 0}, {"tick": 1}]
