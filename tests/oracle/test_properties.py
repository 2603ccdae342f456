"""What must hold of any tree: an execution is a value and a tick a function of its inputs."""

from __future__ import annotations

import json

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

import py_forest as pf
from py_forest.engine import Execution, Outcome, Program, RecordReader
from tests.oracle.cases import Case, Document, walk
from tests.oracle.makers import ALL
from tests.oracle.native import compiled, registry, tick, with_inputs
from tests.oracle.strategies import all_cases, cases
from tests.profile import scaled

pytestmark = pytest.mark.slow
examples = settings(max_examples=scaled(100, 2_000))

numbers = st.integers(0, 2)

Seen = tuple[pf.Status, bytes | None, dict[str, pf.Status], dict[str, object]]


def seen(execution: Execution, outcome: Outcome) -> Seen:
    """Gather all that a tick left behind."""
    return (
        outcome.status,
        outcome.record,
        execution.statuses(),
        execution.blackboard.to_dict(),
    )


def future(execution: Execution, program: Program, case: Case, start: int = 0) -> list[Seen]:
    """Run the ticks of a case from number `start` on."""
    return [seen(execution, tick(execution, program, given)) for given in case.ticks[start:]]


@examples
@given(all_cases())
def test_equal_inputs_give_equal_records(case: Case) -> None:
    runs = []
    for _ in range(2):
        program = compiled(json.loads(json.dumps(case.definition)))
        runs.append((program.hash, future(program.start(seed=case.seed), program, case)))
    assert runs[0] == runs[1]


@examples
@given(all_cases(), st.integers(0, 11))
def test_a_restored_snapshot_has_the_same_future(case: Case, at: int) -> None:
    at = min(at, len(case.ticks))
    program = compiled(case.definition)
    execution = program.start(seed=case.seed)
    for given_ in case.ticks[:at]:
        tick(execution, program, given_)
    blob = execution.snapshot()
    restored = compiled(case.definition).restore(blob)
    assert restored.statuses() == execution.statuses()
    assert restored.blackboard.to_dict() == execution.blackboard.to_dict()
    assert (restored.tick_count, restored.now, restored.seed) == (
        execution.tick_count,
        execution.now,
        execution.seed,
    )
    assert [run[:3] for run in restored.pending()] == [run[:3] for run in execution.pending()]
    # From here on a snapshot says where its log began; that does not pile up.
    assert len(program.restore(restored.snapshot()).snapshot()) == len(restored.snapshot())
    assert future(restored, program, case, at) == future(execution, program, case, at)


@examples
@given(all_cases(), st.integers(0, 11))
def test_a_fork_has_the_same_future_and_a_life_of_its_own(case: Case, at: int) -> None:
    at = min(at, len(case.ticks))
    program = compiled(case.definition)
    execution = program.start(seed=case.seed)
    for given_ in case.ticks[:at]:
        tick(execution, program, given_)
    before = execution.snapshot()
    fork = execution.fork()
    ran = future(fork, program, case, at)
    assert execution.snapshot() == before
    assert future(execution, program, case, at) == ran


@examples
@given(all_cases())
def test_without_a_record_the_same_happens(case: Case) -> None:
    program = compiled(case.definition)
    on = program.start(seed=case.seed)
    off = program.start(seed=case.seed, record=False)
    for given_ in case.ticks:
        a, b = tick(on, program, given_), tick(off, program, given_)
        assert (a.record is None, b.record is None) == (False, True)
        assert seen(on, a)[2:] == seen(off, b)[2:]
        assert (a.status, a.changed, a.unread, a.logs, a.cancelled, a.dropped) == (
            (b.status, b.changed, b.unread, b.logs, b.cancelled, b.dropped)
        )
        assert on.tip == off.tip
        assert [error[:3] for error in a.errors] == [error[:3] for error in b.errors]


def log_of(program: Program, case: Case, **start: object) -> tuple[bytes, list[bytes]]:
    """Run a case and return its log."""
    execution = program.start(**{"seed": case.seed, **start})  # type: ignore[arg-type]
    header = execution.header
    records = [tick(execution, program, given_).record for given_ in case.ticks]
    return header, [record for record in records if record is not None]


@examples
@given(all_cases())
def test_a_replay_gives_the_same_records_and_calls_no_leaf(case: Case) -> None:
    program = compiled(case.definition)
    header, records = log_of(program, case)

    def scripted(answers: list[str], tick: int) -> bool:
        raise AssertionError((answers, tick))

    actions = pf.Registry()
    actions.action(scripted)
    elsewhere = pf.compile(program.definition, actions)
    report = pf.replay(elsewhere, header, records)
    assert (report.equal, report.first_difference) == (True, None)
    assert report.ticks == len(records)


