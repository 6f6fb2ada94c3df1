"""Label maps as they are stored: several segments share one, which is looked through once for all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
import vtk
from scipy import ndimage
from vtk.util.numpy_support import vtk_to_numpy

from iENEGraderLib.scene.segmentations import LABELMAP

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Start = tuple[int, int, int]

SAME_GRID_MM = 1e-3


@dataclass(frozen=True)
class _Layer:
    """A label map on the grid of the volume: values [k, j, i], where it begins, and the box of each label from 1."""

    values: NDArray[np.integer[Any]]
    start_kji: Start
    boxes: list[tuple[slice, slice, slice] | None]

    def part(self, label: int) -> tuple[Mask, Start]:
        box = self.boxes[label - 1] if 0 < label <= len(self.boxes) else None
        if box is None:
            return np.zeros((0, 0, 0), dtype=bool), (0, 0, 0)
        k, j, i = (first + part.start for first, part in zip(self.start_kji, box, strict=True))
        return self.values[box] == label, (k, j, i)


class StoredLabels:
    """Gives the voxels of segments that are stored on the grid of a volume.

    For a whole neck of structures that is many times faster than to ask Slicer for one segment after another.

    Parameters
    ----------
    volume : vtkMRMLScalarVolumeNode
    """

    def __init__(self, volume: Any) -> None:
        self._volume = volume
        self._layers: dict[Any, _Layer | None] = {}

    def part(self, segment: Any) -> tuple[Mask, Start] | None:
        """Return a mask [k, j, i] without empty room around it, and where it begins on the grid of the volume.

        Parameters
        ----------
        segment : vtkSegment

        Returns
        -------
        None when the segment is stored otherwise: on another grid, or not as a label map.
        """
        stored = segment.GetRepresentation(LABELMAP)
        if stored is None:
            return None
        if stored not in self._layers:
            self._layers[stored] = _layer(stored, self._volume) if _lies_on_grid(stored, self._volume) else None
        layer = self._layers[stored]
        return None if layer is None else layer.part(segment.GetLabelValue())


def _lies_on_grid(image: Any, volume: Any) -> bool:
    """Tell whether the voxels of a stored labelmap (vtkOrientedImageData) are those of the volume's grid continued."""
    if image.IsEmpty():
        return False
    ours, theirs = vtk.vtkMatrix4x4(), vtk.vtkMatrix4x4()
    image.GetImageToWorldMatrix(ours)
    volume.GetIJKToRASMatrix(theirs)
    difference = slicer.util.arrayFromVTKMatrix(ours) - slicer.util.arrayFromVTKMatrix(theirs)
    return float(np.abs(difference).max()) <= SAME_GRID_MM


def _layer(stored: Any, volume: Any) -> _Layer:
    """Return what of a label map lies within the volume."""
    columns, rows, slices = stored.GetDimensions()
    values = vtk_to_numpy(stored.GetPointData().GetScalars()).reshape(slices, rows, columns)
    first = stored.GetExtent()[4::-2]
    start = tuple(max(each, 0) for each in first)
    ends = volume.GetImageData().GetDimensions()[::-1]
    within = values[tuple(slice(s - f, max(e - f, s - f)) for s, f, e in zip(start, first, ends, strict=True))]
    k, j, i = start
    return _Layer(within, (k, j, i), ndimage.find_objects(within) if within.size else [])
