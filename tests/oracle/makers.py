"""What random trees are made of, and where their choices come from."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

from tests.oracle.cases import (
    HALVES,
    KEYS,
    OPERATORS,
    STATUSES,
    WHOLES,
    Case,
    Document,
    TickInput,
    node,
    numbered,
    walk,
)

Config = dict[str, Any]


class Source(Protocol):
    """Where the choices of a random tree come from."""

    def pick(self, choices: Sequence[Any]) -> Any:  # noqa: ANN401
        """Choose one; the first is the simplest."""

    def some(self, choices: Sequence[Any], at_least: int, at_most: int) -> list[Any]:
        """Choose several, repetitions allowed."""


class FromSeed:
    """Choices of a seeded generator: all equally likely, and a hundred times faster."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)  # noqa: S311

    def pick(self, choices: Sequence[Any]) -> Any:  # noqa: ANN401
        return self._random.choice(choices)

    def some(self, choices: Sequence[Any], at_least: int, at_most: int) -> list[Any]:
        return self._random.choices(choices, k=self._random.randint(at_least, at_most))


VALUES = (0, 1, 2)


def _comparison(s: Source) -> Config:
    return {
        "variable": s.pick(KEYS),
        "operator_str": s.pick(OPERATORS),
        "value": s.pick(VALUES),
    }


# --- leaves ---------------------------------------------------------------------------------------

Leaf = Callable[[Source], Document]


def _scripted(s: Source, statuses: Sequence[str]) -> Document:
    """Make a leaf whose answer at tick t is entry t of its list, which repeats."""
    return node("Action", action="scripted", answers=s.some(statuses, 1, 6))


def _queue(s: Source) -> Document:
    queue = s.some(STATUSES, 1, 4)
    eventually = s.pick((None, *STATUSES))
    return node("StatusQueue", queue=queue, **({"eventually": eventually} if eventually else {}))


def _set(s: Source) -> Document:
    return node(
        "SetBlackboardVariable",
        variable=s.pick(KEYS),
        value=s.pick(VALUES),
        overwrite=s.pick((True, False)),
    )


def _counter(s: Source) -> Document:
    return node("TickCounter", duration=s.pick(WHOLES), completion_status=s.pick(STATUSES[:2]))


PLAIN_LEAVES: tuple[Leaf, ...] = (
    lambda s: _scripted(s, STATUSES),
    lambda s: node(s.pick(("Success", "Failure", "Running"))),
    _queue,
    _counter,
    lambda s: node("CheckBlackboardCondition", **_comparison(s)),
    lambda s: node("WaitForBlackboardCondition", **_comparison(s)),
    _set,
    lambda s: node("UnsetBlackboardVariable", variable=s.pick(KEYS)),
    lambda s: node("Wait", duration=s.pick(HALVES)),
)

CONDITIONS = ("a > 0", "a == b", "b in [0, 2]", "not c", "a + b < 3 and c != 1", "c / a > 0")
SCRIPTS = ("a = a + 1", "b = a; c = b", "c = 0; a = missing", "b = 2 - b")


def _external(s: Source) -> Document:
    timeout = s.pick((None, *WHOLES))
    return node("External", action="work", **({} if timeout is None else {"timeout": timeout}))


def _table(s: Source) -> Document:
    rows = [
        {"when": {"a": s.pick(VALUES)}, "outputs": {"b": 1}},
        {"when": "a > 0 and b < 2", "outputs": {"b": {"expression": "a"}, "c": 2}},
    ]
    default = {"default": {"b": 0}} if s.pick((False, True)) else {}
    return node("DecisionTable", rows=rows, hit=s.pick(("first", "collect")), **default)


