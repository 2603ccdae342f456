"""Hooks: the one way to add to PyForest, for its own parts as for anybody else's.

What may live here: hook specifications and the manager that finds plugins. The default plugins are
named as strings and imported when a manager is built, so this package stays below them.
It may import `models` and `kit`.
"""

from __future__ import annotations

from py_forest.plugins.hookspecs import hookimpl
from py_forest.plugins.manager import build_plugin_manager

__all__ = ["build_plugin_manager", "hookimpl"]
