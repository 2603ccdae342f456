"""The chart of docs/performance.md, drawn from a report's rows as a plain SVG.

`python -m bench.chart REPORT.json PICTURE.svg` draws it anew from stored figures.
"""

from __future__ import annotations

import json
import math
import sys
from collections.abc import Iterator, Sequence
from html import escape
from pathlib import Path
from typing import Any

_WIDTH, _HEIGHT = 960, 430
_TOP, _BOTTOM = 76, 356
_STYLE = """
text{font-family:system-ui,sans-serif;font-size:12px;fill:#475569}
.title{font-size:14px;font-weight:600;fill:#0f172a}
.card{fill:#f8fafc}.grid{stroke:#cbd5e1;stroke-width:1}.axis{stroke:#94a3b8;stroke-width:1}
.line{fill:none;stroke-width:2.25;stroke-linejoin:round}
.off{stroke:#2563eb;fill:#2563eb}.on{stroke:#059669;fill:#059669}
.peer{stroke:#d97706;fill:#d97706}.bar{stroke:none}.line.off,.line.on,.line.peer{fill:none}
.limit{stroke:#dc2626;stroke-width:1;stroke-dasharray:4 4}
.tag{stroke:none;font-weight:600}.figure{fill:#0f172a}
@media(prefers-color-scheme:dark){text{fill:#94a3b8}.title,.figure{fill:#f1f5f9}.card{fill:#0f172a}
.grid{stroke:#1e293b}.axis{stroke:#475569}.off{stroke:#60a5fa;fill:#60a5fa}
.on{stroke:#34d399;fill:#34d399}.peer{stroke:#fbbf24;fill:#fbbf24}.limit{stroke:#f87171}}
"""

Points = list[tuple[float, float]]


def draw(measures: Sequence[dict[str, Any]]) -> str:
    """Return the chart as SVG text.

    Args:
        measures: what `Measure.to_json` gives; `growth` and `order` are drawn, where they are.
    """
    rows = {measure["name"]: measure["rows"] for measure in measures}
    growth = [row for row in rows.get("growth", ()) if "size" in row]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_WIDTH}" height="{_HEIGHT}" '
        f'viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="Cost of a visited node by size '
        'of the tree and by depth, and of one order, for PyForest and its peers">',
        f"<style>{''.join(_STYLE.splitlines())}</style>",
        f'<rect class="card" width="{_WIDTH}" height="{_HEIGHT}" rx="12"/>',
        *_curves(56, 250, "Cost of a node by size (ns)", "nodes", _by_curve(growth, "bushy")),
        *_curves(372, 200, "Cost of a node by depth (ns)", "depth", _by_curve(growth, "chain")),
        *_bars(634, 302, "One order from Python (µs)", _orders(rows.get("order", ()))),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _by_curve(rows: Sequence[dict[str, Any]], curve: str) -> dict[str, Points]:
    """Sort a curve's rows into the lines `off`, `on` and `peer`."""
    lines: dict[str, Points] = {"off": [], "on": [], "peer": []}
    for row in rows:
        who, shape = row["what"].split(", ", 1)
        if not shape.startswith(curve):
            continue
        line = "peer" if who == "py_trees" else shape.rsplit(" ", 1)[1]
        lines[line].append((row["size"], row["median"]))
    return lines


def _orders(rows: Sequence[dict[str, Any]]) -> list[tuple[str, str, float]]:
    """Pick class, label and microseconds of the contenders worth a bar."""
    by_name = {row["what"]: row for row in rows}
    best = next((row.get("note", "") for row in rows if row["what"] == "zen-engine / PyForest"), "")
    wanted = [
        ("off", "PyForest", "PyForest, record off"),
        ("on", "PyForest, recorded", "PyForest, record on and fetched"),
        ("peer", "one zen expression", "one compiled zen expression"),
        ("peer", "zen-engine, fastest", best),
        ("peer", "py_trees", "py_trees"),
    ]
    return [
        (style, label, by_name[name]["median"])
        for style, label, name in wanted
        if name in by_name and "median" in by_name[name]
    ]


