"""Reading a JSON document from a file, whatever it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from py_forest.engine import _native
from py_forest.engine.limits import MAX_DOCUMENT_BYTES, MAX_JSON_DEPTH, MAX_STRING
from py_forest.kit.errors import DocumentUnreadable

if TYPE_CHECKING:
    from pathlib import Path

    from py_forest.kit.json import JsonValue


def read_json_file(path: Path) -> JsonValue:
    """Read a file as JSON; `//` and `/* */` comments and trailing commas are allowed.

    Raises:
        DocumentUnreadable: it cannot be read, is no JSON or is too large.
    """
    shown = str(path)[:200]
    try:
        with path.open("rb") as file:
            text = file.read(MAX_DOCUMENT_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise DocumentUnreadable(
            f"cannot read {shown}: {reason}", detail={"path": shown}
        ) from error
    if len(text) > MAX_DOCUMENT_BYTES:
        raise DocumentUnreadable(
            f"{shown} has more than {MAX_DOCUMENT_BYTES:,} bytes", detail={"path": shown}
        )
    try:
        return _native.parse_json(
            text, comments=True, max_depth=MAX_JSON_DEPTH, max_string=MAX_STRING
        )
    except _native.JsonError as error:
        raise DocumentUnreadable(
            f"{shown}: line {error.line}, column {error.column}: {error.message}",
            detail={"path": shown, "line": error.line, "column": error.column},
        ) from error
