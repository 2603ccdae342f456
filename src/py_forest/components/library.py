"""Finding components: those of the package, and those of any folder laid out like it."""

from __future__ import annotations

import re
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from py_forest.core.render import render_svg
from py_forest.engine import load_definition
from py_forest.engine.json_file import read_json_file
from py_forest.kit.errors import DocumentUnreadable, PyForestError
from py_forest.kit.text import did_you_mean, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from py_forest.models.trees import TreeDefinition

CATEGORIES: Final[Mapping[str, str]] = {
    "robotics": "Robotics",
    "game_ai": "Game AI",
    "devops": "DevOps",
    "utilities": "Utilities",
}
"""The categories of the package, each with its name for people."""

_PACKAGE = Path(__file__).parent
_APART = re.compile(r"[\s_-]+")


class ComponentNotFound(PyForestError, KeyError):
    """No component goes by this name."""

    default_code = "COMPONENT_NOT_FOUND"
    default_status = 404

    def __str__(self) -> str:
        # KeyError would show the quoted repr of the sentence.
        return self.message


@dataclass(frozen=True, slots=True, eq=False)
class Component:
    """One component, as its file has it.

    Args:
        id: category and file name, such as `robotics/low_battery_handler`; the same for ever.
        category: its category's slug.
        path: where it is.
        document: the file; read only. `to_dict` gives a copy to change.
    """

    id: str
    category: str
    path: Path
    document: Mapping[str, Any]

    @property
    def name(self) -> str:
        """The name for people; made from the file's where it says none."""
        return str(self.document.get("name") or self.path.stem.replace("_", " ").capitalize())

    @property
    def version(self) -> str:
        """The semantic version; `0.0.0` where it says none."""
        return str(self.document.get("version") or "0.0.0")

    @property
    def description(self) -> str:
        """What it does."""
        return str(self.document.get("description") or "")

    @property
    def tags(self) -> tuple[str, ...]:
        """Words to find it by."""
        return tuple(self.document.get("tags") or ())

    @property
    def parameters(self) -> tuple[Mapping[str, Any], ...]:
        """The declared parameters: name, type, default, description."""
        return tuple(self.document.get("parameters") or ())

    @property
    def requires_variables(self) -> tuple[str, ...]:
        """Blackboard keys that somebody else must set."""
        return tuple(self.document.get("requires_variables") or ())

    @property
    def provides_variables(self) -> tuple[str, ...]:
        """Blackboard keys that it sets."""
        return tuple(self.document.get("provides_variables") or ())

    def definition(self) -> TreeDefinition:
        """Return the tree, its placeholders not filled in."""
        return load_definition(self.document)

    def thumbnail(self) -> str:
        """Draw the tree as SVG."""
        return render_svg(self.definition())

    def to_dict(self) -> dict[str, Any]:
        """Return a copy of the document, with what the file leaves to defaults."""
        return {
            "id": self.id,
            "name": self.name,
            "version": self.version,
            **deepcopy(dict(self.document)),
            "category": self.category,
        }


def category_slug(category: str) -> str:
    """Return the one spelling of a category: `game_ai` for `game-ai`, `Game AI` and `game_ai`."""
    return _APART.sub("_", category.strip().lower())


def list_components(category: str | None = None, *, folder: Path | None = None) -> list[Component]:
    """Return components, by category and file name.

    Args:
        category: only of this one, in any spelling; one that does not exist has none.
        folder: a folder of `<category>/<name>.json`; that of the package when left out.

    Raises:
        DocumentUnreadable: a file is no component.
    """
    wanted = None if category is None else category_slug(category)
    found = (read_component(path) for path in _files(folder))
    return [component for component in found if wanted in (None, component.category)]


def find_component(name: str, *, folder: Path | None = None) -> Component:
    """Return the component of a name.

    Args:
        name: its file's name without `.json`, or its id, which has the category before it.
        folder: a folder of `<category>/<name>.json`; that of the package when left out.

    Raises:
        ComponentNotFound: there is none, or several categories have one.
        DocumentUnreadable: the file is no component.
    """
    category, _, stem = name.rpartition("/")
    files = list(_files(folder))
    found = [
        path
        for path in files
        if path.stem == stem and category_slug(category) in ("", category_slug(path.parent.name))
    ]
    if len(found) == 1:
        return read_component(found[0])
    if found:
        shown = " and ".join(f"{path.parent.name}/{path.stem}" for path in found)
        raise ComponentNotFound(f"{quoted(name)} may be {shown}: say which")
    guess = did_you_mean(stem, [path.stem for path in files])
    hint = f"; did you mean `{guess}`?" if guess else ""
    raise ComponentNotFound(f"there is no component {quoted(name)}{hint}")


def read_component(path: Path) -> Component:
    """Read a component from a file; it may have comments.

    Raises:
        DocumentUnreadable: it cannot be read, or holds no tree.
    """
    document = read_json_file(path)
    if not isinstance(document, dict) or not isinstance(document.get("tree"), dict):
        raise DocumentUnreadable(f"{path.name} is no component: it has no `tree`")
    category = category_slug(str(document.get("category") or path.parent.name))
    return Component(f"{category}/{path.stem}", category, path, document)


def _files(folder: Path | None) -> Iterable[Path]:
    return sorted((folder or _PACKAGE).glob("*/*.json"))
