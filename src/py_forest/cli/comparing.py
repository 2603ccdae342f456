"""Letting two versions of a tree decide one table, and finding out what changes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from py_forest.cli import tables
from py_forest.cli.columns import Columns, match_columns
from py_forest.cli.deciding import Watch, decide, progress
from py_forest.cli.tables import Table, arrow
from py_forest.core.compare import DEFAULT_MAX_TICKS, Parting, parting, tell

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from py_forest.engine import Program

_MOST_WAYS: Final = 12
_MOST_IN_MATRIX: Final = 8
_NAMING_COLUMNS: Final = 2


@dataclass(frozen=True, slots=True)
class ComparePlan:
    """What to do.

    Args:
        source: the file to read.
        output: the file to write the changed rows to, if any.
        threads: how many.
        constants: keys with one value for all rows.
        columns: columns of other names than their keys, by key.
        seed: of the first row's random numbers.
        now: time of every tick, in seconds.
        shown: how many changed rows to show.
        explained: how many changed rows to find the deciding node of, at most.
    """

    source: str
    output: Path | None
    threads: int
    constants: dict[str, Any]
    columns: dict[str, str]
    seed: int
    now: float
    shown: int
    explained: int


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which decisions change.

    Args:
        changes: the old and the new value of each output that changes; `("lower", "higher")`-like
            words stand for numbers of which there are too many.
        count: how many rows change this way.
    """

    changes: dict[str, tuple[Any, Any]]
    count: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """How one output goes over, changed rows and others.

    Args:
        output: which.
        values: its values.
        counts: a row for each old value, a column for each new one.
    """

    output: str
    values: list[Any]
    counts: list[list[int]]


@dataclass(frozen=True, slots=True)
class Example:
    """A row that changes.

    Args:
        row: its number in the table, from 1.
        cells: what tells which row it is, and what went into the tree.
        changes: old and new value of each output that changes.
        parting: where the versions part, if that was looked for.
    """

    row: int
    cells: dict[str, Any]
    changes: dict[str, tuple[Any, Any]]
    parting: Parting | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """What came out.

    Args:
        programs: old and new.
        plan: what was to be done.
        rows: how many rows there are.
        changed: how many of them change.
        ways: how they change, most frequent first.
        matrix: how the most telling output goes over.
        partings: how many rows part where, most frequent first.
        explained: how many rows that was looked for.
        examples: the first rows that change.
        only_old: outputs that only the old version has; they are not compared.
        only_new: outputs that only the new version has.
        seconds: how long each step took.
    """

    programs: tuple[Program, Program]
    plan: ComparePlan
    rows: int
    changed: int
    ways: list[Way]
    matrix: Matrix | None
    partings: list[tuple[Parting, int]]
    explained: int
    examples: list[Example]
    only_old: list[str]
    only_new: list[str]
    seconds: dict[str, float]

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        old, new = (
            {"name": each.definition.name, "hash": each.hash, "nodes": each.node_count}
            for each in self.programs
        )
        matrix = self.matrix
        return {
            "old": old,
            "new": new,
            "input": self.plan.source,
            "output": str(self.plan.output) if self.plan.output else None,
            "rows": self.rows,
            "changed": self.changed,
            "ways": [{"changes": _pairs(each.changes), "count": each.count} for each in self.ways],
            "matrix": matrix
            and {"output": matrix.output, "values": matrix.values, "counts": matrix.counts},
            "by_node": [{**each.to_dict(), "count": count} for each, count in self.partings],
            "explained": self.explained,
            "examples": [
                {
                    "row": each.row,
                    "cells": {key: _plain(value) for key, value in each.cells.items()},
                    "changes": _pairs(each.changes),
                    "by": each.parting.to_dict() if each.parting else None,
                }
                for each in self.examples
            ],
            "only_old": self.only_old,
            "only_new": self.only_new,
            "seconds": {name: round(took, 6) for name, took in self.seconds.items()},
        }


