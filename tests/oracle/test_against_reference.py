"""The engine beside the reference of its own rules: everything a tick leaves behind."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from tests.oracle.native import Native
from tests.oracle.observed import difference
from tests.oracle.reference import Reference
from tests.oracle.strategies import Case, all_cases
from tests.profile import scaled


@pytest.mark.slow
@settings(max_examples=scaled(500, 10_000))
@given(all_cases())
def test_the_engine_follows_its_documented_rules(case: Case) -> None:
    native, reference = Native(case), Reference(case.definition, case.seed)
    for tick, given_ in enumerate(case.ticks):
        ours, theirs = native.tick(given_), reference.tick(given_)
        assert difference(ours, theirs, native.types) is None, f"tick {tick}"
