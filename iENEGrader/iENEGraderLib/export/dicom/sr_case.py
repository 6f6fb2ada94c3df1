"""What concerns the whole case as a group of evaluations (TID 1501): what the reader entered, and what follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from HeadNeckNodesLib.notice import NOTICE

from iENEGraderLib.export.dicom.codes import Group, concept, unit_concept
from iENEGraderLib.export.dicom.identity import new_uid
from iENEGraderLib.export.dicom.sr_items import (
    CONTAINS,
    HAS_PROPERTIES,
    INFERRED_FROM,
    answer_item,
    code_item,
    number_item,
    text_item,
    with_children,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from highdicom.sr import ContentItem

    from iENEGraderLib.reading import Reading
    from iENEGraderLib.rules import Assessment, EditionResult

TRACKING_ID = "case"
YES_NO = {True: "yes", False: "no"}


def case_group(reading: Reading, assessment: Assessment) -> Any:
    """Return the group of the case."""
    from highdicom.sr import MeasurementsAndQualitativeEvaluations, TrackingIdentifier

    group: Any = MeasurementsAndQualitativeEvaluations(
        tracking_identifier=TrackingIdentifier(uid=new_uid(), identifier=TRACKING_ID),
        finding_type=concept(Group.DOCUMENT, "reading").coded,
    )
    items = [*_results(assessment), *_entered(reading), *_texts(reading)]
    if reading.metastatic_lesions is not None:
        name = concept(Group.ITEM, "metastatic_lesions")
        items.insert(0, number_item(name, reading.metastatic_lesions, unit_concept("{count}")))
    with_children(group[0], items)
    return group


def _entered(reading: Reading) -> Iterator[ContentItem]:
    """Return the coded answers of the reading."""
    if reading.site is not None:
        yield answer_item("site", Group.SITE, reading.site)
    yield answer_item("p16", Group.MARKER, reading.p16)
    yield answer_item("ebv", Group.MARKER, reading.ebv)
    yield answer_item("untested_p16_as_negative", Group.ANSWER, YES_NO[reading.untested_p16_as_negative])
    if reading.primary_side is not None:
        yield answer_item("primary_side", Group.SIDE, reading.primary_side)
    yield answer_item("T", Group.T_CATEGORY, reading.t_category)
    yield answer_item("M", Group.M_CATEGORY, reading.m_category)
    yield answer_item("classification", Group.CLASSIFICATION, reading.classification)
    if reading.clinical_ene is not None:
        yield answer_item("clinical_ene", Group.ANSWER, YES_NO[reading.clinical_ene])
    yield answer_item("recent_biopsy", Group.ANSWER, reading.recent_biopsy)
    yield answer_item("prior_treatment", Group.ANSWER, reading.prior_treatment)
    yield answer_item("cENE_imaging_threshold", Group.THRESHOLD, reading.clinical_ene_imaging_threshold)
    yield answer_item("nodes_assessed", Group.ANSWER, YES_NO[reading.nodes is not None])


def _texts(reading: Reading) -> Iterator[ContentItem]:
    """Return what no code can hold; what the reading leaves empty is left out."""
    signature = reading.signature
    rows = [("case_id", reading.case_id), ("reader", reading.reader), ("read_at", reading.read_at)]
    if signature is not None:
        rows += [("signed_by", signature.by), ("signed_at", signature.at), ("signature_sha256", signature.sha256)]
    for key, text in rows:
        if text:
            yield text_item(key, text, CONTAINS)


def _results(assessment: Assessment) -> Iterator[ContentItem]:
    """Return grade, N categories and stages with the reasons of the rules. They follow from the rest of the report."""
    yield code_item(concept(Group.RESULT, "grade"), concept(Group.GRADE, str(assessment.grade)))
    for result in assessment.staging:
        yield from _edition(result)
    criterion = concept(Group.CRITERION_STATUS, assessment.tors_iene_criterion)
    why = [text_item("reason", assessment.tors_reason, INFERRED_FROM)] if assessment.tors_reason else []
    yield with_children(code_item(concept(Group.RESULT, "tors"), criterion), why)
    for caution in (*assessment.warnings, *assessment.refusals):
        yield text_item("caution", caution, CONTAINS)
    yield text_item("notice", NOTICE, CONTAINS)


def _edition(result: EditionResult) -> Iterator[ContentItem]:
    category = concept(Group.N_CATEGORY, result.n or "none")
    other = [f"{each.n}, stage {each.stage}, {each.when}" for each in result.alternatives]
    below = [text_item("reason", reason, INFERRED_FROM) for reason in result.reasons]
    below += [text_item("flag", flag, HAS_PROPERTIES) for flag in (*result.flags, *other)]
    yield with_children(code_item(concept(Group.RESULT, f"n_{result.edition}"), category), below)
    yield code_item(concept(Group.RESULT, f"stage_{result.edition}"), concept(Group.STAGE, result.stage or "none"))