def compare_tables(old: Program, new: Program, plan: ComparePlan) -> Comparison:
    """Let both versions decide the table and lay the decisions side by side.

    Raises:
        CommandFailed: the table cannot be used.
    """
    tables.check_output(plan.output)
    watch = Watch({})
    with watch.step("total"), progress(Path(plan.source).name) as begin:
        with watch.step("read"):
            begin("reading", 0)
            names = tables.column_names(plan.source)
            matched = [_columns(each, names, plan) for each in (old, new)]
            table = tables.read(plan.source, {**matched[1].types, **matched[0].types})
        decided = [
            decide(
                program,
                table,
                columns,
                threads=plan.threads,
                seed=plan.seed,
                now=plan.now,
                max_ticks=DEFAULT_MAX_TICKS,
                watch=watch,
                step=f"decide_{step}",
                done=begin(f"deciding, {step}", table.num_rows),
            )
            for program, columns, step in zip((old, new), matched, ("old", "new"), strict=True)
        ]
        shared = [name for name in decided[0].column_names if name in decided[1].column_names]
        before, after = (each.select(shared) for each in decided)
        rows = _changed_rows(before, after)
        count = len(rows)
        with watch.step("explain"):
            told = begin("explaining", min(count, plan.explained))
            partings = _partings((old, new), matched, table, rows=rows, plan=plan, told=told)
        changed = (table.take(rows), before.take(rows), after.take(rows))
        if plan.output is not None:
            with watch.step("write"):
                begin("writing", 0)
                tables.write(_written(*changed, partings), plan.output)
        keys = [name for name in shared if _differ(changed[1], changed[2], name)]
        counted = Counter(partings).most_common()
        return Comparison(
            (old, new),
            plan,
            table.num_rows,
            count,
            _ways(changed[1].select(keys), changed[2].select(keys)) if keys else [],
            _matrix(before, after, keys, new.definition.blackboard_schema),
            counted,
            len(partings),
            _examples(
                changed, keys, rows=rows, matched=matched, partings=partings, shown=plan.shown
            ),
            [name for name in decided[0].column_names if name not in shared],
            [name for name in decided[1].column_names if name not in shared],
            watch.seconds,
        )


def _columns(program: Program, names: list[str], plan: ComparePlan) -> Columns:
    known = set(program.variables)
    return match_columns(
        program,
        names,
        {key: column for key, column in plan.columns.items() if key in known},
        {key: value for key, value in plan.constants.items() if key in known},
        plan.source,
    )


def _changed_rows(before: Table, after: Table) -> Any:  # noqa: ANN401 - an array of pyarrow
    compute: Any = arrow("compute")
    differs = arrow().repeat(arrow().scalar(False), before.num_rows)
    for name in before.column_names:
        differs = compute.or_(differs, _unequal(before.column(name), after.column(name)))
    return compute.indices_nonzero(differs)


def _unequal(one: Any, other: Any) -> Any:  # noqa: ANN401 - columns of pyarrow
    """Say where two columns differ; two nulls do not."""
    compute: Any = arrow("compute")
    if one.type != other.type:
        one, other = one.cast("string"), other.cast("string")
    values = compute.fill_null(compute.not_equal(one, other), False)
    return compute.or_(values, compute.xor(compute.is_null(one), compute.is_null(other)))


def _differ(before: Table, after: Table, name: str) -> bool:
    return bool(arrow("compute").any(_unequal(before.column(name), after.column(name))).as_py())


def _partings(
    programs: tuple[Program, Program],
    matched: list[Columns],
    table: Table,
    *,
    rows: Any,  # noqa: ANN401 - an array of pyarrow
    plan: ComparePlan,
    told: Callable[[int], None],
) -> list[Parting]:
    """Find where the versions part, for the first rows that change."""
    looked_at = rows.slice(0, plan.explained)
    cases = table.take(looked_at)
    old, new = programs
    found = []
    values = [_cases(cases, columns) for columns in matched]
    for place, row in enumerate(looked_at.to_pylist()):
        before, after = (
            tell(program, each[place], seed=plan.seed + row, now=plan.now)
            for program, each in zip(programs, values, strict=True)
        )
        found.append(parting(old, new, before, after))
        told(place + 1)
    return found


def _cases(table: Table, columns: Columns) -> list[dict[str, Any]]:
    names = dict.fromkeys(columns.sources.values())
    records = table.select(list(names)).to_pylist()
    return [
        {
            **columns.constants,
            **{
                key: record[column]
                for key, column in columns.sources.items()
                if record[column] is not None
            },
        }
        for record in records
    ]


