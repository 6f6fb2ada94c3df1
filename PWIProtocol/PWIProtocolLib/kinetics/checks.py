"""Refusals of input that cannot be meant: wrong units, frames out of order, an arterial curve without a bolus."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

FEWEST_FRAMES = 8
LONGEST_S, SHORTEST_S = 4 * 3600.0, 15.0
HASTY_SPAN_S, HASTY_STEP_S = 40.0, 0.4
"""No study of minutes' kinetics is that short and that fast: half an hour in minutes is."""
LONGEST_TR_S, SHORTEST_TR_S = 0.5, 5e-4
LONGEST_T1_S, SHORTEST_T1_S, SHORTEST_BLOOD_T1_S = 20.0, 0.02, 0.5
ROUNDING = 0.999
"""Room for T1 at the lower end of its fit, in single precision."""
FEWEST_OF_MAP = 10
HIGHEST_AIF_MM, HIGHEST_TISSUE_MM = 60.0, 60.0
RELAXIVITY = (0.5, 60.0)
LEAST_BOLUS_MM = 0.05
RISE = 2.0
"""The peak of a bolus is at least as many times the mean of the whole curve, or of its first sample."""
SAMPLED = 4000


def checked_times(time_s: ArrayLike, name: str = "frame times", fewest: int = FEWEST_FRAMES) -> Floats:
    """Return times of frames in seconds, or say why they cannot be that."""
    times = np.asarray(time_s, dtype=float)
    if times.ndim != 1 or len(times) < fewest:
        raise InputError(f"{name}: found {times.size}; a fit needs at least {fewest}: give the whole dynamic series")
    if not np.isfinite(times).all():
        raise InputError(f"{name}: some are not numbers; expected seconds")
    if (steps := np.diff(times)).min() <= 0:
        at = int(steps.argmin()) + 1
        if steps.min() == 0:
            raise InputError(
                f"{name}: frames {at} and {at + 1} both at {times[at]:g}; leave out frames that were stored twice"
            )
        raise InputError(f"{name}: frame {at + 1} is not later than frame {at}; sort the frames by time")
    span = float(times[-1] - times[0])
    if span > LONGEST_S:
        raise InputError(f"{name}: {span:g} from first to last; expected seconds, this looks like milliseconds")
    if span < SHORTEST_S or (span < HASTY_SPAN_S and np.median(steps) < HASTY_STEP_S):
        raise InputError(f"{name}: {span:g} from first to last; expected seconds, this looks like minutes")
    return times


def checked_arterial_curve(aif_mM: ArrayLike, aif_time_s: Floats, time_s: Floats) -> Floats:
    """Return an arterial curve in mM, or say why it cannot be one: no bolus, a bolus outside the frames, no mM."""
    aif = np.asarray(aif_mM, dtype=float)
    if aif.shape != aif_time_s.shape:
        raise InputError(f"arterial curve: {aif.size} values for {aif_time_s.size} times; expected one for each time")
    if not np.isfinite(aif).all():
        raise InputError("arterial curve: some values are not numbers; leave out those frames or choose another region")
    peak, top = float(aif.max()), int(aif.argmax())
    if peak > HIGHEST_AIF_MM:
        raise InputError(
            f"arterial curve: peak {peak:g}; expected mM (1 to 20), this looks like signal or micromol/L: convert it"
        )
    if peak < LEAST_BOLUS_MM or peak <= 0:
        raise InputError(f"arterial curve: peak {peak:g} mM, no bolus; choose a region in an artery, in mM, not mol/L")
    if peak < RISE * abs(float(aif[0])) or top == 0:
        raise InputError(
            "arterial curve: its first value is near its peak, so the bolus came before or is missing; "
            "it must begin before the bolus"
        )
    if top == len(aif) - 1:
        raise InputError("arterial curve: highest at its last time, so the bolus is not covered; give the whole curve")
    if not time_s[0] - 60 <= aif_time_s[top] <= time_s[-1]:
        raise InputError(
            f"arterial curve: bolus at {aif_time_s[top]:g} s, outside the frames ({time_s[0]:g} to {time_s[-1]:g} s); "
            "give both on one time axis, in seconds"
        )
    if aif_time_s[-1] < time_s[-1] - 60:
        raise InputError(
            f"arterial curve: ends at {aif_time_s[-1]:g} s, the frames at {time_s[-1]:g} s; give it for all frames"
        )
    return aif


