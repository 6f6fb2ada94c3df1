"""Everything the rules say about one reading: grades, N and stage in every edition, cautions and refusals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from iENEGraderLib.reading import (
    Certainty,
    Classification,
    FindingKind,
    MarkerStatus,
    MCategory,
    Reading,
    Site,
    TCategory,
    YesNo,
)
from iENEGraderLib.rules.criteria import grading_findings
from iENEGraderLib.rules.grading import grade_node
from iENEGraderLib.rules.interpretation import interpret
from iENEGraderLib.rules.notes import note
from iENEGraderLib.rules.results import Assessment, EditionResult, NodeGrade, TorsCriterion
from iENEGraderLib.rules.staging import effective_p16, open_case, refuse, stage_case
from iENEGraderLib.rules.table_reader import editions
from iENEGraderLib.rules.tables import EditionTables, Refused, Variable

if TYPE_CHECKING:
    from iENEGraderLib.reading import Node
    from iENEGraderLib.rules.staging import ChapterCase

NO_HISTOLOGY = "pN needs histology: enter pathological_ene for the examined nodes; imaging never sets pN"
CONTACT_ANGLE = "contact_angle"
INDETERMINATE_DEG = 180.0
ENCASED_DEG = 270.0


def assess(reading: Reading) -> Assessment:
    """Grade every node and stage the patient in every edition.

    Parameters
    ----------
    reading : what the reader saw. Nothing is measured here and nothing is taken from the image.

    Returns
    -------
    Assessment
        An edition that cannot be computed has N None and says why; a reading that cannot be staged as it stands
        has `refusals`.
    """
    grades = tuple(grade_node(node) for node in reading.nodes or ())
    fatal = fatal_refusal(reading)
    if fatal:
        staging = tuple(refuse(edition, fatal) for edition in editions())
    else:
        staging = tuple(stage_in(edition, reading, grades) for edition in editions())
    tors, why = tors_criterion(reading, grades)
    return Assessment(
        nodes=grades,
        grade=max((grade.grade for grade in grades), default=0),
        staging=staging,
        tors_iene_criterion=tors,
        tors_reason=why,
        warnings=tuple(cautions(reading)),
        refusals=(fatal,) if fatal else tuple(stage_refusals(reading, staging)),
    )


def stage_in(edition: EditionTables, reading: Reading, grades: tuple[NodeGrade, ...]) -> EditionResult:
    """Stage the patient in one edition."""
    if reading.site is None:
        return refuse(edition, "site: not chosen; the rules depend on the site of the primary tumour")
    (choice,) = edition.choices(reading.site, effective_p16(reading), reading.ebv)
    if isinstance(choice, Refused):
        return refuse(edition, choice.basis.text, (choice.basis.trace(),))
    case = open_case(reading, edition, choice, {grade.node_id: grade.grade for grade in grades})
    if lacks_histology(case):
        return refuse(edition, NO_HISTOLOGY)
    return interpret(case, stage_case(case))


def lacks_histology(case: ChapterCase) -> bool:
    """Tell whether pN is asked for and histology was entered for no node.

    In nasopharynx N is the same in both classifications and histology plays no part.
    """
    nodes = case.reading.nodes or ()
    unread = bool(nodes) and all(node.certainty_of(FindingKind.PATHOLOGICAL_ENE) is None for node in nodes)
    pathological = case.reading.classification is Classification.PATHOLOGICAL
    return pathological and unread and not case.uses(Variable.CERVICAL)


def fatal_refusal(reading: Reading) -> str:
    """Return why nothing can be staged, or an empty text: NX, T0 N0, Tis with nodes or metastases, a wrong T0."""
    t = reading.t_category
    if reading.nodes is None:
        return "nodes: found null (NX, neck nodes not assessed); expected the list of nodes, empty when there is none"
    if t is TCategory.T0 and not reading.nodes:
        return "T and nodes: found T0 N0; expected a primary tumour or at least one metastatic node"
    if t is TCategory.TIS and reading.nodes:
        return "T: found Tis with metastatic nodes; expected T1 or higher, since carcinoma in situ has no metastasis"
    if t is TCategory.TIS and reading.m_category is not MCategory.M0:
        return "T: found Tis with distant metastasis; expected T1 or higher"
    if reading.site is Site.UNKNOWN_PRIMARY and t is not TCategory.T0:
        return f"T: found {t} with an unknown primary; expected T0"
    return ""


def stage_refusals(reading: Reading, staging: tuple[EditionResult, ...]) -> list[str]:
    """Return what keeps a stage from being given although N is known: TX, or a T that the site does not have."""
    unstaged = [result for result in staging if result.n is not None and result.stage is None]
    if reading.site is None:
        return ["site: not chosen; expected one of " + ", ".join(Site)]
    nowhere = bool(unstaged) and len(unstaged) == len(staging)
    if reading.t_category is TCategory.TX and nowhere:
        return ["T: found TX and the stage depends on T; expected a T category"]
    if reading.t_category in (TCategory.T0, TCategory.TIS) and nowhere:
        return [f"T: found {reading.t_category}, which site {reading.site} does not have in any edition"]
    return []


def tors_criterion(reading: Reading, grades: tuple[NodeGrade, ...]) -> tuple[TorsCriterion, str]:
    """Return the iENE criterion for transoral robotic surgery, and why: confirmed grade 0 in HPV-associated oropharynx.

    Information for the tumour board (Holsinger et al. 2025, doi:10.1200/JCO-24-02755, as quoted by Kuno et al. 2025);
    never a statement that a patient is eligible.
    """
    clinical = reading.classification is Classification.CLINICAL
    if reading.site is not Site.OROPHARYNX or reading.p16 is not MarkerStatus.POSITIVE or not clinical:
        return TorsCriterion.NOT_APPLICABLE, note("tors-not-applicable").matched
    grade = max((each.grade for each in grades), default=0)
    if grade > 0:
        return TorsCriterion.NOT_MET, note("tors-not-met", grade=grade).matched
    if reading.clinical_ene:
        return TorsCriterion.NOT_MET, note("tors-clinical-ene").matched
    if reading.nodes is None or not all(is_confirmed_grade_0(node) for node in reading.nodes):
        return TorsCriterion.INDETERMINATE, note("tors-indeterminate").matched
    return TorsCriterion.MET, note("tors-met").matched


def is_confirmed_grade_0(node: Node) -> bool:
    """Tell whether the reader looked for every sign that gives a grade and found it absent."""
    return all(node.certainty_of(kind) is Certainty.ABSENT for kind in grading_findings())


def looked_for(node: Node) -> bool:
    """Tell whether the reader said anything about the margin from which a grade follows."""
    return node.certainty_of(FindingKind.FAT_SPIKES) is not None or _has(node, FindingKind.SMOOTH_MARGIN)


def cautions(reading: Reading) -> list[str]:
    """Return what a reader should keep in mind about the grades."""
    nodes = reading.nodes or ()
    found = []
    if nodes:
        found += _history_cautions(reading)
    without_spikes = [node for node in nodes if not _has(node, FindingKind.FAT_SPIKES)]
    found += _for_nodes("flare-without-spikes", [n for n in without_spikes if _has(n, FindingKind.FLARE_SIGN)])
    found += _for_nodes("irregular-margin", [n for n in without_spikes if _has(n, FindingKind.IRREGULAR_MARGIN)])
    found += [caution for node in nodes for caution in _artery_cautions(node)]
    clinical = reading.classification is Classification.CLINICAL
    unread = [n for n in nodes if clinical and not looked_for(n) and grade_node(n).grade == 0]
    return found + _for_nodes("nothing-assessed", unread)


def _artery_cautions(node: Node) -> list[str]:
    """Compare the reader's word on the artery with the contact angle in the evidence; it never sets the finding."""
    angles = [each.value for each in node.evidence if each.kind == CONTACT_ANGLE and each.value is not None]
    if not angles:
        return []
    largest = max(angles)
    if _has(node, FindingKind.ARTERY_ENCASEMENT):
        below = largest < ENCASED_DEG
        return [note("artery-angle-small", nodes=node.id, angle_deg=largest).matched] if below else []
    if INDETERMINATE_DEG <= largest < ENCASED_DEG:
        return [note("artery-angle-indeterminate", nodes=node.id, angle_deg=largest).matched]
    return []


def _history_cautions(reading: Reading) -> list[str]:
    ids = {
        YesNo.YES: ("recent-biopsy", "prior-treatment"),
        YesNo.UNKNOWN: ("biopsy-unknown", "treatment-unknown"),
    }
    found = []
    for answer, (biopsy, treatment) in ids.items():
        found += [note(biopsy).matched] if reading.recent_biopsy is answer else []
        found += [note(treatment).matched] if reading.prior_treatment is answer else []
    return found


def _has(node: Node, kind: FindingKind) -> bool:
    return node.certainty_of(kind) is Certainty.UNEQUIVOCAL


def _for_nodes(note_id: str, nodes: list[Node]) -> list[str]:
    return [note(note_id, nodes=", ".join(node.id for node in nodes)).matched] if nodes else []
