"""What a comparison looks like."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.table import Table
from rich.text import Text

from py_forest.cli import charts, terminal
from py_forest.cli.table_views import seconds_text, value_text
from py_forest.core.render.marks import UNKNOWN_GLYPH, glyph
from py_forest.core.render.summary import summary
from py_forest.engine.catalogue import default_catalogue
from py_forest.kit.text import counted

if TYPE_CHECKING:
    from rich.console import Console

    from py_forest.cli.comparing import Comparison, Example, Matrix
    from py_forest.core.compare import Parting

_MOST_WAYS: Final = 12
_MOST_NODES: Final = 12
_BAR: Final = 24
_NARROW: Final = 100
_CHANGE: Final = 22
"""Columns of the terminal that a change usually takes."""
_WORDS: Final = {
    "answer": "",
    "added": "only the new version has it",
    "removed": "only the old version has it",
    "order": "another child runs",
    "value": "writes another value",
    "default": "other defaults in `blackboard_schema`",
}


def show_comparison(found: Comparison, sources: tuple[str, str]) -> None:
    """Show how many decisions change, which way, by which node, and the first of them."""
    console = terminal.output()
    titles = [
        _titled(program.definition.name or source, program.definition.metadata.get("version"))
        for program, source in zip(found.programs, sources, strict=True)
    ]
    where = f"  on {Path(found.plan.source).name}"
    console.print(Text.assemble((titles[0], "bold"), (" → ", "quiet"), (titles[1], "bold"), where))
    _print_only(console, found)
    share = f" ({100 * found.changed / found.rows:.1f} %)" if found.rows else ""
    of = f" of {counted(found.rows, 'decision')}"
    if not found.changed:
        console.print(Text.assemble(("✓ ", "good"), f"none{of} changes"))
        console.print(_speed(found))
        return
    verb = "changes" if found.changed == 1 else "change"
    console.print(Text.assemble((f"{found.changed:,}", "bold yellow"), f"{of} {verb}{share}"))
    console.print()
    _print_ways(console, found)
    if found.matrix:
        _print_matrix(console, found.matrix)
    if found.partings:
        _print_nodes(console, found)
    if found.examples:
        _print_examples(console, found)
    if found.plan.output:
        console.print(Text.assemble("all of them are in ", (str(found.plan.output), "bold")))
    console.print(_speed(found))


def _titled(name: str, version: object) -> str:
    return f"{name} {version}" if isinstance(version, str) else name


def _print_only(console: Console, found: Comparison) -> None:
    for names, which in ((found.only_old, "old"), (found.only_new, "new")):
        for name in names:
            told = f"only the {which} version decides `{name}`: not compared"
            console.print(Text.assemble(("! ", "doubt"), told))


def _print_ways(console: Console, found: Comparison) -> None:
    shown = found.ways[:_MOST_WAYS]
    keys = list(dict.fromkeys(key for way in shown for key in way.changes))
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="title")
    table.add_column("which way", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for key in keys:
        table.add_column(Text(key, "key"), overflow="fold")
    width = _BAR if console.width > _NARROW else _BAR // 2
    for way in shown:
        bar = charts.bar(way.count / found.changed, width, "yellow")
        table.add_row(f"{way.count:,}", bar, *(_change(way.changes.get(key)) for key in keys))
    console.print(table)
    rest = found.ways[_MOST_WAYS:]
    if rest:
        rows = sum(way.count for way in rest)
        console.print(f"  … and {rows:,} in {len(rest):,} other ways", style="quiet")
    console.print()


def _change(values: tuple[Any, Any] | None) -> Text:
    if values is None:
        return Text("=", "quiet")
    old, new = map(value_text, values)
    return Text.assemble((old, "red"), (" → ", "quiet"), (new, "green"))


def _print_matrix(console: Console, matrix: Matrix) -> None:
    title = Text.assemble((matrix.output, "title"), ("  old ↓   new →", "quiet"))
    console.print(title)
    table = Table.grid(padding=(0, 3, 0, 0))
    table.add_column(no_wrap=True)
    for _ in matrix.values:
        table.add_column(justify="right", no_wrap=True)
    table.add_row("", *(Text(value_text(value), "quiet") for value in matrix.values))
    for old, counts in enumerate(matrix.counts):
        cells = []
        for new, count in enumerate(counts):
            style = "quiet" if old == new or not count else "bold yellow"
            cells.append(Text(f"{count:,}", style))
        table.add_row(Text(f"  {value_text(matrix.values[old])}"), *cells)
    console.print(table)
    console.print()


def _print_nodes(console: Console, found: Comparison) -> None:
    console.print("by which node", style="title")
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(justify="right", no_wrap=True)
    table.add_column(overflow="fold")
    for each, count in found.partings[:_MOST_NODES]:
        table.add_row(f"  {count:,}", _node(found, each))
    console.print(table)
    rest = found.partings[_MOST_NODES:]
    if rest:
        rows = sum(count for _, count in rest)
        console.print(f"  … and {rows:,} by {counted(len(rest), 'other node')}", style="quiet")
    if found.explained < found.changed:
        told = f"  of the first {found.explained:,} that change; --explain looks at more"
        console.print(told, style="quiet")
    console.print()


def _node(found: Comparison, each: Parting) -> Text:
    if each.node_id is None:
        return Text(_WORDS[each.kind])
    node_type = default_catalogue().find(each.node_type)
    text = Text.assemble(
        (f"{glyph(node_type.icon) if node_type else UNKNOWN_GLYPH} ", "key"),
        (each.name, "bold"),
        (f"  #{each.node_id}", "id"),
    )
    if each.old is not None and each.new is not None:
        text.append("  ").append_text(terminal.status_text(each.old)).append(" → ", "quiet")
        text.append_text(terminal.status_text(each.new))
    elif _WORDS[each.kind]:
        text.append(f"  {_WORDS[each.kind]}")
    settings = _settings(found, each)
    return text.append(f"  {settings}", "quiet") if settings else text


def _settings(found: Comparison, each: Parting) -> str:
    """Say how the node is set in each version, if that differs."""
    told = []
    for program in found.programs:
        try:
            node = program.node(each.node_id or "")
        except KeyError:
            return ""
        told.append(summary(node.node_type, node.config))
    return f"{told[0]} → {told[1]}" if told[0] != told[1] else ""


def _print_examples(console: Console, found: Comparison) -> None:
    shown, rest = found.examples, found.changed - len(found.examples)
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="quiet")
    table.add_column(Text("first rows" if rest else "rows", "title"), justify="right", no_wrap=True)
    for name in shown[0].cells:
        is_number = isinstance(shown[0].cells[name], int | float)
        table.add_column(name, no_wrap=True, justify="right" if is_number else "left")
    keys = list(dict.fromkeys(key for each in shown for key in each.changes))
    keys = keys[: max(1, (console.width - _widths(shown)) // _CHANGE)]
    for key in keys:
        table.add_column(Text(key, "key"), no_wrap=True)
    for each in shown:
        cells = (value_text(value) for value in each.cells.values())
        changes = (_change(each.changes.get(key)) for key in keys)
        table.add_row(f"{each.row:,}", *cells, *changes)
    console.print(table)
    if rest and not found.plan.output:
        told = f"  … and {rest:,} more: --show N shows, --output FILE writes them"
        console.print(told, style="quiet")
    console.print()


def _widths(shown: list[Example]) -> int:
    """Return how many columns of the terminal the cells take."""
    names = shown[0].cells
    return 12 + sum(
        2 + max(len(name), *(len(value_text(each.cells[name])) for each in shown)) for name in names
    )


def _speed(found: Comparison) -> Text:
    deciding = found.seconds["decide_old"] + found.seconds["decide_new"]
    told = f"2 x {counted(found.rows, 'decision')} in {seconds_text(deciding)}"
    others = f"read in {seconds_text(found.seconds['read'])}, "
    if found.explained:
        others += f"explained in {seconds_text(found.seconds['explain'])}, "
    return Text.assemble(
        (told, "bold"), (f"\n{others}{seconds_text(found.seconds['total'])} in all", "quiet")
    )
