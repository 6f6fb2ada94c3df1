"""Reading documents come back from a file as they went in, and a failed save costs nothing."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.reading import (
    Certainty,
    Classification,
    ClinicalEneThreshold,
    Evidence,
    EvidenceClass,
    Finding,
    FindingKind,
    MarkerStatus,
    MCategory,
    NeckLevel,
    Node,
    Place,
    Reading,
    Side,
    Site,
    TCategory,
    YesNo,
    load_reading,
    reading_from_json,
    reading_from_text,
    reading_to_json,
    reading_to_text,
    save_reading,
)
from reading_builders import EXAMPLE, a_document

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def the_example() -> Reading:
    """What the example of the contract says, written out by hand."""
    angle = Evidence("contact_angle", "internal_carotid_artery", 212.0, "deg", place=Place((1.0, 2.0, 3.0)))
    node = Node(
        id="N1",
        side=Side.RIGHT,
        level=NeckLevel.IIA,
        count=1,
        greatest_dimension_mm=24.0,
        extends_below_cricoid=False,
        segment_id="Segment_1",
        findings=(
            Finding(FindingKind.FAT_SPIKES, Certainty.UNEQUIVOCAL),
            Finding(FindingKind.MUSCLE_INVASION, Certainty.EQUIVOCAL),
        ),
        evidence=(angle,),
    )
    return Reading(
        case_id="X1",
        site=Site.OROPHARYNX,
        t_category=TCategory.T2,
        m_category=MCategory.M0,
        nodes=(node,),
        reader="R1",
        read_at="2026-11-22T10:00:00Z",
        p16=MarkerStatus.POSITIVE,
        ebv=MarkerStatus.UNKNOWN,
        untested_p16_as_negative=False,
        primary_side=Side.RIGHT,
        metastatic_lesions=0,
        classification=Classification.CLINICAL,
        clinical_ene=False,
        recent_biopsy=YesNo.NO,
        prior_treatment=YesNo.NO,
        clinical_ene_imaging_threshold=ClinicalEneThreshold.GRADE_3,
    )


@pytest.fixture
def a_file(tmp_path: Path) -> Path:
    return tmp_path / "case.json"


def test_the_example_of_the_contract_loads_with_its_values(a_file: Path, the_example: Reading) -> None:
    a_file.write_text(EXAMPLE, encoding="utf-8")
    assert load_reading(a_file) == the_example


def test_a_saved_reading_loads_again_as_it_was(a_file: Path, the_example: Reading) -> None:
    save_reading(the_example, a_file)
    assert load_reading(str(a_file)) == the_example


def test_a_saved_example_holds_every_value_of_the_original_in_its_order(a_file: Path, the_example: Reading) -> None:
    save_reading(the_example, a_file)
    saved, original = json.loads(a_file.read_text(encoding="utf-8")), json.loads(EXAMPLE)
    assert (saved.pop("untested_p16_as_negative"), saved.pop("cENE_imaging_threshold")) == (False, "3")
    assert json.dumps(saved) == json.dumps(original)


def test_fields_that_may_be_missing_have_the_defaults_of_the_reading() -> None:
    node = {"id": "N1", "side": "left", "level": "III"}
    smallest = {"schema": "hnn-reading/1", "case_id": "X1", "T": "TX", "M": "M0", "nodes": [node]}
    assert reading_from_json(smallest) == Reading("X1", nodes=(Node("N1", Side.LEFT, NeckLevel.III),))


@pytest.mark.parametrize(("nodes", "loaded"), [(None, None), ([], ())])
def test_nodes_null_means_not_assessed_and_an_empty_list_means_none(nodes: object, loaded: object) -> None:
    reading = reading_from_json(a_document("nodes", nodes))
    assert reading.nodes == loaded
    assert reading_from_text(reading_to_text(reading)) == reading


def test_evidence_may_be_an_observation_without_a_number() -> None:
    reading = reading_from_json(a_document("nodes[0].evidence", [{"kind": "spike", "value": None}]))
    assert reading.node("N1").evidence == (Evidence("spike"),)


def test_evidence_keeps_its_uncertainty_and_method() -> None:
    evidence = {"kind": "size", "value": 24, "unit": "mm", "uncertainty": 0.5, "method": "Feret diameter"}
    reading = reading_from_json(a_document("nodes[0].evidence", [evidence]))
    assert reading.node("N1").evidence == (Evidence("size", None, 24.0, "mm", 0.5, "Feret diameter"),)


@pytest.mark.parametrize("count", [2, 2.0])
def test_a_whole_number_may_be_written_with_a_decimal_point(count: float) -> None:
    read = reading_from_json(a_document("nodes[0].count", count)).node("N1").count
    assert (read, type(read)) == (2, int)


@pytest.mark.parametrize("value", ["2", 2, 2.0])
def test_the_threshold_may_be_a_word_or_a_number(value: object) -> None:
    reading = reading_from_json(a_document("cENE_imaging_threshold", value))
    assert reading.clinical_ene_imaging_threshold is ClinicalEneThreshold.GRADE_2


@pytest.mark.parametrize(
    "time", ["", "2026-11-22T10:00Z", "2026-11-22T10:00:00+01:00", "2026-11-22T10:00:00.123456789-05:30"]
)
def test_a_time_is_kept_as_it_was_written(time: str) -> None:
    assert reading_from_json(a_document("read_at", time)).read_at == time


def test_names_in_any_script_are_kept_readable_in_the_file(a_file: Path, the_example: Reading) -> None:
    named = replace(the_example, case_id="Fall Ä 7", reader="読影者")
    save_reading(named, a_file)
    assert "読影者" in a_file.read_text(encoding="utf-8")
    assert load_reading(a_file) == named


def test_a_byte_order_mark_as_some_editors_write_it_does_no_harm(a_file: Path, the_example: Reading) -> None:
    a_file.write_text(EXAMPLE, encoding="utf-8-sig")
    assert load_reading(a_file) == the_example


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"case_id": ""}, 'case_id: found ""; expected a name that is not empty, on one line'),
        ({"reader": "\udc80"}, r'reader: found "\udc80"; expected whole characters '),
        ({"metastatic_lesions": 2}, "metastatic_lesions: found 2; expected 0 or null with M0"),
    ],
)
def test_a_reading_that_could_not_be_loaded_again_is_not_saved(
    a_file: Path, the_example: Reading, change: dict[str, object], message: str
) -> None:
    save_reading(the_example, a_file)
    with pytest.raises(InputError) as error:
        save_reading(replace(the_example, **change), a_file)  # type: ignore[arg-type]
    assert str(error.value).startswith(f"{a_file}: {message}")
    assert load_reading(a_file) == the_example


def test_a_size_that_is_not_a_number_is_not_saved(a_file: Path, the_example: Reading) -> None:
    node = replace(the_example.node("N1"), greatest_dimension_mm=math.nan)
    with pytest.raises(InputError, match=r"nodes\[0\].greatest_dimension_mm: found NaN; expected a finite number"):
        save_reading(the_example.with_node(node), a_file)
    assert not a_file.exists()


def test_evidence_keeps_its_class() -> None:
    evidence = {"kind": "contact_angle", "value": 212.0, "unit": "deg", "class": "not_met"}
    reading = reading_from_json(a_document("nodes[0].evidence", [evidence]))
    assert reading.node("N1").evidence[0].evidence_class is EvidenceClass.NOT_MET
    assert reading_to_json(reading)["nodes"][0]["evidence"] == [evidence]
