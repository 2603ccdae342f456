"""Collecting the problems of a definition: all of them, in order, within a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from py_forest.engine.limits import MAX_PROBLEMS
from py_forest.kit.errors import DefinitionInvalid
from py_forest.kit.text import counted
from py_forest.models.trees import Problem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from py_forest.models.nodes import Severity

CODES: dict[str, str] = {
    "JSON_SYNTAX": "the text is not JSON",
    "NOT_UTF8": "the bytes are not UTF-8",
    "NOT_JSON_VALUE": "a Python value that JSON does not have",
    "NUMBER_NOT_FINITE": "NaN or an infinity",
    "INTEGER_TOO_LARGE": "an integer beyond 64 bits",
    "STRING_TOO_LONG": "a string longer than 1 MiB",
    "DOCUMENT_TOO_LARGE": "more bytes or values than a document may have",
    "DOCUMENT_TOO_DEEP": "objects and lists nested too deeply",
    "DOCUMENT_CYCLE": "a Python object that contains itself",
    "AMBIGUOUS_PAYLOAD": "two trees in one payload",
    "NO_TREE": "there is no tree in the document",
    "WRONG_TYPE": "a value of the wrong JSON type",
    "UNKNOWN_KEY": "a key that means nothing here",
    "TREE_TOO_LARGE": "more than 1,000,000 nodes",
    "TREE_TOO_DEEP": "more than 1,000 levels",
    "LIMIT_EXCEEDED": "too many subtrees, variables or parameters",
    "NODE_TYPE_MISSING": "a node without a type",
    "UNKNOWN_NODE_TYPE": "a type nobody registered",
    "CHILD_COUNT": "too few or too many children",
    "CHILD_UNKNOWN": "a child that is not there",
    "NODE_ID_INVALID": "a node id that is empty or too long",
    "DUPLICATE_NODE_ID": "two nodes with one id",
    "CONFIG_MISSING": "a required configuration key is missing",
    "CONFIG_UNKNOWN": "a configuration key that the type does not have",
    "CONFIG_TYPE": "a configuration value of the wrong type",
    "CONFIG_RANGE": "a configuration value outside its range",
    "CONFIG_CHOICE": "a configuration value that is not one of those allowed",
    "CONFIG_LENGTH": "a list of the wrong length",
    "CONFIG_CONFLICT": "configuration keys that exclude each other",
    "EXPRESSION_SYNTAX": "an expression or script that cannot be read",
    "VARIABLE_NAME": "a variable name that is not allowed",
    "UNKNOWN_VARIABLE": "a variable that is not declared, or that nothing sets",
    "REQUIRES_VARIABLE": "a required variable that is not declared",
    "CONSTANT_CONDITION": "a condition that is always true or always false",
    "UNREACHABLE_BRANCH": "nodes that can never run",
    "THRESHOLD_IMPOSSIBLE": "a threshold that can never be reached",
    "PLACEHOLDER_UNFILLED": "a placeholder that is still to be filled",
    "ACTION_UNKNOWN": "an action nobody registered",
    "SCHEMA_INVALID": "a declaration of a variable that makes no sense",
    "PARAMETER_INVALID": "a declaration of a parameter that makes no sense",
    "PARAMETER_UNKNOWN": "a parameter that is not declared",
    "PARAMETER_TYPE": "a parameter's value of the wrong type",
    "REF_INVALID": "a `$ref` that cannot be read, or on a node with children",
    "REF_UNKNOWN": "a `$ref` to a subtree that is not there",
    "REF_CYCLE": "subtrees that contain each other",
    "WIRING_INVALID": "a wiring that makes no sense",
    "SUBTREE_UNUSED": "a subtree that nothing refers to",
    "TOO_MANY_PROBLEMS": "more problems than are listed",
}
"""Every code a problem can have, with what it means."""


class Problems:
    """A list of problems that keeps the first 1,000 and counts the others.

    Errors push warnings out: a document full of doubts still says what is wrong with it.
    """

    def __init__(self) -> None:
        self._errors: list[tuple[int, Problem]] = []
        self._warnings: list[tuple[int, Problem]] = []
        self._found = 0
        self.error_count = 0

    def add(
        self,
        code: str,
        message: str,
        pointer: str = "",
        *,
        severity: Severity = "error",
        node_id: object = None,
        suggestion: str | None = None,
    ) -> None:
        """Add a problem."""
        is_error = severity == "error"
        self._found += 1
        self.error_count += is_error
        kept = self._errors if is_error else self._warnings
        if len(kept) < MAX_PROBLEMS:
            known_id = node_id if isinstance(node_id, str) else None
            problem = Problem(code, severity, message, pointer, known_id, suggestion)
            kept.append((self._found, problem))

    def warn(self, code: str, message: str, pointer: str = "", *, node_id: object = None) -> None:
        """Add a warning."""
        self.add(code, message, pointer, severity="warning", node_id=node_id)

    def extend(self, problems: Iterable[Problem]) -> None:
        """Add problems made elsewhere."""
        for problem in problems:
            self.add(
                problem.code,
                problem.message,
                problem.pointer,
                severity=problem.severity,
                node_id=problem.node_id,
                suggestion=problem.suggestion,
            )

    def has_room(self, severity: Severity) -> bool:
        """Whether another problem would be listed, not only counted."""
        return len(self._errors if severity == "error" else self._warnings) < MAX_PROBLEMS

    def count_one(self, severity: Severity) -> None:
        """Count a problem that there is no room to list."""
        self._found += 1
        self.error_count += severity == "error"

    def listed(self) -> list[Problem]:
        """Return the problems in the order found; the last one says how many were left out."""
        room = MAX_PROBLEMS - len(self._errors)
        kept = sorted(self._errors + self._warnings[:room], key=lambda numbered: numbered[0])
        problems = [problem for _, problem in kept]
        left_out = self._found - len(problems)
        if left_out:
            severity: Severity = "error" if self.error_count > len(self._errors) else "warning"
            problems.append(
                Problem(
                    "TOO_MANY_PROBLEMS",
                    severity,
                    f"up to {counted(left_out, 'more problem')} not listed; mend these first",
                )
            )
        return problems

    def raise_errors(self) -> None:
        """Raise what was found if any of it is an error.

        Raises:
            DefinitionInvalid: there is at least one error.
        """
        if self.error_count:
            raise DefinitionInvalid(self.listed())


def pointer_token(key: str | int) -> str:
    """Return one step of a JSON pointer, escaped as RFC 6901 asks."""
    text = str(key)
    if len(text) > MAX_PROBLEMS:
        text = text[:MAX_PROBLEMS] + "…"
    return "/" + text.replace("~", "~0").replace("/", "~1")


def pointer_to(base: str, *keys: str | int) -> str:
    """Extend a JSON pointer."""
    return base + "".join(map(pointer_token, keys))
