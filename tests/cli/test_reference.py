"""nodes, schema, bench."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from py_forest.cli import exits
from py_forest.engine.catalogue import default_catalogue
from tests.cli.conftest import Cli
from tests.core.render.trees import node


def test_the_palette_lists_every_type_by_category(cli: Cli) -> None:
    out = cli("nodes", columns=200).out
    assert all(f" {node_type.name} " in out for node_type in default_catalogue())
    places = [out.index(title) for title in ("Composites", "Decorators", "Conditions", "Actions")]
    assert places == sorted(places)
    assert f"{len(default_catalogue())} node types" in out


def test_the_palette_as_json(cli: Cli) -> None:
    told = cli("nodes", "--json").json["node_types"]
    assert [each["name"] for each in told] == [each.name for each in default_catalogue()]


def test_a_category_is_listed_alone(cli: Cli) -> None:
    told = cli("nodes", "--category", "decorator", "--json").json["node_types"]
    assert {each["category"] for each in told} == {"decorator"}
    assert "Composites" not in cli("nodes", "-c", "decorator").out


@pytest.mark.parametrize("name", ["Retry", "Fallback"])
def test_one_type_is_described(cli: Cli, name: str) -> None:
    out = cli("nodes", name).out
    node_type = default_catalogue().find(name)
    assert node_type is not None
    assert node_type.name in out
    assert all(field.name in out for field in node_type.config)
    assert cli("nodes", name, "--json").json["name"] == node_type.name


@pytest.mark.parametrize("name", [node_type.name for node_type in default_catalogue()])
def test_every_type_can_be_described(cli: Cli, name: str) -> None:
    assert cli("nodes", name).code == 0


def test_an_unknown_type_gets_a_suggestion(cli: Cli) -> None:
    ran = cli("nodes", "Sequnce")
    assert ran.code == exits.USAGE
    assert "did you mean `Sequence`?" in ran.err


def test_the_schema_is_a_json_schema(cli: Cli) -> None:
    told = cli("schema").json
    assert told["$schema"].startswith("https://json-schema.org/")
    assert told == cli("schema", "--json").json


def test_a_tick_is_measured_with_and_without_its_record(cli: Cli, orders: Path) -> None:
    arguments = ["--seconds", "0.02", "--set", "order_total=50.0"]
    told = cli("bench", orders, *arguments, "--json").json
    assert list(told) == ["tree", "visited_per_tick", "snapshot_bytes", "measurements"]
    off, on = told["measurements"]
    assert list(off) == [
        *("record", "ticks", "p50_ns", "p95_ns", "node_p50_ns", "ticks_per_second"),
    ]
    assert (off["record"], on["record"]) == (False, True)
    assert 0 < off["p50_ns"] <= off["p95_ns"]
    assert told["visited_per_tick"] == 8
    out = cli("bench", orders, *arguments).out
    assert "8 visited in a tick" in out
    assert "p95 a tick" in out


def test_a_value_that_does_not_fit_is_a_usage_error(cli: Cli, orders: Path) -> None:
    assert cli("bench", orders, "--set", "order_total=x").code == exits.USAGE


def test_a_tree_that_waits_is_measured_in_simulated_time(
    cli: Cli, tree: Callable[..., Path]
) -> None:
    path = tree(node("Wait", duration=1.0))
    assert cli("bench", path, "--seconds", "0.01", "--json").json["visited_per_tick"] == 1
