"""The face of the patient in what is exported: told, or taken away from image, maps and DICOM images alike."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.export.deidentify.defacing import (
    CHIN_LANDMARKS,
    DefacingPlan,
    chin_level_mm,
    defaced,
    face_warning,
)
from iENEGraderLib.export.deidentify.outer_segments import is_vessel

if TYPE_CHECKING:
    from HeadNeckNodesLib.imaging.segmentation import Segment
    from numpy.typing import NDArray
    from pydicom import Dataset

    from iENEGraderLib.export.job.export_case import ExportCase
    from iENEGraderLib.measure.case.segment_matching import MatchedSegments

FACE_REMOVED = "the outer layer of the face was replaced by air; what the reader marked was left as it was"


def face_warnings(case: ExportCase) -> tuple[str, ...]:
    """Return a warning when the skin of the face may be in the image."""
    warning = face_warning(case.image, _chin_level_mm(case))
    return () if warning is None else (f"{warning} (--deface)",)


def without_face(case: ExportCase) -> ExportCase:
    """Return the case with the outer layer of the face taken from image, maps and anatomy; nodes and vessels stay.

    Raises
    ------
    InputError
        When it cannot be told where the face begins, or there is no air around the body.
    """
    level = _chin_level_mm(case)
    if level is None:
        raise InputError(
            f"--deface: where the face begins is told by a segment named {' or '.join(CHIN_LANDMARKS)}, found none; "
            "segment one of them, or export without --deface and images that do not hold the face"
        )
    kept = np.zeros(case.image.voxels.shape, bool)
    for segment in (*case.segments.segment_of.values(), *case.segments.unread):
        kept[segment.grid_box] |= segment.cropped_mask()
    found = defaced(case.image, DefacingPlan(level), kept)
    if not found.changed.any():
        raise InputError(
            "--deface: no face was found above the chin, so nothing was taken away; check the segment that tells where "
            "the chin is, or export without --deface and look at a rendering of the image"
        )
    maps = tuple(each.without(found.changed, case.image.geometry) for each in case.maps)
    segments = _cleared(case.segments, found.changed)
    return replace(case, image=replace(case.image, voxels=found.voxels), maps=maps, segments=segments)


def _cleared(segments: MatchedSegments, changed: NDArray[np.bool_]) -> MatchedSegments:
    """Return the segments without the voxels that were changed; nodes and vessels stay whole."""
    anatomy = {each.segment_id for each in segments.anatomy if not is_vessel(each.name)}
    every = segments.segmentation.segments
    cleared = tuple(_without(each, changed) if each.segment_id in anatomy else each for each in every)
    return replace(segments, segmentation=replace(segments.segmentation, segments=cleared))


def _without(segment: Segment, changed: NDArray[np.bool_]) -> Segment:
    mask = segment.cropped_mask()
    removed = changed[segment.grid_box]
    if not (mask & removed).any():
        return segment
    k, j, i = segment.grid_box
    k_box, j_box, i_box = (slice(0, size) for size in mask.shape)
    return replace(
        segment,
        labels=(mask & ~removed).astype(np.uint8),
        label_value=1,
        box=(k_box, j_box, i_box),
        offset_kji=(k.start, j.start, i.start),
    )


def put_voxels(dataset: Dataset, section: NDArray[np.number[Any]]) -> None:
    """Put the values of a section [j, i] into an image in place of its own, where they differ.

    Raises
    ------
    InputError
        When the image does not have the rows and columns of the section.
    """
    stored = dataset.pixel_array.copy()
    if stored.shape != section.shape:
        raise InputError(
            f"--deface: an image has {stored.shape} pixels, its section {section.shape}; export it as NRRD"
        )
    slope, intercept = float(dataset.get("RescaleSlope") or 1), float(dataset.get("RescaleIntercept") or 0)
    wanted = np.rint((section - intercept) / slope)
    # What rounds to the same stored value is left as it is.
    stored[wanted != stored] = wanted[wanted != stored].astype(stored.dtype)
    dataset.PixelData = stored.tobytes()


def _chin_level_mm(case: ExportCase) -> float | None:
    masks = {each.name: each.mask() for each in case.segments.anatomy if each.name in CHIN_LANDMARKS}
    return chin_level_mm(case.image.geometry, masks)
