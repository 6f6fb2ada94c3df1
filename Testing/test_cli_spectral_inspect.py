"""`hnn spectral --inspect`: every series of a folder, what it is and why, and whether its values are plausible."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from HeadNeckNodesLib.imaging.write import write_image
from spectral_desk import Desk
from spectral_series_builders import NECK, write_iodine, write_series, write_vmi

if TYPE_CHECKING:
    from pathlib import Path


class Examination(Desk):
    """A folder as a disc holds it: series side by side in one folder, and others in subfolders."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        super().__init__(folder, capsys)
        self.disc = folder / "disc"
        mixed = self.disc / "mixed"
        for number, kev in ((3, 50), (4, 70)):
            series = write_vmi(folder / f"{kev}", kev, SeriesNumber=number, SeriesDescription="DOE^JANE")
            mixed.mkdir(parents=True, exist_ok=True)
            for path in series.iterdir():
                path.rename(mixed / f"{kev}-{path.name}")
        (self.disc / "nested" / "deep").mkdir(parents=True)
        write_iodine(self.disc / "nested" / "deep" / "iodine", RescaleType="10^-2 MGML", SeriesNumber=5)
        write_series(self.disc / "kernel", self.voxels(120), KVP=120, ConvolutionKernel="Br64", SeriesNumber=6)
        scout = [(0.0, 0.0, 0.0), (40.0, 0.0, 0.0), (90.0, 0.0, 0.0)]
        write_series(self.disc / "scout", self.voxels(70), positions=scout, SeriesNumber=1)

    def voxels(self, kev: float) -> np.ndarray:
        voxels: np.ndarray = NECK.monochromatic(kev, np.int16).voxels
        return voxels

    def text(self, *series: Path | str) -> str:
        assert self.spectral(list(series), "--inspect") == 0
        return self._capsys.readouterr().out


@pytest.fixture
def the_examination(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Examination:
    return Examination(tmp_path, capsys)


@pytest.fixture
def the_desk(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path, capsys)


def test_every_series_of_a_folder_is_listed_with_what_it_is_and_what_it_goes_with(the_examination: Examination) -> None:
    assert the_examination.spectral([the_examination.disc], "--inspect", "--json") == 0
    document = the_examination.printed()
    assert [(one["series_number"], one.get("kind"), one["images"]) for one in document["series"]] == [
        (1, None, 3),
        (3, "monochromatic", 3),
        (4, "monochromatic", 3),
        (5, "iodine_map", 3),
        (6, "conventional", 3),
    ]
    assert "gantry tilt" in document["series"][0]["problem"] or "same position" in document["series"][0]["problem"]
    assert document["groups"] == [[2, 3, 4], [5]]

    text = the_examination.text(the_examination.disc)
    assert "series 3, 3 images" in text
    assert "together: 2, 3, 4" in text
    assert "apart: 2 and 5, their convolution kernels differ" in text
    assert "cannot be read:" in text
    assert "DOE" not in text
    assert not the_examination.out.exists()


def test_volume_files_of_a_folder_are_listed_too(the_desk: Desk) -> None:
    folder = the_desk.folder / "volumes"
    folder.mkdir()
    for kev in (40, 70):
        write_image(NECK.monochromatic(kev, np.int16), folder / f"vmi-{kev}-kev.nrrd")
    assert the_desk.spectral([folder], "--inspect", "--json") == 0
    document = the_desk.printed()
    assert [one["energy_kev"] for one in document["series"]] == [40, 70]
    assert document["groups"] == [[1, 2]]


def test_two_series_of_one_number_in_one_folder_are_said_to_be_inseparable(the_desk: Desk) -> None:
    folder = the_desk.folder / "mixed"
    folder.mkdir()
    for kev in (50, 70):
        for path in the_desk.vmi(kev).iterdir():
            path.rename(folder / f"{kev}-{path.name}")
    assert the_desk.spectral([folder], "--inspect", "--json") == 0
    problems = [one["problem"] for one in the_desk.printed()["series"]]
    assert problems == ["series number 4 is not its own here; move it into a folder of its own"] * 2


def test_without_inspect_a_folder_of_several_series_says_how_to_choose(the_examination: Examination) -> None:
    mixed = the_examination.disc / "mixed"
    message = the_examination.refusal([mixed])
    assert "holds 2 series, expected one: 3 is 50 keV monochromatic (HU), 3 images; 4 is 70 keV" in message
    assert "choose one with :series=3 behind the path" in message
    assert "DOE" not in message
    chosen: list[Path | str] = [f"{mixed}:series=3", f"{mixed}:series=4"]
    assert the_examination.spectral(chosen, "--maps", "iodine") == 0
    assert the_examination.mean("iodine.nrrd", "node") == pytest.approx(2.0, abs=0.05)


def test_an_empty_folder_is_refused(the_desk: Desk) -> None:
    (the_desk.folder / "empty").mkdir()
    assert "no image in it" in the_desk.refusal([the_desk.folder / "empty"], "--inspect")


def checks(desk: Desk, series: Path | str) -> list[tuple[str, float, str]]:
    assert desk.spectral([series], "--inspect", "--json") == 0
    found = desk.printed()["series"][0]["plausibility"]["checks"]
    return [(one["tissue"], one["found_hu"], one["verdict"]) for one in found]


def test_fat_and_muscle_are_compared_with_physics(the_desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    at_40 = the_desk.vmi(40)
    # Fat of 0.95 g/cm3 at 40 keV; muscle with 0.8 mg/mL of iodine.
    fat, muscle = checks(the_desk, at_40)
    assert fat == ("fat", pytest.approx(-151.7, abs=1), "plausible")
    assert muscle == ("muscle", pytest.approx(51.0 + 0.8 * 82.36, abs=2), "plausible")

    assert the_desk.spectral([at_40], "--inspect") == 0
    assert "fat: -152 HU, expected -167 to -137: plausible" in capsys.readouterr().out


def test_a_wrong_energy_makes_fat_implausible(the_desk: Desk) -> None:
    assert checks(the_desk, f"{the_desk.vmi(70)}:keV=40")[0][2] == "implausible"
    assert checks(the_desk, f"{the_desk.vmi(50, name='near')}:keV=56")[0][2] == "plausible"
    assert checks(the_desk, f"{the_desk.vmi(48, name='far')}:keV=60")[0][2] == "doubtful"


def test_tissue_that_is_not_there_is_not_found(the_desk: Desk) -> None:
    air = np.full((3, 64, 64), -1000)
    air[:, 20:22, 20:22] = 700
    series = write_series(the_desk.folder / "air", air, SeriesDescription="70 keV")
    assert [one[2] for one in checks(the_desk, series)] == ["not found", "not found"]


@pytest.mark.parametrize(
    ("behind", "says"),
    [
        (":kind=vnc", "virtual non contrast images show no energy of their own"),
        (":unit=mg/mL", "what it is remains open"),
        (":kind=conventional,kV=111", "no default slope for 111 kVp"),
    ],
)
def test_what_cannot_be_judged_is_said(the_desk: Desk, behind: str, says: str) -> None:
    assert the_desk.spectral([f"{the_desk.vmi(70)}{behind}"], "--inspect", "--json") == 0
    plausibility = the_desk.printed()["series"][0]["plausibility"]
    assert plausibility["checks"] == []
    assert says in plausibility["not_judged"]
