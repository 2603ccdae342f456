"""The five states of a node."""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """What a node said last. The numbers are part of every stored format and never change."""

    INVALID = 0
    """Idle: not ticked, or halted."""
    RUNNING = 1
    SUCCESS = 2
    FAILURE = 3
    SKIPPED = 4
    """Chose not to run."""

    def __str__(self) -> str:
        return self.name
