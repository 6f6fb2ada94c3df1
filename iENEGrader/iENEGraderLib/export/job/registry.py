"""All targets, in the order in which they are written: later ones refer to the files of earlier ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError

from iENEGraderLib.export.job.targets.csv_table import CSV
from iENEGraderLib.export.job.targets.dicom_seg import DICOM_SEG
from iENEGraderLib.export.job.targets.dicom_sr import DICOM_SR
from iENEGraderLib.export.job.targets.fhir_file import FHIR
from iENEGraderLib.export.job.targets.parametric_map import PARAMETRIC_MAP
from iENEGraderLib.export.job.targets.report import REPORT
from iENEGraderLib.export.job.targets.teaching_file import TEACHING_FILE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iENEGraderLib.export.job.target import Target

TARGETS = (DICOM_SEG, DICOM_SR, PARAMETRIC_MAP, TEACHING_FILE, REPORT, CSV, FHIR)


def targets_named(names: Sequence[str]) -> tuple[Target, ...]:
    """Return the targets of these names, in the order in which they are written.

    Raises
    ------
    InputError
        When there is none of a name, or no name at all.
    """
    known = {target.name: target for target in TARGETS}
    unknown = [name for name in names if name not in known]
    if unknown or not names:
        raise InputError(f"--to: found {', '.join(unknown) or 'nothing'}; expected some of {', '.join(known)}")
    return tuple(target for target in TARGETS if target.name in names)
