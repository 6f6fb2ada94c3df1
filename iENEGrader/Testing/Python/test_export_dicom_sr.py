"""DICOM structured reports: the same reading comes back, and other programs find what they look for."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import highdicom
import numpy as np
import pydicom
import pytest
from dicom_builders import ct_voxels, write_ct_series
from dicom_export_builders import (
    SOFTWARE,
    VESSEL,
    a_full_reading,
    a_made_source,
    a_segmentation,
    complaints,
    output_of,
)
from HeadNeckNodesLib.errors import InputError
from hypothesis import HealthCheck, given, settings
from iENEGraderLib.export.dicom.seg import Algorithm, AlgorithmKind, write_segmentation
from iENEGraderLib.export.dicom.source_series import read_source_series
from iENEGraderLib.export.dicom.sr import further_evidence, write_sr
from iENEGraderLib.export.dicom.sr_reading import reading_from_sr
from iENEGraderLib.measure.case.measure_case import measure_case
from iENEGraderLib.reading import Evidence, Reading, is_intact, signed
from iENEGraderLib.rules import assess
from pydicom.sr.codedict import codes
from reading_builders import readings
from segment_builders import GRID, a_segmentation_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from iENEGraderLib.export.dicom.seg import WrittenSegmentation
    from iENEGraderLib.export.dicom.source_series import SourceSeries

VOLUME = Evidence("volume", None, 1234.5, "mm3", method="sum of the voxels")


@pytest.fixture(scope="module")
def a_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("sr")


@pytest.fixture(scope="module")
def a_source(a_folder: Path) -> SourceSeries:
    return a_made_source(a_folder / "ct")


@pytest.fixture(scope="module")
def a_seg(a_source: SourceSeries, a_folder: Path) -> WrittenSegmentation:
    return write_segmentation(
        a_segmentation(a_source.image.geometry),
        a_source,
        a_folder / "seg.dcm",
        algorithm=Algorithm(AlgorithmKind.MANUAL),
        software=SOFTWARE,
        reading=a_full_reading(),
    )


@pytest.fixture(scope="module")
def a_report(a_source: SourceSeries, a_seg: WrittenSegmentation, a_folder: Path) -> Path:
    path = a_folder / "sr.dcm"
    write_sr(a_full_reading(), a_source, path, software=SOFTWARE, written=a_seg, further={"N1": [VOLUME]})
    return path


def items(data: Any, name: Any) -> list[Any]:
    """Return the items of a concept name directly below one item."""
    value = name if isinstance(name, str) else name.value
    return [each for each in data.ContentSequence if each.ConceptNameCodeSequence[0].CodeValue == value]


def named(data: Any, meaning: str) -> list[Any]:
    """Return the items whose concept name has this meaning."""
    return [each for each in data.ContentSequence if each.ConceptNameCodeSequence[0].CodeMeaning == meaning]


def groups(path: Path) -> list[Any]:
    """Return the groups of measurements: of the case, and of each node."""
    (measurements,) = items(pydicom.dcmread(path), codes.DCM.ImagingMeasurements)
    return items(measurements, codes.DCM.MeasurementGroup)


@pytest.mark.parametrize(
    "reading",
    [
        a_full_reading(),
        signed(a_full_reading(), "R 1", "2026-01-02T00:00:00Z"),
        Reading("not assessed", nodes=None),
        Reading("no nodes"),
    ],
    ids=lambda reading: reading.case_id,
)
def test_the_same_reading_comes_back(
    reading: Reading, a_source: SourceSeries, a_seg: WrittenSegmentation, tmp_path: Path
) -> None:
    write_sr(reading, a_source, tmp_path / "sr.dcm", software=SOFTWARE, written=a_seg, further={"N1": [VOLUME]})
    back = reading_from_sr(tmp_path / "sr.dcm")
    assert back == reading
    assert is_intact(back) == (reading.signature is not None)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(reading=readings())
def test_any_reading_comes_back(reading: Reading, a_source: SourceSeries, a_folder: Path) -> None:
    write_sr(reading, a_source, a_folder / "any.dcm", software=SOFTWARE)
    assert reading_from_sr(a_folder / "any.dcm") == reading


def test_the_group_of_a_node_refers_to_its_segment(a_report: Path, a_seg: WrittenSegmentation) -> None:
    report = highdicom.sr.srread(a_report)
    segment = a_seg.segments[0]
    (group,) = report.content.get_volumetric_roi_measurement_groups(tracking_uid=segment.tracking_uid)
    assert group.tracking_identifier == "N1"
    assert group.finding_type == codes.SCT.NeoplasmSecondary
    assert group.referenced_segment.referenced_segment_numbers == [1]
    assert group.referenced_segment.referenced_sop_instance_uid == a_seg.header.SOPInstanceUID
    (site,) = group.finding_sites
    assert site.laterality == codes.SCT.Right


def test_nodes_without_segment_and_the_case_have_groups_of_their_own(a_report: Path) -> None:
    report = highdicom.sr.srread(a_report)
    found = report.content.get_image_measurement_groups()
    assert [group.tracking_identifier for group in found] == ["case", "N2"]


def test_a_contact_angle_names_the_vessel_its_error_and_the_place(a_report: Path, a_source: SourceSeries) -> None:
    (angle,) = named(groups(a_report)[1], "Contact angle with a vessel")
    measured = angle.MeasuredValueSequence[0]
    assert (measured.FloatingPointValue, measured.MeasurementUnitsCodeSequence[0].CodeValue) == (212.3, "deg")
    (site,) = items(angle, codes.SCT.FindingSite)
    assert site.ConceptCodeSequence[0].CodeValue == "86117002"
    assert items(site, codes.SCT.Laterality)[0].ConceptCodeSequence[0].CodeValue == "24028007"
    assert [named(angle, f"{sign} measurement uncertainty")[0].MeasuredValueSequence[0].FloatingPointValue
            for sign in ("+, range of upper", "-, range of lower")] == [12.0, 12.0]  # fmt: skip
    (place,) = [each for each in angle.ContentSequence if each.ValueType == "SCOORD3D"]
    assert np.allclose(place.GraphicData, (a_source.image.geometry.ijk_to_lps @ (6, 4, 2, 1))[:3], atol=1e-4)
    assert place.ReferencedFrameOfReferenceUID == a_source.frame_of_reference_uid
    (image,) = [each for each in angle.ContentSequence if each.ValueType == "IMAGE"]
    assert image.ReferencedSOPSequence[0].ReferencedSOPInstanceUID == a_source.headers[2].SOPInstanceUID


def test_units_are_ucum_where_they_have_a_code_and_words_where_not(a_report: Path) -> None:
    def unit(item: Any) -> tuple[str, str]:
        code = item.MeasuredValueSequence[0].MeasurementUnitsCodeSequence[0]
        return code.CodingSchemeDesignator, code.CodeValue

    node = groups(a_report)[1]
    assert unit(named(node, "Iodine concentration")[0]) == ("UCUM", "mg/mL")
    hounsfield, odd = named(node, "Other measurement")
    assert unit(hounsfield) == ("UCUM", "[hnsf'U]")
    assert unit(odd) == ("99HNN", "9001")
    assert named(odd, "Unit")[0].TextValue == "furlong/fortnight"


def test_a_value_of_perfusion_says_that_it_is_a_median_and_not_for_staging(
    a_source: SourceSeries, tmp_path: Path
) -> None:
    ktrans = Evidence("perfusion_ktrans", None, 0.25, "/min", method="extended Tofts model")
    iodine = Evidence("iodine_concentration", None, 2.5, "mg/mL")
    first, *others = a_full_reading().nodes or ()
    reading = a_full_reading().with_nodes([replace(first, evidence=(ktrans, iodine)), *others])

    write_sr(reading, a_source, tmp_path / "sr.dcm", software=SOFTWARE)

    assert reading_from_sr(tmp_path / "sr.dcm") == reading
    group = groups(tmp_path / "sr.dcm")[1]
    (value,) = items(group, "126312")
    measured = value.MeasuredValueSequence[0]
    assert (measured.NumericValue, measured.MeasurementUnitsCodeSequence[0].CodeValue) == (0.25, "/min")
    assert items(value, "121401")[0].ConceptCodeSequence[0].CodeMeaning == "Median"
    assert [each.TextValue for each in items(value, "1143")] == ["not recommended for N staging"]
    assert items(items(group, "2026")[0], "121401")[0].ConceptCodeSequence[0].CodeMeaning == "Mean"
    assert complaints("dciodvfy", "-new", tmp_path / "sr.dcm") == []


def test_the_library_says_once_what_all_images_share(a_report: Path, a_source: SourceSeries) -> None:
    (library,) = items(pydicom.dcmread(a_report), codes.DCM.ImageLibrary)
    (group,) = items(library, codes.DCM.ImageLibraryGroup)
    described = [each for each in group.ContentSequence if each.ValueType != "IMAGE"]
    images = [each for each in group.ContentSequence if each.ValueType == "IMAGE"]
    assert [each.ReferencedSOPSequence[0].ReferencedSOPInstanceUID for each in images] == [
        each.SOPInstanceUID for each in a_source.headers
    ]
    assert not any("ContentSequence" in each for each in images)
    (modality,) = [each for each in described if each.ConceptNameCodeSequence[0].CodeValue == "121139"]
    assert modality.ConceptCodeSequence[0].CodeValue == "CT"
    meanings = {each.ConceptNameCodeSequence[0].CodeMeaning for each in described}
    assert {"Frame of Reference UID", "Horizontal Pixel Spacing"} <= meanings
    assert not any("Position" in each for each in meanings)


def test_a_level_that_was_proposed_is_the_answer(a_source: SourceSeries, tmp_path: Path) -> None:
    proposed = [
        Evidence("proposed_level", f"neck_level_{each}", method="by landmarks") for each in ("IIA", "elsewhere")
    ]
    first, *others = a_full_reading().nodes or ()
    reading = a_full_reading().with_nodes([replace(first, evidence=tuple(proposed)), *others])

    write_sr(reading, a_source, tmp_path / "sr.dcm", software=SOFTWARE)

    assert reading_from_sr(tmp_path / "sr.dcm") == reading
    found = named(groups(tmp_path / "sr.dcm")[1], "Proposed neck level")
    answers = [each.ConceptCodeSequence[0].CodeMeaning for each in found]
    assert answers == ["Neck level IIA", "Not compared with a criterion"]


def test_results_stand_before_what_they_follow_from(a_report: Path) -> None:
    meanings = [each.ConceptNameCodeSequence[0].CodeMeaning for each in groups(a_report)[0].ContentSequence]
    assert (
        meanings.index("iENE grade of the patient")
        < meanings.index("N category, UICC 9")
        < meanings.index("T category")
    )


def test_findings_are_evaluations_with_their_certainty(a_report: Path) -> None:
    node = groups(a_report)[1]
    found = [
        named(node, name)[0].ConceptCodeSequence[0].CodeMeaning
        for name in ("Smooth margin", "Perinodal fat spikes", "Muscle invaded")
    ]
    assert found == ["Absent", "Present", "Equivocal"]
    assert named(node, "Skin invaded") == []


def test_grade_category_and_stage_are_those_of_the_rules_with_their_reasons(a_report: Path) -> None:
    assessment = assess(a_full_reading())
    case, node, *_ = groups(a_report)
    (grade,) = named(node, "iENE grade of the node")
    assert grade.ConceptCodeSequence[0].CodeMeaning == f"iENE grade {assessment.node('N1').grade}"
    titles = {"UICC9": "UICC 9", "AJCC_current": "AJCC current", "TNM8": "TNM 8"}
    for result in assessment.staging:
        (category,) = named(case, f"N category, {titles[result.edition]}")
        assert category.ConceptCodeSequence[0].CodeMeaning == result.n
        reasons = [each.TextValue for each in named(category, "Reason")]
        assert reasons == list(result.reasons)
        (stage,) = named(case, f"Stage, {titles[result.edition]}")
        assert stage.ConceptCodeSequence[0].CodeMeaning == f"Stage {result.stage}"


def test_a_category_that_cannot_be_given_says_why(a_source: SourceSeries, tmp_path: Path) -> None:
    write_sr(replace(a_full_reading(), site=None), a_source, tmp_path / "sr.dcm", software=SOFTWARE)
    case = groups(tmp_path / "sr.dcm")[0]
    (category,) = named(case, "N category, UICC 9")
    assert category.ConceptCodeSequence[0].CodeMeaning == "N category cannot be given"
    assert "site: not chosen" in named(category, "Reason")[0].TextValue
    assert named(case, "Stage, UICC 9")[0].ConceptCodeSequence[0].CodeMeaning == "Stage cannot be given"


def test_measurements_beyond_the_reading_stay_out_of_it(a_report: Path) -> None:
    (volume,) = named(groups(a_report)[1], "Volume")
    assert volume.MeasuredValueSequence[0].FloatingPointValue == 1234.5
    assert "volume" not in {each.kind for each in reading_from_sr(a_report).node("N1").evidence}


def test_volume_and_contact_of_a_measured_case_are_offered_beyond_the_reading() -> None:
    segmentation = a_segmentation_of(
        ("node_1", (30.0, 0.0, 10.0), 10.0), ("common_carotid_artery_right", (18.0, 0.0, 10.0), 3.0)
    )
    rows = further_evidence(measure_case(None, segmentation))["node_1"]
    (volume,) = [row for row in rows if row.kind == "volume"]
    expected = segmentation.named("node_1").mask().sum() * GRID.voxel_volume_mm3
    assert volume.value == pytest.approx(expected, abs=0.06)


def test_the_reader_is_an_observer_only_when_the_reading_names_one(
    a_report: Path, a_source: SourceSeries, tmp_path: Path
) -> None:
    data = pydicom.dcmread(a_report)
    assert str(items(data, codes.DCM.PersonObserverName)[0].PersonName) == "R 1^"
    assert items(data, codes.DCM.DeviceObserverName)[0].TextValue == SOFTWARE
    write_sr(replace(a_full_reading(), reader=""), a_source, tmp_path / "sr.dcm", software=SOFTWARE)
    nameless = pydicom.dcmread(tmp_path / "sr.dcm")
    assert items(nameless, codes.DCM.PersonObserverName) == []
    assert len(items(nameless, codes.DCM.DeviceObserverUID)) == 1


def test_a_report_is_complete_and_final_when_the_reading_is_signed(
    a_report: Path, a_source: SourceSeries, tmp_path: Path
) -> None:
    draft = pydicom.dcmread(a_report)
    assert (draft.CompletionFlag, draft.PreliminaryFlag) == ("PARTIAL", "PRELIMINARY")
    reading = signed(a_full_reading(), "R 1", "2026-01-02T00:00:00Z")
    final = write_sr(reading, a_source, tmp_path / "sr.dcm", software=SOFTWARE)
    assert (final.CompletionFlag, final.PreliminaryFlag, final.VerificationFlag) == ("COMPLETE", "FINAL", "UNVERIFIED")


def test_text_in_any_language_stands_beside_a_patient_in_another_character_set(tmp_path: Path) -> None:
    write_ct_series(
        tmp_path / "ct", ct_voxels(), SpecificCharacterSet="ISO_IR 100", PatientName="Müller^Ä",
        StudyInstanceUID="2.25.11", FrameOfReferenceUID="2.25.12",
    )  # fmt: skip
    reading = replace(a_full_reading(), reader="Dr Kovács 王")
    write_sr(reading, read_source_series(tmp_path / "ct"), tmp_path / "sr.dcm", software=SOFTWARE)
    assert str(pydicom.dcmread(tmp_path / "sr.dcm").PatientName) == "Müller^Ä"
    assert reading_from_sr(tmp_path / "sr.dcm") == reading
    assert complaints("dciodvfy", "-new", tmp_path / "sr.dcm") == []


def test_a_reading_that_could_not_be_loaded_again_is_not_written(a_source: SourceSeries, tmp_path: Path) -> None:
    node = replace(a_full_reading().node("N1"), greatest_dimension_mm=-1.0)
    with pytest.raises(InputError, match="greatest_dimension_mm"):
        write_sr(a_full_reading().with_node(node), a_source, tmp_path / "sr.dcm", software=SOFTWARE)
    assert not list(tmp_path.iterdir())


def test_files_that_are_no_report_are_refused(a_folder: Path, a_seg: WrittenSegmentation, tmp_path: Path) -> None:
    del a_seg
    (tmp_path / "note.txt").write_text("no report")
    for path, message in (
        (tmp_path / "note.txt", "no DICOM file"),
        (a_folder / "ct" / "0001.dcm", "found CT; expected a structured report"),
        (a_folder / "seg.dcm", "found SEG; expected a structured report"),
    ):
        with pytest.raises(InputError, match=message):
            reading_from_sr(path)


def test_a_report_whose_codes_are_not_ours_is_refused(a_report: Path, tmp_path: Path) -> None:
    data = pydicom.dcmread(a_report)
    (measurements,) = items(data, codes.DCM.ImagingMeasurements)
    node = items(measurements, codes.DCM.MeasurementGroup)[1]
    named(node, "Neck level")[0].ConceptCodeSequence[0].CodeValue = "4999"
    data.save_as(tmp_path / "sr.dcm")
    with pytest.raises(InputError, match=r"answers level with 4999 \(99HNN\)"):
        reading_from_sr(tmp_path / "sr.dcm")


@pytest.mark.shared_data
def test_a_report_of_another_program_is_refused(shared_data: Callable[[str], Path]) -> None:
    with pytest.raises(InputError, match="found SR; expected a structured report"):
        reading_from_sr(shared_data("dcmqi-sr-example") / "sr.dcm")


def test_checkers_find_no_error(a_report: Path, a_folder: Path) -> None:
    assert complaints("dciodvfy", "-new", a_report) == []
    assert complaints("dcentvfy", a_report, a_folder / "seg.dcm", *sorted((a_folder / "ct").iterdir())) == []


def test_dcmtk_shows_the_report(a_report: Path) -> None:
    shown = output_of("dsrdump", "+Pl", a_report)
    assert '"Contact angle with a vessel")="212.3"' in shown
    assert VESSEL in shown


def test_dcmqi_reads_the_measurements_of_the_nodes(a_report: Path, a_seg: WrittenSegmentation, tmp_path: Path) -> None:
    output_of("tid1500reader", "--inputDICOM", a_report, "--outputMetadata", tmp_path / "sr.json")
    case, first, second = json.loads((tmp_path / "sr.json").read_text())["Measurements"]
    assert (first["TrackingIdentifier"], second["TrackingIdentifier"], case["TrackingIdentifier"]) == (
        "N1",
        "N2",
        "case",
    )
    assert first["TrackingUniqueIdentifier"] == a_seg.segments[0].tracking_uid
    assert first["ReferencedSegment"] == 1
    assert first["Laterality"]["CodeMeaning"] == "Right"
    values = {each["quantity"]["CodeMeaning"]: each["value"] for each in first["measurementItems"]}
    assert values["Contact angle with a vessel"] == "212.3"
    answers = {each["conceptCode"]["CodeMeaning"]: each["conceptValue"] for each in first["qualitativeEvaluations"]}
    assert answers["Muscle invaded"]["CodeMeaning"] == "Equivocal"
