"""The error tree."""

from __future__ import annotations

import pickle

import pytest

from py_forest.kit.errors import (
    DefinitionInvalid,
    DocumentUnreadable,
    LeafError,
    PyForestError,
    TimeWentBackwards,
)
from py_forest.models.trees import Problem

PROBLEM = Problem("CODE", "error", "is wrong", "/root")


def test_every_error_has_a_code_and_a_status_of_its_own() -> None:
    error = PyForestError("it broke")
    assert (error.code, error.status, error.detail) == ("ERROR", 500, {})
    assert DocumentUnreadable("no").code == "DOCUMENT_UNREADABLE"


def test_code_status_and_detail_can_be_given() -> None:
    error = PyForestError("it broke", code="MINE", status=418, detail={"pot": 1})
    assert (error.code, error.status, error.detail) == ("MINE", 418, {"pot": 1})


def test_an_invalid_definition_shows_the_first_five_errors_and_counts_the_rest() -> None:
    warning = Problem("CODE", "warning", "is odd")
    error = DefinitionInvalid([warning, *[PROBLEM] * 7])
    assert str(error).count("is wrong") == 5
    assert "7 problems" in str(error)
    assert "and 2 more" in str(error)
    assert "is odd" not in str(error)
    assert len(error.problems) == 8


@pytest.mark.parametrize(
    "error",
    [DefinitionInvalid([PROBLEM]), TimeWentBackwards(1.0, 2.0), LeafError("a / b", "KeyError")],
)
def test_errors_survive_pickling_between_processes(error: PyForestError) -> None:
    twin = pickle.loads(pickle.dumps(error))  # noqa: S301
    assert type(twin) is type(error)
    assert (str(twin), twin.code, twin.detail) == (str(error), error.code, error.detail)


def test_mistakes_of_the_caller_are_value_errors() -> None:
    assert issubclass(DefinitionInvalid, ValueError)
    assert not issubclass(LeafError, ValueError)
