"""The content hash: what a definition means, in 32 bytes.

Two definitions have the same hash exactly if they run the same: the same nodes with the same ids
and resolved configurations, the same variables, the same error policy. Layout, notes, names,
descriptions, metadata and tests do not count, nor does the spelling (an alias, a default that is
written out, `5` for a duration of `5.0`, a parameter's default instead of its value). A node
without an id gets one from its name, so there the name counts after all.

What is hashed is canonical JSON (keys sorted, no spaces), one value a line: a header, then the
nodes in pre-order, 4,096 of them a line.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from py_forest.engine import _native
from py_forest.engine.flatten import FlatProgram, flatten

if TYPE_CHECKING:
    from collections.abc import Collection

    from py_forest.engine.catalogue import Catalogue
    from py_forest.engine.document import Source

_FORMAT = 1
_NODES_A_LINE = 4_096


def content_hash(
    source: Source,
    *,
    catalogue: Catalogue | None = None,
    actions: Collection[str] | None = None,
) -> str:
    """Return the content hash of a valid definition, as 64 hex digits.

    Args:
        source: a definition in any form, see `load_definition`.
        catalogue: the node types known; those of the plugins when left out.
        actions: names of the registered actions; left out, any name is taken to be registered.

    Raises:
        DefinitionInvalid: the definition has errors, so it means nothing.
    """
    return hash_program(flatten(source, catalogue=catalogue, actions=actions)).hex()


def hash_program(flat: FlatProgram) -> bytes:
    """Return the content hash of a flat program, 32 bytes."""
    digest = hashlib.sha256()
    variables = sorted(flat.variables, key=lambda row: row[0])
    header: dict[str, Any] = {
        "format": _FORMAT,
        "error_policy": flat.error_policy,
        "variables": [list(row) for row in variables],
        "directions": flat.directions,
        "scopes": [[parent, _wiring(wiring), prefix] for parent, wiring, prefix in flat.scopes],
        "nodes": len(flat.nodes),
    }
    digest.update(_native.dump_json(header, sort_keys=True))
    for start in range(0, len(flat.nodes), _NODES_A_LINE):
        line = flat.nodes[start : start + _NODES_A_LINE]
        digest.update(b"\n")
        digest.update(_native.dump_json(line, sort_keys=True))
    return digest.digest()


def _wiring(wiring: dict[str, Any] | None) -> dict[str, Any] | None:
    if wiring is None:
        return None
    return {
        inner: {"value": outer[0]} if isinstance(outer, tuple) else outer
        for inner, outer in wiring.items()
    }
