"""Arguments and options that commands share."""

from __future__ import annotations

from typing import Annotated, TypeAlias

import typer

LOOK = "Look"
RUN = "Run"
COMPARE = "Compare"
REFERENCE = "Reference"


def _seed(seed: int) -> int:
    if not 0 <= seed < 2**64:
        raise typer.BadParameter("a seed is a number from 0 to 2**64 - 1")
    return seed


Json: TypeAlias = Annotated[
    bool,
    typer.Option("--json", help="Print JSON for programs instead of text for people.", metavar=""),
]
Tree: TypeAlias = Annotated[
    str,
    typer.Argument(metavar="TREE", help="A tree definition: a JSON file, or - for standard input."),
]
Sets: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        "-s",
        metavar="KEY=VALUE",
        help="Set a blackboard key; the value is JSON, else text. Can be given again.",
    ),
]
Seed: TypeAlias = Annotated[
    int, typer.Option(help="Seed of the random numbers.", metavar="N", callback=_seed)
]
Imports: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--import",
        "-i",
        metavar="MODULE",
        help="Import a Python module or file first: it registers the tree's actions.",
    ),
]
ExitCode: TypeAlias = Annotated[
    bool, typer.Option("--exit-code", help="End with 1 if there is a difference.", metavar="")
]
Columns: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--column",
        "-c",
        metavar="KEY=COLUMN",
        help="Take a blackboard key from a column of another name.",
    ),
]
Threads: TypeAlias = Annotated[int, typer.Option("--threads", metavar="N", min=1, help="Threads.")]
Salvage: TypeAlias = Annotated[
    bool, typer.Option("--salvage", help="Take what is whole of a log that breaks off.", metavar="")
]