def checked_curves(concentration: NDArray[Any], n_times: int) -> NDArray[Any]:
    """Return concentrations with voxels in rows, or say why they cannot be mM."""
    if concentration.ndim != 2 or concentration.shape[1] != n_times:
        raise InputError(
            f"concentration has shape {concentration.shape}; expected (voxels, {n_times}), one column for each time"
        )
    sample = concentration[:: max(1, len(concentration) // SAMPLED)]
    finite = sample[np.isfinite(sample).all(axis=1)]
    middle = float(np.median(np.abs(finite).max(axis=1))) if len(finite) else 0.0
    if middle > HIGHEST_TISSUE_MM:
        raise InputError(
            f"concentration: half of the voxels exceed {middle:.3g} mM; this looks like signal or micromol/L: "
            "convert it to mM"
        )
    return concentration


def checked_repetition_time(repetition_time_s: float) -> float:
    """Return a repetition time in seconds."""
    if not np.isfinite(repetition_time_s) or repetition_time_s <= 0:
        raise InputError(f"repetition time {repetition_time_s:g}: expected seconds, 0.002 to 0.02 for these sequences")
    if repetition_time_s > LONGEST_TR_S:
        raise InputError(f"repetition time {repetition_time_s:g} s: this looks like milliseconds; divide by 1000")
    if repetition_time_s < SHORTEST_TR_S:
        raise InputError(f"repetition time {repetition_time_s:g} s: shorter than any sequence; expected seconds")
    return float(repetition_time_s)


def checked_flip_angles(flip_angles_deg: ArrayLike, fewest: int = 1) -> Floats:
    """Return flip angles in degrees."""
    angles = np.atleast_1d(np.asarray(flip_angles_deg, dtype=float))
    if angles.ndim != 1 or len(angles) < fewest:
        raise InputError(f"flip angles: found {angles.size}; expected at least {fewest}")
    if not np.isfinite(angles).all() or angles.min() <= 0 or angles.max() > 120:
        raise InputError(f"flip angles {angles.min():g} to {angles.max():g}: expected degrees between 0 and 120")
    if angles.max() <= np.pi / 3:
        raise InputError(f"flip angles up to {angles.max():g}: this looks like radians; give degrees")
    if fewest > 1 and len(np.unique(angles)) < 2:
        raise InputError(f"flip angles are all {angles[0]:g} degrees; T1 needs at least two different ones")
    return angles


def checked_t1(t1_s: ArrayLike) -> NDArray[Any]:
    """Return T1 of tissue in seconds, a number or a map; NaN where it is not known.

    Raises
    ------
    InputError
        When there is none, or the median of a number or map cannot be seconds. Some voxels of a map tell no unit.
    """
    t1 = np.asarray(t1_s)
    known = t1[np.isfinite(t1) & (t1 > 0)]
    if not known.size:
        raise InputError("T1: no voxel has one; give a T1 map or one number, in seconds")
    if not t1.ndim or known.size >= FEWEST_OF_MAP:
        _require_t1_range("median T1" if t1.ndim else "T1", float(np.median(known)), SHORTEST_T1_S)
    return t1


def checked_blood_t1(t1_s: float) -> float:
    """Return T1 of blood in seconds; InputError when no blood at 0.2 to 7 T has it (1.2 to 2.1 s)."""
    if not np.isfinite(t1_s) or t1_s <= 0:
        raise InputError(f"T1 of blood {t1_s:g}: expected seconds, 1.4 to 1.7 at 1.5 and 3 T")
    _require_t1_range("T1 of blood", float(t1_s), SHORTEST_BLOOD_T1_S)
    return float(t1_s)


def _require_t1_range(what: str, t1_s: float, shortest_s: float) -> None:
    if t1_s > LONGEST_T1_S:
        raise InputError(f"{what} is {t1_s:g} s: this looks like milliseconds; divide by 1000")
    if t1_s < ROUNDING * shortest_s:
        raise InputError(
            f"{what} is {t1_s:g} s, expected {shortest_s:g} to {LONGEST_T1_S:g} s: this looks like "
            "seconds that were read as milliseconds; state the unit in which it is given"
        )


def checked_relaxivity(relaxivity_per_mM_s: float) -> float:
    """Return a relaxivity in 1/(mM s)."""
    low, high = RELAXIVITY
    if not low <= relaxivity_per_mM_s <= high:
        raise InputError(
            f"relaxivity {relaxivity_per_mM_s:g}: expected 3 to 8 per mM and second (accepted: {low:g} to {high:g})"
        )
    return float(relaxivity_per_mM_s)


def checked_b1(b1: ArrayLike | None, n_voxels: int) -> NDArray[Any] | None:
    """Return the ratio of the true to the nominal flip angle, for each voxel."""
    if b1 is None:
        return None
    ratio = np.asarray(b1, dtype=float)
    known = ratio[np.isfinite(ratio)]
    if known.size and not 0.2 <= (middle := float(np.median(known))) <= 3:
        raise InputError(f"B1 is {middle:g} in the middle: expected a ratio near 1; divide percent by 100")
    if ratio.ndim and ratio.shape != (n_voxels,):
        raise InputError(f"B1 map has shape {ratio.shape}; expected one value for each of {n_voxels} voxels")
    return np.broadcast_to(ratio, (n_voxels,))
