"""What DICOM headers of volumes in the scene say of spectral inputs: examination, kernel, contrast agent, beams."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.scene.volumes import add_volume
from iENEGraderLib.scene.spectral.input_choice import (
    InputChoice,
    InputRole,
    choice_of,
    conventional_volume,
    given,
    likely_inputs,
    remember,
)
from iENEGraderLib.scene.spectral.spectral_volumes import SpectralVolumes
from iENEGraderLib.spectral import Materials, iodine, sample_roi, tube_response
from spectral_phantoms import Neck
from spectral_series_builders import item, vmi_attributes, write_series

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from HeadNeckNodesLib.imaging.image import Image

    Loaded = Callable[..., Any]

pytest_plugins = ("section_fixtures",)

NECK = Neck(noise_hu=4.0)
NODE_MG_ML = 2.0


@pytest.fixture
def loaded(a_layout_node: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Loaded:
    """Adds a volume to the scene as Slicer does from its DICOM database, with a header."""
    import slicer

    files: dict[str, str] = {}
    database = SimpleNamespace(fileForInstance=lambda uid: files.get(uid, ""))
    monkeypatch.setattr(slicer, "dicomDatabase", database, raising=False)

    def load(image: Image, name: str, **header: Any) -> Any:
        written = sorted(write_series(tmp_path / name, image.voxels[:1].astype(int), **header).iterdir())
        known = {f"1.2.{len(files) + at}": str(file) for at, file in enumerate(written)}
        files.update(known)
        volume = add_volume(image, name)
        volume.SetAttribute("DICOM.instanceUIDs", " ".join(known))
        return volume

    return load


def two_energies(loaded: Loaded, **header: Any) -> list[Any]:
    """Choices of 40 keV, and of 70 keV with something else in its header."""
    volumes = [
        loaded(NECK.monochromatic(kev), f"neck {kev}", **(vmi_attributes(kev) | more))
        for kev, more in ((40, {}), (70, header))
    ]
    return [choice_of(each) for each in volumes]


def beam(loaded: Loaded, kvp: float, bin_kev: tuple[float, float] | None = None, tin_mm: float = 0.0) -> Any:
    """A volume of one tube voltage; a header says its bin, and none says its filter."""
    header: dict[str, Any] = {"KVP": kvp}
    if bin_kev:
        ends = item(MultienergyDetectorType="PHOTON_COUNTING", NominalMinEnergy=bin_kev[0], NominalMaxEnergy=bin_kev[1])
        acquisition = item(MultienergyCTXRayDetectorSequence=[ends], CTXRayDetailsSequence=[item(KVP=kvp)])
        header["MultienergyCTAcquisitionSequence"] = [acquisition]
    number = int(sum(bin_kev or (kvp,)))
    return loaded(NECK.beam(tube_response(kvp, tin_mm, bin_kev), number), f"scan {number}", **header)


def test_series_of_one_examination_are_taken_without_a_word_on_it(loaded: Loaded) -> None:
    warnings = SpectralVolumes.of(two_energies(loaded)).data.warnings
    assert not any("frame of reference" in text or "kernel" in text for text in warnings)


def test_series_of_two_examinations_are_refused(loaded: Loaded) -> None:
    with pytest.raises(InputError, match="neck 40 and neck 70 cannot be combined: their frames of reference differ"):
        SpectralVolumes.of(two_energies(loaded, FrameOfReferenceUID="1.2.3"))


@pytest.mark.parametrize(
    ("header", "says"),
    [
        ({"ConvolutionKernel": "Br64"}, "neck 40 and neck 70: their convolution kernels differ (Qr40, Br64)"),
        ({"SliceThickness": 4.0}, "neck 40 and neck 70: their slice thicknesses differ (2.5 and 4 mm)"),
        ({"ConvolutionKernel": None}, "not every series states its kernel"),
    ],
)
def test_other_reconstructions_are_told_with_the_maps(loaded: Loaded, header: dict[str, Any], says: str) -> None:
    assert any(text.startswith(says) for text in SpectralVolumes.of(two_energies(loaded, **header)).data.warnings)


@pytest.mark.parametrize(("agent", "says"), [("GADOLINIUM", "is gadolinium"), ("XENON", "says 'XENON'")])
def test_another_contrast_agent_is_refused(loaded: Loaded, agent: str, says: str) -> None:
    with pytest.raises(InputError, match=says):
        SpectralVolumes.of(two_energies(loaded, ContrastBolusIngredient=agent))


def test_bins_of_a_photon_counter_are_known_by_their_thresholds(loaded: Loaded) -> None:
    volumes = [beam(loaded, 120, ends) for ends in ((65.0, 120.0), (20.0, 65.0))]
    assert conventional_volume(volumes) is None
    chosen = likely_inputs(volumes)
    assert [each.bin_kev for each in chosen] == [(20.0, 65.0), (65.0, 120.0)]
    assert "energy_bin" in chosen[0].source
    data = SpectralVolumes.of(chosen).data
    assert [each.response.iodine for each in data.channels] == [
        tube_response(120, bin_kev=each.bin_kev).iodine for each in chosen
    ]


def test_a_tin_filter_is_what_the_user_says_and_its_absence_is_doubted(loaded: Loaded) -> None:
    volumes = [beam(loaded, 80), beam(loaded, 140, tin_mm=0.4)]
    data = SpectralVolumes.of(likely_inputs(volumes)).data
    assert any("140 kVp is taken as without a tin filter" in text for text in data.warnings)
    remember(InputChoice(volumes[1], InputRole.TIN_FILTER, 140.0))
    data = SpectralVolumes.of(likely_inputs(volumes)).data
    assert not any("tin" in text for text in data.warnings)
    assert data.channels[1].response.iodine == tube_response(140, tin_mm=0.4).iodine
    remember(InputChoice(volumes[1], InputRole.TIN_FILTER, 120.0))
    with pytest.raises(InputError, match="scan 140: no tin filter is known at 120 kV"):
        SpectralVolumes.of([choice_of(each) for each in volumes])


IODINE_HEADER = {"SeriesDescription": "Iodine Density", "RescaleSlope": 1, "RescaleIntercept": 0, "KVP": None}


def iodine_map(loaded: Loaded, per_mg_ml: float, unit: str) -> Any:
    """A map of iodine that stores so many steps for each mg/mL, under a unit that may leave their size open."""
    return loaded(Neck().iodine_map(per_mg_ml), "iodine", RescaleType=unit, **IODINE_HEADER)


def iodine_of_node(volumes: list[Any]) -> float:
    inputs = SpectralVolumes.of([choice_of(each) for each in volumes])
    sample = sample_roi(inputs.data, NECK.roi("node"))
    return sample.value_of(iodine(inputs.data, Materials.WATER_IODINE)).mean


def test_an_iodine_map_in_mg_ml_is_taken_with_one_energy(loaded: Loaded) -> None:
    volumes = [loaded(NECK.monochromatic(70), "neck 70", **vmi_attributes(70)), iodine_map(loaded, 1.0, "MGML")]
    assert [each.role for each in likely_inputs(volumes)] == [InputRole.MONOCHROMATIC, InputRole.IODINE_MAP]
    assert iodine_of_node(volumes) == pytest.approx(NODE_MG_ML, abs=0.2)


@pytest.mark.parametrize(
    ("per_mg_ml", "right", "wrong"),
    [
        (10.0, InputRole.IODINE_TENTHS, InputRole.IODINE_MAP),
        (1.0, InputRole.IODINE_MAP, InputRole.IODINE_TENTHS),
    ],
)
def test_steps_of_a_tenth_are_asked_about_and_both_answers_are_heard(
    loaded: Loaded, per_mg_ml: float, right: InputRole, wrong: InputRole
) -> None:
    neck = loaded(NECK.monochromatic(70), "neck 70", **vmi_attributes(70))
    volumes = [neck, iodine_map(loaded, per_mg_ml, "100ug/cm3")]
    asked = choice_of(volumes[1])
    assert asked.role is InputRole.UNKNOWN
    assert "exporters differ" in asked.source
    assert likely_inputs(volumes) == ()
    remember(given(asked, right, None))
    assert iodine_of_node(volumes) == pytest.approx(NODE_MG_ML, abs=0.2)
    remember(given(asked, wrong, None))
    with pytest.raises(InputError, match="the map is probably stored in"):
        iodine_of_node(volumes)
