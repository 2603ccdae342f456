"""Which variables a body of nodes may use, and which ones it does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from py_forest.engine.limits import MAX_KEY, MAX_VARIABLES
from py_forest.engine.values import has_type, same_value
from py_forest.kit.text import did_you_mean, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from py_forest.kit.json import JsonValue
    from py_forest.models.nodes import Access

_KEY = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")

_MOST_GUESSES = 200


@dataclass(frozen=True, slots=True)
class Variable:
    """A declared variable, checked.

    Args:
        type: one of `values.TYPES`.
        has_default: whether it has a value from the start.
        default: that value.
        minimum: smallest number, inclusive.
        maximum: largest number, inclusive.
        choices: the values allowed, if only some are.
        direction: `in`, `out` or `inout`, if that is said.
    """

    type: str
    has_default: bool = False
    default: Any = None
    minimum: float | None = None
    maximum: float | None = None
    choices: tuple[Any, ...] | None = None
    direction: str | None = None

    def objection(self, value: JsonValue) -> str | None:
        """Say why a value cannot be stored under it, or None if it can."""
        if value is None and self.has_default and self.default is None:
            return None
        if not has_type(value, self.type):
            return f"is declared `{self.type}`"
        if value.__class__ in (int, float):
            if self.minimum is not None and value < self.minimum:
                return f"is declared with a minimum of {self.minimum:g}"
            if self.maximum is not None and value > self.maximum:
                return f"is declared with a maximum of {self.maximum:g}"
        if self.choices is not None and not any(same_value(value, c) for c in self.choices):
            return (
                f"is declared to be one of {', '.join(quoted(repr(c)) for c in self.choices[:10])}"
            )
        return None


def key_objection(name: str) -> str | None:
    """Say why a text cannot be a variable's name, or None if it can."""
    if len(name) > MAX_KEY:
        return f"a variable's name has at most {MAX_KEY} characters, this one {len(name):,}"
    if _KEY.fullmatch(name):
        return None
    if not name:
        return "a variable's name cannot be empty"
    if "/" in name:
        return f"a variable's name cannot hold `/`, as {quoted(name)} does; use `.` or `_`"
    return (
        f"{quoted(name)} is not a variable's name: use letters, digits, `_`, `.` and `-`, starting "
        "with a letter or `_`"
    )


class Board:
    """The variables as one body of nodes sees them.

    Args:
        declared: the declared variables; without any, every name is allowed.
        extra: names that count as declared without a type.
        is_private: the body sees only what is wired to it, so the declarations do not bind it.
    """

    def __init__(
        self,
        declared: Mapping[str, Variable],
        extra: Iterable[str] = (),
        *,
        is_private: bool = False,
    ) -> None:
        self.declared: Mapping[str, Variable] = {} if is_private else declared
        self.is_strict = bool(declared) and not is_private
        self._extra = frozenset(extra)
        self._guesses_left = _MOST_GUESSES
        self.is_quiet = False
        """Whether no further warning would be listed, so that looking for some is in vain."""
        self.reads: dict[str, str] = {}
        """Variables read, each with the JSON pointer of the first place."""
        self.writes: dict[str, str] = {}
        """Variables written, each with the JSON pointer of the first place."""
        self.good_reads: set[str] = set()
        """Names known to be fine to read; what is in here is not looked at again."""
        self.good_writes: set[str] = set()

    def _guess(self, name: str) -> str | None:
        # Guessing among many variables is slow, and nobody reads the two hundredth guess.
        self._guesses_left -= 1
        return did_you_mean(name, self.declared) if self._guesses_left >= 0 else None

    def use(
        self, name: str, access: Access, where: Callable[[], str], complain: Callable[..., None]
    ) -> bool:
        """Note that a variable is used.

        Args:
            name: as written.
            access: whether it is read or written.
            where: gives the JSON pointer of the place.
            complain: is called with code, message and `suggestion=` if the name is not fine.

        Returns:
            whether the name is fine.
        """
        good = self.good_reads if access == "read" else self.good_writes
        if name in good:
            return True
        objection = key_objection(name)
        if objection is not None:
            complain("VARIABLE_NAME", objection)
            return False
        if self.is_strict and name not in self.declared and name not in self._extra:
            guess = self._guess(name)
            hint = f"; did you mean `{guess}`?" if guess else ""
            complain(
                "UNKNOWN_VARIABLE",
                f"variable {quoted(name)} is not declared in `blackboard_schema`{hint}",
                suggestion=guess,
            )
            return False
        if len(good) >= MAX_VARIABLES:
            complain("LIMIT_EXCEEDED", f"a tree uses at most {MAX_VARIABLES:,} variables")
            return False
        good.add(name)
        uses = self.reads if access == "read" else self.writes
        uses.setdefault(name, where())
        return True
