"""Outline of the body in a CT, and the plane that mirrors it best onto itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.hounsfield import require_hounsfield
from scipy import ndimage, optimize

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.image import Image
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Vector = NDArray[np.float64]

BODY_HU = -400.0
TABLE_NECK_MM = 6.0
"""What hangs on the body by less than this, such as the table, is cut off."""
COARSE_MM = 5.0
LEAST_BODY_MM3 = 100_000.0


def body_mask(image: Image) -> Mask:
    """Return the largest body of tissue [k, j, i], airway filled, without the table.

    Raises
    ------
    InputError
        when the image is not in HU or shows no body.
    """
    require_hounsfield(image)
    spacing = image.geometry.spacing_kji_mm
    tissue = image.voxels > BODY_HU
    reach = [max(1, round(TABLE_NECK_MM / 2 / s)) for s in spacing[1:]]
    core = ndimage.minimum_filter(tissue, size=(1, 2 * reach[0] + 1, 2 * reach[1] + 1))
    labels, count = ndimage.label(core)
    sizes = np.bincount(labels.ravel())[1:]
    if not count or sizes.max() * image.geometry.voxel_volume_mm3 < LEAST_BODY_MM3:
        raise InputError(
            f"{image.source or 'image'}: no body of at least {LEAST_BODY_MM3 / 1000:g} mL above {BODY_HU:.0f} HU; "
            "state the sides yourself"
        )
    body = labels == int(np.argmax(sizes)) + 1
    body = ndimage.maximum_filter(body, size=(1, 2 * reach[0] + 1, 2 * reach[1] + 1)) & tissue
    filled: Mask = np.stack([ndimage.binary_fill_holes(section) for section in body])
    return filled


def symmetry_plane(mask: Mask, geometry: ImageGeometry) -> tuple[Vector, Vector, float]:
    """Return a point, the normal and the residual in mm of the plane that mirrors the mask best onto itself.

    The plane may be shifted, turned about the long axis and tilted sideways. The residual is the volume of the body
    that its mirror image misses, divided by the area of the body's surface.
    """
    steps = [max(1, round(COARSE_MM / s)) for s in geometry.spacing_kji_mm]
    thin = ndimage.gaussian_filter(mask.astype(np.float32), [s / 2.0 for s in steps])
    axes = [np.arange(0, n, s) for n, s in zip(mask.shape, steps, strict=True)]
    places = np.stack(np.meshgrid(*axes, indexing="ij"), -1).reshape(-1, 3)
    values = thin[tuple(places.T)]
    ras = geometry.ras_from_kji(places)
    centre = (ras * values[:, None]).sum(axis=0) / values.sum()

    def mismatch(parameters: Vector) -> float:
        point, normal = _plane(parameters, centre)
        mirrored = ras - 2.0 * ((ras - point) @ normal)[:, None] * normal
        other = ndimage.map_coordinates(thin, geometry.kji_from_ras(mirrored).T, order=1, mode="constant")
        return float(np.mean((values - other) ** 2))

    start = np.array([[0, 0, 0], [8, 0, 0], [0, 8, 0], [0, 0, 8]], dtype=float)
    best = optimize.minimize(
        mismatch,
        start[0],
        method="Nelder-Mead",
        options={"initial_simplex": start, "xatol": 0.05, "fatol": 1e-6, "maxiter": 200},
    )
    point, normal = _plane(best.x, centre)
    gradient = np.linalg.norm(np.stack(np.gradient(thin, *geometry.spacing_kji_mm)), axis=0)
    surface_mm2 = float(gradient.sum()) * geometry.voxel_volume_mm3
    missed_mm3 = best.fun * thin.size * geometry.voxel_volume_mm3
    return point, normal, missed_mm3 / surface_mm2


def _plane(parameters: Vector, centre: Vector) -> tuple[Vector, Vector]:
    """Return point and normal for a shift in mm, a turn about S and a tilt about A in degrees."""
    shift, turn, tilt = parameters[0], np.radians(parameters[1]), np.radians(parameters[2])
    normal = np.array([np.cos(turn) * np.cos(tilt), np.sin(turn) * np.cos(tilt), np.sin(tilt)])
    return centre + shift * normal, normal
