"""`hnn spectral` with the patient's own fat and muscle, and with noise-reduced images beside the plain ones."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pydicom
import pytest
import SimpleITK
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.read import read_image
from iENEGraderLib.spectral import monochromatic_response
from iENEGraderLib.spectral.map_file import read_map
from iENEGraderLib.spectral.recognition import read_spectral_series
from spectral_desk import Desk, write_rois
from spectral_phantoms import Neck
from spectral_series_builders import NECK, write_series

if TYPE_CHECKING:
    from pathlib import Path

LEANER_HU = 12.0
"""Fat of this patient is denser than that of the table, at all energies."""


class Patient(Desk):
    """A neck whose fat is not that of the table, at 50 and 70 keV, with regions drawn in it."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        super().__init__(folder, capsys)
        self.neck = Neck(noise_hu=8.0)
        self.series = [self._series(kev) for kev in (50, 70)]

    def _series(self, kev: float) -> Path | str:
        voxels = self.neck.monochromatic(kev).voxels.copy()
        for disc in ("body", "deep fat", "half fat"):
            share = 0.5 if disc == "half fat" else 1.0
            index = next(n for n, one in enumerate(self.neck.discs) if one.name == disc)
            voxels[self.neck.regions == index] += share * LEANER_HU
        return write_series(self.folder / f"{kev}", np.rint(voxels).astype(int), SeriesDescription=f"MonoE {kev} keV")

    def rois(self, name: str = "rois.seg.nrrd", **regions: np.ndarray) -> Path:
        drawn = regions or {"Fat": NECK.roi("body"), "muscle": NECK.roi("neck muscle") & self._clear()}
        return write_rois(self.folder / name, read_image(self.series[0]).geometry, **drawn)

    def _clear(self) -> np.ndarray:
        """A part of the muscle without other discs."""
        box = np.zeros(NECK.regions.shape, bool)
        box[:, 95:135, 25:75] = True
        return box


