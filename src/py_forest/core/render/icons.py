"""The icons of node types as SVG paths, drawn with a pen of 1.5 on a field of 16 by 16."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

ICONS: Final = MappingProxyType(
    {
        "alarm-clock": "M8 4a5 5 0 1 0 0 10A5 5 0 0 0 8 4zM8 6.5V9l1.8 1.2M2.2 4 4.5 2"
        "M13.8 4 11.5 2",
        "arrow-right": "M2.5 8h11M9 3.5 13.5 8 9 12.5",
        "bar-chart": "M3.5 13V9M8 13V3M12.5 13V6",
        "check": "M3 8.5 6.5 12 13 4.5",
        "check-circle": "M14 8A6 6 0 1 1 8 2a6 6 0 0 1 6 6zM5.5 8.2 7.3 10 10.7 6.3",
        "chevrons-right": "M3 3.5 7.5 8 3 12.5M8.5 3.5 13 8l-4.5 4.5",
        "clipboard": "M5.5 3.5H4V14h8V3.5h-1.5M5.5 2.2h5v2.6h-5zM6 9.5 7.5 11 10 8",
        "clock": "M14 8A6 6 0 1 1 8 2a6 6 0 0 1 6 6zM8 4.5V8l2.5 1.5",
        "cloud": "M4.5 12.5h7a2.7 2.7 0 0 0 .5-5.3 4 4 0 0 0-7.7-.6 3 3 0 0 0 .2 5.9z",
        "code": "M5.5 4.5 2 8l3.5 3.5M10.5 4.5 14 8l-3.5 3.5",
        "columns": "M4 3v10M8 3v10M12 3v10",
        "dice": "M3 3h10v10H3zM5.8 5.8h.01M10.2 5.8h.01M8 8h.01M5.8 10.2h.01M10.2 10.2h.01",
        "eraser": "M6 13h7.5M3 9.5 9.5 3l4 4L7.5 13H6z",
        "filter": "M2.5 3h11l-4 5v5l-3-1.5V8z",
        "gauge": "M3.4 12a6 6 0 1 1 9.2 0M8 9l2.8-3.2",
        "git-branch": "M4 2.5v11M4 10.5c5.5 0 8-1.5 8-7M9.5 5.5l2.5-2.5 2.5 2.5",
        "hash": "M6.2 2.5 5 13.5M11 2.5 9.8 13.5M2.8 6h10.7M2.5 10h10.7",
        "help-circle": "M5.2 5.6a2.9 2.9 0 1 1 4.3 2.6C8.4 8.8 8 9.3 8 10.4M8 13v.2",
        "hourglass": "M4 2h8M4 14h8M5 2v2.5L8 8l3-3.5V2M5 14v-2.5L8 8l3 3.5V14",
        "infinity": "M8 8C6.5 6 5.5 5 4.2 5a3 3 0 0 0 0 6C5.5 11 6.5 10 8 8"
        "s2.5-3 3.8-3a3 3 0 0 1 0 6"
        "C10.5 11 9.5 10 8 8z",
        "list": "M6 4h7.5M6 8h7.5M6 12h7.5M2.5 4h.01M2.5 8h.01M2.5 12h.01",
        "list-ordered": "M7 4h6.5M7 8h6.5M7 12h6.5M3 2.7v2.6M2.2 10.8h1.6L2.2 13.2h1.6",
        "loader": "M8 2v3M8 11v3M2 8h3M11 8h3M3.8 3.8l2.1 2.1M10.1 10.1l2.1 2.1M3.8 12.2l2.1-2.1"
        "M10.1 5.9l2.1-2.1",
        "message-square": "M2.5 3h11v8H7l-3 2.5V11H2.5z",
        "package": "M8 2l5.5 3v6L8 14l-5.5-3V5zM2.5 5 8 8l5.5-3M8 8v6",
        "pencil": "M3 13l.7-3 6.8-6.8 2.3 2.3L6 12.3zM9 4.7 11.3 7",
        "refresh-cw": "M13 8a5 5 0 1 1-1.6-3.7M13 2v3h-3",
        "repeat": "M3 7V6a2 2 0 0 1 2-2h8M11 2l2 2-2 2M13 9v1a2 2 0 0 1-2 2H3M5 14l-2-2 2-2",
        "replace": "M2.5 5.5h9M9 3l2.5 2.5L9 8M13.5 10.5h-9M7 8l-2.5 2.5L7 13",
        "rotate-ccw": "M3 8a5 5 0 1 0 1.6-3.7M3 2v3h3",
        "shield": "M8 2l5 1.8v4C13 11 11 13 8 14 5 13 3 11 3 7.8v-4z",
        "shuffle": "M2 4.5h2.5l6 7H14M2 11.5h2.5l6-7H14M12 2.5l2 2-2 2M12 9.5l2 2-2 2",
        "snowflake": "M8 2v12M2.8 5l10.4 6M13.2 5 2.8 11",
        "square-dashed": "M5 2.5H2.5V5M11 2.5h2.5V5M5 13.5H2.5V11M11 13.5h2.5V11",
        "table": "M2.5 3h11v10h-11zM2.5 6.5h11M2.5 10h11M6.5 3v10",
        "timer": "M8 4.5a4.7 4.7 0 1 0 0 9.4 4.7 4.7 0 0 0 0-9.4zM6.5 2h3M8 9.2l2-2",
        "user": "M8 8a2.7 2.7 0 1 0 0-5.4A2.7 2.7 0 0 0 8 8zM3 13.8c.3-2.8 2.3-4 5-4s4.7 1.2 5 4",
        "x": "M4 4l8 8M12 4l-8 8",
        "zap": "M9 2 3.5 9H8l-1 5 5.5-7H8z",
    }
)
"""By the names that node types use."""

UNKNOWN_ICON: Final = "M8 7.5a.5.5 0 1 0 0 1 .5.5 0 0 0 0-1z"

STATUS_ICONS: Final = MappingProxyType(
    {
        "RUNNING": "M6.3 5l4.7 3-4.7 3z",
        "SUCCESS": "M4.8 8.2 7 10.4 11.2 5.8",
        "FAILURE": "M5.5 5.5l5 5M10.5 5.5l-5 5",
        "SKIPPED": "M4.5 9.5c1-3.5 5-3.5 6.5 0M11.3 6.5v3h-3",
    }
)


def icon_path(icon: str) -> str:
    """Return the path of an icon."""
    return ICONS.get(icon, UNKNOWN_ICON)
