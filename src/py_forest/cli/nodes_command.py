"""`pyforest nodes`: the palette, and one node type in full."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from py_forest.cli import inputs, options, terminal
from py_forest.cli.failures import UsageFailed
from py_forest.core.render.marks import glyph
from py_forest.kit.text import counted

if TYPE_CHECKING:
    from rich.console import Console

    from py_forest.engine.catalogue import Catalogue
    from py_forest.models.nodes import ConfigField, NodeType

_EPILOG = """
[bold]Examples[/bold]
[dim]$[/dim] pyforest nodes                    [dim]the palette[/dim]
[dim]$[/dim] pyforest nodes Retry              [dim]one type, with its configuration[/dim]
[dim]$[/dim] pyforest nodes --category decorator --json
"""
_CATEGORIES = {
    "composite": ("Composites", "decide which of their children run, and in which order"),
    "decorator": ("Decorators", "wrap one child"),
    "condition": ("Conditions", "ask"),
    "action": ("Actions", "do"),
}


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("nodes", rich_help_panel=options.REFERENCE, epilog=_EPILOG)(nodes)


def nodes(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="A node type; any name it goes by.")
    ] = None,
    category: Annotated[
        str | None,
        typer.Option("--category", "-c", help="Only these: " + ", ".join(_CATEGORIES) + "."),
    ] = None,
    modules: options.Imports = None,
    as_json: options.Json = False,
) -> None:
    """List the node types there are, or describe one."""
    inputs.import_modules(modules)
    catalogue = inputs.known_node_types()
    if name is not None:
        found = _find(catalogue, name)
        if as_json:
            terminal.print_json(found.to_dict())
        else:
            _describe(terminal.output(), found)
        return
    if category is not None and category not in _CATEGORIES:
        raise UsageFailed(
            f"there is no category `{category}`", way_out="one of " + ", ".join(_CATEGORIES)
        )
    chosen = [each for each in catalogue if category in (None, each.category)]
    if as_json:
        terminal.print_json({"node_types": [each.to_dict() for each in chosen]})
    else:
        _list(terminal.output(), chosen)


def _find(catalogue: Catalogue, name: str) -> NodeType:
    found = catalogue.find(name)
    if found is None:
        guess = catalogue.guess(name)
        hint = f"did you mean `{guess}`? " if guess else ""
        raise UsageFailed(
            f"there is no node type `{name}`", way_out=f"{hint}`pyforest nodes` lists them"
        )
    return found


def _list(console: Console, chosen: list[NodeType]) -> None:
    width = max((len(each.name) for each in chosen), default=0)
    for category, (title, does) in _CATEGORIES.items():
        members = [each for each in chosen if each.category == category]
        if not members:
            continue
        console.print(Text.assemble((title, "title"), (f"  {does}", "quiet")))
        table = Table.grid(padding=(0, 2, 0, 0), expand=True)
        table.add_column(no_wrap=True, width=3)
        table.add_column(no_wrap=True, width=width)
        table.add_column(ratio=1)
        for each in members:
            mark = Text(f"  {glyph(each.icon)}", each.color)
            table.add_row(mark, Text(each.name, "name"), _first_sentence(each.description))
        console.print(table)
        console.print()
    console.print(
        f"{counted(len(chosen), 'node type')}; `pyforest nodes NAME` tells more", style="quiet"
    )


def _first_sentence(description: str) -> str:
    for end in (". ", ": "):
        head, found, _ = description.partition(end)
        if found:
            return head + "."
    return description


def _describe(console: Console, node_type: NodeType) -> None:
    title = Text.assemble((f"{glyph(node_type.icon)} ", node_type.color), (node_type.name, "bold"))
    title.append(f"  {node_type.category}", "quiet")
    if node_type.aliases:
        title.append(f"  also {', '.join(node_type.aliases)}", "quiet")
    console.print(title)
    console.print(Padding(node_type.description, (0, 0, 1, 2)))
    facts = Table.grid(padding=(0, 2, 0, 2))
    facts.add_row(Text("children", "quiet"), _children(node_type))
    facts.add_row(Text("answers", "quiet"), _answers(node_type))
    if node_type.time_dependent:
        facts.add_row(Text("time", "quiet"), "looks at the time of the tick")
    console.print(facts)
    if node_type.config:
        console.print()
        console.print(_fields(node_type))
    if len(node_type.forms) > 1:
        console.print()
        ways = " · or ".join(" + ".join(form) for form in node_type.forms)
        console.print(Padding(Text.assemble(("give  ", "quiet"), ways), (0, 0, 0, 2)))
    console.print()
    console.print(Padding(Text(_sample(node_type), "caption"), (0, 0, 0, 2)), soft_wrap=True)


def _children(node_type: NodeType) -> str:
    least, most = node_type.min_children, node_type.max_children
    if most == 0:
        return "none"
    if most is None:
        return f"{least} or more"
    return str(least) if least == most else f"{least} to {most}"


def _answers(node_type: NodeType) -> Text:
    return Text("  ").join(terminal.status_text(status) for status in node_type.returns)


def _fields(node_type: NodeType) -> Table:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 2), header_style="quiet", expand=True)
    for heading in ("key", "type", "default"):
        table.add_column(heading, no_wrap=heading != "default")
    table.add_column("what it is", ratio=1)
    for each in node_type.config:
        table.add_row(Text(each.name, "key"), _type(each), _default(each), _help(each))
    return table


def _type(each: ConfigField) -> str:
    shown = f"list of {each.item}" if each.type == "list" and each.item else each.type
    return f"{shown} ({each.unit})" if each.unit and each.type != "duration" else shown


def _default(each: ConfigField) -> Text:
    if each.required:
        return Text("required", "doubt")
    if each.default is None:
        return Text("-", "quiet")
    return Text(json.dumps(each.default, ensure_ascii=False))


def _help(each: ConfigField) -> Text:
    text = Text(each.description)
    notes = []
    if each.enum:
        notes.append("one of " + " ".join(json.dumps(choice) for choice in each.enum))
    if each.minimum is not None or each.maximum is not None:
        notes.append(_range(each))
    if each.aliases:
        notes.append("also " + ", ".join(each.aliases))
    return text.append("\n" + " · ".join(notes), "quiet") if notes else text


def _range(each: ConfigField) -> str:
    least, most = (
        "" if bound is None else f"{bound:,.12g}" for bound in (each.minimum, each.maximum)
    )
    if least and most:
        return f"{least} to {most}"
    return f"{least} or more" if least else f"{most} at most"


def _sample(node_type: NodeType) -> str:
    """Return a node of this type as one would write it."""
    keys = node_type.forms[0] if node_type.forms else ()
    config = {
        each.name: each.default if each.default is not None else _PLACEHOLDERS.get(each.type, "…")
        for each in node_type.config
        if each.required or each.name in keys
    }
    sample: dict[str, Any] = {"node_type": node_type.name}
    if config:
        sample["config"] = config
    if node_type.max_children != 0 and node_type.min_children:
        sample["children"] = ["…"] * node_type.min_children
    return json.dumps(sample, ensure_ascii=False)


_PLACEHOLDERS: dict[str, Any] = {
    "duration": 5.0,
    "int": 1,
    "float": 0.5,
    "variable": "battery",
    "expression": "battery < 20",
    "script": "count = count + 1",
    "value": 20,
    "list": [],
    "rows": [],
    "object": {},
}
