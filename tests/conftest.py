"""What every test shares: how long and how hard to try."""

from __future__ import annotations

from hypothesis import HealthCheck, settings

from tests.profile import PROFILE

# Fast: the same examples on every run, so that a failure of one change is a failure of that change.
settings.register_profile("fast", max_examples=50, derandomize=True, database=None, deadline=None)
settings.register_profile(
    "full", max_examples=2_000, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile(PROFILE)
