"""A tree definition: the document a tree is drawn, stored, versioned and run from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NotRequired, TypedDict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from py_forest.models.nodes import Severity

NodeDocument = TypedDict(
    "NodeDocument",
    {
        "node_type": NotRequired[str],
        "node_id": NotRequired[str],
        "name": NotRequired[str],
        "config": NotRequired[dict[str, Any]],
        "children": NotRequired[list["NodeDocument"]],
        "$ref": NotRequired[str],
        "wiring": NotRequired[dict[str, Any]],
        "ui_metadata": NotRequired[dict[str, Any]],
        "notes": NotRequired[str],
        "description": NotRequired[str],
    },
)
"""One node as JSON. Every node has a `node_type` or a `$ref`."""

NODE_KEYS = frozenset(NodeDocument.__annotations__)
"""Every key a node document may have."""

DEFINITION_KEYS = frozenset(
    {
        "$schema",
        "tree_id",
        "metadata",
        "root",
        "subtrees",
        "blackboard_schema",
        "parameters",
        "error_policy",
        "tests",
        "dependencies",
        "validation",
        "requires_variables",
        "provides_variables",
        "ui_metadata",
    }
)
"""Every key a definition may have at its top."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, or doubtful, in a tree definition.

    Args:
        code: stable name for programs, upper snake case; `py_forest.engine.problems.CODES` lists
        all. severity: `error` (the tree is refused) or `warning`.
        message: a sentence for a person.
        pointer: where, as a JSON pointer (RFC 6901) into the document as it was given.
        node_id: the `node_id` written at that node, if one is.
        suggestion: what to write instead, where that is known.
    """

    code: str
    severity: Severity
    message: str
    pointer: str = ""
    node_id: str | None = None
    suggestion: str | None = None

    def __str__(self) -> str:
        return f"{self.pointer or '/'}: {self.message} [{self.code}]"

    def to_dict(self) -> dict[str, Any]:
        """Return the problem as JSON."""
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "pointer": self.pointer,
            "node_id": self.node_id,
            "suggestion": self.suggestion,
        }


@dataclass(frozen=True, slots=True, eq=False)
class TreeDefinition:
    """A tree as a document, unwrapped from whichever form it came in.

    It holds plain JSON that belongs to it: `py_forest.load` copies what it is given. Treat
    `document` as read-only. Being one does not mean being valid; `py_forest.validate` tells.

    Args:
        document: the definition; always has `root`.
        pointers: for a section of `document`, its JSON pointer in the document as it was given.
        may_have_placeholders: False only if no string holds `{{`.
        origin: the file it came from, if any.
    """

    document: dict[str, Any]
    pointers: Mapping[str, str] = field(default_factory=dict)
    may_have_placeholders: bool = True
    origin: str | None = None

    @property
    def root(self) -> NodeDocument:
        """The root node."""
        root: NodeDocument = self.document["root"]
        return root

    @property
    def subtrees(self) -> Mapping[str, NodeDocument]:
        """Named subtrees that `$ref` can name."""
        return self._mapping("subtrees")

    @property
    def metadata(self) -> Mapping[str, Any]:
        """Name, version, author, description, tags and whatever else describes the tree."""
        return self._mapping("metadata")

    @property
    def blackboard_schema(self) -> Mapping[str, Mapping[str, Any]]:
        """Declared variables."""
        return self._mapping("blackboard_schema")

    @property
    def parameters(self) -> list[dict[str, Any]]:
        """Declared parameters, what `{{name}}` stands for."""
        return self._list("parameters")

    @property
    def tests(self) -> list[dict[str, Any]]:
        """Tests that travel with the tree."""
        return self._list("tests")

    @property
    def name(self) -> str:
        """Name of the tree: of its metadata, else of its root, else empty."""
        for holder in (self.metadata, self.root):
            name = holder.get("name") if isinstance(holder, dict) else None
            if isinstance(name, str) and name:
                return name
        return ""

    @property
    def tree_id(self) -> str | None:
        """Id the document carries for itself."""
        tree_id = self.document.get("tree_id")
        return tree_id if isinstance(tree_id, str) else None

    def pointer_of(self, section: str) -> str:
        """Return the JSON pointer of a section in the document as it was given."""
        return self.pointers.get(section, f"/{section}")

    def __repr__(self) -> str:
        return f"<TreeDefinition {self.name!r}>"

    def _mapping(self, key: str) -> dict[str, Any]:
        value = self.document.get(key)
        return value if isinstance(value, dict) else {}

    def _list(self, key: str) -> list[Any]:
        value = self.document.get(key)
        return value if isinstance(value, list) else []
