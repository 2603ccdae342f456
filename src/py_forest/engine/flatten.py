"""From a checked definition to the flat program that the native engine is built from."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from py_forest.engine.bodies import row_pointers
from py_forest.engine.body import Body, Row, Wiring
from py_forest.engine.document import Source, collector_paused, load_definition
from py_forest.engine.limits import MAX_NODES
from py_forest.engine.problems import Problems
from py_forest.engine.validate import Analysis, analyse

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from py_forest.engine.board import Variable
    from py_forest.engine.catalogue import Catalogue
    from py_forest.models.trees import Problem, TreeDefinition

Scope = tuple[int, Wiring | None, str]
"""Parent scope, what is wired (None shares all), and the id of the node that opened it."""

VariableRow = tuple[str, str, bool, Any, float | None, float | None, list[Any] | None]
"""Name, type, whether it has a default, default, minimum, maximum, values allowed."""


@dataclass(slots=True, eq=False)
class FlatProgram:
    """A tree in pre-order, with references expanded and everything resolved.

    Args:
        nodes: for each node its kind, scope, number of children, id and configuration.
        scopes: what the nodes see of the blackboard; scope 0 is the whole of it.
        variables: the declared variables.
        names: the nodes' names.
        error_policy: `fail` or `raise`.
        directions: `in`, `out` or `inout` of the variables that say it.
        custom_types: type names of the nodes that are not built in, by index.
        definition: the definition with its placeholders filled in.
        warnings: what validation found doubtful.
        depth: levels of the tree.
    """

    nodes: list[Row]
    scopes: list[Scope]
    variables: list[VariableRow]
    names: list[str]
    error_policy: str
    directions: dict[str, str]
    custom_types: dict[int, str]
    definition: TreeDefinition
    warnings: list[Problem]
    depth: int
    _bodies: Mapping[str | None, Body]
    _segments: list[tuple[int, str | None, int]]
    _parents: list[int] | None = field(default=None)

    @property
    def parents(self) -> list[int]:
        """The index of each node's parent, -1 for the root; worked out on first use."""
        if self._parents is None:
            self._parents = _parents_of(self.nodes)
        return self._parents

    def path(self, index: int) -> str:
        """Return the names from the root to a node, joined with ` / `."""
        steps = []
        while index >= 0:
            steps.append(self.names[index])
            index = self.parents[index]
        return " / ".join(reversed(steps))

    def pointer(self, index: int) -> str:
        """Return the JSON pointer of a node in the document as it was given."""
        at = bisect_right(self._segments, index, key=lambda segment: segment[0]) - 1
        start, name, row = self._segments[at]
        wanted = row + index - start
        body = self._bodies[name]
        document = (
            self.definition.document["root"]
            if name is None
            else self.definition.document["subtrees"][name]
        )
        return row_pointers(document, body.pointer, {wanted})[wanted]


def flatten(
    source: Source,
    *,
    catalogue: Catalogue | None = None,
    actions: Collection[str] | None = None,
    parameters: Mapping[str, Any] | None = None,
) -> FlatProgram:
    """Check a definition and make what the native engine is built from.

    Args:
        source: a definition in any form, see `load_definition`.
        catalogue: the node types known; those of the plugins when left out.
        actions: names of the registered actions; left out, any name is taken to be registered.
        parameters: values for parameters; the others take their defaults.

    Raises:
        DefinitionInvalid: the definition has errors; all of them are attached.
        DocumentUnreadable: `source` is a file that cannot be read.
    """
    definition = load_definition(source)
    problems = Problems()
    analysis = analyse(
        definition, problems, catalogue=catalogue, actions=actions, parameters=parameters
    )
    problems.raise_errors()
    with collector_paused():
        flat = expand(analysis)
        _check_unique(flat, problems)
    problems.raise_errors()
    return flat


