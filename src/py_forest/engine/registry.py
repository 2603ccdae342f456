"""Which Python code the Action nodes of a tree can call.

    registry = Registry()

    @registry.action
    def restock(item: str, amount: int = 10) -> bool: ...

    @registry.action(name="stock.count", writes=["in_stock"])
    async def count(item: str) -> Result: ...

A function, an `async def`, a class derived from `Leaf`, and a py_trees behaviour or tree are all
registered the same way. Type hints and the docstring say what a node may configure.
"""

from __future__ import annotations

import functools
import inspect
import re
import sys
from typing import TYPE_CHECKING, Any, TypeVar, overload

from py_forest.engine.catalogue import default_catalogue
from py_forest.engine.hints import hints_of
from py_forest.engine.leaf_actions import Registrable, class_of, from_callable, name_of
from py_forest.engine.registered import RegisteredAction, key_names
from py_forest.kit.errors import PyForestError
from py_forest.kit.text import did_you_mean, listed, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from py_forest.models.nodes import NodeType

Target = TypeVar("Target")

_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,127}")


class ActionUnknown(PyForestError, LookupError):
    """No action of that name is registered."""

    default_code = "ACTION_UNKNOWN"
    default_status = 422


class Registry:
    """Actions by name. Registering is for start-up; what is registered never changes.

    A compiled program keeps the actions it was compiled with.
    """

    def __init__(self) -> None:
        self._actions: dict[str, RegisteredAction] = {}

    @overload
    def action(self, target: Target, /) -> Target: ...

    @overload
    def action(
        self,
        target: Target,
        /,
        *,
        name: str | None = None,
        writes: Iterable[str] = (),
        outputs: Mapping[str, str] | None = None,
        description: str | None = None,
        replace: bool = False,
    ) -> Target: ...

    @overload
    def action(
        self,
        target: None = None,
        /,
        *,
        name: str | None = None,
        writes: Iterable[str] = (),
        outputs: Mapping[str, str] | None = None,
        description: str | None = None,
        replace: bool = False,
    ) -> Callable[[Target], Target]: ...

    def action(
        self,
        target: Registrable = None,
        /,
        *,
        name: str | None = None,
        writes: Iterable[str] = (),
        outputs: Mapping[str, str] | None = None,
        description: str | None = None,
        replace: bool = False,
    ) -> Registrable:
        """Register something that Action nodes can run; a decorator, with or without arguments.

        Args:
            target: a function, an `async def`, a `Leaf` class, a `functools.partial` of one of
                these, a py_trees behaviour class, behaviour or tree, or a function that is
                annotated to return one of the last.
            name: what trees call it; the name of the function or class when left out.
            writes: names of the results it writes (`Result.writes`). Each goes to the variable of
                its name unless the node's `outputs` says otherwise.
            outputs: the same, with the variable that a result goes to by default.
            description: what it does; the start of the docstring when left out.
            replace: whether another action of this name is replaced, as when a notebook's cell is
                run again, rather than an error.

        Returns:
            `target`, unchanged.

        Raises:
            ValueError: the name is taken or is no name, or a key cannot be a variable's name.
            TypeError: `target` is none of these, or takes what no JSON value can be.
        """
        if target is None:
            return functools.partial(
                self.action,
                name=name,
                writes=writes,
                outputs=outputs,
                description=description,
                replace=replace,
            )
        if _is_py_trees(target):
            return self.py_trees(
                target,
                name=name,
                writes=writes,
                outputs=outputs,
                description=description,
                replace=replace,
            )
        chosen = name or name_of(target)
        destinations = _destinations(chosen, writes, outputs)
        made = from_callable(chosen, target, outputs=destinations, description=description)
        self.add(made, replace=replace)
        return target

    @overload
    def py_trees(
        self,
        target: Target,
        /,
        *,
        name: str | None = None,
        reads: Iterable[str] = (),
        writes: Iterable[str] = (),
        outputs: Mapping[str, str] | None = None,
        resources: Mapping[str, Any] | None = None,
        description: str | None = None,
        replace: bool = False,
    ) -> Target: ...

    @overload
    def py_trees(
        self,
        target: None = None,
        /,
        *,
        name: str | None = None,
        reads: Iterable[str] = (),
        writes: Iterable[str] = (),
        outputs: Mapping[str, str] | None = None,
        resources: Mapping[str, Any] | None = None,
        description: str | None = None,
        replace: bool = False,
    ) -> Callable[[Target], Target]: ...

    def py_trees(
        self,
        target: Registrable = None,
        /,
        *,
        name: str | None = None,
        reads: Iterable[str] = (),
        writes: Iterable[str] = (),
        outputs: Mapping[str, str] | None = None,
        resources: Mapping[str, Any] | None = None,
        description: str | None = None,
        replace: bool = False,
    ) -> Registrable:
        """Register a py_trees behaviour or a whole py_trees tree; needs the extra `py-trees`.

        It runs on a py_trees blackboard of its own. A variable `robot.speed` is the py_trees key
        `/robot/speed` there, and a variable `speed` is `/speed`.

        Args:
            target: a behaviour class, or a function that makes a behaviour or a `BehaviourTree`;
                what either takes becomes the node's configuration. Or one such object, which only
                one execution can use at a time.
            name: what trees call it; the name of the class, function or root when left out.
            reads: variables put on the py_trees blackboard before every tick.
            writes: variables taken from it after every tick, when they changed.
            outputs: as for `action`.
            resources: objects put on the py_trees blackboard once, by variable name; they need not
                be JSON and are never copied.
            description: as for `action`.
            replace: as for `action`.

        Returns:
            `target`, unchanged.

        Raises:
            ImportError: py_trees is not installed.
            ValueError: as for `action`.
            TypeError: as for `action`.
        """
        if target is None:
            return functools.partial(
                self.py_trees,
                name=name,
                reads=reads,
                writes=writes,
                outputs=outputs,
                resources=resources,
                description=description,
                replace=replace,
            )
        # An optional extra, imported by those who use it.
        from py_forest.engine import py_trees_actions  # noqa: PLC0415

        chosen = name or py_trees_actions.name_of(target)
        objects = dict(resources or {})
        key_names(chosen, objects)
        made = py_trees_actions.from_py_trees(
            chosen,
            target,
            reads=key_names(chosen, reads),
            writes=_destinations(chosen, writes, outputs),
            resources=objects,
            description=description,
        )
        self.add(made, replace=replace)
        return target

    def add(self, action: RegisteredAction, *, replace: bool = False) -> None:
        """Add an action that was registered elsewhere.

        Args:
            action: from another registry, for example.
            replace: whether another action of this name is replaced rather than an error.

        Raises:
            ValueError: the name is taken or is no name.
        """
        name = action.name
        if not _NAME.fullmatch(name):
            raise ValueError(
                f"{quoted(name)} cannot be an action's name: use letters, digits, `_`, `.` and "
                "`-`, starting with a letter or `_`, at most 128 characters; give one with `name=`"
            )
        known = self._actions.get(name)
        if known is not None and not replace:
            raise ValueError(
                f"action `{name}` is already registered, from {known.origin}; choose another "
                "`name=`, or say `replace=True`"
            )
        self._actions[name] = action

    def get(self, name: str) -> RegisteredAction:
        """Return the action of that name.

        Raises:
            ActionUnknown: there is none; the message says which one may have been meant.
        """
        found = self._actions.get(name)
        if found is None:
            guess = self.guess(name)
            raise ActionUnknown(self.unknown(name), detail={"action": name, "suggestion": guess})
        return found

    def find(self, name: str) -> RegisteredAction | None:
        """Return the action of that name, or None."""
        return self._actions.get(name)

    def guess(self, name: str) -> str | None:
        """Return the name a person most likely meant, or None."""
        return did_you_mean(name, self._actions)

    def unknown(self, name: str) -> str:
        """Say that no action has that name, and which one may have been meant."""
        guess = self.guess(name)
        if guess is not None:
            hint = f"; did you mean `{guess}`?"
        elif len(self._actions) > _MOST_LISTED:
            hint = f"; {len(self._actions)} others are"
        elif self._actions:
            hint = f"; there is {listed(sorted(self._actions), 'and')}"
        else:
            hint = "; none is: register it before the tree is compiled"
        return f"no action {quoted(name)} is registered{hint}"

    def names(self) -> frozenset[str]:
        """Return the names of all actions."""
        return frozenset(self._actions)

    def node_types(self) -> tuple[NodeType, ...]:
        """Describe each action as a node type, for the palette and trees that name it directly.

        An action that has the name of a node type of its own right is left out: trees can only
        run it by an Action node.
        """
        taken = default_catalogue()
        return tuple(action.node_type for action in self if action.name not in taken)

    def __iter__(self) -> Iterator[RegisteredAction]:
        return iter(tuple(self._actions.values()))

    def __len__(self) -> int:
        return len(self._actions)

    def __contains__(self, name: object) -> bool:
        return name in self._actions

    def __repr__(self) -> str:
        return f"<Registry of {len(self)} actions>"


_MOST_LISTED = 10

default_registry = Registry()
"""The registry that is used where none is given."""

action = default_registry.action
"""Register in the default registry, see `Registry.action`."""


def _is_py_trees(target: Registrable) -> bool:
    """Whether something is of py_trees; if that was never imported, nothing is."""
    behaviour = getattr(sys.modules.get("py_trees.behaviour"), "Behaviour", None)
    tree = getattr(sys.modules.get("py_trees.trees"), "BehaviourTree", None)
    kinds = tuple(kind for kind in (behaviour, tree) if kind is not None)
    cls = class_of(target)
    if cls is None and inspect.isroutine(target):
        returns = hints_of(target).get("return")
        cls = returns if inspect.isclass(returns) else None
    return isinstance(target, kinds) or (cls is not None and issubclass(cls, kinds))


def _destinations(
    action_name: str, writes: Iterable[str], outputs: Mapping[str, str] | None
) -> dict[str, str]:
    given = dict(outputs or {})
    names = (*key_names(action_name, writes), *key_names(action_name, given))
    key_names(action_name, given.values())
    return {name: given.get(name, name) for name in names}
