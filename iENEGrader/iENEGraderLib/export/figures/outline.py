"""Outlines of labels in planes of any direction."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import ndimage

from iENEGraderLib.measure.label_field import Field, Refinement, label_part, smooth_field

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MARGIN_VOXELS = 4
HALF = 0.5


def label_surface(label: NDArray[Any] | Segment, geometry: ImageGeometry) -> Field | None:
    """Return the smooth field that is one half at the surface of a label, as it is measured; None when it is empty."""
    part = label_part(label, geometry.array_shape, "a label")
    if part.is_empty:
        return None
    start = np.array(part.start_kji) - MARGIN_VOXELS
    mask = part.on(start, start + part.mask.shape + 2 * MARGIN_VOXELS)
    refinement = Refinement.for_spacing(np.array(geometry.spacing_kji_mm))
    still = np.zeros((mask.shape[refinement.axis] - 1, 2))
    return smooth_field(refinement.fine(mask, still), refinement.fine_spacing_mm, refinement.origin_mm(start))


def outline_pieces(values: NDArray[Any], level: float = HALF) -> Floats:
    """Return the pieces of line where values on a grid pass a level.

    Parameters
    ----------
    values : shape (rows, columns).

    Returns
    -------
    Ends of the pieces as (row, column), shape (n, 2, 2). Each square of the grid is taken as two triangles, in which
    the line is straight.
    """
    rows, columns = np.indices((values.shape[0] - 1, values.shape[1] - 1)).reshape(2, -1)
    first, right = np.stack([rows, columns], 1), np.stack([rows, columns + 1], 1)
    below, last = np.stack([rows + 1, columns], 1), np.stack([rows + 1, columns + 1], 1)
    triangles = np.concatenate([np.stack([first, right, below], 1), np.stack([last, below, right], 1)])
    at_corner = values[triangles[..., 0], triangles[..., 1]].astype(float) - level
    inside = at_corner > 0
    count = inside.sum(axis=1)
    crossed = (count == 1) | (count == 2)
    triangles, at_corner, inside, count = triangles[crossed], at_corner[crossed], inside[crossed], count[crossed]
    # The corner that is alone on its side: both lines that leave it are crossed.
    lone = np.argmax(inside == (count == 1)[:, None], axis=1)
    each = np.arange(len(lone))
    ends = []
    for step in (1, 2):
        other = (lone + step) % 3
        share = at_corner[each, lone] / (at_corner[each, lone] - at_corner[each, other])
        ends.append(triangles[each, lone] + share[:, None] * (triangles[each, other] - triangles[each, lone]))
    return np.stack(ends, axis=1)


def label_middle_ras(surface: Field, geometry: ImageGeometry) -> Floats:
    """Return the centre of mass of a label from its smooth field, RAS mm, shape (3,)."""
    middle_mm = surface.origin_mm + np.array(ndimage.center_of_mass(surface.values)) * surface.spacing_mm
    return geometry.ras_from_kji(middle_mm / np.array(geometry.spacing_kji_mm))
