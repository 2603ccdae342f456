"""The product neither evaluates text nor unpickles: both run whatever the text says."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tools.lint.offence import Offence

_BUILTINS = {"eval", "exec"}
_MODULES = {"cloudpickle", "dill", "marshal", "pickle", "shelve"}


def check(path: str, text: str) -> Iterator[Offence]:
    """Yield each use of `eval`, `exec` or a pickling module in the package."""
    if not path.startswith("src/"):
        return
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Call(func=ast.Name(id=name)) if name in _BUILTINS:
                yield Offence(path, node.lineno, f"`{name}` runs any text it is given")
            case ast.Import(names=names):
                modules = {alias.name.partition(".")[0] for alias in names}
                yield from _pickles(path, node.lineno, modules)
            case ast.ImportFrom(module=str(module)):
                yield from _pickles(path, node.lineno, {module.partition(".")[0]})


def _pickles(path: str, line: int, modules: set[str]) -> Iterator[Offence]:
    for module in sorted(modules & _MODULES):
        yield Offence(path, line, f"`{module}` runs code when it loads; store JSON or snapshots")
