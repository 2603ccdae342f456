"""Letting a tree decide every row of a table."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskProgressColumn, TextColumn

from py_forest.cli import terminal
from py_forest.cli.failures import CommandFailed, UsageFailed
from py_forest.cli.tables import Table, arrow
from py_forest.kit.clock import SYSTEM_CLOCK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from py_forest.cli.columns import Columns
    from py_forest.engine import Program


_WORTH_WATCHING: Final = 1_000_000
"""Rows. The engine looks up from its work twenty times a second, no sooner."""


@dataclass(slots=True)
class Watch:
    """How long the steps of a command took, in seconds, by name."""

    seconds: dict[str, float]

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        """Time a step."""
        begun = SYSTEM_CLOCK.monotonic()
        try:
            yield
        finally:
            self.seconds[name] = SYSTEM_CLOCK.monotonic() - begun


@contextmanager
def progress(title: str) -> Iterator[Callable[[str, int], Callable[[int], None]]]:
    """Show bars for the steps of long work to whoever watches; they go when the work is done.

    Args:
        title: whose work it is.

    Yields:
        `begin(step, total)`, which shows a bar and returns what to call with the number done.
    """
    if not terminal.messages().is_terminal:
        yield lambda _step, _total: lambda _done: None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TaskProgressColumn(),
    )
    with Progress(*columns, console=terminal.messages(), transient=True) as bars:

        def begin(step: str, total: int) -> Callable[[int], None]:
            task = bars.add_task(f"{title}: {step}", total=total or None)
            return lambda done: bars.update(task, completed=done)

        yield begin


def decide(
    program: Program,
    table: Table,
    columns: Columns,
    *,
    threads: int,
    seed: int,
    now: float | None,
    max_ticks: int,
    watch: Watch,
    step: str = "decide",
    done: Callable[[int], None],
) -> Table:
    """Return a table of status and outputs, a row for each row.

    Args:
        program: the tree.
        table: the rows.
        columns: what goes into the tree.
        threads: how many.
        seed: of the first row's random numbers.
        now: time of every tick; None for the clock's.
        max_ticks: ticks of a row at most.
        watch: gets the time of the decisions alone.
        step: what to call that time.
        done: is told how many rows are done, of a table that is not decided in a blink.

    Raises:
        CommandFailed: a value does not fit its key.
    """
    pyarrow = arrow()
    given = pyarrow.table(
        {key: table.column(column) for key, column in columns.sources.items()}
        | {key: _constant(value, table.num_rows) for key, value in columns.constants.items()}
    )
    if not given.num_columns:
        # A table without columns has no rows either: one that means nothing counts them.
        given = pyarrow.table({"": pyarrow.nulls(table.num_rows)})
    outputs = [key for key in program.output_keys if key not in given.column_names]
    try:
        with watch.step(step):
            answered = program.run_batch(
                given,
                threads=threads,
                outputs=outputs,
                now=now,
                seed=seed,
                max_ticks=max_ticks,
                progress=done if table.num_rows >= _WORTH_WATCHING else None,
            )
    except ValueError as error:
        raise CommandFailed(
            str(error),
            way_out="mend the row, or the key's declaration in `blackboard_schema`",
            code="VALUE_REFUSED",
        ) from error
    decided = pyarrow.table(answered)
    return decided.select([name for name in decided.column_names if name not in given.column_names])


def _constant(value: Any, rows: int) -> Any:  # noqa: ANN401 - any JSON value, a column
    pyarrow = arrow()
    if isinstance(value, list | dict):
        raise UsageFailed(
            "--set: for a table, a value is a number, a text or true or false",
            way_out="give lists and objects a default in `blackboard_schema`",
        )
    try:
        return pyarrow.repeat(pyarrow.scalar(value), rows)
    except (pyarrow.ArrowException, TypeError, OverflowError) as error:
        raise CommandFailed(
            f"--set: a column cannot hold {value!r}: {error}", exit_code=2
        ) from error
