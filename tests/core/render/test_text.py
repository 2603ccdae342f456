from __future__ import annotations

from py_forest.core.render import outline, render_ascii, text_lines
from py_forest.engine.document import load_definition
from py_forest.models.status import Status
from tests.core.render.trees import ROBOT, ROOT, chain, node, random_tree, tree


def test_a_tree_is_drawn_as_text() -> None:
    assert render_ascii(ROBOT) == (
        "↻ Robot  ReactiveFallback · rechecked each tick\n"
        "├── → Keep alive  Sequence · all, in order\n"
        "│   ├── ◇ Battery low?  battery < 20\n"
        "│   └── ▣ charge\n"
        "│       └── → Sequence  all, in order\n"
        "│           ├── ƒ Action  dock()\n"
        "│           └── ◷ Wait  2 s\n"
        "├── ◈ Guard  mode == 'patrol'\n"
        "│   └── ↺ Retry  up to 5 times\n"
        "│       └── ƒ Drive  drive()\n"
        "└── • Sequnce  (unknown type)\n"
    )


def test_a_tree_is_drawn_in_ascii_alone() -> None:
    drawn = render_ascii(ROBOT, charset="ascii", statuses={"low": Status.FAILURE})
    assert drawn.isascii()
    assert "|   |-- [x] Battery low?  battery < 20\n" in drawn
    assert "Sequence - all, in order" in drawn


def test_statuses_and_ids_stand_on_their_lines() -> None:
    drawn = render_ascii(ROBOT, statuses={"robot": Status.RUNNING, "low": Status.SUCCESS}, ids=True)
    lines = drawn.splitlines()
    assert lines[0] == "▶ ↻ Robot  ReactiveFallback · rechecked each tick  #robot"
    assert lines[2] == "│   ├── ✓ ◇ Battery low?  battery < 20  #low"
    assert lines[1].startswith("├── · →")


def test_names_cannot_break_a_line() -> None:
    drawn = render_ascii(tree(node("Success", name="two\nlines\x1b[31m\u202e", node_id="a\x07")))
    assert drawn == "✓ two lines\ufffd[31m\ufffd  Success\n"


def test_deep_levels_start_again_at_the_left() -> None:
    lines = [str(line) for line in text_lines(outline(chain(1_000)), max_indent=40)]
    assert max(map(len, lines)) < 80
    assert " 10> ├── → Sequence  all, in order" in lines
    assert any(line.startswith("991> ") for line in lines)
    shallow = [str(line) for line in text_lines(outline(chain(5)), max_indent=40)]
    assert shallow == [str(line) for line in text_lines(outline(chain(5)))]


def test_every_node_has_a_line() -> None:
    assert render_ascii(random_tree(10_000, 2)).count("\n") == 10_000


def test_the_order_example_reads_well() -> None:
    drawn = render_ascii(load_definition(ROOT / "examples/orders/order_processor.json"))
    assert drawn.splitlines()[:4] == [
        "? Order Processor  Selector · first that succeeds",
        "├── → High Value Order  Sequence · all, in order",
        "│   ├── ◇ Large order?  order_total > 1000",
        '│   ├── ✎ Pack first  priority = "high"',
    ]
