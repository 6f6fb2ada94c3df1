"""Air, bone and metal in maps of iodine and fat, which tell nothing there and would shine over the picture."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from iENEGraderLib.spectral import apply, virtual_monochromatic
from iENEGraderLib.spectral.trust import CALCIUM_HU, CALCIUM_KEV

if TYPE_CHECKING:
    from typing import Any

    import numpy as np
    from numpy.typing import NDArray

    from iENEGraderLib.spectral import SpectralInput

AIR_HU = -300.0
"""Ours: between fat and air; half a voxel of skin lies above it."""
THREADS = 2


def blank_outside_tissue(data: SpectralInput, voxels: NDArray[Any]) -> None:
    """Set a map to 0 in air, and in bone and metal, section by section; partly filled voxels at their border stay.

    Parameters
    ----------
    data : the inputs of the map.
    voxels : the map [k, j, i], changed in place.
    """
    affine = virtual_monochromatic(data, CALCIUM_KEV).affine

    def blank(section: int) -> None:
        hu = apply(affine, [each[section] for each in data.voxels])
        voxels[section][(hu < AIR_HU) | (hu > CALCIUM_HU)] = 0

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(blank, range(len(voxels))))


def unknown_voxels(data: SpectralInput) -> NDArray[np.bool_]:
    """Return where scans before and after contrast agent tell no iodine: air, bone, metal, and where one ends.

    Parameters
    ----------
    data : the two scans; without contrast agent, what is brighter than all soft tissue holds calcium or metal.
    """
    before = data.voxels[0]
    unknown = (before < AIR_HU) | (before > CALCIUM_HU)
    return unknown if data.outside is None else unknown | data.outside
