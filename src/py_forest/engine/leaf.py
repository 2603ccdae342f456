"""What a Python leaf is made of: the class to derive from, and the answer with more than a status.

Neither is needed for a leaf that is a function: it answers with a `Status`, a bool or nothing.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from py_forest.models.status import Status

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(slots=True)
class Result:
    """An answer that says more than a status.

    Args:
        status: how it went.
        writes: blackboard variables to set, JSON values; a name goes to the variable that the
            node's `outputs` gives for it, else to the variable of that name.
        error: why it failed. The leaf then fails whatever `status` says, and the tick reports the
            sentence.
        feedback: a sentence about what the leaf is doing, for people.
    """

    status: Status
    writes: Mapping[str, Any] | None = None
    error: str | None = None
    feedback: str = ""


Answer = Status | bool | None | Result
"""What a leaf may answer; True and None are SUCCESS, False is FAILURE."""


class Leaf(ABC):
    """A leaf with a life of its own: one object for each execution and node.

    The order of calls is fixed:

        setup                          once, before the first activation
        initialise                     at the start of every activation
        update, update, …              once a tick, until it answers something else than RUNNING
        terminate(new_status)          at the end of every activation, exactly once
        shutdown                       once, when the execution is closed

    An activation ends with the status that `update` answered, with FAILURE when a method raised, or
    with INVALID when somebody interrupted it; `terminate` is told which.

    What the node gives the leaf are ordinary parameters. Those of `__init__` are fixed when the
    tree is compiled, those of `initialise` are computed at each start, those of `update` at every
    tick. Subclasses name them as they like; the types here only say that anything goes.

    A subclass may also have `save(self) -> JSON` and `load(self, saved)`. A snapshot of an
    execution keeps what `save` returns and gives it to `load`, after `setup` and before the next
    `update`. A leaf without them that was RUNNING starts anew after a restore. `save` refuses a
    snapshot by raising `SnapshotRefused`.
    """

    def setup(self) -> None:  # noqa: B027 - a leaf that needs none has none
        """Open what the leaf needs for as long as the execution lasts."""

    def initialise(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401, B027
        """Start an activation; what a subclass takes is computed once, here."""

    @abstractmethod
    def update(self, *args: Any, **kwargs: Any) -> Answer:  # noqa: ANN401
        """Do the work of one tick without blocking; what a subclass takes is computed each time."""

    def terminate(self, new_status: Status) -> None:  # noqa: B027
        """End an activation.

        Args:
            new_status: SUCCESS, FAILURE or SKIPPED as it ended, INVALID when it was interrupted.
        """

    def shutdown(self) -> None:  # noqa: B027
        """Close what `setup` opened."""
