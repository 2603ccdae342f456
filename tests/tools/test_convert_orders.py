"""The order example's table comes from the published file and nothing else."""

from __future__ import annotations

import csv
from pathlib import Path

from tools.convert_orders import COLUMNS, convert, main

PUBLISHED = """ customer_id  date number_of_cds  dollar_value
 00001 19970101  1   11.77
 00002 19970112  1   12.00
 00001 19970113  5   77.00
"""
ORDERS = Path(__file__).parents[2] / "examples/orders/orders.csv"


def test_counts_the_orders_a_customer_placed_before() -> None:
    assert list(convert(PUBLISHED.splitlines())) == [
        (1, "1997-01-01", 1, "11.77", 0),
        (2, "1997-01-12", 2, "12.00", 0),
        (3, "1997-01-13", 1, "77.00", 1),
    ]


def test_writes_a_table_with_a_heading(tmp_path: Path) -> None:
    source, target = tmp_path / "published.txt", tmp_path / "orders.csv"
    source.write_text(PUBLISHED)
    main(source, target)
    assert target.read_text().splitlines()[:2] == [",".join(COLUMNS), "1,1997-01-01,1,11.77,0"]


def test_the_committed_table_holds_every_published_order() -> None:
    with ORDERS.open(newline="") as table:
        rows = list(csv.DictReader(table))
    assert len(rows) == 69_659
    assert len({row["customer_id"] for row in rows}) == 23_570
    assert round(sum(float(row["order_total"]) for row in rows), 2) == 2_500_315.63
    assert rows[-1]["order_id"] == "69659"
