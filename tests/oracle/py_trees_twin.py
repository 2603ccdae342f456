"""The same tree, built out of py_trees' own classes, ticked on a clock that we hold.

Everything that ends an activation is written down. Where we mean to differ from py_trees, the rule
stands in `differences.py` and nowhere else.
"""

from __future__ import annotations

import operator
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest.mock import patch

import py_trees
from py_trees.behaviour import Behaviour
from py_trees.blackboard import Blackboard
from py_trees.common import (
    ComparisonExpression,
    OneShotPolicy,
    ParallelPolicy,
    Status,
)

from tests.oracle.cases import Case, Document, TickInput
from tests.oracle.differences import board_as_ours, ends_an_activation
from tests.oracle.observed import Ending, Observed

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "==": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
CONVERTERS = {
    name: getattr(py_trees.decorators, name)
    for name in (
        "Inverter",
        "RunningIsFailure",
        "RunningIsSuccess",
        "FailureIsSuccess",
        "FailureIsRunning",
        "SuccessIsFailure",
        "SuccessIsRunning",
    )
}
_ONE_SHOT = {
    "OnCompletion": OneShotPolicy.ON_COMPLETION,
    "OnSuccessfulCompletion": OneShotPolicy.ON_SUCCESSFUL_COMPLETION,
}


class Scripted(Behaviour):
    """Answers as its list says for the tick under way."""

    def __init__(self, name: str, answers: list[str]) -> None:
        super().__init__(name)
        self.answers = answers

    def update(self) -> Status:
        tick: int = Blackboard.storage["/tick"]
        return Status[self.answers[tick % len(self.answers)]]


