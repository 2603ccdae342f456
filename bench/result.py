"""What a measure answers: rows, some with a bar to meet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from bench.sampling import Series


@dataclass(frozen=True, slots=True)
class Bar:
    """A promise: the median must be at most, or at least, `limit`."""

    limit: float
    sense: Literal["at most", "at least"] = "at most"

    def is_met(self, figure: float) -> bool:
        """Whether a median keeps the promise."""
        return figure <= self.limit if self.sense == "at most" else figure >= self.limit

    def __str__(self) -> str:
        return f"{'≤' if self.sense == 'at most' else '≥'} {format_figure(self.limit)}"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a measure.

    Args:
        what: what was measured, for people.
        unit: of the figures.
        series: the samples; None where something cannot be done at all.
        bar: the promise, where there is one.
        note: what must be known to read the figure.
        size: for a curve: where on it the row lies.
    """

    what: str
    unit: str
    series: Series | None
    bar: Bar | None = None
    note: str = ""
    size: int | None = None

    @property
    def is_met(self) -> bool | None:
        """Whether the bar is met; None without one."""
        if self.bar is None or self.series is None:
            return None
        return self.bar.is_met(self.series.median)

    def to_json(self) -> dict[str, Any]:
        """Return the row with its raw samples."""
        out: dict[str, Any] = {"what": self.what, "unit": self.unit}
        if self.size is not None:
            out["size"] = self.size
        if self.series is not None:
            low, high = self.series.spread
            out |= {
                "median": _short(self.series.median),
                "lowest": _short(self.series.lowest),
                "p10": _short(low),
                "p90": _short(high),
                "samples": [_short(value) for value in self.series.samples],
            }
        if self.bar is not None:
            out |= {"sense": self.bar.sense, "limit": self.bar.limit, "met": self.is_met}
        if self.note:
            out["note"] = self.note
        return out

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Row:
        """Take up what `to_json` gave."""
        samples = stored.get("samples")
        return cls(
            stored["what"],
            stored["unit"],
            None if samples is None else Series(tuple(samples)),
            Bar(stored["limit"], stored["sense"]) if "limit" in stored else None,
            stored.get("note", ""),
            stored.get("size"),
        )


@dataclass(frozen=True, slots=True)
class Measure:
    """The rows of one case."""

    name: str
    title: str
    rows: tuple[Row, ...]

    def to_json(self) -> dict[str, Any]:
        """Return name, title and rows."""
        rows = [row.to_json() for row in self.rows]
        return {"name": self.name, "title": self.title, "rows": rows}

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Measure:
        """Take up what `to_json` gave."""
        rows = tuple(Row.from_json(row) for row in stored["rows"])
        return cls(stored["name"], stored["title"], rows)


def _short(figure: float) -> float:
    return float(f"{figure:.5g}")


def format_figure(figure: float) -> str:
    """Write a figure with three digits that count."""
    if figure == 0:
        return "0"
    if abs(figure) >= 100:
        return f"{figure:,.0f}"
    return f"{figure:.3g}"
