"""The headless application does what scene code expects of Slicer: nodes, files, subject hierarchy, units."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

if TYPE_CHECKING:
    from hnn.headless import HeadlessSlicer

READING_ROOM = Path(__file__).resolve().parent.parent / "ReadingRoom"
LYMPH_NODE = (
    "Segmentation category and type - 3D Slicer General Anatomy list~SCT^123037004^Anatomical Structure"
    "~SCT^59441001^Lymph node~^^~Anatomic codes - DICOM master list~SCT^45048000^Neck~^^"
)


def oblique_ijk_to_ras() -> np.ndarray:
    """Axes turned by 30 degrees about S, anisotropic spacing, an odd origin."""
    cosine, sine = np.cos(np.pi / 6), np.sin(np.pi / 6)
    axes = np.array([[-cosine, sine, 0], [-sine, -cosine, 0], [0, 0, 1]])
    matrix = np.eye(4)
    matrix[:3, :3] = axes * [0.5, 0.75, 2.5]
    matrix[:3, 3] = [31.25, -12.5, 7.0]
    return matrix


@pytest.fixture
def a_volume(a_scene: Any) -> Any:
    import slicer

    voxels = np.random.default_rng(3).integers(-1000, 2000, (6, 8, 10)).astype(np.int16)
    return slicer.util.addVolumeFromArray(voxels, oblique_ijk_to_ras(), name="CT")


@pytest.fixture
def a_ball(a_scene: Any) -> Any:
    """A segmentation with one ball of 10 mm radius at the origin, on a 0.5 mm grid."""
    import slicer

    position = np.indices((50, 50, 50)) * 0.5 - 12.25
    matrix = np.diag([0.5, 0.5, 0.5, 1.0])
    matrix[:3, 3] = -12.25
    ball = (np.square(position).sum(axis=0) <= 100.0).astype(np.uint8)
    reference = slicer.util.addVolumeFromArray(ball, matrix, name="grid")
    segmentation = a_scene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Nodes")
    segmentation.CreateDefaultDisplayNodes()
    segmentation.SetReferenceImageGeometryParameterFromVolumeNode(reference)
    segmentation.GetSegmentation().AddEmptySegment("ball", "node_right_IIA", (0.25, 0.5, 0.75))
    segmentation.GetSegmentation().GetSegment("ball").SetTag("TerminologyEntry", LYMPH_NODE)
    slicer.util.updateSegmentBinaryLabelmapFromArray(ball, segmentation, "ball", reference)
    return segmentation


def run_python(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": str(READING_ROOM), **environment},
        capture_output=True,
        text=True,
        check=False,
    )


def names_of_items(scene: Any) -> list[str]:
    import slicer
    from vtkmodules.vtkCommonCore import vtkIdList

    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(scene)
    items = vtkIdList()
    hierarchy.GetItemChildren(hierarchy.GetSceneItemID(), items, True)
    return [hierarchy.GetItemName(items.GetId(index)) for index in range(items.GetNumberOfIds())]


def assert_is_the_ball(segmentation: Any) -> None:
    import slicer
    import vtk

    segment = segmentation.GetSegmentation().GetSegment("ball")
    tag = vtk.reference("")
    segment.GetTag("TerminologyEntry", tag)
    voxels = slicer.util.arrayFromSegmentInternalBinaryLabelmap(segmentation, "ball")
    assert segment.GetName() == "node_right_IIA"
    assert segment.GetColor() == pytest.approx((0.25, 0.5, 0.75), abs=1e-6)
    assert str(tag) == LYMPH_NODE
    assert np.count_nonzero(voxels) * 0.125 == pytest.approx(4 / 3 * np.pi * 1000, rel=0.005)


def test_starting_twice_gives_the_same_application(slicer_app: HeadlessSlicer) -> None:
    assert type(slicer_app).start() is slicer_app


def test_slicer_knows_the_application_the_scene_and_the_modules(slicer_app: HeadlessSlicer) -> None:
    import slicer
    from hnn.headless.modules import LOGIC_CLASSES

    assert slicer.app is slicer_app
    assert slicer.mrmlScene is slicer_app.mrmlScene()
    for name, class_name in LOGIC_CLASSES:
        assert getattr(slicer.modules, name.lower()).logic().IsA(class_name)
        assert slicer_app.moduleLogic(name) is getattr(slicer.modules, name.lower()).logic()


def test_a_process_starts_quietly_ends_well_and_leaves_nothing_behind(tmp_path: Path) -> None:
    done = run_python(
        "from hnn.headless import HeadlessSlicer, SliceView, ThreeDView\n"
        "HeadlessSlicer.start(); SliceView().render(); ThreeDView().render(); kept = SliceView('Green')\n",
        TMPDIR=str(tmp_path),
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert list(tmp_path.iterdir()) == []


def test_importing_the_package_loads_neither_slicer_nor_vtk() -> None:
    done = run_python("import sys, hnn.headless; print({'slicer', 'vtk', 'vtkmodules', 'numpy'} & set(sys.modules))")
    assert done.stdout.strip() == "set()", done.stderr


def test_an_application_of_another_class_cannot_take_over_the_running_one(slicer_app: HeadlessSlicer) -> None:
    class OtherSlicer(type(slicer_app)):  # type: ignore[misc]
        pass

    with pytest.raises(RuntimeError, match="already runs"):
        OtherSlicer.start()


def test_missing_egl_is_an_error_that_names_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    from hnn.headless import render_window

    monkeypatch.setenv(render_window.WINDOW_VARIABLE, render_window.EGL_WINDOW)
    problem = render_window.egl_problem("libEGL-that-is-not-there.so")
    monkeypatch.setattr(render_window, "egl_problem", lambda: problem)
    with pytest.raises(render_window.DrawingUnavailableError, match=r"not found.*libegl1 libgl1-mesa-dri"):
        render_window.require_drawing()


@pytest.mark.parametrize(
    ("platform", "display", "set_before", "expected"),
    [
        ("linux", "", None, "vtkEGLRenderWindow"),
        ("linux", "", "", "vtkEGLRenderWindow"),
        ("linux", "", "vtkOSOpenGLRenderWindow", "vtkOSOpenGLRenderWindow"),
        ("linux", ":0", None, None),
        ("linux", ":0", "", None),
        ("darwin", "", None, None),
    ],
)
def test_egl_is_chosen_on_linux_without_a_display_only(
    monkeypatch: pytest.MonkeyPatch, platform: str, display: str, set_before: str | None, expected: str | None
) -> None:
    from hnn.headless.render_window import WINDOW_VARIABLE, choose_render_window

    environment = {"DISPLAY": display} | ({} if set_before is None else {WINDOW_VARIABLE: set_before})
    monkeypatch.setattr("os.environ", environment)
    monkeypatch.setattr("sys.platform", platform)
    choose_render_window()
    assert environment.get(WINDOW_VARIABLE) == expected


@pytest.mark.parametrize("extension", ["nrrd", "nii.gz", "mha"])
def test_a_volume_comes_back_voxel_by_voxel_in_its_place(a_volume: Any, tmp_path: Path, extension: str) -> None:
    import slicer

    voxels, file = slicer.util.arrayFromVolume(a_volume).copy(), tmp_path / f"ct.{extension}"
    assert slicer.util.saveNode(a_volume, str(file), {})
    loaded = slicer.util.loadVolume(file, {"name": "again"})
    matrix = slicer.util.arrayFromVTKMatrix(_ijk_to_ras(loaded))
    np.testing.assert_array_equal(slicer.util.arrayFromVolume(loaded), voxels)
    np.testing.assert_allclose(matrix, oblique_ijk_to_ras(), atol=1e-5)
    assert loaded.GetName() == "again"
    assert a_volume.GetStorageNode().GetFileName() == str(file)
    assert [path.name for path in tmp_path.iterdir()] == [file.name]


def _ijk_to_ras(volume: Any) -> Any:
    import vtk

    matrix = vtk.vtkMatrix4x4()
    volume.GetIJKToRASMatrix(matrix)
    return matrix


def test_a_header_with_a_separate_data_file_is_written_as_a_pair(a_volume: Any, tmp_path: Path) -> None:
    import slicer

    slicer.util.saveNode(a_volume, str(tmp_path / "ct.nhdr"), {})
    loaded = slicer.util.loadVolume(tmp_path / "ct.nhdr")
    assert len(list(tmp_path.iterdir())) == 2
    np.testing.assert_array_equal(slicer.util.arrayFromVolume(loaded), slicer.util.arrayFromVolume(a_volume))


def test_a_label_volume_is_loaded_as_a_label_map_with_colours(a_volume: Any, tmp_path: Path) -> None:
    import slicer

    slicer.util.saveNode(a_volume, str(tmp_path / "labels.nrrd"), {})
    labels = slicer.util.loadLabelVolume(tmp_path / "labels.nrrd", {})
    colours = labels.GetDisplayNode().GetColorNode()
    assert labels.IsA("vtkMRMLLabelMapVolumeNode")
    assert colours.GetColorName(2) == "Label 2"


def test_a_missing_file_is_named_in_the_error(a_scene: Any, tmp_path: Path) -> None:
    import slicer

    with pytest.raises(RuntimeError, match=r"there is no file absent\.nrrd"):
        slicer.util.loadVolume(tmp_path / "absent.nrrd", {})


def test_a_failed_write_leaves_the_earlier_file_alone(a_volume: Any, tmp_path: Path) -> None:
    import slicer

    file = tmp_path / "ct.unknown"
    file.write_text("earlier")
    assert not slicer.util.saveNode(a_volume, str(file), {})
    assert file.read_text() == "earlier"
    assert list(tmp_path.iterdir()) == [file]


def test_the_closed_surface_of_a_ball_has_its_volume(a_ball: Any) -> None:
    import vtk

    assert a_ball.CreateClosedSurfaceRepresentation()
    mass = vtk.vtkMassProperties()
    mass.SetInputData(a_ball.GetClosedSurfaceInternalRepresentation("ball"))
    assert mass.GetVolume() == pytest.approx(4 / 3 * np.pi * 1000, rel=0.01)


def test_a_segmentation_file_keeps_names_colours_and_terminology(a_ball: Any, tmp_path: Path) -> None:
    import slicer

    slicer.util.saveNode(a_ball, str(tmp_path / "nodes.seg.nrrd"), {})
    assert_is_the_ball(slicer.util.loadSegmentation(tmp_path / "nodes.seg.nrrd", {}))


def test_markups_come_back_to_the_same_ras_positions(a_scene: Any, tmp_path: Path) -> None:
    import slicer

    line = a_scene.AddNewNodeByClass("vtkMRMLMarkupsLineNode", "greatest")
    slicer.util.updateMarkupsControlPointsFromArray(line, np.array([[1.5, -2.0, 3.0], [1.5, 46.0, 17.0]]))
    slicer.util.saveNode(line, str(tmp_path / "line.mrk.json"), {})
    loaded = slicer.util.loadMarkups(tmp_path / "line.mrk.json")
    points = slicer.util.arrayFromMarkupsControlPoints(loaded)
    np.testing.assert_allclose(points, [[1.5, -2.0, 3.0], [1.5, 46.0, 17.0]], atol=1e-6)


def test_a_line_of_50_mm_is_labelled_50_mm(a_scene: Any) -> None:
    import slicer

    line = a_scene.AddNewNodeByClass("vtkMRMLMarkupsLineNode", "L")
    slicer.util.updateMarkupsControlPointsFromArray(line, np.array([[0.0, 0.0, 0.0], [0.0, 48.0, 14.0]]))
    assert line.GetLineLengthWorld() == pytest.approx(50.0, abs=1e-9)
    assert line.GetPropertiesLabelText().strip() == "50.00mm"


def test_text_tables_models_and_transforms_can_be_loaded(a_ball: Any, a_scene: Any, tmp_path: Path) -> None:
    import slicer
    import vtk

    (tmp_path / "note.txt").write_text("irregular margin", encoding="utf-8")
    (tmp_path / "sizes.csv").write_text("node,mm\nN1,24\n", encoding="utf-8")
    transform = a_scene.AddNewNodeByClass("vtkMRMLLinearTransformNode", "shift")
    slicer.util.updateTransformMatrixFromArray(transform, oblique_ijk_to_ras())
    slicer.util.saveNode(transform, str(tmp_path / "shift.tfm"), {})
    ball = vtk.vtkSphereSource()
    ball.SetCenter(5, 6, 7)
    ball.Update()
    model = a_scene.AddNewNodeByClass("vtkMRMLModelNode", "model")
    model.SetAndObservePolyData(ball.GetOutput())
    slicer.util.saveNode(model, str(tmp_path / "model.vtp"), {})

    assert slicer.util.loadText(tmp_path / "note.txt").GetText() == "irregular margin"
    assert slicer.util.loadTable(tmp_path / "sizes.csv").GetCellText(0, 1) == "24"
    loaded = slicer.util.arrayFromTransformMatrix(slicer.util.loadTransform(tmp_path / "shift.tfm"))
    np.testing.assert_allclose(loaded, oblique_ijk_to_ras(), atol=1e-6)
    points = slicer.util.arrayFromModelPoints(slicer.util.loadModel(tmp_path / "model.vtp"))
    np.testing.assert_allclose((points.min(0) + points.max(0)) / 2, [5, 6, 7], atol=1e-5)


def test_a_saved_bundle_restores_the_whole_scene(a_ball: Any, a_scene: Any, tmp_path: Path) -> None:
    import slicer

    volume = slicer.util.addVolumeFromArray(np.arange(24.0).reshape(2, 3, 4), oblique_ijk_to_ras(), name="CT")
    line = a_scene.AddNewNodeByClass("vtkMRMLMarkupsLineNode", "greatest")
    slicer.util.updateMarkupsControlPointsFromArray(line, np.array([[0.0, 0.0, 0.0], [3.0, 4.0, 0.0]]))
    a_scene.AddNewNodeByClass("vtkMRMLTextNode", "reading").SetText('{"schema": "hnn-reading/1"}')
    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(a_scene)
    folder = hierarchy.CreateFolderItem(hierarchy.GetSceneItemID(), "Evidence")
    hierarchy.SetItemParent(hierarchy.GetItemByDataNode(line), folder)
    order = names_of_items(a_scene)
    assert slicer.util.saveScene(str(tmp_path / "case.mrb"), {})
    assert [path.name for path in tmp_path.iterdir()] == ["case.mrb"]

    a_scene.Clear(0)
    assert names_of_items(a_scene) == []
    slicer.util.loadScene(tmp_path / "case.mrb", {})

    assert order == ["grid", "Nodes", "CT", "reading", "Evidence", "greatest"]
    assert names_of_items(a_scene) == order
    assert_is_the_ball(slicer.util.getNode("Nodes"))
    voxels = slicer.util.arrayFromVolume(slicer.util.getNode("CT"))
    np.testing.assert_array_equal(voxels, np.arange(24.0).reshape(2, 3, 4))
    matrix = slicer.util.arrayFromVTKMatrix(_ijk_to_ras(slicer.util.getNode("CT")))
    np.testing.assert_allclose(matrix, oblique_ijk_to_ras(), atol=1e-5)
    assert volume.GetScene() is None
    assert slicer.util.getNode("greatest").GetLineLengthWorld() == pytest.approx(5.0)
    assert slicer.util.getNode("reading").GetText() == '{"schema": "hnn-reading/1"}'


def test_saving_a_bundle_prints_nothing(a_volume: Any, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    import slicer

    assert slicer.util.saveScene(str(tmp_path / "case.mrb"), {})
    assert capfd.readouterr() == ("", "")


def test_a_scene_can_be_saved_to_a_new_folder_but_not_over_files(a_volume: Any, a_scene: Any, tmp_path: Path) -> None:
    import slicer

    voxels = slicer.util.arrayFromVolume(a_volume).copy()
    assert slicer.util.saveScene(str(tmp_path / "case"), {})
    assert not slicer.util.saveScene(str(tmp_path / "case"), {})
    a_scene.Clear(0)
    slicer.util.loadScene(tmp_path / "case" / "case.mrml", {})
    np.testing.assert_array_equal(slicer.util.arrayFromVolume(slicer.util.getNode("CT")), voxels)


def test_a_scene_is_not_saved_without_its_data(a_volume: Any, tmp_path: Path) -> None:
    import slicer

    assert not slicer.util.saveScene(str(tmp_path / "case.mrml"), {})
    assert list(tmp_path.iterdir()) == []


def test_data_nodes_have_one_item_for_as_long_as_they_live(a_volume: Any, a_scene: Any) -> None:
    import slicer

    hidden = slicer.vtkMRMLTextNode()
    hidden.SetHideFromEditors(True)
    a_scene.AddNode(hidden)
    assert names_of_items(a_scene) == ["CT"]
    a_volume.SetName("CT neck")
    assert names_of_items(a_scene) == ["CT neck"]
    a_scene.RemoveNode(a_volume)
    assert names_of_items(a_scene) == []


def test_the_terminologies_know_a_lymph_node_of_the_neck(slicer_app: HeadlessSlicer) -> None:
    import slicer

    logic, entry = slicer_app.moduleLogic("Terminologies"), slicer.vtkSlicerTerminologyEntry()
    assert logic.DeserializeTerminologyEntry(LYMPH_NODE, entry)
    context, category = entry.GetTerminologyContextName(), entry.GetCategoryObject()
    known = slicer.vtkSlicerTerminologyType()
    types = logic.GetNumberOfTypesInTerminologyCategory(context, category)
    meanings = []
    for index in range(types):
        logic.GetNthTypeInTerminologyCategory(context, category, index, known)
        meanings.append((known.GetCodeValue(), known.GetCodeMeaning(), tuple(known.GetRecommendedDisplayRGBValue())))
    assert ("59441001", "Lymph node", (90, 190, 110)) in meanings
    assert entry.GetRegionObject().GetCodeMeaning() == "Neck"
