"""Nodes added as a reader does it: a click, curves, a segment; measured, corrected, taken back; against the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from HeadNeckNodesLib.imaging.image import Image
from HeadNeckNodesLib.scene.volumes import add_volume
from hnn.headless.slice_view import SliceView
from iENEGraderLib.reading import MarkKind, NeckLevel, Side
from iENEGraderLib.sample import DigitalNeck, digital_neck, sample_image, sample_segmentation
from iENEGraderLib.scene.node_outlines import find_segment
from iENEGraderLib.scene.segmentations import add_segmentation, mask_of_segment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from panel_fixtures import PanelUser

pytest_plugins = ("panel_fixtures",)

RIGHT, LEFT = "node_2", "node_5"
SEED = (33.0, -7.9, -224.3)


@pytest.fixture(scope="session")
def the_neck() -> DigitalNeck:
    """A coarse sample case."""
    return digital_neck(spacing_mm=(1.0, 1.0, 2.0))


@pytest.fixture
def a_ct(a_user: PanelUser, the_neck: DigitalNeck) -> Any:
    """The image of the sample, without any node, beside the segments of its anatomy."""
    volume = add_volume(sample_image(the_neck), "CT")
    whole = sample_segmentation(the_neck)
    add_segmentation("Anatomy", [each for each in whole.segments if not each.is_node], whole.geometry, volume)
    a_user.enter_case("oropharynx", "T2", p16="+")
    return volume


@pytest.fixture
def a_view(a_ct: Any) -> Iterator[SliceView]:
    """An axial view of the image at the level of a node on the right."""
    with SliceView("Red") as view:
        view.show(a_ct)
        view.centre_on(SEED, 100.0)
        view.render()
        yield view


def choose_to_add(user: PanelUser, text: str) -> None:
    """Choose an entry of the menu for adding nodes."""
    menu = user.panel.nodesSection.addMenu
    next(action for action in menu.actions() if action.text.startswith(text)).trigger()


def click_into(view: SliceView, ras_mm: tuple[float, ...]) -> None:
    """Bring a place into the view and click on it."""
    view.centre_on(ras_mm)
    view.render()
    view.click(view.ras_to_xy(ras_mm))


def right_click(view: SliceView) -> None:
    """Click with the right button in the middle of the view."""
    view.event("RightButtonPressEvent", (256, 256))
    view.event("RightButtonReleaseEvent", (256, 256))


def draw_round(view: SliceView, the_neck: DigitalNeck, name: str, section_k: int) -> None:
    """Click points round a node in one section, and end the curve with a right click."""
    geometry = the_neck.geometry
    places = np.argwhere(the_neck.mask(name)[section_k])
    middle = places.mean(axis=0)
    view.centre_on(geometry.ras_from_kji((section_k, *middle)))
    view.render()
    turns = np.arctan2(*(places - middle).T)
    reaches = np.linalg.norm(places - middle, axis=1)
    for turn in np.linspace(-np.pi, np.pi, 12, endpoint=False):
        reach = reaches[np.cos(turns - turn) > 0.95].max(initial=0.0) + 0.4
        place = geometry.ras_from_kji((section_k, *(middle + reach * np.array([np.sin(turn), np.cos(turn)]))))
        view.click(view.ras_to_xy(place))
    right_click(view)


def overlap(segment_id: str, volume: Any, truth: np.ndarray) -> float:
    """Return the Dice coefficient of a segment and the truth."""
    found = find_segment(segment_id)
    assert found is not None
    mask = mask_of_segment(found.node, segment_id, volume)
    return float(2 * np.count_nonzero(mask & truth) / (np.count_nonzero(mask) + np.count_nonzero(truth)))


def test_a_click_into_a_node_outlines_measures_and_places_it(
    a_user: PanelUser, a_ct: Any, a_view: SliceView, the_neck: DigitalNeck
) -> None:
    choose_to_add(a_user, "&Seed")
    assert a_user.panel.nodesSection.adding.text.text == "Click into the node, in any slice view."
    truth = the_neck.truth.node(RIGHT)
    click_into(a_view, truth.centre_ras_mm)

    (node,) = a_user.reading.nodes or ()
    assert (node.id, node.segment_id) == ("N1", "node_1")
    assert (node.side, node.level) == (Side.RIGHT, NeckLevel(truth.level))
    assert node.greatest_dimension_mm == pytest.approx(truth.greatest_dimension_mm, abs=1.5)
    assert overlap("node_1", a_ct, the_neck.mask(RIGHT)) > 0.9
    assert a_user.panel.nodesSection.selectedNode == node
    assert not a_user.panel.nodesSection.adding.visible
    assert "Check the outline of node_1" in a_user.message


def test_the_new_segment_is_coded_coloured_and_lies_on_the_grid_of_the_image(
    a_user: PanelUser, a_ct: Any, a_view: SliceView, the_neck: DigitalNeck
) -> None:
    import slicer
    import vtk

    for name in (RIGHT, LEFT):
        choose_to_add(a_user, "&Seed")
        click_into(a_view, the_neck.truth.node(name).centre_ras_mm)
    first, second = (find_segment(name) for name in ("node_1", "node_2"))
    assert first is not None
    assert second is not None
    assert first.node is second.node
    assert first.node.GetNodeReference(first.node.GetReferenceImageGeometryReferenceRole()) is a_ct
    entry = vtk.reference("")
    first.stored.GetTag(slicer.vtkSegment.GetTerminologyEntryTagName(), entry)
    assert "^59441001^Lymph node" in str(entry)
    assert first.stored.GetColor() != second.stored.GetColor()
    assert slicer.util.getNodesByClass("vtkMRMLMarkupsFiducialNode") == []


def test_a_seed_in_a_vessel_says_so_and_changes_nothing(
    a_user: PanelUser, a_ct: Any, a_view: SliceView, the_neck: DigitalNeck
) -> None:
    inside = np.argwhere(the_neck.mask("internal_jugular_vein_right"))
    before = a_user.text
    choose_to_add(a_user, "&Seed")
    click_into(a_view, tuple(the_neck.geometry.ras_from_kji(inside[len(inside) // 2])))
    assert "the seed lies in another segment" in a_user.message
    assert a_user.text == before
    assert find_segment("node_1") is None


def test_an_undone_node_keeps_its_segment_and_a_click_into_it_takes_that_again(
    a_user: PanelUser, a_ct: Any, a_view: SliceView, the_neck: DigitalNeck
) -> None:
    centre = the_neck.truth.node(RIGHT).centre_ras_mm
    choose_to_add(a_user, "&Seed")
    click_into(a_view, centre)
    a_user.panel.caseSection.undoButton.click()
    assert a_user.table == []
    a_user.panel.caseSection.redoButton.click()
    assert a_user.reading.node("N1").segment_id == "node_1"
    a_user.panel.caseSection.undoButton.click()

    choose_to_add(a_user, "&Seed")
    click_into(a_view, centre)
    assert a_user.reading.node("N1").segment_id == "node_1"
    assert find_segment("node_2") is None

    choose_to_add(a_user, "&Seed")
    click_into(a_view, centre)
    assert "node_1 is N1 already" in a_user.message
    assert len(a_user.table) == 1


def test_a_signed_reading_gets_neither_node_nor_segment(
    a_user: PanelUser, a_ct: Any, a_view: SliceView, the_neck: DigitalNeck
) -> None:
    a_user.panel._session.sign("R1", "2026-11-22T10:00:00Z")
    a_user.panel.nodesSection.adding.askForSeed()
    click_into(a_view, the_neck.truth.node(RIGHT).centre_ras_mm)
    assert "locked by R1" in a_user.message
    assert find_segment("node_1") is None


def test_the_image_under_the_mouse_is_the_one_that_the_node_grows_in(
    a_user: PanelUser, a_ct: Any, a_view: SliceView, the_neck: DigitalNeck
) -> None:
    flat = sample_image(the_neck)
    other = add_volume(Image(np.zeros_like(flat.voxels), flat.geometry, "MR", "flat"), "flat")
    with SliceView("Yellow") as view:
        view.show(other)
        view.centre_on(SEED, 100.0)
        for each, image in ((view, other), (a_view, a_ct)):
            choose_to_add(a_user, "&Seed")
            click_into(each, the_neck.truth.node(RIGHT).centre_ras_mm)
            found = find_segment("node_1")
            assert (found is not None) == (image is a_ct)


def test_curves_in_three_slices_are_filled_to_a_node_and_go(
    a_user: PanelUser, a_ct: Any, a_view: SliceView, the_neck: DigitalNeck
) -> None:
    import slicer

    adding = a_user.panel.nodesSection.adding
    sections = np.flatnonzero(the_neck.mask(RIGHT).any(axis=(1, 2)))
    first, middle, last = int(sections[1]), int(np.median(sections)), int(sections[-2])
    choose_to_add(a_user, "&Curves")
    for section in (first, middle, last):
        draw_round(a_view, the_neck, RIGHT, section)
        if section != last:
            adding.nextButton.click()
    assert adding.text.text.startswith("Curves drawn: 3.")
    adding.fillButton.click()

    (node,) = a_user.reading.nodes or ()
    assert (node.segment_id, node.side) == ("node_1", Side.RIGHT)
    assert overlap("node_1", a_ct, the_neck.mask(RIGHT)) > 0.8
    assert slicer.util.getNodesByClass("vtkMRMLMarkupsCurveNode") == []
    assert not adding.visible


def test_too_few_points_make_no_node_and_cancel_takes_curves_away(
    a_user: PanelUser, a_ct: Any, a_view: SliceView, the_neck: DigitalNeck
) -> None:
    import slicer

    adding = a_user.panel.nodesSection.adding
    choose_to_add(a_user, "&Curves")
    for place in ((200, 200), (300, 200)):
        a_view.click(place)
    adding.fillButton.click()
    assert "No curve was drawn" in a_user.message
    adding.nextButton.click()
    draw_round(a_view, the_neck, RIGHT, int(np.argmax(the_neck.mask(RIGHT).any(axis=(1, 2)))) + 2)
    adding.cancelButton.click()
    assert slicer.util.getNodesByClass("vtkMRMLMarkupsCurveNode") == []
    assert (a_user.table, adding.visible) == ([], False)


def test_a_segment_of_any_name_becomes_a_node_through_the_menu(
    a_user: PanelUser, a_ct: Any, the_neck: DigitalNeck
) -> None:
    import slicer

    node = slicer.util.getNode("Anatomy")
    node.GetSegmentation().AddEmptySegment("Segment_1", "the large one")
    mask = the_neck.mask(RIGHT).astype(np.uint8)
    slicer.util.updateSegmentBinaryLabelmapFromArray(mask, node, "Segment_1", a_ct)
    section = a_user.panel.nodesSection
    section.addMenu.popup(section.mapToGlobal(section.rect.center()))
    section.addMenu.hide()
    entries = {action.text: action for action in section.segmentMenu.actions()}
    assert "the large one" in entries
    assert "hyoid" not in entries
    entries["the large one"].trigger()
    assert (a_user.reading.node("N1").segment_id, a_user.reading.node("N1").side) == ("Segment_1", Side.RIGHT)


def test_the_side_is_asked_only_when_it_cannot_be_proposed(
    a_user: PanelUser, a_ct: Any, a_view: SliceView, the_neck: DigitalNeck
) -> None:
    import slicer

    slicer.mrmlScene.RemoveNode(slicer.util.getNode("Anatomy"))
    slicer.util.arrayFromVolume(a_ct)[:] += 1024
    adding = a_user.panel.nodesSection.adding
    choose_to_add(a_user, "&Seed")
    click_into(a_view, the_neck.truth.node(RIGHT).centre_ras_mm)
    assert a_user.table == []
    assert adding.text.text == "On which side does node_1 lie?"
    adding.sideButtons[Side.RIGHT].click()
    assert (a_user.reading.node("N1").side, a_user.reading.node("N1").segment_id) == (Side.RIGHT, "node_1")
    assert not adding.visible


@pytest.fixture
def a_reader(a_user: PanelUser, a_ct: Any, a_view: SliceView, the_neck: DigitalNeck) -> PanelUser:
    """A user who has clicked into a node."""
    choose_to_add(a_user, "&Seed")
    click_into(a_view, the_neck.truth.node(RIGHT).centre_ras_mm)
    return a_user


def test_the_proposed_level_is_shown_with_its_reason_and_never_overwrites_the_reader(a_reader: PanelUser) -> None:
    editor = a_reader.panel.nodesSection.editor
    assert editor.proposalLabel.text.startswith("III proposed: the centroid lies")
    assert "lower border of the hyoid" in editor.proposalLabel.toolTip
    assert "right of the mid-sagittal plane" in editor.proposalLabel.toolTip
    assert not editor.takeButton.visible
    a_reader.choose(editor.levelBox, "IIA")
    assert editor.takeButton.visible
    a_reader.panel.nodesSection.sizesButton.click()
    assert a_reader.reading.node("N1").level is NeckLevel.IIA
    editor.takeButton.click()
    assert a_reader.reading.node("N1").level is NeckLevel.III


def test_a_segment_corrected_in_segment_editor_is_told_and_measured_anew(
    a_reader: PanelUser, a_ct: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    import slicer

    section, segment = a_reader.panel.nodesSection, find_segment("node_1")
    assert segment is not None
    opened: list[str] = []
    monkeypatch.setattr(slicer.util, "selectModule", opened.append)
    section.editButton.click()
    settings = slicer.mrmlScene.GetSingletonNode("SegmentEditor", "vtkMRMLSegmentEditorNode")
    assert opened == ["SegmentEditor"]
    assert settings.GetSegmentationNode() is segment.node
    assert settings.GetSourceVolumeNode() is a_ct
    assert settings.GetSelectedSegmentID() == "node_1"

    a_reader.widget.exit()
    before = a_reader.reading.node("N1").greatest_dimension_mm
    mask = mask_of_segment(segment.node, "node_1", a_ct)
    mask[: int(np.median(np.flatnonzero(mask.any(axis=(1, 2)))))] = False
    slicer.util.updateSegmentBinaryLabelmapFromArray(mask.astype(np.uint8), segment.node, "node_1", a_ct)
    assert not section.editor.outlineLabel.visible
    a_reader.widget.enter()
    assert section.editor.outlineLabel.visible
    section.sizesButton.click()
    assert not section.editor.outlineLabel.visible
    after = a_reader.reading.node("N1").greatest_dimension_mm
    assert before is not None
    assert after is not None
    assert after < before - 1


def test_a_size_that_the_reader_typed_stays_when_the_segment_is_measured_anew(a_reader: PanelUser) -> None:
    section = a_reader.panel.nodesSection
    a_reader.type_into(section.editor.sizeBox, "33")
    section.sizesButton.click()
    assert a_reader.reading.node("N1").greatest_dimension_mm == 33.0


def test_the_segment_of_the_sample_is_told_as_changed_once_it_was_edited(
    a_user: PanelUser, the_neck: DigitalNeck
) -> None:
    import slicer
    from iENEGraderLib.panel.sample_case import add_sample_case

    add_sample_case(the_neck)
    editor = a_user.panel.nodesSection.editor
    assert not editor.outlineLabel.visible
    segment = find_segment("node_1")
    assert segment is not None
    volume = slicer.mrmlScene.GetFirstNodeByClass("vtkMRMLScalarVolumeNode")
    mask = mask_of_segment(segment.node, "node_1", volume)
    slicer.util.updateSegmentBinaryLabelmapFromArray(
        np.roll(mask, 1, 0).astype(np.uint8), segment.node, "node_1", volume
    )
    a_user.panel.refresh()
    assert editor.outlineLabel.visible


def test_the_axes_of_the_segment_are_drawn_as_marks_once(a_reader: PanelUser) -> None:
    section = a_reader.panel.nodesSection
    section.axesButton.click()
    long, short = a_reader.reading.node("N1").marks
    assert (long.kind, short.kind) == (MarkKind.LONG_AXIS, MarkKind.SHORT_AXIS)
    assert long.length_mm == pytest.approx(a_reader.reading.node("N1").greatest_dimension_mm, abs=0.1)
    assert short.points_ras_mm[0][2] == pytest.approx(short.points_ras_mm[1][2], abs=0.01)
    section.axesButton.click()
    assert a_reader.reading.node("N1").marks == (long, short)
    assert "Kept long axis, short axis" in a_reader.message


def test_everything_is_measured_in_one_step_and_said_in_the_status_bar(
    a_reader: PanelUser, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    monkeypatch.setattr("slicer.util.showStatusMessage", lambda text, *_duration: said.append(text))
    before = a_reader.text
    a_reader.panel.nodesSection.measureButton.click()
    kinds = {each.kind for each in a_reader.reading.node("N1").evidence}
    assert {"greatest_dimension", "proposed_level", "fat_spikes"} <= kinds
    assert a_reader.reading.node("N1").findings == ()
    assert said[0].startswith("Measuring: ")
    assert said[-1] == "The nodes are measured."
    assert a_reader.message.startswith("Measured N1 in ")
    a_reader.panel.caseSection.undoButton.click()
    assert a_reader.text == before


def test_a_scene_closed_while_drawing_ends_the_drawing(a_user: PanelUser, a_ct: Any) -> None:
    import slicer

    choose_to_add(a_user, "&Curves")
    slicer.mrmlScene.Clear(0)
    assert not a_user.panel.nodesSection.adding.visible


def test_who_leaves_the_module_while_drawing_leaves_nothing_behind(a_user: PanelUser, a_ct: Any) -> None:
    import slicer

    choose_to_add(a_user, "&Curves")
    a_user.widget.exit()
    assert slicer.util.getNodesByClass("vtkMRMLMarkupsNode") == []
    assert not a_user.panel.nodesSection.adding.visible
    a_user.widget.enter()
