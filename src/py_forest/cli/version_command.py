"""`pyforest version`."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as version_of

import typer

from py_forest import __version__
from py_forest.cli import options, terminal


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("version", rich_help_panel=options.REFERENCE)(version)


def version(as_json: options.Json = False) -> None:
    """Show the versions of PyForest and of what it runs on."""
    versions = {
        "pyforest": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(terse=True),
        "pyarrow": _pyarrow(),
    }
    if as_json:
        terminal.print_json(versions)
        return
    for name, each in versions.items():
        terminal.print_raw(f"{name:<9} {each or 'not installed (pip install py-forest[tables])'}\n")


def _pyarrow() -> str | None:
    try:
        return version_of("pyarrow")
    except PackageNotFoundError:
        return None
