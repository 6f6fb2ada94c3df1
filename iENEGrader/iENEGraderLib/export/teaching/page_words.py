"""The words of the page: history, the teacher's findings, pathology, discussion, references, and its origin."""

from __future__ import annotations

from typing import TYPE_CHECKING

from HeadNeckNodesLib.html.markup import Markup, joined, tag

from iENEGraderLib.export.report_case import ORIGINS
from iENEGraderLib.export.report_rules import EXTERNAL
from iENEGraderLib.export.teaching.notes import MINOR_LIMIT_MM
from iENEGraderLib.export.teaching.page_parts import facts, paragraphs, picture_tag, section
from iENEGraderLib.export.teaching.quiz import grade_in_words
from iENEGraderLib.export.words import SITES_BY_EBV, SITES_BY_P16, spaced
from iENEGraderLib.reading import FindingKind
from iENEGraderLib.rules.criteria import criterion

if TYPE_CHECKING:
    from iENEGraderLib.export.teaching.content import TeachingCase
    from iENEGraderLib.export.teaching.notes import Pathology, Reference
    from iENEGraderLib.reading import Reading

CLINICAL_ENE = {None: "not stated", True: "yes", False: "no"}


def history_section(case: TeachingCase) -> Markup:
    """Return the history and what staging needs to know of the primary tumour."""
    return section("History", "history", *paragraphs(case.notes.history), facts(history_facts(case.reading)))


def history_facts(reading: Reading) -> list[tuple[str, str]]:
    """Return what is known before the nodes are looked at."""
    found = [("Primary tumour", spaced(reading.site) if reading.site else "not stated")]
    if reading.site in SITES_BY_P16:
        found.append(("p16", str(reading.p16)))
    if reading.site in SITES_BY_EBV:
        found.append(("EBV", str(reading.ebv)))
    return [
        *found,
        ("Side of the primary", str(reading.primary_side or "not stated")),
        ("T and M", f"{reading.t_category} {reading.m_category}"),
        ("Classification", str(reading.classification)),
        ("Clinical (examination) ENE", CLINICAL_ENE[reading.clinical_ene]),
        ("Recent biopsy of a node", str(reading.recent_biopsy)),
        ("Prior treatment of the neck", str(reading.prior_treatment)),
    ]


def findings_section(case: TeachingCase) -> Markup:
    """Return the teacher's description of the images; nothing when there is none."""
    words = paragraphs(case.notes.findings)
    return section("Findings, in the teacher's words", "findings", *words) if words else Markup("")


def pathology_section(case: TeachingCase) -> Markup:
    """Return what histology found beside what imaging said; nothing when it is not known."""
    found = case.notes.pathology
    if found is None:
        return Markup("")
    said = [
        ("Imaging", grade_in_words(case.assessment.grade)),
        ("Histology", found.extension.words),
        ("Extent beyond the capsule", extent_in_words(found)),
    ]
    note = f"{criterion(FindingKind.PATHOLOGICAL_ENE).definition} Imaging never sets it."
    parts = (facts(said), *paragraphs(found.text), _photo(found), tag("p", note, class_="aside"))
    return section("Pathology", "pathology", *parts)


def extent_in_words(found: Pathology) -> str:
    """Return how far tumour reached, against the limit between minor and major."""
    if found.extent_mm is None:
        return "not stated"
    side = "at most" if found.extent_mm <= MINOR_LIMIT_MM else "more than"
    return f"{found.extent_mm:g} mm ({side} {MINOR_LIMIT_MM:g} mm)"


def discussion_section(case: TeachingCase) -> Markup:
    """Return the teacher's discussion; nothing when there is none."""
    words = paragraphs(case.notes.discussion)
    return section("Discussion", "discussion", *words) if words else Markup("")


def references_section(case: TeachingCase) -> Markup:
    """Return the teacher's references; nothing when there are none."""
    if not case.notes.references:
        return Markup("")
    return section("References", "references", tag("ol", *(_reference(each) for each in case.notes.references)))


def provenance_section(case: TeachingCase) -> Markup:
    """Return which software made the page, when, and of what."""
    provenance = case.provenance
    stated = [
        ("Case", case.reading.case_id),
        ("Author", ", ".join(filter(None, (case.notes.author, case.notes.affiliation)))),
        ("Software", provenance.software),
        ("Made at", provenance.made_at),
        ("Images", f"{ORIGINS[provenance.image_origin]} {provenance.image}".strip()),
    ]
    return section("Where this page comes from", "provenance", facts([pair for pair in stated if pair[1]]))


def _photo(found: Pathology) -> Markup:
    if found.photo is None:
        return Markup("")
    caption = found.photo_caption or "Photograph of the specimen or section."
    return tag("figure", picture_tag(found.photo, caption), tag("figcaption", caption), class_="photo")


def _reference(reference: Reference) -> Markup:
    if not reference.url:
        return tag("li", reference.text)
    link = tag("a", reference.url, href=reference.url, rel=EXTERNAL)
    return tag("li", joined([reference.text, " ", link]))
