"""No tracked file says where it was made: no path of a machine, no address of a registry."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from tools.lint.offence import Offence

# First folders that mean the same on every machine.
_STANDARD = {
    *("bin", "boot", "dev", "etc", "lib", "media", "mnt", "opt", "proc", "run", "sbin", "srv"),
    *("src", "sys", "tmp", "usr", "var", ""),
}
_REGISTRY = re.compile(
    r"""(?ix)
    https?://[^\s"'<>)]*? (?: /simple(?![\w-]) | /packages/ | \bpypi\b | \bpythonhosted\b
                            | \bnpmjs\b | \bregistry\b | deb\.debian | /debian\b )
    | --(?:extra-)?index-url \b | --find[-]links \b | ^\s* registry \s* = \s* \S+ : //
    """
)


def check(path: str, text: str, places: tuple[Path, ...]) -> Iterator[Offence]:
    """Yield each machine path and registry address.

    Args:
        path: the file's path in the repository.
        text: what it holds.
        places: folders of this machine that no file may name: the checkout and the home folder.
    """
    machine_path = _machine_path(places)
    for number, line in enumerate(text.splitlines(), start=1):
        if found := machine_path.search(line):
            yield Offence(path, number, f"`{found.group()}` is a path of one machine")
        if found := _REGISTRY.search(line):
            yield Offence(path, number, f"`{found.group().strip()}` is a registry's address")


def _machine_path(places: tuple[Path, ...]) -> re.Pattern[str]:
    firsts = {place.parts[1] for place in places if len(place.parts) > 1} - _STANDARD
    local = "|".join(map(re.escape, sorted(firsts | {"root"} - {"home", "Users"})))
    # `/root/children/0` points into a tree document, not into a home folder.
    pointer = r"(?!/(?:children|config|node_type|node_id|name|wiring|ui_metadata|notes|\$ref)\b)"
    return re.compile(
        rf"(?<![\w.\-/~}}$*])/(?:(?:home|Users)/\w[\w.\-]*|(?:{local}){pointer}(?=/\w))"
    )
