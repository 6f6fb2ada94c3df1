"""Key images: every node in two planes, as a radiologist would keep it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import slicer
from HeadNeckNodesLib.scene.picture import WHITE, Anchor, draw_bar, draw_text
from HeadNeckNodesLib.scene.volumes import SOFT_TISSUE_LEVEL_HU, SOFT_TISSUE_WINDOW_HU

from iENEGraderLib.measure.case.node_measurement import GREATEST_DIMENSION
from iENEGraderLib.scene.evidence_markups import KIND_ATTRIBUTE, evidence_label, markups_of_node

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from iENEGraderLib.reading import Evidence
    from iENEGraderLib.scene.case_scene import CaseScene

    Picture = NDArray[np.uint8]

Point = tuple[float, float, float]

SMALLEST_FIELD_MM = 100.0
LARGEST_FIELD_MM = 180.0
FIELD_PER_NODE_SIZE = 3.5
SCALE_BAR_MM = 20
BAND_ROWS = 34
MARGIN = 10
BAND_COLOUR = np.array([18, 18, 22], dtype=np.uint8)
QUIET = (190, 195, 200)
EVIDENCE_COLOUR = (90, 230, 255)
AXIS_LETTERS = (("R", "L"), ("A", "P"), ("S", "I"))


class PictureView(Protocol):
    """A slice view that pictures can be taken of: an offscreen one, or one of the application's layout."""

    @property
    def node(self) -> Any:
        """The vtkMRMLSliceNode."""

    def show(self, volume: Any, window: float | None = None, level: float | None = None) -> None:
        """Show a volume with a grey scale."""

    def centre_on(self, ras_mm: Sequence[float], field_of_view_mm: float | None = None) -> None:
        """Bring a RAS position to the middle, with a field of view."""

    def image(self) -> Picture:
        """The picture, RGB, first row on top."""


@dataclass(frozen=True)
class KeyImageSubject:
    """The node of a key image, and what the image says of it.

    Attributes
    ----------
    node_id : its markups are shown, those of other nodes are not.
    title : such as "N1  right, level IIA".
    facts : such as "24.1 mm, grade 1".
    ends_ras_mm : ends of its greatest dimension.
    evidence : the axial plane goes through its place, so that a finding can be seen; None for the middle of the node.
    """

    node_id: str
    title: str
    facts: str
    ends_ras_mm: tuple[Point, Point]
    evidence: Evidence | None = None

    @property
    def middle_ras_mm(self) -> Point:
        """Middle of the greatest dimension."""
        right, anterior, superior = np.mean(self.ends_ras_mm, axis=0).tolist()
        return right, anterior, superior

    @property
    def axial_place_ras_mm(self) -> Point:
        """Middle of the node, moved to the height of the evidence."""
        right, anterior, superior = self.middle_ras_mm
        place = self.evidence.place if self.evidence else None
        return right, anterior, place.ras_mm[2] if place else superior

    @property
    def lengthwise_orientation(self) -> str:
        """Which of the planes along the body shows more of the greatest dimension."""
        right, anterior, _ = np.abs(np.subtract(*self.ends_ras_mm))
        return "Sagittal" if anterior > right else "Coronal"


