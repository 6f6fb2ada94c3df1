"""The arterial curve of a fit: a population average, voxels of an artery, or a file."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError
from PWIProtocolLib.kinetics import (
    aif_quality,
    concentration_from_signal,
    detect_aif,
    measured_aif,
    read_aif_csv,
    resolve_finer,
)

from hnn.perfusion.inputs import regions_on
from hnn.perfusion.population import population_curve
from hnn.perfusion.settings import AUTO

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray
    from PWIProtocolLib.kinetics import AifQuality, MeasuredAif

    from hnn.perfusion.inputs import FitInputs
    from hnn.perfusion.settings import FitSettings

    Floats = NDArray[np.float64]

CSV = ".csv"
AIF_NAMES = ("aif", "artery")
NO_BLOOD_T1 = (
    "T1 of blood is not known: the one number given for tissue does not hold for it; give it with --blood-t1 "
    "(about 1.44 s at 1.5 T, 1.65 s at 3 T), or use a population curve"
)
T1_OF_MAP = "T1 of blood was taken from the T1 map; inflow falsifies it easily, so compare with --blood-t1"


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
    sampled_s, sampled_mM : as it was measured or given; None for a population average.
    arrival_s : when the bolus arrives, on the time axis of the frames.
    quality : its measures.
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


def arterial_curve(settings: FitSettings, inputs: FitInputs, baseline: int) -> Arterial:
    """Return the arterial curve that the user asked for.

    Parameters
    ----------
    baseline : frames before contrast.

    Raises
    ------
    InputError
        When no artery is found, a file cannot be used, or T1 of blood is not known.
    """
    file = settings.aif_file
    if file is not None:
        return _of_csv(file, settings) if file.suffix.lower() == CSV else _of_region(file, settings, inputs, baseline)
    return _detected(settings, inputs, baseline) if settings.aif == AUTO else _population(settings, inputs, baseline)


def _population(settings: FitSettings, inputs: FitInputs, baseline: int) -> Arterial:
    found = population_curve(settings, inputs, baseline)
    quality = aif_quality(found.time_s, found.aif_mM)
    caution = "a population average stands for this patient's artery: absolute values depend on it, ratios less"
    return Arterial(
        AifSource.POPULATION, found.words, found.time_s, found.aif_mM, found.arrival_s, quality, cautions=(caution,)
    )


def _of_csv(path: Path, settings: FitSettings) -> Arterial:
    curve = read_aif_csv(path, settings.used_hematocrit)
    return _resolved(AifSource.FILE, "plasma curve as given", curve.time_s, curve.aif_mM, ())


def _detected(settings: FitSettings, inputs: FitInputs, baseline: int) -> Arterial:
    dynamic = inputs.dynamic
    found = detect_aif(dynamic.frames, dynamic.time_s, dynamic.geometry)
    if found.voxels is None:
        raise InputError(found.reason)
    words = found.reason.removesuffix(".")
    return _measured(AifSource.DETECTED, words, found.voxels, (settings, inputs, baseline), found.warnings)


def _of_region(path: Path, settings: FitSettings, inputs: FitInputs, baseline: int) -> Arterial:
    segments = regions_on(inputs.dynamic, path).segments
    named = [each for each in segments if each.name.lower() in AIF_NAMES]
    chosen = segments if len(segments) == 1 else named
    if len(chosen) != 1:
        listed = ", ".join(each.name for each in segments)
        raise InputError(f"{path}: which of {listed} is the artery? Name one segment aif, or give a file with it alone")
    words = f"segment {chosen[0].name} as drawn"
    return _measured(AifSource.REGION, words, chosen[0].mask(), (settings, inputs, baseline), ())


def _measured(
    source: AifSource,
    words: str,
    voxels: NDArray[np.bool_],
    context: tuple[FitSettings, FitInputs, int],
    warnings: tuple[str, ...],
) -> Arterial:
    settings, inputs, baseline = context
    curve, cautions = _blood(voxels, settings, inputs, baseline)
    found = _resolved(source, words, curve.time_s, curve.aif_mM, (*warnings, *curve.warnings, *cautions))
    return Arterial(**{**vars(found), "quality": curve.quality, "voxels": voxels})


def _blood(
    voxels: NDArray[np.bool_], settings: FitSettings, inputs: FitInputs, baseline: int
) -> tuple[MeasuredAif, list[str]]:
    """Return the plasma curve of the voxels of an artery, and cautions."""
    index = np.flatnonzero(voxels)
    cautions: list[str] = []
    t1: Any = settings.blood_t1_s
    if t1 is not None:
        t1 = t1 * settings.t1_factor
    elif inputs.precontrast.is_map:
        t1 = inputs.precontrast.t1_s[index]
        cautions.append(T1_OF_MAP)
    else:
        raise InputError(NO_BLOOD_T1)
    signal = inputs.signal[index]
    blood = concentration_from_signal(
        signal,
        baseline,
        inputs.flip_angle_deg,
        inputs.repetition_time_s,
        t1_s=t1,
        relaxivity_per_mM_s=settings.used_relaxivity,
        dtype="float64",
    )
    return measured_aif(blood.mM, inputs.dynamic.time_s, settings.used_hematocrit, signal), cautions


def _resolved(source: AifSource, words: str, time_s: Floats, aif_mM: Floats, warnings: tuple[str, ...]) -> Arterial:
    quality = aif_quality(time_s, aif_mM)
    fine = resolve_finer(time_s, aif_mM)
    cautions = tuple(dict.fromkeys((*warnings, *quality.warnings, *fine.warnings)))
    said = f"{words}; {fine.method}"
    return Arterial(source, said, fine.time_s, fine.aif_mM, fine.arrival_s, quality, time_s, aif_mM, None, cautions)
