"""A tree as an SVG picture that needs nothing else to be looked at."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Literal

from py_forest.core.render.cards import BAR_HEIGHT, TEXT_LEFT, Card, cards
from py_forest.core.render.icons import STATUS_ICONS, icon_path
from py_forest.core.render.marks import STATUS_COLOURS
from py_forest.core.render.outline import Outline, outline
from py_forest.core.render.placing import Placement, place_cards
from py_forest.models.status import Status

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from py_forest.models.trees import TreeDefinition

Direction = Literal["auto", "down", "right"]

_MARGIN = 24.0
_DOWN_AT_MOST = 60
_BEND, _LEAST_BEND = 8.0, 0.5
_STYLE = """\
text{font-family:Inter,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.ground{fill:#f8fafc}.card{fill:#fff;stroke:#cbd5e1;stroke-width:1.25}
.name{font-size:13px;font-weight:600;fill:#0f172a}.what{font-size:11.5px;fill:#475569}
.bar{font-size:11px;fill:#1e293b}.edge{fill:none;stroke:#94a3b8;stroke-width:1.5}
.icon{fill:none;stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}.idle{opacity:.5}
.rule{stroke-width:1;opacity:.35}.badge{fill:none;stroke:#fff;stroke-width:1.6;stroke-linecap:round;\
stroke-linejoin:round}
@media (prefers-color-scheme:dark){.ground{fill:#0b1220}.card{fill:#172033;stroke:#334155}
.name{fill:#f1f5f9}.what{fill:#a3b1c6}.bar{fill:#dbe4f0}.edge{stroke:#64748b}}
"""


def render_svg(
    definition: TreeDefinition,
    *,
    statuses: Mapping[str, Status] | None = None,
    node_ids: Sequence[str] | None = None,
    direction: Direction = "auto",
) -> str:
    """Draw a tree as SVG: cards in layers, decorators as bars on the card they wrap.

    Small trees grow downwards, a row of leaves standing as a list below its parent; trees of more
    than 60 cards grow to the right. The picture is readable on light and on dark ground.

    Args:
        definition: the tree; it need not be valid.
        statuses: by node id, to be marked on the cards; what did not run is drawn faintly.
        node_ids: an id for each node in pre-order, see `outline`.
        direction: `down`, `right`, or `auto` to choose by size.

    Raises:
        LimitExceeded: the tree is too large for a picture.
    """
    drawn = outline(definition, statuses=statuses, node_ids=node_ids)
    return outline_svg(drawn, direction=direction)


def outline_svg(drawn: Outline, *, direction: Direction = "auto") -> str:
    """Draw what `outline` laid out as SVG, see `render_svg`."""
    made = cards(drawn)
    if direction == "auto":
        direction = "down" if len(made) <= _DOWN_AT_MOST else "right"
    placed = place_cards(made, direction)
    return "\n".join(_document(drawn, made, placed)) + "\n"


def _document(drawn: Outline, made: list[Card], placed: Placement) -> Iterator[str]:
    width, height = placed.width + 2 * _MARGIN, placed.height + 2 * _MARGIN
    title = escape(drawn.title or "Tree")
    count = len(drawn.nodes)
    yield (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{_n(width)}" height="{_n(height)}" '
        f'viewBox="{_n(-_MARGIN)} {_n(-_MARGIN)} {_n(width)} {_n(height)}" role="img">'
    )
    yield f"<title>{title}</title>"
    yield f"<desc>Behaviour tree of {count:,} {'node' if count == 1 else 'nodes'}</desc>"
    yield f"<style>\n{_STYLE}</style>"
    yield "<defs>"
    for icon in sorted({node.icon for node in drawn.nodes}):
        yield f'<path id="i-{escape(icon or "unknown")}" d="{icon_path(icon)}"/>'
    yield "</defs>"
    yield (
        f'<rect class="ground" x="{_n(-_MARGIN)}" y="{_n(-_MARGIN)}" '
        f'width="{_n(width)}" height="{_n(height)}"/>'
    )
    yield from _edges(made, placed)
    for card, (x, y) in zip(made, placed.corners, strict=True):
        yield from _card(card, x, y)
    yield "</svg>"


def _edges(made: list[Card], placed: Placement) -> Iterator[str]:
    """Draw the lines first, those to nodes that ran last, so that these lie on top."""
    ran: list[str] = []
    for parent, card in enumerate(made):
        for child in card.children:
            status = (made[child].bars or [made[child].node])[0].status
            path = _bent(placed.edge(made, parent, child))
            if status:
                colour = STATUS_COLOURS[status]
                ran.append(
                    f'<path class="edge" style="stroke:{colour};stroke-width:2" d="{path}"/>'
                )
            else:
                yield f'<path class="edge" d="{path}"/>'
    yield from ran


def _card(card: Card, x: float, y: float) -> Iterator[str]:
    node = card.node
    is_idle = node.status is Status.INVALID
    hover = " · ".join(part for part in (node.name, node.caption, node.note, node.node_id) if part)
    yield f"<g{_idle(is_idle)}><title>{escape(hover)}</title>"
    top = y + BAR_HEIGHT * len(card.bars)
    body = card.height - BAR_HEIGHT * len(card.bars)
    radius = body / 2 if node.category == "condition" and not card.bars else 9.0
    frame = _frame_style(node.status)
    yield (
        f'<rect class="card"{frame} x="{_n(x)}" y="{_n(y)}" width="{_n(card.width)}" '
        f'height="{_n(card.height)}" rx="{_n(radius)}"/>'
    )
    yield from _bars(card, x, y)
    tile = body / 2 - 13
    tile_radius = 13.0 if node.category == "condition" else 7.0
    yield (
        f'<rect x="{_n(x + 11)}" y="{_n(top + tile)}" width="26" height="26" '
        f'rx="{_n(tile_radius)}" fill="{node.color}" fill-opacity=".13"/>'
    )
    yield _icon(node.icon, node.color, x + 16, top + tile + 5, 1.0)
    name_y = top + (20 if card.caption else body / 2 + 4.5)
    yield f'<text class="name" x="{_n(x + TEXT_LEFT)}" y="{_n(name_y)}">{escape(card.name)}</text>'
    if card.caption:
        yield (
            f'<text class="what" x="{_n(x + TEXT_LEFT)}" y="{_n(top + 36.5)}">'
            f"{escape(card.caption)}</text>"
        )
    if node.status:
        yield from _badge(node.status, x + card.width - 18, top + body / 2)
    yield "</g>"


def _bars(card: Card, x: float, y: float) -> Iterator[str]:
    width = card.width
    for place, (bar, text) in enumerate(zip(card.bars, card.bar_texts, strict=True)):
        top = y + place * BAR_HEIGHT
        if place == 0:
            shape = (
                f"M{_n(x)} {_n(top + BAR_HEIGHT)}V{_n(top + 9)}a9 9 0 0 1 9-9H{_n(x + width - 9)}"
                f"a9 9 0 0 1 9 9V{_n(top + BAR_HEIGHT)}z"
            )
        else:
            shape = f"M{_n(x)} {_n(top)}h{_n(width)}v{_n(BAR_HEIGHT)}h{_n(-width)}z"
        yield f'<path d="{shape}" fill="{bar.color}" fill-opacity=".12"/>'
        yield (
            f'<path class="rule" stroke="{bar.color}" '
            f'd="M{_n(x)} {_n(top + BAR_HEIGHT)}h{_n(width)}"/>'
        )
        yield _icon(bar.icon, bar.color, x + 12, top + 5, 0.75)
        yield (f'<text class="bar" x="{_n(x + 30)}" y="{_n(top + 15)}">{escape(text)}</text>')
        if bar.status:
            yield (
                f'<circle cx="{_n(x + width - 18)}" cy="{_n(top + 11)}" r="4.5" '
                f'fill="{STATUS_COLOURS[bar.status]}"/>'
            )


def _badge(status: Status, x: float, y: float) -> Iterator[str]:
    yield f'<circle cx="{_n(x)}" cy="{_n(y)}" r="8.5" fill="{STATUS_COLOURS[status]}"/>'
    yield (
        f'<path class="badge" transform="translate({_n(x - 8)} {_n(y - 8)})" '
        f'd="{STATUS_ICONS[status.name]}"/>'
    )


def _icon(icon: str, colour: str, x: float, y: float, scale: float) -> str:
    sized = f" scale({scale:g})" if scale != 1.0 else ""
    return (
        f'<use class="icon" href="#i-{escape(icon or "unknown")}" stroke="{colour}" '
        f'transform="translate({_n(x)} {_n(y)}){sized}"/>'
    )


def _frame_style(status: Status | None) -> str:
    return f' style="stroke:{STATUS_COLOURS[status]};stroke-width:2"' if status else ""


def _idle(is_idle: bool) -> str:
    return ' class="idle"' if is_idle else ""


def _bent(points: Sequence[tuple[float, float]]) -> str:
    """Join points by straight lines with rounded corners."""
    (x, y), *rest = points
    path = [f"M{_n(x)} {_n(y)}"]
    for place, (corner_x, corner_y) in enumerate(rest[:-1]):
        next_x, next_y = rest[place + 1]
        into = abs(corner_x - x) + abs(corner_y - y)
        out = abs(next_x - corner_x) + abs(next_y - corner_y)
        bend = min(_BEND, into / 2, out / 2)
        if bend < _LEAST_BEND:
            continue
        start = (corner_x - bend * _sign(corner_x - x), corner_y - bend * _sign(corner_y - y))
        end = (
            corner_x + bend * _sign(next_x - corner_x),
            corner_y + bend * _sign(next_y - corner_y),
        )
        path.append(f"L{_n(start[0])} {_n(start[1])}")
        path.append(f"Q{_n(corner_x)} {_n(corner_y)} {_n(end[0])} {_n(end[1])}")
        x, y = end
    path.append(f"L{_n(rest[-1][0])} {_n(rest[-1][1])}")
    return "".join(path)


def _sign(number: float) -> int:
    return (number > 0) - (number < 0)


def _n(number: float) -> str:
    """Write a coordinate: to a tenth of a pixel, without needless zeros."""
    text = f"{number:.1f}"
    return text[:-2] if text.endswith(".0") else text
