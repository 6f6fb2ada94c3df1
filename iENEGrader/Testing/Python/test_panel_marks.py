"""Marks of findings, drawn with the mouse in a real slice view and handled in the panel."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from iENEGraderLib.panel.result.presenter import mark_text
from iENEGraderLib.reading import (
    Evidence,
    EvidenceClass,
    FindingKind,
    Mark,
    MarkKind,
    NeckLevel,
    Node,
    Place,
    Reading,
    Side,
)
from slice_view_builders import an_axial_view

if TYPE_CHECKING:
    from collections.abc import Iterator

    from hnn.headless.slice_view import SliceView
    from panel_fixtures import PanelUser

pytest_plugins = ("panel_fixtures",)

PLACE = Mark("M1", MarkKind.PLACE, ((1.0, 2.0, 3.0),), FindingKind.MUSCLE_INVASION, "sternocleidomastoid_left")
OTHER_PLACE = Mark("M2", MarkKind.PLACE, ((7.0, 8.0, -3.0),), FindingKind.MUSCLE_INVASION)


@pytest.fixture
def a_reader(a_user: PanelUser) -> PanelUser:
    """A user with two nodes."""
    nodes = (Node("N1", Side.LEFT, NeckLevel.IIA), Node("N2", Side.RIGHT, NeckLevel.III))
    a_user.panel._session.start(Reading("X1", nodes=nodes))
    return a_user


@pytest.fixture
def a_slice_view(a_reader: PanelUser) -> Iterator[SliceView]:
    """An axial view of an image of 100 by 100 mm."""
    with an_axial_view("T2 STIR") as view:
        yield view


def row_of(user: PanelUser, kind: FindingKind) -> Any:
    return user.panel.findingsSection.rows[kind]


def folded_out(user: PanelUser, kind: FindingKind) -> Any:
    row = row_of(user, kind)
    if row.marks is None or row.marks.isHidden():
        row.titleButton.click()
    return row.marks


def markups() -> list[Any]:
    import slicer

    return list(slicer.util.getNodesByClass("vtkMRMLMarkupsNode"))


def with_marks(user: PanelUser, *marks: Mark) -> None:
    reading = user.reading
    node = reading.node("N1")
    for mark in marks:
        node = node.with_mark(mark)
    user.panel.edit("prepare", lambda _reading: reading.with_node(node))


def pick(user: PanelUser, box: Any, text: str) -> None:
    """Open the list of a box that can be typed into, and click an item."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    QTest.keyClick(box, Qt.Key.Key_F4)
    view = box.view()
    assert view.isVisible()
    at = view.visualRect(box.model().index(box.findText(text), 0)).center()
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, at)
    user.application.processEvents()


def draw(view: SliceView, *clicks: tuple[int, int]) -> None:
    for at in clicks:
        view.click(at)
    view.render()


# Drawing


def test_two_clicks_draw_a_spike_that_stands_in_document_scene_and_panel(
    a_reader: PanelUser, a_slice_view: SliceView
) -> None:
    marks = folded_out(a_reader, FindingKind.FAT_SPIKES)
    button = marks.drawButtons[MarkKind.FAT_SPIKE]
    button.click()
    assert button.checked
    draw(a_slice_view, (200, 200), (230, 240))
    (mark,) = a_reader.reading.node("N1").marks
    assert (mark.id, mark.kind, mark.finding) == ("M1", MarkKind.FAT_SPIKE, FindingKind.FAT_SPIKES)
    assert mark.points_ras_mm[0] == pytest.approx(a_slice_view.xy_to_ras((200, 200)), abs=0.2)
    assert mark.points_ras_mm[1] == pytest.approx(a_slice_view.xy_to_ras((230, 240)), abs=0.2)
    (markup,) = markups()
    assert (markup.GetName(), a_reader.panel.annotations.board.markup("M1") is markup) == ("N1 fat spike", True)
    assert marks.lines[0].textButton.text == f"spike {mark.length_mm:.1f} mm"
    assert row_of(a_reader, FindingKind.FAT_SPIKES).placesButton.text == "1◎"
    assert not button.checked


