from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from py_forest.cli import exits
from tests.cli.conftest import Cli
from tests.core.render.trees import node


@pytest.fixture
def two_orders(tmp_path: Path) -> Path:
    path = tmp_path / "two.csv"
    path.write_text("order_id,order_total,customer_orders\n7,150,0\n8,20,0\n9,150,9\n10,2000,0\n")
    return path


@pytest.mark.slow
def test_all_orders_change_as_published(
    cli: Cli, orders: Path, orders_100: Path, orders_csv: Path
) -> None:
    told = cli("compare", orders, orders_100, "--input", orders_csv, "--json").json
    assert (told["rows"], told["changed"]) == (69_659, 3_149)
    ways = {
        (each["changes"]["priority"]["old"], each["changes"]["priority"]["new"]): each["count"]
        for each in told["ways"]
    }
    assert ways == {("normal", "high"): 2_271, ("medium", "high"): 878}
    assert told["matrix"] == {
        "output": "priority",
        "values": ["high", "medium", "normal"],
        "counts": [[3, 0, 0], [878, 13_744, 0], [2_271, 0, 52_763]],
    }
    (by,) = told["by_node"]
    assert (by["node_id"], by["count"], by["old_status"], by["new_status"]) == (
        "high-value-check",
        3_149,
        "FAILURE",
        "SUCCESS",
    )


def test_the_report_has_these_keys(
    cli: Cli, orders: Path, orders_100: Path, two_orders: Path
) -> None:
    told = cli("compare", orders, orders_100, "--input", two_orders, "--json").json
    assert list(told) == [
        *("old", "new", "input", "output", "rows", "changed", "ways", "matrix", "by_node"),
        *("explained", "examples", "only_old", "only_new", "seconds"),
    ]
    assert told["examples"][0] == {
        "row": 1,
        "cells": {"order_id": 7, "order_total": 150.0, "customer_orders": 0},
        "changes": {
            "priority": {"old": "normal", "new": "high"},
            "discount": {"old": 0.0, "new": 0.15},
            "notification": {"old": "", "new": "alert_manager"},
        },
        "by": {
            "kind": "answer",
            "node_id": "high-value-check",
            "name": "Large order?",
            "node_type": "CheckBlackboardCondition",
            "old_status": "FAILURE",
            "new_status": "SUCCESS",
        },
    }


def test_the_comparison_says_how_many_which_way_by_which_node_and_for_whom(
    cli: Cli, orders: Path, orders_100: Path, two_orders: Path
) -> None:
    ran = cli("compare", orders, orders_100, "--input", two_orders, "--show", "1", columns=120)
    assert ran.code == 0
    assert "2 of 4 decisions change (50.0 %)" in ran.out
    assert "normal → high" in ran.out
    assert "Large order?  #high-value-check  FAILURE → SUCCESS" in ran.out
    assert "order_total > 1000 → order_total > 100" in ran.out
    assert "… and 1 more" in ran.out


def test_equal_decisions_are_said_to_be_equal(cli: Cli, orders: Path, two_orders: Path) -> None:
    ran = cli("compare", orders, orders, "--input", two_orders)
    assert ran.code == 0
    assert "none of 4 decisions changes" in ran.out
    assert cli("compare", orders, orders, "--input", two_orders, "--exit-code").code == 0


def test_the_exit_code_can_tell(cli: Cli, orders: Path, orders_100: Path, two_orders: Path) -> None:
    ran = cli("compare", orders, orders_100, "--input", two_orders, "--exit-code")
    assert ran.code == exits.NOT_OK


def test_all_rows_that_change_are_written(
    cli: Cli, orders: Path, orders_100: Path, two_orders: Path, tmp_path: Path
) -> None:
    out = tmp_path / "changed.csv"
    arguments = ["--input", two_orders, "--output", out, "--explain", "1"]
    ran = cli("compare", orders, orders_100, *arguments, columns=300)
    assert f"all of them are in {out}" in ran.out
    assert "of the first 1 that change" in ran.out
    with out.open() as file:
        rows = list(csv.DictReader(file))
    assert [row["order_id"] for row in rows] == ["7", "9"]
    assert (rows[1]["old_priority"], rows[1]["new_priority"]) == ("medium", "high")
    assert [row["deciding_node_id"] for row in rows] == ["high-value-check", ""]


