"""A case run by the native engine through its Python face."""

from __future__ import annotations

from collections import Counter
from typing import Any

import py_forest as pf
from py_forest.engine import Execution, Outcome, Program, RecordReader, TickRecord
from tests.oracle.cases import Case, Document, TickInput, walk
from tests.oracle.observed import Ending, Observed

RUNNING = pf.Status.RUNNING


def scripted(answers: list[str], tick: int) -> pf.Status:
    """Answer as the list says for the tick under way, a key of the blackboard."""
    return pf.Status[answers[tick % len(answers)]]


def registry() -> pf.Registry:
    """Return a registry of what scripted leaves call."""
    actions = pf.Registry()
    actions.action(scripted)
    return actions


def compiled(definition: Document) -> Program:
    """Compile a tree of `strategies`."""
    return pf.compile(with_inputs(definition), registry())


def with_inputs(definition: Document) -> Document:
    """Copy a tree, giving its scripted leaves the number of the tick."""
    copy = dict(definition)
    if copy["node_type"] == "Action":
        copy["config"] = {**copy["config"], "inputs": {"tick": "tick"}}
    if "children" in copy:
        copy["children"] = [with_inputs(child) for child in copy["children"]]
    return copy


def tick(execution: Execution, program: Program, given: TickInput) -> Outcome:
    """Tick an execution with what a case has for it."""
    pending = [run for run in execution.pending() if run.node_type == "External"]
    results = {
        run.run_id: pf.Status[status]
        for run, status in zip(pending, given.results, strict=False)
        if status is not None
    }
    ids = program.node_ids
    return execution.tick(
        given.updates,
        now=given.now,
        results=results or None,
        overrides={ids[index]: pf.Status[status] for index, status in given.overrides} or None,
    )


class Native:
    """An execution of a case that says of each tick what happened."""

    def __init__(self, case: Case) -> None:
        self.program = compiled(case.definition)
        self.execution = self.program.start(seed=case.seed)
        self.types = [node["node_type"] for node in walk(case.definition)]
        self.records: list[bytes] = []
        self._reader = RecordReader(self.program)
        self._index = {node_id: index for index, node_id in enumerate(self.program.node_ids)}

    def tick(self, given: TickInput) -> Observed:
        """Tick once and say what happened, decoded from the record."""
        outcome = tick(self.execution, self.program, given)
        assert outcome.record is not None
        self.records.append(outcome.record)
        record = self._reader.read(outcome.record)
        statuses = self.execution.statuses()
        assert self._reader.statuses == statuses, "the record tells of other statuses"
        assert record.root == outcome.status
        assert not outcome.undetermined
        errors = [(error.node_id, error.kind) for error in outcome.errors]
        assert [(error.node_id, error.kind) for error in record.errors] == errors
        return Observed(
            tuple(status.name for status in statuses.values()),
            self._endings(record),
            self.execution.blackboard.to_dict(),
            tuple((self._index[node], status.name) for node, status in record.visited),
            tuple((self._index[node], kind) for node, kind in errors),
        )

    def _endings(self, record: TickRecord) -> Counter[Ending]:
        ended = [(node, status.name) for node, status in record.visited if status != RUNNING]
        ended += [(node, "INVALID") for node in record.interrupted]
        return Counter((self._index[node], status) for node, status in ended)


def run(case: Case) -> list[tuple[Outcome, dict[str, Any]]]:
    """Run a whole case; the outcomes and the blackboard after each."""
    native = Native(case)
    out = []
    for given in case.ticks:
        outcome = tick(native.execution, native.program, given)
        out.append((outcome, native.execution.blackboard.to_dict()))
    return out
