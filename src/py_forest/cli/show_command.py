"""`pyforest show`: a picture of a tree."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from py_forest.cli import inputs, options, terminal
from py_forest.cli.failures import UsageFailed
from py_forest.core.render import (
    Outline,
    outline_dot,
    outline_mermaid,
    outline_svg,
    text_lines,
)

_EPILOG = """
[bold]Examples[/bold]
[dim]$[/dim] pyforest show tree.json
[dim]$[/dim] pyforest show tree.json --node high-value --ids      [dim]a part, with its ids[/dim]
[dim]$[/dim] pyforest show tree.json --depth 3                    [dim]the upper levels[/dim]
[dim]$[/dim] pyforest show tree.json --format svg -o tree.svg     [dim]a picture for a page[/dim]
[dim]$[/dim] pyforest show tree.json -f mermaid >> README.md      [dim]for Markdown[/dim]
[dim]$[/dim] pyforest show tree.json -f dot | dot -Tpdf > tree.pdf
"""


class Format(StrEnum):
    """What a tree is drawn as."""

    ASCII = "ascii"
    MERMAID = "mermaid"
    DOT = "dot"
    SVG = "svg"


class Direction(StrEnum):
    """Which way a picture grows."""

    AUTO = "auto"
    DOWN = "down"
    RIGHT = "right"


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("show", rich_help_panel=options.LOOK, epilog=_EPILOG)(show)


def show(
    tree: options.Tree,
    *,
    form: Annotated[
        Format, typer.Option("--format", "-f", help="What to draw it as.")
    ] = Format.ASCII,
    node: Annotated[
        str | None,
        typer.Option(
            "--node", "-n", metavar="NODE", help="Only from this node down: an id or a name."
        ),
    ] = None,
    depth: Annotated[
        int | None, typer.Option("--depth", "-d", metavar="N", min=1, help="Only so many levels.")
    ] = None,
    ids: Annotated[bool, typer.Option("--ids", help="Show node ids (ascii).", metavar="")] = False,
    direction: Annotated[
        Direction, typer.Option("--direction", help="Which way it grows (svg); auto goes by size.")
    ] = Direction.AUTO,
    out: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write to a file.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Draw a tree: as text, Mermaid, Graphviz or SVG. It need not be valid."""
    if as_json and form is not Format.ASCII:
        raise UsageFailed("--json and --format exclude each other")
    drawn = _part(inputs.outlined(tree), node, depth)
    if as_json:
        terminal.print_json(_nodes(drawn))
        return
    if form is Format.ASCII and out is None:
        _print_lines(drawn, ids)
        return
    text = _drawn(drawn, form, direction, ids)
    if out is None:
        terminal.print_raw(text)
        return
    out.write_text(text, encoding="utf-8")
    terminal.messages().print(f"{out}: {len(drawn.nodes):,} nodes as {form.value}", style="quiet")


def _part(drawn: Outline, node: str | None, depth: int | None) -> Outline:
    if node is not None:
        drawn = drawn.below(inputs.find_node(drawn, node))
    return drawn if depth is None else drawn.folded(depth)


def _drawn(drawn: Outline, form: Format, direction: Direction, ids: bool) -> str:
    match form:
        case Format.MERMAID:
            return outline_mermaid(drawn)
        case Format.DOT:
            return outline_dot(drawn)
        case Format.SVG:
            return outline_svg(drawn, direction=direction.value)
    return "".join(f"{line}\n" for line in text_lines(drawn, ids=ids))


def _print_lines(drawn: Outline, ids: bool) -> None:
    console = terminal.output()
    if not console.is_terminal:
        for line in text_lines(drawn, ids=ids, charset=terminal.charset()):
            terminal.print_raw(f"{line}\n")
        return
    lines = text_lines(
        drawn, ids=ids, charset=terminal.charset(), max_indent=max(console.width // 2, 8)
    )
    for line in lines:
        terminal.print_line(terminal.tree_line(line))


def _nodes(drawn: Outline) -> dict[str, Any]:
    return {
        "title": drawn.title,
        "nodes": [
            {
                "index": node.index,
                "parent": None if node.parent < 0 else node.parent,
                "depth": node.depth,
                "node_id": node.node_id or None,
                "name": node.name,
                "node_type": node.node_type,
                "category": node.category,
                "summary": node.summary,
                "note": node.note or None,
                "children": node.children,
            }
            for node in drawn.nodes
        ],
    }