def test_undo_takes_mark_and_markup_away_and_redo_brings_both_back(
    a_reader: PanelUser, a_slice_view: SliceView
) -> None:
    a_reader.panel.findingsSection.markSpike()
    draw(a_slice_view, (200, 200), (230, 240))
    drawn = a_reader.reading.marks
    a_reader.press("z", control=True)
    assert (a_reader.reading.marks, markups()) == ((), [])
    a_reader.press("y", control=True)
    assert (a_reader.reading.marks, len(markups())) == (drawn, 1)


def test_s_and_a_begin_to_draw_and_the_same_key_stops(a_reader: PanelUser) -> None:
    tools = a_reader.panel.findingsSection.tools
    a_reader.press("s")
    assert (tools.placing.finding, tools.placing.kind) == (FindingKind.FAT_SPIKES, MarkKind.FAT_SPIKE)
    a_reader.press("a")
    assert (tools.placing.finding, tools.placing.kind) == (FindingKind.ARTERY_ENCASEMENT, MarkKind.CONTACT_ANGLE)
    assert folded_out(a_reader, FindingKind.ARTERY_ENCASEMENT).drawButtons[MarkKind.CONTACT_ANGLE].checked
    a_reader.press("a")
    assert (tools.placing, markups()) == (None, [])


def test_a_spike_drawn_beside_a_candidate_takes_its_tip(a_reader: PanelUser, a_slice_view: SliceView) -> None:
    right, anterior, superior = a_slice_view.xy_to_ras((230, 240))
    tip = (right + 1.0, anterior + 1.0, superior)
    found = Evidence("spike_length", None, 9.0, "mm", place=Place(tip), evidence_class=EvidenceClass.MET)
    node = Node("N1", Side.LEFT, NeckLevel.IIA, evidence=(found,))
    a_reader.panel.edit("measure", lambda reading: reading.with_node(node))
    a_reader.panel.findingsSection.markSpike()
    draw(a_slice_view, (200, 200), (230, 240))
    (mark,) = a_reader.reading.marks
    assert mark.points_ras_mm[1] == pytest.approx(tip)
    assert "measured candidate of 9.0 mm" in mark.note
    assert markups()[0].GetLineLengthWorld() == pytest.approx(mark.length_mm)


@pytest.mark.parametrize("orientation", ["Axial", "Sagittal", "Coronal"])
def test_three_points_against_the_clock_count_beyond_180_degrees(
    a_reader: PanelUser, a_slice_view: SliceView, orientation: str
) -> None:
    a_slice_view.node.SetOrientation(orientation)
    a_slice_view.render()
    a_reader.panel.findingsSection.markAngle()
    draw(a_slice_view, (300, 256), (256, 256), (256, 212))  # from three o'clock over twelve and nine to six
    (mark,) = a_reader.reading.marks
    assert mark.angle_deg == pytest.approx(270.0, abs=1.0)
    assert markups()[0].GetAngleDegrees() == pytest.approx(mark.angle_deg, abs=0.01)


def test_an_angle_is_counted_the_other_way_round_with_one_click(a_reader: PanelUser, a_slice_view: SliceView) -> None:
    marks = folded_out(a_reader, FindingKind.ARTERY_ENCASEMENT)
    marks.drawButtons[MarkKind.CONTACT_ANGLE].click()
    draw(a_slice_view, (300, 256), (256, 256), (256, 212))
    marks.lines[0].turnButton.click()
    (mark,) = a_reader.reading.marks
    assert mark.angle_deg == pytest.approx(90.0, abs=1.0)
    assert marks.lines[0].textButton.text == "contact 90°"
    assert markups()[0].GetAngleDegrees() == pytest.approx(90.0, abs=1.0)


