"""The one place where Python code reads a clock.

Everything else takes a `Clock` as an argument, so a test, a replay or a simulation can put its own
time in. Times at the surface are UTC seconds since 1970 (float) or aware `datetime` values.
"""

from __future__ import annotations

import math
import threading
import time
from datetime import UTC, datetime
from typing import Final, Protocol, runtime_checkable

__all__ = ["SYSTEM_CLOCK", "Clock", "SystemClock", "VirtualClock", "utc_now"]


@runtime_checkable
class Clock(Protocol):
    """What the platform asks of a clock."""

    def now(self) -> float:
        """Return the time in UTC seconds since 1970; may be set back by the machine."""
        ...

    def utc(self) -> datetime:
        """Return `now()` as an aware UTC `datetime`."""
        ...

    def monotonic(self) -> float:
        """Return seconds from an arbitrary start that never go back; for durations only."""
        ...


class SystemClock:
    """The clock of the machine."""

    def now(self) -> float:
        """Return the wall clock in UTC seconds since 1970."""
        return time.time()

    def utc(self) -> datetime:
        """Return the wall clock as an aware UTC `datetime`."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Return the machine's monotonic seconds."""
        return time.perf_counter()


class VirtualClock:
    """A clock that moves only when told to; safe to share between threads.

    Args:
        start: UTC seconds since 1970 at which the clock stands at first.
    """

    def __init__(self, start: float = 0.0) -> None:
        self._start = start
        self._passed = 0.0
        self._lock = threading.Lock()

    def now(self) -> float:
        """Return the virtual time in UTC seconds since 1970."""
        return self._start + self._passed

    def utc(self) -> datetime:
        """Return the virtual time as an aware UTC `datetime`."""
        return datetime.fromtimestamp(self.now(), UTC)

    def monotonic(self) -> float:
        """Return the seconds by which the clock was advanced since it was made."""
        return self._passed

    def advance(self, seconds: float = 1.0) -> float:
        """Move the clock forward.

        Args:
            seconds: how far, in seconds, >= 0.

        Returns:
            The new time in UTC seconds since 1970.

        Raises:
            ValueError: `seconds` is negative, infinite or not a number.
        """
        if not 0 <= seconds < math.inf:
            raise ValueError(f"a clock moves forward by a finite time, not by {seconds} s")
        with self._lock:
            self._passed += seconds
            return self._start + self._passed


SYSTEM_CLOCK: Final = SystemClock()


def utc_now() -> datetime:
    """Return the machine's time as an aware UTC `datetime` (the default stamp of an event)."""
    return SYSTEM_CLOCK.utc()
