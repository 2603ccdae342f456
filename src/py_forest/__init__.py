"""PyForest: behaviour trees as data, run by one native engine."""

from py_forest.engine import (
    Execution,
    Leaf,
    Outcome,
    Program,
    Registry,
    ReplayReport,
    Result,
    TickRecord,
    action,
    compile,
    content_hash,
    decode,
    replay,
    validate,
    why_at,
)
from py_forest.engine import load_definition as load
from py_forest.models.status import Status
from py_forest.models.trees import Problem, TreeDefinition
from py_forest.plugins import hookimpl

__version__ = "0.1.0"

__all__ = [
    "Execution",
    "Leaf",
    "Outcome",
    "Problem",
    "Program",
    "Registry",
    "ReplayReport",
    "Result",
    "Status",
    "TickRecord",
    "TreeDefinition",
    "__version__",
    "action",
    "compile",
    "content_hash",
    "decode",
    "hookimpl",
    "load",
    "replay",
    "validate",
    "why_at",
]
