"""What earlier runs over the same sources and tests have found: a stopped run can be resumed."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from tools.mutation.mutants import Mutant


class Journal:
    """Verdicts on disk, one a line.

    Args:
        path: of the file.
        digest: of all that verdicts depend on; those of another digest do not count.
    """

    def __init__(self, path: Path, digest: str) -> None:
        self._path = path
        self._digest = digest
        self._known: dict[str, str] = {}
        for line in path.read_text().splitlines() if path.exists() else ():
            found, mutant, verdict = json.loads(line)
            if found == digest:
                self._known[mutant] = verdict

    def find(self, mutant: Mutant) -> str | None:
        """Return the verdict on a mutant, or None."""
        return self._known.get(_name(mutant))

    def add(self, mutant: Mutant, verdict: str) -> None:
        """Keep a verdict."""
        with self._path.open("a") as file:
            file.write(json.dumps([self._digest, _name(mutant), verdict]) + "\n")


def digest_of(root: Path, folders: tuple[str, ...]) -> str:
    """Digest every source below some folders."""
    digest = hashlib.sha256()
    for folder in folders:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".h", ".cpp", ".py"):
                digest.update(str(path.relative_to(root)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()


def _name(mutant: Mutant) -> str:
    return f"{mutant.path}@{mutant.start}:{mutant.original}>{mutant.replacement}"
