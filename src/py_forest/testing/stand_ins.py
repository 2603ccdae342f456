"""Leaves that answer as a test says, in the place of leaves that would do real work.

A stand-in takes the place of every Placeholder, of an Action that a test gives results for, and of
an Action that nobody registered. It is RUNNING until a step gives its result. Everything else of
the tree is the tree itself.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from py_forest.engine import Program, Registry, Result, compile
from py_forest.engine.catalogue import Catalogue, default_catalogue
from py_forest.engine.flatten import flatten
from py_forest.models.status import Status
from py_forest.models.trees import TreeDefinition
from py_forest.testing.cases import Answer, TreeTestInvalid

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

_OUTSIDE = ("External", "HumanDecision")
_PREFIX = "py_forest.testing.stand_in_"


@dataclass(slots=True)
class StandIn:
    """What the stand-in of one leaf answers in the next tick; None while it is still at work."""

    answer: Answer | None = None

    def __call__(self) -> Result:
        """Answer."""
        answer = self.answer
        if answer is None or answer.status is None:
            return Result(Status.RUNNING)
        return Result(answer.status, dict(answer.writes), answer.error)


@dataclass(slots=True)
class Stage:
    """A tree made ready for one test.

    Args:
        program: the tree with its stand-ins.
        ids: for each node in pre-order, the id it has in the tree itself.
        stand_ins: by the node's place in pre-order.
    """

    program: Program
    ids: list[str]
    stand_ins: dict[int, StandIn] = field(default_factory=dict)

    def find(self, node: str) -> int:
        """Return the place of a node that is named by its id, its name or the end of its path.

        Raises:
            TreeTestInvalid: no node is called so, or several are.
        """
        if node in self.ids:
            return self.ids.index(node)
        described = [self.program.node(node_id) for node_id in self.program.node_ids]
        found = [at for at, known in enumerate(described) if known.name == node]
        found = found or [at for at, known in enumerate(described) if _ends(known.path, node)]
        return only(found, node, [known.path for known in described])

    def node_id(self, node: str) -> str:
        """Return the id that a node has in `program`.

        Raises:
            TreeTestInvalid: no node is called so, or several are.
        """
        return self.program.node_ids[self.find(node)]

    def is_outside(self, at: int) -> bool:
        """Whether the node's work is done by the caller."""
        return self.program.node(self.program.node_ids[at]).node_type in _OUTSIDE


def only(found: list[int], node: str, paths: list[str]) -> int:
    """Return the one place that was found.

    Raises:
        TreeTestInvalid: there is none, or there are several.
    """
    if len(found) == 1:
        return found[0]
    if not found:
        raise TreeTestInvalid(f"the tree has no node `{node}`")
    shown = ", ".join(f"`{paths[at]}`" for at in found[:3])
    raise TreeTestInvalid(
        f"{len(found)} nodes are called `{node}`: {shown}; name one by its id or its path"
    )


def set_stage(
    definition: TreeDefinition,
    registry: Registry,
    *,
    parameters: Mapping[str, Any],
    scripted: Collection[str],
) -> Stage:
    """Compile a tree for a test.

    Args:
        definition: the tree.
        registry: the actions that are run as they are.
        parameters: values for parameters.
        scripted: the nodes that the test gives results for, however it names them.

    Raises:
        DefinitionInvalid: the tree, or a parameter, has errors.
    """
    catalogue = Catalogue((*default_catalogue(), *registry.node_types()))
    bare = TreeDefinition(definition.document, {}, definition.may_have_placeholders)
    flat = flatten(bare, catalogue=catalogue, parameters=parameters)
    ids = [row[3] for row in flat.nodes]
    document, leaves = _copied(flat.definition.document)
    players = _Cast(registry, catalogue)
    stand_ins: dict[int, StandIn] = {}
    for at, name in enumerate(flat.names):
        pointer = flat.pointer(at)
        leaf = leaves.get(pointer)
        if leaf is None:
            continue
        is_scripted = any(
            called in (ids[at], name) or _ends(flat.path(at), called) for called in scripted
        )
        stand_in = players.play(leaf, pointer, name, is_scripted=is_scripted)
        if stand_in is not None:
            stand_ins[at] = stand_in
    program = compile(TreeDefinition(document, {}, False), players.registry)
    return Stage(program, ids, stand_ins)


def _ends(path: str, ending: str) -> bool:
    return path == ending or path.endswith(f" / {ending}")


class _Cast:
    """Gives parts to stand-ins, one for each leaf of the document."""

    def __init__(self, registry: Registry, catalogue: Catalogue) -> None:
        self.registry = Registry()
        for action in registry:
            self.registry.add(action)
        self._known = registry.names()
        self._catalogue = catalogue
        self._parts: dict[str, StandIn] = {}

    def play(
        self, leaf: dict[str, Any], pointer: str, name: str, *, is_scripted: bool
    ) -> StandIn | None:
        """Put a stand-in into the place of a leaf where one is needed, and return it."""
        if pointer in self._parts:
            return self._parts[pointer]  # a subtree that is used more than once
        if not self._is_replaced(leaf, is_scripted=is_scripted):
            return None
        stand_in = StandIn()
        action = f"{_PREFIX}{len(self._parts)}"
        self.registry.action(stand_in.__call__, name=action)
        self._parts[pointer] = stand_in
        leaf["node_type"] = "Action"
        leaf["name"] = name
        leaf["config"] = {"action": action}
        return stand_in

    def _is_replaced(self, leaf: Mapping[str, Any], *, is_scripted: bool) -> bool:
        written = leaf.get("node_type")
        node_type = self._catalogue.find(written) if isinstance(written, str) else None
        if node_type is None:
            return False
        if node_type.name == "Placeholder":
            return True
        if node_type.name == "Action":
            return is_scripted or leaf.get("config", {}).get("action") not in self._known
        return is_scripted and node_type.name in self._known


def _copied(document: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Copy a document's nodes; also return its leaves by JSON pointer."""
    made = dict(document)
    leaves: dict[str, dict[str, Any]] = {}
    made["root"] = _copy_nodes(document["root"], "/root", leaves)
    subtrees = document.get("subtrees") or {}
    made["subtrees"] = {
        name: _copy_nodes(node, f"/subtrees/{_escaped(name)}", leaves)
        for name, node in subtrees.items()
    }
    return made, leaves


def _copy_nodes(
    root: Mapping[str, Any], pointer: str, leaves: dict[str, dict[str, Any]]
) -> dict[str, Any]:
    top = cast("dict[str, Any]", copy(root))
    waiting = [(top, pointer)]
    while waiting:
        node, at = waiting.pop()
        children = node.get("children")
        if not children:
            leaves[at] = node
            continue
        node["children"] = copies = [copy(child) for child in children]
        waiting += _numbered(copies, at)
    return top


def _numbered(nodes: list[dict[str, Any]], at: str) -> Iterator[tuple[dict[str, Any], str]]:
    for number, node in enumerate(nodes):
        yield node, f"{at}/children/{number}"


def _escaped(name: str) -> str:
    return name.replace("~", "~0").replace("/", "~1")
