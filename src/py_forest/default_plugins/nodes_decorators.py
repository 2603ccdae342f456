"""Decorators: nodes with one child, whose status, timing or number of runs they change."""

from __future__ import annotations

from py_forest.models.nodes import OPERATORS, ConfigField, NodeType
from py_forest.models.status import Status
from py_forest.plugins import hookimpl

_PURPLE = "#7c3aed"
_ORANGE = "#ea580c"
_PINK = "#be185d"
_TEAL = "#0f766e"

_BLOCKED_STATUSES = ("SUCCESS", "FAILURE", "RUNNING")


def _converter(
    name: str, display_name: str, description: str, returns: tuple[Status, ...]
) -> NodeType:
    return NodeType(
        name=name,
        category="decorator",
        display_name=display_name,
        description=description,
        icon="replace",
        color=_PURPLE,
        min_children=1,
        max_children=1,
        returns=returns,
        is_builtin=True,
    )


def _blocked_status(when: str) -> ConfigField:
    return ConfigField(
        "status",
        "status",
        f"What it answers {when}, without ticking its child.",
        default="FAILURE",
        enum=_BLOCKED_STATUSES,
    )


_R, _S, _F, _K = Status.RUNNING, Status.SUCCESS, Status.FAILURE, Status.SKIPPED

_CONVERTERS = (
    _converter("Inverter", "Inverter", "Turns success into failure and failure into success.",
               (_R, _S, _F, _K)),
    _converter("ForceSuccess", "Force success",
               "Succeeds whenever its child ends, whether it succeeded or failed.", (_R, _S, _K)),
    _converter("ForceFailure", "Force failure",
               "Fails whenever its child ends, whether it succeeded or failed.", (_R, _F, _K)),
    _converter("RunningIsFailure", "Running is failure",
               "Fails while its child is running: for work that must end within one tick.",
               (_S, _F, _K)),
    _converter("RunningIsSuccess", "Running is success",
               "Succeeds while its child is running: for work that only has to have begun.",
               (_S, _F, _K)),
    _converter("FailureIsSuccess", "Failure is success",
               "Succeeds when its child fails: for work that may fail.", (_R, _S, _K)),
    _converter("FailureIsRunning", "Failure is running",
               "Keeps running when its child fails: tries until it succeeds.", (_R, _S, _K)),
    _converter("SuccessIsFailure", "Success is failure",
               "Fails when its child succeeds: for what must not be possible.", (_R, _F, _K)),
    _converter("SuccessIsRunning", "Success is running",
               "Keeps running when its child succeeds: for as long as it goes well.", (_R, _F, _K)),
)  # fmt: skip

_REPEATERS = (
    NodeType(
        name="Retry",
        category="decorator",
        display_name="Retry",
        description="Tries its child again when it fails, once per tick, until it succeeds or has "
        "failed `num_failures` times. With a back-off it waits, running, before each new attempt.",
        icon="rotate-ccw",
        color=_ORANGE,
        config=(
            ConfigField(
                "num_failures",
                "int",
                "Attempts in all; the last failure fails it. -1 tries for ever.",
                default=3,
                minimum=-1,
                maximum=1_000_000_000,
                excluded=(0,),
                unit="attempts",
                aliases=("num_attempts",),
            ),
            ConfigField(
                "backoff",
                "string",
                "The wait before another attempt: none; always `initial_delay`; or doubling from "
                "`initial_delay` up to `max_delay`.",
                default="none",
                enum=("none", "fixed", "exponential"),
            ),
            ConfigField(
                "initial_delay",
                "duration",
                "Wait before the second attempt.",
                default=1.0,
                unit="s",
            ),
            ConfigField("max_delay", "duration", "Longest wait.", default=60.0, unit="s"),
            ConfigField(
                "jitter",
                "float",
                "Share of each wait that is drawn at random, from the execution's seed: 0 waits "
                "exactly, 1 anything from nothing to twice the wait.",
                default=0.0,
                minimum=0.0,
                maximum=1.0,
            ),
        ),
        min_children=1,
        max_children=1,
        is_builtin=True,
        time_dependent=True,
    ),
    NodeType(
        name="Repeat",
        category="decorator",
        display_name="Repeat",
        description="Runs its child again each time it succeeds, once per tick, until it has "
        "succeeded `num_success` times. One failure fails it.",
        icon="repeat",
        color=_ORANGE,
        config=(
            ConfigField(
                "num_success",
                "int",
                "Successes needed. 0 succeeds without running the child, -1 repeats for ever.",
                default=-1,
                minimum=-1,
                maximum=1_000_000_000,
                unit="runs",
                aliases=("num_cycles",),
            ),
        ),
        min_children=1,
        max_children=1,
        is_builtin=True,
    ),
    NodeType(
        name="KeepRunningUntilFailure",
        category="decorator",
        display_name="Keep running until failure",
        description="Runs its child again and again, running all the while, and fails when the "
        "child fails.",
        icon="infinity",
        color=_ORANGE,
        min_children=1,
        max_children=1,
        returns=(_R, _F, _K),
        is_builtin=True,
    ),
    NodeType(
        name="ForEach",
        category="decorator",
        display_name="For each",
        description="Runs its child once for every item of a list, with the item in a variable. "
        "Succeeds after the last, or at once for an empty list; fails with the first failure.",
        icon="list-ordered",
        color=_ORANGE,
        config=(
            ConfigField(
                "items", "expression", "The list, read once when it starts.", required=True
            ),
            ConfigField(
                "item", "variable", "Variable that holds the item.", required=True, access="write"
            ),
            ConfigField(
                "index",
                "variable",
                "Variable that holds the item's number, from 0.",
                access="write",
            ),
        ),
        min_children=1,
        max_children=1,
        is_builtin=True,
    ),
    NodeType(
        name="OneShot",
        category="decorator",
        display_name="One shot",
        description="Runs its child to its end once, and answers with that status ever after.",
        icon="check-circle",
        color=_ORANGE,
        config=(
            ConfigField(
                "policy",
                "string",
                "Which end counts: any, or only success (a failure is tried again).",
                default="OnCompletion",
                enum=("OnCompletion", "OnSuccessfulCompletion"),
            ),
        ),
        min_children=1,
        max_children=1,
        is_builtin=True,
    ),
)

