"""Runs a case through two engines and says where they part."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Protocol

import pytest

from tests.oracle.cases import Case, TickInput, walk
from tests.oracle.makers import Family, FromSeed, draw_case
from tests.oracle.observed import Observed, difference
from tests.oracle.simpler import simplest


class Engine(Protocol):
    """An engine that has begun a case."""

    def tick(self, given: TickInput) -> Observed:
        """Tick once and say what happened."""


def parting(case: Case, ours: Engine, other: Engine) -> str | None:
    """Say at which tick two engines part, and how; None when they never do."""
    types = [node["node_type"] for node in walk(case.definition)]
    for number, given in enumerate(case.ticks):
        found = difference(ours.tick(given), other.tick(given), types)
        if found is not None:
            return f"tick {number}: {found}"
    return None


def compare_many(
    seeds: Iterable[int], family: Family, extras: bool, compare: Callable[[Case], str | None]
) -> None:
    """Compare the cases of many seeds; the first that parts is simplified and shown."""

    def still_parts(case: Case) -> bool:
        try:
            return compare(case) is not None
        except (ValueError, IndexError, KeyError):  # it is no tree any more
            return False

    for seed in seeds:
        case = draw_case(FromSeed(seed), family, extras)
        if compare(case) is not None:
            simple = simplest(case, still_parts)
            ticks = "\n".join(str(tick) for tick in simple.ticks)
            pytest.fail(f"seed {seed}: {compare(simple)}\n{simple.definition}\n{ticks}")
