from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from py_forest.cli import exits
from py_forest.core.logfile import read_log
from py_forest.engine.registry import default_registry
from tests.cli.conftest import ORDERS, Cli
from tests.core.render.trees import node


@pytest.fixture(autouse=True)
def forget_actions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no test see the actions, paths and modules of another."""
    monkeypatch.setattr(default_registry, "_actions", {})
    monkeypatch.setattr(sys, "path", list(sys.path))


def test_one_tick_shows_the_tree_and_what_changed(cli: Cli, orders: Path) -> None:
    ran = cli("run", orders, "--set", "order_total=1200.0", "--set", "customer_orders=2")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0] == "Order Processor  SUCCESS  1 tick"
    assert "├── ✓ → High Value Order  Sequence · all, in order" in lines
    assert "├── · → Returning Customer  Sequence · all, in order" in lines
    assert 'priority         "high"           ← changed' in lines


def test_one_tick_as_json(cli: Cli, orders: Path) -> None:
    told = cli("run", orders, "--set", "order_total=1200.0", "--now", "5", "--json").json
    assert list(told) == [
        *("tree", "seed", "status", "interrupted", "tick_count", "ticks", "blackboard"),
        *("statuses", "pending", "record"),
    ]
    assert told["ticks"] == [
        {
            "tick": 1,
            "now": 5.0,
            "status": "SUCCESS",
            "changed": {"priority": "high", "discount": 0.15, "notification": "alert_manager"},
            "unread": [],
            "errors": [],
            "logs": [],
        }
    ]
    assert told["statuses"]["high-value"] == "SUCCESS"
    assert told["blackboard"]["priority"] == "high"


def test_failure_is_exit_code_1(cli: Cli, tree: Callable[..., Path]) -> None:
    ran = cli("run", tree(node("Failure")))
    assert ran.code == exits.NOT_OK
    assert "FAILURE" in ran.out
    assert cli("run", tree(node("Running"))).code == 0


def test_values_are_json_else_text(cli: Cli, tree: Callable[..., Path]) -> None:
    path = tree(node("Success"))
    sets = [
        "a=1",
        "b=2.5",
        "c=true",
        "d=null",
        'e=[1, "x"]',
        "f=plain text",
        "g=NaN",
        "h=a=b",
        "i=",
    ]
    arguments = [word for each in sets for word in ("--set", each)]
    assert cli("run", path, *arguments, "--json").json["blackboard"] == {
        "a": 1,
        "b": 2.5,
        "c": True,
        "d": None,
        "e": [1, "x"],
        "f": "plain text",
        "g": "NaN",
        "h": "a=b",
        "i": "",
    }


def test_a_value_that_nothing_reads_is_pointed_out(cli: Cli, orders: Path) -> None:
    ran = cli("run", orders, "--set", "ordertotal=3")
    assert "nothing reads `ordertotal`; did you mean `order_total`?" in ran.err


def test_a_value_that_does_not_fit_is_a_usage_error(cli: Cli, orders: Path) -> None:
    ran = cli("run", orders, "--set", "order_total=-3")
    assert ran.code == exits.USAGE
    assert ran.err.startswith("error: --set: ")
    assert "order_total" in ran.err


def test_ticks_have_lines_and_simulated_time_does_not_wait(
    cli: Cli, tree: Callable[..., Path]
) -> None:
    path = tree(node("Sequence", node("Wait", duration=3600), node("Success")))
    ran = cli("run", path, "--until-done", "--now", "0", "--rate", "0.001")
    assert [line.split()[:3] for line in ran.out.splitlines()[:5]] == [
        ["tick", str(number), "RUNNING"] for number in range(1, 5)
    ] + [["tick", "5", "SUCCESS"]]
    told = cli("run", path, "--ticks", "2", "--now", "10", "--rate", "4", "--json").json
    assert [each["now"] for each in told["ticks"]] == [10.0, 10.25]


def test_ticks_limit_a_run_that_would_not_end(cli: Cli, tree: Callable[..., Path]) -> None:
    path = tree(node("Running"))
    told = cli("run", path, "--until-done", "--ticks", "7", "--rate", "0", "--json").json
    assert (told["tick_count"], told["status"]) == (7, "RUNNING")


def test_a_run_keeps_to_its_rate(cli: Cli, tree: Callable[..., Path]) -> None:
    told = cli("run", tree(node("Running")), "--ticks", "6", "--rate", "50", "--json").json
    times = [each["now"] for each in told["ticks"]]
    assert times[-1] - times[0] >= 0.09


def test_a_log_is_written(cli: Cli, orders: Path, tmp_path: Path) -> None:
    log = tmp_path / "run.pfrec"
    told = cli("run", orders, "--ticks", "3", "--rate", "0", "--record", log, "--json").json
    assert told["record"] == str(log)
    (section,) = read_log(log)
    assert len(list(section.records)) == 3


def test_a_log_that_cannot_be_written_is_said_before_anything_runs(
    cli: Cli, orders: Path, tmp_path: Path
) -> None:
    ran = cli("run", orders, "--record", tmp_path / "none" / "run.pfrec", columns=300)
    assert ran.code == exits.UNREADABLE
    assert "none/run.pfrec: No such file or directory" in ran.err


def test_logs_and_errors_of_nodes_are_told(cli: Cli, tree: Callable[..., Path]) -> None:
    path = tree(
        node(
            "Sequence",
            node("Log", message="x is {x}", level="warning", name="Say"),
            node("Condition", expression="x / 0 > 1", name="Odd?"),
            name="Root",
        )
    )
    ran = cli("run", path, "--set", "x=3")
    assert "warning x is 3  Say" in ran.err
    assert "Root / Odd?: " in ran.err
    assert "(zero_division)" in ran.err
    told = cli("run", path, "--set", "x=3", "--json").json["ticks"][0]
    assert told["logs"][0]["message"] == "x is 3"
    assert told["errors"][0]["kind"] == "zero_division"


def test_a_tree_comes_from_standard_input(cli: Cli) -> None:
    ran = cli("run", "-", "--json", stdin=json.dumps(node("Success", node_id="only")))
    assert ran.json["statuses"] == {"only": "SUCCESS"}


def test_of_a_large_tree_only_what_ran_is_shown(cli: Cli, tree: Callable[..., Path]) -> None:
    branches = [
        node("Sequence", node("Failure"), *[node("Success")] * 30, name=f"Branch {number}")
        for number in range(3)
    ]
    idle = node("Sequence", *[node("Success")] * 30, name="Idle")
    ran = cli("run", tree(node("Selector", *branches[:1], node("Success"), idle)))
    assert "Idle  Sequence · all, in order  (+30)" in ran.out


# --- questions ------------------------------------------------------------------------------------


@pytest.fixture
def question(tree: Callable[..., Path]) -> Path:
    ask = node(
        "HumanDecision",
        node_id="ask",
        name="Go on?",
        prompt="Shall we?",
        options=["yes", "no"],
        variable="answer",
    )
    return tree(node("Sequence", ask, node("External", node_id="far", name="Far", action="look")))


def test_answers_given_beforehand_are_delivered(cli: Cli, question: Path) -> None:
    answers = ["--answer", "Go on?=yes", "--answer", 'far={"found": 3}']
    ran = cli("run", question, "--until-done", "--now", "0", *answers, "--json")
    assert ran.json["status"] == "SUCCESS"
    assert ran.json["blackboard"] == {"answer": "yes", "found": 3}
    failed = cli("run", question, "--until-done", "--now", "0", "-a", "ask=no", "-a", "far=FAILURE")
    assert failed.code == exits.NOT_OK


def test_a_run_that_waits_for_nobody_ends_and_says_so(cli: Cli, question: Path) -> None:
    ran = cli("run", question, "--until-done", "--now", "0", columns=200)
    assert ran.code == 0
    assert "it waits for `Go on?` (Shall we?), and nobody answers; --answer ask=… would" in ran.err
    told = cli("run", question, "--until-done", "--now", "0", "--json").json
    assert [each["node_id"] for each in told["pending"]] == ["ask"]


def test_a_run_with_a_timeout_is_waited_for(cli: Cli, tree: Callable[..., Path]) -> None:
    path = tree(node("External", action="look", timeout=2.0))
    told = cli("run", path, "--until-done", "--now", "0", "--rate", "1", "--json").json
    assert (told["status"], told["tick_count"]) == ("FAILURE", 4)
    wrapped = tree(node("Timeout", node("External", action="look"), duration=2.0))
    assert (
        cli("run", wrapped, "-u", "--now", "0", "--rate", "1", "--json").json["status"] == "FAILURE"
    )


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("ask=maybe", "`ask` is answered by `yes` or `no`, not `maybe`"),
        ("none=yes", "the tree has no node `none`"),
    ],
)
def test_an_answer_that_makes_no_sense_is_a_usage_error(
    cli: Cli, question: Path, answer: str, says: str
) -> None:
    ran = cli("run", question, "-u", "--now", "0", "--answer", answer, columns=200)
    assert ran.code == exits.USAGE
    assert says in ran.err


def test_an_external_is_answered_by_a_status_or_values(cli: Cli, question: Path) -> None:
    ran = cli("run", question, "-u", "--now", "0", "-a", "ask=yes", "-a", "far=maybe", columns=200)
    assert ran.code == exits.USAGE
    assert "or a JSON object of values, not `maybe`" in ran.err


# --- actions --------------------------------------------------------------------------------------

ACTIONS = """
import asyncio
import py_forest as pf

