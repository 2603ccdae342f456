from __future__ import annotations

import pytest

from py_forest.core.render import outline
from py_forest.kit.errors import LimitExceeded
from py_forest.models.status import Status
from tests.core.render.trees import ROBOT, chain, node, random_tree, tree


def test_nodes_come_in_pre_order_with_references_followed() -> None:
    drawn = outline(ROBOT)
    assert [(n.depth, n.name) for n in drawn.nodes] == [
        (0, "Robot"),
        (1, "Keep alive"),
        (2, "Battery low?"),
        (2, "charge"),
        (3, "Sequence"),
        (4, "Action"),
        (4, "Wait"),
        (1, "Guard"),
        (2, "Retry"),
        (3, "Drive"),
        (1, "Sequnce"),
    ]
    assert drawn.title == "Robot"
    assert [n.parent for n in drawn.nodes] == [-1, 0, 1, 1, 3, 4, 4, 0, 7, 8, 0]
    assert drawn.nodes[0].children == [1, 7, 10]


def test_an_unknown_type_is_drawn_and_noted() -> None:
    last = outline(ROBOT).nodes[-1]
    assert (last.category, last.note, last.node_type) == ("unknown", "unknown type", "Sequnce")


@pytest.mark.parametrize(
    ("root", "note"),
    [
        ({"$ref": "#/subtrees/none"}, "leads nowhere"),
        ({"$ref": 7}, "leads nowhere"),
        ({"$ref": "#/subtrees/none", "name": "Named"}, "leads nowhere"),
        ({"node_type": 7}, "no type"),
    ],
)
def test_what_is_broken_is_noted(root: dict[str, object], note: str) -> None:
    assert outline(tree(root)).nodes[0].note == note


def test_a_child_that_is_no_node_is_noted() -> None:
    assert outline(tree(node("Sequence", "what?"))).nodes[1].note == "not a node"


def test_a_subtree_that_contains_itself_ends() -> None:
    loop = tree(
        {"$ref": "#/subtrees/a"},
        subtrees={"a": {"$ref": "#/subtrees/b"}, "b": node("Sequence", {"$ref": "#/subtrees/a"})},
    )
    assert [n.note for n in outline(loop).nodes] == ["", "", "", "contains itself"]


def test_subtrees_that_multiply_are_stopped_at_the_limit() -> None:
    doubling = {
        f"s{n}": node("Sequence", *[{"$ref": f"#/subtrees/s{n + 1}"}] * 2) for n in range(40)
    }
    with pytest.raises(LimitExceeded, match="more than 1,000 nodes"):
        outline(tree({"$ref": "#/subtrees/s0"}, subtrees=doubling), limit=1_000)


def test_statuses_go_to_their_nodes() -> None:
    drawn = outline(ROBOT, statuses={"robot": Status.RUNNING, "low": Status.SUCCESS})
    assert [n.status for n in drawn.nodes[:3]] == [Status.RUNNING, None, Status.SUCCESS]


def test_ids_can_come_from_the_program() -> None:
    ids = [f"n{number}" for number in range(11)]
    drawn = outline(ROBOT, node_ids=ids, statuses={"n10": Status.FAILURE})
    assert [n.node_id for n in drawn.nodes] == ids
    assert drawn.nodes[10].status is Status.FAILURE
    with pytest.raises(ValueError, match="2 ids for 11 nodes"):
        outline(ROBOT, node_ids=ids[:2])


def test_a_node_is_found_by_id_then_by_name() -> None:
    drawn = outline(ROBOT)
    assert [drawn.find("low"), drawn.find("Drive")] == [drawn.nodes[2], drawn.nodes[9]]
    assert drawn.find("none") is None


def test_a_part_is_a_picture_of_its_own() -> None:
    drawn = outline(ROBOT)
    part = drawn.below(drawn.nodes[3])
    assert [(n.index, n.parent, n.depth, n.name) for n in part.nodes] == [
        (0, -1, 0, "charge"),
        (1, 0, 1, "Sequence"),
        (2, 1, 2, "Action"),
        (3, 1, 2, "Wait"),
    ]
    assert part.nodes[1].children == [2, 3]
    assert part.title == "charge"


def test_folding_says_how_much_is_hidden() -> None:
    folded = outline(ROBOT).folded(2)
    assert [(n.name, n.note) for n in folded.nodes] == [
        ("Robot", ""),
        ("Keep alive", "+5"),
        ("Guard", "+2"),
        ("Sequnce", "unknown type"),
    ]
    assert folded.nodes[0].children == [1, 2, 3]


def test_deep_and_large_trees_are_laid_out() -> None:
    assert max(n.depth for n in outline(chain(1_000)).nodes) == 999
    assert len(outline(random_tree(10_000, 1)).nodes) == 10_000


def test_what_lies_below_idle_nodes_can_be_left_out() -> None:
    statuses = dict.fromkeys(["robot", "low"], Status.FAILURE)
    drawn = outline(ROBOT, statuses=statuses).where_active()
    assert [(n.name, n.note) for n in drawn.nodes] == [
        ("Robot", ""),
        ("Keep alive", "+5"),
        ("Guard", "+2"),
        ("Sequnce", "unknown type"),
    ]
