"""Two nodes that meet, and the angle of the notch between them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.drawing import svg
from HeadNeckNodesLib.html.markup import Markup, tag

from iENEGraderLib.export.figures.outline import label_middle_ras, label_surface
from iENEGraderLib.export.figures.panel import (
    CONTACT_COLOUR,
    NODE_COLOUR,
    Panel,
    image_window,
    window_note,
)
from iENEGraderLib.export.figures.plane import plane_along, unit
from iENEGraderLib.export.figures.statement import statement_figure

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray

    from iENEGraderLib.measure.coalescence.criteria import Notch

    Floats = NDArray[np.float64]

WIDTH, MARGIN, HEAD, FOOT = 480.0, 12.0, 34.0, 84.0
OTHER_COLOUR = "#f0e442"
ROOM_MM, LEAST_HALF_MM, MOST_HALF_MM = 10.0, 14.0, 40.0
SIDE_LENGTH_MM = 8.0


def notch_figure(
    notch: Notch, first: NDArray[Any] | Segment, second: NDArray[Any] | Segment, image: Image, title: str
) -> Markup:
    """Draw two nodes in the plane through both middles and the notch between them, with the angle of the notch.

    The angle is the median over all half-planes round the line through both middles; its sides are drawn evenly to
    both sides of the way out of the notch.

    Parameters
    ----------
    notch : from :mod:`iENEGraderLib.measure.coalescence`.
    first, second : masks [k, j, i] or segments on the grid of the image.
    image : what was measured.
    title : names both nodes.
    """
    surfaces = [label_surface(node, image.geometry) for node in (first, second)]
    if notch.place_ras_mm is None or notch.angle_deg is None or surfaces[0] is None or surfaces[1] is None:
        return statement_figure(title, f"Notch between the nodes: {notch.reason}.")
    ends = np.stack([label_middle_ras(each, image.geometry) for each in surfaces if each is not None])
    place = np.array(notch.place_ras_mm)
    middle = ends.mean(axis=0)
    half = float(np.clip(np.linalg.norm(ends[1] - ends[0]) / 2 + ROOM_MM, LEAST_HALF_MM, MOST_HALF_MM))
    side = WIDTH - 2 * MARGIN
    panel = Panel(plane_along(middle, ends[1] - ends[0], place - middle), half, svg.Rect(MARGIN, HEAD, side, side))
    words = f"{notch.angle_deg:.0f}°" + ("" if notch.uncertainty is None else f" ± {notch.uncertainty:.0f}°")
    caption = f"Plane through the middles of both labels and the notch. Notch angle, median of all directions: {words}."
    entries = [("notch angle", CONTACT_COLOUR), ("first node", NODE_COLOUR), ("second node", OTHER_COLOUR)]
    parts = [
        svg.text(MARGIN, 22, title, size=14, bold=True),
        panel.grey_part(image, image_window(image)),
        panel.outline_part(surfaces[0], image.geometry, NODE_COLOUR, "node-outline"),
        panel.outline_part(surfaces[1], image.geometry, OTHER_COLOUR, "node-outline"),
        tag("g", *_angle_sides(panel, ends, place, notch.angle_deg), class_="notch-angle"),
        panel.marks_part(window_note(image)),
        svg.text(MARGIN + 10, HEAD + 24, words, size=19, bold=True, colour=CONTACT_COLOUR, on_picture=True),
        svg.legend(MARGIN, HEAD + side + 20, entries),
        svg.paragraph(MARGIN, HEAD + side + 40, caption, WIDTH - 2 * MARGIN, 12)[0],
    ]
    return svg.document(WIDTH, HEAD + side + FOOT, parts, f"{title}: {words}")


def _angle_sides(panel: Panel, middles_ras_mm: Floats, place_ras_mm: Floats, angle_deg: float) -> list[Markup]:
    """Draw the sides of the angle from the bottom of the notch."""
    bottom = panel.pixels(place_ras_mm)
    first, second = panel.pixels(middles_ras_mm)
    along = unit(second - first)
    outward = unit((bottom - first) - along * ((bottom - first) @ along))
    half = np.radians(angle_deg / 2)
    reach = SIDE_LENGTH_MM * panel.pixels_per_mm
    tips = [bottom + reach * (np.cos(half) * outward + sign * np.sin(half) * along) for sign in (-1, 1)]
    return [svg.line([bottom, tip], CONTACT_COLOUR, 2, on_picture=True) for tip in tips]
