"""Trees that the tests of the renderers draw."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from py_forest.models.trees import TreeDefinition

ROOT = Path(__file__).parents[3]


def node(node_type: str, *children: object, **keys: object) -> dict[str, Any]:
    """Return a node; `name`, `node_id` and `ref` are keys of their own, the rest is its config."""
    made: dict[str, Any] = {"node_type": node_type}
    for key in ("name", "node_id"):
        if key in keys:
            made[key] = keys.pop(key)
    if keys:
        made["config"] = keys
    if children:
        made["children"] = list(children)
    return made


def tree(root: dict[str, Any], **sections: object) -> TreeDefinition:
    return TreeDefinition({"root": root, **sections})


ROBOT = tree(
    node(
        "ReactiveFallback",
        node(
            "Sequence",
            node(
                "CheckBlackboardCondition",
                name="Battery low?",
                node_id="low",
                variable="battery",
                operator_str="<",
                value=20,
            ),
            {"$ref": "#/subtrees/charge"},
            name="Keep alive",
        ),
        node(
            "Guard",
            node("Retry", node("Action", action="drive", name="Drive"), num_failures=5),
            expression="mode == 'patrol'",
        ),
        node("Sequnce"),
        name="Robot",
        node_id="robot",
    ),
    subtrees={"charge": node("Sequence", node("Action", action="dock"), node("Wait", duration=2))},
    metadata={"name": "Robot"},
)


def chain(levels: int) -> TreeDefinition:
    """Return sequences in sequences, each with a leaf beside the next."""
    made = node("Success")
    for _ in range(levels - 1):
        made = node("Sequence", made, node("Failure"))
    return tree(made)


def random_tree(nodes: int, seed: int) -> TreeDefinition:
    chance = random.Random(seed)  # noqa: S311
    made = [node("Selector")]
    for number in range(nodes - 1):
        parent = chance.choice(made[-40:])
        child = node(chance.choice(["Sequence", "Selector", "Inverter"]), name=f"Node {number}")
        parent.setdefault("children", []).append(child)
        made.append(child)
    return tree(made[0])
