"""Conditions written as one line of text, such as `order_total > 1000`."""

from __future__ import annotations

import re
from typing import Any

from py_forest.models.nodes import OPERATORS

_SIMPLE = re.compile(
    r"\s*([A-Za-z_][A-Za-z0-9_]*)\s*(<=|>=|==|!=|<|>)\s*(\S(?:.*\S)?)\s*", re.DOTALL
)
_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_FLOAT = re.compile(r"[+-]?(?:[0-9]+\.[0-9]*|\.[0-9]+|[0-9]+(?=[eE]))(?:[eE][+-]?[0-9]+)?")
_QUOTED = re.compile(r"'[^'\"\\]*'|\"[^'\"\\]*\"")
_WORDS = {"true": True, "false": False, "null": None, "True": True, "False": False, "None": None}
_LONGEST = 64 * 1024
_INT64 = 2**63


def parse_condition(text: str) -> dict[str, Any]:
    """Turn a condition's text into a configuration of `CheckBlackboardCondition`.

    `name operator literal` becomes its three parts, so that it is the same as the structured form
    (and a variable without a value makes it fail quietly). Anything else is kept as one expression.

    Args:
        text: the condition, at most 64 KiB; checked later, not here.
    """
    match = _SIMPLE.fullmatch(text) if len(text) <= _LONGEST else None
    if match is not None:
        variable, operator, literal = match.groups()
        found, value = _literal(literal)
        if found and variable not in _WORDS:
            return {"variable": variable, "operator_str": operator, "value": value}
    return {"expression": text}


def _literal(text: str) -> tuple[bool, Any]:
    if text in _WORDS:
        return True, _WORDS[text]
    if _INTEGER.fullmatch(text):
        number = int(text)
        return -_INT64 <= number < _INT64, number
    if _FLOAT.fullmatch(text):
        real = float(text)
        return real - real == 0.0, real
    if _QUOTED.fullmatch(text):
        return True, text[1:-1]
    return False, None


def looks_like_condition(text: str) -> bool:
    """Whether a node's name is a condition rather than a label: it compares something."""
    return any(f" {operator} " in f" {text} " for operator in OPERATORS) or bool(
        _SIMPLE.fullmatch(text)
    )
