"""A structure against its partner on the other side: shown to the reader, never a criterion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from iENEGraderLib.measure.label_field import LabelPart


@dataclass(frozen=True)
class Asymmetry:
    """One side against the other.

    Attributes
    ----------
    volume_ratio : volume divided by that of the other side.
    median_difference : median value minus that of the other side, in the unit of the image; ``None`` without image.
    """

    volume_ratio: float
    median_difference: float | None


def asymmetry(this_side: LabelPart, other_side: LabelPart, values: NDArray[Any] | None) -> Asymmetry | None:
    """Compare two labels; ``None`` when one is empty."""
    if this_side.is_empty or other_side.is_empty:
        return None
    ratio = float(this_side.mask.sum() / other_side.mask.sum())
    if values is None:
        return Asymmetry(ratio, None)
    here, there = (_median(part, values) for part in (this_side, other_side))
    return Asymmetry(ratio, here - there)


def _median(part: LabelPart, values: NDArray[Any]) -> float:
    box = tuple(slice(a, a + n) for a, n in zip(part.start_kji, part.mask.shape, strict=True))
    return float(np.nanmedian(values[box][part.mask]))
