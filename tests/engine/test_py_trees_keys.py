"""Variables on the blackboard of a py_trees leaf, and back."""

from __future__ import annotations

import pytest

py_trees = pytest.importorskip("py_trees")

from py_trees.behaviour import Behaviour  # noqa: E402
from py_trees.behaviours import (  # noqa: E402
    CheckBlackboardVariableExists,
    SetBlackboardVariable,
)
from py_trees.blackboard import Blackboard  # noqa: E402
from py_trees.common import Access  # noqa: E402
from py_trees.common import Status as TreeStatus  # noqa: E402

import py_forest as pf  # noqa: E402
from py_forest import Registry, Status  # noqa: E402
from py_forest.engine.py_trees_adapter import (  # noqa: E402
    key_of,
    variable_of,
)
from tests.engine.action_trees import leaf, start  # noqa: E402
from tests.engine.py_trees_probes import Counter  # noqa: E402

pytestmark = pytest.mark.usefixtures("quiet_process_board")


def test_keys_lose_their_slashes() -> None:
    assert [key_of("speed"), key_of("robot.left_arm.speed")] == [
        "/speed",
        "/robot/left_arm/speed",
    ]
    assert [variable_of("/speed"), variable_of("/robot/left_arm/speed")] == [
        "speed",
        "robot.left_arm.speed",
    ]


def test_variables_go_in_before_every_tick_and_out_after_it(registry: Registry) -> None:
    registry.py_trees(Counter, reads=["step"], writes=["total"])
    execution = start(registry, leaf("Counter", enough=10))
    outcome = execution.tick({"step": 4}, now=0.0)
    assert (outcome.status, outcome.changed) == (Status.RUNNING, {"total": 4})
    outcome = execution.tick(now=1.0)
    assert (outcome.status, outcome.changed) == (Status.RUNNING, {"total": 8})
    outcome = execution.tick({"step": 100}, now=2.0)
    assert (outcome.status, outcome.changed) == (Status.SUCCESS, {"total": 108})
    assert execution.blackboard["total"] == 108


def test_outputs_say_where_a_key_goes(registry: Registry) -> None:
    registry.py_trees(Counter, reads=["step"], outputs={"total": "sum"})
    execution = start(registry, leaf("Counter", inputs={"step": "n + 1"}))
    assert execution.tick({"n": 1}, now=0.0).changed == {"sum": 2}
    other = start(registry, leaf("Counter", step=3, outputs={"total": "three"}))
    assert other.tick(now=0.0).changed == {"three": 3}


def test_namespaces_are_dots(registry: Registry) -> None:
    class Arm(Behaviour):
        def __init__(self, name: str) -> None:
            super().__init__(name)
            self.board = self.attach_blackboard_client(name=name, namespace="robot/arm")
            self.board.register_key("speed", Access.READ)
            self.board.register_key("angle", Access.WRITE)

        def update(self) -> TreeStatus:
            self.board.angle = self.board.speed * 2
            return TreeStatus.SUCCESS

    registry.py_trees(Arm, reads=["robot.arm.speed"], writes=["robot.arm.angle"])
    execution = start(registry, leaf("Arm"))
    outcome = execution.tick({"robot.arm.speed": 3}, now=0.0)
    assert outcome.changed == {"robot.arm.angle": 6}


def test_a_variable_without_a_value_is_no_key(registry: Registry) -> None:
    registry.py_trees(
        lambda: CheckBlackboardVariableExists("there", "x"), name="there", reads=["x"]
    )
    execution = start(registry, leaf("there"))
    assert execution.tick(now=0.0).status is Status.FAILURE
    assert execution.tick({"x": False}, now=1.0).status is Status.SUCCESS
    assert execution.tick({"x": None}, now=2.0).status is Status.FAILURE


def test_only_what_changed_comes_out(registry: Registry) -> None:
    class Listing(Behaviour):
        def update(self) -> TreeStatus:
            found = Blackboard.storage.setdefault("/found", [])
            if len(found) < 2:
                found.append(len(found))
            return TreeStatus.RUNNING

    registry.py_trees(lambda: Listing("l"), name="listing", writes=["found"])
    execution = start(registry, leaf("listing"))
    changes = [execution.tick(now=float(t)).changed for t in range(3)]
    assert changes == [{"found": [0]}, {"found": [0, 1]}, {}]
    # What somebody else writes in between is not overwritten by an old value.
    assert execution.tick({"found": "mine"}, now=4.0).changed == {}
    assert execution.blackboard["found"] == "mine"


