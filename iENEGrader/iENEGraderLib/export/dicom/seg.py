"""A DICOM segmentation of the segments of a case."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.segmentation import segmentation_on

from iENEGraderLib.export.derived_attributes import MANUFACTURER
from iENEGraderLib.export.dicom.identity import new_uid
from iENEGraderLib.export.dicom.quiet import no_values_in_warnings
from iENEGraderLib.export.dicom.saving import complete, save_whole
from iENEGraderLib.export.dicom.segments import (
    Algorithm,
    AlgorithmFamily,
    AlgorithmKind,
    WrittenSegment,
    node_of,
    segment_description,
    written_segment,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from HeadNeckNodesLib.imaging.segmentation import Segment, Segmentation
    from numpy.typing import NDArray
    from pydicom import Dataset

    from iENEGraderLib.export.dicom.source_series import SourceSeries
    from iENEGraderLib.reading import Reading

__all__ = [
    "Algorithm",
    "AlgorithmFamily",
    "AlgorithmKind",
    "SegmentationForm",
    "WrittenSegmentation",
    "write_segmentation",
]

SERIES_NUMBER = 9001
CONTENT_LABEL = "NECK_NODES"
DESCRIPTION = "Segmentation of nodes and neck structures"
NO_ALGORITHMS: Mapping[str, Algorithm] = {}


class SegmentationForm(StrEnum):
    """How the voxels are stored."""

    ALL_FRAMES = "all"
    """Binary, one frame for each segment and section: every viewer reads it; one bit for each voxel and segment."""
    FILLED_FRAMES = "filled"
    """Binary without empty frames: some older viewers expect them."""
    LABELMAP = "labelmap"
    """One label for each voxel, run-length encoded: smallest, of a newer SOP class that old viewers do not know."""


@dataclass(frozen=True, eq=False)
class WrittenSegmentation:
    """A segmentation that was written.

    Attributes
    ----------
    header : the object without its voxels.
    segments : in the order of their numbers.
    """

    header: Dataset
    segments: tuple[WrittenSegment, ...]

    def of_segment(self, segment_id: str | None) -> WrittenSegment | None:
        """Return the segment of this id, else of this name, as readings name either; None when it was not written."""
        by_id = [each for each in self.segments if each.segment_id == segment_id]
        return next(iter(by_id or [each for each in self.segments if each.name == segment_id]), None)


@no_values_in_warnings()
def write_segmentation(
    segmentation: Segmentation,
    source: SourceSeries,
    path: Path,
    *,
    algorithm: Algorithm,
    software: str,
    reading: Reading | None = None,
    algorithms: Mapping[str, Algorithm] = NO_ALGORITHMS,
    form: SegmentationForm = SegmentationForm.ALL_FRAMES,
) -> WrittenSegmentation:
    """Write a DICOM segmentation.

    Parameters
    ----------
    segmentation : on the grid of the source, or on an aligned part of it; empty segments are left out.
    source : the images that it refers to; patient and study are theirs.
    algorithm : how the segments were drawn, unless `algorithms` says otherwise for the id of a segment.
    software : name and version of this program.
    reading : gives sides and tracking ids of the nodes.
    form : how the voxels are stored.

    Raises
    ------
    InputError
        When nothing is segmented, grids differ, or segments overlap and a label map is asked for.
    """
    placed = segmentation_on(source.image, segmentation)
    kept = [segment for segment in placed.segments if segment.cropped_mask().any()]
    if not kept:
        raise InputError(f"{segmentation.source or 'the segmentation'}: every segment is empty; nothing to write")
    written = tuple(
        written_segment(segment, number, reading, placed.geometry) for number, segment in enumerate(kept, 1)
    )
    descriptions = [
        segment_description(segment, row, algorithms.get(segment.segment_id, algorithm), node_of(segment, reading))
        for segment, row in zip(kept, written, strict=True)
    ]
    data = _object(source, _voxels(kept, form), descriptions, form, software)
    complete(data, source, software, DESCRIPTION)
    save_whole(data, path)
    del data.PixelData
    return WrittenSegmentation(data, written)


def _object(
    source: SourceSeries,
    voxels: NDArray[Any],
    descriptions: Sequence[Any],
    form: SegmentationForm,
    software: str,
) -> Dataset:
    from highdicom.seg import Segmentation as DicomSegmentation
    from pydicom.uid import ExplicitVRLittleEndian, RLELossless

    is_labelmap = form is SegmentationForm.LABELMAP
    return DicomSegmentation(
        source_images=list(source.headers),
        pixel_array=voxels,
        segmentation_type="LABELMAP" if is_labelmap else "BINARY",
        segment_descriptions=descriptions,
        series_instance_uid=new_uid(),
        series_number=SERIES_NUMBER,
        sop_instance_uid=new_uid(),
        instance_number=1,
        manufacturer=MANUFACTURER,
        manufacturer_model_name=MANUFACTURER,
        software_versions=software,
        device_serial_number="none",
        content_label=CONTENT_LABEL,
        content_description=DESCRIPTION,
        pixel_measures=_measures(source),
        # Only whole bytes can be run-length encoded.
        transfer_syntax_uid=RLELossless if is_labelmap else ExplicitVRLittleEndian,
        omit_empty_frames=form is SegmentationForm.FILLED_FRAMES,
    )


def _measures(source: SourceSeries) -> Any:
    """Return voxel sizes with the distance between sections, which readers take for the size of a voxel."""
    from highdicom import PixelMeasuresSequence

    column_mm, row_mm, section_mm = source.image.geometry.spacing_mm
    return PixelMeasuresSequence((row_mm, column_mm), section_mm, section_mm)


def _voxels(segments: Sequence[Segment], form: SegmentationForm) -> NDArray[Any]:
    """Return labels [k, j, i] when no segments overlap, else masks [k, j, i, segment]."""
    shape = segments[0].grid_shape
    labels = np.zeros(shape, dtype=np.uint8 if len(segments) < 256 else np.uint16)
    for number, segment in enumerate(segments, 1):
        part, mask = labels[segment.grid_box], segment.cropped_mask()
        if part[mask].any():
            if form is SegmentationForm.LABELMAP:
                raise InputError(f'the segment "{segment.name}" overlaps another; write a binary segmentation instead')
            return np.stack([each.mask() for each in segments], axis=-1)
        part[mask] = number
    return labels
