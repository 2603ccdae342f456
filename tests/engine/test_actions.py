"""Binding Action nodes to registered actions."""

from __future__ import annotations

import functools
from typing import Any

import pytest

from py_forest.engine import _native
from py_forest.engine.actions import bind_action
from py_forest.engine.leaf import Leaf, Result
from py_forest.engine.problems import Problems
from py_forest.engine.registry import Registry
from py_forest.kit.errors import DefinitionInvalid
from py_forest.models.status import Status
from tests.engine.restocking import Colour, bind, problems_of, restock


def test_a_node_gives_constants_and_expressions(registry: Registry) -> None:
    registry.action(restock, writes=["stock"])
    config, leaf = bind(
        registry,
        action="restock",
        item="nail",
        inputs={"amount": "missing * 2"},
        outputs={"stock": "nails"},
    )
    assert config == {
        "action": "restock",
        "mode": "call",
        "arguments": {
            "item": {"value": "nail"},
            "amount": {"expression": "missing * 2"},
            "how": {"expression": 'bb.get("how", "fast")'},
        },
        "outputs": {"stock": "nails"},
    }
    assert leaf == ("function", restock, 2)


def test_what_is_left_out_is_the_variable_of_the_name_else_the_default(registry: Registry) -> None:
    registry.action(restock)
    config, _ = bind(registry, ["item", "amount"], action="restock")
    assert config["arguments"] == {
        "item": {"expression": 'bb["item"]'},
        "amount": {"expression": 'bb.get("amount", 10)'},
        "how": {"value": "fast"},
    }
    assert problems_of(registry, ["items"], action="restock")[0][0] == "CONFIG_MISSING"


def test_defaults_of_every_type_survive_as_expressions(registry: Registry) -> None:
    @registry.action
    def many(  # noqa: PLR0917
        a: None = None,
        b: bool = True,
        c: int = -5,
        d: float = 2.5e-7,
        e: str = 'say "hi"\n\\ {x}',
        f: list[int] = [1, 2],  # noqa: B006 - never changed
        g: dict[str, Any] = {"k": [None, False, "ä"]},  # noqa: B006
    ) -> None: ...

    config, _ = bind(registry, action="many")
    defaults = {p.name: p.default for p in registry.get("many").parameters}
    for name, argument in config["arguments"].items():
        text = argument["expression"].removeprefix(f'bb.get("{name}", ').removesuffix(")")
        info = _native.check_expression(text, "expression")
        assert info.error is None
        assert info.value == defaults[name]


def test_the_gathered_form_binds_the_same(registry: Registry) -> None:
    registry.action(restock, writes=["stock"])
    as_written = bind(
        registry, action="restock", item="a", inputs={"amount": "n"}, outputs={"stock": "s"}
    )
    gathered = bind(
        registry,
        action="restock",
        arguments={"item": {"value": "a"}, "amount": {"expression": "n"}},
        outputs={"stock": "s"},
    )
    from_own_type = bind(
        registry,
        action="restock",
        arguments={
            "item": {"value": "a"},
            "inputs": {"value": {"amount": "n"}},
            "outputs": {"value": {"stock": "s"}},
        },
    )
    assert as_written == gathered == from_own_type


def test_further_arguments_go_where_they_are_taken(registry: Registry) -> None:
    @registry.action
    def report(text: str, **more: object) -> None: ...

    config, leaf = bind(registry, action="report", text="x", level=3, inputs={"now": "t"})
    assert list(config["arguments"].items()) == [
        ("text", {"value": "x"}),
        ("level", {"value": 3}),
        ("now", {"expression": "t"}),
    ]
    assert leaf[2] == 1
    assert registry.get("report").node_type.extra_config


def test_integers_are_numbers_where_a_float_is_wanted(registry: Registry) -> None:
    @registry.action
    def wait(seconds: float) -> None: ...

    value = bind(registry, action="wait", seconds=3)[0]["arguments"]["seconds"]["value"]
    assert (value, type(value)) == (3.0, float)


def test_every_problem_is_reported_where_it_is(registry: Registry) -> None:
    registry.action(restock, writes=["stock"])
    found = problems_of(
        registry,
        ["stok"],
        action="restock",
        amount="ten",
        how="fats",
        colour="red",
        inputs={"itme": "x"},
        outputs={"stokc": "stok", "stock": 3},
        timeout=3,
    )
    assert [(code, pointer) for code, pointer, _ in found] == [
        ("CONFIG_UNKNOWN", "/root/config/colour"),
        ("CONFIG_UNKNOWN", "/root/config/inputs/itme"),
        ("CONFIG_MISSING", "/root/config"),
        ("CONFIG_TYPE", "/root/config/amount"),
        ("CONFIG_CHOICE", "/root/config/how"),
        ("CONFIG_UNKNOWN", "/root/config/outputs/stokc"),
        ("CONFIG_TYPE", "/root/config/outputs/stock"),
        ("CONFIG_UNKNOWN", "/root/config/timeout"),
    ]
    messages = [message for _, _, message in found]
    assert "takes no `colour`; it takes `item`, `amount` and `how`" in messages[0]
    assert "did you mean `item`?" in messages[1]
    assert "did you mean `stock`?" in messages[5]


def test_an_action_without_parameters_says_so(registry: Registry) -> None:
    registry.action(lambda: None, name="it")
    assert problems_of(registry, action="it", speed=3)[0][2] == (
        "action `it` takes no `speed`; it takes no arguments"
    )


