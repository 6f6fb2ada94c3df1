"""The patient's mid-sagittal plane, fitted to paired and midline structures or to the outline of the body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.measure.position.body_symmetry import body_mask, symmetry_plane
from iENEGraderLib.measure.position.centroid import centroid_ras_mm

if TYPE_CHECKING:
    from collections.abc import Collection

    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segmentation
    from numpy.typing import NDArray

    Point = tuple[float, float, float]
    Vector = NDArray[np.float64]

MIDLINE_STRUCTURES = ("spinal_cord", "hyoid", "cricoid_cartilage", "thyroid_cartilage", "trachea", "mandible")
LEAST_SPREAD_MM = 10.0
"""Structures closer together than this do not define a plane."""
LARGEST_TURN_DEG = 45.0
BODY_OUTLINE = "fitted to the outline of the body"


@dataclass(frozen=True)
class Plane:
    """A mid-sagittal plane.

    Attributes
    ----------
    point_ras_mm : a point of the plane.
    to_right : unit normal (RAS) that points to the patient's right.
    residual_mm : root mean square distance by which the structures miss the symmetry that the plane stands for.
    source : what the plane was fitted to, in words.
    """

    point_ras_mm: Point
    to_right: Point
    residual_mm: float
    source: str

    def distance_mm(self, point_ras_mm: Point) -> float:
        """Signed distance of a point, positive on the patient's right."""
        return float(np.dot(np.subtract(point_ras_mm, self.point_ras_mm), self.to_right))


def mid_sagittal_plane(segmentation: Segmentation | None, image: Image | None = None) -> Plane:
    """Fit the plane to the structures of the segmentation; without enough of them to the body outline of a CT.

    Raises
    ------
    InputError
        when neither structures nor an image define the plane, or the fit contradicts the patient's orientation.
    """
    plane = None if segmentation is None else plane_from_structures(segmentation)
    if plane is not None:
        return plane
    if image is None:
        raise InputError(
            "no mid-sagittal plane: the segmentation holds too few paired (..._left, ..._right) or midline structures, "
            "and there is no image; add structures or state the sides yourself"
        )
    return plane_from_body(image)


def mirror_pairs(names: Collection[str]) -> list[tuple[str, str]]:
    """Return the names of left structures with those of their right partners, in the order given."""
    partners = [(name, name.removesuffix("_left") + "_right") for name in names if name.endswith("_left")]
    return [(left, right) for left, right in partners if right in names]


def plane_from_structures(segmentation: Segmentation) -> Plane | None:
    """Fit the plane to structures named as TotalSegmentator names them, or return ``None`` when they do not define one.

    The plane minimises, in square millimetres, how far the midpoints of left and right partners and the centroids of
    midline structures lie off the plane, and how far partners miss each other's mirror image. Nodes are no structures:
    one named ``node_left`` is not the mirror image of ``node_right``.

    Raises
    ------
    InputError
        when a partner lies on the wrong side, or the plane is turned by more than 45 degrees.
    """
    structures = [each for each in segmentation.segments if not each.is_node and each.cropped_mask().any()]
    centroids = {each.name: np.array(centroid_ras_mm(each, segmentation.geometry)) for each in structures}
    pairs = [(left, centroids[left], centroids[right]) for left, right in mirror_pairs(centroids)]
    midline = [centroids[name] for name in MIDLINE_STRUCTURES if name in centroids]
    for name, left, right in pairs:
        if right[0] <= left[0]:
            raise InputError(
                f"{segmentation.source or 'segmentation'}: {name} lies to the right of its right partner; check "
                "whether the names or the image are swapped left to right"
            )
    on_plane = np.array([(left + right) / 2 for _, left, right in pairs] + midline).reshape(-1, 3)
    if not len(on_plane):
        return None
    across = np.array([right - left for _, left, right in pairs]).reshape(-1, 3) / 2
    source = f"fitted to {len(pairs)} paired and {len(midline)} midline structures"
    return _fitted(on_plane, across, source)


def plane_from_body(image: Image) -> Plane:
    """Fit the plane to the outline of the body in a CT in HU, without the table.

    Raises
    ------
    InputError
        when no body is found or the plane is turned by more than 45 degrees.
    """
    mask = body_mask(image)
    point, normal, residual = symmetry_plane(mask, image.geometry)
    return _checked(point, normal, residual, BODY_OUTLINE)


def _fitted(on_plane: Vector, across: Vector, source: str) -> Plane | None:
    centre = on_plane.mean(axis=0)
    offsets = on_plane - centre
    squares = (across**2).sum() * np.eye(3) - across.T @ across + offsets.T @ offsets
    values, vectors = np.linalg.eigh(squares)
    count = len(on_plane) + len(across)
    if np.sqrt(max(values[1], 0.0) / count) < LEAST_SPREAD_MM:
        return None
    return _checked(centre, vectors[:, 0], float(np.sqrt(max(values[0], 0.0) / count)), source)


def _checked(point: Vector, normal: Vector, residual_mm: float, source: str) -> Plane:
    normal = normal if normal[0] > 0 else -normal
    turn = float(np.degrees(np.arccos(np.clip(normal[0], -1.0, 1.0))))
    if turn > LARGEST_TURN_DEG:
        raise InputError(
            f"the mid-sagittal plane {source} is turned by {turn:.0f} degrees against the patient's axes, expected "
            f"at most {LARGEST_TURN_DEG:.0f}; check the names of the structures, or state the sides yourself"
        )
    x, y, z = point.tolist()
    a, b, c = normal.tolist()
    return Plane((x, y, z), (a, b, c), residual_mm, source)
