"""The arterial curve of a fit: a population average, voxels of an artery, or a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.kinetics import detect_aif, measured_aif, read_aif_csv
from PWIProtocolLib.kinetics.aif_csv import aif_of_rows
from PWIProtocolLib.mapping.aif_editing import arterial_with
from PWIProtocolLib.mapping.arterial_curve import AifOrigin, AifSource, Arterial, Artery
from PWIProtocolLib.mapping.population import population_curve

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

    from PWIProtocolLib.mapping.inputs import MappingInputs
    from PWIProtocolLib.mapping.settings import MappingSettings

    Share = Callable[[float], bool]

__all__ = [
    "AifSource",
    "Arterial",
    "arterial_detected",
    "arterial_of_file",
    "arterial_of_population",
    "arterial_of_rows",
    "arterial_of_samples",
    "arterial_of_voxels",
]

POPULATION_CAUTION = "a population average stands for this patient's artery: absolute values depend on it, ratios less"


def arterial_of_population(
    name: str,
    settings: MappingSettings,
    inputs: MappingInputs,
    baseline: int,
    onset_s: float | None = None,
    *,
    progress: Share | None = None,
) -> Arterial:
    """Return a population average; its onset comes from the images unless it is given.

    Parameters
    ----------
    progress : called with the share of the search for the onset that is done.

    Raises
    ------
    ReadingCancelledError
        When `progress` returned False.
    """
    found = population_curve(name, settings, inputs, baseline, onset_s, progress=progress)
    return arterial_with(
        AifOrigin(
            AifSource.POPULATION, found.words, found.time_s, found.aif_mM, settings.used_hematocrit, found.arrival_s,
            cautions=(POPULATION_CAUTION,),
        )
    )  # fmt: skip


def arterial_of_file(path: Path, settings: MappingSettings, words: str | None = None) -> Arterial:
    """Return the curve of a CSV file; the words name the file unless others are given."""
    curve = read_aif_csv(path, settings.used_hematocrit)
    return arterial_of_samples(curve.time_s, curve.aif_mM, settings, words or f"file {path.name}")


def arterial_of_rows(rows: list[list[str]], words: str, settings: MappingSettings) -> Arterial:
    """Return the curve of a table, whose first row names columns and units as in a CSV file."""
    curve = aif_of_rows(rows, words, settings.used_hematocrit)
    return arterial_of_samples(curve.time_s, curve.aif_mM, settings, words)


def arterial_of_samples(
    time_s: NDArray[np.float64], aif_mM: NDArray[np.float64], settings: MappingSettings, words: str
) -> Arterial:
    """Return a curve of plasma concentration that was measured elsewhere."""
    return arterial_with(AifOrigin(AifSource.FILE, words, time_s, aif_mM, settings.used_hematocrit))


def arterial_detected(settings: MappingSettings, inputs: MappingInputs, baseline: int) -> Arterial:
    """Find the carotid arteries in the images; InputError says what was missing when there is none."""
    dynamic = inputs.dynamic
    found = detect_aif(dynamic.frames, dynamic.time_s, dynamic.geometry, inputs.kind)
    if found.voxels is None:
        raise InputError(found.reason)
    words = found.reason.removesuffix(".")
    return arterial_with(
        _measured(AifSource.DETECTED, words, found.voxels, found.warnings, (settings, inputs, baseline))
    )


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
    count = int(np.count_nonzero(voxels))
    told = f"measured in {words}, {count} voxel{'s' if count > 1 else ''}"
    return arterial_with(_measured(AifSource.REGION, told, voxels, (), (settings, inputs, baseline)))


def _measured(
    source: AifSource,
    words: str,
    voxels: NDArray[np.bool_],
    cautions: tuple[str, ...],
    study: tuple[MappingSettings, MappingInputs, int],
) -> AifOrigin:
    """Return the curves of the voxels of an artery, and their plasma curve."""
    settings, inputs, baseline = study
    blood = inputs.blood(settings, baseline, np.flatnonzero(voxels))
    share, time_s = settings.used_hematocrit, np.asarray(inputs.dynamic.time_s, dtype=float)
    artery = Artery(voxels, inputs.dynamic.geometry, blood.mM, blood.signal)
    aif_mM = measured_aif(blood.mM, time_s, share, blood.signal).aif_mM
    return AifOrigin(source, words, time_s, aif_mM, share, artery=artery, cautions=(*cautions, *blood.cautions))
