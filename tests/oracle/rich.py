"""Executions that hold a bit of everything a snapshot or a record can hold."""

from __future__ import annotations

from typing import Any

import py_forest as pf
from py_forest.engine import Execution, Program
from tests.oracle.cases import Document, node


class Counting(pf.Leaf):
    """Runs for three ticks and can be saved."""

    def initialise(self) -> None:
        self.count = 0

    def update(self) -> pf.Status:
        self.count += 1
        return pf.Status.RUNNING if self.count < 3 else pf.Status.SUCCESS

    def save(self) -> Any:  # noqa: ANN401
        return {"count": self.count}

    def load(self, saved: Any) -> None:  # noqa: ANN401
        self.count = saved["count"]


def greeting(name: str = "nobody") -> pf.Result:
    """Write a key, as leaves do."""
    return pf.Result(pf.Status.SUCCESS, {"greeting": f"hello {name}"}, feedback="said hello")


def registry() -> pf.Registry:
    """Return what the trees below call."""
    actions = pf.Registry()
    actions.action(Counting, name="counting")
    actions.action(greeting)
    return actions


def _running(*children: Document) -> Document:
    return node("Parallel", *children, policy="SuccessOnAll")


TREES: dict[str, Document] = {
    "one node": node("Wait", duration=10),
    "loops": node(
        "ForEach",
        node("Sequence", node("Success"), node("Wait", duration="item + 1")),
        items="[1, 2, 3]",
        item="item",
        index="index",
    ),
    "memories": _running(
        node("Sequence", node("Success"), node("Running")),
        node("Selector", node("Failure"), node("Running"), memory=True),
        node("IfThenElse", node("Failure"), node("Success"), node("Running")),
        node("RandomSelector", node("Failure"), node("Running"), weights=[1.0, 2.0]),
        node("UtilitySelector", node("Running"), node("Failure"), scores=["1", "2"], memory=True),
    ),
    "counts": _running(
        node("Retry", node("Running"), num_failures=2, backoff="exponential", jitter=0.5),
        node("Repeat", node("Running"), num_success=3),
        node("OneShot", node("Success"), policy="OnCompletion"),
        node("RateLimit", node("Running"), max_calls=3, period=10),
        node("Cooldown", node("Success"), duration=10, status="SUCCESS"),
        node("Timeout", node("Running"), duration=10),
        node("Count", node("StatusQueue", queue=["RUNNING", "SUCCESS"]), variable="counts"),
        node("TickCounter", duration=10),
        node("FailureIsRunning", node("Probability", probability=0.5)),
    ),
    "outside": _running(
        node("External", action="weigh", inputs={"load": "size"}, timeout=60),
        node("HumanDecision", prompt="go on?", options=["yes", "no"], variable="choice"),
        node("Action", action="counting"),
        node("SuccessIsRunning", node("Action", action="greeting", name="you")),
    ),
    "values": {
        "root": _running(
            node("Script", script="text = 'x' + name; total = total + 1"),
            node("SetBlackboardVariable", variable="list", value=[1, 2.5, None, True, {"a": []}]),
            node("Running"),
        ),
        "blackboard_schema": {
            "total": {"type": "int", "default": 0, "min": 0, "max": 1000},
            "text": {"type": "string", "default": ""},
            "name": {"type": "string", "default": "ann", "enum": ["ann", "bob"]},
            "list": {"type": "array", "default": []},
            "size": {"type": "float", "default": 1.0},
            "unread": {"type": "any", "default": None},
            "tick": {"type": "int", "default": 0},
        },
    },
}


def program(name: str) -> Program:
    """Compile one of the trees."""
    return pf.compile(TREES[name], registry())


def underway(name: str, ticks: int = 2) -> tuple[Program, Execution, list[bytes]]:
    """Start one of the trees and tick it, so that as much as possible is in flight."""
    made = program(name)
    execution = made.start(seed=7)
    records = []
    for number in range(ticks):
        # One result that arrives and one that comes too late.
        results: dict[str, pf.Result] = {}
        for run in execution.pending()[:1]:
            results[run.run_id] = pf.Result(pf.Status.RUNNING, {"weight": number}, feedback="soon")
            results[f"{run.node_id}#77"] = pf.Result(pf.Status.SUCCESS)
        outcome = execution.tick(
            {"size": 2.0, "unread": {"n": [number]}}, now=float(number), results=results
        )
        assert outcome.record is not None
        records.append(outcome.record)
    return made, execution, records


def carry_on(execution: Execution) -> None:
    """Use an execution in every way that reads its state."""
    for _ in range(4):
        outcome = execution.tick({"size": 2.0})
        assert outcome.status.name != "INVALID"
        execution.statuses()
        execution.blackboard.to_dict()
        execution.pending()
    execution.fork().halt()
    execution.snapshot()
