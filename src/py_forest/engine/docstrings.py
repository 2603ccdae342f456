"""Reading Google docstrings: what something does, and what its arguments are."""

from __future__ import annotations

import inspect
import re

_SECTION = re.compile(r"[A-Z][A-Za-z ]*:")
_ARGUMENTS = frozenset({"Args:", "Arguments:", "Parameters:"})
_ENTRY = re.compile(r"\*{0,2}([A-Za-z_][\w.-]*)\s*(?:\([^)]*\))?\s*:\s*(.*)")


def summary(docstring: str | None) -> str:
    """Return the text before the first section, each paragraph on one line."""
    lines: list[str] = []
    for line in inspect.cleandoc(docstring or "").splitlines():
        if _SECTION.fullmatch(line):
            break
        lines.append(line.strip())
    paragraphs = "\n".join(lines).strip().split("\n\n")
    return "\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def arguments(docstring: str | None) -> dict[str, str]:
    """Return the help text of each argument in the `Args` section."""
    texts: dict[str, list[str]] = {}
    indent: int | None = None
    inside = False
    name = ""
    for line in inspect.cleandoc(docstring or "").splitlines():
        text = line.strip()
        if line and not line[0].isspace():
            inside = text in _ARGUMENTS
            continue
        if not inside or not text:
            continue
        depth = len(line) - len(line.lstrip())
        indent = depth if indent is None else indent
        entry = _ENTRY.fullmatch(text) if depth <= indent else None
        if entry is not None:
            name = entry[1]
            texts[name] = [entry[2]]
        elif name:
            texts[name].append(text)
    return {name: " ".join(filter(None, parts)) for name, parts in texts.items()}
