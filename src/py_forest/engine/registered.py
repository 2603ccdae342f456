"""One registered action: what it takes, how it is described, and what the engine is handed."""

from __future__ import annotations

import functools
import inspect
import json
import weakref
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from py_forest.engine.board import key_objection
from py_forest.models.nodes import ConfigField, NodeType
from py_forest.models.status import Status

if TYPE_CHECKING:
    from py_forest.engine.signatures import Parameter

Kind = Literal["function", "coroutine", "class", "py_trees"]

MakeFactory = Callable[[str, Mapping[str, Any]], Callable[[], Any]]
"""Makes the factory of a node's leaf objects from the node's id and its constants."""

_VIOLET = "#9333ea"
_AMBER = "#d97706"
_DONE = (Status.SUCCESS, Status.FAILURE)
_ANY = (Status.RUNNING, *_DONE)


@dataclass(frozen=True, slots=True)
class Method:
    """The arguments that one method of a leaf object takes, by name."""

    names: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False)
class RegisteredAction:
    """What a registry knows of an action.

    Args:
        name: what trees call it.
        kind: a function and a class answer within the tick; a coroutine is run by the runtime.
        callable: what was registered.
        parameters: what a node can give it.
        takes_more: whether it takes arguments of any further name.
        outputs: results it is known to write, and the variable each goes to by default.
        description: what it does.
        origin: where it is defined, for messages.
        returns: the hint of what a function returns.
        initialise: what the start of an activation takes; for objects.
        update: what a tick takes; for objects.
        make_factory: makes the factory of a node's objects; for objects.
    """

    name: str
    kind: Kind
    callable: Callable[..., Any]
    parameters: tuple[Parameter, ...]
    takes_more: bool
    outputs: Mapping[str, str]
    description: str
    origin: str
    returns: Any = inspect.Parameter.empty
    initialise: Method = Method()
    update: Method = Method()
    make_factory: MakeFactory | None = None
    by_name: Mapping[str, Parameter] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "by_name", {p.name: p for p in self.parameters})

    @property
    def mode(self) -> Literal["call", "await"]:
        """Whether it answers within the tick, or later under a run id."""
        return "await" if self.kind == "coroutine" else "call"

    @cached_property
    def node_type(self) -> NodeType:
        """Describe it as a node type that is not built in."""
        is_test = self.returns is bool
        is_quick = is_test or (self.kind == "function" and self.returns in (None, type(None)))
        return NodeType(
            name=self.name,
            category="condition" if is_test else "action",
            display_name=_spoken(self.name),
            description=self.description or f"Runs {self.origin}.",
            icon="filter" if is_test else "zap",
            color=_AMBER if is_test else _VIOLET,
            config=(*(parameter.to_field() for parameter in self.parameters), *self._sections()),
            returns=_DONE if is_quick else _ANY,
            extra_config=self.takes_more,
            time_dependent=self.kind == "coroutine",
            action=self.name,
        )

    def _sections(self) -> Iterable[ConfigField]:
        if any(not parameter.is_fixed for parameter in self.parameters) or self.takes_more:
            yield ConfigField(
                "inputs",
                "object",
                "An expression for each parameter that is computed from variables.",
                item="expression",
            )
        yield ConfigField(
            "outputs",
            "object",
            "For each result, the variable that receives it.",
            item="variable",
            access="write",
        )
        if self.kind == "coroutine" and "timeout" not in self.by_name:
            yield ConfigField(
                "timeout",
                "duration",
                "Longest wait for the result, then it fails; left out, it waits for ever.",
                unit="s",
                nullable=True,
            )


def leaf_factory(target: Callable[..., Any]) -> MakeFactory:
    """Make factories of leaf objects; equal constants give the identical factory.

    That identity is how a reload knows that a node still runs the same thing.
    """
    known: weakref.WeakValueDictionary[str, Callable[[], Any]] = weakref.WeakValueDictionary()

    def make(node_id: str, constants: Mapping[str, Any]) -> Callable[[], Any]:  # noqa: ARG001
        if not constants:
            return target
        key = json.dumps(constants, sort_keys=True, default=repr)
        factory = known.get(key)
        if factory is None:
            factory = known[key] = functools.partial(target, **constants)
        return factory

    return make


def key_names(action_name: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the names, checked to be names that variables can have.

    Raises:
        TypeError: they are one text rather than several.
        ValueError: one of them is no name.
    """
    if isinstance(names, str):
        raise TypeError(f"action `{action_name}`: names come in a list; write [{names!r}]")
    found = tuple(names)
    for name in found:
        objection = key_objection(name)
        if objection is not None:
            raise ValueError(f"action `{action_name}`: {objection}")
    return found


def _spoken(name: str) -> str:
    words = name.replace("_", " ").replace(".", " ").replace("-", " ").strip()
    return words[:1].upper() + words[1:]
