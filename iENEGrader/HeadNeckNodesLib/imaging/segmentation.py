"""Segments on one grid: masks made when asked for, and brought onto the grid of an image without resampling."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.terminology import Terminology

    Box = tuple[slice, slice, slice]

OFF_GRID_TOLERANCE = 0.05
"""Share of a voxel by which two grids may differ and still count as the same grid."""

NODE_PREFIX = "node_"


@dataclass(frozen=True, eq=False)
class Segment:
    """One segment of a segmentation.

    Attributes
    ----------
    segment_id : identifier in the file, as the scene uses it.
    name : name that the reader sees.
    terminology : coded meaning, if the file has one.
    colour : red, green, blue from 0 to 1, if the file has one.
    labels : the label array [k, j, i] of the layer, shared by the segments of that layer; may be a part of the grid.
    label_value : value of this segment in ``labels``.
    box : smallest box of ``labels`` that holds the segment.
    offset_kji : where ``labels`` begins on the grid of the segmentation.
    grid_shape : shape [k, j, i] of the grid of the segmentation.
    """

    segment_id: str
    name: str
    labels: NDArray[Any]
    label_value: int
    box: Box
    offset_kji: tuple[int, int, int]
    grid_shape: tuple[int, int, int]
    terminology: Terminology | None = None
    colour: tuple[float, float, float] | None = None

    @property
    def grid_box(self) -> Box:
        """Smallest box of the grid that holds the segment."""
        k, j, i = (slice(b.start + o, b.stop + o) for b, o in zip(self.box, self.offset_kji, strict=True))
        return k, j, i

    @property
    def is_node(self) -> bool:
        """Tell whether this is a lymph node, see :func:`means_node`."""
        return means_node(self.name, self.terminology)

    def cropped_mask(self) -> NDArray[np.bool_]:
        """Return the mask inside :attr:`grid_box`."""
        mask: NDArray[np.bool_] = self.labels[self.box] == self.label_value
        return mask

    def mask(self) -> NDArray[np.bool_]:
        """Return the mask [k, j, i] on the whole grid; a new array at each call."""
        full = np.zeros(self.grid_shape, dtype=bool)
        full[self.grid_box] = self.cropped_mask()
        return full


@dataclass(frozen=True, eq=False)
class Segmentation:
    """Segments and the grid they share.

    Attributes
    ----------
    geometry : grid of the masks.
    segments : in the order of the file; may overlap.
    source : name of the file, without its path.
    """

    geometry: ImageGeometry
    segments: tuple[Segment, ...]
    source: str = ""

    @property
    def nodes(self) -> tuple[Segment, ...]:
        """The segments that are lymph nodes, see :attr:`Segment.is_node`."""
        return tuple(s for s in self.segments if s.is_node)

    def named(self, name: str) -> Segment:
        """Return the one segment of that name.

        Raises
        ------
        InputError
            when no segment or several have that name.
        """
        found = [s for s in self.segments if s.name == name]
        if len(found) == 1:
            return found[0]
        names = ", ".join(repr(s.name) for s in self.segments)
        raise InputError(
            f"{self.source}: {len(found)} segments are named {name!r}, expected one; the segments are {names}"
        )


def means_node(name: str, terminology: Terminology | None) -> bool:
    """Tell whether a segment is a lymph node: named ``node_...`` (in any case) or coded as one."""
    return name.lower().startswith(NODE_PREFIX) or (terminology is not None and terminology.is_lymph_node)


def segmentation_on(image: Image, segmentation: Segmentation) -> Segmentation:
    """Return the segmentation on the grid of the image, without resampling.

    Slicer often saves a segmentation cropped to what it holds. Such an aligned part of the image grid (same voxels,
    whole voxels away from the first) is accepted and padded; any other grid is refused, because resampled borders would
    move the measurements.

    Raises
    ------
    InputError
        stating both grids, when the segmentation is neither on the image grid nor an aligned part of it.
    """
    offset = _aligned_offset(image.geometry, segmentation.geometry)
    if offset is None:
        raise InputError(
            f"{segmentation.source or 'segmentation'} does not lie on the grid of {image.source or 'the image'}: "
            f"segmentation {segmentation.geometry.describe()}, image {image.geometry.describe()}; "
            "set the image as source geometry of the segmentation in Slicer and save it again"
        )
    moved = tuple(
        replace(
            s,
            offset_kji=(s.offset_kji[0] + offset[0], s.offset_kji[1] + offset[1], s.offset_kji[2] + offset[2]),
            grid_shape=image.geometry.array_shape,
        )
        for s in segmentation.segments
    )
    return replace(segmentation, geometry=image.geometry, segments=moved)


def _aligned_offset(grid: ImageGeometry, part: ImageGeometry) -> tuple[int, int, int] | None:
    """Return where ``part`` begins in ``grid`` [k, j, i] when both share their voxels and ``part`` lies inside."""
    corners = np.array([[0, 0, 0], np.array(part.array_shape) - 1])
    sides = np.vstack([corners, np.diag(np.array(part.array_shape) - 1)])
    placed = grid.kji_from_ras(part.ras_from_kji(sides))
    first = np.rint(placed[0]).astype(int)
    if np.abs(placed - (first + sides)).max() > OFF_GRID_TOLERANCE or not _same_voxels(grid, part):
        return None
    if (first < 0).any() or (first + np.array(part.array_shape) > np.array(grid.array_shape)).any():
        return None
    k, j, i = first.tolist()
    return k, j, i


def _same_voxels(grid: ImageGeometry, part: ImageGeometry) -> bool:
    """Compare voxel sizes and axes; a part of one voxel thickness hides its spacing from the comparison of corners."""
    return bool(np.allclose(grid.ijk_to_ras[:3, :3], part.ijk_to_ras[:3, :3], atol=1e-3))
