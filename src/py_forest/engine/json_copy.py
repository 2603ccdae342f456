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
_MOST_KEYS = 10_000

# A container still to be copied: itself, the copy of what holds it, its depth, the step of what
# holds it, its key there.
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
        self._good_keys: set[str] = set()
        self.has_placeholders = False

    def copy(self, source: JsonValue) -> JsonValue:
        """Return the copy; where there was a problem it is incomplete."""
        copied: list[Any] = [[None]]
        self._drain([([source], copied, -1, None, 0)])
        return copied[0][0]

    def _drain(self, stack: list[_Step]) -> None:  # noqa: C901
        """Copy what is on the stack and all below it.

        A container is copied by Python in one piece; then the values that are not plainly fine are
        looked at, and the containers among them are put on the stack to be replaced by copies.
        """
        room = MAX_CONTAINERS
        values = 0
        pop, push = stack.pop, stack.append
        good_keys = self._good_keys
        while stack:
            step = pop()
            source, holder, depth, _, place = step
            room -= 1
            values += len(source)
            if room < 0 or depth > MAX_JSON_DEPTH or values > MAX_VALUES or self._bad > _ENOUGH:
                self._give_up(step, room, values)
                return
            is_object = source.__class__ is dict
            if is_object and not good_keys.issuperset(source):
                source = self._checked_keys(source, step)
            copy = source.copy()
            holder[place] = copy
            for key, value in source.items() if is_object else enumerate(source):
                kind = value.__class__
                if kind is str:
                    # Nearly every string is short, plain and without placeholders.
                    if len(value) > MAX_STRING or not value.isascii() or "{{" in value:
                        copy[key] = self._string(value, step, key)
                elif kind is dict or kind is list:
                    push((value, copy, depth + 1, step, key))
                elif value is not None and kind is not bool:
                    found = self._number(value, step, key)
                    if found is not value:
                        copy[key] = found
                        if found.__class__ in (dict, list):
                            push((found, copy, depth + 1, step, key))

    def _checked_keys(self, source: dict[JsonValue, Any], step: _Step) -> dict[str, Any]:
        """Return the members whose keys are text, and remember the keys."""
        members: dict[str, Any] = {}
        for key, value in source.items():
            if not isinstance(key, str):
                message = f"key {quoted(repr(key))} is not text"
                self._refuse("NOT_JSON_VALUE", message, step, repr(key)[:40])
            elif len(key) > MAX_STRING or not (key.isascii() or _is_unicode(key)):
                self._string(key, step, key[:40])
            else:
                members[_plain_text(key)] = value
                if "{{" in key:
                    self.has_placeholders = True
                elif len(self._good_keys) < _MOST_KEYS:
                    self._good_keys.add(_plain_text(key))
        return members

    def _number(self, value: JsonValue, step: _Step, key: JsonValue) -> JsonValue:
        """Return a number that is fine, or what stands for a value of no JSON type."""
        kind = value.__class__
        if kind is not int and kind is not float:
            return self._plain(value, step, key)
        if kind is int and not -_INT64 <= value < _INT64:
            self._refuse("INTEGER_TOO_LARGE", "this integer does not fit into 64 bits", step, key)
            return None
        if kind is float and value - value != 0.0:
            self._refuse("NUMBER_NOT_FINITE", f"{value} is not a JSON number", step, key)
            return None
        return value

    def _plain(self, value: JsonValue, step: _Step, key: JsonValue) -> JsonValue:
        """Return the JSON value that a value of another type stands for."""
        if isinstance(value, Mapping):
            return dict(value)
        if isinstance(value, tuple | list):
            return list(value)
        if isinstance(value, str):
            return self._string(_plain_text(value), step, key)
        for kind in (int, float):
            if isinstance(value, kind):
                return self._number(kind(value), step, key)
        message = f"a value of type {quoted(type(value).__name__)} is not JSON"
        self._refuse("NOT_JSON_VALUE", message, step, key)
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

    def _give_up(self, step: _Step, room: int, values: int) -> None:
        if self._bad > _ENOUGH:
            return
        if step[2] > MAX_JSON_DEPTH:
            self._too_deep(step)
            return
        what = f"{MAX_CONTAINERS:,} objects and lists" if room < 0 else f"{MAX_VALUES:,} values"
        self._problems.add(
            "DOCUMENT_TOO_LARGE",
            f"the document holds more than {what} ({values:,} values so far), or unfolds into more "
            "because parts of it are shared; a tree may have 1,000,000 nodes",
            self._base,
        )

    def _too_deep(self, step: _Step) -> None:
        way = _way_to(step)
        first: dict[int, _Step] = {}
        for visited in way:
            again = first.setdefault(id(visited[0]), visited)
            if again is not visited:
                message = "this object contains itself; a tree cannot"
                self._problems.add("DOCUMENT_CYCLE", message, self._pointer(again))
                return
        self._problems.add(
            "DOCUMENT_TOO_DEEP",
            f"objects and lists are nested more than {MAX_JSON_DEPTH:,} deep; "
            "a tree may have 1,000 levels",
            self._base,
        )

    def _refuse(self, code: str, message: str, step: _Step, key: JsonValue) -> None:
        self._bad += 1
        self._problems.add(code, message, self._pointer(step, key))

    def _pointer(self, step: _Step, *below: JsonValue) -> str:
        keys = [visited[4] for visited in _way_to(step)] + list(below)
        # The outermost list is only there to hold the document.
        return pointer_to(self._base, *keys[2:])


def _way_to(step: _Step) -> list[_Step]:
    """Return the steps from the outermost container to one."""
    way = []
    at: Any = step
    while at is not None:
        way.append(at)
        at = at[3]
    return way[::-1]


def _plain_text(text: str) -> str:
    # str() of a member of an enumeration is its name, not its text.
    return str.__str__(text)


def _is_unicode(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True
