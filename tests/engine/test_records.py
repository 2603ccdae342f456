"""What a record says of its tick, and what a replay finds."""

from __future__ import annotations

from typing import Any

import pytest

import py_forest as pf
from py_forest import Result, Status
from py_forest.engine import Execution, RecordReader
from py_forest.kit.errors import RecordRefused

FIRE: dict[str, Any] = {
    "node_type": "Selector",
    "node_id": "life",
    "children": [
        {"node_type": "Condition", "node_id": "fire", "config": {"expression": "fire"}},
        {"node_type": "Sequence", "node_id": "day", "children": [
            {"node_type": "Script", "node_id": "count", "config": {"script": "days = days + 1"}},
            {"node_type": "Wait", "node_id": "rest", "config": {"duration": 5}},
        ]},
    ],
}  # fmt: skip


@pytest.fixture
def execution() -> Execution:
    return pf.compile({"root": FIRE}).start(blackboard={"days": 0, "fire": False})


def record_of(outcome: pf.Outcome) -> bytes:
    assert outcome.record is not None
    return outcome.record


def test_a_record_names_what_was_visited_with_its_answer(execution: Execution) -> None:
    record = pf.decode(record_of(execution.tick(now=1.5)), execution.program)
    assert (record.kind, record.tick, record.now, record.root) == ("tick", 1, 1.5, Status.RUNNING)
    assert record.visited == [
        ("life", Status.RUNNING),
        ("fire", Status.FAILURE),
        ("day", Status.RUNNING),
        ("count", Status.SUCCESS),
        ("rest", Status.RUNNING),
    ]
    assert record.changed == {"days": 1}


def test_a_record_holds_only_what_changed(execution: Execution) -> None:
    reader = RecordReader(execution.program)
    reader.read(record_of(execution.tick(now=0)))
    quiet = reader.read(record_of(execution.tick(now=1)))
    assert (quiet.statuses, quiet.changed, quiet.updates) == ({}, {}, {})
    assert dict(quiet.visited)["rest"] is Status.RUNNING


def test_a_record_alone_is_read_with_the_statuses_before_it(execution: Execution) -> None:
    execution.tick(now=0)
    before = execution.statuses()
    record = record_of(execution.tick(now=1))
    read = pf.decode(record, execution.program, before)
    assert dict(read.visited)["rest"] is Status.RUNNING


def test_interrupted_nodes_are_named(execution: Execution) -> None:
    reader = RecordReader(execution.program)
    reader.read(record_of(execution.tick(now=0)))
    entry = reader.read(record_of(execution.tick({"fire": True}, now=1)))
    assert entry.interrupted == ["day", "rest"]
    assert entry.updates == {"fire": True}
    assert reader.statuses == execution.statuses()


def test_a_key_that_was_removed_from_outside_is_no_value(execution: Execution) -> None:
    del execution.blackboard["fire"]
    execution.blackboard["days"] = 4
    entry = pf.decode(record_of(execution.tick(now=0)), execution.program)
    assert (entry.unset, entry.updates) == (["fire"], {"days": 4})
    assert [error.kind for error in entry.errors] == ["missing"]


def test_a_key_that_a_node_removed_is_named() -> None:
    root = {"node_type": "UnsetBlackboardVariable", "config": {"variable": "door"}}
    execution = pf.compile({"root": root}).start(blackboard={"door": 1})
    assert pf.decode(record_of(execution.tick(now=0)), execution.program).removed == ["door"]


def test_a_value_that_came_back_within_the_tick_did_not_change() -> None:
    root = {"node_type": "Script", "config": {"script": "n = n + 1; n = n - 1"}}
    execution = pf.compile({"root": root}).start(blackboard={"n": 1})
    outcome = execution.tick(now=0)
    assert outcome.changed == pf.decode(record_of(outcome), execution.program).changed == {}


def test_an_execution_that_does_not_record_leaves_none() -> None:
    execution = pf.compile({"root": FIRE}).start(record=False, blackboard={"fire": True})
    assert execution.tick(now=0).record is None
    assert execution.halt().record is None


def log_of(execution: Execution) -> list[bytes]:
    ticks: list[dict[str, Any]] = [{"now": 0}, {"now": 1}, {"updates": {"fire": True}, "now": 2}]
    return [*(record_of(execution.tick(**tick)) for tick in ticks), record_of(execution.halt())]


def test_a_log_replays_to_the_same_bytes(execution: Execution) -> None:
    report = pf.replay(execution.program, execution.header, log_of(execution))
    assert (report.equal, report.ticks, report.first_difference) == (True, 4, None)


def test_a_replay_calls_no_leaf() -> None:
    calls = []
    registry = pf.Registry()

    @registry.action
    def ask() -> Result:
        calls.append(1)
        return Result(Status.SUCCESS, {"answer": len(calls)})

    root = {"node_type": "Action", "config": {"action": "ask"}}
    execution = pf.compile({"root": root}, registry).start()
    records = [record_of(execution.tick(now=n)) for n in range(3)]
    assert pf.replay(execution.program, execution.header, records).equal
    assert len(calls) == 3


def test_another_program_is_refused(execution: Execution) -> None:
    other = pf.compile({"root": FIRE["children"][1]})
    with pytest.raises(ValueError, match="another program"):
        pf.replay(other, execution.header, log_of(execution))


def test_the_first_difference_is_told_with_its_node(execution: Execution) -> None:
    records = log_of(execution)
    # Without its second tick, the log's third cannot come out as it did.
    report = pf.replay(execution.program, execution.header, [records[0], records[2]])
    assert not report.equal
    assert (report.ticks, report.tick) == (2, 3)
    assert report.first_difference is not None
    assert report.first_difference.startswith("tick 3: ")


def test_bytes_that_are_no_record_are_refused(execution: Execution) -> None:
    for nonsense in (b"", b"\x11", b"hello"):
        with pytest.raises(RecordRefused):
            pf.decode(nonsense, execution.program)
