"""The section of spectral CT, used as a reader does, on a neck of known iodine and fat at two energies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from HeadNeckNodesLib.scene.volumes import matrix_of
from iENEGraderLib.panel.spectral.region_values import values_of
from iENEGraderLib.panel.spectral.regions import margin_of, region_at, regions_of
from iENEGraderLib.scene.compare_views import volume_in_view
from iENEGraderLib.scene.layouts import Layout, compare_views, current_layout
from iENEGraderLib.scene.segmentation_reading import segmented_image
from iENEGraderLib.scene.segmented_scene import SegmentedScene
from iENEGraderLib.scene.spectral.spectral_state import Shown
from spectral_scene_builders import GRID, add_energies, add_spectral_case, part, segments

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from iENEGraderLib.panel.session.reading_session import ReadingSession
    from iENEGraderLib.panel.spectral.spectral_section import SpectralSection
    from iENEGraderLib.reading import Evidence
    from iENEGraderLib.scene.case_scene import CaseScene

    Choose = Callable[[Any, str], None]

pytest_plugins = ("section_fixtures",)


@pytest.fixture
def a_case(a_layout_node: Any) -> CaseScene:
    return add_spectral_case()


@pytest.fixture
def a_parameter_node(a_layout_node: Any) -> Any:
    import slicer

    return slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScriptedModuleNode", "parameters")


@pytest.fixture
def the_segments(a_case: CaseScene) -> Iterator[SegmentedScene]:
    seen = SegmentedScene(segmented_image)
    yield seen
    seen.close()


@pytest.fixture
def a_section(
    a_session: ReadingSession, the_segments: SegmentedScene, a_parameter_node: Any
) -> Iterator[SpectralSection]:
    """The section, folded out in a window, with the first node selected."""
    from iENEGraderLib.panel.spectral.spectral_section import SpectralSection

    section = SpectralSection(a_session, a_session.change, the_segments, lambda: a_parameter_node)
    section.resize(380, 420)
    section.show()
    section.showNode(a_session.reading.node("N1"))  # type: ignore[union-attr]
    section.fold.collapsed = False
    yield section
    section.leave()
    section.close()
    section.hide()


@pytest.fixture
def a_section_in_use(a_section: SpectralSection) -> SpectralSection:
    a_section.useButton.click()
    return a_section


def cell(section: SpectralSection, region: str, column: int) -> tuple[float, float]:
    """Value and uncertainty in the table."""
    table = section.regions.table
    names = [table.item(row, 0).text() for row in range(table.rowCount)]
    value, error = table.item(names.index(region), column).text().split(" ± ")
    return float(value), float(error)


def evidence_of(session: ReadingSession, node_id: str) -> dict[str, Evidence]:
    assert session.reading is not None
    return {each.kind: each for each in session.reading.node(node_id).evidence}


# Inputs


def test_both_energies_are_chosen_and_the_source_is_told(a_section: SpectralSection) -> None:
    rows = a_section.inputs.rows
    assert [row.numberBox.value for row in rows[:2]] == [40.0, 70.0]
    assert [row.volumeBox.currentText for row in rows if row.visible] == [
        "Neck Monoenergetic 40 keV", "Neck Monoenergetic 70 keV", "–",
    ]  # fmt: skip
    assert rows[0].sourceLabel.text.startswith("energy: 40 keV, from file name")
    assert not a_section.controls.visible, "nothing to control before the volumes are checked"


def test_use_shows_one_energy_in_the_planes_and_says_what_to_mind(a_section_in_use: SpectralSection) -> None:
    assert volume_in_view("Red").GetName() == "VMI 40 keV (slider)"
    assert current_layout() is Layout.READING
    assert a_section_in_use.summary.text.startswith("Maps from 40 keV and 70 keV; assumes")
    assert a_section_in_use.controls.visible


def test_a_wrong_energy_is_refused_with_its_reason(a_section: SpectralSection, a_running_slicer: Any) -> None:
    a_section.inputs.rows[0].numberBox.value = 150.0
    assert a_section.inputs.rows[0].sourceLabel.text == "given by the user"
    assert a_section.summary.text == "Press Use when all is as it should be"
    a_section.useButton.click()
    assert "fat lies at" in a_section.summary.text or "swapped" in a_section.summary.text
    assert not a_section.controls.visible


def test_one_volume_alone_makes_no_map(a_section: SpectralSection, choose: Choose) -> None:
    choose(a_section.inputs.rows[1].volumeBox, "–")
    a_section.useButton.click()
    assert a_section.summary.text.startswith("choose two or more")


def test_the_choice_is_kept_with_the_scene(a_section: SpectralSection, a_parameter_node: Any, choose: Choose) -> None:
    add_energies(100)
    a_section.refresh()
    choose(a_section.inputs.rows[1].volumeBox, "Neck Monoenergetic 100 keV")
    a_section.inputs.refresh()
    assert a_section.inputs.rows[1].volumeBox.currentText == "Neck Monoenergetic 100 keV"
    assert a_parameter_node.GetNodeReference("SpectralInput2").GetName() == "Neck Monoenergetic 100 keV"


def test_maps_are_not_offered_as_inputs(a_section_in_use: SpectralSection) -> None:
    a_section_in_use.refresh()
    box = a_section_in_use.inputs.rows[0].volumeBox
    assert "VMI 40 keV (slider)" not in [box.itemText(at) for at in range(box.count)]


# Energy and maps


def test_the_slider_moves_the_views_at_once_and_the_volume_when_it_rests(
    a_section_in_use: SpectralSection, a_running_slicer: Any
) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    energy = a_section_in_use.energy
    energy.slider.setFocus()
    QTest.keyClick(energy.slider, Qt.Key.Key_PageUp)
    assert a_section_in_use.maps is not None
    assert energy.box.value == 50.0
    assert volume_in_view("Red").GetName() == "VMI 40 keV (slider)", "the whole volume lags behind"
    QTest.qWait(500)
    a_running_slicer.processEvents()
    assert volume_in_view("Red").GetName() == "VMI 50 keV (slider)"
    energy.box.value = 100.0
    a_section_in_use.leave()
    assert volume_in_view("Red").GetName() == "VMI 100 keV (slider)", "left at one energy"


def test_the_maps_are_shown_in_the_planes(a_section_in_use: SpectralSection) -> None:
    names = []
    for shown in (Shown.ENERGY, Shown.IODINE, Shown.FAT, Shown.NON_CONTRAST):
        a_section_in_use.showRow.buttons[shown].click()
        names.append(volume_in_view("Red").GetName())
    assert names == ["VMI 40 keV (slider)", "Iodine (mg/mL)", "Fat fraction", "VNC"]


def test_an_overlay_follows_its_threshold_and_opacity(a_section_in_use: SpectralSection, choose: Choose) -> None:
    import slicer

    overlay = a_section_in_use.overlay
    assert not overlay.thresholdBox.enabled
    choose(overlay.kindBox, "iodine")
    composite = slicer.mrmlScene.GetSingletonNode("Red", "vtkMRMLSliceCompositeNode")
    shown = slicer.mrmlScene.GetNodeByID(composite.GetForegroundVolumeID())
    assert shown.GetName() == "Iodine (mg/mL)"
    overlay.thresholdBox.value = 2.5
    overlay.opacitySlider.value = 30
    assert shown.GetDisplayNode().GetLowerThreshold() == 2.5
    assert composite.GetForegroundOpacity() == pytest.approx(0.3)
    choose(overlay.kindBox, "fat")
    assert slicer.mrmlScene.GetNodeByID(composite.GetForegroundVolumeID()).GetName() == "Fat fraction"
    assert not shown.GetDisplayNode().GetApplyThreshold()
    choose(overlay.kindBox, "no map")
    assert composite.GetForegroundVolumeID() is None


def test_the_comparison_says_what_is_missing(a_section_in_use: SpectralSection) -> None:
    a_section_in_use.showRow.buttons[Shown.COMPARISON].click()
    shown = [volume_in_view(view) for view in compare_views(6)]
    assert [None if each is None else each.GetName() for each in shown] == [
        "Neck Monoenergetic 70 keV", "VMI 50 keV", "Neck Monoenergetic 40 keV", None, "Iodine (mg/mL)", "Fat fraction",
    ]  # fmt: skip
    assert "conventional CT" in a_section_in_use.summary.text


def test_a_removed_input_is_noticed_and_nothing_fails(a_section_in_use: SpectralSection) -> None:
    import slicer

    slicer.mrmlScene.RemoveNode(a_section_in_use.inputs.choices[0].volume)
    for button in (
        a_section_in_use.showRow.buttons[Shown.COMPARISON],
        a_section_in_use.regions.measureButton,
        a_section_in_use.regions.keepButton,
    ):
        a_section_in_use.summary.text = ""
        button.click()
        assert "press Use again" in a_section_in_use.summary.text
    a_section_in_use.energy.slider.value = 60


def test_a_removed_map_is_made_again(a_section_in_use: SpectralSection) -> None:
    import slicer

    assert a_section_in_use.maps is not None
    slicer.mrmlScene.RemoveNode(a_section_in_use.maps.volume)
    a_section_in_use.energy.slider.value = 60
    a_section_in_use.energy.leave()
    assert volume_in_view("Red").GetName() == "VMI 60 keV (slider)"


def test_usual_resolution_is_shown_beside_the_image(a_section_in_use: SpectralSection) -> None:
    a_section_in_use.showRow.buttons[Shown.RESOLUTION].click()
    assert current_layout() is Layout.COMPARE_2
    assert "simulated" in volume_in_view("Compare2").GetName()


# Values


def test_the_table_shows_what_the_neck_was_made_of(a_section_in_use: SpectralSection) -> None:
    a_section_in_use.regions.measureButton.click()
    names = [
        a_section_in_use.regions.table.item(row, 0).text() for row in range(a_section_in_use.regions.table.rowCount)
    ]
    regions = ["N1", "N2", "sternocleidomastoid right", "common carotid artery right", "internal jugular vein right"]
    assert names == regions
    parts = ["node_1", "node_2", *(name.replace(" ", "_") for name in regions[2:])]
    for region, name in zip(regions, parts, strict=True):
        found, error = cell(a_section_in_use, region, 1)
        assert found == pytest.approx(part(name).iodine_mg_ml, abs=0.05), region
        assert 0.0 <= error <= 0.05
        for column, kev in ((3, 40.0), (4, 70.0)):
            assert cell(a_section_in_use, region, column)[0] == pytest.approx(part(name).hu(kev), abs=1.5), region
    assert cell(a_section_in_use, "N2", 2)[0] == pytest.approx(25, abs=2)


def test_a_region_beside_bone_leaves_the_bone_out(a_section_in_use: SpectralSection) -> None:
    assert a_section_in_use.maps is not None
    data = a_section_in_use.maps.data
    region = region_at(GRID, (0.0, -14.0, 0.0))  # a vertebra begins at -15
    assert region is not None
    values = values_of(data, region)
    assert 0.2 < values.left_out < 1.0
    assert values.fat.mean == pytest.approx(1.0, abs=0.1)


def test_values_are_kept_as_evidence_in_one_step_and_set_nothing(
    a_section_in_use: SpectralSection, a_session: ReadingSession
) -> None:
    before = a_session.reading
    for _ in range(2):
        a_section_in_use.regions.keepButton.click()
    kept = evidence_of(a_session, "N1")
    assert [*kept] == [
        "iodine_concentration", "fat_fraction", "attenuation_40_kev", "attenuation_70_kev",
        "margin_iodine_concentration", "margin_fat_fraction",
    ]  # fmt: skip
    found = kept["iodine_concentration"]
    assert found.value == pytest.approx(2.0, abs=0.03)
    assert found.unit == "mg/mL"
    assert found.uncertainty is not None
    assert abs(found.value - 2.0) < 4 * found.uncertainty
    assert found.method is not None
    assert found.method.startswith("iodine from 40 keV and 70 keV; mean of")
    assert found.place is not None
    assert found.place.ras_mm == pytest.approx(part("node_1").centre_ras_mm, abs=0.6)
    assert kept["attenuation_40_kev"].value == pytest.approx(part("node_1").hu(40), abs=1.0)
    assert kept["margin_fat_fraction"].value == pytest.approx(1.0, abs=0.05)
    assert kept["margin_iodine_concentration"].value == pytest.approx(0.0, abs=0.1)
    assert all(each.evidence_class is None for each in kept.values())
    assert a_session.reading is not None
    assert a_session.reading.node("N1").findings == ()
    a_session.undo()  # the second time found the same values, and was no step
    assert a_session.reading == before


def test_the_margin_leaves_other_segments_out() -> None:
    drawn = {each.name: each for each in segments()}
    whole = margin_of(drawn["internal_jugular_vein_right"], (), GRID, "V")
    without = margin_of(drawn["internal_jugular_vein_right"], drawn.values(), GRID, "V")
    assert without.mask.sum() < whole.mask.sum()
    k, j, i = (np.argwhere(without.mask) + without.start_kji).T
    assert not drawn["common_carotid_artery_right"].mask()[k, j, i].any()


def test_the_curve_is_that_of_the_selected_node_beside_muscle_and_vessels(a_section_in_use: SpectralSection) -> None:
    import slicer

    a_section_in_use.regions.curveButton.click()
    (chart,) = slicer.util.getNodesByClass("vtkMRMLPlotChartNode")
    names = [chart.GetNthPlotSeriesNode(at).GetName() for at in range(0, chart.GetNumberOfPlotSeriesNodes(), 3)]
    assert names[0] == "N1"
    assert "N2" not in names
    assert len(names) == 4
    column = chart.GetNthPlotSeriesNode(0).GetTableNode().GetTable().GetColumnByName("N1")
    assert column.GetValue(0) == pytest.approx(part("node_1").hu(40), abs=1.0)
    assert column.GetValue(column.GetNumberOfTuples() - 1) == pytest.approx(part("node_1").hu(140), abs=2.5)


def test_the_cursor_tells_iodine_and_fat(a_section_in_use: SpectralSection) -> None:
    import slicer

    crosshair = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
    crosshair.SetCursorPositionRAS(part("common_carotid_artery_right").centre_ras_mm)
    words = a_section_in_use.regions.cursorLabel.text
    assert words.startswith("Cursor: iodine ")
    assert float(words.split()[2]) == pytest.approx(8.0, abs=0.3)
    crosshair.SetCursorPositionRAS((500.0, 0.0, 0.0))
    assert a_section_in_use.regions.cursorLabel.text == ""


def test_segments_on_another_grid_are_refused(a_section: SpectralSection, a_case: CaseScene) -> None:
    import slicer

    for volume in slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode"):
        if volume is not a_case.volume:
            slicer.mrmlScene.RemoveNode(volume)
    for volume in add_energies(40, 100):
        volume.SetOrigin(np.add(volume.GetOrigin(), 0.5))
        volume.SetName(f"moved {volume.GetName()}")
    slicer.mrmlScene.GetNodeByID(a_case.volume.GetID()).SetName("Neck")
    a_section.inputs._parameterNode().RemoveNodeReferenceIDs("SpectralInput1")
    a_section.inputs._parameterNode().RemoveNodeReferenceIDs("SpectralInput2")
    a_section.refresh()
    a_section.useButton.click()
    a_section.regions.measureButton.click()
    assert "whose grid differs" in a_section.summary.text


def test_regions_without_a_reading_are_those_of_the_segments(the_segments: SegmentedScene) -> None:
    segmentation, _image = the_segments.look()
    assert [each.name for each in regions_of(None, segmentation)][:2] == ["node_1", "node_2"]


@pytest.fixture
def the_rims(a_section_in_use: SpectralSection, a_parameter_node: Any) -> Any:
    """False rims beside a map of iodine, as a subtraction leaves them."""
    import slicer

    a_section_in_use.show_(Shown.IODINE)
    rims = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLLabelMapVolumeNode", "False rims")
    slicer.util.updateVolumeFromArray(rims, np.zeros(GRID.array_shape, np.uint8))
    rims.SetIJKToRASMatrix(matrix_of(GRID.ijk_to_ras))
    for reference, node in (("ContrastIodine", volume_in_view("Red")), ("ContrastFalseRims", rims)):
        a_parameter_node.SetNodeReferenceID(reference, node.GetID())
    a_section_in_use.contrast.fold.collapsed = False
    return rims


def test_a_subtraction_is_read_in_the_same_regions(a_section_in_use: SpectralSection, the_rims: Any) -> None:
    a_section_in_use.contrast.measureButton.click()
    lines = a_section_in_use.contrast.values.text.split("\n")
    assert [line.partition(":")[0] for line in lines][:2] == ["N1", "N2"]
    assert float(lines[0].split()[1]) == pytest.approx(part("node_1").iodine_mg_ml, abs=0.05)
    the_rims.SetSpacing(2.0, 2.0, 2.0)
    a_section_in_use.contrast.measureButton.click()
    assert "do not lie on the grid of the iodine" in a_section_in_use.summary.text
    assert not a_section_in_use.contrast.values.visible


def test_iodine_of_a_subtraction_is_kept_in_the_place_of_the_other_and_says_its_doubts(
    a_section_in_use: SpectralSection, a_session: ReadingSession, the_rims: Any
) -> None:
    import slicer

    a_section_in_use.regions.keepButton.click()
    before = evidence_of(a_session, "N1")
    slicer.util.updateVolumeFromArray(the_rims, np.ones(GRID.array_shape, np.uint8))
    a_section_in_use.contrast.keepButton.click()
    kept = evidence_of(a_session, "N1")
    iodine = kept.pop("iodine_concentration")
    assert iodine.value == pytest.approx(2.0, abs=0.05)
    assert iodine.unit == "mg/mL"
    assert iodine.method is not None
    assert iodine.method.startswith("iodine by subtraction of a scan before contrast agent")
    assert iodine.method.endswith("100 % of it at strong edges that could be false rims")
    assert iodine.place is not None
    assert iodine.place.ras_mm == pytest.approx(part("node_1").centre_ras_mm, abs=0.6)
    del before["iodine_concentration"]
    assert kept == before, "what a subtraction does not tell stays"
    a_session.undo()
    assert not evidence_of(a_session, "N1")["iodine_concentration"].method.startswith("iodine by subtraction")  # type: ignore[union-attr]
