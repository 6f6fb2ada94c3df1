"""A whole case in the scene: its measurements, its order, and the one file that holds it all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from HeadNeckNodesLib.errors import InputError
from iENEGraderLib.reading import Evidence
from scene_builders import ENDS, a_reading, an_image, some_segments

if TYPE_CHECKING:
    from pathlib import Path

    from iENEGraderLib.scene.case_scene import CaseScene

MEASUREMENTS = ["N1 greatest dimension", "N2 greatest dimension", "N1 spike length deep neck fat"]


@pytest.fixture
def a_case(a_scene: Any) -> CaseScene:
    from iENEGraderLib.scene.case_scene import add_case

    segments = some_segments()
    return add_case(an_image(), segments[:2], segments[2:], a_reading(), ENDS)


def test_the_subject_hierarchy_is_in_the_order_of_reading(a_case: CaseScene) -> None:
    import slicer
    from HeadNeckNodesLib.scene.subject_hierarchy import names_in

    hierarchy = slicer.vtkMRMLSubjectHierarchyNode.GetSubjectHierarchyNode(slicer.mrmlScene)

    assert hierarchy.GetItemName(a_case.folder) == "iENE Gr\u00fcn 1"
    assert names_in(a_case.folder) == ["CT", "Nodes", "Anatomy", "Measurements", "Reading Gr\u00fcn 1"]
    measurements = hierarchy.GetItemByPositionUnderParent(a_case.folder, 3)
    assert names_in(measurements) == MEASUREMENTS


def test_a_line_is_as_long_as_the_greatest_dimension(a_case: CaseScene) -> None:
    line = a_case.measurements[0]

    assert line.GetLineLengthWorld() == pytest.approx(14.0)
    assert line.GetPropertiesLabelText().strip() == "14.00mm"


def test_evidence_stands_at_its_place_with_kind_and_value(a_case: CaseScene) -> None:
    point = a_case.measurements[2]
    place = [0.0, 0.0, 0.0]
    point.GetNthControlPointPositionWorld(0, place)

    assert place == [26.0, 5.0, -199.0]
    assert point.GetNthControlPointLabel(0) == "spike length 5.2 mm"
    assert point.GetNthControlPointDescription(0) == "by hand"


def test_measurements_are_locked(a_case: CaseScene) -> None:
    assert all(markup.GetLocked() for markup in a_case.measurements)


def test_evidence_without_a_place_makes_no_markup(a_scene: Any) -> None:
    from iENEGraderLib.scene.evidence_markups import add_evidence_point

    assert add_evidence_point("N1", Evidence("short_axis", value=8.0, unit="mm")) is None


def test_a_case_without_anatomy_has_no_empty_segmentation(a_scene: Any) -> None:
    from iENEGraderLib.scene.case_scene import add_case

    case = add_case(an_image(), some_segments()[:2], [], a_reading(), {})

    assert case.anatomy is None
    assert a_scene.GetNumberOfNodesByClass("vtkMRMLSegmentationNode") == 1


def test_a_bundle_holds_the_whole_case(a_case: CaseScene, tmp_path: Path) -> None:
    import slicer
    from HeadNeckNodesLib.scene.volumes import image_of_volume
    from iENEGraderLib.scene.bundle import save_bundle
    from iENEGraderLib.scene.reading_node import read_reading, reading_nodes
    from iENEGraderLib.scene.segmentations import mask_of_segment

    save_bundle(tmp_path / "case.mrb")
    slicer.mrmlScene.Clear(0)
    slicer.util.loadScene(str(tmp_path / "case.mrb"))

    volume = slicer.util.getNode("CT")
    assert np.array_equal(image_of_volume(volume).voxels, an_image().voxels)
    nodes = slicer.util.getNode("Nodes")
    for segment in some_segments()[:2]:
        assert np.array_equal(mask_of_segment(nodes, segment.segment_id, volume), segment.mask())
    assert [node.GetName() for node in slicer.util.getNodesByClass("vtkMRMLMarkupsLineNode")] == MEASUREMENTS[:2]
    assert [read_reading(node) for node in reading_nodes()] == [a_reading()]
    assert [path.name for path in tmp_path.iterdir()] == ["case.mrb"]


def test_a_bundle_names_its_parts_and_not_the_place_where_it_was_made(a_case: CaseScene, tmp_path: Path) -> None:
    from zipfile import ZipFile

    from iENEGraderLib.scene.bundle import save_bundle

    save_bundle(tmp_path / "case.mrb")

    with ZipFile(tmp_path / "case.mrb") as archive:
        assert all(name.startswith("case/") for name in archive.namelist())
        assert any(name.startswith("case/Data/Reading") and name.endswith(".json") for name in archive.namelist())
        assert str(tmp_path).encode() not in archive.read("case/case.mrml")


def test_a_bundle_that_cannot_be_written_is_refused_in_one_line(a_case: CaseScene, tmp_path: Path) -> None:
    from iENEGraderLib.scene.bundle import save_bundle

    with pytest.raises(InputError, match="cannot write here"):
        save_bundle(tmp_path / "missing" / "case.mrb")
    with pytest.raises(InputError, match=r"ends in \.mrb"):
        save_bundle(tmp_path / "case.mrml")


def test_a_bundle_that_failed_leaves_the_scene_where_it_was(a_case: CaseScene, tmp_path: Path) -> None:
    import slicer
    from iENEGraderLib.scene.bundle import save_bundle

    save_bundle(tmp_path / "first.mrb")
    scene = slicer.mrmlScene
    place = (str(tmp_path), str(tmp_path / "first.mrb"))
    assert (scene.GetRootDirectory(), scene.GetURL()) == place

    (tmp_path / "second.mrb").mkdir()  # a folder in the way of the file
    with pytest.raises(InputError, match="cannot write here"):
        save_bundle(tmp_path / "second.mrb")

    assert (scene.GetRootDirectory(), scene.GetURL()) == place
