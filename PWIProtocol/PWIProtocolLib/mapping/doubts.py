"""What speaks against a fit as a whole: inputs that do not belong together show in its outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.kinetics import VoxelStatus
from PWIProtocolLib.kinetics.semiquantitative import CurveStatus

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from PWIProtocolLib.mapping.study import MappedStudy

MANY_LOST = 0.2
"""Share of enhancing voxels without a value that is worth a caution; our choice."""
POOR_MEDIAN_R2 = 0.5
LATE_S = 10.0
"""Beyond what wide frame spacing explains; our choice."""


def doubts(study: MappedStudy) -> tuple[str, ...]:
    """Return sentences on what does not fit together."""
    return (*_late_artery(study), *_poor(study), *_lost(study))


def require_values(study: MappedStudy) -> None:
    """Refuse a fit of all voxels in which none has a value; InputError says the most frequent reason."""
    if study.done < 1.0 or study.kinetic.has_value.any():
        return
    causes = (*_late_artery(study), *_lost(study)) or (_commonest(study.kinetic.status),)
    raise InputError(f"no voxel has a value: {'; '.join(causes)}")


def _late_artery(study: MappedStudy) -> tuple[str, ...]:
    """No tissue enhances before its artery."""
    enhances_s = float(study.inputs.dynamic.time_s[study.baseline])
    if study.arterial.arrival_s <= enhances_s + LATE_S:
        return ()
    arrival = f"the arterial curve arrives at {study.arterial.arrival_s:.0f} s"
    return (f"{arrival}, but the images enhance from {enhances_s:.0f} s on: give both on one time axis",)


def _poor(study: MappedStudy) -> tuple[str, ...]:
    r2 = study.kinetic.r2[_enhancing(study) & study.kinetic.has_value]
    if not r2.size or (median := float(np.median(r2))) >= POOR_MEDIAN_R2:
        return ()
    what = f"the model explains little of the curves, R² {median:.2f} in the median"
    return (f"{what}: check the arterial curve and its times, and the frames before contrast",)


def _lost(study: MappedStudy) -> tuple[str, ...]:
    enhancing = _enhancing(study) & (study.kinetic.status != VoxelStatus.NOT_COMPUTED)
    lost = study.kinetic.status[enhancing & ~study.kinetic.has_value]
    share = lost.size / max(int(np.count_nonzero(enhancing)), 1)
    if share <= MANY_LOST:
        return ()
    what = study.inputs.doubtful
    return (f"{share:.0%} of the voxels that enhance have no value, mostly: {_commonest(lost)}; check {what}",)


def _enhancing(study: MappedStudy) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = study.described.status == CurveStatus.MEASURED
    return found


def _commonest(status: NDArray[np.uint8]) -> str:
    return VoxelStatus(int(np.argmax(np.bincount(status)))).meaning
