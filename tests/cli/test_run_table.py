from __future__ import annotations

import csv
import gzip
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from py_forest.cli import exits
from tests.cli.conftest import Cli
from tests.core.render.trees import node

pa = pytest.importorskip("pyarrow")
pa_csv = pytest.importorskip("pyarrow.csv")
pa_parquet = pytest.importorskip("pyarrow.parquet")

BATTERY = {"battery": {"type": "float", "direction": "in", "default": 50.0}}


@pytest.fixture
def charging(tree: Callable[..., Path]) -> Path:
    """Return a tree that reads `battery` and writes `task`."""
    low = node("CheckBlackboardCondition", variable="battery", operator_str="<", value=20)
    schema = {**BATTERY, "task": {"type": "string", "direction": "out", "default": ""}}
    return tree(
        node(
            "Selector",
            node("Sequence", low, node("SetBlackboardVariable", variable="task", value="charge")),
            node("SetBlackboardVariable", variable="task", value="patrol"),
        ),
        blackboard_schema=schema,
    )


def _table(path: Path, text: str) -> Path:
    path.write_text(text)
    return path


def _counts(told: dict[str, Any], output: str) -> dict[str, int]:
    return {each["value"]: each["count"] for each in told["decisions"][output]}


@pytest.mark.slow
def test_all_orders_are_decided_as_published(cli: Cli, orders: Path, orders_csv: Path) -> None:
    told = cli("run", orders, "--input", orders_csv, "--json").json
    assert told["rows"] == 69_659
    assert _counts(told, "priority") == {"high": 3, "medium": 14_622, "normal": 55_034}
    assert _counts(told, "status") == {"SUCCESS": 69_659}
    assert told["periods"]["unit"] == "month"
    assert len(told["periods"]["counts"]) == 18
    assert sum(sum(each["counts"]) for each in told["periods"]["counts"]) == 69_659


def test_the_report_has_these_keys(cli: Cli, orders: Path, few_orders: Path) -> None:
    told = cli("run", orders, "--input", few_orders, "--json").json
    assert list(told) == [
        *("tree", "input", "output", "rows", "columns", "constants", "defaulted", "threads"),
        *("decisions", "periods", "seconds", "rows_per_second"),
    ]
    assert told["columns"] == {"order_total": "order_total", "customer_orders": "customer_orders"}
    assert set(told["seconds"]) == {"read", "decide", "count", "total"}


def test_the_summary_has_counts_a_chart_and_the_speed(
    cli: Cli, orders: Path, few_orders: Path
) -> None:
    ran = cli("run", orders, "--input", few_orders)
    assert ran.code == 0
    assert "Order Processor  decided 1,000 rows of few.csv" in ran.out
    assert "by month  (date)" in ran.out
    assert "1997-01" in ran.out
    assert "1,000 decisions in " in ran.out
    assert "a second" in ran.out
    percents = [line.split("%")[0].split()[-1] for line in ran.out.splitlines() if " %" in line]
    assert percents[0] == "100.0"


@pytest.mark.parametrize("suffix", ["csv", "tsv", "parquet"])
def test_rows_and_decisions_are_written(
    cli: Cli, orders: Path, few_orders: Path, tmp_path: Path, suffix: str
) -> None:
    out = tmp_path / f"decisions.{suffix}"
    ran = cli("run", orders, "--input", few_orders, "--output", out, columns=300)
    assert ran.code == 0
    assert f"written to {out}" in ran.out
    if suffix == "parquet":
        table = pa_parquet.read_table(out)
    else:
        options = pa_csv.ParseOptions(delimiter="\t" if suffix == "tsv" else ",")
        table = pa_csv.read_csv(out, parse_options=options)
    assert table.num_rows == 1_000
    assert table.column_names == [
        *("order_id", "date", "customer_id", "order_total", "customer_orders"),
        *("status", "priority", "discount", "notification"),
    ]
    expected = [
        "high" if total > 1000 else "medium" if before > 5 else "normal"
        for total, before in zip(
            table["order_total"].to_pylist(), table["customer_orders"].to_pylist(), strict=True
        )
    ]
    assert table["priority"].to_pylist() == expected


