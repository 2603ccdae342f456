"""`pyforest run`: one tree, tick by tick, or a whole table through it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from py_forest.cli import inputs, options, terminal
from py_forest.cli.failures import UsageFailed

_EPILOG = """
[bold]One execution[/bold]
[dim]$[/dim] pyforest run tree.json --set battery=12 --set mode=patrol
[dim]$[/dim] pyforest run tree.json --until-done --rate 20          [dim]watch it[/dim]
[dim]$[/dim] pyforest run tree.json --until-done --now 0            [dim]in simulated time[/dim]
[dim]$[/dim] pyforest run tree.json --ticks 100 --record run.pfrec  [dim]keep a log[/dim]
[dim]$[/dim] pyforest run tree.json --import actions.py             [dim]with Python actions[/dim]

[bold]A whole table[/bold]
[dim]$[/dim] pyforest run tree.json --input orders.csv
[dim]$[/dim] pyforest run tree.json --input in.parquet --output out.parquet --threads 4
[dim]$[/dim] pyforest run tree.json --input orders.csv --column total=amount --set shop=7

Ends with 1 if the tree ends in FAILURE.
"""
_ONE = "One execution"
_TABLE = "A whole table"
_DEFAULT_RATE = 10.0


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("run", rich_help_panel=options.RUN, epilog=_EPILOG)(run)


def run(
    tree: options.Tree,
    *,
    sets: options.Sets = None,
    seed: options.Seed = 0,
    modules: options.Imports = None,
    ticks: Annotated[
        int | None,
        typer.Option(
            "--ticks",
            "-t",
            metavar="N",
            min=1,
            help="Ticks; with --until-done or --input, at most so many. \\[default: 1; 100]",
        ),
    ] = None,
    until_done: Annotated[
        bool,
        typer.Option(
            "--until-done", "-u", help="Tick until it ends.", rich_help_panel=_ONE, metavar=""
        ),
    ] = False,
    rate: Annotated[
        float | None,
        typer.Option(
            "--rate",
            min=0,
            metavar="HZ",
            help="Ticks a second; 0: without a pause. \\[default: 10]",
            rich_help_panel=_ONE,
        ),
    ] = None,
    now: Annotated[
        float | None,
        typer.Option(
            "--now",
            metavar="SECONDS",
            help="Simulate time from here on: each tick is 1/rate later, and nothing waits.",
        ),
    ] = None,
    answers: Annotated[
        list[str] | None,
        typer.Option(
            "--answer",
            "-a",
            metavar="NODE=VALUE",
            help="What to answer when a HumanDecision (its option) or an External (SUCCESS, "
            "FAILURE, or a JSON object of values) asks.",
            rich_help_panel=_ONE,
        ),
    ] = None,
    record: Annotated[
        Path | None,
        typer.Option("--record", "-r", metavar="FILE", help="Write a log.", rich_help_panel=_ONE),
    ] = None,
    plain: Annotated[
        bool,
        typer.Option(
            "--plain", help="A line for each tick, nothing moves.", rich_help_panel=_ONE, metavar=""
        ),
    ] = False,
    table: Annotated[
        str | None,
        typer.Option(
            "--input",
            metavar="FILE",
            help="A CSV or Parquet file: each row is one decision.",
            rich_help_panel=_TABLE,
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write rows and decisions to CSV or Parquet.",
            rich_help_panel=_TABLE,
        ),
    ] = None,
    threads: Annotated[
        int | None,
        typer.Option(
            "--threads", metavar="N", min=1, help="Threads. \\[default: 1]", rich_help_panel=_TABLE
        ),
    ] = None,
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--column",
            "-c",
            metavar="KEY=COLUMN",
            help="Take a blackboard key from a column of another name.",
            rich_help_panel=_TABLE,
        ),
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Run a tree: one execution, watched tick by tick, or every row of a table.

    With --input, each row is decided by an execution of its own, all of them at native speed.
    """
    one = {
        "--until-done": until_done or None,
        "--rate": rate,
        "--answer": answers,
        "--record": record,
        "--plain": plain or None,
    }
    many = {"--output": out, "--threads": threads, "--column": columns}
    _check_apart(table is not None, one, many)
    if now is not None and rate == 0:
        raise UsageFailed("with --now and --rate 0, simulated time would stand still")
    values, given = inputs.parse_sets(sets), inputs.parse_texts(columns, "--column")
    answered = inputs.parse_sets(answers, "--answer")
    program = inputs.read_program(tree, modules)
    if table is None:
        from py_forest.cli.single_run import Plan, run_single  # noqa: PLC0415

        plan = Plan(
            ticks=ticks or (None if until_done else 1),
            is_until_done=until_done,
            rate=_DEFAULT_RATE if rate is None else rate,
            now=now,
            values=values,
            answers=answered,
            seed=seed,
            record=record,
            is_plain=plain,
        )
        raise typer.Exit(run_single(program, plan, as_json=as_json))
    from py_forest.cli.table_run import TablePlan, run_table  # noqa: PLC0415
    from py_forest.cli.table_views import show_table_run  # noqa: PLC0415

    found = run_table(
        program,
        TablePlan(
            source=table,
            output=out,
            threads=threads or 1,
            constants=values,
            columns=given,
            seed=seed,
            now=now,
            ticks=ticks,
        ),
    )
    if as_json:
        terminal.print_json(found.to_dict())
    else:
        show_table_run(found)


def _check_apart(is_table: bool, one: dict[str, Any], many: dict[str, Any]) -> None:
    strangers = one if is_table else many
    given = [name for name, value in strangers.items() if value is not None]
    if given and is_table:
        raise UsageFailed(
            f"{given[0]} is for one execution and --input for a whole table",
            way_out="leave one of them out",
        )
    if given:
        raise UsageFailed(f"{given[0]} needs --input", way_out="add --input orders.csv")
