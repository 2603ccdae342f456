"""Telling when a key of the blackboard begins to meet a condition."""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any, Final

from py_forest.core.changes import is_same_value

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from py_forest.models.executions import Watch, WatchCondition

__all__ = ["MISSING", "ActiveWatch"]

MISSING: Final = object()
"""What stands for the value of a key that is not on the blackboard."""

_COMPARE: Final[Mapping[WatchCondition, Callable[[Any, Any], bool]]] = {
    "equals": operator.eq,
    "not_equals": operator.ne,
    "greater": operator.gt,
    "less": operator.lt,
    "greater_equal": operator.ge,
    "less_equal": operator.le,
}


class ActiveWatch:
    """A watch and what it saw last.

    It fires when its condition becomes true, once, and again only after the condition was false in
    between; one that is true from the start fires at the first look. `change` fires whenever the
    value is another one than at the last look.

    Args:
        watch: what to watch for.
        value: the value as it is now, or `MISSING`.
    """

    def __init__(self, watch: Watch, value: object) -> None:
        self.watch = watch
        self._was_met = False
        self._last = value

    def fires(self, value: object) -> bool:
        """Look at the value after a tick (`MISSING` if there is none): is it worth a report?"""
        if self.watch.condition == "change":
            last, self._last = self._last, value
            if value is MISSING or last is MISSING:
                return value is not last
            return not is_same_value(last, value)
        is_met = value is not MISSING and _compare(
            self.watch.condition, value, self.watch.target_value
        )
        was_met, self._was_met = self._was_met, is_met
        return is_met and not was_met


def _compare(condition: WatchCondition, value: object, target: object) -> bool:
    try:
        return bool(_COMPARE[condition](value, target))
    except TypeError:
        # Values that have no order, such as a text and a number.
        return False
