"""What a dynamic study or a set of flip angles is, once it has been read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable

    from HeadNeckNodesLib.imaging.geometry import ImageGeometry
    from numpy.typing import NDArray

    Progress = Callable[[int, int], bool]

REPETITION_TIME_MS = 0.5, 100.0
"""What a spoiled gradient echo can have; a number outside was written in another unit."""
FLIP_ANGLE_DEG = 0.5, 90.0


@dataclass(frozen=True)
class Acquisition:
    """What the signal equation needs; None where it is not stated or cannot be right."""

    repetition_time_s: float | None
    flip_angle_deg: float | None


@dataclass(frozen=True, eq=False)
class DynamicFrames:
    """A dynamic study.

    Attributes
    ----------
    frames : [t, k, j, i], of the type in which it was stored where that holds it exactly.
    time_s : seconds from the first frame (n_times,), rising.
    geometry : grid of every frame.
    acquisition : repetition time and flip angle.
    source : name for users, without path.
    time_reason : one sentence: where the times come from.
    cautions : what was left out or assumed.
    """

    frames: NDArray[Any]
    time_s: NDArray[np.float64]
    geometry: ImageGeometry
    acquisition: Acquisition
    source: str
    time_reason: str
    cautions: tuple[str, ...] = ()

    def unknown(self, what: str) -> str:
        """Return why the repetition time or flip angle is not known: what cannot be right, or that it is not stated."""
        doubted = (each for each in self.cautions if each.startswith(f"{what} is stated"))
        return next(doubted, f"{what} of the dynamic study is not stated")

    def __post_init__(self) -> None:
        """Refuse frames without a place or a time."""
        _require_grid(self.source, self.frames, self.geometry)
        if self.time_s.shape != self.frames.shape[:1] or np.any(~np.isfinite(self.time_s)):
            raise InputError(f"{self.source}: {len(self.frames)} frames, {self.time_s.size} times; expected one each")
        if np.any(np.diff(self.time_s) <= 0.0):
            raise InputError(f"{self.source}: the times of the frames do not rise; give them in seconds, in order")


@dataclass(frozen=True, eq=False)
class FlipAngleFrames:
    """Images of one volume at several flip angles.

    Attributes
    ----------
    signal : [angle, k, j, i].
    flip_angles_deg : as many, rising.
    repetition_time_s : the same for all; None when it is not stated or cannot be right.
    geometry, source, cautions : as for a dynamic.
    """

    signal: NDArray[Any]
    flip_angles_deg: tuple[float, ...]
    repetition_time_s: float | None
    geometry: ImageGeometry
    source: str
    cautions: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse images without a place or an angle."""
        _require_grid(self.source, self.signal, self.geometry)
        low, high = FLIP_ANGLE_DEG
        angles = self.flip_angles_deg
        if len(angles) != len(self.signal) or any(not low <= angle <= high for angle in angles):
            raise InputError(f"{self.source}: flip angles {angles}; expected one in degrees for each image")
        if len(set(angles)) < 2:
            raise InputError(f"{self.source}: {len(set(angles))} different flip angle; T1 needs two or more")


def _require_grid(source: str, frames: NDArray[Any], geometry: ImageGeometry) -> None:
    if frames.ndim != 4 or frames.shape[1:] != geometry.array_shape:
        raise InputError(f"{source}: frames of shape {frames.shape} do not fill a grid of {geometry.array_shape}")


def stated_acquisition(
    repetition_time_ms: float | None, flip_angle_deg: float | None
) -> tuple[Acquisition, tuple[str, ...]]:
    """Return repetition time and flip angle as far as they can be right, and a caution for each that cannot."""
    cautions = []
    if repetition_time_ms is not None and not REPETITION_TIME_MS[0] <= repetition_time_ms <= REPETITION_TIME_MS[1]:
        cautions.append(
            f"repetition time is stated as {repetition_time_ms:g} ms, which no spoiled gradient echo has; it was not "
            "used"
        )
        repetition_time_ms = None
    if flip_angle_deg is not None and not FLIP_ANGLE_DEG[0] <= flip_angle_deg <= FLIP_ANGLE_DEG[1]:
        cautions.append(f"flip angle is stated as {flip_angle_deg:g} degrees; it was not used")
        flip_angle_deg = None
    seconds = None if repetition_time_ms is None else repetition_time_ms / 1000.0
    return Acquisition(seconds, flip_angle_deg), tuple(cautions)


def require_same_grid(what: str, geometry: ImageGeometry, other: str, other_geometry: ImageGeometry) -> None:
    """Refuse two images that do not lie on the same grid, and describe both grids.

    Parameters
    ----------
    what, other : names for users, such as ``T1 map`` and ``dynamic study``.

    Raises
    ------
    InputError
        Naming both grids and what to do.
    """
    if not geometry.matches(other_geometry, tolerance_mm=0.1):
        raise InputError(
            f"{what} and {other} do not lie on the same grid: {what} {geometry.describe()}; {other} "
            f"{other_geometry.describe()}; resample the {what} to the {other}"
        )
