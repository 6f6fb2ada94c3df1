"""A FHIR R5 bundle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.export.job.target import Target
from iENEGraderLib.export.tables.fhir import fhir_text

if TYPE_CHECKING:
    from iENEGraderLib.export.job.work import CaseWork

FHIR_FILE = "fhir.json"


def _write(work: CaseWork) -> None:
    text = fhir_text(work.case.reading, work.case.assessment, work.made_at, work.measured.further)
    (work.folder / FHIR_FILE).write_text(text, encoding="utf-8")


FHIR = Target("fhir", "grade, stages, findings and measurements as Observations (FHIR R5)", _write)
