"""The face in a volume: a warning that it can be recognised, and its removal.

A head and neck scan shows the patient's face when its skin is rendered, which can be matched with photographs (Schwarz
et al., N Engl J Med 2019; 381: 1684). Removal takes away the outer layer of the face to a depth that varies from place
to place, so that the old surface cannot be had back by growing the new one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError
from scipy import ndimage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.image import Image
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

BODY_CT_HU = -300.0
AIR_HU = -500.0
BODY_SHARE_OF_BRIGHT = 0.1
"""MR: tissue is brighter than this share of the 99th percentile."""
LEAST_SKIN_VOXELS = 50
CHIN_LANDMARKS = ("hyoid", "mandible")
ROUGHNESS_MM = 8.0
AIR_AWAY_VOXELS = 2
"""Air is taken from so far outside, where no skin shines through."""
FACE_WARNING = (
    "the volume shows the skin of the face: a rendering of it can be matched with photographs; deface it before sharing"
)
UNSURE_WARNING = (
    "the volume shows skin of head or neck and may show the face: look at a rendering of it, and deface it before "
    "sharing"
)


@dataclass(frozen=True)
class DefacingPlan:
    """How much is taken away.

    Attributes
    ----------
    above_mm : superior coordinate (RAS) above which the face begins: the chin or the hyoid bone.
    depth_mm : least and largest depth below the skin that is replaced.
    margin_mm : distance from protected structures within which nothing is changed.
    seed : of the varying depth and of the noise. None, the default, takes a new one each time: whoever knew it could
        put the layer back.
    """

    above_mm: float
    depth_mm: tuple[float, float] = (4.0, 12.0)
    margin_mm: float = 5.0
    seed: int | None = None

    def __post_init__(self) -> None:
        """Refuse depths that are none."""
        least, largest = self.depth_mm
        if not 0 < least <= largest or self.margin_mm < 0:
            raise InputError(f"defacing needs depths from above 0 mm, the least first, and no negative margin: {self}")


@dataclass(frozen=True, eq=False)
class DefacedImage:
    """Voxels [k, j, i] to share, and which of them were changed."""

    voxels: NDArray[np.generic]
    changed: Mask


def chin_level_mm(geometry: ImageGeometry, masks: Mapping[str, Mask]) -> float | None:
    """Return the superior coordinate (RAS mm) of the lower border of hyoid bone or mandible; None without both."""
    for name in CHIN_LANDMARKS:
        mask = masks.get(name)
        if mask is not None and mask.any():
            return float(along(geometry, 2)[mask].min())
    return None


def face_warning(image: Image, above_mm: float | None = None) -> str | None:
    """Return a warning when the skin of the face is in the volume; None when no skin borders on air in front.

    Parameters
    ----------
    above_mm : level of the chin, see :func:`chin_level_mm`; when it is not known, any skin in front is a reason.
    """
    outside = _outside(image)
    region = in_front(image.geometry, ~outside)
    if above_mm is not None:
        region &= along(image.geometry, 2) >= above_mm
    skin = ~outside & ndimage.binary_dilation(outside) & region
    if np.count_nonzero(skin) < LEAST_SKIN_VOXELS:
        return None
    return UNSURE_WARNING if above_mm is None else FACE_WARNING


def defaced(image: Image, plan: DefacingPlan, protected: Mask | None = None) -> DefacedImage:
    """Replace the outer layer of the face by air with the noise that the air of the image has.

    Changed are voxels above the chin, in front of the middle of the body, not deeper below the skin than the plan
    says, and further than its margin from everything protected.

    Parameters
    ----------
    protected : nodes and segments, bool [k, j, i]; they and their surroundings stay as they are.

    Raises
    ------
    InputError
        When there is no air around the body, or the mask has another shape.
    """
    if protected is not None and protected.shape != image.voxels.shape:
        raise InputError(f"the protected mask has shape {protected.shape}, the image {image.voxels.shape}")
    outside = _outside(image)
    if not outside.any():
        raise InputError("there is no air around the body in this volume, so that there is no surface to remove")
    spacing, rng = image.geometry.spacing_kji_mm, np.random.default_rng(plan.seed)
    depth = ndimage.distance_transform_edt(~outside, sampling=spacing)
    changed = (depth > 0) & (depth <= _varying_depth(image.voxels.shape, spacing, plan, rng))
    changed &= in_front(image.geometry, ~outside) & (along(image.geometry, 2) >= plan.above_mm)
    if protected is not None and protected.any():
        changed &= ndimage.distance_transform_edt(~protected, sampling=spacing) > plan.margin_mm
    voxels = image.voxels.copy()
    far = ndimage.binary_erosion(outside, iterations=AIR_AWAY_VOXELS)
    air = image.voxels[far if far.any() else outside]
    voxels[changed] = rng.choice(air, np.count_nonzero(changed))
    return DefacedImage(voxels, changed)


def body_threshold(image: Image) -> float:
    """Return the value above which a voxel is tissue: in HU for CT, and for images of no stated kind with HU of air."""
    if image.modality == "CT" or (not image.modality and float(image.voxels.min()) <= AIR_HU):
        return BODY_CT_HU
    return BODY_SHARE_OF_BRIGHT * float(np.percentile(image.voxels, 99))


def _outside(image: Image) -> Mask:
    """Air around the body: dark voxels that are connected with a side, front or back of the volume."""
    labels, _ = ndimage.label(image.voxels < body_threshold(image))
    # Not through the first and last section: the airway is open there.
    sides = [labels.take([0, -1], axis) for axis in _level_axes(image.geometry)]
    touching = np.unique(np.concatenate([side.ravel() for side in sides]))
    outside: Mask = np.isin(labels, touching[touching > 0])
    return outside


def _level_axes(geometry: ImageGeometry) -> list[int]:
    """Array axes other than the one that runs most nearly from feet to head."""
    along = np.abs(geometry.ijk_to_ras[2, :3] / np.asarray(geometry.spacing_mm))[::-1]
    return [axis for axis in range(3) if axis != int(np.argmax(along))]


def along(geometry: ImageGeometry, direction: int) -> NDArray[np.float64]:
    """RAS coordinate (0 right, 1 anterior, 2 superior) of every voxel, mm, [k, j, i]."""
    row = geometry.ijk_to_ras[direction]
    k, j, i = np.ogrid[tuple(slice(0, n) for n in geometry.array_shape)]
    values: NDArray[np.float64] = row[0] * i + row[1] * j + row[2] * k + row[3]
    return values


def in_front(geometry: ImageGeometry, body: Mask) -> Mask:
    """Voxels anterior of the middle of the body."""
    anterior = along(geometry, 1)
    in_front: Mask = anterior > (float(anterior[body].mean()) if body.any() else -np.inf)
    return in_front


def _varying_depth(
    shape: tuple[int, ...], spacing_mm: tuple[float, float, float], plan: DefacingPlan, rng: np.random.Generator
) -> NDArray[np.float64]:
    """Depth in mm that varies smoothly over some millimetres, between the least and the largest."""
    field = ndimage.gaussian_filter(rng.standard_normal(shape), [ROUGHNESS_MM / s for s in spacing_mm])
    least, largest = plan.depth_mm
    ranks = (field - field.min()) / max(float(np.ptp(field)), np.finfo(float).tiny)
    depth: NDArray[np.float64] = least + (largest - least) * ranks
    return depth
