"""`pyforest validate`: every problem of trees, at once."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import typer
from rich.text import Text

from py_forest.cli import exits, failures, inputs, options, problems, terminal
from py_forest.engine import validate as problems_of
from py_forest.kit.errors import DefinitionInvalid
from py_forest.kit.text import counted
from py_forest.models.trees import Problem

_EPILOG = """
[bold]Examples[/bold]
[dim]$[/dim] pyforest validate tree.json
[dim]$[/dim] pyforest validate trees/*.json --json
[dim]$[/dim] pyforest validate robot.json --import actions.py   [dim]its actions too[/dim]
"""

Trees = Annotated[
    list[str],
    typer.Argument(
        metavar="TREE...", help="Tree definitions: JSON files, or - for standard input."
    ),
]
Strict = Annotated[bool, typer.Option("--strict", help="Count warnings as errors.", metavar="")]


class _Verdict(NamedTuple):
    """What was found in one file."""

    source: str
    name: str
    problems: list[Problem]
    failure: failures.Failure | None

    def count(self, severity: str) -> int:
        return sum(problem.severity == severity for problem in self.problems)


def register(group: typer.Typer) -> None:
    """Add the command."""
    group.command("validate", rich_help_panel=options.LOOK, epilog=_EPILOG)(validate)


def validate(
    trees: Trees,
    strict: Strict = False,
    modules: options.Imports = None,
    as_json: options.Json = False,
) -> None:
    """Check trees: all problems at once, each with its place and, where known, its remedy.

    Ends with 1 if a tree has errors, with 3 if one cannot be read.
    """
    inputs.import_modules(modules)
    verdicts = [_judge(source) for source in trees]
    if as_json:
        terminal.print_json(_report(verdicts, strict))
    else:
        for verdict in verdicts:
            _show(verdict)
    raise typer.Exit(_exit_code(verdicts, strict))


def _judge(source: str) -> _Verdict:
    try:
        definition = inputs.read_tree(source)
    except DefinitionInvalid as invalid:
        found: Any = invalid.problems
        return _Verdict(source, "", list(found), None)
    except Exception as error:
        failure = failures.explain(error)
        if failure.exit_code == exits.INTERNAL:
            raise
        return _Verdict(source, "", [], failure)
    return _Verdict(source, definition.name, problems_of(definition), None)


def _is_valid(verdict: _Verdict, strict: bool) -> bool:
    if verdict.failure or verdict.count("error"):
        return False
    return not (strict and verdict.problems)


def _exit_code(verdicts: list[_Verdict], strict: bool) -> int:
    if any(verdict.failure for verdict in verdicts):
        return exits.UNREADABLE
    return exits.OK if all(_is_valid(each, strict) for each in verdicts) else exits.NOT_OK


def _report(verdicts: list[_Verdict], strict: bool) -> dict[str, Any]:
    return {
        "valid": all(_is_valid(each, strict) for each in verdicts),
        "trees": [
            {
                "file": each.source,
                "name": each.name,
                "valid": _is_valid(each, strict),
                "errors": each.count("error"),
                "warnings": each.count("warning"),
                "problems": [problem.to_dict() for problem in each.problems],
                **(each.failure.to_dict() if each.failure else {}),
            }
            for each in verdicts
        ],
    }


def _show(verdict: _Verdict) -> None:
    console = terminal.output()
    if verdict.failure:
        problems.print_failure(terminal.messages(), verdict.failure)
        return
    errors, warnings = verdict.count("error"), verdict.count("warning")
    mark = ("✗ ", "bad") if errors else ("! ", "doubt") if warnings else ("✓ ", "good")
    counts = [counted(errors, "error")] if errors else []
    counts += [counted(warnings, "warning")] if warnings else []
    title = f"  {verdict.name}" if verdict.name else ""
    summary = ", ".join(counts) or "no problems"
    console.print(Text.assemble(mark, (verdict.source, "bold"), title, (f"  {summary}", "quiet")))
    if verdict.problems:
        problems.print_problems(console, verdict.problems)
