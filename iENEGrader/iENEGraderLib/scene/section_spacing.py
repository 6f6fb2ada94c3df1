"""How far the sections of the image that is read lie apart."""

from __future__ import annotations

from typing import Any

import slicer
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.scene.volumes import geometry_of_volume

from iENEGraderLib.measure.size.node_size import section_axis
from iENEGraderLib.scene.segmentation_reading import reference_volume


def section_spacing_mm() -> float | None:
    """Return the distance of sections along the neck in the image that was segmented, else in the only one there is.

    Returns
    -------
    The greatest one when several images were segmented; None when it cannot be told.
    """
    segmented = [reference_volume(node) for node in slicer.util.getNodesByClass("vtkMRMLSegmentationNode")]
    volumes = [volume for volume in segmented if volume is not None] or _only_volume()
    return max((spacing for volume in volumes if (spacing := _spacing_of(volume)) is not None), default=None)


def _only_volume() -> list[Any]:
    volumes = list(slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode"))
    return volumes if len(volumes) == 1 else []


def _spacing_of(volume: Any) -> float | None:
    try:
        geometry = geometry_of_volume(volume)
    except InputError:
        return None
    along_i, along_j, along_k = geometry.spacing_mm
    return (along_k, along_j, along_i)[section_axis(geometry)]
