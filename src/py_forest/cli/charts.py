"""Bars in a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from rich.text import Text

from py_forest.cli import terminal

if TYPE_CHECKING:
    from collections.abc import Sequence

COLOURS: Final = (
    "#2563eb",
    "#d97706",
    "#059669",
    "#9333ea",
    "#dc2626",
    "#0891b2",
    "#be185d",
    "#65a30d",
)
"""Told apart by most eyes; where there is no colour, shades stand in for them."""

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_SHADES = "█▓▒░"


def bar(share: float, width: int, colour: str = COLOURS[0]) -> Text:
    """Return a bar, a share of the width; what is more than nothing is never invisible.

    Args:
        share: 0 to 1.
        width: in columns.
        colour: of the bar.
    """
    if terminal.charset() == "ascii":
        return Text("#" * max(round(share * width), share > 0), colour)
    eighths = max(round(share * width * 8), 1 if share > 0 else 0)
    text = _EIGHTHS[8] * (eighths // 8) + _EIGHTHS[eighths % 8].strip()
    return Text(text, colour)


def stacked(parts: Sequence[float], width: int) -> Text:
    """Return a bar of several parts, one after the other.

    Args:
        parts: shares of the width, 0 to 1 together.
        width: in columns.
    """
    text = Text()
    done = drawn = 0.0
    for place, part in enumerate(parts):
        done += part
        columns = round(done * width) - int(drawn)
        drawn += columns
        text.append(fill(place) * columns, COLOURS[place % len(COLOURS)])
    return text


def fill(place: int) -> str:
    """Return the character that the part at that place is drawn with."""
    if terminal.charset() == "ascii":
        return "#*+=-"[place % 5]
    has_colour = terminal.output().color_system is not None and not terminal.output().no_color
    return _SHADES[0] if has_colour else _SHADES[place % len(_SHADES)]


def legend(labels: Sequence[str]) -> Text:
    """Return which part of a stacked bar is which."""
    text = Text()
    for place, label in enumerate(labels):
        text.append(f"{fill(place)} ", COLOURS[place % len(COLOURS)]).append(f"{label}   ")
    return text
