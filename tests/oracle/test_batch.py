"""A batch decides each row as an execution of its own would, on any tree."""

from __future__ import annotations

import json

import pyarrow as pa  # type: ignore[import-untyped]
import pytest

import py_forest as pf
from tests.oracle.cases import KEYS, node, numbered
from tests.oracle.makers import ALL, VALUES, Family, FromSeed, Source, draw_tree
from tests.profile import scaled

pytestmark = pytest.mark.slow
OUTSIDE = ("Action", "External")
ROWS, TICKS, NOW = 12, 5, 100.0


def leaf_within(s: Source) -> dict[str, object]:
    """Make a leaf that the engine answers by itself."""
    while True:
        made: dict[str, object] = s.pick(ALL.leaves)(s)
        if made["node_type"] not in OUTSIDE:
            return made


WITHIN = Family((leaf_within,), ALL.decorators, ALL.composites)


Decided = list[tuple[str, object]]


def one_by_one(program: pf.Program, rows: list[dict[str, int]], seed: int) -> Decided:
    """Decide each row by an execution of its own."""
    decided: Decided = []
    for index, row in enumerate(rows):
        execution = program.start(seed=seed + index, record=False)
        status = execution.tick(row, now=NOW).status
        for _ in range(TICKS - 1):
            if status == pf.Status.RUNNING:
                status = execution.tick(now=NOW).status
        decided.append((status.name, execution.blackboard.get("c")))
    return decided


@pytest.mark.parametrize("block", range(3))
@pytest.mark.parametrize("threads", [1, 2])
def test_a_batch_decides_as_executions_would(block: int, threads: int) -> None:
    size = scaled(100, 2_000)
    for seed in range(block * size, (block + 1) * size):
        # What reads `c` must know it, so that it can come out.
        tree = node("Sequence", node("Log", message="{c}"), draw_tree(FromSeed(seed), WITHIN))
        program = pf.compile(numbered(tree))
        s = FromSeed(seed)
        rows = [
            {key: s.pick(VALUES) for key in KEYS[:2] if s.pick((True, True, False))}
            for _ in range(ROWS)
        ]
        columns = {key: pa.array([row.get(key) for row in rows], pa.int64()) for key in KEYS[:2]}
        table = program.run_batch(
            pa.table(columns), threads=threads, outputs=["c"], now=NOW, seed=seed, max_ticks=TICKS
        )
        decided = pa.table(table)
        found = [
            (status, None if value is None else json.loads(value))
            for status, value in zip(
                decided["status"].to_pylist(), decided["c"].to_pylist(), strict=True
            )
        ]
        assert found == one_by_one(program, rows, seed), (seed, tree)
