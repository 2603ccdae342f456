"""The measures themselves, at sizes that prove nothing about speed."""

from __future__ import annotations

import json
from functools import partial
from pathlib import Path

import pytest

import py_forest as pf
from bench import chart, page
from bench.cases import CASES
from bench.effort import TINY
from bench.machine import describe_machine
from bench.result import Bar, Measure, Row
from bench.sampling import Series, Work, sample
from bench.trees import VARIABLES, bushy_tree, chain, comb, count_nodes, updates, wide_tree


@pytest.mark.slow
@pytest.mark.parametrize("name", CASES)
def test_every_measure_runs_and_its_contenders_agree(name: str) -> None:
    measure = CASES[name](TINY)

    assert measure.name == name
    assert any(row.bar is not None for row in measure.rows)
    again = Measure.from_json(json.loads(json.dumps(measure.to_json(), allow_nan=False)))
    assert [(row.what, row.unit, row.bar, row.note, row.size) for row in again.rows] == [
        (row.what, row.unit, row.bar, row.note, row.size) for row in measure.rows
    ]


def test_a_median_is_held_against_its_bar() -> None:
    series = Series((1.0, 2.0, 30.0))

    bars = (Bar(2), Bar(3, "at least"), None)

    assert [Row("it", "ns", series, bar).is_met for bar in bars] == [True, False, None]


def test_a_series_knows_its_spread_and_its_ratio_to_another() -> None:
    series = Series(tuple(float(value) for value in range(11)))

    assert series.median == 5.0
    assert series.spread == (1.0, 9.0)
    assert Series((6.0, 8.0)).over(Series((2.0, 4.0))).samples == (3.0, 2.0)


def test_contenders_are_sampled_in_turn() -> None:
    calls: list[str] = []
    works = {name: Work(partial(calls.append, name)) for name in "ab"}

    seconds = sample(works, TINY)

    assert [len(series.samples) for series in seconds.values()] == [TINY.rounds] * 2
    assert calls[-4:] == ["a", "b", "b", "a"]


@pytest.mark.parametrize(
    ("definition", "nodes", "depth"),
    [
        (bushy_tree(100), 111, 3),
        (wide_tree(9), 10, 2),
        (chain(7), 7, 7),
        (comb(5, 8), 12, 5),
    ],
)
def test_a_tree_has_the_size_and_depth_it_was_asked_for(
    definition: dict[str, object], nodes: int, depth: int
) -> None:
    program = pf.compile(definition)

    assert (program.node_count, count_nodes(definition)) == (nodes, nodes)
    assert program.depth == depth


def test_a_tenth_of_the_conditions_flip_each_tick() -> None:
    program = pf.compile(bushy_tree(1_000))
    conditions = [
        node_id for node_id in program.node_ids if program.node(node_id).node_type == "Condition"
    ]
    keys = [program.node(node_id).config["expression"].split()[0] for node_id in conditions]
    inputs = updates()
    board = {f"v{at}": 1.0 for at in range(VARIABLES)}
    for _ in range(3):
        board |= next(inputs)
    before = [board[key] for key in keys]
    board |= next(inputs)

    flipped = sum(board[key] != held for key, held in zip(keys, before, strict=True))

    assert len(conditions) == 500
    assert flipped == 50


def test_a_run_replaces_the_tables_of_its_page_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "images").mkdir()
    path = tmp_path / "performance.md"
    path.write_text("before\n<!-- bench: begin -->\nold\n<!-- bench: end -->\nafter\n", "utf-8")
    rows = (Row("took", "ns", Series((1.0, 2.0)), Bar(1), "a note"), Row("py_trees", "ns", None))
    measures = [Measure("node", "A measure", rows)]

    page.write(path, measures, describe_machine(), quick=False)
    page.write(path, measures, describe_machine(), quick=False)

    text = path.read_text("utf-8")
    assert text.startswith("before\n<!-- bench: begin -->\n")
    assert text.endswith("<!-- bench: end -->\nafter\n")
    assert "old" not in text
    assert text.count("| took | 1.5 | 1.1 | 1.9 | 1 | ns | ≤ 1 | **missed** |") == 1
    raw = json.loads((tmp_path / "performance.json").read_text("utf-8"))
    assert raw["measures"][0]["rows"][0]["samples"] == [1.0, 2.0]
    assert (tmp_path / "images" / "performance.svg").read_text("utf-8").startswith("<svg")


def test_a_page_without_a_block_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "performance.md"
    path.write_text("no block here", "utf-8")

    with pytest.raises(ValueError, match="has no block"):
        page.write(path, [], {}, quick=False)


def test_the_chart_draws_a_line_for_each_contender() -> None:
    rows = [
        Row(f"{who}, bushy, {size} nodes{end}", "ns", Series((5.0,)), size=size)
        for size in (10, 100)
        for who, end in (
            ("PyForest", ", record off"),
            ("PyForest", ", record on"),
            ("py_trees", ""),
        )
    ]
    drawn = chart.draw([Measure("growth", "Growth", tuple(rows)).to_json()])

    for style in ("off", "on", "peer"):
        assert f'class="line {style}"' in drawn
