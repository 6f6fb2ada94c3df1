"""What stands in place of a figure that cannot be drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING

from HeadNeckNodesLib.drawing import svg

if TYPE_CHECKING:
    from HeadNeckNodesLib.html.markup import Markup

WIDTH, MARGIN = 480.0, 14.0


def statement_figure(title: str, sentence: str) -> Markup:
    """Return a figure that says in words why there is nothing to see."""
    heading = svg.text(MARGIN, 21, title, size=14, bold=True)
    words, below = svg.paragraph(MARGIN, 48, sentence, WIDTH - 2 * MARGIN)
    return svg.document(WIDTH, below + 4, [heading, words], title)
