"""The bytes of records, headers and snapshots are those of docs/reference/formats.md.

`formats/golden.json` holds the bytes of one log as hex. They may change only together with a format
number: whoever changes them on purpose writes them anew with

    python -m tests.contract.test_formats > tests/contract/formats/golden.json
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

import pytest

import py_forest as pf
from py_forest import Result, Status
from py_forest.engine import RecordReader, _native
from py_forest.kit.errors import RecordRefused, SnapshotRefused
from tests.contract import second_reader

HERE = Path(__file__).parent
PAGE = HERE.parents[1] / "docs/reference/formats.md"
GOLDEN = HERE / "formats/golden.json"

TREE: dict[str, Any] = {
    "node_type": "Parallel",
    "node_id": "root",
    "config": {"policy": "Threshold", "success_threshold": 2, "failure_threshold": 9,
               "synchronise": False},
    "children": [
        {"node_type": "External", "node_id": "ask",
         "config": {"action": "weigh", "inputs": {"load": "total"}}},
        {"node_type": "Sequence", "node_id": "sum", "children": [
            {"node_type": "Script", "node_id": "add",
             "config": {"script": "total = total + 0.5; count = 2"}},
            {"node_type": "Action", "node_id": "greet", "config": {"action": "greet"}},
        ]},
        {"node_type": "Condition", "node_id": "broken", "config": {"expression": "absent > 1"}},
        {"node_type": "RunningIsFailure", "node_id": "turn", "children": [
            {"node_type": "Wait", "node_id": "wait", "config": {"duration": 5}},
        ]},
    ],
}  # fmt: skip
ROOT, ASK, SUM, ADD, GREET, BROKEN, TURN, WAIT = range(8)
TOTAL, INPUTS, COUNT, ABSENT = range(4)


def program() -> pf.Program:
    registry = pf.Registry()

    @registry.action
    def greet() -> Result:
        return Result(Status.SUCCESS, {"free": [1, None, True]}, feedback="waved")

    return pf.compile({"root": TREE}, registry)


def play() -> dict[str, Any]:
    """Run the tree so that every part of a record occurs."""
    execution = program().start(seed=7, blackboard={"total": 10.0, "label": "start"})
    records = [execution.tick({"total": 1.0, "spare": {"a": -1}}, now=0.25).record]
    del execution.blackboard["spare"]
    snapshot = execution.snapshot()
    late, weighed = Status.FAILURE, Result(Status.SUCCESS, {"weight": 1.5})
    results = {"ask#1": weighed, "ask#9": late}
    records.append(execution.tick(now=1.0, results=results, overrides={"broken": "SUCCESS"}).record)
    records.append(execution.tick(now=2.0).record)
    records.append(execution.halt().record)
    return {
        "header": execution.header.hex(),
        "records": [record.hex() for record in records if record is not None],
        "snapshot": snapshot.hex(),
    }


@pytest.fixture(scope="module")
def golden() -> dict[str, Any]:
    return json.loads(GOLDEN.read_text())  # type: ignore[no-any-return]


def test_the_engine_still_writes_these_bytes(golden: dict[str, Any]) -> None:
    assert play() == golden


def test_the_page_names_the_format_numbers(golden: dict[str, Any]) -> None:
    numbers = dict(
        re.findall(r"^\| (record|log header|snapshot) \| format (\d+) \|", PAGE.read_text(), re.M)
    )
    record = second_reader.read_record(bytes.fromhex(golden["records"][0]))
    header = second_reader.read_header(bytes.fromhex(golden["header"]))
    assert numbers == {
        "record": str(record["format"]),
        "log header": str(header["format"]),
        "snapshot": str(bytes.fromhex(golden["snapshot"])[3]),
    }


def test_a_first_tick_reads_as_the_page_says(golden: dict[str, Any]) -> None:
    assert second_reader.read_record(bytes.fromhex(golden["records"][0])) == {
        "format": 1,
        "kind": "tick",
        "tick": 1,
        "now_ns": 250_000_000,
        "root": "RUNNING",
        "updates": [(TOTAL, 1.0), ("spare", {"a": -1})],
        "answers": [
            {
                "node": GREET,
                "activation": 0,
                "status": "SUCCESS",
                "writes": [("free", [1, None, True])],
                "feedback": "waved",
            }
        ],
        "visited": [ROOT, ASK, SUM, ADD, GREET, BROKEN, TURN, WAIT],
        "passing": [(WAIT, "RUNNING")],
        "changed": [
            (ROOT, "RUNNING"),
            (ASK, "RUNNING"),
            (SUM, "SUCCESS"),
            (ADD, "SUCCESS"),
            (GREET, "SUCCESS"),
            (BROKEN, "FAILURE"),
            (TURN, "FAILURE"),
        ],
        "written": [(TOTAL, 1.5), (COUNT, 2), ("free", [1, None, True])],
        "failures": [(BROKEN, "missing", "`absent` has no value")],
    }


def test_results_overrides_and_what_came_late_are_there(golden: dict[str, Any]) -> None:
    entry = second_reader.read_record(bytes.fromhex(golden["records"][1]))
    assert entry["updates"] == [("spare", second_reader.MISSING)]
    assert entry["results"] == [
        {"node": ASK, "activation": 1, "status": "SUCCESS", "writes": [("weight", 1.5)]},
        {"node": ASK, "activation": 9, "status": "FAILURE", "writes": []},
    ]
    assert entry["overrides"] == [(BROKEN, "SUCCESS")]
    assert entry["dropped"] == [1]
    assert entry["root"] == "SUCCESS"


def test_a_halt_holds_statuses_and_cancelled_runs_only(golden: dict[str, Any]) -> None:
    entry = second_reader.read_record(bytes.fromhex(golden["records"][3]))
    assert set(entry) == {
        "format", "kind", "tick", "now_ns", "root", "visited", "changed", "cancelled",
    }  # fmt: skip
    assert (entry["kind"], entry["tick"], entry["root"]) == ("halt", 3, "INVALID")
    assert entry["cancelled"] == [(ASK, 2)]


def test_a_header_is_a_snapshot_of_the_start(golden: dict[str, Any]) -> None:
    header = second_reader.read_header(bytes.fromhex(golden["header"]))
    assert header["magic"] == b"PFL"
    start = _snapshot(header["snapshot"])
    assert (start["ticks"], start["has_time"], start["seed"]) == (0, False, 7)
    assert start["slots"][TOTAL] == 10.0
    assert start["unknown"] == [("label", "start")]


def test_a_snapshot_reads_as_the_page_says(golden: dict[str, Any]) -> None:
    state = _snapshot(bytes.fromhex(golden["snapshot"]))
    assert state["hash"] == program().hash
    assert state["statuses"] == [
        "RUNNING", "RUNNING", "SUCCESS", "SUCCESS", "SUCCESS", "FAILURE", "FAILURE", "INVALID",
    ]  # fmt: skip
    assert state["slots"] == [1.5, {"load": 1.0}, 2, "initial"]
    assert dict(state["unknown"]) == {"label": "start", "free": [1, None, True]}
    assert state["staged"] == [("spare", second_reader.MISSING)]
    assert (state["ticks"], state["now_ns"], state["root"]) == (1, 250_000_000, "RUNNING")


def _snapshot(data: bytes) -> dict[str, Any]:
    execution = program().start()
    cells = sum(len(execution.memory_of(node)) for node in program().node_ids)
    return second_reader.read_snapshot(data, cells=cells, nodes=8, slots=4)


def test_the_golden_log_replays(golden: dict[str, Any]) -> None:
    records = [bytes.fromhex(record) for record in golden["records"]]
    report = pf.replay(program(), bytes.fromhex(golden["header"]), records)
    assert report.equal, report.first_difference
    assert report.ticks == len(records)


def test_the_golden_snapshot_goes_on_as_the_log_did(golden: dict[str, Any]) -> None:
    execution = program().restore(bytes.fromhex(golden["snapshot"]))
    for record in golden["records"][1:]:
        again = execution.replay_record(bytes.fromhex(record)).record
        assert again is not None
        assert again.hex() == record


def test_the_decoder_of_the_package_agrees(golden: dict[str, Any]) -> None:
    made = program()
    ids = made.node_ids
    reader = RecordReader(made)
    for text in golden["records"]:
        data = bytes.fromhex(text)
        entry, raw = reader.read(data), second_reader.read_record(data)
        assert [node for node, _ in entry.visited] == [ids[node] for node in raw["visited"]]
        changed = {ids[node]: Status[name] for node, name in raw.get("changed", [])}
        assert entry.statuses == changed
        assert entry.root.name == raw["root"]
        assert len(entry.errors) == len(raw.get("failures", []))


@pytest.mark.parametrize("place", [0, 3])
def test_a_newer_format_is_refused_by_its_number(golden: dict[str, Any], place: int) -> None:
    made = program()
    record, header = (bytes.fromhex(text) for text in (golden["records"][0], golden["header"]))
    if place:
        newer = header[:3] + b"\x02" + header[4:]
        with pytest.raises(RecordRefused, match="format 2; this version reads format 1"):
            _native.snapshot_in_header(newer)
        snapshot = bytes.fromhex(golden["snapshot"])
        with pytest.raises(SnapshotRefused, match="format 2; this version reads format 1"):
            made.restore(snapshot[:3] + b"\x02" + snapshot[4:])
    else:
        with pytest.raises(RecordRefused, match="format 2; this version reads format 1"):
            pf.decode(bytes([0x21]) + record[1:], made)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(play(), indent=2) + "\n")
