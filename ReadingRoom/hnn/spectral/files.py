"""Computing planned spectral maps and writing them: NRRD, and DICOM series derived from the source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.imaging.write import write_image
from iENEGraderLib.export.derived_attributes import (
    ATTENUATION,
    CONCENTRATION,
    FAT_FRACTION,
    HOUNSFIELD,
    IODINE,
    MG_PER_ML,
    PERCENT,
    QUANTITY,
    SUBSTANCE,
    WATER,
    Code,
    DerivedMap,
)
from iENEGraderLib.export.derived_series import NewSeries, Sources, free_series_number, write_derived_series
from iENEGraderLib.spectral import WATER_IODINE, MapKind, Materials, apply, false_rims
from iENEGraderLib.spectral.map_file import KEV, UNIT, write_map
from iENEGraderLib.spectral.noise_reduced import how_reduced, noise_reduced

from hnn.spectral.job import MapName

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from iENEGraderLib.spectral import Blend
    from numpy.typing import NDArray

    from hnn.spectral.job import PlannedMap, SpectralJob

THREADS = 2
DICOM_FOLDER = "dicom"
DOCUMENT_NAME = "spectral.json"
REGISTERED_NAME, RIMS_NAME = "before-registered.nrrd", "false-rims.nrrd"
NOISE_REDUCED = "HeadNeckNodes.noise_reduced"
"""Entry in the header of NRRD files."""
DIFFERENCE = "difference of two scans, before and after contrast agent"
RIM, OUTSIDE = 1, 2
"""Values of the mask of a subtraction: iodine that a misfit may show, and where the first scan does not reach."""
SMOOTHED_SECTIONS = 16
"""Sections are smoothed one by one, so a few at a time will do."""


@dataclass(frozen=True)
class DicomForm:
    """How a kind of map stands in DICOM.

    Attributes
    ----------
    image_type : Image Type value 4.
    rescale_type : unit as Rescale Type writes it.
    factor : from the unit of the map to that unit.
    step : value of one stored step in that unit.
    window : centre and width.
    quantity : what the values are.
    """

    image_type: str
    rescale_type: str
    factor: float
    step: float
    window: tuple[float, float]
    quantity: tuple[tuple[Code, Code], ...]


IS_ATTENUATION = ((QUANTITY, ATTENUATION),)
IS_IODINE = ((QUANTITY, CONCENTRATION), (SUBSTANCE, IODINE))
IS_FAT = ((QUANTITY, FAT_FRACTION),)
FORMS = {
    MapKind.MONOCHROMATIC: DicomForm("VMI", "HU", 1.0, 1.0, (60.0, 400.0), IS_ATTENUATION),
    MapKind.NON_CONTRAST: DicomForm("MAT_REMOVED", "HU", 1.0, 1.0, (40.0, 350.0), IS_ATTENUATION),
    MapKind.IODINE: DicomForm("MAT_SPECIFIC", "MGML", 1.0, 0.01, (2.5, 5.0), IS_IODINE),
    MapKind.FAT_FRACTION: DicomForm("MAT_FRACTIONAL", "PCT", 100.0, 0.1, (50.0, 100.0), IS_FAT),
}
WATER_AND_IODINE = (None, MapName.IODINE_2, MapName.VNC)
"""Maps of two materials; ``None`` stands for monochromatic images."""
UNITS = {"HU": HOUNSFIELD, "MGML": MG_PER_ML, "PCT": PERCENT}


def result_names(job: SpectralJob) -> list[str]:
    """Names of the files that `write_maps` makes beside the DICOM folder."""
    of_pair = [REGISTERED_NAME, RIMS_NAME] if job.registration else []
    return [*(f"{planned.file_stem}.nrrd" for planned in job.maps), *of_pair, DOCUMENT_NAME]


def require_room_for_dicom(job: SpectralJob, folder: Path) -> None:
    """Pass when DICOM series can be derived and nothing stands where they go.

    Raises
    ------
    InputError
        when a source is no DICOM series, or the folder has DICOM series already: they must not mix.
    """
    for one in job.used:
        if not one.is_dicom:
            raise InputError(f"{one.path}: no DICOM series, so none can be derived from it; leave --dicom out")
    if (folder / DICOM_FOLDER).exists():
        raise InputError(f"{folder / DICOM_FOLDER}: exists already; take it away or choose another folder with --out")


def write_maps(job: SpectralJob, work: Path, software: str, *, dicom: bool, say: Callable[[str], None]) -> None:
    """Compute the maps one after the other and write them into a folder.

    Parameters
    ----------
    job : planned.
    work : folder to write into, empty.
    software : name and version of the program.
    dicom : whether to write derived DICOM series as well, into ``dicom/<map>``.
    say : is told what is being done.

    Raises
    ------
    InputError
        when files cannot be written.
    """
    for number, planned in enumerate(job.maps):
        say(f"computing {planned.blend.name}")
        _write(Image(_values(job, planned.blend), job.data.geometry), planned, work)
        if dicom:
            folder = work / DICOM_FOLDER / planned.file_stem
            folder.mkdir(parents=True)
            sources = _sources(job)
            new = NewSeries(free_series_number(sources.series[0], number + 1), software)
            write_derived_series(_stored(job, planned), sources, derived_map(job, planned), folder, new)
    if job.registration:
        write_image(job.registration.moved, work / REGISTERED_NAME)
        write_image(Image(rims(job), job.data.geometry), work / RIMS_NAME)


def _write(image: Image, planned: PlannedMap, work: Path) -> None:
    """Write a map that says what it is; a noise-reduced image calls itself no map, so that none measures in it."""
    path, blend = work / f"{planned.file_stem}.nrrd", planned.blend
    if blend.noise_reduced:
        write_image(image, path, {NOISE_REDUCED: "yes", UNIT: blend.unit, KEV: f"{blend.kev:g}"})
    else:
        write_map(image, blend, path)


def rims(job: SpectralJob) -> NDArray[np.uint8]:
    """Return where a subtraction must not be believed: `RIM` and `OUTSIDE`, 0 elsewhere."""
    mask = np.where(false_rims(job.data), np.uint8(RIM), np.uint8(0))
    if job.data.outside is not None:
        mask[job.data.outside] = OUTSIDE
    return mask


def _sources(job: SpectralJob) -> Sources:
    """Return the images behind a map; a registered series does not go with single sections."""
    if not job.registration:
        return Sources(tuple(one.slices for one in job.used))
    before, after = job.used
    return Sources((after.slices,), before.slices)


def derived_map(job: SpectralJob, planned: PlannedMap) -> DerivedMap:
    """Say of a map what DICOM wants to know."""
    blend, form = planned.blend, FORMS[planned.blend.kind]
    is_of_two = planned.name in WATER_AND_IODINE
    is_pure = is_of_two and job.data.basis == WATER_IODINE
    return DerivedMap(
        image_type=form.image_type,
        name=f"{blend.name} [{form.rescale_type}], computed",
        how=_derivation(job, blend),
        basis=DIFFERENCE if job.registration else str(job.data.basis if is_of_two else Materials.FAT_SOFT_IODINE),
        rescale_type=form.rescale_type,
        unit=UNITS[form.rescale_type],
        step=form.step,
        quantity=form.quantity,
        materials=(WATER, IODINE) if is_pure else (),
        kev=blend.kev if blend.kind is MapKind.MONOCHROMATIC else None,
        window=form.window,
    )


def _derivation(job: SpectralJob, blend: Blend) -> str:
    """Weights in words, within the 1024 characters that DICOM allows."""
    channels = zip(blend.affine.weights, job.data.channels, strict=True)
    terms = " ".join(f"{weight:+.6g} x [{channel.name}]" for weight, channel in channels)
    unit = "" if blend.unit == "1" else f" in {blend.unit}"
    how = f"{terms} {blend.affine.offset:+.6g}"
    if blend.noise_reduced and blend.kev is not None:
        how = how_reduced(job.data, blend.kev)
    text = f"{blend.name}{unit} = {how}. {'. '.join(blend.warnings)}"
    return text if len(text) <= 1024 else text[:1020] + " ..."


def _values(job: SpectralJob, blend: Blend) -> NDArray[np.int16] | NDArray[np.float32]:
    """HU as whole numbers, as scanners store them; small numbers as floats."""
    is_hu = blend.kind in (MapKind.MONOCHROMATIC, MapKind.NON_CONTRAST)
    out = np.empty(job.data.geometry.array_shape, np.int16 if is_hu else np.float32)
    if blend.noise_reduced:
        return _smoothed(job, blend, out)
    return apply(blend.affine, job.data.voxels, out, THREADS)


def _stored(job: SpectralJob, planned: PlannedMap) -> NDArray[np.int16]:
    form = FORMS[planned.blend.kind]
    out = np.empty(job.data.geometry.array_shape, np.int16)
    if planned.blend.noise_reduced:
        return _smoothed(job, planned.blend, out)
    return apply(planned.blend.affine.times(form.factor / form.step), job.data.voxels, out, THREADS)


def _smoothed(job: SpectralJob, blend: Blend, out: NDArray[np.int16]) -> NDArray[np.int16]:
    """Fill ``out`` with the noise-reduced image in whole HU."""
    limits = np.iinfo(out.dtype)
    for first in range(0, len(out), SMOOTHED_SECTIONS):
        part = slice(first, first + SMOOTHED_SECTIONS)
        values = noise_reduced(job.data, blend.kev or 0.0, part)
        out[part] = np.clip(np.rint(values), limits.min, limits.max)
    return out
