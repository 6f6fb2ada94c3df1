"""Where the slice views look: all of them to one place, and back to where they were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import slicer
import vtk

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_STEPS_BACK = 50


@dataclass(frozen=True)
class ViewPlace:
    """Where one slice view looks: its plane (16 numbers, row by row) and its field of view in mm."""

    view: str
    slice_to_ras: tuple[float, ...]
    field_of_view_mm: tuple[float, float, float]


class Viewing:
    """Takes all slice views to a place, and back."""

    def __init__(self) -> None:
        self._before: list[tuple[ViewPlace, ...]] = []

    @property
    def can_go_back(self) -> bool:
        """Tell whether the views were taken anywhere."""
        return bool(self._before)

    def go_to(self, ras_mm: Sequence[float]) -> None:
        """Centre every slice view on a point, without turning or zooming it, and put the crosshair there."""
        self._before = [*self._before, _places()][-MOST_STEPS_BACK:]
        for node in slice_nodes():
            node.JumpSliceByCentering(*ras_mm)
        crosshair = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
        if crosshair is not None:
            crosshair.SetCrosshairRAS(*ras_mm)

    def go_back(self) -> None:
        """Take the views back to where they were before the last `go_to`; views that are gone stay gone."""
        if not self._before:
            return
        places = {place.view: place for place in self._before.pop()}
        for node in slice_nodes():
            if node.GetID() in places:
                _restore(node, places[node.GetID()])

    def forget(self) -> None:
        """Forget where the views were, as after another scene was opened."""
        self._before = []


def slice_nodes() -> list[Any]:
    """All slice views of the scene (vtkMRMLSliceNode)."""
    return list(slicer.util.getNodesByClass("vtkMRMLSliceNode"))


def _places() -> tuple[ViewPlace, ...]:
    return tuple(_place(node) for node in slice_nodes())


def _place(node: Any) -> ViewPlace:
    matrix = node.GetSliceToRAS()
    elements = tuple(matrix.GetElement(row, column) for row in range(4) for column in range(4))
    return ViewPlace(node.GetID(), elements, tuple(node.GetFieldOfView()))


def _restore(node: Any, place: ViewPlace) -> None:
    matrix = vtk.vtkMatrix4x4()
    matrix.DeepCopy(place.slice_to_ras)
    was_modifying = node.StartModify()
    node.GetSliceToRAS().DeepCopy(matrix)
    node.SetFieldOfView(*place.field_of_view_mm)
    node.UpdateMatrices()
    node.EndModify(was_modifying)
