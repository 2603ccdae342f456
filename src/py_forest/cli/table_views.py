"""What a table's run looks like."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.table import Table
from rich.text import Text

from py_forest.cli import charts, terminal
from py_forest.kit.text import counted
from py_forest.models.status import Status

if TYPE_CHECKING:
    from rich.console import Console

    from py_forest.cli.table_run import TableRun
    from py_forest.cli.tallies import Periods, Tally

_WIDEST_BAR: Final = 48
_LEAST_BAR: Final = 10
_LONGEST_VALUE: Final = 32
_MOST_PERIODS: Final = 40


def show_table_run(run: TableRun) -> None:
    """Sum up the decisions: how many of each kind, over time, and how fast."""
    console = terminal.output()
    name = run.program.definition.name or "The tree"
    what = f"  decided {counted(run.rows, 'row')} of {Path(run.plan.source).name}"
    console.print(Text.assemble((name, "bold"), what))
    for key, value in run.columns.defaulted.items():
        told = f"no column `{key}`: it is {value_text(value)} in every row"
        console.print(Text.assemble(("! ", "doubt"), told))
    console.print()
    if run.rows:
        console.print(_counts(console, run.tallies, run.rows, run.periods))
        console.print()
        if run.periods:
            _print_periods(console, run.periods)
    if run.plan.output:
        console.print(Text.assemble("written to ", (str(run.plan.output), "bold")))
    console.print(speed(run))


def value_text(value: object) -> str:
    """Write a value of a table shortly."""
    if isinstance(value, str):
        text = value if value and value == value.strip() else json.dumps(value, ensure_ascii=False)
    elif isinstance(value, bool | int | float | None):
        text = json.dumps(value)
    else:
        text = str(value)
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"


def seconds_text(seconds: float) -> str:
    """Write a duration with a fitting unit."""
    if seconds < 0.0995:  # noqa: PLR2004 - from here on, three digits read better as seconds
        return f"{seconds * 1_000:.3g} ms"
    return f"{seconds:.2f} s"


def rate_text(rate: float) -> str:
    """Write a number of rows per second in words."""
    for size, word in ((1e9, "billion"), (1e6, "million"), (1e3, "thousand")):
        if rate >= size:
            return f"{rate / size:.3g} {word} a second"
    return f"{rate:.3g} a second"


def speed(run: TableRun) -> Text:
    """Say how long it took, and how fast the decisions were."""
    text = Text()
    took = seconds_text(run.seconds["decide"])
    text.append(f"{counted(run.rows, 'decision')} in {took}", "bold")
    if run.rows_per_second:
        threads = f" on {run.plan.threads} threads" if run.plan.threads > 1 else ""
        text.append(f", {rate_text(run.rows_per_second)}{threads}", "bold")
    others = [f"read in {seconds_text(run.seconds['read'])}"]
    if "write" in run.seconds:
        others.append(f"written in {seconds_text(run.seconds['write'])}")
    others.append(f"{seconds_text(run.seconds['total'])} in all")
    return text.append("\n" + ", ".join(others), "quiet")


def _counts(console: Console, tallies: list[Tally], rows: int, periods: Periods | None) -> Table:
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(no_wrap=True, style="title")
    table.add_column(no_wrap=True)
    table.add_column(no_wrap=True, justify="right")
    table.add_column(no_wrap=True, justify="right", style="quiet")
    table.add_column(no_wrap=True)
    labels = [value_text(value) for each in tallies for value, _ in each.counts]
    names = max(len(each.name) for each in tallies)
    taken = names + max((len(label) for label in labels), default=0) + len(f"{rows:,}") + 20
    width = min(max(console.width - taken, _LEAST_BAR), _WIDEST_BAR)
    for number, each in enumerate(tallies):
        if number:
            table.add_row()
        for place, (value, count) in enumerate(each.counts):
            label, colour = _styled(each, place, value, periods)
            table.add_row(
                each.name if place == 0 else "",
                label,
                f"{count:,}",
                _percent(count, rows),
                charts.bar(count / rows, width, colour),
            )
        if each.others:
            table.add_row(
                "", Text(_others(each), "quiet"), f"{each.others:,}", _percent(each.others, rows)
            )
    return table


def _styled(each: Tally, place: int, value: object, periods: Periods | None) -> tuple[Text, str]:
    """Colour a value as everywhere else: a status as statuses are, the charted output as there."""
    label = value_text(value)
    if each.name == "status" and label in Status.__members__:
        style = terminal.STATUS_STYLES[Status[label]]
        return Text(label, style), style
    if periods and periods.output == each.name:
        return Text(label), charts.COLOURS[place % len(charts.COLOURS)]
    return Text(label), "bright_black"


def _others(each: Tally) -> str:
    rest = each.distinct - len(each.counts)
    span = f", {value_text(each.span[0])} to {value_text(each.span[1])}" if each.span else ""
    return f"{rest:,} other values{span}"


def _print_periods(console: Console, periods: Periods) -> None:
    shown = periods.counts[-_MOST_PERIODS:]
    title = Text.assemble((f"by {periods.unit}", "title"), (f"  ({periods.column})   ", "quiet"))
    if periods.output:
        title.append_text(charts.legend([value_text(value) for value in periods.values]))
    console.print(title)
    if len(shown) < len(periods.counts):
        console.print(f"the last {len(shown)} of {len(periods.counts):,}", style="quiet")
    most = max(sum(counts) for _, counts in shown)
    labels = max(len(label) for label, _ in shown)
    digits = len(f"{most:,}")
    width = min(max(console.width - labels - digits - 4, _LEAST_BAR), _WIDEST_BAR + 24)
    for label, counts in shown:
        line = Text(f"{label:<{labels}}  ", "quiet")
        line.append(f"{sum(counts):>{digits},}  ", "default")
        console.print(line.append_text(charts.stacked([each / most for each in counts], width)))
    console.print()


def _percent(count: int, rows: int) -> str:
    share = 100 * count / rows
    return f"{share:.1f} %" if share >= 0.05 or not count else "< 0.1 %"  # noqa: PLR2004
