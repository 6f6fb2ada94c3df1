"""Dynamic studies of the scene, and maps in it: times with their units, colours, legends, folders, segments."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PWIProtocolLib.mapping import MappedStudy
    from PWIProtocolLib.sample.reference_object import ReferenceObject
    from PWIProtocolLib.scene.maps.map_volumes import MapVolumes

pytest_plugins = ("maps_desk",)


@pytest.fixture(scope="session")
def a_study(the_reference: ReferenceObject) -> MappedStudy:
    """The reference object, fitted."""
    from PWIProtocolLib.mapping import (
        MappingSettings,
        SignalInputs,
        arterial_of_population,
        baseline_of,
        map_study,
        t1_of_number,
    )

    settings = MappingSettings()
    inputs = SignalInputs(the_reference.dynamic, 0.005, 15.0, t1_of_number(1.2))
    baseline = baseline_of(settings, inputs)
    return map_study(settings, inputs, arterial_of_population("parker", settings, inputs, baseline), baseline)


@pytest.fixture
def some_maps(an_empty_scene: Any, a_study: MappedStudy) -> MapVolumes:
    """The maps of that fit in the scene."""
    from PWIProtocolLib.scene.maps.map_volumes import add_maps

    return add_maps(a_study)


@pytest.fixture
def a_vector_volume(an_empty_scene: Any, the_reference: ReferenceObject) -> Any:
    """The first ten frames as a volume with ten components, labelled as MultiVolumes are."""
    import slicer
    from HeadNeckNodesLib.scene.volumes import matrix_of

    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLVectorVolumeNode", "frames")
    node.SetIJKToRASMatrix(matrix_of(the_reference.dynamic.geometry.ijk_to_ras))
    slicer.util.updateVolumeFromArray(node, np.ascontiguousarray(np.moveaxis(the_reference.dynamic.frames[:10], 0, -1)))
    node.SetAttribute("MultiVolume.FrameLabels", ",".join(f"{4000 * at}" for at in range(10)))
    node.SetAttribute("MultiVolume.FrameIdentifyingDICOMTagName", "TriggerTime")
    node.SetAttribute("MultiVolume.DICOM.FlipAngle", "15")
    return node


def test_a_sequence_gives_back_frames_times_and_settings(
    a_reference_sequence: Any, the_reference: ReferenceObject
) -> None:
    from PWIProtocolLib.scene.maps.dynamic_nodes import dynamic_nodes, dynamic_of_node

    assert dynamic_nodes() == [a_reference_sequence]
    found = dynamic_of_node(a_reference_sequence)
    np.testing.assert_array_equal(found.frames, the_reference.dynamic.frames)
    np.testing.assert_allclose(found.time_s, the_reference.dynamic.time_s)
    assert found.geometry.matches(the_reference.dynamic.geometry, tolerance_mm=1e-6)
    assert found.acquisition == the_reference.dynamic.acquisition


@pytest.mark.parametrize(("unit", "factor"), [("ms", 1e-3), ("min", 60.0)])
def test_the_unit_of_the_index_is_minded(a_reference_sequence: Any, unit: str, factor: float) -> None:
    from PWIProtocolLib.scene.maps.dynamic_nodes import dynamic_of_node

    a_reference_sequence.SetIndexUnit(unit)
    assert dynamic_of_node(a_reference_sequence).time_s[1] == pytest.approx(4 * factor)


def test_an_index_without_a_unit_is_refused(a_reference_sequence: Any) -> None:
    from PWIProtocolLib.scene.maps.dynamic_nodes import dynamic_of_node

    a_reference_sequence.SetIndexUnit("")
    with pytest.raises(InputError, match="stands without a unit; expected times in s"):
        dynamic_of_node(a_reference_sequence)


def test_a_frame_on_another_grid_is_refused(a_reference_sequence: Any) -> None:
    from PWIProtocolLib.scene.maps.dynamic_nodes import dynamic_of_node

    a_reference_sequence.GetNthDataNode(3).SetOrigin(0.0, 0.0, 9.0)
    with pytest.raises(InputError, match="frame 4 and the first frame do not lie on the same grid"):
        dynamic_of_node(a_reference_sequence)


def test_a_volume_with_a_component_for_each_time_is_a_study(
    a_vector_volume: Any, the_reference: ReferenceObject
) -> None:
    from PWIProtocolLib.scene.maps.dynamic_nodes import dynamic_nodes, dynamic_of_node

    assert dynamic_nodes() == [a_vector_volume]
    found = dynamic_of_node(a_vector_volume)
    np.testing.assert_array_equal(found.frames, the_reference.dynamic.frames[:10])
    np.testing.assert_allclose(found.time_s, 4.0 * np.arange(10))
    assert (found.acquisition.flip_angle_deg, found.acquisition.repetition_time_s) == (15.0, None)


def test_a_sequence_that_states_its_components_as_slicer_saves_them_is_a_study_after_loading(
    a_reference_sequence: Any, the_reference: ReferenceObject, tmp_path: Path
) -> None:
    import slicer
    from PWIProtocolLib.scene.maps.dynamic_nodes import dynamic_nodes, dynamic_of_node

    assert slicer.util.saveNode(a_reference_sequence, str(tmp_path / "dce.seq.nrrd"))
    slicer.mrmlScene.Clear(0)
    slicer.util.loadNodeFromFile(str(tmp_path / "dce.seq.nrrd"), "SequenceFile", {})
    (node,) = dynamic_nodes()
    found = dynamic_of_node(node)
    np.testing.assert_allclose(found.time_s, the_reference.dynamic.time_s)
    np.testing.assert_allclose(found.frames, the_reference.dynamic.frames)


@pytest.fixture
def a_multivolume_file(tmp_path: Path) -> Path:
    """A file as the older module MultiVolumeExplorer saved it: five frames of 2 x 3 x 4 voxels, 4 s apart."""
    header = """NRRD0005
