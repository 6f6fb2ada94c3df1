"""The reading that belongs to the sample case: what a reader would find in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from iENEGraderLib.reading.document import Finding, Node, Reading
from iENEGraderLib.reading.vocabulary import (
    Certainty,
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
    from iENEGraderLib.sample.neck import DigitalNeck
    from iENEGraderLib.sample.truth import NodeTruth

READ_AT = "2026-01-01T00:00:00Z"
GRADING_SIGNS = (
    FindingKind.FAT_SPIKES,
    FindingKind.FAT_PLANE_LOST_BETWEEN_NODES,
    FindingKind.CONVEXITY_LOST_AT_CONTACT,
    FindingKind.BOUNDARIES_MERGED,
    FindingKind.MUSCLE_INVASION,
    FindingKind.SKIN_INVASION,
    FindingKind.GLAND_INVASION,
    FindingKind.NERVE_INVASION,
    FindingKind.ARTERY_ENCASEMENT,
    FindingKind.JUGULAR_OBLITERATION,
    FindingKind.JUGULAR_THROMBUS,
    FindingKind.OTHER_STRUCTURE_INVASION,
)
FINDINGS = {
    0: {FindingKind.SMOOTH_MARGIN: Certainty.UNEQUIVOCAL, FindingKind.CENTRAL_NECROSIS: Certainty.UNEQUIVOCAL},
    1: {FindingKind.FAT_SPIKES: Certainty.UNEQUIVOCAL, FindingKind.MUSCLE_INVASION: Certainty.EQUIVOCAL},
    2: {
        FindingKind.FAT_PLANE_LOST_BETWEEN_NODES: Certainty.UNEQUIVOCAL,
        FindingKind.CONVEXITY_LOST_AT_CONTACT: Certainty.UNEQUIVOCAL,
        FindingKind.BOUNDARIES_MERGED: Certainty.UNEQUIVOCAL,
    },
    3: {FindingKind.MUSCLE_INVASION: Certainty.UNEQUIVOCAL, FindingKind.ARTERY_ENCASEMENT: Certainty.UNEQUIVOCAL},
}


def sample_reading(neck: DigitalNeck) -> Reading:
    """Reading of a sample case: p16-positive oropharyngeal cancer of the right side, T2 M0, with the nodes of the case.

    Sides, levels and findings are those that the nodes were made with, as a reader would state them. What is measured
    (sizes, angles, lengths, and all other evidence) is left out: it is to be measured in the image and its segments.
    """
    return Reading(
        case_id=f"digital-neck-{neck.seed}",
        site=Site.OROPHARYNX,
        t_category=TCategory.T2,
        m_category=MCategory.M0,
        nodes=tuple(read_node(node, neck) for node in neck.truth.nodes),
        reader="sample",
        read_at=READ_AT,
        p16=MarkerStatus.POSITIVE,
        primary_side=Side.RIGHT,
        clinical_ene=False,
        recent_biopsy=YesNo.NO,
        prior_treatment=YesNo.NO,
    )


def read_node(truth: NodeTruth, neck: DigitalNeck) -> Node:
    """One node with its findings."""
    return Node(
        id=truth.name.replace("node_", "N"),
        side=Side(truth.side),
        level=NeckLevel(truth.level),
        extends_below_cricoid=lowest_point(neck, truth.name) < lowest_point(neck, "cricoid_cartilage"),
        segment_id=truth.name,
        findings=findings_of(truth.grade),
    )


def findings_of(grade: int) -> tuple[Finding, ...]:
    """Findings of a node of this grade; every other sign that gives a grade was looked for and is absent."""
    certainties = dict.fromkeys(GRADING_SIGNS, Certainty.ABSENT) | FINDINGS[grade]
    return tuple(Finding(kind, certainties[kind]) for kind in FindingKind if kind in certainties)


def lowest_point(neck: DigitalNeck, name: str) -> float:
    """Height (RAS S, mm) of the lowest slice of a segment."""
    slices = np.flatnonzero(neck.mask(name).any(axis=(1, 2)))
    return float(neck.geometry.ras_from_kji((slices.min(), 0, 0))[2])
