"""The end of a command that failed: a message, or JSON, and the exit code."""

from __future__ import annotations

import os
import traceback

import typer

from py_forest.cli import exits, failures, problems, terminal


def report(error: Exception, *, as_json: bool) -> int:
    """Tell the user of an error, and return the exit code.

    Args:
        error: what was raised.
        as_json: whether to print JSON to the standard output instead of text to the error output.
    """
    if isinstance(error, typer.Exit):
        return error.exit_code
    if isinstance(error, typer.Abort):
        return exits.INTERRUPTED
    failure = failures.explain(error)
    if as_json:
        terminal.print_json(failure.to_dict())
        return failure.exit_code
    console = terminal.messages()
    problems.print_failure(console, failure)
    if failure.exit_code == exits.INTERNAL and os.environ.get(failures.TRACEBACK):
        console.print("".join(traceback.format_exception(error)), style="quiet")
    return failure.exit_code
