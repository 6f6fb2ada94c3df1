"""Results of node segments as evidence for the grader: shown beside the nodes, counted for nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.measure.case.evidence.words import PERFUSION_LABEL, PerfusionKind
from iENEGraderLib.measure.case.segment_matching import match_segments
from iENEGraderLib.reading import Evidence, Place
from PWIProtocolLib.mapping import region_evidence

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iENEGraderLib.reading import Node, Reading
    from PWIProtocolLib.mapping import PerfusionEvidence

    from hnn.perfusion.job import FittedStudy
    from hnn.perfusion.regions import Region

    Json = dict[str, object]

SCHEMA = "hnn-evidence/1"


def evidence_json(study: FittedStudy, regions: Sequence[Region]) -> Json:
    """Return the evidence of all segments as a document."""
    return {
        "schema": SCHEMA,
        "note": PERFUSION_LABEL,
        "segments": [
            {
                "segment_id": region.segment.segment_id,
                "segment": region.segment.name,
                "is_node": region.segment.is_node,
                "evidence": [each.to_json() for each in region_evidence(study, region)],
            }
            for region in regions
        ],
    }


def reading_with_evidence(reading: Reading, study: FittedStudy, regions: Sequence[Region]) -> Reading:
    """Return a copy of a reading whose nodes carry the results of their segments; earlier ones are replaced.

    Raises
    ------
    InputError
        When the reading is signed, or no node names a segment of the regions.
    """
    if reading.signature is not None:
        raise InputError(f"{reading.case_id}: the reading is signed; take the signature back first")
    if study.files.regions is None:
        raise InputError("--reading needs --roi with the segments of its nodes")
    segmentation = study.files.regions.segmentation
    matched = match_segments(reading, segmentation, "the reading", skip_unknown=True).segment_of
    if not matched:
        listed = ", ".join(each.name for each in segmentation.segments)
        raise InputError(f"the reading: no node names one of the segments {listed} as its segment_id")
    by_segment = {region.segment.segment_id: region for region in regions}
    nodes = tuple(
        _with(node, region_evidence(study, by_segment[matched[node.id].segment_id])) if node.id in matched else node
        for node in reading.nodes or ()
    )
    return replace(reading, nodes=nodes)


def _with(node: Node, evidence: Sequence[PerfusionEvidence]) -> Node:
    others = tuple(each for each in node.evidence if each.kind not in tuple(PerfusionKind))
    added = (
        Evidence(PerfusionKind(each.kind), None, each.value, each.unit, None, each.method, Place(each.place_ras_mm))
        for each in evidence
    )
    return replace(node, evidence=(*others, *added))