type: float
dimension: 4
space: left-posterior-superior
sizes: 5 4 3 2
space directions: none (2,0,0) (0,2,0) (0,0,4)
kinds: list domain domain domain
endian: little
encoding: raw
space origin: (0,0,0)
MultiVolume.DICOM.EchoTime:=1.5
MultiVolume.DICOM.FlipAngle:=15
MultiVolume.DICOM.RepetitionTime:=5
MultiVolume.FrameIdentifyingDICOMTagName:=TriggerTime
MultiVolume.FrameIdentifyingDICOMTagUnits:=ms
MultiVolume.FrameLabels:=0,4000,8000,12000,16000
MultiVolume.NumberOfFrames:=5

"""
    path = tmp_path / "old.nrrd"
    path.write_bytes(header.encode() + np.arange(120, dtype="<f4").tobytes())
    return path


@pytest.mark.parametrize("loaded_as", ["volume", "sequence"])
def test_an_old_multivolume_is_a_study_whichever_node_slicer_makes_of_it(
    an_empty_scene: Any, a_multivolume_file: Path, loaded_as: str
) -> None:
    import slicer
    from PWIProtocolLib.scene.maps.dynamic_nodes import dynamic_nodes, dynamic_of_node

    if loaded_as == "volume":
        slicer.util.loadVolume(str(a_multivolume_file))
    else:
        slicer.util.loadNodeFromFile(str(a_multivolume_file), "SequenceFile", {})
    (node,) = dynamic_nodes()
    found = dynamic_of_node(node)
    assert node.GetClassName() == ("vtkMRMLVectorVolumeNode" if loaded_as == "volume" else "vtkMRMLSequenceNode")
    np.testing.assert_allclose(found.time_s, [0, 4, 8, 12, 16])
    np.testing.assert_array_equal(found.frames[1].ravel(), np.arange(1, 120, 5))
    assert (found.acquisition.repetition_time_s, found.acquisition.flip_angle_deg) == (0.005, 15.0)
    assert found.time_reason == "frame times are MultiVolume.FrameLabels (TriggerTime), in ms"


def test_components_without_times_are_refused(a_vector_volume: Any) -> None:
    from PWIProtocolLib.scene.maps.dynamic_nodes import dynamic_of_node

    a_vector_volume.RemoveAttribute("MultiVolume.FrameLabels")
    with pytest.raises(InputError, match="does not say the times of its frames"):
        dynamic_of_node(a_vector_volume)


def test_maps_hold_units_where_programs_and_people_look(some_maps: MapVolumes) -> None:
    ktrans, residual = some_maps.maps["ktrans_per_min"], some_maps.maps["residual_sd"]
    units = [node.GetVoxelValueUnits().GetCodeValue() for node in (ktrans, some_maps.maps["ve"], residual)]
    assert units == ["/min", "1", "mmol/L"]
    assert [node.GetName() for node in (ktrans, residual)] == ["Ktrans (1/min)", "residual (mM)"]
    assert "extended tofts model; arterial curve: Parker 2006" in ktrans.GetDescription()


def test_maps_say_how_they_were_made_in_words_of_the_export(some_maps: MapVolumes) -> None:
    said = {name: some_maps.maps[name].GetAttribute("PWIProtocol.Method") for name in ("ktrans_per_min", "iauc60")}
    assert said == {"ktrans_per_min": "model_extended_tofts aif_population t1_number", "iauc60": ""}
    assert some_maps.maps["ve"].GetAttribute("PWIProtocol.Incomplete") is None


def test_all_maps_lie_in_one_folder_with_the_image_and_the_status(some_maps: MapVolumes) -> None:
    from HeadNeckNodesLib.scene.subject_hierarchy import names_in

    names = names_in(some_maps.folder)
    assert names[:3] == ["DCE mean after contrast", "Ktrans (1/min)", "kep (1/min)"]
    assert names[-1] == "Status of the fit"
    assert len(names) == len(some_maps.all)


def test_the_folder_lies_where_the_study_is(a_reference_sequence: Any, a_study: MappedStudy) -> None:
    from HeadNeckNodesLib.scene.subject_hierarchy import add_folder, names_in, put_into
    from PWIProtocolLib.scene.maps.map_volumes import add_maps

    folder = add_folder("patient 7")
    put_into(folder, [a_reference_sequence])
    add_maps(a_study, a_reference_sequence)
    assert names_in(folder) == ["reference object", "Maps of reference object, extended tofts"]


def test_windows_span_what_the_maps_hold(some_maps: MapVolumes) -> None:
    display = some_maps.maps["ktrans_per_min"].GetDisplayNode()
    assert (display.GetWindowLevelMin(), display.GetWindowLevelMax()) == (0.0, pytest.approx(0.3, abs=1e-3))


def test_colour_tables_are_even_in_lightness(an_empty_scene: Any) -> None:
    from HeadNeckNodesLib.drawing.map_colours import FLOW, TIME, VOLUME
    from PWIProtocolLib.scene.maps.map_colours import colour_table

    for scale in (FLOW, VOLUME, TIME):
        table = colour_table(scale)
        assert colour_table(scale) is table
        colours = np.array([_colour(table, at) for at in range(table.GetNumberOfColors())])
        lightness = _lightness(colours)
        np.testing.assert_allclose(lightness, np.linspace(lightness[0], lightness[-1], len(lightness)), atol=0.5)
        assert lightness[-1] - lightness[0] > 85


def test_the_status_map_is_readable_by_its_words(some_maps: MapVolumes) -> None:
    import slicer
    from PWIProtocolLib.kinetics import VoxelStatus

    table = some_maps.status.GetDisplayNode().GetColorNode()
    codes = np.unique(slicer.util.arrayFromVolume(some_maps.status))
    assert {table.GetColorName(int(code)) for code in codes} == {VoxelStatus(int(code)).meaning for code in codes}
    assert "the curve is constant" in some_maps.status.GetDescription()


def test_the_legend_names_map_and_unit_and_stays_where_it_was_put(some_maps: MapVolumes) -> None:
    from PWIProtocolLib.scene.maps.map_colours import legend_of, show_legends

    volume = some_maps.maps["ktrans_per_min"]
    show_legends([volume])
    legend = legend_of(volume)
    assert legend.GetTitleText() == "Ktrans\n1/min"
    legend.SetPosition(0.1, 0.5)
    show_legends([volume])
    assert legend_of(volume) is not legend
    assert legend_of(volume).GetPosition() == (0.1, 0.5)


def test_curve_types_are_three_colours_with_names_in_the_legend(
    some_maps: MapVolumes, a_study: MappedStudy, the_reference: ReferenceObject
) -> None:
    import slicer
    from PWIProtocolLib.scene.maps.map_colours import legend_of
    from PWIProtocolLib.scene.maps.map_volumes import show_map

    node = some_maps.maps["curve_type"]
    found = slicer.util.arrayFromVolume(node)
    assert set(np.unique(found[the_reference.tissue])) <= {1, 2, 3}
    assert (found[~the_reference.tissue & ~the_reference.artery] == 0).all()
    np.testing.assert_array_equal(found.ravel(), a_study.described.curve_type)
    table = node.GetDisplayNode().GetColorNode()
    names = [table.GetColorName(at) for at in range(table.GetNumberOfColors())]
    assert names == ["", "1 persistent", "2 plateau", "3 washout"]
    opacities = [table.GetLookupTable().GetTableValue(at)[3] for at in range(4)]
    assert opacities == [0.0, 1.0, 1.0, 1.0]
    show_map(some_maps, "curve_type")
    legend = legend_of(node)
    assert (legend.GetTitleText(), legend.GetUseColorNamesForLabels(), legend.GetNumberOfLabels()) == (
        "curve type", True, 4
    )  # fmt: skip


def test_times_and_slopes_of_curves_are_maps_with_units(some_maps: MapVolumes) -> None:
    names = {key: some_maps.maps[key].GetName() for key in ("arrival_s", "time_to_peak_s", "wash_in_per_min", "iauc60")}
    assert names == {
        "arrival_s": "arrival of contrast (s)",
        "time_to_peak_s": "time to peak (s)",
        "wash_in_per_min": "wash-in slope (1/min)",
        "iauc60": "area under the curve, 60 s (mM s)",
    }


@pytest.mark.parametrize("grid", ["same", "other", "none"])
def test_views_move_to_maps_unless_they_show_that_grid_already(
    some_maps: MapVolumes, monkeypatch: pytest.MonkeyPatch, the_reference: ReferenceObject, grid: str
) -> None:
    import slicer
    from HeadNeckNodesLib.imaging.image import Image
    from HeadNeckNodesLib.scene.volumes import add_volume
    from PWIProtocolLib.scene.maps.map_volumes import show_map

    geometry = the_reference.dynamic.geometry
    shown = add_volume(Image(np.zeros(geometry.array_shape, np.int16), geometry, "", ""), "shown")
    if grid == "other":
        shown.SetSpacing(1.0, 1.0, 1.0)
    view = slicer.mrmlScene.AddNode(slicer.vtkMRMLSliceCompositeNode())
    view.SetBackgroundVolumeID(None if grid == "none" else shown.GetID())
    fits = []
    layers = slicer.util.setSliceViewerLayers
    monkeypatch.setattr(
        slicer.util, "setSliceViewerLayers", lambda **asked: (fits.append(asked["fit"]), layers(**asked))
    )
    show_map(some_maps, "ve")
    show_map(some_maps, "vp")
    assert fits == [grid != "same", False]


def test_only_the_map_that_is_shown_has_a_legend_in_sight(some_maps: MapVolumes) -> None:
    from PWIProtocolLib.scene.maps.map_colours import legend_of
    from PWIProtocolLib.scene.maps.map_volumes import STATUS, show_map

    for name, seen in (("ktrans_per_min", [True]), ("ve", [False, True]), ("ktrans_per_min", [True, False]),
                       (STATUS, [False, False])):  # fmt: skip
        show_map(some_maps, name)
        legends = [legend_of(some_maps.maps[each]) for each in ("ktrans_per_min", "ve")]
        assert [bool(legend.GetVisibility()) for legend in legends if legend is not None] == seen


def test_a_segment_comes_back_as_it_was_drawn(
    an_empty_scene: Any, the_reference: ReferenceObject, a_segment: Callable[..., Any]
) -> None:
    from PWIProtocolLib.scene.maps.region_masks import mask_of, scene_segments

    drawn = the_reference.ktrans_per_min == 0.1
    a_segment("node_7", drawn)
    (segment,) = scene_segments()
    assert (segment.name, segment.is_node) == ("node_7", True)
    np.testing.assert_array_equal(mask_of(segment, the_reference.dynamic.geometry).mask, drawn)


def test_no_helper_is_left_in_the_scene_by_reading_a_segment(
    an_empty_scene: Any, the_reference: ReferenceObject, a_segment: Callable[..., Any]
) -> None:
    import slicer
    from PWIProtocolLib.scene.maps.region_masks import mask_of, scene_segments

    a_segment("node_7", the_reference.tissue)
    before = slicer.mrmlScene.GetNumberOfNodes()
    mask_of(scene_segments()[0], the_reference.dynamic.geometry)
    assert slicer.mrmlScene.GetNumberOfNodes() == before


def test_a_plot_changes_in_place_and_leaves_nothing_behind(an_empty_scene: Any) -> None:
    import slicer
    from PWIProtocolLib.scene.maps.curve_plot import Curve, CurvePlot

    times = np.arange(3.0)
    before = slicer.mrmlScene.GetNumberOfNodes()
    plot = CurvePlot("curves")
    plot.show("first", Curve("a", times, times, (1, 0, 0)), Curve("b", times, times, (0, 1, 0)))
    chart = plot.chart
    plot.show("second", Curve("a", times, 2 * times, (1, 0, 0)))
    assert plot.chart is chart
    assert (plot.names(), chart.GetTitle(), chart.GetNumberOfPlotSeriesNodes()) == (["a"], "second", 1)
    np.testing.assert_array_equal(plot.values("a")[1], 2 * times)
    plot.remove()
    assert slicer.mrmlScene.GetNumberOfNodes() == before


def _colour(table: Any, index: int) -> list[float]:
    colour = [0.0] * 4
    table.GetColor(index, colour)
    return colour[:3]


def _lightness(colours: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """CIE 1976 L* of sRGB colours."""
    linear = np.where(colours <= 0.04045, colours / 12.92, ((colours + 0.055) / 1.055) ** 2.4)
    luminance = linear @ np.array([0.2126, 0.7152, 0.0722])
    return np.where(luminance > 0.008856, 116 * np.cbrt(luminance) - 16, 903.3 * luminance)
