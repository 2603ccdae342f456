"""Composites: nodes that decide which of their children run, and in which order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from py_forest.kit.text import counted, did_you_mean
from py_forest.models.nodes import Complaint, ConfigField, NodeType, Scene
from py_forest.models.status import Status
from py_forest.plugins import hookimpl

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_BLUE = "#2563eb"
_CYAN = "#0891b2"
_INDIGO = "#4f46e5"
_SLATE = "#475569"

_NO_RUNNING_OF_ITS_OWN = (Status.RUNNING, Status.SUCCESS, Status.FAILURE, Status.SKIPPED)


def _weights(what: str) -> ConfigField:
    return ConfigField(
        "weights",
        "list",
        f"One weight per child, 0 or more; the heavier a child, the likelier it is {what} early. "
        "Left out, every order is equally likely.",
        item="float",
    )


def _per_child(config: Mapping[str, Any], scene: Scene, key: str) -> Iterable[Complaint]:
    values = config.get(key)
    if values is not None and len(values) != len(scene.children):
        yield Complaint(
            "CONFIG_LENGTH",
            f"`{key}` has {counted(len(values), 'entry', 'entries')} for "
            f"{counted(len(scene.children), 'child', 'children')}; give one each",
            ("config", key),
        )


def _check_weights(config: Mapping[str, Any], scene: Scene) -> Iterable[Complaint]:
    yield from _per_child(config, scene, "weights")
    weights = config.get("weights") or ()
    for index, weight in enumerate(weights):
        if weight < 0:
            yield Complaint(
                "CONFIG_RANGE", "a weight must be 0 or more", ("config", "weights", index)
            )
    if weights and all(weight == 0 for weight in weights):
        yield Complaint(
            "CONFIG_RANGE", "at least one weight must be more than 0", ("config", "weights")
        )


def _check_scores(config: Mapping[str, Any], scene: Scene) -> Iterable[Complaint]:
    return _per_child(config, scene, "scores")


def _check_switch(config: Mapping[str, Any], scene: Scene) -> Iterable[Complaint]:
    cases, children = config["cases"], len(scene.children)
    if not len(cases) <= children <= len(cases) + 1:
        yield Complaint(
            "CHILD_COUNT",
            f"`Switch` with {counted(len(cases), 'case')} needs {len(cases)} children, or "
            f"{len(cases) + 1} with a default as the last; it has {children}",
            ("children",) if children else (),
        )
    seen: list[Any] = []
    for index, case in enumerate(cases[:1_000]):
        if any(type(case) is type(other) and case == other for other in seen):
            yield Complaint(
                "UNREACHABLE_BRANCH",
                f"case {index} repeats an earlier case, so its child is never chosen",
                ("config", "cases", index),
                "warning",
            )
        seen.append(case)


def _named_children(scene: Scene) -> dict[str, int]:
    """Map names and ids of the children to their indexes; the first of equal names wins."""
    found: dict[str, int] = {}
    for index, child in enumerate(scene.children):
        if isinstance(child, dict):
            for key in ("node_id", "name"):
                label = child.get(key)
                if isinstance(label, str):
                    found.setdefault(label, index)
    return found


def _check_parallel(config: Mapping[str, Any], scene: Scene) -> Iterable[Complaint]:
    children = len(scene.children)
    policy, selected = config["policy"], config["selected"]
    if policy == "Threshold" and config["success_threshold"] > children:
        yield Complaint(
            "THRESHOLD_IMPOSSIBLE",
            f"`success_threshold` is {config['success_threshold']} but there are "
            f"{counted(children, 'child', 'children')}, so it can never succeed",
            ("config", "success_threshold"),
        )
    if policy == "Threshold" and config["failure_threshold"] > max(children, 1):
        yield Complaint(
            "THRESHOLD_IMPOSSIBLE",
            f"`failure_threshold` is {config['failure_threshold']} but there are "
            f"{counted(children, 'child', 'children')}, so failures alone never end it",
            ("config", "failure_threshold"),
            "warning",
        )
    if policy == "SuccessOnSelected" and not selected:
        yield Complaint(
            "CONFIG_MISSING",
            "policy `SuccessOnSelected` needs `selected`: the children that must succeed",
            ("config",),
        )
    names = _named_children(scene)
    for index, choice in enumerate(selected):
        where = ("config", "selected", index)
        if isinstance(choice, int) and not isinstance(choice, bool):
            if not 0 <= choice < children:
                yield Complaint("CHILD_UNKNOWN", f"there is no child number {choice}", where)
        elif not isinstance(choice, str):
            yield Complaint(
                "CONFIG_TYPE", "an entry of `selected` is a child's index or name", where
            )
        elif choice not in names:
            guess = did_you_mean(choice, names)
            hint = f"; did you mean `{guess}`?" if guess else ""
            yield Complaint(
                "CHILD_UNKNOWN", f"no child is named `{choice[:60]}`{hint}", where, "error", guess
            )


def _resolve_parallel(config: Mapping[str, Any], scene: Scene) -> Mapping[str, Any]:
    if not config["selected"]:
        return config
    names = _named_children(scene)
    chosen = {c if isinstance(c, int) else names[c] for c in config["selected"]}
    return {**config, "selected": sorted(chosen)}


_ORDERED = (
    NodeType(
        name="Sequence",
        category="composite",
        display_name="Sequence",
        description="Runs its children in order until one fails. Succeeds when all have succeeded. "
        "With memory it goes on at the running child; without, it starts again at the first.",
        icon="arrow-right",
        color=_BLUE,
        config=(
            ConfigField(
                "memory",
                "bool",
                "Go on at the child that was running. Off: ask the earlier children again each "
                "tick, and halt the running one when an earlier one no longer succeeds.",
                default=True,
            ),
        ),
        max_children=None,
        is_builtin=True,
    ),
    NodeType(
        name="Selector",
        aliases=("Fallback",),
        category="composite",
        display_name="Selector",
        description="Tries its children in order until one succeeds or runs. Fails when all have "
        "failed. Without memory, a child further left that becomes possible takes over.",
        icon="help-circle",
        color=_CYAN,
        config=(
            ConfigField(
                "memory",
                "bool",
                "Go on at the child that was running. Off: ask the earlier children again each "
                "tick, so that a better choice takes over.",
                default=False,
            ),
        ),
        max_children=None,
        is_builtin=True,
    ),
    NodeType(
        name="ReactiveSequence",
        category="composite",
        display_name="Reactive sequence",
        description="A sequence that asks every child again from the first at each tick, and halts "
        "the running one as soon as an earlier child does not succeed.",
        icon="chevrons-right",
        color=_BLUE,
        max_children=None,
        returns=_NO_RUNNING_OF_ITS_OWN,
        is_builtin=True,
    ),
    NodeType(
        name="ReactiveFallback",
        aliases=("ReactiveSelector",),
        category="composite",
        display_name="Reactive fallback",
        description="A selector that asks every child again from the first at each tick, and halts "
        "the running one as soon as an earlier child succeeds or runs.",
        icon="refresh-cw",
        color=_CYAN,
        max_children=None,
        returns=_NO_RUNNING_OF_ITS_OWN,
        is_builtin=True,
    ),
    NodeType(
        name="RandomSelector",
        category="composite",
        display_name="Random selector",
        description="A selector with memory that draws the order of its children anew whenever it "
        "starts. The draw comes from the execution's seed, so a replay draws the same.",
        icon="shuffle",
        color=_CYAN,
        config=(_weights("tried"),),
        max_children=None,
        is_builtin=True,
        check=_check_weights,
    ),
    NodeType(
        name="RandomSequence",
        category="composite",
        display_name="Random sequence",
        description="A sequence with memory that draws the order of its children anew whenever it "
        "starts. The draw comes from the execution's seed, so a replay draws the same.",
        icon="shuffle",
        color=_BLUE,
        config=(_weights("run"),),
        max_children=None,
        is_builtin=True,
        check=_check_weights,
    ),
    NodeType(
        name="UtilitySelector",
        category="composite",
        display_name="Utility selector",
        description="Scores every child with its expression and tries them from the highest score "
        "to the lowest, as a selector does. Equal scores keep the order of the children.",
        icon="bar-chart",
        color=_CYAN,
        config=(
            ConfigField(
                "scores",
                "list",
                "One expression per child that gives a number; the highest is tried first.",
                required=True,
                item="expression",
            ),
            ConfigField(
                "memory",
                "bool",
                "Keep the order while a child is running. Off: score again each tick.",
                default=False,
            ),
        ),
        max_children=None,
        is_builtin=True,
        check=_check_scores,
    ),
)

_BRANCHING = (
    NodeType(
        name="Parallel",
        category="composite",
        display_name="Parallel",
        description="Ticks all its children in each tick, in order, then decides: failure first, "
        "then success. When it ends it halts the children that are still running.",
        icon="columns",
        color=_INDIGO,
        config=(
            ConfigField(
                "policy",
                "string",
                "When it succeeds: all children succeeded; one did; all of `selected` did; or at "
                "least `success_threshold` did. Under the first three, one failure fails it.",
                default="SuccessOnAll",
                enum=("SuccessOnAll", "SuccessOnOne", "SuccessOnSelected", "Threshold"),
            ),
            ConfigField(
                "success_threshold",
                "int",
                "Successes needed under policy `Threshold`; -1 means all children.",
                default=-1,
                minimum=-1,
                excluded=(0,),
                unit="children",
            ),
            ConfigField(
                "failure_threshold",
                "int",
                "Failures that fail it under policy `Threshold`; -1 means all children.",
                default=1,
                minimum=-1,
                excluded=(0,),
                unit="children",
            ),
            ConfigField(
                "selected",
                "list",
                "Children that must succeed under policy `SuccessOnSelected`: indexes from 0, "
                "names or node ids.",
                default=(),
                item="value",
            ),
            ConfigField(
                "synchronise",
                "bool",
                "Leave a child that has finished alone until the others are done. Off: tick every "
                "child again each time.",
                default=True,
                aliases=("synchronize",),
            ),
        ),
        max_children=None,
        is_builtin=True,
        check=_check_parallel,
        resolve=_resolve_parallel,
    ),
    NodeType(
        name="IfThenElse",
        category="composite",
        display_name="If, then, else",
        description="Asks its first child once, then runs the second if it succeeded, else the "
        "third. Without a third child it fails when the condition fails.",
        icon="git-branch",
        color=_INDIGO,
        min_children=2,
        max_children=3,
        returns=_NO_RUNNING_OF_ITS_OWN,
        is_builtin=True,
    ),
    NodeType(
        name="WhileDoElse",
        category="composite",
        display_name="While, do, else",
        description="Asks its first child at every tick, and runs the second while it succeeds, "
        "else the third; the branch that is left is halted.",
        icon="repeat",
        color=_INDIGO,
        min_children=2,
        max_children=3,
        returns=_NO_RUNNING_OF_ITS_OWN,
        is_builtin=True,
    ),
    NodeType(
        name="Switch",
        category="composite",
        display_name="Switch",
        description="Compares one value with its cases and runs the child of the first equal one. "
        "One child more than there are cases is the default; without it, no match fails.",
        icon="list",
        color=_INDIGO,
        config=(
            ConfigField(
                "expression", "expression", "The value to compare, as an expression.", required=True
            ),
            ConfigField("variable", "variable", "The value to compare, as one variable."),
            ConfigField(
                "cases",
                "list",
                "One value per child, in order. A value equals only a value of its own kind, but "
                "1 equals 1.0.",
                required=True,
                item="value",
            ),
        ),
        forms=(("expression", "cases"), ("variable", "cases")),
        max_children=None,
        returns=_NO_RUNNING_OF_ITS_OWN,
        is_builtin=True,
        check=_check_switch,
    ),
    NodeType(
        name="SubTree",
        category="composite",
        display_name="Subtree",
        description="Runs a subtree of this document, named by `$ref`. With `wiring` it sees only "
        "the variables wired to it and keeps the others to itself; without, it shares them all.",
        icon="package",
        color=_SLATE,
        min_children=1,
        max_children=1,
        returns=_NO_RUNNING_OF_ITS_OWN,
        is_builtin=True,
    ),
)


@hookimpl
def register_nodes() -> tuple[NodeType, ...]:
    """Return the built-in composites."""
    return _ORDERED + _BRANCHING
