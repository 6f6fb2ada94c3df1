"""The report of one check: a single HTML file that needs no network and no script."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from HeadNeckNodesLib.html.markup import Markup, joined, tag
from HeadNeckNodesLib.html.page import html_page

from PWIProtocolLib.protocol.verdict import Verdict
from PWIProtocolLib.report.check_sections import (
    advice_section,
    cautions_section,
    entered_section,
    indication_section,
    open_section,
    result_section,
    series_section,
)
from PWIProtocolLib.report.criteria_table import criteria_table
from PWIProtocolLib.report.timeline import timeline_section

if TYPE_CHECKING:
    from PWIProtocolLib.protocol.checker import ProtocolCheck

STYLE = Path(__file__).with_name("check.css")
KIND = "Protocol check of DCE-MRI (perfusion) of the head and neck"


def check_html(check: ProtocolCheck, software: str = "") -> str:
    """Return the report as a self-contained HTML page; the same input gives the same text.

    Parameters
    ----------
    check : what was checked. The page names neither the patient nor any free text of the scanner.
    software : name and version of the program that writes the page.
    """
    sections = (
        result_section(check),
        cautions_section(check),
        open_section(check),
        timeline_section(check),
        _criteria(check),
        _analysis(check),
        entered_section(check),
        indication_section(check),
        series_section(check),
        advice_section(check),
        _provenance(check, software),
    )
    headings = (
        tag("p", KIND, class_="kind"),
        tag("h1", f"Study {check.label}"),
        tag("p", f"{check.dynamic or 'no dynamic series'} · {check.edition}", class_="primary"),
    )
    return html_page(f"{check.label}: protocol check", headings, joined(sections, "\n"), style())


def style() -> str:
    """Return what the pages of this package add to the common style sheet."""
    return STYLE.read_text(encoding="utf-8")


def _criteria(check: ProtocolCheck) -> Markup:
    heading = tag("h2", "Criteria of acquisition", id="criteria")
    return tag("section", heading, criteria_table(check.criteria), aria_labelledby="criteria")


def _analysis(check: ProtocolCheck) -> Markup:
    """Return the recommendations on analysis, folded away when no analysis was looked at."""
    heading, table = tag("h2", "Analysis", id="analysis"), criteria_table(check.analysis)
    if all(each.verdict is Verdict.CANNOT_TELL for each in check.analysis):
        table = tag("details", tag("summary", "No analysis of this study was looked at."), table)
    return tag("section", heading, table, aria_labelledby="analysis")


def _provenance(check: ProtocolCheck, software: str) -> Markup:
    lines = [f"Recommendations: {check.edition}."] + ([f"Written by {software}."] if software else [])
    return tag("section", *(tag("p", line, class_="aside") for line in lines))
