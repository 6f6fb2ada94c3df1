"""The arterial curve that the user asked for: a population average, the images, a segment, or a table."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError
from PWIProtocolLib.mapping import arterial_detected, arterial_of_file, arterial_of_population, arterial_of_voxels

from hnn.perfusion.inputs import regions_on
from hnn.perfusion.settings import AUTO

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PWIProtocolLib.mapping import Arterial

    from hnn.perfusion.inputs import FitInputs
    from hnn.perfusion.settings import FitSettings

    Share = Callable[[float], bool]

CSV = ".csv"
AIF_NAMES = ("aif", "artery")
NO_BLOOD_T1 = (
    "T1 of blood is not known: the one number given for tissue does not hold for it; give it with --blood-t1 "
    "(about 1.44 s at 1.5 T, 1.65 s at 3 T), or use a population curve"
)


def arterial_curve(settings: FitSettings, inputs: FitInputs, baseline: int, progress: Share | None = None) -> Arterial:
    """Return the arterial curve that the user asked for.

    Parameters
    ----------
    baseline : frames before contrast.
    progress : called with the share of a search that is done.

    Raises
    ------
    InputError
        When no artery is found, a file cannot be used, or T1 of blood is not known.
    """
    file = settings.aif_file
    data = inputs.mapping
    if file is None and settings.aif != AUTO:
        return arterial_of_population(settings.aif, settings, data, baseline, progress=progress)
    if file is not None and file.suffix.lower() == CSV:
        return arterial_of_file(file, settings, "plasma curve as given")
    if not data.blood_is_known(settings):
        raise InputError(NO_BLOOD_T1)
    if file is None:
        return arterial_detected(settings, data, baseline)
    return _of_region(file, settings, inputs, baseline)


def _of_region(path: Path, settings: FitSettings, inputs: FitInputs, baseline: int) -> Arterial:
    placed = regions_on(inputs.mapping.dynamic, path)
    segments = placed.segmentation.segments
    named = [each for each in segments if each.name.lower() in AIF_NAMES]
    chosen = segments if len(segments) == 1 else named
    if len(chosen) != 1:
        listed = ", ".join(each.name for each in segments)
        raise InputError(f"{path}: which of {listed} is the artery? Name one segment aif, or give a file with it alone")
    words = f"segment {chosen[0].name} as drawn"
    found = arterial_of_voxels(chosen[0].mask(), words, settings, inputs.mapping, baseline)
    return replace(found, cautions=(*found.cautions, *placed.cautions))
