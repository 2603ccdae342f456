from __future__ import annotations

import pytest

from py_forest.core.errors import NodeNotFound, NotTickable
from py_forest.core.execution import ExecutionInstance
from py_forest.kit.errors import DefinitionInvalid
from py_forest.models.events import BreakpointHitEvent, EventType
from tests.core.trees import ROBOT


def watched(node_id: str, condition: str | None = None) -> tuple[ExecutionInstance, list[str]]:
    instance = ExecutionInstance(ROBOT)
    hits: list[str] = []

    def hear(event: BreakpointHitEvent) -> None:
        hits.append(f"{event.tick} {event.node_id} {event.node_status}")

    instance.emitter.on(EventType.BREAKPOINT_HIT, hear)
    instance.set_breakpoint(node_id, condition)
    return instance, hits


def test_a_node_that_is_not_the_tip_is_hit_and_the_tick_is_in_the_history() -> None:
    instance, hits = watched("low")
    response = instance.tick(5, updates={"battery": 90})

    assert hits == ["1 low FAILURE"]
    assert (response.ticks_executed, response.state) == (1, "paused")
    assert instance.snapshot().tip_node_id == "patrol"
    assert instance.history is not None
    assert instance.history.count(instance.execution_id) == 1
    with pytest.raises(NotTickable):
        instance.tick()
    instance.resume()
    instance.tick()
    assert hits == ["1 low FAILURE", "2 low FAILURE"]
    assert instance.breakpoints[0].hit_count == 2


def test_a_node_that_is_not_reached_is_not_hit() -> None:
    instance, hits = watched("charge")
    assert instance.tick(3, updates={"battery": 90}).ticks_executed == 3
    assert instance.tick(3, updates={"battery": 10}).ticks_executed == 1
    assert hits == ["4 charge SUCCESS"]


def test_a_condition_must_hold_as_well() -> None:
    instance, hits = watched("is-low", "battery == 15 and action == 'charge'")
    for battery in (90, 16):
        instance.tick(updates={"battery": battery})
    assert hits == []
    instance.tick(updates={"battery": 15})
    assert hits == ["3 is-low SUCCESS"]


def test_a_condition_on_what_is_not_there_does_not_hold() -> None:
    instance, hits = watched("root", "missing > 3")
    instance.tick()
    assert hits == []


@pytest.mark.parametrize(
    "condition",
    [
        "__import__('os').system('true')",
        "().__class__.__bases__",
        "battery.__class__",
        "open('x')",
        "lambda: 1",
        "battery := 3",
        "battery >",
        "",
    ],
)
def test_a_condition_is_an_expression_of_trees_and_nothing_else(condition: str) -> None:
    instance = ExecutionInstance(ROBOT)
    with pytest.raises(DefinitionInvalid):
        instance.set_breakpoint("root", condition)
    assert instance.breakpoints == ()


def test_a_breakpoint_can_be_off_and_can_be_removed() -> None:
    instance, hits = watched("root")
    instance.set_breakpoint("root", is_enabled=False)
    assert instance.tick(2).ticks_executed == 2
    assert [(each.node_id, each.enabled) for each in instance.breakpoints] == [("root", False)]

    assert instance.remove_breakpoint("root")
    assert not instance.remove_breakpoint("root")
    assert hits == []


def test_several_breakpoints_are_each_hit_once_in_a_tick() -> None:
    instance, hits = watched("low")
    instance.set_breakpoint("root")
    instance.tick()

    assert hits == ["1 root SUCCESS", "1 low FAILURE"]


def test_an_unknown_node_has_no_breakpoint() -> None:
    with pytest.raises(NodeNotFound, match="no node nobody"):
        ExecutionInstance(ROBOT).set_breakpoint("nobody")
