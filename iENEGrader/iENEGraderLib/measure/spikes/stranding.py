"""Stranding of the fat round a node: reported beside the search for spikes, and never evidence by itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.measure.distances import signed_distance_mm
from iENEGraderLib.measure.label_field import label_part
from iENEGraderLib.measure.preferences import default_preferences
from iENEGraderLib.measure.robust import robust_sd
from iENEGraderLib.measure.spikes.isotropic import GUARD_MM
from iENEGraderLib.measure.spikes.node_box import node_box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray

    from iENEGraderLib.measure.preferences import Preference, Preferences

ADIPOSE_HU = (-190.0, -30.0)
"""Range of the perivascular fat attenuation index (Antonopoulos 2017, doi:10.1126/scitranslmed.aal2658)."""
STRANDED_TO_HU = -10.0
STRANDED_SDS = 3.0
"""Ours: stranded fat lies between reference fat plus so many sd and that value."""
REFERENCE_FROM_MM = 4.0
REFERENCE_TO_MM = 10.0
"""Ours: where the reference lies, from the outer side of the shell."""
LEAST_VOXELS = 50
CAUTION = (
    "fat HU depend on kVp or keV: compare only images of one energy (70 keV, say); not specific: biopsy, "
    "inflammation, radiotherapy and oedema strand fat too"
)


@dataclass(frozen=True)
class Stranding:
    """Fat in a shell round a node against fat of the same patient further out.

    Attributes
    ----------
    mean_fat_hu : mean of the voxels of adipose range in the shell.
    reference_fat_hu : the same further out.
    difference_hu : the first minus the second.
    fat_fraction : share of the shell, other labels left out, that is of adipose range.
    stranded_fraction : share of it between fat and soft tissue; thin spikes and edges of structures add to it.
    reason : why it was not measured; empty when it was.
    caution : always to be shown with it.
    """

    mean_fat_hu: float | None = None
    reference_fat_hu: float | None = None
    difference_hu: float | None = None
    fat_fraction: float | None = None
    stranded_fraction: float | None = None
    reason: str = ""
    caution: str = CAUTION
    preferences: tuple[Preference, ...] = ()


def stranding(
    image: Image,
    node: NDArray[Any] | Segment,
    others: Sequence[NDArray[Any] | Segment] = (),
    preferences: Preferences | None = None,
) -> Stranding:
    """Measure the fat round a node.

    Parameters
    ----------
    image : CT in HU.
    node : mask [k, j, i] or segment on the grid of the image.
    others : labels of other structures (not of fat), left out with a rim for their blur.
    preferences : ``stranding.shell_from_mm`` and ``stranding.shell_to_mm``; those of the project by default.

    Raises
    ------
    InputError
        when a label does not fit the image, or the image is no CT.
    """
    chosen = preferences or default_preferences()
    used = chosen.of("stranding")
    if image.modality not in ("CT", ""):
        raise InputError(f"stranding is measured in HU, and the modality is {image.modality}: give the CT")
    inner, outer = chosen.value("stranding.shell_from_mm"), chosen.value("stranding.shell_to_mm")
    if inner >= outer:
        raise InputError(f"stranding: the shell begins at {inner:g} mm and ends at {outer:g} mm; give a larger end")
    part = label_part(node, image.geometry.array_shape, "the node")
    if part.is_empty:
        return Stranding(reason="the node's mask is empty", preferences=used)
    around = node_box(image, part, others, outer + REFERENCE_TO_MM)
    largest = float(around.spacing_mm.max())
    if largest > outer - inner:
        reason = f"a voxel side is {largest:.2g} mm, more than the shell is thick"
        return Stranding(reason=reason, preferences=used)
    distance = -signed_distance_mm(around.node, around.spacing_mm)
    is_free = ~around.excluded
    if around.excluded.any():
        is_free = -signed_distance_mm(around.excluded, around.spacing_mm) > max(GUARD_MM, 1.01 * largest)
    values = around.image.voxels.astype(np.float32)
    shell = values[is_free & (distance > inner) & (distance <= outer)]
    far = (distance > outer + REFERENCE_FROM_MM) & (distance <= outer + REFERENCE_TO_MM)
    return _compared(shell, _adipose(values[is_free & far]), used)


def _adipose(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the values of adipose range."""
    fat: NDArray[np.float32] = values[(values > ADIPOSE_HU[0]) & (values < ADIPOSE_HU[1])]
    return fat


def _compared(shell: NDArray[np.float32], reference: NDArray[np.float32], used: tuple[Preference, ...]) -> Stranding:
    """Compare a shell with the reference."""
    near = _adipose(shell)
    for fat, where in ((near, "in the shell round the node"), (reference, "further out, to compare with")):
        if fat.size < LEAST_VOXELS:
            return Stranding(reason=f"there is too little fat {where} ({fat.size} voxels)", preferences=used)
    middle = float(np.median(reference))
    is_stranded = (shell > middle + STRANDED_SDS * robust_sd(reference)) & (shell < STRANDED_TO_HU)
    mean, far_mean = float(near.mean()), float(reference.mean())
    return Stranding(
        mean, far_mean, mean - far_mean, near.size / shell.size, float(is_stranded.mean()), preferences=used
    )
