"""Random cases for Hypothesis, which makes the ones that fail as simple as it can."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from tests.oracle.cases import Case
from tests.oracle.makers import ALL, PLAIN, Family, draw_case


class FromHypothesis:
    """Choices that Hypothesis draws, and makes simpler when a test fails."""

    def __init__(self, draw: st.DrawFn) -> None:
        self._draw = draw

    def pick(self, choices: Sequence[Any]) -> Any:  # noqa: ANN401
        return self._draw(st.sampled_from(choices))

    def some(self, choices: Sequence[Any], at_least: int, at_most: int) -> list[Any]:
        strategy = st.lists(st.sampled_from(choices), min_size=at_least, max_size=at_most)
        return self._draw(strategy)


@st.composite
def cases(draw: st.DrawFn, family: Family, extras: bool = False) -> Case:
    """Trees of a family through 2 to 12 ticks; `extras` are results and overrides."""
    return draw_case(FromHypothesis(draw), family, extras)


def plain_cases() -> st.SearchStrategy[Case]:
    """Trees that py_trees has too, through ticks with updates."""
    return cases(PLAIN)


def all_cases() -> st.SearchStrategy[Case]:
    """Trees of every kind, through ticks with updates, results and overrides."""
    return cases(ALL, extras=True)
