"""A node from closed curves drawn in parallel sections."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError
from scipy import ndimage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

OFF_PLANE_VOXELS = 0.75
SUBSAMPLES = 5
"""A voxel belongs to the node when most of its section does; it is looked at in this many points along each side (odd,
so that there is no tie)."""


def mask_of_curves(curves_ras_mm: Sequence[Floats], geometry: ImageGeometry) -> NDArray[np.bool_]:
    """Fill closed curves, and the sections between them by shape.

    Parameters
    ----------
    curves_ras_mm : points of each closed curve, shape (n, 3), drawn in sections of the image.
    geometry : grid of the image.

    Returns
    -------
    mask [k, j, i].

    Raises
    ------
    InputError
        When there is no curve, a curve has too few points, lies in no section of the image, or the curves lie in
        sections of different directions.

    Notes
    -----
    Between two sections the distance to the outline is taken linearly (Raya and Udupa 1990, doi:10.1109/42.52980).
    """
    if not curves_ras_mm:
        raise InputError("no curve was drawn: draw a closed curve round the node in at least one section")
    placed = [geometry.kji_from_ras(np.asarray(curve, dtype=float)) for curve in curves_ras_mm]
    axis = _common_axis(placed)
    mask = np.zeros(geometry.array_shape, dtype=bool)
    sections: dict[int, Mask] = {}
    across = np.delete(np.array(geometry.array_shape), axis)
    for curve in placed:
        at = round(float(curve[:, axis].mean()))
        if not 0 <= at < geometry.array_shape[axis]:
            raise InputError("a curve lies outside the image: draw it in a section of the image")
        filled = _filled(np.delete(curve, axis, axis=1), (int(across[0]), int(across[1])))
        # Two curves in one section: both belong to the node.
        sections[at] = sections.get(at, np.zeros(filled.shape, dtype=bool)) | filled
    view = np.moveaxis(mask, axis, 0)
    spacing = np.delete(np.array(geometry.spacing_kji_mm), axis)
    for at, section in _between(sections, spacing):
        view[at] = section
    return mask


def _common_axis(placed: Sequence[Floats]) -> int:
    """Return the array axis across which all curves lie flat."""
    if any(len(curve) < 3 for curve in placed):
        raise InputError("a curve has fewer than three points: a closed curve needs at least three")
    spreads = np.array([np.abs(curve - curve.mean(axis=0)).max(axis=0) for curve in placed])
    flat = np.flatnonzero((spreads <= OFF_PLANE_VOXELS).all(axis=0))
    if len(flat) != 1:
        raise InputError(
            "the curves do not lie in parallel sections of the image: draw all of them in the axial, the coronal "
            "or the sagittal view, not in a turned one"
        )
    return int(flat[0])


def _filled(curve: Floats, shape: tuple[int, int]) -> Mask:
    """Return the voxels of which most lies inside the curve (even-odd rule)."""
    first = np.maximum(np.floor(curve.min(axis=0)).astype(int) - 1, 0)
    last = np.minimum(np.ceil(curve.max(axis=0)).astype(int) + 2, shape)
    filled = np.zeros(shape, dtype=bool)
    if (last <= first).any():
        return filled
    offsets = (np.arange(SUBSAMPLES) + 0.5) / SUBSAMPLES - 0.5
    rows = (np.arange(first[0], last[0])[:, None] + offsets).ravel()
    columns = (np.arange(first[1], last[1])[:, None] + offsets).ravel()
    inside = _inside(curve, rows, columns)
    share = inside.reshape(last[0] - first[0], SUBSAMPLES, last[1] - first[1], SUBSAMPLES).mean(axis=(1, 3))
    filled[first[0] : last[0], first[1] : last[1]] = share > 0.5
    return filled


def _inside(curve: Floats, rows: Floats, columns: Floats) -> Mask:
    """Tell which points of a grid lie inside a closed curve: an odd number of edges lies to their right."""
    crossings = np.zeros((len(rows), len(columns)), dtype=np.int_)
    for (row_a, column_a), (row_b, column_b) in zip(curve, np.roll(curve, -1, axis=0), strict=True):
        if row_a == row_b:
            continue
        passed = (rows >= min(row_a, row_b)) & (rows < max(row_a, row_b))
        crossing = column_a + (rows[passed] - row_a) / (row_b - row_a) * (column_b - column_a)
        crossings[passed] += columns[None, :] < crossing[:, None]
    odd: Mask = crossings % 2 == 1
    return odd


def _between(sections: dict[int, Mask], spacing_mm: Floats) -> list[tuple[int, Mask]]:
    """Return every section from the first to the last drawn one."""
    drawn = sorted(sections)
    out = [(at, sections[at]) for at in drawn]
    for below, above in itertools.pairwise(drawn):
        if above - below < 2:
            continue
        low, high = (_signed_distance(sections[at], spacing_mm) for at in (below, above))
        for at in range(below + 1, above):
            share = (at - below) / (above - below)
            out.append((at, (1 - share) * low + share * high > 0))
    return out


def _signed_distance(section: Mask, spacing_mm: Floats) -> Floats:
    inside = ndimage.distance_transform_edt(section, spacing_mm)
    outside = ndimage.distance_transform_edt(~section, spacing_mm)
    distance: Floats = inside - outside
    return distance
