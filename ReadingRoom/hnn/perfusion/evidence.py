"""Results of node segments as evidence for the grader: shown beside the nodes, counted for nothing."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.measure.case.evidence.words import PERFUSION_LABEL, PerfusionKind, evidence_place
from iENEGraderLib.measure.case.segment_matching import match_segments
from iENEGraderLib.reading import Evidence

from hnn.perfusion.map_codes import MODEL_TITLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from iENEGraderLib.reading import Node, Reading

    from hnn.perfusion.job import FittedStudy
    from hnn.perfusion.regions import Region

    Json = dict[str, object]

SCHEMA = "hnn-evidence/1"
KIND_OF = {
    "ktrans_per_min": PerfusionKind.KTRANS,
    "kep_per_min": PerfusionKind.KEP,
    "ve": PerfusionKind.VE,
    "vp": PerfusionKind.VP,
}
DIGITS = 4


def region_evidence(study: FittedStudy, region: Region) -> tuple[Evidence, ...]:
    """Return the medians of a segment as evidence, each labelled as not recommended for N staging."""
    middle = study.inputs.dynamic.geometry.ras_from_kji(_middle(study, region))
    found = []
    for name, kind in KIND_OF.items():
        one = region.of(name)
        if one is None or one.median is None:
            continue
        how = f"{PERFUSION_LABEL}; median of {one.valued} of {one.voxels} voxels; DCE-MRI, {_method(study)}"
        how = "; ".join([how, *(each.sentence for each in region.suspected)])
        value = float(f"{one.median:.{DIGITS}g}")
        found.append(Evidence(kind, None, value, one.kind.unit, None, how, evidence_place(middle.tolist())))
    return tuple(found)


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
                "evidence": [_as_json(each) for each in region_evidence(study, region)],
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
    segmentation = study.inputs.regions
    if segmentation is None:
        raise InputError("--reading needs --roi with the segments of its nodes")
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


def _as_json(one: Evidence) -> Json:
    """Return one entry as reading documents have it."""
    place = None if one.place is None else {"ras_mm": list(one.place.ras_mm)}
    return {"kind": one.kind, "value": one.value, "unit": one.unit, "method": one.method, "place": place}


def _with(node: Node, evidence: tuple[Evidence, ...]) -> Node:
    others = tuple(each for each in node.evidence if each.kind not in tuple(PerfusionKind))
    return replace(node, evidence=(*others, *evidence))


def _method(study: FittedStudy) -> str:
    t1 = study.inputs.precontrast.source.replace("_", " ")
    return f"{MODEL_TITLES[study.settings.model]}, arterial curve: {study.arterial.source}, T1: {t1}"


def _middle(study: FittedStudy, region: Region) -> tuple[float, float, float]:
    shape = study.inputs.dynamic.geometry.array_shape
    k, j, i = (float(each.mean()) for each in np.unravel_index(region.index, shape))
    return k, j, i
