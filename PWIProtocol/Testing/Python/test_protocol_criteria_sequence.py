"""Technique, sequence, geometry, coil, field and fat suppression: each met, not met, and undecidable."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from checked_studies import a_short_plan, checked, result_of
from PWIProtocolLib.protocol.checker import WITHOUT_DYNAMIC
from PWIProtocolLib.protocol.verdict import Verdict
from study_plan import Vendor

if TYPE_CHECKING:
    from study_plan import StudyPlan

MET, OPTIMAL, NOT_MET, OPEN = Verdict.MET, Verdict.OPTIMAL, Verdict.NOT_MET, Verdict.CANNOT_TELL


def plan(**fields: Any) -> StudyPlan:
    return a_short_plan(**fields)


GAP_HIDDEN = plan(vendor=Vendor.GE, spacing_mm=3.6).changed(SpacingBetweenSlices=3.0)
UNIT_UNKNOWN = plan(field_t=1.5).changed(MagneticFieldStrength=1500).without("ImagingFrequency")
CASES: dict[str, tuple[str, StudyPlan, Verdict]] = {
    "repeated volumes": ("dce_technique", plan(), MET),
    "echo-planar volumes": ("dce_technique", plan().changed(ScanningSequence=["EP", "GR"]), NOT_MET),
    "an unnamed sequence": ("dce_technique", plan().without("ScanningSequence"), OPEN),
    "repeats without time or bolus": ("dce_technique", plan(timed=False, arrival_frame=None), OPEN),
    "3D FLASH": ("sequence_3d_spgr_t1", plan(), MET),
    "2D slices": ("sequence_3d_spgr_t1", plan(is_3d=False), NOT_MET),
    "no spoiling": ("sequence_3d_spgr_t1", plan(spoiled=False), NOT_MET),
    "an inversion": ("sequence_3d_spgr_t1", plan().changed(ScanningSequence=["GR", "IR"]), NOT_MET),
    "a long echo time": ("sequence_3d_spgr_t1", plan().changed(EchoTime=25.0), NOT_MET),
    "no echo time": ("sequence_3d_spgr_t1", plan().without("EchoTime"), OPEN),
    "no acquisition type": ("sequence_3d_spgr_t1", plan().without("MRAcquisitionType"), OPEN),
    "spoiling unsaid": ("sequence_3d_spgr_t1", plan(private=False).without("SequenceVariant", "SequenceName"), OPEN),
    "axial slices": ("axial", plan(), MET),
    "slices tilted by 15 degrees": ("axial", plan(tilt_deg=15.0), MET),
    "slices tilted by 30 degrees": ("axial", plan(tilt_deg=30.0), NOT_MET),
    "coronal slices": ("axial", plan(tilt_deg=90.0), NOT_MET),
    "no orientation": ("axial", plan().without("ImageOrientationPatient"), OPEN),
    "3 T": ("field_strength", plan(), MET),
    "1.494 T": ("field_strength", plan(field_t=1.494), MET),
    "2.89 T": ("field_strength", plan(field_t=2.89), MET),
    "15000 gauss": ("field_strength", plan(field_t=1.5).changed(MagneticFieldStrength=15000), MET),
    "1500 of no known unit": ("field_strength", UNIT_UNKNOWN, OPEN),
    "7 T": ("field_strength", plan(field_t=7.0), NOT_MET),
    "0.35 T": ("field_strength", plan(field_t=0.35), NOT_MET),
    "a frequency of another field": ("field_strength", plan().changed(ImagingFrequency=63.7), OPEN),
    "no field": ("field_strength", plan().without("MagneticFieldStrength"), OPEN),
    "a head and neck coil": ("coil", plan(), MET),
    "a spine coil": ("coil", plan(coil="Spine_32"), NOT_MET),
    "MULTI COIL": ("coil", plan(coil="MULTI COIL"), OPEN),
    "slices of 3 mm": ("slice_thickness", plan(), OPTIMAL),
    "slices of 4 mm": ("slice_thickness", plan(thickness_mm=4.0, spacing_mm=4.0), MET),
    "slices of 4.2 mm": ("slice_thickness", plan(thickness_mm=4.2, spacing_mm=4.2), NOT_MET),
    "no thickness": ("slice_thickness", plan().without("SliceThickness"), OPEN),
    "slices side by side": ("no_gap", plan(), MET),
    "overlapping slices": ("no_gap", plan(spacing_mm=1.5), MET),
    "a gap of 0.3 mm": ("no_gap", plan(spacing_mm=3.3), NOT_MET),
    "a gap that the tag hides": ("no_gap", GAP_HIDDEN, NOT_MET),
    "a single slice": ("no_gap", plan(slices=1), OPEN),
    "no positions": ("no_gap", plan().without("ImagePositionPatient"), OPEN),
    "pixels of 1.5 mm": ("in_plane_resolution", plan(), MET),
    "pixels of 2.083 mm": ("in_plane_resolution", plan(pixel_mm=2.083, acquired_mm=2.083), NOT_MET),
    "pixels of 1.5 mm from 3 mm": ("in_plane_resolution", plan(acquired_mm=3.0), NOT_MET),
    "no pixel spacing": ("in_plane_resolution", plan().without("PixelSpacing"), OPEN),
    "fat saturation": ("fat_suppression", plan(), MET),
    "none by the protocol": ("fat_suppression", plan(fat_suppressed=False), NOT_MET),
    "nothing about fat": ("fat_suppression", plan(private=False).without("ScanOptions", "SequenceName"), OPEN),
}


@pytest.mark.parametrize("case", CASES)
def test_a_criterion_is_judged_as_its_study_deserves(case: str) -> None:
    criterion, study, verdict = CASES[case]
    found = result_of(criterion, study)
    assert found.verdict is verdict, found.reason
    assert found.satisfied is {MET: True, OPTIMAL: True, NOT_MET: False}.get(verdict)
    assert (found.value is None) is (verdict is OPEN)
    assert found.reason
    if verdict is not OPEN:
        assert found.evidence.attribute
        assert found.evidence.file


def test_the_case_list_decides_every_criterion_three_ways() -> None:
    for criterion in {criterion for criterion, _, _ in CASES.values()}:
        verdicts = {verdict for name, _, verdict in CASES.values() if name == criterion}
        assert {MET, NOT_MET, OPEN} <= verdicts | ({MET} if OPTIMAL in verdicts else set())


@pytest.mark.parametrize("image", ["W", "WATER"])
def test_the_water_image_of_a_dixon_method_is_fat_suppressed(image: str) -> None:
    study = plan(fat_suppressed=False, private=False).without("ScanOptions")
    assert result_of("fat_suppression", study.changed(ImageType=["ORIGINAL", "PRIMARY", image])).verdict is MET


@pytest.mark.parametrize("image", ["F", "IN_PHASE"])
def test_other_images_of_a_dixon_method_are_no_evidence_of_fat_suppression(image: str) -> None:
    study = plan(fat_suppressed=False, private=False).without("ScanOptions")
    found = result_of("fat_suppression", study.changed(ImageType=["ORIGINAL", "PRIMARY", image]))
    assert found.verdict not in (MET, OPTIMAL)


@pytest.mark.parametrize("vendor", [Vendor.SIEMENS_XA, Vendor.PHILIPS_ENHANCED, Vendor.CANON_ENHANCED])
def test_an_enhanced_file_without_fat_suppression_or_spoiling_says_so(vendor: Vendor) -> None:
    check = checked(plan(vendor=vendor, fat_suppressed=False, spoiled=False))
    assert check.result("fat_suppression").verdict is NOT_MET
    assert check.result("sequence_3d_spgr_t1").verdict is NOT_MET


def test_gauss_are_read_as_such_with_a_note() -> None:
    found = result_of("field_strength", plan(field_t=1.5).changed(MagneticFieldStrength=15000))
    assert found.value == 1.5
    assert any("gauss" in note for note in found.warnings)


def test_the_acquired_resolution_stands_next_to_the_reconstructed_one() -> None:
    found = result_of("in_plane_resolution", plan(acquired_mm=3.0))
    assert found.value == 3.0
    assert "interpolated" in found.reason
    assert any("acquired with 3 x 3 mm" in note for note in found.warnings)


@pytest.mark.parametrize(("percent", "verdict"), [(100.0, NOT_MET), (90.0, NOT_MET), (75.0, OPEN)])
def test_an_image_padded_beyond_its_field_of_view_may_be_finer_than_it_seems(percent: float, verdict: Verdict) -> None:
    coarse = plan(vendor=Vendor.PHILIPS_ENHANCED).changed(MRAcquisitionPhaseEncodingStepsInPlane=10)
    found = result_of("in_plane_resolution", coarse.changed(PercentPhaseFieldOfView=percent))
    assert found.verdict is verdict, found.reason
    assert ("padded" in found.reason) is (verdict is OPEN)


def test_interpolated_slices_are_met_with_their_spacing_told() -> None:
    found = result_of("slice_thickness", plan(spacing_mm=1.5))
    assert found.verdict is OPTIMAL
    assert any("1.5 mm apart" in note for note in found.warnings)


def test_a_tag_that_disagrees_with_the_positions_is_told() -> None:
    found = result_of("no_gap", GAP_HIDDEN)
    assert any("SpacingBetweenSlices says 3 mm, the positions 3.6 mm" in note for note in found.warnings)
    assert found.value == pytest.approx(0.6)


def test_without_a_dynamic_series_nothing_is_claimed() -> None:
    check = checked(plan(frames=1, cover_deg=(5.0,)))
    assert check.dynamic == ""
    for each in check.criteria:
        if each.criterion_id not in WITHOUT_DYNAMIC or each.criterion_id == "dce_technique":
            assert each.verdict is OPEN
