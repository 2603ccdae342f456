"""validate, show, diff: looking at trees."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from collections.abc import Callable
from pathlib import Path

import pytest

from py_forest.cli import exits
from py_forest.engine import _native
from tests.cli.conftest import Cli
from tests.core.render.trees import chain, node, random_tree

# --- validate -------------------------------------------------------------------------------------


def test_a_valid_tree_is_valid(cli: Cli, orders: Path) -> None:
    ran = cli("validate", orders, columns=300)
    assert ran.code == 0
    assert ran.out == f"✓ {orders}  Order Processor  no problems\n"


def test_all_problems_are_told_with_place_code_and_remedy(
    cli: Cli, tree: Callable[..., Path]
) -> None:
    path = tree(node("Sequence", node("Sequnce"), node("Wait", duration=-1), node("Retry")))
    ran = cli("validate", path, columns=140)
    assert ran.code == exits.NOT_OK
    assert "3 errors" in ran.out
    for told in ("UNKNOWN_NODE_TYPE", "CONFIG_RANGE", "CHILD_COUNT", "/root/children/1/config"):
        assert told in ran.out
    assert "did you mean `Sequence`?" in ran.out
    narrow = cli("validate", path, columns=60)
    assert "CONFIG_RANGE" in narrow.out
    assert max(map(len, narrow.out.splitlines())) <= max(60, len(f"✗ {path}  3 errors"))


def test_problems_as_json(cli: Cli, tree: Callable[..., Path], orders: Path) -> None:
    path = tree(node("Sequnce", node_id="x"))
    ran = cli("validate", path, orders, "--json")
    assert ran.code == exits.NOT_OK
    assert ran.json["valid"] is False
    bad, good = ran.json["trees"]
    assert list(good) == ["file", "name", "valid", "errors", "warnings", "problems"]
    assert (good["valid"], good["problems"]) == (True, [])
    assert bad["problems"] == [
        {
            "code": "UNKNOWN_NODE_TYPE",
            "severity": "error",
            "message": bad["problems"][0]["message"],
            "pointer": "/root/node_type",
            "node_id": "x",
            "suggestion": "Sequence",
        }
    ]


def test_warnings_count_only_where_that_is_asked_for(cli: Cli, tree: Callable[..., Path]) -> None:
    path = tree(node("Condition", expression="unset > 1"))
    ran = cli("validate", path)
    assert ran.code == 0
    assert "1 warning" in ran.out
    assert cli("validate", path, "--strict").code == exits.NOT_OK


@pytest.mark.parametrize(
    "content", [b"{", b"[]", b"\xff\xfe", b'{"root": {"node_type": "Success"}, "root": 1}', b""]
)
def test_what_is_no_tree_is_a_problem_too(cli: Cli, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "odd.json"
    path.write_bytes(content)
    ran = cli("validate", path)
    assert ran.code == exits.NOT_OK
    assert "1 error" in ran.out


def test_an_unreadable_file_does_not_keep_others_from_being_checked(
    cli: Cli, tmp_path: Path, orders: Path
) -> None:
    ran = cli("validate", tmp_path / "none.json", orders, columns=300)
    assert ran.code == exits.UNREADABLE
    assert "none.json" in ran.err
    assert "no problems" in ran.out
    told = cli("validate", tmp_path / "none.json", "--json").json
    assert told["trees"][0]["error"]["code"] == "DOCUMENT_UNREADABLE"


def test_comments_are_fine_in_files_and_standard_input_works(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "tree.jsonc"
    path.write_text('{"node_type": "Success", /* fine */ }')
    assert cli("validate", path).code == 0
    assert cli("validate", "-", stdin='{"node_type": "Success"}').code == 0


def test_no_more_than_a_hundred_problems_are_shown(cli: Cli, tree: Callable[..., Path]) -> None:
    ran = cli("validate", tree(node("Sequence", *[node("Nope")] * 150)))
    assert ran.out.count("UNKNOWN_NODE_TYPE") == 100
    assert "… and 50 more; --json lists them all" in ran.out


# --- show -----------------------------------------------------------------------------------------


def test_a_tree_is_shown_as_text(cli: Cli, orders: Path) -> None:
    lines = cli("show", orders).out.splitlines()
    assert lines[0] == "? Order Processor  Selector · first that succeeds"
    assert len(lines) == 13


@pytest.mark.parametrize(
    ("form", "start"),
    [("mermaid", "flowchart TD"), ("dot", 'digraph "Order Processor" {'), ("svg", "<svg")],
)
def test_a_tree_is_drawn(cli: Cli, orders: Path, tmp_path: Path, form: str, start: str) -> None:
    printed = cli("show", orders, "--format", form).out
    assert printed.startswith(start)
    path = tmp_path / f"tree.{form}"
    ran = cli("show", orders, "-f", form, "-o", path)
    assert path.read_text() == printed
    assert "13 nodes" in ran.err
    assert not ran.out


def test_text_can_be_written_to_a_file(cli: Cli, orders: Path, tmp_path: Path) -> None:
    path = tmp_path / "tree.txt"
    cli("show", orders, "-o", path)
    assert path.read_text() == cli("show", orders).out


def test_the_direction_of_a_picture_can_be_chosen(cli: Cli, orders: Path) -> None:
    sizes = []
    for direction in ("down", "right"):
        drawn = cli("show", orders, "-f", "svg", "--direction", direction).out
        picture = ET.fromstring(drawn)  # noqa: S314
        sizes.append((float(picture.attrib["width"]), float(picture.attrib["height"])))
    assert sizes[0] != sizes[1]


def test_a_part_of_a_tree_is_shown(cli: Cli, orders: Path) -> None:
    part = cli("show", orders, "--node", "returning", "--ids").out.splitlines()
    assert part[0] == "→ Returning Customer  Sequence · all, in order  #returning"
    assert len(part) == 4
    assert cli("show", orders, "--node", "Returning Customer").out.count("\n") == 4
    assert "(+4)" in cli("show", orders, "--depth", "2").out


@pytest.mark.parametrize(
    ("wanted", "says"),
    [("retuning", "did you mean `returning`?"), ("Success", "2 nodes are called `Success`")],
)
def test_a_node_that_is_not_there_or_not_alone_is_said(
    cli: Cli, tree: Callable[..., Path], wanted: str, says: str
) -> None:
    path = tree(node("Sequence", node("Success"), node("Success"), node_id="returning"))
    ran = cli("show", path, "--node", wanted)
    assert ran.code == exits.USAGE
    assert says in ran.err


def test_a_tree_as_json_is_a_list_of_nodes(cli: Cli, orders: Path) -> None:
    told = cli("show", orders, "--json").json
    assert told["title"] == "Order Processor"
    assert told["nodes"][2] == {
        "index": 2,
        "parent": 1,
        "depth": 2,
        "node_id": "high-value-check",
        "name": "Large order?",
        "node_type": "CheckBlackboardCondition",
        "category": "condition",
        "summary": "order_total > 1000",
        "note": None,
        "children": [],
    }


def test_an_invalid_tree_is_shown_all_the_same(cli: Cli, tree: Callable[..., Path]) -> None:
    ran = cli("show", tree(node("Sequnce")))
    assert ran.code == 0
    assert ran.out == "• Sequnce  (unknown type)\n"


def test_nodes_without_an_id_show_the_one_the_engine_gives_them(
    cli: Cli, tree: Callable[..., Path]
) -> None:
    path = tree(node("Sequence", node("Success")))
    told = cli("show", path, "--json").json
    ran = cli("run", path, "--json").json
    assert [each["node_id"] for each in told["nodes"]] == list(ran["statuses"])


@pytest.mark.slow
def test_deep_and_large_trees_are_shown(cli: Cli, tmp_path: Path) -> None:
    for definition in (chain(1_000), random_tree(10_000, 1)):
        path = tmp_path / "tree.json"
        path.write_bytes(_native.dump_json(definition.document))
        for form in ("ascii", "mermaid", "dot", "svg"):
            assert cli("show", path, "-f", form).code == 0


# --- diff -----------------------------------------------------------------------------------------


def test_the_order_trees_differ_in_one_value(cli: Cli, orders: Path, orders_100: Path) -> None:
    ran = cli("diff", orders, orders_100)
    assert ran.code == 0
    assert ran.out.splitlines() == [
        "Order Processor 1.0.0 → Order Processor 1.1.0",
        "~ ◇ Large order?  CheckBlackboardCondition  #high-value-check",
        "    config.value  1000 → 100",
        "~ beside the nodes",
        '    metadata.version  "1.0.0" → "1.1.0"',
        "",
        "1 changed, 1 beside the nodes; 12 nodes as before",
    ]


def test_no_difference_is_said(cli: Cli, orders: Path) -> None:
    ran = cli("diff", orders, orders, "--exit-code")
    assert (ran.code, ran.out) == (0, "✓ no difference in 13 nodes\n")


def test_a_difference_can_be_an_exit_code(cli: Cli, orders: Path, orders_100: Path) -> None:
    assert cli("diff", orders, orders_100, "--exit-code").code == exits.NOT_OK


def test_what_came_went_and_moved_is_shown(cli: Cli, tree: Callable[..., Path]) -> None:
    def leaf(name: str) -> dict[str, object]:
        return node("Log", name=name, message=name)

    old = tree(
        node("Sequence", leaf("a"), leaf("b"), leaf("c"), node("Wait", duration=1), name="root"),
        name="old.json",
    )
    new = tree(
        node(
            "Sequence",
            leaf("c"),
            leaf("a"),
            node("Retry", leaf("b")),
            node("Selector", leaf("x"), leaf("y"), name="more"),
            name="root",
        ),
        name="new.json",
    )
    out = cli("diff", old, new).out
    assert "- ◷ Wait" in out
    assert "> ¶ c  Log\n    child 3 → child 1 of root" in out
    assert "+ ↺ Retry\n    in root" in out
    assert "> ¶ b  Log\n    root → root / Retry" in out
    assert "+ ? more  Selector  and 2 nodes below it" in out
    assert "4 added, 1 removed, 2 moved; 2 nodes as before" in out


def test_a_diff_as_json(cli: Cli, orders: Path, orders_100: Path) -> None:
    told = cli("diff", orders, orders_100, "--json").json
    assert list(told) == [
        *("equal", "runs_the_same", "added", "removed", "moved", "changed", "sections"),
        "unchanged",
    ]
    assert (told["equal"], told["runs_the_same"]) == (False, False)


def test_versions_that_run_the_same_are_said_to(cli: Cli, tree: Callable[..., Path]) -> None:
    old = tree(node("Success", node_id="a"), name="old.json")
    new = tree(node("Success", node_id="a") | {"notes": "why"}, name="new.json")
    assert "both run the same" in cli("diff", old, new).out
    assert cli("diff", old, new, "--json").json["runs_the_same"] is True
    broken = tree(node("Nope"), name="broken.json")
    assert cli("diff", old, broken, "--json").json["runs_the_same"] is None


def test_one_version_can_come_from_standard_input(cli: Cli, orders: Path) -> None:
    document = json.loads(orders.read_text())
    document["root"]["name"] = "Other"
    ran = cli("diff", "-", orders, stdin=json.dumps(document))
    assert 'name  "Other" → "Order Processor"' in ran.out
