"""What the runtime refuses, as errors with stable codes.

PyForestError
├── NotFound (KeyError)            404
│   ├── TreeNotFound
│   ├── ExecutionNotFound
│   ├── TickNotFound               not recorded, or evicted
│   └── NodeNotFound
├── HistoryDisabled (ValueError)   400
├── KeyRefused (ValueError)        422  a blackboard key or value of the wrong form
└── NotTickable (RuntimeError)     409  paused or stopped
"""

from __future__ import annotations

from py_forest.kit.errors import PyForestError

__all__ = [
    "ExecutionNotFound",
    "HistoryDisabled",
    "KeyRefused",
    "NodeNotFound",
    "NotFound",
    "NotTickable",
    "TickNotFound",
    "TreeNotFound",
]


class NotFound(PyForestError, KeyError):
    """Nothing goes by this name."""

    default_code = "NOT_FOUND"
    default_status = 404

    def __str__(self) -> str:
        # KeyError would show the quoted repr of the sentence.
        return self.message


class TreeNotFound(NotFound):
    """No tree has this id, or not in this version."""

    default_code = "TREE_NOT_FOUND"


class ExecutionNotFound(NotFound):
    """No execution has this id."""

    default_code = "EXECUTION_NOT_FOUND"


class TickNotFound(NotFound):
    """This tick is not in the history: it never was, or it was evicted."""

    default_code = "TICK_NOT_FOUND"


class NodeNotFound(NotFound):
    """No node of the tree has this id."""

    default_code = "NODE_NOT_FOUND"


class HistoryDisabled(PyForestError, ValueError):
    """History was asked for where none is kept."""

    default_code = "HISTORY_DISABLED"
    default_status = 400


class KeyRefused(PyForestError, ValueError):
    """A blackboard key or value does not have the form one must have."""

    default_code = "KEY_REFUSED"
    default_status = 422


class NotTickable(PyForestError, RuntimeError):
    """The execution takes no tick as it stands."""

    default_code = "NOT_TICKABLE"
    default_status = 409
