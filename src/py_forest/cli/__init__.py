"""The command line `pyforest`.

What lives here: what a person types and what they get to see. Everything with an opinion about
trees lives below; a command reads its input, calls `core` or `engine`, and shows the outcome as
text or as JSON. Each command is a module of its own, imported only when it is asked for. May
import everything; nothing imports it.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line: the one place where errors become messages and exit codes.

    Args:
        arguments: what was typed after `pyforest`; the arguments of the process when left out.

    Returns:
        the exit code, see `py_forest.cli.exits`.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        code = _run(given)
        sys.stdout.flush()
        sys.stderr.flush()
    except KeyboardInterrupt:
        # Imports and the printing of an error can be interrupted too.
        return _ended(130)
    except BrokenPipeError:
        return _ended(141)
    return code


def _run(given: list[str]) -> int:
    from py_forest.cli import app, exits  # noqa: PLC0415 - interruptible, see above

    try:
        app.run(given)
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - nothing a user does may show a traceback
        from py_forest.cli import reporting  # noqa: PLC0415 - only where something is to report

        return reporting.report(error, as_json="--json" in given)
    return exits.OK


def _ended(code: int) -> int:
    """Let the interpreter go without a word about what could not be written."""
    import os  # noqa: PLC0415

    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    return code
