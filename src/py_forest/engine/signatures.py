"""What a Python callable takes, read from its signature, type hints and docstring."""

from __future__ import annotations

import inspect
import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from py_forest.engine.docstrings import arguments
from py_forest.engine.hints import ANYTHING, Shape, hints_of, read_hint
from py_forest.engine.values import is_shallow
from py_forest.models.nodes import ConfigField

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

RESERVED = frozenset({"action", "inputs", "outputs"})
"""Keys of an Action node that say what is called, so that no parameter can have these names."""

_VARIADIC = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


@dataclass(frozen=True, slots=True)
class Parameter:
    """One argument that a node can give.

    Args:
        name: as in the signature.
        shape: the values it takes.
        help: what the docstring says of it.
        is_required: whether it has no default.
        default: a JSON value; None too when there is no default.
        by_position: whether it can be given by position.
        is_fixed: whether it is a constant of the compiled tree rather than computed when it runs.
        is_key: whether it stands for a variable that may have no value yet.
        is_left_out: whether it is left out of the call when nobody gives it, because its default is
            no JSON value.
    """

    name: str
    shape: Shape
    help: str = ""
    is_required: bool = False
    default: Any = None
    by_position: bool = False
    is_fixed: bool = False
    is_key: bool = False
    is_left_out: bool = False

    def to_field(self) -> ConfigField:
        """Describe it as a configuration field, for palettes, forms and documentation."""
        shape = self.shape
        note = ""
        if not (self.is_fixed or self.is_key or self.is_left_out):
            note = _WHERE_FROM[self.is_required]
        default = tuple(self.default) if isinstance(self.default, list) else self.default
        return ConfigField(
            self.name,
            shape.kind,
            f"{self.help} {note}".strip() or f"Argument `{self.name}`.",
            required=self.is_required and self.is_fixed,
            default=default,
            enum=shape.choices,
            item=shape.item.kind if shape.item else None,
            item_enum=shape.item.choices if shape.item else None,
            nullable=shape.nullable or (not self.is_required and self.default is None),
        )


_WHERE_FROM = {
    True: "Left out: the variable of this name.",
    False: "Left out: the variable of this name, or the default where there is none.",
}


@dataclass(frozen=True, slots=True)
class Signature:
    """What a callable takes.

    Args:
        parameters: in the order of the call.
        takes_more: whether it takes arguments of any further name.
        returns: the evaluated hint of what it gives back.
    """

    parameters: tuple[Parameter, ...]
    takes_more: bool = False
    returns: Any = inspect.Parameter.empty


def read_signature(
    target: Callable[..., Any],
    owner: str,
    *,
    docstrings: Iterable[str | None] = (),
    hints: Mapping[str, Any] | None = None,
    is_fixed: bool = False,
) -> Signature:
    """Read what a callable takes.

    Args:
        target: a function, a bound method, a `functools.partial`, or a class.
        owner: how to name it in a message, such as "action `charge`".
        docstrings: where arguments may be described, the best place first.
        hints: its type hints, when they are not the target's own.
        is_fixed: whether the arguments are constants of the compiled tree.

    Raises:
        TypeError: a parameter that no JSON value fits has no default, a name is reserved, or the
            signature cannot be read at all.
    """
    try:
        signature = inspect.signature(target)
    except ValueError as error:
        raise TypeError(f"{owner} has no signature to read; wrap it in a function") from error
    known = hints_of(target) if hints is None else hints
    texts: dict[str, str] = {}
    for docstring in docstrings:
        texts = {**arguments(docstring), **texts}
    bound = getattr(target, "keywords", {})
    found: list[Parameter] = []
    takes_more = False
    in_order = True
    for parameter in signature.parameters.values():
        if parameter.kind is inspect.Parameter.VAR_KEYWORD:
            takes_more = True
        if parameter.kind in _VARIADIC or parameter.name in bound:
            continue
        hint = known.get(parameter.name, inspect.Parameter.empty)
        read = _read_parameter(parameter, hint, owner, is_fixed=is_fixed)
        # What follows an argument that nobody gives can only be given by name.
        in_order = in_order and read is not None and parameter.kind in _POSITIONAL
        if read is not None:
            found.append(replace(read, help=texts.get(read.name, ""), by_position=in_order))
    return Signature(tuple(found), takes_more, known.get("return", inspect.Parameter.empty))


def is_json(value: object) -> bool:
    """Whether a Python value is a JSON value as it stands."""
    if value is None or value.__class__ in (bool, str):
        return True
    if value.__class__ not in (int, float, list, dict):
        return False
    try:
        text = json.dumps(value, allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        return False
    # What JSON changes (tuples, keys that are numbers) was no JSON value.
    return bool(json.loads(text) == value) and is_shallow(value)


def merge(owner: str, *signatures: Signature) -> tuple[Parameter, ...]:
    """Return the parameters of several methods of one object, each name once.

    Raises:
        TypeError: two of them disagree on a default, or one is fixed and the other is not.
    """
    merged: dict[str, Parameter] = {}
    for signature in signatures:
        for parameter in signature.parameters:
            other = merged.setdefault(parameter.name, parameter)
            if other.is_fixed is not parameter.is_fixed:
                raise TypeError(
                    f"{owner} takes `{parameter.name}` in its constructor and later; rename one"
                )
            if (other.is_required, other.default) != (parameter.is_required, parameter.default):
                raise TypeError(f"{owner} gives `{parameter.name}` two different defaults")
            if not other.help and parameter.help:
                merged[parameter.name] = replace(other, help=parameter.help)
    return tuple(merged.values())


def _read_parameter(
    parameter: inspect.Parameter, hint: object, owner: str, *, is_fixed: bool
) -> Parameter | None:
    name = parameter.name
    shape = read_hint(hint, allow_members=is_fixed)
    default = parameter.default
    is_required = default is inspect.Parameter.empty
    if shape is not None and shape.members is not None and isinstance(default, shape.members):
        default = default.name
    is_left_out = not is_required and not is_json(default)
    if is_left_out and parameter.kind is inspect.Parameter.POSITIONAL_ONLY:
        raise TypeError(
            f"{owner}: `{name}` must be allowed by name, its default being no JSON value"
        )
    if shape is None and not is_required:
        # An argument with which the programmer hands over an object: nothing a node could give.
        return None
    if shape is None:
        raise TypeError(
            f"{owner}: parameter `{name}` is {_shown(hint)}, but what a tree gives is JSON: bool, "
            "int, float, str, list, dict or None; take one of these, or give it a default"
        )
    if name in RESERVED:
        raise TypeError(f"{owner}: `{name}` is a key of the node itself; rename the parameter")
    if not is_required and default is None and shape != ANYTHING:
        shape = replace(shape, nullable=True)
    return Parameter(
        name,
        shape,
        is_required=is_required,
        default=None if is_required or is_left_out else default,
        is_fixed=is_fixed,
        is_left_out=is_left_out,
    )


def _shown(hint: object) -> str:
    return f"`{hint.__name__ if inspect.isclass(hint) else hint}`"
