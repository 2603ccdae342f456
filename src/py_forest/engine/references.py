"""References to subtrees: reading them, refusing cycles, knowing the size before expanding."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from py_forest.engine.board import key_objection
from py_forest.engine.body import Body, Reference, Wiring
from py_forest.engine.limits import MAX_DEPTH, MAX_NODES
from py_forest.engine.normalise import json_type
from py_forest.engine.problems import Problems, pointer_to
from py_forest.kit.text import did_you_mean, quoted

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from py_forest.kit.json import JsonValue

PREFIX = "#/subtrees/"
_MOST_SHOWN = 8


def read_reference(
    node: Mapping[str, Any], depth: int, node_id: str, pointer: str, problems: Problems
) -> Reference | None:
    """Read the `$ref` of a node; None, after saying why, when it cannot be used."""

    def refuse(code: str, message: str, *at: str) -> None:
        problems.add(code, message, pointer_to(pointer, *at), node_id=node.get("node_id"))

    written = node["$ref"]
    if not isinstance(written, str):
        refuse("REF_INVALID", f"`$ref` must be text, not {json_type(written)}", "$ref")
        return None
    if not written.startswith(PREFIX) or written == PREFIX:
        refuse("REF_INVALID", f"`$ref` must be `{PREFIX}<name>`, not {quoted(written)}", "$ref")
        return None
    if node.get("children"):
        refuse("REF_INVALID", "a node with `$ref` has no children of its own", "children")
    # A JSON pointer writes `/` as ~1 and `~` as ~0.
    target = written[len(PREFIX) :].replace("~1", "/").replace("~0", "~")
    wiring = _read_wiring(node.get("wiring"), refuse) if "wiring" in node else None
    return Reference(target, wiring, depth, node_id, pointer)


def _read_wiring(wiring: JsonValue, refuse: JsonValue) -> Wiring | None:
    if wiring is None:
        return None
    if not isinstance(wiring, dict):
        refuse("WIRING_INVALID", f"`wiring` must be an object, not {json_type(wiring)}", "wiring")
        return {}
    read: Wiring = {}
    for inner, outer in wiring.items():
        objection = key_objection(inner)
        if objection is not None:
            refuse("WIRING_INVALID", objection, "wiring", inner)
        elif isinstance(outer, str):
            read[inner] = outer
        elif isinstance(outer, dict) and outer.keys() == {"value"}:
            read[inner] = (outer["value"],)
        else:
            refuse(
                "WIRING_INVALID",
                f'{quoted(inner)} must be wired to the name of a variable or to `{{"value": …}}`',
                "wiring",
                inner,
            )
    return read


def check_targets(
    bodies: Mapping[str | None, Body], known: Mapping[str, Any], problems: Problems
) -> None:
    """Report references to subtrees that are not there, and subtrees nothing refers to."""
    used: set[str] = set()
    for body in bodies.values():
        for reference in body.references.values():
            used.add(reference.target)
            if reference.target not in known:
                guess = did_you_mean(reference.target, known)
                hint = f"; did you mean `{guess}`?" if guess else ""
                problems.add(
                    "REF_UNKNOWN",
                    f"there is no subtree {quoted(reference.target)}{hint}",
                    f"{reference.pointer}/$ref",
                    suggestion=f"{PREFIX}{guess}" if guess else None,
                )
    for name, body in bodies.items():
        if name is not None and name not in used:
            problems.warn(
                "SUBTREE_UNUSED", f"nothing refers to the subtree {quoted(name)}", body.pointer
            )


def check_expansion(bodies: Mapping[str | None, Body], problems: Problems) -> bool:
    """Report cycles, and trees that would be too large or too deep once expanded.

    The sizes are computed from the bodies, never by expanding: a few hundred bytes can stand for
    more nodes than there are atoms.

    Returns:
        whether the tree can be expanded.
    """
    order = _innermost_first(bodies, problems)
    if order is None:
        return False
    sizes: dict[str | None, int] = {}
    depths: dict[str | None, int] = {}
    for name in order:
        body = bodies[name]
        sizes[name] = len(body.rows)
        depths[name] = body.depth
        for reference in body.references.values():
            if reference.target in sizes:
                sizes[name] += sizes[reference.target]
                depths[name] = max(depths[name], reference.depth + depths[reference.target])
    if sizes[None] > MAX_NODES:
        shown = f"{sizes[None]:,}" if sizes[None] < 10**15 else "far too many"
        problems.add(
            "TREE_TOO_LARGE",
            f"with its references expanded the tree has {shown} nodes; {MAX_NODES:,} are allowed",
            bodies[None].pointer,
        )
        return False
    if depths[None] > MAX_DEPTH:
        problems.add(
            "TREE_TOO_DEEP",
            f"with its references expanded the tree has {depths[None]:,} levels; {MAX_DEPTH:,} are "
            "allowed",
            bodies[None].pointer,
        )
        return False
    return True


def _innermost_first(
    bodies: Mapping[str | None, Body], problems: Problems
) -> list[str | None] | None:
    """Order bodies so that each comes after those it refers to, or report the cycles there are."""
    order: list[str | None] = []
    state: dict[str | None, int] = {}  # 1 = on the way, 2 = done
    has_cycle = False
    for start in bodies:
        if start in state:
            continue
        path: list[tuple[str | None, Iterator[Reference]]] = []
        state[start] = 1
        path.append((start, iter(_distinct(bodies[start]))))
        while path:
            name, references = path[-1]
            reference = next(references, None)
            if reference is None:
                path.pop()
                state[name] = 2
                order.append(name)
                continue
            target = reference.target
            if target not in bodies:
                continue
            if state.get(target) == 1:
                has_cycle = True
                _report_cycle([step for step, _ in path], reference, problems)
            elif target not in state:
                state[target] = 1
                path.append((target, iter(_distinct(bodies[target]))))
    return None if has_cycle else order


def _distinct(body: Body) -> list[Reference]:
    """Return one reference for each subtree a body refers to."""
    first: dict[str, Reference] = {}
    for reference in body.references.values():
        first.setdefault(reference.target, reference)
    return list(first.values())


def _report_cycle(path: list[str | None], reference: Reference, problems: Problems) -> None:
    steps = [str(step) for step in path[path.index(reference.target) :]] + [reference.target]
    if len(steps) > _MOST_SHOWN:
        steps = [*steps[: _MOST_SHOWN - 2], "…", steps[-1]]
    problems.add(
        "REF_CYCLE",
        f"subtrees refer to each other without end: {' -> '.join(step[:60] for step in steps)}",
        f"{reference.pointer}/$ref",
    )
