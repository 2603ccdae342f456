"""Run the measures: `python -m bench [--only NAME] [--quick] [--json] [--write PAGE]`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path

from bench import page, table
from bench.cases import CASES
from bench.effort import FULL, QUICK, Effort
from bench.machine import describe_machine
from bench.result import Measure


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, and say by the exit code whether every bar is met (0) or not (1)."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--only", action="append", choices=sorted(CASES), metavar="NAME", help=", ".join(CASES)
    )
    parser.add_argument("--quick", action="store_true", help="smaller sizes, fewer rounds")
    parser.add_argument("--json", action="store_true", help="print JSON, raw samples included")
    parser.add_argument(
        "--write", type=Path, metavar="PAGE", help="replace the tables of a page and its chart"
    )
    options = parser.parse_args(arguments)
    if options.write and options.only:
        parser.error("--write needs every measure: leave --only out")
    effort = QUICK if options.quick else FULL
    measures: list[Measure] = []
    for measure in run(options.only or list(CASES), effort):
        measures.append(measure)
        if not options.json:
            table.print_measure(measure)
    machine = describe_machine()
    if options.json:
        report = {"machine": machine, "measures": [measure.to_json() for measure in measures]}
        json.dump(report, sys.stdout, indent=1)
        print()
    else:
        table.print_summary(measures)
    if options.write:
        page.write(options.write, measures, machine, quick=options.quick)
    return 0 if all(row.is_met is not False for each in measures for row in each.rows) else 1


def run(names: list[str], effort: Effort) -> Iterator[Measure]:
    """Yield each measure as it is done."""
    for name in names:
        yield CASES[name](effort)


if __name__ == "__main__":
    sys.exit(main())