def test_what_was_written_can_be_decided_again(
    cli: Cli, orders: Path, few_orders: Path, tmp_path: Path
) -> None:
    once, twice = tmp_path / "once.csv", tmp_path / "twice.csv"
    cli("run", orders, "--input", few_orders, "--output", once)
    assert cli("run", orders, "--input", once, "--output", twice).code == 0
    with twice.open() as file:
        rows = list(csv.DictReader(file))
    assert all(row["priority"] == row["priority_decided"] for row in rows)
    assert "status_decided" in rows[0]


def test_parquet_goes_in(cli: Cli, orders: Path, few_orders: Path, tmp_path: Path) -> None:
    source = tmp_path / "few.parquet"
    pa_parquet.write_table(pa_csv.read_csv(few_orders), source)
    from_csv = cli("run", orders, "--input", few_orders, "--json").json
    assert (
        cli("run", orders, "--input", source, "--json").json["decisions"] == from_csv["decisions"]
    )


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters_are_recognised(
    cli: Cli, charging: Path, tmp_path: Path, delimiter: str
) -> None:
    text = f"battery{delimiter}place\n10{delimiter}a, b\n90{delimiter}c\n"
    told = cli("run", charging, "--input", _table(tmp_path / "t.csv", text), "--json").json
    assert _counts(told, "task") == {"charge": 1, "patrol": 1}


def test_columns_take_the_declared_type(
    cli: Cli, tree: Callable[..., Path], tmp_path: Path
) -> None:
    path = tree(
        node("CheckBlackboardCondition", variable="code", operator_str="==", value="007"),
        blackboard_schema={"code": {"type": "string", "direction": "in", "default": ""}},
    )
    table = _table(tmp_path / "t.csv", "code\n007\n7\n")
    told = cli("run", path, "--input", table, "--json").json
    assert _counts(told, "status") == {"SUCCESS": 1, "FAILURE": 1}


def test_an_empty_cell_leaves_the_default(cli: Cli, charging: Path, tmp_path: Path) -> None:
    table = _table(tmp_path / "t.csv", "battery,place\n,a\n5,b\n")
    assert _counts(cli("run", charging, "--input", table, "--json").json, "task") == {
        "patrol": 1,
        "charge": 1,
    }


def test_a_column_can_have_another_name(cli: Cli, charging: Path, tmp_path: Path) -> None:
    table = _table(tmp_path / "t.csv", "charge_left\n5\n6\n70\n")
    told = cli("run", charging, "--input", table, "--column", "battery=charge_left", "--json").json
    assert _counts(told, "task") == {"charge": 2, "patrol": 1}


def test_a_key_can_have_one_value_for_all_rows(cli: Cli, charging: Path, tmp_path: Path) -> None:
    table = _table(tmp_path / "t.csv", "place\na\nb\n")
    told = cli("run", charging, "--input", table, "--set", "battery=5.0", "--json").json
    assert _counts(told, "task") == {"charge": 2}
    assert told["constants"] == {"battery": 5.0}


def test_a_key_without_a_column_starts_from_its_default_and_that_is_said(
    cli: Cli, tree: Callable[..., Path], tmp_path: Path
) -> None:
    check = node("Condition", expression="battery < limit")
    schema = {**BATTERY, "limit": {"type": "float", "direction": "in", "default": 20.0}}
    path = tree(check, blackboard_schema=schema)
    table = _table(tmp_path / "t.csv", "battery\n5\n50\n")
    ran = cli("run", path, "--input", table)
    assert "no column `limit`: it is 20.0 in every row" in ran.out
    assert cli("run", path, "--input", table, "--json").json["defaulted"] == {"limit": 20.0}


@pytest.mark.parametrize(
    ("header", "arguments", "code", "says"),
    [
        ("batery,x", [], 3, "no column is called `battery`"),
        ("batery,x", [], 3, "did you mean `batery`?"),
        ("level,x", [], 3, "no column of it is a key of the tree (battery)"),
        ("battery,battery", [], 3, "it has two columns called `battery`"),
        ("battery,x", ["--column", "batery=x"], 2, "the tree has no key `batery`"),
        ("battery,x", ["--column", "battery=y"], 2, "there is no such column"),
        ("battery,x", ["--set", "batery=3"], 2, "did you mean `battery`?"),
        ("battery,x", ["--set", "battery=3", "--column", "battery=x"], 2, "is given twice"),
    ],
)
def test_columns_that_do_not_match_are_named(
    cli: Cli,
    charging: Path,
    tmp_path: Path,
    *,
    header: str,
    arguments: list[str],
    code: int,
    says: str,
) -> None:
    table = _table(tmp_path / "t.csv", f"{header}\n1,2\n")
    ran = cli("run", charging, "--input", table, *arguments, columns=300)
    assert (ran.code, says in ran.err) == (code, True), ran.err


