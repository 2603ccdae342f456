"""Trees that the tests of the runtime share."""

from __future__ import annotations

from typing import Any

Node = dict[str, Any]


def node(node_type: str, node_id: str, *children: Node, **config: object) -> Node:
    """Make a node whose name is its id."""
    made: Node = {"node_type": node_type, "node_id": node_id, "name": node_id}
    if config:
        made["config"] = config
    if children:
        made["children"] = list(children)
    return made


def condition(node_id: str, expression: str) -> Node:
    return node("Condition", node_id, expression=expression)


def assign(node_id: str, variable: str, value: object) -> Node:
    return node("SetBlackboardVariable", node_id, variable=variable, value=value)


def tree(root: Node, **sections: object) -> dict[str, Any]:
    return {"root": root, **sections}


ROBOT: dict[str, Any] = tree(
    node(
        "Selector",
        "root",
        node(
            "Sequence",
            "low",
            condition("is-low", "battery < 20"),
            assign("charge", "action", "charge"),
        ),
        assign("patrol", "action", "patrol"),
    ),
    tree_id="robot",
    metadata={"name": "Robot", "version": "1.0.0"},
    blackboard_schema={
        "battery": {"type": "int", "default": 100},
        "action": {"type": "string", "default": ""},
    },
)
"""Charges when the battery is low, patrols otherwise."""
