"""Every place that docs/reading-paths.md names exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs/reading-paths.md").read_text()
TICKED = re.findall(r"`([^`\s]+)`", PAGE)
PLACES = sorted({text for text in TICKED if "/" in text and not text.startswith("<")})


@cache
def python_symbols(path: Path) -> frozenset[str]:
    found = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ClassDef):
            found |= {
                f"{node.name}.{item.name}"
                for item in node.body
                if isinstance(item, ast.FunctionDef | ast.AsyncFunctionDef)
            }
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            found.add(node.name)
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            found.add(node.target.id)
        if isinstance(node, ast.Assign):
            found |= {target.id for target in node.targets if isinstance(target, ast.Name)}
    return frozenset(found)


def is_defined_in_cpp(path: Path, symbol: str) -> bool:
    """Whether a C++ file defines or declares a name, be it a macro, a type or a function."""
    text = path.read_text()
    name = re.escape(symbol)
    patterns = (
        rf"#define {name}\b",
        rf"\b(class|struct|enum class) {name}\b",
        rf"(?<![\w.>]){name}\(",
    )
    return any(re.search(pattern, text) for pattern in patterns)


def test_the_page_names_places() -> None:
    assert len(PLACES) > 50


@pytest.mark.parametrize("place", PLACES)
def test_the_place_exists(place: str) -> None:
    name, _, symbol = place.partition("::")
    path = ROOT / name
    assert path.exists(), name
    if not symbol:
        return
    if path.suffix == ".py":
        assert symbol in python_symbols(path)
    else:
        assert is_defined_in_cpp(path, symbol)


def test_no_path_has_more_hops_than_can_be_kept_in_mind() -> None:
    for section in PAGE.split("\n## ")[1:]:
        hops = len(re.findall(r"^\d+\. ", section, re.MULTILINE))
        assert hops <= 10, section.splitlines()[0]
