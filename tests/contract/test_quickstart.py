"""docs/quickstart.md does what it says, and docs/index.md leads everywhere."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "quickstart.md").read_text()
FILES = re.findall(r"```\w+ (\S+)\n(.*?)```", PAGE, re.DOTALL)
SAMPLES = "\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))
PROMISED = re.findall(r"^# (.*)$", SAMPLES, re.MULTILINE)
COMMANDS = re.findall(r"^\$ (pyforest .*)$", PAGE, re.MULTILINE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which somebody has done what the page says, up to the commands."""
    folder = tmp_path_factory.mktemp("quickstart")
    for name, text in FILES:
        (folder / name).write_text(text)
    done = _run(folder, sys.executable, "-W", "error", "-c", SAMPLES)
    (folder / "said.txt").write_text(done)
    return folder


def _run(folder: Path, *command: str) -> str:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    return done.stdout


def test_the_samples_print_what_they_say(folder: Path) -> None:
    assert (folder / "said.txt").read_text().splitlines() == PROMISED


@pytest.mark.parametrize("command", COMMANDS)
def test_the_command_succeeds(folder: Path, command: str) -> None:
    program, *arguments = shlex.split(command)
    assert _run(folder, str(Path(sys.executable).with_name(program)), *arguments)


def test_the_index_names_every_page() -> None:
    index = (DOCS / "index.md").read_text()
    linked = set(re.findall(r"\]\(([^)#:]+)", index))
    pages = {str(page.relative_to(DOCS)) for page in DOCS.rglob("*.md")}
    assert pages - {"index.md"} <= linked
