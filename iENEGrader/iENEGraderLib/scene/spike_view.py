"""A picture of one node in 3D with its spikes, seen from the side that most of them point to."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
from HeadNeckNodesLib.scene.picture import Anchor, draw_text

from iENEGraderLib.export.figures.plane import direction_letters
from iENEGraderLib.scene.evidence_markups import MEASUREMENT_COLOUR
from iENEGraderLib.scene.overview import BACKGROUND, ZOOM
from iENEGraderLib.scene.segmentations import add_segmentation

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray

    from iENEGraderLib.measure.spikes import SpikeCandidate
    from iENEGraderLib.scene.overview import SpaceView

    Floats = NDArray[np.float64]

NODE_OPACITY = 0.8
TUBE_MM = 0.5
LABEL_ABOVE_PIXELS = 24
UP_RAS, FRONT_RAS = np.array([0.0, 0.0, 1.0]), np.array([0.0, 1.0, 0.0])
LEAST_MEAN_DIRECTION = 0.2
MOST_UPWARD = 0.9


def spike_picture(
    view: SpaceView, node: Segment, geometry: ImageGeometry, volume: Any, spikes: Sequence[SpikeCandidate]
) -> NDArray[np.uint8]:
    """Draw the surface of a node, and each spike as a line from base to tip with its length.

    Everything is made for this picture and removed again; what the scene shows otherwise is hidden meanwhile.

    Parameters
    ----------
    view : 3D view to draw in; its camera is moved.
    node : segment on that geometry.
    volume : vtkMRMLScalarVolumeNode on the same grid.
    spikes : candidates to show, of :mod:`iENEGraderLib.measure.spikes`.

    Returns
    -------
    RGB, uint8 array of shape (rows, columns, 3).
    """
    with _alone_in_3d():
        surface = _surface(node, geometry, volume)
        lines = [_spike_line(spike) for spike in spikes]
        view.node.SetBoxVisible(False)
        view.node.SetAxisLabelsVisible(False)
        view.node.SetBackgroundColor(*BACKGROUND)
        view.node.SetBackgroundColor2(*BACKGROUND)
        _look_along(view.renderer, view_direction(_middle_ras(surface), spikes))
        picture = np.array(view.image())
        _draw_lengths(picture, view.renderer, spikes)
        _draw_sides(picture, view.renderer.GetActiveCamera())
        for made in (surface, *lines):
            slicer.mrmlScene.RemoveNode(made)
    return picture


def view_direction(node_middle_ras_mm: Floats, spikes: Sequence[SpikeCandidate]) -> Floats:
    """Return the direction from the node to the viewer, RAS: where most spikes point, the front when they disagree."""
    outward = [np.array(spike.tip_ras_mm) - node_middle_ras_mm for spike in spikes]
    mean = sum((each / max(float(np.linalg.norm(each)), 1e-9) for each in outward), np.zeros(3)) / max(len(outward), 1)
    length = float(np.linalg.norm(mean))
    if length < LEAST_MEAN_DIRECTION:
        return FRONT_RAS
    # From aside: a spike seen from its tip has no length.
    towards = mean / length
    aside = np.cross(UP_RAS if abs(towards @ UP_RAS) < MOST_UPWARD else FRONT_RAS, towards)
    seen = towards + aside / np.linalg.norm(aside)
    direction: Floats = seen / np.linalg.norm(seen)
    return direction


@contextmanager
def _alone_in_3d() -> Iterator[None]:
    """Hide in 3D whatever the scene displays, and show it again afterwards."""
    shown = []
    for node in slicer.util.getNodesByClass("vtkMRMLDisplayNode"):
        if node.GetVisibility3D():
            node.SetVisibility3D(False)
            shown.append(node)
    try:
        yield
    finally:
        for node in shown:
            node.SetVisibility3D(True)


def _surface(node: Segment, geometry: ImageGeometry, volume: Any) -> Any:
    made = add_segmentation("Node surface", [node], geometry, volume)
    made.GetDisplayNode().SetSegmentOpacity3D(node.segment_id, NODE_OPACITY)
    made.CreateClosedSurfaceRepresentation()
    return made


def _middle_ras(surface: Any) -> Floats:
    bounds = np.zeros(6)
    surface.GetRASBounds(bounds)
    middle: Floats = bounds.reshape(3, 2).mean(axis=1)
    return middle


def _spike_line(spike: SpikeCandidate) -> Any:
    line = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLMarkupsLineNode", "Spike")
    line.CreateDefaultDisplayNodes()
    line.SetLineStartPosition(spike.base_ras_mm)
    line.SetLineEndPosition(spike.tip_ras_mm)
    line.SetLocked(True)
    display = line.GetDisplayNode()
    display.SetColor(*MEASUREMENT_COLOUR)
    display.SetSelectedColor(*MEASUREMENT_COLOUR)
    display.SetPropertiesLabelVisibility(False)
    display.SetPointLabelsVisibility(False)
    display.SetCurveLineSizeMode(display.UseLineDiameter)
    display.SetLineDiameter(TUBE_MM)
    display.UseGlyphScaleOff()
    display.SetGlyphSize(2 * TUBE_MM)
    return line


def _look_along(renderer: Any, direction: Floats) -> None:
    """Stand in that direction from what is shown, the head of the patient up, and fit it in."""
    camera = renderer.GetActiveCamera()
    focus = np.array(camera.GetFocalPoint())
    camera.SetPosition(*(focus + direction))
    camera.SetViewUp(*(UP_RAS if abs(direction @ UP_RAS) < MOST_UPWARD else FRONT_RAS))
    renderer.ResetCamera()
    camera.Zoom(ZOOM)
    renderer.ResetCameraClippingRange()


def _draw_lengths(picture: NDArray[np.uint8], renderer: Any, spikes: Sequence[SpikeCandidate]) -> None:
    """Write number and length above the tip of each spike."""
    for number, spike in enumerate(spikes, start=1):
        renderer.SetWorldPoint(*spike.tip_ras_mm, 1.0)
        renderer.WorldToDisplay()
        x, y, _ = renderer.GetDisplayPoint()
        place = picture.shape[0] - 1 - round(y) - LABEL_ABOVE_PIXELS, round(x)
        draw_text(picture, f"{number}: {spike.length_mm:.1f} mm", place, Anchor.CENTRE, size=16, bold=True)


def _draw_sides(picture: NDArray[np.uint8], camera: Any) -> None:
    """Write the sides of the patient at the edges of the picture."""
    up = np.array(camera.GetViewUp())
    right = np.cross(camera.GetDirectionOfProjection(), up)
    # The camera keeps an upward direction that need not be perpendicular to where it looks.
    up = np.cross(right, camera.GetDirectionOfProjection())
    rows, columns, _ = picture.shape
    draw_text(picture, direction_letters(-right), (rows // 2, 12), Anchor.MIDDLE_LEFT, size=22, bold=True)
    draw_text(picture, direction_letters(right), (rows // 2, columns - 12), Anchor.MIDDLE_RIGHT, size=22, bold=True)
    draw_text(picture, direction_letters(up), (8, columns // 2), Anchor.TOP_CENTRE, size=22, bold=True)
    draw_text(picture, direction_letters(-up), (rows - 8, columns // 2), Anchor.BOTTOM_CENTRE, size=22, bold=True)
