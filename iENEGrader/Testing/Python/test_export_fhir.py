"""The FHIR bundle: what R5 requires, references that lead somewhere, and no more of the patient than a case id."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from export_builders import DOCUMENT, a_reading
from hypothesis import HealthCheck, given, settings
from iENEGraderLib.export.tables.fhir import fhir_bundle, fhir_text
from iENEGraderLib.reading import Reading, reading_from_json, signed
from iENEGraderLib.rules import assess
from reading_builders import readings

MADE_AT = "2026-11-22T12:00:00+00:00"
REQUIRED = {
    "Bundle": {"type"},
    "Patient": set(),
    "Observation": {"status", "code"},
    "BodyStructure": {"includedStructure", "patient"},
}
"""Elements of cardinality 1.. in the resource definitions of FHIR R5 (5.0.0)."""
ALLOWED = {
    "Patient": {"resourceType", "identifier"},
    "Observation": {
        "resourceType", "status", "code", "subject", "effectiveDateTime", "valueCodeableConcept", "valueQuantity",
        "dataAbsentReason", "interpretation", "note", "bodyStructure", "method",
    },
    "BodyStructure": {"resourceType", "identifier", "includedStructure", "patient"},
}  # fmt: skip
STATUSES = {"registered", "preliminary", "final", "amended", "corrected", "cancelled", "entered-in-error", "unknown"}
DATE_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})")
SYSTEMS = {
    "urn:oid:1.2.840.10008.2.16.13", "http://loinc.org", "http://snomed.info/sct", "http://dicom.nema.org/resources/ontology/DCM",
}  # fmt: skip
OWN = "https://github.com/HeadNeckNodes/SlicerHeadNeckNodes/99HNN"


def the_bundle(reading: Reading) -> dict[str, Any]:
    """The bundle as it is read from the file."""
    found: dict[str, Any] = json.loads(fhir_text(reading, assess(reading), MADE_AT))
    return found


def the_resources(bundle: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    return [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == kind]


def the_observations(bundle: dict[str, Any], code: str) -> list[dict[str, Any]]:
    """Observations by one of their codes."""
    found = the_resources(bundle, "Observation")
    return [each for each in found if any(coding["code"] == code for coding in each["code"]["coding"])]


def require_valid(bundle: dict[str, Any]) -> None:
    """Check what R5 asks of each resource used here."""
    assert bundle["type"] == "collection"
    assert DATE_TIME.fullmatch(bundle["timestamp"])
    urls = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(set(urls)) == len(urls)
    for entry in bundle["entry"]:
        resource = entry["resource"]
        kind = resource["resourceType"]
        assert REQUIRED[kind] <= set(resource) <= ALLOWED[kind]
        for name in ("subject", "patient", "bodyStructure"):
            if name in resource:
                assert resource[name]["reference"] in urls
        if kind == "Observation":
            require_valid_observation(resource)


def require_valid_observation(resource: dict[str, Any]) -> None:
    assert resource["status"] in STATUSES
    values = [name for name in resource if name.startswith("value")]
    # Invariant obs-6: a reason for absence only where there is no value.
    assert len(values) == (0 if "dataAbsentReason" in resource else 1)
    assert all(coding["system"] in {*SYSTEMS, OWN} for coding in resource["code"]["coding"])
    if "effectiveDateTime" in resource:
        assert DATE_TIME.fullmatch(resource["effectiveDateTime"])
    assert all(note["text"] for note in resource.get("note", []))


@settings(max_examples=40, suppress_health_check=[HealthCheck.filter_too_much])
@given(readings())
def test_the_bundle_of_every_reading_has_what_r5_requires(reading: Reading) -> None:
    require_valid(the_bundle(reading))


@pytest.mark.parametrize(
    ("classification", "codes"),
    [
        ("clinical", ("21905-5", "21906-3", "21907-1", "21908-9")),
        ("pathological", ("21899-0", "21900-6", "21901-4", "21902-2")),
    ],
)
def test_categories_have_the_codes_of_their_classification(classification: str, codes: tuple[str, ...]) -> None:
    bundle = the_bundle(a_reading(classification=classification))
    assert [len(the_observations(bundle, code)) for code in codes] == [1, 3, 1, 3]


def test_each_edition_is_named_as_the_method_of_its_categories() -> None:
    reading = a_reading()
    found = the_observations(the_bundle(reading), "21906-3")
    told = [(each["method"]["text"], each["valueCodeableConcept"]["text"]) for each in found]
    assert told == [(each.title, each.n) for each in assess(reading).staging]


def test_a_category_that_cannot_be_given_says_why() -> None:
    found = the_observations(the_bundle(a_reading(site=None)), "21906-3")
    assert all(each["dataAbsentReason"]["coding"][0]["code"] == "unknown" for each in found)
    assert all("site" in each["note"][0]["text"] for each in found)


def test_each_finding_is_an_observation_of_its_node_with_its_certainty() -> None:
    bundle = the_bundle(a_reading())
    (spikes,) = [
        each for each in the_resources(bundle, "Observation") if each["code"]["text"] == "Perinodal fat spikes"
    ]
    value = spikes["valueCodeableConcept"]["coding"][0]
    assert (value["system"], value["code"]) == ("http://snomed.info/sct", "52101004")
    places = {entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]}
    assert places[spikes["bodyStructure"]["reference"]]["identifier"][0]["value"] == "A"


def test_a_node_has_its_side_and_level() -> None:
    first, second = the_resources(the_bundle(a_reading()), "BodyStructure")
    assert first["includedStructure"][0]["laterality"]["coding"][0]["code"] == "24028007"
    assert second["includedStructure"][0]["laterality"]["coding"][0]["code"] == "7771000"
    assert first["includedStructure"][0]["qualifier"][0]["text"] == "Neck level III"


def test_a_measurement_has_its_value_in_ucum_and_its_class() -> None:
    found = the_resources(the_bundle(a_reading()), "Observation")
    (angle,) = [each for each in found if each["code"]["text"] == "contact angle, internal carotid artery"]
    assert angle["valueQuantity"] == {
        "value": 95.5, "unit": "deg", "system": "http://unitsofmeasure.org", "code": "deg"
    }  # fmt: skip
    assert angle["interpretation"][0]["text"] == "Criterion not met"


def test_a_value_of_perfusion_has_its_method_and_is_not_for_staging() -> None:
    document = copy.deepcopy(DOCUMENT)
    document["nodes"][0]["evidence"] = [
        {
            "kind": "perfusion_ktrans",
            "value": 0.25,
            "unit": "/min",
            "uncertainty": 0.02,
            "method": "extended Tofts model",
        }
    ]
    (ktrans,) = the_observations(the_bundle(reading_from_json(document)), "126312")
    assert ktrans["valueQuantity"]["code"] == "/min"
    assert ktrans["method"] == {"text": "extended Tofts model"}
    assert [each["text"] for each in ktrans["note"]] == ["expected error 0.02 /min", "not recommended for N staging"]


def test_a_size_is_coded_by_the_initiative_that_defined_it() -> None:
    document = copy.deepcopy(DOCUMENT)
    document["nodes"][0]["evidence"] = [{"kind": "greatest_dimension", "value": 14.0, "unit": "mm"}]
    (size,) = the_observations(the_bundle(reading_from_json(document)), "L0JK")
    assert size["code"]["coding"][0]["system"] == "urn:oid:1.2.840.10008.2.16.13"


@settings(max_examples=10, suppress_health_check=[HealthCheck.filter_too_much])
@given(readings())
def test_the_resource_definitions_of_r5_accept_the_bundle(reading: Reading) -> None:
    definitions = pytest.importorskip("fhir.resources.bundle", reason="needs fhir.resources, which holds R5")
    text = fhir_text(reading, assess(reading), MADE_AT)
    accepted = json.loads(definitions.Bundle.model_validate_json(text).model_dump_json())
    assert [entry["fullUrl"] for entry in accepted["entry"]] == [
        entry["fullUrl"] for entry in json.loads(text)["entry"]
    ]


def test_the_patient_is_known_by_the_case_id_alone() -> None:
    bundle = the_bundle(replace(a_reading(), reader="Quillfeather"))
    (patient,) = the_resources(bundle, "Patient")
    assert patient == {"resourceType": "Patient", "identifier": [{"system": f"{OWN}/case", "value": "X1"}]}
    assert "Quillfeather" not in json.dumps(bundle)


def test_observations_are_final_when_the_reading_is_locked() -> None:
    locked = signed(a_reading(), "R1", "2026-11-22T11:00:00Z")
    assert {each["status"] for each in the_resources(the_bundle(locked), "Observation")} == {"final"}
    assert {each["status"] for each in the_resources(the_bundle(a_reading()), "Observation")} == {"preliminary"}


def test_a_time_without_seconds_gets_them() -> None:
    bundle = the_bundle(replace(a_reading(), read_at="2026-11-22T10:00+01:00"))
    assert the_resources(bundle, "Observation")[0]["effectiveDateTime"] == "2026-11-22T10:00:00+01:00"


def test_a_neck_that_was_not_assessed_has_no_grade() -> None:
    bundle = the_bundle(a_reading(nodes=None))
    assert the_resources(bundle, "BodyStructure") == []
    assert the_observations(bundle, "5302") == []


def test_the_same_case_gives_the_same_bundle() -> None:
    reading = a_reading()
    assert fhir_bundle(reading, assess(reading), MADE_AT) == fhir_bundle(reading, assess(reading), MADE_AT)
