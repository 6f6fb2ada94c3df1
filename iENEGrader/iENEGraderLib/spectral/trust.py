"""Where the maps do not hold: metal, calcium, and edges that moved between two scans."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError
from scipy.ndimage import binary_dilation, generate_binary_structure

from iENEGraderLib.spectral.blend import apply
from iENEGraderLib.spectral.maps import virtual_monochromatic
from iENEGraderLib.spectral.spectral_input import InputKind

if TYPE_CHECKING:
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


def false_rims(data: SpectralInput, misfit_mm: float = 0.5, least_mg_ml: float = RIM_MG_ML) -> Mask:
    """Return where a misfit of two scans can show iodine that is not there, mask [k, j, i].

    Parameters
    ----------
    data : images before and after contrast agent, registered.
    misfit_mm : by how much they may still differ in place.
    least_mg_ml : false iodine from which on a voxel is flagged.

    Raises
    ------
    InputError
        for other inputs.
    """
    if data.kind is not InputKind.BEFORE_AND_AFTER:
        raise InputError(f"false rims belong to images before and after contrast agent; these are {data.kind.value}")
    before, after = data.channels
    steepness = np.zeros(data.geometry.array_shape, np.float32)
    for channel in (before, after):
        voxels = channel.image.voxels.astype(np.float32)
        squares = np.zeros_like(steepness)
        for axis, side in enumerate(data.geometry.spacing_kji_mm):
            if voxels.shape[axis] > 1:
                squares += np.gradient(voxels, side, axis=axis) ** 2
        np.maximum(steepness, np.sqrt(squares), out=steepness)
    mask: Mask = steepness * misfit_mm / after.response.iodine > least_mg_ml
    return mask
