"""Words for messages."""

from __future__ import annotations

import pytest

from py_forest.kit.text import counted, did_you_mean, listed, quoted


@pytest.mark.parametrize(
    ("word", "guess"),
    [("Sequnce", "Sequence"), ("sequence", "Sequence"), ("Slector", "Selector"), ("xyz", None)],
)
def test_guesses_the_nearest_candidate(word: str, guess: str | None) -> None:
    assert did_you_mean(word, ["Sequence", "Selector"]) == guess


def test_does_not_guess_at_nothing_or_at_very_long_words() -> None:
    assert did_you_mean("", ["a"]) is None
    assert did_you_mean("a" * 10_000, ["a" * 9_999]) is None


def test_quotes_and_shortens() -> None:
    assert quoted("name") == "`name`"
    assert len(quoted("x" * 1_000)) == 62
    assert quoted("\ud800") == "`?`"


def test_lists_as_a_sentence_does() -> None:
    assert listed([]) == ""
    assert listed(["a"]) == "`a`"
    assert listed(["a", "b", "c"], "and") == "`a`, `b` and `c`"


def test_counts_with_the_right_noun() -> None:
    assert counted(1, "child", "children") == "1 child"
    assert counted(1_200, "node") == "1,200 nodes"
