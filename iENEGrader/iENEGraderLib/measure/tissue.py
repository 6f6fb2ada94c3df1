"""The patient's own scale from fat to soft tissue, so that nothing is compared with values of a textbook."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError
from scipy import ndimage

from iENEGraderLib.measure.distances import signed_distance_mm
from iENEGraderLib.measure.label_field import LabelPart, label_part
from iENEGraderLib.measure.robust import robust_sd
from iENEGraderLib.measure.units import Unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray

    Mask = NDArray[np.bool_]

NEAR_MM = 12.0
"""Ours: fat within this of the node's box is fat near the node."""
RIM_MM = 3.0
"""Ours: depth of the node's rim, which enhances where the core may be necrotic."""
LEAST_FAT_VOXELS = 30
LEAST_FAT_MM3 = 8.0
"""Ours: less fat than this has no typical value."""
LEAST_CONTRAST_SD = 3.0
"""Ours: soft tissue and fat closer than this cannot be told apart."""
FACES = ndimage.generate_binary_structure(3, 1)


@dataclass(frozen=True)
class TissueValues:
    """What the values of an image say of fat.

    Attributes
    ----------
    adipose : lowest and highest value that is taken for adipose tissue.
    least_contrast : soft tissue and fat closer than this cannot be told apart.
    unit : UCUM code of the values.
    """

    adipose: tuple[float, float]
    least_contrast: float
    unit: str

    def said(self, value: float) -> str:
        """Return a value with its unit, as readers write it."""
        return f"{value:.0f} HU" if self.unit == Unit.HU else f"{value:.2f}"


IN_HU = TissueValues((-250.0, -30.0), 40.0, Unit.HU)
"""Ours: from the range of perivascular fat (-190 to -30 HU), wider for low keV."""
IN_SOFT_SHARES = TissueValues((-1.0, 0.5), 0.3, "1")
"""Ours: more than half fat counts as fat, and noise reaches beyond pure fat; see `FatView`."""


@dataclass(frozen=True)
class TissueScale:
    """Typical values round one node.

    Attributes
    ----------
    fat : of adipose tissue near the node.
    soft : of the node's rim.
    noise : robust standard deviation of single voxels.
    unit : UCUM code of the three.
    """

    fat: float
    soft: float
    noise: float
    unit: str = Unit.HU

    @property
    def contrast(self) -> float:
        """Step from fat to soft tissue."""
        return self.soft - self.fat

    def share(self, values: NDArray[Any]) -> NDArray[np.float32]:
        """Return values on the scale 0 (fat) to 1 (soft tissue), neither end cut off."""
        scaled: NDArray[np.float32] = ((np.asarray(values, dtype=np.float32) - self.fat) / self.contrast).astype(
            np.float32
        )
        return scaled


def tissue_scale(
    image: Image,
    node: NDArray[Any] | Segment | LabelPart,
    others: Sequence[NDArray[Any] | Segment | LabelPart] | None = None,
    values: TissueValues = IN_HU,
) -> TissueScale:
    """Measure what fat and soft tissue look like round a node of a CT.

    Parameters
    ----------
    image : CT in HU, or shares of soft tissue.
    node : mask [k, j, i] or segment on the grid of the image.
    others : further labels; what they cover is not taken for fat.
    values : what the values of the image are.

    Returns
    -------
    TissueScale
        in the unit of the values. Fat is the median of adipose voxels whose neighbours are adipose too, soft the median
        of the node's rim, noise the lesser of the spreads of both: whatever is not noise only adds to a spread.

    Raises
    ------
    InputError
        when the image cannot be in HU, the node is empty, there is no fat near it, or its rim is hardly denser than
        fat. Measurements that need the scale are then not assessable, for the reason the message gives.
    """
    if values.unit == Unit.HU and image.modality not in ("CT", ""):
        raise InputError(f"fat is told by its Hounsfield units, and the modality is {image.modality}: give the CT")
    shape = image.geometry.array_shape
    part = _part(node, shape, "the node")
    if part.is_empty:
        raise InputError("the node's mask is empty: draw the node first")
    spacing = np.array(image.geometry.spacing_kji_mm)
    margin = np.ceil(NEAR_MM / spacing).astype(int)
    start = np.maximum(np.array(part.start_kji) - margin, 0)
    stop = np.minimum(np.add(part.start_kji, part.mask.shape) + margin, shape)
    near = image.voxels[tuple(slice(a, b) for a, b in zip(start, stop, strict=True))].astype(np.float32)
    inside = part.on(start, stop)
    labelled = inside.copy()
    for number, other in enumerate(others or ()):
        labelled |= _part(other, shape, f"label {number + 1} beside the node").on(start, stop)
    fat = _adipose(near, labelled, image.geometry.voxel_volume_mm3, values)
    rim = near[_rim(inside, spacing)]
    noise = robust_sd(fat) if rim.size < LEAST_FAT_VOXELS else min(robust_sd(fat), robust_sd(rim))
    scale = TissueScale(float(np.median(fat)), float(np.median(rim)), noise, values.unit)
    least = max(values.least_contrast, LEAST_CONTRAST_SD * scale.noise)
    if not scale.contrast >= least:
        raise InputError(
            f"fat near the node ({values.said(scale.fat)}) and its rim ({values.said(scale.soft)}) differ by less than "
            f"{values.said(least)}: they cannot be told apart; check that the mask lies on the node"
        )
    return scale


def _part(label: NDArray[Any] | Segment | LabelPart, shape: tuple[int, int, int], what: str) -> LabelPart:
    return label if isinstance(label, LabelPart) else label_part(label, shape, what)


def _adipose(near: NDArray[np.float32], labelled: Mask, voxel_mm3: float, values: TissueValues) -> NDArray[np.float32]:
    """Return the values of fat; voxels at its edge, which hold other tissue too, are left out if that can be."""
    low, high = values.adipose
    adipose = (near >= low) & (near <= high) & ~labelled
    core = ndimage.binary_erosion(adipose, FACES, border_value=1)
    least = max(LEAST_FAT_VOXELS, LEAST_FAT_MM3 / voxel_mm3)
    for found in (core, adipose):
        if np.count_nonzero(found) >= least:
            fat: NDArray[np.float32] = near[found]
            return fat
    said = "the image is in HU" if values.unit == Unit.HU else "the fat map is of this image"
    raise InputError(
        f"there is no fat ({low:g} to {values.said(high)}) within {NEAR_MM:g} mm of the node: check that {said} and "
        "that the mask lies on the node"
    )


def _rim(inside: Mask, spacing_mm: NDArray[np.float64]) -> Mask:
    """Return the voxels within the rim's depth of the surface without those at the surface; all when none is left."""
    core = ndimage.binary_erosion(inside, FACES)
    if not core.any():
        return inside
    depth = signed_distance_mm(inside, spacing_mm)
    rim: Mask = core & (depth <= max(RIM_MM, 2.0 * float(spacing_mm.min())))
    return rim