def test_a_tree_without_a_schema_takes_what_it_reads(
    cli: Cli, tree: Callable[..., Path], tmp_path: Path
) -> None:
    path = tree(
        node(
            "Sequence",
            node("Script", script="double = amount * 2"),
            node("Condition", expression="double > 10"),
        )
    )
    table = _table(tmp_path / "t.csv", "amount,double\n3,99\n7,99\n")
    told = cli("run", path, "--input", table, "--json").json
    assert told["columns"]["amount"] == "amount"
    assert _counts(told, "status") == {"SUCCESS": 1, "FAILURE": 1}
    ran = cli("run", path, "--input", _table(tmp_path / "u.csv", "amout\n3\n"))
    assert ran.code == exits.UNREADABLE
    assert "did you mean `amout`?" in ran.err


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "it is empty"),
        ("\n1\n", "its first line is"),
        ("battery\nlots\n", "invalid value 'lots'"),
        ("battery,x\n1\n", "Expected 2 columns, got 1"),
    ],
)
def test_a_table_that_cannot_be_read_says_where(
    cli: Cli, charging: Path, tmp_path: Path, text: str, says: str
) -> None:
    table = _table(tmp_path / "t.csv", text)
    ran = cli("run", charging, "--input", table, columns=300)
    assert ran.code == exits.UNREADABLE
    assert ran.err.startswith(f"error: {table}: ")
    assert says in ran.err


def test_a_value_out_of_range_names_row_and_column(cli: Cli, orders: Path, tmp_path: Path) -> None:
    table = _table(tmp_path / "t.csv", "order_total,customer_orders\n5,1\n-5,1\n")
    ran = cli("run", orders, "--input", table, columns=300)
    assert ran.code == exits.UNREADABLE
    assert "order_total" in ran.err
    assert "row" in ran.err


def test_a_file_that_is_no_parquet_is_refused(cli: Cli, charging: Path, tmp_path: Path) -> None:
    ran = cli("run", charging, "--input", _table(tmp_path / "t.parquet", "battery\n1\n"))
    assert ran.code == exits.UNREADABLE
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("name", ["none.csv", "."])
def test_a_table_that_is_not_there_is_said(
    cli: Cli, charging: Path, tmp_path: Path, name: str
) -> None:
    ran = cli("run", charging, "--input", tmp_path / name, columns=300)
    assert ran.code == exits.UNREADABLE
    assert f"error: {tmp_path / name}: " in ran.err


@pytest.mark.parametrize(
    ("name", "code", "says"),
    [
        ("out.xlsx", exits.USAGE, "--output writes .csv, .tsv or .parquet, not `.xlsx`"),
        ("none/out.csv", exits.UNREADABLE, "there is no such folder"),
    ],
)
def test_an_output_that_cannot_be_written_is_refused_first(
    cli: Cli, charging: Path, tmp_path: Path, *, name: str, code: int, says: str
) -> None:
    ran = cli(
        "run", charging, "--input", tmp_path / "t.csv", "--output", tmp_path / name, columns=300
    )
    assert (ran.code, says in ran.err) == (code, True), ran.err


def test_a_table_without_rows_is_decided_too(cli: Cli, charging: Path, tmp_path: Path) -> None:
    table = _table(tmp_path / "t.csv", "battery\n")
    ran = cli("run", charging, "--input", table)
    assert ran.code == 0
    assert "decided 0 rows" in ran.out
    assert cli("run", charging, "--input", table, "--json").json["rows_per_second"] is None


def test_many_values_are_summed_up(cli: Cli, tree: Callable[..., Path], tmp_path: Path) -> None:
    schema = {
        "x": {"type": "float", "direction": "in", "default": 0.0},
        "y": {"type": "float", "direction": "out", "default": 0.0},
    }
    path = tree(node("Script", script="y = x * 2"), blackboard_schema=schema)
    table = _table(tmp_path / "t.csv", "x\n" + "".join(f"{number}\n" for number in range(100)))
    out = cli("run", path, "--input", table).out
    assert "92 other values, 0.0 to 198.0" in out


