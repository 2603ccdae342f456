"""The engine beside py_trees 2.6, tick by tick: statuses of all nodes, and every end of one."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings

from tests.oracle.differences import our_board
from tests.oracle.native import Native
from tests.oracle.observed import difference
from tests.oracle.py_trees_twin import Twin
from tests.oracle.strategies import Case, plain_cases
from tests.profile import scaled


@pytest.mark.slow
@settings(max_examples=scaled(500, 10_000))
@given(plain_cases())
def test_the_engine_behaves_as_py_trees(case: Case) -> None:
    native, twin = Native(case), Twin(case)
    for tick, given_ in enumerate(case.ticks):
        ours = native.tick(given_)
        ours = replace(ours, board=our_board(ours.board))
        assert difference(ours, twin.tick(given_), native.types) is None, f"tick {tick}"
