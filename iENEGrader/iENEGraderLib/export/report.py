"""The report of one case: a single HTML file that needs no network and no script."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from HeadNeckNodesLib.files import write_text_atomically
from HeadNeckNodesLib.html.markup import joined, tag
from HeadNeckNodesLib.html.page import html_page

from iENEGraderLib.export.report_case import case_section, images_section, provenance_section
from iENEGraderLib.export.report_headline import cautions, headline, tors
from iENEGraderLib.export.report_measurements import measurements_section
from iENEGraderLib.export.report_nodes import nodes_section
from iENEGraderLib.export.report_print import page_margins
from iENEGraderLib.export.report_rules import rules_and_sources
from iENEGraderLib.export.words import primary_in_words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iENEGraderLib.export.report_content import Provenance, ReportDrawing, ReportFigure, ReportImage
    from iENEGraderLib.reading import Reading
    from iENEGraderLib.rules import Assessment

STYLE = Path(__file__).with_name("report.css")


def report_html(
    reading: Reading,
    assessment: Assessment,
    images: Sequence[ReportImage],
    provenance: Provenance,
    figures: Sequence[ReportFigure] = (),
    *,
    drawings: Sequence[ReportDrawing] = (),
) -> str:
    """Return the report as a self-contained HTML page; the same input gives the same text.

    Parameters
    ----------
    reading : the document that was assessed.
    assessment : what the rules say about it.
    images : key images, shown in this order.
    provenance : which software wrote the report, when, and from what.
    figures : of the measurements.
    drawings : key images and maps with what is drawn over them, shown in this order after `images`.
    """
    sections = (
        headline(reading, assessment),
        cautions(assessment),
        images_section(images, provenance.image_origin, drawings),
        nodes_section(reading, assessment),
        measurements_section(reading, figures),
        tors(assessment),
        case_section(reading),
        rules_and_sources(assessment),
        provenance_section(provenance),
    )
    headings = (
        tag("p", "Imaging-detected extranodal extension (iENE) and N stage", class_="kind"),
        tag("h1", f"Case {reading.case_id}"),
        tag("p", f"{primary_in_words(reading)} · {reading.classification} classification", class_="primary"),
    )
    title = f"{reading.case_id}: iENE grade and N stage"
    style = STYLE.read_text(encoding="utf-8") + page_margins(title)
    return html_page(title, headings, joined(sections, "\n"), style)


def write_report(path: str | Path, html: str) -> None:
    """Write the report so that a failure leaves the former file as it was.

    Raises
    ------
    InputError
        When the folder does not exist or cannot be written.
    """
    write_text_atomically(path, html)