@pytest.mark.parametrize(
    ("dates", "unit", "first"),
    [
        (["2024-01-01 09:15:00", "2024-01-01 11:00:00"], "hour", "2024-01-01 09 h"),
        (["2024-01-01", "2024-01-02"], "day", "2024-01-01"),
        (["2024-01-01", "2024-02-20"], "day", "2024-01-01"),
        (["2024-01-31", "2025-02-01"], "month", "2024-01"),
        (["2004-01-31", "2025-02-01"], "year", "2004"),
    ],
)
def test_dates_are_charted_by_a_fitting_unit(
    cli: Cli, charging: Path, tmp_path: Path, *, dates: list[str], unit: str, first: str
) -> None:
    rows = "".join(f"{date},{battery}\n" for date, battery in zip(dates, (10, 90), strict=True))
    table = _table(tmp_path / "t.csv", f"when,battery\n{rows}")
    periods = cli("run", charging, "--input", table, "--json").json["periods"]
    assert (periods["column"], periods["unit"]) == ("when", unit)
    assert periods["counts"][0]["period"] == first
    assert Counter(periods["values"]) == Counter(["charge", "patrol"])


def test_threads_and_seed_are_used(cli: Cli, tree: Callable[..., Path], tmp_path: Path) -> None:
    path = tree(node("Probability", probability=0.5))
    table = _table(tmp_path / "t.csv", "x\n" + "1\n" * 200)

    def statuses(*arguments: str) -> dict[str, int]:
        told = cli("run", path, "--input", table, *arguments, "--json").json
        return _counts(told, "status")

    assert statuses("--seed", "3") == statuses("--seed", "3", "--threads", "2")
    assert statuses("--seed", "3") != statuses("--seed", "77")


def test_ticks_limit_what_a_row_may_take(
    cli: Cli, tree: Callable[..., Path], tmp_path: Path
) -> None:
    path = tree(node("TickCounter", duration=5))
    table = _table(tmp_path / "t.csv", "x\n1\n")
    assert _counts(cli("run", path, "--input", table, "--json").json, "status") == {"SUCCESS": 1}
    told = cli("run", path, "--input", table, "--ticks", "2", "--json").json
    assert _counts(told, "status") == {"RUNNING": 1}


def test_the_json_of_odd_values_is_json(
    cli: Cli, tree: Callable[..., Path], tmp_path: Path
) -> None:
    schema = {
        "x": {"type": "int", "direction": "in", "default": 0},
        "all": {"type": "array", "direction": "out", "default": []},
    }
    path = tree(node("Script", script="all = [x, x]"), blackboard_schema=schema)
    told = cli("run", path, "--input", _table(tmp_path / "t.csv", "x\n1\n"), "--json").json
    assert [json.loads(each["value"]) for each in told["decisions"]["all"]] == [[1, 1]]


def test_a_table_takes_no_lists(cli: Cli, charging: Path, tmp_path: Path) -> None:
    table = _table(tmp_path / "t.csv", "x\n1\n")
    ran = cli("run", charging, "--input", table, "--set", "battery=[1]")
    assert ran.code == exits.USAGE
    assert "a value is a number, a text or true or false" in ran.err


def test_a_long_header_is_read_whole(cli: Cli, charging: Path, tmp_path: Path) -> None:
    names = [f"column_number_{number}" for number in range(6_000)]
    header, row = ",".join([*names, "battery"]), ",".join(["1"] * 6_000 + ["5"])
    table = _table(tmp_path / "t.csv", f"{header}\n{row}\n")
    assert _counts(cli("run", charging, "--input", table, "--json").json, "task") == {"charge": 1}


def test_compressed_tables_are_unpacked(cli: Cli, charging: Path, tmp_path: Path) -> None:
    table = tmp_path / "t.csv.gz"
    table.write_bytes(gzip.compress(b"battery\n5\n90\n"))
    told = cli("run", charging, "--input", table, "--json").json
    assert _counts(told, "task") == {"charge": 1, "patrol": 1}
