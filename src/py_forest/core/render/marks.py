"""How kinds of node and statuses are marked in text, and which colour a status has anywhere."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from py_forest.models.status import Status

GLYPHS: Final = MappingProxyType(
    {
        "alarm-clock": "◷",
        "bar-chart": "≥",
        "check": "✓",
        "check-circle": "1",
        "chevrons-right": "⇒",
        "clipboard": "↧",
        "clock": "◷",
        "cloud": "↗",
        "code": "λ",
        "columns": "⇉",
        "dice": "%",
        "eraser": "∅",
        "filter": "◇",
        "gauge": "◷",
        "git-branch": "⎇",
        "hash": "#",
        "help-circle": "?",
        "hourglass": "◷",
        "infinity": "∞",
        "list": "≡",
        "list-ordered": "≡",
        "loader": "▸",
        "message-square": "¶",
        "package": "▣",
        "pencil": "✎",
        "refresh-cw": "↻",
        "repeat": "↻",
        "replace": "⇄",
        "rotate-ccw": "↺",
        "shield": "◈",
        "shuffle": "≈",
        "snowflake": "*",
        "square-dashed": "□",
        "table": "▦",
        "timer": "◷",
        "user": "@",
        "x": "✗",
        "zap": "ƒ",
        "arrow-right": "→",
    }
)
"""One character of one cell for each icon; an icon that is not here is drawn as `UNKNOWN_GLYPH`."""

UNKNOWN_GLYPH: Final = "•"

STATUS_MARKS: Final = MappingProxyType(
    {
        Status.INVALID: "·",
        Status.RUNNING: "▶",
        Status.SUCCESS: "✓",
        Status.FAILURE: "✗",
        Status.SKIPPED: "↷",
    }
)

STATUS_MARKS_ASCII: Final = MappingProxyType(
    {
        Status.INVALID: "[ ]",
        Status.RUNNING: "[>]",
        Status.SUCCESS: "[v]",
        Status.FAILURE: "[x]",
        Status.SKIPPED: "[-]",
    }
)

STATUS_COLOURS: Final = MappingProxyType(
    {
        Status.INVALID: "#94a3b8",
        Status.RUNNING: "#2563eb",
        Status.SUCCESS: "#16a34a",
        Status.FAILURE: "#dc2626",
        Status.SKIPPED: "#64748b",
    }
)
"""Colours that tell the statuses apart on white and on black; every use has a mark beside it."""


def glyph(icon: str) -> str:
    """Return the character that stands for an icon."""
    return GLYPHS.get(icon, UNKNOWN_GLYPH)
