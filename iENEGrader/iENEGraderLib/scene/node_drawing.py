"""Pointing at a node with the mouse: a seed inside it, or closed curves round it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
from HeadNeckNodesLib.errors import InputError
from vtk.util.numpy_support import vtk_to_numpy

from iENEGraderLib.scene.marks import points_of
from iENEGraderLib.scene.markup_placing import MarkupPlacing
from iENEGraderLib.scene.viewing import slice_nodes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Point = tuple[float, float, float]
    Floats = NDArray[np.float64]
    Pointed = Callable[[Point], None]

SEED_CLASS = "vtkMRMLMarkupsFiducialNode"
CURVE_CLASS = "vtkMRMLMarkupsClosedCurveNode"
LEAST_CURVE_POINTS = 3
# Bright, none like the blue of measurements.
COLOUR = (1.0, 0.86, 0.2)
IN_PLANE_MM = 0.5


class NodeDrawing:
    """Places a seed, or closed curves one after the other.

    Parameters
    ----------
    on_changed : called when placing begins or ends, and when the curves change.
    """

    def __init__(self, on_changed: Callable[[], None] = lambda: None) -> None:
        self._on_changed = on_changed
        self._placing = MarkupPlacing(on_changed)
        self._curves: list[Any] = []

    @property
    def is_placing_seed(self) -> bool:
        """Tell whether the user is asked for a seed."""
        return self._is_placing(SEED_CLASS)

    @property
    def is_placing_curve(self) -> bool:
        """Tell whether the user is drawing a curve."""
        return self._is_placing(CURVE_CLASS)

    @property
    def curves_ras_mm(self) -> list[Floats]:
        """Points along each complete curve, shape (n, 3); curves that the user deleted are gone."""
        return [_course(curve) for curve in self._curves if slicer.mrmlScene.IsNodePresent(curve)]

    def ask_for_seed(self, on_seed: Pointed) -> None:
        """Ask the user to click into a node; nothing of the click stays in the scene."""
        self.clear()

        def on_placed(markup: Any) -> None:
            (seed,) = points_of(markup)
            slicer.mrmlScene.RemoveNode(markup)
            on_seed(seed)

        self._placing.begin(_new_markup(SEED_CLASS, "node seed"), 1, on_placed)

    def begin_curve(self) -> None:
        """Ask the user for one more closed curve; a right click ends it."""
        markup = _new_markup(CURVE_CLASS, "node outline")
        self._placing.begin(markup, LEAST_CURVE_POINTS, self._curves.append, is_open_ended=True)

    def end_curve(self) -> None:
        """End the curve that is being drawn: it stays when it has three points."""
        interaction = slicer.mrmlScene.GetNodeByID("vtkMRMLInteractionNodeSingleton")
        if self.is_placing_curve:
            interaction.SetCurrentInteractionMode(interaction.ViewTransform)

    def clear(self) -> None:
        """Stop drawing, and take everything drawn away."""
        self._placing.cancel()
        curves, self._curves = self._curves, []
        for curve in curves:
            slicer.mrmlScene.RemoveNode(curve)
        self._on_changed()

    def close(self) -> None:
        """Stop drawing and observing."""
        self.clear()
        self._placing.close()

    def _is_placing(self, class_name: str) -> bool:
        return self._placing.markup is not None and self._placing.markup.GetClassName() == class_name


def volume_at(ras_mm: Sequence[float]) -> Any:
    """Return the volume in the background of the slice view that shows a point.

    The view under the mouse comes first, then that whose plane is nearest: linked views may show one plane of several
    images.

    Returns
    -------
    vtkMRMLScalarVolumeNode

    Raises
    ------
    InputError
        When no slice view shows an image there.
    """
    views = [node for node in slice_nodes() if node.IsMappedInLayout() and _background(node) is not None]
    views.sort(key=lambda node: _distance_mm(node, ras_mm))
    pointed = _view_under_mouse()
    if pointed in views and _distance_mm(pointed, ras_mm) <= IN_PLANE_MM:
        return _background(pointed)
    if not views:
        raise InputError("no slice view shows an image: show one, and click into the node in it")
    return _background(views[0])


def _new_markup(class_name: str, name: str) -> Any:
    markup = slicer.mrmlScene.AddNewNodeByClass(class_name, slicer.mrmlScene.GenerateUniqueName(name))
    markup.CreateDefaultDisplayNodes()
    display = markup.GetDisplayNode()
    display.SetColor(*COLOUR)
    display.SetSelectedColor(*COLOUR)
    display.SetPropertiesLabelVisibility(False)
    display.SetPointLabelsVisibility(False)
    return markup


def _course(curve: Any) -> Floats:
    """Return the points along a curve, the rounding between its control points included."""
    points: Floats = vtk_to_numpy(curve.GetCurvePointsWorld().GetData()).astype(float)
    return points


def _background(slice_node: Any) -> Any:
    logic = slicer.app.applicationLogic().GetSliceLogic(slice_node)
    composite = None if logic is None else logic.GetSliceCompositeNode()
    volume_id = None if composite is None else composite.GetBackgroundVolumeID()
    volume = slicer.mrmlScene.GetNodeByID(volume_id) if volume_id else None
    return volume if volume is not None and volume.IsA("vtkMRMLScalarVolumeNode") else None


def _view_under_mouse() -> Any:
    crosshair = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
    return None if crosshair is None else crosshair.GetCursorPositionXYZ([0.0, 0.0, 0.0])


def _distance_mm(slice_node: Any, ras_mm: Sequence[float]) -> float:
    plane = slicer.util.arrayFromVTKMatrix(slice_node.GetSliceToRAS())
    normal = plane[:3, 2] / np.linalg.norm(plane[:3, 2])
    return float(abs((np.asarray(ras_mm) - plane[:3, 3]) @ normal))