@pf.action
def greet(name: str) -> pf.Result:
    return pf.Result(pf.Status.SUCCESS, {"greeting": "hello " + name})

@pf.action
async def fetch() -> bool:
    await asyncio.sleep(0.01)
    return True
"""


def test_actions_are_imported_from_a_file(
    cli: Cli, tree: Callable[..., Path], tmp_path: Path
) -> None:
    module = tmp_path / "greetings.py"
    module.write_text(ACTIONS)
    greet = node("Action", action="greet", inputs={"name": "who"}, outputs={"greeting": "said"})
    path = tree(node("Sequence", greet, node("Action", action="fetch")))
    ran = cli("run", path, "-u", "--now", "0", "--import", module, "--set", "who=Ann", "--json")
    assert ran.json["status"] == "SUCCESS"
    assert ran.json["blackboard"]["said"] == "hello Ann"


def test_actions_are_imported_from_a_module(
    cli: Cli, tree: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "my_cli_actions.py").write_text(ACTIONS)
    monkeypatch.chdir(tmp_path)
    path = tree(node("Action", action="fetch"))
    assert cli("run", path, "-u", "--rate", "50", "-i", "my_cli_actions").code == 0


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("broken.py", "import does_not_exist", "importing it failed: ModuleNotFoundError"),
        ("worse.py", "1 / 0", "importing it failed: ZeroDivisionError"),
        ("none.py", None, "there is no such file"),
        ("no_such_module_anywhere", None, "importing it failed"),
    ],
)
def test_a_module_that_cannot_be_imported_is_named(
    cli: Cli, tmp_path: Path, name: str, text: str | None, says: str
) -> None:
    orders = ORDERS / "order_processor.json"
    module = str(tmp_path / name) if name.endswith(".py") else name
    if text is not None:
        Path(module).write_text(text)
    ran = cli("run", orders, "--import", module, columns=300)
    assert ran.code == exits.UNREADABLE
    assert f"{module}: {says}" in ran.err


def test_an_unknown_action_is_a_problem_of_the_tree(cli: Cli, tree: Callable[..., Path]) -> None:
    ran = cli("run", tree(node("Action", action="nope")))
    assert ran.code == exits.NOT_OK
    assert "ACTION_UNKNOWN" in ran.err


def test_simulated_time_must_not_stand_still(cli: Cli, tree: Callable[..., Path]) -> None:
    ran = cli("run", tree(node("Success")), "--until-done", "--now", "0", "--rate", "0")
    assert ran.code == exits.USAGE
    assert "would stand still" in ran.err


def test_a_tree_that_says_raise_ends_with_the_error_and_its_record(
    cli: Cli, tree: Callable[..., Path], tmp_path: Path
) -> None:
    module, log = tmp_path / "arm.py", tmp_path / "run.pfrec"
    module.write_text(
        "import py_forest as pf\n\n@pf.action\ndef lift():\n    raise RuntimeError('it is stuck')\n"
    )
    lift = node("Action", action="lift", name="Lift")
    path = tree(node("Sequence", lift, name="Arm"), error_policy="raise")
    ran = cli("run", path, "--ticks", "5", "--import", module, "--record", log)
    assert ran.code == exits.NOT_OK
    assert "error: Arm / Lift: RuntimeError: it is stuck" in ran.err
    (section,) = read_log(log)
    assert len(list(section.records)) == 1
    told = cli("run", path, "--json").json["error"]
    assert (told["code"], told["place"]) == ("LEAF_ERROR", "Arm / Lift")
