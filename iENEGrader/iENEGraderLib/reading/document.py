"""The reading document: what a reader saw in one case. Immutable; every change makes a new document."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from iENEGraderLib.reading.vocabulary import (
    Certainty,
    Classification,
    ClinicalEneThreshold,
    EvidenceClass,
    FindingKind,
    MarkerStatus,
    MCategory,
    NeckLevel,
    Side,
    Site,
    TCategory,
    YesNo,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from iENEGraderLib.reading.mark import Mark

SCHEMA = "hnn-reading/1"


@dataclass(frozen=True)
class Place:
    """A point in the patient, RAS mm."""

    ras_mm: tuple[float, float, float]


@dataclass(frozen=True)
class Evidence:
    """Something measured or seen at a place. It supports a finding; it never sets a grade.

    Attributes
    ----------
    kind : what was measured, in lower_snake_case (``contact_angle``, ``greatest_dimension``).
    structure : anatomical structure it concerns, by name (TotalSegmentator class names where they exist).
    value, unit : number and UCUM unit.
    uncertainty : expected error of `value`, in the same unit, when it is known.
    method : how it was obtained, in a few words.
    place : where in the patient.
    evidence_class : how `value` stands against the threshold of a criterion, when there is one.
    """

    kind: str
    structure: str | None = None
    value: float | None = None
    unit: str | None = None
    uncertainty: float | None = None
    method: str | None = None
    place: Place | None = None
    evidence_class: EvidenceClass | None = None


@dataclass(frozen=True)
class Finding:
    """One finding and how sure the reader is of it."""

    kind: FindingKind
    certainty: Certainty


@dataclass(frozen=True)
class Signature:
    """Who locked a reading and when; `sha256` is the check sum of the document without it."""

    by: str
    at: str
    sha256: str


@dataclass(frozen=True)
class Node:
    """One metastatic node, or `count` nodes read as one entry (a fused mass, say).

    Attributes
    ----------
    greatest_dimension_mm : None when it was not measured.
    extends_below_cricoid : whether its lowest point lies below the caudal border of the cricoid; None if not assessed.
    segment_id : segment of this node in the scene's segmentation.
    marks : what the reader drew.
    """

    id: str
    side: Side
    level: NeckLevel
    count: int = 1
    greatest_dimension_mm: float | None = None
    extends_below_cricoid: bool | None = None
    segment_id: str | None = None
    findings: tuple[Finding, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    marks: tuple[Mark, ...] = ()

    def certainty_of(self, kind: FindingKind) -> Certainty | None:
        """How sure the reader is of a finding; None when it was not assessed."""
        return next((finding.certainty for finding in self.findings if finding.kind is kind), None)

    def kinds_with(self, certainty: Certainty) -> tuple[FindingKind, ...]:
        """Findings read with this certainty."""
        return tuple(finding.kind for finding in self.findings if finding.certainty is certainty)

    def with_finding(self, kind: FindingKind, certainty: Certainty | None) -> Node:
        """Return a copy with the finding set, or taken back with None. Findings keep the order of the vocabulary."""
        others = {finding.kind: finding.certainty for finding in self.findings if finding.kind is not kind}
        if certainty is not None:
            others[kind] = certainty
        ordered = tuple(Finding(each, others[each]) for each in FindingKind if each in others)
        return replace(self, findings=ordered)

    def with_mark(self, mark: Mark) -> Node:
        """Return a copy with the mark of the same id replaced, or added at the end when it is new."""
        if any(each.id == mark.id for each in self.marks):
            return replace(self, marks=tuple(mark if each.id == mark.id else each for each in self.marks))
        return replace(self, marks=(*self.marks, mark))

    def without_mark(self, mark_id: str) -> Node:
        """Return a copy without this mark."""
        return replace(self, marks=tuple(each for each in self.marks if each.id != mark_id))


@dataclass(frozen=True)
class Reading:
    """One reader's reading of one case.

    Attributes
    ----------
    site : None until the reader has chosen it.
    untested_p16_as_negative : the reader's decision to stage an oropharynx without p16 test by the p16-negative rules.
    clinical_ene : clinical (examination) signs of extranodal extension; None when not stated.
    metastatic_lesions : number of distant metastatic lesions; None when not counted.
    clinical_ene_imaging_threshold : institution's setting, ``cENE_imaging_threshold`` in the document.
    nodes : None when the neck nodes were not assessed (NX); empty when there is no metastatic node (N0).
    signature : set when the reading is locked, see :mod:`iENEGraderLib.reading.signature`.
    """

    case_id: str
    site: Site | None = None
    t_category: TCategory = TCategory.TX
    m_category: MCategory = MCategory.M0
    nodes: tuple[Node, ...] | None = ()
    reader: str = ""
    read_at: str = ""
    p16: MarkerStatus = MarkerStatus.UNKNOWN
    ebv: MarkerStatus = MarkerStatus.UNKNOWN
    untested_p16_as_negative: bool = False
    primary_side: Side | None = None
    metastatic_lesions: int | None = None
    classification: Classification = Classification.CLINICAL
    clinical_ene: bool | None = None
    recent_biopsy: YesNo = YesNo.UNKNOWN
    prior_treatment: YesNo = YesNo.UNKNOWN
    clinical_ene_imaging_threshold: ClinicalEneThreshold = ClinicalEneThreshold.GRADE_3
    signature: Signature | None = None

    def node(self, node_id: str) -> Node:
        """Return the node with this id; KeyError when there is none."""
        for node in self.nodes or ():
            if node.id == node_id:
                return node
        raise KeyError(node_id)

    @property
    def marks(self) -> tuple[Mark, ...]:
        """The marks of all nodes."""
        return tuple(mark for node in self.nodes or () for mark in node.marks)

    def with_node(self, changed: Node) -> Reading:
        """Return a copy with the node of the same id replaced, or added at the end when it is new."""
        nodes = self.nodes or ()
        if any(node.id == changed.id for node in nodes):
            return self.with_nodes(changed if node.id == changed.id else node for node in nodes)
        return self.with_nodes((*nodes, changed))

    def without_node(self, node_id: str) -> Reading:
        """Return a copy without this node; a neck that was not assessed stays so."""
        if self.nodes is None:
            return self
        return self.with_nodes(node for node in self.nodes if node.id != node_id)

    def with_nodes(self, nodes: Iterable[Node]) -> Reading:
        """Return a copy with these nodes."""
        return replace(self, nodes=tuple(nodes))
