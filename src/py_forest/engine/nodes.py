"""What is checked of one node when the quick way has a doubt about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from py_forest.engine.configs import ConfigCheckup
from py_forest.engine.fields import FieldCheck
from py_forest.engine.limits import MAX_DEPTH, MAX_NODE_ID, MAX_NODES
from py_forest.engine.normalise import json_type
from py_forest.engine.references import read_reference
from py_forest.engine.specs import Spec
from py_forest.kit.text import counted, did_you_mean, quoted
from py_forest.models.nodes import NodeType
from py_forest.models.trees import NODE_KEYS

if TYPE_CHECKING:
    from py_forest.engine.board import Board
    from py_forest.engine.body import Body
    from py_forest.engine.catalogue import Catalogue
    from py_forest.engine.place import Place
    from py_forest.engine.problems import Problems
    from py_forest.kit.json import JsonValue

_UNKNOWN = NodeType(
    name="Unknown",
    category="action",
    display_name="Unknown",
    description="Stands in for a node whose type is not known, so that the rest can be checked.",
    icon="help-circle",
    color="#000000",
    max_children=None,
    extra_config=True,
    action="unknown",
)


class NodeCheckup(ConfigCheckup):
    """The thorough checks, each called for one node.

    Args:
        board: the variables as this body sees them.
        catalogue: the node types known.
        problems: where to say what is wrong.
        actions: names of the registered actions, None when they are not known.
        place: where the walk is.
        body: what is being filled.
    """

    def __init__(
        self,
        board: Board,
        place: Place,
        body: Body,
        *,
        catalogue: Catalogue,
        problems: Problems,
        actions: frozenset[str] | None,
    ) -> None:
        super().__init__(board, problems, actions, place)
        self._catalogue = catalogue
        self._body = body
        self._unknown = Spec(_UNKNOWN, board, self)
        self._unknown.accept = lambda config: config
        self._unknown.empty = {}
        self.specs: dict[str, Spec] = {}
        """Types met so far, by every name they were written with."""

    def not_a_node(self, node: JsonValue) -> None:
        """Report something that is no object where a node should be."""
        self.problems.add(
            "WRONG_TYPE", f"a node is an object, not {json_type(node)}", self.place.pointer()
        )

    def find_spec(self, node: dict[str, Any]) -> Spec:
        """Return the type of a node: one not met before, a reference, or one that is wrong."""
        written = node.get("node_type")
        if "$ref" in node:
            # Whatever else it says, it is a reference: it has no children of its own.
            reference = self._spec_of("SubTree") or self._unknown
            if written is not None and self._find(node, written) is not reference:
                message = f"a node with `$ref` is a `SubTree`, not a {quoted(written)}"
                self.complain(node, "REF_INVALID", message, "node_type", suggestion="SubTree")
            return reference
        if written is not None:
            return self._find(node, written)
        guess = next((did_you_mean(k, ("node_type",)) for k in node if k not in NODE_KEYS), None)
        hint = "; did you mean `node_type`?" if guess else ""
        message = f"this node has no `node_type`{hint}"
        self.complain(node, "NODE_TYPE_MISSING", message, suggestion=guess)
        return self._unknown

    def _find(self, node: dict[str, Any], written: JsonValue) -> Spec:
        """Return the type of that name, or a stand-in after saying what is wrong with the name."""
        if not isinstance(written, str):
            self.wrong_type(node, "node_type", "text")
            return self._unknown
        spec = self._spec_of(written)
        if spec is not None:
            return spec
        if not self.problems.has_room("error"):
            self.problems.count_one("error")
            return self._unknown
        guess = self._catalogue.guess(written)
        hint = f"; did you mean `{guess}`?" if guess else ""
        message = f"unknown node type {quoted(written)}{hint}"
        self.complain(node, "UNKNOWN_NODE_TYPE", message, "node_type", suggestion=guess)
        return self._unknown

    def _spec_of(self, name: str) -> Spec | None:
        spec = self.specs.get(name)
        if spec is None:
            node_type = self._catalogue.find(name)
            if node_type is None:
                return None
            spec = self.specs.get(node_type.name) or Spec(node_type, self.board, self, self.actions)
            self.specs[name] = self.specs[node_type.name] = spec
        return spec

    def unknown_keys(self, node: dict[str, Any]) -> None:
        """Warn of keys that mean nothing; a misspelt one is why something is missing."""
        for key in node:
            if key not in NODE_KEYS and self.problems.has_room("warning"):
                guess = did_you_mean(key, NODE_KEYS)
                hint = f"; did you mean `{guess}`?" if guess else ""
                self.complain(
                    node,
                    "UNKNOWN_KEY",
                    f"{quoted(key)} means nothing on a node{hint}",
                    key,
                    severity="warning",
                    suggestion=guess,
                )

    def child_count(self, node: dict[str, Any], spec: Spec, found: int) -> None:
        """Report too few or too many children."""
        low, high = spec.min_children, spec.node_type.max_children
        if spec.is_reference:
            wanted = "a `$ref`, or exactly one child"
        elif high is None:
            wanted = f"at least {counted(low, 'child', 'children')}"
        elif high == 0:
            wanted = "no children"
        elif low == high:
            wanted = f"exactly {counted(low, 'child', 'children')}"
        else:
            wanted = f"{low} to {counted(high, 'child', 'children')}"
        at = ("children",) if "children" in node else ()
        self.complain(node, "CHILD_COUNT", f"`{spec.name}` takes {wanted}; it has {found}", *at)

    def bad_id(self, node: dict[str, Any]) -> None:
        """Report a node id of the wrong type or length."""
        if isinstance(node["node_id"], str):
            message = f"a node id has 1 to {MAX_NODE_ID} characters"
            self.problems.add("NODE_ID_INVALID", message, f"{self.place.pointer()}/node_id")
        else:
            self.wrong_type(node, "node_id", "text")

    def unfilled(self, node: dict[str, Any]) -> None:
        """Warn of a placeholder."""
        name = node.get("name")
        shown = f" {quoted(name)}" if isinstance(name, str) and name else ""
        self.complain(
            node,
            "PLACEHOLDER_UNFILLED",
            f"placeholder{shown} is still to be filled",
            severity="warning",
        )

    def too_large(self, count: int, depth: int) -> None:
        """Report a tree past its limits."""
        if count > MAX_NODES:
            message = f"the tree has more than {MAX_NODES:,} nodes"
            self.problems.add("TREE_TOO_LARGE", message, self._body.pointer)
        elif depth >= MAX_DEPTH:
            message = f"the tree has more than {MAX_DEPTH:,} levels"
            self.problems.add("TREE_TOO_DEEP", message, self._body.pointer)

    def reference(self, node: dict[str, Any], row: int, depth: int, node_id: str) -> None:
        """Note which subtree the node stands for."""
        reference = read_reference(node, depth, node_id, self.place.pointer(), self.problems)
        if reference is None:
            return
        self._body.references[row] = reference

        def complain(code: str, message: str, *at: str | int, **more: JsonValue) -> None:
            self.complain(node, code, message, *at, **more)

        check = FieldCheck(self.board, self.place.pointer, complain)
        for inner, outer in (reference.wiring or {}).items():
            # The subtree may read it or write it; as long as the name is known, either is fine.
            if isinstance(outer, str) and check.use(outer, "read", ("wiring", inner)):
                check.use(outer, "write", ("wiring", inner))

    def custom_type(self, node_type: NodeType) -> None:
        """Note that the node's type is not built in."""
        self._body.custom_types[len(self._body.rows)] = node_type.name
