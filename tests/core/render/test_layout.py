from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from py_forest.core.render.layout import Box, place

GAP = 4.0


def _tree(parents: list[int]) -> list[list[int]]:
    """Return the children of nodes numbered in pre-order, given a parent for all but the root."""
    made: list[list[int]] = [[] for _ in range(len(parents) + 1)]
    for child, parent in enumerate(parents, start=1):
        made[parent % child].append(child)
    order, stack = [], [0]
    while stack:
        node = stack.pop()
        order.append(node)
        stack.extend(reversed(made[node]))
    number = {node: position for position, node in enumerate(order)}
    return [[number[child] for child in made[node]] for node in order]


def _depths(children: list[list[int]]) -> list[int]:
    depths = [0] * len(children)
    for parent, below in enumerate(children):
        for child in below:
            depths[child] = depths[parent] + 1
    return depths


@given(
    st.lists(st.integers(0, 10_000), max_size=60),
    st.lists(st.floats(1, 90), min_size=61, max_size=61),
)
def test_nothing_touches_and_the_order_is_kept(parents: list[int], widths: list[float]) -> None:
    children = _tree(parents)
    boxes = [Box(width / 3, 2 * width / 3) for width in widths[: len(children)]]
    middles = place(boxes, children, GAP)
    levels: dict[int, list[int]] = {}
    for node, depth in enumerate(_depths(children)):
        levels.setdefault(depth, []).append(node)
    for level in levels.values():
        for one, other in itertools.pairwise(level):
            space = middles[other] - boxes[other].before - middles[one] - boxes[one].after
            assert space >= GAP - 1e-6


@given(st.lists(st.integers(0, 10_000), max_size=60))
def test_a_mirrored_tree_is_a_mirrored_picture(parents: list[int]) -> None:
    children = _tree(parents)
    mirrored = _mirrored(children)
    boxes = [Box(5, 5)] * len(children)
    there = place(boxes, children, GAP)
    back = place(boxes, mirrored, GAP)
    assert sorted(there) == pytest.approx(sorted(-x for x in back))


def _mirrored(children: list[list[int]]) -> list[list[int]]:
    order, stack = [], [0]
    while stack:
        node = stack.pop()
        order.append(node)
        stack.extend(children[node])
    number = {node: position for position, node in enumerate(order)}
    return [sorted(number[child] for child in children[node]) for node in order]


def test_a_parent_stands_over_the_middle_of_its_children() -> None:
    middles = place([Box(5, 5)] * 4, [[1, 2, 3], [], [], []], GAP)
    assert middles == [0, -14, 0, 14]


def test_spare_room_is_shared_out_evenly() -> None:
    many: list[list[int]] = [
        [1, 7, 8, 9],
        [2, 3, 4, 5, 6],
        *[[] for _ in range(7)],
        [*range(10, 15)],
    ]
    many += [[] for _ in range(5)]
    middles = place([Box(5, 5)] * 15, many, GAP)
    steps = [b - a for a, b in itertools.pairwise(middles[child] for child in many[0])]
    assert steps == pytest.approx([steps[0]] * 3)


def test_a_tail_keeps_others_away_from_the_levels_it_reaches() -> None:
    # 0 has children 1 and 2; a list as wide as 100 hangs below 1; 3 is the child of 2.
    boxes = [Box(5, 5), Box(5, 5, ((5, 95),)), Box(5, 5), Box(5, 5)]
    middles = place(boxes, [[1, 2], [], [3], []], GAP)
    assert middles[3] - 5 >= middles[1] + 95 + GAP - 1e-6


def test_one_node_stands_at_the_origin() -> None:
    assert place([Box(5, 5)], [[]], GAP) == [0]
