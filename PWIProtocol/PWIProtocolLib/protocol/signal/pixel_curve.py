"""The signal of enhancing vessels over time: the one place of the protocol check where pixels are read.

A few slices of every frame, every few pixels: enough to see a bolus, little enough to read in a moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.protocol.signal.bolus import LEAST_FRAMES, BolusArrival, arrival_in
from PWIProtocolLib.protocol.signal.plane_pixels import PixelReader
from PWIProtocolLib.protocol.verdict import NO_EVIDENCE, Evidence

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from PWIProtocolLib.protocol.frames import FrameTimes
    from PWIProtocolLib.protocol.series import Plane

SLICES = (0.35, 0.65)  # of the stack: away from its ends, where inflow is strongest
PIXELS_ACROSS = 96
AIR = 0.1  # of the bright tissue
VESSEL_PART = 0.005
LEAST_VESSEL_VOXELS = 12
SMALL = 0.05  # of the signal: so that voxels without noise do not come first whatever they do
ALIKE = 0.7


@dataclass(frozen=True)
class BolusReading:
    """What the pixels say about the bolus.

    Attributes
    ----------
    arrival : None when it could not be found.
    reason : one sentence that says how it was found, or why not.
    curve : mean signal of the voxels that enhance first and most, one value per frame; empty when there is none.
    looked : whether the pixels could be read, so that no arrival means that none is seen.
    """

    arrival: BolusArrival | None
    reason: str
    curve: tuple[float, ...] = ()
    evidence: Evidence = NO_EVIDENCE
    looked: bool = False


def bolus_of(times: FrameTimes, progress: Callable[[int, int], bool] | None = None) -> BolusReading:
    """Read a few slices of every frame and find the arrival of the bolus.

    Parameters
    ----------
    times : the frames of a dynamic series in time order.
    progress : called with frames read and frames in all; returns False to cancel.

    Raises
    ------
    ReadingCancelledError
        When `progress` returns False.
    """
    if len(times.frames) < LEAST_FRAMES:
        return BolusReading(None, f"{len(times.frames)} frames are too few to see a bolus arrive")
    slices = {len(frame) for frame in times.frames}
    if len(slices) != 1 or 0 in slices:
        return BolusReading(None, "the frames do not all hold the same slices, so their signals cannot be compared")
    evidence = Evidence("PixelData (7FE0,0010)", times.frames[0][0].header.name)
    try:
        voxels = _voxels(times.frames, progress)
    except InputError as error:
        return BolusReading(None, f"the pixels cannot be read: {error}", evidence=evidence)
    curve = vessel_curve(voxels)
    if curve is None:
        reason = "no group of voxels rises together: no bolus is seen"
        return BolusReading(None, reason, evidence=evidence, looked=True)
    arrival = arrival_in(curve, times.times_s)
    reason = (
        "the signal of the vessels shows no clear arrival of a bolus"
        if arrival is None
        else f"the signal of the vessels starts to rise after {arrival.frames_before} frames"
    )
    return BolusReading(arrival, reason, tuple(float(each) for each in curve), evidence, looked=True)


def vessel_curve(voxels: NDArray[np.float32]) -> NDArray[np.float64] | None:
    """Return the mean signal of the voxels that rise most steeply for their noise, and together.

    Parameters
    ----------
    voxels : (frames, voxels) signal.
    """
    mean = voxels.mean(axis=0)
    tissue = voxels[:, mean > AIR * np.percentile(mean, 90)]
    if tissue.shape[1] < LEAST_VESSEL_VOXELS or not np.isfinite(tissue).all():
        return None
    roughness = np.abs(np.diff(tissue, 2, axis=0)).mean(axis=0)
    steepness = (tissue[2:] - tissue[:-2]).max(axis=0) / (roughness + SMALL * tissue.mean(axis=0))
    wanted = min(max(LEAST_VESSEL_VOXELS, int(VESSEL_PART * tissue.shape[1])), tissue.shape[1])
    steepest = tissue[:, np.argsort(steepness)[-wanted:]].astype(float)
    together = _correlation(steepest, steepest.mean(axis=1)) >= ALIKE
    if int(together.sum()) < LEAST_VESSEL_VOXELS // 2:
        return None
    curve: NDArray[np.float64] = steepest[:, together].mean(axis=1)
    return curve


def _correlation(voxels: NDArray[np.float64], curve: NDArray[np.float64]) -> NDArray[np.float64]:
    about, other = voxels - voxels.mean(axis=0), curve - curve.mean()
    norm = np.sqrt((about**2).sum(axis=0) * (other @ other))
    found: NDArray[np.float64] = np.divide(other @ about, norm, out=np.zeros(voxels.shape[1]), where=norm > 0)
    return found


def _voxels(frames: tuple[tuple[Plane, ...], ...], progress: Callable[[int, int], bool] | None) -> NDArray[np.float32]:
    """(frames, voxels) signal of a few slices."""
    from PWIProtocolLib.protocol.study import ReadingCancelledError

    count = len(frames[0])
    chosen = sorted({min(int(part * count), count - 1) for part in SLICES})
    reader = PixelReader(PIXELS_ACROSS)
    rows = []
    for done, frame in enumerate(frames):
        if progress is not None and not progress(done, len(frames)):
            raise ReadingCancelledError
        rows.append(np.concatenate([reader.read(frame[index]).ravel() for index in chosen]))
        if rows[-1].size != rows[0].size:
            raise InputError(f"{frame[0].header.name}: the matrix differs from that of the first frame")
    return np.stack(rows)
