"""The library of components: parts of trees that are used again and again.

What lives here: the components themselves, `<category>/<name>.json`, and how they are found and
made into trees. A component says what it needs and what it gives, has parameters, and carries its
own tests. Nothing here runs a tree. May import `core` (for pictures), `engine` and below.
"""

from py_forest.components.instance import instantiate
from py_forest.components.library import (
    CATEGORIES,
    Component,
    ComponentNotFound,
    category_slug,
    find_component,
    list_components,
    read_component,
)

__all__ = [
    "CATEGORIES",
    "Component",
    "ComponentNotFound",
    "category_slug",
    "find_component",
    "instantiate",
    "list_components",
    "read_component",
]