def _ways(before: Table, after: Table) -> list[Way]:
    names = before.column_names
    both = arrow().table(
        {
            **{f"old {name}": before.column(name) for name in names},
            **{f"new {name}": after.column(name) for name in names},
        }
    )
    counted = both.group_by(both.column_names).aggregate([([], "count_all")]).to_pylist()
    is_wide = len(counted) > _MOST_WAYS
    ways: Counter[tuple[tuple[str, Any, Any], ...]] = Counter()
    for each in counted:
        pairs = [(name, each[f"old {name}"], each[f"new {name}"]) for name in names]
        changes = [_told(pair) if is_wide else pair for pair in pairs if pair[1] != pair[2]]
        ways[tuple(changes)] += each["count_all"]
    return [
        Way({name: (old, new) for name, old, new in changes}, count)
        for changes, count in ways.most_common()
    ]


def _told(pair: tuple[str, Any, Any]) -> tuple[str, Any, Any]:
    """Say of two numbers only which way they go."""
    name, old, new = pair
    if isinstance(old, float) and isinstance(new, float):
        return (name, "lower", "higher") if old < new else (name, "higher", "lower")
    return pair


def _matrix(
    before: Table, after: Table, keys: list[str], schema: Mapping[str, Any]
) -> Matrix | None:
    """Return how the first output with few values goes over."""
    for name in keys:
        both = arrow().table({"old": before.column(name), "new": after.column(name)})
        counted = both.group_by(["old", "new"]).aggregate([([], "count_all")]).to_pylist()
        values = list(dict.fromkeys([each[side] for each in counted for side in ("old", "new")]))
        if len(values) > _MOST_IN_MATRIX:
            continue
        order = schema.get(name, {}).get("enum") or ()
        values.sort(key=lambda value: (order.index(value) if value in order else -1, str(value)))
        counts = [[0] * len(values) for _ in values]
        for each in counted:
            counts[values.index(each["old"])][values.index(each["new"])] = each["count_all"]
        return Matrix(name, values, counts)
    return None


def _examples(
    changed: tuple[Table, Table, Table],
    keys: list[str],
    *,
    rows: Any,  # noqa: ANN401 - an array of pyarrow
    matched: list[Columns],
    partings: list[Parting],
    shown: int,
) -> list[Example]:
    table, before, after = (each.slice(0, shown) for each in changed)
    going_in = [*matched[0].sources.values(), *matched[1].sources.values()]
    names = dict.fromkeys([*table.column_names[:_NAMING_COLUMNS], *going_in])
    cells = table.select(list(names)).to_pylist()
    olds, news = before.to_pylist(), after.to_pylist()
    return [
        Example(
            row + 1,
            cells[place],
            {
                key: (olds[place][key], news[place][key])
                for key in keys
                if olds[place][key] != news[place][key]
            },
            partings[place] if place < len(partings) else None,
        )
        for place, row in enumerate(rows.slice(0, shown).to_pylist())
    ]


def _written(table: Table, before: Table, after: Table, partings: list[Parting]) -> Table:
    """Return the rows that change with their old and new decisions and the deciding node."""
    left_out = [None] * (table.num_rows - len(partings))
    extra = {
        **{f"old_{name}": before.column(name) for name in before.column_names},
        **{f"new_{name}": after.column(name) for name in after.column_names},
        "deciding_node_id": arrow().array([each.node_id for each in partings] + left_out, "string"),
        "deciding_node": arrow().array([each.name for each in partings] + left_out, "string"),
    }
    for name, column in extra.items():
        free = name
        while free in table.column_names:
            free += "_decided"
        table = table.append_column(free, column)
    return table


def _pairs(changes: dict[str, tuple[Any, Any]]) -> dict[str, dict[str, Any]]:
    return {name: {"old": _plain(old), "new": _plain(new)} for name, (old, new) in changes.items()}


def _plain(value: Any) -> Any:  # noqa: ANN401 - any value of a table, any JSON value
    """Return a value of a table as JSON; dates and the like as text."""
    return value if isinstance(value, bool | int | float | str | None) else str(value)
