"""Random behaviour trees, as documents, with scripts of what happens to them tick by tick.

A `Case` is plain JSON and needs nothing but itself: scripted leaves carry their answers in their
configuration, so every engine under comparison sees the same world, and a failing case can be
pasted into a test as it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st

Document = dict[str, Any]
Draw = st.DrawFn
Config = dict[str, Any]

STATUSES = ("SUCCESS", "FAILURE", "RUNNING")
KEYS = ("a", "b", "c")
OPERATORS = ("==", "!=", "<", "<=", ">", ">=")
# Times are whole seconds and waits end on a half, so that "at" and "after" cannot differ.
HALVES = (0.5, 1.5, 2.5)
WHOLES = (0, 1, 2, 3)


@dataclass(frozen=True)
class TickInput:
    """What happens to a tree at one tick.

    `results` answer the pending runs in tree order (None leaves one waiting); `overrides` hold
    node indexes in pre-order and the status forced on them.
    """

    now: float
    updates: dict[str, Any] = field(default_factory=dict)
    results: tuple[str | None, ...] = ()
    overrides: tuple[tuple[int, str], ...] = ()


@dataclass(frozen=True)
class Case:
    """A tree and the ticks it goes through; `tick` is always one of the updates."""

    definition: Document
    ticks: tuple[TickInput, ...]
    seed: int = 0


def node(node_type: str, *children: Document, **config: object) -> Document:
    """Write a node as a document."""
    document: Document = {"node_type": node_type}
    if config:
        document["config"] = config
    if children:
        document["children"] = list(children)
    return document


def walk(document: Document) -> Iterator[Document]:
    """Yield a node and all below it in pre-order."""
    yield document
    for child in document.get("children", ()):
        yield from walk(child)


# Keys that only one node writes: when ForEach writes its item differs, see differences.py.
_OWN_KEYS = {"ForEach": ("item", "index"), "Count": ("variable",)}


def numbered(document: Document) -> Document:
    """Copy a tree, giving each node an id by its place."""
    count = 0

    def copy(original: Document) -> Document:
        nonlocal count
        index = count
        count += 1
        out = {**original, "node_id": f"n{index}"}
        if original["node_type"] in _OWN_KEYS:
            keys = {key: f"{key}_{index}" for key in _OWN_KEYS[original["node_type"]]}
            out["config"] = {**original.get("config", {}), **keys}
        if "children" in original:
            out["children"] = [copy(child) for child in original["children"]]
        return out

    return copy(document)


# Makers draw what they need with `draw`; the first choice everywhere is what shrinking goes for.


def _pick(draw: Draw, choices: Sequence[Any]) -> Any:  # noqa: ANN401
    return draw(st.sampled_from(choices))


def _value(draw: Draw) -> int:
    return draw(st.integers(0, 2))


def _comparison(draw: Draw) -> Config:
    return {
        "variable": _pick(draw, KEYS),
        "operator_str": _pick(draw, OPERATORS),
        "value": _value(draw),
    }


def _statuses(draw: Draw, statuses: Sequence[str], at_most: int) -> list[str]:
    return draw(st.lists(st.sampled_from(statuses), min_size=1, max_size=at_most))


# --- leaves ---------------------------------------------------------------------------------------

Leaf = Callable[[Draw], Document]


def _scripted(draw: Draw, statuses: Sequence[str]) -> Document:
    """Make a leaf whose answer at tick t is entry t of its list, which repeats."""
    return node("Action", action="scripted", answers=_statuses(draw, statuses, 6))


def _queue(draw: Draw) -> Document:
    queue = _statuses(draw, STATUSES, 4)
    eventually = _pick(draw, (None, *STATUSES))
    return node("StatusQueue", queue=queue, **({"eventually": eventually} if eventually else {}))


def _set(draw: Draw) -> Document:
    return node(
        "SetBlackboardVariable",
        variable=_pick(draw, KEYS),
        value=_value(draw),
        overwrite=_pick(draw, (True, False)),
    )


def _counter(draw: Draw) -> Document:
    return node(
        "TickCounter", duration=_pick(draw, WHOLES), completion_status=_pick(draw, STATUSES[:2])
    )


PLAIN_LEAVES: tuple[Leaf, ...] = (
    lambda draw: _scripted(draw, STATUSES),
    lambda draw: node(_pick(draw, ("Success", "Failure", "Running"))),
    _queue,
    _counter,
    lambda draw: node("CheckBlackboardCondition", **_comparison(draw)),
    lambda draw: node("WaitForBlackboardCondition", **_comparison(draw)),
    _set,
    lambda draw: node("UnsetBlackboardVariable", variable=_pick(draw, KEYS)),
    lambda draw: node("Wait", duration=_pick(draw, HALVES)),
)

CONDITIONS = ("a > 0", "a == b", "b in [0, 2]", "not c", "a + b < 3 and c != 1", "c / a > 0")
SCRIPTS = ("a = a + 1", "b = a; c = b", "c = 0; a = missing", "b = 2 - b")


def _external(draw: Draw) -> Document:
    timeout = _pick(draw, (None, *WHOLES))
    return node("External", action="work", **({} if timeout is None else {"timeout": timeout}))


def _table(draw: Draw) -> Document:
    rows = [
        {"when": {"a": _value(draw)}, "outputs": {"b": 1}},
        {"when": "a > 0 and b < 2", "outputs": {"b": {"expression": "a"}, "c": 2}},
    ]
    default = {"default": {"b": 0}} if _pick(draw, (False, True)) else {}
    return node("DecisionTable", rows=rows, hit=_pick(draw, ("first", "collect")), **default)


OUR_LEAVES: tuple[Leaf, ...] = (
    lambda draw: _scripted(draw, (*STATUSES, "SKIPPED")),
    lambda draw: node("Condition", expression=_pick(draw, CONDITIONS)),
    lambda draw: node("Script", script=_pick(draw, SCRIPTS)),
    lambda draw: node(
        "SetBlackboardVariable", variable="c", expression=_pick(draw, ("a + 1", "b"))
    ),
    lambda draw: node("Probability", probability=_pick(draw, (0.0, 0.5, 1.0))),
    lambda draw: node("Placeholder", status=_pick(draw, STATUSES)),
    lambda _: node("Log", message="a is {a}"),
    lambda draw: node("Wait", duration=_pick(draw, (*WHOLES, "a"))),
    _external,
    _table,
)

# --- decorators -----------------------------------------------------------------------------------

Decorate = Callable[[Draw], tuple[str, Config]]

CONVERTERS = (
    "Inverter",
    "RunningIsFailure",
    "RunningIsSuccess",
    "FailureIsSuccess",
    "FailureIsRunning",
    "SuccessIsFailure",
    "SuccessIsRunning",
)

PLAIN_DECORATORS: tuple[Decorate, ...] = (
    lambda draw: (_pick(draw, CONVERTERS), {}),
    lambda draw: (_pick(draw, CONVERTERS), {}),
    lambda draw: ("Retry", {"num_failures": _pick(draw, (1, 2, 3))}),
    lambda draw: ("Repeat", {"num_success": _pick(draw, (1, 2, 3, -1))}),
    lambda draw: ("Timeout", {"duration": _pick(draw, WHOLES)}),
    lambda draw: ("OneShot", {"policy": _pick(draw, ("OnCompletion", "OnSuccessfulCompletion"))}),
    lambda draw: ("Guard", _comparison(draw)),
    lambda draw: ("StatusToBlackboard", {"variable": f"status_{_pick(draw, KEYS)}"}),
    lambda _: ("Count", {}),
    lambda draw: (
        "ForEach",
        {"items": str(draw(st.lists(st.integers(0, 2), min_size=1, max_size=3)))},
    ),
)


def _backed_off(draw: Draw) -> tuple[str, Config]:
    return "Retry", {
        "num_failures": _pick(draw, (2, 1, 4, -1)),
        "backoff": _pick(draw, ("fixed", "exponential")),
        "initial_delay": _pick(draw, (0.0, 1.0, 1.5)),
        "max_delay": _pick(draw, (60.0, 2.0)),
        "jitter": _pick(draw, (0.0, 0.5, 1.0)),
    }


def _rate_limit(draw: Draw) -> tuple[str, Config]:
    return "RateLimit", {
        "max_calls": _pick(draw, (1, 2)),
        "period": _pick(draw, WHOLES),
        "status": _pick(draw, STATUSES),
    }


OUR_DECORATORS: tuple[Decorate, ...] = (
    lambda draw: (
        _pick(draw, ("ForceSuccess", "ForceFailure", "KeepRunningUntilFailure")),
        {},
    ),
    _backed_off,
    lambda draw: ("Delay", {"duration": _pick(draw, WHOLES)}),
    lambda _: ("Timeout", {"duration": "a"}),
    lambda draw: (
        "Cooldown",
        {"duration": _pick(draw, WHOLES), "status": _pick(draw, STATUSES)},
    ),
    _rate_limit,
    lambda draw: (
        "Guard",
        {
            "expression": _pick(draw, ("a > 0", "b == c", "not missing")),
            "abort": _pick(draw, ("self", "none")),
        },
    ),
    lambda draw: ("ForEach", {"items": _pick(draw, ("[0, 1]", "[]", "[None, 1]", "a", "b"))}),
    lambda draw: ("CheckBlackboardCondition", _comparison(draw)),
)

# --- composites -----------------------------------------------------------------------------------

Compose = Callable[[Draw, list[Document]], Document]


def _parallel(draw: Draw, children: list[Document]) -> Document:
    config: Config = {
        "policy": _pick(draw, ("SuccessOnAll", "SuccessOnOne", "SuccessOnSelected")),
        "synchronise": _pick(draw, (True, False)),
    }
    if config["policy"] == "SuccessOnSelected":
        places = st.integers(0, len(children) - 1)
        config["selected"] = sorted(draw(st.sets(places, min_size=1))) if children else []
        if not children:
            config["policy"] = "SuccessOnAll"
    return node("Parallel", *children, **config)


def _with_memory(draw: Draw, kind: str, children: list[Document]) -> Document:
    return node(kind, *children, memory=_pick(draw, (True, False)))


PLAIN_COMPOSITES: tuple[Compose, ...] = (
    lambda draw, children: _with_memory(draw, "Sequence", children),
    lambda draw, children: _with_memory(draw, "Selector", children),
    _parallel,
)


def _threshold(draw: Draw, children: list[Document]) -> Document:
    return node(
        "Parallel",
        *children,
        policy="Threshold",
        success_threshold=min(_pick(draw, (-1, 1, 2, 3)), len(children)) or -1,
        failure_threshold=_pick(draw, (1, 2, 3, -1)),
        synchronise=_pick(draw, (True, False)),
    )


def _branches(draw: Draw, children: list[Document]) -> Document:
    spare = [node("Success"), node("Failure")]
    children = [*children, *spare[: max(0, 2 - len(children))]]
    return node(_pick(draw, ("IfThenElse", "WhileDoElse")), *children[:3])


def _switch(draw: Draw, children: list[Document]) -> Document:
    cases = draw(st.lists(st.integers(0, 2), max_size=3, unique=True))[: len(children)]
    return node("Switch", *children[: len(cases) + 1], variable="a", cases=cases)


def _utility(draw: Draw, children: list[Document]) -> Document:
    scores = [_pick(draw, ("1", "a", "b", "1 / c", "b * 0.5")) for _ in children]
    return node("UtilitySelector", *children, scores=scores, memory=_pick(draw, (False, True)))


def _random(draw: Draw, children: list[Document]) -> Document:
    kind = _pick(draw, ("RandomSelector", "RandomSequence"))
    weights = [_pick(draw, (0.0, 0.5, 1.0, 4.0)) for _ in children]
    return node(kind, *children, **({"weights": weights} if any(weights) else {}))


OUR_COMPOSITES: tuple[Compose, ...] = (
    lambda draw, children: node(_pick(draw, ("ReactiveSequence", "ReactiveFallback")), *children),
    _branches,
    _switch,
    _threshold,
    _utility,
    _random,
)

# --- whole cases ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Family:
    """What trees are made of."""

    leaves: tuple[Leaf, ...]
    decorators: tuple[Decorate, ...]
    composites: tuple[Compose, ...]


PLAIN = Family(PLAIN_LEAVES, PLAIN_DECORATORS, PLAIN_COMPOSITES)
"""The node types that py_trees has too."""

ALL = Family(
    (*OUR_LEAVES, *PLAIN_LEAVES),
    (*OUR_DECORATORS, *PLAIN_DECORATORS),
    (*OUR_COMPOSITES, *PLAIN_COMPOSITES),
)
"""Every node type that needs no program of ours, SKIPPED answers among them."""


def _tree(draw: Draw, family: Family, depth: int) -> Document:
    # 0 leaf, 1 decorator, 2 composite; a root is never a leaf, the deepest always are.
    shapes = ((1, 2, 2, 2), (0, 1, 1, 2, 2), (0, 0, 1, 1, 2), (0, 0, 1), (0,))
    shape = _pick(draw, shapes[depth])
    if shape == 0:
        # Scripted leaves are what makes a tree move.
        return (family.leaves[0] if draw(st.booleans()) else _pick(draw, family.leaves))(draw)
    if shape == 1:
        kind, config = _pick(draw, family.decorators)(draw)
        return node(kind, _tree(draw, family, depth + 1), **config)
    count = _pick(draw, (1, 2, 3, 4, 2, 3, 0))
    children = [_tree(draw, family, depth + 1) for _ in range(count)]
    made: Document = _pick(draw, family.composites)(draw, children)
    return made


@st.composite
def trees(draw: Draw, family: Family) -> Document:
    """Draw a tree, at most five levels deep."""
    return numbered(_tree(draw, family, 0))


@st.composite
def cases(draw: Draw, family: Family, extras: bool = False) -> Case:
    """Draw a tree and 2 to 12 ticks of it, with `extras` results and overrides too."""
    definition = draw(trees(family))
    count = sum(1 for _ in walk(definition))
    ticks, now = [], 0
    for index in range(_pick(draw, (2, 12, 5, 9, 7, 10, 4, 8, 6, 11))):
        now += draw(st.integers(0, 2))
        updates = {key: _value(draw) for key in KEYS if _pick(draw, (False, False, True))}
        ticks.append(
            TickInput(
                float(now),
                {**updates, "tick": index},
                _results(draw) if extras else (),
                _overrides(draw, count) if extras else (),
            )
        )
    return Case(definition, tuple(ticks), seed=draw(st.integers(0, 3)) if extras else 0)


def _results(draw: Draw) -> tuple[str | None, ...]:
    return tuple(_pick(draw, (None, *STATUSES, "SKIPPED")) for _ in range(2))


def _overrides(draw: Draw, count: int) -> tuple[tuple[int, str], ...]:
    if _pick(draw, (False,) * 5 + (True,)):
        return ((draw(st.integers(0, count - 1)), _pick(draw, (*STATUSES, "SKIPPED"))),)
    return ()


def plain_cases() -> st.SearchStrategy[Case]:
    """Trees that py_trees has too, through ticks with updates."""
    return cases(PLAIN)


def all_cases() -> st.SearchStrategy[Case]:
    """Trees of every kind, through ticks with updates, results and overrides."""
    return cases(ALL, extras=True)
