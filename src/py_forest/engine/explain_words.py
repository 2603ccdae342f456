"""The words of explanations: nodes, values, conditions and spans of time."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from py_forest.engine import _native
from py_forest.engine.expressions import check_expression
from py_forest.kit.text import counted
from py_forest.models.status import Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from py_forest.engine.explain_scene import Scene
    from py_forest.engine.program import NodeInfo

ENDED = {
    Status.INVALID: "is idle",
    Status.RUNNING: "is running",
    Status.SUCCESS: "succeeded",
    Status.FAILURE: "failed",
    Status.SKIPPED: "was skipped",
}
"""What is said of a node with a status."""

_ORDINALS = (
    "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
)  # fmt: skip
_NAME = re.compile(r"[A-Za-z_]\w*|bb\[[^\]]+\]")
_LONGEST = 80
_MOST_VALUES = 6
_MINUTE, _HOUR, _DAY = 60.0, 3600.0, 86400.0


class Reason(NamedTuple):
    """Why one node answered as it did.

    Args:
        verb: what became of it: `failed`, `was false`, `is running`.
        detail: what follows the verb, with its own punctuation and no full stop.
        child: id of the child that decided; the sentence then goes on with it.
        more: further sentences.
        also: ids of nodes whose own reasons belong to it.
    """

    verb: str
    detail: str = ""
    child: str | None = None
    more: tuple[str, ...] = ()
    also: tuple[str, ...] = ()


def shown(value: object, longest: int = _LONGEST) -> str:
    """Show a value as JSON, shortened."""
    text = json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= longest else text[: longest - 1] + "…"


def clipped(text: str, longest: int = _LONGEST) -> str:
    """Shorten a text, and put it on one line."""
    line = " ".join(text.split())
    return line if len(line) <= longest else line[: longest - 1] + "…"


def span(seconds: float) -> str:
    """Say how long something takes: `2.5 s`, `5 min 20 s`, `2 h 5 min`."""
    seconds = max(0.0, seconds)
    if seconds < 2 * _MINUTE:
        return f"{round(seconds, 1 if seconds >= 1 else 3):g} s"
    for unit, name, smaller, small_name in (
        (_DAY, "days", _HOUR, "h"),
        (_HOUR, "h", _MINUTE, "min"),
        (_MINUTE, "min", 1.0, "s"),
    ):
        if seconds >= (2 * unit if unit == _DAY else unit):
            whole, rest = divmod(seconds, unit)
            part = int(rest // smaller)
            return f"{int(whole)} {name}" + (f" {part} {small_name}" if part else "")
    return f"{seconds:g} s"


def ordinal(position: int) -> str:
    """Name a position, from 0: `first`, `second`, …, `11th`."""
    if position < len(_ORDINALS):
        return _ORDINALS[position]
    number = position + 1
    teens = range(10, 21)
    ending = "th" if number % 100 in teens else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending}"


def has_name(node: NodeInfo) -> bool:
    """Whether somebody gave the node a name of its own."""
    return bool(node.name) and node.name != node.node_type


def label(scene: Scene, node: NodeInfo) -> str:
    """Name a node in the middle of a sentence: `"Large order?"`, `"x > 1"`, `the Wait`."""
    if has_name(node):
        return f'"{clipped(node.name)}"'
    text = condition_text(scene, node)
    return f"the {node.node_type}" if text is None else f'"{clipped(text)}"'


def subject(scene: Scene, node: NodeInfo) -> str:
    """Name a node at the beginning of a sentence."""
    if has_name(node):
        return clipped(node.name)
    named = label(scene, node)
    return named[0].upper() + named[1:]


def role(scene: Scene, node: NodeInfo) -> str:
    """Name a node as its parent's child: `its first child "x > 1"`."""
    parent = None if node.parent is None else scene.node(node.parent)
    siblings = () if parent is None else parent.children
    place = f" {ordinal(siblings.index(node.id))}" if len(siblings) > 1 else ""
    named = label(scene, node)
    text = condition_text(scene, node) if has_name(node) else None
    if named.startswith("the "):
        named = f"({node.node_type})"
    elif text is not None and clipped(text) != clipped(node.name):
        named += f" ({clipped(text)})"
    return f"its{place} child {named}"


