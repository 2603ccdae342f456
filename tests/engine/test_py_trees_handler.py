"""A message handler as it is written for py_trees."""

from __future__ import annotations

import operator
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

py_trees = pytest.importorskip("py_trees")

from py_trees.behaviour import Behaviour  # noqa: E402
from py_trees.common import Access  # noqa: E402
from py_trees.common import Status as TreeStatus  # noqa: E402
from py_trees.composites import Selector, Sequence  # noqa: E402

import py_forest as pf  # noqa: E402
from py_forest import Registry, Status  # noqa: E402
from tests.engine.action_trees import leaf  # noqa: E402

pytestmark = pytest.mark.usefixtures("quiet_process_board")


class DataLayerNode(Behaviour):
    """Reads `datalayer` and `actor_id` from the blackboard, set by whoever runs the tree."""

    def setup(self, **kwargs: object) -> None:  # noqa: ARG002
        self.board = self.attach_blackboard_client(name=self.name)
        self.board.register_key(key="datalayer", access=Access.READ)
        self.board.register_key(key="actor_id", access=Access.READ)

    def initialise(self) -> None:
        self.store: dict[str, dict[str, Any]] = self.board.datalayer
        self.actor: str = self.board.actor_id


class ReportIs(DataLayerNode):
    def __init__(self, report_id: str, state: str) -> None:
        super().__init__(f"report is {state}")
        self.report_id, self.state = report_id, state

    def update(self) -> TreeStatus:
        report = self.store.get(self.report_id)
        if report is None:
            self.feedback_message = f"no report {self.report_id}"
            return TreeStatus.FAILURE
        self.feedback_message = f"it is {report['state']}"
        return TreeStatus.SUCCESS if report["state"] == self.state else TreeStatus.FAILURE


class LoadReport(DataLayerNode):
    def __init__(self, report_id: str) -> None:
        super().__init__("load report")
        self.report_id = report_id

    def setup(self, **kwargs: object) -> None:
        super().setup(**kwargs)
        self.key = f"object_{self.report_id.rsplit('/', 1)[-1]}"
        self.board.register_key(key=self.key, access=Access.WRITE)

    def update(self) -> TreeStatus:
        if self.report_id not in self.store:
            return TreeStatus.FAILURE
        self.board.set(self.key, self.store[self.report_id], overwrite=True)
        return TreeStatus.SUCCESS


class Transition(DataLayerNode):
    def __init__(self, report_id: str, state: str) -> None:
        super().__init__(f"to {state}")
        self.report_id, self.state = report_id, state

    def update(self) -> TreeStatus:
        self.store[self.report_id]["state"] = self.state
        self.store[self.report_id]["by"] = self.actor
        return TreeStatus.SUCCESS


class OpenCase(DataLayerNode):
    def __init__(self, report_id: str) -> None:
        super().__init__("open case")
        self.report_id = report_id

    def setup(self, **kwargs: object) -> None:
        super().setup(**kwargs)
        self.board.register_key(key="case_id", access=Access.WRITE)

    def update(self) -> TreeStatus:
        case_id = f"case-{len(self.store)}"
        self.store[case_id] = {"report": self.report_id, "actor": self.actor}
        self.board.case_id = case_id
        return TreeStatus.SUCCESS


def validate_report(report_id: str) -> Behaviour:
    """Validate a report, unless that was done before.

    Args:
        report_id: the report's address.
    """
    return Selector(
        "validate report",
        memory=False,
        children=[
            ReportIs(report_id, "VALID"),
            Sequence(
                "validation",
                memory=False,
                children=[
                    Selector(
                        "can be validated",
                        memory=False,
                        children=[ReportIs(report_id, "RECEIVED"), ReportIs(report_id, "INVALID")],
                    ),
                    LoadReport(report_id),
                    Transition(report_id, "VALID"),
                    OpenCase(report_id),
                ],
            ),
        ],
    )


REPORT = "https://vendor.example/reports/abc123"


def handler(store: dict[str, dict[str, Any]]) -> pf.Program:
    registry = Registry()
    registry.py_trees(
        validate_report,
        reads=["actor_id"],
        writes=["case_id", "object_abc123"],
        resources={"datalayer": store},
    )
    return pf.compile({"root": leaf("validate_report", report_id=REPORT)}, registry)


def test_a_handler_tree_runs_unmodified() -> None:
    store: dict[str, dict[str, Any]] = {REPORT: {"state": "RECEIVED"}}
    execution = handler(store).start(blackboard={"actor_id": "vendor"})
    outcome = execution.tick(now=0.0)
    assert (outcome.status, outcome.errors) == (Status.SUCCESS, ())
    assert outcome.changed == {
        "case_id": "case-1",
        "object_abc123": {"state": "VALID", "by": "vendor"},
    }
    assert store["case-1"] == {"report": REPORT, "actor": "vendor"}
    # Valid already: it succeeds early, and opens no second case.
    assert execution.tick(now=1.0).changed == {}
    assert len(store) == 2


def test_a_handler_tree_that_fails_says_why() -> None:
    execution = handler({}).start(blackboard={"actor_id": "vendor"})
    assert execution.tick(now=0.0).status is Status.FAILURE


def test_handlers_of_several_actors_keep_apart() -> None:
    programs = {f"actor-{n}": {REPORT: {"state": "RECEIVED"}} for n in range(8)}
    barrier = threading.Barrier(8)

    def run(actor: str) -> None:
        execution = handler(programs[actor]).start(blackboard={"actor_id": actor})
        barrier.wait()
        for now in range(30):
            programs[actor][REPORT]["state"] = operator.getitem(["RECEIVED", "INVALID"], now % 2)
            outcome = execution.tick(now=float(now))
            assert (outcome.status, outcome.errors) == (Status.SUCCESS, ())
            assert programs[actor][REPORT]["by"] == actor
        execution.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(run, programs))
    for actor, store in programs.items():
        assert {entry["actor"] for entry in store.values() if "actor" in entry} == {actor}
