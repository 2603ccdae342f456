"""Definitions as lists of nodes that can be matched, and what differs between two matched ones."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from py_forest.engine.catalogue import Catalogue
    from py_forest.models.nodes import NodeType
    from py_forest.models.trees import TreeDefinition

Change = tuple[str, Any, Any]
"""A field with its old and its new value."""


class _Absent:
    """What stands for a value that is not there, which is not the same as null."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = _Absent()

_PLAIN_FIELDS = ("description", "notes", "$ref", "wiring")
_PLAIN_SECTIONS = (
    "tree_id",
    "error_policy",
    "requires_variables",
    "provides_variables",
    "dependencies",
    "validation",
)
_KEYED_SECTIONS = ("metadata", "blackboard_schema")
_NAMED_SECTIONS = ("parameters", "tests")
_SAME_IN_ANY_SPELLING = frozenset({"float", "duration"})


@dataclass(slots=True, eq=False)
class TreeNode:
    """One node of a definition, references not followed.

    Args:
        index: its place in the list.
        parent: index of its parent, -1 for the root of the tree or of a subtree.
        position: its place among its siblings.
        body: name of the subtree it is in, None for the tree itself.
        pointer: JSON pointer of the body it is in.
        node_type: its canonical type.
        name: its name as written; empty when it has none.
        node_id: its id as written; empty when it has none.
        config: its configuration, aliases resolved.
        document: the node as it stands in the definition.
        children: indexes of its children.
        digest: equal for two nodes that are the same all the way down, ids aside.
        partner: index of the node it is matched with in the other definition.
    """

    index: int
    parent: int
    position: int
    body: str | None
    pointer: str
    node_type: str
    name: str
    node_id: str
    config: Mapping[str, Any]
    document: Mapping[str, Any]
    children: list[int] = field(default_factory=list)
    digest: bytes = b""
    partner: int | None = None

    @property
    def label(self) -> str:
        """What to call it."""
        return self.name or self.node_type or "(no type)"

    @property
    def is_telling(self) -> bool:
        """Whether there is enough to it to know it again elsewhere."""
        return bool(self.name or self.config or self.children)


def bodies(definition: TreeDefinition, catalogue: Catalogue) -> list[TreeNode]:
    """Return the nodes of the tree, then of its subtrees by name, each body in pre-order."""
    nodes: list[TreeNode] = []
    _add_body(nodes, definition.root, (None, "/root"), catalogue)
    for name in sorted(definition.subtrees):
        pointer = "/subtrees/" + name.replace("~", "~0").replace("/", "~1")
        _add_body(nodes, definition.subtrees[name], (name, pointer), catalogue)
    for node in reversed(nodes):
        node.digest = _digest(node, [nodes[child].digest for child in node.children])
    return nodes


def field_changes(old: TreeNode, new: TreeNode, catalogue: Catalogue) -> Iterator[Change]:
    """Yield what differs in two matched nodes; layout (`ui_metadata`) does not count."""
    for key in ("node_id", "node_type", "name"):
        before, after = getattr(old, key) or ABSENT, getattr(new, key) or ABSENT
        if before != after:
            yield key, before, after
    for key in _PLAIN_FIELDS:
        before, after = old.document.get(key, ABSENT), new.document.get(key, ABSENT)
        if not same(before, after):
            yield key, before, after
    before_type, after_type = catalogue.find(old.node_type), catalogue.find(new.node_type)
    for key in {**old.config, **new.config}:
        before, after = old.config.get(key, ABSENT), new.config.get(key, ABSENT)
        one, is_number = _filled_in(before, key, before_type)
        other, _ = _filled_in(after, key, after_type)
        if not same(one, other, is_number=is_number):
            yield f"config.{key}", before, after


def section_changes(old: TreeDefinition, new: TreeDefinition) -> Iterator[Change]:
    """Yield what differs beside the nodes."""
    for section in _PLAIN_SECTIONS:
        yield from _change(
            section, old.document.get(section, ABSENT), new.document.get(section, ABSENT)
        )
    for section in _KEYED_SECTIONS:
        yield from _keyed(section, *(_mapping(each.document.get(section)) for each in (old, new)))
    for section in _NAMED_SECTIONS:
        yield from _keyed(section, *(_by_name(each.document.get(section)) for each in (old, new)))


