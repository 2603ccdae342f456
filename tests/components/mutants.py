"""Trees that are another in one place: a changed comparison, a swapped child, a dropped node."""

from __future__ import annotations

import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import py_forest as pf

_SWAPPED = {"<": "<=", "<=": "<", ">": ">=", ">=": ">", "==": "!=", "!=": "=="}
_COMPARISON = re.compile(r"<=|>=|==|!=|<|>")
_TEXTS = ("expression", "script")


def mutants(component: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield what was done, and the component with that done; only trees that are still valid."""
    for what, mutant in _all(component):
        if not any(problem.severity == "error" for problem in pf.validate(mutant)):
            yield what, mutant


def _all(component: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for at, node in enumerate(_nodes(component["tree"])):
        name = f"{at} {node.get('name', node['node_type'])}"
        config = node.get("config", {})
        operator = config.get("operator_str")
        if operator is not None:
            yield f"{name}: another operator", _with(component, at, operator_str=_SWAPPED[operator])
        for key in _TEXTS:
            text = config.get(key, "")
            for found in _COMPARISON.finditer(text if isinstance(text, str) else ""):
                other = text[: found.start()] + _SWAPPED[found[0]] + text[found.end() :]
                yield f"{name}: {other}", _with(component, at, **{key: other})
        for index in range(len(node.get("children", ()))):
            yield f"{name}: without child {index}", _without(component, at, index)
            if index:
                yield f"{name}: child {index} earlier", _earlier(component, at, index)


def _nodes(root: dict[str, Any]) -> list[dict[str, Any]]:
    found = [root]
    for node in found:
        found += node.get("children", ())
    return found


def _changed(component: dict[str, Any], at: int) -> tuple[dict[str, Any], dict[str, Any]]:
    copy = deepcopy(component)
    return copy, _nodes(copy["tree"])[at]


def _with(component: dict[str, Any], at: int, **config: object) -> dict[str, Any]:
    copy, node = _changed(component, at)
    node["config"] |= config
    return copy


def _without(component: dict[str, Any], at: int, index: int) -> dict[str, Any]:
    copy, node = _changed(component, at)
    child = node["children"].pop(index)
    if not node["children"] and child.get("children"):
        node["children"] = child["children"]
    return copy


def _earlier(component: dict[str, Any], at: int, index: int) -> dict[str, Any]:
    copy, node = _changed(component, at)
    children = node["children"]
    children[index - 1 : index + 1] = [children[index], children[index - 1]]
    return copy
