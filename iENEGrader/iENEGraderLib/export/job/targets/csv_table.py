"""Tables: one row for each node, and one for each measurement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.export.job.target import Target
from iENEGraderLib.export.tables.csv_rows import case_rows, csv_text
from iENEGraderLib.export.tables.measurement_rows import measurement_rows, measurements_text

if TYPE_CHECKING:
    from iENEGraderLib.export.job.work import CaseWork

CSV_FILE, MEASUREMENTS_FILE = "nodes.csv", "measurements.csv"


def _write(work: CaseWork) -> None:
    reading, further = work.case.reading, work.measured.further
    rows = case_rows(reading, work.case.assessment, further)
    (work.folder / CSV_FILE).write_text(csv_text(rows), encoding="utf-8", newline="")
    text = measurements_text(measurement_rows(reading, further))
    (work.folder / MEASUREMENTS_FILE).write_text(text, encoding="utf-8", newline="")


CSV = Target("csv", "tables with one row for each node and for each measurement (CSV)", _write)