def expand(analysis: Analysis) -> FlatProgram:
    """Expand the references of a definition that has no errors."""
    expansion = _Expansion(analysis.bodies)
    expansion.run()
    document = analysis.definition.document
    return FlatProgram(
        nodes=expansion.nodes,
        scopes=expansion.scopes,
        variables=[_variable_row(name, v) for name, v in analysis.variables.items()],
        names=expansion.names,
        error_policy=document.get("error_policy") or "fail",
        directions={n: v.direction for n, v in analysis.variables.items() if v.direction},
        custom_types=expansion.custom_types,
        definition=analysis.definition,
        warnings=analysis.problems.listed(),
        depth=expansion.depth,
        _bodies=analysis.bodies,
        _segments=expansion.segments,
    )


class _Expansion:
    """Lays bodies out behind one another, each in the place of the references to it."""

    def __init__(self, bodies: Mapping[str | None, Body]) -> None:
        self._bodies = bodies
        self.nodes: list[Row] = []
        self.names: list[str] = []
        self.scopes: list[Scope] = [(-1, None, "")]
        self.segments: list[tuple[int, str | None, int]] = []
        self.custom_types: dict[int, str] = {}
        self.depth = 0

    def run(self) -> None:
        # A body being laid out: it, its references to come, next row, scope, id prefix, level.
        frames: list[tuple[Body, Iterator[int], int, int, str, int]] = []
        body = self._bodies[None]
        self._open(frames, body, 0, "", 0)
        while frames:
            body, references, row, scope, prefix, level = frames.pop()
            at = next(references, None)
            end = len(body.rows) if at is None else at + 1
            self._copy(body, row, end, scope, prefix)
            if at is None:
                continue
            frames.append((body, references, end, scope, prefix, level))
            reference = body.references[at]
            inner_prefix = f"{prefix}{reference.node_id}"
            inner_scope = scope
            if reference.wiring is not None:
                self.scopes.append((scope, reference.wiring, inner_prefix))
                inner_scope = len(self.scopes) - 1
            target = self._bodies[reference.target]
            self._open(frames, target, inner_scope, f"{inner_prefix}/", level + reference.depth)

    def _open(self, frames: list[Any], body: Body, scope: int, prefix: str, level: int) -> None:
        self.depth = max(self.depth, level + body.depth)
        frames.append((body, iter(body.references), 0, scope, prefix, level))

    def _copy(self, body: Body, start: int, end: int, scope: int, prefix: str) -> None:
        if start >= end:
            return
        first = len(self.nodes)
        self.segments.append((first, body.name, start))
        is_whole = start == 0 and end == len(body.rows)
        rows = body.rows if is_whole else body.rows[start:end]
        if scope or prefix:
            self.nodes.extend(
                [
                    (kind, scope, count, prefix + node_id, config)
                    for kind, _, count, node_id, config in rows
                ]
            )
        else:
            self.nodes.extend(rows)
        self.names.extend(body.names if is_whole else body.names[start:end])
        for row, type_name in body.custom_types.items():
            if start <= row < end:
                self.custom_types[first + row - start] = type_name


def _variable_row(name: str, variable: Variable) -> VariableRow:
    return (
        name,
        variable.type,
        variable.has_default,
        variable.default,
        variable.minimum,
        variable.maximum,
        None if variable.choices is None else list(variable.choices),
    )


def _parents_of(nodes: list[Row]) -> list[int]:
    parents: list[int] = []
    open_parents: list[int] = []
    left: list[int] = []
    for index, node in enumerate(nodes):
        while left and left[-1] == 0:
            left.pop()
            open_parents.pop()
        parents.append(open_parents[-1] if open_parents else -1)
        if left:
            left[-1] -= 1
        open_parents.append(index)
        left.append(node[2])
    return parents


def _check_unique(flat: FlatProgram, problems: Problems) -> None:
    """Report ids that only meet once references are expanded; within a body they were checked."""
    if len(flat.scopes) == 1 and len(flat._segments) == 1:
        return
    ids = [node[3] for node in flat.nodes]
    if len(set(ids)) == len(ids) <= MAX_NODES:
        return
    first: dict[str, int] = {}
    for index, node_id in enumerate(ids):
        if first.setdefault(node_id, index) != index and problems.has_room("error"):
            problems.add(
                "DUPLICATE_NODE_ID",
                f"node id `{node_id[:80]}` is used twice once references are expanded: also at "
                f"{flat.pointer(first[node_id])}",
                flat.pointer(index),
                node_id=node_id,
            )
