"""Maps of kinetic parameters, flat: one number for each voxel."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from PWIProtocolLib.kinetics.status import FIRST_WITHOUT_VALUE, VoxelStatus

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from PWIProtocolLib.kinetics.settings import Model

    Reals = NDArray[Any]


@dataclass(frozen=True, eq=False)
class KineticMaps:
    """Results of a fit. Each map has the shape (n_voxels,); None where the model has no such parameter.

    Attributes
    ----------
    model : what was fitted.
    status : `VoxelStatus` of each voxel; where it has no value all maps are NaN.
    r2 : share of the variance of the curve that the model explains.
    residual_sd : root of the residual sum of squares over the degrees of freedom, in mM.
    ktrans_per_min, kep_per_min, ve, vp : as in Tofts et al. 1999.
    fp_ml_100ml_min, ps_ml_100ml_min : plasma flow and permeability surface area product per volume of tissue.
    delay_s : arrival of the tissue after the arterial curve.
    """

    model: Model
    status: NDArray[np.uint8]
    r2: Reals
    residual_sd: Reals
    ktrans_per_min: Reals | None = None
    kep_per_min: Reals | None = None
    ve: Reals | None = None
    vp: Reals | None = None
    fp_ml_100ml_min: Reals | None = None
    ps_ml_100ml_min: Reals | None = None
    delay_s: Reals | None = None

    @property
    def has_value(self) -> NDArray[np.bool_]:
        """Voxels with numbers."""
        return self.status < FIRST_WITHOUT_VALUE

    def named(self) -> dict[str, Reals]:
        """Return the maps that the model has, by name; without the status."""
        parts = {each.name: getattr(self, each.name) for each in fields(self) if each.name not in ("model", "status")}
        return {name: values for name, values in parts.items() if values is not None}

    def counts(self) -> dict[VoxelStatus, int]:
        """Return how many voxels ended in each status."""
        return {VoxelStatus(code): int(n) for code, n in enumerate(np.bincount(self.status)) if n}
