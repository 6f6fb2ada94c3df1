"""A small digital reference object: a dynamic study computed from known Ktrans, ve and vp, with an artery in it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.imaging.geometry import ImageGeometry

from PWIProtocolLib.dynamic import DynamicFrames
from PWIProtocolLib.dynamic.frames import Acquisition
from PWIProtocolLib.kinetics import population_aif, signal_of_concentration, tissue_curves

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

KTRANS_PER_MIN = (0.05, 0.1, 0.2, 0.3)
VE = (0.15, 0.25, 0.35, 0.45)
VP = (0.01, 0.03, 0.06)
"""Along i, along j, and one for each section."""
PATCH = 6
MARGIN = 4
ARTERIES = ((1, 6), (1, 22))
"""First j and first i of two arteries through all sections, two voxels wide, in the margin above the patches."""
FRAMES, INTERVAL_S = 60, 4.0
ONSET_S = 24.0
TISSUE_T1_S, BLOOD_T1_S = 1.2, 1.65
REPETITION_TIME_S, FLIP_ANGLE_DEG = 0.005, 15.0
RELAXIVITY_PER_MM_S, HEMATOCRIT = 4.5, 0.42
M0 = 10_000.0


@dataclass(frozen=True, eq=False)
class ReferenceObject:
    """The study and its truth.

    Attributes
    ----------
    dynamic : frames without noise.
    ktrans_per_min, ve, vp : truth [k, j, i], NaN outside the patches.
    artery : mask [k, j, i] of blood.
    time_s, aif_mM : the plasma curve that the tissue was computed with, at fine times.
    """

    dynamic: DynamicFrames
    ktrans_per_min: Floats
    ve: Floats
    vp: Floats
    artery: NDArray[np.bool_]
    time_s: Floats
    aif_mM: Floats

    @property
    def tissue(self) -> NDArray[np.bool_]:
        """Mask [k, j, i] of the patches."""
        return np.isfinite(self.ktrans_per_min)


def reference_object() -> ReferenceObject:
    """Compute the object: patches of Ktrans along i and ve along j, vp by section, Parker's curve in two arteries."""
    side = PATCH * len(VE) + 2 * MARGIN
    shape = len(VP), side, side
    times: Floats = INTERVAL_S * np.arange(FRAMES, dtype=np.float64)
    fine = np.arange(0.0, times[-1] + 1.0, 0.25)
    aif = population_aif("parker", fine, HEMATOCRIT, ONSET_S)
    truth = np.full((3, *shape), np.nan)
    inner = slice(MARGIN, side - MARGIN)
    truth[0, :, inner, inner] = np.repeat(KTRANS_PER_MIN, PATCH)[None, None, :]
    truth[1, :, inner, inner] = np.repeat(VE, PATCH)[None, :, None]
    truth[2, :, inner, inner] = np.array(VP)[:, None, None]
    artery = np.zeros(shape, bool)
    for j, i in ARTERIES:
        artery[:, j : j + 2, i : i + 2] = True
    frames = _frames(truth, artery, times, (fine, aif))
    axes = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    geometry = ImageGeometry((side, side, len(VP)), (2.0, 2.0, 4.0), (-side + 1.0, -side + 1.0, 0.0), axes)
    acquisition = Acquisition(REPETITION_TIME_S, FLIP_ANGLE_DEG)
    dynamic = DynamicFrames(frames, times, geometry, acquisition, "reference object", "frame times are those computed")
    return ReferenceObject(dynamic, truth[0], truth[1], truth[2], artery, fine, aif)


def _frames(
    truth: Floats, artery: NDArray[np.bool_], times: Floats, curve: tuple[Floats, Floats]
) -> NDArray[np.float32]:
    fine, aif = curve
    tissue = np.isfinite(truth[0])
    ktrans, ve, vp = truth[:, tissue]
    concentration = np.zeros((*artery.shape, len(times)))
    concentration[tissue] = tissue_curves(
        "extended_tofts", times, aif, aif_time_s=fine, ktrans_per_min=ktrans, ve=ve, vp=vp
    )
    concentration[artery] = (1.0 - HEMATOCRIT) * np.interp(times, fine, aif)
    t1 = np.where(artery, BLOOD_T1_S, TISSUE_T1_S)[..., None]
    signal = signal_of_concentration(
        concentration, FLIP_ANGLE_DEG, REPETITION_TIME_S, t1_s=t1, relaxivity_per_mM_s=RELAXIVITY_PER_MM_S, m0=M0
    )
    return np.ascontiguousarray(np.moveaxis(signal, -1, 0), dtype=np.float32)
