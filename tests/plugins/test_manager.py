"""Node types come from plugins, the built-in ones too."""

from __future__ import annotations

import pytest

from py_forest.engine import _native
from py_forest.engine.catalogue import Catalogue, default_catalogue
from py_forest.engine.flatten import flatten
from py_forest.engine.validate import validate
from py_forest.models.nodes import ConfigField, NodeType
from py_forest.plugins import build_plugin_manager, hookimpl

BLINK = NodeType(
    name="Blink",
    category="action",
    display_name="Blink",
    description="Blinks.",
    icon="light",
    color="#ffffff",
    config=(ConfigField("times", "int", "How often.", default=3, minimum=1),),
    action="lights.blink",
)


class Lights:
    @hookimpl
    def register_nodes(self) -> tuple[NodeType, ...]:
        return (BLINK,)


def catalogue_with_lights() -> Catalogue:
    manager = build_plugin_manager(entry_points=False)
    manager.register(Lights())
    return Catalogue(t for types in reversed(manager.hook.register_nodes()) for t in types)


def test_every_node_of_the_engine_is_declared_and_no_other_claims_to_be_built_in() -> None:
    built_in = {node_type.name for node_type in default_catalogue() if node_type.is_builtin}
    assert built_in == set(_native.KINDS)


def test_a_plugin_adds_a_node_type_that_runs_as_an_action() -> None:
    catalogue = catalogue_with_lights()
    tree = {"node_type": "Blink", "node_id": "b", "config": {"times": 2}}
    assert validate(tree, catalogue=catalogue) == []
    flat = flatten(tree, catalogue=catalogue)
    assert flat.nodes[0][0] == _native.KINDS["Action"]
    assert flat.nodes[0][4] == {"action": "lights.blink", "arguments": {"times": {"value": 2}}}
    assert flat.custom_types == {0: "Blink"}


def test_the_configuration_of_a_plugins_node_is_checked_too() -> None:
    tree = {"node_type": "Blink", "config": {"times": 0, "colour": "red"}}
    codes = {problem.code for problem in validate(tree, catalogue=catalogue_with_lights())}
    assert codes == {"CONFIG_RANGE", "CONFIG_UNKNOWN"}


def test_an_action_behind_a_plugins_node_must_be_registered() -> None:
    catalogue = catalogue_with_lights()
    problems = validate({"node_type": "Blink"}, catalogue=catalogue, actions=["other"])
    assert [(p.code, p.pointer) for p in problems] == [("ACTION_UNKNOWN", "/node_type")]


def test_two_types_cannot_go_by_one_name() -> None:
    with pytest.raises(ValueError, match="both go by `Blink`"):
        Catalogue(
            [BLINK, NodeType("Other", "action", "O", "O.", "o", "#000000", ("Blink",), action="x")]
        )


def test_a_type_that_nothing_runs_is_refused() -> None:
    with pytest.raises(ValueError, match="names no action"):
        Catalogue([NodeType("Idle", "action", "Idle", "Idles.", "x", "#000000")])
