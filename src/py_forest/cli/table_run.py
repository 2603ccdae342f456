"""Running a tree on every row of a file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from py_forest.cli import tables
from py_forest.cli.columns import Columns, match_columns
from py_forest.cli.deciding import Watch, decide, progress
from py_forest.cli.tallies import Tally, periods_of, tally

if TYPE_CHECKING:
    from py_forest.cli.tables import Table
    from py_forest.cli.tallies import Periods
    from py_forest.engine import Program

_MOST_TICKS: Final = 100


@dataclass(frozen=True, slots=True)
class TablePlan:
    """What to do.

    Args:
        source: the file to read.
        output: the file to write, if any.
        threads: how many.
        constants: keys with one value for all rows.
        columns: columns of other names than their keys, by key.
        seed: of the first row's random numbers.
        now: time of every tick, in seconds; None for the clock's.
        ticks: ticks of a row at most.
    """

    source: str
    output: Path | None
    threads: int
    constants: dict[str, Any]
    columns: dict[str, str]
    seed: int
    now: float | None = None
    ticks: int | None = None


@dataclass(frozen=True, slots=True)
class TableRun:
    """What came out.

    Args:
        program: the tree.
        plan: what was to be done.
        columns: what went into the tree.
        rows: how many rows there were.
        tallies: how often each value came out, by output; `status` first.
        periods: the decisions over time, if the table has dates.
        seconds: how long each step took.
    """

    program: Program
    plan: TablePlan
    columns: Columns
    rows: int
    tallies: list[Tally]
    periods: Periods | None
    seconds: dict[str, float]

    @property
    def rows_per_second(self) -> float | None:
        """Rows decided per second of the decision step."""
        took = self.seconds["decide"]
        return self.rows / took if took and self.rows else None

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        plan, program = self.plan, self.program
        return {
            "tree": {
                "name": program.definition.name,
                "hash": program.hash,
                "nodes": program.node_count,
            },
            "input": plan.source,
            "output": str(plan.output) if plan.output else None,
            "rows": self.rows,
            "columns": self.columns.sources,
            "constants": self.columns.constants,
            "defaulted": self.columns.defaulted,
            "threads": plan.threads,
            "decisions": {each.name: each.to_list() for each in self.tallies},
            "periods": self.periods.to_dict() if self.periods else None,
            "seconds": {name: round(took, 6) for name, took in self.seconds.items()},
            "rows_per_second": self.rows_per_second,
        }


def run_table(program: Program, plan: TablePlan) -> TableRun:
    """Let a tree decide every row of a table, write the decisions, and sum them up.

    Args:
        program: the tree.
        plan: what to do.

    Raises:
        CommandFailed: the table cannot be used.
    """
    tables.check_output(plan.output)
    watch = Watch({})
    with watch.step("total"), progress(Path(plan.source).name) as begin:
        with watch.step("read"):
            begin("reading", 0)
            names = tables.column_names(plan.source)
            columns = match_columns(program, names, plan.columns, plan.constants, plan.source)
            table = tables.read(plan.source, columns.types)
        decided = decide(
            program,
            table,
            columns,
            threads=plan.threads,
            seed=plan.seed,
            now=plan.now,
            max_ticks=plan.ticks or _MOST_TICKS,
            watch=watch,
            done=begin("deciding", table.num_rows),
        )
        if plan.output is not None:
            with watch.step("write"):
                begin("writing", 0)
                tables.write(beside(table, decided), plan.output)
        with watch.step("count"):
            schema = program.definition.blackboard_schema
            tallies = [
                tally(decided.column(name), name, schema.get(name, {}))
                for name in decided.column_names
            ]
            periods = periods_of(table, decided, tallies)
    return TableRun(program, plan, columns, table.num_rows, tallies, periods, watch.seconds)


def beside(table: Table, decided: Table) -> Table:
    """Return a table with the decisions beside it; a name that is taken gets `_decided` added."""
    for name in decided.column_names:
        free = name
        while free in table.column_names:
            free += "_decided"
        table = table.append_column(free, decided.column(name))
    return table
