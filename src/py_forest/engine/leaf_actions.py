"""Reading functions, coroutines and leaf classes as actions."""

from __future__ import annotations

import functools
import inspect
from typing import TYPE_CHECKING, Any

from py_forest.engine.docstrings import summary
from py_forest.engine.hints import hints_of
from py_forest.engine.leaf import Leaf
from py_forest.engine.registered import Method, RegisteredAction, leaf_factory
from py_forest.engine.signatures import Signature, merge, read_signature
from py_forest.kit.text import listed

if TYPE_CHECKING:
    from collections.abc import Mapping

Registrable = Any
"""A function, an `async def`, a `Leaf` class, a `functools.partial` of one of these, or something
of py_trees."""

_NO_SIGNATURE = Signature(())
_METHODS = ("setup", "initialise", "update", "terminate", "shutdown", "save", "load")


def from_callable(
    name: str, target: Registrable, *, outputs: Mapping[str, str], description: str | None
) -> RegisteredAction:
    """Make an action of something that is not of py_trees.

    Args:
        name: what trees call it.
        target: see `Registry.action`.
        outputs: the results it writes, and the variable each goes to by default.
        description: what it does; the start of the docstring when left out.

    Raises:
        TypeError: it cannot be a leaf, or takes what no JSON value can be.
    """
    cls = class_of(target)
    if cls is not None and issubclass(cls, Leaf):
        return _from_leaf(name, target, cls, outputs, description)
    if cls is not None:
        raise TypeError(
            f"action `{name}` is a class; derive it from `Leaf`, or register a function using it"
        )
    return _from_function(name, target, outputs, description)


def class_of(target: Registrable) -> type | None:
    """Return the class that calling `target` makes an object of, None when it is no class."""
    bare = _bare(target)
    return bare if inspect.isclass(bare) else None


def name_of(target: Registrable) -> str:
    """Return the name a function or class was defined with."""
    bare = _bare(target)
    return str(getattr(bare, "__name__", None) or type(bare).__name__)


def _bare(target: Registrable) -> Registrable:
    return target.func if isinstance(target, functools.partial) else target


def _from_function(
    name: str, target: Registrable, outputs: Mapping[str, str], description: str | None
) -> RegisteredAction:
    owner = f"action `{name}`"
    if not callable(target):
        raise TypeError(f"{owner}: something of type `{type(target).__name__}` cannot be called")
    bare = _bare(target)
    body = bare if inspect.isroutine(bare) else type(bare).__call__
    if inspect.isgeneratorfunction(body) or inspect.isasyncgenfunction(body):
        raise TypeError(
            f"{owner} yields; a leaf returns once a tick: keep what lasts in a `Leaf` class"
        )
    docstring = getattr(bare, "__doc__", None)
    signature = read_signature(target, owner, docstrings=[docstring], hints=hints_of(bare))
    return RegisteredAction(
        name=name,
        kind="coroutine" if inspect.iscoroutinefunction(body) else "function",
        callable=target,
        parameters=signature.parameters,
        takes_more=signature.takes_more,
        outputs=outputs,
        description=description or summary(docstring),
        origin=_origin_of(bare),
        returns=signature.returns,
    )


def _from_leaf(
    name: str,
    target: Registrable,
    cls: type[Leaf],
    outputs: Mapping[str, str],
    description: str | None,
) -> RegisteredAction:
    owner = f"action `{name}`"
    if inspect.isabstract(cls):
        missing = listed(sorted(cls.__abstractmethods__), "and")
        raise TypeError(f"{owner}: class `{cls.__name__}` has no {missing}")
    for method in _METHODS:
        if inspect.iscoroutinefunction(getattr(cls, method, None)):
            raise TypeError(
                f"{owner}: `{method}` is `async def`, but a leaf's methods answer within the tick"
            )
    made = _NO_SIGNATURE
    if cls.__init__ is not object.__init__:
        made = read_signature(
            target,
            owner,
            docstrings=[cls.__doc__, cls.__init__.__doc__],
            hints=hints_of(cls.__init__),
            is_fixed=True,
        )
    start = _read_method(cls, "initialise", owner)
    tick = _read_method(cls, "update", owner)
    return RegisteredAction(
        name=name,
        kind="class",
        callable=target,
        parameters=merge(owner, made, start, tick),
        takes_more=False,
        outputs=outputs,
        description=description or summary(cls.__doc__),
        origin=_origin_of(cls),
        initialise=_method_of(start),
        update=_method_of(tick),
        make_factory=leaf_factory(target),
    )


def _read_method(cls: type[Leaf], name: str, owner: str) -> Signature:
    method = getattr(cls, name)
    if method is getattr(Leaf, name):
        return _NO_SIGNATURE
    signature = read_signature(
        functools.partial(method, None),
        owner,
        docstrings=[method.__doc__, cls.__doc__],
        hints=hints_of(method),
    )
    if signature.takes_more:
        raise TypeError(f"{owner}: name the parameters of `{name}` instead of taking any")
    return signature


def _method_of(signature: Signature) -> Method:
    return Method(tuple(parameter.name for parameter in signature.parameters))


def _origin_of(target: Registrable) -> str:
    module = getattr(target, "__module__", None) or type(target).__module__
    name = getattr(target, "__qualname__", None) or type(target).__qualname__
    return f"`{module}.{name}`"