def test_who_turns_to_another_node_or_leaves_the_module_draws_no_more(
    a_reader: PanelUser, a_slice_view: SliceView
) -> None:
    section = a_reader.panel.findingsSection
    section.markSpike()
    draw(a_slice_view, (200, 200))
    a_reader.panel.nodesSection.step(1)
    assert (section.tools.placing, markups()) == (None, [])
    section.markSpike()
    a_reader.panel.leave()
    assert (section.tools.placing, markups(), a_reader.reading.marks) == (None, [], ())


def test_a_locked_reading_takes_no_mark_and_keeps_no_markup(a_reader: PanelUser, a_slice_view: SliceView) -> None:
    a_reader.panel._session.sign("R1", "2026-01-01T00:00:00Z")
    before = a_reader.text
    a_reader.panel.findingsSection.markSpike()
    draw(a_slice_view, (200, 200), (230, 240))
    assert (a_reader.text, markups()) == (before, [])
    assert "locked" in a_reader.message


# The list of marks


def test_a_mark_is_deleted_in_the_list(a_reader: PanelUser) -> None:
    with_marks(a_reader, PLACE, OTHER_PLACE)
    marks = folded_out(a_reader, FindingKind.MUSCLE_INVASION)
    assert [line.textButton.text for line in marks.lines] == ["place, left sternocleidomastoid muscle", "place"]
    marks.lines[0].deleteButton.click()
    assert a_reader.reading.marks == (OTHER_PLACE,)
    assert [line.isHidden() for line in marks.lines] == [False, True]
    assert len(markups()) == 1


def test_marks_stand_at_their_own_finding_and_node(a_reader: PanelUser) -> None:
    with_marks(a_reader, PLACE)
    assert not row_of(a_reader, FindingKind.MUSCLE_INVASION).placesButton.isHidden()
    assert row_of(a_reader, FindingKind.SKIN_INVASION).placesButton.isHidden()
    a_reader.panel.nodesSection.step(1)
    assert row_of(a_reader, FindingKind.MUSCLE_INVASION).placesButton.isHidden()


def test_sections_series_and_note_belong_to_the_chosen_mark(a_reader: PanelUser, a_slice_view: SliceView) -> None:
    with_marks(a_reader, PLACE, OTHER_PLACE)
    marks = folded_out(a_reader, FindingKind.MUSCLE_INVASION)
    marks.lines[0].textButton.click()
    editor = marks.editor
    editor.sectionsBox.value = 3
    pick(a_reader, editor.seriesBox, "T2 STIR")
    a_reader.type_into(editor.noteBox, "bright")
    mark, other = a_reader.reading.marks
    assert (mark.contiguous_sections, mark.series, mark.note) == (3, "T2 STIR", "bright")
    assert marks.lines[0].textButton.text == "place, left sternocleidomastoid muscle · 3 sections · T2 STIR"
    assert other == OTHER_PLACE
    editor.sectionsBox.value = 0
    assert a_reader.reading.marks[0].contiguous_sections is None


def test_a_series_that_is_no_volume_is_typed(a_reader: PanelUser) -> None:
    with_marks(a_reader, OTHER_PLACE)
    editor = folded_out(a_reader, FindingKind.MUSCLE_INVASION).editor
    assert editor.seriesBox.findText("ultrasound") >= 0
    a_reader.type_into(editor.seriesBox.lineEdit(), "post-contrast T1")
    assert a_reader.reading.marks[0].series == "post-contrast T1"
    a_reader.press("z", control=True)
    assert a_reader.reading.marks[0].series is None
    assert editor.seriesBox.currentText == ""


