from __future__ import annotations

import re

from py_forest.core.render import render_dot, render_mermaid
from py_forest.models.status import Status
from tests.core.render.trees import ROBOT, chain, node, random_tree, tree

HOSTILE = tree(node("Success", name='a"b\\c<i>#1;`&\n]) --> n7', node_id='x"\\'))


def test_mermaid_has_a_line_for_each_node_and_each_edge() -> None:
    drawn = render_mermaid(ROBOT, statuses={"robot": Status.RUNNING, "low": Status.INVALID})
    lines = drawn.splitlines()
    assert lines[0] == "flowchart TD"
    assert '    n2(["· ◇ Battery low?<br/>battery #lt; 20"]):::condition' not in lines
    assert '    n2(["◇ Battery low?<br/>battery #lt; 20"]):::condition' in lines
    assert '    n8{{"↺ Retry<br/>up to 5 times"}}:::decorator' in lines
    assert "    n7 --> n8" in lines
    assert "    class n0 running" in lines
    assert not re.search("class .* invalid", drawn)


def test_mermaid_takes_hostile_names_as_text() -> None:
    label = render_mermaid(HOSTILE).splitlines()[1]
    assert label == (
        '    n0("✓ a#quot;b\\c#lt;i#gt;#35;1;#96;#amp; ]) --#gt; n7<br/>Success"):::action'
    )


def test_dot_has_a_line_for_each_node_and_each_edge() -> None:
    drawn = render_dot(ROBOT, statuses={"robot": Status.FAILURE})
    assert drawn.startswith('digraph "Robot" {\n')
    assert drawn.endswith("}\n")
    assert '    n2 [label="◇ Battery low?\\nbattery < 20", shape=ellipse,' in drawn
    assert 'n0 [label="✗ ↻ Robot' in drawn
    assert 'color="#dc2626"' in drawn
    assert "    n7 -> n8;\n" in drawn


def test_dot_takes_hostile_names_as_text() -> None:
    label = render_dot(HOSTILE).splitlines()[4]
    assert 'label="✓ a\\"b\\\\c<i>#1;`& ]) --> n7\\nSuccess"' in label
    assert 'tooltip="x\\"\\\\"' in label


def test_drawings_are_the_same_each_time() -> None:
    big = random_tree(500, 3)
    assert render_mermaid(big) == render_mermaid(big)
    assert render_dot(big) == render_dot(big)


def test_deep_and_large_trees_are_drawn() -> None:
    for big in (chain(1_000), random_tree(10_000, 4)):
        assert render_mermaid(big).count(" --> ") >= 1_998
        assert render_dot(big).count(" -> ") >= 1_998
