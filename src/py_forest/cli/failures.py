"""From an error to what a person reads: what is wrong, where, and the way out."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import typer

from py_forest.cli import exits
from py_forest.kit.errors import (
    DefinitionInvalid,
    DocumentUnreadable,
    LeafError,
    LimitExceeded,
    PyForestError,
    RecordRefused,
    SnapshotRefused,
)
from py_forest.kit.text import counted, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from py_forest.models.trees import Problem

_UsageError: Any = typer.BadParameter.__base__
_UNUSABLE = (LimitExceeded, RecordRefused, SnapshotRefused)
TRACEBACK = "PYFOREST_TRACEBACK"
"""Environment variable that adds the traceback to what is PyForest's fault."""


class CommandFailed(PyForestError):
    """A command cannot do what it was asked to.

    Args:
        message: what is wrong.
        place: where: a file, a column, an option.
        way_out: what to do about it.
        exit_code: what the process ends with.
    """

    default_code = "COMMAND_FAILED"

    def __init__(
        self,
        message: str,
        *,
        place: str | None = None,
        way_out: str | None = None,
        exit_code: int = exits.UNREADABLE,
        code: str | None = None,
    ) -> None:
        super().__init__(message, code=code)
        self.place = place
        self.way_out = way_out
        self.exit_code = exit_code


class UsageFailed(CommandFailed):
    """Options that make no sense, alone or together."""

    default_code = "USAGE"

    def __init__(self, message: str, *, way_out: str | None = None) -> None:
        super().__init__(message, way_out=way_out, exit_code=exits.USAGE)


class Failure(NamedTuple):
    """An error, told."""

    exit_code: int
    code: str
    message: str
    place: str | None = None
    way_out: str | None = None
    problems: Sequence[Problem] = ()

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        told: dict[str, Any] = {
            "code": self.code,
            "message": self.message,
            "place": self.place,
            "way_out": self.way_out,
            "exit_code": self.exit_code,
        }
        if self.problems:
            told["problems"] = [problem.to_dict() for problem in self.problems]
        return {"error": told}


def explain(error: Exception) -> Failure:
    """Say what an error means to whoever typed the command."""
    if isinstance(error, PyForestError):
        return _of_ours(error)
    if isinstance(error, _UsageError):
        return _usage(error)
    if isinstance(error, OSError):
        return _system(error)
    if isinstance(error, MemoryError):
        return Failure(
            exits.UNREADABLE,
            "OUT_OF_MEMORY",
            "there is not enough memory for this",
            way_out="take a part of the input, or a larger machine",
        )
    if type(error).__module__.startswith("pyarrow"):
        return Failure(exits.UNREADABLE, "TABLE_UNREADABLE", _first_line(error))
    return Failure(
        exits.INTERNAL,
        "INTERNAL",
        f"PyForest is at fault: {type(error).__name__}: {_first_line(error)}",
        way_out=f"please report it, with what {TRACEBACK}=1 adds to this message",
    )


def _of_ours(error: PyForestError) -> Failure:
    match error:
        case CommandFailed():
            return Failure(error.exit_code, error.code, error.message, error.place, error.way_out)
        case DefinitionInvalid():
            problems: Any = error.problems
            count = sum(problem.severity == "error" for problem in problems)
            message = f"the tree has {counted(count, 'problem')}"
            return Failure(exits.NOT_OK, error.code, message, problems=problems)
        case LeafError():
            return Failure(exits.NOT_OK, error.code, error.message, error.node_path)
        case DocumentUnreadable():
            place = str(error.detail.get("path", ""))
            return Failure(exits.UNREADABLE, error.code, error.message, way_out=_neighbour(place))
    code = exits.UNREADABLE if isinstance(error, _UNUSABLE) else exits.NOT_OK
    return Failure(code, error.code, error.message, way_out=_WAYS_OUT.get(error.code))


_WAYS_OUT = {
    "SNAPSHOT_REFUSED": "give the version that wrote it; `pyforest diff` tells two apart",
    "LOG_BROKEN_OFF": "--salvage takes what is whole",
    "LIMIT_EXCEEDED": "draw a part of it: --node NODE, or --depth LEVELS",
}


def _usage(error: Any) -> Failure:  # noqa: ANN401 - Typer's usage errors have no public class
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "pyforest"
    return Failure(
        exits.USAGE, "USAGE", error.format_message().strip(), way_out=f"see `{path} --help`"
    )


def _system(error: OSError) -> Failure:
    place = os.fsdecode(error.filename) if isinstance(error.filename, str | bytes) else None
    message = error.strerror or _first_line(error)
    return Failure(exits.UNREADABLE, "SYSTEM", message, place, _neighbour(place or ""))


def _neighbour(place: str) -> str | None:
    """Suggest a file that is there, for one that is not."""
    path = Path(place)
    if not place or path.exists() or not path.parent.is_dir():
        return None
    guess = did_you_mean(path.name, (each.name for each in path.parent.iterdir()))
    return f"did you mean {path.with_name(guess)}?" if guess else None


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:500]
