"""A case without what identifies the patient, and the values that must not be found in what is written of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from HeadNeckNodesLib.imaging.dicom_series import is_dicom

from iENEGraderLib.export.deidentify.dataset import cleaned, patient_of
from iENEGraderLib.export.deidentify.descriptors import cleaned_text
from iENEGraderLib.export.deidentify.folding import folded, tokens
from iENEGraderLib.export.deidentify.identifiers import Identifier, Identifiers, Kind, of_datasets, of_paths, of_reading
from iENEGraderLib.export.deidentify.reading import cleaned_reading
from iENEGraderLib.export.dicom.source_series import read_source_series
from iENEGraderLib.export.job.faces import FACE_REMOVED, face_warnings, put_voxels, without_face
from iENEGraderLib.export.tables.columns import columns
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
OWN_FILE_NAMES = frozenset(
    {"dicom", "export", "fhir", "images", "index", "map", "mirc", "nodes", "report", "segmentation", "segments"}
    | {"surface", "surfaces", "teaching"}
)
"""Words of the files that targets write; a source that lies in a folder of that name tells nothing of a patient.

``key`` is not among them, though key images are written: it is a surname, and to refuse is the safe mistake.
"""


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
        identifiers=_without_own_words(found, case.reading.case_id) | of_datasets(headers),
    )


def _without_own_words(found: Identifiers, case_id: str) -> Identifiers:
    """Leave out of file names the words that this program writes into every export.

    A scene holds files that the program has named itself: after what was measured, and the reading after its case id,
    which is looked for as a whole.
    """
    kept = set()
    for each in found.found:
        if each.kind is Kind.FILE_NAME and each.value == f"Reading {case_id}":
            continue
        words = [word for word in tokens(folded(each.value)) if word not in _own_words()]
        if each.kind is not Kind.FILE_NAME:
            kept.add(each)
        elif words:
            kept.add(Identifier(each.kind, " ".join(words)))
    return Identifiers(frozenset(kept))


@cache
def _own_words() -> frozenset[str]:
    return OWN_FILE_NAMES.union(word for column in columns() for word in tokens(folded(column.name)))


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
    if deface:
        case = without_face(case)
    if case.dicom_folder is not None:
        _clean_images(case.dicom_folder, pseudonyms, patient, images, case.image.voxels if deface else None)
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
    return CleanedCase(result, (*reading.warnings, *faces))


def _clean_images(
    folder: Path, pseudonyms: Pseudonyms, patient: str, images: Path | None, voxels: NDArray[Any] | None
) -> None:
    """Clean each image, which also refuses those with text in their pixels; keep them when there is a place.

    Parameters
    ----------
    voxels : [k, j, i], to stand in the images in place of their own; None to keep those.
    """
    if images is not None:
        images.mkdir(parents=True)
    sections = {str(header.SOPInstanceUID): k for k, header in enumerate(read_source_series(folder).headers)}
    for dataset in _images_of_series(folder, sections):
        k = sections[str(dataset.SOPInstanceUID)]
        clean = cleaned(dataset, pseudonyms, patient=patient)
        if voxels is not None:
            put_voxels(clean, voxels[k])
        if images is not None:
            clean.save_as(images / f"{k + 1:04}.dcm", enforce_file_format=True)


def _images_of_series(folder: Path, wanted: Collection[str]) -> Iterator[Dataset]:
    import pydicom

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
