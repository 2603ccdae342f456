"""The order example: its tree, its orders, and the same decision in other hands."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.compute as pc  # type: ignore[import-untyped]
import pyarrow.csv  # type: ignore[import-untyped]
import zen

FOLDER = Path(__file__).parents[1] / "examples" / "orders"
TREE = FOLDER / "order_processor.json"

Decision = tuple[str, float, str]


def definition() -> dict[str, Any]:
    """Return the order tree."""
    document: dict[str, Any] = json.loads(TREE.read_text("utf-8"))
    return document


def load(limit: int) -> pa.Table:
    """Return the first orders of the example, all of them at most."""
    return pyarrow.csv.read_csv(FOLDER / "orders.csv").slice(0, limit)


def sample_of(table: pa.Table, count: int) -> list[tuple[float, int]]:
    """Return total and earlier orders of about `count` orders spread over the table."""
    step = max(1, table.num_rows // count)
    totals = table["order_total"].to_pylist()[::step]
    earlier = table["customer_orders"].to_pylist()[::step]
    return list(zip(totals, earlier, strict=True))


def decide_plainly(order_total: float, customer_orders: int) -> Decision:
    """Decide one order in Python."""
    if order_total > 1000:
        return "high", 0.15, "alert_manager"
    if customer_orders > 5:
        return "medium", 0.1, ""
    return "normal", 0.0, ""


def decide_columns(table: pa.Table) -> pa.Table:
    """Decide a whole table with pyarrow's kernels, as one would write it by hand."""
    is_high = pc.greater(table["order_total"], 1000)
    is_loyal = pc.greater(table["customer_orders"], 5)
    priority = pc.if_else(is_high, "high", pc.if_else(is_loyal, "medium", "normal"))
    discount = pc.if_else(is_high, 0.15, pc.if_else(is_loyal, 0.1, 0.0))
    told = pc.if_else(is_high, "alert_manager", "")
    for name, column in (("priority", priority), ("discount", discount), ("notification", told)):
        table = table.append_column(name, column)
    return table


def zen_table() -> dict[str, Any]:
    """Return the decision as a zen decision table: the first row that fits."""
    rules = [
        {"total": "> 1000", "earlier": "", "p": '"high"', "d": "0.15", "n": '"alert_manager"'},
        {"total": "", "earlier": "> 5", "p": '"medium"', "d": "0.1", "n": '""'},
        {"total": "", "earlier": "", "p": '"normal"', "d": "0.0", "n": '""'},
    ]
    inputs = [("total", "order_total"), ("earlier", "customer_orders")]
    outputs = [("p", "priority"), ("d", "discount"), ("n", "notification")]
    content = {
        "hitPolicy": "first",
        "inputs": [_column(*column) for column in inputs],
        "outputs": [_column(*column) for column in outputs],
        "rules": [{"_id": str(at), **rule} for at, rule in enumerate(rules)],
    }
    return _zen_graph("decisionTableNode", content)


def zen_expressions() -> dict[str, Any]:
    """Return the decision as a zen expression node."""
    choices = {"priority": ("'high'", "'medium'", "'normal'"), "discount": (0.15, 0.1, 0.0)}
    expressions = [
        {
            "id": key,
            "key": key,
            "value": f"order_total > 1000 ? {a} : customer_orders > 5 ? {b} : {c}",
        }
        for key, (a, b, c) in choices.items()
    ]
    told = "order_total > 1000 ? 'alert_manager' : ''"
    expressions.append({"id": "notification", "key": "notification", "value": told})
    return _zen_graph("expressionNode", {"expressions": expressions})


def zen_one_expression() -> Callable[[dict[str, Any]], Any]:
    """Return the decision as one compiled zen expression: no graph, no table, no trace."""
    answers = [
        f"{{priority: '{priority}', discount: {discount}, notification: '{told}'}}"
        for priority, discount, told in (
            ("high", 0.15, "alert_manager"),
            ("medium", 0.1, ""),
            ("normal", 0.0, ""),
        )
    ]
    high, medium, normal = answers
    text = f"order_total > 1000 ? {high} : customer_orders > 5 ? {medium} : {normal}"
    evaluate: Callable[[dict[str, Any]], Any] = zen.compile_expression(text).evaluate
    return evaluate


def zen_by_callable(content: dict[str, Any]) -> zen.ZenEngine:
    """Return an engine whose loader hands out content compiled once, under the key `orders`."""
    compiled = zen.ZenDecisionContent(json.dumps(content))
    return zen.ZenEngine({"loader": lambda _key: compiled})


def zen_by_static(content: dict[str, Any]) -> zen.ZenEngine:
    """Return an engine that was given its content at the start, under the key `orders`."""
    return zen.ZenEngine({"loader": {"type": "static", "content": {"orders": content}}})


def _column(name: str, field: str) -> dict[str, str]:
    return {"id": name, "name": field, "type": "expression", "field": field}


def _zen_graph(kind: str, content: dict[str, Any]) -> dict[str, Any]:
    place = {"x": 0, "y": 0}
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "position": place},
        {"id": "rule", "name": "rule", "type": kind, "position": place, "content": content},
        {"id": "out", "name": "out", "type": "outputNode", "position": place},
    ]
    edges = [
        {"id": "to", "sourceId": "in", "targetId": "rule", "type": "edge"},
        {"id": "from", "sourceId": "rule", "targetId": "out", "type": "edge"},
    ]
    return {"contentType": "application/vnd.gorules.decision", "nodes": nodes, "edges": edges}
