"""Leaves: nodes that ask or do something."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from py_forest.engine.conditions import looks_like_condition, parse_condition
from py_forest.models.nodes import OPERATORS, Complaint, ConfigField, NodeType, Scene
from py_forest.models.status import Status
from py_forest.plugins import hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_GREEN = "#16a34a"
_RED = "#dc2626"
_GREY = "#6b7280"
_AMBER = "#d97706"
_SKY = "#0284c7"
_VIOLET = "#9333ea"

_R, _S, _F = Status.RUNNING, Status.SUCCESS, Status.FAILURE
_STATUS_NAMES = ("SUCCESS", "FAILURE", "RUNNING")
_ENDED_NAMES = ("SUCCESS", "FAILURE")
_CONTAINERS = (str, list, dict)


def _condition_text(config: Mapping[str, Any], scene: Scene) -> Mapping[str, Any]:
    """Find a condition given as one text: in `condition`, `expression` or the node's name."""
    if "variable" in config or "operator_str" in config or "operator" in config:
        return config
    rest = {key: value for key, value in config.items() if key not in ("condition", "expression")}
    given = [config[key] for key in ("condition", "expression") if key in config]
    if len(given) == 1 and isinstance(given[0], str):
        return {**rest, **parse_condition(given[0])}
    if not given and looks_like_condition(scene.name):
        return {**rest, **parse_condition(scene.name)}
    return config


def _check_comparison(config: Mapping[str, Any], _scene: Scene) -> Iterable[Complaint]:
    if (
        config.get("operator_str") not in ("in", "not in")
        or "value" not in config
        or isinstance(config["value"], _CONTAINERS)
    ):
        return ()
    message = (
        f"operator `{config['operator_str']}` looks inside a list, text or object; "
        "`value` is none of these"
    )
    return (Complaint("CONFIG_TYPE", message, ("config", "value")),)


def _assignment(config: Mapping[str, Any], scene: Scene) -> Mapping[str, Any]:
    """Read `"priority" = "high"` from the name of a node without a configuration."""
    name, equals, value = scene.name.partition("=")
    if config or not equals or value.startswith("=") or name.rstrip()[-1:] in ("!", "<", ">", ""):
        return config
    parsed = parse_condition(f"x == {value.strip()}")
    if "value" not in parsed:
        return {"variable": name.strip().strip("'\""), "expression": value.strip()}
    return {"variable": name.strip().strip("'\""), "value": parsed["value"]}


def _arguments(config: Mapping[str, Any], _scene: Scene) -> Mapping[str, Any]:
    """Gather what a leaf outside the engine is called with: computed inputs and literal keys."""
    kept = {key: config[key] for key in ("action", "outputs", "timeout") if key in config}
    arguments = {key: {"value": value} for key, value in config.items() if key not in _CALL_KEYS}
    for name, text in config.get("inputs", {}).items():
        arguments[name] = {"expression": text}
    return {**kept, "arguments": arguments} if arguments else kept


def _check_arguments(config: Mapping[str, Any], _scene: Scene) -> Iterable[Complaint]:
    return [
        Complaint(
            "CONFIG_CONFLICT",
            f"`{name[:60]}` is given twice: as an input and as a value",
            ("config", "inputs", name),
        )
        for name in config.get("inputs", {})
        if name in config and name not in _CALL_KEYS
    ]


_CALL_KEYS = frozenset({"action", "inputs", "outputs", "timeout"})

_COMPARISON = (
    ConfigField("variable", "variable", "Variable that is compared.", required=True),
    ConfigField(
        "operator_str",
        "string",
        "How the variable (left) and the value (right) compare.",
        required=True,
        enum=OPERATORS,
        aliases=("operator",),
    ),
    ConfigField("value", "value", "What the variable is compared with.", nullable=True),
    ConfigField(
        "expression",
        "expression",
        "Instead of a value: an expression for the right side. Without variable and operator: the "
        "whole condition.",
        is_condition=True,
    ),
)
_COMPARISON_FORMS = (
    ("variable", "operator_str", "value"),
    ("variable", "operator_str", "expression"),
    ("expression",),
)

_CONSTANTS = (
    NodeType(
        name="Success",
        category="action",
        display_name="Success",
        description="Succeeds at once.",
        icon="check",
        color=_GREEN,
        returns=(_S,),
        is_builtin=True,
    ),
    NodeType(
        name="Failure",
        category="action",
        display_name="Failure",
        description="Fails at once.",
        icon="x",
        color=_RED,
        returns=(_F,),
        is_builtin=True,
    ),
    NodeType(
        name="Running",
        category="action",
        display_name="Running",
        description="Runs for ever, until it is halted.",
        icon="loader",
        color=_AMBER,
        returns=(_R,),
        is_builtin=True,
    ),
    NodeType(
        name="Placeholder",
        category="action",
        display_name="Placeholder",
        description="Marks a place that is still to be filled. It can be run, but a tree that "
        "holds one is not ready to be deployed.",
        icon="square-dashed",
        color=_GREY,
        config=(
            ConfigField(
                "status",
                "status",
                "What it answers until it is filled.",
                default="FAILURE",
                enum=_STATUS_NAMES,
            ),
        ),
        is_builtin=True,
    ),
)

