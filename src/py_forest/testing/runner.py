"""Running the tests that travel with a tree."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

from py_forest.engine import RecordReader, Registry, Result, compile, default_registry
from py_forest.engine import load_definition as load
from py_forest.kit.errors import DefinitionInvalid, LeafError, TimeWentBackwards
from py_forest.kit.text import quoted
from py_forest.models.status import Status
from py_forest.testing.cases import TreeTestInvalid, read_test
from py_forest.testing.coverage import CoverageTally
from py_forest.testing.reports import TestReport, TestResult
from py_forest.testing.stand_ins import Stage, set_stage

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from py_forest.engine import Outcome, Program, TickRecord
    from py_forest.engine.document import Source
    from py_forest.models.trees import TreeDefinition
    from py_forest.testing.cases import Answer, Expectation, Step, TreeTest

_NO_VALUE = object()
_CLOSE = 1e-9


def run_tree_tests(
    definition: Source,
    *,
    registry: Registry | None = None,
    tests: Iterable[object] | None = None,
) -> TestReport:
    """Run tests of a tree.

    Actions that no test gives results for are called, as far as `registry` has them. Coroutines are
    not run: give their results.

    Args:
        definition: a tree, a component, or where to read one from, see `py_forest.load`.
        registry: the actions it may call; the default one when left out.
        tests: tests as JSON; those that the definition carries when left out.

    Returns:
        A report with a result for each test. A test that is not written as one, or that gives a
        parameter a wrong value, is a result that did not pass.

    Raises:
        DefinitionInvalid: the tree has errors, or `tests` are no JSON.
        DocumentUnreadable: `definition` is a file that cannot be read.
    """
    tree = load(definition)
    if tests is not None:
        tree = load({**tree.document, "tests": list(tests)})
    actions = default_registry if registry is None else registry
    resting = set_stage(tree, actions, parameters={}, scripted=())
    tally = CoverageTally(resting.places.paths)
    results = [_run(tree, actions, case, at, tally) for at, case in enumerate(tree.tests, 1)]
    return TestReport(tree.name, tuple(results), tally.total())


def _run(
    tree: TreeDefinition, registry: Registry, document: object, number: int, tally: CoverageTally
) -> TestResult:
    written = document.get("name") if isinstance(document, dict) else None
    name = written if isinstance(written, str) and written else f"test {number}"
    try:
        test = read_test(document, number)
        scripted = {node for step in test.steps for node in step.results}
        stage = set_stage(tree, registry, parameters=test.parameters, scripted=scripted)
        run = _Run(stage, test, tally)
    except (TreeTestInvalid, DefinitionInvalid) as error:
        return TestResult(name, (str(error),), 0)
    try:
        return TestResult(test.name, tuple(run.differences()), run.ticks)
    finally:
        run.close()


class _Run:
    """One test, carried out."""

    def __init__(self, stage: Stage, test: TreeTest, tally: CoverageTally) -> None:
        self._stage = stage
        self._test = test
        self._tally = tally
        self._never = _compiled(test.never, "never")
        self._eventually = _compiled(test.eventually, "eventually")
        self._execution = stage.program.start(seed=test.seed)
        self._reader = RecordReader(stage.program)
        self._now = 0.0
        self._paths = stage.places.paths
        self._places = {node: at for at, node in enumerate(stage.node_ids)}
        self.ticks = 0

    def close(self) -> None:
        """End the leaves."""
        self._execution.close()

    def differences(self) -> Iterator[str]:
        """Tick through the steps; stop after the first that is not as expected."""
        came_true = False
        for number, step in enumerate(self._test.steps, 1):
            try:
                found = [*self._tick(step), *self._broken_never()]
                came_true = came_true or self._came_true()
            except TreeTestInvalid as error:
                found = [str(error)]
            if found:
                yield from (f"step {number}: {difference}" for difference in found)
                return
        if self._eventually is not None and not came_true:
            board = self._execution.blackboard.to_dict()
            shown = _seen(self._eventually, board)
            yield f"`{self._test.eventually}` held after no step; at the end {shown}"

    def _broken_never(self) -> Iterator[str]:
        board = self._execution.blackboard.to_dict()
        if self._never is not None and _holds(self._never, board):
            yield f"`{self._test.never}` must never hold; {_seen(self._never, board)}"

    def _came_true(self) -> bool:
        if self._eventually is None:
            return False
        return _holds(self._eventually, self._execution.blackboard.to_dict())

    def _tick(self, step: Step) -> Iterator[str]:
        outcome = self._ticked(step)
        self.ticks += 1
        record = self._reader.read(outcome.record or b"")
        self._tally.add((self._places[node], status) for node, status in record.visited)
        found = [
            *self._unused(step, record),
            *self._compare_nodes(step.expect, outcome.status),
            *self._compare_keys(step.expect),
            *self._compare_course(step.expect, record),
            *self._compare_errors(step.expect, outcome),
        ]
        if found and step.expect.errors is None:
            found += [
                f"note: `{self._path(error.node_id)}` failed by an error: {error.message}"
                for error in outcome.errors
            ]
        yield from found

    def _ticked(self, step: Step) -> Outcome:
        results, overrides = self._inputs(step.results)
        self._now = self._now if step.now is None else float(step.now)
        try:
            return self._execution.tick(
                dict(step.updates), now=self._now, results=results, overrides=overrides
            )
        except LeafError as error:
            # The tree's policy is to raise; the tick has ended in order all the same.
            return cast("Outcome", error.outcome)
        except (ValueError, TimeWentBackwards) as error:
            raise TreeTestInvalid(str(error)) from error

    def _inputs(
        self, given: Mapping[str, Answer]
    ) -> tuple[dict[str, Result | str], dict[str, Status]]:
        """Hand the results of a step to whoever gives them: stand-ins, runs in flight, the tick."""
        for stand_in in self._stage.stand_ins.values():
            stand_in.answer = None
        pending = {run.node_id: run.run_id for run in self._execution.pending()}
        results: dict[str, Result | str] = {}
        overrides: dict[str, Status] = {}
        for node, answer in given.items():
            at = self._stage.places.find(node)
            if answer.choice is not None and not self._stage.is_decision(at):
                raise TreeTestInvalid(f"{quoted(node)} is no HumanDecision: give it a status")
            node_id = self._stage.node_ids[at]
            if at in self._stage.stand_ins:
                self._stage.stand_ins[at].answer = answer
            elif self._stage.is_outside(at):
                if node_id not in pending:
                    raise TreeTestInvalid(
                        f"{quoted(node)} has no work in flight; its result can come in the step "
                        "after it began, and until it is interrupted"
                    )
                results[pending[node_id]] = _delivered(answer)
            elif answer.writes or answer.error:
                raise TreeTestInvalid(f"{quoted(node)} can only be forced to a status")
            else:
                overrides[node_id] = answer.known_status
        return results, overrides

    def _unused(self, step: Step, record: TickRecord) -> Iterator[str]:
        visited = {node for node, _ in record.visited}
        for node in step.results:
            if self._stage.node_id(node) not in visited:
                yield f"{quoted(node)} was given a result but was not ticked"

    def _compare_nodes(self, expect: Expectation, status: Status) -> Iterator[str]:
        if expect.status is not None and status is not expect.status:
            yield f"the tree answered {status.name}, expected {expect.status.name}"
        statuses = self._execution.statuses()
        for node, wanted in expect.nodes.items():
            found = statuses[self._stage.node_id(node)]
            if found is not wanted:
                yield f"{quoted(node)} is {found.name}, expected {wanted.name}"

    def _compare_keys(self, expect: Expectation) -> Iterator[str]:
        board = self._execution.blackboard
        for key, wanted in expect.keys.items():
            found = board.get(key, _NO_VALUE)
            if found is _NO_VALUE:
                yield f"key {quoted(key)} has no value, expected {_shown(wanted)}"
            elif not same(found, wanted):
                yield f"key {quoted(key)} is {_shown(found)}, expected {_shown(wanted)}"
        for key in expect.unset:
            if key in board:
                yield f"key {quoted(key)} is {_shown(board[key])}, expected no value"

    def _compare_course(self, expect: Expectation, record: TickRecord) -> Iterator[str]:
        visited = [node for node, _ in record.visited]
        course = iter(visited)
        for node in expect.visited:
            wanted = self._stage.node_id(node)
            if wanted not in visited:
                yield f"{quoted(node)} was not ticked"
                return
            if wanted not in course:
                order = ", ".join(self._short(node_id) for node_id in visited)
                yield f"{quoted(node)} was ticked in another order: {order}"
                return
        for node in expect.not_visited:
            if self._stage.node_id(node) in visited:
                yield f"{quoted(node)} was ticked"

    def _compare_errors(self, expect: Expectation, outcome: Outcome) -> Iterator[str]:
        if expect.errors is None:
            return
        found = {error.node_id: error for error in outcome.errors}
        wanted = {self._stage.node_id(node): kind for node, kind in expect.errors.items()}
        for node_id, kind in wanted.items():
            if node_id not in found:
                yield f"`{self._short(node_id)}` had no error, expected {kind}"
            elif found[node_id].kind != kind:
                yield f"`{self._short(node_id)}` had error {found[node_id].kind}, expected {kind}"
        for node_id, error in found.items():
            if node_id not in wanted:
                yield f"`{self._short(node_id)}` had error {error.kind}: {error.message}"

    def _path(self, node_id: str) -> str:
        return self._paths[self._places[node_id]]

    def _short(self, node_id: str) -> str:
        return self._stage.program.node(node_id).name


def same(found: object, wanted: object) -> bool:
    """Whether two JSON values are equal; numbers may differ by a billionth part.

    1 and 1.0 are the same number; true is no number.
    """
    if isinstance(found, bool) or isinstance(wanted, bool):
        return found is wanted
    if isinstance(found, int | float) and isinstance(wanted, int | float):
        return found == wanted or math.isclose(found, wanted, rel_tol=_CLOSE)
    if isinstance(found, list) and isinstance(wanted, list):
        return len(found) == len(wanted) and all(map(same, found, wanted))
    if isinstance(found, dict) and isinstance(wanted, dict):
        return found.keys() == wanted.keys() and all(same(found[k], wanted[k]) for k in found)
    return found == wanted


def _delivered(answer: Answer) -> Result | str:
    if answer.choice is not None:
        return answer.choice
    return Result(answer.known_status, dict(answer.writes) or None, answer.error)


def _compiled(expression: str | None, where: str) -> Program | None:
    if expression is None:
        return None
    try:
        return compile({"node_type": "Condition", "config": {"expression": expression}})
    except DefinitionInvalid as error:
        message = "; ".join(problem.message for problem in error.problems)  # type: ignore[attr-defined]
        raise TreeTestInvalid(f"`{where}`: {message}") from error


def _holds(condition: Program, board: Mapping[str, Any]) -> bool:
    """Whether a condition is true; one that reads a key without a value is not.

    Raises:
        TreeTestInvalid: it has no value for another reason.
    """
    outcome = condition.start(record=False, blackboard=board).tick(now=0)
    for error in outcome.errors:
        if error.kind != "missing":
            text = condition.definition.root["config"]["expression"]
            raise TreeTestInvalid(f"{quoted(text)} has no value: {error.message}")
    return outcome.status is Status.SUCCESS


def _seen(condition: Program, board: Mapping[str, Any]) -> str:
    """Say what the keys of a condition are."""
    shown = [
        f"`{key}` is {_shown(board[key])}" if key in board else f"`{key}` has no value"
        for key in condition.variables
    ]
    return ", ".join(shown) or "it reads no key"


def _shown(value: object) -> str:
    return quoted(repr(value))
