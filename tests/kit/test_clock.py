from __future__ import annotations

import math
import threading
from datetime import UTC, datetime, timedelta

import pytest

from py_forest.kit.clock import SYSTEM_CLOCK, Clock, VirtualClock, utc_now


def test_a_virtual_clock_moves_only_when_told_to() -> None:
    clock = VirtualClock(100.0)

    assert (clock.now(), clock.monotonic()) == (100.0, 0.0)
    assert clock.advance(2.5) == 102.5
    assert (clock.now(), clock.monotonic()) == (102.5, 2.5)
    assert clock.utc() == datetime(1970, 1, 1, 0, 1, 42, 500_000, tzinfo=UTC)


@pytest.mark.parametrize("seconds", [-0.1, math.nan, math.inf])
def test_a_virtual_clock_refuses_to_go_back_or_nowhere(seconds: float) -> None:
    with pytest.raises(ValueError, match="moves forward"):
        VirtualClock().advance(seconds)


def test_threads_that_advance_one_clock_lose_no_time() -> None:
    clock = VirtualClock()

    def advance() -> None:
        for _ in range(500):
            clock.advance(1.0)

    threads = [threading.Thread(target=advance) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert clock.now() == 2000.0


def test_the_system_clock_tells_utc() -> None:
    assert isinstance(SYSTEM_CLOCK, Clock)
    assert abs(SYSTEM_CLOCK.now() - utc_now().timestamp()) < 5
    assert SYSTEM_CLOCK.utc().utcoffset() == timedelta(0)
    assert SYSTEM_CLOCK.monotonic() <= SYSTEM_CLOCK.monotonic()