OUR_LEAVES: tuple[Leaf, ...] = (
    lambda s: _scripted(s, (*STATUSES, "SKIPPED")),
    lambda s: node("Condition", expression=s.pick(CONDITIONS)),
    lambda s: node("Script", script=s.pick(SCRIPTS)),
    lambda s: node("SetBlackboardVariable", variable="c", expression=s.pick(("a + 1", "b"))),
    lambda s: node("Probability", probability=s.pick((0.0, 0.5, 1.0))),
    lambda s: node("Placeholder", status=s.pick(STATUSES)),
    lambda _: node("Log", message="a is {a}"),
    lambda s: node("Wait", duration=s.pick((*WHOLES, "a"))),
    _external,
    _table,
)

# --- decorators -----------------------------------------------------------------------------------

Decorate = Callable[[Source], tuple[str, Config]]

CONVERTERS = (
    "Inverter",
    "RunningIsFailure",
    "RunningIsSuccess",
    "FailureIsSuccess",
    "FailureIsRunning",
    "SuccessIsFailure",
    "SuccessIsRunning",
)


def _converter(kind: str, _: Source) -> tuple[str, Config]:
    return kind, {}


PLAIN_DECORATORS: tuple[Decorate, ...] = (
    *(partial(_converter, kind) for kind in CONVERTERS),
    lambda s: ("Retry", {"num_failures": s.pick((1, 2, 3))}),
    lambda s: ("Repeat", {"num_success": s.pick((1, 2, 3, -1))}),
    lambda s: ("Timeout", {"duration": s.pick(WHOLES)}),
    lambda s: ("OneShot", {"policy": s.pick(("OnCompletion", "OnSuccessfulCompletion"))}),
    lambda s: ("Guard", _comparison(s)),
    lambda s: ("StatusToBlackboard", {"variable": f"status_{s.pick(KEYS)}"}),
    lambda _: ("Count", {}),
    lambda s: (
        "ForEach",
        {"items": str(s.some(VALUES, 1, 3))},
    ),
)


def _backed_off(s: Source) -> tuple[str, Config]:
    return "Retry", {
        "num_failures": s.pick((2, 1, 4, -1)),
        "backoff": s.pick(("fixed", "exponential")),
        "initial_delay": s.pick((0.0, 1.0, 1.5)),
        "max_delay": s.pick((60.0, 2.0)),
        "jitter": s.pick((0.0, 0.5, 1.0)),
    }


def _rate_limit(s: Source) -> tuple[str, Config]:
    return "RateLimit", {
        "max_calls": s.pick((1, 2)),
        "period": s.pick(WHOLES),
        "status": s.pick(STATUSES),
    }


OUR_DECORATORS: tuple[Decorate, ...] = (
    lambda s: (
        s.pick(("ForceSuccess", "ForceFailure", "KeepRunningUntilFailure")),
        {},
    ),
    _backed_off,
    lambda s: ("Delay", {"duration": s.pick(WHOLES)}),
    lambda _: ("Timeout", {"duration": "a"}),
    lambda s: (
        "Cooldown",
        {"duration": s.pick(WHOLES), "status": s.pick(STATUSES)},
    ),
    _rate_limit,
    lambda s: (
        "Guard",
        {
            "expression": s.pick(("a > 0", "b == c", "not missing")),
            "abort": s.pick(("self", "none")),
        },
    ),
    lambda s: ("ForEach", {"items": s.pick(("[0, 1]", "[]", "[None, 1]", "a", "b"))}),
    lambda s: ("CheckBlackboardCondition", _comparison(s)),
)

# --- composites -----------------------------------------------------------------------------------

Compose = Callable[[Source, list[Document]], Document]


def _parallel(s: Source, children: list[Document]) -> Document:
    config: Config = {
        "policy": s.pick(("SuccessOnAll", "SuccessOnOne", "SuccessOnSelected")),
        "synchronise": s.pick((True, False)),
    }
    if config["policy"] == "SuccessOnSelected":
        places = range(len(children))
        config["selected"] = sorted(set(s.some(places, 1, 4))) if children else []
        if not children:
            config["policy"] = "SuccessOnAll"
    return node("Parallel", *children, **config)


def _with_memory(s: Source, kind: str, children: list[Document]) -> Document:
    return node(kind, *children, memory=s.pick((True, False)))


