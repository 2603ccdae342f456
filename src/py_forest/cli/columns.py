"""Which column of a table is which blackboard key."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from py_forest.cli.failures import CommandFailed, UsageFailed
from py_forest.core.accesses import Accesses
from py_forest.kit.text import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from py_forest.engine import Program

_MOST_NAMED: Final = 12
_MOST_LOOKED_AT: Final = 20_000
_INWARDS = ("in", "inout")


@dataclass(frozen=True, slots=True)
class Columns:
    """What goes into the tree.

    Args:
        sources: the column for each key that has one.
        types: the declared type of each of these columns.
        constants: keys with one value for all rows.
        defaulted: keys that start from their default in every row, with that default.
    """

    sources: dict[str, str]
    types: dict[str, str]
    constants: dict[str, Any]
    defaulted: dict[str, Any]


def match_columns(
    program: Program,
    names: Sequence[str],
    given: Mapping[str, str],
    constants: Mapping[str, Any],
    source: str,
) -> Columns:
    """Find the columns a tree takes its values from: by name, unless told otherwise.

    Args:
        program: the tree.
        names: the columns there are.
        given: columns by key, as typed.
        constants: values by key, as typed.
        source: the file, for messages.

    Raises:
        UsageFailed: a key or a column that was typed does not exist.
        CommandFailed: a key has no column, no constant and no default.
    """
    known = list(dict.fromkeys(program.variables))
    _check_typed(known, names, given, constants)
    schema = program.definition.blackboard_schema
    expected, accepted = _inputs(program, known)
    sources: dict[str, str] = {}
    defaulted: dict[str, Any] = {}
    for key in accepted:
        if key in constants:
            continue
        column = given.get(key, key)
        if column in names:
            sources[key] = column
        elif key in expected:
            defaulted[key] = _default(key, schema.get(key, {}), names, source)
    if expected and not sources and not constants:
        raise CommandFailed(
            f"no column of it is a key of the tree ({_named(expected)})",
            place=source,
            way_out=f"--column {expected[0]}=COLUMN; its columns are {_named(names)}",
            code="COLUMNS_MISSING",
        )
    types = {column: str(schema.get(key, {}).get("type", "any")) for key, column in sources.items()}
    return Columns(sources, types, dict(constants), defaulted)


def _inputs(program: Program, known: list[str]) -> tuple[list[str], list[str]]:
    """Return the keys a table should have, and those it may have."""
    schema = program.definition.blackboard_schema
    directions = {key: schema.get(key, {}).get("direction") for key in known}
    if any(directions.values()):
        expected = [key for key, direction in directions.items() if direction in _INWARDS]
        return expected, [key for key, direction in directions.items() if direction != "out"]
    if program.node_count > _MOST_LOOKED_AT:
        return [], known
    accesses = Accesses(program)
    reads = {key for node in program.node_ids for key in accesses.reads(node)}
    writes = {key for node in program.node_ids for key in accesses.writes(node)}
    return [key for key in known if key in reads - writes], [key for key in known if key in reads]


def _default(key: str, declared: Mapping[str, Any], names: Sequence[str], source: str) -> Any:  # noqa: ANN401
    """Return what a key starts from without a column, if that can be meant."""
    guess = did_you_mean(key, names)
    if guess is None and "default" in declared:
        return declared["default"]
    hint = f"; did you mean `{guess}`?" if guess else ""
    example = f"--column {key}={guess or 'COLUMN'}"
    raise CommandFailed(
        f"no column is called `{key}`, which the tree reads{hint}",
        place=source,
        way_out=f"{example}, or --set {key}=VALUE for all rows; its columns are {_named(names)}",
        code="COLUMNS_MISSING",
    )


def _check_typed(
    known: list[str],
    names: Sequence[str],
    given: Mapping[str, str],
    constants: Mapping[str, Any],
) -> None:
    for key in {**given, **constants}:
        option = "--column" if key in given else "--set"
        if key not in known:
            raise UsageFailed(
                f"{option}: the tree has no key `{key}`", way_out=_guessed(key, known)
            )
        if key in given and key in constants:
            raise UsageFailed(f"`{key}` is given twice: by --column and by --set")
    for key, column in given.items():
        if column not in names:
            raise UsageFailed(
                f"--column {key}={column}: there is no such column", way_out=_guessed(column, names)
            )


def _guessed(word: str, candidates: Sequence[str]) -> str:
    guess = did_you_mean(word, candidates)
    return f"did you mean `{guess}`?" if guess else f"there is {_named(candidates)}"


def _named(names: Sequence[str]) -> str:
    rest = len(names) - _MOST_NAMED
    return ", ".join(names[:_MOST_NAMED]) + (f" and {rest:,} more" if rest > 0 else "")