@pytest.fixture
def the_patient(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Patient:
    return Patient(tmp_path, capsys)


def test_fat_fractions_rest_on_the_fat_and_muscle_of_the_patient(the_patient: Patient) -> None:
    found = {}
    for name, more in (("table", ()), ("patient", ("--calibrate", the_patient.rois()))):
        the_patient.out = the_patient.folder / name
        assert the_patient.spectral(the_patient.series, "--maps", "fat", "iodine", *more) == 0
        found[name] = [the_patient.mean("fat.nrrd", disc) for disc in ("deep fat", "neck muscle")]
    assert found["patient"] == pytest.approx([1.0, 0.0], abs=0.03)
    assert found["table"][0] < 0.95
    # Iodine is relative to the muscle, whatever that holds.
    assert the_patient.mean("iodine.nrrd", "neck muscle") == pytest.approx(0.0, abs=0.1)


def test_the_document_holds_the_anchors_before_and_after_with_their_sources(the_patient: Patient) -> None:
    assert the_patient.spectral(the_patient.series, "--maps", "fat", "--calibrate", the_patient.rois(), "--json") == 0
    document = the_patient.printed()["calibration"]
    for channel, kev in zip(document["channels"], (50, 70), strict=True):
        response = monochromatic_response(kev)
        assert channel["name"] == f"{kev} keV"
        assert channel["before"]["fat"] == pytest.approx(response.fat)
        assert channel["before"]["tissues_source"] == "attenuation table"
        assert channel["after"]["fat"] == pytest.approx(response.fat + LEANER_HU, abs=1)
        assert channel["after"]["tissues_source"] == "regions of this patient"
        assert channel["after"]["iodine_per_mg_ml"] == pytest.approx(response.iodine)
        assert channel["after"]["soft_tissue"] > channel["before"]["soft_tissue"]
        assert channel["fat_sd"] == pytest.approx(8.0, rel=0.1)
    assert document["fat"]["voxels"] == NECK.roi("body").sum()


def test_segments_of_other_names_are_chosen_by_id_or_name(the_patient: Patient) -> None:
    muscle = NECK.roi("soft tissue")
    rois = the_patient.rois(subcutaneous=NECK.roi("body"), Sternocleidomastoid=muscle)
    message = the_patient.refusal(the_patient.series, "--calibrate", rois)
    assert "0 segments are called fat" in message
    assert "Segment_1 (subcutaneous)" in message
    chosen = f"{rois}:fat=Segment_1,muscle=Sternocleidomastoid"
    assert the_patient.spectral(the_patient.series, "--maps", "fat", "--calibrate", chosen) == 0


def test_regions_that_are_too_small_or_not_of_one_tissue_are_refused(the_patient: Patient) -> None:
    muscle = NECK.roi("soft tissue")
    small = np.zeros_like(muscle)
    small[1, 80:83, 8:11] = True
    both = NECK.roi("body").copy()
    both[:, 110:120, 70:90] = True
    vessel = muscle.copy()
    vessel[1, 78:84, 108:113] = True
    for name, regions, says in (
        ("small", {"fat": small, "muscle": muscle}, "the region of fat is too small to calibrate: 9 voxels"),
        ("both", {"fat": both, "muscle": muscle}, "the region of fat is not of one tissue: its voxels spread by"),
        ("vessel", {"fat": NECK.roi("body"), "muscle": vessel}, "the region of muscle is not of one tissue"),
        ("swapped", {"muscle": NECK.roi("body"), "fat": muscle}, "draw the one in subcutaneous fat"),
    ):
        rois = the_patient.rois(f"{name}.seg.nrrd", **regions)
        assert says in the_patient.refusal(the_patient.series, "--calibrate", rois), name


def test_regions_on_another_grid_are_refused(the_patient: Patient) -> None:
    rois = the_patient.rois()
    volume = SimpleITK.ReadImage(str(rois))
    volume.SetSpacing((0.9, 0.9, 2.5))
    SimpleITK.WriteImage(volume, str(rois))
    assert "does not lie on the grid" in the_patient.refusal(the_patient.series, "--calibrate", rois)


def spread(values: np.ndarray) -> float:
    return float(values[NECK.roi("soft tissue")].std())


def test_noise_reduced_images_stand_beside_the_plain_ones_and_say_what_they_are(the_patient: Patient) -> None:
    more = ("--kev", 40, "--noise-reduced", "--dicom", "--json")
    assert the_patient.spectral(the_patient.series, *more) == 0
    document = the_patient.printed()

    plain, smooth = (read_image(the_patient.out / f"{name}.nrrd").voxels for name in NAMES)
    assert spread(smooth) < 0.6 * spread(plain)
    vein = NECK.roi("vein")
    assert smooth[vein].mean() == pytest.approx(plain[vein].mean(), abs=8)

    by_file = {each["file"]: each for each in document["maps"]}
    assert set(by_file) == {f"{name}.nrrd" for name in NAMES}
    assert by_file["vmi-40-kev.nrrd"]["noise_reduced"] is False
    reduced = by_file["vmi-40-kev-noise-reduced.nrrd"]
    assert (reduced["noise_reduced"], reduced["name"]) == (True, "40 keV, noise-reduced")
    assert "weights" not in reduced
    assert "guided filter" in reduced["method"]
    assert any("measure in the plain image" in warning for warning in reduced["warnings"])


NAMES = ("vmi-40-kev", "vmi-40-kev-noise-reduced")


def test_noise_reduced_images_are_labelled_in_nrrd_and_dicom(the_patient: Patient) -> None:
    assert the_patient.spectral(the_patient.series, "--kev", 40, "--noise-reduced", "--dicom") == 0
    said = []
    for name in NAMES:
        reader = SimpleITK.ImageFileReader()
        reader.SetFileName(str(the_patient.out / f"{name}.nrrd"))
        reader.ReadImageInformation()
        said.append({key: reader.GetMetaData(key) for key in reader.GetMetaDataKeys() if key.startswith("HeadNeck")})
    assert "HeadNeckNodes.noise_reduced" not in said[0]
    assert said[1]["HeadNeckNodes.noise_reduced"] == "yes"
    assert read_map(the_patient.out / f"{NAMES[0]}.nrrd").kev == 40
    with pytest.raises(InputError, match="does not say which map it is"):
        read_map(the_patient.out / f"{NAMES[1]}.nrrd")

    folder = the_patient.out / "dicom" / NAMES[1]
    data: Any = pydicom.dcmread(next(folder.iterdir()))
    assert data.SeriesDescription == "40 keV, noise-reduced [HU], computed"
    assert "guided filter" in data.DerivationDescription
    by_dicom = read_image(folder).voxels
    assert np.array_equal(by_dicom, read_image(the_patient.out / f"{NAMES[1]}.nrrd").voxels)
    assert any("to be looked at" in text for text in read_spectral_series(folder).recognised.warnings)


def test_noise_reduced_images_need_energies(the_patient: Patient) -> None:
    assert "--kev" in the_patient.refusal(the_patient.series, "--maps", "iodine", "--noise-reduced")
