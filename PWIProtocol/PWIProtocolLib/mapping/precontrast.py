"""T1 before contrast: from flip angles, from a map, or one number."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np

from PWIProtocolLib.dynamic import require_same_grid
from PWIProtocolLib.kinetics import VoxelStatus, t1_from_flip_angles
from PWIProtocolLib.kinetics.checks import checked_t1

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from HeadNeckNodesLib.imaging.image import Image
    from numpy.typing import NDArray

    from PWIProtocolLib.dynamic import FlipAngleFrames
    from PWIProtocolLib.mapping.flip_angle_ratio import B1Map

FIXED_CAUTION = (
    "one T1 before contrast was used for all tissue; where the true one differs, concentration, Ktrans and ve are off "
    "by about as much: measure T1 with several flip angles"
)


class T1Source(StrEnum):
    """Where T1 comes from."""

    FLIP_ANGLES = "flip_angles"
    MAP = "map"
    NUMBER = "number"
    NOT_NEEDED = "not_needed"


@dataclass(frozen=True, eq=False)
class Precontrast:
    """T1 before contrast.

    Attributes
    ----------
    source, words : where it comes from.
    t1_s : one number, or one for each voxel (n_voxels,); NaN where there is none.
    at_limit : voxels whose T1 lies at an end of the range of the fit.
    """

    source: T1Source
    words: str
    t1_s: NDArray[Any]
    at_limit: NDArray[np.bool_] | None = None
    cautions: tuple[str, ...] = ()

    @property
    def is_map(self) -> bool:
        """Whether every voxel has its own."""
        return self.t1_s.ndim > 0

    def of(self, index: Any) -> NDArray[Any]:
        """Return T1 of some voxels."""
        return self.t1_s[index] if self.is_map else self.t1_s


NOT_NEEDED = Precontrast(T1Source.NOT_NEEDED, "the frames hold concentrations", np.asarray(np.nan))
"""What stands for T1 where the frames are concentrations already."""


def t1_of_angles(
    angles: FlipAngleFrames, repetition_time_s: float, geometry: ImageGeometry, b1: B1Map | None = None
) -> Precontrast:
    """Fit T1 to images at several flip angles on the grid of the dynamic study.

    Parameters
    ----------
    b1 : ratio of the true to the set flip angles; voxels without it get no T1.
    """
    require_same_grid("flip-angle images", angles.geometry, "dynamic study", geometry)
    signal = angles.signal.reshape(len(angles.signal), -1).T
    ratio = None if b1 is None else b1.ratio
    found = t1_from_flip_angles(signal, angles.flip_angles_deg, repetition_time_s, ratio)
    listed = ", ".join(f"{angle:g}" for angle in angles.flip_angles_deg)
    words = f"flip angles of {listed} degrees{'' if b1 is None else ', corrected by the B1 map'}, exact least squares"
    limit = found.status == VoxelStatus.T1_AT_LIMIT
    return Precontrast(T1Source.FLIP_ANGLES, words, found.t1_s, limit, angles.cautions)


def t1_of_map(image: Image, seconds_per_unit: float, geometry: ImageGeometry) -> Precontrast:
    """Take a T1 map on the grid of the dynamic study.

    Raises
    ------
    InputError
        when it lies on another grid, or its values cannot be seconds.
    """
    require_same_grid("T1 map", image.geometry, "dynamic study", geometry)
    values = seconds_per_unit * image.voxels.reshape(-1).astype(np.float32)
    values[~(values > 0)] = np.nan
    return Precontrast(T1Source.MAP, f"map {image.source}", checked_t1(values))


def t1_of_number(t1_s: float) -> Precontrast:
    """Take one number for all voxels, in seconds."""
    checked = checked_t1(np.asarray(t1_s))
    return Precontrast(T1Source.NUMBER, f"{t1_s:g} s for all voxels, as given", checked, cautions=(FIXED_CAUTION,))