_CONDITIONS = (
    NodeType(
        name="CheckBlackboardCondition",
        aliases=("CheckCondition",),
        category="condition",
        display_name="Check condition",
        description="Compares a variable with a value: succeeds if it holds, fails if not or if "
        "the variable has no value. With a child it is a guard: that runs only while it holds.",
        icon="filter",
        color=_AMBER,
        config=_COMPARISON,
        forms=_COMPARISON_FORMS,
        max_children=1,
        is_builtin=True,
        prepare=_condition_text,
        check=_check_comparison,
    ),
    NodeType(
        name="WaitForBlackboardCondition",
        aliases=("WaitForCondition",),
        category="condition",
        display_name="Wait for condition",
        description="Runs until a variable compares with a value as asked, then succeeds.",
        icon="clock",
        color=_AMBER,
        config=_COMPARISON,
        forms=_COMPARISON_FORMS,
        returns=(_R, _S),
        is_builtin=True,
        prepare=_condition_text,
        check=_check_comparison,
    ),
    NodeType(
        name="Condition",
        category="condition",
        display_name="Condition",
        description="Succeeds if an expression is true, fails if it is not.",
        icon="filter",
        color=_AMBER,
        config=(
            ConfigField(
                "expression",
                "expression",
                "The condition, for example `battery < 20 and not docked`.",
                required=True,
                aliases=("condition",),
                is_condition=True,
            ),
        ),
        returns=(_S, _F),
        is_builtin=True,
    ),
    NodeType(
        name="Probability",
        category="condition",
        display_name="Probability",
        description="Succeeds with a given probability, fails otherwise. The draw comes from the "
        "execution's seed, so a replay draws the same.",
        icon="dice",
        color=_AMBER,
        config=(
            ConfigField(
                "probability",
                "float",
                "Chance to succeed: 0 never, 1 always.",
                required=True,
                minimum=0.0,
                maximum=1.0,
            ),
        ),
        returns=(_S, _F),
        is_builtin=True,
    ),
)

_BLACKBOARD = (
    NodeType(
        name="SetBlackboardVariable",
        aliases=("SetVariable",),
        category="action",
        display_name="Set variable",
        description="Sets a variable to a value, or to what an expression gives, and succeeds.",
        icon="pencil",
        color=_SKY,
        config=(
            ConfigField(
                "variable", "variable", "Variable that is set.", required=True, access="write"
            ),
            ConfigField(
                "value",
                "value",
                "The value, with its type: text, number, true or false, list, object or null.",
                nullable=True,
                value_of="variable",
            ),
            ConfigField("expression", "expression", "Instead of a value: how to compute it."),
            ConfigField(
                "overwrite",
                "bool",
                "Replace a value that is there. Off: fail when the variable has one.",
                default=True,
            ),
        ),
        forms=(("variable", "value"), ("variable", "expression")),
        returns=(_S, _F),
        is_builtin=True,
        prepare=_assignment,
    ),
    NodeType(
        name="UnsetBlackboardVariable",
        aliases=("UnsetVariable",),
        category="action",
        display_name="Unset variable",
        description="Removes a variable's value and succeeds, whether there was one or not.",
        icon="eraser",
        color=_SKY,
        config=(
            ConfigField(
                "variable",
                "variable",
                "Variable that loses its value.",
                required=True,
                access="write",
            ),
        ),
        returns=(_S,),
        is_builtin=True,
    ),
    NodeType(
        name="Script",
        category="action",
        display_name="Script",
        description="Carries out assignments in order, each seeing the ones before, and succeeds; "
        "fails when one cannot be computed; those before it stand.",
        icon="code",
        color=_SKY,
        config=(
            ConfigField(
                "script",
                "script",
                "Assignments, one a line or separated by `;`, for example `total = price * count`.",
                required=True,
            ),
        ),
        returns=(_S, _F),
        is_builtin=True,
    ),
    NodeType(
        name="DecisionTable",
        category="action",
        display_name="Decision table",
        description="Goes through rows of conditions and sets the outputs of the first row that "
        "holds, or of all that hold. Fails when none holds and there is no default.",
        icon="table",
        color=_SKY,
        config=(
            ConfigField(
                "rows",
                "rows",
                "The rows. `when` is an expression, or an object from variables to what each must "
                "equal; left out, the row always holds. `outputs` is an object from variables to "
                'the values they get; `{"expression": text}` computes one.',
                required=True,
                min_items=1,
            ),
            ConfigField(
                "hit",
                "string",
                "`first` applies the first row that holds; `collect` applies all of them in order "
                "and gathers each output in a list.",
                default="first",
                enum=("first", "collect"),
            ),
            ConfigField("default", "assignments", "Outputs when no row holds."),
        ),
        returns=(_S, _F),
        is_builtin=True,
    ),
)

