"""Asking the native engine about expressions, once for each text."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from py_forest.engine import _native
from py_forest.engine.limits import MAX_EXPRESSION_BYTES

Mode = Literal["expression", "script"]

_REMEMBERED = 65_536
_LONGEST_REMEMBERED = 1_024
_CARET_ROOM = 30
_TEMPLATE = re.compile(r"\{([A-Za-z_][A-Za-z0-9_.-]*)\}")


@lru_cache(maxsize=_REMEMBERED)
def _check_short(text: str, mode: Mode) -> _native.ExpressionInfo:
    return _native.check_expression(text, mode)


def check_expression(text: str, mode: Mode = "expression") -> _native.ExpressionInfo:
    """Say what an expression or script reads and writes, or what is wrong with it.

    Args:
        text: valid Unicode, at most 64 KiB as UTF-8.
        mode: `expression`, or `script` for assignments.
    """
    # Short texts repeat and are remembered; long ones would fill the memory.
    if len(text) <= _LONGEST_REMEMBERED:
        return _check_short(text, mode)
    return _native.check_expression(text, mode)


def is_too_long(text: str) -> bool:
    """Whether a text is longer than an expression may be."""
    longest = MAX_EXPRESSION_BYTES
    return len(text) > longest or (
        len(text) * 4 > longest and len(text.encode("utf-8", "replace")) > longest
    )


def syntax_message(text: str, offset: int, message: str) -> str:
    """Say what is wrong with an expression and show the place with a caret.

    Args:
        text: the expression.
        offset: UTF-8 bytes before the place.
        message: what the parser said.
    """
    before = text.encode("utf-8", "replace")[:offset].decode("utf-8", "ignore")
    line_start = before.rfind("\n") + 1
    column = len(before) - line_start
    line = text[line_start:].split("\n", 1)[0]
    start = max(0, column - _CARET_ROOM)
    shown = line[start : column + _CARET_ROOM]
    caret = " " * (column - start) + "^"
    return f"{message} at character {len(before) + 1}\n    {shown}\n    {caret}"


def template_reads(text: str) -> list[str]:
    """Return the names in `{name}` places of a template; other braces are plain text."""
    return _TEMPLATE.findall(text)
