"""Registering Python code as actions."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from py_forest.engine.hints import Shape
from py_forest.engine.leaf import Leaf
from py_forest.engine.registry import ActionUnknown, Registry
from py_forest.models.status import Status
from tests.engine.restocking import Colour, bind, restock


def test_the_decorator_gives_the_function_back(registry: Registry) -> None:
    assert registry.action(restock) is restock
    assert registry.action(name="stock.order")(restock) is restock
    assert registry.names() == {"restock", "stock.order"}


def test_what_is_registered_can_be_listed_and_looked_up(registry: Registry) -> None:
    registry.action(restock)
    assert "restock" in registry
    assert len(registry) == 1
    assert [action.name for action in registry] == ["restock"]
    assert registry.get("restock").callable is restock
    assert registry.find("other") is None
    assert repr(registry) == "<Registry of 1 actions>"


def test_a_name_is_given_once(registry: Registry) -> None:
    registry.action(restock)
    with pytest.raises(ValueError, match=r"already registered, from `.*restock`"):
        registry.action(restock)
    registry.action(restock, description="Another.", replace=True)
    assert registry.get("restock").description == "Another."


@pytest.mark.parametrize("name", ["two words", "1st", "a/b", "x" * 129, "grün"])
def test_a_name_is_a_word(registry: Registry, name: str) -> None:
    with pytest.raises(ValueError, match="cannot be an action's name"):
        registry.action(restock, name=name)


def test_a_lambda_needs_a_name(registry: Registry) -> None:
    with pytest.raises(ValueError, match="give one with `name=`"):
        registry.action(lambda: None)
    registry.action(lambda: None, name="nothing")
    assert "nothing" in registry


def test_an_unknown_action_is_guessed_at(registry: Registry) -> None:
    with pytest.raises(ActionUnknown, match="none is: register it before the tree is compiled"):
        registry.get("restock")
    registry.action(restock)
    with pytest.raises(LookupError, match="did you mean `restock`") as error:
        registry.get("Restok")
    assert error.value.detail == {"action": "Restok", "suggestion": "restock"}  # type: ignore[attr-defined]
    with pytest.raises(ActionUnknown, match="there is `restock`"):
        registry.get("zzz")
    for number in range(20):
        registry.action(restock, name=f"restock_{number}")
    with pytest.raises(ActionUnknown, match="21 others are"):
        registry.get("zzz")


def test_actions_can_be_taken_from_another_registry(registry: Registry) -> None:
    other = Registry()
    other.action(restock)
    registry.add(other.get("restock"))
    assert registry.get("restock") is other.get("restock")


def test_methods_partials_and_objects_are_functions_too(registry: Registry) -> None:
    class Shop:
        def order(self, item: str) -> bool:
            return bool(item)

        def __call__(self, item: str, amount: int) -> bool:
            return bool(item and amount)

    shop = Shop()
    registry.action(shop.order)
    registry.action(shop)
    registry.action(functools.partial(restock, amount=3), name="three")
    assert [p.name for p in registry.get("order").parameters] == ["item"]
    assert [p.name for p in registry.get("Shop").parameters] == ["item", "amount"]
    assert [p.name for p in registry.get("three").parameters] == ["item", "how"]
    _, leaf = bind(registry, action="three", item="nail")
    _, function, by_position = leaf
    assert by_position == 1
    assert function("nail", how="slow") is True


def test_kinds_are_told_apart(registry: Registry) -> None:
    class Slow(Leaf):
        def update(self) -> Status:
            return Status.RUNNING

    class Fetch:
        async def __call__(self, url: str) -> None: ...

    async def fetch(url: str) -> None: ...

    registry.action(restock)
    registry.action(fetch)
    registry.action(Fetch())
    registry.action(functools.partial(fetch, "x"), name="fetch_x")
    registry.action(Slow)
    assert {action.name: (action.kind, action.mode) for action in registry} == {
        "restock": ("function", "call"),
        "fetch": ("coroutine", "await"),
        "Fetch": ("coroutine", "await"),
        "fetch_x": ("coroutine", "await"),
        "Slow": ("class", "call"),
    }


def test_what_cannot_be_a_leaf_is_refused(registry: Registry) -> None:
    def numbers() -> Iterator[int]:
        yield 1

    class Unfinished(Leaf):
        pass

    class Later(Leaf):
        async def update(self) -> Status:  # type: ignore[override]
            return Status.SUCCESS

    class Greedy(Leaf):
        def update(self, **anything: object) -> None: ...

    class Plain:
        pass

    for target, message in (
        (numbers, "yields"),
        (Unfinished, "has no `update`"),
        (Later, "`update` is `async def`"),
        (Greedy, "name the parameters of `update`"),
        (Plain, "derive it from `Leaf`"),
        (3, "`int` cannot be called"),
        (max, "has no signature to read"),
    ):
        with pytest.raises(TypeError, match=message):
            registry.action(target, name="it")
    assert len(registry) == 0


def test_arguments_are_json(registry: Registry) -> None:
    def path(where: Path) -> None: ...

    def reserved(inputs: dict[str, int]) -> None: ...

    with pytest.raises(
        TypeError, match="parameter `where` is `Path`, but what a tree gives is JSON"
    ):
        registry.action(path)
    with pytest.raises(TypeError, match="`inputs` is a key of the node itself"):
        registry.action(reserved)


def test_an_argument_with_an_object_for_a_default_is_the_programmers(registry: Registry) -> None:
    def log(text: str, where: Path = Path("log"), times: int = 1) -> None: ...

    registry.action(log)
    assert [p.name for p in registry.get("log").parameters] == ["text", "times"]
    # `times` must not land in `where`.
    assert bind(registry, action="log", text="x", times=2)[1][2] == 1


def test_a_default_that_is_no_json_is_left_to_python(registry: Registry) -> None:
    def tag(names: Sequence[str] = (), loud: bool = False) -> None: ...

    registry.action(tag)
    config, leaf = bind(registry, action="tag", loud=True)
    assert config["arguments"] == {"loud": {"value": True}}
    assert leaf[2] == 0
    config, leaf = bind(registry, action="tag", names=["a"], loud=True)
    assert leaf[2] == 2


def test_names_of_results_are_variables(registry: Registry) -> None:
    with pytest.raises(ValueError, match="cannot hold `/`"):
        registry.action(restock, writes=["a/b"])
    with pytest.raises(TypeError, match=r"write \['stock'\]"):
        registry.action(restock, writes="stock")
    registry.action(restock, writes=["stock"], outputs={"left": "stock_left"})
    assert registry.get("restock").outputs == {"stock": "stock", "left": "stock_left"}


def test_what_python_cannot_pass_by_name_needs_a_json_default(registry: Registry) -> None:
    def tag(names: Sequence[str] = (), /) -> None: ...

    with pytest.raises(TypeError, match="`names` must be allowed by name"):
        registry.action(tag)


def test_methods_with_equal_parameters_share_a_description(registry: Registry) -> None:
    class Both(Leaf):
        def __init__(self, colour: Colour = Colour.RED) -> None: ...

        def initialise(self, speed: int | None = None) -> None:
            """Begin.

            Args:
                speed: how fast.
            """

        def update(self, speed: int | None = None) -> None: ...

    registry.action(Both)
    colour, speed = registry.get("Both").parameters
    assert (colour.default, colour.shape.choices) == ("RED", ("RED", "GREEN"))
    assert (speed.help, speed.shape) == ("how fast.", Shape("int", nullable=True))


def test_a_function_describes_itself_as_a_node_type(registry: Registry) -> None:
    registry.action(restock, name="stock.restock_item")
    node_type = registry.get("stock.restock_item").node_type
    assert node_type in registry.node_types()
    described = node_type.to_dict()
    fields = {entry["name"]: entry for entry in described["config"]}
    assert described["name"] == "stock.restock_item"
    assert described["display_name"] == "Stock restock item"
    assert described["description"] == "Order more of an item.\nIt may take a while."
    assert described["category"] == "condition"
    assert described["returns"] == ["SUCCESS", "FAILURE"]
    assert not described["is_builtin"]
    assert (fields["item"]["type"], fields["item"]["default"]) == ("string", None)
    assert fields["item"]["description"].startswith("what to order, by its number.")
    assert (fields["amount"]["type"], fields["amount"]["default"]) == ("int", 10)
    assert fields["how"]["enum"] == ["fast", "slow"]
    assert {"inputs", "outputs"} <= fields.keys()
    assert "timeout" not in fields


def test_a_coroutine_has_a_timeout_and_may_run(registry: Registry) -> None:
    @registry.action
    async def fetch(url: str) -> None: ...

    node_type = registry.get("fetch").node_type
    assert Status.RUNNING in node_type.returns
    assert node_type.category == "action"
    assert "timeout" in {field.name for field in node_type.config}
    assert node_type.description.startswith("Runs `")
