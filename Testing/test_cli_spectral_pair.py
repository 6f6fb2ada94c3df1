"""`hnn spectral` on a scan before and one after contrast agent: which is which, brought together, subtracted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pydicom
import pytest
from HeadNeckNodesLib.imaging.read import read_image
from HeadNeckNodesLib.imaging.write import write_image
from hnn.cli.main import main
from iENEGraderLib.spectral import tube_response
from iENEGraderLib.spectral.recognition import ContrastRole, SeriesKind, read_spectral_series
from registration_phantoms import (
    COARSE,
    NODE_MG_ML,
    NODE_MM,
    NODE_RADIUS_MM,
    VEIN_MG_ML,
    VEIN_MM,
    VEIN_RADIUS_MM,
    TwoScans,
)
from registration_phantoms import shifted as moved_by
from spectral_desk import Desk
from spectral_series_builders import NECK, item, write_series, write_vmi

if TYPE_CHECKING:
    from pathlib import Path

SHIFT_MM = (3.0, -2.0, 1.0)


@pytest.fixture
def the_desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


@pytest.fixture(scope="module")
def two_scans() -> TwoScans:
    return TwoScans(tube_response(120), moved_by(*SHIFT_MM), 8.0, COARSE, COARSE)


def dicom_scan(folder: Path, scan: Any, **header: Any) -> Path:
    """Write a scan of the phantom as a DICOM series on its own grid."""
    geometry = scan.geometry
    x, y, z = geometry.origin_lps_mm
    step = geometry.spacing_mm[2]
    places = [(x, y, z + step * k) for k in range(geometry.size_ijk[2])]
    spacing = {"PixelSpacing": [geometry.spacing_mm[1], geometry.spacing_mm[0]], "SliceThickness": step}
    return write_series(folder, scan.voxels.astype(int), positions=places, KVP=120, **(spacing | header))


@pytest.fixture(scope="module")
def a_subtraction(two_scans: TwoScans, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with both scans as DICOM, roles in their headers, and the results of the command in ``maps``."""
    folder = tmp_path_factory.mktemp("pair")
    dicom_scan(folder / "a", two_scans.after(), ContrastBolusAgent="Iopromide 370", SeriesNumber=2)
    dicom_scan(folder / "b", two_scans.before(), SeriesDescription="Neck native", SeriesNumber=1)
    given = ["--series", str(folder / "a"), "--series", str(folder / "b"), "--out", str(folder / "maps")]
    assert main(["spectral", *given, "--dicom"]) == 0
    return folder / "maps"


def document(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "spectral.json").read_text(encoding="utf-8"))
    return found


def test_iodine_of_the_moved_neck_is_found_where_it_is(a_subtraction: Path, two_scans: TwoScans) -> None:
    iodine = read_image(a_subtraction / "iodine.nrrd").voxels
    for centre, radius, truth in ((NODE_MM, NODE_RADIUS_MM, NODE_MG_ML), (VEIN_MM, VEIN_RADIUS_MM, VEIN_MG_ML)):
        assert iodine[two_scans.core(centre, radius)].mean() == pytest.approx(truth, abs=0.25)


def test_the_registration_stands_in_the_document_and_beside_the_maps(a_subtraction: Path, two_scans: TwoScans) -> None:
    found = document(a_subtraction)
    assert found["input"] == "before and after contrast agent"
    assert [one["contrast"] for one in found["series"]] == ["after contrast agent", "before contrast agent"]
    registration = found["registration"]
    assert registration["found_motion"] is True
    assert registration["mean_displacement_mm"] == pytest.approx(np.linalg.norm(SHIFT_MM), abs=0.5)
    assert registration["mismatch_mm"] < registration["mismatch_before_mm"]
    assert {one["file"] for one in found["maps"]} == {"iodine.nrrd", "fat.nrrd"}
    assert [each["series"] for each in found["maps"][0]["weights"]] == [2, 1]
    assert any("rims of false iodine" in warning or "rim" in warning for warning in found["maps"][0]["warnings"])

    registered = read_image(a_subtraction / registration["before_on_the_grid_of_after"])
    assert registered.geometry.matches(two_scans.after_grid)
    node = two_scans.core(NODE_MM, NODE_RADIUS_MM)
    assert registered.voxels[node].mean() == pytest.approx(40, abs=3)


def test_the_mask_marks_rims_and_not_the_core_of_the_node(a_subtraction: Path, two_scans: TwoScans) -> None:
    mask = read_image(a_subtraction / document(a_subtraction)["registration"]["mask"]["file"]).voxels
    assert set(np.unique(mask)) <= {0, 1, 2}
    node = two_scans.core(NODE_MM, NODE_RADIUS_MM)
    assert (mask[node] == 1).mean() < 0.2
    assert (mask == 1).mean() > 0.002


def test_dicom_series_of_a_subtraction_refer_to_both_scans_and_are_in_mg_per_ml(a_subtraction: Path) -> None:
    image = pydicom.dcmread(sorted((a_subtraction / "dicom" / "iodine").iterdir())[10])
    after, before = (
        {pydicom.dcmread(path).SOPInstanceUID for path in (a_subtraction.parent / name).iterdir()} for name in "ab"
    )
    referred = [each.ReferencedSOPInstanceUID for each in image.SourceImageSequence]
    assert referred[0] in after
    assert set(referred[1:]) == before
    assert image.RescaleType == "MGML"


