"""Samples of CPU time, contenders in turn, so that a busy machine hits them alike."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import repeat
from statistics import median, quantiles
from time import process_time

from bench.effort import Effort


@dataclass(frozen=True, slots=True)
class Series:
    """What was measured, sample by sample; all figures in one unit."""

    samples: tuple[float, ...]

    @property
    def median(self) -> float:
        """The middle sample: what a bar is held against."""
        return median(self.samples)

    @property
    def lowest(self) -> float:
        """The least disturbed sample of a time."""
        return min(self.samples)

    @property
    def spread(self) -> tuple[float, float]:
        """The 10th and the 90th percentile."""
        if len(self.samples) < 2:
            return self.samples[0], self.samples[0]
        tenths = quantiles(self.samples, n=10, method="inclusive")
        return tenths[0], tenths[-1]

    def times(self, factor: float) -> Series:
        """Return the series in another unit."""
        return Series(tuple(sample * factor for sample in self.samples))

    def rate(self, factor: float) -> Series:
        """Return how many there are a second, from seconds each, in another unit."""
        return Series(tuple(factor / sample for sample in self.samples))

    def over(self, other: Series) -> Series:
        """Return the ratio of the two, round by round."""
        return Series(tuple(a / b for a, b in zip(self.samples, other.samples, strict=True)))

    def minus(self, other: Series) -> Series:
        """Return the difference of the two, round by round."""
        return Series(tuple(a - b for a, b in zip(self.samples, other.samples, strict=True)))


@dataclass(frozen=True, slots=True)
class Work:
    """Something to be timed: one call of `run` carries out `operations` of it."""

    run: Callable[[], object]
    operations: float = 1


def sample(
    works: Mapping[str, Work], effort: Effort, clock: Callable[[], float] = process_time
) -> dict[str, Series]:
    """Time each work `effort.rounds` times, in turn.

    Args:
        works: the contenders by name.
        effort: how often, and how long a sample takes.
        clock: what to read; CPU time of all threads unless told.

    Returns:
        Seconds an operation, by name, a sample a round.
    """
    calls = {name: _calls_for(work, effort.sample_s, clock) for name, work in works.items()}
    samples: dict[str, list[float]] = {name: [] for name in works}
    names = list(works)
    gc.collect()
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        for turn in range(effort.rounds):
            start = turn % len(names)
            for name in names[start:] + names[:start]:
                work = works[name]
                took = time_calls(work.run, calls[name], clock)
                samples[name].append(took / (calls[name] * work.operations))
    finally:
        if was_enabled:
            gc.enable()
    return {name: Series(tuple(values)) for name, values in samples.items()}


def time_calls(
    run: Callable[[], object], calls: int, clock: Callable[[], float] = process_time
) -> float:
    """Return the seconds that `calls` calls take."""
    began = clock()
    for _ in repeat(None, calls):
        run()
    return clock() - began


def _calls_for(work: Work, sample_s: float, clock: Callable[[], float]) -> int:
    calls = 1
    took = time_calls(work.run, 1, clock)  # the first call may fill caches: not counted
    while True:
        took = time_calls(work.run, calls, clock)
        if took >= sample_s:
            return calls
        calls = max(calls * 2, min(calls * 16, int(calls * sample_s / max(took, 1e-7))))
