"""docs/reference/cli.md says what the command line does."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from py_forest.cli import exits
from py_forest.cli.app import COMMANDS
from tests.cli.conftest import ROOT, Cli

PAGE = (ROOT / "docs" / "reference" / "cli.md").read_text()


def _section(command: str) -> str:
    found = re.search(rf"^## {command}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert found, f"`{command}` has no section"
    return found.group(1)


def _keys(document: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON value
    """Yield the keys that are part of the contract: not node ids, blackboard keys or columns."""
    free = {"changed", "changes", "cells", "blackboard", "statuses", "columns", "decisions"}
    stack = [document]
    while stack:
        each = stack.pop()
        if isinstance(each, list):
            stack += each
        elif isinstance(each, dict):
            yield from each
            stack += [value for key, value in each.items() if key not in free]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_is_described(command: str) -> None:
    assert _section(command).strip()


@pytest.mark.parametrize("command", COMMANDS)
def test_every_option_is_described(cli: Cli, command: str) -> None:
    shown = cli(command, "--help", columns=200).out.partition("Arguments")[2]
    options = set(re.findall(r"│ (--[a-z-]+)", shown)) - {"--help", "--json"}
    page = PAGE if command == "run" else _section(command)
    missing = {option for option in options if option not in page}
    assert missing <= {"--import", "--seed"}, missing


def test_every_exit_code_is_described() -> None:
    codes = {int(code) for code in re.findall(r"^\| (\d+) \|", PAGE, re.MULTILINE)}
    assert codes == {value for name, value in vars(exits).items() if name.isupper()}


def test_every_key_of_the_json_is_described(
    cli: Cli, orders: Path, orders_100: Path, few_orders: Path, tmp_path: Path
) -> None:
    log = tmp_path / "run.pfrec"
    told = {
        "run": cli("run", orders, "--record", log, "--set", "order_total=50.0", "--json").json,
        "validate": cli("validate", orders, tmp_path / "none.json", "--json").json,
        "show": cli("show", orders, "--json").json,
        "why": cli("why", orders, "standard", "--json").json,
        "diff": cli("diff", orders, orders_100, "--json").json,
        "compare": cli("compare", orders, orders_100, "--input", few_orders, "--json").json,
        "replay": cli("replay", log, orders, "--json").json,
        "bench": cli("bench", orders, "--seconds", "0.01", "--json").json,
        "version": cli("version", "--json").json,
    }
    table = cli("run", orders, "--input", few_orders, "--json").json
    retry = cli("nodes", "Retry", "--json").json
    described = {
        **{command: set(_keys(document)) for command, document in told.items()},
        "nodes": set(retry),
    }
    described["run"] |= set(_keys(table))
    general = {"error", "code", "message", "place", "way_out", "exit_code"}
    general |= {"name", "hash", "nodes"}
    for command, keys in described.items():
        missing = {key for key in keys - general if f"`{key}`" not in _section(command)}
        assert not missing, (command, missing)


def test_every_error_code_is_described() -> None:
    source = "".join(path.read_text() for path in (ROOT / "src" / "py_forest" / "cli").glob("*.py"))
    codes = set(re.findall(r'(?:code|default_code) ?= ?"([A-Z_]+)"', source))
    missing = {code for code in codes if f"`{code}`" not in PAGE}
    assert not missing
