"""The tables of docs/performance.md, rewritten from a run."""

from __future__ import annotations

import json
from pathlib import Path

from bench import chart
from bench.result import Measure, Row
from bench.table import figures

_BEGIN = "<!-- bench: begin -->"
_END = "<!-- bench: end -->"
_MARKS = {True: "met", False: "**missed**", None: ""}


def write(page: Path, measures: list[Measure], machine: dict[str, str], *, quick: bool) -> None:
    """Replace the marked block of a page, its chart and its raw numbers.

    The raw samples go to `<page>.json` beside it, the chart to `images/<page>.svg`.

    Raises:
        ValueError: the page has no marked block.
    """
    text = page.read_text("utf-8")
    if _BEGIN not in text or _END not in text:
        raise ValueError(f"{page} has no block from `{_BEGIN}` to `{_END}`")
    before, rest = text.split(_BEGIN, 1)
    _, after = rest.split(_END, 1)
    block = render(measures, machine, quick=quick)
    page.write_text(f"{before}{_BEGIN}\n\n{block}\n{_END}{after}", "utf-8")
    drawn = [measure.to_json() for measure in measures]
    raw = {"machine": machine, "measures": drawn}
    page.with_suffix(".json").write_text(_compact(raw), "utf-8")
    picture = page.parent / "images" / f"{page.stem}.svg"
    picture.write_text(chart.draw(drawn), "utf-8")


def render(measures: list[Measure], machine: dict[str, str], *, quick: bool) -> str:
    """Return machine and measures as Markdown."""
    command = "python -m bench --quick" if quick else "make bench"
    lines = [f"Measured with `{command}` on:", "", "| | |", "| --- | --- |"]
    lines += [f"| {name} | {value} |" for name, value in machine.items()]
    for measure in measures:
        lines += ["", f"### {measure.title}", ""]
        lines += ["| what | median | p10 | p90 | lowest | unit | bar | |"]
        lines += ["| --- | ---: | ---: | ---: | ---: | --- | ---: | --- |"]
        lines += [_line(row) for row in measure.rows]
        notes = [f"- {row.what}: {row.note}." for row in measure.rows if _is_worth_saying(row)]
        if notes:
            lines += ["", *notes]
    return "\n".join(lines) + "\n"


def _line(row: Row) -> str:
    cells = [row.what, *figures(row), row.unit, str(row.bar or ""), _MARKS[row.is_met]]
    return f"| {' | '.join(cells)} |"


def _is_worth_saying(row: Row) -> bool:
    """A curve's rows repeat themselves in what they note."""
    return bool(row.note) and row.size is None


def _compact(raw: object) -> str:
    """One line for each row: a diff of two runs can be read."""
    text = json.dumps(raw, indent=1, ensure_ascii=False)
    out: list[str] = []
    inside = False
    for line in text.splitlines():
        if inside:
            out[-1] += line.strip() if line.strip().startswith("]") else f"{line.strip()} "
            inside = not line.strip().startswith("]")
        else:
            out.append(line)
            inside = line.endswith('"samples": [')
    return "\n".join(out).replace(" ]", "]") + "\n"
