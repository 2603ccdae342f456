"""`pyforest replay`: does a log come out the same again?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from py_forest.cli import exits, inputs, logs, options, terminal
from py_forest.core.logfile import LogReader
from py_forest.engine import ReplayReport
from py_forest.engine import replay as replay_log
from py_forest.kit.text import counted

if TYPE_CHECKING:
    from py_forest.engine import Program, TickRecord

_EPILOG = """
[bold]Examples[/bold]
[dim]$[/dim] pyforest run tree.json --ticks 100 --record run.pfrec
[dim]$[/dim] pyforest replay run.pfrec tree.json
[dim]$[/dim] pyforest replay run.pfrec v1.json v2.json     [dim]a log with a reload in it[/dim]
[dim]$[/dim] pyforest replay cut.pfrec tree.json --salvage [dim]what is whole of a cut log[/dim]

The inputs and what leaves answered come from the log: no action is called. Ends with 1 if a record
differs.
"""


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("replay", rich_help_panel=options.RUN, epilog=_EPILOG)(replay)


def replay(
    log: Annotated[Path, typer.Argument(metavar="LOG", help="A log: `pyforest run --record`.")],
    trees: Annotated[
        list[str], typer.Argument(metavar="TREE...", help="The tree that wrote it; all versions.")
    ],
    *,
    salvage: options.Salvage = False,
    modules: options.Imports = None,
    as_json: options.Json = False,
) -> None:
    """Tick through a log again and check that every record comes out the same, byte for byte."""
    inputs.import_modules(modules)
    programs = [inputs.read_program(each) for each in trees]
    reports: list[tuple[ReplayReport, Program]] = []
    with LogReader(log, is_tolerant=salvage) as reader:
        for section, program in logs.sections(reader, programs):
            reports.append((replay_log(program, section.header, section.records), program))
            if not reports[-1][0].equal:
                break
        is_complete = reader.is_complete
    is_equal = all(report.equal for report, _ in reports)
    if as_json:
        terminal.print_json(_report([each for each, _ in reports], is_equal, is_complete))
    else:
        _show(log, reports, is_complete)
    raise typer.Exit(exits.OK if is_equal else exits.NOT_OK)


def _report(reports: list[ReplayReport], is_equal: bool, is_complete: bool) -> dict[str, Any]:
    return {
        "equal": is_equal,
        "complete": is_complete,
        "records": sum(each.ticks for each in reports),
        "sections": [
            {
                "equal": each.equal,
                "records": each.ticks,
                "first_difference": each.first_difference,
                "tick": each.tick,
                "node_id": each.node_id,
            }
            for each in reports
        ],
    }


def _show(log: Path, reports: list[tuple[ReplayReport, Program]], is_complete: bool) -> None:
    console = terminal.output()
    records = sum(report.ticks for report, _ in reports)
    last, program = reports[-1]
    if last.equal:
        of = f" in {len(reports)} sections" if len(reports) > 1 else ""
        said = f"{counted(records, 'record')}{of} came out the same, byte for byte"
        console.print(Text.assemble(("✓ ", "good"), (log.name, "bold"), f"  {said}"))
        if not is_complete:
            terminal.messages().print(
                Text.assemble(
                    ("! ", "doubt"), "the log breaks off: only what is whole was replayed"
                )
            )
        return
    console.print(Text.assemble(("✗ ", "bad"), (log.name, "bold"), f"  {last.first_difference}"))
    if last.node_id is not None:
        console.print(Text.assemble(("  node      ", "quiet"), program.path(last.node_id)))
    for label, record in (("the log", last.recorded), ("replayed", last.replayed)):
        if record is not None:
            console.print(Text.assemble((f"  {label:<9} ", "quiet"), _told(record)))


def _told(record: TickRecord) -> Text:
    text = terminal.status_text(record.root)
    text.append(f"  {counted(len(record.visited), 'node')} visited")
    changed = ", ".join(f"{key} = {value!r}" for key, value in record.changed.items())
    return text.append(f"  {changed}") if changed else text
