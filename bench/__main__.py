"""Run the measures: `python -m bench [--only NAME] [--quick] [--json] [--write PAGE]`."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from bench import page, table
from bench.cases import CASES
from bench.effort import FULL, QUICK
from bench.machine import describe_machine
from bench.result import Measure


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and say by the exit code whether every bar is met (0) or not (1)."""
    options = _parser().parse_args(arguments)
    if options.write and options.only:
        _parser().error("--write needs every measure: leave --only out")
    names = options.only or list(CASES)
    if options.alone:
        json.dump(CASES[names[0]](QUICK if options.quick else FULL).to_json(), sys.stdout)
        return 0
    machine = describe_machine()
    measures: list[Measure] = []
    for measure in run(names, quick=options.quick):
        measures.append(measure)
        if not options.json:
            table.print_measure(measure)
    if options.json:
        report = {"machine": machine, "measures": [measure.to_json() for measure in measures]}
        json.dump(report, sys.stdout, indent=1)
        print()
    else:
        table.print_summary(measures)
    if options.write:
        page.write(options.write, measures, machine, quick=options.quick)
    return 0 if all(row.is_met is not False for each in measures for row in each.rows) else 1


def run(names: list[str], *, quick: bool) -> Iterator[Measure]:
    """Yield each measure as it is done.

    Each has a process of its own: what one leaves behind (memory that need not be asked for again,
    objects, a raised threshold) must not make the next look better or worse.
    """
    for name in names:
        command = [sys.executable, "-m", "bench", "--alone", "--only", name]
        done = subprocess.run(  # noqa: S603 - this interpreter and module
            command + ["--quick"] * quick,
            cwd=Path(__file__).parents[1],
            stdout=subprocess.PIPE,
            text=True,
            check=True,
        )
        yield Measure.from_json(json.loads(done.stdout))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--only", action="append", choices=sorted(CASES), metavar="NAME", help=", ".join(CASES)
    )
    parser.add_argument("--quick", action="store_true", help="smaller sizes, fewer rounds")
    parser.add_argument("--json", action="store_true", help="print JSON, raw samples included")
    parser.add_argument(
        "--write", type=Path, metavar="PAGE", help="replace the tables of a page and its chart"
    )
    parser.add_argument("--alone", action="store_true", help=argparse.SUPPRESS)
    return parser


if __name__ == "__main__":
    sys.exit(main())
