"""Every row of every truth table of the documentation, run on the engine.

Each table runs plainly, without a record, and with the execution handed on before every tick: by a
snapshot and a restore, and by a fork. A record must replay to the same bytes.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import py_forest as pf
from py_forest.engine import _native
from tests.engine.truth_runner import Handover, Performance, RowDiffers
from tests.engine.truth_tables import CONCEPTS, Table, TableRefused, read_tables

PAGES = ("composites", "decorators", "leaves", "ticking", "blackboard", "differences")
TABLES = [table for page in PAGES for table in read_tables(CONCEPTS / f"{page}.md")]
NODE_PAGES = ("composites.md", "decorators.md", "leaves.md")


def restored(program: pf.Program, execution: pf.Execution) -> pf.Execution:
    return program.restore(execution.snapshot())


def forked(program: pf.Program, execution: pf.Execution) -> pf.Execution:  # noqa: ARG001
    return execution.fork()


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.place)
def test_every_row_holds(table: Table) -> None:
    assert Performance(table).run() == len(table.rows)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.place)
def test_every_row_holds_without_a_record(table: Table) -> None:
    Performance(table, record=False).run()


@pytest.mark.parametrize("hand_over", [restored, forked])
@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.place)
def test_every_row_holds_when_the_execution_is_handed_on(table: Table, hand_over: Handover) -> None:
    Performance(table, hand_over).run()


def sections(page: str) -> dict[str, tuple[int, int]]:
    """First and last line of what is below each heading."""
    lines = (CONCEPTS / page).read_text(encoding="utf-8").splitlines()
    starts = [number for number, line in enumerate(lines, 1) if line.startswith("#")]
    ends = [*starts[1:], len(lines) + 1]
    return {
        lines[start - 1].lstrip("# "): (start, end) for start, end in zip(starts, ends, strict=True)
    }


def test_every_node_type_has_a_section_with_a_table_of_it() -> None:
    shown = set()
    for page in NODE_PAGES:
        for heading, (start, end) in sections(page).items():
            shown |= {
                heading
                for table in TABLES
                if table.path.name == page
                and start < table.line < end
                and heading in table.node_types()
            }
    assert shown == set(_native.KINDS)


def test_no_truth_table_is_overlooked() -> None:
    headers = rows = 0
    for page in PAGES:
        lines = (CONCEPTS / f"{page}.md").read_text(encoding="utf-8").splitlines()
        inside = False
        for before, line in zip(["", *lines], lines, strict=False):
            if line.startswith("|") and not before.startswith("|"):
                inside = "| answer |" in line
                headers += inside
            rows += inside and line.startswith("|")
    # Each table has two lines above its rows.
    assert (headers, rows) == (len(TABLES), sum(len(table.rows) + 2 for table in TABLES))


# The reader and the runner themselves


PAGE = """
Tree: `Sequence(A, B)`

| tick | A | B | answer | after | interrupted |
| ---: | --- | --- | --- | --- | --- |
| 1 | S | R | R | S R | |
| halt | | | - | - - | Sequence B |
"""


def page(tmp_path: Path, text: str) -> Table:
    path = tmp_path / "page.md"
    path.write_text(text, encoding="utf-8")
    (table,) = read_tables(path)
    return table


def test_a_right_table_passes(tmp_path: Path) -> None:
    assert Performance(page(tmp_path, PAGE)).run() == 2


@pytest.mark.parametrize(
    ("right", "wrong", "line", "says"),
    [
        ("| S | R | R | S R |", "| S | R | S | S R |", 6, "answer is 'R', not 'S'"),
        ("| S | R | R | S R |", "| S | R | R | S - |", 6, "after is 'S R', not 'S -'"),
        ("| S | R | R | S R |", "| S | | F | S F |", 6, "B is ticked"),
        ("| S | R | R | S R |", "| F | R | F | F - |", 6, "B is not ticked"),
        ("| Sequence B |", "| B |", 7, "interrupted is 'Sequence B', not 'B'"),
        ("| Sequence B |", "| |", 7, "interrupted is 'Sequence B', not ''"),
        ("| halt |", "| 2 |", 7, "B is ticked"),
    ],
)
def test_a_wrong_cell_is_found_and_its_place_said(
    tmp_path: Path, right: str, wrong: str, line: int, says: str
) -> None:
    assert right in PAGE
    table = page(tmp_path, PAGE.replace(right, wrong))
    with pytest.raises(RowDiffers) as caught:
        Performance(table).run()
    assert str(caught.value).startswith(f"docs/concepts/page.md:{line}: ")
    assert says in str(caught.value)


@pytest.mark.parametrize(
    ("right", "wrong", "says"),
    [
        ("Tree: `Sequence(A, B)`", "Tree: `Sequence(A B)`", "a comma"),
        ("Tree: `Sequence(A, B)`", "Tree: `Sequence(A, B`", "a comma"),
        ("Tree: `Sequence(A, B)`", "Tree: `Sequence(A, B)`, sead `1`", "a caption is"),
        ("Tree: `Sequence(A, B)`", "Tree: `Sequence[memory=no](A, B)`", "JSON"),
        ("Tree: `Sequence(A, B)`", "Tree: `Sequence(A, C)`", "one column each"),
        ("| interrupted |", "| interrupts |", "columns"),
        ("| 1 | S |", "| 2 | S |", "begins with tick 1"),
        ("| R | S R | |", "| R | S R |", "5 cells for 6"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(
    tmp_path: Path, right: str, wrong: str, says: str
) -> None:
    assert right in PAGE
    with pytest.raises(TableRefused, match=says):
        page(tmp_path, PAGE.replace(right, wrong))
