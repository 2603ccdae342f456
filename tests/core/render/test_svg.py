from __future__ import annotations

import itertools
import xml.etree.ElementTree as ET
from typing import Literal

import pytest

from py_forest.core.render import outline, render_svg
from py_forest.core.render.cards import Card, cards, fitted, text_width
from py_forest.core.render.icons import ICONS
from py_forest.core.render.placing import place_cards
from py_forest.engine.catalogue import default_catalogue
from py_forest.models.status import Status
from tests.core.render.trees import ROBOT, chain, node, random_tree, tree

_SVG = "{http://www.w3.org/2000/svg}"
DIRECTIONS: tuple[Literal["down", "right"], ...] = ("down", "right")


def _parsed(drawn: str) -> ET.Element:
    return ET.fromstring(drawn)  # noqa: S314


def _texts(drawn: str) -> list[str]:
    return [text.text or "" for text in _parsed(drawn).iter(f"{_SVG}text")]


def test_a_card_for_each_node_that_wraps_nothing_and_a_bar_for_each_that_does() -> None:
    drawn = cards(outline(ROBOT))
    assert [(card.name, card.bar_texts) for card in drawn] == [
        ("Robot", []),
        ("Keep alive", []),
        ("Battery low?", []),
        ("Sequence", ["charge"]),
        ("Action", []),
        ("Wait", []),
        ("Drive", ["Guard · mode == 'patrol'", "Retry · up to 5 times"]),
        ("Sequnce", []),
    ]
    assert drawn[0].children == [1, 6, 7]


def test_a_picture_is_well_formed_and_says_everything() -> None:
    texts = _texts(render_svg(ROBOT))
    assert "Robot" in texts
    assert "battery < 20" in texts
    assert "Retry · up to 5 times" in texts
    assert "unknown type" in texts


def test_hostile_names_stay_text() -> None:
    name = "</text><script>alert('x')</script>&\x00"
    parsed = _parsed(render_svg(tree(node("Success", name=name, node_id='"><a>'))))
    assert not list(parsed.iter(f"{_SVG}script"))
    assert not list(parsed.iter(f"{_SVG}a"))


def test_statuses_are_marked_and_what_did_not_run_is_faint() -> None:
    plain = render_svg(ROBOT)
    drawn = render_svg(ROBOT, statuses={"robot": Status.SUCCESS, "low": Status.INVALID})
    ran = node("Sequence", node("Inverter", node("Success", node_id="leaf"), node_id="bar"))
    wrapped = render_svg(
        tree(ran), statuses={"bar": Status.FAILURE, "leaf": Status.SUCCESS}, direction="right"
    )
    assert wrapped.count('stroke:#dc2626;stroke-width:2" d=') == 1
    assert wrapped.count("<circle") == 2
    assert 'class="badge"' not in plain
    assert drawn.count('class="badge"') == 1
    assert drawn.count('<g class="idle">') == 1
    assert "#16a34a" in drawn


def test_small_trees_grow_down_and_large_ones_to_the_right() -> None:
    small, large = random_tree(40, 1), random_tree(400, 1)
    assert render_svg(small) == render_svg(small, direction="down")
    assert render_svg(large) == render_svg(large, direction="right")


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.parametrize("seed", range(8))
def test_no_two_cards_touch(direction: Literal["down", "right"], seed: int) -> None:
    made = cards(outline(random_tree(120, seed)))
    placed = place_cards(made, direction)
    boxes = [
        (x, y, x + card.width, y + card.height)
        for card, (x, y) in zip(made, placed.corners, strict=True)
    ]
    for one, other in itertools.combinations(boxes, 2):
        apart = one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]
        assert apart, (one, other)
    assert all(x >= 0 and y >= 0 for x, y, _, _ in boxes)
    assert max(box[2] for box in boxes) <= placed.width
    assert max(box[3] for box in boxes) <= placed.height


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_lines_go_from_card_to_card(direction: Literal["down", "right"]) -> None:
    made = cards(outline(ROBOT))
    placed = place_cards(made, direction)

    def on_rim(card: Card, corner: tuple[float, float], point: tuple[float, float]) -> bool:
        (x, y), (at_x, at_y) = corner, point
        return x <= at_x <= x + card.width and y <= at_y <= y + card.height

    for parent, card in enumerate(made):
        for child in card.children:
            points = placed.edge(made, parent, child)
            assert on_rim(card, placed.corners[parent], points[0])
            assert on_rim(made[child], placed.corners[child], points[-1])
            assert all(a[0] == b[0] or a[1] == b[1] for a, b in itertools.pairwise(points))


def test_drawings_are_the_same_each_time() -> None:
    big = random_tree(500, 3)
    assert render_svg(big) == render_svg(big)


@pytest.mark.parametrize("direction", DIRECTIONS)
@pytest.mark.slow
def test_deep_and_large_trees_are_drawn(direction: Literal["down", "right"]) -> None:
    wrapped = node("Success")
    for _ in range(999):
        wrapped = node("Inverter", wrapped)
    assert len(_texts(render_svg(tree(wrapped), direction=direction))) > 999
    assert len(_texts(render_svg(chain(1_000), direction=direction))) > 1_999
    assert len(_texts(render_svg(random_tree(10_000, 4), direction=direction))) > 9_999


def test_every_node_type_has_an_icon() -> None:
    assert {node_type.icon for node_type in default_catalogue()} <= set(ICONS)


def test_long_texts_are_shortened_to_fit() -> None:
    assert fitted("short", 13, 500) == "short"
    shortened = fitted("W" * 100, 13, 200, bold=True)
    assert shortened.endswith("W…")
    assert text_width(shortened, 13, bold=True) <= 200
    assert text_width("日本", 10) > text_width("ab", 10)
    assert fitted("W", 13, 1) == "…"
