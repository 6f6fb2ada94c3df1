"""Regions that spectral values are read in: nodes of the reading, muscle and vessels beside them. No Qt, no Slicer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.anatomy.structures import Role
from iENEGraderLib.measure import regions as measure_regions
from iENEGraderLib.measure.case.roles import assign_roles
from iENEGraderLib.measure.case.segment_matching import match_segments
from iENEGraderLib.panel.choices import spaced

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation
    from numpy.typing import NDArray

    from iENEGraderLib.reading import Reading

    Mask = NDArray[np.bool_]
    Colour = tuple[float, float, float]

REFERENCE_ROLES = ((Role.MUSCLE,), (Role.MAJOR_ARTERY, Role.ARTERY), (Role.JUGULAR_VEIN,))
CURSOR_PIXELS = 2
DRAWN = "drawn region"
GREY = (0.5, 0.5, 0.5)


@dataclass(frozen=True, eq=False)
class Region:
    """A part of the grid.

    Attributes
    ----------
    name : as shown.
    mask : [k, j, i], of a box of the grid.
    start_kji : where the box begins.
    node_id : of the reading, for nodes.
    colour : of its segment.
    words : how it was drawn, for the method of evidence.
    """

    name: str
    mask: Mask
    start_kji: tuple[int, int, int]
    node_id: str = ""
    colour: Colour = GREY
    words: str = "segment"

    def place_ras_mm(self, geometry: ImageGeometry) -> NDArray[np.float64]:
        """Return the middle of the region."""
        return geometry.ras_from_kji(np.argwhere(self.mask).mean(axis=0) + self.start_kji)


def regions_of(reading: Reading | None, segmentation: Segmentation) -> tuple[Region, ...]:
    """Return the nodes of the reading that have a segment, then the largest muscle, artery and vein."""
    if reading is None:
        nodes = {each.name: each for each in segmentation.nodes}
    else:
        nodes = match_segments(reading, segmentation, skip_unknown=True).segment_of
    roles = assign_roles(segmentation)
    found = [core_of(segment, node_id, node_id) for node_id, segment in nodes.items()]
    for each in REFERENCE_ROLES:
        segments = [one for one in roles.segments(*each) if one not in nodes.values()]
        if segments:
            largest = max(segments, key=lambda one: int(one.cropped_mask().sum()))
            found.append(core_of(largest, spaced(largest.name), ""))
    return tuple(each for each in found if each.mask.any())


def margin_of(node: Segment, others: Iterable[Segment], geometry: ImageGeometry, node_id: str) -> Region:
    """Return the shell around a node, without other segments and without its blurred border."""
    found = measure_regions.margin_of(node, others, geometry)
    return Region(f"{node_id} margin", found.mask, found.start_kji, node_id, node.colour or GREY, found.words)


def region_at(geometry: ImageGeometry, ras_mm: Sequence[float]) -> Region | None:
    """Return a small square of one section around a place; None outside the image."""
    at = np.rint(geometry.kji_from_ras(np.asarray(ras_mm, dtype=np.float64))).astype(int)
    shape = np.array(geometry.array_shape)
    if (at < 0).any() or (at >= shape).any():
        return None
    reach = np.array([0, CURSOR_PIXELS, CURSOR_PIXELS])
    start, stop = np.maximum(at - reach, 0), np.minimum(at + reach + 1, shape)
    k, j, i = start.tolist()
    return Region("cursor", np.ones(tuple(stop - start), dtype=bool), (k, j, i))


def core_of(segment: Segment, name: str, node_id: str = "") -> Region:
    """Return a segment without its outermost voxels, which hold something else in part, when enough is left."""
    found = measure_regions.core_of(segment)
    return Region(name, found.mask, found.start_kji, node_id, segment.colour or GREY, found.words)


def segment_of_node(reading: Reading, segmentation: Segmentation, node_id: str) -> Segment | None:
    """Return the segment of a node of the reading."""
    return match_segments(reading, segmentation, skip_unknown=True).segment_of.get(node_id)
