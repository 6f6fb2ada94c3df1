"""The arterial curve of a fit: a population average, voxels of an artery, or a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.kinetics import aif_quality, detect_aif, measured_aif, read_aif_csv, resolve_finer
from PWIProtocolLib.mapping.population import population_curve

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from PWIProtocolLib.kinetics import AifQuality, MeasuredAif
    from PWIProtocolLib.mapping.inputs import MappingInputs
    from PWIProtocolLib.mapping.settings import MappingSettings

    Floats = NDArray[np.float64]

NO_BLOOD_T1 = (
    "T1 of blood is not known: the one number given for tissue does not hold for it; give it in seconds (about 1.44 at "
    "1.5 T, 1.65 at 3 T), or use a population curve"
)
T1_OF_MAP = "T1 of blood was taken from the T1 map; inflow falsifies it easily, so compare with a value given for blood"
POPULATION_CAUTION = "a population average stands for this patient's artery: absolute values depend on it, ratios less"


class AifSource(StrEnum):
    """Where the arterial curve comes from."""

    POPULATION = "population"
    DETECTED = "detected"
    REGION = "region"
    FILE = "file"


@dataclass(frozen=True, eq=False)
class Arterial:
    """An arterial curve of plasma, as the fit uses it.

    Attributes
    ----------
    source, words : where it comes from.
    time_s, aif_mM : the curve at fine times.
    arrival_s : when the bolus arrives, on the time axis of the frames.
    quality : its measures.
    sampled_s, sampled_mM : as it was measured or given; None for a population average.
    voxels : mask [k, j, i] of the artery; None when it was not measured.
    cautions : sentences.
    """

    source: AifSource
    words: str
    time_s: Floats
    aif_mM: Floats
    arrival_s: float
    quality: AifQuality
    sampled_s: Floats | None = None
    sampled_mM: Floats | None = None
    voxels: NDArray[np.bool_] | None = None
    cautions: tuple[str, ...] = ()

    def scaled(self, factor: float) -> Arterial:
        """Return the curve with all concentrations multiplied by a factor.

        Raises
        ------
        InputError
            When the factor is not positive.
        """
        if factor == 1.0:
            return self
        if not 0 < factor < np.inf:
            raise InputError(f"scale of the arterial curve: found {factor:g}, expected a positive factor")
        sampled = None if self.sampled_mM is None else factor * self.sampled_mM
        words = f"{self.words}; multiplied by {factor:g}"
        return replace(self, aif_mM=factor * self.aif_mM, sampled_mM=sampled, words=words)

    def as_sampled(self) -> Arterial:
        """Return the curve with straight lines between its samples; a population average has none and stays."""
        if self.sampled_s is None or self.sampled_mM is None:
            return self
        caution = "straight lines between the samples of the arterial curve cut the top of the bolus off"
        return replace(
            self, time_s=self.sampled_s, aif_mM=self.sampled_mM,
            words=f"{self.words}; used as sampled", cautions=(*self.cautions, caution),
        )  # fmt: skip


def arterial_of_population(
    name: str, settings: MappingSettings, inputs: MappingInputs, baseline: int, onset_s: float | None = None
) -> Arterial:
    """Return a population average; its onset comes from the images unless it is given."""
    found = population_curve(name, settings, inputs, baseline, onset_s)
    quality = aif_quality(found.time_s, found.aif_mM)
    return Arterial(
        AifSource.POPULATION, found.words, found.time_s, found.aif_mM, found.arrival_s, quality,
        cautions=(POPULATION_CAUTION,),
    )  # fmt: skip


def arterial_of_file(path: Path, settings: MappingSettings, words: str | None = None) -> Arterial:
    """Return the curve of a CSV file; the words name the file unless others are given."""
    curve = read_aif_csv(path, settings.used_hematocrit)
    return _resolved(AifSource.FILE, words or f"file {path.name}", curve.time_s, curve.aif_mM, ())


def arterial_detected(settings: MappingSettings, inputs: MappingInputs, baseline: int) -> Arterial:
    """Find the carotid arteries in the images; InputError says what was missing when there is none."""
    dynamic = inputs.dynamic
    found = detect_aif(dynamic.frames, dynamic.time_s, dynamic.geometry)
    if found.voxels is None:
        raise InputError(found.reason)
    measured = arterial_of_voxels(found.voxels, found.reason.removesuffix("."), settings, inputs, baseline)
    cautions = tuple(dict.fromkeys((*found.warnings, *measured.cautions)))
    return replace(measured, source=AifSource.DETECTED, cautions=cautions)


def arterial_of_voxels(
    voxels: NDArray[np.bool_], words: str, settings: MappingSettings, inputs: MappingInputs, baseline: int
) -> Arterial:
    """Measure the voxels [k, j, i] of an artery.

    Raises
    ------
    InputError
        When T1 of blood is not known, or the curve of the voxels is none of an artery.
    """
    if voxels.shape != inputs.dynamic.geometry.array_shape or not voxels.any():
        raise InputError(f"{words}: holds no voxel of the dynamic study; draw the artery on it")
    curve, cautions = _blood(voxels, settings, inputs, baseline)
    found = _resolved(AifSource.REGION, words, curve.time_s, curve.aif_mM, (*curve.warnings, *cautions))
    return replace(found, quality=curve.quality, voxels=voxels)


def _blood(
    voxels: NDArray[np.bool_], settings: MappingSettings, inputs: MappingInputs, baseline: int
) -> tuple[MeasuredAif, tuple[str, ...]]:
    """Return the plasma curve of the voxels of an artery, and cautions."""
    index = np.flatnonzero(voxels)
    if settings.blood_t1_s is None and not inputs.precontrast.is_map:
        raise InputError(NO_BLOOD_T1)
    given = settings.blood_t1_s is not None
    t1 = np.asarray(settings.blood_t1_s) if given else inputs.precontrast.of(index)
    signal = inputs.signal[index]
    concentration, _status = inputs.converter(settings, baseline, t1, "float64").slab(signal, slice(None))
    curve = measured_aif(concentration, inputs.dynamic.time_s, settings.used_hematocrit, signal)
    return curve, () if given else (T1_OF_MAP,)


def _resolved(source: AifSource, words: str, time_s: Floats, aif_mM: Floats, warnings: tuple[str, ...]) -> Arterial:
    quality = aif_quality(time_s, aif_mM)
    fine = resolve_finer(time_s, aif_mM)
    cautions = tuple(dict.fromkeys((*warnings, *quality.warnings, *fine.warnings)))
    return Arterial(
        source, f"{words}; {fine.method}", fine.time_s, fine.aif_mM, fine.arrival_s, quality, time_s, aif_mM,
        cautions=cautions,
    )  # fmt: skip