def test_segmented_structures_of_the_right_kind_are_offered_and_others_typed(a_reader: PanelUser) -> None:
    import slicer

    segmentation = slicer.mrmlScene.AddNewNodeByClass("vtkMRMLSegmentationNode").GetSegmentation()
    for name in ("platysma_right", "mandible", "node_1"):
        segmentation.AddEmptySegment(name, name)
    with_marks(a_reader, OTHER_PLACE)
    box = folded_out(a_reader, FindingKind.MUSCLE_INVASION).editor.structureBox
    assert [box.itemText(index) for index in range(box.count)] == ["right platysma"]
    pick(a_reader, box, "right platysma")
    assert a_reader.reading.marks[0].structure == "platysma_right"
    a_reader.type_into(box.lineEdit(), "omohyoid")
    assert a_reader.reading.marks[0].structure == "omohyoid"


def test_a_new_mark_takes_the_structure_of_the_last_one(a_reader: PanelUser, a_slice_view: SliceView) -> None:
    with_marks(a_reader, PLACE)
    folded_out(a_reader, FindingKind.MUSCLE_INVASION).drawButtons[MarkKind.PLACE].click()
    draw(a_slice_view, (200, 200))
    assert a_reader.reading.marks[1].structure == "sternocleidomastoid_left"


# Looking at marks


def test_the_button_of_a_row_goes_round_its_marks_and_back(a_reader: PanelUser, a_slice_view: SliceView) -> None:
    with_marks(a_reader, PLACE, OTHER_PLACE)
    section = a_reader.panel.findingsSection
    assert not section.backButton.enabled
    offsets = []
    for _click in range(3):
        row_of(a_reader, FindingKind.MUSCLE_INVASION).placesButton.click()
        offsets.append(a_slice_view.offset_mm)
    assert offsets == pytest.approx([3.0, -3.0, 3.0])
    for _click in range(3):
        section.backButton.click()
    assert a_slice_view.offset_mm == pytest.approx(0.0)
    assert not section.backButton.enabled


def test_g_goes_to_the_marks_of_the_selected_finding(a_reader: PanelUser, a_slice_view: SliceView) -> None:
    with_marks(a_reader, PLACE)
    folded_out(a_reader, FindingKind.MUSCLE_INVASION)
    a_reader.press("g")
    assert a_slice_view.offset_mm == pytest.approx(3.0)


def test_a_line_jumps_to_its_own_mark(a_reader: PanelUser, a_slice_view: SliceView) -> None:
    with_marks(a_reader, PLACE, OTHER_PLACE)
    folded_out(a_reader, FindingKind.MUSCLE_INVASION).lines[1].jumpButton.click()
    assert a_slice_view.offset_mm == pytest.approx(-3.0)


# The panel itself


def test_every_button_has_a_name_for_who_cannot_see_it(a_reader: PanelUser) -> None:
    import qt

    with_marks(a_reader, PLACE)
    marks = folded_out(a_reader, FindingKind.MUSCLE_INVASION)
    for button in marks.findChildren(qt.QToolButton):
        assert button.text.isascii() or button.accessibleName, button.text


def test_a_folded_out_finding_with_marks_fits_380_pixels(a_reader: PanelUser) -> None:
    with_marks(a_reader, PLACE)
    folded_out(a_reader, FindingKind.MUSCLE_INVASION)
    assert a_reader.panel.findingsSection.minimumSizeHint.width() <= 350


@pytest.mark.parametrize(
    ("mark", "text"),
    [
        (Mark("M1", MarkKind.FAT_SPIKE, ((0.0, 0.0, 0.0), (3.0, 4.0, 0.0))), "spike 5.0 mm"),
        (Mark("M1", MarkKind.PLACE, ((0.0, 0.0, 0.0),), contiguous_sections=1, series="US"), "place · 1 section · US"),
        (Mark("M1", MarkKind.PLACE, ((0.0, 0.0, 0.0),), partner="N2"), "place, with N2"),
    ],
)
def test_a_mark_says_in_one_line_what_it_is(mark: Mark, text: str) -> None:
    assert mark_text(mark) == text
