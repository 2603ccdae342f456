"""Trees as documents, with scripts of what happens to them tick by tick.

A `Case` is plain JSON and needs nothing but itself: scripted leaves carry their answers in their
configuration, so every engine under comparison sees the same world, and a failing case can be
pasted into a test as it is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Document = dict[str, Any]


STATUSES = ("SUCCESS", "FAILURE", "RUNNING")
KEYS = ("a", "b", "c")
OPERATORS = ("==", "!=", "<", "<=", ">", ">=")
# Times are whole seconds and waits end on a half, so that "at" and "after" cannot differ.
HALVES = (0.5, 1.5, 2.5)
WHOLES = (0, 1, 2, 3)


@dataclass(frozen=True)
class TickInput:
    """What happens to a tree at one tick.

    `results` answer the pending runs in tree order (None leaves one waiting); `overrides` hold
    node indexes in pre-order and the status forced on them.
    """

    now: float
    updates: dict[str, Any] = field(default_factory=dict)
    results: tuple[str | None, ...] = ()
    overrides: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Case:
    """A tree and the ticks it goes through; `tick` is always one of the updates."""

    definition: Document
    ticks: tuple[TickInput, ...]
    seed: int = 0


def node(node_type: str, *children: Document, **config: object) -> Document:
    """Write a node as a document."""
    document: Document = {"node_type": node_type}
    if config:
        document["config"] = config
    if children:
        document["children"] = list(children)
    return document


def walk(document: Document) -> Iterator[Document]:
    """Yield a node and all below it in pre-order."""
    yield document
    for child in document.get("children", ()):
        yield from walk(child)


# Keys that only one node writes: when ForEach writes its item differs, see differences.py.
_OWN_KEYS = {"ForEach": ("item", "index"), "Count": ("variable",)}


def numbered(document: Document) -> Document:
    """Copy a tree, giving each node an id by its place."""
    count = 0

    def copy(original: Document) -> Document:
        nonlocal count
        index = count
        count += 1
        out = {**original, "node_id": f"n{index}"}
        if original["node_type"] in _OWN_KEYS:
            keys = {key: f"{key}_{index}" for key in _OWN_KEYS[original["node_type"]]}
            out["config"] = {**original.get("config", {}), **keys}
        if "children" in original:
            out["children"] = [copy(child) for child in original["children"]]
        return out

    return copy(document)
