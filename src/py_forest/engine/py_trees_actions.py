"""Registering py_trees behaviours and trees as actions; imports py_trees."""

from __future__ import annotations

import functools
import inspect
import json
import weakref
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from py_trees.behaviour import Behaviour
from py_trees.trees import BehaviourTree

from py_forest.engine.docstrings import summary
from py_forest.engine.hints import ANYTHING, hints_of
from py_forest.engine.py_trees_adapter import Loan, Plan, PyTreesLeaf, key_of
from py_forest.engine.registered import MakeFactory, Method, RegisteredAction
from py_forest.engine.signatures import Parameter, read_signature

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_OWN_KINDS = (Behaviour, BehaviourTree)

OfPyTrees = Any
"""A behaviour class, a function that makes a behaviour or tree, or one such object."""


def name_of(target: OfPyTrees) -> str:
    """Return the name of a class or function, or of a finished behaviour or tree."""
    bare = target.func if isinstance(target, functools.partial) else target
    root = bare.root if isinstance(bare, BehaviourTree) else bare
    return str(getattr(root, "__name__", None) or getattr(root, "name", type(root).__name__))


def from_py_trees(
    name: str,
    target: OfPyTrees,
    *,
    reads: tuple[str, ...],
    writes: Mapping[str, str],
    resources: Mapping[str, Any],
    description: str | None,
) -> RegisteredAction:
    """Make an action of a py_trees class, function or object.

    Args:
        name: what trees call it.
        target: see `Registry.py_trees`.
        reads: variables put on its blackboard.
        writes: variables taken from it, and the variable each goes to by default.
        resources: objects on its blackboard, by variable name.
        description: what it does; the start of the docstring when left out.

    Raises:
        TypeError: it is nothing of py_trees, or needs an argument that no JSON value can be.
    """
    bare = target.func if isinstance(target, functools.partial) else target
    fixed = () if isinstance(target, _OWN_KINDS) else _constants(name, target, bare)
    preset = {"name": name} if any(p.name == "name" and p.is_required for p in fixed) else {}
    variables = (*reads, *writes)
    for key in {*variables, *resources} & {parameter.name for parameter in fixed}:
        raise TypeError(f"action `{name}` takes `{key}` to be made, so it is no variable too")
    inputs = tuple(
        Parameter(key, ANYTHING, f"The py_trees key `{key_of(key)}`.", is_key=True) for key in reads
    )
    return RegisteredAction(
        name=name,
        kind="py_trees",
        callable=target if callable(target) else functools.partial(_returned, target),
        parameters=(*(_preset(parameter, preset) for parameter in fixed), *inputs),
        takes_more=False,
        outputs=writes,
        description=description or summary(_docstring(bare)),
        origin=f"`{getattr(bare, '__module__', '')}.{getattr(bare, '__qualname__', name)}`",
        update=Method(reads),
        make_factory=_factories(
            target,
            preset,
            Plan(
                make=target,
                action=name,
                node_id="",
                keys={variable: key_of(variable) for variable in variables},
                writes=tuple(writes),
                resources=resources,
            ),
        ),
    )


def _constants(name: str, target: OfPyTrees, bare: OfPyTrees) -> tuple[Parameter, ...]:
    """Return what it takes to make the behaviour or tree."""
    if not callable(target):
        raise TypeError(f"action `{name}`: a {type(target).__name__} is nothing of py_trees")
    is_class = inspect.isclass(bare)
    if is_class and not issubclass(bare, Behaviour):
        raise TypeError(f"action `{name}`: class `{bare.__name__}` is no py_trees behaviour")
    body = bare.__init__ if is_class else bare
    return read_signature(
        target,
        f"action `{name}`",
        docstrings=[body.__doc__, bare.__doc__],
        hints=hints_of(body),
        is_fixed=True,
    ).parameters


def _preset(parameter: Parameter, preset: Mapping[str, str]) -> Parameter:
    """Give every behaviour the name it wants: the action's is as good as any."""
    if parameter.name not in preset:
        return parameter
    return replace(parameter, is_required=False, default=preset[parameter.name])


def _factories(target: OfPyTrees, preset: Mapping[str, str], plan_of_all: Plan) -> MakeFactory:
    """Make factories of leaves; equal node ids and constants give the identical factory."""
    known: weakref.WeakValueDictionary[tuple[str, str], Callable[[], Any]]
    known = weakref.WeakValueDictionary()
    loan = Loan(target, plan_of_all.action) if isinstance(target, _OWN_KINDS) else None

    def make(node_id: str, constants: Mapping[str, Any]) -> Callable[[], Any]:
        identity = (node_id, json.dumps(constants, sort_keys=True, default=repr))
        factory = known.get(identity)
        if factory is None:
            build = (
                functools.partial(target, **{**preset, **constants}) if loan is None else loan.take
            )
            plan = replace(plan_of_all, make=build, node_id=node_id)
            factory = known[identity] = functools.partial(PyTreesLeaf, plan, loan)
        return factory

    return make


def _returned(target: object) -> object:
    return target


def _docstring(bare: OfPyTrees) -> str | None:
    # A finished object only has its class's docstring, which says nothing of this one.
    return bare.__doc__ if inspect.isroutine(bare) or inspect.isclass(bare) else None
