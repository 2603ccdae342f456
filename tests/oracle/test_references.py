"""The two oracles against each other, without the engine: what both know they agree on."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from tests.oracle.differences import our_board
from tests.oracle.observed import difference
from tests.oracle.py_trees_twin import Twin
from tests.oracle.reference import Reference
from tests.oracle.strategies import Case, plain_cases, walk
from tests.profile import scaled


@settings(max_examples=scaled(200, 5_000))
@given(plain_cases())
def test_the_reference_behaves_as_py_trees(case: Case) -> None:
    types = [node["node_type"] for node in walk(case.definition)]
    reference, twin = Reference(case.definition), Twin(case)
    for tick, given_ in enumerate(case.ticks):
        mine = reference.tick(given_)
        mine = replace(mine, board=our_board(mine.board))
        assert difference(mine, twin.tick(given_), types) is None, f"tick {tick}"
