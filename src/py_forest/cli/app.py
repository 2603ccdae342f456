"""The commands there are, and what of them has to be imported for what was typed."""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from typer.main import get_command

from py_forest import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS: Final = (
    "run",
    "validate",
    "show",
    "why",
    "diff",
    "compare",
    "replay",
    "bench",
    "nodes",
    "schema",
    "version",
)
"""In the order of the help; each is the module `py_forest.cli.<name>_command`."""

_EPILOG = """
[bold]First steps[/bold]
[dim]$[/dim] pyforest show tree.json                      [dim]what is in it[/dim]
[dim]$[/dim] pyforest validate tree.json                  [dim]what is wrong with it[/dim]
[dim]$[/dim] pyforest run tree.json --set battery=12      [dim]what it does, once[/dim]
[dim]$[/dim] pyforest run tree.json --input orders.csv    [dim]what it does to a whole table[/dim]

Every command takes --json for programs and --help for people. Exit codes: 0 fine, 1 not all right,
2 mistyped, 3 unreadable, 4 our fault, 130 interrupted.
"""


def run(arguments: Sequence[str]) -> None:
    """Run what was typed; whatever is raised is the caller's to explain.

    Args:
        arguments: what was typed.
    """
    command = build(arguments)
    if "_PYFOREST_COMPLETE" in os.environ:
        command.main(args=list(arguments), prog_name="pyforest")
        return
    # Typer's own `main` would turn a broken pipe and an interrupt into exit codes of its liking.
    with command.make_context("pyforest", list(arguments)) as context:
        command.invoke(context)


def build(arguments: Sequence[str]) -> Any:  # noqa: ANN401 - Typer's command class has no public name
    """Return the command line as far as the arguments need it.

    Args:
        arguments: what was typed; where no command is named, all of them are imported.
    """
    group = typer.Typer(
        name="pyforest",
        help="Run, check, draw and compare behaviour trees.",
        epilog=_EPILOG,
        no_args_is_help=True,
        rich_markup_mode="rich",
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    group.callback()(_root)
    named = next((word for word in arguments if not word.startswith("-")), None)
    for name in [named] if named in COMMANDS else COMMANDS:
        import_module(f"py_forest.cli.{name}_command").register(group)
    return get_command(group)


def _show_version(is_wanted: bool) -> None:
    if is_wanted:
        typer.echo(f"pyforest {__version__}")
        raise typer.Exit


def _root(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Run, check, draw and compare behaviour trees."""
