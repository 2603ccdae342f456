"""Run every house check on every tracked file; exit 1 when one is broken."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tools.lint import addresses, clock, names, native_seam, unsafe_calls
from tools.lint.offence import Offence

NATIVE_SUFFIXES = {".cpp", ".h"}


def tracked(root: Path) -> list[str]:
    """Return the paths that git knows, deleted ones left out."""
    listing = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=root,
        capture_output=True,
        check=True,
    )
    paths = listing.stdout.decode().split("\0")
    return [path for path in paths if path and (root / path).is_file()]


def check_file(path: str, text: str, places: tuple[Path, ...]) -> Iterator[Offence]:
    """Yield what every check finds in one file."""
    yield from addresses.check(path, text, places)
    suffix = Path(path).suffix
    if suffix == ".py":
        yield from clock.check_python(path, text)
        yield from unsafe_calls.check(path, text)
        yield from names.check(path, text)
    elif suffix in NATIVE_SUFFIXES:
        yield from clock.check_native(path, text)
        yield from native_seam.check(path, text)


def check_tree(root: Path) -> Iterator[Offence]:
    """Yield what every check finds in a repository; files that are not text are passed over."""
    places = (root.resolve(), Path.home())
    for path in tracked(root):
        try:
            text = (root / path).read_text("utf-8")
        except UnicodeDecodeError:
            continue
        yield from check_file(path, text, places)


def main() -> int:
    """Print each offence on a line of its own."""
    offences = list(check_tree(Path(__file__).parents[2]))
    for offence in offences:
        print(offence)
    return 1 if offences else 0


if __name__ == "__main__":
    sys.exit(main())
