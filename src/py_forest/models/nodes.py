"""What a kind of node is: its name, its configuration, its children, how it looks.

A `NodeType` is a declaration, not an implementation. Validation, the palette and the forms of the
studio, the published JSON Schema and the documentation are all made from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol

from py_forest.models.status import Status

Category = Literal["composite", "decorator", "condition", "action"]
FieldType = Literal[
    "bool",
    "int",
    "float",
    "duration",
    "string",
    "template",
    "expression",
    "script",
    "variable",
    "status",
    "value",
    "list",
    "object",
    "assignments",
    "rows",
]
Access = Literal["read", "write"]
Severity = Literal["error", "warning"]

OPERATORS = ("<", "<=", ">", ">=", "==", "!=", "in", "not in")
"""How a variable and a value can be compared (`operator_str`)."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What a node type's own check found wrong with one node.

    Args:
        code: stable code, upper snake case.
        message: a sentence for a person.
        at: where, as keys below the node document; empty means the node itself.
        severity: `error` refuses the tree, `warning` does not.
        suggestion: what to write instead, where that is known.
    """

    code: str
    message: str
    at: tuple[str | int, ...] = ()
    severity: Severity = "error"
    suggestion: str | None = None


class Scene(Protocol):
    """What surrounds the node that is being checked."""

    @property
    def name(self) -> str:
        """Name of the node, as written; empty when it has none."""

    @property
    def children(self) -> Sequence[Any]:
        """Documents of its children."""


NodeCheck = Callable[[Mapping[str, Any], Scene], Iterable[Complaint]]
"""Looks at a node whose fields are each fine, for rules between fields and children."""

NodePrepare = Callable[[Mapping[str, Any], Scene], Mapping[str, Any]]
"""Turns a short way to write a configuration into the full one, before anything is checked.
It is asked only about nodes whose configuration is not plainly complete; it returns the same
mapping when there is nothing to turn."""

NodeResolve = Callable[[Mapping[str, Any], Scene], Mapping[str, Any]]
"""Makes what the engine runs from a configuration that was found good."""


@dataclass(frozen=True, slots=True)
class ConfigField:
    """One key of a node's configuration.

    Args:
        name: the key.
        type: what the value is. `duration` is seconds, 0 or more; `template` is text that may hold
            `{key}`; `value` is any JSON value; `assignments` is an object from variables to the
            values they are set to; `rows` are the rows of a decision table.
        description: help text of the form.
        required: whether it must be given.
        default: used when it is left out; None means nothing is filled in.
        minimum: smallest number allowed, inclusive.
        maximum: largest number allowed, inclusive.
        excluded: numbers inside the range that mean nothing.
        enum: the values allowed, in the order to show them.
        unit: unit of a number, for example `s` or `ticks`.
        aliases: other names the key is known by in imported documents.
        item: type of a list's items or of an object's values.
        item_enum: the values allowed for items.
        access: for a variable (or items that are variables), whether the node reads or writes it.
        nullable: whether null may be given.
        min_items: fewest items of a list.
        value_of: for a `value`, the key that names the variable whose declared type it must have.
        is_condition: for an expression, whether it decides what runs, so a constant one is odd.
    """

    name: str
    type: FieldType
    description: str
    required: bool = False
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None
    excluded: tuple[int, ...] = ()
    enum: tuple[Any, ...] | None = None
    unit: str | None = None
    aliases: tuple[str, ...] = ()
    item: FieldType | None = None
    item_enum: tuple[Any, ...] | None = None
    access: Access = "read"
    nullable: bool = False
    min_items: int = 0
    value_of: str | None = None
    is_condition: bool = False


@dataclass(frozen=True, slots=True)
class NodeType:
    """A kind of node.

    Args:
        name: the canonical `node_type`.
        category: where it stands in the palette.
        display_name: for people.
        description: what it does, in two or three sentences.
        icon: name of a simple icon.
        color: `#rrggbb`.
        aliases: other names it is known by in documents.
        config: its configuration.
        forms: where the configuration can be given in more than one way, the keys each way needs,
            the usual way first; a key that only another way uses is refused.
        min_children: fewest children.
        max_children: most children, None for any number.
        returns: the statuses a tick of it can end with.
        is_builtin: whether the engine itself implements it.
        time_dependent: whether it looks at `now`.
        extra_config: whether further keys are allowed (handed over as values).
        action: for a type that is not built in, the registered action that runs it.
        prepare: turns short forms into the full one, see `NodePrepare`.
        check: rules between fields and children, see `NodeCheck`.
        resolve: the last step before the engine, see `NodeResolve`.
    """

    name: str
    category: Category
    display_name: str
    description: str
    icon: str
    color: str
    aliases: tuple[str, ...] = ()
    config: tuple[ConfigField, ...] = ()
    forms: tuple[tuple[str, ...], ...] = ()
    min_children: int = 0
    max_children: int | None = 0
    returns: tuple[Status, ...] = (Status.RUNNING, Status.SUCCESS, Status.FAILURE)
    is_builtin: bool = False
    time_dependent: bool = False
    extra_config: bool = False
    action: str | None = None
    prepare: NodePrepare | None = field(default=None, compare=False)
    check: NodeCheck | None = field(default=None, compare=False)
    resolve: NodeResolve | None = field(default=None, compare=False)

    @property
    def reads(self) -> tuple[str, ...]:
        """Names of the configuration keys whose value names, or computes from, variables."""
        return tuple(f.name for f in self.config if _touches(f, "read"))

    @property
    def writes(self) -> tuple[str, ...]:
        """Names of the configuration keys whose value says which variables are set."""
        return tuple(f.name for f in self.config if _touches(f, "write"))

    def to_dict(self) -> dict[str, Any]:
        """Describe the type as JSON, for the API and the studio."""
        return {
            "name": self.name,
            "aliases": list(self.aliases),
            "category": self.category,
            "display_name": self.display_name,
            "description": self.description,
            "icon": self.icon,
            "color": self.color,
            "min_children": self.min_children,
            "max_children": self.max_children,
            "returns": [status.name for status in self.returns],
            "is_builtin": self.is_builtin,
            "time_dependent": self.time_dependent,
            "extra_config": self.extra_config,
            "reads": list(self.reads),
            "writes": list(self.writes),
            "forms": [list(form) for form in self.forms],
            "config": [_field_dict(f) for f in self.config],
        }


def _touches(config_field: ConfigField, access: Access) -> bool:
    kinds = {config_field.type, config_field.item}
    if "variable" in kinds:
        return config_field.access == access
    if kinds & {"script", "rows"}:
        return True
    if "assignments" in kinds:
        return access == "write"
    return access == "read" and bool(kinds & {"expression", "template"})


def _field_dict(config_field: ConfigField) -> dict[str, Any]:
    """Describe a field as JSON; what says nothing is left out, the type and help never are."""
    described: dict[str, Any] = {
        "name": config_field.name,
        "type": config_field.type,
        "description": config_field.description,
        "required": config_field.required,
        "default": config_field.default,
    }
    for key in ("minimum", "maximum", "unit", "item", "value_of"):
        if (value := getattr(config_field, key)) is not None:
            described[key] = value
    for key in ("excluded", "enum", "aliases", "item_enum"):
        if value := getattr(config_field, key):
            described[key] = list(value)
    if config_field.nullable:
        described["nullable"] = True
    if config_field.min_items:
        described["min_items"] = config_field.min_items
    if "variable" in (config_field.type, config_field.item):
        described["access"] = config_field.access
    return described
