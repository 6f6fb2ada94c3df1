"""Slopes of iodine of tube voltages: given with the inputs, or calibrated by regions of known iodine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.scene.volumes import add_volume
from iENEGraderLib.scene.spectral.drawn_regions import drawn_regions
from iENEGraderLib.scene.spectral.input_choice import choice_of
from iENEGraderLib.scene.spectral.slope_calibration import SlopeCalibration
from iENEGraderLib.scene.spectral.spectral_state import StateKeeper
from iENEGraderLib.scene.spectral.tissue_calibration import TissueSample
from iENEGraderLib.spectral import tube_response
from spectral_scene_builders import GRID, add_spectral_case, part

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from iENEGraderLib.panel.spectral.slope_part import SlopePart
    from iENEGraderLib.panel.spectral.spectral_section import SpectralSection
    from panel_fixtures import PanelUser

    Choose = Callable[[Any, str], None]

pytest_plugins = ("section_fixtures",)

TRUE_SLOPES = {80.0: 46.0, 140.0: 24.0}
"""Of a scanner whose detector differs from that of the table."""
DEFAULTS = [tube_response(kvp).iodine for kvp in TRUE_SLOPES]


def add_voltages() -> None:
    """Add the neck at two tube voltages, with the iodine that its segments hold, seen by that scanner."""
    for kvp, slope in TRUE_SLOPES.items():
        response = tube_response(kvp)
        voxels = np.random.default_rng(int(kvp)).normal(response.soft, 3.0, GRID.array_shape)
        i, j, _k = np.moveaxis(GRID.ras_from_kji(np.moveaxis(np.indices(GRID.array_shape), 0, -1)), -1, 0)
        voxels[np.hypot(i, j) > 42] -= 1000.0 + response.soft
        voxels[(i < -22) & (np.hypot(i, j) < 40)] += response.fat - response.soft
        for name in ("common_carotid_artery_right", "internal_jugular_vein_right", "sternocleidomastoid_right"):
            x, y, _z = part(name).centre_ras_mm
            voxels[np.hypot(i - x, j - y) <= part(name).radius_mm] += slope * part(name).iodine_mg_ml
        add_volume(Image(np.rint(voxels).astype(np.int16), GRID, "CT"), f"Neck {kvp:g} kVp")


@pytest.fixture
def a_section(a_layout_node: Any, a_user: PanelUser, choose: Choose) -> SpectralSection:
    """The section in its panel, with two tube voltages in use."""
    from PySide6.QtTest import QTest

    add_spectral_case()
    add_voltages()
    section: SpectralSection = a_user.panel.spectralSection
    section.fold.collapsed = False
    QTest.qWait(250)
    for row, kvp in zip(section.inputs.rows, TRUE_SLOPES, strict=False):
        choose(row.volumeBox, f"Neck {kvp:g} kVp")
        if row.roleBox.currentText != "kV":
            choose(row.roleBox, "kV")
        row.numberBox.value = kvp
    section.useButton.click()
    assert section.maps is not None, section.summary.text
    section.slopes.fold.collapsed = False
    return section


def slopes_of(section: SpectralSection) -> list[float]:
    assert section.maps is not None
    return [each.response.iodine for each in section.maps.data.channels]


def iodine_of(section: SpectralSection, name: str) -> float:
    section.regions.measureButton.click()
    return next(each.iodine.mean for each in section.regions.values if each.region.name == name)


def choose_regions(slopes: SlopePart, choose: Choose, insert: str, reference: str) -> None:
    slopes.refresh()
    choose(slopes.insert.box, insert)
    choose(slopes.reference.box, reference)


def test_two_regions_of_known_iodine_mend_the_slopes(a_section: SpectralSection, choose: Choose) -> None:
    slopes = a_section.slopes
    assert slopes.visible
    assert slopes_of(a_section) == pytest.approx(DEFAULTS)
    assert "default slopes" in a_section.summary.text
    wrong = iodine_of(a_section, "common carotid artery right")
    assert abs(wrong - 8.0) > 0.4
    choose_regions(slopes, choose, "internal_jugular_vein_right", "sternocleidomastoid_right")
    slopes.insertBox.value, slopes.referenceBox.value = 5.0, 0.8
    slopes.calibrateButton.click()
    assert slopes_of(a_section) == pytest.approx([*TRUE_SLOPES.values()], rel=0.01)
    assert iodine_of(a_section, "common carotid artery right") == pytest.approx(8.0, abs=0.15)
    assert "default slopes" not in a_section.summary.text
    assert "4.2 mg/mL more" in slopes.words.text
    assert "(calibrated)" in slopes.words.text
    slopes.resetButton.click()
    assert iodine_of(a_section, "common carotid artery right") == pytest.approx(wrong)
    assert not slopes.resetButton.enabled


def test_regions_without_a_difference_are_asked_for(a_section: SpectralSection, choose: Choose) -> None:
    slopes = a_section.slopes
    slopes.calibrateButton.click()
    assert a_section.summary.text == "Choose or draw two regions of known iodine first"
    choose_regions(slopes, choose, "internal_jugular_vein_right", "sternocleidomastoid_right")
    slopes.insertBox.value = slopes.referenceBox.value = 2.0
    slopes.calibrateButton.click()
    assert a_section.summary.text.endswith("the first one must hold more")
    choose_regions(slopes, choose, "sternocleidomastoid_right", "internal_jugular_vein_right")
    slopes.referenceBox.value = 0.0
    slopes.calibrateButton.click()
    assert "HU above its surroundings" in a_section.summary.text
    assert slopes_of(a_section) == pytest.approx(DEFAULTS)
    assert drawn_regions() == []


def test_slopes_of_the_site_are_taken_with_the_inputs_and_saved(
    a_section: SpectralSection, choose: Choose, tmp_path: Path
) -> None:
    import slicer
    from PySide6.QtTest import QTest

    row = a_section.inputs.rows[0]
    assert row.slopeBox.visible
    for each, slope in zip(a_section.inputs.rows, TRUE_SLOPES.values(), strict=False):
        each.slopeBox.value = slope
    a_section.useButton.click()
    assert slopes_of(a_section) == pytest.approx([*TRUE_SLOPES.values()])
    assert iodine_of(a_section, "common carotid artery right") == pytest.approx(8.0, abs=0.15)
    choose_regions(a_section.slopes, choose, "internal_jugular_vein_right", "sternocleidomastoid_right")
    a_section.slopes.insertBox.value, a_section.slopes.referenceBox.value = 8.4, 0.0
    a_section.slopes.calibrateButton.click()
    assert slopes_of(a_section) == pytest.approx([23.0, 12.0], rel=0.01)

    a_section.leave()
    assert slicer.util.saveScene(str(tmp_path / "scene.mrb"))
    slicer.mrmlScene.Clear(0)
    QTest.qWait(250)
    slicer.util.loadScene(str(tmp_path / "scene.mrb"))
    QTest.qWait(250)
    assert slopes_of(a_section) == pytest.approx([23.0, 12.0], rel=0.01)
    assert a_section.slopes.resetButton.enabled
    assert row.slopeBox.value == 46.0
    # A slope is that of its voltage; other inputs give the calibration up.
    row.numberBox.value = 100.0
    assert row.slopeBox.value == 0.0
    assert choice_of(row.choice.volume).slope is None  # type: ignore[union-attr]
    assert StateKeeper(a_section.inputs._parameterNode).state.slopes is None


def test_monochromatic_images_have_no_slopes_to_calibrate(a_section: SpectralSection, choose: Choose) -> None:
    for row, kev in zip(a_section.inputs.rows, (40, 70), strict=False):
        choose(row.volumeBox, f"Neck Monoenergetic {kev} keV")
        assert not row.slopeBox.visible
    a_section.useButton.click()
    assert a_section.maps is not None, a_section.summary.text
    assert not a_section.slopes.visible
    sample = TissueSample("Iodine", 60, 30.0, (400.0, 180.0), ((16.0, 2.0), (2.0, 16.0)))
    less = TissueSample("Less", 60, 30.0, (60.0, 50.0), ((16.0, 2.0), (2.0, 16.0)))
    with pytest.raises(InputError, match="whose slopes are those of the energy"):
        SlopeCalibration(("40 keV", "70 keV"), sample, less, 5.0).applied_to(a_section.maps.data)
