"""A small neck of balls for tests of measuring: two nodes, a pair of glands, the cord and the cricoid."""

from __future__ import annotations

import numpy as np
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation

# RAS mm: right, anterior, superior grow.
GRID = ImageGeometry(
    (100, 80, 90), (1.0, 1.0, 1.0), (-50.0, -40.0, -45.0), ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
)
RIGHT_NODE = ("node_right", (30.0, 0.0, 10.0), 10.0)
LEFT_NODE = ("node_left", (-30.0, 0.0, -30.0), 6.0)
ANATOMY = (
    ("submandibular_gland_right", (25.0, 20.0, 30.0), 4.0),
    ("submandibular_gland_left", (-25.0, 20.0, 30.0), 4.0),
    ("spinal_cord", (0.0, -25.0, 0.0), 4.0),
    ("cricoid_cartilage", (0.0, 15.0, -11.0), 4.0),
)

Ball = tuple[str, tuple[float, float, float], float]


def a_ball(name: str, centre_ras_mm: tuple[float, float, float], radius_mm: float, segment_id: str = "") -> Segment:
    """Return a ball as a segment whose id is its name unless stated."""
    places = GRID.ras_from_kji(np.moveaxis(np.indices(GRID.array_shape), 0, -1))
    mask = np.linalg.norm(places - centre_ras_mm, axis=-1) <= radius_mm
    return a_segment_of(name, mask, segment_id)


def a_segment_of(name: str, mask: np.ndarray, segment_id: str = "") -> Segment:
    """Return a mask as a segment."""
    k, j, i = (slice(int(found.min()), int(found.max()) + 1) for found in np.nonzero(mask))
    return Segment(segment_id or name, name, mask.astype(np.uint8), 1, (k, j, i), (0, 0, 0), GRID.array_shape)


def a_segmentation_of(*balls: Ball) -> Segmentation:
    """Return balls as a segmentation."""
    return Segmentation(GRID, tuple(a_ball(*ball) for ball in balls), "neck.seg.nrrd")


def an_image_without_units() -> Image:
    """Return an MR of the grid, which cannot tell where the body is."""
    return Image(np.zeros(GRID.array_shape, np.int16), GRID, "MR", "mr.nrrd")
