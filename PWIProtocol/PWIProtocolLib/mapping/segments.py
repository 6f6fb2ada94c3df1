"""Segments that were drawn on another grid than that of the dynamic study, brought onto it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.imaging.segmentation import segmentation_on

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation
    from numpy.typing import NDArray

    from PWIProtocolLib.dynamic import DynamicFrames

    Mask = NDArray[np.bool_]

WHOLE = 0.999
"""Share of a segment inside the study from which it counts as whole."""
CHANGED = 0.1
"""Change of the volume of a segment that is worth a word; our choice."""
MM3_PER_ML = 1000.0


@dataclass(frozen=True, eq=False)
class Resampled:
    """A mask on another grid.

    Attributes
    ----------
    mask : [k, j, i] on that grid.
    drawn_ml, placed_ml : its volume before and after.
    inside_share : share of the drawn voxels whose centre lies in the other grid.
    """

    mask: Mask
    drawn_ml: float
    placed_ml: float
    inside_share: float


@dataclass(frozen=True)
class Placing:
    """What happened to a segment: volumes as drawn and as used, and the share that lies inside the dynamic study."""

    segment_id: str
    name: str
    drawn_ml: float
    placed_ml: float
    inside_share: float


@dataclass(frozen=True, eq=False)
class PlacedSegments:
    """Segments on the grid of the dynamic study.

    Attributes
    ----------
    segmentation : on that grid.
    drawn_on : the grid on which they were drawn; None when no voxel was resampled.
    placings : one for each segment; empty when no voxel was resampled.
    cautions : sentences.
    """

    segmentation: Segmentation
    drawn_on: ImageGeometry | None = None
    placings: tuple[Placing, ...] = ()
    cautions: tuple[str, ...] = ()


def segments_on(dynamic: DynamicFrames, segmentation: Segmentation) -> PlacedSegments:
    """Bring segments onto the grid of the dynamic study: unchanged where voxels agree, else by the nearest voxel.

    Both grids are taken to state places in the same patient space.

    Raises
    ------
    InputError
        With both grids, when a segment lies outside the study, or too small a part of it remains to fill a voxel.
    """
    image = Image(dynamic.frames[0], dynamic.geometry, "MR", "the dynamic study")
    try:
        return PlacedSegments(segmentation_on(image, segmentation))
    except InputError:
        return _resampled_all(segmentation, dynamic.geometry)


def resampled(mask: Mask, geometry: ImageGeometry, onto: ImageGeometry) -> Resampled:
    """Bring a mask [k, j, i] onto another grid: each voxel there takes the value of the nearest one here."""
    drawn = np.argwhere(mask)
    placed_at = np.rint(onto.kji_from_ras(geometry.ras_from_kji(drawn)))
    inside = np.all((placed_at >= 0) & (placed_at < onto.array_shape), axis=1)
    found = np.zeros(onto.array_shape, bool)
    if inside.any():
        first, last = _box(drawn, geometry, onto)
        places = np.stack(np.meshgrid(*map(np.arange, first, last), indexing="ij"), axis=-1).reshape(-1, 3)
        # Halves go to one side everywhere, so that no row is taken twice.
        nearest = np.floor(geometry.kji_from_ras(onto.ras_from_kji(places)) + 0.5 - 1e-6).astype(int)
        within = np.all((nearest >= 0) & (nearest < mask.shape), axis=1)
        taken = places[within][mask[tuple(nearest[within].T)]]
        found[tuple(taken.T)] = True
    drawn_ml = len(drawn) * geometry.voxel_volume_mm3 / MM3_PER_ML
    placed_ml = int(np.count_nonzero(found)) * onto.voxel_volume_mm3 / MM3_PER_ML
    return Resampled(found, drawn_ml, placed_ml, float(np.mean(inside)) if len(drawn) else 0.0)


def _box(
    drawn: NDArray[np.intp], geometry: ImageGeometry, onto: ImageGeometry
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the part of the other grid that can hold the drawn voxels: first and one after the last."""
    low, high = drawn.min(axis=0) - 1, drawn.max(axis=0) + 1
    corners = np.array([[k, j, i] for k in (0, 1) for j in (0, 1) for i in (0, 1)]) * (high - low) + low
    there = onto.kji_from_ras(geometry.ras_from_kji(corners))
    first = np.clip(np.floor(there.min(axis=0)), 0, onto.array_shape).astype(int)
    last = np.clip(np.ceil(there.max(axis=0)) + 1, 0, onto.array_shape).astype(int)
    return first, last


def _resampled_all(segmentation: Segmentation, geometry: ImageGeometry) -> PlacedSegments:
    grids = f"segments {segmentation.geometry.describe()}; dynamic study {geometry.describe()}"
    moved = [(each, resampled(each.mask(), segmentation.geometry, geometry)) for each in segmentation.segments]
    for each, found in moved:
        if found.inside_share == 0:
            raise InputError(
                f"segment {each.name} lies outside the dynamic study: {grids}; give segments of the same patient "
                "space, or leave this one out"
            )
        if not found.mask.any():
            raise InputError(f"nothing remains of segment {each.name} on the grid of the dynamic study: {grids}")
    placings = tuple(
        Placing(each.segment_id, each.name, one.drawn_ml, one.placed_ml, one.inside_share) for each, one in moved
    )
    segments = tuple(_on(each, one.mask) for each, one in moved)
    placed = replace(segmentation, geometry=geometry, segments=segments)
    return PlacedSegments(placed, segmentation.geometry, placings, _cautions(grids, placings))


def _on(segment: Segment, mask: Mask) -> Segment:
    box = (slice(0, mask.shape[0]), slice(0, mask.shape[1]), slice(0, mask.shape[2]))
    return replace(
        segment, labels=mask.astype(np.uint8), label_value=1, box=box, offset_kji=(0, 0, 0), grid_shape=mask.shape
    )


def _cautions(grids: str, placings: tuple[Placing, ...]) -> tuple[str, ...]:
    moved = (
        "the segments were drawn on another grid and were brought onto that of the dynamic study by the nearest "
        "voxel, so borders moved by up to half a voxel; both are taken to lie in the same patient space, unmoved: "
        f"{grids}"
    )
    sentences = [moved]
    for each in placings:
        change = each.placed_ml / each.drawn_ml - 1
        if each.inside_share < WHOLE:
            sentences.append(
                f"segment {each.name}: {1 - each.inside_share:.0%} of it lies outside the dynamic study and was not "
                "measured"
            )
        elif abs(change) > CHANGED:
            sentences.append(
                f"segment {each.name}: {each.drawn_ml:.2g} mL as drawn became {each.placed_ml:.2g} mL ({change:+.0%}) "
                "on the grid of the dynamic study"
            )
    return tuple(sentences)
