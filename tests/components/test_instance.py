from __future__ import annotations

import itertools
from copy import deepcopy
from typing import Any

import pytest

import py_forest as pf
from py_forest.components import Component, find_component, instantiate, list_components
from py_forest.models.trees import NodeDocument

LOW_BATTERY = find_component("low_battery_handler")
RETRY = find_component("retry_pattern")

each = pytest.mark.parametrize("component", list_components(), ids=lambda component: component.id)


def numbered(component: Component, **parameters: object) -> dict[str, Any]:
    numbers = itertools.count()
    return instantiate(component, parameters, make_id=lambda: f"n{next(numbers)}")


def other(parameter: dict[str, Any]) -> object:
    default = parameter["default"]
    return f"{default}_2" if isinstance(default, str) else default + 1


def leaves(value: object, at: str = "") -> dict[str, object]:
    if isinstance(value, dict):
        items: list[tuple[Any, object]] = list(value.items())
    elif isinstance(value, list):
        items = list(enumerate(value))
    else:
        return {at: value}
    return {
        where: leaf for key, item in items for where, leaf in leaves(item, f"{at}/{key}").items()
    }


def test_parameters_keep_their_types() -> None:
    check, put = instantiate(LOW_BATTERY, {"threshold": 5})["root"]["children"]
    assert check["config"]["value"] == 5
    assert put["config"]["value"] == "charge"


@each
def test_another_value_changes_only_where_the_parameter_stands(component: Component) -> None:
    before = leaves(numbered(component)["root"])
    template = leaves(component.document["tree"])
    for parameter in component.parameters:
        name = parameter["name"]
        after = leaves(numbered(component, **{name: other(dict(parameter))})["root"])
        changed = {at for at in before if before[at] != after[at]}
        assert before.keys() == after.keys()
        assert changed == {
            f"/ui_metadata/component/parameters/{name}",
            *(at for at, text in template.items() if f"{{{{{name}}}}}" in str(text)),
        }


@each
def test_every_instance_has_ids_of_its_own(component: Component) -> None:
    first, second = (set(pf.compile(instantiate(component)).node_ids) for _ in range(2))
    assert not first & second
    assert len(first) == pf.compile(component.document).node_count


@each
def test_an_instance_says_where_it_came_from(component: Component) -> None:
    made = instantiate(component)
    origin = made["metadata"]["component"]
    assert origin == made["root"]["ui_metadata"]["component"]
    assert (origin["id"], origin["version"]) == (component.id, component.version)
    assert origin["parameters"] == {p["name"]: p["default"] for p in component.parameters}
    assert "parameters" not in made
    assert "tests" not in made


@each
def test_making_an_instance_leaves_the_component_as_it_was(component: Component) -> None:
    before = deepcopy(component.document)
    made = instantiate(component)
    made["root"].setdefault("config", {})["memory"] = None
    made["root"]["ui_metadata"]["component"]["parameters"]["new"] = 1
    assert component.document == before


def test_wrong_parameters_are_refused_by_name() -> None:
    with pytest.raises(ValueError, match="`threshold` must be of type `int`, not text"):
        instantiate(LOW_BATTERY, {"threshold": "low"})
    with pytest.raises(ValueError, match="no parameter `treshold`; did you mean `threshold`"):
        instantiate(LOW_BATTERY, {"treshold": 5})


def test_a_slot_takes_a_tree() -> None:
    work: NodeDocument = {
        "node_type": "Sequence",
        "children": [{"node_type": "Success"}, {"node_type": "Success"}],
    }
    made = instantiate(RETRY, slots={"Your Action Here": work})
    assert pf.validate(made) == []
    program = pf.compile(made)
    assert program.node_count == 4
    assert len(set(program.node_ids)) == 4
    assert program.start().tick(now=0).status is pf.Status.SUCCESS
    assert "node_id" not in work


def test_a_slot_that_is_not_there_is_refused() -> None:
    with pytest.raises(
        ValueError, match="no slot `Your Action Her`; did you mean `Your Action Here`"
    ):
        instantiate(RETRY, slots={"Your Action Her": {"node_type": "Success"}})
    with pytest.raises(ValueError, match="no slot `Work`"):
        instantiate(LOW_BATTERY, slots={"Work": {"node_type": "Success"}})


def test_subtrees_are_part_of_an_instance() -> None:
    use = {"$ref": "#/subtrees/part"}
    document = {
        "name": "Twice",
        "tree": {"node_type": "Sequence", "children": [use, use]},
        "subtrees": {"part": {"node_type": "Placeholder", "name": "Work"}},
    }
    component = Component("utilities/twice", "utilities", RETRY.path, document)
    made = instantiate(component, slots={"Work": {"node_type": "Success"}})
    program = pf.compile(made)
    assert program.node_count == 5
    assert program.start().tick(now=0).status is pf.Status.SUCCESS


def test_an_instance_is_part_of_a_larger_tree() -> None:
    part = instantiate(LOW_BATTERY)
    patrol = {
        "node_type": "SetBlackboardVariable",
        "config": {"variable": "robot_action", "value": "patrol"},
    }
    tree = {"root": {"node_type": "Selector", "children": [part["root"], patrol]}}
    execution = pf.compile(tree).start(blackboard={"battery_level": 50})
    execution.tick(now=0)
    assert execution.blackboard["robot_action"] == "patrol"
    without = {**tree, "blackboard_schema": {"robot_action": {"type": "string"}}}
    without["requires_variables"] = part["requires_variables"]
    assert "REQUIRES_VARIABLE" in {problem.code for problem in pf.validate(without)}
