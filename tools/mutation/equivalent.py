"""Mutants that change nothing anyone could observe, each with the reason."""

from __future__ import annotations

from tools.mutation.mutants import Mutant

# (end of the path, part of the line, what is replaced, by what, why)
_OVERWRITTEN = "the value is written before it is read"
_FAST_PATH = "the slow path answers the same, only later"
_FLAG = "any number but 0 says yes"
_CAPPED = "`max_delay` has decided long before"

KNOWN: tuple[tuple[str, str, str, str, str], ...] = (
    ("leaves.h", "bool truth = false;", "false", "true", _OVERWRITTEN),
    ("repeating.h", "std::min<std::int64_t>(failures - 1, 62)", "62", "61", _CAPPED),
    ("repeating.h", "std::min<std::int64_t>(failures - 1, 62)", "62", "63", _CAPPED),
    ("timing.h", "cells[0] = 1;", "1", "2", _FLAG),
    ("interpreter.h", "value.as_int() <= (1LL << 53)", "1LL", "0LL", _FAST_PATH),
    ("interpreter.h", "if (index > last_visited_) last_visited_", ">", ">=", _OVERWRITTEN),
    ("interpreter.h", "open_marked_ = length;", "open_marked_ = length", "", _FAST_PATH),
    ("tick.cpp", "while (index + 8 <= end) {", "8", "9", _FAST_PATH),
    ("tick.cpp", "while (index + 8 <= end) {", "<=", "<", _FAST_PATH),
)


def is_equivalent(mutant: Mutant) -> bool:
    """Tell whether a mutant is known to behave as the original does."""
    return any(
        mutant.path.endswith(path)
        and line in mutant.shown
        and mutant.original == original
        and mutant.replacement == replacement
        for path, line, original, replacement, _ in KNOWN
    )
