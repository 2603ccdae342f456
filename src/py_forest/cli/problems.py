"""Showing what is wrong: a failure of a command, the problems of a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from py_forest.cli.failures import Failure
    from py_forest.models.trees import Problem

_MOST_SHOWN = 100
_NARROW = 100


def print_failure(console: Console, failure: Failure) -> None:
    """Say what is wrong, where, and the way out."""
    place = f"{failure.place}: " if failure.place else ""
    console.print(Text.assemble(("error: ", "bold red"), place, failure.message))
    if failure.problems:
        print_problems(console, [each for each in failure.problems if each.severity == "error"])
    if failure.way_out:
        console.print(Text.assemble(("   try: ", "bold"), failure.way_out))


def print_problems(console: Console, problems: Sequence[Problem]) -> None:
    """Show problems as a table; on a narrow terminal, as a list."""
    shown = problems[:_MOST_SHOWN]
    if console.width < _NARROW:
        for problem in shown:
            _print_stacked(console, problem)
    else:
        console.print(_table(shown))
    if len(problems) > len(shown):
        rest = len(problems) - len(shown)
        console.print(f"… and {rest:,} more; --json lists them all", style="quiet")


def _table(problems: Sequence[Problem]) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="quiet")
    table.add_column("", no_wrap=True)
    table.add_column("where", no_wrap=False, overflow="fold", max_width=44)
    table.add_column("what", overflow="fold", ratio=1)
    table.add_column("code", no_wrap=True)
    for problem in problems:
        table.add_row(_mark(problem), _where(problem), _what(problem), Text(problem.code, "quiet"))
    return table


def _print_stacked(console: Console, problem: Problem) -> None:
    head = Text.assemble(_mark(problem), " ", (problem.code, "quiet"))
    where = _where(problem)
    if len(head) + len(where) + 2 <= console.width and "\n" not in where.plain:
        console.print(head.append("  ").append_text(where))
    else:
        console.print(head)
        console.print(Padding(where, (0, 0, 0, 2)), overflow="fold")
    console.print(Padding(_what(problem), (0, 0, 0, 2)))


def _where(problem: Problem) -> Text:
    where = Text(problem.pointer or "/", "key")
    if problem.node_id:
        where.append(f"\n#{problem.node_id}", "id")
    return where


def _what(problem: Problem) -> Text:
    what = Text(problem.message)
    if problem.suggestion and f"`{problem.suggestion}`" not in problem.message:
        what.append(f"\n→ {problem.suggestion}", "good")
    return what


def _mark(problem: Problem) -> Text:
    return Text("✗", "bad") if problem.severity == "error" else Text("!", "doubt")
