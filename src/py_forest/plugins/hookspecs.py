"""The hooks a plugin may implement."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from collections.abc import Iterable

    from py_forest.models.nodes import NodeType

PROJECT = "py_forest"

hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def register_nodes() -> Iterable[NodeType]:
    """Return the node types the plugin adds.

    A type that is not built in names the registered action that runs it (`NodeType.action`).
    Names and aliases are unique over all plugins; the first plugin that claims one keeps it.
    """
    return ()
