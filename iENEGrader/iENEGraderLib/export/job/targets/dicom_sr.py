"""The reading as DICOM structured report (TID 1500), and its key images as a key object selection."""

from __future__ import annotations

from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.export.dicom.further import further_evidence
from iENEGraderLib.export.dicom.key_objects import KeyObjectTitle, write_key_objects
from iENEGraderLib.export.dicom.sr import write_sr
from iENEGraderLib.export.job.target import Target
from iENEGraderLib.measure.case.measure_case import measure_case

if TYPE_CHECKING:
    from iENEGraderLib.export.job.export_case import ExportCase
    from iENEGraderLib.export.job.work import CaseWork
    from iENEGraderLib.reading import Evidence

SR_FILE, KEY_OBJECTS_FILE = "report.dcm", "key-images.dcm"
SIZES = ("greatest_dimension", "short_axis")
"""Evidence that a measured reading holds already."""


def beyond_the_reading(case: ExportCase) -> dict[str, tuple[Evidence, ...]]:
    """Measure what a report holds beside the reading, by the id of the node.

    Volume and contact with vessels are measured in the outlines, and so are the sizes that a reading without
    measurements lacks; what needs the values of the image belongs into the reading, by a reader who looks at it.
    """
    if not case.segments.segment_of:
        return {}
    measured = measure_case(None, case.segments.segmentation, nodes=case.segments.segment_of)
    rows = further_evidence(measured)
    for node in case.reading.nodes or ():
        if node.id in rows:
            known = {each.kind for each in node.evidence}
            sizes = [each for each in measured.evidence_for(node.id) if each.kind in SIZES and each.kind not in known]
            rows[node.id] = (*sizes, *rows[node.id])
    return rows


def _write(work: CaseWork) -> None:
    reading, source = work.case.reading, work.source
    write_sr(
        reading,
        source,
        work.dicom / SR_FILE,
        software=work.software,
        written=work.segmentation,
        further=beyond_the_reading(work.case),
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
