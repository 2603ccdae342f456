"""A compiled tree, and how a definition becomes one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from py_forest.engine import _native
from py_forest.engine.actions import LeafObject, bind_action
from py_forest.engine.catalogue import Catalogue, default_catalogue
from py_forest.engine.content_hash import hash_program
from py_forest.engine.flatten import FlatProgram, flatten
from py_forest.engine.problems import Problems
from py_forest.engine.registry import Registry, default_registry
from py_forest.engine.validate import validate as validate_definition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from py_forest.engine.body import Row
    from py_forest.engine.document import Source
    from py_forest.models.trees import Problem, TreeDefinition

_ACTION = _native.KINDS["Action"]
_KIND_NAMES = {number: name for name, number in _native.KINDS.items()}


@dataclass(frozen=True, slots=True)
class NodeInfo:
    """One node of a program.

    Args:
        index: its place in pre-order, from 0.
        id: its id, written or derived.
        name: its name, for people.
        node_type: its type.
        config: its configuration, aliases resolved and defaults filled in.
        parent: id of its parent, None for the root.
        children: ids of its children, in order.
        path: the names from the root to the node, joined with ` / `.
    """

    index: int
    id: str
    name: str
    node_type: str
    config: Mapping[str, Any]
    parent: str | None
    children: tuple[str, ...]
    path: str


class Program:
    """A compiled tree: immutable, and safe to share between threads.

    Make one with `py_forest.compile`.
    """

    __slots__ = ("__weakref__", "_flat", "core", "hash", "registry")

    def __init__(
        self, flat: FlatProgram, core: _native.ProgramCore, program_hash: bytes, registry: Registry
    ) -> None:
        self._flat = flat
        self.core = core
        self.hash = program_hash.hex()
        """Content hash of the definition's meaning, 64 hex digits."""
        self.registry = registry

    @property
    def definition(self) -> TreeDefinition:
        """The definition, its placeholders filled in."""
        return self._flat.definition

    @property
    def warnings(self) -> list[Problem]:
        """What validation found doubtful."""
        return self._flat.warnings

    @property
    def node_count(self) -> int:
        """How many nodes the tree has, references expanded."""
        return self.core.node_count

    @property
    def depth(self) -> int:
        """How many levels the tree has; 1 for a single node."""
        return self.core.depth

    @property
    def node_ids(self) -> list[str]:
        """Ids of all nodes, in pre-order."""
        return self.core.node_ids

    @property
    def variables(self) -> list[str]:
        """Blackboard keys that the tree declares or names."""
        return self.core.variables

    @property
    def output_keys(self) -> list[str]:
        """Keys that are declared to come out of the tree; all declared ones where none says so."""
        directions = self._flat.directions
        outputs = [key for key, direction in directions.items() if direction in ("out", "inout")]
        return outputs or [row[0] for row in self._flat.variables]

    @property
    def has_actions(self) -> bool:
        """Whether the tree calls Python."""
        return self.core.calls_outside

    def node(self, node_id: str) -> NodeInfo:
        """Describe a node.

        Raises:
            KeyError: the tree has no such node.
        """
        index = self.core.find_node(node_id)
        if index is None:
            raise KeyError(node_id)
        kind, _, _, _, config = self._flat.nodes[index]
        ids = self._flat.nodes
        parent = self.core.parent_of(index)
        return NodeInfo(
            index=index,
            id=node_id,
            name=self._flat.names[index],
            node_type=self._flat.custom_types.get(index) or _KIND_NAMES[kind],
            config=config,
            parent=None if parent is None else ids[parent][3],
            children=tuple(ids[child][3] for child in self.core.children_of(index)),
            path=self._flat.path(index),
        )

    def key_in(self, node_id: str, name: str) -> str:
        """Return the blackboard key that a node means by a name, through the wiring around it.

        Keys that are private to a wired subtree are `<id of the subtree>/<name>`.
        """
        scope = self._flat.nodes[self.node(node_id).index][1]
        while scope > 0:
            parent, wiring, prefix = self._flat.scopes[scope]
            if wiring is not None:
                outer = wiring.get(name)
                if not isinstance(outer, str):
                    return f"{prefix}/{name}"
                name = outer
            scope = parent
        return name

    def path(self, node_id: str) -> str:
        """Return the names from the root to a node, joined with ` / `."""
        return self.node(node_id).path

    def pointer(self, node_id: str) -> str:
        """Return the JSON pointer of a node in the document it was compiled from."""
        return self._flat.pointer(self.node(node_id).index)

    def start(
        self, seed: int = 0, record: bool = True, blackboard: Mapping[str, Any] | None = None
    ) -> _native.Execution:
        """Begin an execution.

        Args:
            seed: of its random numbers, 0 to 2**64 - 1.
            record: whether each tick's outcome carries a record.
            blackboard: first values, over the schema's defaults.

        Raises:
            ValueError: a value is no JSON or does not fit its declaration.
        """
        values = None if blackboard is None else dict(blackboard)
        return _native.start(self.core, self, seed, record, values)

    def restore(self, blob: bytes) -> _native.Execution:
        """Take an execution up again from `Execution.snapshot`.

        Raises:
            SnapshotRefused: the bytes are damaged, of another program or of a newer format.
        """
        return _native.restore(self.core, self, blob)

    def run_batch(
        self,
        table: object,
        *,
        threads: int = 1,
        outputs: Iterable[str] | None = None,
        now: float | None = None,
        seed: int = 0,
        max_ticks: int = 100,
        progress: Callable[[int], object] | None = None,
    ) -> _native.ArrowTable:
        """Decide every row of a table, each from a fresh start.

        Columns named like a blackboard key go in; a null cell leaves the key at its default. The
        result has all columns of the input, then `status` and the outputs.

        Args:
            table: anything with the Arrow PyCapsule interface.
            threads: how many to use; a tree that calls Python uses one.
            outputs: keys that become columns; `output_keys` without those that are columns already
                when left out. Keys of type any, array and object become JSON text.
            now: time of every tick, seconds since 1970 UTC; the wall clock when left out.
            seed: row i, counted from 0, runs with seed + i.
            max_ticks: a row that is still RUNNING after these keeps that status.
            progress: called now and then with the number of rows done.

        Raises:
            ValueError: a value does not fit its key (row and column are named), or a column's name
                is taken.
            TypeError: `table` is no Arrow table.
        """
        if outputs is None:
            given = set(getattr(table, "column_names", None) or ())
            outputs = [key for key in self.output_keys if key not in given]
        return _native.run_batch(
            self.core, table, list(outputs), max(1, threads), now, seed, max_ticks, progress
        )

    def __repr__(self) -> str:
        return f"<Program {self._flat.names[0]!r}, {self.node_count} nodes, {self.hash[:12]}>"

    def __reduce__(self) -> tuple[Any, ...]:
        return compile_definition, (self._flat.definition,)