@pytest.mark.parametrize("pair", [(1, 1.0), ([1], [True]), ({"a": 1}, {"a": 1, "b": 2}), (0, "")])
def test_values_that_only_look_equal_are_changes(
    registry: Registry, pair: tuple[object, object]
) -> None:
    values = [pair[0], pair[1], pair[1]]

    class Next(Behaviour):
        def update(self) -> TreeStatus:
            Blackboard.set("/it", values.pop(0))
            return TreeStatus.SUCCESS

    registry.py_trees(lambda: Next("n"), name="next", writes=["it"])
    execution = start(registry, leaf("next"))
    changes = [execution.tick(now=float(t)).changed for t in range(3)]
    assert changes == [{"it": pair[0]}, {"it": pair[1]}, {}]


def test_a_key_that_is_unset_becomes_null(registry: Registry) -> None:
    class Toggle(Behaviour):
        def update(self) -> TreeStatus:
            if not Blackboard.unset("/flag"):
                Blackboard.set("/flag", TreeStatus.SUCCESS)
            return TreeStatus.SUCCESS

    registry.py_trees(lambda: Toggle("t"), name="toggle", writes=["flag"])
    execution = start(registry, leaf("toggle"))
    changes = [execution.tick(now=float(t)).changed for t in range(3)]
    assert changes == [{"flag": "SUCCESS"}, {"flag": None}, {"flag": "SUCCESS"}]


def test_a_value_that_is_no_json_is_a_failure(registry: Registry) -> None:
    registry.py_trees(
        lambda: SetBlackboardVariable("set", "thing", variable_value=object, overwrite=True),
        name="set",
        writes=["thing"],
    )
    outcome = start(registry, leaf("set")).tick(now=0.0)
    assert outcome.status is Status.FAILURE
    assert "the py_trees key `/thing` holds something of type `object`" in outcome.errors[0].message


def test_an_input_changed_in_place_is_a_change(registry: Registry) -> None:
    class Append(Behaviour):
        def update(self) -> TreeStatus:
            Blackboard.get("items")["list"].append(1)
            return TreeStatus.SUCCESS

    registry.py_trees(lambda: Append("a"), name="append", reads=["items"], writes=["items"])
    execution = start(registry, leaf("append"))
    changes = [execution.tick(now=float(t)).changed for t in range(1)]
    assert execution.tick({"items": {"list": []}}, now=1.0).changed == {"items": {"list": [1]}}
    assert execution.tick(now=2.0).changed == {"items": {"list": [1, 1]}}
    assert changes == [{}]


def test_tuples_and_enumerations_come_out_as_json(registry: Registry) -> None:
    value = {"at": (1, [2.5]), "status": TreeStatus.FAILURE, "nothing": None}
    registry.py_trees(
        lambda: SetBlackboardVariable("set", "thing", variable_value=value, overwrite=True),
        name="set",
        writes=["thing"],
    )
    assert start(registry, leaf("set")).tick(now=0.0).changed == {
        "thing": {"at": [1, [2.5]], "status": "FAILURE", "nothing": None}
    }


@pytest.mark.parametrize("value", [{1: 2}, {"a": {1, 2}}, float("nan"), [b"x"]])
def test_what_is_no_json_is_found_wherever_it_is(registry: Registry, value: object) -> None:
    registry.py_trees(
        lambda: SetBlackboardVariable("set", "thing", variable_value=value, overwrite=True),
        name="set",
        writes=["thing"],
    )
    outcome = start(registry, leaf("set")).tick(now=0.0)
    assert "which is no JSON value" in outcome.errors[0].message


def test_a_declared_variable_must_exist(registry: Registry) -> None:
    registry.py_trees(Counter, reads=["step"], writes=["total"])
    definition = {"root": leaf("Counter"), "blackboard_schema": {"stop": {"type": "int"}}}
    with pytest.raises(ValueError, match="needs `step`") as error:
        pf.compile(definition, registry)
    assert "no variable `total` is declared" in str(error.value)
