"""Where the maps do not hold: metal, calcium, and edges that moved between two scans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError
from scipy.ndimage import binary_dilation, gaussian_filter, generate_binary_structure

from iENEGraderLib.measure.label_field import label_part
from iENEGraderLib.spectral.blend import apply
from iENEGraderLib.spectral.maps import virtual_monochromatic
from iENEGraderLib.spectral.spectral_input import InputKind

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray

    from iENEGraderLib.spectral.spectral_input import SpectralInput

    Mask = NDArray[np.bool_]

METAL_HU = 2500.0
"""Ours: above the densest bone of a neck; values of metal are streaks and upper limits."""
CALCIUM_HU = 250.0
CALCIUM_KEV = 140.0
"""Ours: 15 mg/mL of iodine in soft tissue reach 130 HU at 140 keV; what exceeds 250 is bone, plaque or metal."""
MARGIN_VOXELS = 1
RIM_MG_ML = 0.5
"""Ours: false iodine that begins to matter."""
USUAL_MISFIT_MM = 0.5
"""Ours: what a registration of necks leaves."""
LEAST_RIM_SHARE = 0.02
"""Ours: less of a region does not move its mean."""
QUIET_VOXELS = 0.7
EDGE_VOXELS = 4
"""Ours: noise is smoothed along edges so far, and voxels so far round a region tell its edges."""


@dataclass(frozen=True, eq=False)
class Untrusted:
    """Voxels without a valid map, masks [k, j, i]: metal, and calcium with its partly filled neighbours."""

    metal: Mask
    calcium: Mask

    @property
    def any(self) -> Mask:
        """Both."""
        return self.metal | self.calcium


def untrusted_voxels(data: SpectralInput) -> Untrusted:
    """Return where the maps must not be read: bone and plaque look like iodine to them, metal like anything."""
    metal = np.zeros(data.geometry.array_shape, dtype=bool)
    for channel in data.channels:
        if channel.response.level:
            metal |= channel.image.voxels >= METAL_HU
    if data.kind is InputKind.BEFORE_AND_AFTER:
        dense = data.channels[0].image.voxels > CALCIUM_HU
    else:
        dense = apply(virtual_monochromatic(data, CALCIUM_KEV).affine, data.voxels) > CALCIUM_HU
    near = generate_binary_structure(3, 1)
    return Untrusted(
        binary_dilation(metal, near, iterations=MARGIN_VOXELS), binary_dilation(dense, near, iterations=MARGIN_VOXELS)
    )


def false_rims(
    data: SpectralInput,
    misfit_mm: float | NDArray[np.float32] | None = None,
    least_mg_ml: float = RIM_MG_ML,
) -> Mask:
    """Return where a misfit of two scans can show iodine that is not there, mask [k, j, i].

    Parameters
    ----------
    data : images before and after contrast agent, registered.
    misfit_mm : by how much they may still differ in place, for all voxels or for each; by default what the
        registration left, else `USUAL_MISFIT_MM`.
    least_mg_ml : false iodine from which on a voxel is flagged.

    Raises
    ------
    InputError
        for other inputs.
    """
    rims: Mask = false_iodine(data, misfit_mm) > least_mg_ml
    return rims if data.outside is None else rims | data.outside


def false_iodine(data: SpectralInput, misfit_mm: float | NDArray[np.float32] | None = None) -> NDArray[np.float32]:
    """Return how much iodine a misfit of two scans can feign or hide, mg/mL [k, j, i].

    That is the steepness of the scan before contrast agent times the misfit: what contrast agent adds is moved too,
    but it is there.

    Raises
    ------
    InputError
        for other inputs.
    """
    if data.kind is not InputKind.BEFORE_AND_AFTER:
        raise InputError(f"false rims belong to images before and after contrast agent; these are {data.kind.value}")
    before, after = data.channels
    if misfit_mm is None:
        misfit_mm = USUAL_MISFIT_MM if data.misfit_mm is None else data.misfit_mm
    voxels = before.image.voxels.astype(np.float32)
    squares = np.zeros_like(voxels)
    for axis, side in enumerate(data.geometry.spacing_kji_mm):
        if voxels.shape[axis] > 1:
            across = [0.0 if other == axis else QUIET_VOXELS for other in range(3)]
            squares += (np.gradient(gaussian_filter(voxels, across), axis=axis) / side) ** 2
    return np.asarray(np.sqrt(squares) * misfit_mm / after.response.iodine, dtype=np.float32)


@dataclass(frozen=True)
class RimShare:
    """How much of a region may show false iodine.

    Attributes
    ----------
    name : of the region.
    share : of its voxels, 0 to 1.
    worst_mg_ml : false iodine at the worst of them (95th percentile of those flagged), 0 without.
    outside_share : of its voxels where the scan before contrast agent does not reach.
    """

    name: str
    share: float
    worst_mg_ml: float
    outside_share: float = 0.0

    @property
    def warning(self) -> str:
        """What to tell of the region; empty when nothing."""
        found = []
        if self.outside_share > 0:
            found.append(f"{100 * self.outside_share:.0f} % of {self.name} lies outside the scan before contrast agent")
        if self.share >= LEAST_RIM_SHARE:
            found.append(
                f"rim at strong edge: {100 * self.share:.0f} % of {self.name} could be misregistered (up to "
                f"{self.worst_mg_ml:.1f} mg/mL of false iodine)"
            )
        return "; ".join(found)


def rims_in(data: SpectralInput, region: NDArray[Any] | Segment, name: str = "the region") -> RimShare:
    """Return how much of a region may show false iodine, from images before and after contrast agent.

    Raises
    ------
    InputError
        for other inputs, and when the region is empty or on another grid.
    """
    part = label_part(region, data.geometry.array_shape, name)
    if part.is_empty:
        raise InputError(f"the mask of {name} is empty: draw it in the image")
    start, stop = part.box_within(EDGE_VOXELS, np.ones(3))
    near = data.cropped(tuple(slice(a, b) for a, b in zip(start.tolist(), stop.tolist(), strict=True)))
    inside = part.on(start, stop)
    amount = false_iodine(near)[inside]
    flagged = amount > RIM_MG_ML
    outside = np.zeros(len(amount), dtype=bool) if near.outside is None else near.outside[inside]
    worst = float(np.percentile(amount[flagged], 95)) if flagged.any() else 0.0
    return RimShare(name, float(flagged.mean()), worst, float(outside.mean()))
