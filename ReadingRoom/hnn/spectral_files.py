"""Computing planned spectral maps and writing them: NRRD, and DICOM series derived from the source."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.imaging.write import write_image
from iENEGraderLib.export.derived_attributes import HOUNSFIELD, IODINE, MG_PER_ML, PERCENT, WATER, DerivedMap
from iENEGraderLib.export.derived_series import NewSeries, Sources, free_series_number, write_derived_series
from iENEGraderLib.spectral import WATER_IODINE, MapKind, Materials, apply

from hnn.spectral_job import MapName

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from iENEGraderLib.spectral import Blend
    from numpy.typing import NDArray

    from hnn.spectral_job import PlannedMap, SpectralJob

THREADS = 2
DICOM_FOLDER = "dicom"
DOCUMENT_NAME = "spectral.json"


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
    """

    image_type: str
    rescale_type: str
    factor: float
    step: float
    window: tuple[float, float]


FORMS = {
    MapKind.MONOCHROMATIC: DicomForm("VMI", "HU", 1.0, 1.0, (60.0, 400.0)),
    MapKind.NON_CONTRAST: DicomForm("MAT_REMOVED", "HU", 1.0, 1.0, (40.0, 350.0)),
    MapKind.IODINE: DicomForm("MAT_SPECIFIC", "MGML", 1.0, 0.01, (2.5, 5.0)),
    MapKind.FAT_FRACTION: DicomForm("MAT_FRACTIONAL", "PCT", 100.0, 0.1, (50.0, 100.0)),
}
WATER_AND_IODINE = (None, MapName.IODINE_2, MapName.VNC)
"""Maps of two materials; ``None`` stands for monochromatic images."""
UNITS = {"HU": HOUNSFIELD, "MGML": MG_PER_ML, "PCT": PERCENT}


def result_names(job: SpectralJob) -> list[str]:
    """Names of the files that `write_maps` makes beside the DICOM folder."""
    return [*(f"{planned.file_stem}.nrrd" for planned in job.maps), DOCUMENT_NAME]


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
        write_image(Image(_values(job, planned.blend), job.data.geometry), work / f"{planned.file_stem}.nrrd")
        if dicom:
            folder = work / DICOM_FOLDER / planned.file_stem
            folder.mkdir(parents=True)
            slices = tuple(one.slices for one in job.used)
            new = NewSeries(free_series_number(slices[0], number + 1), software)
            write_derived_series(_stored(job, planned), Sources(slices), derived_map(job, planned), folder, new)


def derived_map(job: SpectralJob, planned: PlannedMap) -> DerivedMap:
    """Say of a map what DICOM wants to know."""
    blend, form = planned.blend, FORMS[planned.blend.kind]
    is_pair = planned.name in WATER_AND_IODINE
    is_pure = is_pair and job.data.basis == WATER_IODINE
    return DerivedMap(
        image_type=form.image_type,
        name=f"{blend.name} [{form.rescale_type}], computed",
        how=_derivation(job, blend),
        basis=str(job.data.basis if is_pair else Materials.FAT_SOFT_IODINE),
        rescale_type=form.rescale_type,
        unit=UNITS[form.rescale_type],
        step=form.step,
        materials=(WATER, IODINE) if is_pure else (),
        kev=blend.kev if blend.kind is MapKind.MONOCHROMATIC else None,
        window=form.window,
    )


def _derivation(job: SpectralJob, blend: Blend) -> str:
    """Weights in words, within the 1024 characters that DICOM allows."""
    channels = zip(blend.affine.weights, job.data.channels, strict=True)
    terms = " ".join(f"{weight:+.6g} x [{channel.name}]" for weight, channel in channels)
    unit = "" if blend.unit == "1" else f" in {blend.unit}"
    text = f"{blend.name}{unit} = {terms} {blend.affine.offset:+.6g}. {'. '.join(blend.warnings)}"
    return text if len(text) <= 1024 else text[:1020] + " ..."


def _values(job: SpectralJob, blend: Blend) -> NDArray[np.int16] | NDArray[np.float32]:
    """HU as whole numbers, as scanners store them; small numbers as floats."""
    is_hu = blend.kind in (MapKind.MONOCHROMATIC, MapKind.NON_CONTRAST)
    out = np.empty(job.data.geometry.array_shape, np.int16 if is_hu else np.float32)
    return apply(blend.affine, job.data.voxels, out, THREADS)


def _stored(job: SpectralJob, planned: PlannedMap) -> NDArray[np.int16]:
    form = FORMS[planned.blend.kind]
    out = np.empty(job.data.geometry.array_shape, np.int16)
    return apply(planned.blend.affine.times(form.factor / form.step), job.data.voxels, out, THREADS)
