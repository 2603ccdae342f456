from __future__ import annotations

from pathlib import Path

import pytest

from py_forest.components import (
    category_slug,
    find_component,
    list_components,
    read_component,
)

# As the contract writes it: with comments, without id, version, description and names of nodes.
LOW_BATTERY = """{
  "name": "Low Battery Handler",
  "category": "robotics",
  "parameters": [{"name": "threshold", "type": "int", "default": 20}],
  "requires_variables": ["battery_level"],
  "provides_variables": ["robot_action"],
  "tree": {
    "node_type": "CheckBlackboardCondition",
    "config": {
      "variable": "battery_level",
      "operator_str": "<",
      "value": "{{threshold}}"  // Parameter placeholder
    },
  }
}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for category, name in (("robotics", "low"), ("Game AI", "low"), ("devops", "check")):
        (tmp_path / category).mkdir()
        text = LOW_BATTERY.replace('"robotics"', f'"{category}"')
        (tmp_path / category / f"{name}.json").write_text(text)
    return tmp_path


@pytest.mark.parametrize("written", ["game_ai", "game-ai", "Game AI", " GAME  ai "])
def test_a_category_has_one_slug_however_it_is_written(written: str) -> None:
    assert category_slug(written) == "game_ai"
    assert {component.id for component in list_components(written)} == {
        "game_ai/combat_system",
        "game_ai/npc_behavior",
    }


def test_an_unknown_category_is_empty() -> None:
    assert list_components("cooking") == []


def test_the_list_is_in_order() -> None:
    ids = [component.id for component in list_components()]
    assert ids == sorted(ids)


def test_a_folder_of_ones_own_is_read_the_same_way(folder: Path) -> None:
    found = list_components(folder=folder)
    assert {component.id for component in found} == {"robotics/low", "game_ai/low", "devops/check"}
    assert [component.id for component in list_components("game-ai", folder=folder)] == [
        "game_ai/low"
    ]


def test_what_a_file_leaves_out_has_a_default(folder: Path) -> None:
    component = find_component("check", folder=folder)
    assert component.version == "0.0.0"
    assert component.description == ""
    assert component.tags == ()
    assert component.name == "Low Battery Handler"
    assert component.requires_variables == ("battery_level",)
    assert component.provides_variables == ("robot_action",)
    assert component.to_dict()["version"] == "0.0.0"


def test_a_component_without_a_name_is_called_as_its_file(tmp_path: Path) -> None:
    path = tmp_path / "utilities" / "do_nothing.json"
    path.parent.mkdir()
    path.write_text('{"tree": {"node_type": "Success"}}')
    component = read_component(path)
    assert (component.name, component.category) == ("Do nothing", "utilities")


def test_a_name_may_carry_its_category(folder: Path) -> None:
    assert find_component("game-ai/low", folder=folder).category == "game_ai"
    with pytest.raises(KeyError, match="may be Game AI/low and robotics/low: say which"):
        find_component("low", folder=folder)


def test_a_name_that_is_not_there_is_guessed_at() -> None:
    with pytest.raises(KeyError) as caught:
        find_component("health_chek")
    assert str(caught.value) == (
        "there is no component `health_chek`; did you mean `health_check`?"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", r"bad\.json: line 1, column 2"),
        ("[]", "it has no `tree`"),
        ('{"root": {"node_type": "Success"}}', "it has no `tree`"),
        ('{"tree": []}', "it has no `tree`"),
    ],
)
def test_a_file_that_is_no_component_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "bad.json"
    path.write_text(text)
    with pytest.raises(ValueError, match=said):
        read_component(path)


def test_a_file_that_cannot_be_read_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="No such file"):
        read_component(tmp_path / "nowhere.json")
