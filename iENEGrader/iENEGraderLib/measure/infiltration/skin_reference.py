"""How thick the skin is where no node lies below it: at the mirrored place, or elsewhere on the same side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from iENEGraderLib.measure.infiltration.skin_rays import Body
    from iENEGraderLib.measure.position.midsagittal import Plane

    Floats = NDArray[np.float64]

REMOTE_DEPTH_MM = (6.0, 8.0)
REMOTE_TO_MM = 45.0
"""Ours: without a mirrored side, rays are followed to this depth, up to this far from the node."""
MOST_RAYS = 400
LEAST_RAYS = 10


def mirrored_skin_mm(body: Body, points_kji: Floats, plane: Plane) -> float | None:
    """Return the median thickness of the skin above the mirror images of points, shape (n, 3)."""
    geometry = body.image.geometry
    ras = geometry.ras_from_kji(points_kji)
    normal = np.array(plane.to_right)
    mirrored = ras - 2 * ((ras - plane.point_ras_mm) @ normal)[:, None] * normal
    return _typical_skin_mm(body, geometry.kji_from_ras(mirrored))


def remote_skin_mm(body: Body, outlines: Mapping[int, Floats], remote_mm: float) -> float | None:
    """Return the median thickness of the skin in the sections of a node, away from it.

    Parameters
    ----------
    body : the body.
    outlines : outline of the node, pixels of shape (n, 2), by section.
    remote_mm : least distance from the outline.
    """
    points = [_remote_points(body, section, outline, remote_mm) for section, outline in outlines.items()]
    return _typical_skin_mm(body, np.concatenate(points))


def _remote_points(body: Body, section: int, outline: Floats, remote_mm: float) -> Floats:
    """Return points a little below the surface, shape (n, 3)."""
    reach = np.ceil(REMOTE_TO_MM / body.sides_mm)
    start = np.maximum(outline.min(axis=0) - reach, 0).astype(np.intp)
    stop = np.minimum(outline.max(axis=0) + reach + 1, body.inside(section).shape).astype(np.intp)
    depth, _ = body.depths(section, start, stop)
    places = np.argwhere((depth >= REMOTE_DEPTH_MM[0]) & (depth <= REMOTE_DEPTH_MM[1])) + start.astype(float)
    apart = np.linalg.norm((places[:, None] - outline[None, ::4]) * body.sides_mm, axis=-1).min(axis=1)
    places = places[(apart > remote_mm) & (apart < REMOTE_TO_MM)]
    return np.insert(places, body.axis, section, axis=1)


def _typical_skin_mm(body: Body, points_kji: Floats) -> float | None:
    """Return the median thickness of the skin on rays to inner points; None when too few show skin above fat."""
    points = points_kji[:: max(1, len(points_kji) // MOST_RAYS)]
    sections = np.rint(points[:, body.axis]).astype(int)
    inside = (sections >= 0) & (sections < body.image.geometry.array_shape[body.axis])
    skin = [
        body.rays_to(int(s), np.delete(points[sections == s], body.axis, axis=1)).skin_mm
        for s in np.unique(sections[inside])
    ]
    known = np.concatenate([*skin, np.empty(0)])
    known = known[np.isfinite(known) & (known > 0)]
    return float(np.median(known)) if len(known) >= LEAST_RAYS else None
