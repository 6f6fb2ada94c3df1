"""`hnn spectral` on files: maps that are true, and inputs that are refused in one line, leaving nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pydicom
import pytest
from HeadNeckNodesLib.imaging.read import read_image
from HeadNeckNodesLib.imaging.write import write_image
from hnn.cli.main import main
from iENEGraderLib.spectral import Basis, tube_response
from spectral_desk import Desk
from spectral_phantoms import Neck
from spectral_series_builders import NECK, write_iodine, write_series

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.fixture
def the_desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


def test_the_maps_of_two_energies_show_what_was_drawn(the_desk: Desk) -> None:
    assert the_desk.spectral([the_desk.vmi(70), the_desk.vmi(50)], "--json") == 0

    document = the_desk.printed()

    assert {path.name for path in the_desk.out.iterdir()} == {
        "vmi-40-kev.nrrd",
        "vmi-50-kev.nrrd",
        "vmi-60-kev.nrrd",
        "vmi-70-kev.nrrd",
        "iodine.nrrd",
        "fat.nrrd",
        "vnc.nrrd",
        "spectral.json",
    }
    truth = NECK.monochromatic(40).voxels
    for disc, most in (("artery", 3), ("node", 2), ("soft tissue", 2), ("deep fat", 7.5)):
        assert the_desk.mean("vmi-40-kev.nrrd", disc) == pytest.approx(truth[NECK.roi(disc)].mean(), abs=most)
    assert the_desk.mean("iodine.nrrd", "artery") == pytest.approx(8.0, abs=0.3)
    assert the_desk.mean("iodine.nrrd", "node") == pytest.approx(2.0, abs=0.05)
    assert the_desk.mean("fat.nrrd", "deep fat") == pytest.approx(1.0, abs=0.03)
    assert the_desk.mean("fat.nrrd", "half fat") == pytest.approx(0.5, abs=0.03)
    assert json.loads((the_desk.out / "spectral.json").read_text()) == document


def test_the_document_explains_series_weights_and_warnings_and_names_nobody(the_desk: Desk) -> None:
    description = {"SeriesDescription": "DOE^JANE 50 keV"}
    assert the_desk.spectral([the_desk.vmi(70), the_desk.vmi(50, plain=True, **description)], "--json") == 0

    document = the_desk.printed()

    assert document["format"] == "hnn-spectral/1"
    assert [one["energy_kev"] for one in document["series"]] == [70, 50]
    energy = next(each for each in document["series"][1]["decisions"] if each["about"] == "energy")
    assert (energy["source"], energy["said"]) == ("Series Description (0008,103E)", "50 keV")
    at_40 = document["maps"][0]
    assert [each["series"] for each in at_40["weights"]] == [2, 1]
    assert [each["weight"] for each in at_40["weights"]] == pytest.approx([1.992, -0.992], abs=0.002)
    assert any("third energy" in warning for warning in document["warnings"])
    assert document["basis_test"] is None
    text = json.dumps(document)
    assert "DOE" not in text
    assert "4711" not in text


def blended(low: float, kev: float, high: float, exponent: float | None) -> np.ndarray:
    """The neck at one energy as a scanner makes it from two, on a basis."""
    slope = Basis(exponent).slope
    share = (slope(kev) - slope(high)) / (slope(low) - slope(high))
    outer = [NECK.monochromatic(energy).voxels for energy in (low, high)]
    return np.rint(share * outer[0] + (1 - share) * outer[1]).astype(int)


@pytest.mark.parametrize(("exponent", "accepts"), [(None, True), (3.0, False)])
def test_a_third_energy_tests_the_basis(the_desk: Desk, exponent: float | None, accepts: bool) -> None:
    middle = write_series(the_desk.folder / "middle", blended(40, 70, 140, exponent), SeriesDescription="MonoE 70keV")
    assert the_desk.spectral([the_desk.vmi(40), middle, the_desk.vmi(140)], "--kev", 55, "--json") == 0

    document = the_desk.printed()

    test = document["basis_test"]
    assert test["left_out"] == "70 keV"
    assert test["accepts_water_and_iodine"] is accepts
    assert (abs(test["held_out_error_hu"]) < 2) is accepts
    assert document["basis"].startswith("water and iodine" if accepts else "water and photoelectric absorption")
    assert {path.name for path in the_desk.out.iterdir()} == {"vmi-55-kev.nrrd", "spectral.json"}
    difference = read_image(the_desk.out / "vmi-55-kev.nrrd").voxels - blended(40, 55, 140, exponent)
    assert abs(difference[NECK.roi("artery")].mean()) < 1


def test_a_low_and_a_high_tube_voltage_make_a_pair(the_desk: Desk) -> None:
    pair: list[Path | str] = [
        write_series(
            the_desk.folder / f"{kvp}",
            np.rint(NECK.beam(tube_response(kvp), kvp).voxels).astype(int),
            KVP=kvp,
        )
        for kvp in (140, 80)
    ]
    assert the_desk.spectral(pair, "--maps", "iodine") == 0
    assert the_desk.mean("iodine.nrrd", "artery") == pytest.approx(8.0, abs=0.1)


def test_an_iodine_map_of_the_scanner_completes_one_energy(the_desk: Desk) -> None:
    iodine = write_iodine(the_desk.folder / "iodine", RescaleType="10^-2 MGML")
    assert the_desk.spectral([the_desk.vmi(70), iodine], "--kev", 40, "--maps", "vnc") == 0
    truth = NECK.monochromatic(40).voxels[NECK.roi("artery")].mean()
    assert the_desk.mean("vmi-40-kev.nrrd", "artery") == pytest.approx(truth, abs=20)
    assert the_desk.mean("vnc.nrrd", "artery") == pytest.approx(56, abs=2)


def test_volumes_without_header_work_when_the_user_says_what_they_are(the_desk: Desk) -> None:
    for kev in (50, 70):
        write_image(NECK.monochromatic(kev, np.int16), the_desk.folder / f"{kev}.nrrd")
    given: list[Path | str] = [f"{the_desk.folder / '50.nrrd'}:keV=50", f"{the_desk.folder / '70.nrrd'}:keV=70"]
    assert the_desk.spectral(given, "--maps", "iodine") == 0
    assert the_desk.mean("iodine.nrrd", "node") == pytest.approx(2.0, abs=0.05)


def test_no_dicom_series_is_derived_from_a_volume_file(the_desk: Desk) -> None:
    at_70 = the_desk.vmi(70)
    write_image(read_image(the_desk.vmi(50)), the_desk.folder / "50 keV.nrrd")
    assert "leave --dicom out" in the_desk.refusal([the_desk.folder / "50 keV.nrrd", at_70], "--dicom")


def test_dicom_series_are_written_one_for_each_map(the_desk: Desk) -> None:
    pair: list[Path | str] = [the_desk.vmi(50), the_desk.vmi(70)]
    assert the_desk.spectral(pair, "--kev", 40, "--maps", "iodine", "fat", "vnc", "--dicom") == 0

    folders = {path.name for path in (the_desk.out / "dicom").iterdir()}
    assert folders == {"vmi-40-kev", "iodine", "fat", "vnc"}
    by_dicom = read_image(the_desk.out / "dicom" / "vmi-40-kev")
    assert np.array_equal(by_dicom.voxels, read_image(the_desk.out / "vmi-40-kev.nrrd").voxels)
    fat = read_image(the_desk.out / "dicom" / "fat").voxels
    assert fat[NECK.roi("deep fat")].mean() == pytest.approx(100, abs=3)
    images = [pydicom.dcmread(next((the_desk.out / "dicom" / name).iterdir())) for name in sorted(folders)]
    assert [image.ImageType[3] for image in images] == ["MAT_FRACTIONAL", "MAT_SPECIFIC", "VMI", "MAT_REMOVED"]
    assert [image.RescaleType for image in images] == ["PCT", "MGML", "HU", "HU"]
    assert len({image.SeriesInstanceUID for image in images}) == 4
    assert len({image.SeriesNumber for image in images}) == 4

    # A second run must not mix its images with those of the first.
    assert the_desk.spectral(pair, "--dicom") == 2


def test_inspect_says_what_was_recognised_and_why_and_writes_nothing(
    the_desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    other = the_desk.vmi(70, name="other", ConvolutionKernel="Br64")
    unknown = the_desk.vmi(60, name="unknown", plain=True, KVP=None)
    assert the_desk.spectral([the_desk.vmi(50), other, unknown], "--inspect") == 0
    text = capsys.readouterr().out
    assert "energy: 50 keV, from Monoenergetic Energy Equivalent (0018,937C): '50'" in text
    assert "together: 1, 3" in text
    assert "apart: 1 and 2, their convolution kernels differ" in text
    assert "open: no attribute says what it is" in text
    assert not the_desk.out.exists()

    assert the_desk.spectral([other], "--inspect", "--json") == 0
    assert the_desk.printed()["groups"] == [[1]]


def test_one_series_only_is_refused(the_desk: Desk) -> None:
    assert "one series only (50 keV monochromatic (HU))" in the_desk.refusal([the_desk.vmi(50)])


def test_a_missing_energy_is_refused(the_desk: Desk) -> None:
    silent = the_desk.vmi(70, plain=True, SeriesDescription="Monoenergetic Plus")
    assert "add it behind the path, as in :keV=50" in the_desk.refusal([the_desk.vmi(50), silent])


def test_swapped_energies_are_refused(the_desk: Desk) -> None:
    given: list[Path | str] = [f"{the_desk.vmi(50)}:keV=70", f"{the_desk.vmi(70)}:keV=50"]
    assert "look swapped" in the_desk.refusal(given)


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ({"PixelSpacing": [1.0, 1.1]}, "grids differ"),
        ({"FrameOfReferenceUID": "1.2.3"}, "frames of reference differ"),
        ({"ConvolutionKernel": "Br64"}, "kernels differ"),
        ({"RescaleType": "MGML"}, "expected HU"),
        ({"ContrastBolusIngredient": "GADOLINIUM"}, "gadolinium"),
        ({"ContrastBolusIngredient": "XENON"}, "says 'XENON', expected IODINE"),
        ({"Modality": "MR"}, "modality is MR"),
    ],
)
def test_series_that_do_not_fit_are_refused_with_the_reason(the_desk: Desk, header: dict[str, Any], says: str) -> None:
    assert says in the_desk.refusal([the_desk.vmi(50), the_desk.vmi(70, **header)])


def test_an_agent_that_the_header_names_wrongly_is_outweighed(the_desk: Desk) -> None:
    given = [the_desk.vmi(50), the_desk.vmi(70, ContrastBolusIngredient="XENON")]
    assert "if the header is wrong, say --agent iodine" in the_desk.refusal(given)
    assert the_desk.spectral(given, "--kev", 60, "--agent", "iodine") == 0


def test_the_same_energy_twice_is_refused(the_desk: Desk) -> None:
    assert "given twice" in the_desk.refusal([the_desk.vmi(50), the_desk.vmi(50, name="again")])


def test_values_cut_off_by_a_window_are_refused(the_desk: Desk) -> None:
    windowed = np.clip(Neck(noise_hu=8).monochromatic(70, np.int16).voxels, -160, 240)
    cut = write_series(the_desk.folder / "cut", windowed, SeriesDescription="MonoE 70 keV")
    assert "cut off" in the_desk.refusal([the_desk.vmi(50), cut])


def test_iodine_in_an_unclear_unit_is_refused(the_desk: Desk) -> None:
    iodine = write_iodine(the_desk.folder / "iodine", 10, RescaleType="100 ug/cm3")
    message = the_desk.refusal([the_desk.vmi(70), iodine])
    assert "0.1 mg/mL" in message
    assert the_desk.spectral([the_desk.vmi(70, name="b"), f"{iodine}:unit=100ug/cm3"], "--maps", "iodine") == 0
    assert the_desk.mean("iodine.nrrd", "artery") == pytest.approx(8.0, abs=0.05)


def test_kinds_that_do_not_go_together_are_refused(the_desk: Desk) -> None:
    plain = the_desk.vmi(70, name="plain", plain=True, KVP=80)
    assert "do not go together" in the_desk.refusal([the_desk.vmi(50), plain])
    vnc = the_desk.vmi(70, name="vnc", plain=True, SeriesDescription="VNC")
    assert "no map can be made from" in the_desk.refusal([the_desk.vmi(60), vnc])


def test_two_iodine_maps_are_refused(the_desk: Desk) -> None:
    maps: list[Path | str] = [write_iodine(the_desk.folder / name, RescaleType="10^-2 MGML") for name in ("a", "b")]
    assert "0 monochromatic series and 2 iodine maps" in the_desk.refusal(maps)


def test_energies_out_of_range_and_wishes_for_nothing_are_refused(the_desk: Desk) -> None:
    pair: list[Path | str] = [the_desk.vmi(50), the_desk.vmi(70)]
    assert "from 40 to 190 keV" in the_desk.refusal(pair, "--kev", 30)
    assert main(["spectral", "--series", str(pair[0])]) == 2


def test_a_failure_in_the_middle_leaves_nothing(the_desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, *_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    pair: list[Path | str] = [the_desk.vmi(50), the_desk.vmi(70)]
    monkeypatch.setattr(pydicom.Dataset, "save_as", full)
    assert "No space left" in the_desk.refusal(pair, "--dicom")
    assert not [path for path in the_desk.folder.iterdir() if path.name.startswith(".hnn")]


def test_a_result_does_not_take_the_place_of_its_input(the_desk: Desk) -> None:
    the_desk.out.mkdir()
    for kev in (40, 70):
        write_image(NECK.monochromatic(kev, np.int16), the_desk.out / f"vmi-{kev}-kev.nrrd")
    before = (the_desk.out / "vmi-40-kev.nrrd").read_bytes()
    given: list[Path | str] = [the_desk.out / f"vmi-{kev}-kev.nrrd" for kev in (40, 70)]
    assert the_desk.spectral(given) == 2
    assert (the_desk.out / "vmi-40-kev.nrrd").read_bytes() == before


@pytest.mark.shared_data
@pytest.mark.parametrize(("scanner", "low", "high"), [("IQon", 50, 100), ("CT7500", 60, 160)])
def test_real_philips_images_give_water_without_iodine(
    the_desk: Desk, shared_data: Callable[[str], Path], scanner: str, low: int, high: int
) -> None:
    folder = shared_data("spectral-ct-philips") / scanner
    given: list[Path | str] = [folder / f"{kev}.dcm" for kev in (low, high)]
    assert the_desk.spectral(given, "--kev", 70, "--maps", "iodine-2", "vnc") == 0
    water = (0, slice(240, 272), slice(240, 272))
    assert abs(read_image(the_desk.out / "iodine-2.nrrd").voxels[water].mean()) < 0.1
    assert abs(read_image(the_desk.out / "vnc.nrrd").voxels[water].mean()) < 5