def compile_definition(definition: Source, registry: Registry | None = None) -> Program:
    """Compile a tree.

    Args:
        definition: a dict, a path, JSON text or a `TreeDefinition`; see `load_definition`.
        registry: the Python actions the tree may call; the default one (`py_forest.action`) when
            left out.

    Raises:
        DefinitionInvalid: the definition has errors; all of them are attached.
        DocumentUnreadable: the path cannot be read.
    """
    actions = default_registry if registry is None else registry
    flat = flatten(definition, catalogue=_catalogue_with(actions))
    program_hash = hash_program(flat)
    nodes, leaves = _bind_actions(flat, actions)
    core = _native.build(
        nodes,
        flat.scopes,
        flat.variables,
        error_policy=flat.error_policy,
        program_hash=program_hash,
        leaves=leaves,
    )
    return Program(flat, core, program_hash, actions)


def validate(definition: Source, registry: Registry | None = None) -> list[Problem]:
    """Return every problem of a definition, warnings included, in document order.

    Args:
        definition: a dict, a path, JSON text or a `TreeDefinition`.
        registry: the Python actions the tree may call. Left out, the default one counts where it
            holds any; where it is empty, any action name passes.

    Raises:
        DocumentUnreadable: the path cannot be read.
    """
    actions = default_registry if registry is None else registry
    names = None if registry is None and not len(actions) else actions.names()
    return validate_definition(definition, catalogue=_catalogue_with(actions), actions=names)


def _catalogue_with(registry: Registry) -> Catalogue:
    if not len(registry):
        return default_catalogue()
    return Catalogue((*default_catalogue(), *registry.node_types()))


def _bind_actions(flat: FlatProgram, registry: Registry) -> tuple[list[Row], dict[int, LeafObject]]:
    """Return the nodes with what the engine runs in the place of each Action's configuration."""
    if not any(row[0] == _ACTION for row in flat.nodes):
        return flat.nodes, {}
    nodes = list(flat.nodes)
    problems = Problems()
    leaves: dict[int, LeafObject] = {}
    declared = {row[0] for row in flat.variables}
    for index, (kind, scope, count, node_id, config) in enumerate(flat.nodes):
        if kind != _ACTION:
            continue
        canonical, leaf = bind_action(
            config,
            registry,
            node_id=node_id,
            pointer=partial(flat.pointer, index),
            known_keys=declared if declared and scope == 0 else None,
            problems=problems,
        )
        nodes[index] = (kind, scope, count, node_id, canonical)
        if leaf is not None:
            leaves[index] = leaf
    problems.raise_errors()
    return nodes, leaves
