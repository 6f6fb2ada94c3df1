"""The JSON of the measurements, field by field as other programs read it, and the same as evidence of a reading."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from case_phantoms import SmallNeck, a_small_neck, places_ras_mm, segment_of
from iENEGraderLib.measure.case.document.document import document_text
from iENEGraderLib.measure.case.document.values import number
from iENEGraderLib.measure.case.measure_case import measure_case
from iENEGraderLib.measure.case.measured_reading import reading_with_measurements
from iENEGraderLib.measure.case.segment_matching import match_segments
from iENEGraderLib.reading import (
    Evidence,
    EvidenceClass,
    NeckLevel,
    Node,
    Reading,
    Side,
    reading_from_json,
    reading_to_json,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iENEGraderLib.measure.case.measurements import CaseMeasurements

TOP = [
    "schema", "notice", "software", "image", "maps", "nodes", "contacts", "veins", "coalescence", "infiltration",
    "preferences", "warnings",
]  # fmt: skip
CONTRACT_OF_A_NODE = {
    "id": str, "greatest_dimension_mm": float, "axial_long_mm": float, "axial_short_mm": float, "volume_ml": float,
    "side": str, "level": str | None, "spikes": list,
}  # fmt: skip
CONTRACT_OF_A_CONTACT = {
    "node": str, "structure": str, "max_arc_deg": float, "summed_arc_deg": float, "class": str, "band_deg": float,
    "length_ge_180_mm": float, "length_ge_270_mm": float, "arc_deg_by_tolerance": dict, "place": dict,
}  # fmt: skip
CLASSES = {None, *map(str, EvidenceClass)}


@pytest.fixture(scope="module")
def the_neck() -> SmallNeck:
    """The small neck with a spike, a second ball that touches the first, and a muscle beside it."""
    right, front, up = places_ras_mm()
    neck = a_small_neck()
    ball = neck.masks["node_ball"]
    spike = (np.hypot(front, up - 2) < 1.3) & (right > -16) & (right < -9)
    other = (np.hypot(np.hypot(right + 22, front - 11), up - 2) < 6) & ~ball
    muscle = (np.hypot(right + 32, front) < 4) & ~ball
    hu = np.where(spike | other, 95, np.where(muscle, 60, neck.hu)).astype(np.int16)
    return SmallNeck(hu, {**neck.masks, "node_other": other, "sternocleidomastoid_left": muscle})


@pytest.fixture(scope="module")
def the_case(the_neck: SmallNeck) -> CaseMeasurements:
    return measure_case(the_neck.image, the_neck.segmentation)


@pytest.fixture(scope="module")
def the_document(the_case: CaseMeasurements) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(document_text(the_case.to_json("HeadNeckNodes 9")), parse_constant=refuse)
    return document


def refuse(constant: str) -> None:
    raise AssertionError(f"{constant} is no JSON")


def objects_in(value: object) -> Iterator[dict[str, Any]]:
    """Every object of a document."""
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects_in(each)


def test_the_document_says_what_it_is(the_document: dict[str, Any]) -> None:
    assert list(the_document) == TOP
    assert the_document["schema"] == "hnn-measurements/1"
    assert the_document["software"] == "HeadNeckNodes 9"
    assert "not a medical device" in the_document["notice"]


def test_the_image_is_described_without_its_file(the_document: dict[str, Any]) -> None:
    assert the_document["image"] == {
        "modality": "CT",
        "size_ijk": [110, 84, 56],
        "spacing_mm": [0.8, 0.8, 0.8],
        "origin_ras_mm": [43.6, 33.2, -22.0],
    }
    assert "ct.nrrd" not in json.dumps(the_document)


def test_nodes_have_every_field_of_the_contract(the_document: dict[str, Any]) -> None:
    assert [node["id"] for node in the_document["nodes"]] == ["node_cuff", "node_ball", "node_other"]
    for node in the_document["nodes"]:
        for name, kind in CONTRACT_OF_A_NODE.items():
            assert isinstance(node[name], kind), name
        assert set(node["place"]) == {"ras_mm"}


def test_contacts_have_every_field_of_the_contract(the_document: dict[str, Any]) -> None:
    contact = next(each for each in the_document["contacts"] if each["node"] == "node_cuff")
    for name, kind in CONTRACT_OF_A_CONTACT.items():
        assert isinstance(contact[name], kind), name
    assert contact["class"] == "180-<270"
    assert contact["evidence_class"] == "indeterminate"
    assert list(contact["arc_deg_by_tolerance"]) == ["0.5", "1.0", "1.5"]
    assert contact["place"]["ras_mm"] == [
        pytest.approx(20, abs=0.5),
        pytest.approx(0, abs=0.5),
        pytest.approx(0, abs=9),
    ]
    assert contact["preferences"] == {
        "contact.tolerance_mm": 0.5,
        "contact.sustained_mm": 1.0,
        "contact.artery_wall_mm": 0.0,
    }
    assert {"narrowing", "circularity", "axis_ratio"} <= contact["lumen"].keys()
    low, high = contact["length_ge_180_range_mm"]
    assert low <= contact["length_ge_180_mm"] <= high
    assert contact["unit"] == "deg"


def test_spikes_have_base_tip_length_width_enhancement_and_class(the_document: dict[str, Any]) -> None:
    (spike,) = the_document["nodes"][1]["spikes"]
    assert spike["class"] in ("spike", "uncertain")
    assert spike["length_mm"] == pytest.approx(6.3, abs=1.0)
    assert spike["tip"]["ras_mm"] == pytest.approx([-9.0, 0.0, 2.0], abs=1.0)
    assert {"base", "base_width_mm", "enhancement", "uncertainty_mm", "reason"} <= spike.keys()


def test_veins_pairs_and_muscles_say_their_class_and_why(the_document: dict[str, Any]) -> None:
    (vein,) = the_document["veins"]
    (pair,) = the_document["coalescence"]
    assert (vein["structure"], vein["class"]) == ("internal_jugular_vein_right", "patent")
    assert pair["nodes"] == ["node_ball", "node_other"]
    assert {"fat_plane", "convexity", "notch", "separability"} <= pair.keys()
    muscle = next(each for each in the_document["infiltration"] if each["role"] == "muscle")
    assert (muscle["node"], muscle["structure"]) == ("node_ball", "sternocleidomastoid_left")
    assert all(each["reason"] for each in (vein, pair, muscle))


def test_every_class_and_place_is_of_the_contract(the_document: dict[str, Any]) -> None:
    for each in objects_in(the_document):
        assert each.get("evidence_class") in CLASSES
        if each.get("evidence_class") == "not_assessable":
            assert each["reason"]
        if each.get("place") is not None:
            assert len(each["place"]["ras_mm"]) == 3


def test_every_threshold_that_was_used_is_explained(the_document: dict[str, Any]) -> None:
    rows = {row["name"]: row for row in the_document["preferences"]}
    used = {
        name
        for each in objects_in(the_document)
        if isinstance(each.get("preferences"), dict)
        for name in each["preferences"]
    }
    assert used
    assert used <= rows.keys()
    assert all(rows[name]["remark"] for name in used)


def test_without_an_image_what_needs_it_is_not_assessable_with_the_reason(the_neck: SmallNeck) -> None:
    document = measure_case(None, the_neck.segmentation).to_json()
    node = document["nodes"][0]

    assert document["image"] is None
    assert node["greatest_dimension_mm"] > 20
    assert node["spikes"] == []
    for part in (node["spike_survey"], node["stranding"], document["contacts"][0]["fat_plane"]):
        assert part["evidence_class"] == "not_assessable"
        assert "there is no image" in part["reason"]


def test_an_empty_node_has_nulls_and_a_reason(the_neck: SmallNeck) -> None:
    empty = segment_of("node_empty", np.zeros_like(the_neck.masks["node_ball"]))
    segmentation = replace(the_neck.segmentation, segments=(empty,))
    document = json.loads(document_text(measure_case(None, segmentation).to_json()))

    (node,) = document["nodes"]
    assert node["greatest_dimension_mm"] is None
    assert "empty" in node["reason"]
    assert any(warning.startswith("size of node_empty") for warning in document["warnings"])


@pytest.mark.parametrize(
    ("value", "written"), [(1.2345, 1.23), (-0.0001, 0.0), (float("nan"), None), (float("inf"), None), (None, None)]
)
def test_numbers_are_rounded_and_what_json_has_not_is_null(value: float | None, written: float | None) -> None:
    assert number(value) == written
    assert str(number(-0.0001)) == "0.0"


def a_reading_of(*names: str, evidence: tuple[Evidence, ...] = ()) -> Reading:
    nodes = [
        Node(f"N{number}", Side.LEFT, NeckLevel.III, segment_id=name, evidence=evidence)
        for number, name in enumerate(names, start=1)
    ]
    return Reading("X1", nodes=tuple(nodes))


def test_evidence_has_class_place_and_thresholds_and_is_a_valid_document(the_neck: SmallNeck) -> None:
    reading = a_reading_of("node_cuff", "node_ball", "node_other")
    segments = match_segments(reading, the_neck.segmentation)
    case = measure_case(the_neck.image, the_neck.segmentation, nodes=segments.segment_of)
    measured = reading_with_measurements(reading, segments, case).reading
    (angle,) = [each for each in measured.node("N1").evidence if each.kind == "contact_angle"]

    assert reading_from_json(reading_to_json(measured)) == measured
    assert (angle.structure, angle.unit, angle.evidence_class) == (
        "common_carotid_artery_right", "deg", EvidenceClass.INDETERMINATE,
    )  # fmt: skip
    assert angle.value == pytest.approx(220, abs=5)
    assert angle.uncertainty
    assert angle.place is not None
    assert angle.method is not None
    assert "contact.tolerance_mm 0.5" in angle.method
    assert [each.structure for each in measured.node("N2").evidence if each.kind == "notch_angle"] == ["N3"]
    assert all(each.method for node in measured.nodes or () for each in node.evidence)


def test_evidence_never_sets_a_finding(the_neck: SmallNeck) -> None:
    reading = a_reading_of("node_cuff", "node_ball")
    segments = match_segments(reading, the_neck.segmentation)
    case = measure_case(the_neck.image, the_neck.segmentation, nodes=segments.segment_of)

    measured = reading_with_measurements(reading, segments, case).reading
    assert all(node.findings == () for node in measured.nodes or ())
    assert measured.node("N1").level is NeckLevel.III


def test_earlier_measurements_are_replaced_also_where_nothing_is_found_any_more(the_neck: SmallNeck) -> None:
    stale = Evidence("contact_angle", "common_carotid_artery_left", 300.0, "deg")
    seen = Evidence("hilum_seen", method="by eye")
    reading = a_reading_of("node_ball", evidence=(stale, seen))
    segments = match_segments(reading, the_neck.segmentation)
    case = measure_case(None, the_neck.segmentation, nodes=segments.segment_of)
    once = reading_with_measurements(reading, segments, case).reading

    assert stale not in once.node("N1").evidence
    assert seen in once.node("N1").evidence
    assert reading_with_measurements(once, segments, case).reading == once


def test_a_vessel_too_thin_for_its_grid_is_evidence_that_cannot_be_assessed(the_neck: SmallNeck) -> None:
    right, front, _ = places_ras_mm()
    thin = (np.hypot(right - 8.6, front) < 1.0) & ~the_neck.masks["node_cuff"]
    neck = SmallNeck(the_neck.hu, {**the_neck.masks, "internal_carotid_artery_right": thin})
    case = measure_case(neck.image, neck.segmentation)

    (angle,) = [each for each in case.evidence_for("node_cuff") if each.structure == "internal_carotid_artery_right"]
    assert (angle.kind, angle.value, angle.evidence_class) == ("contact_angle", None, EvidenceClass.NOT_ASSESSABLE)
    assert "too thin for the grid" in (angle.method or "")
