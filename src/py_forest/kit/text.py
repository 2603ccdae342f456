"""Small words for messages: suggestions, quoting, lists in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_LONGEST_GUESSED = 64
_MOST_CANDIDATES = 2_000


def did_you_mean(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate a person most likely meant by `word`, or None.

    Letter case is ignored first. Words longer than 64 characters are not guessed at, and only the
    first 2,000 candidates are looked at, so the cost stays bounded on hostile input.

    Args:
        word: what was written.
        candidates: what could have been written, best guesses first.
    """
    if not word or len(word) > _LONGEST_GUESSED:
        return None
    known: dict[str, str] = {}
    for candidate in candidates:
        known.setdefault(candidate.lower(), candidate)
        if len(known) >= _MOST_CANDIDATES:
            break
    lowered = word.lower()
    if lowered in known:
        return known[lowered]
    longest = len(word) // 3 + 1
    near = [name for name in known if abs(len(name) - len(word)) <= longest]
    # difflib is imported late: most runs never make a guess.
    from difflib import get_close_matches  # noqa: PLC0415

    close = get_close_matches(lowered, near, n=1, cutoff=0.6)
    return known[close[0]] if close else None


def quoted(text: object, longest: int = 60) -> str:
    """Quote a piece of somebody's document for a message, shortened to `longest` characters."""
    shown = text if isinstance(text, str) else repr(text)
    shown = shown[: longest + 1].encode("utf-8", "replace").decode("utf-8")
    if len(shown) > longest:
        shown = shown[: longest - 1] + "…"
    return f"`{shown}`"


def listed(words: Iterable[str], last: str = "or") -> str:
    """Join words as a sentence does: `a`, `b` or `c`."""
    ticked = [f"`{word}`" for word in words]
    if len(ticked) <= 1:
        return "".join(ticked)
    return f"{', '.join(ticked[:-1])} {last} {ticked[-1]}"


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Say a number with its noun: `1 child`, `2 children`."""
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"
