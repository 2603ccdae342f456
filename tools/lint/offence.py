"""What a check reports."""

from __future__ import annotations

from typing import NamedTuple


class Offence(NamedTuple):
    """One broken rule at one place.

    Attributes:
        path: relative to the repository, with `/`.
        line: counted from 1.
        message: the rule, as a sentence.
    """

    path: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"
