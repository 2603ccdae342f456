"""What holds for every command: errors, exit codes, pipes, interrupts, colours, widths."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

import py_forest
from py_forest.cli import exits, failures, reporting
from py_forest.cli.app import COMMANDS
from py_forest.core.logfile import read_log
from py_forest.kit.errors import LimitExceeded, PyForestError
from tests.cli.conftest import Cli
from tests.core.render.trees import node

PYFOREST = [sys.executable, "-c", "import sys; from py_forest.cli import main; sys.exit(main())"]


def open_terminal() -> tuple[int, int]:
    """Open a pseudo-terminal; a container without /dev/pts has none to test with."""
    try:
        return pty.openpty()
    except OSError as error:
        pytest.skip(f"this machine gives no pseudo-terminal: {error}")


def _command(*arguments: object, **options: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # type: ignore[call-overload,no-any-return]
        [*PYFOREST, *map(str, arguments)], capture_output=True, text=True, check=False, **options
    )


def _in_terminal(*arguments: object, **variables: str) -> str:
    """Return what a command writes to a terminal of 80 columns."""
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80", **variables}
    parent, child = open_terminal()
    with subprocess.Popen(
        [*PYFOREST, *map(str, arguments)], stdout=child, stderr=child, env=environment
    ) as process:
        os.close(child)
        written = b""
        while True:
            try:
                chunk = os.read(parent, 65_536)
            except OSError:
                break
            if not chunk:
                break
            written += chunk
        process.wait()
    os.close(parent)
    return written.decode()


def test_help_lists_every_command_with_examples(cli: Cli) -> None:
    ran = cli("--help")
    assert ran.code == 0
    assert all(re.search(rf"│ {name} ", ran.out) for name in COMMANDS)
    assert "$ pyforest show tree.json" in ran.out


def test_no_command_is_help(cli: Cli) -> None:
    assert "First steps" in cli().out


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_that_teaches(cli: Cli, name: str) -> None:
    ran = cli(name, "--help")
    assert ran.code == 0
    assert f"pyforest {name}" in ran.out
    assert "--json" in ran.out
    if name != "version":
        assert f"$ pyforest {name}" in ran.out


@pytest.mark.parametrize("option", ["--version", "version"])
def test_the_version_is_told(cli: Cli, option: str) -> None:
    assert py_forest.__version__ in cli(option).out


def test_version_as_json(cli: Cli) -> None:
    assert cli("version", "--json").json["pyforest"] == py_forest.__version__


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["rnu"], "No such command 'rnu'"),
        (["run"], "Missing argument"),
        (["run", "--nonsense"], "No such option: --nonsense"),
        (["run", "x.json", "--ticks", "0"], "--ticks"),
        (["show", "x.json", "--format", "pdf"], "'pdf' is not one of"),
        (["run", "x.json", "--seed", "-1"], "from 0 to 2**64 - 1"),
        (["run", "x.json", "--output", "o.csv"], "--output needs --input"),
        (["run", "x.json", "--input", "o.csv", "--plain"], "--plain is for one execution"),
        (["run", "x.json", "--set", "battery"], "--set takes KEY=VALUE, not `battery`"),
        (["run", "x.json", "--input", "o.csv", "--column", "a="], "--column takes KEY=NAME"),
        (["why", "x.json", "n", "--tick", "3"], "--tick and --salvage need --log"),
        (["show", "x.json", "--json", "--format", "svg"], "exclude each other"),
        (["nodes", "--category", "none"], "there is no category `none`"),
    ],
)
def test_what_was_mistyped_is_said_in_a_line_or_two(
    cli: Cli, arguments: list[str], says: str
) -> None:
    ran = cli(*arguments, columns=200)
    assert ran.code == exits.USAGE
    if "--json" in arguments:
        assert says in ran.json["error"]["message"]
        return
    assert says in ran.err
    assert ran.err.startswith("error: ")
    assert len(ran.err.splitlines()) <= 3
    assert not ran.out


def test_a_mistyped_command_gets_a_suggestion(cli: Cli) -> None:
    assert "Did you mean" in cli("validat").err


def test_a_missing_file_gets_a_suggestion(cli: Cli, orders: Path) -> None:
    ran = cli("show", orders.with_name("order_procesor.json"), columns=300)
    assert ran.code == exits.UNREADABLE
    assert "No such file" in ran.err
    assert f"did you mean {orders}?" in ran.err


def test_an_error_is_json_where_json_is_asked_for(cli: Cli, tmp_path: Path) -> None:
    ran = cli("show", tmp_path / "none.json", "--json")
    assert ran.code == exits.UNREADABLE
    assert not ran.err
    error = ran.json["error"]
    assert list(error) == ["code", "message", "place", "way_out", "exit_code"]
    assert (error["code"], error["exit_code"]) == ("DOCUMENT_UNREADABLE", 3)


@pytest.mark.parametrize("command", ["run", "bench", "why"])
def test_an_invalid_tree_shows_its_errors(
    cli: Cli, tree: Callable[..., Path], command: str
) -> None:
    path = tree(node("Sequnce"))
    node_argument = ["x"] if command == "why" else []
    ran = cli(command, path, *node_argument)
    assert ran.code == exits.NOT_OK
    assert "error: the tree has 1 problem" in ran.err
    assert "did you mean `Sequence`?" in ran.err
    told = cli(command, path, *node_argument, "--json").json["error"]
    assert [each["code"] for each in told["problems"]] == ["UNKNOWN_NODE_TYPE"]


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (PyForestError("something odd"), exits.NOT_OK, "something odd"),
        (LimitExceeded("too many nodes"), exits.UNREADABLE, "--depth"),
        (PermissionError(13, "Permission denied", "/x/y"), exits.UNREADABLE, "/x/y: Permission"),
        (OSError("it broke"), exits.UNREADABLE, "it broke"),
        (MemoryError(), exits.UNREADABLE, "not enough memory"),
        (RuntimeError("boom\nmore"), exits.INTERNAL, "PyForest is at fault: RuntimeError: boom"),
        (RuntimeError(), exits.INTERNAL, "RuntimeError: RuntimeError"),
    ],
)
def test_every_error_has_its_words_and_its_code(
    capsys: pytest.CaptureFixture[str], error: Exception, code: int, says: str
) -> None:
    assert reporting.report(error, as_json=False) == code
    assert says in capsys.readouterr().err


def test_the_traceback_of_an_internal_error_is_there_for_those_who_ask(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    reporting.report(RuntimeError("boom"), as_json=False)
    assert "Traceback" not in capsys.readouterr().err.replace(failures.TRACEBACK, "")
    monkeypatch.setenv(failures.TRACEBACK, "1")
    reporting.report(RuntimeError("boom"), as_json=False)
    assert "RuntimeError: boom" in capsys.readouterr().err.splitlines()[-2]


@pytest.mark.slow
def test_commands_import_no_more_than_they_need(orders: Path) -> None:
    code = (
        "import sys; from py_forest.cli import main; main(sys.argv[1:]); "
        "sys.exit(' '.join(each for each in ('pyarrow', 'numpy', 'pandas') if each in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "validate", str(orders)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr.strip() == ""


@pytest.mark.slow
def test_without_pyarrow_a_table_says_what_to_install(orders: Path, few_orders: Path) -> None:
    code = (
        "import sys; sys.modules['pyarrow'] = None; from py_forest.cli import main; "
        "sys.exit(main(sys.argv[1:]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "run", str(orders), "--input", str(few_orders)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == exits.UNREADABLE
    assert "pip install 'py-forest[tables]'" in done.stderr


@pytest.mark.slow
def test_a_broken_pipe_is_quiet(tree: Callable[..., Path]) -> None:
    path = tree(node("Sequence", *[node("Success") for _ in range(20_000)]))
    with subprocess.Popen(
        [*PYFOREST, "show", str(path)], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == exits.BROKEN_PIPE


@pytest.mark.slow
@pytest.mark.parametrize("arguments", [[], ["--json"]])
def test_an_interrupt_ends_cleanly_and_keeps_the_log(
    tree: Callable[..., Path], tmp_path: Path, arguments: list[str]
) -> None:
    path, log = tree(node("Running", node_id="run")), tmp_path / "run.pfrec"
    command = [*PYFOREST, "run", str(path), "--until-done", "--rate", "50", "--record", str(log)]
    with subprocess.Popen(
        [*command, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        deadline = time.monotonic() + 20
        while (not log.exists() or log.stat().st_size < 400) and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate()
    assert process.returncode == exits.INTERRUPTED
    assert "Traceback" not in err
    if arguments:
        assert json.loads(out)["interrupted"] is True
    (section,) = read_log(log)
    assert len(list(section.records)) > 2
    assert _command("replay", log, path).returncode == 0


@pytest.mark.slow
def test_colours_are_for_terminals_that_want_them(orders: Path) -> None:
    colour = re.compile(r"\x1b\[[0-9;]*3[0-9]")
    assert colour.search(_in_terminal("show", orders))
    assert not colour.search(_in_terminal("show", orders, NO_COLOR="1"))
    assert "\x1b" not in _command("show", orders).stdout


@pytest.mark.slow
def test_a_picture_moves_in_a_terminal_and_stays_at_the_end(tree: Callable[..., Path]) -> None:
    path = tree(
        node(
            "Sequence", node("TickCounter", duration=5, name="Count"), node("Log", message="hello")
        )
    )
    shown = _in_terminal("run", path, "--until-done", "--rate", "40")
    assert "\x1b[2K" in shown
    assert "hello" in shown
    assert "✓" in shown.rpartition("Sequence")[2]
    plain = _in_terminal("run", path, "--until-done", "--rate", "40", "--plain")
    assert "\x1b[2K" not in plain
    assert "tick 5" in plain


@pytest.mark.slow
def test_what_cannot_be_encoded_is_written_in_ascii(orders: Path) -> None:
    environment = {**os.environ, "PYTHONIOENCODING": "ascii", "LC_ALL": "C"}
    done = _command("show", orders, env=environment)
    assert done.returncode == 0
    assert "|-- High Value Order" in done.stdout
    assert _command("nodes", "--json", env=environment).stdout.isascii()


@pytest.mark.parametrize("columns", [40, 80, 120])
def test_output_keeps_to_the_width(
    cli: Cli, orders: Path, orders_100: Path, few_orders: Path, columns: int
) -> None:
    for arguments in (
        ["nodes"],
        ["nodes", "Retry"],
        ["diff", orders, orders_100],
        ["run", orders, "--input", few_orders],
        ["compare", orders, orders_100, "--input", few_orders],
    ):
        out = cli(*arguments, columns=columns).out
        longest = max(out.splitlines(), key=len)
        assert len(longest) <= columns or columns == 40, (arguments, longest)
        assert not any(line.endswith(" ") for line in out.splitlines())


@pytest.mark.slow
@pytest.mark.parametrize(("typed", "code"), [(b"maybe\nyes\n", 0), (b"\x04", exits.INTERRUPTED)])
def test_a_person_at_the_terminal_is_asked(
    tree: Callable[..., Path], typed: bytes, code: int
) -> None:
    question = {"prompt": "Shall we go on?", "options": ["yes", "no"], "variable": "answer"}
    path = tree(node("HumanDecision", node_id="ask", **question))
    environment = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "80"}
    parent, child = open_terminal()
    with subprocess.Popen(
        [*PYFOREST, "run", str(path), "--until-done", "--rate", "50"],
        stdin=child,
        stdout=child,
        stderr=child,
        env=environment,
    ) as process:
        os.close(child)
        shown = b""
        while b"yes/no" not in shown:
            shown += os.read(parent, 65_536)
        os.write(parent, typed)
        with contextlib.suppress(OSError):
            while chunk := os.read(parent, 65_536):
                shown += chunk
        assert process.wait() == code
    os.close(parent)
    assert b"Shall we go on?" in shown
    assert b"Traceback" not in shown
    assert (b'"yes"' in shown) == (code == 0)
