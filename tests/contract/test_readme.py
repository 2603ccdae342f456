"""A newcomer's first five minutes: what README.md says to type works."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text()
COMMANDS = re.findall(r"^\$ (pyforest .*)$", README, re.MULTILINE)


def _run(*command: str) -> str:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_python_samples_print_what_they_say() -> None:
    # One after the other, as a reader types them; `…` stands for the rest of a line.
    script = "\n".join(re.findall(r"```python\n(.*?)```", README, re.DOTALL))
    promised = re.findall(r"print\(.*\) +# (.*)$", script, re.MULTILINE)
    printed = _run(sys.executable, "-c", script).splitlines()
    assert len(printed) == len(promised)
    for line, promise in zip(printed, promised, strict=True):
        shown, cut, _ = promise.partition("…")
        assert line == promise or (cut and line.startswith(shown))


@pytest.mark.parametrize("command", COMMANDS)
def test_the_command_succeeds(command: str) -> None:
    program, *arguments = shlex.split(command)
    _run(str(Path(sys.executable).with_name(program)), *arguments)


def test_the_make_targets_exist() -> None:
    makefile = (ROOT / "Makefile").read_text()
    named = re.findall(r"^\$ make (\S+)$", README, re.MULTILINE)
    assert named == ["run", "test"]
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in named)


def test_every_link_leads_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")]:
        prose = re.sub(r"```.*?```|`[^`\n]*`", "", page.read_text(), flags=re.DOTALL)
        for target in re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", prose):
            assert target.startswith("NNNN") or (page.parent / target).exists(), f"{page}: {target}"
