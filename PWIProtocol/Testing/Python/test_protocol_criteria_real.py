"""Verdicts on real public files: what is in them is known."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from PWIProtocolLib.protocol.check_json import to_json
from PWIProtocolLib.protocol.checker import ProtocolCheck, check_study
from PWIProtocolLib.protocol.study import read_studies, read_study
from PWIProtocolLib.protocol.verdict import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MET, OPTIMAL, NOT_MET, OPEN = Verdict.MET, Verdict.OPTIMAL, Verdict.NOT_MET, Verdict.CANNOT_TELL
PRISMA = {
    "dce_technique": MET,
    "sequence_3d_spgr_t1": MET,
    "axial": NOT_MET,
    "field_strength": MET,
    "coil": NOT_MET,
    "slice_thickness": OPTIMAL,
    "no_gap": MET,
    "in_plane_resolution": NOT_MET,
    "fat_suppression": NOT_MET,
    "flip_angle_count": OPEN,
    "flip_angle_range": OPEN,
    "flip_angle_geometry": OPEN,
    "flip_angles_before_contrast": OPEN,
    "temporal_resolution": MET,
    "precontrast_acquisitions": OPEN,
    "total_time": NOT_MET,
    "contrast_dose": OPEN,
    "injection_rate_and_flush": OPEN,
}
QIBA = PRISMA | {
    "axial": MET,
    "coil": OPEN,
    "slice_thickness": NOT_MET,
    "no_gap": OPEN,
    "in_plane_resolution": MET,
    "fat_suppression": OPEN,
    "precontrast_acquisitions": MET,
    "total_time": MET,
}


def verdicts(check: ProtocolCheck) -> dict[str, Verdict]:
    return {each.criterion_id: each.verdict for each in check.criteria}


@pytest.mark.shared_data
def test_a_real_siemens_kidney_dynamic_gets_the_verdicts_its_headers_deserve(
    shared_data: Callable[[str], Path],
) -> None:
    check = check_study(read_study(shared_data("prisma-fl3d-dynamic")))
    assert verdicts(check) == PRISMA
    assert check.result("temporal_resolution").value == pytest.approx(2.9875)
    assert check.result("in_plane_resolution").value == pytest.approx(2.083)
    assert check.result("axial").value == pytest.approx(90, abs=0.5)
    assert check.result("total_time").value == pytest.approx(8.96, abs=0.01)
    assert "Spine_32" in check.result("coil").reason
    assert "2.083 x 2.363" in check.result("in_plane_resolution").warnings[0]
    json.dumps(to_json(check), allow_nan=False)


@pytest.mark.shared_data
def test_the_digital_reference_object_is_met_where_it_tells_and_open_elsewhere(
    shared_data: Callable[[str], Path],
) -> None:
    check = check_study(read_study(shared_data("qiba-tofts-v6")))
    assert verdicts(check) == QIBA
    assert check.result("temporal_resolution").value == 5.0
    assert check.result("total_time").value == 665.0
    before = check.result("precontrast_acquisitions").value
    assert isinstance(before, int)
    assert 12 <= before <= 14  # its bolus starts at 60 s, in the thirteenth frame


@pytest.mark.shared_data
def test_real_enhanced_files_that_are_no_dce_give_no_verdict(shared_data: Callable[[str], Path]) -> None:
    for study in read_studies(shared_data("enhanced-mr")):
        check = check_study(study)
        assert set(verdicts(check).values()) == {OPEN}
        assert check.dynamic == ""
        assert [each.reason for each in check.series]
