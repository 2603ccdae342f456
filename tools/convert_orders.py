"""Convert the CDNOW purchase history to the order example's table.

Usage: python -m tools.convert_orders CDNOW_master.txt examples/orders/orders.csv
"""

from __future__ import annotations

import csv
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

COLUMNS = ("order_id", "date", "customer_id", "order_total", "customer_orders")


def convert(lines: Iterable[str]) -> Iterator[tuple[int, str, int, str, int]]:
    """Yield one row per order, in file order.

    Args:
        lines: the published file: a heading, then customer, date (YYYYMMDD), number of CDs and
            amount (US dollars), separated by blanks.

    Yields:
        One tuple in the order of `COLUMNS`; `customer_orders` counts the customer's orders before
        this one.
    """
    orders_before: Counter[int] = Counter()
    rows = iter(lines)
    next(rows)
    for order_id, line in enumerate(rows, start=1):
        customer, day, _cds, amount = line.split()
        customer_id = int(customer)
        yield (
            order_id,
            f"{day[:4]}-{day[4:6]}-{day[6:]}",
            customer_id,
            amount,
            orders_before[customer_id],
        )
        orders_before[customer_id] += 1


def main(source: Path, target: Path) -> None:
    """Read `source` and write `target`, replacing it."""
    with source.open() as lines, target.open("w", newline="") as table:
        writer = csv.writer(table, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(convert(lines))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
