"""Files of maps that say what they show and in which unit, so that nobody has to guess it later."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import SimpleITK
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.read import read_image
from HeadNeckNodesLib.imaging.volume_file import NRRD, volume_format
from HeadNeckNodesLib.imaging.write import write_image

from iENEGraderLib.spectral.blend import MapKind
from iENEGraderLib.spectral.maps import HOUNSFIELD, MG_ML, SHARE
from iENEGraderLib.spectral.recognition import SeriesKind, ValueUnit, converted_image, read_spectral_series

if TYPE_CHECKING:
    from os import PathLike

    from HeadNeckNodesLib.imaging.image import Image

    from iENEGraderLib.spectral.blend import Blend

MAP, UNIT, KEV = "HeadNeckNodes.map", "HeadNeckNodes.unit", "HeadNeckNodes.kev"
"""Entries in the header of NRRD files."""
UNITS = {
    MapKind.IODINE: MG_ML,
    MapKind.FAT_FRACTION: SHARE,
    MapKind.MONOCHROMATIC: HOUNSFIELD,
    MapKind.NON_CONTRAST: HOUNSFIELD,
}
ADVICE = "write it with hnn spectral"


@dataclass(frozen=True, eq=False)
class MapFile:
    """A map as it was read.

    Attributes
    ----------
    unit : UCUM unit of its values.
    kev : energy of a monochromatic image.
    """

    image: Image
    kind: MapKind
    unit: str
    kev: float | None = None


def write_map(image: Image, blend: Blend, path: str | PathLike[str]) -> None:
    """Write a map as NRRD; its header says what it shows, its unit and its energy.

    Raises
    ------
    InputError
        when the name does not end in ``.nrrd`` or the folder cannot be written to.
    """
    attributes = {MAP: str(blend.kind), UNIT: blend.unit}
    if blend.kev is not None:
        attributes[KEV] = f"{blend.kev:g}"
    write_image(image, path, attributes)


def read_map(path: str | PathLike[str]) -> MapFile:
    """Read a map that says what it is: NRRD of `write_map`, or a DICOM series with its unit.

    Raises
    ------
    InputError
        when it cannot be read, or does not say what it shows and in which unit; neither is guessed.
    """
    if Path(path).is_dir() or volume_format(path) is None:
        return _of_dicom(path)
    image = read_image(path)
    if volume_format(path) is not NRRD:
        raise InputError(f"{path}: its format does not state what the values are; {ADVICE}")
    header = _attributes(path)
    kind = next((each for each in MapKind if header.get(MAP) == each), None)
    if kind is None:
        raise InputError(f"{path}: its header does not say which map it is nor its unit; {ADVICE}")
    if header.get(UNIT) != UNITS[kind]:
        raise InputError(f"{path}: {kind} in '{header.get(UNIT, 'no unit')}', expected '{UNITS[kind]}'; {ADVICE}")
    return MapFile(image, kind, UNITS[kind], _energy(header.get(KEV), path))


def require_kind(found: MapFile, kind: MapKind, path: str | PathLike[str]) -> MapFile:
    """Pass when a file holds the map that is wanted.

    Raises
    ------
    InputError
        saying what it holds.
    """
    if found.kind is not kind:
        raise InputError(f"{path}: found a map of the kind {found.kind}, expected {kind}; check which file is which")
    return found


def _attributes(path: str | PathLike[str]) -> dict[str, str]:
    reader = SimpleITK.ImageFileReader()
    reader.SetFileName(str(path))
    reader.ReadImageInformation()
    return {key: reader.GetMetaData(key) for key in reader.GetMetaDataKeys()}


def _energy(text: str | None, path: str | PathLike[str]) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError as error:
        raise InputError(f"{path}: its header gives '{text}' for the energy, expected a number of keV") from error


def _of_dicom(path: str | PathLike[str]) -> MapFile:
    series = read_spectral_series(path)
    known = series.recognised
    kinds = {
        (SeriesKind.IODINE_MAP, ValueUnit.MG_PER_ML): MapKind.IODINE,
        (SeriesKind.MONOCHROMATIC, ValueUnit.HU): MapKind.MONOCHROMATIC,
        (SeriesKind.VIRTUAL_NON_CONTRAST, ValueUnit.HU): MapKind.NON_CONTRAST,
    }
    kind = kinds.get((known.kind, known.unit))
    if kind is None:
        raise InputError(
            f"{path}: {known.problem or known.describe()}: no map of iodine in mg/mL, nor HU of an energy; for fat "
            f"fractions give the NRRD file of hnn spectral"
        )
    return MapFile(converted_image(series), kind, UNITS[kind], known.energy_kev)
