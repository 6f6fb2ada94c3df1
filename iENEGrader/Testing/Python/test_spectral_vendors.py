"""Headers as the makers of scanners write them: recognised as far as public sources and free text tell.

Only Philips has been seen on real images (see the tests on shared data). The others are built from what public code and
papers tell of their series descriptions; an examination of each maker must confirm them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pydicom
import pytest
from iENEGraderLib.spectral.recognition import (
    Confidence,
    RecognisedSeries,
    SeriesKind,
    ValueUnit,
    converted_image,
    read_spectral_series,
    require_one_group,
)
from iENEGraderLib.spectral.recognition.words import words_of
from scipy import ndimage
from spectral_series_builders import NECK, item, material_attributes, vmi_attributes, write_iodine, write_series

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DERIVED = ["DERIVED", "SECONDARY", "AXIAL"]
MONO, IODINE, VNC = SeriesKind.MONOCHROMATIC, SeriesKind.IODINE_MAP, SeriesKind.VIRTUAL_NON_CONTRAST


@dataclass(frozen=True)
class Export:
    """A series of a maker, and what it is."""

    maker: str
    description: str
    kind: SeriesKind
    kev: float | None = None
    header: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.maker}: {self.description}"


SIEMENS, GE, CANON, PHILIPS = "SIEMENS", "GE MEDICAL SYSTEMS", "CANON_MEC", "Philips"
EXPORTS = (
    Export(SIEMENS, "DE_Neck  1.0  Qr40  Monoenergetic Plus 40 keV", MONO, 40, {"ImageType": [*DERIVED, "DET_MONO"]}),
    Export(SIEMENS, "Neck 0.4 Qr40 VMI 55keV", MONO, 55, {"ImageType": [*DERIVED, "VMI"]}),
    Export(SIEMENS, "Neck Mono+ 60 keV", MONO, 60, {"ImageType": DERIVED}),
    Export(SIEMENS, "DE_LiverVNC VNC 1.0 Q40f", VNC, None, {"ImageType": [*DERIVED, "DET_VNC"]}),
    Export(SIEMENS, "RhoZ Rho", SeriesKind.ELECTRON_DENSITY),
    Export(SIEMENS, "Neck 1.0 Qr40 A_80kV", SeriesKind.CONVENTIONAL, None, {"KVP": 80}),
    Export(SIEMENS, "Neck 1.0 Qr40 B_Sn140kV", SeriesKind.CONVENTIONAL, None, {"KVP": 140}),
    Export(GE, "GSI MONO 50keV", MONO, 50, {"ImageType": [*DERIVED, "GSI MONO"]}),
    Export(GE, "NECK 70 keV 0.625mm", MONO, 70, {"ImageType": DERIVED}),
    Export(GE, "MD Water(Iodine)", SeriesKind.OTHER, None, {"RescaleType": "mg/cc"}),
    Export(GE, "MD Fat(Iodine)", SeriesKind.OTHER, None, {"RescaleType": "mg/cc"}),
    Export(GE, "Virtual Unenhanced VUE", VNC),
    Export(GE, "GSI Effective-Z", SeriesKind.EFFECTIVE_Z),
    Export(CANON, "Neck Mono 65 keV SPECTRAL", MONO, 65, {"ImageType": DERIVED}),
    Export(CANON, "Neck Virtual Non Contrast", VNC),
    Export(CANON, "Neck Electron Density", SeriesKind.ELECTRON_DENSITY),
    Export(CANON, "Neck Effective Z", SeriesKind.EFFECTIVE_Z),
    Export(PHILIPS, "MonoE 45keV[HU]", MONO, 45),
    Export(PHILIPS, "Z Effective[no units]", SeriesKind.EFFECTIVE_Z),
    Export(PHILIPS, "VNC[HU*]", VNC),
)


def sources(series: RecognisedSeries) -> dict[str, tuple[str, str]]:
    return {each.about: (each.source, each.said) for each in series.decisions}


def recognised(folder: Path) -> RecognisedSeries:
    return read_spectral_series(folder).recognised


@pytest.mark.parametrize("export", EXPORTS, ids=str)
def test_series_of_makers_are_known_by_their_descriptions(tmp_path: Path, export: Export) -> None:
    voxels = NECK.monochromatic(export.kev or 70, np.int16).voxels
    header = {"Manufacturer": export.maker, "SeriesDescription": export.description} | export.header
    known = recognised(write_series(tmp_path / "a", voxels, **header))
    assert (known.kind, known.energy_kev) == (export.kind, export.kev)
    if "VMI" not in header.get("ImageType", []):
        assert known.confidence is not Confidence.STATED
    if export.kind in (MONO, SeriesKind.CONVENTIONAL):
        assert (known.unit, known.problem) == (ValueUnit.HU, None)


@pytest.mark.parametrize("text", ["120 kV", "slice 40", "1.70keVision", "1234 keV"])
def test_numbers_that_are_no_energy_stay_alone(text: str) -> None:
    assert not any(energy in (40, 120, 234) for energy, _ in words_of(text).energies_kev)


@pytest.mark.parametrize(
    ("maker", "description", "header", "per_mg_ml"),
    [
        (SIEMENS, "DE_Neck Iodine Map 1.0", {"RescaleType": "MGML", "RescaleSlope": 0.1}, 10),
        (GE, "MD Iodine(Water)", {"RescaleType": "mg/cc", "RescaleSlope": 0.1}, 10),
        (CANON, "Neck Iodine Map", {"RescaleType": "mg/ml", "RescaleSlope": 0.01}, 100),
        (PHILIPS, "Iodine Density[mg/ml]", {"RescaleType": "mg/ml", "RescaleSlope": 0.01}, 100),
    ],
)
def test_iodine_maps_of_makers_come_out_in_mg_per_ml(
    tmp_path: Path, maker: str, description: str, header: dict[str, Any], per_mg_ml: float
) -> None:
    folder = write_iodine(
        tmp_path / "a", per_mg_ml, Manufacturer=maker, SeriesDescription=description, ImageType=DERIVED, **header
    )
    series = read_spectral_series(folder)
    assert (series.recognised.kind, series.recognised.problem) == (IODINE, None)
    assert converted_image(series).voxels[NECK.roi("artery")].mean() == pytest.approx(8.0, abs=0.06)


def test_iodine_in_steps_of_100_micrograms_is_asked_about(tmp_path: Path) -> None:
    header = {"Manufacturer": GE, "SeriesDescription": "MD Iodine(Water)", "RescaleType": "100 ug/cm3"}
    assert "0.1 mg/mL" in (recognised(write_iodine(tmp_path / "a", 10, **header)).problem or "")


def test_an_iodine_overlay_in_hu_is_not_taken_for_a_concentration(tmp_path: Path) -> None:
    header = {"Manufacturer": SIEMENS, "SeriesDescription": "DE_Neck Iodine overlay", "RescaleType": "HU"}
    assert "no concentration" in (recognised(write_iodine(tmp_path / "a", 26, **header)).problem or "")


@pytest.mark.parametrize("maker", [SIEMENS, GE, CANON, PHILIPS])
def test_standard_attributes_are_read_alike_from_all_makers(tmp_path: Path, maker: str) -> None:
    voxels = NECK.monochromatic(40, np.int16).voxels
    mono = recognised(write_series(tmp_path / "a", voxels, Manufacturer=maker, **vmi_attributes(40)))
    assert (mono.kind, mono.energy_kev, mono.confidence) == (MONO, 40, Confidence.STATED)
    attributes = material_attributes("MAT_SPECIFIC", "MGML", "Iodine")
    iodine = recognised(write_iodine(tmp_path / "b", 1, Manufacturer=maker, SeriesDescription="", **attributes))
    assert (iodine.kind, iodine.unit, iodine.confidence) == (IODINE, ValueUnit.MG_PER_ML, Confidence.STATED)


def test_bins_of_a_photon_counter_are_told_by_their_thresholds(tmp_path: Path) -> None:
    voxels = NECK.monochromatic(60, np.int16).voxels
    for number, (low, high) in enumerate(((20, 65), (65, 120))):
        detector = item(MultienergyDetectorType="PHOTON_COUNTING", NominalMinEnergy=low, NominalMaxEnergy=high)
        acquisition = item(MultienergyCTXRayDetectorSequence=[detector], CTXRayDetailsSequence=[item(KVP=120)])
        folder = tmp_path / str(number)
        header = {"Manufacturer": SIEMENS, "KVP": None, "MultienergyCTAcquisitionSequence": [acquisition]}
        assert recognised(write_series(folder, voxels, **header)).bin_kev == (low, high)


def test_a_spectral_base_image_of_philips_is_no_plain_ct(tmp_path: Path) -> None:
    """It holds encoded spectral data, which only the maker's software decodes."""
    header = {"Manufacturer": PHILIPS, "ImageType": ["DERIVED", "PRIMARY", "SBI"], "SeriesDescription": "SBI"}
    folder = write_series(tmp_path / "a", NECK.monochromatic(70, np.int16).voxels, **header)
    assert pydicom.dcmread(next(folder.iterdir())).ImageType[2] == "SBI"
    known = recognised(folder)
    assert known.kind is not SeriesKind.CONVENTIONAL
    assert "spectral base image" in (known.problem or "")


