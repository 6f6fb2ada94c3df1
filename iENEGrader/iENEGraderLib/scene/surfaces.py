"""Surfaces of segments for files and pages: closed, few enough triangles, in RAS mm, with names and colours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
import vtk
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.scene.volumes import require_no_transform
from vtk.util.numpy_support import vtk_to_numpy

from iENEGraderLib.anatomy.structures import Role, structure_for
from iENEGraderLib.export.teaching.mesh import Mesh
from iENEGraderLib.scene.segmentations import LABELMAP

if TYPE_CHECKING:
    from collections.abc import Iterable

CLOSED_SURFACE = "Closed surface"
MOST_TRIANGLES = 3000
"""Ours, for each segment: nodes and vessels of the sample case keep their volume within half a percent."""
SHOWN = (Role.MAJOR_ARTERY, Role.ARTERY, Role.JUGULAR_VEIN)
OPACITIES = {Role.JUGULAR_VEIN: 0.55}


def surfaces_of(
    segmentation: Any, segment_ids: Iterable[str] | None = None, *, most_triangles: int = MOST_TRIANGLES
) -> tuple[Mesh, ...]:
    """Return the surfaces of segments of the scene; empty segments are left out.

    Parameters
    ----------
    segmentation : vtkMRMLSegmentationNode; it is not changed.
    segment_ids : None for all.
    most_triangles : for each segment; larger surfaces are made coarser.

    Raises
    ------
    InputError
        When a transform moves the segmentation, or it has no segment of that id.
    """
    require_no_transform(segmentation)
    known = list(segmentation.GetSegmentation().GetSegmentIDs())
    wanted = known if segment_ids is None else list(segment_ids)
    for segment_id in wanted:
        if segment_id not in known:
            raise InputError(f"there is no segment {segment_id!r}; the segments are {', '.join(known)}")
    found = (_surface(segmentation, segment_id, most_triangles) for segment_id in wanted)
    return tuple(mesh for mesh in found if mesh is not None)


def shown_segment_ids(segmentation: Any) -> tuple[str, ...]:
    """Return the segments that a teaching page shows of the anatomy: arteries and jugular veins.

    Skin and skull stay out: the surface of a head can show whose it is.
    """
    segments = segmentation.GetSegmentation()
    roles = {each: structure_for(segments.GetSegment(each).GetName()) for each in segments.GetSegmentIDs()}
    return tuple(each for each, structure in roles.items() if structure is not None and structure.role in SHOWN)


def _surface(segmentation: Any, segment_id: str, most_triangles: int) -> Mesh | None:
    segment = segmentation.GetSegmentation().GetSegment(segment_id)
    surface = _closed_surface(segmentation, segment_id)
    if surface is None:
        return None
    fine = _filtered(vtk.vtkTriangleFilter(), surface)
    coarse = _decimated(fine, most_triangles)
    vertices = vtk_to_numpy(coarse.GetPoints().GetData()).astype(np.float32)
    triangles = vtk_to_numpy(coarse.GetPolys().GetConnectivityArray()).reshape(-1, 3).astype(np.int32)
    structure = structure_for(segment.GetName())
    opacity = OPACITIES.get(structure.role, 1.0) if structure is not None else 1.0
    red, green, blue = segment.GetColor()
    mesh = Mesh(segment.GetName(), (red, green, blue), vertices, triangles, opacity)
    if mesh.volume_mm3 < 0:
        return Mesh(mesh.name, mesh.colour, vertices, np.ascontiguousarray(triangles[:, ::-1]), opacity)
    return mesh


def _closed_surface(segmentation: Any, segment_id: str) -> Any:
    """Return the surface that Slicer makes of one segment, cropped first, which is much faster; None when empty."""
    image = slicer.vtkOrientedImageData()
    segmentation.GetBinaryLabelmapRepresentation(segment_id, image)
    if image.IsEmpty():
        return None
    alone = slicer.vtkSegment()
    alone.AddRepresentation(LABELMAP, image)
    made = slicer.vtkSegmentation()
    made.SetSourceRepresentationName(LABELMAP)
    made.AddSegment(alone, segment_id)
    made.CreateRepresentation(CLOSED_SURFACE)
    surface = made.GetSegment(segment_id).GetRepresentation(CLOSED_SURFACE)
    return surface if surface is not None and surface.GetNumberOfPolys() else None


def _decimated(surface: Any, most_triangles: int) -> Any:
    """Return a surface with fewer triangles (quadric error, Garland and Heckbert 1997); closed ones stay closed."""
    if surface.GetNumberOfPolys() <= most_triangles:
        return surface
    reducer = vtk.vtkQuadricDecimation()
    reducer.SetTargetReduction(1.0 - most_triangles / surface.GetNumberOfPolys())
    return _filtered(reducer, surface)


def _filtered(step: Any, surface: Any) -> Any:
    step.SetInputData(surface)
    step.Update()
    return step.GetOutput()
