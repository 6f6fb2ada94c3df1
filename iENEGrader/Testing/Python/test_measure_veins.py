"""The jugular vein: veins of known state, and labels that readers and programs hand over."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from iENEGraderLib.measure.case.evidence.pairs import of_vein
from iENEGraderLib.measure.case.evidence.words import Kind
from iENEGraderLib.measure.case.records.record_types import Outcome, VeinRecord
from iENEGraderLib.measure.evidence_class import EvidenceClass
from iENEGraderLib.measure.preferences import default_preferences
from iENEGraderLib.measure.units import Unit
from iENEGraderLib.measure.veins import VeinState, VeinStatus, vein_status
from scipy import ndimage
from vein_phantoms import BLOOD, MUSCLE, VeinPhantom, VeinPlan, draw_vein, oblique_axes, random_plan

if TYPE_CHECKING:
    from collections.abc import Callable

MET, NOT_MET, INDETERMINATE, NOT_ASSESSABLE = (
    EvidenceClass.MET,
    EvidenceClass.NOT_MET,
    EvidenceClass.INDETERMINATE,
    EvidenceClass.NOT_ASSESSABLE,
)
KINDS = ("patent", "compressed", "obliterated", "filling defect")


@cache
def drawn(plan: VeinPlan, section_mm: float = 1.0, unit: Unit = Unit.IODINE) -> VeinPhantom:
    return draw_vein(plan, section_mm, np.random.default_rng(3), unit=unit)


def measured(phantom: VeinPhantom, unit: Unit | str = Unit.IODINE, **changed: object) -> VeinStatus:
    given = {"image": phantom.image, "vein": phantom.vein, "other_side": phantom.other, "muscle": phantom.muscle}
    return vein_status(nodes={"N1": phantom.node}, unit=unit, **{**given, **changed})


@pytest.mark.parametrize("section_mm", [0.5, 1.0, 3.0])
@pytest.mark.parametrize("kind", KINDS)
def test_a_vein_is_told_from_the_three_other_kinds(kind: str, section_mm: float) -> None:
    rng = np.random.default_rng(round(10 * section_mm) + KINDS.index(kind))
    plan = random_plan(kind, rng)

    found = measured(draw_vein(plan, section_mm, rng, oblique_axes(rng)))

    assert found.status == kind.replace(" ", "_")
    assert found.obliteration is (MET if kind == "obliterated" else NOT_MET)
    assert found.filling_defect is (MET if kind == "filling defect" else NOT_MET)


@pytest.mark.parametrize("kind", KINDS)
def test_ct_in_hounsfield_units_says_the_same_as_iodine(kind: str) -> None:
    phantom = drawn(VeinPlan(kind), unit=Unit.HU)

    found = measured(phantom, Unit.HU)

    assert found.status == kind.replace(" ", "_")


def test_a_patent_vein_keeps_its_area_and_that_of_the_other_side() -> None:
    found = measured(drawn(VeinPlan("patent", tilt_deg=25), 0.5))

    assert found.reference_area_mm2 == pytest.approx(np.pi * 6 * 4, rel=0.03)
    assert found.least_area_share == pytest.approx(1, abs=0.05)
    assert found.other_side_area_share == pytest.approx(1, abs=0.05)
    assert found.tumour_thrombus is NOT_MET
    assert found.warnings == ()


def test_a_compressed_vein_is_measured_and_said_to_be_no_sign_of_invasion() -> None:
    found = measured(drawn(VeinPlan("compressed", depth=0.7)))

    assert found.least_area_share == pytest.approx(0.3, abs=0.04)
    assert found.other_side_area_share == pytest.approx(0.3, abs=0.04)
    assert found.obliteration is NOT_MET
    assert "compression alone is no sign of invasion" in found.reason
    assert found.nodes == ("N1",)


@pytest.mark.parametrize("section_mm", [0.5, 1.0])
def test_a_gap_of_12_mm_is_measured_where_it_is(section_mm: float) -> None:
    phantom = drawn(VeinPlan("obliterated", tilt_deg=5), section_mm)

    found = measured(phantom)

    assert found.gap_mm == pytest.approx(12, abs=1)
    assert found.gap_sections == pytest.approx(12 / section_mm, abs=1 / section_mm)
    middle = phantom.geometry.ras_from_kji((np.array(phantom.vein.shape) - 1) / 2 + [0, 0, -15 / 0.5])
    assert np.linalg.norm(np.subtract(found.place_ras_mm, middle)) < 1.0
    assert found.nodes == ("N1",)


def test_a_gap_of_one_section_is_left_open() -> None:
    phantom = drawn(VeinPlan("compressed"), 3.0)
    vein = phantom.vein.copy()
    vein[len(vein) // 2] = False

    found = measured(phantom, vein=vein, image=None, geometry=phantom.geometry)

    assert (found.gap_sections, found.obliteration) == (1, INDETERMINATE)
    assert found.status is VeinState.COMPRESSED


def test_a_stray_pixel_in_a_gap_is_no_lumen_even_of_a_thin_vein() -> None:
    vein, node = np.zeros((2, 40, 20, 20), dtype=bool)
    vein[:, 8:12, 8:12] = True
    vein[16:24] = False
    vein[20, 9, 9] = True
    node[14:26, 5:15, 13:18] = True

    found = vein_status(None, vein, {"N1": node}, geometry=ImageGeometry((20, 20, 40), (1.0, 1.0, 1.0)))

    assert (found.status, found.gap_mm) == (VeinState.OBLITERATED, pytest.approx(8.0, abs=0.1))


def test_a_gap_at_the_border_of_the_image_is_no_obliteration_even_with_nodes_at_both_ends_of_the_vein() -> None:
    vein, first, last = np.zeros((3, 40, 20, 20), dtype=bool)
    vein[:, 8:12, 8:12] = True
    vein[:8] = False
    vein[:8, 9, 9] = True
    first[4:12, 5:15, 13:18] = True
    last[34:40, 5:15, 13:18] = True
    grid = ImageGeometry((20, 20, 40), (1.0, 1.0, 1.0))

    found = vein_status(None, vein, {"N1": first, "N2": last}, geometry=grid)

    assert (found.obliteration, found.gap_sections) == (INDETERMINATE, 8)
    assert "the label ends there" in found.obliteration_reason


def test_a_gap_without_a_node_near_is_not_taken_for_obliteration() -> None:
    found = measured(drawn(VeinPlan("obliterated", is_node_near=False)))

    assert (found.status, found.obliteration) == (VeinState.NOT_ASSESSABLE, NOT_ASSESSABLE)
    assert "without a node within 6 mm" in found.reason
    assert found.nodes == ()


def test_a_gap_with_a_node_at_one_end_is_left_open() -> None:
    phantom = drawn(VeinPlan("obliterated", half_length_mm=8, tilt_deg=0))
    upper = phantom.node.copy()
    upper[: len(upper) // 2] = False

    found = vein_status(None, phantom.vein, {"N1": upper}, geometry=phantom.geometry)

    assert (found.status, found.obliteration) == (VeinState.NOT_ASSESSABLE, INDETERMINATE)
    assert "one end only" in found.obliteration_reason


def test_an_interrupted_label_of_a_vein_that_enhances_is_a_matter_of_the_label() -> None:
    phantom = drawn(VeinPlan("patent"))
    vein = phantom.vein.copy()
    vein[24:30] = False

    with_image = measured(phantom, vein=vein)
    without = measured(phantom, vein=vein, image=None, geometry=phantom.geometry)

    assert (with_image.status, with_image.obliteration) == (VeinState.NOT_ASSESSABLE, NOT_ASSESSABLE)
    assert "check the label" in with_image.reason
    assert without.gap_sections == with_image.gap_sections == 6


def test_a_lumen_that_ends_in_the_tumour_is_not_called_obliterated() -> None:
    found = measured(drawn(VeinPlan("obliterated", ends_in_tumour=True)))

    assert (found.status, found.obliteration) == (VeinState.NOT_ASSESSABLE, INDETERMINATE)
    assert any("ends in the tumour (N1)" in warning for warning in found.warnings)


def test_a_label_that_tapers_out_away_from_nodes_is_not_compressed() -> None:
    phantom = drawn(VeinPlan("patent", is_node_near=False, tilt_deg=0))
    vein = phantom.vein.copy()
    vein[:3] = False
    for section, rounds in zip((3, 4, 5, 6), (7, 6, 5, 4), strict=True):
        vein[section] = ndimage.binary_erosion(vein[section], iterations=rounds)

    found = measured(phantom, vein=vein)

    assert found.status is VeinState.PATENT
    assert found.least_area_share == pytest.approx(1, abs=0.05)


def test_a_defect_is_measured_against_lumen_and_node() -> None:
    found = measured(drawn(VeinPlan("filling defect", defect_iodine=1.6, tilt_deg=5)))

    assert found.defect_length_mm == pytest.approx(12, abs=1.2)
    assert found.defect_enhancement_share == pytest.approx(1.6 / BLOOD, abs=0.03)
    assert found.defect_to_node_share == pytest.approx(0.8, abs=0.08)
    assert (found.filling_defect, found.tumour_thrombus) == (MET, MET)
    assert found.nodes == ("N1",)


def test_a_defect_that_does_not_enhance_is_no_tumour_thrombus() -> None:
    found = measured(drawn(VeinPlan("filling defect", defect_iodine=0.1)))

    assert (found.filling_defect, found.tumour_thrombus) == (MET, NOT_MET)
    assert found.defect_to_node_share == pytest.approx(0.05, abs=0.08)
    rows = {row.kind: row for row in of_vein(VeinRecord("internal_jugular_vein_left", Outcome(found)), "N1")}
    assert rows[Kind.FILLING_DEFECT].evidence_class is NOT_MET
    assert str(rows[Kind.FILLING_DEFECT].method).startswith(found.tumour_thrombus_reason)


def test_in_hounsfield_units_enhancement_is_counted_above_muscle() -> None:
    found = measured(drawn(VeinPlan("filling defect", defect_iodine=0.1), unit=Unit.HU), Unit.HU)

    assert found.defect_enhancement_share == pytest.approx((0.1 - MUSCLE) / (BLOOD - MUSCLE), abs=0.05)
    assert (found.filling_defect, found.tumour_thrombus) == (MET, NOT_MET)


def test_without_a_muscle_a_preference_stands_for_it_and_that_is_said() -> None:
    phantom = drawn(VeinPlan("filling defect"), unit=Unit.HU)

    found = measured(phantom, Unit.HU, muscle=None)

    assert found.status is VeinState.FILLING_DEFECT
    assert "no muscle was given; 60 HU stand for it" in found.warnings


def test_a_defect_far_from_nodes_is_of_unknown_kind() -> None:
    found = measured(drawn(VeinPlan("filling defect", is_node_near=False)))

    assert (found.filling_defect, found.tumour_thrombus) == (MET, INDETERMINATE)
    assert "no node lies within reach" in found.tumour_thrombus_reason


def test_a_defect_without_the_other_side_is_left_open() -> None:
    found = measured(drawn(VeinPlan("filling defect")), other_side=None)

    assert (found.status, found.filling_defect) == (VeinState.FILLING_DEFECT, INDETERMINATE)
    assert "unmixed contrast" in found.filling_defect_reason
    assert "the other side was not compared" in found.warnings


def test_a_defect_beside_an_other_vein_without_contrast_is_not_assessable() -> None:
    found = measured(drawn(VeinPlan("filling defect", other_iodine=1.2)))

    assert (found.status, found.filling_defect) == (VeinState.PATENT, NOT_ASSESSABLE)
    assert found.tumour_thrombus is not MET


def test_veins_in_the_arterial_phase_are_not_searched_for_defects() -> None:
    found = measured(drawn(VeinPlan("patent", blood=1.3, other_iodine=1.3)))

    assert (found.status, found.filling_defect) == (VeinState.PATENT, NOT_ASSESSABLE)
    assert "not opacified yet" in found.filling_defect_reason


def test_a_vein_dark_from_end_to_end_beside_a_bright_one_is_a_possible_thrombus() -> None:
    found = measured(drawn(VeinPlan("patent", blood=1.0)))

    assert (found.status, found.filling_defect) == (VeinState.FILLING_DEFECT, INDETERMINATE)
    assert "thrombus, or slow flow" in found.filling_defect_reason
    assert found.tumour_thrombus is INDETERMINATE


def test_labels_alone_tell_the_calibre_but_no_defect() -> None:
    phantom = drawn(VeinPlan("obliterated"))

    found = vein_status(None, phantom.vein, {"N1": phantom.node}, phantom.other, geometry=phantom.geometry)

    assert (found.status, found.filling_defect) == (VeinState.OBLITERATED, NOT_ASSESSABLE)
    assert "no image" in found.filling_defect_reason
    assert np.isnan(found.profile.enhancement_share).all()


def test_the_profile_follows_the_vein_through_the_gap() -> None:
    phantom = drawn(VeinPlan("obliterated", tilt_deg=20))

    profile = measured(phantom).profile

    assert len(profile.sections) == len(profile.area_mm2) == len(profile.centre_ras_mm) == len(phantom.vein)
    assert profile.along_mm[-1] == pytest.approx((len(phantom.vein) - 1) / np.cos(np.radians(20)), rel=0.02)
    steps = np.diff(profile.centre_ras_mm, axis=0)
    assert np.linalg.norm(steps, axis=1).max() < 2.0


def test_sections_are_cut_across_the_long_axis_of_the_patient_whatever_the_order_of_the_axes() -> None:
    phantom = drawn(VeinPlan("obliterated"))
    expected = measured(phantom)
    old = phantom.geometry
    i, j, k = old.size_ijk
    columns = np.array(old.direction_lps).T
    turned = ImageGeometry(
        (k, i, j),
        (old.spacing_mm[2], old.spacing_mm[0], old.spacing_mm[1]),
        old.origin_lps_mm,
        tuple(map(tuple, columns[[2, 0, 1]].T.tolist())),
    )
    move: Callable[[np.ndarray], np.ndarray] = lambda a: np.ascontiguousarray(a.transpose(1, 2, 0))  # noqa: E731
    image = Image(move(phantom.image.voxels), turned, "CT")

    found = vein_status(image, move(phantom.vein), {"N1": move(phantom.node)}, move(phantom.other), unit=Unit.IODINE)

    assert found.profile.section_axis == 2
    assert (found.status, found.gap_mm) == (expected.status, pytest.approx(expected.gap_mm))
    assert found.place_ras_mm == pytest.approx(expected.place_ras_mm)


@pytest.mark.parametrize("voxels", [0, 1])
def test_a_label_of_hardly_anything_is_not_assessable(voxels: int) -> None:
    phantom = drawn(VeinPlan("patent"))
    vein = np.zeros_like(phantom.vein)
    vein[20, 20, 20] = bool(voxels)

    found = measured(phantom, vein=vein)

    assert found.status is VeinState.NOT_ASSESSABLE
    assert {found.obliteration, found.filling_defect, found.tumour_thrombus} == {NOT_ASSESSABLE}
    assert ("empty" if not voxels else "too short") in found.reason
    assert found.profile is None


def test_a_vein_of_a_few_pixels_is_too_thin() -> None:
    vein = np.zeros((40, 20, 20), dtype=bool)
    vein[:, 9:12, 9:12] = True

    found = vein_status(None, vein, {}, geometry=ImageGeometry((20, 20, 40), (1.0, 1.0, 1.0)))

    assert found.status is VeinState.NOT_ASSESSABLE
    assert "too thin" in found.reason


def test_overlap_and_border_are_told() -> None:
    phantom = drawn(VeinPlan("patent"))
    rows = np.flatnonzero(phantom.vein.any(axis=(0, 2)))
    cut = phantom.vein[:, rows[0] + 4 :]
    geometry = replace(phantom.geometry, size_ijk=cut.shape[::-1])

    found = vein_status(None, cut, {"N1": cut}, geometry=geometry)

    assert any("both vein and node" in warning for warning in found.warnings)
    assert any("side of the image" in warning for warning in found.warnings)


def test_an_empty_node_and_no_node_say_the_same() -> None:
    phantom = drawn(VeinPlan("compressed"))

    empty = vein_status(None, phantom.vein, {"N1": np.zeros_like(phantom.node)}, geometry=phantom.geometry)
    none = vein_status(None, phantom.vein, {}, geometry=phantom.geometry)

    assert (empty.status, empty.nodes) == (none.status, none.nodes) == (VeinState.COMPRESSED, ())


def test_the_code_of_a_unit_stands_for_the_unit() -> None:
    phantom = drawn(VeinPlan("filling defect"), unit=Unit.HU)

    by_code, by_unit = measured(phantom, "[hnsf'U]"), measured(phantom, Unit.HU)

    assert by_code.defect_enhancement_share == by_unit.defect_enhancement_share is not None


def test_bad_input_is_refused_in_one_line() -> None:
    phantom = drawn(VeinPlan("patent"))

    with pytest.raises(InputError, match="the vein has shape"):
        measured(phantom, vein=phantom.vein[1:])
    with pytest.raises(InputError, match="N1 has shape"):
        vein_status(phantom.image, phantom.vein, {"N1": phantom.node[1:]}, unit=Unit.IODINE)
    with pytest.raises(InputError, match="not in Hounsfield units"):
        measured(phantom, Unit.HU)
    with pytest.raises(InputError, match="said to be in 'HU'"):
        measured(phantom, "HU")
    with pytest.raises(InputError, match="give the geometry"):
        vein_status(None, phantom.vein, {})


def test_changed_preferences_decide_and_are_kept_with_the_result() -> None:
    phantom = drawn(VeinPlan("obliterated"))
    strict = default_preferences().changed({"veins.least_length_mm": 30.0})

    found = measured(phantom, preferences=strict)

    assert found.obliteration is NOT_MET
    assert "veins.least_length_mm" in {row.name for row in found.preferences if not row.is_default}
