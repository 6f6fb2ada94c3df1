"""Drawing a region to be read: a circle with one click, or a closed curve point by point."""

from __future__ import annotations

from itertools import chain, count
from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
from HeadNeckNodesLib.scene.subject_hierarchy import put_beside

from iENEGraderLib.scene.marks import points_of
from iENEGraderLib.scene.markup_placing import MarkupPlacing
from iENEGraderLib.scene.spectral.drawn_regions import CURVE_CLASS, LEAST_CURVE_POINTS, drawn_regions
from iENEGraderLib.scene.viewing import slice_nodes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Colour = tuple[float, float, float]

SEED_CLASS = "vtkMRMLMarkupsFiducialNode"
CIRCLE_POINTS = 12
FAT_COLOUR = (1.0, 0.86, 0.2)
MUSCLE_COLOUR = (1.0, 0.55, 0.4)
COLOURS: tuple[Colour, ...] = ((0.35, 0.9, 0.9), (0.95, 0.6, 1.0), (0.65, 0.95, 0.45), (1.0, 0.75, 0.35))
"""Bright, told apart by colour-blind readers, too; none is that of fat or muscle."""
IN_PLANE_MM = 0.5
TEXT_SCALE = 2.5
GLYPH_SCALE = 0.8


class RegionDrawing:
    """Lets the user draw one region after the other.

    Parameters
    ----------
    beside : returns the volume whose folder regions are put into.
    on_changed : called when drawing begins or ends, for buttons that show it.
    """

    def __init__(self, beside: Callable[[], Any], on_changed: Callable[[], None]) -> None:
        self._beside = beside
        self._placing = MarkupPlacing(on_changed)

    @property
    def markup(self) -> Any:
        """What is being drawn: a point for a circle, a closed curve for an outline; None for nothing."""
        return self._placing.markup

    @property
    def is_drawing(self) -> bool:
        """Tell whether the user is asked for points."""
        return self.markup is not None

    def draw_circle(self, name: str, diameter_mm: float, on_drawn: Callable[[Any], None]) -> None:
        """Ask for the middle of a circle; it lies in the plane of the view that is clicked into.

        Parameters
        ----------
        name : of the region; a number is added when there is one of that name.
        diameter_mm : of the circle.
        on_drawn : called with the closed curve (vtkMRMLMarkupsClosedCurveNode).
        """

        def on_placed(seed: Any) -> None:
            (centre,) = points_of(seed)
            slicer.mrmlScene.RemoveNode(seed)
            curve = _new_curve(name)
            for point in circle(centre, diameter_mm, _plane_at(centre)):
                curve.AddControlPointWorld(*point.tolist())
            self._drawn(curve, on_drawn)

        seed = slicer.mrmlScene.AddNewNodeByClass(SEED_CLASS, slicer.mrmlScene.GenerateUniqueName("region seed"))
        seed.CreateDefaultDisplayNodes()
        self._placing.begin(seed, 1, on_placed)

    def draw_outline(self, name: str, on_drawn: Callable[[Any], None]) -> None:
        """Ask for the points of a closed curve; a right click ends it."""

        def on_placed(curve: Any) -> None:
            self._drawn(curve, on_drawn)

        self._placing.begin(_new_curve(name), LEAST_CURVE_POINTS, on_placed, is_open_ended=True)

    def cancel(self) -> None:
        """Stop drawing; what is not complete goes."""
        self._placing.cancel()

    def close(self) -> None:
        """Stop drawing and observing."""
        self._placing.close()

    def _drawn(self, curve: Any, on_drawn: Callable[[Any], None]) -> None:
        curve.GetDisplayNode().SetPropertiesLabelVisibility(True)
        beside = self._beside()
        if beside is not None:
            put_beside(beside, curve)
        on_drawn(curve)


def circle(centre_ras_mm: Sequence[float], diameter_mm: float, plane: Floats) -> Floats:
    """Return points of a circle, shape (n, 3).

    Parameters
    ----------
    plane : two perpendicular unit vectors, shape (2, 3).
    """
    angles = np.linspace(0.0, 2 * np.pi, CIRCLE_POINTS, endpoint=False)
    reach = diameter_mm / 2 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    points: Floats = np.asarray(centre_ras_mm) + reach @ plane
    return points


def _new_curve(name: str) -> Any:
    taken = {each.GetName() for each in drawn_regions()}
    names = chain([name], (f"{name} {number}" for number in count(2)))
    free = next(each for each in names if each not in taken)
    curve = slicer.mrmlScene.AddNewNodeByClass(CURVE_CLASS, free)
    curve.CreateDefaultDisplayNodes()
    display = curve.GetDisplayNode()
    colour = {"Fat": FAT_COLOUR, "Muscle": MUSCLE_COLOUR}.get(name, COLOURS[len(taken) % len(COLOURS)])
    display.SetColor(*colour)
    display.SetSelectedColor(*colour)
    display.SetActiveColor(*colour)
    display.SetPointLabelsVisibility(False)
    display.SetPropertiesLabelVisibility(False)
    display.SetTextScale(TEXT_SCALE)
    display.SetGlyphScale(GLYPH_SCALE)
    return curve


def _plane_at(ras_mm: Sequence[float]) -> Floats:
    """Return two unit vectors in the plane of the slice view that a point was clicked into, else in the axial one."""
    views = [node for node in slice_nodes() if node.IsMappedInLayout() and _distance_mm(node, ras_mm) <= IN_PLANE_MM]
    crosshair = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
    pointed = None if crosshair is None else crosshair.GetCursorPositionXYZ([0.0, 0.0, 0.0])
    if not views:
        return np.eye(3)[:2]
    node: Any = pointed if pointed in views else views[0]
    columns = slicer.util.arrayFromVTKMatrix(node.GetSliceToRAS())[:3, :2].T
    plane: Floats = columns / np.linalg.norm(columns, axis=1, keepdims=True)
    return plane


def _distance_mm(slice_node: Any, ras_mm: Sequence[float]) -> float:
    plane = slicer.util.arrayFromVTKMatrix(slice_node.GetSliceToRAS())
    normal = plane[:3, 2] / np.linalg.norm(plane[:3, 2])
    return float(abs((np.asarray(ras_mm) - plane[:3, 3]) @ normal))
