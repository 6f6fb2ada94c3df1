"""A case without what identifies the patient, and the values that must not be found in what is written of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from HeadNeckNodesLib.imaging.dicom_series import is_dicom

from iENEGraderLib.export.deidentify.dataset import cleaned, patient_of
from iENEGraderLib.export.deidentify.defacing import CHIN_LANDMARKS, chin_level_mm, face_warning
from iENEGraderLib.export.deidentify.descriptors import cleaned_text
from iENEGraderLib.export.deidentify.identifiers import Identifiers, of_datasets, of_paths, of_reading
from iENEGraderLib.export.deidentify.reading import cleaned_reading
from iENEGraderLib.export.dicom.source_series import read_source_series
from iENEGraderLib.measure.case.segment_matching import MatchedSegments

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from HeadNeckNodesLib.imaging.segmentation import Segment
    from pydicom import Dataset

    from iENEGraderLib.export.deidentify.pseudonym import Pseudonyms
    from iENEGraderLib.export.job.export_case import ExportCase
    from iENEGraderLib.reading import Reading

UNNAMED = "segment"


@dataclass(frozen=True)
class Identity:
    """Who the patient of a case is.

    Attributes
    ----------
    patient : what pseudonyms are computed from.
    identifiers : all identifying values of the source.
    """

    patient: str
    identifiers: Identifiers


@dataclass(frozen=True, eq=False)
class CleanedCase:
    """A case to share, and what its owner should know."""

    case: ExportCase
    notes: tuple[str, ...]


def identity_of(case: ExportCase) -> Identity:
    """Gather from images, reading and file names, and from what the host knows, who the patient is."""
    headers = () if case.dicom_folder is None else read_source_series(case.dicom_folder).headers
    found = case.identifiers | of_reading(case.reading) | of_paths(case.inputs)
    return Identity(
        patient=patient_of(headers[0]) if headers else case.reading.case_id,
        identifiers=found | of_datasets(headers),
    )


def cleaned_case(case: ExportCase, pseudonyms: Pseudonyms, patient: str, images: Path | None) -> CleanedCase:
    """Return the case under its pseudonym.

    Parameters
    ----------
    patient : what pseudonyms are computed from.
    images : folder for cleaned copies of the DICOM images, which other objects then refer to; None when there are no
        such objects.

    Raises
    ------
    InputError
        When an image may show the patient's name in its pixels, or is none that can be shared.
    """
    if case.dicom_folder is not None:
        _clean_images(case.dicom_folder, pseudonyms, patient, images)
    reading = cleaned_reading(case.reading, pseudonyms, patient=patient)
    segments, names = _cleaned_segments(case)
    result = replace(
        case,
        reading=_naming_segments(reading.reading, segments),
        image=replace(case.image, source=""),
        segments=segments,
        dicom_folder=images if case.dicom_folder is not None else None,
        inputs=(),
        identifiers=Identifiers(),
        surfaces=tuple(replace(mesh, name=names.get(mesh.name, UNNAMED)) for mesh in case.surfaces),
    )
    return CleanedCase(result, (*reading.warnings, *_face_warnings(case)))


def _clean_images(folder: Path, pseudonyms: Pseudonyms, patient: str, images: Path | None) -> None:
    """Clean each image, which also refuses those with text in their pixels; keep them when there is a place."""
    if images is not None:
        images.mkdir(parents=True)
    for number, dataset in enumerate(_images_of_series(folder), start=1):
        clean = cleaned(dataset, pseudonyms, patient=patient)
        if images is not None:
            clean.save_as(images / f"{number:04}.dcm", enforce_file_format=True)


def _images_of_series(folder: Path) -> Iterator[Dataset]:
    import pydicom

    wanted = {str(header.SOPInstanceUID) for header in read_source_series(folder).headers}
    for path in sorted(folder.rglob("*")):
        if path.is_file() and is_dicom(path):
            dataset = pydicom.dcmread(path)
            if str(dataset.get("SOPInstanceUID", "")) in wanted:
                yield dataset


def _cleaned_segments(case: ExportCase) -> tuple[MatchedSegments, dict[str, str]]:
    """Return the segments under names of known words only, since people name segments, and the new names by the old.

    Segments whose name has no such word are numbered.
    """
    cleaned_by_id: dict[str, Segment] = {}
    names: dict[str, str] = {}
    for number, segment in enumerate(case.segments.segmentation.segments, start=1):
        name = cleaned_text(segment.name).replace(" ", "_")
        if not name or name in names.values():
            name = f"{name or UNNAMED}_{number}"
        names[segment.name] = name
        cleaned_by_id[segment.segment_id] = replace(segment, segment_id=f"{UNNAMED}_{number}", name=name)
    segment_of = {node: cleaned_by_id[each.segment_id] for node, each in case.segments.segment_of.items()}
    segmentation = replace(case.segments.segmentation, segments=tuple(cleaned_by_id.values()), source="")
    return MatchedSegments(segmentation, segment_of), names


def _naming_segments(reading: Reading, segments: MatchedSegments) -> Reading:
    """Return the reading with the new ids of its segments."""
    if reading.nodes is None:
        return reading
    ids = {node: segment.segment_id for node, segment in segments.segment_of.items()}
    return reading.with_nodes(replace(node, segment_id=ids.get(node.id)) for node in reading.nodes)


def _face_warnings(case: ExportCase) -> tuple[str, ...]:
    masks = {each.name: each.mask() for each in case.segments.anatomy if each.name in CHIN_LANDMARKS}
    warning = face_warning(case.image, chin_level_mm(case.image.geometry, masks))
    return () if warning is None else (warning,)
