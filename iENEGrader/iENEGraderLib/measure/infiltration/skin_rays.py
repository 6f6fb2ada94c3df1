"""Rays from the surface of the body inward: how thick the skin is, and how much fat lies below it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import ndimage

from iENEGraderLib.measure.size.node_size import section_axis

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.image import Image
    from numpy.typing import NDArray

    from iENEGraderLib.measure.label_field import LabelPart
    from iENEGraderLib.measure.tissue import TissueScale

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

BODY_HU = -300.0
"""Ours: between air and fat."""
FAT_SHARE = 0.5
"""Half way from fat to soft tissue: where a blurred edge keeps its place."""
STEP_MM = 0.1
OUTSIDE_MM = 1.5
"""Ours: rays begin this far outside, so that the blurred surface is crossed."""
NEAR_MM = 25.0
"""Ours: the surface is looked for this far round the points that are asked about."""


@dataclass(frozen=True, eq=False)
class SkinRays:
    """What rays from the surface to inner points show; arrays have shape (n,), NaN where nothing can be told.

    Attributes
    ----------
    length_mm : from the surface to the inner point.
    fat_mm : fat along the ray.
    skin_mm : from the surface to the first fat; NaN where there is no fat on the ray.
    surface_kji : where the ray crosses the surface, shape (n, 3).
    hidden : number of points within reach of the border of the image that is nearer than air.
    """

    length_mm: Floats
    fat_mm: Floats
    skin_mm: Floats
    surface_kji: Floats
    hidden: int = 0


@dataclass(frozen=True, eq=False)
class Body:
    """The body in a CT, section by section as it is asked for.

    Attributes
    ----------
    image : CT in HU.
    scale : fat and soft tissue of the patient.
    skin : label of the skin; without it skin is what lies above the first fat.
    """

    image: Image
    scale: TissueScale
    skin: LabelPart | None = None
    known: dict[int, Mask] = field(default_factory=dict)

    @property
    def axis(self) -> int:
        """Array axis across which sections are cut."""
        return section_axis(self.image.geometry)

    @property
    def sides_mm(self) -> Floats:
        """Voxel sides within a section."""
        sides: Floats = np.delete(np.asarray(self.image.geometry.spacing_kji_mm), self.axis)
        return sides

    def inside(self, section: int) -> Mask:
        """Return the body in a section, airway and cavities filled: the largest part above -300 HU."""
        if section not in self.known:
            labels, count = ndimage.label(np.take(self.image.voxels, section, self.axis) > BODY_HU)
            largest = int(np.argmax(np.bincount(labels.ravel())[1:])) + 1 if count else -1
            self.known[section] = ndimage.binary_fill_holes(labels == largest)
        return self.known[section]

    def depths(self, section: int, start: NDArray[np.intp], stop: NDArray[np.intp]) -> tuple[Floats, NDArray[np.intp]]:
        """Return the depth below the surface within a window, and the nearest pixel of air of each pixel.

        The border of the image is no surface. Depths are infinite where the window shows no air.
        """
        window = self.inside(section)[start[0] : stop[0], start[1] : stop[1]]
        if window.all() or not window.size:
            return np.full(window.shape, np.inf), np.zeros((2, *window.shape), dtype=np.intp)
        depth, nearest = ndimage.distance_transform_edt(window, self.sides_mm, return_indices=True)
        return depth, nearest

    def rays_to(self, section: int, points: Floats, most_mm: float = NEAR_MM) -> SkinRays:
        """Follow rays in one section from the nearest surface to inner points, shape (n, 2) in pixels.

        Points that lie deeper than ``most_mm``, or nearer to the border of the image than to air, are left out as NaN:
        the surface may lie outside the image.
        """
        shape = np.array(self.inside(section).shape)
        reach = np.ceil(NEAR_MM / self.sides_mm).astype(int)
        pixels = np.clip(np.rint(points).astype(int), 0, shape - 1)
        start = np.maximum(pixels.min(axis=0) - reach, 0)
        stop = np.minimum(pixels.max(axis=0) + reach + 1, shape)
        depth, nearest = self.depths(section, start, stop)
        row, column = (pixels - start).T
        air = nearest[:, row, column].T + start
        values = np.take(self.image.voxels, section, self.axis)
        found = np.full((len(points), 5), np.nan)
        to_border = ((np.minimum(pixels, shape - 1 - pixels) + 0.5) * self.sides_mm).min(axis=1)
        below = depth[row, column]
        for n in np.flatnonzero((below > 0) & (below <= np.minimum(most_mm, to_border))):
            found[n] = self._ray(section, values, points[n], air[n].astype(float))
        surface = np.insert(found[:, 3:], self.axis, section, axis=1)
        hidden = int(np.count_nonzero((to_border < most_mm) & (below > to_border)))
        return SkinRays(found[:, 0], found[:, 1], found[:, 2], surface, hidden)

    def _ray(
        self, section: int, image: NDArray[Any], point: Floats, air: Floats
    ) -> tuple[float, float, float, float, float]:
        """Return length, fat, skin, and the place on the surface of the ray from a pixel of air to a point."""
        across = (point - air) * self.sides_mm
        far = float(np.linalg.norm(across))
        direction = across / max(far, 1e-6)
        along = np.arange(-OUTSIDE_MM, far, STEP_MM)
        places = air + along[:, None] * direction / self.sides_mm
        values = ndimage.map_coordinates(image, places.T, output=np.float32, order=1, mode="nearest")
        is_body = np.flatnonzero(values > BODY_HU)
        if not len(is_body):
            return np.nan, np.nan, np.nan, np.nan, np.nan
        first = int(is_body[0])
        surface = places[first]
        is_soft = self.scale.share(values[first:]) >= FAT_SHARE
        in_skin = self._in_skin(section, places[first:])
        fat, skin = _layers(is_soft, in_skin)
        return float(far - along[first]), fat, skin, float(surface[0]), float(surface[1])

    def _in_skin(self, section: int, places: Floats) -> Mask | None:
        if self.skin is None:
            return None
        full = np.insert(np.rint(places).astype(int), self.axis, section, axis=1) - self.skin.start_kji
        inside: Mask = np.all((full >= 0) & (full < self.skin.mask.shape), axis=1)
        inside[inside] = self.skin.mask[tuple(full[inside].T)]
        return inside


def _layers(is_soft: Mask, in_skin: Mask | None) -> tuple[float, float]:
    """Return fat and skin along a ray, which begins at the surface; the blur of the surface is no fat."""
    soft = np.flatnonzero(is_soft)
    begin = int(soft[0]) if len(soft) else 0
    fat = ~is_soft
    fat[:begin] = False
    if in_skin is not None and in_skin.any():
        below = int(np.flatnonzero(in_skin)[-1]) + 1
        return float(fat[below:].sum() * STEP_MM), float(in_skin.sum() * STEP_MM)
    first = np.flatnonzero(fat)
    return float(fat.sum() * STEP_MM), float(first[0] * STEP_MM) if len(first) else float("nan")
