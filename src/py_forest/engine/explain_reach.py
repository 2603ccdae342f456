"""Which nodes a tick passed, and what kept it from the others."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from py_forest.engine.explain_composites import SELECTORS, SEQUENCES, first_with, in_order
from py_forest.engine.explain_decorators import blocked_for, rest_left
from py_forest.engine.explain_words import ENDED, ended, label
from py_forest.models.status import Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from py_forest.engine.explain_scene import Scene
    from py_forest.engine.program import NodeInfo

_STOPS = {
    **dict.fromkeys(SEQUENCES, (Status.FAILURE, Status.RUNNING)),
    **dict.fromkeys(SELECTORS, (Status.SUCCESS, Status.RUNNING)),
}


def ancestors(scene: Scene, node: NodeInfo) -> list[NodeInfo]:
    """Return the nodes from the root down to a node, itself included."""
    line = [node]
    while line[-1].parent is not None:
        line.append(scene.node(line[-1].parent))
    return line[::-1]


def barrier(scene: Scene, node: NodeInfo) -> tuple[NodeInfo, NodeInfo] | None:
    """Find where the tick turned away from a node.

    Returns:
        The last node on the way to it that was ticked, and the next one, which was not; None when
        the node itself was ticked.
    """
    line = ancestors(scene, node)
    for parent, child in pairwise(line):
        visited = scene.is_visited(child)
        if visited is None:
            visited = child.id in {each.id for each in reached(scene, parent)}
        if not visited:
            return parent, child
    return None


def reached(scene: Scene, parent: NodeInfo) -> list[NodeInfo]:
    """Return the children that a ticked node ticked, as the statuses tell."""
    kind = scene.kind(parent)
    children = in_order(scene, parent)
    if kind in _STOPS:
        stop = stopper(scene, parent)
        return children if stop is None else children[: children.index(stop) + 1]
    if kind in ("IfThenElse", "WhileDoElse"):
        return [children[0], *_branch(scene, children)]
    if kind == "Switch":
        return [child for child in children if scene.status(child) is not Status.INVALID]
    if _HELD.get(kind, _never)(scene, parent):
        return []
    return children


def stopper(scene: Scene, parent: NodeInfo) -> NodeInfo | None:
    """Return the child at which a Sequence or Selector of any kind stopped, if at one."""
    children = in_order(scene, parent)
    if scene.record is not None:
        ticked = [child for child in children if scene.is_visited(child)]
        return ticked[-1] if ticked else None
    return first_with(scene, children, *_STOPS[scene.kind(parent)])


def _branch(scene: Scene, children: list[NodeInfo]) -> list[NodeInfo]:
    answer = scene.status(children[0])
    if answer is Status.RUNNING:
        return []
    return children[1:2] if answer is Status.SUCCESS else children[2:3]


def _never(_scene: Scene, _node: NodeInfo) -> bool:
    return False


def _idle_child(scene: Scene, node: NodeInfo) -> bool:
    return scene.status(scene.node(node.children[0])) is Status.INVALID


def _waiting(scene: Scene, node: NodeInfo) -> bool:
    return scene.status(node) is Status.RUNNING and scene.left(scene.memory(node)[0]) > 0


_HELD: dict[str, Callable[[Scene, NodeInfo], bool]] = {
    "Delay": _waiting,
    "Cooldown": lambda scene, node: rest_left(scene, node) is not None,
    "RateLimit": lambda scene, node: blocked_for(scene, node) is not None,
    "Guard": _idle_child,
    "CheckBlackboardCondition": _idle_child,
    "Repeat": _idle_child,
    "ForEach": _idle_child,
}


def held_back(scene: Scene, parent: NodeInfo, child: NodeInfo) -> tuple[str, NodeInfo | None]:
    """Say what a ticked node did instead of ticking a child.

    Returns:
        The words after the node's name, and the sibling that was in the way; empty words where the
        node's own reason says it.
    """
    kind = scene.kind(parent)
    if kind in _STOPS:
        return _past_or_before(scene, parent, child)
    children = scene.children(parent)
    if kind == "Parallel":
        ended = ENDED[scene.status(child)]
        return f"left it alone, as it {ended} already and waits for the others", None
    if kind in ("IfThenElse", "WhileDoElse"):
        return _other_branch(scene, children, child)
    if kind == "Switch":
        taken = next((c for c in children if scene.status(c) is not Status.INVALID), None)
        if taken is None:
            return "found no case that matched", None
        return f"took {label(scene, taken)}, whose case matched", taken
    return "", None


def _past_or_before(scene: Scene, parent: NodeInfo, child: NodeInfo) -> tuple[str, NodeInfo | None]:
    stop = stopper(scene, parent)
    if stop is None:
        return "could not begin with its children", None
    order = [each.id for each in in_order(scene, parent)]
    if order.index(child.id) < order.index(stop.id):
        return f"was past it already and went on at {label(scene, stop)}", stop
    return f"stopped at {label(scene, stop)}, which {ended(scene, stop)}", stop


def _other_branch(
    scene: Scene, children: list[NodeInfo], child: NodeInfo
) -> tuple[str, NodeInfo | None]:
    test = children[0]
    if child.id == test.id:
        return "had decided on a branch in an earlier tick", None
    answer = scene.status(test)
    if answer is Status.RUNNING:
        return f"is waiting for its condition {label(scene, test)}, which is running", test
    outcome = "succeeded" if answer is Status.SUCCESS else "did not succeed"
    return f"took its other branch, because its condition {label(scene, test)} {outcome}", test
