"""replay and why: asking what happened."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import py_forest as pf
from py_forest.cli import exits
from py_forest.core.logfile import LogReader, LogWriter
from tests.cli.conftest import Cli
from tests.core.render.trees import node


@pytest.fixture
def patrol(tree: Callable[..., Path]) -> Path:
    low = node(
        "CheckBlackboardCondition",
        node_id="low",
        name="Battery low?",
        variable="battery",
        operator_str="<",
        value=20,
    )
    return tree(
        node(
            "Selector",
            node("Sequence", low, node("Success", node_id="dock", name="Dock"), node_id="charge"),
            node("TickCounter", node_id="drive", name="Drive", duration=3),
            node_id="root",
            name="Patrol",
        ),
        blackboard_schema={"battery": {"type": "int", "direction": "in", "default": 90}},
    )


@pytest.fixture
def log(patrol: Path, tmp_path: Path) -> Path:
    """Return a log of six ticks; from the fourth on the battery is low."""
    path = tmp_path / "run.pfrec"
    execution = pf.compile(patrol).start()
    with LogWriter(path) as writer:
        writer.begin(execution.header)
        for tick in range(1, 7):
            outcome = execution.tick({"battery": 10} if tick == 4 else None, now=float(tick))
            assert outcome.record is not None
            writer.append(outcome.record)
    return path


# --- replay ---------------------------------------------------------------------------------------


def test_a_log_comes_out_the_same(cli: Cli, log: Path, patrol: Path) -> None:
    ran = cli("replay", log, patrol)
    assert ran.code == 0
    assert ran.out == "✓ run.pfrec  6 records came out the same, byte for byte\n"
    assert cli("replay", log, patrol, "--json").json == {
        "equal": True,
        "complete": True,
        "records": 6,
        "sections": [
            {
                "equal": True,
                "records": 6,
                "first_difference": None,
                "tick": None,
                "node_id": None,
            }
        ],
    }


def test_a_log_of_another_tree_is_refused(cli: Cli, log: Path, orders: Path) -> None:
    ran = cli("replay", log, orders, columns=300)
    assert ran.code == exits.UNREADABLE
    assert "it was not written by this tree" in ran.err
    assert "pyforest diff" in ran.err


def test_a_difference_is_named(cli: Cli, log: Path, patrol: Path, tmp_path: Path) -> None:
    # Two logs of one tree that part: the header of one with the records of the other.
    program = pf.compile(patrol)
    other = program.start(blackboard={"battery": 5})
    forged = tmp_path / "forged.pfrec"
    with LogReader(log) as reader, LogWriter(forged) as writer:
        writer.begin(other.header)
        for section in reader.sections():
            for record in section.records:
                writer.append(record)
    ran = cli("replay", forged, patrol)
    assert ran.code == exits.NOT_OK
    assert "tick 1: " in ran.out
    assert "replayed" in ran.out
    told = cli("replay", forged, patrol, "--json").json
    assert (told["equal"], told["sections"][0]["tick"]) == (False, 1)
    assert told["sections"][0]["first_difference"]


def test_a_log_that_breaks_off_can_be_salvaged(cli: Cli, log: Path, patrol: Path) -> None:
    log.write_bytes(log.read_bytes()[:-30])
    ran = cli("replay", log, patrol, columns=300)
    assert ran.code == exits.UNREADABLE
    assert "breaks off after 5 whole records" in ran.err
    assert "--salvage takes what is whole" in ran.err
    saved = cli("replay", log, patrol, "--salvage")
    assert saved.code == 0
    assert "5 records came out the same" in saved.out
    assert "the log breaks off" in saved.err
    assert cli("replay", log, patrol, "--salvage", "--json").json["complete"] is False


def test_something_else_is_no_log(cli: Cli, orders: Path) -> None:
    ran = cli("replay", orders, orders, columns=300)
    assert ran.code == exits.UNREADABLE
    assert "is not a log of PyForest" in ran.err


def test_a_log_with_a_reload_needs_both_trees(
    cli: Cli, patrol: Path, tree: Callable[..., Path], tmp_path: Path
) -> None:
    longer = tree(
        node("Selector", node("TickCounter", node_id="drive", duration=9), node_id="root"),
        name="longer.json",
    )
    path = tmp_path / "reloaded.pfrec"
    execution = pf.compile(patrol).start()
    with LogWriter(path) as writer:
        writer.begin(execution.header)
        writer.append(execution.tick(now=1.0).record or b"")
        execution, _ = execution.reload(pf.compile(longer))
        writer.begin(execution.header)
        writer.append(execution.tick(now=2.0).record or b"")
    ran = cli("replay", path, patrol, longer)
    assert ran.code == 0
    assert "2 records in 2 sections came out the same" in ran.out
    refused = cli("replay", path, patrol, patrol, columns=300)
    assert "it was not written by any of these trees" in refused.err
    told = cli("why", longer, "drive", "--log", path, columns=300)
    assert told.code == exits.UNREADABLE


# --- why ------------------------------------------------------------------------------------------


def test_why_tells_the_reason_after_a_tick(cli: Cli, patrol: Path) -> None:
    ran = cli("why", patrol, "Battery low?", "--set", "battery=50")
    assert ran.code == 0
    assert "✗ ◇ Battery low?  battery < 20  ←" in ran.out
    assert "battery" in ran.out.rpartition("\n\n")[2]
    assert "50" in ran.out.rpartition("\n\n")[2]


def test_why_as_json(cli: Cli, patrol: Path) -> None:
    told = cli("why", patrol, "dock", "--set", "battery=5", "--json").json
    assert list(told) == [
        *("node_id", "name", "node_type", "path", "status", "tick", "why", "blackboard"),
    ]
    assert (told["status"], told["tick"], told["name"]) == ("SUCCESS", 1, "Dock")
    assert told["why"]


@pytest.mark.parametrize(
    ("tick", "status"), [(1, "INVALID"), (3, "INVALID"), (4, "SUCCESS"), (None, "SUCCESS")]
)
def test_why_looks_into_a_log(
    cli: Cli, patrol: Path, log: Path, tick: int | None, status: str
) -> None:
    arguments = [] if tick is None else ["--tick", tick]
    told = cli("why", patrol, "dock", "--log", log, *arguments, "--json").json
    assert (told["status"], told["tick"]) == (status, tick or 6)


def test_a_tick_that_the_log_does_not_have_is_said(cli: Cli, patrol: Path, log: Path) -> None:
    ran = cli("why", patrol, "dock", "--log", log, "--tick", "60", columns=300)
    assert ran.code == exits.UNREADABLE
    assert "it has 6 ticks, no tick 60" in ran.err


def test_a_cut_log_is_asked_with_salvage(cli: Cli, patrol: Path, log: Path) -> None:
    log.write_bytes(log.read_bytes()[:-30])
    assert cli("why", patrol, "dock", "--log", log).code == exits.UNREADABLE
    told = cli("why", patrol, "dock", "--log", log, "--salvage", "--json").json
    assert told["tick"] == 5
    assert cli("why", patrol, "dock", "--log", log, "--tick", "2").code == 0


def test_values_and_a_log_exclude_each_other(cli: Cli, patrol: Path, log: Path) -> None:
    ran = cli("why", patrol, "dock", "--log", log, "--set", "battery=3")
    assert ran.code == exits.USAGE


def test_a_value_that_does_not_fit_is_a_usage_error(cli: Cli, patrol: Path) -> None:
    ran = cli("why", patrol, "dock", "--set", "battery=full")
    assert ran.code == exits.USAGE
    assert "--set: " in ran.err


def test_an_unknown_node_gets_a_suggestion(cli: Cli, patrol: Path) -> None:
    ran = cli("why", patrol, "dok")
    assert ran.code == exits.USAGE
    assert "did you mean `dock`?" in ran.err