def key_image(axial: PictureView, lengthwise: PictureView, case: CaseScene, subject: KeyImageSubject) -> Picture:
    """Draw a node in an axial plane and in one along the body, side by side below a band with its caption.

    Returns
    -------
    RGB, uint8 array of shape (rows, columns, 3).
    """
    lengthwise.node.SetOrientation(subject.lengthwise_orientation)
    size_mm = float(np.linalg.norm(np.subtract(*subject.ends_ras_mm)))
    field_mm = float(np.clip(FIELD_PER_NODE_SIZE * size_mm, SMALLEST_FIELD_MM, LARGEST_FIELD_MM))
    with _only_markups_of(subject.node_id, case.measurements, lengthwise):
        panels = [
            _panel(axial, case.volume, subject.axial_place_ras_mm, field_mm),
            _panel(lengthwise, case.volume, subject.middle_ras_mm, field_mm),
        ]
    if subject.evidence is not None:
        rows, columns, _ = panels[0].shape
        corner = (rows - MARGIN, columns - MARGIN)
        draw_text(panels[0], evidence_label(subject.evidence), corner, Anchor.BOTTOM_RIGHT, colour=EVIDENCE_COLOUR)
    picture = np.concatenate(panels, axis=1)
    band = np.tile(BAND_COLOUR, (BAND_ROWS, picture.shape[1], 1))
    draw_text(band, subject.title, (BAND_ROWS // 2, MARGIN), Anchor.MIDDLE_LEFT, size=17, bold=True)
    draw_text(band, subject.facts, (BAND_ROWS // 2, band.shape[1] - MARGIN), Anchor.MIDDLE_RIGHT, size=17)
    return np.concatenate([band, picture])


@contextmanager
def _only_markups_of(node_id: str, markups: Sequence[Any], size_view: PictureView) -> Iterator[None]:
    """Show the markups of one node without text, which would cover what it points at; undo at the end.

    Parameters
    ----------
    size_view : the only view to show the greatest dimension in; it lies along it.
    """
    displays = [markup.GetDisplayNode() for markup in markups]
    before = [
        (display.GetVisibility(), display.GetPropertiesLabelVisibility(), display.GetPointLabelsVisibility())
        for display in displays
    ]
    own = markups_of_node(node_id, markups)
    for markup, display in zip(markups, displays, strict=True):
        display.SetVisibility(markup in own)
        display.SetPropertiesLabelVisibility(False)
        display.SetPointLabelsVisibility(False)
        if markup.GetAttribute(KIND_ATTRIBUTE) == GREATEST_DIMENSION:
            display.AddViewNodeID(size_view.node.GetID())
            display.SetSliceProjection(True)
    try:
        yield
    finally:
        for display, (visible, properties, points) in zip(displays, before, strict=True):
            display.SetVisibility(visible)
            display.SetPropertiesLabelVisibility(properties)
            display.SetPointLabelsVisibility(points)
            display.SetSliceProjection(False)
            display.RemoveAllViewNodeIDs()


def _panel(view: PictureView, volume: Any, place_ras_mm: Point, field_mm: float) -> Picture:
    view.show(volume, SOFT_TISSUE_WINDOW_HU, SOFT_TISSUE_LEVEL_HU)
    view.centre_on(place_ras_mm, field_mm)
    picture = np.array(view.image())
    _draw_directions(picture, view.node)
    _draw_scale_bar(picture, field_mm)
    width = picture.shape[1]
    plane = f"{view.node.GetOrientation()}  {_depth(view.node, place_ras_mm)}"
    draw_text(picture, plane, (MARGIN, MARGIN), colour=QUIET, size=14)
    grey = f"W {SOFT_TISSUE_WINDOW_HU:.0f}  L {SOFT_TISSUE_LEVEL_HU:.0f}"
    draw_text(picture, grey, (MARGIN, width - MARGIN), Anchor.TOP_RIGHT, colour=QUIET, size=14)
    picture[:, -1] = BAND_COLOUR
    return picture


def _draw_directions(picture: Picture, slice_node: Any) -> None:
    """Write at each edge which side of the patient lies there."""
    height, width, _ = picture.shape
    axes = slicer.util.arrayFromVTKMatrix(slice_node.GetSliceToRAS())[:3, :2].T
    (left, right), (bottom, top) = (_letters(axis) for axis in axes)
    middle_row, middle_column = height // 2, width // 2
    draw_text(picture, left, (middle_row, MARGIN), Anchor.MIDDLE_LEFT, size=20, bold=True)
    draw_text(picture, right, (middle_row, width - MARGIN), Anchor.MIDDLE_RIGHT, size=20, bold=True)
    draw_text(picture, top, (MARGIN, middle_column), Anchor.TOP_CENTRE, size=20, bold=True)
    draw_text(picture, bottom, (height - MARGIN, middle_column), Anchor.BOTTOM_CENTRE, size=20, bold=True)


def _letters(direction: NDArray[np.float64]) -> tuple[str, str]:
    """Letters of the patient's sides where a direction comes from and where it goes to."""
    axis = int(np.argmax(np.abs(direction)))
    positive, negative = AXIS_LETTERS[axis]
    return (negative, positive) if direction[axis] > 0 else (positive, negative)


def _depth(slice_node: Any, place_ras_mm: Point) -> str:
    """Where the plane lies along the patient axis that it is cut across."""
    normal = slicer.util.arrayFromVTKMatrix(slice_node.GetSliceToRAS())[:3, 2]
    axis = int(np.argmax(np.abs(normal)))
    value = place_ras_mm[axis]
    positive, negative = AXIS_LETTERS[axis]
    return f"{positive if value >= 0 else negative} {abs(value):.0f} mm"


def _draw_scale_bar(picture: Picture, field_mm: float) -> None:
    height, width, _ = picture.shape
    length = round(SCALE_BAR_MM / field_mm * width)
    row, column = height - MARGIN - 4, MARGIN
    draw_bar(picture, slice(row, row + 3), slice(column, column + length), WHITE)
    for tick in (column, column + length - 2):
        draw_bar(picture, slice(row - 5, row + 3), slice(tick, tick + 2), WHITE)
    draw_text(picture, f"{SCALE_BAR_MM // 10} cm", (row - 6, column + length // 2), Anchor.BOTTOM_CENTRE, size=14)
