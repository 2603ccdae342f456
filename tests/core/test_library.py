from __future__ import annotations

import pytest

from py_forest.core.errors import TreeNotFound
from py_forest.core.library import InMemoryTreeLibrary
from tests.core.trees import ROBOT, node


def test_a_tree_is_found_by_its_own_id_in_its_newest_version() -> None:
    library = InMemoryTreeLibrary()
    assert library.add(ROBOT) == "robot"
    library.add({**ROBOT, "metadata": {"version": "1.1.0"}})

    assert library.get_tree("robot").metadata["version"] == "1.1.0"
    assert library.get_tree("robot", "1.0.0").name == "Robot"
    assert library.list_trees() == {"robot": ["1.0.0", "1.1.0"]}


def test_a_tree_without_an_id_or_a_version_gets_one() -> None:
    library = InMemoryTreeLibrary()
    fresh = library.add(node("Success", "s"))
    assert library.add(node("Failure", "f"), fresh) == fresh

    assert library.list_trees() == {fresh: ["1", "2"]}
    assert library.get_tree(fresh).root["node_type"] == "Failure"


def test_a_version_is_never_replaced() -> None:
    library = InMemoryTreeLibrary()
    library.add(ROBOT)
    with pytest.raises(ValueError, match=r"version 1\.0\.0 already"):
        library.add(ROBOT)


def test_what_is_not_there_is_not_found() -> None:
    library = InMemoryTreeLibrary()
    with pytest.raises(TreeNotFound, match="no tree robot"):
        library.get_tree("robot")
    library.add(ROBOT)
    with pytest.raises(TreeNotFound, match="no version 3"):
        library.get_tree("robot", "3")
    library.remove("robot")
    with pytest.raises(KeyError):
        library.remove("robot")


def test_a_tree_in_the_library_does_not_change_with_the_document() -> None:
    library = InMemoryTreeLibrary()
    document = {**ROBOT, "metadata": {"version": "7"}}
    library.add(document)
    document["metadata"]["version"] = "8"

    assert library.get_tree("robot").metadata["version"] == "7"


def test_what_is_no_tree_is_refused() -> None:
    with pytest.raises(ValueError, match=r"."):
        InMemoryTreeLibrary().add({})
