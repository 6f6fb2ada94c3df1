"""Results of node segments as evidence in a reading document: shown beside the nodes, counted for nothing.

The document is edited as JSON (its form is stated in Docs/reading-document.md), so that nothing else in it changes.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from HeadNeckNodesLib.errors import InputError

from PWIProtocolLib.mapping.settings import MODEL_TITLES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PWIProtocolLib.mapping.regions import Region
    from PWIProtocolLib.mapping.study import MappedStudy

    Json = dict[str, Any]

SCHEMA = "hnn-reading/1"
LABEL = "not recommended for N staging"
"""Stands with every result of perfusion (Romeo et al. 2022, statement 2)."""
KINDS = {
    "ktrans_per_min": "perfusion_ktrans",
    "kep_per_min": "perfusion_kep",
    "ve": "perfusion_ve",
    "vp": "perfusion_vp",
}
"""Kinds of evidence of the maps whose medians are handed on."""
DIGITS = 4


@dataclass(frozen=True)
class PerfusionEvidence:
    """One entry of a node: the median of a map, how it was obtained, and the middle of the segment."""

    kind: str
    value: float
    unit: str
    method: str
    place_ras_mm: tuple[float, float, float]

    def to_json(self) -> Json:
        """Return it as the document has it."""
        return {
            "kind": self.kind,
            "value": self.value,
            "unit": self.unit,
            "method": self.method,
            "place": {"ras_mm": list(self.place_ras_mm)},
        }


def region_evidence(study: MappedStudy, region: Region) -> tuple[PerfusionEvidence, ...]:
    """Return the medians of a region as evidence, each labelled as not recommended for N staging."""
    geometry = study.inputs.dynamic.geometry
    middle = [float(each.mean()) for each in np.unravel_index(region.index, geometry.array_shape)]
    right, anterior, superior = (round(float(x), 1) + 0.0 for x in geometry.ras_from_kji(np.array(middle)))
    found = []
    for name, kind in KINDS.items():
        one = region.of(name)
        if one is None or one.median is None:
            continue
        how = [f"{LABEL}; median of {one.valued} of {one.voxels} voxels; DCE-MRI, {_method(study)}"]
        method = "; ".join([*how, *(each.sentence for each in region.suspected)])
        value = float(f"{one.median:.{DIGITS}g}")
        found.append(PerfusionEvidence(kind, value, one.kind.unit, method, (right, anterior, superior)))
    return tuple(found)


def with_evidence(text: str, evidence: Mapping[str, Sequence[PerfusionEvidence]], name: str) -> tuple[str, int]:
    """Return a reading document whose nodes carry evidence; earlier entries of perfusion are replaced.

    Parameters
    ----------
    text : the document.
    evidence : entries under the id or name of the segment that a node names as its ``segment_id``.
    name : of the document, for messages.

    Returns
    -------
    The new text, and the number of nodes that have got evidence.

    Raises
    ------
    InputError
        When it is no reading document, it is signed, or no node names one of the segments.
    """
    document = _document(text, name)
    count = 0
    for node in document["nodes"]:
        added = evidence.get(node.get("segment_id") or "")
        if added:
            kept = [each for each in node.get("evidence", []) if each.get("kind") not in KINDS.values()]
            node["evidence"] = [*kept, *(each.to_json() for each in added)]
            count += 1
    if count == 0:
        raise InputError(
            f"{name}: no node names one of the segments {', '.join(evidence)}; link the nodes of the reading with "
            "these segments first"
        )
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n", count


def _document(text: str, name: str) -> Json:
    try:
        document = json.loads(text)
        schema, signature, nodes = document["schema"], document.get("signature"), document.get("nodes")
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(f"{name}: is no reading document; open it in iENE Grader and see what it says") from error
    if schema != SCHEMA:
        raise InputError(f"{name}: has the form {schema!r}, expected {SCHEMA!r}; open it in iENE Grader and save it")
    if signature is not None:
        raise InputError(f"{name}: is signed and cannot be changed; take the signature back in iENE Grader first")
    if not isinstance(nodes, list) or not all(isinstance(each, dict) for each in nodes):
        raise InputError(f"{name}: has no nodes; enter them in iENE Grader first")
    found: Json = document
    return found


def _method(study: MappedStudy) -> str:
    t1 = study.inputs.precontrast.source.replace("_", " ")
    return f"{MODEL_TITLES[study.settings.model]}, arterial curve: {study.arterial.source}, T1: {t1}"
