"""The only door to the native engine.

What lives here: from a definition to a checked, flat program; executions; Python leaves; records,
snapshots and replay. It knows nothing of files other than tree documents, of events, of networks or
of databases. It may import `plugins`, `models` and `kit`, and it alone imports `_native`.
"""

from py_forest.engine._native import Execution, Outcome
from py_forest.engine.blackboard import Blackboard
from py_forest.engine.content_hash import content_hash
from py_forest.engine.document import load_definition
from py_forest.engine.explain import why_at
from py_forest.engine.leaf import Leaf, Result
from py_forest.engine.program import NodeInfo, Program, validate
from py_forest.engine.program import compile_definition as compile
from py_forest.engine.records import LeafFailure, PendingRun, RecordReader, TickRecord, decode
from py_forest.engine.registry import Registry, default_registry
from py_forest.engine.reload import ReloadReport
from py_forest.engine.replay import ReplayReport, replay

action = default_registry.action
"""Register a function, coroutine function, leaf class or py_trees behaviour as an action."""

__all__ = [
    "Blackboard",
    "Execution",
    "Leaf",
    "LeafFailure",
    "NodeInfo",
    "Outcome",
    "PendingRun",
    "Program",
    "RecordReader",
    "Registry",
    "ReloadReport",
    "ReplayReport",
    "Result",
    "TickRecord",
    "action",
    "compile",
    "content_hash",
    "decode",
    "default_registry",
    "load_definition",
    "replay",
    "validate",
    "why_at",
]
