"""A case as a FHIR R5 bundle: grade, TNM categories, stages, findings and measurements as Observations.

Codes are those of the DICOM report (``codes.toml``): SNOMED CT, DICOM and UCUM where they are verified, else the
project's own. TNM categories and stage groups carry the LOINC codes that the mCODE guide of HL7 uses.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from HeadNeckNodesLib.notice import NOTICE

from iENEGraderLib.export.dicom.codes import Group, concept, known, unit_concept
from iENEGraderLib.export.evidence_class import class_word
from iENEGraderLib.export.tables.fhir_codes import (
    BODY_SITE_OF_NODE,
    OWN_SYSTEM,
    UCUM_SYSTEM,
    Json,
    Tnm,
    coded,
    loinc,
)
from iENEGraderLib.measure.case.evidence.words import PERFUSION_LABEL, PerfusionKind
from iENEGraderLib.reading import Certainty, is_intact

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from iENEGraderLib.reading import Evidence, Node, Reading
    from iENEGraderLib.rules import Assessment, EditionResult

CASE_SYSTEM = f"{OWN_SYSTEM}/case"
NODE_SYSTEM = f"{OWN_SYSTEM}/node"
NAMESPACE = UUID("6f1f4d0e-3c59-5a87-9c37-1b8d1f0a7c11")
"""Of the identifiers of entries: the same case gives the same ones."""
MINUTES_ONLY = re.compile(r"(T[0-9]{2}:[0-9]{2})(Z|[+-])")
NOTHING_FURTHER: Mapping[str, Sequence[Evidence]] = {}
ABSENT_SYSTEM = "http://terminology.hl7.org/CodeSystem/data-absent-reason"


@dataclass(frozen=True)
class _Case:
    """What every entry needs."""

    reading: Reading
    assessment: Assessment
    further: Mapping[str, Sequence[Evidence]]

    def url(self, key: str) -> str:
        """Return the identifier of an entry of this case."""
        return f"urn:uuid:{uuid5(NAMESPACE, f'{self.reading.case_id}/{key}')}"

    def observation(self, code: Json, value: Json, node: Node | None = None) -> Json:
        """Return an Observation; `value` holds its ``value[x]`` and whatever else it has."""
        intact = is_intact(self.reading)
        common: Json = {
            "resourceType": "Observation",
            "status": "final" if intact else "preliminary",
            "code": code,
            "subject": {"reference": self.url("patient")},
        }
        if self.reading.read_at:
            common["effectiveDateTime"] = _date_time(self.reading.read_at)
        if node is not None:
            common["bodyStructure"] = {"reference": self.url(f"node/{node.id}")}
        return common | value


def fhir_bundle(
    reading: Reading,
    assessment: Assessment,
    made_at: str,
    further: Mapping[str, Sequence[Evidence]] = NOTHING_FURTHER,
) -> Json:
    """Return the bundle (type collection) as plain JSON values.

    Parameters
    ----------
    assessment : what the rules say about the reading.
    made_at : when, ISO 8601 with time zone.
    further : measurements beyond the reading, by the id of the node.

    Notes
    -----
    The patient is known by the case id alone. Observations are final when the reading is locked, else preliminary.
    """
    case = _Case(reading, assessment, further)
    entries = [{"fullUrl": case.url(key), "resource": resource} for key, resource in _resources(case)]
    return {
        "resourceType": "Bundle",
        "identifier": {"system": CASE_SYSTEM, "value": reading.case_id},
        "type": "collection",
        "timestamp": made_at,
        "entry": entries,
    }


def fhir_text(
    reading: Reading,
    assessment: Assessment,
    made_at: str,
    further: Mapping[str, Sequence[Evidence]] = NOTHING_FURTHER,
) -> str:
    """Return the bundle as the text of a JSON file."""
    bundle = fhir_bundle(reading, assessment, made_at, further)
    return json.dumps(bundle, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _date_time(moment: str) -> str:
    """Return a moment of a reading with its seconds, which FHIR wants wherever there is a time."""
    return MINUTES_ONLY.sub(r"\1:00\2", moment)


def _resources(case: _Case) -> Iterator[tuple[str, Json]]:
    reading = case.reading
    identifier = {"system": CASE_SYSTEM, "value": reading.case_id}
    yield "patient", {"resourceType": "Patient", "identifier": [identifier]}
    pathological = reading.classification == "pathological"
    t_value = _value(Group.T_CATEGORY, reading.t_category)
    m_value = _value(Group.M_CATEGORY, reading.m_category)
    yield "t", case.observation(loinc(Tnm.T, pathological=pathological), t_value)
    yield "m", case.observation(loinc(Tnm.M, pathological=pathological), m_value)
    for each in case.assessment.staging:
        n_value = _of_edition(each, Group.N_CATEGORY, each.n)
        yield f"n/{each.edition}", case.observation(loinc(Tnm.N, pathological=pathological), n_value)
        stage_value = _of_edition(each, Group.STAGE, each.stage)
        yield f"stage/{each.edition}", case.observation(loinc(Tnm.STAGE, pathological=pathological), stage_value)
    if reading.nodes is not None:
        value = _value(Group.GRADE, str(case.assessment.grade)) | {"note": [{"text": NOTICE}]}
        yield "grade", case.observation(coded(concept(Group.RESULT, "grade")), value)
    for node in reading.nodes or ():
        yield from _of_node(case, node)


def _of_node(case: _Case, node: Node) -> Iterator[tuple[str, Json]]:
    key = f"node/{node.id}"
    yield key, _body_structure(case, node)
    grade = case.assessment.node(node.id)
    value = _value(Group.GRADE, str(grade.grade)) | {"note": [{"text": each} for each in grade.reasons]}
    yield f"{key}/grade", case.observation(coded(concept(Group.RESULT, "node_grade")), value, node)
    for finding in node.findings:
        certainty = _certainty(finding.certainty)
        code = coded(concept(Group.FINDING, finding.kind))
        yield f"{key}/finding/{finding.kind}", case.observation(code, certainty, node)
    if node.greatest_dimension_mm is not None:
        code = coded(concept(Group.ITEM, "node_greatest_dimension_mm"))
        yield f"{key}/dimension", case.observation(code, _quantity(node.greatest_dimension_mm, "mm"), node)
    for number, evidence in enumerate((*node.evidence, *case.further.get(node.id, ()))):
        if evidence.value is not None or evidence.evidence_class is not None:
            value = _evidence(evidence) | _circumstances(evidence)
            yield f"{key}/evidence/{number}", case.observation(_evidence_code(evidence), value, node)


def _body_structure(case: _Case, node: Node) -> Json:
    level = concept(Group.LEVEL, node.level)
    return {
        "resourceType": "BodyStructure",
        "identifier": [{"system": NODE_SYSTEM, "value": node.id}],
        "includedStructure": [
            {
                "structure": coded(BODY_SITE_OF_NODE),
                "laterality": coded(concept(Group.SIDE, node.side)),
                "qualifier": [coded(level)],
            }
        ],
        "patient": {"reference": case.url("patient")},
    }


def _value(group: Group, word: str) -> Json:
    found = known(group, word)
    return {"valueCodeableConcept": {"text": word} if found is None else coded(found)}


def _certainty(found: Certainty) -> Json:
    """Return how certain the reader is; the code of what is certain says no more than present."""
    value = coded(concept(Group.CERTAINTY, found))
    if found is Certainty.UNEQUIVOCAL:
        certain = coded(concept(Group.DOCUMENT, "unequivocal"))
        value = {"coding": [*value["coding"], *certain["coding"]], "text": "Present, unequivocal"}
    return {"valueCodeableConcept": value}


def _of_edition(result: EditionResult, group: Group, word: str | None) -> Json:
    """Return a category of an edition, or why it cannot be given."""
    notes = [{"text": each} for each in (*result.reasons, *result.flags)]
    common: Json = {"method": {"text": result.title}} | ({"note": notes} if notes else {})
    if word is None:
        return {"dataAbsentReason": {"coding": [{"system": ABSENT_SYSTEM, "code": "unknown"}]}} | common
    return _value(group, word) | common


def _evidence_code(evidence: Evidence) -> Json:
    """Return what was measured, and of which structure in words."""
    found = known(Group.MEASUREMENT, evidence.kind)
    code = coded(found or concept(Group.MEASUREMENT, "other"))
    words = evidence.kind.replace("_", " ")
    named = f"{words}, {evidence.structure.replace('_', ' ')}" if evidence.structure else words
    return code | {"text": named}


def _evidence(evidence: Evidence) -> Json:
    against = class_word(evidence)
    if evidence.value is None:
        return _value(Group.EVIDENCE_CLASS, against or "none")
    found = _quantity(evidence.value, evidence.unit or "1")
    if against is not None:
        found["interpretation"] = [coded(concept(Group.EVIDENCE_CLASS, against))]
    return found


def _circumstances(evidence: Evidence) -> Json:
    """Return how a value was obtained and what to mind of it, in words."""
    notes = []
    if evidence.uncertainty is not None:
        notes.append(f"expected error {evidence.uncertainty:g} {evidence.unit or ''}".rstrip())
    if evidence.kind in tuple(PerfusionKind):
        notes.append(PERFUSION_LABEL)
    method: Json = {"method": {"text": evidence.method}} if evidence.method else {}
    return method | ({"note": [{"text": each} for each in notes]} if notes else {})


def _quantity(value: float, unit: str) -> Json:
    known_unit = unit_concept(unit)
    system: Json = {} if known_unit.is_private else {"system": UCUM_SYSTEM, "code": known_unit.value}
    quantity: Json = {"value": value, "unit": unit}
    return {"valueQuantity": quantity | system}
