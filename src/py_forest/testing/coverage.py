"""Which nodes the tests of a tree have ticked, and what those answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from py_forest.models.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ENDS = (Status.SUCCESS, Status.FAILURE)


@dataclass(frozen=True, slots=True)
class NodeCoverage:
    """What tests have seen of a tree.

    Args:
        paths: for each node in pre-order, the names from the root to it.
        answers: for each node in pre-order, the statuses it answered in any test.
    """

    paths: tuple[str, ...]
    answers: tuple[frozenset[Status], ...]

    @property
    def missed(self) -> tuple[str, ...]:
        """Paths of the nodes that no test ticked."""
        return tuple(path for path, seen in zip(self.paths, self.answers, strict=True) if not seen)

    @property
    def ratio(self) -> float:
        """Share of the nodes that were ticked, 0 to 1."""
        return 1 - len(self.missed) / len(self.paths)

    @property
    def one_sided(self) -> tuple[str, ...]:
        """Paths of the nodes that were ticked but never both succeeded and failed.

        Not every node can do both; these are where to look for an untested branch.
        """
        return tuple(
            path
            for path, seen in zip(self.paths, self.answers, strict=True)
            if seen and not seen.issuperset(_ENDS)
        )

    def to_dict(self) -> dict[str, Any]:
        """Return the coverage as JSON."""
        return {
            "nodes": len(self.paths),
            "ratio": self.ratio,
            "missed": list(self.missed),
            "one_sided": list(self.one_sided),
        }


class CoverageTally:
    """Adds up what several runs of one tree have seen.

    Args:
        paths: of its nodes, in pre-order; parameters do not change which there are.
    """

    def __init__(self, paths: Sequence[str]) -> None:
        self._paths = tuple(paths)
        self._answers: list[set[Status]] = [set() for _ in paths]

    def add(self, answers: Iterable[tuple[int, Status]]) -> None:
        """Add what nodes answered, by their place in pre-order."""
        for at, status in answers:
            self._answers[at].add(status)

    def total(self) -> NodeCoverage:
        """Return what was seen so far."""
        return NodeCoverage(self._paths, tuple(frozenset(seen) for seen in self._answers))
