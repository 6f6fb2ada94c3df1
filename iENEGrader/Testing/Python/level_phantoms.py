"""A neck of boxes whose levels are known by construction. Body coordinates: mm to the right, to the front, up."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation
from iENEGraderLib.measure.position.midsagittal import Plane
from iENEGraderLib.measure.position.neck_landmarks import NeckLandmarks, neck_landmarks

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    Box = tuple[tuple[float, float], tuple[float, float], tuple[float, float]]
    Point = tuple[float, float, float]

PAIRED: dict[str, Box] = {
    "submandibular_gland": ((20, 32), (28, 44), (-3, 20)),
    "internal_jugular_vein": ((30, 38), (0, 8), (-90, 60)),
    "sternocleidomastoid": ((38, 46), (-20, 10), (-90, 60)),
    "common_carotid_artery": ((20, 26), (5, 12), (-90, 0)),
    "internal_carotid_artery": ((22, 27), (2, 8), (0, 60)),
    "digastric": ((4, 10), (40, 55), (0, 12)),
    "anterior_scalene": ((15, 22), (-6, 2), (-90, -20)),
    "trapezius": ((10, 40), (-60, -45), (-90, 60)),
    "clavicula": ((10, 62), (20, 28), (-80, -75)),
    "parotid_gland": ((44, 58), (0, 22), (24, 60)),
}
MIDLINE: dict[str, Box] = {
    "hyoid": ((-15, 15), (25, 35), (0, 6)),
    "cricoid_cartilage": ((-10, 10), (20, 30), (-40, -30)),
    "sternum": ((-8, 8), (30, 36), (-110, -85)),
    "brachiocephalic_vein_left": ((-20, 5), (20, 28), (-106, -100)),
}
CENTRES: dict[str, Point] = {
    "IA": (1.0, 46.0, 6.0),
    "IB": (20.0, 48.0, 8.0),
    "IIA": (31.0, 18.0, 20.0),
    "IIB": (33.0, -9.0, 20.0),
    "III": (30.0, 12.0, -20.0),
    "IV": (30.0, 15.0, -58.0),
    "VA": (33.0, -31.0, 5.0),
    "VB": (35.0, -24.0, -58.0),
    "VI": (8.0, 32.0, -52.0),
    "VII": (6.0, 20.0, -93.0),
    "retropharyngeal": (9.0, 10.0, 30.0),
    "parotid": (51.0, 11.0, 42.0),
    "supraclavicular": (40.0, 0.0, -84.0),
}
"""A place well inside each level, on the right."""


def a_grid(spacing_mm: Point = (2.0, 2.0, 2.0), axes_lps: np.ndarray | None = None) -> ImageGeometry:
    """Return a grid round the neck; the columns of ``axes_lps`` are the directions of i, j, k."""
    axes = np.eye(3) if axes_lps is None else axes_lps
    extent = np.abs(axes.T) @ (160.0, 150.0, 210.0)
    size = np.ceil(extent / spacing_mm).astype(int)
    origin = np.array([0.0, 2.0, -25.0]) - axes @ ((size - 1) / 2 * spacing_mm)
    i, j, k = size.tolist()
    x, y, z = origin.tolist()
    rows = tuple(tuple(row) for row in axes.tolist())
    return ImageGeometry((i, j, k), spacing_mm, (x, y, z), rows)  # type: ignore[arg-type]


@dataclass(frozen=True, eq=False)
class BoxNeck:
    """The neck on a grid, leaning to the right shoulder by an angle."""

    geometry: ImageGeometry = field(default_factory=a_grid)
    lean_deg: float = 0.0

    @cached_property
    def body_places(self) -> np.ndarray:
        """Return body coordinates of all voxels, shape (k, j, i, 3)."""
        kji = np.moveaxis(np.indices(self.geometry.array_shape), 0, -1)
        return self.geometry.ras_from_kji(kji) @ self.rotation

    @property
    def rotation(self) -> np.ndarray:
        """Columns are the body's axes in RAS."""
        c, s = np.cos(np.radians(self.lean_deg)), np.sin(np.radians(self.lean_deg))
        return np.array([[c, 0.0, s], [0.0, 1.0, 0.0], [-s, 0.0, c]])

    @property
    def plane(self) -> Plane:
        """The true mid-sagittal plane."""
        x, y, z = self.rotation[:, 0].tolist()
        return Plane((0.0, 0.0, 0.0), (x, y, z), 0.0, "known")

    def node(self, centre: Point, radius_mm: float = 5.0) -> np.ndarray:
        """Return the mask of a ball."""
        return np.linalg.norm(self.body_places - centre, axis=-1) <= radius_mm

    def segmentation(self, without: Collection[str] = ()) -> Segmentation:
        """Return all structures but some."""
        places = self.body_places
        boxes = {name: box for name, box in _boxes() if name not in without}
        segments = [_segment(name, _inside(places, box)) for name, box in boxes.items()]
        return Segmentation(self.geometry, tuple(segments), "neck.seg.nrrd")

    def landmarks(self, without: Collection[str] = ()) -> NeckLandmarks:
        """Return the landmarks without some structures."""
        return neck_landmarks(self.segmentation(without), self.plane)


def _boxes() -> Iterable[tuple[str, Box]]:
    for name, (x, y, z) in PAIRED.items():
        yield f"{name}_right", (x, y, z)
        yield f"{name}_left", ((-x[1], -x[0]), y, z)
    yield from MIDLINE.items()


def _inside(places: np.ndarray, box: Box) -> np.ndarray:
    low, high = np.transpose(box)
    return np.all((places >= low) & (places <= high), axis=-1)


def _segment(name: str, mask: np.ndarray) -> Segment:
    k, j, i = (slice(int(found.min()), int(found.max()) + 1) for found in np.nonzero(mask))
    return Segment(name, name, mask.astype(np.uint8), 1, (k, j, i), (0, 0, 0), mask.shape)
