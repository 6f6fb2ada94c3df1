"""Spectral settings live in the scene: they come back with it, and the section follows whoever changes them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.scene.volumes import add_volume
from iENEGraderLib.scene.compare_views import volume_in_view
from iENEGraderLib.scene.layouts import Layout, compare_views, current_layout
from iENEGraderLib.scene.slice_background import is_ct
from iENEGraderLib.scene.spectral.slope_calibration import SlopeCalibration
from iENEGraderLib.scene.spectral.spectral_state import (
    PARAMETER,
    OverlayChoice,
    Shown,
    SpectralState,
    StateKeeper,
    state_of_text,
    text_of_state,
)
from iENEGraderLib.scene.spectral.tissue_calibration import TissueCalibration, TissueSample
from iENEGraderLib.spectral import MapKind, Materials, apply, virtual_monochromatic
from spectral_scene_builders import GRID, add_energies, add_spectral_case, part

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from iENEGraderLib.panel.spectral.spectral_section import SpectralSection
    from panel_fixtures import PanelUser

    Choose = Callable[[Any, str], None]

pytest_plugins = ("section_fixtures",)

FAT = TissueSample("Fat", 60, 30.0, (-150.0, -75.0), ((16.0, 2.0), (2.0, 16.0)))
MUSCLE = TissueSample("Muscle", 90, 40.0, (130.0, 75.0), ((16.0, 2.0), (2.0, 16.0)))
CALIBRATION = TissueCalibration(("40 keV", "70 keV"), FAT, MUSCLE)
STATE = SpectralState(
    in_use=True,
    kev=57.0,
    materials=Materials.WATER_IODINE,
    shown=Shown.COMPARISON,
    overlay=OverlayChoice(MapKind.FAT_FRACTION, 0.35, 1.5, 0.6),
    calibration=CALIBRATION,
    slopes=SlopeCalibration(("40 keV", "70 keV"), MUSCLE, FAT, 4.5),
    noise_reduced=True,
)


@pytest.fixture
def a_user_of_spectral_ct(a_layout_node: Any, a_user: PanelUser) -> PanelUser:
    """A user who has loaded two energies, unfolded the section and pressed Use."""
    add_spectral_case()
    section = a_user.panel.spectralSection
    section.fold.collapsed = False
    wait(a_user)
    section.useButton.click()
    assert section.maps is not None, section.summary.text
    return a_user


def wait(user: PanelUser) -> None:
    from PySide6.QtTest import QTest

    QTest.qWait(250)
    user.application.processEvents()


def save_and_load(user: PanelUser, bundle: Path) -> None:
    import slicer

    user.panel.spectralSection.leave()
    assert slicer.util.saveScene(str(bundle))
    slicer.mrmlScene.Clear(0)
    wait(user)
    slicer.util.loadScene(str(bundle))
    wait(user)


def add_energies_of_the_scanner(section: SpectralSection, *kevs: float) -> None:
    """Add energies that are made of water and iodine, as a scanner makes them."""
    assert section.maps is not None
    data = section.maps.data
    for kev in kevs:
        voxels = np.empty(GRID.array_shape, np.int16)
        apply(virtual_monochromatic(data, kev).affine, data.voxels, voxels)
        add_volume(Image(voxels, GRID, "CT"), f"Neck Monoenergetic {kev:g} keV")


def add_noise(name: str, sd_hu: float) -> None:
    """Make an input as noisy as low energies are."""
    import slicer

    volume = slicer.util.getNode(name)
    noise = np.random.default_rng(3).normal(0.0, sd_hu, GRID.array_shape)
    slicer.util.arrayFromVolume(volume)[...] += np.rint(noise).astype(np.int16)
    slicer.util.arrayFromVolumeModified(volume)


def foreground(view: str) -> Any:
    import slicer

    composite = slicer.mrmlScene.GetSingletonNode(view, "vtkMRMLSliceCompositeNode")
    return slicer.mrmlScene.GetNodeByID(composite.GetForegroundVolumeID() or "")


# The record


def test_the_record_comes_back_from_its_text() -> None:
    assert state_of_text(text_of_state(STATE)) == STATE
    assert state_of_text(text_of_state(SpectralState())) == SpectralState()


@pytest.mark.parametrize("text", ["{}", "[]", "null", "nonsense", '{"version": 2}'])
def test_a_record_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(InputError, match=r"spectral settings of this scene cannot be read .* press Use to begin anew"):
        state_of_text(text)


def test_the_record_survives_a_scene_file(a_running_slicer: Any, tmp_path: Path) -> None:
    import slicer

    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScriptedModuleNode", "parameters")
    StateKeeper(lambda: node).write(STATE)
    assert slicer.util.saveScene(str(tmp_path / "scene.mrb"))
    slicer.mrmlScene.Clear(0)
    slicer.util.loadScene(str(tmp_path / "scene.mrb"))
    found = slicer.mrmlScene.GetFirstNodeByName("parameters")
    assert StateKeeper(lambda: found).state == STATE


# The section


def test_a_loaded_scene_shows_the_same_and_the_slider_goes_on(
    a_user_of_spectral_ct: PanelUser, choose: Choose, tmp_path: Path
) -> None:
    from iENEGraderLib.scene.spectral.spectral_volumes import voxels_of

    user = a_user_of_spectral_ct
    section: SpectralSection = user.panel.spectralSection
    section.energy.box.value = 62.0
    choose(section.materialsBox, "water, iodine")
    choose(section.overlay.kindBox, "iodine")
    section.overlay.thresholdBox.value = 1.75
    section.overlay.opacitySlider.value = 45
    keeper = StateKeeper(section.inputs._parameterNode)
    keeper.write(replace(keeper.state, calibration=CALIBRATION))
    wait(user)
    save_and_load(user, tmp_path / "scene.mrb")

    assert section.maps is not None, section.summary.text
    assert section.controls.visible
    assert [each.number for each in section.inputs.choices] == [40.0, 70.0]
    assert section.energy.kev == 62.0
    assert section.materialsBox.currentText == "water, iodine"
    assert section.overlay.kindBox.currentText == "iodine"
    assert (section.overlay.thresholdBox.value, section.overlay.opacitySlider.value) == (1.75, 45)
    assert "fat -152 → -150, soft 62 → 130 HU" in section.calibration.words.text
    assert section.maps.data.channels[0].response.soft == 130.0
    assert volume_in_view("Red").GetName() == "VMI 62 keV (slider)"
    assert volume_in_view("Red") is section.maps.volume, "no second volume beside the loaded one"
    assert foreground("Red").GetName() == "Iodine (mg/mL)"
    assert foreground("Red").GetDisplayNode().GetLowerThreshold() == 1.75

    before = voxels_of(section.maps.volume).copy()
    section.energy.slider.value = 100
    section.energy.leave()
    assert volume_in_view("Red").GetName() == "VMI 100 keV (slider)"
    assert (voxels_of(section.maps.volume) != before).any()


def test_less_noise_is_for_looking_and_comes_back_with_the_scene(
    a_user_of_spectral_ct: PanelUser, tmp_path: Path
) -> None:
    from iENEGraderLib.scene.spectral.spectral_volumes import voxels_of

    def node() -> np.ndarray:
        k, j, i = np.rint(GRID.kji_from_ras(part("node_1").centre_ras_mm)).astype(int)
        found: np.ndarray = voxels_of(section.maps.volume)[k - 1 : k + 2, j - 2 : j + 3, i - 2 : i + 3]  # type: ignore[union-attr]
        return found.astype(float)

    user = a_user_of_spectral_ct
    section: SpectralSection = user.panel.spectralSection
    add_noise("Neck Monoenergetic 40 keV", 20.0)
    section.useButton.click()
    assert section.maps is not None
    section.regions.measureButton.click()
    plain, measured, volume = node(), section.regions.values[0], section.maps.volume
    section.energy.noiseBox.click()
    assert volume.GetName() == "VMI 40 keV (slider), noise-reduced: for looking, not for measuring"
    assert "measure in the plain image" in volume.GetDescription()
    assert not is_ct(volume), "nobody measures HU in it"
    assert node().std() < 0.5 * plain.std()
    assert node().mean() == pytest.approx(plain.mean(), abs=5.0)
    section.regions.measureButton.click()
    assert section.regions.values[0].low == measured.low
    assert section.regions.values[0].iodine == measured.iodine
    section.overlay.showChoice(OverlayChoice())
    section._onOverlay(OverlayChoice(MapKind.IODINE))
    assert foreground("Red").GetName() == "Iodine (mg/mL)", "maps lie over it as over the plain image"

    save_and_load(user, tmp_path / "scene.mrb")
    assert section.maps is not None, section.summary.text
    assert section.energy.noiseBox.checked
    assert section.maps.volume.GetName().endswith("not for measuring")
    section.energy.noiseBox.click()
    assert section.maps.volume.GetName() == "VMI 40 keV (slider)"
    assert is_ct(section.maps.volume)
    assert np.array_equal(node(), plain)


def test_a_record_from_before_noise_could_be_reduced_is_read() -> None:
    text = text_of_state(STATE).replace(', "noise_reduced": true', "")
    assert "noise" not in text
    assert state_of_text(text) == replace(STATE, noise_reduced=False)


def test_a_comparison_comes_back_with_its_views(a_user_of_spectral_ct: PanelUser, tmp_path: Path) -> None:
    user = a_user_of_spectral_ct
    section: SpectralSection = user.panel.spectralSection
    section.showRow.buttons[Shown.COMPARISON].click()
    shown = [volume_in_view(view) for view in compare_views(6)]
    names = [None if each is None else each.GetName() for each in shown]
    save_and_load(user, tmp_path / "scene.mrb")
    assert current_layout() is Layout.COMPARE_6
    again = [volume_in_view(view) for view in compare_views(6)]
    assert [None if each is None else each.GetName() for each in again] == names
    assert [shown for shown, button in section.showRow.buttons.items() if button.checked] == [Shown.COMPARISON]


def test_another_scene_without_spectral_ct_shows_none(a_user_of_spectral_ct: PanelUser) -> None:
    import slicer

    slicer.mrmlScene.Clear(0)
    wait(a_user_of_spectral_ct)
    section = a_user_of_spectral_ct.panel.spectralSection
    assert section.maps is None
    assert not section.controls.visible
    assert section.summary.text == ""


def test_the_section_follows_a_script_that_changes_the_settings(a_user_of_spectral_ct: PanelUser) -> None:
    section: SpectralSection = a_user_of_spectral_ct.panel.spectralSection
    keeper = StateKeeper(section.inputs._parameterNode)
    overlay = OverlayChoice(MapKind.FAT_FRACTION, 0.5, 1.0, 0.7)
    keeper.write(replace(keeper.state, kev=88.0, overlay=overlay))
    wait(a_user_of_spectral_ct)
    assert section.energy.kev == 88.0
    assert section.maps is not None
    assert section.maps.volume.GetName() == "VMI 88 keV (slider)"
    assert section.overlay.choice == overlay
    assert foreground("Red").GetName() == "Fat fraction"


def test_settings_that_cannot_be_read_are_told_and_given_up_by_use(a_user_of_spectral_ct: PanelUser) -> None:
    section: SpectralSection = a_user_of_spectral_ct.panel.spectralSection
    section.inputs._parameterNode().SetParameter(PARAMETER, '{"version": 9}')
    wait(a_user_of_spectral_ct)
    assert "cannot be read" in section.summary.text
    section.useButton.click()
    assert section.maps is not None
    assert StateKeeper(section.inputs._parameterNode).state.in_use


def test_other_inputs_give_the_calibration_up(a_user_of_spectral_ct: PanelUser, choose: Choose) -> None:
    section: SpectralSection = a_user_of_spectral_ct.panel.spectralSection
    keeper = StateKeeper(section.inputs._parameterNode)
    keeper.write(replace(keeper.state, calibration=CALIBRATION))
    add_energies(100)
    wait(a_user_of_spectral_ct)
    assert "100 voxels" not in section.calibration.words.text
    assert "fat -152 → -150" in section.calibration.words.text
    choose(section.inputs.rows[1].volumeBox, "Neck Monoenergetic 100 keV")
    assert keeper.state.calibration is None
    section.useButton.click()
    assert section.maps is not None
    assert "table" in section.calibration.words.text


# More than two energies


def test_a_further_row_is_offered_for_each_energy_and_the_basis_is_tested(
    a_user_of_spectral_ct: PanelUser, choose: Choose
) -> None:
    section: SpectralSection = a_user_of_spectral_ct.panel.spectralSection
    add_energies_of_the_scanner(section, 55, 100, 140)
    wait(a_user_of_spectral_ct)
    for at, kev in ((2, 55), (3, 100), (4, 140)):
        assert section.inputs.rows[at].visible
        assert not section.inputs.rows[at + 1].visible
        choose(section.inputs.rows[at].volumeBox, f"Neck Monoenergetic {kev} keV")
    section.useButton.click()
    assert section.summary.text.startswith("Maps from 40 keV and 55 keV and 70 keV and 100 keV and 140 keV")
    assert "basis tested: water and iodine foretell" in section.summary.text
    assert "assumes" not in section.summary.text
    section.regions.measureButton.click()
    found = {each.region.name: each.iodine for each in section.regions.values}
    assert found["N1"].mean == pytest.approx(part("node_1").iodine_mg_ml, abs=0.05)


def test_two_materials_read_fat_as_less_than_no_iodine(a_user_of_spectral_ct: PanelUser, choose: Choose) -> None:
    from iENEGraderLib.scene.spectral.spectral_volumes import map_of, voxels_of

    section: SpectralSection = a_user_of_spectral_ct.panel.spectralSection
    section.showRow.buttons[Shown.IODINE].click()

    def iodine_of_fat() -> float:
        k, j, i = np.rint(GRID.kji_from_ras((-30.0, -15.0, 0.0))).astype(int)
        return float(voxels_of(map_of(MapKind.IODINE))[k - 3 : k + 3, j - 3 : j + 4, i - 3 : i + 4].mean())

    three = iodine_of_fat()
    choose(section.materialsBox, "water, iodine")
    assert iodine_of_fat() - three == pytest.approx(-1.34, abs=0.1)
    section.regions.measureButton.click()
    n2 = next(each for each in section.regions.values if each.region.name == "N2")
    assert n2.iodine.mean == pytest.approx(1.0 + 0.75 * 0.16 - 0.25 * 1.34, abs=0.06)
