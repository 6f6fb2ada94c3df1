"""The reading as DICOM structured report (TID 1500), and its key images as a key object selection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.export.dicom.key_objects import KeyObjectTitle, write_key_objects
from iENEGraderLib.export.dicom.seg import SegmentationForm
from iENEGraderLib.export.dicom.sr import write_sr
from iENEGraderLib.export.job.target import Target

if TYPE_CHECKING:
    from iENEGraderLib.export.job.work import CaseWork

SR_FILE, KEY_OBJECTS_FILE = "report.dcm", "key-images.dcm"
LABELMAP_NOTE = (
    "the structured report refers to a label map: programs that do not know Label Map Segmentation (such as dsrdump of "
    "DCMTK 3.6) refuse the report as well; --seg-frames filled is small and read by more"
)


def _write(work: CaseWork) -> None:
    reading, source = work.case.reading, work.source
    if work.segmentation is not None and work.choice.form is SegmentationForm.LABELMAP:
        work.notes.append(LABELMAP_NOTE)
    write_sr(
        reading,
        source,
        work.dicom / SR_FILE,
        software=work.software,
        written=work.segmentation,
        further=work.measured.further,
    )
    try:
        write_key_objects(
            reading,
            source,
            work.dicom / KEY_OBJECTS_FILE,
            title=KeyObjectTitle.REFERRING,
            software=work.software,
            written=work.segmentation,
        )
    except InputError as error:
        work.notes.append(f"no key images were selected: {error}")


DICOM_SR = Target("dicom-sr", "reading as DICOM structured report, with key images", _write, uses_images=True)
