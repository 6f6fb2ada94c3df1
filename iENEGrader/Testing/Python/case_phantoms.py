"""A small neck with known contacts, sizes and sides, to be measured as a whole."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]
    Floats = NDArray[np.float64]

SPACING_MM = 0.8
SIZE_KJI = (56, 84, 110)
GEOMETRY = ImageGeometry(
    (SIZE_KJI[2], SIZE_KJI[1], SIZE_KJI[0]), (SPACING_MM,) * 3, (-43.6, -33.2, -22.0)
)  # LPS: left, back and up grow with i, j, k
AIR, FAT, MUSCLE, NODE, VESSEL = -1000, -100, 60, 95, 220
ARTERY_X, ARTERY_RADIUS_MM = 20.0, 3.5
CUFF_DEG, CUFF_MM, CUFF_HEIGHT_MM = 220.0, 7.0, 16.0
BALL_RADIUS_MM = 7.0


@dataclass(frozen=True)
class SmallNeck:
    """HU and masks by name, all on one grid."""

    hu: NDArray[np.int16]
    masks: Mapping[str, Mask]

    @property
    def image(self) -> Image:
        """The CT."""
        return Image(self.hu, GEOMETRY, "CT", "ct.nrrd")

    @property
    def segmentation(self) -> Segmentation:
        """The segments, ids are names."""
        return Segmentation(
            GEOMETRY, tuple(segment_of(name, mask) for name, mask in self.masks.items()), "neck.seg.nrrd"
        )


def segment_of(name: str, mask: Mask) -> Segment:
    """Return a mask as a segment; an empty one has an empty box."""
    places = np.nonzero(mask)
    k, j, i = (slice(int(p.min()), int(p.max()) + 1) if len(p) else slice(0, 0) for p in places)
    return Segment(name, name, mask.astype(np.uint8), 1, (k, j, i), (0, 0, 0), SIZE_KJI)


def places_ras_mm() -> tuple[Floats, Floats, Floats]:
    """Right, anterior and superior of every voxel."""
    ras = GEOMETRY.ras_from_kji(np.moveaxis(np.indices(SIZE_KJI), 0, -1))
    return ras[..., 0], ras[..., 1], ras[..., 2]


def a_small_neck(seed: int = 3) -> SmallNeck:
    """Return a neck with a cuff of 220 degrees round the right common carotid, and a ball on the left, in fat."""
    right, front, up = places_ras_mm()
    body = (right / 42) ** 2 + (front / 32) ** 2 < 1
    from_artery = np.hypot(right - ARTERY_X, front)
    angle = np.degrees(np.arctan2(front, right - ARTERY_X)) % 360
    artery = from_artery < ARTERY_RADIUS_MM
    cuff = ~artery & (from_artery < ARTERY_RADIUS_MM + CUFF_MM) & (angle < CUFF_DEG) & (np.abs(up) < CUFF_HEIGHT_MM / 2)
    ball = np.hypot(np.hypot(right + 22, front), up - 2) < BALL_RADIUS_MM
    masks = {
        "node_cuff": cuff,
        "node_ball": ball,
        "common_carotid_artery_right": artery,
        "common_carotid_artery_left": np.hypot(right + 20, front + 16) < ARTERY_RADIUS_MM,
        "internal_jugular_vein_right": np.hypot(right - 20, front + 16) < 4.0,
        "spinal_cord": np.hypot(right, front + 20) < 4.0,
        "cricoid_cartilage": (np.hypot(right, front - 18) < 6.0) & (np.abs(up - 4) < 4.0),
        "sternocleidomastoid_left": (np.hypot(right + 36, front) < 4.0),
    }
    values = {"node_cuff": NODE, "node_ball": NODE, "spinal_cord": 45, "cricoid_cartilage": 200}
    hu = np.where(body, FAT, AIR).astype(float)
    hu[body & ((right / 38) ** 2 + (front / 28) ** 2 > 1)] = MUSCLE
    for name, mask in masks.items():
        hu[mask] = values.get(name, MUSCLE if name.startswith("sterno") else VESSEL)
    hu += np.random.default_rng(seed).normal(0, 8, SIZE_KJI)
    return SmallNeck(hu.astype(np.int16), masks)


def write_case(folder: Path, neck: SmallNeck) -> tuple[Path, Path]:
    """Write image and segmentation; return their paths."""
    image, segments = folder / "ct.nrrd", folder / "neck.seg.nrrd"
    SimpleITK.WriteImage(_volume(neck.hu), str(image))
    labels = np.zeros(SIZE_KJI, np.uint8)
    for value, mask in enumerate(neck.masks.values(), start=1):
        labels[mask] = value
    volume = _volume(labels)
    for number, name in enumerate(neck.masks):
        entries = {"ID": f"s{number + 1}", "Name": name, "LabelValue": str(number + 1), "Layer": "0"}
        for key, value in entries.items():
            volume.SetMetaData(f"Segment{number}_{key}", value)
    SimpleITK.WriteImage(volume, str(segments), useCompression=True)
    return image, segments


def _volume(array: NDArray[np.generic]) -> SimpleITK.Image:
    volume = SimpleITK.GetImageFromArray(array)
    volume.SetSpacing(GEOMETRY.spacing_mm)
    volume.SetOrigin(GEOMETRY.origin_lps_mm)
    return volume
