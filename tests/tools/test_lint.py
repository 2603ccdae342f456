"""Each house check finds a planted offence and passes over what only looks like one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tools.lint import addresses, clock, names, native_seam, unsafe_calls
from tools.lint.__main__ import check_tree
from tools.lint.offence import Offence

Check = Callable[[str, str], Iterator[Offence]]

# Split so that this file does not commit the offences it plants.
INDEX = "https:" + "//pypi.org/simple"
HOME = "/ho" + "me/ada/project"
CHECKOUT = "/farmland" + "/crops/tree"


def check_addresses(path: str, text: str) -> Iterator[Offence]:
    return addresses.check(path, text, (Path("/farmland/crops"), Path(HOME)))


PLANTED: list[tuple[Check, str, str]] = [
    (clock.check_python, "src/py_forest/core/a.py", "import time\nnow = time.time()"),
    (clock.check_python, "src/py_forest/core/a.py", "\nfrom time import monotonic"),
    (clock.check_python, "src/py_forest/core/a.py", "import datetime\ndatetime.datetime.now()"),
    (clock.check_python, "src/py_forest/core/a.py", "from datetime import date\ndate.today()"),
    (clock.check_native, "native/src/a.cpp", "\nauto t = std::chrono::steady_clock::now();"),
    (clock.check_native, "native/include/pyforest/a.h", "\nclock_gettime(CLOCK_REALTIME, &t);"),
    (unsafe_calls.check, "src/py_forest/kit/a.py", "\neval('1')"),
    (unsafe_calls.check, "src/py_forest/kit/a.py", "\nimport pickle"),
    (unsafe_calls.check, "src/py_forest/kit/a.py", "\nfrom pickle import loads"),
    (native_seam.check, "native/src/a.cpp", "\n#include <nanobind/nanobind.h>"),
    (native_seam.check, "native/include/pyforest/a.h", "\n#include <Python.h>"),
    (check_addresses, "requirements.lock", f"\n{INDEX}/rich"),
    (check_addresses, "Makefile", "\npip install --index" + "-url x"),
    (check_addresses, "docs/a.md", f"\nopen {HOME}/a.py"),
    (check_addresses, "docs/a.md", f"\nopen {CHECKOUT}/a.py"),
    (names.check, "src/py_forest/kit/a.py", "\nclass OrderHelper: ..."),
    (names.check, "src/py_forest/kit/a.py", "\ndef load_data(): ..."),
]

INNOCENT: list[tuple[Check, str, str]] = [
    (clock.check_python, clock.PYTHON_CLOCK, "import time\ntime.time()"),
    (clock.check_python, "src/py_forest/core/a.py", "import time\ntime.sleep(1)\nclock.now()"),
    (clock.check_python, "tests/core/a.py", "import time\ntime.time()"),
    (clock.check_native, clock.NATIVE_CLOCK, "std::chrono::system_clock::now()"),
    (clock.check_native, "native/src/a.cpp", "// unlike steady_clock\nclock.now();"),
    (unsafe_calls.check, "src/py_forest/kit/a.py", "self.eval('1')\nevaluate('1')"),
    (unsafe_calls.check, "tests/kit/a.py", "eval('1')"),
    (native_seam.check, "native/bindings/a.cpp", "#include <nanobind/nanobind.h>"),
    (
        check_addresses,
        "docs/a.md",
        "https://example.org/simple-trees /usr/bin /tmp/x src/home/x",
    ),
    (names.check, "src/py_forest/core/tree_manager.py", "class TreeManager: ..."),
    (names.check, "src/py_forest/kit/a.py", "def update(): ...\nclass Database: ..."),
]


@pytest.mark.parametrize(("check", "path", "text"), PLANTED)
def test_finds_a_planted_offence_on_its_line(check: Check, path: str, text: str) -> None:
    assert [(found.path, found.line) for found in check(path, text)] == [
        (path, 2 if text.count("\n") else 1)
    ]


@pytest.mark.parametrize(("check", "path", "text"), INNOCENT)
def test_passes_over_what_is_allowed(check: Check, path: str, text: str) -> None:
    assert list(check(path, text)) == []


def test_a_module_named_after_nothing_is_found() -> None:
    assert [str(found) for found in names.check("src/py_forest/utils.py", "")] == [
        "src/py_forest/utils.py:1: module `utils`: `utils` says nothing"
    ]


def test_the_repository_keeps_its_own_rules() -> None:
    assert list(check_tree(Path(__file__).parents[2])) == []
