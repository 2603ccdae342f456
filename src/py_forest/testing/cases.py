"""Tests as data: what one test of a tree says, read from the tree's `tests`.

    {"name": "charges when low", "seed": 0, "parameters": {"threshold": 30},
     "steps": [{"now": 0, "set": {"battery": 10},
                "results": {"Dock": "SUCCESS"},
                "expect": {"status": "SUCCESS", "keys": {"action": "charge"}}}],
     "never": "battery < 0", "eventually": "action == 'charge'"}

docs/guides/testing-trees.md says what each key means.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from py_forest.engine.values import is_shallow
from py_forest.kit.errors import PyForestError
from py_forest.kit.text import did_you_mean, listed, quoted
from py_forest.models.status import Status

if TYPE_CHECKING:
    from collections.abc import Mapping

_SEEDS = 2**64
_STATUS_NAMES = tuple(status.name for status in Status)
_CASE_KEYS = {
    "name": str,
    "description": str,
    "seed": int,
    "parameters": dict,
    "steps": list,
    "never": str,
    "eventually": str,
}
_STEP_KEYS = {"now": (int, float), "set": dict, "results": dict, "expect": dict}
_EXPECT_KEYS = {
    "status": str,
    "nodes": dict,
    "keys": dict,
    "unset": list,
    "visited": list,
    "not_visited": list,
    "errors": dict,
}
_RESULT_KEYS = {"status": str, "writes": dict, "choice": str, "error": str}
_SHOWN = {
    str: "text",
    int: "an integer",
    dict: "an object",
    list: "a list",
    (int, float): "a number",
}


class TreeTestInvalid(PyForestError, ValueError):
    """A test of a tree is not written as a test is."""

    default_code = "TREE_TEST_INVALID"
    default_status = 422


@dataclass(frozen=True, slots=True)
class Answer:
    """What a leaf answers in one step.

    Args:
        status: how it went; None where a person chose.
        writes: blackboard keys it sets.
        choice: the option that a person chose.
        error: why it failed.
    """

    status: Status | None
    writes: Mapping[str, Any] = field(default_factory=dict)
    choice: str | None = None
    error: str | None = None

    @property
    def known_status(self) -> Status:
        """The status, of an answer that is no person's choice."""
        assert self.status is not None, "an answer has a status or a choice"  # noqa: S101
        return self.status


