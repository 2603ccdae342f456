"""What a node type says of itself."""

from __future__ import annotations

import pytest

from py_forest.engine.catalogue import default_catalogue
from py_forest.models.nodes import ConfigField, NodeType
from py_forest.models.status import Status

ALL = list(default_catalogue())


def test_statuses_keep_their_numbers() -> None:
    assert [status.name for status in Status] == [
        "INVALID",
        "RUNNING",
        "SUCCESS",
        "FAILURE",
        "SKIPPED",
    ]
    assert [int(status) for status in Status] == [0, 1, 2, 3, 4]


@pytest.mark.parametrize("node_type", ALL, ids=lambda t: t.name)
def test_every_type_is_described_for_the_palette(node_type: NodeType) -> None:
    assert node_type.description.endswith(".")
    assert len(node_type.description) > 6
    assert node_type.icon
    assert node_type.color.startswith("#")
    assert len(node_type.color) == 7
    assert node_type.returns


@pytest.mark.parametrize(
    ("node_type", "config_field"),
    [(t, f) for t in ALL for f in t.config],
    ids=lambda value: value.name,
)
def test_every_field_has_help_and_a_sound_default(
    node_type: NodeType, config_field: ConfigField
) -> None:
    assert config_field.description.endswith(".")
    if config_field.type == "duration":
        assert config_field.unit == "s"
    if config_field.enum and config_field.default is not None:
        assert config_field.default in config_field.enum
    assert not (config_field.required and config_field.default is not None)
    names = {f.name for f in node_type.config}
    assert {key for form in node_type.forms for key in form} <= names


def test_says_which_keys_read_and_which_write_variables() -> None:
    by_name = {node_type.name: node_type for node_type in ALL}
    assert by_name["CheckBlackboardCondition"].reads == ("variable", "expression")
    assert by_name["SetBlackboardVariable"].writes == ("variable",)
    assert by_name["SetBlackboardVariable"].reads == ("expression",)
    assert by_name["Script"].reads == by_name["Script"].writes == ("script",)
    assert by_name["Action"].writes == ("outputs",)
    assert by_name["Log"].reads == ("message",)


def test_a_type_can_be_sent_to_the_studio_as_json() -> None:
    described = {t.name: t.to_dict() for t in ALL}["Retry"]
    field = described["config"][0]
    assert (field["name"], field["default"], field["unit"]) == ("num_failures", 3, "attempts")
    assert field["aliases"] == ["num_attempts"]
    assert described["min_children"] == described["max_children"] == 1