def test_a_result_without_a_declared_variable_is_reported(registry: Registry) -> None:
    registry.action(restock, writes=["stock"])
    code, _, message = problems_of(registry, ["stocks", "item"], action="restock")[0]
    assert code == "UNKNOWN_VARIABLE"
    assert "say in `outputs` where it goes" in message
    assert problems_of(registry, ["s", "item"], action="restock", outputs={"stock": "s"}) == []


def test_an_action_that_is_not_there_is_reported(registry: Registry) -> None:
    registry.action(restock)
    assert problems_of(registry, action="restok") == [
        (
            "ACTION_UNKNOWN",
            "/root/config/action",
            "no action `restok` is registered; did you mean `restock`?",
        )
    ]
    assert problems_of(registry, action=7)[0][0] == "CONFIG_MISSING"
    assert problems_of(registry)[0][0] == "CONFIG_MISSING"


def test_problems_are_raised_unless_they_are_collected(registry: Registry) -> None:
    with pytest.raises(DefinitionInvalid, match="no action `x` is registered"):
        bind(registry, action="x")
    problems = Problems()
    bound = bind_action(
        {"action": "x"},
        registry,
        node_id="n1",
        pointer=lambda: "/root/children/3",
        known_keys=None,
        problems=problems,
    )
    assert bound == ({}, None)
    assert problems.listed()[0].pointer == "/root/children/3/config/action"


def test_a_coroutine_is_left_to_the_runtime(registry: Registry) -> None:
    @registry.action(writes=["page"])
    async def fetch(url: str, retries: int = 2) -> Result:
        return Result(Status.SUCCESS, {"page": url * retries})

    assert bind(registry, ["page"], action="fetch", url="x", timeout=3) == (
        {
            "action": "fetch",
            "mode": "await",
            "arguments": {"url": {"value": "x"}, "retries": {"value": 2}},
            "outputs": {"page": "page"},
            "timeout": 3,
        },
        None,
    )


def test_a_parameter_may_be_called_timeout(registry: Registry) -> None:
    @registry.action
    async def fetch(timeout: float = 1.0) -> None: ...

    @registry.action
    def poll(timeout: float = 1.0) -> None: ...

    for action in ("fetch", "poll"):
        config, _ = bind(registry, action=action, timeout=3)
        assert config["arguments"] == {"timeout": {"value": 3.0}}
        assert "timeout" not in config


# Leaf classes


class Move(Leaf):
    """Drive somewhere.

    Args:
        wheels: how many it has.
    """

    def __init__(self, wheels: int = 4) -> None:
        self.wheels = wheels

    def initialise(self, target: str, speed: float = 1.0) -> None:
        """Set off.

        Args:
            target: where to.
        """

    def update(self, battery: int, speed: float = 1.0) -> Status:  # noqa: ARG002
        """Go on.

        Args:
            speed: metres a second.
        """
        return Status.RUNNING


def test_a_class_says_when_each_argument_is_wanted(registry: Registry) -> None:
    registry.action(Move)
    action = registry.get("Move")
    assert [(p.name, p.is_fixed, p.help) for p in action.parameters] == [
        ("wheels", True, "how many it has."),
        ("target", False, "where to."),
        ("speed", False, "metres a second."),
        ("battery", False, ""),
    ]
    config, leaf = bind(registry, action="Move", target="home", wheels=6)
    assert list(config["arguments"]) == ["target", "speed", "battery"]
    kind, factory, initialise, update = leaf
    assert (kind, initialise, update) == ("class", ("target", "speed"), ("battery", "speed"))
    assert factory().wheels == 6


def test_equal_constants_make_the_identical_factory(registry: Registry) -> None:
    registry.action(Move)
    plain = bind(registry, action="Move", target="a")[1][1]
    six = bind(registry, action="Move", target="a", wheels=6)[1][1]
    assert plain is Move
    assert bind(registry, action="Move", target="b", wheels=6)[1][1] is six
    assert bind(registry, action="Move", target="a", wheels=8)[1][1] is not six


def test_what_is_fixed_cannot_be_computed(registry: Registry) -> None:
    registry.action(Move)
    found = problems_of(registry, action="Move", target="a", inputs={"wheels": "n"})
    assert [(code, pointer) for code, pointer, _ in found] == [
        ("CONFIG_TYPE", "/root/config/inputs/wheels")
    ]


def test_a_class_may_want_constants_and_enumerations(registry: Registry) -> None:
    class Paint(Leaf):
        def __init__(self, colour: Colour, robot: object, coats: int = 2) -> None:
            self.done = (colour, robot, coats)

        def update(self) -> None: ...

    registry.action(functools.partial(Paint, robot="r2"), name="paint")
    _, leaf = bind(registry, action="paint", colour="GREEN")
    assert leaf[1]().done == (Colour.GREEN, "r2", 2)
    assert problems_of(registry, action="paint")[0][0] == "CONFIG_MISSING"
    assert "must be `RED` or `GREEN`" in problems_of(registry, action="paint", colour="Blue")[0][2]
    fields = {field.name: field for field in registry.get("paint").node_type.config}
    assert fields["colour"].required
    assert fields["colour"].enum == ("RED", "GREEN")


def test_methods_of_a_class_must_agree(registry: Registry) -> None:
    class Twice(Leaf):
        def initialise(self, speed: int = 1) -> None: ...

        def update(self, speed: int = 2) -> None: ...

    class Mixed(Leaf):
        def __init__(self, speed: int = 1) -> None: ...

        def update(self, speed: int = 1) -> None: ...

    with pytest.raises(TypeError, match="two different defaults"):
        registry.action(Twice)
    with pytest.raises(TypeError, match="in its constructor and later"):
        registry.action(Mixed)
