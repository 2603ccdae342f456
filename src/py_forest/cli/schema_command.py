"""`pyforest schema`: the JSON Schema of a tree definition."""

from __future__ import annotations

import typer

from py_forest.cli import inputs, options, terminal
from py_forest.engine.schema import definition_schema

_EPILOG = """
[bold]Examples[/bold]
[dim]$[/dim] pyforest schema > tree.schema.json     [dim]for editors that check[/dim]
[dim]$[/dim] pyforest schema --import actions.py    [dim]with node types of your own[/dim]
"""


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("schema", rich_help_panel=options.REFERENCE, epilog=_EPILOG)(schema)


def schema(modules: options.Imports = None, as_json: options.Json = True) -> None:  # noqa: ARG001
    """Print the JSON Schema (2020-12) of tree definitions, with all node types known here."""
    inputs.import_modules(modules)
    terminal.print_json(definition_schema(inputs.known_node_types()))