@examples
@given(
    all_cases(), st.integers(0, 3), st.fixed_dictionaries(dict.fromkeys("abc", st.integers(0, 2)))
)
def test_a_replay_names_the_first_difference(case: Case, seed: int, start: Document) -> None:
    program = compiled(case.definition)
    _, records = log_of(program, case)
    header, others = log_of(program, case, seed=seed, blackboard=start)
    differing = [
        number
        for number, pair in enumerate(zip(records, others, strict=True))
        if len(set(pair)) > 1
    ]
    report = pf.replay(program, header, records)
    assert report.equal == (not differing)
    if not differing:
        return
    assert report.tick == differing[0] + 1
    assert report.first_difference is not None
    assert report.first_difference.startswith(f"tick {differing[0] + 1}: ")
    assert report.recorded is not None
    assert report.replayed is not None
    # Which node is named depends on leaves the log has no answer for; it is one that was visited.
    visits = [report.recorded.visited, report.replayed.visited]
    assert (report.node_id is None) == (visits[0] == visits[1])
    assert report.node_id in {None, *dict(visits[0]), *dict(visits[1])}


@examples
@given(all_cases(), st.integers(0, 11))
def test_a_reload_to_the_same_tree_changes_nothing(case: Case, at: int) -> None:
    at = min(at, len(case.ticks))
    program = compiled(case.definition)
    execution = program.start(seed=case.seed)
    for given_ in case.ticks[:at]:
        tick(execution, program, given_)
    expected = future(execution.fork(), program, case, at)
    again = compiled(case.definition)
    moved, report = execution.reload(again)
    assert set(report.kept) == set(program.node_ids)
    assert (report.reset, report.removed, report.lost_keys, report.cancelled) == ((), (), {}, ())
    assert future(moved, again, case, at) == expected


@examples
@given(all_cases())
def test_a_halt_interrupts_what_runs_and_nothing_else(case: Case) -> None:
    program = compiled(case.definition)
    execution = program.start(seed=case.seed)
    reader = RecordReader(program)
    for given_ in case.ticks:
        outcome = tick(execution, program, given_)
        assert outcome.record is not None
        reader.read(outcome.record)
    running = [node for node, status in execution.statuses().items() if status.name == "RUNNING"]
    pending = [run.run_id for run in execution.pending()]
    halted = execution.halt()
    assert halted.record is not None
    record = reader.read(halted.record)
    assert (record.kind, record.interrupted, record.visited) == ("halt", running, [])
    assert set(halted.cancelled) == set(pending)
    assert set(execution.statuses().values()) == {pf.Status.INVALID}
    assert execution.pending() == []


@examples
@given(all_cases())
def test_nothing_runs_below_a_node_that_does_not(case: Case) -> None:
    program = compiled(case.definition)
    execution = program.start(seed=case.seed)
    parents = {node: program.node(node).parent for node in program.node_ids}
    for given_ in case.ticks:
        outcome = tick(execution, program, given_)
        assert outcome.status.name != "INVALID"
        statuses = execution.statuses()
        for node, parent in parents.items():
            if statuses[node].name == "RUNNING" and parent is not None:
                assert statuses[parent].name == "RUNNING", (node, parent)


@st.composite
def with_subtrees(draw: st.DrawFn) -> tuple[Case, Document]:
    """Draw a case and the same tree with some of its nodes moved out into named subtrees."""
    case = draw(cases(ALL))
    names: dict[str, Document] = {}

    def moved(node: Document) -> Document:
        copy = {key: value for key, value in node.items() if key != "node_id"}
        if "children" in copy:
            copy["children"] = [moved(child) for child in copy["children"]]
        if draw(st.integers(0, 3)) == 0:
            names[f"s{len(names)}"] = copy
            return {"node_type": "SubTree", "$ref": f"#/subtrees/s{len(names) - 1}"}
        return copy

    root = moved(case.definition)
    assume(names)
    return case, {"root": root, "subtrees": names}


@examples
@given(with_subtrees())
def test_a_subtree_behaves_as_if_it_stood_there(drawn: tuple[Case, Document]) -> None:
    case, document = drawn
    # Random numbers belong to node ids, which a subtree has of its own.
    random = {"Probability", "RandomSelector", "RandomSequence"}
    jittery = [node for node in walk(case.definition) if node.get("config", {}).get("jitter")]
    assume(not jittery and not random & {node["node_type"] for node in walk(case.definition)})
    inlined = compiled(case.definition)
    document = {
        "root": with_inputs(document["root"]),
        "subtrees": {name: with_inputs(node) for name, node in document["subtrees"].items()},
    }
    referring = pf.compile(document, registry())
    plain = [node for node in referring.node_ids if referring.node(node).node_type != "SubTree"]
    a, b = inlined.start(), referring.start()
    for given_ in case.ticks:
        one, other = tick(a, inlined, given_), tick(b, referring, given_)
        assert one.status == other.status
        statuses = b.statuses()
        assert list(a.statuses().values()) == [statuses[node] for node in plain]
        assert a.blackboard.to_dict() == b.blackboard.to_dict()
