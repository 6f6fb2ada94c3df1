"""Figures of the measurements of a case as files."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from iENEGraderLib.export.figures import of_case

if TYPE_CHECKING:
    from iENEGraderLib.export.report_content import ReportFigure
    from iENEGraderLib.measure.case.measurements import CaseMeasurements

FIGURE_PATTERN = "figure-*.svg"
LONGEST_NAME = 100


@dataclass(frozen=True)
class NamedFigure:
    """A figure with the name of its file."""

    file_name: str
    figure: ReportFigure


def case_figures(case: CaseMeasurements) -> tuple[NamedFigure, ...]:
    """Draw the figures of a case and name their files."""
    drawn = of_case.case_figures(case)
    return tuple(NamedFigure(f"figure-{n:02}-{_slug(each.name)}.svg", each) for n, each in enumerate(drawn, start=1))


def _slug(name: str) -> str:
    """Return letters and digits only, and not too many, so that any name of a segment gives a file name."""
    return "-".join(re.findall(r"[A-Za-z0-9]+", name)).lower()[:LONGEST_NAME]
