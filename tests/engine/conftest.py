"""Fixtures of the engine's tests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from py_forest import Registry


@pytest.fixture
def registry() -> Registry:
    return Registry()


@pytest.fixture
def quiet_process_board() -> Iterator[None]:
    """Whatever a test does, py_trees' blackboard of the process stays as it was."""
    # An optional extra; only the tests of py_trees leaves ask for this.
    from py_trees.blackboard import Blackboard  # noqa: PLC0415

    Blackboard.clear()
    Blackboard.set("/outside", 1)
    before = (Blackboard.storage, Blackboard.metadata, Blackboard.clients)
    yield
    after = (Blackboard.storage, Blackboard.metadata, Blackboard.clients)
    assert all(one is other for one, other in zip(before, after, strict=True))
    assert Blackboard.storage == {"/outside": 1}
    assert set(Blackboard.metadata) == {"/outside"}
    assert Blackboard.clients == {}
    assert Blackboard.activity_stream is None
    Blackboard.clear()
