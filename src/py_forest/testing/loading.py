"""Getting hold of what a test is about, with one call each."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from py_forest.components import find_component
from py_forest.core.tree_manager import ManagedTree, TreeManager
from py_forest.engine import load_definition
from py_forest.kit.clock import SYSTEM_CLOCK, Clock
from py_forest.kit.errors import DocumentUnreadable

if TYPE_CHECKING:
    from os import PathLike

    from py_forest.engine import Registry

_TREES = Path(__file__).parent / "trees"


def load_component(name: str) -> dict[str, Any]:
    """Return a component of the library, as a document of its own that may be changed.

    Args:
        name: its file's name without `.json`, with or without the category: `low_battery_handler`
            or `robotics/low_battery_handler`.

    Raises:
        ComponentNotFound: there is none of this name; a `KeyError`.
    """
    return find_component(name).to_dict()


def load_tree(
    source: str | PathLike[str],
    *,
    registry: Registry | None = None,
    clock: Clock = SYSTEM_CLOCK,
) -> ManagedTree:
    """Return a tree, ready to be ticked.

    Args:
        source: the path of a file; or, where there is none, the name of a tree that comes with
            `py_forest.testing` (`robot_controller.json`) or of a component, with or without
            `.json`.
        registry: the actions it may call.
        clock: tells the time.

    Raises:
        DocumentUnreadable: there is no such file, tree or component.
        DefinitionInvalid: it has errors.
    """
    manager = TreeManager(registry=registry, clock=clock)
    definition = load_definition(_path_of(source))
    return manager.get_tree(manager.create_tree_from_dict(definition.document))


def _path_of(source: str | PathLike[str]) -> Path:
    path = Path(source)
    if path.exists():
        return path
    if path.suffix in ("", ".json"):
        name = path.with_suffix("").as_posix()
        bundled = _TREES / f"{path.stem}.json"
        if name == path.stem and bundled.exists():
            return bundled
        try:
            return find_component(name).path
        except KeyError:
            pass
    raise DocumentUnreadable(f"there is no file, bundled tree or component {source}")
