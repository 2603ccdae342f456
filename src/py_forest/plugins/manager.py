"""Finding plugins: the default ones by name, others by entry point."""

from __future__ import annotations

import importlib

import pluggy

from py_forest.plugins import hookspecs

DEFAULT_PLUGINS = (
    "py_forest.default_plugins.nodes_composites",
    "py_forest.default_plugins.nodes_decorators",
    "py_forest.default_plugins.nodes_leaves",
)
"""Dotted names of the plugins that come with PyForest, in the order they are asked."""

ENTRY_POINT_GROUP = "py_forest"


def build_plugin_manager(*, entry_points: bool = True) -> pluggy.PluginManager:
    """Make a plugin manager with the default plugins in it.

    Args:
        entry_points: whether to load installed plugins too, from the entry point group `py_forest`.

    Raises:
        ImportError: an installed plugin cannot be imported.
    """
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    for name in DEFAULT_PLUGINS:
        manager.register(importlib.import_module(name), name=name)
    if entry_points:
        manager.load_setuptools_entrypoints(ENTRY_POINT_GROUP)
    return manager
