"""`pyforest diff`: what lies between two versions of a tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from py_forest.cli import exits, inputs, options, terminal
from py_forest.core.diff import ABSENT, FieldChange, NodeDifference, TreeDiff
from py_forest.core.diff import diff as diff_trees
from py_forest.core.render.marks import UNKNOWN_GLYPH, glyph
from py_forest.core.render.summary import said
from py_forest.engine import content_hash
from py_forest.kit.errors import DefinitionInvalid
from py_forest.kit.text import counted

if TYPE_CHECKING:
    from rich.console import Console

    from py_forest.engine.catalogue import Catalogue
    from py_forest.models.trees import TreeDefinition

_EPILOG = """
[bold]Examples[/bold]
[dim]$[/dim] pyforest diff old.json new.json
[dim]$[/dim] pyforest diff old.json new.json --exit-code    [dim]ends with 1 if they differ[/dim]
[dim]$[/dim] git show HEAD:tree.json | pyforest diff - tree.json

Layout is not compared, and neither aliases nor defaults that are written out make a difference.
"""
_MARKS = {
    "added": ("+", "green"),
    "removed": ("-", "red"),
    "moved": (">", "bright_blue"),
    "changed": ("~", "yellow"),
}
_MOST_SHOWN = 200


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("diff", rich_help_panel=options.COMPARE, epilog=_EPILOG)(diff)


def diff(
    old: Annotated[str, typer.Argument(metavar="OLD", help="The version before: a file, or -.")],
    new: Annotated[str, typer.Argument(metavar="NEW", help="The version after: a file, or -.")],
    exit_code: options.ExitCode = False,
    as_json: options.Json = False,
) -> None:
    """Compare two trees node by node: added, removed, moved, changed.

    Nodes are matched by id, else by where they stand and what they look like.
    """
    before, after = inputs.read_tree(old), inputs.read_tree(new)
    catalogue = inputs.known_node_types()
    found = diff_trees(before, after, catalogue)
    runs_the_same = _runs_the_same(before, after)
    if as_json:
        told = found.to_dict()
        terminal.print_json({"equal": found.is_empty, "runs_the_same": runs_the_same, **told})
    else:
        _show(terminal.output(), found, catalogue, (_titled(before, old), _titled(after, new)))
        _conclude(terminal.output(), found, runs_the_same)
    raise typer.Exit(exits.NOT_OK if exit_code and not found.is_empty else exits.OK)


def _runs_the_same(before: TreeDefinition, after: TreeDefinition) -> bool | None:
    """Say whether both mean the same; None if one of them is not valid."""
    try:
        return content_hash(before) == content_hash(after)
    except DefinitionInvalid:
        return None


def _titled(definition: TreeDefinition, source: str) -> str:
    name = definition.name or source
    version = definition.metadata.get("version")
    return f"{name} {version}" if isinstance(version, str) else name


def _show(console: Console, found: TreeDiff, catalogue: Catalogue, titles: tuple[str, str]) -> None:
    if found.is_empty:
        return
    console.print(Text.assemble((titles[0], "bold"), (" → ", "quiet"), (titles[1], "bold")))
    shown = [each for each in found.nodes if each.is_top]
    for each in shown[:_MOST_SHOWN]:
        _show_node(console, each, catalogue)
    if len(shown) > _MOST_SHOWN:
        console.print(
            f"  … and {len(shown) - _MOST_SHOWN:,} more; --json lists them all", style="quiet"
        )
    if found.sections:
        console.print(Text.assemble(("~ ", "yellow"), "beside the nodes"))
        _show_fields(console, found.sections)
    console.print()


def _show_node(console: Console, each: NodeDifference, catalogue: Catalogue) -> None:
    mark, style = _MARKS[each.kind]
    node_type = catalogue.find(each.node_type)
    line = Text(f"{mark} ", style)
    line.append(f"{glyph(node_type.icon) if node_type else UNKNOWN_GLYPH} ", style)
    line.append(each.name, "bold")
    if each.name != each.node_type:
        line.append(f"  {each.node_type}", "quiet")
    if each.node_id:
        line.append(f"  #{each.node_id}", "id")
    if each.below:
        line.append(f"  and {counted(each.below, 'node')} below it", "quiet")
    terminal.print_line(line)
    if each.kind == "moved" and each.old and each.new:
        _show_move(each.old.path, each.old.position, each.new.path, each.new.position)
    elif each.kind != "changed":
        place = each.new or each.old
        if place and " / " in place.path:
            above = place.path.rpartition(" / ")[0]
            terminal.print_line(Text(f"    in {above}", "quiet"))
    _show_fields(console, each.fields)


def _show_move(old: str, old_position: int, new: str, new_position: int) -> None:
    old_above, new_above = (path.rpartition(" / ")[0] or "the top" for path in (old, new))
    if old_above == new_above:
        move = f"    child {old_position + 1} → child {new_position + 1} of {new_above}"
    else:
        move = f"    {old_above} → {new_above}"
    terminal.print_line(Text(move, "quiet"))


def _show_fields(console: Console, fields: tuple[FieldChange, ...]) -> None:
    width = max((len(change.field) for change in fields), default=0)
    for change in fields:
        console.print(
            Text.assemble(
                f"    {change.field:<{width}}  ",
                (_said(change.old), "red"),
                (" → ", "quiet"),
                (_said(change.new), "green"),
            )
        )


def _said(value: Any) -> str:  # noqa: ANN401 - any JSON value
    return "(nothing)" if value is ABSENT else said(value)


def _conclude(console: Console, found: TreeDiff, runs_the_same: bool | None) -> None:
    same = counted(found.unchanged, "node")
    if found.is_empty:
        console.print(Text.assemble(("✓ ", "good"), f"no difference in {same}"))
        return
    counts = [
        f"{len(found.of(kind)):,} {kind}"  # type: ignore[arg-type]
        for kind in _MARKS
        if found.of(kind)  # type: ignore[arg-type]
    ]
    if found.sections:
        counts.append(f"{len(found.sections):,} beside the nodes")
    verdict = "; both run the same" if runs_the_same else ""
    console.print(f"{', '.join(counts)}; {same} as before{verdict}", style="quiet")
