"""The guides on components and on tests of trees do what they say."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from py_forest.components import list_components

GUIDES = Path(__file__).parents[2] / "docs/guides"


@pytest.mark.parametrize("name", ["components.md", "testing-trees.md"])
def test_the_samples_print_what_they_say(name: str) -> None:
    samples = "\n".join(re.findall(r"```python\n(.*?)```", (GUIDES / name).read_text(), re.DOTALL))
    promised = re.findall(r"^# (.*)$", samples, re.MULTILINE)
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", samples], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == promised
    assert done.stderr == ""


def test_the_guide_lists_every_component() -> None:
    listed = re.findall(r"^\| `(\w+/\w+)` \|", (GUIDES / "components.md").read_text(), re.MULTILINE)
    assert sorted(listed) == [component.id for component in list_components()]
