"""A node type made ready for checking many nodes of it quickly."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from py_forest.engine import _native
from py_forest.engine.acceptors import BAD, Accept, acceptor
from py_forest.models.nodes import ConfigField, NodeType, Scene
from py_forest.models.status import Status

if TYPE_CHECKING:
    from py_forest.engine.board import Board

AcceptConfig = Callable[[dict[str, Any]], dict[str, Any] | None]

_NO_END = 1 << 62
_LEFT_TO_RIGHT_AND = frozenset({"Sequence", "ReactiveSequence"})
_LEFT_TO_RIGHT_OR = frozenset({"Selector", "ReactiveFallback"})
_NOBODY: frozenset[str] = frozenset()


class Spec:
    """What checking a node needs to know of its type, for one body of nodes.

    Args:
        node_type: the type.
        board: the variables as that body sees them; acceptors remember what is fine on it.
        scene: the node being checked, for the types whose own checks look at it.
        actions: names of the registered actions, None when they are not known.
    """

    __slots__ = (
        "accept",
        "blocks",
        "defaults",
        "empty",
        "fields",
        "foreign",
        "is_placeholder",
        "is_reference",
        "kind",
        "label",
        "max_children",
        "min_children",
        "name",
        "names",
        "node_type",
        "required",
        "uses_scene",
    )

    def __init__(
        self,
        node_type: NodeType,
        board: Board,
        scene: Scene,
        actions: frozenset[str] | None = None,
    ) -> None:
        self.node_type = node_type
        self.name = node_type.name
        self.label = f"{node_type.name}:{node_type.name}"
        self.kind = _native.KINDS[node_type.name if node_type.is_builtin else "Action"]
        self.min_children = node_type.min_children
        self.max_children = _NO_END if node_type.max_children is None else node_type.max_children
        self.fields = {f.name: f for f in node_type.config}
        self.names = {name: f.name for f in node_type.config for name in (*f.aliases, f.name)}
        forms = node_type.forms
        self.required = frozenset(
            forms[0] if forms else (f.name for f in node_type.config if f.required)
        )
        # Keys that only the other forms use, so that they have no place in the usual one.
        self.foreign = frozenset(key for form in forms[1:] for key in form) - self.required
        # What a node leaves out of a type that is not built in takes the variable of its name, if
        # there is one: binding the action decides that, so no default may hide it.
        self.defaults = {
            f.name: list(f.default) if isinstance(f.default, tuple) else f.default
            for f in node_type.config
            if f.default is not None and node_type.is_builtin
        }
        self.is_reference = node_type.name == "SubTree"
        self.is_placeholder = node_type.name == "Placeholder"
        self.blocks = _blocked_parents(node_type)
        self.uses_scene = node_type.check is not None or node_type.resolve is not None
        is_simple = node_type.is_builtin and not self.required and not self.uses_scene
        self.empty = self.defaults if is_simple else None
        self.accept: AcceptConfig = _doubtful
        if node_type.is_builtin:
            known = actions if node_type.name == "Action" else None
            self.accept = _make_accept(self, board, scene, known)


def blocked_by(*, succeeds: bool) -> frozenset[str]:
    """Return the parents whose later children never run after one that always ends that way."""
    return _LEFT_TO_RIGHT_OR if succeeds else _LEFT_TO_RIGHT_AND


def _blocked_parents(node_type: NodeType) -> frozenset[str]:
    blocked = _NOBODY
    if Status.SUCCESS not in node_type.returns:
        blocked |= _LEFT_TO_RIGHT_AND
    if Status.FAILURE not in node_type.returns:
        blocked |= _LEFT_TO_RIGHT_OR
    return blocked


def _doubtful(_config: dict[str, Any]) -> None:
    return None


def _make_accept(
    spec: Spec, board: Board, scene: Scene, actions: frozenset[str] | None
) -> AcceptConfig:
    """Make the quick check of a configuration: what the engine runs, or None when in doubt."""
    node_type = spec.node_type
    accepts: Mapping[str, Accept] = {f.name: acceptor(f, board) for f in node_type.config}
    find = accepts.get
    required, foreign, defaults = spec.required, spec.foreign, spec.defaults
    finish = _make_finish(spec, board, scene, actions)
    accept_extra = (
        acceptor(ConfigField("", "value", "", nullable=True), board)
        if node_type.extra_config
        else None
    )

    def accept(config: dict[str, Any]) -> dict[str, Any] | None:
        changed: dict[str, Any] | None = None
        for key, value in config.items():
            check = find(key, accept_extra)
            if check is None:
                return None
            found = check(value)
            if found is not value:
                if found is BAD:
                    return None
                if changed is None:
                    changed = {}
                changed[key] = found
        if not required <= config.keys() or (foreign and not foreign.isdisjoint(config)):
            return None
        if changed is not None:
            config = {**defaults, **config, **changed}
        elif defaults:
            config = {**defaults, **config}
        return config if finish is None else finish(config)

    return accept


def _make_finish(
    spec: Spec, board: Board, scene: Scene, actions: frozenset[str] | None
) -> AcceptConfig | None:
    """Make what remains once each field is fine; None when nothing does, as for most types."""
    check, resolve = spec.node_type.check, spec.node_type.resolve
    declared = board.declared
    typed = [(f.name, f.value_of) for f in spec.node_type.config if f.value_of]
    if check is None and resolve is None and not (typed and declared):
        return None

    def finish(config: dict[str, Any]) -> dict[str, Any] | None:
        if actions is not None and config["action"] not in actions:
            return None
        for key, of in typed:
            variable = declared.get(config[of])
            if variable is not None and key in config and variable.objection(config[key]):
                return None
        if check is not None:
            for _ in check(config, scene):
                return None
        return config if resolve is None else dict(resolve(config, scene))

    return finish
