"""Regions that spectral values are read in: nodes of the reading, muscle and vessels beside them. No Qt, no Slicer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from iENEGraderLib.anatomy.structures import Role
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
LEAST_CORE_VOXELS = 27
"""Ours: a smaller core says less than the whole segment with its mixed border."""
MARGIN_MM = 3.0
"""Ours: extension beyond a capsule begins in the fat around a node; 3 mm are a few voxels of any neck CT."""
CURSOR_PIXELS = 2
GREY = (0.5, 0.5, 0.5)
CROSS = ndimage.generate_binary_structure(3, 1)


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
    found = [_core(segment, node_id, node_id) for node_id, segment in nodes.items()]
    for each in REFERENCE_ROLES:
        segments = [one for one in roles.segments(*each) if one not in nodes.values()]
        if segments:
            largest = max(segments, key=lambda one: int(one.cropped_mask().sum()))
            found.append(_core(largest, spaced(largest.name), ""))
    return tuple(each for each in found if each.mask.any())


def margin_of(node: Segment, others: Iterable[Segment], geometry: ImageGeometry, node_id: str) -> Region:
    """Return the shell around a node, out to `MARGIN_MM`, without other segments and without its blurred border."""
    spacing = np.array(geometry.spacing_kji_mm)
    pad = np.ceil(MARGIN_MM / spacing).astype(int) + 1
    box = node.grid_box
    start = np.maximum(np.array([each.start for each in box]) - pad, 0)
    stop = np.minimum(np.array([each.stop for each in box]) + pad, geometry.array_shape)
    inside = _on_box(node, start, stop)
    distance = ndimage.distance_transform_edt(~inside, sampling=spacing)
    # The voxel next to the outline is part node, part surroundings.
    shell = (distance > 1.01 * spacing.min()) & (distance <= MARGIN_MM)
    for other in others:
        if other is not node:
            shell &= ~_on_box(other, start, stop)
    k, j, i = start.tolist()
    words = f"shell out to {MARGIN_MM:g} mm, other segments left out"
    return Region(f"{node_id} margin", shell, (k, j, i), node_id, node.colour or GREY, words)


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


def segment_of_node(reading: Reading, segmentation: Segmentation, node_id: str) -> Segment | None:
    """Return the segment of a node of the reading."""
    return match_segments(reading, segmentation, skip_unknown=True).segment_of.get(node_id)


def _core(segment: Segment, name: str, node_id: str) -> Region:
    """Return a segment without its outermost voxels, which hold something else in part, when enough is left."""
    mask = segment.cropped_mask()
    core = ndimage.binary_erosion(mask, CROSS, border_value=0)
    is_large = int(core.sum()) >= LEAST_CORE_VOXELS
    k, j, i = (each.start for each in segment.grid_box)
    words = "segment without its outermost voxels" if is_large else "whole segment"
    return Region(name, core if is_large else mask, (k, j, i), node_id, segment.colour or GREY, words)


def _on_box(segment: Segment, start: NDArray[np.intp], stop: NDArray[np.intp]) -> Mask:
    out = np.zeros(tuple(stop - start), dtype=bool)
    box = segment.grid_box
    first = np.maximum(start, [each.start for each in box])
    last = np.minimum(stop, [each.stop for each in box])
    if (first < last).all():
        begin = np.array([each.start for each in box])
        source = tuple(slice(a, b) for a, b in zip(first - begin, last - begin, strict=True))
        out[tuple(slice(a, b) for a, b in zip(first - start, last - start, strict=True))] = segment.cropped_mask()[
            source
        ]
    return out
