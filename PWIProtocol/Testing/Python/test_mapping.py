"""The chain from a study to maps and regions, and results as evidence in a reading document."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from PWIProtocolLib.kinetics import VoxelStatus
from PWIProtocolLib.mapping import (
    MappedStudy,
    MappingSettings,
    PerfusionEvidence,
    SignalInputs,
    arterial_detected,
    arterial_of_population,
    arterial_of_voxels,
    baseline_of,
    map_study,
    region_evidence,
    region_of,
    t1_of_number,
    with_evidence,
)
from PWIProtocolLib.mapping.precontrast import T1Source, t1_of_angles
from PWIProtocolLib.sample.reference_object import BLOOD_T1_S, ReferenceObject, reference_object

if TYPE_CHECKING:
    from PWIProtocolLib.mapping import Arterial

SETTINGS = MappingSettings(blood_t1_s=BLOOD_T1_S)
EVIDENCE = PerfusionEvidence("perfusion_ve", 0.3, "1", "not recommended for N staging; median", (1.0, 2.0, 3.0))


@pytest.fixture(scope="module")
def the_reference() -> ReferenceObject:
    return reference_object()


@pytest.fixture(scope="module")
def the_inputs(the_reference: ReferenceObject) -> SignalInputs:
    return SignalInputs(the_reference.dynamic, 0.005, 15.0, t1_of_number(1.2))


@pytest.fixture(scope="module")
def the_artery(the_inputs: SignalInputs) -> Arterial:
    return arterial_detected(SETTINGS, the_inputs, baseline_of(SETTINGS, the_inputs))


@pytest.fixture(scope="module")
def the_study(the_inputs: SignalInputs, the_artery: Arterial) -> MappedStudy:
    return map_study(SETTINGS, the_inputs, the_artery, 6)


@pytest.fixture
def a_document() -> str:
    nodes = [
        {"id": "N1", "segment_id": "node_1", "evidence": [{"kind": "perfusion_ve", "value": 0.9}, {"kind": "size"}]},
        {"id": "N2", "segment_id": None, "new_field": {"kept": True}},
    ]
    return json.dumps({"schema": "hnn-reading/1", "unknown": [1, 2], "nodes": nodes})


def test_a_curve_that_is_measured_in_the_images_yields_the_truth(
    the_study: MappedStudy, the_reference: ReferenceObject
) -> None:
    tissue = the_reference.tissue
    for name in ("ktrans_per_min", "ve", "vp"):
        found = the_study.on_grid(getattr(the_study.kinetic, name))[tissue]
        np.testing.assert_allclose(found, getattr(the_reference, name)[tissue], rtol=1e-4, err_msg=name)
    assert the_study.done == 1.0


def test_the_onset_of_a_population_curve_is_found(the_inputs: SignalInputs) -> None:
    found = arterial_of_population("parker", SETTINGS, the_inputs, 6)
    assert found.arrival_s == pytest.approx(24.0, abs=0.05)
    assert arterial_of_population("parker", SETTINGS, the_inputs, 6, 20.0).arrival_s == 20.0


def test_a_fit_that_is_stopped_has_no_values_where_it_did_not_come(
    the_inputs: SignalInputs, the_artery: Arterial, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 1)  # else another thread does the rest before the first has told
    many = replace(the_inputs.dynamic, frames=np.tile(the_inputs.dynamic.frames, (1, 6, 1, 1)),
                   geometry=replace(the_inputs.dynamic.geometry, size_ijk=(32, 32, 18)))  # fmt: skip
    study = map_study(SETTINGS, replace(the_inputs, dynamic=many), the_artery, 6, lambda _share: False)
    left_out = study.kinetic.status == VoxelStatus.NOT_COMPUTED
    assert 0.0 < study.done < 1.0
    assert study.done == pytest.approx(1 - left_out.mean())
    assert all(np.isnan(values[left_out]).all() for values in study.named().values())


def test_enhancing_voxels_without_a_value_are_cautioned(the_inputs: SignalInputs, the_artery: Arterial) -> None:
    # T1 so long that enhanced signal lies beyond full recovery.
    study = map_study(SETTINGS, replace(the_inputs, precontrast=t1_of_number(0.3)), the_artery, 6)
    assert any(
        "voxels that enhance have no value, mostly: the signal is higher than any" in each for each in study.cautions
    )


def test_an_artery_outside_the_study_is_refused(the_inputs: SignalInputs, the_reference: ReferenceObject) -> None:
    with pytest.raises(InputError, match="holds no voxel of the dynamic study"):
        arterial_of_voxels(np.zeros_like(the_reference.artery), "segment carotid", SETTINGS, the_inputs, 6)


def test_blood_does_not_get_the_t1_of_tissue(the_inputs: SignalInputs, the_reference: ReferenceObject) -> None:
    with pytest.raises(InputError, match="T1 of blood is not known"):
        arterial_of_voxels(the_reference.artery, "segment carotid", MappingSettings(), the_inputs, 6)


@pytest.mark.parametrize("baseline", [0, 59])
def test_frames_before_contrast_that_cannot_be_are_refused(the_inputs: SignalInputs, baseline: int) -> None:
    with pytest.raises(InputError, match="expected 1 to 58 of 60"):
        baseline_of(MappingSettings(baseline=baseline), the_inputs)


def test_flip_angles_on_another_grid_are_refused_with_both(the_reference: ReferenceObject) -> None:
    from PWIProtocolLib.dynamic import FlipAngleFrames

    geometry = replace(the_reference.dynamic.geometry, origin_lps_mm=(0.0, 0.0, 0.0))
    angles = FlipAngleFrames(np.ones((2, *geometry.array_shape)), (5.0, 15.0), 0.005, geometry, "angles")
    with pytest.raises(InputError, match=r"flip-angle images and dynamic study do not lie on the same grid"):
        t1_of_angles(angles, 0.005, the_reference.dynamic.geometry)
    assert t1_of_angles(angles, 0.005, geometry).source is T1Source.FLIP_ANGLES


def test_medians_of_a_region_become_evidence(the_study: MappedStudy, the_reference: ReferenceObject) -> None:
    region = region_of(the_study, "node_1", the_reference.ktrans_per_min == 0.2)
    found = {each.kind: each for each in region_evidence(the_study, region)}
    assert list(found) == ["perfusion_ktrans", "perfusion_kep", "perfusion_ve", "perfusion_vp"]
    assert (found["perfusion_ktrans"].value, found["perfusion_ktrans"].unit) == (0.2, "/min")
    assert found["perfusion_vp"].value == pytest.approx(0.03, rel=1e-3)
    # i 16 to 21, j 4 to 27, k 0 to 2 of voxels of 2 x 2 x 4 mm from LPS (-31, -31, 0).
    assert found["perfusion_ve"].place_ras_mm == (-6.0, 0.0, 4.0)
    assert all(each.method.startswith("not recommended for N staging; median of 432 of 432") for each in found.values())


def test_evidence_replaces_earlier_perfusion_and_leaves_everything_else(a_document: str) -> None:
    text, count = with_evidence(a_document, {"node_1": [EVIDENCE]}, "reading")
    before, after = json.loads(a_document), json.loads(text)
    assert count == 1
    assert after["nodes"][0]["evidence"] == [{"kind": "size"}, EVIDENCE.to_json()]
    after["nodes"][0]["evidence"] = before["nodes"][0]["evidence"]
    assert after == before
    assert with_evidence(text, {"node_1": [EVIDENCE]}, "reading") == (text, 1)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"signature": {"by": "R1"}}, "is signed and cannot be changed"),
        ({"schema": "hnn-reading/9"}, "has the form 'hnn-reading/9'"),
        ({"nodes": None}, "has no nodes"),
        ({"nodes": [{"id": "N1", "segment_id": "other"}]}, "no node names one of the segments node_1"),
    ],
)
def test_a_reading_that_cannot_take_evidence_is_refused(a_document: str, change: dict[str, object], why: str) -> None:
    document = json.dumps(json.loads(a_document) | change)
    with pytest.raises(InputError, match=why):
        with_evidence(document, {"node_1": [EVIDENCE]}, "reading")


@pytest.mark.parametrize("text", ["", "[]", "{}", "no JSON"])
def test_other_texts_are_no_reading(text: str) -> None:
    with pytest.raises(InputError, match="is no reading document"):
        with_evidence(text, {"node_1": [EVIDENCE]}, "reading")
