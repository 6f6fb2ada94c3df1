"""The panel follows the scene: closed, saved, opened, changed by others."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from iENEGraderLib.reading import Certainty, FindingKind, NeckLevel, Node, Reading, Side

if TYPE_CHECKING:
    from pathlib import Path

    from panel_fixtures import PanelUser

pytest_plugins = ("panel_fixtures",)

LYMPH_NODE = (
    "Segmentation category and type - 3D Slicer General Anatomy list~SCT^123037004^Anatomical Structure"
    "~SCT^59441001^Lymph node~^^~Anatomic codes - DICOM master list~^^~^^"
)


@pytest.fixture
def a_reader(a_user: PanelUser) -> PanelUser:
    """A user with one node of grade 1 entered."""
    a_user.enter_case("oropharynx", "T2", p16="+")
    a_user.add_node("&Right", "IIA", 24.0)
    a_user.mark(FindingKind.FAT_SPIKES, Certainty.UNEQUIVOCAL)
    return a_user


@pytest.fixture
def a_segmentation(a_user: PanelUser) -> Any:
    """A body with two balls named as nodes: 20 mm wide on the right, 10 mm on the left."""
    import slicer

    volume = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLScalarVolumeNode", "CT")
    size = 80
    volume.SetIJKToRASDirections(-1, 0, 0, 0, -1, 0, 0, 0, 1)
    volume.SetOrigin(size / 2, size / 2, 0)
    k, j, i = np.indices((size, size, size))
    body = (i - 39.5) ** 2 + (j - 39.5) ** 2 < 37**2
    slicer.util.updateVolumeFromArray(volume, np.where(body, 40, -1000).astype(np.int16))
    node = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode", "Nodes")
    node.CreateDefaultDisplayNodes()
    node.SetReferenceImageGeometryParameterFromVolumeNode(volume)
    for name, middle_i, radius in (("node_a", 20, 10.0), ("node_b", 60, 5.0)):
        segment = node.GetSegmentation().AddEmptySegment(name, name)
        mask = (k - 40) ** 2 + (j - 40) ** 2 + (i - middle_i) ** 2 <= radius**2
        slicer.util.updateSegmentBinaryLabelmapFromArray(mask.astype(np.uint8), node, segment, volume)
    return node


def test_a_closed_scene_empties_the_panel(a_reader: PanelUser) -> None:
    import slicer

    slicer.mrmlScene.Clear(0)
    assert a_reader.panel.emptyLabel.visible
    assert a_reader.table == []
    assert a_reader.result == ("–", "–", "–", "–")
    assert not a_reader.panel.caseSection.undoButton.enabled


def test_a_saved_scene_brings_the_reading_back(a_reader: PanelUser, tmp_path: Path) -> None:
    import slicer

    bundle = tmp_path / "case.mrb"
    before, text = a_reader.result, a_reader.text
    assert slicer.util.saveScene(str(bundle))
    slicer.mrmlScene.Clear(0)
    slicer.util.loadScene(str(bundle))
    assert a_reader.text == text
    assert a_reader.result == before
    a_reader.mark(FindingKind.MUSCLE_INVASION, Certainty.UNEQUIVOCAL)
    assert a_reader.result[0] == "3"


def test_a_reading_added_by_a_script_is_shown(a_user: PanelUser) -> None:
    from iENEGraderLib.scene.reading_node import create_reading_node

    create_reading_node(Reading(case_id="by-script"))
    assert a_user.reading.case_id == "by-script"
    assert a_user.panel.caseSection.caseBox.text == "by-script"
    assert not a_user.panel.caseSection.undoButton.enabled


def test_a_removed_reading_gives_way_to_the_other(a_reader: PanelUser) -> None:
    import slicer

    first = a_reader.panel._session.node
    a_reader.panel.caseSection.newButton.click()
    slicer.mrmlScene.RemoveNode(a_reader.panel._session.node)
    assert a_reader.panel._session.node is first
    assert a_reader.result[0] == "1"


def test_another_text_node_is_none_of_the_panels_business(a_user: PanelUser) -> None:
    import slicer

    slicer.mrmlScene.AddNewNodeByClass("vtkMRMLTextNode", "notes").SetText("call the surgeon")
    assert a_user.panel.emptyLabel.visible
    assert a_user.message == ""


def test_nodes_are_made_of_segments_with_their_sizes(a_user: PanelUser, a_segmentation: Any) -> None:
    a_user.enter_case("oropharynx", "T2", p16="+")
    a_user.panel.nodesSection.segmentsButton.click()
    first, second = a_user.reading.nodes or ()
    assert (first.segment_id, first.side) == ("node_a", Side.RIGHT)
    assert (second.segment_id, second.side) == ("node_b", Side.LEFT)
    assert first.greatest_dimension_mm == pytest.approx(20.0, abs=1.0)
    assert second.greatest_dimension_mm == pytest.approx(10.0, abs=1.0)
    kinds = ["greatest_dimension", "short_axis", "midline_distance", "proposed_level"]
    assert [evidence.kind for evidence in first.evidence] == kinds
    assert "fitted to the outline of the body: check them" in a_user.message


def test_no_node_is_added_when_its_side_cannot_be_told(a_user: PanelUser, a_segmentation: Any) -> None:
    import slicer

    volume = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLScalarVolumeNode")
    slicer.util.updateVolumeFromArray(volume, slicer.util.arrayFromVolume(volume) + 1000)
    a_user.enter_case("oropharynx", "T2", p16="+")
    a_user.panel.nodesSection.segmentsButton.click()
    assert a_user.table == []
    assert "the sides cannot be told: CT: not in Hounsfield units" in a_user.message
    assert "Segment paired structures" in a_user.message
    assert "add the nodes by hand" in a_user.message


def test_sizes_of_nodes_added_by_hand_need_no_hounsfield_units(a_user: PanelUser, a_segmentation: Any) -> None:
    import slicer

    volume = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLScalarVolumeNode")
    slicer.util.updateVolumeFromArray(volume, slicer.util.arrayFromVolume(volume) + 1000)
    a_user.enter_case("oropharynx", "T2", p16="+")
    node = Node("N1", Side.RIGHT, NeckLevel.IIA, segment_id="node_a")
    a_user.panel._session.change("test", lambda reading: reading.with_node(node))
    a_user.panel.nodesSection.sizesButton.click()
    assert a_user.reading.node("N1").greatest_dimension_mm == pytest.approx(20.0, abs=1.0)
    assert "The sides were not checked against the image" in a_user.message


def test_nodes_of_segments_are_made_once_and_in_one_step(a_user: PanelUser, a_segmentation: Any) -> None:
    a_user.enter_case("oropharynx", "T2", p16="+")
    a_user.panel.nodesSection.segmentsButton.click()
    a_user.panel.nodesSection.segmentsButton.click()
    assert len(a_user.table) == 2
    assert "Already there node_a, node_b" in a_user.message
    a_user.panel.caseSection.undoButton.click()
    assert a_user.table == []


def test_sizes_of_segments_fill_only_what_is_empty(a_user: PanelUser, a_segmentation: Any) -> None:
    a_user.enter_case("oropharynx", "T2", p16="+")
    a_user.panel.nodesSection.segmentsButton.click()
    session = a_user.panel._session
    mine = replace(a_user.reading.node("N1"), greatest_dimension_mm=None)
    other = replace(a_user.reading.node("N2"), greatest_dimension_mm=33.0)
    session.change("test", lambda reading: reading.with_node(mine).with_node(other))
    a_user.panel.nodesSection.sizesButton.click()
    assert a_user.reading.node("N1").greatest_dimension_mm == pytest.approx(20.0, abs=1.0)
    assert a_user.reading.node("N2").greatest_dimension_mm == 33.0
    assert "Filled N1" in a_user.message
    assert "kept N2" in a_user.message
    assert "N2: the reading says 33.0 mm, its segment measures 10." in a_user.message


def test_a_scene_without_node_segments_says_what_to_do(a_user: PanelUser) -> None:
    a_user.enter_case("oropharynx", "T2", p16="+")
    a_user.panel.nodesSection.sizesButton.click()
    assert "name the segments of nodes node_1" in a_user.message


def test_a_segmentation_without_its_volume_is_refused(a_user: PanelUser, a_segmentation: Any) -> None:
    import slicer

    a_user.enter_case("oropharynx", "T2", p16="+")
    slicer.mrmlScene.RemoveNode(slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLScalarVolumeNode"))
    a_user.panel.nodesSection.segmentsButton.click()
    assert "no source volume" in a_user.message
    assert a_user.table == []


def test_a_segment_coded_as_lymph_node_needs_no_special_name(a_user: PanelUser, a_segmentation: Any) -> None:
    import slicer

    a_user.enter_case("oropharynx", "T2", p16="+")
    coded, plain = (a_segmentation.GetSegmentation().GetSegment(name) for name in ("node_a", "node_b"))
    coded.SetName("the large one")
    coded.SetTag(slicer.vtkSegment.GetTerminologyEntryTagName(), LYMPH_NODE)
    plain.SetName("mandible")
    a_user.panel.nodesSection.segmentsButton.click()
    assert [node.segment_id for node in a_user.reading.nodes or ()] == ["node_a"]


def test_an_empty_segment_is_named(a_user: PanelUser, a_segmentation: Any) -> None:
    a_user.enter_case("oropharynx", "T2", p16="+")
    a_segmentation.GetSegmentation().AddEmptySegment("node_c", "node_c")
    a_user.panel.nodesSection.segmentsButton.click()
    assert a_user.message == 'Nodes: segment "node_c" holds no voxels; draw it or delete it'
    assert a_user.table == []
