"""`pyforest why`: why a node has the status it has."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from py_forest.cli import inputs, logs, options, terminal
from py_forest.cli.failures import UsageFailed
from py_forest.core.logfile import LogReader
from py_forest.core.render import outline, text_lines
from py_forest.engine import why_at
from py_forest.models.status import Status

if TYPE_CHECKING:
    from py_forest.core.render import Outline, OutlineNode
    from py_forest.engine import Execution, Program

_EPILOG = """
[bold]Examples[/bold]
[dim]$[/dim] pyforest why tree.json "Large order?" --set order_total=50
[dim]$[/dim] pyforest why tree.json dock --log run.pfrec --tick 17    [dim]as it was then[/dim]

NODE is an id or a name; `pyforest show TREE --ids` lists them.
"""


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("why", rich_help_panel=options.RUN, epilog=_EPILOG)(why)


def why(
    tree: options.Tree,
    node: Annotated[str, typer.Argument(metavar="NODE", help="A node: its id or its name.")],
    *,
    sets: options.Sets = None,
    ticks: Annotated[
        int, typer.Option("--ticks", metavar="N", min=1, help="Ticks to take first.")
    ] = 1,
    log: Annotated[
        Path | None,
        typer.Option("--log", "-l", metavar="FILE", help="Ask a recorded execution instead."),
    ] = None,
    tick: Annotated[
        int | None,
        typer.Option(
            "--tick", "-t", metavar="N", min=1, help="After which tick of the log; else the last."
        ),
    ] = None,
    salvage: options.Salvage = False,
    seed: options.Seed = 0,
    now: Annotated[
        float | None,
        typer.Option("--now", metavar="SECONDS", help="Time of every tick; else the clock's."),
    ] = None,
    modules: options.Imports = None,
    as_json: options.Json = False,
) -> None:
    """Say why a node has the status it has: after ticks with these values, or in a log."""
    if log is None and (tick is not None or salvage):
        raise UsageFailed("--tick and --salvage need --log")
    if log is not None and sets:
        raise UsageFailed("--set and --log exclude each other: a log has its own values")
    program = inputs.read_program(tree, modules)
    drawn = outline(program.definition, node_ids=program.node_ids)
    found = inputs.find_node(drawn, node)
    if log is None:
        execution = program.start(seed=seed)
        records = _take(execution, ticks, inputs.parse_sets(sets), now)
        reason = why_at(program, execution.header, records, ticks, found.node_id)
    else:
        with LogReader(log, is_tolerant=salvage) as reader:
            execution = logs.at_tick(reader, [program], tick)
        with LogReader(log, is_tolerant=salvage) as reader:
            reason = logs.why_at_tick(reader, [program], execution, found.node_id)
    statuses = execution.statuses()
    if as_json:
        terminal.print_json(_report(execution, program, found, reason))
    else:
        _show(drawn, found, statuses, reason)
    execution.close()


def _take(
    execution: Execution, ticks: int, values: dict[str, Any], now: float | None
) -> list[bytes]:
    records = []
    for done in range(ticks):
        try:
            outcome = execution.tick(values if values and not done else None, now=now)
        except ValueError as error:
            if not values:
                raise
            raise UsageFailed(f"--set: {error}") from error
        records.append(outcome.record or b"")
    return records


def _report(
    execution: Execution, program: Program, found: OutlineNode, reason: str
) -> dict[str, Any]:
    return {
        "node_id": found.node_id,
        "name": found.name,
        "node_type": found.node_type,
        "path": program.path(found.node_id),
        "status": execution.statuses()[found.node_id].name,
        "tick": execution.tick_count,
        "why": reason,
        "blackboard": execution.blackboard.to_dict(),
    }


def _show(drawn: Outline, found: OutlineNode, statuses: dict[str, Status], reason: str) -> None:
    """Print the reason, below the way from the root to the node."""
    console = terminal.output()
    for each in drawn.nodes:
        each.status = statuses[each.node_id]
    line = _line(drawn, found)
    for shown in text_lines(drawn.only(line), charset=terminal.charset()):
        text = terminal.tree_line(shown)
        if shown.node.node_id == found.node_id:
            text.append("  ←", "doubt")
        terminal.print_line(text)
    console.print()
    console.print(Text(reason))


def _line(drawn: Outline, found: OutlineNode) -> list[OutlineNode]:
    """Return what is above a node, its siblings, itself and its children, in pre-order."""
    kept = {found.index, *found.children}
    at = found
    while at.parent >= 0:
        at = drawn.nodes[at.parent]
        kept |= {at.index}
    if found.parent >= 0:
        kept |= set(drawn.nodes[found.parent].children)
    return [drawn.nodes[index] for index in sorted(kept)]
