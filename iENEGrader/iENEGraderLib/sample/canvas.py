"""Painting solids into an image and a label map, with partial volume at their edges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from numpy.typing import NDArray

    from iENEGraderLib.sample.pose import Pose
    from iENEGraderLib.sample.signed_distance import Field, Solid

Box = tuple[slice, slice, slice]
SLAB = 24


class Canvas:
    """Noise-free image (HU, float32) and label map, both [k, j, i], into which later solids cover earlier ones."""

    def __init__(self, geometry: ImageGeometry, pose: Pose, background_hu: float) -> None:
        """Start with an empty image of the given background."""
        self.geometry = geometry
        self.pose = pose
        self.hu: Field = np.full(geometry.array_shape, background_hu, np.float32)
        self.labels: NDArray[np.uint8] = np.zeros(geometry.array_shape, np.uint8)
        self.names: list[str] = []
        corner = pose.body_from_ras(geometry.ras_from_kji((0, 0, 0)))
        steps = [pose.body_from_ras(geometry.ras_from_kji(axis)) - corner for axis in np.eye(3)]
        self._corner, self._steps = corner, np.array(steps)
        self._edge_mm = float(np.mean(geometry.spacing_mm[:2]))

    def value_of(self, name: str) -> int:
        """Label value of a segment, given out in the order of first use from 1."""
        if name not in self.names:
            self.names.append(name)
        return self.names.index(name) + 1

    def paint(self, solid: Solid, hu: float | None, name: str | None = None) -> None:
        """Cover the image with a solid.

        Parameters
        ----------
        solid : what to paint.
        hu : its attenuation; None leaves the image as it is.
        name : its segment; without one its voxels belong to no segment any more.
        """
        value = 0 if name is None else self.value_of(name)
        for box in self._slabs(solid):
            distance = solid.distance(*self.coordinates(box))
            if hu is not None:
                share = np.clip(0.5 - distance / np.float32(self._edge_mm), 0, 1)
                self.hu[box] += share * (np.float32(hu) - self.hu[box])
            self.labels[box][distance < 0] = value

    def coordinates(self, box: Box) -> tuple[Field, Field, Field]:
        """Body coordinates of the voxels of a box, three arrays of its shape."""
        k, j, i = (np.arange(s.start, s.stop, dtype=np.float64) for s in box)
        x, y, z = (
            (
                (self._corner[n] + k * self._steps[0, n])[:, None, None]
                + (j * self._steps[1, n])[None, :, None]
                + (i * self._steps[2, n])[None, None, :]
            ).astype(np.float32)
            for n in range(3)
        )
        return x, y, z

    def _slabs(self, solid: Solid) -> list[Box]:
        """Boxes of at most SLAB slices around a solid: they keep the memory small."""
        low, high = solid.bounds()
        corners = np.array([[x, y, z] for x in (low[0], high[0]) for y in (low[1], high[1]) for z in (low[2], high[2])])
        index = self.geometry.kji_from_ras(self.pose.ras_from_body(corners))
        shape = np.array(self.geometry.array_shape)
        start = np.clip(np.floor(index.min(axis=0)).astype(int) - 2, 0, shape)
        stop = np.clip(np.ceil(index.max(axis=0)).astype(int) + 3, 0, shape)
        if (stop <= start).any():
            return []
        rows, columns = slice(int(start[1]), int(stop[1])), slice(int(start[2]), int(stop[2]))
        return [
            (slice(k, min(k + SLAB, int(stop[0]))), rows, columns) for k in range(int(start[0]), int(stop[0]), SLAB)
        ]
