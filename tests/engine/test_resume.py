from __future__ import annotations

import pytest

import py_forest as pf
from py_forest.engine.resume import execution_at
from py_forest.kit.errors import RecordRefused, SnapshotRefused

COUNTER = pf.compile(
    {
        "root": {
            "node_type": "Script",
            "node_id": "count",
            "config": {"script": "n = bb.get('n', 0) + step"},
        },
        "blackboard_schema": {
            "n": {"type": "int", "default": 0},
            "step": {"type": "int", "default": 1},
        },
    }
)


@pytest.fixture
def log() -> tuple[bytes, list[bytes]]:
    """Return a log of four ticks; from the third on it counts by ten."""
    execution = COUNTER.start(record=True)
    records = [
        execution.tick({"step": 10} if tick == 3 else None, now=2.0).record or b""
        for tick in range(1, 5)
    ]
    return execution.header, records


@pytest.mark.parametrize(("tick", "n"), [(0, 0), (1, 1), (2, 2), (3, 12), (4, 22), (None, 22)])
def test_an_execution_stands_where_it_stood(
    log: tuple[bytes, list[bytes]], tick: int | None, n: int
) -> None:
    header, records = log
    execution = execution_at(COUNTER, header, records, tick=tick)
    assert execution.blackboard["n"] == n
    assert execution.tick_count == (4 if tick is None else tick)


def test_no_more_is_read_than_needed(log: tuple[bytes, list[bytes]]) -> None:
    header, records = log
    following = iter(records)
    execution_at(COUNTER, header, following, tick=2)
    assert len(list(following)) == 2


def test_an_execution_can_go_on_from_there(log: tuple[bytes, list[bytes]]) -> None:
    execution = execution_at(COUNTER, *log, tick=2)
    execution.tick(now=9.0)
    assert execution.blackboard["n"] == 3


def test_the_log_of_another_program_is_refused(log: tuple[bytes, list[bytes]]) -> None:
    other = pf.compile({"node_type": "Success"})
    with pytest.raises(SnapshotRefused):
        execution_at(other, *log)


def test_a_damaged_record_is_refused(log: tuple[bytes, list[bytes]]) -> None:
    header, records = log
    with pytest.raises(RecordRefused):
        execution_at(COUNTER, header, [records[0][:-3]])
