"""The engine beside py_trees 2.6, tick by tick: statuses of all nodes, and every end of one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from tests.oracle.cases import Case, TickInput
from tests.oracle.comparing import compare_many, parting
from tests.oracle.differences import our_board
from tests.oracle.makers import PLAIN
from tests.oracle.native import Native
from tests.oracle.observed import Observed
from tests.oracle.py_trees_twin import Twin
from tests.oracle.strategies import plain_cases
from tests.profile import scaled

pytestmark = pytest.mark.slow


class NativeAsPyTrees(Native):
    """The engine, showing of its blackboard what py_trees has too."""

    def tick(self, given: TickInput) -> Observed:
        seen = super().tick(given)
        return replace(seen, board=our_board(seen.board))


def compare(case: Case) -> str | None:
    return parting(case, NativeAsPyTrees(case), Twin(case))


@settings(max_examples=scaled(100, 2_000))
@given(plain_cases())
def test_the_engine_behaves_as_py_trees(case: Case) -> None:
    assert compare(case) is None


@pytest.mark.parametrize("block", range(4))
def test_the_engine_behaves_as_py_trees_at_length(block: int) -> None:
    size = scaled(300, 5_000)
    compare_many(range(block * size, (block + 1) * size), PLAIN, False, compare)
