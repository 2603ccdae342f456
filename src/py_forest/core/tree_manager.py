"""Trees inside a program of one's own: no server, no history, one method to tick.

For a loop that senses, ticks and acts. What needs events, history, breakpoints or hot reload is an
`ExecutionInstance`.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING
from uuid import uuid4

from py_forest.core.async_leaves import AsyncLeaves
from py_forest.core.errors import TreeNotFound
from py_forest.core.ticking import next_time
from py_forest.engine import compile
from py_forest.kit.clock import SYSTEM_CLOCK, Clock
from py_forest.models.status import Status

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from pydantic import JsonValue

    from py_forest.engine import Blackboard, Execution, Outcome, Program, Registry, Result

__all__ = ["ManagedTree", "TreeManager"]


class ManagedTree:
    """A tree that is ticked by hand; made by `TreeManager`.

    Attributes:
        tree_id: what `TreeManager.get_tree` finds it by.
        program: the compiled tree.
        execution: what runs it, for everything that is not offered here.
        status: what the tree returned last; INVALID before the first tick.
    """

    def __init__(
        self, tree_id: str, program: Program, registry: Registry | None, clock: Clock
    ) -> None:
        self.tree_id = tree_id
        self.program = program
        self.execution: Execution = program.start(record=False)
        self.status = Status.INVALID
        self._clock = clock
        self._async = AsyncLeaves(registry)

    @property
    def blackboard(self) -> Blackboard:
        """The values the tree works on, its own: `set(name, value)`, `get(name, default)`."""
        return self.execution.blackboard

    def tick(
        self,
        updates: Mapping[str, JsonValue] | None = None,
        *,
        now: float | None = None,
        results: Mapping[str, Result] | None = None,
    ) -> Outcome:
        """Tick once.

        Args:
            updates: blackboard values to set before.
            now: UTC seconds, not before the last tick's; by default the clock's.
            results: outcomes of outside work, by run id.
        """
        outcome = self.execution.tick(
            updates,
            now=next_time(self.execution, self._clock) if now is None else now,
            results={**self._async.collect(), **(results or {})},
        )
        self.status = outcome.status
        self._async.follow(self.execution.pending())
        return outcome

    def tick_once(self) -> Status:
        """Tick once and return what the tree returned."""
        return self.tick().status

    def close(self) -> None:
        """Halt the tree, end its leaves and cancel what they do."""
        self._async.close()
        self.execution.close()


class TreeManager:
    """The trees of a program, by id, each with a blackboard of its own.

    Args:
        registry: the actions that trees may call.
        clock: tells the time.
    """

    def __init__(self, *, registry: Registry | None = None, clock: Clock = SYSTEM_CLOCK) -> None:
        self._registry = registry
        self._clock = clock
        self._lock = threading.Lock()
        self._trees: dict[str, ManagedTree] = {}

    def create_tree_from_dict(self, tree: Mapping[str, Any]) -> str:
        """Make a tree from a document in any of the accepted forms.

        Args:
            tree: a definition, a record of the API, a component (its parameters take their
                defaults) or a bare node.

        Returns:
            The id to get it by: its own, or a fresh one where that is taken or missing.

        Raises:
            ValueError: it has problems; `problems` of the error lists all of them.
        """
        program = compile(tree, self._registry)
        with self._lock:
            own = program.definition.tree_id
            tree_id = own if own and own not in self._trees else str(uuid4())
            self._trees[tree_id] = ManagedTree(tree_id, program, self._registry, self._clock)
        return tree_id

    def get_tree(self, tree_id: str) -> ManagedTree:
        """Return a tree.

        Raises:
            KeyError: there is none of this id.
        """
        with self._lock:
            tree = self._trees.get(tree_id)
        if tree is None:
            raise TreeNotFound(f"there is no tree {tree_id}")
        return tree

    def list_trees(self) -> list[str]:
        """Return the ids of the trees, the oldest first."""
        with self._lock:
            return list(self._trees)

    def delete_tree(self, tree_id: str) -> None:
        """Halt a tree and forget it.

        Raises:
            KeyError: there is none of this id.
        """
        tree = self.get_tree(tree_id)
        with self._lock:
            self._trees.pop(tree_id, None)
        tree.close()
