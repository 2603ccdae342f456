"""Stopping an execution when it reaches a node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from py_forest.core.errors import NodeNotFound
from py_forest.engine import Program, compile
from py_forest.models.executions import Breakpoint
from py_forest.models.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterable

    from py_forest.core.layout import Layout
    from py_forest.core.observation import Observation, Visit

__all__ = ["Breakpoints"]


class Breakpoints:
    """The breakpoints of one execution.

    A breakpoint is hit by every tick that passes its node, wherever in the tree that is, and not
    only where the tick ends. Conditions are expressions of trees, compiled like those and run by
    the engine; nothing that is sent in is ever evaluated as Python.
    """

    def __init__(self) -> None:
        self._by_node: dict[str, Breakpoint] = {}
        self._conditions: dict[str, Program] = {}

    def set(self, layout: Layout, node_id: str, condition: str | None, is_enabled: bool) -> None:
        """Set the breakpoint of a node, in place of one that it has.

        Raises:
            NodeNotFound: the tree has no such node.
            DefinitionInvalid: the condition is not an expression.
        """
        if node_id not in layout.index:
            raise NodeNotFound(f"the tree has no node {node_id}")
        program = None if condition is None else _compiled(condition)
        self.remove(node_id)
        if program is not None:
            self._conditions[node_id] = program
        self._by_node[node_id] = Breakpoint(
            node_id=node_id, condition=condition, enabled=is_enabled
        )

    def remove(self, node_id: str) -> bool:
        """Remove the breakpoint of a node; say whether there was one."""
        self._conditions.pop(node_id, None)
        return self._by_node.pop(node_id, None) is not None

    def all(self) -> tuple[Breakpoint, ...]:
        """Return the breakpoints, in the order in which they were set."""
        return tuple(self._by_node.values())

    def keep(self, layout: Layout) -> None:
        """Forget the breakpoints of nodes that a new tree does not have."""
        for node_id in tuple(self._by_node):
            if node_id not in layout.index:
                self.remove(node_id)

    def hits(self, visits: Iterable[Visit], observation: Observation) -> list[Breakpoint]:
        """Return the breakpoints that a tick hit, each once, and count the hits.

        Args:
            visits: the nodes that the tick passed through.
            observation: what is known after the tick; conditions see its values.
        """
        if not self._by_node:
            return []
        hit: list[Breakpoint] = []
        for node_id in dict.fromkeys(each.node_id for each in visits):
            breakpoint = self._by_node.get(node_id)
            if breakpoint is not None and breakpoint.enabled and self._holds(node_id, observation):
                counted = breakpoint.model_copy(update={"hit_count": breakpoint.hit_count + 1})
                self._by_node[node_id] = counted
                hit.append(counted)
        return hit

    def _holds(self, node_id: str, observation: Observation) -> bool:
        program = self._conditions.get(node_id)
        if program is None:
            return True
        execution = program.start(record=False, blackboard=observation.blackboard())
        return execution.tick(now=0.0).status is Status.SUCCESS


def _compiled(condition: str) -> Program:
    return compile({"node_type": "Condition", "config": {"expression": condition}})
