"""Regions drawn in the panel, calibration to the patient, and nodes against muscle and vessels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hnn.headless.slice_view import SliceView
from iENEGraderLib.panel.spectral.node_comparison import comparison_words
from iENEGraderLib.scene.spectral.drawn_regions import drawn_regions
from iENEGraderLib.scene.spectral.spectral_state import StateKeeper
from spectral_scene_builders import add_spectral_case, part

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from iENEGraderLib.panel.spectral.region_values import RegionValues
    from iENEGraderLib.panel.spectral.spectral_section import SpectralSection
    from panel_fixtures import PanelUser

    Choose = Callable[[Any, str], None]

pytest_plugins = ("section_fixtures",)

FAT_RAS = (-30.0, -12.0, 0.0)
MUSCLE_RAS = (26.0, -8.0, 0.0)


@pytest.fixture
def a_section(a_layout_node: Any, a_user: PanelUser) -> SpectralSection:
    """The section in its panel, in use."""
    from PySide6.QtTest import QTest

    add_spectral_case()
    section: SpectralSection = a_user.panel.spectralSection
    section.fold.collapsed = False
    QTest.qWait(250)
    section.useButton.click()
    assert section.maps is not None, section.summary.text
    section.calibration.fold.collapsed = False
    return section


@pytest.fixture
def a_view(a_section: SpectralSection) -> Iterator[SliceView]:
    with SliceView("Red", size=(400, 360)) as view:
        view.centre_on((0.0, 0.0, 0.0), 100.0)
        yield view


def draw(view: SliceView, button: Any, place: tuple[float, float, float]) -> None:
    """Press a button that asks for a circle, and click."""
    button.click()
    view.render()
    view.click(view.ras_to_xy(place))


def values_of(section: SpectralSection, name: str) -> RegionValues:
    return next(each for each in section.regions.values if each.region.name == name)


def test_fat_and_muscle_that_are_drawn_calibrate_the_maps(a_section: SpectralSection, a_view: SliceView) -> None:
    a_section.regions.measureButton.click()
    before = values_of(a_section, "N1").iodine.mean
    part_ = a_section.calibration
    assert part_.words.text.splitlines() == [
        "40 keV: fat -152, soft 62 HU; iodine 82.4 HU per mg/mL (attenuation table)",
        "70 keV: fat -76, soft 53 HU; iodine 26.0 HU per mg/mL (attenuation table)",
        "Fat and soft tissue: attenuation table, not this patient",
    ]
    assert not part_.resetButton.enabled
    draw(a_view, part_.fat.circleButton, FAT_RAS)
    draw(a_view, part_.muscle.circleButton, MUSCLE_RAS)
    assert [part_.fat.box.currentText, part_.muscle.box.currentText] == ["Fat", "Muscle"]
    part_.calibrateButton.click()
    assert re.search(r"soft 62 → 12[789] HU", part_.words.text), "enhanced muscle: 62 + 0.8 x 82.4"
    assert "Soft tissue: Muscle, " in part_.words.text
    assert "relative to the muscle" in a_section.summary.text
    # Iodine is counted from that muscle on, which holds 0.8 mg/mL.
    assert before - values_of(a_section, "N1").iodine.mean == pytest.approx(0.8, abs=0.05)
    assert StateKeeper(a_section.inputs._parameterNode).state.calibration is not None
    part_.resetButton.click()
    assert values_of(a_section, "N1").iodine.mean == pytest.approx(before)
    assert "table, not this patient" in part_.words.text
    assert "relative" not in a_section.summary.text


def test_a_segment_can_be_the_muscle(a_section: SpectralSection, a_view: SliceView, choose: Choose) -> None:
    part_ = a_section.calibration
    draw(a_view, part_.fat.circleButton, FAT_RAS)
    choose(part_.muscle.box, "sternocleidomastoid_right")
    part_.calibrateButton.click()
    assert "Soft tissue: sternocleidomastoid_right" in part_.words.text


def test_swapped_regions_change_nothing_and_say_why(a_section: SpectralSection, a_view: SliceView) -> None:
    part_ = a_section.calibration
    part_.calibrateButton.click()
    assert a_section.summary.text == "Choose or draw a region of fat and one of muscle first"
    draw(a_view, part_.fat.circleButton, MUSCLE_RAS)
    draw(a_view, part_.muscle.circleButton, FAT_RAS)
    words = part_.words.text
    part_.calibrateButton.click()
    assert "draw the one in subcutaneous fat and the other in muscle" in a_section.summary.text
    assert part_.words.text == words
    assert StateKeeper(a_section.inputs._parameterNode).state.calibration is None


def test_a_region_too_small_is_refused(a_section: SpectralSection, a_view: SliceView) -> None:
    a_section.regions.drawingRow.diameterBox.value = 3
    draw(a_view, a_section.calibration.fat.circleButton, FAT_RAS)
    draw(a_view, a_section.calibration.muscle.circleButton, MUSCLE_RAS)
    a_section.calibration.calibrateButton.click()
    assert "draw it larger" in a_section.summary.text


def test_a_drawn_circle_is_read_at_once_and_again_when_it_was_dragged(
    a_section: SpectralSection, a_view: SliceView
) -> None:
    draw(a_view, a_section.regions.drawingRow.circleButton, part("node_1").centre_ras_mm)
    assert not a_section.regions.drawingRow.circleButton.checked
    assert values_of(a_section, "Region").iodine.mean == pytest.approx(2.0, abs=0.1)
    (curve,) = drawn_regions()
    for at in range(curve.GetNumberOfControlPoints()):
        here = curve.GetNthControlPointPosition(at)
        curve.SetNthControlPointPosition(at, here[0] + 40.0, here[1] + 6.0, here[2])
    curve.InvokeEvent(curve.PointEndInteractionEvent)
    assert values_of(a_section, "Region").iodine.mean == pytest.approx(5.0, abs=0.2), "the jugular vein now"


def test_a_drawn_region_has_a_curve_and_can_be_removed(a_section: SpectralSection, a_view: SliceView) -> None:
    import slicer

    regions = a_section.regions
    draw(a_view, regions.drawingRow.circleButton, part("node_1").centre_ras_mm)
    regions.curveButton.click()
    chart = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLPlotChartNode")
    column = next(
        chart.GetNthPlotSeriesNode(at).GetTableNode().GetTable().GetColumnByName("Region")
        for at in range(chart.GetNumberOfPlotSeriesNodes())
        if chart.GetNthPlotSeriesNode(at).GetName() == "Region"
    )
    assert column.GetValue(0) == pytest.approx(part("node_1").hu(40), abs=3)
    regions.drawingRow.removeButton.click()
    assert "Select the line of a drawn region" in a_section.summary.text
    names = [regions.table.item(row, 0).text() for row in range(regions.table.rowCount)]
    regions.table.selectRow(names.index("Region"))
    regions.drawingRow.removeButton.click()
    assert drawn_regions() == []
    assert "Region" not in [each.region.name for each in regions.values]


def test_without_segments_a_drawn_region_is_read_all_the_same(a_section: SpectralSection, a_view: SliceView) -> None:
    import slicer

    for node in slicer.util.getNodesByClass("vtkMRMLSegmentationNode"):
        slicer.mrmlScene.RemoveNode(node)
    draw(a_view, a_section.regions.drawingRow.circleButton, part("node_1").centre_ras_mm)
    assert [each.region.name for each in a_section.regions.values] == ["Region"]


def test_the_place_of_the_cursor_has_its_curve_beside_the_others(a_section: SpectralSection) -> None:
    import slicer

    a_section.regions.curveButton.click()
    crosshair = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLCrosshairNode")
    for name in ("internal_jugular_vein_right", "node_1"):
        crosshair.SetCursorPositionRAS(part(name).centre_ras_mm)
        tables = [each for each in slicer.util.getNodesByClass("vtkMRMLTableNode") if "cursor" in each.GetName()]
        (table,) = tables
        values = table.GetTable().GetColumnByName("cursor")
        assert values.GetValue(0) == pytest.approx(part(name).hu(40), abs=4)
    chart = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLPlotChartNode")
    names = [chart.GetNthPlotSeriesNode(at).GetName() for at in range(chart.GetNumberOfPlotSeriesNodes())]
    assert names.count("cursor") == 1


def test_nodes_are_compared_with_muscle_and_vessels(a_section: SpectralSection) -> None:
    a_section.regions.measureButton.click()
    first, second = comparison_words(a_section.regions.values)
    assert a_section.regions.comparison.text.splitlines() == [first, second]
    assert first.startswith("Iodine of N1: 2.")
    numbers = [float(each.split(" ± ")[0].split()[-1]) for each in first.removeprefix("Iodine of N1: ").split(", ")]
    assert numbers == pytest.approx([2.0 / 0.8, 2.0 / 8.0, 2.0 / 5.0], rel=0.12)
    assert comparison_words([]) == ()
