"""The measures as a table in the terminal."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from bench.result import Measure, Row, format_figure

_MARKS = {True: "[green]met[/]", False: "[bold red]MISSED[/]", None: ""}


def print_measure(measure: Measure) -> None:
    """Print one measure."""
    console = Console()
    # A table wider than the terminal would break every line: rather let the terminal wrap it.
    console.width = max(console.width, 132)
    grid = Table(title=measure.title, title_justify="left", title_style="bold", show_edge=False)
    grid.add_column("what", no_wrap=True)
    for column in ("median", "p10", "p90", "lowest"):
        grid.add_column(column, justify="right", no_wrap=True)
    grid.add_column("unit", no_wrap=True)
    grid.add_column("bar", justify="right", no_wrap=True)
    grid.add_column("", no_wrap=True)
    for row in measure.rows:
        grid.add_row(row.what, *figures(row), row.unit, *_promise(row))
    console.print(grid)
    for row in measure.rows:
        if row.note and row.size is None:
            console.print(f"[dim]{row.what}: {row.note}[/]", soft_wrap=True)
    console.print()


def print_summary(measures: list[Measure]) -> None:
    """Print how many bars are met, and each that is not."""
    rows = [row for measure in measures for row in measure.rows if row.is_met is not None]
    missed = [row for row in rows if not row.is_met]
    console = Console()
    console.print(f"{len(rows) - len(missed)} of {len(rows)} bars met")
    for row in missed:
        median = figures(row)[0]
        console.print(f"[red]missed[/] {row.what}: {median} {row.unit}, promised {row.bar}")


def figures(row: Row) -> tuple[str, str, str, str]:
    """Return median, p10, p90 and the lowest, as text."""
    if row.series is None:
        return "-", "-", "-", "-"
    low, high = row.series.spread
    each = (row.series.median, low, high, row.series.lowest)
    median, low_text, high_text, lowest = map(format_figure, each)
    return median, low_text, high_text, lowest


def _promise(row: Row) -> tuple[str, str]:
    return (str(row.bar) if row.bar else "", _MARKS[row.is_met])
