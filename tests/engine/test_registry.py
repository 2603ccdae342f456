"""Registering Python code, and binding Action nodes to it."""

from __future__ import annotations

import enum
import functools
from collections.abc import Awaitable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal, NewType, TypedDict

import pytest

from py_forest.engine import _native
from py_forest.engine.actions import bind_action, check_action
from py_forest.engine.docstrings import arguments, summary
from py_forest.engine.hints import ANYTHING, Shape, hints_of, read_hint
from py_forest.engine.leaf import Leaf, Result
from py_forest.engine.problems import Problems
from py_forest.engine.registry import ActionUnknown, Registry
from py_forest.engine.signatures import is_json
from py_forest.kit.errors import DefinitionInvalid
from py_forest.models.status import Status

Metres = NewType("Metres", float)


class TypeAliasType:
    """What `type Count = int` makes from Python 3.12 on."""

    def __init__(self, name: str, value: object) -> None:
        self.__name__, self.__value__ = name, value


class Point(TypedDict):
    x: float
    y: float


class Colour(enum.Enum):
    RED = 1
    GREEN = 2


@pytest.fixture
def registry() -> Registry:
    return Registry()


def restock(item: str, amount: int = 10, *, how: Literal["fast", "slow"] = "fast") -> bool:
    """Order more of an item.

    It may take a while.

    Args:
        item: what to order,
            by its number.
        amount (int): how many.

    Returns:
        whether there is any.
    """
    return bool(item and amount and how)


def bind(
    registry: Registry, known_keys: Sequence[str] | None = None, /, **config: object
) -> tuple[dict[str, Any], Any]:
    return bind_action(config, registry, node_id="n1", pointer="/root", known_keys=known_keys)


def problems_of(
    registry: Registry, known_keys: Sequence[str] | None = None, /, **config: object
) -> list[tuple[str, str, str]]:
    found = check_action(config, registry, node_id="n1", pointer="/root", known_keys=known_keys)
    return [(problem.code, problem.pointer, problem.message) for problem in found]


# Registering


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


# Descriptions


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


@pytest.mark.parametrize(
    ("hint", "shape"),
    [
        (bool, Shape("bool")),
        (int, Shape("int")),
        (float, Shape("float")),
        (str, Shape("string")),
        (Metres, Shape("float")),
        (Annotated[int, "seconds"], Shape("int")),
        (int | float, Shape("float")),
        (int | None, Shape("int", nullable=True)),
        (int | str, Shape("value")),
        (int | str | None, Shape("value", nullable=True)),
        (list, Shape("list")),
        (list[int], Shape("list", item=Shape("int"))),
        (Sequence[Any], Shape("list")),
        (dict, Shape("object")),
        (Mapping[str, list[str]], Shape("object", item=Shape("list", item=Shape("string")))),
        (Point, Shape("object")),
        (Literal["a", "b"], Shape("string", choices=("a", "b"))),
        (Literal[1, 2, None], Shape("value", nullable=True, choices=(1, 2))),
        (Any, ANYTHING),
        (object, ANYTHING),
        ("Unknown", ANYTHING),
        (Path, None),
        (tuple[int, int], None),
        (list[Path], None),
        (Path | None, None),
        (int | Path, None),
        (Colour, None),
        (Literal[Colour.RED], None),
        (Awaitable[int], None),
        (None | Path, None),
        (TypeAliasType("Count", int), Shape("int")),
    ],
)
def test_hints_say_which_values_fit(hint: object, shape: Shape | None) -> None:
    assert read_hint(hint) == shape


def test_a_hint_that_only_a_type_checker_can_follow_spoils_no_other() -> None:
    def function(first: int, second: Missing) -> None: ...  # type: ignore[name-defined]  # noqa: F821

    hints = hints_of(function)
    assert (hints["first"], hints["second"]) == (int, "Missing")
    assert read_hint(hints["second"]) == ANYTHING


@pytest.mark.parametrize(
    ("shape", "value", "objection"),
    [
        (Shape("bool"), 1, "must be true or false, not an integer"),
        (Shape("int"), True, "must be an integer, not a boolean"),
        (Shape("int"), 1.0, "must be an integer, not a number"),
        (Shape("int"), None, "must be an integer, not null"),
        (Shape("float"), "1", "must be a number, not text"),
        (Shape("list", item=Shape("int")), [1, "2"], "holds something else at `1`: that must be"),
        (Shape("object", item=Shape("int")), {"a": "b"}, "holds something else at `a`"),
        (Shape("string", choices=("fast",)), "fats", "must be `fast`, not `fats`; did you mean"),
        (Shape("value", choices=(1, 2)), True, "must be `1` or `2`, not a boolean"),
        (Shape("int"), 3, None),
        (Shape("list"), [object()], None),
        (Shape("float"), 3, None),
        (Shape("int", nullable=True), None, None),
        (Shape("list", item=Shape("int")), [1, 2], None),
        (ANYTHING, {"a": [None]}, None),
    ],
)
def test_a_value_that_does_not_fit_is_told_why(
    shape: Shape, value: object, objection: str | None
) -> None:
    found = shape.objection(value)
    assert found is None if objection is None else found is not None and objection in found


def test_docstrings_are_read_in_the_google_form() -> None:
    doc = """Do it.

    At length,
    in two lines.

    Args:
        first: the one.
        second (int): the other,
            which goes on: and on.
        **more: whatever.

    Raises:
        third: no argument.
    """
    odd = """Odd.

    Args:

        : nothing at all
        named: yes
    """
    assert arguments(odd) == {"named": "yes"}
    assert summary(doc) == "Do it.\nAt length, in two lines."
    assert arguments(doc) == {
        "first": "the one.",
        "second": "the other, which goes on: and on.",
        "more": "whatever.",
    }
    assert (summary(None), arguments(None)) == ("", {})


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, True),
        ([1, {"a": 2.5}], True),
        ((), False),
        ([()], False),
        ({1: 2}, False),
        (float("nan"), False),
        (object(), False),
        (Status.SUCCESS, False),
    ],
)
def test_json_is_told_from_what_only_looks_like_it(value: object, expected: bool) -> None:
    assert is_json(value) is expected


# Binding


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
