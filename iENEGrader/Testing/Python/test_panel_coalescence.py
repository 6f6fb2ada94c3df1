"""The section of coalescence, used as a reader does, on two nodes of the sample neck that have grown together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from iENEGraderLib.reading import Certainty, EvidenceClass, FindingKind, MarkKind, Reading
from iENEGraderLib.scene.coalescence_view import show_contact
from iENEGraderLib.scene.viewing import Viewing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from iENEGraderLib.panel.pairs.coalescence_section import CoalescenceSection
    from iENEGraderLib.panel.session.reading_session import ReadingSession
    from iENEGraderLib.sample import DigitalNeck
    from iENEGraderLib.sample.truth import CoalescenceTruth
    from iENEGraderLib.scene.case_scene import CaseScene
    from iENEGraderLib.scene.segmented_scene import SegmentedScene

    Choose = Callable[[Any, str], None]

pytest_plugins = ("section_fixtures",)

FAT_PLANE, CONVEXITY, BORDERS = (
    FindingKind.FAT_PLANE_LOST_BETWEEN_NODES,
    FindingKind.CONVEXITY_LOST_AT_CONTACT,
    FindingKind.BOUNDARIES_MERGED,
)


@pytest.fixture
def the_truth(the_coarse_neck: DigitalNeck) -> CoalescenceTruth:
    truth = the_coarse_neck.truth.node("node_3").coalescence
    assert truth is not None
    return truth


@pytest.fixture
def the_viewing() -> Viewing:
    return Viewing()


@pytest.fixture
def a_section(
    a_session: ReadingSession, the_segments: SegmentedScene, the_viewing: Viewing
) -> Iterator[CoalescenceSection]:
    """The section, folded out in a window, with one of the two nodes chosen and no finding set."""
    from iENEGraderLib.panel.pairs.coalescence_section import CoalescenceSection

    a_session.change("nothing assessed", without_findings)
    section = CoalescenceSection(a_session, a_session.change, the_segments, the_viewing.go_to)
    a_session.listen(lambda: section.showNode(a_session.reading.node("N3")))  # type: ignore[union-attr]
    section.resize(380, 300)
    section.show()
    section.showNode(a_session.reading.node("N3"))  # type: ignore[union-attr]
    section.fold.collapsed = False
    yield section
    section.leave()
    section.hide()


@pytest.fixture
def a_shown_section(a_section: CoalescenceSection) -> CoalescenceSection:
    a_section.showButton.click()
    return a_section


def without_findings(reading: Reading) -> Reading:
    from dataclasses import replace

    return reading.with_nodes(replace(node, findings=()) for node in reading.nodes or ())


def plane_of(view: str) -> np.ndarray:
    import slicer

    node = slicer.mrmlScene.GetSingletonNode(view, "vtkMRMLSliceNode")
    plane: np.ndarray = slicer.util.arrayFromVTKMatrix(node.GetSliceToRAS())
    return plane


def test_the_nearest_node_is_offered_first(a_section: CoalescenceSection) -> None:
    offered = [a_section.partnerBox.itemText(at) for at in range(a_section.partnerBox.count)]
    assert offered[0] == "N4"
    assert sorted(offered) == ["N1", "N2", "N4", "N5"]


def test_the_three_planes_go_to_the_contact(a_shown_section: CoalescenceSection, the_truth: CoalescenceTruth) -> None:
    import slicer

    for view in ("Red", "Green", "Yellow"):
        assert plane_of(view)[:3, 3] == pytest.approx(the_truth.contact_centre_ras_mm, abs=1.0), view
        assert slicer.mrmlScene.GetSingletonNode(view, "vtkMRMLSliceNode").GetFieldOfView()[0] == 70.0


def test_one_plane_holds_the_line_of_both_middles_and_one_is_the_contact(
    a_shown_section: CoalescenceSection, the_coarse_neck: DigitalNeck
) -> None:
    first, second = (np.array(the_coarse_neck.truth.node(name).centre_ras_mm) for name in ("node_3", "node_4"))
    line = (second - first) / np.linalg.norm(second - first)
    assert abs(plane_of("Green")[:3, 2] @ line) < 0.05
    assert abs(plane_of("Yellow")[:3, 2] @ line) > 0.99
    assert plane_of("Red")[:3, 2] == pytest.approx([0.0, 0.0, 1.0])


def test_the_views_come_back(a_section: CoalescenceSection, the_viewing: Viewing) -> None:
    from iENEGraderLib.scene.layouts import Layout, show_layout

    show_layout(Layout.READING)
    before = plane_of("Green")
    a_section.showButton.click()
    the_viewing.go_back()
    assert plane_of("Green") == pytest.approx(before)


def test_each_criterion_has_its_number_and_class(a_shown_section: CoalescenceSection) -> None:
    study = a_shown_section.study
    assert study is not None
    for kind, column in a_shown_section.columns.items():
        assert column.number.text, kind
        assert column.words.text.startswith("measured: "), kind
    assert study.found.convexity.evidence_class is EvidenceClass.MET
    assert study.found.notch.evidence_class is EvidenceClass.MET
    assert a_shown_section.columns[BORDERS].number.text.endswith("°")
    assert a_shown_section.summary.text.startswith("Evidence: ")
    assert "0 is one body, 1 is two" in a_shown_section.bodies.text


def test_a_certainty_is_set_at_both_nodes_with_a_mark_of_the_partner_in_one_step(
    a_shown_section: CoalescenceSection, a_session: ReadingSession, the_truth: CoalescenceTruth
) -> None:
    a_shown_section.columns[CONVEXITY].buttons[Certainty.UNEQUIVOCAL].click()
    reading = a_session.reading
    assert reading is not None
    for node_id, partner in (("N3", "N4"), ("N4", "N3")):
        node = reading.node(node_id)
        assert node.certainty_of(CONVEXITY) is Certainty.UNEQUIVOCAL
        (mark,) = node.marks
        assert (mark.kind, mark.finding, mark.partner) == (MarkKind.PLACE, CONVEXITY, partner)
        assert mark.points_ras_mm[0] == pytest.approx(the_truth.contact_centre_ras_mm, abs=1.0)
    assert len({mark.id for mark in reading.marks}) == 2
    a_session.undo()
    assert a_session.reading is not None
    assert a_session.reading.marks == ()
    assert a_session.reading.node("N4").findings == ()
    assert not a_shown_section.columns[CONVEXITY].buttons[Certainty.UNEQUIVOCAL].checked


def test_a_second_certainty_adds_no_second_mark_and_taking_back_leaves_it(
    a_shown_section: CoalescenceSection, a_session: ReadingSession
) -> None:
    buttons = a_shown_section.columns[BORDERS].buttons
    buttons[Certainty.EQUIVOCAL].click()
    buttons[Certainty.UNEQUIVOCAL].click()
    buttons[Certainty.UNEQUIVOCAL].click()
    reading = a_session.reading
    assert reading is not None
    assert reading.node("N3").certainty_of(BORDERS) is None
    assert len(reading.marks) == 2


def test_an_absent_finding_gets_no_mark(a_shown_section: CoalescenceSection, a_session: ReadingSession) -> None:
    a_shown_section.columns[FAT_PLANE].buttons[Certainty.ABSENT].click()
    assert a_session.reading is not None
    assert a_session.reading.node("N4").certainty_of(FAT_PLANE) is Certainty.ABSENT
    assert a_session.reading.marks == ()


def test_one_node_alone_when_asked_for(a_shown_section: CoalescenceSection, a_session: ReadingSession) -> None:
    a_shown_section.bothBox.click()
    a_shown_section.columns[BORDERS].buttons[Certainty.EQUIVOCAL].click()
    assert a_session.reading is not None
    assert a_session.reading.node("N3").certainty_of(BORDERS) is Certainty.EQUIVOCAL
    assert a_session.reading.node("N4").certainty_of(BORDERS) is None


def test_what_was_measured_is_kept_at_both_nodes_and_sets_nothing(
    a_shown_section: CoalescenceSection, a_session: ReadingSession
) -> None:
    for _ in range(2):
        a_shown_section.keepButton.click()
    reading = a_session.reading
    assert reading is not None
    for node_id, partner in (("N3", "N4"), ("N4", "N3")):
        kinds = [each.kind for each in reading.node(node_id).evidence]
        assert kinds == ["coalescence", "fat_plane_lost_between_nodes", "contact_patch", "notch_angle"]
        assert {each.structure for each in reading.node(node_id).evidence} == {partner}
        assert reading.node(node_id).findings == ()


def test_nodes_far_apart_are_told_so(a_shown_section: CoalescenceSection, choose: Choose) -> None:
    choose(a_shown_section.partnerBox, "N1")
    assert "apart" in a_shown_section.summary.text
    assert a_shown_section.study is not None
    assert a_shown_section.study.partner_id == "N1"


def test_the_measurement_follows_the_outline(
    a_shown_section: CoalescenceSection, a_case: CaseScene, a_running_slicer: Any
) -> None:
    import slicer
    from PySide6.QtTest import QTest

    mask = slicer.util.arrayFromSegmentBinaryLabelmap(a_case.nodes, "node_4", a_case.volume)
    mask[np.nonzero(mask)[0].max() - 5 :] = 0  # away from the other node, which lies above
    slicer.util.updateSegmentBinaryLabelmapFromArray(mask, a_case.nodes, "node_4", a_case.volume)
    QTest.qWait(600)
    a_running_slicer.processEvents()
    assert a_shown_section.study is not None
    assert a_shown_section.study.found.distance_mm == pytest.approx(6.0, abs=2.0)


def test_a_node_without_segment_gets_a_reason(a_section: CoalescenceSection, a_session: ReadingSession) -> None:
    from dataclasses import replace

    a_session.change("no segment", lambda r: r.with_node(replace(r.node("N3"), segment_id=None)))
    assert a_section.summary.text == "N3 has no segment: give it one under Nodes"
    assert not a_section.showButton.enabled


@pytest.mark.parametrize("line", [(0.0, 0.0, 9.0), (7.0, 0.0, 0.0), (0.0, -3.0, 0.5), (2.0, 3.0, -4.0)])
def test_turned_views_are_orthonormal_with_the_head_or_front_on_top(
    a_layout_node: Any, line: tuple[float, float, float]
) -> None:
    from iENEGraderLib.scene.layouts import Layout, show_layout

    show_layout(Layout.READING)
    show_contact((1.0, 2.0, 3.0), line)
    for view in ("Red", "Green", "Yellow"):
        axes = plane_of(view)[:3, :3]
        assert axes.T @ axes == pytest.approx(np.eye(3), abs=1e-9), view
        assert axes[1, 1] >= -1e-9 or axes[2, 1] > 0, view


def test_segments_that_are_drawn_in_another_module_are_not_measured_meanwhile(
    a_shown_section: CoalescenceSection, the_segments: SegmentedScene, monkeypatch: pytest.MonkeyPatch
) -> None:
    import slicer

    looks: list[str] = []
    a_shown_section.leave()
    monkeypatch.setattr(the_segments, "look", lambda: looks.append("looked"))
    slicer.util.getNode("Nodes").GetSegmentation().InvokeEvent(slicer.vtkSegmentation.SourceRepresentationModified)
    assert not a_shown_section._timer.active
    assert (a_shown_section.study, looks) == (None, [])
