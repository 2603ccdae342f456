"""What came of the tests of a tree, for people and for programs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from py_forest.kit.text import counted

if TYPE_CHECKING:
    from py_forest.testing.coverage import NodeCoverage


@dataclass(frozen=True, slots=True)
class TestResult:
    """What came of one test.

    Args:
        name: the test's.
        differences: sentences about what was not as expected; none when it passed.
        ticks: how many ticks were done.
    """

    # pytest takes any class called Test… for a class of tests.
    __test__: ClassVar[bool] = False

    name: str
    differences: tuple[str, ...]
    ticks: int

    @property
    def passed(self) -> bool:
        """Whether everything was as expected."""
        return not self.differences

    def to_dict(self) -> dict[str, Any]:
        """Return the result as JSON."""
        return {
            "name": self.name,
            "passed": self.passed,
            "ticks": self.ticks,
            "differences": list(self.differences),
        }


@dataclass(frozen=True, slots=True)
class TestReport:
    """What came of all tests of a tree.

    Args:
        tree: the tree's name.
        results: one for each test, in order.
        coverage: which nodes the tests ticked.
    """

    __test__: ClassVar[bool] = False

    tree: str
    results: tuple[TestResult, ...]
    coverage: NodeCoverage

    @property
    def passed(self) -> bool:
        """Whether every test passed."""
        return all(result.passed for result in self.results)

    @property
    def failed(self) -> tuple[TestResult, ...]:
        """The tests that did not pass."""
        return tuple(result for result in self.results if not result.passed)

    def text(self) -> str:
        """Return the report as lines for a person."""
        lines = []
        for result in self.results:
            lines.append(f"{'pass' if result.passed else 'FAIL'}  {result.name}")
            lines += [
                f"      {line}"
                for difference in result.differences
                for line in difference.splitlines()
            ]
        passed = len(self.results) - len(self.failed)
        lines.append(
            f"{self.tree or 'tree'}: {passed} of {counted(len(self.results), 'test')} passed, "
            f"{self.coverage.ratio:.0%} of {counted(len(self.coverage.paths), 'node')} ticked"
        )
        lines += [f"      never ticked: {path}" for path in self.coverage.missed]
        return "\n".join(lines)

    def to_dict(self) -> dict[str, Any]:
        """Return the report as JSON."""
        return {
            "tree": self.tree,
            "passed": self.passed,
            "results": [result.to_dict() for result in self.results],
            "coverage": self.coverage.to_dict(),
        }
