"""Keep the stub of the native module equal to the module.

Usage: python -m tools.stub [--check]
"""

from __future__ import annotations

import difflib
import subprocess
import sys
import tempfile
from pathlib import Path

MODULE = "py_forest.engine._native"
PATTERNS = Path(__file__).with_suffix(".pat")
STUB = Path(__file__).parents[1] / "src" / f"{MODULE.replace('.', '/')}.pyi"


def generate() -> str:
    """Return the stub that nanobind writes for the module as it is built now."""
    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder, "_native.pyi")
        command = [sys.executable, "-m", "nanobind.stubgen", "-q", "-m", MODULE]
        command += ["-p", str(PATTERNS), "-o", str(target)]
        subprocess.run(command, check=True)
        return target.read_text()


def main(arguments: list[str]) -> int:
    """Write the stub, or with `--check` print how it differs and return 1."""
    wanted = generate()
    if "--check" not in arguments:
        STUB.write_text(wanted)
        return 0
    difference = list(
        difflib.unified_diff(
            STUB.read_text().splitlines() if STUB.exists() else [],
            wanted.splitlines(),
            "the committed stub",
            "the native module",
            lineterm="",
        )
    )
    if difference:
        print(*difference, "The stub is stale. Type: make stub", sep="\n")
    return 1 if difference else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