def test_roles_can_be_given_behind_the_path_of_a_volume_file(tmp_path: Path) -> None:
    write_image(NECK.monochromatic(60, np.int16), tmp_path / "one.nrrd")
    known = read_spectral_series(f"{tmp_path / 'one.nrrd'}:kind=pre,kV=120").recognised
    assert (known.kind, known.tube_voltage_kv, known.contrast) == (SeriesKind.CONVENTIONAL, 120, ContrastRole.BEFORE)
    assert known.problem is None
    at_70 = read_spectral_series(f"{tmp_path / 'one.nrrd'}:kind=post,keV=70").recognised
    assert (at_70.kind, at_70.energy_kev, at_70.contrast) == (SeriesKind.MONOCHROMATIC, 70, ContrastRole.AFTER)


def scan(folder: Path, **header: Any) -> Path:
    return write_series(folder, NECK.monochromatic(60, np.int16).voxels, KVP=120, **header)


PHASE = {
    "ContrastBolusUsageSequence": [item(ContrastBolusAgentAdministered="YES", ContrastBolusAgentPhase="PRE_CONTRAST")]
}
NOT_GIVEN = {"ContrastBolusUsageSequence": [item(ContrastBolusAgentAdministered="NO")]}


@pytest.mark.parametrize(
    ("header", "role", "source"),
    [
        ({"ContrastBolusAgent": "Iopromide 370"}, ContrastRole.AFTER, "Contrast/Bolus Agent (0018,0010)"),
        ({"ContrastBolusAgent": "NONE"}, ContrastRole.BEFORE, "Contrast/Bolus Agent (0018,0010)"),
        ({"SeriesDescription": "Neck w/o contrast"}, ContrastRole.BEFORE, "Series Description (0008,103E)"),
        ({"SeriesDescription": "Hals nativ 1.0"}, ContrastRole.BEFORE, "Series Description (0008,103E)"),
        ({"SeriesDescription": "NCCT neck"}, ContrastRole.BEFORE, "Series Description (0008,103E)"),
        ({"SeriesDescription": "Neck venous"}, ContrastRole.AFTER, "Series Description (0008,103E)"),
        (PHASE | {"ContrastBolusAgent": "X"}, ContrastRole.BEFORE, "Contrast/Bolus Agent Phase (0018,9344)"),
        (NOT_GIVEN, ContrastRole.BEFORE, "Contrast/Bolus Agent Administered (0018,9342)"),
    ],
)
def test_headers_tell_whether_a_scan_is_before_or_after(
    tmp_path: Path, header: dict[str, Any], role: ContrastRole, source: str
) -> None:
    known = read_spectral_series(scan(tmp_path / "a", **header)).recognised
    assert known.contrast is role
    assert [each.source for each in known.decisions if each.about == "contrast"] == [source]
    assert known.problem is None


@pytest.mark.parametrize(
    "header", [{}, {"ContrastBolusAgent": None}, {"SeriesDescription": "Neck virtual non contrast"}]
)
def test_silence_says_nothing(tmp_path: Path, header: dict[str, Any]) -> None:
    assert read_spectral_series(scan(tmp_path / "a", **header)).recognised.contrast is None


def test_a_header_that_contradicts_itself_is_told_and_decides_nothing(tmp_path: Path) -> None:
    folder = scan(tmp_path / "a", ContrastBolusAgent="Iopromide", SeriesDescription="Neck native")
    known = read_spectral_series(folder).recognised
    assert (known.contrast, known.problem) == (None, None)
    assert any("add :kind=pre or :kind=post" in warning for warning in known.warnings)
    assert read_spectral_series(f"{folder}:kind=pre").recognised.contrast is ContrastRole.BEFORE


def test_what_is_not_said_is_asked(the_desk: Desk) -> None:
    silent, also, after = (
        scan(the_desk.folder / name, **header)
        for name, header in (("silent", {}), ("also", {}), ("after", {"ContrastBolusAgent": "Iohexol"}))
    )
    assert "add :kind=pre or :kind=post behind the path of each" in the_desk.refusal([silent, also])
    message = the_desk.refusal([silent, after])
    assert f"{silent}: nothing says whether it was scanned before or after" in message
    assert "Iohexol" not in message


def test_a_pair_must_be_of_one_energy_and_alone(the_desk: Desk) -> None:
    before = f"{scan(the_desk.folder / 'before')}:kind=pre"
    other = f"{scan(the_desk.folder / 'other', ConvolutionKernel='Br64')}:kind=post"
    assert "kernel" in the_desk.refusal([before, other])
    high = f"{scan(the_desk.folder / 'high')}:kind=post,kV=100"
    assert "kV" in the_desk.refusal([before, high])
    energies: list[Path | str] = [before, *(f"{write_vmi(the_desk.folder / str(e), e)}:kind=post" for e in (50, 70))]
    assert "one pair of one tube voltage" in the_desk.refusal(energies)


def test_inspect_shows_which_two_make_a_pair(the_desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    before = scan(the_desk.folder / "b", SeriesDescription="native", FrameOfReferenceUID="1.2.3")
    after = scan(the_desk.folder / "a", ContrastBolusAgent="Iohexol")
    assert the_desk.spectral([after, before], "--inspect") == 0
    text = capsys.readouterr().out
    assert "before and after contrast agent: 2 and 1" in text
    assert "contrast: after contrast agent, from Contrast/Bolus Agent (0018,0010)" in text
    assert "Iohexol" not in text
