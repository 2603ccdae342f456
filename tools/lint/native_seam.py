"""The C++ engine knows nothing of Python: only native/bindings may include its headers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tools.lint.offence import Offence

_PYTHON = re.compile(r"\bPython\.h\b|\bnanobind\b")


def check(path: str, text: str) -> Iterator[Offence]:
    """Yield each mention of Python's headers in the engine proper."""
    if not path.startswith(("native/include/", "native/src/")):
        return
    for number, line in enumerate(text.splitlines(), start=1):
        if found := _PYTHON.search(line):
            yield Offence(path, number, f"`{found.group()}` belongs in native/bindings")
