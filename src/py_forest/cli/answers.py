"""Answering what a tree asks while it runs: as given beforehand, or by asking the person there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from py_forest.cli.failures import UsageFailed
from py_forest.engine import Result
from py_forest.engine.catalogue import default_catalogue
from py_forest.kit.text import listed
from py_forest.models.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from py_forest.cli.run_views import View
    from py_forest.engine import Execution, NodeInfo, PendingRun, Program

_ENDS = ("SUCCESS", "FAILURE", "RUNNING", "SKIPPED")


class Answers:
    """What pending nodes are answered.

    Args:
        program: the tree.
        given: answers by node id or name.
        is_asking: whether somebody is there to be asked.

    Raises:
        UsageFailed: an answer is for a node that the tree does not have.
    """

    def __init__(self, program: Program, given: dict[str, Any], *, is_asking: bool) -> None:
        self._program = program
        self._is_asking = is_asking
        self._given: dict[str, Any] = {}
        names = {program.node(each).name: each for each in program.node_ids} if given else {}
        for name, value in given.items():
            node_id = name if name in names.values() else names.get(name)
            if node_id is None:
                raise UsageFailed(f"--answer: the tree has no node `{name}`")
            self._given[node_id] = value

    def to(self, pending: Iterable[PendingRun], view: View) -> dict[str, Result]:
        """Return results for the runs that can be answered now, by run id."""
        results: dict[str, Result] = {}
        for run in pending:
            if run.node_id in self._given:
                results[run.run_id] = self._result(run, self._given[run.node_id])
            elif run.node_type == "HumanDecision" and self._is_asking:
                question, choices = self._question(run)
                results[run.run_id] = self._result(run, view.ask(question, choices))
        return results

    def is_stuck(self, execution: Execution) -> bool:
        """Whether the tree waits for nothing but answers that nobody will give."""
        pending = {run.node_id: run for run in execution.pending()}
        if not pending or any(map(self._is_answered, pending.values())):
            return False
        running = (
            self._program.node(each)
            for each, status in execution.statuses().items()
            if status is Status.RUNNING
        )
        return not any(
            _looks_at_time(node) or (not node.children and node.id not in pending)
            for node in running
        )

    def _is_answered(self, run: PendingRun) -> bool:
        is_asked = run.node_type == "HumanDecision" and self._is_asking
        return is_asked or run.node_id in self._given

    def _question(self, run: PendingRun) -> tuple[str, list[str]]:
        config = self._program.node(run.node_id).config
        return str(config.get("prompt", "")), [str(each) for each in config.get("options", ())]

    def _result(self, run: PendingRun, value: Any) -> Result:  # noqa: ANN401 - any JSON value
        if run.node_type == "HumanDecision":
            _, choices = self._question(run)
            if choices and value not in choices:
                raise UsageFailed(
                    f"--answer: `{run.node_id}` is answered by {listed(choices)}, not `{value}`"
                )
            variable = self._program.node(run.node_id).config.get("variable")
            return Result(Status.SUCCESS, {variable: value} if variable else None)
        if isinstance(value, dict):
            return Result(Status.SUCCESS, value)
        if value not in _ENDS:
            raise UsageFailed(
                f"--answer: `{run.node_id}` is answered by {listed(_ENDS)} or a JSON object of "
                f"values, not `{value}`"
            )
        return Result(Status[value])


def _looks_at_time(node: NodeInfo) -> bool:
    if node.config.get("timeout") is not None:
        return True
    node_type = default_catalogue().find(node.node_type)
    return node_type is not None and node_type.time_dependent and bool(node.children)
