"""The lumen at the contact against the lumen beside it: narrowing and deformation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage

from iENEGraderLib.measure.contact.centreline import STEP_MM

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iENEGraderLib.measure.contact.vessel_model import VesselModel

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

LUMEN_FREE_MM = 5.0
LUMEN_REFERENCE_MM = 25.0
"""Ours: the lumen is compared with contact-free sections between these distances from the contact."""


@dataclass(frozen=True)
class LumenChange:
    """Calibre and shape of the lumen at the contact, each beside that of the same stretch of vessel free of contact.

    Shapes are the least round that hold over the length asked of angles; there is no agreed threshold for any of them.

    Attributes
    ----------
    narrowing : share of the area that is lost at the narrowest section in contact.
    circularity, free_circularity : 4 pi area by squared perimeter, 1 for a circle; at the contact and beside it.
    axis_ratio, free_axis_ratio : short by long axis, 1 for a circle.
    """

    narrowing: float
    circularity: float
    free_circularity: float
    axis_ratio: float
    free_axis_ratio: float


def lumen_change(model: VesselModel, in_contact: Mask, length_mm: float) -> LumenChange | None:
    """Compare the lumen at the contact with its contact-free neighbourhood.

    Parameters
    ----------
    model : the vessel.
    in_contact : sections in contact, of all branches one after the other, shape (n,).
    length_mm : over which a shape must hold.

    Returns
    -------
    LumenChange | None
        that of the stretch with the greatest narrowing; None without contact, or without a neighbourhood.
    """
    # Calibre is not compared across a bifurcation or between branches.
    stretch = np.cumsum(~model.is_usable | (np.diff(model.branch_numbers, prepend=-1) > 0))
    touched = in_contact & model.is_usable
    changes = [_of_stretch(model, (stretch == n) & model.is_usable, touched, length_mm) for n in set(stretch[touched])]
    return max((c for c in changes if c), key=lambda change: change.narrowing, default=None)


def _of_stretch(model: VesselModel, here: Mask, touched: Mask, length_mm: float) -> LumenChange | None:
    along, at_contact = model.along_mm[here], touched[here]
    away = np.abs(along[:, None] - along[None, at_contact]).min(axis=1)
    free = (away >= LUMEN_FREE_MM) & (away <= LUMEN_REFERENCE_MM)
    if not free.any():
        return None
    area, perimeter, axis_ratio = model.area_mm2[here], model.perimeter_mm[here], model.axis_ratio[here]
    circularity = 4 * np.pi * area / perimeter**2
    return LumenChange(
        1.0 - float(area[at_contact].min() / np.median(area[free])),
        _least_held(circularity, at_contact, length_mm),
        float(np.median(circularity[free])),
        _least_held(axis_ratio, at_contact, length_mm),
        float(np.median(axis_ratio[free])),
    )


def _least_held(values: Floats, at_contact: Mask, length_mm: float) -> float:
    """Return the least value in contact that its neighbours do not exceed."""
    window = round(length_mm / STEP_MM) + 1
    return float(ndimage.maximum_filter1d(values, window, mode="nearest")[at_contact].min())
