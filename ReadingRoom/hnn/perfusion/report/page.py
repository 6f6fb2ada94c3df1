"""The report of a fit: one HTML page that needs no network and no script."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from HeadNeckNodesLib.html.markup import Markup, bullets, joined, tag
from HeadNeckNodesLib.html.page import html_page
from PWIProtocolLib.mapping import MODEL_TITLES
from PWIProtocolLib.protocol.recommendations import panel_recommendations
from PWIProtocolLib.protocol.verdict import Verdict
from PWIProtocolLib.report.check_page import style as check_style
from PWIProtocolLib.report.check_sections import N_STAGING as STAGING_ID

from hnn.perfusion.document import N_STAGING
from hnn.perfusion.report.certainty import intervals_section
from hnn.perfusion.report.curves import aif_section, curves_section
from hnn.perfusion.report.maps_section import maps_section
from hnn.perfusion.report.models import models_section
from hnn.perfusion.report.tables import quality_section, regions_section, settings_section

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hnn.perfusion.job import FittedStudy
    from hnn.perfusion.regions import Region

STYLE = Path(__file__).with_name("fit.css")
KIND = "Kinetic maps of DCE-MRI (perfusion) of the head and neck"


def fit_html(study: FittedStudy, regions: Sequence[Region], software: str, notes: Sequence[str]) -> str:
    """Return the report as a self-contained HTML page.

    Parameters
    ----------
    notes : what else a user should know of this run.
    """
    dynamic = study.inputs.dynamic
    step = float((dynamic.time_s[-1] - dynamic.time_s[0]) / (len(dynamic.time_s) - 1))
    size = " × ".join(str(n) for n in dynamic.geometry.size_ijk)
    headings = (
        tag("p", KIND, class_="kind"),
        tag("h1", f"Perfusion maps: {MODEL_TITLES[study.settings.model]}"),
        tag("p", f"{len(dynamic.time_s)} frames, one every {step:.3g} s · {size} voxels", class_="primary"),
    )
    sections = (
        _staging(),
        _cautions((*study.cautions, *notes)),
        regions_section(study, regions),
        maps_section(study, regions),
        intervals_section(study, regions),
        models_section(study, regions),
        curves_section(study, regions),
        aif_section(study),
        quality_section(study),
        settings_section(study),
        _protocol(study),
        tag("section", tag("p", f"Written by {software}.", class_="aside")),
    )
    style = check_style() + STYLE.read_text(encoding="utf-8")
    return html_page("Perfusion maps", headings, joined(sections, "\n"), style)


def _staging() -> Markup:
    note = panel_recommendations().indication(STAGING_ID).note
    return tag("p", tag("strong", f"{N_STAGING} "), note, class_="staging")


def _cautions(sentences: Sequence[str]) -> Markup:
    lines = [f"{text[:1].upper()}{text[1:]}" for text in dict.fromkeys(sentences)]
    if not lines:
        return Markup("")
    heading = tag("h2", "Cautions", id="cautions")
    return tag("section", heading, bullets(lines), class_="cautions", aria_labelledby="cautions")


def _protocol(study: FittedStudy) -> Markup:
    check = study.files.check
    if check is None:
        text = "The study is no DICOM study, so its protocol could not be checked."
        return tag("section", tag("h2", "Protocol", id="protocol"), tag("p", text), aria_labelledby="protocol")
    missed = [each for each in check.criteria if each.verdict is Verdict.NOT_MET]
    counts = [f"{check.count(verdict)} {verdict.replace('_', ' ')}" for verdict in Verdict if check.count(verdict)]
    lines = [f"{each.title}: {each.reason}" for each in missed]
    return tag(
        "section",
        tag("h2", "Protocol", id="protocol"),
        tag("p", f"Against the recommendations of {check.edition}: {', '.join(counts)}. hnn pwi check tells more."),
        tag("h3", "Not met") if lines else Markup(""),
        bullets(lines),
        aria_labelledby="protocol",
    )
