"""The facts around the result: case data, key images, and where everything came from."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from HeadNeckNodesLib.html.markup import Markup, tag

from iENEGraderLib.export.report_content import ImageOrigin
from iENEGraderLib.export.words import SITES_BY_EBV, SITES_BY_P16, spaced
from iENEGraderLib.reading import ClinicalEneThreshold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from iENEGraderLib.export.report_content import Provenance, ReportDrawing, ReportImage
    from iENEGraderLib.reading import Reading

ORIGINS = {
    ImageOrigin.SIMULATED: "Simulated: computed by the software, not a patient.",
    ImageOrigin.REAL: "Real images.",
    ImageOrigin.NONE: "None: the values were entered by the reader.",
    ImageOrigin.NOT_STATED: "Whether of a patient or computed was not stated.",
}
CLINICAL_ENE = {None: "not stated", True: "yes", False: "no"}


def case_section(reading: Reading) -> Markup:
    """Return what the reader entered about the case."""
    facts = [
        ("Case", reading.case_id),
        ("Reader", reading.reader or "not stated"),
        ("Read at", reading.read_at or "not stated"),
        ("Site", spaced(reading.site) if reading.site else "not chosen"),
        *_viruses(reading),
        ("Primary side", str(reading.primary_side or "not stated")),
        ("T and M", f"{reading.t_category} {reading.m_category}"),
        *_lesions(reading),
        ("Classification", str(reading.classification)),
        ("Clinical (examination) ENE", CLINICAL_ENE[reading.clinical_ene]),
        ("Recent biopsy of a node", str(reading.recent_biopsy)),
        ("Prior treatment of the neck", str(reading.prior_treatment)),
        ("Imaging grade taken as clinical ENE", _threshold(reading.clinical_ene_imaging_threshold)),
    ]
    return _facts("Case data", "case", facts)


def provenance_section(provenance: Provenance) -> Markup:
    """Return which software wrote the report, when, and from what."""
    origin = ORIGINS[provenance.image_origin]
    facts = [
        ("Software", provenance.software),
        ("Written at", provenance.made_at),
        ("Images", f"{origin} {provenance.image}".strip()),
        *((each.quantity, each.method) for each in provenance.measured),
    ]
    return _facts("Where this report comes from", "provenance", facts)


def images_section(
    images: Sequence[ReportImage], origin: ImageOrigin, drawings: Sequence[ReportDrawing] = ()
) -> Markup:
    """Return the key images, held in the page itself, and whether they are real; nothing when there are none.

    Parameters
    ----------
    drawings : key images and maps with what is drawn over them.
    """
    if not images and not drawings:
        return Markup("")
    node_ids = dict.fromkeys(each.node_id for each in drawings)
    return tag(
        "section",
        tag("h2", "Key images", id="images"),
        tag("p", ORIGINS[origin], class_="aside"),
        tag("div", *(_figure(image) for image in images), class_="images") if images else "",
        *(_row([each for each in drawings if each.node_id == node_id]) for node_id in node_ids),
        aria_labelledby="images",
    )


def _figure(image: ReportImage) -> Markup:
    data = base64.b64encode(image.png).decode("ascii")
    picture = tag("img", src=f"data:image/png;base64,{data}", alt=f"{image.title}: {image.caption}")
    return tag("figure", picture, tag("figcaption", tag("strong", image.title), " ", image.caption))


def _row(drawings: Sequence[ReportDrawing]) -> Markup:
    return tag("div", *(_drawing(each) for each in drawings), class_="images drawn")


def _drawing(drawing: ReportDrawing) -> Markup:
    picture = tag("div", Markup(drawing.svg), role="img", aria_label=f"{drawing.title}: {drawing.caption}")
    return tag("figure", picture, tag("figcaption", tag("strong", drawing.title), " ", drawing.caption))


def _viruses(reading: Reading) -> list[tuple[str, str]]:
    facts = []
    if reading.site in SITES_BY_P16:
        decided = " (staged as p16-negative by the reader's decision)" if reading.untested_p16_as_negative else ""
        facts.append(("p16", f"{reading.p16}{decided}"))
    if reading.site in SITES_BY_EBV:
        facts.append(("EBV", str(reading.ebv)))
    return facts


def _lesions(reading: Reading) -> list[tuple[str, str]]:
    count = reading.metastatic_lesions
    return [] if count is None else [("Distant metastatic lesions", str(count))]


def _threshold(threshold: ClinicalEneThreshold) -> str:
    return "none" if threshold is ClinicalEneThreshold.NEVER else f"{threshold} and above (UICC 9, setting)"


def _facts(title: str, key: str, facts: Iterable[tuple[str, str]]) -> Markup:
    pairs = [tag("div", tag("dt", name), tag("dd", value)) for name, value in facts]
    return tag("section", tag("h2", title, id=key), tag("dl", *pairs, class_="facts"), aria_labelledby=key)
