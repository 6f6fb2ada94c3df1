"""A case without what identifies the patient, and the values that must not be found in what is written of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from HeadNeckNodesLib.imaging.dicom_series import is_dicom

from iENEGraderLib.export.deidentify.dataset import cleaned, patient_of
from iENEGraderLib.export.deidentify.descriptors import cleaned_text
from iENEGraderLib.export.deidentify.identifiers import Identifiers, of_datasets, of_paths, of_reading, patient_told
from iENEGraderLib.export.deidentify.outer_segments import left_out_note, outer_segments
from iENEGraderLib.export.deidentify.reading import cleaned_reading
from iENEGraderLib.export.dicom.source_series import read_source_series
from iENEGraderLib.export.job.faces import (
    FACE_REMOVED,
    face_warnings,
    put_voxels,
    without_face,
)
from iENEGraderLib.measure.case.segment_matching import MatchedSegments

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray
    from pydicom import Dataset

    from iENEGraderLib.export.deidentify.pseudonym import Pseudonyms
    from iENEGraderLib.export.job.export_case import ExportCase
    from iENEGraderLib.reading import Reading

UNNAMED = "segment"
NO_DAY = "1980-01-01T00:00:00Z"
"""Stands in what has to have a date, when neither reading nor images have one."""


@dataclass(frozen=True)
class Identity:
    """Who the patient of a case is.

    Attributes
    ----------
    patient : what pseudonyms are computed from.
    reading : what tells this reading from others of the patient.
    identifiers : all identifying values of the source.
    """

    patient: str
    reading: str
    identifiers: Identifiers


@dataclass(frozen=True, eq=False)
class CleanedCase:
    """A case to share.

    Attributes
    ----------
    made_at : when its files shall say that they were made, ISO 8601 with time zone: the moved time of reading, or else
        the moved day of the examination. The day of the export, moved likewise, would tell by how much to anybody who
        knows when the files came about.
    notes : what its owner should know.
    """

    case: ExportCase
    made_at: str
    notes: tuple[str, ...]


def identity_of(case: ExportCase) -> Identity:
    """Gather from images, reading and file names, and from what the host knows, who the patient is."""
    headers = () if case.dicom_folder is None else read_source_series(case.dicom_folder).headers
    patient = patient_of(headers[0]) if headers else patient_told(case.identifiers) or case.reading.case_id
    of_maps = of_datasets(header for each in case.maps for header in each.sources)
    found = case.identifiers | of_reading(case.reading) | of_paths(case.inputs) | of_datasets(headers) | of_maps
    study = "" if not headers else str(headers[0].get("StudyInstanceUID", ""))
    return Identity(patient, reading_identity(case.reading, study), found)


def reading_identity(reading: Reading, study: str) -> str:
    """Return what tells this reading from others of the patient: by whom, when, of which study."""
    return "\n".join((study, reading.case_id, reading.reader, reading.read_at))


def cleaned_case(
    case: ExportCase, pseudonyms: Pseudonyms, patient: str, images: Path | None, *, deface: bool = False
) -> CleanedCase:
    """Return the case under its pseudonym.

    Parameters
    ----------
    patient : what pseudonyms are computed from.
    images : folder for cleaned copies of the DICOM images, which other objects then refer to; None when there are no
        such objects.
    deface : whether the face is taken from all images.

    Raises
    ------
    InputError
        When an image may show the patient's name in its pixels, or is none that can be shared, or the face cannot be
        taken away.
    """
    faces = (FACE_REMOVED,) if deface else face_warnings(case)
    outer = outer_segments(case.segments.anatomy, case.image)
    if deface:
        case = without_face(case)
    examined = ""
    if case.dicom_folder is not None:
        voxels = case.image.voxels if deface else None
        examined = _clean_images(case.dicom_folder, pseudonyms, patient, images, voxels)
    reading = cleaned_reading(case.reading, pseudonyms, patient=patient)
    if outer:
        faces = (*faces, left_out_note([each.name for each in outer]))
    segments, names = _cleaned_segments(case, {each.segment_id for each in outer})
    result = replace(
        case,
        reading=_naming_segments(reading.reading, segments),
        image=replace(case.image, source=""),
        segments=segments,
        dicom_folder=images if case.dicom_folder is not None else None,
        maps=tuple(replace(each, sources=(), image=replace(each.image, source="")) for each in case.maps),
        inputs=(),
        identifiers=Identifiers(),
        surfaces=tuple(replace(mesh, name=names[mesh.name]) for mesh in case.surfaces if mesh.name in names),
    )
    return CleanedCase(result, _made_at(reading.reading.read_at, examined), (*reading.warnings, *faces))


def _clean_images(
    folder: Path, pseudonyms: Pseudonyms, patient: str, images: Path | None, voxels: NDArray[Any] | None
) -> str:
    """Clean each image, which also refuses those with text in their pixels; keep them when there is a place.

    Parameters
    ----------
    voxels : [k, j, i], to stand in the images in place of their own; None to keep those.

    Returns
    -------
    The moved day of the examination; empty when the images do not state it.
    """
    examined = ""
    if images is not None:
        images.mkdir(parents=True)
    sections = {str(header.SOPInstanceUID): k for k, header in enumerate(read_source_series(folder).headers)}
    for dataset in _images_of_series(folder, sections):
        k = sections[str(dataset.SOPInstanceUID)]
        clean = cleaned(dataset, pseudonyms, patient=patient)
        examined = str(clean.StudyDate or "")
        if voxels is not None:
            put_voxels(clean, voxels[k])
        if images is not None:
            clean.save_as(images / f"{k + 1:04}.dcm", enforce_file_format=True)
    return examined


def _made_at(read_at: str, examined: str) -> str:
    for moment in (read_at, f"{examined}T000000Z"):
        try:
            return datetime.fromisoformat(moment).astimezone(UTC).isoformat(timespec="seconds")
        except ValueError:
            continue
    return NO_DAY


def _images_of_series(folder: Path, wanted: Collection[str]) -> Iterator[Dataset]:
    import pydicom

    for path in sorted(folder.rglob("*")):
        if path.is_file() and is_dicom(path):
            dataset = pydicom.dcmread(path)
            if str(dataset.get("SOPInstanceUID", "")) in wanted:
                yield dataset


def _cleaned_segments(case: ExportCase, left_out: set[str]) -> tuple[MatchedSegments, dict[str, str]]:
    """Return the segments under names of known words only, since people name segments, and the new names by the old.

    A node whose segment's name has no such word is called as in the reading; other segments are numbered then.
    """
    node_of = {segment.segment_id: node for node, segment in case.segments.segment_of.items()}
    cleaned_by_id: dict[str, Segment] = {}
    names: dict[str, str] = {}
    shared = (each for each in case.segments.segmentation.segments if each.segment_id not in left_out)
    for number, segment in enumerate(shared, start=1):
        name = cleaned_text(segment.name) or node_of.get(segment.segment_id, "")
        name = name.replace(" ", "_")
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
