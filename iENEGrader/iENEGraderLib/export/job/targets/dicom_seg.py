"""All segments as one DICOM segmentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.export.dicom.seg import Algorithm, AlgorithmKind, SegmentationForm, write_segmentation
from iENEGraderLib.export.job.target import Target

if TYPE_CHECKING:
    from iENEGraderLib.export.job.work import CaseWork

SEG_FILE = "segmentation.dcm"
LARGE_MB = 50
SMALLER = "--seg-frames filled or labelmap makes it smaller"
DRAWN_BY_READER = Algorithm(AlgorithmKind.MANUAL)
"""Nodes: the reader has drawn or accepted their outlines, however they came about."""
NOT_STATED = Algorithm(AlgorithmKind.SEMIAUTOMATIC, "program", "not stated")
"""DICOM has no word for what nobody knows; this claims neither the hand of a reader nor a program of a name."""
NODES_NOT_STATED_NOTE = (
    "how the nodes were drawn was not stated, so the DICOM segmentation says by hand, since a reader has drawn or "
    "accepted them; say it with --nodes-by"
)
NOT_STATED_NOTE = (
    "how segments that are no nodes were drawn was not stated, so the DICOM segmentation says semiautomatic by a "
    "program not stated; say it with --anatomy-by"
)


def _write(work: CaseWork) -> None:
    case = work.case
    choice = work.choice
    if case.segments.nodes and choice.nodes_by is None:
        work.notes.append(NODES_NOT_STATED_NOTE)
    if case.segments.anatomy and choice.anatomy_by is None:
        work.notes.append(NOT_STATED_NOTE)
    anatomy_by = choice.anatomy_by or NOT_STATED
    work.segmentation = write_segmentation(
        case.segments.segmentation,
        work.source,
        work.dicom / SEG_FILE,
        algorithm=choice.nodes_by or DRAWN_BY_READER,
        software=work.software,
        reading=case.reading,
        algorithms={each.segment_id: anatomy_by for each in case.segments.anatomy},
        form=choice.form,
    )
    megabytes = (work.dicom / SEG_FILE).stat().st_size / 1e6
    if megabytes > LARGE_MB and choice.form is SegmentationForm.ALL_FRAMES:
        work.notes.append(f"{SEG_FILE} has {megabytes:.0f} MB, with empty frames for old viewers; {SMALLER}")


DICOM_SEG = Target("dicom-seg", "segments as DICOM segmentation", _write, uses_images=True)
