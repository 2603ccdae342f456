"""What differs between two snapshots of an execution."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pydantic import JsonValue

    from py_forest.models.snapshots import (
        BlackboardChange,
        ExecutionSnapshot,
        FieldChange,
        HistoryChanges,
        NodeChange,
    )

__all__ = ["changes_between", "is_same_value"]


def is_same_value(one: object, other: object) -> bool:
    """Say whether two JSON values are the same value: 1, 1.0 and true are three."""
    if isinstance(one, list | dict) and type(one) is type(other):
        return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)
    return type(one) is type(other) and repr(one) == repr(other)


def changes_between(before: ExecutionSnapshot, after: ExecutionSnapshot) -> HistoryChanges:
    """Return what is different in `after`; what is new there comes after what changed."""
    return {
        "status_changes": _fields(before, after),
        "blackboard_changes": _blackboard(before.blackboard, after.blackboard),
        "node_changes": _nodes(before, after),
    }


def _fields(before: ExecutionSnapshot, after: ExecutionSnapshot) -> list[FieldChange]:
    pairs: dict[str, tuple[JsonValue, JsonValue]] = {
        "root_status": (before.root_status, after.root_status),
        "tip_node_id": (before.tip_node_id, after.tip_node_id),
        "is_running": (before.is_running, after.is_running),
        "tree_id": (before.tree_id, after.tree_id),
        "tree_version": (before.tree_version, after.tree_version),
    }
    return [
        {"field": name, "old_value": old, "new_value": new}
        for name, (old, new) in pairs.items()
        if old != new
    ]


def _blackboard(
    before: dict[str, JsonValue], after: dict[str, JsonValue]
) -> list[BlackboardChange]:
    changes: list[BlackboardChange] = []
    for key, old in before.items():
        if key not in after:
            changes.append({"key": key, "change": "removed", "old_value": old, "new_value": None})
        elif not is_same_value(old, after[key]):
            changes.append(
                {"key": key, "change": "changed", "old_value": old, "new_value": after[key]}
            )
    changes.extend(
        {"key": key, "change": "added", "old_value": None, "new_value": new}
        for key, new in after.items()
        if key not in before
    )
    return changes


def _nodes(before: ExecutionSnapshot, after: ExecutionSnapshot) -> list[NodeChange]:
    changes: list[NodeChange] = []
    for node_id, old in before.node_states.items():
        new = after.node_states.get(node_id)
        if new is None:
            changes.append(
                {
                    "node_id": node_id,
                    "change": "removed",
                    "old_status": old.status,
                    "new_status": None,
                }
            )
        elif new.status != old.status:
            changes.append(
                {
                    "node_id": node_id,
                    "change": "changed",
                    "old_status": old.status,
                    "new_status": new.status,
                }
            )
    changes.extend(
        {"node_id": node_id, "change": "added", "old_status": None, "new_status": new.status}
        for node_id, new in after.node_states.items()
        if node_id not in before.node_states
    )
    return changes
