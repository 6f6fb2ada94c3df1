"""A structure beside a node: both labels on one small box, how far each voxel is, and the rim where they blur."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.measure.distances import signed_distance_mm
from iENEGraderLib.measure.size.node_size import section_axis

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry, Vector
    from numpy.typing import NDArray

    from iENEGraderLib.measure.label_field import LabelPart

    Floats = NDArray[np.float64]
    Indices = NDArray[np.intp]
    Mask = NDArray[np.bool_]

NEIGHBOURS = np.ones((3, 3, 3), dtype=bool)
RIM_VOXELS = 1.5
"""Ours: voxels from the centre of the last labelled one within which CT blurs two tissues into each other."""
LEAST_RIM_MM = 0.75
"""Ours: the rim on fine grids; the blur of a scanner does not shrink with its voxels."""


@dataclass(frozen=True, eq=False)
class Surroundings:
    """Labels of a structure and a node inside one box of the grid.

    Attributes
    ----------
    structure, node : masks [k, j, i] of the box; where both are labelled both are true.
    start_kji, stop_kji : the box on the grid.
    geometry : the grid.
    """

    structure: Mask
    node: Mask
    start_kji: Indices
    stop_kji: Indices
    geometry: ImageGeometry

    @staticmethod
    def within(reach_mm: float, structure: LabelPart, node: LabelPart, geometry: ImageGeometry) -> Surroundings:
        """Cut out what lies within a reach of the node's box."""
        start, stop = node.box_within(reach_mm, np.array(geometry.spacing_kji_mm))
        return Surroundings(structure.on(start, stop), node.on(start, stop), start, stop, geometry)

    @property
    def spacing_mm(self) -> Floats:
        """Voxel sides along k, j, i."""
        return np.array(self.geometry.spacing_kji_mm)

    @property
    def section_axis(self) -> int:
        """Array axis across which sections are counted."""
        return section_axis(self.geometry)

    @cached_property
    def rims(self) -> NDArray[np.float32]:
        """How far from the node each voxel is, in widths of the rim: up to 1 its value cannot be told from the node."""
        return rims_from(self.node, self.spacing_mm)

    @cached_property
    def node_distance_mm(self) -> NDArray[np.float32]:
        """How far each voxel is from the node, centre to centre."""
        return distance_from(self.node, self.spacing_mm)

    def middle_ras_mm(self, part: Mask) -> Vector:
        """Return the voxel of a part that is nearest to its middle."""
        places = np.argwhere(part)
        from_middle = np.linalg.norm((places - places.mean(axis=0)) * self.spacing_mm, axis=1)
        return self.geometry.place_ras_mm(places[np.argmin(from_middle)] + self.start_kji)


def rim_mm(spacing_mm: Floats) -> float:
    """Return the width of the rim within sections."""
    return max(LEAST_RIM_MM, RIM_VOXELS * float(spacing_mm.min()))


def visible_depth_mm(spacing_mm: Floats) -> float:
    """Return the depth of growth within sections that begins to show: beyond the rim by a voxel."""
    return rim_mm(spacing_mm) + float(spacing_mm.min())


def rims_from(mask: Mask, spacing_mm: Floats) -> NDArray[np.float32]:
    """Return distances from a mask in widths of the rim: wider across thick sections, where a voxel mixes more."""
    width = np.maximum(rim_mm(spacing_mm), spacing_mm)
    return distance_from(mask, spacing_mm / width)


def distance_from(mask: Mask, spacing_mm: Floats) -> NDArray[np.float32]:
    """Return the distance of each voxel from the nearest one of a mask, centre to centre; very far for an empty one."""
    return np.maximum(-signed_distance_mm(mask, spacing_mm), 0.0)