def same(one: object, other: object, *, is_number: bool = False) -> bool:
    """Whether two JSON values are the same; 1, 1.0 and true are three different ones.

    Args:
        one: a value.
        other: another.
        is_number: whether 1 and 1.0 are spellings of one number here.
    """
    stack = [(one, other)]
    while stack:
        left, right = stack.pop()
        if is_number and {type(left), type(right)} <= {int, float}:
            if left != right:
                return False
        elif type(left) is not type(right):
            return False
        elif isinstance(left, dict) and isinstance(right, dict):
            if left.keys() != right.keys():
                return False
            stack.extend((left[key], right[key]) for key in left)
        elif isinstance(left, list) and isinstance(right, list):
            if len(left) != len(right):
                return False
            stack.extend(zip(left, right, strict=True))
        elif left != right:
            return False
    return True


def _add_body(
    nodes: list[TreeNode], root: object, body: tuple[str | None, str], catalogue: Catalogue
) -> None:
    stack: list[tuple[object, int, int]] = [(root, -1, 0)]
    while stack:
        document, parent, position = stack.pop()
        node = _node(document, (len(nodes), parent, position), body, catalogue)
        nodes.append(node)
        if parent >= 0:
            nodes[parent].children.append(node.index)
        children = node.document.get("children")
        if isinstance(children, list):
            below = [(child, node.index, place) for place, child in enumerate(children)]
            stack.extend(reversed(below))


def _node(
    document: object,
    place: tuple[int, int, int],
    body: tuple[str | None, str],
    catalogue: Catalogue,
) -> TreeNode:
    known = document if isinstance(document, dict) else {"notes": document}
    written = known.get("node_type", "SubTree" if "$ref" in known else "")
    written = written if isinstance(written, str) else repr(written)
    node_type = catalogue.find(written)
    name, node_id, config = (known.get(key) for key in ("name", "node_id", "config"))
    name = name if isinstance(name, str) and name != (node_type and node_type.name) else ""
    return TreeNode(
        *place,
        *body,
        node_type.name if node_type else written,
        name,
        node_id if isinstance(node_id, str) else "",
        _resolved(config, node_type),
        known,
    )


def _resolved(config: object, node_type: NodeType | None) -> Mapping[str, Any]:
    if not isinstance(config, dict):
        return {} if config is None else {"": config}
    if node_type is None:
        return config
    names: dict[str, str] = {
        alias: each.name for each in node_type.config for alias in each.aliases
    }
    return {names.get(key) or key: value for key, value in config.items()}


def _filled_in(value: object, key: str, node_type: NodeType | None) -> tuple[object, bool]:
    """Return a value, its default if it is not there, and whether 1 and 1.0 are one number here."""
    known = (
        next((each for each in node_type.config if each.name == key), None) if node_type else None
    )
    if known is None:
        return value, False
    if value is ABSENT and known.default is not None:
        value = known.default
    return value, known.type in _SAME_IN_ANY_SPELLING


def _digest(node: TreeNode, below: list[bytes]) -> bytes:
    parts: list[Any] = [node.node_type, node.name, node.config]
    parts += [node.document.get(key) for key in _PLAIN_FIELDS]
    try:
        text = json.dumps(parts, sort_keys=True)
    except (RecursionError, ValueError, TypeError):
        # What JSON cannot say, no valid node holds: such a node is like no other.
        text = f"{node.index} of its own"
    made = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16)
    made.update(b"".join(below))
    return made.digest()


def _change(name: str, old: object, new: object) -> Iterator[Change]:
    if not same(old, new):
        yield name, old, new


def _keyed(section: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Change]:
    for key in {**old, **new}:
        before, after = old.get(key, ABSENT), new.get(key, ABSENT)
        if isinstance(before, dict) and isinstance(after, dict):
            for inner in {**before, **after}:
                name = f"{section}.{key}.{inner}"
                yield from _change(name, before.get(inner, ABSENT), after.get(inner, ABSENT))
        else:
            yield from _change(f"{section}.{key}", before, after)


def _mapping(section: object) -> Mapping[str, Any]:
    if isinstance(section, dict):
        return section
    return {} if section is None else {"": section}


def _by_name(section: object) -> Mapping[str, Any]:
    if not isinstance(section, list):
        return _mapping(section)
    named: dict[str, Any] = {}
    for place, entry in enumerate(section):
        name = entry.get("name") if isinstance(entry, dict) else None
        key = name if isinstance(name, str) and name not in named else f"[{place}]"
        named[key] = entry
    return named