_TIMERS = (
    NodeType(
        name="Timeout",
        category="decorator",
        display_name="Timeout",
        description="Halts its child and fails when the child is still running `duration` seconds "
        "after it started.",
        icon="alarm-clock",
        color=_PINK,
        config=(
            ConfigField(
                "duration", "duration", "Longest time the child may run.", required=True, unit="s"
            ),
        ),
        min_children=1,
        max_children=1,
        is_builtin=True,
        time_dependent=True,
    ),
    NodeType(
        name="Delay",
        category="decorator",
        display_name="Delay",
        description="Waits, running, before it ticks its child for the first time.",
        icon="hourglass",
        color=_PINK,
        config=(
            ConfigField(
                "duration", "duration", "Time to wait before the child.", required=True, unit="s"
            ),
        ),
        min_children=1,
        max_children=1,
        is_builtin=True,
        time_dependent=True,
    ),
    NodeType(
        name="Cooldown",
        category="decorator",
        display_name="Cooldown",
        description="After its child has ended, does not run it again for `duration` seconds.",
        icon="snowflake",
        color=_PINK,
        config=(
            ConfigField(
                "duration", "duration", "Pause after the child has ended.", required=True, unit="s"
            ),
            _blocked_status("during the pause"),
        ),
        min_children=1,
        max_children=1,
        is_builtin=True,
        time_dependent=True,
    ),
    NodeType(
        name="RateLimit",
        category="decorator",
        display_name="Rate limit",
        description="Starts its child at most `max_calls` times in any `period` seconds.",
        icon="gauge",
        color=_PINK,
        config=(
            ConfigField(
                "max_calls",
                "int",
                "Starts allowed within the period.",
                default=1,
                minimum=1,
                maximum=10_000,
                unit="starts",
            ),
            ConfigField("period", "duration", "Length of the period.", required=True, unit="s"),
            _blocked_status("when the limit is reached"),
        ),
        min_children=1,
        max_children=1,
        is_builtin=True,
        time_dependent=True,
    ),
)

_WATCHERS = (
    NodeType(
        name="Guard",
        aliases=("EternalGuard",),
        category="decorator",
        display_name="Guard",
        description="Runs its child only while a condition holds, asked before every tick; fails "
        "otherwise. With abort `self` a running child is halted when the condition stops holding.",
        icon="shield",
        color=_TEAL,
        config=(
            ConfigField(
                "expression", "expression", "The condition.", required=True, is_condition=True
            ),
            ConfigField("variable", "variable", "Variable of the condition's other form."),
            ConfigField(
                "operator_str", "string", "How the variable and the value compare.", enum=OPERATORS
            ),
            ConfigField("value", "value", "What the variable is compared with.", nullable=True),
            ConfigField(
                "abort",
                "string",
                "`self` asks again while the child runs; `none` asks only before it starts.",
                default="self",
                enum=("self", "none"),
            ),
        ),
        forms=(("expression",), ("variable", "operator_str", "value")),
        min_children=1,
        max_children=1,
        is_builtin=True,
    ),
    NodeType(
        name="Count",
        category="decorator",
        display_name="Count",
        description="Counts how often its child was ticked, succeeded, failed, ran and was "
        "interrupted; passes its status on.",
        icon="hash",
        color=_TEAL,
        config=(
            ConfigField(
                "variable",
                "variable",
                "Variable that receives the counts as an object; left out, they are only kept.",
                access="write",
            ),
        ),
        min_children=1,
        max_children=1,
        is_builtin=True,
    ),
    NodeType(
        name="StatusToBlackboard",
        category="decorator",
        display_name="Status to blackboard",
        description="Writes the name of its child's status to a variable at every tick; passes the "
        "status on.",
        icon="clipboard",
        color=_TEAL,
        config=(
            ConfigField(
                "variable",
                "variable",
                "Variable that receives the name, for example `SUCCESS`.",
                required=True,
                access="write",
            ),
        ),
        min_children=1,
        max_children=1,
        is_builtin=True,
    ),
)


@hookimpl
def register_nodes() -> tuple[NodeType, ...]:
    """Return the built-in decorators."""
    return _CONVERTERS + _REPEATERS + _TIMERS + _WATCHERS
