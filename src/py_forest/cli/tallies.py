"""Counting what came out of a table: by value, and by value over time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from py_forest.cli.tables import Table, arrow

if TYPE_CHECKING:
    from collections.abc import Mapping

_MOST_VALUES: Final = 8
_MOST_STACKED: Final = 8
# The longest span, in days, that is still shown by the unit after it.
_UNITS: Final = ((2, "hour"), (62, "day"), (36 * 31, "month"), (None, "year"))
_LABELS: Final = {"hour": "%Y-%m-%d %H h", "day": "%Y-%m-%d", "month": "%Y-%m", "year": "%Y"}


@dataclass(frozen=True, slots=True)
class Tally:
    """How often each value of one output came out.

    Args:
        name: the output.
        counts: values and their counts, in the order to show them.
        others: how many rows have values that are not listed.
        distinct: how many different values there are.
        span: smallest and largest number, for numbers of which not all are listed.
    """

    name: str
    counts: list[tuple[Any, int]]
    others: int
    distinct: int
    span: tuple[Any, Any] | None = None

    def to_list(self) -> list[dict[str, Any]]:
        """Return it as JSON."""
        return [{"value": value, "count": count} for value, count in self.counts]


@dataclass(frozen=True, slots=True)
class Periods:
    """The decisions over time.

    Args:
        column: the column with the dates.
        unit: `hour`, `day`, `month` or `year`.
        output: the output that is told apart; None for none.
        values: its values, in the order to show them.
        counts: for each period its label and how often each value came out in it.
    """

    column: str
    unit: str
    output: str | None
    values: list[Any]
    counts: list[tuple[str, list[int]]]

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON."""
        return {
            "column": self.column,
            "unit": self.unit,
            "output": self.output,
            "values": self.values,
            "counts": [{"period": label, "counts": counts} for label, counts in self.counts],
        }


def tally(column: Any, name: str, declared: Mapping[str, Any]) -> Tally:  # noqa: ANN401
    """Count the values of a column.

    Args:
        column: the values.
        name: what they are.
        declared: the declaration of the key; its `enum` says in which order values come.
    """
    compute: Any = arrow("compute")
    counted = [(each["values"].as_py(), each["counts"].as_py()) for each in _value_counts(column)]
    order = declared.get("enum")
    if isinstance(order, list):
        found = dict(counted)
        counted = [(value, found.pop(value, 0)) for value in order] + list(found.items())
    else:
        counted.sort(key=lambda each: (-each[1], str(each[0])))
    listed = counted[:_MOST_VALUES] if len(counted) > _MOST_VALUES else counted
    others = len(column) - sum(count for _, count in listed)
    span = None
    if others and arrow("types").is_primitive(column.type):
        ends = compute.min_max(column).as_py()
        span = (ends["min"], ends["max"])
    return Tally(name, listed, others, len(counted), span)


def periods_of(table: Table, decided: Table, tallies: list[Tally]) -> Periods | None:
    """Count decisions over time, if a column of the table holds dates.

    Args:
        table: the rows.
        decided: their decisions.
        tallies: the counts; the first output with a handful of values is told apart.
    """
    kinds: Any = arrow("types")
    dates = [
        field.name
        for field in table.schema
        if kinds.is_date(field.type) or kinds.is_timestamp(field.type)
    ]
    if not dates or not table.num_rows:
        return None
    column = table.column(dates[0])
    compute: Any = arrow("compute")
    ends = compute.min_max(column).as_py()
    if ends["min"] is None:
        return None
    days = (ends["max"] - ends["min"]).days
    unit = next(unit for most, unit in _UNITS if most is None or days <= most)
    if unit == "hour" and kinds.is_date(column.type):
        unit = "day"
    told = _told_apart(tallies)
    starts = compute.floor_temporal(column, unit=unit)
    frame = arrow().table(
        {"start": starts, "value": decided.column(told.name if told else "status")}
    )
    rows = frame.group_by(["start", "value"]).aggregate([([], "count_all")]).to_pylist()
    return _periods(dates[0], unit, told, rows)


def _periods(column: str, unit: str, told: Tally | None, rows: list[dict[str, Any]]) -> Periods:
    values = [value for value, _ in told.counts] if told else [None]
    counts: dict[Any, list[int]] = {}
    for row in rows:
        if row["start"] is None:
            continue
        per_value = counts.setdefault(row["start"], [0] * len(values))
        place = values.index(row["value"]) if told else 0
        per_value[place] += row["count_all"]
    labelled = [(start.strftime(_LABELS[unit]), counts[start]) for start in sorted(counts)]
    return Periods(column, unit, told.name if told else None, values, labelled)


def _told_apart(tallies: list[Tally]) -> Tally | None:
    """Return the output whose values are worth telling apart: the first with a handful of them."""
    outputs = [each for each in tallies if each.name != "status"] + tallies[:1]
    for each in outputs:
        if 1 < len(each.counts) <= _MOST_STACKED and not each.others:
            return each
    return None


def _value_counts(column: Any) -> Any:  # noqa: ANN401 - columns of pyarrow
    return arrow("compute").value_counts(column)
