"""How hard a run tries: sizes, rounds and how long a sample takes."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Effort:
    """Sizes and counts of one run.

    Args:
        rounds: samples of each contender.
        sample_s: how long one sample runs at least, CPU seconds.
        largest_tree: nodes of the largest tree.
        executions: how many are kept alive to weigh them.
        orders: how many orders a batch holds at most.
        processes: fresh processes for each figure that needs one.
        slow_peers: largest tree that py_trees is asked to tick, in nodes.
        depth: of the deepest tree.
    """

    rounds: int = 41
    sample_s: float = 0.005
    largest_tree: int = 1_000_000
    executions: int = 100_000
    orders: int = 1_000_000
    processes: int = 20
    slow_peers: int = 10_000
    depth: int = 1_000


FULL = Effort()
QUICK = Effort(
    rounds=11,
    sample_s=0.002,
    largest_tree=100_000,
    executions=20_000,
    processes=5,
    slow_peers=1_000,
)
TINY = Effort(
    rounds=2,
    sample_s=0.0,
    largest_tree=100,
    executions=50,
    orders=60,
    processes=1,
    slow_peers=100,
    depth=20,
)
"""For the tests of the measures themselves: its figures mean nothing."""
