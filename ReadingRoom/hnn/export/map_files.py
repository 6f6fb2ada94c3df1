"""Maps as files: which quantity each holds, in which unit, how it was computed, and where it lies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import SimpleITK
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.imaging.read import read_image
from HeadNeckNodesLib.imaging.volume_file import NRRD, grid_of, read_volume, volume_format
from iENEGraderLib.export.dicom.source_series import read_source_series
from iENEGraderLib.export.job.case_map import SPECTRAL, CaseMap, Quantity, quantity_named, require_unit
from iENEGraderLib.spectral.map_file import MAP, UNIT, read_map

from hnn.export.perfusion_results import NO_ORIGIN, origin_of, results_in

if TYPE_CHECKING:
    from collections.abc import Sequence

HOW_TO_SAY = "say it as NAME:UNIT=FILE, such as ktrans:/min=FILE"


@dataclass(frozen=True)
class MapChoice:
    """A file with a map.

    Attributes
    ----------
    path : volume, or folder with a spectral map as DICOM.
    quantity, unit : what the user says of a file that does not say it itself.
    """

    path: Path
    quantity: Quantity | None = None
    unit: str | None = None

    @property
    def inputs(self) -> tuple[Path, ...]:
        """The file and what lies beside it on how it was computed."""
        return (self.path, *results_in(self.path.parent))


def map_choice(text: str) -> MapChoice:
    """Read what stands after ``--map``: ``FILE`` or ``NAME=FILE`` or ``NAME:UNIT=FILE``.

    Raises
    ------
    InputError
        When there is no map of that name, or its values cannot be in that unit.
    """
    said, separator, name = text.partition("=")
    if not separator or Path(text).exists():
        return MapChoice(Path(text))
    word, _, unit = said.partition(":")
    quantity = quantity_named(word)
    if unit:
        require_unit(quantity, unit, "--map")
    return MapChoice(Path(name), quantity, unit or None)


def named_quantity(path: Path) -> str | None:
    """Return what the header of a NRRD file says that it holds; None when it says nothing."""
    return _header(path)[0]


def read_case_maps(choices: Sequence[MapChoice], image: Image, dicom_folder: Path | None) -> tuple[CaseMap, ...]:
    """Read the maps of a case.

    Parameters
    ----------
    image : what was read; a map lies on its grid, or in its frame of reference by what DICOM says of both.
    dicom_folder : the images that it was read from, if any.

    Raises
    ------
    InputError
        When a file is no map, lies elsewhere, or there are two of a quantity; nothing is guessed.
    """
    found: dict[Quantity, CaseMap] = {}
    files: dict[Quantity, Path] = {}
    for choice in choices:
        each = _read(choice)
        if each.quantity in found:
            raise InputError(
                f"found two maps of {each.quantity.word}: {files[each.quantity]} and {choice.path}; give one of them"
            )
        _require_place(each, choice.path, image, dicom_folder)
        found[each.quantity], files[each.quantity] = each, choice.path
    return tuple(found[each] for each in Quantity if each in found)


def _read(choice: MapChoice) -> CaseMap:
    path = choice.path
    if not path.exists():
        raise InputError(f"{path}: there is no such file or folder; check its name")
    stated, unit = (None, None) if path.is_dir() else _header(path)
    if path.is_dir() or (stated in SPECTRAL and choice.quantity in (None, stated)):
        return _spectral(choice)
    if choice.quantity is not None and stated not in (None, choice.quantity):
        raise InputError(f"{path}: its header says {stated}, --map says {choice.quantity.word}; correct one of them")
    if choice.quantity is None and stated is None:
        raise InputError(f"{path}: does not say which map it is; {HOW_TO_SAY}")
    quantity = choice.quantity or quantity_named(str(stated))
    if unit is not None and choice.unit not in (None, unit):
        raise InputError(f"{path}: its header says {unit}, --map says {choice.unit}; correct one of them")
    if unit is None and choice.unit is None:
        raise InputError(f"{path}: does not say in which unit its values are; {HOW_TO_SAY}")
    require_unit(quantity, unit or choice.unit or "", str(path))
    origin = origin_of(path, quantity) if stated is not None else NO_ORIGIN
    return CaseMap(_values(path), quantity, unit or choice.unit or "", origin.methods, origin.sources)


def _values(path: Path) -> Image:
    """Read a volume that may hold NaN, which in maps means that there is no value."""
    if volume_format(path) is None:
        return read_image(path)
    volume = read_volume(path)
    voxels = SimpleITK.GetArrayFromImage(volume)
    components = volume.GetNumberOfComponentsPerPixel()
    if components != 1 or np.iscomplexobj(voxels):
        raise InputError(f"{path}: found {components} values in each voxel, expected one; write one map a file")
    if np.isinf(voxels).any():
        raise InputError(f"{path}: some values are infinite; write NaN where a map has no value")
    return Image(voxels, grid_of(path, volume), source=path.name)


def _spectral(choice: MapChoice) -> CaseMap:
    read = read_map(choice.path)
    quantity = next((each for each in SPECTRAL if each.value == read.kind.value), None)
    if quantity is None or choice.quantity not in (None, quantity):
        wanted = "a map of iodine or fat" if choice.quantity is None else choice.quantity.word
        raise InputError(f"{choice.path}: found {read.kind}, expected {wanted}; check which file is which")
    return CaseMap(read.image, quantity, read.unit)


def _header(path: Path) -> tuple[str | None, str | None]:
    """Return quantity and unit as the header of a NRRD file states them; None where it does not."""
    if volume_format(path) is not NRRD:
        return None, None
    reader = SimpleITK.ImageFileReader()
    reader.SetFileName(str(path))
    try:
        reader.ReadImageInformation()
    except RuntimeError as error:
        raise InputError(f"{path}: cannot be read as NRRD; write the map again") from error
    keys = reader.GetMetaDataKeys()
    stated, unit = (reader.GetMetaData(key) if key in keys else None for key in (MAP, UNIT))
    return stated, unit


def _require_place(found: CaseMap, path: Path, image: Image, dicom_folder: Path | None) -> None:
    if found.is_on(image.geometry):
        return
    frames = {str(each.FrameOfReferenceUID) for each in found.sources}
    if dicom_folder is not None and frames == {read_source_series(dicom_folder).frame_of_reference_uid}:
        return
    raise InputError(
        f"{path}: lies on {found.image.geometry.describe()}, expected the grid of the image, "
        f"{image.geometry.describe()}, or DICOM of the same examination for both; compute the map from the series "
        "that was read"
    )
