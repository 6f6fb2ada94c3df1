"""Spectral CT in a real scene: inputs among the volumes, the live energy, maps, overlay, views and plots."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.imaging.geometry import ImageGeometry
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.scene.volumes import MODALITY_ATTRIBUTE
from hnn.headless.slice_view import SliceView
from iENEGraderLib.scene.compare_views import volume_in_view
from iENEGraderLib.scene.layouts import Layout, compare_views, current_layout
from iENEGraderLib.scene.spectral.input_choice import (
    GIVEN,
    InputChoice,
    InputRole,
    choice_of,
    likely_inputs,
    remember,
)
from iENEGraderLib.scene.spectral.live_blend import LiveBlend, boxes_in_sight
from iENEGraderLib.scene.spectral.map_display import KEV_ATTRIBUTE
from iENEGraderLib.scene.spectral.map_legend import legend_of
from iENEGraderLib.scene.spectral.normal_resolution import normal_resolution, simulated_volume
from iENEGraderLib.scene.spectral.overlay import OverlaySetting, hide_overlay, show_overlay
from iENEGraderLib.scene.spectral.spectral_layout import show_comparison, show_in_planes, show_plot
from iENEGraderLib.scene.spectral.spectral_plot import PlottedCurve, plot_curves, remove_curves
from iENEGraderLib.scene.spectral.spectral_volumes import SpectralVolumes, is_map
from iENEGraderLib.spectral import fat_fraction, iodine, virtual_non_contrast
from spectral_scene_builders import GRID, add_energies, part

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytest_plugins = ("section_fixtures",)

NODE_RAS = (-16.0, 6.0, 0.0)


@pytest.fixture
def two_energies(a_layout_node: Any) -> list[Any]:
    return add_energies(70, 40)


@pytest.fixture
def the_inputs(two_energies: list[Any]) -> SpectralVolumes:
    return SpectralVolumes.of(likely_inputs(two_energies))


@pytest.fixture
def an_axial_view(a_layout_node: Any) -> Iterator[SliceView]:
    with SliceView("Red", size=(120, 100)) as view:
        yield view


def voxels_of(volume: Any) -> np.ndarray:
    import slicer

    voxels: np.ndarray = slicer.util.arrayFromVolume(volume)
    return voxels


def mean_near(volume: Any, name: str, radius: int = 3) -> float:
    """Mean of a cube of voxels in the middle of a part."""
    k, j, i = np.rint(GRID.kji_from_ras(part(name).centre_ras_mm)).astype(int)
    cube = voxels_of(volume)[k - 2 : k + 3, j - radius : j + radius + 1, i - radius : i + radius + 1]
    return float(cube.mean())


def maps_of(inputs: SpectralVolumes) -> list[Any]:
    return [inputs.map_volume(blend(inputs.data)) for blend in (iodine, fat_fraction)]


# Inputs


def test_energies_are_recognised_by_name_and_the_source_is_told(two_energies: list[Any]) -> None:
    choice = choice_of(two_energies[0])
    assert (choice.role, choice.number) == (InputRole.MONOCHROMATIC, 70.0)
    assert choice.source.startswith("energy: 70 keV, from file name")
    assert [each.number for each in likely_inputs(two_energies)] == [40.0, 70.0]


def test_what_the_user_says_outweighs_the_name_and_stays_with_the_volume(two_energies: list[Any]) -> None:
    remember(InputChoice(two_energies[0], InputRole.TUBE_VOLTAGE, 120.0))
    choice = choice_of(two_energies[0])
    assert (choice.role, choice.number, choice.source) == (InputRole.TUBE_VOLTAGE, 120.0, GIVEN)
    remember(InputChoice(two_energies[0]))
    assert choice_of(two_energies[0]).number == 70.0


def test_a_volume_from_dicom_is_what_its_header_says(
    two_energies: list[Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import slicer
    from spectral_series_builders import vmi_attributes, write_series

    folder = write_series(tmp_path / "series", np.zeros((2, 8, 8), np.int16), **vmi_attributes(55))
    files = {f"1.2.{at}": str(file) for at, file in enumerate(sorted(folder.iterdir()))}
    database = SimpleNamespace(fileForInstance=lambda uid: files.get(uid, ""))
    monkeypatch.setattr(slicer, "dicomDatabase", database, raising=False)
    two_energies[0].SetAttribute("DICOM.instanceUIDs", " ".join(files))
    choice = choice_of(two_energies[0])
    assert (choice.role, choice.number) == (InputRole.MONOCHROMATIC, 55.0), "the header outweighs the name"
    assert "(0018,937C)" in choice.source
    two_energies[1].SetAttribute("DICOM.instanceUIDs", "9.9.9")  # of another computer
    assert choice_of(two_energies[1]).number == 40.0


def test_a_volume_that_nothing_is_known_of_is_asked_for(two_energies: list[Any]) -> None:
    two_energies[0].SetName("CT neck")
    choice = choice_of(two_energies[0])
    assert not choice.is_complete
    assert likely_inputs(two_energies) == ()
    with pytest.raises(InputError, match="CT neck: say what it is"):
        SpectralVolumes.of([choice, choice_of(two_energies[1])])


def test_one_volume_alone_or_twice_is_refused(two_energies: list[Any]) -> None:
    first = choice_of(two_energies[0])
    with pytest.raises(InputError, match="choose two or more"):
        SpectralVolumes.of([first])
    with pytest.raises(InputError, match="chosen twice"):
        SpectralVolumes.of([first, first])


def test_a_volume_that_was_moved_after_its_check_is_noticed(the_inputs: SpectralVolumes) -> None:
    the_inputs.require_current()
    the_inputs.reference.SetOrigin(1.0, 2.0, 3.0)
    with pytest.raises(InputError, match="have changed since they were checked; press Use again"):
        the_inputs.require_current()


def test_swapped_energies_are_refused(two_energies: list[Any]) -> None:
    swapped = [
        InputChoice(each, InputRole.MONOCHROMATIC, kev) for each, kev in zip(two_energies, (40, 70), strict=True)
    ]
    with pytest.raises(InputError, match=r"swapped|expected about"):
        SpectralVolumes.of(swapped)


def test_a_volume_that_was_removed_or_got_other_voxels_is_noticed(the_inputs: SpectralVolumes) -> None:
    import slicer

    the_inputs.require_current()
    volume = the_inputs.choices[0].volume
    slicer.util.updateVolumeFromArray(volume, voxels_of(volume).astype(np.float32))
    with pytest.raises(InputError, match="press Use again"):
        the_inputs.require_current()


# Maps


def test_iodine_and_fat_are_what_the_neck_was_made_of(the_inputs: SpectralVolumes) -> None:
    found, fat = (the_inputs.map_volume(blend(the_inputs.data)) for blend in (iodine, fat_fraction))
    for name in ("node_1", "common_carotid_artery_right", "sternocleidomastoid_right"):
        assert mean_near(found, name) == pytest.approx(part(name).iodine_mg_ml, abs=0.06), name
        assert mean_near(fat, name) == pytest.approx(0.0, abs=0.02), name
    assert mean_near(fat, "node_2") == pytest.approx(0.25, abs=0.02)
    assert mean_near(found, "node_2") == pytest.approx(1.0, abs=0.06)


def test_maps_state_their_units_and_say_what_they_came_from(the_inputs: SpectralVolumes) -> None:
    found, fat, vnc = (
        the_inputs.map_volume(blend(the_inputs.data)) for blend in (iodine, fat_fraction, virtual_non_contrast)
    )
    units = [each.GetVoxelValueUnits().GetCodeValue() for each in (found, fat, vnc)]
    assert units == ["mg/mL", "1", "[hnsf'U]"]
    assert vnc.GetVoxelValueQuantity().GetCodeMeaning() == "Attenuation Coefficient"
    assert vnc.GetAttribute(MODALITY_ATTRIBUTE) == "CT"
    assert found.GetAttribute(MODALITY_ATTRIBUTE) == "iodine", "a map in mg/mL must not be taken for HU"
    assert "computed from Neck Monoenergetic 40 keV and Neck Monoenergetic 70 keV" in found.GetDescription()
    assert "calcium" in found.GetDescription()


def test_maps_are_0_in_air_and_bone_where_they_would_shine(the_inputs: SpectralVolumes) -> None:
    found, fat = (the_inputs.map_volume(blend(the_inputs.data)) for blend in (iodine, fat_fraction))
    for volume in (found, fat):
        assert (voxels_of(volume)[:, :2, :2] == 0).all(), "air"
        assert mean_near(volume, "vertebra") == 0.0
        assert "0 in air, bone and metal" in volume.GetDescription()
    assert mean_near(fat, "neck", 1) != 0.0


def test_maps_have_colours_that_brighten_and_a_legend_with_the_unit(the_inputs: SpectralVolumes) -> None:
    found = the_inputs.map_volume(iodine(the_inputs.data))
    colours = found.GetDisplayNode().GetColorNode()
    colour = np.zeros(4)
    brightness = []
    for at in range(0, 256, 15):
        colours.GetColor(at, colour)
        brightness.append(float(colour[:3] @ (0.2126, 0.7152, 0.0722)))
    assert (np.diff(brightness) > 0).all()
    assert (found.GetDisplayNode().GetWindowLevelMin(), found.GetDisplayNode().GetWindowLevelMax()) == (0.0, 6.0)
    assert legend_of(found).GetTitleText() == "iodine\nmg/mL"


def test_a_map_is_made_once_and_lies_beside_its_inputs(the_inputs: SpectralVolumes) -> None:
    import slicer

    first = the_inputs.map_volume(iodine(the_inputs.data))
    assert the_inputs.map_volume(iodine(the_inputs.data)) is first
    assert is_map(first)
    assert not is_map(the_inputs.reference)
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)
    parents = {hierarchy.GetItemParent(hierarchy.GetItemByDataNode(each)) for each in (first, the_inputs.reference)}
    assert len(parents) == 1


# The live energy


def test_the_volume_of_the_slider_shows_the_energy_by_physics(the_inputs: SpectralVolumes) -> None:
    live = LiveBlend(the_inputs, 50.0)
    assert live.volume.GetName() == "VMI 50 keV (slider)"
    assert live.volume.GetAttribute(KEV_ATTRIBUTE) == "50"
    assert (live.volume.GetDisplayNode().GetWindow(), live.volume.GetDisplayNode().GetLevel()) == (350.0, 40.0)
    assert mean_near(live.volume, "common_carotid_artery_right") == pytest.approx(
        part("common_carotid_artery_right").hu(50), abs=1.5
    )


def test_while_the_slider_moves_only_the_section_in_sight_changes(
    the_inputs: SpectralVolumes, an_axial_view: SliceView
) -> None:
    live = LiveBlend(the_inputs, 40.0)
    an_axial_view.show(live.volume)
    an_axial_view.centre_on((0.0, 0.0, 0.0), 100.0)
    before = voxels_of(live.volume).copy()
    live.move(100.0)
    changed = np.flatnonzero((voxels_of(live.volume) != before).any(axis=(1, 2)))
    assert changed.tolist() == [8]
    assert not live.is_settled
    live.settle()
    assert live.is_settled
    assert live.volume.GetName() == "VMI 100 keV (slider)"
    assert (voxels_of(live.volume) != before).any(axis=(1, 2)).all()


def test_the_view_itself_follows_the_slider(the_inputs: SpectralVolumes, an_axial_view: SliceView) -> None:
    live = LiveBlend(the_inputs, 100.0)
    an_axial_view.show(live.volume, 800.0, 300.0)
    an_axial_view.centre_on((12.0, 8.0, 0.0), 60.0)

    def brightness() -> float:
        row, column = an_axial_view.pixel_at((12.0, 8.0, 0.0))
        return float(an_axial_view.image()[row, column].mean())

    dark = brightness()
    live.move(40.0)
    assert brightness() > dark + 50


def test_a_plane_between_two_sections_needs_both_and_an_oblique_one_a_box(
    the_inputs: SpectralVolumes, an_axial_view: SliceView
) -> None:
    live = LiveBlend(the_inputs, 40.0)
    an_axial_view.show(live.volume)
    an_axial_view.centre_on((0.0, 0.0, 1.0), 60.0)
    (box,) = boxes_in_sight(live.volume)
    assert (box[0].start, box[0].stop) == (8, 10)
    assert box[2].stop - box[2].start < 80, "only the part of the section that the view shows"
    an_axial_view.node.SetSliceToRASByNTP(0.0, 0.5, 1.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0)
    (box,) = boxes_in_sight(live.volume)
    assert box[0].stop - box[0].start > 10
    an_axial_view.centre_on((0.0, 0.0, 500.0), 60.0)
    assert boxes_in_sight(live.volume) == []


def test_a_view_that_shows_something_else_costs_nothing(the_inputs: SpectralVolumes, an_axial_view: SliceView) -> None:
    live = LiveBlend(the_inputs, 40.0)
    an_axial_view.show(the_inputs.reference)
    assert boxes_in_sight(live.volume) == []
    live.move(60.0)  # and does not fail


def test_the_volume_of_the_slider_is_taken_up_again(the_inputs: SpectralVolumes) -> None:
    first = LiveBlend(the_inputs, 40.0)
    first.volume.GetDisplayNode().SetWindowLevel(900.0, 200.0)
    again = LiveBlend(the_inputs, 60.0)
    assert again.volume is first.volume
    assert again.volume.GetDisplayNode().GetWindow() == 900.0, "the window that the user chose"


# Views


def test_an_overlay_shows_the_map_from_its_threshold_on(the_inputs: SpectralVolumes, an_axial_view: SliceView) -> None:
    live, found = LiveBlend(the_inputs, 70.0), the_inputs.map_volume(iodine(the_inputs.data))
    an_axial_view.show(live.volume)
    an_axial_view.centre_on(NODE_RAS, 90.0)
    places = {name: an_axial_view.pixel_at((*part(name).centre_ras_mm[:2], 0.0)) for name in ("node_1", "node_2")}
    assert show_overlay(found, OverlaySetting(1.0, 1.6), [live.volume]) == 1
    picture = an_axial_view.image().astype(int)
    assert np.ptp(picture[places["node_1"]]) > 60, "2 mg/mL in colour"
    assert np.ptp(picture[places["node_2"]]) <= 2, "1 mg/mL stays grey"
    hide_overlay([found])
    assert np.ptp(an_axial_view.image().astype(int)[places["node_1"]]) <= 2
    assert show_overlay(found, OverlaySetting(), []) == 0


def test_the_comparison_is_that_of_the_usual_figure(the_inputs: SpectralVolumes) -> None:
    (conventional,) = add_energies(65)
    remember(InputChoice(conventional, InputRole.TUBE_VOLTAGE, 120.0))
    volumes = show_comparison(the_inputs, maps_of(the_inputs))
    assert current_layout() is Layout.COMPARE_6
    names = [volume_in_view(view).GetName() for view in compare_views(6)]
    assert names == [
        "Neck Monoenergetic 70 keV", "VMI 50 keV", "Neck Monoenergetic 40 keV", "Neck Monoenergetic 65 keV",
        "Iodine (mg/mL)", "Fat fraction",
    ]  # fmt: skip
    windows = [each.GetDisplayNode().GetWindow() for each in volumes]
    assert windows == [350.0] * 4 + [6.0, 1.0]


def test_without_a_conventional_ct_its_view_is_empty(the_inputs: SpectralVolumes) -> None:
    volumes = show_comparison(the_inputs, maps_of(the_inputs))
    assert volumes[3] is None
    assert volume_in_view("Compare4") is None


def test_the_planes_show_a_volume_and_look_at_its_middle(the_inputs: SpectralVolumes) -> None:
    import slicer

    show_in_planes(the_inputs.reference)
    assert current_layout() is Layout.READING
    for view in ("Red", "Green", "Yellow"):
        assert volume_in_view(view) is the_inputs.reference
        plane = slicer.mrmlScene.GetSingletonNode(view, "vtkMRMLSliceNode").GetSliceToRAS()
        middle = GRID.ras_from_kji((np.array(GRID.array_shape) - 1) / 2)
        assert [plane.GetElement(row, 3) for row in range(3)] == pytest.approx(middle, abs=1.1)


def test_curves_are_plotted_beside_the_planes_with_their_uncertainty(a_layout_node: Any) -> None:
    import slicer

    curve = PlottedCurve("N1", np.array([200.0, 100.0]), np.array([2.0, 1.0]), (1.0, 0.0, 0.0))
    for _ in range(2):
        chart = plot_curves((40.0, 70.0), [curve], "HU against energy")
    assert len(slicer.util.getNodesByClass("vtkMRMLPlotChartNode")) == 1, "the former one is gone"
    assert chart.GetNumberOfPlotSeriesNodes() == 3
    table = chart.GetNthPlotSeriesNode(1).GetTableNode().GetTable()
    assert table.GetColumnByName("N1 - 2u").GetValue(0) == pytest.approx(196.0)
    assert show_plot(chart)
    view = slicer.mrmlScene.GetSingletonNode("PlotView1", "vtkMRMLPlotViewNode")
    assert view.GetPlotChartNodeID() == chart.GetID()
    remove_curves()
    assert slicer.util.getNodesByClass("vtkMRMLPlotSeriesNode") == []


# Teaching


def test_usual_resolution_averages_sections_and_keeps_places_and_values() -> None:
    fine = ImageGeometry((80, 80, 30), (0.2, 0.2, 0.5), (-8.0, -8.0, -7.5))
    voxels = np.zeros(fine.array_shape, np.int16)
    voxels[12:18, 30:50, 30:50] = 1000  # 4 x 4 x 3 mm
    coarse = normal_resolution(Image(voxels, fine, "CT"))
    assert coarse.geometry.spacing_kji_mm == pytest.approx((3.0, 0.45, 0.45))
    assert coarse.voxels.shape == (5, 35, 35)
    weights = coarse.voxels.astype(float)
    assert weights.sum() * coarse.geometry.voxel_volume_mm3 == pytest.approx(1000 * 48, rel=0.02)
    kji = np.array(np.nonzero(weights)).T
    centre = np.average(kji, axis=0, weights=weights[weights != 0])
    before = fine.ras_from_kji((14.5, 39.5, 39.5))
    assert coarse.geometry.ras_from_kji(centre) == pytest.approx(before, abs=0.1)


def test_an_image_that_is_no_finer_is_refused(two_energies: list[Any]) -> None:
    simulated = simulated_volume(two_energies[0])  # sections of 2 mm become 3 mm
    assert simulated.GetSpacing() == pytest.approx((1.0, 1.0, 3.0))
    with pytest.raises(InputError, match="no finer than usual"):
        simulated_volume(simulated)
