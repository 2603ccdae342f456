"""`pyforest compare`: which decisions another version of a tree would change."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from py_forest.cli import exits, inputs, options, terminal
from py_forest.cli.compare_views import show_comparison
from py_forest.cli.comparing import ComparePlan, compare_tables
from py_forest.kit.clock import SYSTEM_CLOCK

_EPILOG = """
[bold]Examples[/bold]
[dim]$[/dim] pyforest compare old.json new.json --input orders.csv
[dim]$[/dim] pyforest compare old.json new.json --input orders.csv --output changed.csv
[dim]$[/dim] pyforest compare old.json new.json --input orders.csv --exit-code

The node that decides is where the two versions part: both tick the row again, and the first leaf
that differs is named. --show 0 leaves the rows out, --explain 0 the nodes.
"""


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("compare", rich_help_panel=options.COMPARE, epilog=_EPILOG)(compare)


def compare(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The version before: a file.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The version after: a file.")],
    *,
    table: Annotated[
        str, typer.Option("--input", metavar="FILE", help="The cases: a CSV or Parquet file.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write all rows that change, before and after, to CSV or Parquet.",
        ),
    ] = None,
    show: Annotated[
        int, typer.Option("--show", "-n", metavar="N", min=0, help="Rows that change to show.")
    ] = 5,
    explain: Annotated[
        int,
        typer.Option(
            "--explain", metavar="N", min=0, help="Rows to find the deciding node of, at most."
        ),
    ] = 20_000,
    sets: options.Sets = None,
    columns: options.Columns = None,
    seed: options.Seed = 0,
    now: Annotated[
        float | None,
        typer.Option("--now", metavar="SECONDS", help="Time of every tick; else the clock's."),
    ] = None,
    threads: options.Threads = 1,
    modules: options.Imports = None,
    exit_code: options.ExitCode = False,
    as_json: options.Json = False,
) -> None:
    """Let two versions of a tree decide a table: what changes, which way, for whom, and why."""
    inputs.import_modules(modules)
    plan = ComparePlan(
        source=table,
        output=out,
        threads=threads,
        constants=inputs.parse_sets(sets),
        columns=inputs.parse_texts(columns, "--column"),
        seed=seed,
        now=SYSTEM_CLOCK.now() if now is None else now,
        shown=show,
        explained=explain,
    )
    found = compare_tables(inputs.read_program(old), inputs.read_program(new), plan)
    if as_json:
        terminal.print_json(found.to_dict())
    else:
        show_comparison(found, (old, new))
    raise typer.Exit(exits.NOT_OK if exit_code and found.changed else exits.OK)
