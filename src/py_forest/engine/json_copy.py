"""Copying somebody's Python objects into plain JSON that is ours, however hostile they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from py_forest.engine.limits import MAX_CONTAINERS, MAX_JSON_DEPTH, MAX_STRING, MAX_VALUES
from py_forest.engine.problems import Problems, pointer_to
from py_forest.kit.text import quoted

if TYPE_CHECKING:
    from py_forest.kit.json import JsonValue

_INT64 = 2**63
_ENOUGH = 100
_JSON_TYPES = frozenset({str, int, float, bool, type(None), dict, list})

# A container still to be copied: source, copy, depth, the step it came from, its key there.
_Step = tuple[Any, Any, int, Any, Any]


class JsonCopy:
    """One copy of a document.

    Tuples become lists; subclasses of the JSON types become those types; anything else is a
    problem. The walk keeps its own stack, so that depth costs no recursion, and it gives up at the
    limits, so that objects which contain themselves, or share parts so as to unfold without end,
    cost seconds at most.

    Args:
        problems: where to say what cannot be copied.
        base: JSON pointer of `source` itself.
    """

    def __init__(self, problems: Problems, base: str = "") -> None:
        self._problems = problems
        self._base = base
        self._bad = 0
        self.has_placeholders = False

    def copy(self, source: JsonValue) -> JsonValue:
        """Return the copy; where there was a problem it is incomplete."""
        holder: list[Any] = [None]
        root = (None, holder, 0, None, None)
        stack: list[_Step] = []
        holder[0] = self._value(source, root, 0, stack)
        self._drain(stack)
        return holder[0]

    def _drain(self, stack: list[_Step]) -> None:
        containers = values = 0
        pop = stack.pop
        while stack:
            step = pop()
            source, target, depth = step[0], step[1], step[2]
            containers += 1
            values += len(source)
            if containers > MAX_CONTAINERS or values > MAX_VALUES or self._bad > _ENOUGH:
                self._give_up(containers, values)
                return
            if depth > MAX_JSON_DEPTH:
                self._too_deep(step)
                return
            if target.__class__ is dict:
                self._copy_object(source, target, step, stack)
            else:
                self._copy_list(source, target, step, stack)

    def _copy_object(
        self, source: dict[Any, Any], target: dict[str, Any], step: _Step, stack: list[_Step]
    ) -> None:
        for key, value in source.items():
            if key.__class__ is not str:
                if not isinstance(key, str):
                    self._refuse(
                        "NOT_JSON_VALUE", f"key {quoted(repr(key))} is not text", step, repr(key)
                    )
                    continue
                key = str(key)  # noqa: PLW2901
            if len(key) > MAX_STRING or not (key.isascii() or _is_unicode(key)):
                self._string(key, step, key[:40])
                continue
            kind = value.__class__
            if kind is str:
                # Nearly every string is short, plain and without placeholders.
                if len(value) < MAX_STRING and value.isascii() and "{{" not in value:
                    target[key] = value
                else:
                    target[key] = self._string(value, step, key)
            elif kind is dict or kind is list:
                # The empty copy goes in at once: it keeps the order of the keys.
                child: JsonValue = kind()
                target[key] = child
                stack.append((value, child, step[2] + 1, step, key))
            elif value is None or kind is bool:
                target[key] = value
            else:
                target[key] = self._value(value, step, key, stack)

    def _copy_list(
        self, source: list[Any], target: list[Any], step: _Step, stack: list[_Step]
    ) -> None:
        depth = step[2] + 1
        for index, value in enumerate(source):
            kind = value.__class__
            if kind is dict or kind is list:
                child: JsonValue = kind()
                target.append(child)
                stack.append((value, child, depth, step, index))
            else:
                target.append(self._value(value, step, index, stack))

    def _value(
        self, value: JsonValue, step: _Step, key: JsonValue, stack: list[_Step]
    ) -> JsonValue:
        """Copy one value of any kind; containers are put on the stack."""
        kind = value.__class__
        if kind not in _JSON_TYPES:
            value = self._plain(value, step, key)
            kind = value.__class__
        if kind is dict or kind is list:
            child: JsonValue = kind()
            stack.append((value, child, step[2] + 1, step, key))
            return child
        if kind is str:
            return self._string(value, step, key)
        if kind is int and not -_INT64 <= value < _INT64:
            self._refuse("INTEGER_TOO_LARGE", "this integer does not fit into 64 bits", step, key)
            return None
        if kind is float and value - value != 0.0:
            self._refuse("NUMBER_NOT_FINITE", f"{value} is not a JSON number", step, key)
            return None
        return value

    def _plain(self, value: JsonValue, step: _Step, key: JsonValue) -> JsonValue:
        if isinstance(value, Mapping):
            return dict(value)
        if isinstance(value, tuple | list):
            return list(value)
        for kind in (str, int, float):
            if isinstance(value, kind):
                return kind(value)
        self._refuse(
            "NOT_JSON_VALUE",
            f"a value of type {quoted(type(value).__name__)} is not JSON",
            step,
            key,
        )
        return None

    def _string(self, text: str, step: _Step, key: JsonValue) -> str:
        if len(text) > MAX_STRING:
            self._refuse(
                "STRING_TOO_LONG",
                f"this string has {len(text):,} characters; {MAX_STRING:,} are allowed",
                step,
                key,
            )
            return ""
        if not text.isascii() and not _is_unicode(text):
            self._refuse(
                "NOT_UTF8", "this string has half a character (a lone surrogate)", step, key
            )
            return ""
        if "{{" in text:
            self.has_placeholders = True
        return text

    def _give_up(self, containers: int, values: int) -> None:
        if self._bad > _ENOUGH:
            return
        what = (
            f"{MAX_CONTAINERS:,} objects and lists"
            if containers > MAX_CONTAINERS
            else f"{MAX_VALUES:,} values (of {values:,} so far)"
        )
        self._problems.add(
            "DOCUMENT_TOO_LARGE",
            f"the document holds more than {what}, or unfolds into more because parts of it are "
            "shared; a tree may have 1,000,000 nodes",
            self._base,
        )

    def _too_deep(self, step: _Step) -> None:
        seen: set[int] = set()
        at: Any = step
        while at is not None and at[0] is not None:
            if id(at[0]) in seen:
                self._problems.add(
                    "DOCUMENT_CYCLE",
                    "this object contains itself; a tree cannot",
                    self._first_visit(at),
                )
                return
            seen.add(id(at[0]))
            at = at[3]
        self._problems.add(
            "DOCUMENT_TOO_DEEP",
            f"objects and lists are nested more than {MAX_JSON_DEPTH:,} deep; "
            "a tree may have 1,000 levels",
            self._base,
        )

    def _first_visit(self, step: _Step) -> str:
        """Return where an object that repeats on the way to `step` was met first."""
        first = step
        at: Any = step
        while at is not None and at[0] is not None:
            if at[0] is step[0]:
                first = at
            at = at[3]
        return self._pointer(first)

    def _refuse(self, code: str, message: str, step: _Step, key: JsonValue) -> None:
        self._bad += 1
        pointer = self._base if step[3] is None and step[0] is None else self._pointer(step, key)
        self._problems.add(code, message, pointer)

    def _pointer(self, step: _Step, *below: JsonValue) -> str:
        keys = list(below)
        at: Any = step
        while at is not None and at[3] is not None and at[3][0] is not None:
            keys.append(at[4])
            at = at[3]
        return pointer_to(self._base, *reversed(keys))


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
