"""Leaves that answer as a test says, in the place of leaves that would do real work.

A stand-in takes the place of every Placeholder, of an Action that a test gives results for, and of
an Action that nobody registered. It is RUNNING until a step gives its result. Everything else of
the tree is the tree itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from py_forest.engine import Program, Registry, Result, compile
from py_forest.engine.catalogue import Catalogue, default_catalogue
from py_forest.engine.flatten import flatten
from py_forest.engine.references import PREFIX
from py_forest.kit.text import did_you_mean, quoted
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
        if answer is None:
            return Result(Status.RUNNING)
        return Result(answer.known_status, dict(answer.writes), answer.error)


class Places:
    """What the nodes of a tree can be called, in pre-order.

    Args:
        ids: the id that each has in the tree as it is written.
        names: their names.
        paths: the names from the root to each.
    """

    def __init__(self, ids: list[str], names: list[str], paths: list[str]) -> None:
        self.names = names
        self.paths = paths
        self._by_id = {node_id: at for at, node_id in enumerate(ids)}
        self._by_name: dict[str, list[int]] = {}
        for at, name in enumerate(names):
            self._by_name.setdefault(name, []).append(at)

    def find(self, node: str) -> int:
        """Return the place of a node that is named by its id, its name or the end of its path.

        Raises:
            TreeTestInvalid: no node is called so, or several are.
        """
        if node in self._by_id:
            return self._by_id[node]
        found = self._by_name.get(node) or [
            at for at, path in enumerate(self.paths) if _ends(path, node)
        ]
        if len(found) == 1:
            return found[0]
        if not found:
            guess = did_you_mean(node, self.names)
            hint = f"; did you mean {quoted(guess)}?" if guess else ""
            raise TreeTestInvalid(f"the tree has no node {quoted(node)}{hint}")
        shown = ", ".join(f"`{self.paths[at]}`" for at in found[:3])
        raise TreeTestInvalid(
            f"{len(found)} nodes are called {quoted(node)}: {shown}; name one by its id or its path"
        )


@dataclass(frozen=True, slots=True)
class Stage:
    """A tree made ready for one test.

    Args:
        program: the tree with its stand-ins.
        node_ids: the ids that its nodes have in `program`, in pre-order.
        places: what its nodes can be called.
        stand_ins: by the node's place in pre-order.
    """

    program: Program
    node_ids: list[str]
    places: Places
    stand_ins: dict[int, StandIn]

    def node_id(self, node: str) -> str:
        """Return the id that a node has in `program`.

        Raises:
            TreeTestInvalid: no node is called so, or several are.
        """
        return self.node_ids[self.places.find(node)]

    def is_decision(self, at: int) -> bool:
        """Whether the node asks a person."""
        return self.program.node(self.node_ids[at]).node_type == "HumanDecision"

    def is_outside(self, at: int) -> bool:
        """Whether the node's work is done by the caller."""
        return self.program.node(self.node_ids[at]).node_type in _OUTSIDE


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
        TreeTestInvalid: no node is called as one in `scripted`, or several are.
    """
    catalogue = Catalogue((*default_catalogue(), *registry.node_types()))
    flat = flatten(definition, catalogue=catalogue, parameters=parameters)
    document = _copied(flat.definition.document)
    players = _Cast(registry, catalogue)
    places = Places(
        ids=[row[3] for row in flat.nodes],
        names=flat.names,
        paths=[flat.path(at) for at in range(len(flat.nodes))],
    )
    given = {places.find(node) for node in scripted}
    nodes = list(_expanded(document))
    stand_ins: dict[int, StandIn] = {}
    # First the scripted ones: a leaf of a subtree is played wherever the subtree is used.
    for at in sorted(range(len(nodes)), key=lambda at: at not in given):
        stand_in = players.play(nodes[at], places.names[at], is_scripted=at in given)
        if stand_in is not None:
            stand_ins[at] = stand_in
    program = compile(TreeDefinition(document, {}, False), players.registry)
    return Stage(program, program.node_ids, places, stand_ins)


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
        self._parts: dict[int, StandIn] = {}

    def play(self, node: dict[str, Any], name: str, *, is_scripted: bool) -> StandIn | None:
        """Put a stand-in into the place of a leaf where one is needed, and return it."""
        if id(node) in self._parts:
            return self._parts[id(node)]  # a subtree that is used more than once
        if not self._is_replaced(node, is_scripted=is_scripted):
            return None
        stand_in = StandIn()
        action = f"{_PREFIX}{len(self._parts)}"
        self.registry.action(stand_in.__call__, name=action)
        self._parts[id(node)] = stand_in
        node["node_type"] = "Action"
        node["name"] = name
        node["config"] = {"action": action}
        return stand_in

    def _is_replaced(self, node: Mapping[str, Any], *, is_scripted: bool) -> bool:
        written = node.get("node_type")
        node_type = self._catalogue.find(written) if isinstance(written, str) else None
        if node_type is None:
            return False
        if node_type.name == "Placeholder":
            return True
        if node_type.name == "Action":
            return is_scripted or node.get("config", {}).get("action") not in self._known
        return is_scripted and node_type.name in self._known


def _copied(document: Mapping[str, Any]) -> dict[str, Any]:
    """Copy a document as deep as its nodes."""
    subtrees = document.get("subtrees") or {}
    return {
        **document,
        "root": _copy_nodes(document["root"]),
        "subtrees": {name: _copy_nodes(node) for name, node in subtrees.items()},
    }


def _copy_nodes(root: Mapping[str, Any]) -> dict[str, Any]:
    top = dict(root)
    waiting = [top]
    while waiting:
        node = waiting.pop()
        if node.get("children"):
            node["children"] = [dict(child) for child in node["children"]]
            waiting += node["children"]
    return top


def _expanded(document: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the nodes of a valid document in pre-order, with references expanded."""
    waiting = [document["root"]]
    while waiting:
        node = waiting.pop()
        yield node
        if "$ref" in node:
            name = node["$ref"].removeprefix(PREFIX).replace("~1", "/").replace("~0", "~")
            waiting.append(document["subtrees"][name])
        else:
            waiting += reversed(node.get("children") or ())
