"""The samples of an arterial curve with the changes that a reader made to them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.kinetics import measured_aif
from PWIProtocolLib.kinetics.aif_curve import checked_aif
from PWIProtocolLib.mapping.aif_edits import SAME_TIME_S

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from PWIProtocolLib.mapping.aif_edits import AifEdits
    from PWIProtocolLib.mapping.arterial_curve import AifOrigin

    Floats = NDArray[np.float64]

MOST_TIMES_NAMED = 4
ANEW = "take the change back, or reset the edits"


@dataclass(frozen=True, eq=False)
class Samples:
    """Samples of a curve (n,), the signal that they came from, what was changed, and cautions."""

    time_s: Floats
    mM: Floats  # noqa: N815
    signal: Floats | None = None
    changes: tuple[str, ...] = ()
    cautions: tuple[str, ...] = ()


def samples_in_use(origin: AifOrigin, edits: AifEdits) -> Samples:
    """Return the samples of the voxels in use, as they were measured; InputError when no voxel is left."""
    artery = origin.artery
    if artery is None:
        if edits.left_out:
            raise InputError(f"arterial curve: voxels were left out of one that was not measured in voxels; {ANEW}")
        return Samples(origin.time_s, origin.aif_mM)
    used = artery.used(edits.left_out)
    if not used.any():
        raise InputError(f"arterial curve: all {used.size} voxels were left out; use one at least")
    blood, signal = artery.blood_mM[used], None if artery.signal is None else artery.signal[used]
    found = measured_aif(blood, origin.time_s, origin.hematocrit, signal)
    out = int(np.count_nonzero(~used))
    changes = (f"{out} of {used.size} voxels left out by reader",) if out else ()
    # What is said of the samples is said of those in use, later.
    cautions = tuple(each for each in found.warnings if each not in found.quality.warnings)
    return Samples(found.time_s, found.aif_mM, _mean(signal, blood), changes, cautions)


def with_sample_edits(samples: Samples, edits: AifEdits) -> Samples:
    """Return the samples with those corrected, left out, and less their baseline, that the edits name.

    Raises
    ------
    InputError
        When a sample is named that is not there, or what is left is no arterial curve.
    """
    values = samples.mM.copy()
    for each in edits.corrected:
        values[_at(samples, each.time_s)] = each.mM
    removed = [_at(samples, time_s) for time_s in edits.removed_s]
    kept = np.ones(values.size, bool)
    kept[removed] = False
    changed = replace(
        samples, time_s=samples.time_s[kept], mM=values[kept],
        signal=None if samples.signal is None else samples.signal[kept],
        changes=(
            *samples.changes,
            *_named(tuple(each.time_s for each in edits.corrected), "corrected by reader"),
            *_named(edits.removed_s, "left out by reader"),
        ),
    )  # fmt: skip
    checked_aif(changed.time_s, changed.mM, "arterial curve")
    return _less_baseline(changed) if edits.subtracts_baseline else changed


def _less_baseline(samples: Samples) -> Samples:
    before = checked_aif(samples.time_s, samples.mM, "arterial curve").baseline_mM
    if not before.size:
        raise InputError("arterial curve: has no samples before the bolus, so no baseline can be subtracted")
    level = float(before.mean())
    words = f"baseline of {level:.3f} mM subtracted ({before.size} samples)"
    return replace(samples, mM=samples.mM - level, changes=(*samples.changes, words))


def _at(samples: Samples, time_s: float) -> int:
    at = int(np.abs(samples.time_s - time_s).argmin())
    if abs(samples.time_s[at] - time_s) > SAME_TIME_S:
        raise InputError(f"arterial curve: has no sample at {time_s:g} s, which was corrected or left out; {ANEW}")
    return at


def _named(times_s: tuple[float, ...], what: str) -> tuple[str, ...]:
    if not times_s:
        return ()
    listed = ", ".join(f"{time_s:.4g}" for time_s in times_s[:MOST_TIMES_NAMED])
    more = " ..." if len(times_s) > MOST_TIMES_NAMED else ""
    return (f"{len(times_s)} sample{'s' if len(times_s) > 1 else ''} {what} ({listed}{more} s)",)


def _mean(signal: Floats | None, blood_mM: Floats) -> Floats | None:
    """Return the mean signal of the voxels that have a concentration at all times."""
    return None if signal is None else np.asarray(signal[np.isfinite(blood_mM).all(axis=1)].mean(axis=0), dtype=float)
