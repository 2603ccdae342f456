"""Reading a definition from wherever it is: a dict, text, bytes, a file."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import Any

from py_forest.engine import _native
from py_forest.engine.json_copy import JsonCopy
from py_forest.engine.limits import MAX_DOCUMENT_BYTES, MAX_JSON_DEPTH, MAX_STRING
from py_forest.engine.normalise import json_type, unwrap
from py_forest.engine.problems import Problems
from py_forest.kit.errors import DocumentUnreadable
from py_forest.models.trees import TreeDefinition

Source = TreeDefinition | Mapping[str, Any] | str | bytes | bytearray | PathLike[str]
"""What a definition can be read from; a `str` that does not start with `{` is a path."""


def load_definition(source: Source) -> TreeDefinition:
    """Read a definition, of any of the five payload forms.

    Args:
        source: a definition (returned as it is), a dict (copied), JSON as text or bytes, or the
        path
            of a file. Files may have `//` and `/* */` comments and trailing commas.

    Raises:
        DocumentUnreadable: the file cannot be read.
        DefinitionInvalid: it is no JSON, or there is no tree in it. A definition that was read can
            still be invalid, see `py_forest.validate`.
        TypeError: `source` is something else.
    """
    problems = Problems()
    definition = read_definition(source, problems)
    problems.raise_errors()
    if definition is None:
        raise AssertionError("a definition that was not read has a problem that says why")
    return definition


def read_definition(source: object, problems: Problems) -> TreeDefinition | None:
    """Read a definition as `load_definition` does, but add what is wrong to `problems`.

    Raises:
        DocumentUnreadable: the file cannot be read.
        TypeError: `source` is something else.
    """
    if isinstance(source, TreeDefinition):
        return source
    with collector_paused():
        if isinstance(source, str) and source.lstrip()[:1] in ("{", "["):
            return _from_text(source, problems)
        if isinstance(source, bytes | bytearray):
            return _from_text(bytes(source), problems)
        if isinstance(source, str | PathLike):
            return _from_file(Path(source), problems)
        if isinstance(source, Mapping):
            return _from_objects(source, problems)
        if source is None or isinstance(source, bool | int | float | list | tuple):
            problems.add("WRONG_TYPE", f"a tree is an object, not {json_type(source)}")
            return None
    raise TypeError(
        "a definition is a dict, JSON text, a path or a TreeDefinition, "
        f"not {type(source).__name__}"
    )


@contextmanager
def collector_paused() -> Iterator[None]:
    """Keep the garbage collector from looking at a document again and again while it grows.

    A tree of a million nodes is millions of objects that all stay; without this a third of the time
    to read it goes into looking for garbage.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _from_text(
    text: str | bytes,
    problems: Problems,
    *,
    comments: bool = False,
    origin: str | None = None,
) -> TreeDefinition | None:
    if len(text) > MAX_DOCUMENT_BYTES:
        problems.add(
            "DOCUMENT_TOO_LARGE",
            f"the document has {len(text):,} bytes; {MAX_DOCUMENT_BYTES:,} are allowed",
        )
        return None
    if isinstance(text, str):
        try:
            text = text.encode("utf-8")
        except UnicodeEncodeError as error:
            problems.add(
                "NOT_UTF8", f"character {error.start} is half a character (a lone surrogate)"
            )
            return None
    try:
        payload = _native.parse_json(
            text, comments=comments, max_depth=MAX_JSON_DEPTH, max_string=MAX_STRING
        )
    except _native.JsonError as error:
        _add_syntax_problem(text, error, problems)
        return None
    # `{` may also be written as an escape.
    placeholders = b"{{" in text or b"\\u007" in text
    return unwrap(payload, problems, may_have_placeholders=placeholders, origin=origin)


def _add_syntax_problem(text: bytes, error: _native.JsonError, problems: Problems) -> None:
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as undecodable:
        problems.add(
            "NOT_UTF8", f"the document is not UTF-8: byte {undecodable.start} cannot be read"
        )
        return
    problems.add("JSON_SYNTAX", f"line {error.line}, column {error.column}: {error.message}")


def _from_file(path: Path, problems: Problems) -> TreeDefinition | None:
    try:
        size = path.stat().st_size
        if size > MAX_DOCUMENT_BYTES:
            problems.add(
                "DOCUMENT_TOO_LARGE",
                f"the file has {size:,} bytes; {MAX_DOCUMENT_BYTES:,} are allowed",
            )
            return None
        with path.open("rb") as file:
            # One byte more than allowed tells a file that never ends.
            text = file.read(MAX_DOCUMENT_BYTES + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        shown = str(path)[:200]
        raise DocumentUnreadable(
            f"cannot read {shown}: {reason}", detail={"path": shown}
        ) from error
    return _from_text(text, problems, comments=True, origin=str(path))


def _from_objects(source: Mapping[str, Any], problems: Problems) -> TreeDefinition | None:
    found = problems.error_count
    copy = JsonCopy(problems)
    payload = copy.copy(source)
    if problems.error_count > found:
        return None
    return unwrap(payload, problems, may_have_placeholders=copy.has_placeholders)
