"""What tests of trees are written with.

What lives here runs the tests that travel with a tree, and gives ordinary tests what they need:
components and trees by name, a robot to simulate, a clock that moves when told. Nothing of the
product imports it. May import `components`, `core` and everything below.
"""

from py_forest.kit.clock import VirtualClock
from py_forest.testing.cases import TreeTestInvalid
from py_forest.testing.coverage import NodeCoverage
from py_forest.testing.loading import load_component, load_tree
from py_forest.testing.reports import TestReport, TestResult
from py_forest.testing.runner import run_tree_tests
from py_forest.testing.simulator import RobotSimulator

__all__ = [
    "NodeCoverage",
    "RobotSimulator",
    "TestReport",
    "TestResult",
    "TreeTestInvalid",
    "VirtualClock",
    "load_component",
    "load_tree",
    "run_tree_tests",
]
