"""Checking a body of nodes and laying it out flat, in one pass without recursion.

A body is the root's tree, or one subtree. What comes out is in pre-order: one row a node, ready for
the native engine except for what expanding references changes (scope and ids).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from py_forest.engine import _native
from py_forest.engine.limits import MAX_DEPTH, MAX_NODE_ID, MAX_NODES, MAX_PROBLEMS
from py_forest.engine.nodes import NodeCheckup
from py_forest.engine.place import Place
from py_forest.models.trees import NODE_KEYS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from py_forest.engine.board import Board
    from py_forest.engine.body import Body
    from py_forest.engine.catalogue import Catalogue
    from py_forest.engine.problems import Problems
    from py_forest.engine.specs import Spec
    from py_forest.kit.json import JsonValue


def check_body(
    document: JsonValue,
    body: Body,
    board: Board,
    *,
    catalogue: Catalogue,
    problems: Problems,
    actions: frozenset[str] | None,
) -> None:
    """Check the nodes below `document` and add them to `body`.

    Args:
        document: the root node of the body.
        body: an empty body; filled.
        board: the variables as this body sees them.
        catalogue: the node types known.
        problems: where to say what is wrong.
        actions: names of the registered actions, None when they are not known.
    """
    place = Place(body.pointer)
    checkup = NodeCheckup(
        board, place, body, catalogue=catalogue, problems=problems, actions=actions
    )
    _walk(document, body, place, checkup)
    _check_ids(body, problems, document)


def _walk(  # noqa: C901, PLR0912, PLR0915
    document: JsonValue, body: Body, place: Place, checkup: NodeCheckup
) -> None:
    """Visit every node once.

    This loop is what a million nodes cost: it makes no calls it can avoid.
    """
    derive_id = _native.derive_id
    specs = checkup.specs
    find_spec = specs.get
    add_row, add_name = body.rows.append, body.names.append
    frames = place.frames
    known_keys = NODE_KEYS
    siblings = [document]
    iterator: Iterator[Any] = iter(siblings)
    parent_id, parent_type = "", ""
    seen: dict[str, int] = {}
    count = 1
    frames.append((siblings, iterator, parent_id, parent_type, seen))
    while True:
        for node in iterator:
            if node.__class__ is not dict:
                checkup.not_a_node(node)
                continue
            get = node.get
            written = get("node_type")
            spec: Spec | None = find_spec(written) if written.__class__ is str else None
            if spec is None or "$ref" in node:
                spec = checkup.find_spec(node)
            if not node.keys() <= known_keys:
                checkup.unknown_keys(node)

            children: Any = get("children")
            if children.__class__ is list:
                child_count = len(children)
            else:
                child_count = 0
                if children is not None:
                    checkup.wrong_type(node, "children", "a list of nodes")
            if spec.is_reference and "$ref" in node:
                child_count = 0
            elif not spec.min_children <= child_count <= spec.max_children:
                checkup.child_count(node, spec, child_count)

            name = get("name")
            if name.__class__ is str and name:
                label = f"{spec.name}:{name}"
            else:
                if name is not None and name != "":
                    checkup.wrong_type(node, "name", "text")
                name, label = spec.name, spec.label
            occurrence = seen.get(label, 0)
            seen[label] = occurrence + 1
            node_id: Any = get("node_id")
            if node_id is None:
                node_id = derive_id(parent_id, label, occurrence)
            elif node_id.__class__ is not str or not 0 < len(node_id) <= MAX_NODE_ID:
                checkup.bad_id(node)
                node_id = derive_id(parent_id, label, occurrence)

            if spec.uses_scene:
                checkup.name, checkup.children = name, children or ()
            config = get("config")
            if config:
                resolved = spec.accept(config) if config.__class__ is dict else None
            else:
                resolved = spec.empty if config is None or config.__class__ is dict else None
            if resolved is None:
                resolved = checkup.configure(node, spec, config, children or ())

            if spec.blocks and parent_type in spec.blocks:
                checkup.blocks_siblings(node, spec.name)
            if spec.is_placeholder:
                checkup.unfilled(node)

            if spec.is_reference and "$ref" in node:
                checkup.reference(node, len(body.rows), len(frames), node_id)
                add_row((spec.kind, 0, 1, node_id, resolved))
                add_name(name)
                continue
            add_row((spec.kind, 0, child_count, node_id, resolved))
            add_name(name)
            if child_count:
                count += child_count
                if count > MAX_NODES or len(frames) >= MAX_DEPTH:
                    checkup.too_large(count, len(frames))
                    body.is_whole = False
                    return
                iterator = iter(children)
                parent_id, parent_type, seen = node_id, spec.name, {}
                frames.append((children, iterator, parent_id, parent_type, seen))
                break
        else:
            body.depth = max(body.depth, len(frames))
            frames.pop()
            if not frames:
                return
            _, iterator, parent_id, parent_type, seen = frames[-1]


def _check_ids(body: Body, problems: Problems, document: JsonValue) -> None:
    """Report ids that occur twice; looking for them is only worth it when there are some."""
    ids = [row[3] for row in body.rows]
    if len(set(ids)) == len(ids):
        return
    first: dict[str, int] = {}
    pointers: dict[int, str] = {}
    doubles = []
    for index, node_id in enumerate(ids):
        if first.setdefault(node_id, index) != index and problems.has_room("error"):
            doubles.append(index)
            if len(doubles) > MAX_PROBLEMS:
                break
    wanted = {*doubles, *(first[ids[index]] for index in doubles)}
    pointers = row_pointers(document, body.pointer, wanted)
    for index in doubles:
        problems.add(
            "DUPLICATE_NODE_ID",
            f"node id `{ids[index][:80]}` is already used at {pointers[first[ids[index]]] or '/'}",
            pointers[index] + "/node_id",
            node_id=ids[index],
        )


def row_pointers(document: JsonValue, base: str, wanted: set[int]) -> dict[int, str]:
    """Return the JSON pointers of some rows of a body, by their index in pre-order.

    Args:
        document: root node of the body.
        base: JSON pointer of that node.
        wanted: indexes of rows.
    """
    found: dict[int, str] = {}
    place = Place(base)
    siblings: list[Any] = [document]
    iterator = iter(siblings)
    place.frames.append((siblings, iterator, "", "", {}))
    index = -1
    while place.frames and len(found) < len(wanted):
        for node in iterator:
            if node.__class__ is not dict:
                continue
            index += 1
            if index in wanted:
                found[index] = place.pointer()
            children = None if "$ref" in node else node.get("children")
            if children.__class__ is list and children:
                iterator = iter(children)
                place.frames.append((children, iterator, "", "", {}))
                break
        else:
            place.frames.pop()
            if place.frames:
                iterator = place.frames[-1][1]
    return found
