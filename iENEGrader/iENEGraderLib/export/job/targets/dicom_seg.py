"""All segments as one DICOM segmentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.export.dicom.seg import Algorithm, AlgorithmKind, write_segmentation
from iENEGraderLib.export.job.target import Target

if TYPE_CHECKING:
    from iENEGraderLib.export.job.work import CaseWork

SEG_FILE = "segmentation.dcm"
DRAWN_BY_READER = Algorithm(AlgorithmKind.MANUAL)
"""Nodes: the reader has drawn or accepted their outlines, however they came about."""
NOT_STATED = Algorithm(AlgorithmKind.SEMIAUTOMATIC, "program", "not stated")
"""DICOM has no word for what nobody knows; this claims neither the hand of a reader nor a program of a name."""
NOT_STATED_NOTE = (
    "how segments that are no nodes were drawn was not stated, so the DICOM segmentation says semiautomatic by a "
    "program not stated; say it with --anatomy-by"
)


def _write(work: CaseWork) -> None:
    case = work.case
    if case.segments.anatomy and work.anatomy_by is None:
        work.notes.append(NOT_STATED_NOTE)
    anatomy_by = work.anatomy_by or NOT_STATED
    work.segmentation = write_segmentation(
        case.segments.segmentation,
        work.source,
        work.dicom / SEG_FILE,
        algorithm=DRAWN_BY_READER,
        software=work.software,
        reading=case.reading,
        algorithms={each.segment_id: anatomy_by for each in case.segments.anatomy},
    )


DICOM_SEG = Target("dicom-seg", "segments as DICOM segmentation", _write, uses_images=True)
