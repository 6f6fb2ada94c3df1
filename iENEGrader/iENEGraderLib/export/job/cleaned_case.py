"""A case without what identifies the patient, and the values that must not be found in what is written of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from HeadNeckNodesLib.imaging.dicom_series import is_dicom

from iENEGraderLib.export.deidentify.dataset import cleaned, patient_of
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
    segments, renamed = _cleaned_segments(case, reading.reading)
    result = replace(
        case,
        reading=renamed,
        image=replace(case.image, source=""),
        segments=segments,
        dicom_folder=images if case.dicom_folder is not None else None,
        inputs=(),
        identifiers=Identifiers(),
    )
    return CleanedCase(result, reading.warnings)


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


def _cleaned_segments(case: ExportCase, reading: Reading) -> tuple[MatchedSegments, Reading]:
    """Return the segments under names of known words only, since people name segments, and the reading that names them.

    Segments whose name has no such word are numbered.
    """
    new_ids: dict[str, str] = {}
    segments: list[Segment] = []
    for number, segment in enumerate(case.segments.segmentation.segments, start=1):
        name = cleaned_text(segment.name).replace(" ", "_")
        if not name or name in {each.name for each in segments}:
            name = f"{name or 'segment'}_{number}"
        new_ids[segment.segment_id] = f"segment_{number}"
        segments.append(replace(segment, segment_id=new_ids[segment.segment_id], name=name))
    by_id = {each.segment_id: each for each in segments}
    segment_of = {node: by_id[new_ids[each.segment_id]] for node, each in case.segments.segment_of.items()}
    segmentation = replace(case.segments.segmentation, segments=tuple(segments), source="")
    nodes = (
        replace(node, segment_id=segment_of[node.id].segment_id if node.id in segment_of else None)
        for node in reading.nodes or ()
    )
    renamed = reading if reading.nodes is None else reading.with_nodes(nodes)
    return MatchedSegments(segmentation, segment_of), renamed