def typed(scene: Scene, node: NodeInfo) -> str:
    """Name a node with its type: `Selector "Order Processor"`."""
    return f"{node.node_type} {label(scene, node)}" if has_name(node) else node.node_type


def condition_text(scene: Scene, node: NodeInfo) -> str | None:
    """Return what a node tests, as people write it; None for a node that tests nothing."""
    if scene.kind(node) not in _TESTING:
        return None
    config = node.config
    if "variable" in config and "operator_str" in config:
        right = config["expression"] if "expression" in config else shown(config.get("value"))
        return f"{config['variable']} {config['operator_str']} {right}"
    text = config.get("expression", "")
    return str(text)


_TESTING = frozenset(
    {"Condition", "CheckBlackboardCondition", "WaitForBlackboardCondition", "Guard"}
)


def ended(scene: Scene, node: NodeInfo) -> str:
    """Say what became of a node: a test was true or false, anything else succeeded or failed."""
    status = scene.status(node)
    if node.children or scene.kind(node) not in _PLAIN_TESTS or scene.failure(node):
        return ENDED[status]
    return {Status.SUCCESS: "was true", Status.FAILURE: "was false"}.get(status, ENDED[status])


_PLAIN_TESTS = frozenset({"Condition", "CheckBlackboardCondition"})


def condition_expression(config: Mapping[str, Any]) -> str:
    """Return the expression that the engine compiled for a condition's configuration."""
    if "variable" not in config or "operator_str" not in config:
        return str(config.get("expression", ""))
    key = json.dumps(config["variable"])
    has_text = "expression" in config
    right = f"({config['expression']})" if has_text else shown_whole(config.get("value"))
    return f"bb[{key}] {config['operator_str']} {right}"


def shown_whole(value: object) -> str:
    """Write a value as the expression language reads it."""
    return json.dumps(value, ensure_ascii=False)


class Finding(NamedTuple):
    """What an expression comes to with the values that a node found.

    Args:
        value: its value; None when it has none.
        failure: why it has none; None when it has one.
        text: the values it is made of, as a piece of a sentence.
    """

    value: Any
    failure: str | None
    text: str


def evaluate(scene: Scene, node: NodeInfo, expression: str) -> Finding:
    """Work an expression out with the values that a node found, and show them."""
    reads = check_expression(expression).reads
    values = scene.values(node, reads)
    parts = _native.explain_expression(expression, values)
    whole = parts[-1][1] if parts else None
    known = [
        f"{key} {scene.linking(node, key)} {shown(values[key])}" for key in reads if key in values
    ]
    missing = [f"{key} has no value" for key in reads if key not in values]
    calls = [
        f"{clipped(text)} is {shown(value)}"
        for text, value in parts[:-1]
        if text.endswith((")", "]"))
        and not _NAME.fullmatch(text)
        and not isinstance(value, Exception)
    ]
    pieces = [*_decisive(parts), *known, *missing, *calls][:_MOST_VALUES]
    failure = whole.message if isinstance(whole, _native.ExpressionFailure) else None
    return Finding(None if failure else whole, failure, joined(pieces))


def _decisive(parts: Sequence[tuple[str, Any]]) -> list[str]:
    """Of several comparisons in one condition, name those that made it what it is."""
    whole = parts[-1][1] if parts else None
    tests = [
        (text, value)
        for text, value in parts[:-1]
        if isinstance(value, bool | Exception) and not _NAME.fullmatch(text)
    ]
    if not isinstance(whole, bool) or len(tests) < 2:  # noqa: PLR2004 - one test is no choice
        return []
    same = [f'"{clipped(text)}" is {shown(value)}' for text, value in tests if value is whole]
    return same[:2] if len(same) < len(tests) else []


def joined(pieces: Sequence[str]) -> str:
    """Join pieces of a sentence: `a, b and c`."""
    if len(pieces) <= 1:
        return "".join(pieces)
    return f"{', '.join(pieces[:-1])} and {pieces[-1]}"


def children_of(number: int) -> str:
    """Say how many children: `all 3 children`, `its only child`."""
    return "its only child" if number == 1 else f"all {counted(number, 'child', 'children')}"
