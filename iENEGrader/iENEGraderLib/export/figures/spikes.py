"""Spikes of a node, each in a plane that holds its whole length."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.drawing import svg
from HeadNeckNodesLib.html.markup import Markup, joined, tag

from iENEGraderLib.export.figures.outline import label_middle_ras, label_surface
from iENEGraderLib.export.figures.panel import (
    CONTACT_COLOUR,
    NODE_COLOUR,
    WHITE,
    Panel,
    image_window,
    window_note,
)
from iENEGraderLib.export.figures.plane import plane_along, unit
from iENEGraderLib.export.figures.statement import statement_figure
from iENEGraderLib.measure.spikes.candidate import SpikeKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray

    from iENEGraderLib.measure.label_field import Field
    from iENEGraderLib.measure.spikes.candidate import SpikeCandidate, SpikeSurvey

    Floats = NDArray[np.float64]

SHOWN_KINDS = (SpikeKind.SPIKE, SpikeKind.UNCERTAIN, SpikeKind.VESSEL_LIKE, SpikeKind.STRAND)
MOST_SHOWN = 6
SIDE, GAP, MARGIN, HEAD, LINES, FOOT = 222.0, 12.0, 12.0, 34.0, 44.0, 56.0
LEAST_HALF_MM, ROOM_MM = 7.0, 4.0
BESIDE_PIXELS, TICK_PIXELS = 13.0, 18.0


def spikes_figure(survey: SpikeSurvey, node: NDArray[Any] | Segment, image: Image, title: str) -> Markup:
    """Draw every spike in the plane through its base, its tip and the middle of the node, with its length beside it.

    Shown are spikes, then what may be one (uncertain, vessel-like, strand), six at most; bulges and short projections
    are not. All pictures have one scale.

    Parameters
    ----------
    survey : from :mod:`iENEGraderLib.measure.spikes`.
    node : mask [k, j, i] or segment on the grid of the image.
    image : what was measured.
    title : names the node.
    """
    surface = label_surface(node, image.geometry)
    candidates = [each for kind in SHOWN_KINDS for each in survey.candidates if each.kind is kind]
    shown = candidates[:MOST_SHOWN]
    if surface is None or not shown:
        return statement_figure(title, f"No spike to show: {survey.reason}.")
    half = max(LEAST_HALF_MM, *(each.length_mm / 2 + ROOM_MM for each in shown))
    parts = [svg.text(MARGIN, 22, title, size=14, bold=True)]
    for number, spike in enumerate(shown):
        row, column = divmod(number, 2)
        area = svg.Rect(MARGIN + column * (SIDE + GAP), HEAD + row * (SIDE + LINES), SIDE, SIDE)
        panel = spike_panel(spike, label_middle_ras(surface, image.geometry), area, half)
        parts.append(_spike_part(spike, number + 1, panel, surface, image))
    below = HEAD + (len(shown) + 1) // 2 * (SIDE + LINES)
    width = 2 * (SIDE + MARGIN) + GAP
    parts.append(_caption(len(candidates) - len(shown), image, below + 10, width))
    return svg.document(width, below + FOOT, parts, title)


def spike_panel(spike: SpikeCandidate, node_middle_ras_mm: Floats, area: svg.Rect, half_mm: float) -> Panel:
    """Return where a spike is drawn: the plane through its base, its tip and the middle of the node.

    A spike that points straight away from the middle of the node lies in many such planes: the one nearest to axial.
    """
    base, tip = np.array(spike.base_ras_mm), np.array(spike.tip_ras_mm)
    return Panel(plane_along((base + tip) / 2, tip - base, node_middle_ras_mm - base), half_mm, area)


def _spike_part(spike: SpikeCandidate, number: int, panel: Panel, surface: Field, image: Image) -> Markup:
    area = panel.area
    x, y = area.x, area.y + area.height
    words = spike.kind.value.replace("_", " ")
    length = f"{spike.length_mm:.1f} ± {spike.length_uncertainty_mm:.1f} mm"
    widths = f"width {spike.base_width_mm:.1f} mm at its base, {spike.half_width_mm:.1f} mm half-way"
    parts = [
        panel.grey_part(image, image_window(image)),
        panel.outline_part(surface, image.geometry, NODE_COLOUR, "node-outline"),
        tag("g", *_dimension(panel.pixels([spike.base_ras_mm, spike.tip_ras_mm])), class_="spike-length"),
        panel.marks_part(),
        svg.text(x + 8, area.y + 20, str(number), size=15, bold=True, colour=WHITE, on_picture=True),
        svg.text(x, y + 16, f"{number}: {words}, {length}", size=12, bold=True),
        svg.text(x, y + 31, widths, size=10.5),
    ]
    return joined(parts)


def _dimension(ends: Floats) -> Sequence[Markup]:
    """Draw a line of that length beside the spike, with ticks to base and tip, so that it covers nothing."""
    along = unit(ends[1] - ends[0])
    across = np.array([-along[1], along[0]])
    beside = ends + BESIDE_PIXELS * across
    ticks = [
        svg.line([end, end + (2 * TICK_PIXELS + 8) * across], CONTACT_COLOUR, 1.2, on_picture=True) for end in ends
    ]
    return [svg.line(beside, CONTACT_COLOUR, 2, on_picture=True), *ticks]


def _caption(left_out: int, image: Image, y: float, width: float) -> Markup:
    words = "Each plane holds base, tip and the middle of the node. Linear between voxels"
    words += f", {window_note(image)}." if image_window(image) else "."
    words += f" {left_out} more not shown." if left_out else ""
    entries = [("length, base to tip", CONTACT_COLOUR), ("label of the node", NODE_COLOUR)]
    return joined([svg.legend(MARGIN, y, entries), svg.paragraph(MARGIN, y + 19, words, width - 2 * MARGIN, 11)[0]])
