"""One picture of the whole case in 3D: where the nodes lie, between the structures that a reader knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import slicer
from HeadNeckNodesLib.scene.picture import Anchor, draw_text

from iENEGraderLib.anatomy.structures import Role, structure_for
from iENEGraderLib.scene.segmentations import LABELMAP

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from iENEGraderLib.scene.case_scene import CaseScene

Point = tuple[float, float, float]

OPACITIES = {
    Role.MAJOR_ARTERY: 0.6,
    Role.JUGULAR_VEIN: 0.35,
    Role.BONE_CARTILAGE: 0.3,
    Role.LANDMARK: 0.3,
}
# VTK leaves a wide margin, since it fits the sphere around everything.
ZOOM = 1.25
BACKGROUND = (0.07, 0.07, 0.09)


class SpaceView(Protocol):
    """A 3D view that a picture can be taken of."""

    @property
    def node(self) -> Any:
        """The vtkMRMLViewNode."""

    @property
    def renderer(self) -> Any:
        """The vtkRenderer."""

    def image(self) -> NDArray[np.uint8]:
        """The picture, RGB, first row on top."""


def overview_image(view: SpaceView, case: CaseScene, labels: Sequence[tuple[str, Point]]) -> NDArray[np.uint8]:
    """Draw nodes, vessels and bones from the front, each node with its id.

    The surfaces are made for this picture and removed again, so that a scene saved later stays small.

    Parameters
    ----------
    labels : id and RAS place (mm) of each node.

    Returns
    -------
    RGB, uint8 array of shape (rows, columns, 3).
    """
    for markup in case.measurements:
        markup.GetDisplayNode().SetVisibility3D(False)
    surfaces = _surfaces([node for node in (case.nodes, case.anatomy) if node is not None])
    view.node.SetBoxVisible(False)
    view.node.SetAxisLabelsVisible(False)
    view.node.SetBackgroundColor(*BACKGROUND)
    view.node.SetBackgroundColor2(*BACKGROUND)
    _look_from_the_front(view.renderer)
    picture = np.array(view.image())
    for text, place in labels:
        draw_text(picture, text, _pixel(view, place, picture.shape[0]), Anchor.CENTRE, size=18, bold=True)
    _draw_sides(picture)
    slicer.mrmlScene.RemoveNode(surfaces)
    return picture


def _surfaces(segmentations: Sequence[Any]) -> Any:
    """Surfaces of what the overview shows, as a segmentation of its own.

    Each segment is cropped first: that is many times faster than making surfaces from the label map of a whole neck.
    """
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Surfaces")
    node.CreateDefaultDisplayNodes()
    for segmentation in segmentations:
        for segment_id in segmentation.GetSegmentation().GetSegmentIDs():
            segment = segmentation.GetSegmentation().GetSegment(segment_id)
            opacity = _opacity(segment.GetName(), is_node=segmentation is segmentations[0])
            if opacity > 0:
                node.GetSegmentation().AddSegment(_cropped(segmentation, segment_id, segment), segment_id)
                node.GetDisplayNode().SetSegmentOpacity3D(segment_id, opacity)
    node.CreateClosedSurfaceRepresentation()
    return node


def _cropped(segmentation: Any, segment_id: str, segment: Any) -> Any:
    image = slicer.vtkOrientedImageData()
    segmentation.GetBinaryLabelmapRepresentation(segment_id, image)
    made = slicer.vtkSegment()
    made.SetName(segment.GetName())
    made.SetColor(*segment.GetColor())
    made.AddRepresentation(LABELMAP, image)
    return made


def _opacity(name: str, *, is_node: bool) -> float:
    structure = structure_for(name)
    if is_node:
        return 1.0
    return 0.0 if structure is None else OPACITIES.get(structure.role, 0.0)


def _look_from_the_front(renderer: Any) -> None:
    camera = renderer.GetActiveCamera()
    right, anterior, superior = camera.GetFocalPoint()
    camera.SetPosition(right, anterior + 1.0, superior)
    camera.SetViewUp(0.0, 0.0, 1.0)
    renderer.ResetCamera()
    camera.Zoom(ZOOM)
    renderer.ResetCameraClippingRange()


def _pixel(view: SpaceView, place_ras_mm: Point, rows: int) -> tuple[int, int]:
    renderer = view.renderer
    renderer.SetWorldPoint(*place_ras_mm, 1.0)
    renderer.WorldToDisplay()
    x, y, _ = renderer.GetDisplayPoint()
    return rows - 1 - round(y), round(x)


def _draw_sides(picture: NDArray[np.uint8]) -> None:
    rows, columns, _ = picture.shape
    draw_text(picture, "R", (rows // 2, 12), Anchor.MIDDLE_LEFT, size=22, bold=True)
    draw_text(picture, "L", (rows // 2, columns - 12), Anchor.MIDDLE_RIGHT, size=22, bold=True)