_TIMED = (
    NodeType(
        name="Wait",
        category="action",
        display_name="Wait",
        description="Runs for `duration` seconds, then succeeds.",
        icon="hourglass",
        color=_VIOLET,
        config=(
            ConfigField(
                "duration",
                "duration",
                "Time to wait, a number or an expression.",
                required=True,
                unit="s",
            ),
        ),
        returns=(_R, _S),
        is_builtin=True,
        time_dependent=True,
    ),
    NodeType(
        name="TickCounter",
        category="action",
        display_name="Tick counter",
        description="Runs for a number of ticks, then ends with a given status.",
        icon="timer",
        color=_VIOLET,
        config=(
            ConfigField(
                "duration",
                "int",
                "Ticks it runs before it ends.",
                required=True,
                minimum=0,
                maximum=1_000_000_000,
                unit="ticks",
            ),
            ConfigField(
                "completion_status",
                "status",
                "How it ends.",
                default="SUCCESS",
                enum=_ENDED_NAMES,
            ),
        ),
        is_builtin=True,
    ),
    NodeType(
        name="StatusQueue",
        category="action",
        display_name="Status queue",
        description="Answers with the statuses of a list, one a tick; for tests and rehearsals.",
        icon="list-ordered",
        color=_VIOLET,
        config=(
            ConfigField(
                "queue",
                "list",
                "The statuses, first to last.",
                required=True,
                item="status",
                item_enum=_STATUS_NAMES,
                min_items=1,
            ),
            ConfigField(
                "eventually",
                "status",
                "What it answers when the list is used up; left out, the list starts again.",
                enum=_STATUS_NAMES,
                nullable=True,
            ),
        ),
        is_builtin=True,
    ),
)

_OUTSIDE = (
    NodeType(
        name="Log",
        category="action",
        display_name="Log",
        description="Writes a message to the log of the tick and succeeds.",
        icon="message-square",
        color=_GREY,
        config=(
            ConfigField(
                "message",
                "template",
                "The message; `{key}` stands for a variable's value.",
                required=True,
            ),
            ConfigField(
                "level",
                "string",
                "How important it is.",
                default="info",
                enum=("debug", "info", "warning", "error"),
            ),
        ),
        returns=(_S,),
        is_builtin=True,
    ),
    NodeType(
        name="HumanDecision",
        category="action",
        display_name="Human decision",
        description="Asks a person and runs until they have decided. Succeeds with the choice in "
        "`variable`; fails when the time is over.",
        icon="user",
        color=_VIOLET,
        config=(
            ConfigField(
                "prompt", "string", "The question, for the person who answers it.", required=True
            ),
            ConfigField(
                "options",
                "list",
                "The answers to choose from.",
                default=("approve", "reject"),
                item="string",
                min_items=1,
            ),
            ConfigField(
                "variable", "variable", "Variable that receives the answer.", access="write"
            ),
            ConfigField(
                "timeout",
                "duration",
                "Longest wait for an answer; left out, it waits for ever.",
                unit="s",
                nullable=True,
            ),
        ),
        is_builtin=True,
        time_dependent=True,
    ),
    NodeType(
        name="External",
        category="action",
        display_name="External",
        description="Leaves the work to the caller or to a worker elsewhere, and runs until its "
        "result is delivered.",
        icon="cloud",
        color=_VIOLET,
        config=(
            ConfigField("action", "string", "What is to be done, for whoever does it."),
            ConfigField(
                "inputs",
                "object",
                "What it is given: an expression for each name, computed when it starts.",
                item="expression",
            ),
            ConfigField(
                "timeout",
                "duration",
                "Longest wait for the result, then it fails; left out, it waits for ever.",
                unit="s",
                nullable=True,
            ),
        ),
        is_builtin=True,
        time_dependent=True,
        resolve=_arguments,
    ),
    NodeType(
        name="Action",
        category="action",
        display_name="Action",
        description="Runs a registered Python function. Further keys of the configuration are "
        "handed to it as they are.",
        icon="zap",
        color=_VIOLET,
        config=(
            ConfigField("action", "string", "Name of the registered function.", required=True),
            ConfigField(
                "inputs",
                "object",
                "An expression for each parameter that is computed from variables.",
                item="expression",
            ),
            ConfigField(
                "outputs",
                "object",
                "For each result of the function, the variable that receives it.",
                item="variable",
                access="write",
            ),
        ),
        extra_config=True,
        is_builtin=True,
        check=_check_arguments,
        resolve=_arguments,
    ),
)


@hookimpl
def register_nodes() -> tuple[NodeType, ...]:
    """Return the built-in leaves."""
    return _CONSTANTS + _CONDITIONS + _BLACKBOARD + _TIMED + _OUTSIDE
