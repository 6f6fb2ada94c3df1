"""Draw the icons of the extension and of its two modules; all are our own drawings.

Run it after changing a drawing: ``python scripts/make_icons.py``.
"""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QGuiApplication, QImage, QPainter, QPainterPath, QPen, QRadialGradient

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[1]
SIZE = 128
NODE = QColor("#f2b544")
NODE_SHADE = QColor("#d98a1f")
NODE_EDGE = QColor("#8a4b0a")
CORE = QColor("#6b4a2b")
ARTERY = QColor("#e0483e")
ARTERY_EDGE = QColor("#8f1d17")
CURVE = QColor("#2f8fd8")
AXIS = QColor("#8a93a0")
RIM = QColor("#ffffff")

# Angle, clockwise from the right in degrees, and length of each spike in fat.
SPIKES = [(152, 15), (188, 20), (222, 16), (256, 20), (290, 14)]


def _pen(colour: QColor, width: float) -> QPen:
    return QPen(QBrush(colour), width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin)


def _node_path(centre: QPointF, radius: float) -> QPainterPath:
    """Return an outline of a round node whose free side runs out into spikes."""
    outline = QPainterPath()
    outline.addEllipse(centre, radius, radius * 0.92)
    for degrees, length in SPIKES:
        angle = math.radians(degrees)
        tip = centre + QPointF(math.cos(angle), math.sin(angle)) * (radius + length)
        spike = QPainterPath(tip)
        for side in (-0.26, 0.26):
            foot = QPointF(math.cos(angle + side), math.sin(angle + side)) * radius * 0.9
            spike.lineTo(centre + foot)
        spike.closeSubpath()
        outline = outline.united(spike)
    return outline


def _draw_node(painter: QPainter, centre: QPointF, radius: float) -> None:
    outline = _node_path(centre, radius)
    painter.setPen(_pen(RIM, 9))
    painter.drawPath(outline)
    shade = QRadialGradient(centre - QPointF(radius, radius) * 0.35, radius * 1.6)
    shade.setColorAt(0, NODE)
    shade.setColorAt(1, NODE_SHADE)
    painter.setBrush(QBrush(shade))
    painter.setPen(_pen(NODE_EDGE, 3.5))
    painter.drawPath(outline)


def _draw_artery(painter: QPainter, centre: QPointF, radius: float) -> None:
    for colour, extra in ((RIM, 4.5), (ARTERY_EDGE, 0.0)):
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawEllipse(centre, radius + extra, radius + extra)
    painter.setBrush(ARTERY)
    painter.drawEllipse(centre, radius - 4, radius - 4)


def draw_node_and_artery(painter: QPainter) -> None:
    """Draw the module icon of iENEGrader: a node with spikes on one side and an artery on the other."""
    _draw_node(painter, QPointF(62, 62), 33)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(CORE)
    painter.drawEllipse(QPointF(54, 60), 10, 8)
    _draw_artery(painter, QPointF(95, 91), 21)


def draw_extension(painter: QPainter) -> None:
    """Draw the extension icon: the node beside the artery, on a plate, under the outline of a contact arc."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor("#173a5e"))
    painter.drawRoundedRect(QRectF(2, 2, 124, 124), 24, 24)
    draw_node_and_artery(painter)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(_pen(QColor("#7fe3ff"), 6))
    painter.drawArc(QRectF(95 - 29, 91 - 29, 58, 58), 75 * 16, 150 * 16)


def draw_uptake(painter: QPainter) -> None:
    """Draw the module icon of PWIProtocol: an enhancement curve over time, with its samples."""
    axes = QPainterPath(QPointF(18, 14))
    axes.lineTo(18, 112)
    axes.lineTo(116, 112)
    curve = QPainterPath(QPointF(24, 100))
    curve.lineTo(38, 100)
    curve.cubicTo(QPointF(48, 100), QPointF(46, 26), QPointF(62, 26))
    curve.cubicTo(QPointF(76, 26), QPointF(84, 52), QPointF(112, 58))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for path, colour, width in ((axes, AXIS, 8), (curve, CURVE, 10)):
        painter.setPen(_pen(RIM, width + 6))
        painter.drawPath(path)
        painter.setPen(_pen(colour, width))
        painter.drawPath(path)
    for percent in (0.28, 0.6, 0.8, 1.0):
        painter.setPen(_pen(ARTERY_EDGE, 3))
        painter.setBrush(ARTERY)
        painter.drawEllipse(curve.pointAtPercent(percent), 8.5, 8.5)


def save_icon(path: Path, draw: Callable[[QPainter], None]) -> None:
    """Draw one icon of 128 x 128 pixels on a transparent ground and save it as PNG."""
    image = QImage(SIZE, SIZE, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    draw(painter)
    painter.end()
    path.parent.mkdir(parents=True, exist_ok=True)
    if not image.save(str(path)):
        raise SystemExit(f"{path} could not be written")


def main() -> None:
    """Draw all icons."""
    application = QGuiApplication([])
    save_icon(ROOT / "HeadNeckNodes.png", draw_extension)
    save_icon(ROOT / "iENEGrader/Resources/Icons/iENEGrader.png", draw_node_and_artery)
    save_icon(ROOT / "PWIProtocol/Resources/Icons/PWIProtocol.png", draw_uptake)
    application.quit()


if __name__ == "__main__":
    main()
