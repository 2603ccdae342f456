"""Cases recorded once with the answers of the reference engine, replayed against any module.

`python -m tools.mutation.cases replay FILE PACKAGE` runs them against the py_forest in a folder;
exit code 1 at the first difference. Nothing is drawn and no second engine runs: it takes seconds.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from tests.oracle.cases import Case, TickInput
from tests.oracle.makers import ALL, FromSeed, draw_case
from tests.oracle.observed import Observed
from tests.oracle.reference import Reference

COUNT = 2_000


def record(path: Path) -> Path:
    """Draw the cases and write them down with what the reference engine says of each tick."""
    path.write_text(json.dumps(_recorded()))
    return path


def _recorded() -> list[dict[str, Any]]:
    recorded = []
    for seed in range(COUNT):
        case = draw_case(FromSeed(seed), ALL, extras=True)
        reference = Reference(case.definition, case.seed)
        recorded.append(
            {
                "definition": case.definition,
                "seed": case.seed,
                "ticks": [
                    {"given": vars(tick), "seen": _as_json(reference.tick(tick))}
                    for tick in case.ticks
                ],
            }
        )
    return recorded


def _as_json(seen: Observed) -> dict[str, Any]:
    return {**vars(seen), "endings": sorted(seen.endings.elements())}


def replay(path: Path, package: Path) -> str | None:
    """Run recorded cases with the py_forest in a folder; return the first difference."""
    # An editable install finds its own py_forest first.
    sys.meta_path[:] = [one for one in sys.meta_path if "editable" not in type(one).__module__]
    sys.path.insert(0, str(package))
    import py_forest  # noqa: PLC0415  (the one under test)
    from tests.oracle.native import Native, tick  # noqa: PLC0415

    if package not in Path(py_forest.__file__).parents:
        return f"{py_forest.__file__} is not in {package}"
    for number, one in enumerate(json.loads(path.read_text())):
        ticks = [TickInput(**tick["given"]) for tick in one["ticks"]]
        native = Native(Case(one["definition"], tuple(ticks), one["seed"]))
        quiet = native.program.start(seed=one["seed"], record=False)
        for index, (given, step) in enumerate(zip(ticks, one["ticks"], strict=True)):
            ours = json.loads(json.dumps(_as_json(native.tick(given))))
            tick(quiet, native.program, given)
            statuses = [status.name for status in quiet.statuses().values()]
            if ours != step["seen"] or statuses != ours["statuses"]:
                return f"case {number}, tick {index}: ours {ours}, recorded {step['seen']}"
    return None


if __name__ == "__main__":
    sys.exit(replay(Path(sys.argv[2]), Path(sys.argv[3])))
