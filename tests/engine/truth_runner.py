"""Runs the truth tables of the documentation on the engine, row by row."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import ClassVar

import py_forest as pf
from py_forest import Status
from py_forest.engine import RecordReader
from tests.engine.truth_tables import Row, Table, TableRefused, read_assignments

STATUSES = {
    "-": Status.INVALID,
    "R": Status.RUNNING,
    "S": Status.SUCCESS,
    "F": Status.FAILURE,
    "K": Status.SKIPPED,
}
LETTERS = {status: letter for letter, status in STATUSES.items()}

Handover = Callable[[pf.Program, pf.Execution], pf.Execution]


class RowDiffers(AssertionError):
    """The engine does not do what a row says; the message begins with file:line."""


def shown(value: object) -> str:
    return "-" if value is ... else json.dumps(value, ensure_ascii=False, sort_keys=True)


class Scripted(pf.Leaf):
    """A leaf that answers as the row says; a subclass for each table and name."""

    stage: ClassVar[Stage]
    label: ClassVar[str]

    def setup(self) -> None:
        self.retired = False
        self.stage.cast.append(self)

    def initialise(self) -> None:
        if self.label in self.stage.active:
            self.stage.complaints.append(f"{self.label} starts although it has not ended")
        self.stage.active.add(self.label)

    def update(self) -> pf.Result:
        if self.label not in self.stage.active:
            self.stage.complaints.append(f"{self.label} goes on although it has not started")
        return self.stage.answer(self.label)

    def terminate(self, new_status: Status) -> None:
        if self.retired:
            return
        if self.label not in self.stage.active:
            self.stage.complaints.append(f"{self.label} ends twice")
        self.stage.active.discard(self.label)
        if new_status is Status.INVALID:
            self.stage.interrupted.append(self.label)

    def save(self) -> str:
        return self.label

    def load(self, saved: str) -> None:
        if saved != self.label:
            self.stage.complaints.append(f"{self.label} was not given what it saved")


class Stage:
    """Where the scripted leaves of one table stand: what each is to answer, and what became of it.

    A leaf must begin before it is updated and must end exactly once; what is wrong with that is
    noted in `complaints`, as nothing that a leaf raises ever gets out of a tick.
    """

    def __init__(self, table: Table) -> None:
        self.registry = pf.Registry()
        self.cue: Row | None = None
        self.called: list[str] = []
        self.interrupted: list[str] = []
        self.active: set[str] = set()
        self.complaints: list[str] = []
        self.cast: list[Scripted] = []
        for name in table.leaves:
            leaf = type(f"Scripted{name}", (Scripted,), {"stage": self, "label": name})
            self.registry.action(leaf, name=name)

    def answer(self, name: str) -> pf.Result:
        self.called.append(name)
        cell = "" if self.cue is None else self.cue.cells.get(name, "")
        if cell == "!":
            raise RuntimeError("on purpose")
        if cell == "?":
            return "nonsense"  # type: ignore[return-value]
        if cell[:1] not in STATUSES:
            self.complaints.append(f"{name} is ticked")
            return pf.Result(Status.FAILURE)
        return pf.Result(STATUSES[cell[0]], read_assignments(cell[1:].strip(), name) or None)

    def begin(self, row: Row) -> None:
        self.cue = row
        self.called, self.interrupted, self.complaints = [], [], []

    def retire(self) -> None:
        """Another execution goes on with these leaves; what becomes of the old one is no matter."""
        for leaf in self.cast:
            leaf.retired = True
        self.cast = []


class Performance:
    """One run of a table's rows."""

    def __init__(
        self, table: Table, hand_over: Handover | None = None, record: bool = True
    ) -> None:
        self.table = table
        self.stage = Stage(table)
        self.program = pf.compile(table.definition, self.stage.registry)
        self.hand_over = hand_over
        self.record = record
        self.execution = self._start()

    def _start(self) -> pf.Execution:
        self.stage.retire()
        self.stage.active = set()
        self.now = 0.0
        self.ticks = 0
        self.records: list[bytes] = []
        execution = self.program.start(
            seed=self.table.seed, record=self.record, blackboard=self.table.start
        )
        self.header = execution.header
        self.reader = RecordReader(self.program)
        return execution

    def run(self) -> int:
        """Run every row; return how many there were."""
        for count, row in enumerate(self.table.rows):
            if row.is_first and count > 0:
                self._check_replay(row)
                self.execution = self._start()
            elif self.hand_over is not None and count > 0:
                before = self.execution
                self.stage.retire()
                self.execution = self.hand_over(self.program, before)
                before.close()
            self._run(row)
        self._check_replay(self.table.rows[-1])
        self.stage.retire()
        return len(self.table.rows)

    def _check_replay(self, row: Row) -> None:
        if self.records and self.hand_over is None:
            report = pf.replay(self.program, self.header, self.records)
            if not report.equal:
                raise self._differs(row, f"its replay differs: {report.first_difference}")

    def _differs(self, row: Row, what: str) -> RowDiffers:
        cells = ", ".join(f"{name} {cell}" for name, cell in row.cells.items() if name != "note")
        return RowDiffers(f"docs/concepts/{self.table.path.name}:{row.line}: {what} ({cells})")

    def _run(self, row: Row) -> None:
        self.stage.begin(row)
        try:
            halts = row.cells.get("tick") == "halt"
            outcome = self.execution.halt() if halts else self._tick(row)
        except TableRefused as error:
            raise TableRefused(f"{self.table.path.name}:{row.line}: {error}") from error
        problems = [
            *self.stage.complaints,
            *self._compare_leaves(row),
            *self._compare(row, self._observed(outcome)),
            *self._compare_board(row),
        ]
        if problems:
            raise self._differs(row, "; ".join(problems))

    def _tick(self, row: Row) -> pf.Outcome:
        cells = row.cells
        self.ticks += 1
        if cells.get("tick") != str(self.ticks):
            raise TableRefused(f"ticks are counted, so this is number {self.ticks}")
        self.now = float(cells.get("now", self.now))
        updates = {}
        for key, value in read_assignments(cells.get("updates", ""), "updates").items():
            if value is ...:
                del self.execution.blackboard[key]
            else:
                updates[key] = value
        words = [word.partition("=") for word in cells.get("override", "").split()]
        return self.execution.tick(
            updates,
            now=self.now,
            overrides={name: STATUSES[letter] for name, _, letter in words},
            results=self._results(cells.get("result", "")),
        )

    def _results(self, cell: str) -> dict[str, object]:
        """Read `S`, `R progress=1`, `#2 F error="gone"` or `"approve"`."""
        if not cell:
            return {}
        pending = self.execution.pending()
        run_id = pending[0].run_id if pending else ""
        if cell.startswith("#"):
            number, _, cell = cell.partition(" ")
            run_id = self._outside_node() + number
        if cell.startswith('"'):
            return {run_id: json.loads(cell)}
        writes = read_assignments(cell[1:].strip(), "result")
        error = writes.pop("error", None)
        return {run_id: pf.Result(STATUSES[cell[0]], writes or None, error)}

    def _outside_node(self) -> str:
        for node_id in self.program.node_ids:
            if self.program.node(node_id).node_type in ("External", "HumanDecision"):
                return node_id
        raise TableRefused("no node of this tree waits for results")

    def _compare_leaves(self, row: Row) -> list[str]:
        wanted = [name for name in self.table.leaves if name in row.cells]
        out = [f"{name} is not ticked" for name in wanted if name not in self.stage.called]
        statuses = self.execution.statuses()
        running = {
            name
            for name in self.table.leaves
            if statuses[name] is Status.RUNNING
            and f"{name}=R" not in row.cells.get("override", "").split()
        }
        if running != self.stage.active:
            out.append(f"{sorted(self.stage.active)} have not ended, but {sorted(running)} run")
        return out

    def _observed(self, outcome: pf.Outcome) -> dict[str, str]:
        statuses = list(self.execution.statuses().values())
        out = {
            "answer": LETTERS[outcome.status],
            "error": " ".join(error.kind for error in outcome.errors),
            "cancelled": " ".join("#" + run.rpartition("#")[2] for run in outcome.cancelled),
            "dropped": " ".join("#" + run.rpartition("#")[2] for run in outcome.dropped),
            "unread": " ".join(sorted(outcome.unread)),
            "log": " ".join(message for _, _, message in outcome.logs),
            "asks": " ".join(shown(run.inputs) for run in self.execution.pending()),
        }
        if len(statuses) > 1:
            out["after"] = " ".join(LETTERS[status] for status in statuses[1:])
        if outcome.record is not None:
            self.records.append(outcome.record)
            read = self.reader.read(outcome.record)
            out["interrupted"] = " ".join(read.interrupted)
            mine = [name for name in read.interrupted if name in self.table.leaves]
            told = [name for name in self.stage.interrupted if name not in read.overrides]
            if mine != told:
                out["interrupted"] += f" (record), {' '.join(told)} (terminate)"
        return out

    def _compare(self, row: Row, observed: dict[str, str]) -> list[str]:
        out = []
        optional = {"unread", "log", "asks"}
        for name, value in observed.items():
            if name in optional and name not in self.table.columns:
                continue
            wanted = row.cells.get(name, "")
            if name == "after":
                wanted = " ".join(wanted.replace(" ", ""))
            elif name == "asks" and wanted:
                wanted = shown(json.loads(wanted))
            if wanted != value:
                out.append(f"{name} is {value!r}, not {wanted!r}")
        return out

    def _compare_board(self, row: Row) -> list[str]:
        out = []
        for key, wanted in read_assignments(row.cells.get("board", ""), "board").items():
            value = self.execution.blackboard.get(key, ...)
            if shown(value) != shown(wanted):
                out.append(f"{key} is {shown(value)}, not {shown(wanted)}")
        return out