def _curves(
    left: float, width: float, title: str, unit: str, lines: dict[str, Points]
) -> Iterator[str]:
    """Draw lines over logarithmic axes, each with its name at its end."""
    yield _title(left - 32, title)
    points = [point for line in lines.values() for point in line]
    if not points:
        return
    low_x, high_x = _decades(x for x, _ in points)
    low_y, high_y = _decades(y for _, y in points)

    def place(x: float, y: float) -> tuple[float, float]:
        share_x = (math.log10(x) - low_x) / (high_x - low_x)
        share_y = (math.log10(y) - low_y) / (high_y - low_y)
        return left + share_x * width, _BOTTOM - share_y * (_BOTTOM - _TOP)

    for decade in range(low_y, high_y + 1):
        _, y = place(10**low_x, 10**decade)
        yield f'<path class="grid" d="M{left:.0f} {y:.1f}H{left + width:.0f}"/>'
        yield _text(left - 6, y + 4, _power(decade), anchor="end")
    for decade in range(low_x, high_x + 1):
        x, _ = place(10**decade, 10**low_y)
        yield _text(x, _BOTTOM + 18, _power(decade))
    yield f'<path class="axis" d="M{left:.0f} {_BOTTOM}H{left + width:.0f}"/>'
    yield _text(left + width / 2, _BOTTOM + 40, unit)
    names = {"off": "PyForest", "on": "recorded", "peer": "py_trees"}
    for style, line in lines.items():
        if not line:
            continue
        places = [place(*point) for point in line]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
        yield f'<path class="line {style}" d="M{path}"/>'
        for x, y in places:
            yield f'<circle class="{style}" cx="{x:.1f}" cy="{y:.1f}" r="2.5"/>'
        x, y = places[-1]
        # The recorded ticks lie above the others.
        y += 22 if style == "off" else -14
        yield _text(x, y, names[style], anchor="end", style=f"tag {style}")


def _bars(
    left: float, width: float, title: str, bars: Sequence[tuple[str, str, float]]
) -> Iterator[str]:
    """Draw lying bars over a logarithmic axis."""
    yield _title(left, title)
    if not bars:
        return
    low, high = _decades(figure for *_, figure in bars)
    room = width - 56
    step = (_BOTTOM - _TOP) / len(bars)
    for at, (style, label, figure) in enumerate(bars):
        y = _TOP + at * step
        long = room * (math.log10(figure) - low) / (high - low)
        shown = f"{figure:.3g}"
        yield _text(left, y + 14, label, anchor="start")
        yield (
            f'<rect class="bar {style}" x="{left}" y="{y + 20:.1f}" width="{max(long, 2):.1f}" '
            f'height="16" rx="3"/>'
        )
        yield _text(left + max(long, 2) + 8, y + 33, shown, anchor="start", style="figure")
    yield _text(left + room / 2, _BOTTOM + 40, f"logarithmic, from {10.0**low:g} µs")


def _decades(figures: Iterator[float]) -> tuple[int, int]:
    logs = [math.log10(figure) for figure in figures]
    # A tree of 8 nodes is one of about 10: no decade for that little.
    low, high = math.floor(min(logs) + 0.2), math.ceil(max(logs) - 0.05)
    return low, max(high, low + 1)


def _power(decade: int) -> str:
    for size, letter in ((6, "M"), (3, "k")):
        if decade >= size:
            return f"{10 ** (decade - size)}{letter}"
    return f"{10**decade}"


def _title(x: float, text: str) -> str:
    return _text(x, 44, text, anchor="start", style="title")


def _text(x: float, y: float, text: str, *, anchor: str = "middle", style: str = "") -> str:
    kind = f' class="{style}"' if style else ""
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{kind}>{escape(text)}</text>'


def main() -> None:
    """Draw a stored report."""
    report, picture = map(Path, sys.argv[1:3])
    measures = json.loads(report.read_text("utf-8"))["measures"]
    picture.write_text(draw(measures), "utf-8")


if __name__ == "__main__":
    main()
