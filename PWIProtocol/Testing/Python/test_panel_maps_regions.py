"""Values of segments in the panel, and what the grader gets of them."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from maps_desk import MapsUser
    from panel_fixtures import PanelUser
    from PWIProtocolLib.sample.reference_object import ReferenceObject

pytest_plugins = ("maps_desk", "panel_fixtures")

READING = """{"schema": "hnn-reading/1", "case_id": "X1", "reader": "R1", "read_at": "2026-11-22T10:00:00Z",
 "site": "oropharynx", "p16": "negative", "ebv": "unknown", "primary_side": "right", "T": "T2", "M": "M0",
 "metastatic_lesions": 0, "classification": "clinical", "clinical_ene": false, "recent_biopsy": "no",
 "prior_treatment": "no", "nodes": [{"id": "N1", "side": "right", "level": "IIA", "count": 1,
 "greatest_dimension_mm": 24.0, "extends_below_cricoid": false, "segment_id": "node_1",
 "findings": {"fat_spikes": "unequivocal"},
 "evidence": [{"kind": "greatest_dimension", "value": 24.0, "unit": "mm"},
 {"kind": "perfusion_ve", "value": 0.9, "unit": "1"}]}]}"""


@pytest.fixture
def a_node_segment(a_fitted_user: MapsUser, the_reference: ReferenceObject, a_segment: Callable[..., Any]) -> Any:
    """The patch with Ktrans 0.2 per minute as the segment of a node."""
    return a_segment("node_1", the_reference.ktrans_per_min == 0.2)


@pytest.fixture
def a_reading_node(an_empty_scene: Any) -> Any:
    """A reading of the grader in the scene."""
    from iENEGraderLib.reading import reading_from_text
    from iENEGraderLib.scene.reading_node import create_reading_node

    return create_reading_node(reading_from_text(READING, "reading"))


def test_medians_stand_with_their_quartiles(a_fitted_user: MapsUser, a_node_segment: Any) -> None:
    regions = a_fitted_user.section.resultsPart.regions
    regions.measureButton.click()
    assert a_fitted_user.message == ""
    assert a_fitted_user.cells == [
        ("node_1", "0.2\n0.2–0.2", "0.69\n0.54–0.93", "0.3\n0.23–0.38", "0.03\n0.01–0.06")
    ]  # fmt: skip
    note = regions.table.item(0, 0).toolTip()
    assert "fit of the mean curve: Ktrans 0.2" in note or "fit of the mean curve: Ktrans 0.19" in note
    assert "hemorrhage: not checked, no T1 map before contrast" in note


def test_half_widths_and_the_best_model_stand_with_the_values_of_a_region_and_come_back_with_the_scene(
    a_fitted_user: MapsUser, a_node_segment: Any, tmp_path: Path
) -> None:
    import slicer
    from PWIProtocolLib.scene.maps.region_table import BEST, BEST_SHARE, HALF_WIDTH

    def column(name: str) -> list[str]:
        table = slicer.util.getNode("Values of regions")
        at = [table.GetColumnName(at) for at in range(table.GetNumberOfColumns())].index(name)
        return [table.GetCellText(row, at) for row in range(table.GetNumberOfRows())]

    section = a_fitted_user.section
    regions = section.resultsPart.regions
    for box in (section.morePart.intervalsBox, section.morePart.comparisonBox):
        box.checked = True
    section.fitButton.click()
    regions.measureButton.click()
    note = regions.table.item(0, 0).toolTip()
    widths = slicer.util.arrayFromVolume(section.session.volumes.maps["half_width_of_ktrans_per_min"])
    assert re.search(r"Ktrans: 0\.2 \(0\.2–0\.2\) ± [0-9.e-]+\n", note)
    assert "±: median half width of the voxels' 95 % intervals" in note
    assert "best model of 432 voxels: extended Tofts model" in note
    shown = float(column(HALF_WIDTH)[0])
    assert np.nanmin(widths) <= shown <= np.nanmax(widths)
    assert set(column(BEST)) == {"extended Tofts model"}
    assert 0.5 < float(column(BEST_SHARE)[0]) <= 1.0
    a_fitted_user.save_and_load(tmp_path / "scene.mrb")
    regions.measureButton.click()
    assert regions.table.item(0, 0).toolTip() == note


def test_vessels_in_a_region_are_pointed_out(
    a_fitted_user: MapsUser, the_reference: ReferenceObject, a_segment: Callable[..., Any]
) -> None:
    edge = np.zeros_like(the_reference.artery)
    edge[:, :, 4:8] = True
    a_segment("node_1", edge & (the_reference.artery | the_reference.tissue))
    background = np.zeros_like(edge)
    background[:, -3:, :] = True
    a_segment("node_2", background)
    a_fitted_user.section.resultsPart.regions.measureButton.click()
    assert [row[0] for row in a_fitted_user.cells] == ["node_1", "node_2 ⚠"]
    words = a_fitted_user.section.resultsPart.regions.cautionsLabel.text
    assert "node_2: no value: 288 of 288 voxels (100%) have no value" in words


@pytest.fixture
def a_ct(an_empty_scene: Any, the_reference: ReferenceObject) -> Any:
    """A finer grid with the same field of view, one row and column longer to the left and behind."""
    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.scene.volumes import add_volume

    columns, rows, slices = the_reference.dynamic.geometry.size_ijk
    geometry = replace(
        the_reference.dynamic.geometry, spacing_mm=(1.0, 1.0, 2.0), size_ijk=(2 * columns + 40, 2 * rows, 2 * slices)
    )
    return add_volume(Image(np.zeros(geometry.array_shape, np.int16), geometry, "CT", ""), "CT of the neck")


def test_a_segment_of_another_grid_is_brought_onto_the_study_and_that_is_said(
    a_fitted_user: MapsUser, the_reference: ReferenceObject, a_segment: Callable[..., Any], a_ct: Any
) -> None:
    import slicer

    drawn = (the_reference.ktrans_per_min == 0.2).repeat(2, 0).repeat(2, 1).repeat(2, 2)
    mask = np.zeros_like(slicer.util.arrayFromVolume(a_ct), bool)
    mask[:, :, : drawn.shape[2]] = drawn
    a_segment("node_ct", mask, a_ct)
    a_fitted_user.section.resultsPart.regions.measureButton.click()
    assert [row[:2] for row in a_fitted_user.cells] == [("node_ct", "0.2\n0.2–0.2")]
    words = a_fitted_user.section.resultsPart.regions.cautionsLabel.text
    assert "node_ct: drawn on CT of the neck (1 x 1 x 2 mm) and brought onto the dynamic study (2 x 2 x 4 mm)" in words
    assert "6.9 mL as drawn, 6.9 mL as measured" in words


def test_a_segment_outside_the_study_is_named_with_both_grids_and_the_rest_measured(
    a_fitted_user: MapsUser, a_node_segment: Any, a_segment: Callable[..., Any], a_ct: Any
) -> None:
    import slicer

    mask = np.zeros_like(slicer.util.arrayFromVolume(a_ct), bool)
    mask[:, :, -20:] = True
    a_segment("node_far", mask, a_ct)
    a_fitted_user.section.resultsPart.regions.measureButton.click()
    assert [row[0] for row in a_fitted_user.cells] == ["node_1"]
    words = a_fitted_user.section.resultsPart.regions.cautionsLabel.text
    assert "node_far: nothing of it lies on the dynamic study; it was drawn on CT of the neck" in words
    assert "1 x 1 x 2 mm" in words
    assert "2 x 2 x 4 mm" in words


def test_without_a_segment_the_panel_says_what_to_draw(a_fitted_user: MapsUser) -> None:
    a_fitted_user.section.resultsPart.regions.measureButton.click()
    assert "there is no segment in the scene" in a_fitted_user.message


def test_mean_curves_are_drawn_with_their_fits(a_fitted_user: MapsUser, a_node_segment: Any) -> None:
    regions = a_fitted_user.section.resultsPart.regions
    regions.measureButton.click()
    regions.curvesButton.click()
    assert regions.plot.names() == ["node_1 mean", "node_1 fit"]
    measured, fitted = regions.plot.values("node_1 mean")[1], regions.plot.values("node_1 fit")[1]
    assert np.abs(measured - fitted).max() < 0.05 * measured.max()


def test_that_staging_is_no_use_of_these_values_stands_beside_them(a_fitted_user: MapsUser) -> None:
    label = a_fitted_user.section.resultsPart.stagingLabel
    assert label.isVisible()
    assert label.text.startswith("N staging: not recommended.")


def test_the_grader_gets_medians_as_evidence_in_one_change_and_grades_as_before(
    a_fitted_user: MapsUser, a_node_segment: Any, a_reading_node: Any
) -> None:
    import vtk
    from iENEGraderLib.rules import assess
    from iENEGraderLib.scene.reading_node import read_reading

    before = read_reading(a_reading_node)
    changes: list[str] = []
    a_reading_node.AddObserver(vtk.vtkCommand.ModifiedEvent, lambda *_: changes.append(a_reading_node.GetText()))
    regions = a_fitted_user.section.resultsPart.regions
    regions.measureButton.click()
    regions.sendButton.click()
    assert "medians for 1 nodes, labelled as not recommended for N staging" in a_fitted_user.message
    after = read_reading(a_reading_node)
    assert len(set(changes)) == 1
    node = after.nodes[0]
    found = {each.kind: each for each in node.evidence}
    assert list(found) == ["greatest_dimension", "perfusion_ktrans", "perfusion_kep", "perfusion_ve", "perfusion_vp"]
    assert found["perfusion_ktrans"].value == pytest.approx(0.2, abs=1e-3)
    assert found["perfusion_ktrans"].unit == "/min"
    assert found["perfusion_ve"].value == pytest.approx(0.3, abs=2e-3)
    assert all(each.method.startswith("not recommended for N staging") for each in node.evidence[1:])
    assert replace(node, evidence=()) == replace(before.nodes[0], evidence=())
    assert assess(after) == assess(before)


def test_the_panel_of_the_grader_follows_and_shows_the_same_grade_and_stage(
    a_user: PanelUser, a_fitted_user: MapsUser, a_node_segment: Any, a_reading_node: Any
) -> None:
    result, table = a_user.result, a_user.table
    assert result[0] != ""
    regions = a_fitted_user.section.resultsPart.regions
    regions.measureButton.click()
    regions.sendButton.click()
    kinds = [each.kind for each in a_user.reading.nodes[0].evidence]
    assert kinds[1:] == ["perfusion_ktrans", "perfusion_kep", "perfusion_ve", "perfusion_vp"]
    assert (a_user.result, a_user.table) == (result, table)
    assert a_user.panel._session.to_undo == "change made outside the panel"


def test_a_signed_reading_is_left_as_it_is(a_fitted_user: MapsUser, a_node_segment: Any, a_reading_node: Any) -> None:
    from iENEGraderLib.reading import signed
    from iENEGraderLib.scene.reading_node import read_reading, write_reading

    write_reading(a_reading_node, signed(read_reading(a_reading_node), "R1", "2026-11-22T11:00:00Z"))
    before = a_reading_node.GetText()
    regions = a_fitted_user.section.resultsPart.regions
    regions.measureButton.click()
    regions.sendButton.click()
    assert "is signed and cannot be changed" in a_fitted_user.message
    assert a_reading_node.GetText() == before


def test_without_a_reading_the_panel_says_what_to_do(a_fitted_user: MapsUser, a_node_segment: Any) -> None:
    regions = a_fitted_user.section.resultsPart.regions
    regions.measureButton.click()
    regions.sendButton.click()
    assert "there is no reading in the scene" in a_fitted_user.message