PLAIN_COMPOSITES: tuple[Compose, ...] = (
    lambda s, children: _with_memory(s, "Sequence", children),
    lambda s, children: _with_memory(s, "Selector", children),
    _parallel,
)


def _threshold(s: Source, children: list[Document]) -> Document:
    return node(
        "Parallel",
        *children,
        policy="Threshold",
        success_threshold=min(s.pick((-1, 1, 2, 3)), len(children)) or -1,
        failure_threshold=s.pick((1, 2, 3, -1)),
        synchronise=s.pick((True, False)),
    )


def _branches(s: Source, children: list[Document]) -> Document:
    spare = [node("Success"), node("Failure")]
    children = [*children, *spare[: max(0, 2 - len(children))]]
    return node(s.pick(("IfThenElse", "WhileDoElse")), *children[:3])


def _switch(s: Source, children: list[Document]) -> Document:
    cases = list(dict.fromkeys(s.some(VALUES, 0, 3)))[: len(children)]
    return node("Switch", *children[: len(cases) + 1], variable="a", cases=cases)


def _utility(s: Source, children: list[Document]) -> Document:
    scores = [s.pick(("1", "a", "b", "1 / c", "b * 0.5")) for _ in children]
    return node("UtilitySelector", *children, scores=scores, memory=s.pick((False, True)))


def _random(s: Source, children: list[Document]) -> Document:
    kind = s.pick(("RandomSelector", "RandomSequence"))
    weights = [s.pick((0.0, 0.5, 1.0, 4.0)) for _ in children]
    return node(kind, *children, **({"weights": weights} if any(weights) else {}))


OUR_COMPOSITES: tuple[Compose, ...] = (
    lambda s, children: node(s.pick(("ReactiveSequence", "ReactiveFallback")), *children),
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


def _tree(s: Source, family: Family, depth: int) -> Document:
    # 0 leaf, 1 decorator, 2 composite; a root is never a leaf, the deepest always are.
    shapes = ((1, 2, 2, 2), (0, 1, 1, 2, 2), (0, 0, 1, 1, 2), (0, 0, 1), (0,))
    shape = s.pick(shapes[depth])
    if shape == 0:
        # Scripted leaves are what makes a tree move.
        return (family.leaves[0] if s.pick((True, False)) else s.pick(family.leaves))(s)
    if shape == 1:
        kind, config = s.pick(family.decorators)(s)
        return node(kind, _tree(s, family, depth + 1), **config)
    count = s.pick((1, 2, 3, 4, 2, 3, 0))
    children = [_tree(s, family, depth + 1) for _ in range(count)]
    made: Document = s.pick(family.composites)(s, children)
    return made


def draw_tree(s: Source, family: Family) -> Document:
    """Draw a tree, at most five levels deep."""
    return numbered(_tree(s, family, 0))


def draw_case(s: Source, family: Family, extras: bool = False) -> Case:
    """Draw a tree and 2 to 12 ticks of it, with `extras` results and overrides too."""
    definition = draw_tree(s, family)
    count = sum(1 for _ in walk(definition))
    ticks, now = [], 0
    for index in range(s.pick((2, 12, 5, 9, 7, 10, 4, 8, 6, 11))):
        now += s.pick((0, 1, 2))
        updates = {key: s.pick(VALUES) for key in KEYS if s.pick((False, False, True))}
        ticks.append(
            TickInput(
                float(now),
                {**updates, "tick": index},
                _results(s) if extras else (),
                _overrides(s, count) if extras else (),
            )
        )
    return Case(definition, tuple(ticks), seed=s.pick((0, 1, 2, 3)) if extras else 0)


def _results(s: Source) -> tuple[str | None, ...]:
    return tuple(s.pick((None, *STATUSES, "SKIPPED")) for _ in range(2))


def _overrides(s: Source, count: int) -> tuple[tuple[int, str], ...]:
    if s.pick((False,) * 5 + (True,)):
        return ((s.pick(range(count)), s.pick((*STATUSES, "SKIPPED"))),)
    return ()
