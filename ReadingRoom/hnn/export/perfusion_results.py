"""What ``hnn pwi fit`` says of its maps: how they were computed, and from which DICOM images."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.export.dicom.codes import Group, known
from iENEGraderLib.export.job.case_map import Quantity

from hnn.perfusion.document import SCHEMA
from hnn.perfusion.files import DOCUMENT

if TYPE_CHECKING:
    from pathlib import Path

    from iENEGraderLib.export.dicom.codes import Concept
    from pydicom import Dataset

    Json = dict[str, Any]


@dataclass(frozen=True, eq=False)
class MapOrigin:
    """How a map was computed and from what; both empty when it is not known.

    Attributes
    ----------
    sources : UIDs of the DICOM images, and nothing else of them.
    """

    methods: tuple[Concept, ...] = ()
    sources: tuple[Dataset, ...] = ()


NO_ORIGIN = MapOrigin()


def results_in(folder: Path) -> tuple[Path, ...]:
    """Return the document of a fit when a folder holds one."""
    document = folder / DOCUMENT
    return (document,) if document.is_file() and _is_fit(document) else ()


def map_files(folder: Path) -> tuple[Path, ...]:
    """Return the files of the maps of a fit that can be exported.

    Raises
    ------
    InputError
        When the folder holds no results of a fit, or no such map.
    """
    if not results_in(folder):
        raise InputError(f"{folder}: holds no results of hnn pwi fit ({DOCUMENT}); give its output folder")
    names = {each["name"]: each["nrrd"] for each in _maps(folder / DOCUMENT)}
    found = tuple(folder / names[quantity] for quantity in Quantity if quantity in names)
    if not found:
        words = ", ".join(each.word for each in Quantity if each.is_perfusion)
        raise InputError(f"{folder}: holds none of the maps {words}; fit the study again")
    return found


def dicom_names(folder: Path) -> frozenset[str]:
    """Return the names of the DICOM maps that a fit has written into a folder, which are no images."""
    return frozenset(each["dicom"] for path in results_in(folder) for each in _maps(path) if each.get("dicom"))


def origin_of(path: Path, quantity: Quantity) -> MapOrigin:
    """Return how a map was computed, from the document of the fit and the DICOM map beside its file.

    Raises
    ------
    InputError
        When the document cannot be understood, or the DICOM map cannot be read.
    """
    for document in results_in(path.parent):
        for each in _maps(document):
            if each["name"] == quantity and each["nrrd"] == path.name:
                dicom = path.with_name(each["dicom"]) if each.get("dicom") else None
                return MapOrigin(_methods(document, quantity), () if dicom is None else _sources(dicom))
    return NO_ORIGIN


def _is_fit(document: Path) -> bool:
    try:
        found = json.loads(document.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and found.get("schema") == SCHEMA


def _maps(document: Path) -> list[Json]:
    found = json.loads(document.read_text(encoding="utf-8")).get("maps")
    rows = found if isinstance(found, list) else [found]
    if not all(isinstance(each, dict) and {"name", "nrrd"} <= set(each) for each in rows):
        raise InputError(f"{document}: does not list its maps; fit the study again")
    return rows


def _methods(document: Path, quantity: Quantity) -> tuple[Concept, ...]:
    """Return model, arterial curve and T1, as far as they enter a map."""
    found = json.loads(document.read_text(encoding="utf-8"))
    try:
        settings = found["settings"]
        t1 = f"t1_{settings['t1_from']}"
        words = [t1] if quantity is Quantity.T1 else [f"model_{settings['model']}", f"aif_{found['aif']['source']}", t1]
    except (KeyError, TypeError) as error:
        raise InputError(f"{document}: does not say how the maps were computed; fit the study again") from error
    return tuple(each for word in words if (each := known(Group.MAP_METHOD, word)) is not None)


def _sources(path: Path) -> tuple[Dataset, ...]:
    import pydicom

    try:
        header = pydicom.dcmread(path, stop_before_pixels=True)
    except (OSError, pydicom.errors.InvalidDicomError) as error:
        raise InputError(f"{path}: cannot be read as DICOM; fit the study again") from error
    return tuple(
        _source(header, str(series.SeriesInstanceUID), each)
        for series in header.get("ReferencedSeriesSequence", ())
        for each in series.ReferencedInstanceSequence
    )


def _source(header: Dataset, series_uid: str, reference: Dataset) -> Dataset:
    from pydicom import Dataset

    found = Dataset()
    found.StudyInstanceUID, found.FrameOfReferenceUID = header.StudyInstanceUID, header.FrameOfReferenceUID
    found.SeriesInstanceUID = series_uid
    found.SOPClassUID, found.SOPInstanceUID = reference.ReferencedSOPClassUID, reference.ReferencedSOPInstanceUID
    return found
