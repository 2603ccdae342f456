"""From any payload somebody sends to one `TreeDefinition`, and to its canonical spelling."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from py_forest.engine.catalogue import Catalogue, default_catalogue
from py_forest.engine.problems import Problems, pointer_to
from py_forest.kit.text import did_you_mean, listed
from py_forest.models.trees import DEFINITION_KEYS, TreeDefinition

if TYPE_CHECKING:
    from py_forest.kit.json import JsonValue

WRAPPERS = ("tree_json", "tree_definition", "tree")
"""Keys under which a tree comes inside another record; a definition itself has `root`."""

_NODE_MARKS = ("node_type", "$ref")
_MOST_WRAPPERS = 8
_LABELS = ("name", "version", "author", "description", "tags", "category", "documentation_url")
_INHERITED = DEFINITION_KEYS - {"root", "tree_id", "metadata", "ui_metadata", "$schema"}
_RECORD_KEYS = frozenset(
    {*_LABELS, "id", "icon", "thumbnail", "created_at", "updated_at", "created_by", "is_public"}
)


def unwrap(
    payload: JsonValue,
    problems: Problems,
    *,
    may_have_placeholders: bool = True,
    origin: str | None = None,
) -> TreeDefinition | None:
    """Find the tree in a payload of any of the five forms.

    The forms are `{"tree_json": …}`, `{"tree_definition": …}`, `{"tree": …}` (each holding one of
    the others; a component is such a record with `parameters` beside its `tree`), `{"root": …}`,
    and a bare node.

    Args:
        payload: plain JSON that belongs to us.
        problems: where to say why there is none.
        may_have_placeholders: False only if it is known that no string holds `{{`.
        origin: the file it came from, if any.

    Returns:
        the definition, or None with an error added to `problems`.
    """
    sections: dict[str, Any] = {}
    pointers: dict[str, str] = {}
    labels: dict[str, Any] = {}
    at, base = payload, ""
    for _ in range(_MOST_WRAPPERS):
        if not isinstance(at, dict):
            problems.add("WRONG_TYPE", f"a tree is an object, not {json_type(at)}", base)
            return None
        key = _wrapper_of(at, problems, base)
        if key is None:
            break
        if key != "root":
            _take_sections(at, base, sections, pointers)
            labels = {**{name: at[name] for name in _LABELS if name in at}, **labels}
        at, base, parent = at[key], f"{base}/{key}", at
        if key == "root":
            return _definition(
                parent, base, sections, pointers, labels, source=(may_have_placeholders, origin)
            )
    if isinstance(at, dict) and any(mark in at for mark in _NODE_MARKS):
        holder = {"root": at}
        return _definition(
            holder, base, sections, pointers, labels, source=(may_have_placeholders, origin)
        )
    _no_tree(at, problems, base)
    return None


def canonical(definition: TreeDefinition, catalogue: Catalogue | None = None) -> TreeDefinition:
    """Return the definition in its canonical spelling.

    Aliases of node types and of configuration keys are replaced by the canonical names, and a node
    without a name gets its type's. Nothing else changes: placeholders, references and layout stay.

    Args:
        definition: any definition, valid or not.
        catalogue: the node types known; the default ones when left out.
    """
    known = catalogue or default_catalogue()
    document = dict(definition.document)
    subtrees = document.get("subtrees")
    if isinstance(subtrees, dict):
        document["subtrees"] = {
            name: _canonical_node(node, known) for name, node in subtrees.items()
        }
    document["root"] = _canonical_node(document["root"], known)
    return TreeDefinition(document, {}, definition.may_have_placeholders, definition.origin)


def json_type(value: JsonValue) -> str:
    """Name the JSON type of a value, for a sentence."""
    names = {
        type(None): "null",
        bool: "a boolean",
        int: "an integer",
        float: "a number",
        str: "text",
        list: "a list",
        dict: "an object",
    }
    return names.get(type(value), f"a Python {type(value).__name__}")


def _wrapper_of(record: dict[str, Any], problems: Problems, base: str) -> str | None:
    """Return the key the tree is under; None for a bare node or for no tree at all."""
    if any(mark in record for mark in _NODE_MARKS):
        return None
    present = [key for key in ("root", *WRAPPERS) if isinstance(record.get(key), dict)]
    if len(present) > 1:
        problems.add(
            "AMBIGUOUS_PAYLOAD",
            f"this holds more than one tree ({listed(present, 'and')}); send one",
            base,
        )
    if present:
        return present[0]
    return next((key for key in ("root", *WRAPPERS) if key in record), None)


def _take_sections(
    record: dict[str, Any], base: str, sections: dict[str, Any], pointers: dict[str, str]
) -> None:
    """Keep what a wrapping record says about the tree, such as a component's parameters."""
    for key in _INHERITED & record.keys():
        sections[key] = record[key]
        pointers[key] = pointer_to(base, key)


def _definition(
    holder: dict[str, Any],
    root_pointer: str,
    sections: dict[str, Any],
    pointers: dict[str, str],
    labels: dict[str, Any],
    *,
    source: tuple[bool, str | None],
) -> TreeDefinition:
    base = root_pointer.removesuffix("/root") if len(holder) > 1 or not pointers else root_pointer
    document = {**sections, **holder}
    for key in holder:
        pointers[key] = pointer_to(base, key)
    pointers["root"] = root_pointer
    if labels:
        metadata = holder.get("metadata", {})
        if isinstance(metadata, dict):
            document["metadata"] = {**labels, **metadata}
    return TreeDefinition(document, pointers, *source)


def _no_tree(record: JsonValue, problems: Problems, base: str) -> None:
    keys = list(record)[:20] if isinstance(record, dict) else []
    for key in keys:
        guess = did_you_mean(key, ("root", "node_type", *WRAPPERS))
        if guess is not None and key not in _RECORD_KEYS:
            problems.add(
                "NO_TREE",
                f"there is no tree here; did you mean `{guess}` by `{key[:60]}`?",
                base,
                suggestion=guess,
            )
            return
    problems.add(
        "NO_TREE",
        "there is no tree here: give a node (`node_type`), a definition (`root`), or a record that "
        f"holds one ({listed(WRAPPERS)})",
        base,
    )


def _canonical_node(root: JsonValue, catalogue: Catalogue) -> JsonValue:
    holder: list[Any] = [None]
    stack: list[tuple[Any, list[Any], int]] = [(root, holder, 0)]
    while stack:
        node, siblings, index = stack.pop()
        if not isinstance(node, dict):
            siblings[index] = node
            continue
        copy = dict(node)
        siblings[index] = copy
        _rename(copy, catalogue)
        children = node.get("children")
        if isinstance(children, list):
            copy["children"] = copies = [None] * len(children)
            stack.extend((child, copies, at) for at, child in enumerate(children))
    return holder[0]


def _rename(node: dict[str, Any], catalogue: Catalogue) -> None:
    """Spell one node canonically, in place."""
    written = node.get("node_type", "SubTree" if "$ref" in node else None)
    node_type = catalogue.find(written) if isinstance(written, str) else None
    if node_type is None:
        return
    node["node_type"] = node_type.name
    node.setdefault("name", node_type.name)
    config = node.get("config")
    if isinstance(config, dict):
        names = {alias: f.name for f in node_type.config for alias in f.aliases}
        node["config"] = {
            names.get(key, key) if names.get(key) not in config else key: value
            for key, value in config.items()
        }
