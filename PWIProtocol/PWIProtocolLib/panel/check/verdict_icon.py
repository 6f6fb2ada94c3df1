"""The shape of a verdict as an icon: disc, star, square, diamond and bar, told apart without their colour."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
import slicer

from PWIProtocolLib.protocol.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PWIProtocolLib.protocol.verdict import CriterionResult

    Line = Sequence[tuple[float, float]]

SIZE = 16
SCALE = 4  # drawn larger than shown: sharp on fine screens
DARK_BELOW = 128
ON_LIGHT = {Verdict.MET: "#1d6b45", Verdict.OPTIMAL: "#0b57a4", Verdict.NOT_MET: "#a3172b",
            Verdict.CANNOT_TELL: "#76560a"}  # fmt: skip
ON_DARK = {Verdict.MET: "#6fd3a0", Verdict.OPTIMAL: "#8cc2ff", Verdict.NOT_MET: "#ff9a9d",
           Verdict.CANNOT_TELL: "#edc45a"}  # fmt: skip
STAR = (
    (8, 0.5),
    (10.2, 5.5),
    (15.5, 6),
    (11.5, 9.6),
    (12.7, 15),
    (8, 12.2),
    (3.3, 15),
    (4.5, 9.6),
    (0.5, 6),
    (5.8, 5.5),
)
OUTLINES: dict[Verdict, Line] = {
    Verdict.OPTIMAL: STAR,
    Verdict.NOT_MET: ((1.5, 1.5), (14.5, 1.5), (14.5, 14.5), (1.5, 14.5)),
    Verdict.CANNOT_TELL: ((8, 0.3), (15.7, 8), (8, 15.7), (0.3, 8)),
    Verdict.USER_SUPPLIED: ((0.5, 4), (15.5, 4), (15.5, 12), (0.5, 12)),
}
SIGNS: dict[Verdict, Sequence[Line]] = {
    Verdict.MET: (((4.5, 8.3), (7, 10.8), (11.6, 5.6)),),
    Verdict.OPTIMAL: (),
    Verdict.NOT_MET: (((5, 5), (11, 11)), ((11, 5), (5, 11))),
    Verdict.CANNOT_TELL: (((6, 6.2), (7, 4.6), (9, 4.6), (10, 6.2), (8, 8.2), (8, 9.4)), ((8, 11.6), (8, 12))),
    Verdict.USER_SUPPLIED: (((4, 8), (4.1, 8)), ((8, 8), (8.1, 8)), ((12, 8), (12.1, 8))),
}


def verdict_colour(result: CriterionResult) -> qt.QColor:
    """Return the colour of a verdict on the present theme; an entered value has that of what it comes to."""
    come_to = {True: Verdict.MET, False: Verdict.NOT_MET, None: Verdict.CANNOT_TELL}
    entered = result.verdict is Verdict.USER_SUPPLIED
    return colour_of(come_to[result.satisfied] if entered else result.verdict)


def colour_of(verdict: Verdict) -> qt.QColor:
    """Return the colour of a verdict on the present theme, that of plain text for one without a colour."""
    palette = slicer.app.palette()
    colours = ON_DARK if palette.color(qt.QPalette.Base).lightness() < DARK_BELOW else ON_LIGHT
    return qt.QColor(colours[verdict]) if verdict in colours else palette.color(qt.QPalette.Text)


def verdict_icon(verdict: Verdict, colour: qt.QColor) -> qt.QIcon:
    """Return the shape of a verdict in a colour, and in that of the text of a line where the line is selected."""
    palette = slicer.app.palette()
    icon = qt.QIcon(_drawn(verdict, colour, palette.color(qt.QPalette.Base)))
    selected = (palette.color(qt.QPalette.HighlightedText), palette.color(qt.QPalette.Highlight))
    icon.addPixmap(_drawn(verdict, *selected), qt.QIcon.Selected)
    return icon


def _drawn(verdict: Verdict, colour: qt.QColor, behind: qt.QColor) -> qt.QPixmap:
    """Draw a shape, its sign in the colour that is behind it."""
    pixmap = qt.QPixmap(SIZE * SCALE, SIZE * SCALE)
    pixmap.fill(qt.QColor(0, 0, 0, 0))
    painter = qt.QPainter(pixmap)
    painter.setRenderHint(qt.QPainter.Antialiasing, True)
    painter.scale(SCALE, SCALE)
    painter.fillPath(_outline(verdict), qt.QBrush(colour))
    pen = qt.QPen(behind)
    pen.setWidthF(2.0)
    pen.setCapStyle(qt.Qt.RoundCap)
    pen.setJoinStyle(qt.Qt.RoundJoin)
    for line in SIGNS[verdict]:
        painter.strokePath(_path(line), pen)
    painter.end()
    return pixmap


def _outline(verdict: Verdict) -> qt.QPainterPath:
    if verdict is Verdict.MET:
        disc = qt.QPainterPath()
        disc.addEllipse(1.0, 1.0, 14.0, 14.0)
        return disc
    path = _path(OUTLINES[verdict])
    path.closeSubpath()
    return path


def _path(line: Line) -> qt.QPainterPath:
    path = qt.QPainterPath()
    path.moveTo(float(line[0][0]), float(line[0][1]))
    for x, y in line[1:]:
        path.lineTo(float(x), float(y))
    return path
