"""Exit codes, part of the public contract (docs/reference/cli.md)."""

from __future__ import annotations

from typing import Final

OK: Final = 0
NOT_OK: Final = 1
"""The thing looked at is not all right: invalid, different, FAILURE."""
USAGE: Final = 2
"""What was typed makes no sense."""
UNREADABLE: Final = 3
"""A file or table cannot be read, written or used."""
INTERNAL: Final = 4
"""PyForest is at fault."""
INTERRUPTED: Final = 130
"""Ctrl+C, as shells have it: 128 + SIGINT."""
BROKEN_PIPE: Final = 141
"""Nobody reads the output any more: 128 + SIGPIPE."""
