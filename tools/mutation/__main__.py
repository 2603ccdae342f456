"""`python -m tools.mutation`: put small errors into the tick, one at a time, and test each.

A mutant is killed when a C++ test fails or hangs; one that survives those meets the recorded
cases of the reference engine in Python. Exit code 1 when fewer are killed than `--bar` asks for. A
run that was stopped goes on where it was, as long as neither sources nor tests have changed.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import tempfile
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from tools.mutation import mutants
from tools.mutation.equivalent import is_equivalent
from tools.mutation.journal import Journal, digest_of
from tools.mutation.mutants import Mutant
from tools.mutation.workshop import BuildError, Workshop, test_command

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("native/include/pyforest/nodes/*.h", "native/src/interpreter.h", "native/src/tick.cpp")
BY_TESTS, BY_CASES, SURVIVED, NO_BUILD = "C++ tests", "Python cases", "survived", "does not compile"


def judge(workshop: Workshop, mutant: Mutant, cases: Path | None) -> str:
    """Build and test one mutant."""
    original = workshop.text(mutant.path)
    workshop.put(mutant.path, mutant.applied(original))
    try:
        changed = workshop.rebuild(mutant.path)
    finally:
        workshop.put(mutant.path, original)
    if changed is None:
        return NO_BUILD
    program = workshop.link_tests(changed)
    if program is None:
        return NO_BUILD
    if not workshop.passes("tests", test_command(program)):
        return BY_TESTS
    if cases is not None:
        package = workshop.link_module(changed)
        if package is None or not workshop.passes("cases", replay_command(cases, package)):
            return BY_CASES
    return SURVIVED


def replay_command(cases: Path, package: Path) -> list[str]:
    """Return how the recorded cases are run against the module in a folder."""
    command = [sys.executable, "-B", "-m", "tools.mutation.cases", "replay"]
    return [*command, str(cases), str(package)]


def main() -> int:
    """Run, report, and say by the exit code whether the bar was reached."""
    options = _options()
    place = options.work or Path(tempfile.gettempdir()) / "pyforest-mutation"
    place.mkdir(parents=True, exist_ok=True)
    workshop = Workshop(ROOT, place)
    found = mutants.read(workshop.tree, _sources(workshop.tree, options.only))
    equivalent = [mutant for mutant in found if is_equivalent(mutant)]
    chosen = [mutant for mutant in found if not is_equivalent(mutant)]
    if options.sample and options.sample < len(chosen):
        chosen = random.Random(options.seed).sample(chosen, options.sample)  # noqa: S311
        chosen.sort(key=lambda mutant: (mutant.path, mutant.start))
    if options.list:
        print(*chosen, sep="\n")
        return 0
    try:
        cases = _prepare(workshop, place, options.python)
    except BuildError as error:
        print(f"cannot begin: {error}", file=sys.stderr)
        return 2
    verdicts = []
    digest = digest_of(workshop.tree, ("native",))
    if cases is not None:
        digest += digest_of(ROOT, ("src", "tests/oracle", "tools/mutation"))
    journal = Journal(place / "verdicts.jsonl", digest)
    for number, mutant in enumerate(chosen, 1):
        verdict = journal.find(mutant)
        if verdict is None:
            verdict = judge(workshop, mutant, cases)
            journal.add(mutant, verdict)
        verdicts.append((mutant, verdict))
        print(f"{number}/{len(chosen)} {verdict}: {mutant}", flush=True)
    if options.json:
        report = [{**asdict(mutant), "verdict": verdict} for mutant, verdict in verdicts]
        options.json.write_text(json.dumps(report, indent=1))
    return _report(verdicts, len(equivalent), options.bar)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.mutation", description=__doc__)
    parser.add_argument("--sample", type=int, default=0, help="how many mutants; 0 = all")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--only", default="", help="only sources whose path holds this text")
    parser.add_argument("--bar", type=float, default=90.0, help="percentage to be killed")
    parser.add_argument("--no-python", dest="python", action="store_false", help="C++ tests only")
    parser.add_argument("--list", action="store_true", help="list the mutants and stop")
    parser.add_argument("--json", type=Path, help="write all verdicts to this file")
    parser.add_argument("--work", type=Path, help="scratch folder (default: in the system's)")
    return parser.parse_args()


def _sources(root: Path, only: str) -> list[str]:
    found = [str(path.relative_to(root)) for pattern in SOURCES for path in root.glob(pattern)]
    return sorted(path for path in found if only in path)


def _prepare(workshop: Workshop, place: Path, with_python: bool) -> Path | None:
    workshop.prepare(with_python)
    if not with_python:
        return None
    from tools.mutation import cases  # noqa: PLC0415  (needs the test extras)

    recorded = cases.record(place / "cases.json")
    package = workshop.link_module({})
    if package is None or not workshop.passes("cases", replay_command(recorded, package)):
        raise BuildError("the recorded cases fail without any mutant")
    return recorded


def _report(verdicts: list[tuple[Mutant, str]], equivalent: int, bar: float) -> int:
    tested = [(mutant, verdict) for mutant, verdict in verdicts if verdict != NO_BUILD]
    print()
    for mutant, verdict in tested:
        if verdict == SURVIVED:
            print(f"survived: {mutant}")
    print()
    by_path: dict[str, Counter[str]] = {}
    for mutant, verdict in tested:
        by_path.setdefault(mutant.path, Counter())[verdict] += 1
    for path, counts in sorted(by_path.items()):
        killed, total = counts.total() - counts[SURVIVED], counts.total()
        print(f"{100 * killed / total:5.1f} %  {killed:4} of {total:4}  {path}")
    counts = Counter(verdict for _, verdict in verdicts)
    killed, total = counts[BY_TESTS] + counts[BY_CASES], len(tested)
    share = 100.0 * killed / max(total, 1)
    print(
        f"{share:5.1f} %  {killed:4} of {total:4}  killed: {counts[BY_TESTS]} by C++ tests, "
        f"{counts[BY_CASES]} by Python cases; {counts[NO_BUILD]} did not compile, "
        f"{equivalent} known as equivalent left out"
    )
    return 0 if share >= bar else 1


if __name__ == "__main__":
    sys.exit(main())