class _Clock:
    """Stands where py_trees expects the module `time`."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now

    time = monotonic


@contextmanager
def _on(clock: _Clock) -> Iterator[None]:
    with patch("py_trees.timers.time", clock), patch("py_trees.decorators.time", clock):
        yield


class Twin:
    """A py_trees tree that runs a case.

    py_trees has one blackboard a process, so one twin lives at a time.
    """

    def __init__(self, case: Case) -> None:
        Blackboard.clear()
        self._clock = _Clock()
        self.nodes: list[Behaviour] = []
        self._called: list[tuple[int, Status, Status]] = []
        self._root = self._build(case.definition)

    def tick(self, given: TickInput) -> Observed:
        """Tick once and say what happened."""
        self._clock.now = given.now
        for key, value in given.updates.items():
            Blackboard.storage[f"/{key}"] = value
        self._called.clear()
        with _on(self._clock):
            self._root.tick_once()
        endings: Counter[Ending] = Counter(
            (index, new.name) for index, old, new in self._called if ends_an_activation(old, new)
        )
        return Observed(
            tuple(one.status.name for one in self.nodes), endings, board_as_ours(self.nodes)
        )

    @property
    def calls(self) -> list[tuple[int, Status, Status]]:
        """Every terminate call of the last tick: node, status before, status handed over."""
        return list(self._called)

    def _build(self, document: Document) -> Behaviour:
        index = len(self.nodes)
        self.nodes.append(py_trees.behaviours.Dummy("placeholder"))  # keeps pre-order
        children = [self._build(child) for child in document.get("children", ())]
        made = self._make(document["node_type"], index, document.get("config", {}), children)
        self.nodes[index] = made
        terminate = made.terminate

        def noted(new_status: Status) -> None:
            self._called.append((index, made.status, new_status))
            terminate(new_status)

        made.terminate = noted  # type: ignore[method-assign]
        return made

    def _make(
        self, kind: str, index: int, config: dict[str, Any], children: list[Behaviour]
    ) -> Behaviour:
        name = f"n{index}"
        if kind in ("Sequence", "Selector"):
            return _composite(kind, name, config, children)
        if kind == "Parallel":
            return py_trees.composites.Parallel(name, _policy(config, children), children)
        if children:
            return _decorator(kind, name, config, children[0])
        return _leaf(kind, name, config)


def _composite(
    kind: str, name: str, config: dict[str, Any], children: list[Behaviour]
) -> Behaviour:
    if kind == "Sequence":
        return py_trees.composites.Sequence(name, config.get("memory", True), children)
    return py_trees.composites.Selector(name, config.get("memory", False), children)


def _policy(config: dict[str, Any], children: list[Behaviour]) -> ParallelPolicy.Base:
    policy = config.get("policy", "SuccessOnAll")
    synchronise = config.get("synchronise", True)
    if policy == "SuccessOnAll":
        return ParallelPolicy.SuccessOnAll(synchronise)
    if policy == "SuccessOnOne":
        return ParallelPolicy.SuccessOnOne()
    assert policy == "SuccessOnSelected"
    return ParallelPolicy.SuccessOnSelected([children[i] for i in config["selected"]], synchronise)


def _holds(config: dict[str, Any]) -> bool:
    key = f"/{config['variable']}"
    compare = OPERATORS[config["operator_str"]]
    return key in Blackboard.storage and compare(Blackboard.storage[key], config["value"])


def _decorator(kind: str, name: str, config: dict[str, Any], child: Behaviour) -> Behaviour:
    decorators = py_trees.decorators
    if kind in CONVERTERS:
        made: Behaviour = CONVERTERS[kind](name, child)
        return made
    makers: dict[str, Callable[[], Behaviour]] = {
        "Retry": lambda: decorators.Retry(name, child, config["num_failures"]),
        "Repeat": lambda: decorators.Repeat(name, child, config["num_success"]),
        "Timeout": lambda: decorators.Timeout(name, child, config["duration"]),
        "OneShot": lambda: decorators.OneShot(name, child, _ONE_SHOT[config["policy"]]),
        "Guard": lambda: decorators.EternalGuard(name, child, lambda: _holds(config)),
        "StatusToBlackboard": lambda: decorators.StatusToBlackboard(
            name, child, config["variable"]
        ),
        "Count": lambda: decorators.Count(name, child),
        "ForEach": lambda: _for_each(name, child, config),
    }
    return makers[kind]()


def _for_each(name: str, child: Behaviour, config: dict[str, Any]) -> Behaviour:
    source = f"{name}_items"
    Blackboard.storage[f"/{source}"] = [int(item) for item in config["items"][1:-1].split(",")]
    return py_trees.decorators.ForEach(name, child, source, config["item"])


def _leaf(kind: str, name: str, config: dict[str, Any]) -> Behaviour:
    behaviours = py_trees.behaviours

    def check() -> ComparisonExpression:
        return ComparisonExpression(
            config["variable"], config["value"], OPERATORS[config["operator_str"]]
        )

    makers: dict[str, Callable[[], Behaviour]] = {
        "Success": lambda: behaviours.Success(name),
        "Failure": lambda: behaviours.Failure(name),
        "Running": lambda: behaviours.Running(name),
        "Action": lambda: Scripted(name, config["answers"]),
        "StatusQueue": lambda: behaviours.StatusQueue(
            name,
            [Status[status] for status in config["queue"]],
            Status[config["eventually"]] if "eventually" in config else None,
        ),
        "TickCounter": lambda: behaviours.TickCounter(
            name, config["duration"], Status[config["completion_status"]]
        ),
        "CheckBlackboardCondition": lambda: behaviours.CheckBlackboardVariableValue(name, check()),
        "WaitForBlackboardCondition": lambda: behaviours.WaitForBlackboardVariableValue(
            name, check()
        ),
        "SetBlackboardVariable": lambda: behaviours.SetBlackboardVariable(
            name, config["variable"], config["value"], config["overwrite"]
        ),
        "UnsetBlackboardVariable": lambda: behaviours.UnsetBlackboardVariable(
            name, config["variable"]
        ),
        "Wait": lambda: py_trees.timers.Timer(name, config["duration"]),
    }
    return makers[kind]()
