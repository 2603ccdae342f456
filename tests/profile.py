"""How hard the tests try: PYFOREST_TEST_PROFILE is `fast` or `full` (`make test-full`)."""

from __future__ import annotations

import os

PROFILE = os.environ.get("PYFOREST_TEST_PROFILE", "fast")


def scaled(fast: int, full: int) -> int:
    """Return how many cases to try in this profile: `scaled(500, 10_000)`."""
    return full if PROFILE == "full" else fast
