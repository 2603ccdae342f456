"""Where the runtime gets its trees from."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from typing import Any, NamedTuple, Protocol
from uuid import uuid4

from py_forest.core.errors import TreeNotFound
from py_forest.engine import load_definition
from py_forest.models.trees import TreeDefinition

__all__ = ["InMemoryTreeLibrary", "TreeLibrary", "TreeName", "TreeSource", "named", "version_of"]

TreeSource = TreeDefinition | Mapping[str, Any]
"""A tree as a document, unwrapped or in any of the accepted payload forms."""


class TreeLibrary(Protocol):
    """What `ExecutionService` asks for trees."""

    def get_tree(self, tree_id: str, version: str | None = None) -> TreeSource:
        """Return a version of a tree, the newest when none is named.

        Raises:
            TreeNotFound: there is no such tree, or no such version of it.
        """
        ...


class InMemoryTreeLibrary:
    """Trees held in memory, every version of them; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._trees: dict[str, dict[str, TreeDefinition]] = {}

    def add(self, tree: TreeSource, tree_id: str | None = None) -> str:
        """Keep a tree; the same id again is its next version.

        Args:
            tree: the tree; it is copied, and checked when it is started.
            tree_id: its id; by default the one it carries, else a fresh one.

        Returns:
            The id.

        Raises:
            ValueError: it is not a tree, or this version of it is there already.
        """
        definition = load_definition(tree)
        found = tree_id or definition.tree_id or str(uuid4())
        with self._lock:
            versions = self._trees.setdefault(found, {})
            label = version_of(definition) or str(len(versions) + 1)
            if label in versions:
                raise ValueError(f"tree {found} has a version {label} already")
            versions[label] = definition
        return found

    def get_tree(self, tree_id: str, version: str | None = None) -> TreeDefinition:
        """Return a version of a tree, the one added last when none is named.

        Raises:
            TreeNotFound: there is no such tree, or no such version of it.
        """
        with self._lock:
            versions = self._trees.get(tree_id)
            if versions is None:
                raise TreeNotFound(f"there is no tree {tree_id}")
            if version is None:
                return versions[next(reversed(versions))]
            if version not in versions:
                raise TreeNotFound(f"tree {tree_id} has no version {version}")
            return versions[version]

    def list_trees(self) -> dict[str, list[str]]:
        """Return the versions of every tree, oldest first, by tree id."""
        with self._lock:
            return {tree_id: list(versions) for tree_id, versions in self._trees.items()}

    def remove(self, tree_id: str) -> None:
        """Forget a tree with all its versions.

        Raises:
            TreeNotFound: there is no such tree.
        """
        with self._lock:
            if self._trees.pop(tree_id, None) is None:
                raise TreeNotFound(f"there is no tree {tree_id}")


class TreeName(NamedTuple):
    """What a tree is called."""

    tree_id: str
    version: str
    name: str


def named(
    tree: TreeDefinition, content_hash: str, tree_id: str | None, version: str | None
) -> TreeName:
    """Say what a tree is called, where it is not told otherwise as it calls itself.

    Args:
        tree: the tree.
        content_hash: stands in for an id, where there is none.
        tree_id: the id it is known by, if any.
        version: the version it is known by, if any.
    """
    return TreeName(
        tree_id or tree.tree_id or content_hash[:16], version or version_of(tree), tree.name
    )


def version_of(tree: TreeDefinition) -> str:
    """Return the version that a tree's metadata name, empty when they name none."""
    version = tree.metadata.get("version")
    return str(version) if isinstance(version, str | int) else ""