@dataclass(frozen=True, slots=True)
class Expectation:
    """What must be so after a step; what is None or empty is not looked at.

    Args:
        status: the tree's answer.
        nodes: statuses by node.
        keys: values by blackboard key.
        unset: keys that must have no value.
        visited: nodes that must have been ticked, in this order; others may come between.
        not_visited: nodes that must not have been ticked.
        errors: the kind of error by which a node failed; None where nothing is said of errors.
    """

    status: Status | None = None
    nodes: Mapping[str, Status] = field(default_factory=dict)
    keys: Mapping[str, Any] = field(default_factory=dict)
    unset: tuple[str, ...] = ()
    visited: tuple[str, ...] = ()
    not_visited: tuple[str, ...] = ()
    errors: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One tick.

    Args:
        now: seconds; None for the time of the step before, 0 at first.
        updates: blackboard keys to set before.
        results: what leaves answer, by node.
        expect: what must be so afterwards.
    """

    now: float | None
    updates: Mapping[str, Any]
    results: Mapping[str, Answer]
    expect: Expectation


@dataclass(frozen=True, slots=True)
class TreeTest:
    """One test of a tree.

    Args:
        name: what it is about.
        steps: the ticks, in order.
        seed: of the random numbers.
        parameters: values for the tree's parameters; the others take their defaults.
        never: an expression that must hold after no step.
        eventually: an expression that must hold after some step.
    """

    name: str
    steps: tuple[Step, ...]
    seed: int = 0
    parameters: Mapping[str, Any] = field(default_factory=dict)
    never: str | None = None
    eventually: str | None = None


def read_test(document: object, number: int) -> TreeTest:
    """Read one test.

    Args:
        document: one item of a definition's `tests`.
        number: its place there, from 1; names it where it has no name.

    Raises:
        TreeTestInvalid: it is no test; the message says where and why.
    """
    case = _object(document, _CASE_KEYS, "a test")
    steps = case.get("steps")
    if not steps:
        raise TreeTestInvalid("a test has `steps`, at least one")
    seed = case.get("seed", 0)
    if not 0 <= seed < _SEEDS:
        raise TreeTestInvalid("`seed` lies between 0 and 2**64 - 1")
    return TreeTest(
        name=case.get("name") or f"test {number}",
        steps=tuple(_read_step(step, f"step {at}") for at, step in enumerate(steps, 1)),
        seed=seed,
        parameters=case.get("parameters", {}),
        never=case.get("never"),
        eventually=case.get("eventually"),
    )


def _read_step(document: object, where: str) -> Step:
    step = _object(document, _STEP_KEYS, where)
    results = {
        node: _read_answer(answer, f"{where}, result of {quoted(node)}")
        for node, answer in step.get("results", {}).items()
    }
    expect = _object(step.get("expect", {}), _EXPECT_KEYS, f"{where}, `expect`")
    return Step(step.get("now"), step.get("set", {}), results, _read_expectation(expect, where))


def _read_expectation(expect: Mapping[str, Any], where: str) -> Expectation:
    nodes = {
        node: read_status(status, f"{where}, status of {quoted(node)}")
        for node, status in expect.get("nodes", {}).items()
    }
    for key in ("unset", "visited", "not_visited"):
        if not all(isinstance(name, str) for name in expect.get(key, ())):
            raise TreeTestInvalid(f"{where}: `{key}` is a list of texts")
    if not all(isinstance(kind, str) for kind in expect.get("errors", {}).values()):
        raise TreeTestInvalid(f"{where}: `errors` gives the kind of error of each node, a text")
    if not is_shallow(expect.get("keys")):
        raise TreeTestInvalid(f"{where}: a value under `keys` is nested more than 64 deep")
    return Expectation(
        status=read_status(expect["status"], where) if "status" in expect else None,
        nodes=nodes,
        keys=expect.get("keys", {}),
        unset=tuple(expect.get("unset", ())),
        visited=tuple(expect.get("visited", ())),
        not_visited=tuple(expect.get("not_visited", ())),
        errors=expect.get("errors"),
    )


def _read_answer(document: object, where: str) -> Answer:
    answer = _object(
        {"status": document} if isinstance(document, str) else document, _RESULT_KEYS, where
    )
    if ("status" in answer) == ("choice" in answer):
        raise TreeTestInvalid(f"{where}: give a `status`, or the `choice` of a person")
    status = read_status(answer["status"], where) if "status" in answer else None
    if status is Status.INVALID:
        raise TreeTestInvalid(f"{where}: no node answers INVALID")
    return Answer(
        status=status,
        writes=answer.get("writes", {}),
        choice=answer.get("choice"),
        error=answer.get("error"),
    )


def read_status(name: object, where: str) -> Status:
    """Return the status of a name.

    Raises:
        TreeTestInvalid: there is none of that name.
    """
    if isinstance(name, str) and name in _STATUS_NAMES:
        return Status[name]
    guess = did_you_mean(name, _STATUS_NAMES) if isinstance(name, str) else None
    hint = f"; did you mean `{guess}`?" if guess else f": it is {listed(_STATUS_NAMES)}"
    raise TreeTestInvalid(f"{where}: {quoted(name)} is no status{hint}")


def _object(document: object, keys: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return an object whose keys are known and of the right types."""
    if not isinstance(document, dict):
        raise TreeTestInvalid(f"{where}: this must be an object")
    for key, value in document.items():
        if key not in keys:
            guess = did_you_mean(key, keys) if isinstance(key, str) else None
            hint = f"; did you mean `{guess}`?" if guess else f"; there is {listed(keys, 'and')}"
            raise TreeTestInvalid(f"{where}: {quoted(key)} means nothing here{hint}")
        wanted = keys[key]
        if not isinstance(value, wanted) or (isinstance(value, bool) and wanted is not bool):
            raise TreeTestInvalid(f"{where}: `{key}` must be {_SHOWN[wanted]}")
    return document