def test_an_output_that_only_one_version_has_is_named(
    cli: Cli, tree: Callable[..., Path], tmp_path: Path
) -> None:
    def version(name: str, *outputs: str) -> Path:
        sets = [node("SetBlackboardVariable", variable=each, value=1) for each in outputs]
        schema: dict[str, Any] = {"x": {"type": "int", "direction": "in", "default": 0}}
        schema |= {each: {"type": "int", "direction": "out", "default": 0} for each in outputs}
        return tree(node("Sequence", *sets), name=name, blackboard_schema=schema)

    table = tmp_path / "t.csv"
    table.write_text("x\n1\n")
    old, new = version("old.json", "a", "b"), version("new.json", "a", "c")
    told = cli("compare", old, new, "--input", table, "--json").json
    assert (told["only_old"], told["only_new"], told["changed"]) == (["b"], ["c"], 0)
    assert "only the new version decides `c`" in cli("compare", old, new, "--input", table).out


def _priced(tree: Callable[..., Path], name: str, factor: float) -> Path:
    schema = {
        "x": {"type": "float", "direction": "in", "default": 0.0},
        "price": {"type": "float", "direction": "out", "default": 0.0},
    }
    script = node("Script", node_id="price", name="Price", script=f"price = x * {factor}")
    return tree(script, name=name, blackboard_schema=schema)


def test_many_numbers_are_told_by_direction(
    cli: Cli, tree: Callable[..., Path], tmp_path: Path
) -> None:
    old, new = _priced(tree, "old.json", 1.0), _priced(tree, "new.json", 1.5)
    table = tmp_path / "t.csv"
    table.write_text("x\n" + "".join(f"{number}\n" for number in [*range(-20, 0), *range(1, 31)]))
    told = cli("compare", old, new, "--input", table, "--json").json
    assert [(each["changes"]["price"], each["count"]) for each in told["ways"]] == [
        ({"old": "lower", "new": "higher"}, 30),
        ({"old": "higher", "new": "lower"}, 20),
    ]
    assert told["matrix"] is None
    (by,) = told["by_node"]
    assert (by["kind"], by["node_id"]) == ("value", "price")
    shown = cli("compare", old, new, "--input", table).out
    assert "writes another value" in shown


def test_the_versions_may_name_their_columns_apart(
    cli: Cli, tree: Callable[..., Path], tmp_path: Path
) -> None:
    old, new = _priced(tree, "old.json", 1.0), _priced(tree, "new.json", 1.0)
    table = tmp_path / "t.csv"
    table.write_text("amount\n1\n2\n")
    ran = cli("compare", old, new, "--input", table, "--column", "x=amount", "--json")
    assert (ran.json["rows"], ran.json["changed"]) == (2, 0)
    assert cli("compare", old, new, "--input", table).code == exits.UNREADABLE


def test_random_trees_are_compared_with_one_seed(
    cli: Cli, tree: Callable[..., Path], tmp_path: Path
) -> None:
    chance = tree(node("Probability", node_id="coin", probability=0.5))
    table = tmp_path / "t.csv"
    table.write_text("x\n" + "1\n" * 100)
    told = cli("compare", chance, chance, "--input", table, "--json").json
    assert told["changed"] == 0
    likelier = tree(node("Probability", node_id="coin", probability=0.9), name="new.json")
    told = cli("compare", chance, likelier, "--input", table, "--json").json
    assert 0 < told["changed"] < 100
    assert {each["node_id"] for each in told["by_node"]} == {"coin"}


def test_a_missing_input_is_a_usage_error(cli: Cli, orders: Path, orders_100: Path) -> None:
    ran = cli("compare", orders, orders_100)
    assert ran.code == exits.USAGE
    assert "--input" in ran.err
