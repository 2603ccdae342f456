"""Mutants that change nothing anyone could observe, each with the reason."""

from __future__ import annotations

from tools.mutation.mutants import Mutant

# (end of the path, part of the line, what is replaced, by what, why)
KNOWN: tuple[tuple[str, str, str, str, str], ...] = ()


def is_equivalent(mutant: Mutant) -> bool:
    """Tell whether a mutant is known to behave as the original does."""
    return any(
        mutant.path.endswith(path)
        and line in mutant.shown
        and mutant.original == original
        and mutant.replacement == replacement
        for path, line, original, replacement, _ in KNOWN
    )
