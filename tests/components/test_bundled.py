"""Every component of the package: sound, passing its tests, and those tests worth something."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest

import py_forest as pf
from py_forest.components import CATEGORIES, Component, instantiate, list_components
from py_forest.testing import run_tree_tests
from tests.components.mutants import mutants

NAMED = {
    "robotics/low_battery_handler",
    "robotics/collision_avoidance",
    "robotics/multi_step_navigation",
    "game_ai/npc_behavior",
    "game_ai/combat_system",
    "devops/deployment_pipeline",
    "devops/health_check",
    "utilities/retry_pattern",
    "utilities/timeout_wrapper",
}
COMPONENTS = list_components()
SEMANTIC = re.compile(r"\d+\.\d+\.\d+")
PYTHON_TYPES = {"int": int, "float": float, "string": str, "bool": bool}

each = pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.id)


def test_the_library_has_what_it_must_have() -> None:
    assert {component.id for component in COMPONENTS} >= NAMED
    assert len(COMPONENTS) >= len(NAMED) + 6


@each
def test_validates_but_for_its_slots(component: Component) -> None:
    found = {problem.code for problem in pf.validate(component.document)}
    assert found <= {"PLACEHOLDER_UNFILLED"}


@each
def test_says_what_it_is(component: Component) -> None:
    assert component.category in CATEGORIES
    assert component.path.parent.name == component.category
    assert component.name
    assert component.description.endswith(".")
    assert len(component.tags) >= 2
    assert SEMANTIC.fullmatch(component.version)
    for parameter in component.parameters:
        assert parameter["description"].endswith(".")
        assert type(parameter["default"]) is PYTHON_TYPES[parameter["type"]]


@each
def test_declares_what_it_requires_and_provides(component: Component) -> None:
    schema = component.definition().blackboard_schema
    for name in (*component.requires_variables, *component.provides_variables):
        assert schema[name]["description"].endswith(".")
    assert all(schema[key]["direction"] in ("in", "inout") for key in component.requires_variables)
    assert all(schema[key]["direction"] in ("out", "inout") for key in component.provides_variables)


@each
def test_passes_its_tests_and_they_reach_every_node(component: Component) -> None:
    report = run_tree_tests(component.document, registry=pf.Registry())
    assert report.passed, report.text()
    assert len(report.results) >= 3
    assert report.coverage.missed == ()


@each
def test_uses_every_parameter(component: Component) -> None:
    text = repr(component.document["tree"])
    for parameter in component.parameters:
        assert "{{" + parameter["name"] + "}}" in text


@each
def test_is_drawn(component: Component) -> None:
    root = ElementTree.fromstring(component.thumbnail())  # noqa: S314 - our own picture
    assert root.tag.endswith("svg")


@each
def test_can_be_instantiated_and_run(component: Component) -> None:
    made = instantiate(component)
    assert pf.compile(made).start().tick(now=0).status in set(pf.Status) - {pf.Status.INVALID}


@pytest.mark.slow
@each
def test_its_tests_notice_when_the_tree_is_another(component: Component) -> None:
    alive = []
    made = 0
    for what, mutant in mutants(component.to_dict()):
        made += 1
        if run_tree_tests(mutant, registry=pf.Registry()).passed:
            alive.append(what)
    assert made - len(alive) >= 0.9 * made, f"{len(alive)} of {made} live: {alive}"
