"""All segments as one DICOM segmentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.export.dicom.seg import Algorithm, AlgorithmKind, write_segmentation
from iENEGraderLib.export.job.target import Target

if TYPE_CHECKING:
    from iENEGraderLib.export.job.work import CaseWork

SEG_FILE = "segmentation.dcm"
DRAWN_BY_READER = Algorithm(AlgorithmKind.MANUAL)
"""What a segmentation file does not tell: a reader has accepted every segment, however it came about."""


def _write(work: CaseWork) -> None:
    case = work.case
    work.segmentation = write_segmentation(
        case.segments.segmentation,
        work.source,
        work.dicom / SEG_FILE,
        algorithm=DRAWN_BY_READER,
        software=work.software,
        reading=case.reading,
    )


DICOM_SEG = Target("dicom-seg", "segments as DICOM segmentation", _write, uses_images=True)