# Attenuation of polymers relative to water at the energies of the real images (xraylib, without unit). The ratio of two
# energies does not depend on the density of the insert.
PTFE = {50: 0.93930, 100: 0.87866}
PMMA = {60: 0.93447, 160: 0.96802}
POLYETHYLENE = {60: 0.95687, 160: 1.02037}


@pytest.mark.shared_data
@pytest.mark.parametrize(("scanner", "kevs"), [("IQon", (50, 100)), ("CT7500", (60, 160))])
def test_real_philips_images_are_recognised(
    shared_data: Callable[[str], Path], scanner: str, kevs: tuple[int, int]
) -> None:
    folder = shared_data("spectral-ct-philips") / scanner
    pair = [read_spectral_series(folder / f"{kev}.dcm") for kev in kevs]
    for kev, series in zip(kevs, pair, strict=True):
        known = series.recognised
        assert (known.kind, known.energy_kev, known.unit) == (SeriesKind.MONOCHROMATIC, kev, ValueUnit.HU)
        assert (known.confidence, known.problem, known.warnings) == (Confidence.DESCRIBED, None, ())
        assert sources(known)["energy"] == ("Series Description (0008,103E)", f"{kev}keV")
    require_one_group(pair)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("scanner", "polymer", "place_ji"),
    [("IQon", PTFE, (260, 368)), ("CT7500", PMMA, (155, 153)), ("CT7500", POLYETHYLENE, (358, 358))],
)
def test_inserts_of_real_images_change_with_energy_as_physics_says(
    shared_data: Callable[[str], Path], scanner: str, polymer: dict[int, float], place_ji: tuple[int, int]
) -> None:
    folder = shared_data("spectral-ct-philips") / scanner
    insert = np.zeros((512, 512), bool)
    insert[place_ji] = True
    insert = ndimage.binary_dilation(insert, iterations=8)
    low, high = (
        1 + converted_image(read_spectral_series(folder / f"{kev}.dcm")).voxels[0][insert].mean() / 1000
        for kev in polymer
    )
    theirs, ours = polymer.values()
    assert high / low == pytest.approx(ours / theirs, rel=0.003)
