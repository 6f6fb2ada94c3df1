"""The report as one HTML page, and as PDF where a browser is there to print it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.export.job.target import Target
from iENEGraderLib.export.pdf import NotPrintedError, print_to_pdf
from iENEGraderLib.export.report import report_html
from iENEGraderLib.export.report_measurements import with_further
from iENEGraderLib.export.teaching.report_drawings import report_drawings

if TYPE_CHECKING:
    from iENEGraderLib.export.job.work import CaseWork

REPORT_FILE, PDF_FILE = "report.html", "report.pdf"


def _write(work: CaseWork) -> None:
    case = work.case
    drawings = report_drawings(case.reading, case.image, case.segments, case.maps)
    reading = with_further(case.reading, work.measured.further)
    page = report_html(reading, case.assessment, (), work.provenance, work.figures, drawings=drawings)
    (work.folder / REPORT_FILE).write_text(page, encoding="utf-8")
    try:
        print_to_pdf(page, work.folder / PDF_FILE, moment=work.moment)
    except NotPrintedError as error:
        work.notes.append(f"no PDF was written: {error}; open {REPORT_FILE} in a browser and print it")


REPORT = Target("report", "report to read and to print (HTML, PDF)", _write)
