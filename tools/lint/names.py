"""Names that say nothing: `data`, `info`, `manager` and their kin fit everything."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from tools.lint.offence import Offence

BANNED = {"common", "data", "helper", "helpers", "info", "manager", "misc", "util", "utils", "v2"}

# Names that users import or that other systems expect: the public contract fixes them.
CONTRACT = {
    "ExpressionInfo",
    "NodeInfo",
    "PluginManager",
    "TreeManager",
    "WebSocketManager",
    "build_plugin_manager",
    "get_websocket_manager",
    "manager",
    "tree_manager",
}

_SEGMENT = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+\d*|\d+")


def check(path: str, text: str) -> Iterator[Offence]:
    """Yield each module, class and function whose name holds a banned word."""
    if not path.startswith(("src/", "tools/")):
        return
    stem = PurePosixPath(path).stem
    if word := _banned_word(stem):
        yield Offence(path, 1, f"module `{stem}`: `{word}` says nothing")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and (
            word := _banned_word(node.name)
        ):
            yield Offence(path, node.lineno, f"`{node.name}`: `{word}` says nothing")


def _banned_word(name: str) -> str | None:
    if name in CONTRACT:
        return None
    words = (found.lower() for found in _SEGMENT.findall(name))
    return next((word for word in words if word in BANNED), None)
