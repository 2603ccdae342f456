"""Reading what was typed: trees, values, modules with actions."""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from py_forest.cli.failures import CommandFailed, UsageFailed
from py_forest.core.render import outline
from py_forest.engine import compile as compile_tree
from py_forest.engine import load_definition
from py_forest.engine.catalogue import Catalogue, default_catalogue
from py_forest.engine.registry import default_registry
from py_forest.kit.errors import DefinitionInvalid
from py_forest.kit.text import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from py_forest.core.render import Outline, OutlineNode
    from py_forest.engine import Program
    from py_forest.models.trees import TreeDefinition

_LONGEST_INTEGER = 4_000


def read_tree(source: str) -> TreeDefinition:
    """Read a definition from a file, or from standard input for `-`.

    Raises:
        DocumentUnreadable: it cannot be read.
        DefinitionInvalid: it is no JSON, or there is no tree in it.
    """
    return load_definition(sys.stdin.buffer.read() if source == "-" else Path(source))


def read_program(source: str, modules: Iterable[str] | None = None) -> Program:
    """Read and compile a definition.

    Args:
        source: a file, or `-`.
        modules: Python modules or files that register its actions.

    Raises:
        DocumentUnreadable: it cannot be read.
        DefinitionInvalid: it has errors.
    """
    import_modules(modules)
    return compile_tree(read_tree(source))


def outlined(source: str) -> Outline:
    """Read a definition and lay it out for drawing; with the engine's ids if it is valid."""
    definition = read_tree(source)
    try:
        program = compile_tree(definition)
    except DefinitionInvalid:
        return outline(definition)
    return outline(program.definition, node_ids=program.node_ids)


def known_node_types() -> Catalogue:
    """Return the node types of the plugins and of the actions that are registered."""
    return Catalogue((*default_catalogue(), *default_registry.node_types()))


def import_modules(modules: Iterable[str] | None) -> None:
    """Import modules by name, or files by path, so that they register their actions.

    Raises:
        CommandFailed: one cannot be imported.
    """
    for module in modules or ():
        try:
            if module.endswith(".py"):
                _import_file(Path(module))
            else:
                sys.path.insert(0, str(Path.cwd()))
                importlib.import_module(module)
        except Exception as error:
            if isinstance(error, OSError | CommandFailed):
                raise
            raise CommandFailed(
                f"importing it failed: {type(error).__name__}: {error}",
                place=module,
                way_out=f"`python -c 'import {Path(module).stem}'` shows where",
            ) from error


def parse_sets(assignments: Iterable[str] | None, option: str = "--set") -> dict[str, Any]:
    """Read `key=value` pairs; a value that is no JSON is text.

    Raises:
        UsageFailed: there is no `=`, or no key before it.
    """
    values: dict[str, Any] = {}
    for assignment in assignments or ():
        key, equals, text = assignment.partition("=")
        if not equals or not key.strip():
            raise UsageFailed(
                f"{option} takes KEY=VALUE, not `{assignment}`",
                way_out=f"for example {option} battery=12, or {option} mode=patrol",
            )
        values[key.strip()] = parse_value(text)
    return values


def parse_texts(assignments: Iterable[str] | None, option: str) -> dict[str, str]:
    """Read `key=text` pairs.

    Raises:
        UsageFailed: there is no `=`, or nothing on one side of it.
    """
    texts: dict[str, str] = {}
    for assignment in assignments or ():
        key, _, text = (part.strip() for part in assignment.partition("="))
        if not key or not text:
            raise UsageFailed(f"{option} takes KEY=NAME, not `{assignment}`")
        texts[key] = text
    return texts


def parse_value(text: str) -> Any:  # noqa: ANN401 - any JSON value
    """Read a value: JSON, else text. NaN and infinities are text; they are not JSON."""
    try:
        return json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return text


def find_node(drawn: Outline, wanted: str) -> OutlineNode:
    """Return the node with that id, else that name.

    Raises:
        CommandFailed: there is none, or several go by that name.
    """
    found = drawn.find(wanted)
    if found is None:
        candidates = [node.node_id for node in drawn.nodes] + [node.name for node in drawn.nodes]
        guess = did_you_mean(wanted, candidates)
        hint = f"did you mean `{guess}`? " if guess else ""
        raise CommandFailed(
            f"the tree has no node `{wanted}`",
            way_out=f"{hint}`pyforest show TREE --ids` lists them",
            exit_code=2,
            code="NODE_UNKNOWN",
        )
    namesakes = [node for node in drawn.nodes if node.name == wanted]
    if found.node_id != wanted and len(namesakes) > 1:
        raise CommandFailed(
            f"{len(namesakes)} nodes are called `{wanted}`",
            way_out="say which by its id: " + _some(node.node_id for node in namesakes),
            exit_code=2,
            code="NODE_AMBIGUOUS",
        )
    return found


def _some(words: Iterable[str], most: int = 5) -> str:
    listed: Sequence[str] = [word for word in words if word]
    return ", ".join(listed[:most]) + (", …" if len(listed) > most else "")


def _import_file(path: Path) -> None:
    if not path.is_file():
        raise CommandFailed("there is no such file", place=str(path))
    spec = importlib.util.spec_from_file_location(path.stem, path)
    if spec is None or spec.loader is None:
        raise CommandFailed("it is no Python file", place=str(path))
    module = importlib.util.module_from_spec(spec)
    sys.modules[path.stem] = module
    sys.path.insert(0, str(path.parent))
    spec.loader.exec_module(module)


def _refuse(constant: str) -> None:
    raise ValueError(constant)
