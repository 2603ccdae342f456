"""Drawing a tree: as text, as Mermaid, as Graphviz, as SVG.

What lives here is pure: a definition (and, where there is a run to show, the statuses of its nodes)
goes in, text comes out, the same text every time. No terminal, no file, no colour codes. Nothing
here recurses, so a tree of any depth that can be read can be drawn. May import `engine` and below.
"""

from __future__ import annotations

from py_forest.core.render.ascii import TextLine, render_ascii, text_lines
from py_forest.core.render.dot import outline_dot, render_dot
from py_forest.core.render.mermaid import outline_mermaid, render_mermaid
from py_forest.core.render.outline import Outline, OutlineNode, outline
from py_forest.core.render.svg import outline_svg, render_svg

__all__ = [
    "Outline",
    "OutlineNode",
    "TextLine",
    "outline",
    "outline_dot",
    "outline_mermaid",
    "outline_svg",
    "render_ascii",
    "render_dot",
    "render_mermaid",
    "render_svg",
    "text_lines",
]
