"""The engine beside the reference of its own rules: everything a tick leaves behind."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from py_forest.engine.catalogue import default_catalogue
from tests.oracle.cases import Case, walk
from tests.oracle.comparing import compare_many, parting
from tests.oracle.makers import ALL, FromSeed, draw_case
from tests.oracle.native import Native
from tests.oracle.reference import Reference
from tests.oracle.strategies import all_cases
from tests.profile import scaled

pytestmark = pytest.mark.slow
SIZE = scaled(500, 5_000)
BLOCKS = 4
NOT_DRAWN = {"SubTree", "HumanDecision"}  # they have tests of their own


def compare(case: Case) -> str | None:
    return parting(case, Native(case), Reference(case.definition, case.seed))


@settings(max_examples=scaled(100, 2_000))
@given(all_cases())
def test_the_engine_follows_its_documented_rules(case: Case) -> None:
    assert compare(case) is None


@pytest.mark.parametrize("block", range(BLOCKS))
def test_the_engine_follows_its_documented_rules_at_length(block: int) -> None:
    compare_many(range(block * SIZE, (block + 1) * SIZE), ALL, True, compare)


def test_the_random_trees_reach_every_answer_of_every_node() -> None:
    reached = set()
    for seed in range(BLOCKS * SIZE):
        case = draw_case(FromSeed(seed), ALL, True)
        types = [node["node_type"] for node in walk(case.definition)]
        reference = Reference(case.definition, case.seed)
        for given_ in case.ticks:
            forced = {index for index, _ in given_.overrides}
            visited = reference.tick(given_).visited or ()
            reached |= {(types[i], answer) for i, answer in visited if i not in forced}
    expected = {
        (node_type.name, status.name)
        for node_type in default_catalogue()
        if node_type.name not in NOT_DRAWN
        for status in node_type.returns
    }
    assert expected <= reached
