"""A scratch copy of the sources where mutants are built and tested, quickly.

Everything but the sources that see the mutated file is compiled once; a mutant costs one
compilation, one link and one run of the tests.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import nanobind  # type: ignore[import-untyped]

COMPILER = os.environ.get("CXX", "g++")
FLAGS = ("-std=c++20", "-O0", "-fPIC", "-fvisibility=hidden", "-w")
_PRELUDE = (
    "algorithm array cmath cstdint cstring functional map memory optional string string_view "
    "unordered_map utility vector"
)


# A loop that never ends may gather memory all the while.
_LIMITED = ("prlimit", "--as=4000000000") if shutil.which("prlimit") else ()
# No error in a tick can fail these, and they take longest.
_WITHOUT = "*test_json*,*test_expression*,*test_value*"


def test_command(program: Path) -> list[str]:
    """Return how the C++ tests that see a tick are run.

    Not with doctest's `--abort-after`: it takes a failure that is expected for the last word.
    """
    return [str(program), f"--source-file-exclude={_WITHOUT}"]


class BuildError(Exception):
    """The unchanged sources do not build or their tests fail; the message says how."""


class Workshop:
    """The scratch copy and what is built in it.

    Args:
        root: of the repository, which is only read.
        place: folder for everything made here; objects in it are used again by later runs.
    """

    def __init__(self, root: Path, place: Path) -> None:
        self.root = root
        self._place = place.resolve()
        self._tree = self._place / "tree"
        shutil.rmtree(self._tree, ignore_errors=True)
        shutil.copytree(root / "native", self._tree / "native")
        self._originals: dict[str, str] = {}
        self._include = self._tree / "native" / "include"
        self._headers = self._digest_headers()
        self._prelude()
        self._limits: dict[str, float] = {}

    # Sources.

    @property
    def tree(self) -> Path:
        """Folder of the copied sources; whoever edits the repository meanwhile changes nothing."""
        return self._tree

    def text(self, path: str) -> str:
        """Return a source as it was when the run began."""
        return self._originals.setdefault(path, (self._tree / path).read_text())

    def put(self, path: str, text: str) -> None:
        """Change a source of the scratch copy."""
        (self._tree / path).write_text(text)

    # Building.

    def prepare(self, with_module: bool) -> None:
        """Compile everything once and see that the tests pass.

        Raises:
            BuildError: they do not, or something does not compile.
        """
        engine = self._sources("native/src")
        self._objects = {source: self._compiled(source) for source in engine}
        self._tests = [self._compiled(source) for source in self._sources("native/tests")]
        self._bindings = (
            [self._compiled(source) for source in self._sources("native/bindings")]
            if with_module
            else []
        )
        program = self.link_tests({})
        if program is None:
            raise BuildError("the C++ tests do not link")
        if not self.passes("tests", test_command(program)):
            raise BuildError("the C++ tests fail without any mutant")

    def rebuild(self, path: str) -> dict[Path, Path] | None:
        """Compile what sees `path`; returns the new objects by source, None when it does not."""
        built = {}
        changed = (self._tree / path).resolve()
        for source, made in self._objects.items():
            if changed in self._seen_by(made):
                target = self._place / "mutant" / f"{source.stem}.o"
                target.parent.mkdir(exist_ok=True)
                if not self._compile(source, target):
                    return None
                built[source] = target
        return built

    def link_tests(self, changed: dict[Path, Path]) -> Path | None:
        """Link the C++ tests with some objects in place of the usual ones."""
        program = self._place / "native_tests"
        return program if self._link(program, self._engine(changed) + self._tests) else None

    def link_module(self, changed: dict[Path, Path]) -> Path | None:
        """Make a package whose native module has these objects in it; returns its folder."""
        package = self._place / "package"
        if not (package / "py_forest").exists() or not changed:
            shutil.rmtree(package, ignore_errors=True)
            shutil.copytree(
                self.root / "src" / "py_forest",
                package / "py_forest",
                ignore=shutil.ignore_patterns("*.so", "__pycache__"),
            )
        module = package / "py_forest" / "engine" / "_native.abi3.so"
        objects = self._bindings + self._engine(changed)
        return package if self._link(module, objects, "-shared") else None

    def passes(self, name: str, command: list[str]) -> bool:
        """Run tests; anything but success in time counts as a failure.

        The first run of a name, which has no mutant in it, sets how long the others may take.
        """
        began = time.monotonic()
        try:
            done = subprocess.run(
                [*_LIMITED, *command],
                cwd=self.root,
                capture_output=True,
                timeout=self._limits.get(name, 600.0),
                check=False,
            )
        except subprocess.TimeoutExpired:
            return False
        self._limits.setdefault(name, 5.0 + 10.0 * (time.monotonic() - began))
        return done.returncode == 0

    # How.

    def _engine(self, changed: dict[Path, Path]) -> list[Path]:
        return [changed.get(source, made) for source, made in self._objects.items()]

    def _sources(self, folder: str) -> list[Path]:
        return sorted((self._tree / folder).rglob("*.cpp"))

    def _digest_headers(self) -> str:
        digest = hashlib.sha256()
        for header in sorted((self._tree / "native").rglob("*.h")):
            digest.update(header.read_bytes())
        return digest.hexdigest()

    def _prelude(self) -> None:
        prelude = self._place / "prelude.h"
        text = "".join(f"#include <{name}>\n" for name in _PRELUDE.split())
        compiled = prelude.with_suffix(".h.gch")
        if prelude.exists() and prelude.read_text() == text and compiled.exists():
            return
        prelude.write_text(text)
        self._run([COMPILER, *FLAGS, "-x", "c++-header", str(prelude), "-o", str(compiled)])

    def _flags(self, source: Path) -> list[str]:
        flags = [*FLAGS, "-include", str(self._place / "prelude.h"), f"-I{self._include}"]
        if "tests" in source.parts:
            flags.append(f"-I{self._tree / 'native' / 'tests'}")
        if "bindings" in source.parts:
            flags += [
                "-DNB_BACKEND_MODULE=nanobind_backend",
                "-DNB_BACKEND_PYPI=nanobind-backend",
                "-DPy_LIMITED_API=0x30b0000",
                "-D_native_EXPORTS",
                f"-I{sysconfig.get_path('include')}",
                f"-I{nanobind.include_dir()}",
            ]
        return flags

    def _compiled(self, source: Path) -> Path:
        digest = hashlib.sha256(self._headers.encode())
        digest.update(source.read_bytes())
        digest.update(" ".join(self._flags(source)).encode())
        made = self._place / "objects" / f"{source.stem}-{digest.hexdigest()[:16]}.o"
        if not made.exists():
            made.parent.mkdir(exist_ok=True)
            print(f"  compiling {source.relative_to(self._tree)}", file=sys.stderr, flush=True)
            if not self._compile(source, made, "-MMD"):
                raise BuildError(f"{source.relative_to(self._tree)} does not compile")
        return made

    def _compile(self, source: Path, target: Path, *flags: str) -> bool:
        return self._run(
            [COMPILER, *self._flags(source), *flags, "-c", str(source), "-o", str(target)]
        )

    def _link(self, target: Path, objects: list[Path], *flags: str) -> bool:
        return self._run([COMPILER, *flags, *map(str, objects), "-o", str(target)])

    def _seen_by(self, made: Path) -> set[Path]:
        names = made.with_suffix(".d").read_text().replace("\\\n", " ").split()[1:]
        return {Path(name).resolve() for name in names}

    def _run(self, command: list[str]) -> bool:
        nice = [nicer, "-n", "10"] if (nicer := shutil.which("nice")) else []
        done = subprocess.run([*nice, *command], capture_output=True, check=False)
        return done.returncode == 0
