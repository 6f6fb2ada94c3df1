"""One row for each node."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.export.job.target import Target
from iENEGraderLib.export.tables.csv_rows import case_rows, csv_text

if TYPE_CHECKING:
    from iENEGraderLib.export.job.work import CaseWork

CSV_FILE = "nodes.csv"


def _write(work: CaseWork) -> None:
    rows = case_rows(work.case.reading, work.case.assessment)
    (work.folder / CSV_FILE).write_text(csv_text(rows), encoding="utf-8", newline="")


CSV = Target("csv", "table with one row for each node (CSV)", _write)
