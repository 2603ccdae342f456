"""docs/guides/python-leaves.md does what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

GUIDE = Path(__file__).parents[2] / "docs/guides/python-leaves.md"


def test_the_samples_print_what_they_say() -> None:
    pytest.importorskip("py_trees")
    samples = re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.DOTALL)
    promised = [
        line.removeprefix("# ")
        for sample in samples
        for line in re.findall(r"(?:^# .*\n)+\Z", sample, re.MULTILINE)[:1]
        for line in line.splitlines()
    ]
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", "\n".join(samples)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == promised
    assert done.stderr == ""
