"""The section of vessel contact, used as a reader does, on the sample neck whose encasement is known."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hnn.headless.slice_view import SliceView
from hnn.headless.vtk_messages import captured_vtk_messages
from iENEGraderLib.reading import EvidenceClass, FindingKind, Mark, MarkKind
from iENEGraderLib.scene.layouts import PLOT_VIEW, VESSEL_VIEW, Layout, current_layout
from iENEGraderLib.scene.marks import add_markup
from iENEGraderLib.scene.segmented_scene import SegmentedScene
from iENEGraderLib.scene.vessel_view import ARC_ATTRIBUTE
from iENEGraderLib.scene.viewing import Viewing

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Choose = Callable[[Any, str], None]

    from iENEGraderLib.measure.case.records.record_types import ContactRecord
    from iENEGraderLib.panel.pairs.vessel_section import VesselSection
    from iENEGraderLib.panel.session.reading_session import ReadingSession
    from iENEGraderLib.sample import DigitalNeck
    from iENEGraderLib.sample.truth import ContactTruth
    from iENEGraderLib.scene.case_scene import CaseScene

pytest_plugins = ("section_fixtures",)

ENCASED = "common carotid artery left (counts)"
FREE = "common carotid artery right (counts)"


@pytest.fixture
def the_truth(the_coarse_neck: DigitalNeck) -> ContactTruth:
    truth = the_coarse_neck.truth.node("node_5").contact
    assert truth is not None
    return truth


@pytest.fixture
def a_section(a_session: ReadingSession, the_segments: SegmentedScene) -> Iterator[VesselSection]:
    """The section, folded out in a window, with the encasing node chosen."""
    from iENEGraderLib.panel.pairs.vessel_section import VesselSection

    section = VesselSection(a_session, a_session.change, the_segments, Viewing().go_to)
    a_session.listen(lambda: section.showNode(a_session.reading.node("N5") if a_session.reading else None))
    section.resize(380, 500)
    section.show()
    section.showNode(a_session.reading.node("N5"))  # type: ignore[union-attr]
    section.fold.collapsed = False
    yield section
    section.close()
    section.hide()


@pytest.fixture
def a_shown_section(a_section: VesselSection, choose: Choose) -> VesselSection:
    """The section after the reader chose the encased artery and clicked Show."""
    choose(a_section.vesselBox, ENCASED)
    a_section.showButton.click()
    return a_section


def plane_of(view: str) -> np.ndarray:
    import slicer

    node = slicer.mrmlScene.GetSingletonNode(view, "vtkMRMLSliceNode")
    plane: np.ndarray = slicer.util.arrayFromVTKMatrix(node.GetSliceToRAS())
    return plane


def arcs() -> list[Any]:
    import slicer

    return [n for n in slicer.util.getNodesByClass("vtkMRMLMarkupsCurveNode") if n.GetAttribute(ARC_ATTRIBUTE)]


def wait(application: Any, milliseconds: int) -> None:
    from PySide6.QtTest import QTest

    QTest.qWait(milliseconds)
    application.processEvents()


def test_it_is_folded_until_it_is_wanted_and_reads_nothing_before(a_session: ReadingSession) -> None:
    from iENEGraderLib.panel.pairs.vessel_section import VesselSection

    def read() -> Any:
        raise AssertionError("nothing was asked for")

    section = VesselSection(a_session, a_session.change, SegmentedScene(read), Viewing().go_to)
    section.showNode(a_session.reading.node("N5"))  # type: ignore[union-attr]
    assert section.fold.collapsed
    section.close()


def test_vessels_that_count_for_encasement_come_first(a_section: VesselSection) -> None:
    offered = [a_section.vesselBox.itemText(at) for at in range(a_section.vesselBox.count)]
    assert len(offered) == 10
    assert all(text.endswith("(counts)") for text in offered[:6])
    assert [text for text in offered if "jugular" in text] == offered[-2:]
    assert offered[6] == "external carotid artery left (counts at its origin)"


def test_the_vessel_to_begin_with_is_the_nearest_that_may_count(
    a_section: VesselSection, a_session: ReadingSession
) -> None:
    assert a_section.vesselBox.currentText == ENCASED
    a_section.showNode(a_session.reading.node("N1"))  # type: ignore[union-attr]
    assert a_section.vesselBox.currentText.endswith("right (counts)") or "right (counts at" in (
        a_section.vesselBox.currentText
    )


def test_show_measures_the_contact_and_lays_the_view_across_the_artery(
    a_shown_section: VesselSection, the_truth: ContactTruth
) -> None:
    study = a_shown_section.study
    assert study is not None
    assert study.profile.max_arc_deg == pytest.approx(the_truth.angle_deg, abs=15)
    assert current_layout() is Layout.ALONG_VESSEL
    plane = plane_of(VESSEL_VIEW)
    assert abs(plane[:3, 2] @ np.array(the_truth.axis_ras)) == pytest.approx(1.0, abs=0.01)
    away = plane[:3, 3] - np.array(the_truth.centre_ras_mm)
    assert np.linalg.norm(away) < the_truth.length_mm / 2 + 3
    assert len(arcs()) == 1
    assert f"{study.profile.max_arc_deg:.0f}°" in a_shown_section.headline.text
    assert "Common carotid artery left is a major artery." in a_shown_section.details.text


def test_the_view_shows_the_image_and_the_plot_the_angle(a_shown_section: VesselSection, a_case: CaseScene) -> None:
    import slicer

    composite = slicer.mrmlScene.GetSingletonNode(VESSEL_VIEW, "vtkMRMLSliceCompositeNode")
    assert composite.GetBackgroundVolumeID() == a_case.volume.GetID()
    plot = slicer.mrmlScene.GetSingletonNode(PLOT_VIEW, "vtkMRMLPlotViewNode").GetPlotChartNode()
    assert plot.GetTitle() == "N5, common carotid artery left"


def test_keys_and_slider_step_and_the_text_follows(a_shown_section: VesselSection, a_running_slicer: Any) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    slider = a_shown_section.stepper.slider
    begin, before = slider.value, plane_of(VESSEL_VIEW)[:3, 3]
    a_shown_section.window().activateWindow()
    a_shown_section.showButton.setFocus()
    a_running_slicer.processEvents()
    QTest.keyClick(a_shown_section.showButton, Qt.Key.Key_PageUp)
    assert slider.value == begin + 2
    assert np.linalg.norm(plane_of(VESSEL_VIEW)[:3, 3] - before) == pytest.approx(1.0, abs=0.1)
    slider.value = 0
    assert a_shown_section.stepper.label.text.startswith("0.0 mm")
    assert arcs() == []
    a_shown_section.maximumButton.click()
    assert slider.value == begin
    assert len(arcs()) == 1


def test_the_wheel_of_the_view_steps_along_the_vessel(a_shown_section: VesselSection) -> None:
    import slicer

    begin, before = a_shown_section.stepper.slider.value, plane_of(VESSEL_VIEW)[:3, 3]
    plane = slicer.mrmlScene.GetSingletonNode(VESSEL_VIEW, "vtkMRMLSliceNode")
    matrix = plane_of(VESSEL_VIEW)
    towards_head = matrix[:3, 2].copy()
    matrix[:3, 3] += 2.0 * towards_head
    plane.GetSliceToRAS().DeepCopy(matrix.ravel())
    plane.UpdateMatrices()
    assert abs(a_shown_section.stepper.slider.value - begin) == 4
    assert (plane_of(VESSEL_VIEW)[:3, 3] - before) @ towards_head == pytest.approx(2.0, abs=0.2)


def test_the_maximum_takes_the_other_views_there(a_shown_section: VesselSection) -> None:
    assert a_shown_section.study is not None
    a_shown_section.maximumButton.click()
    assert plane_of("Red")[:3, 3] == pytest.approx(a_shown_section.study.profile.place_ras_mm)


def test_what_was_measured_is_kept_as_evidence_in_one_step(
    a_shown_section: VesselSection, a_session: ReadingSession, the_truth: ContactTruth
) -> None:
    for _ in range(2):  # a second time it takes the place of the first
        a_shown_section.keepButton.click()
    assert a_session.reading is not None
    rows = {each.kind: each for each in a_session.reading.node("N5").evidence}
    angle = rows["contact_angle"]
    assert angle.structure == the_truth.vessel
    assert angle.value == pytest.approx(the_truth.angle_deg, abs=15)
    assert angle.evidence_class in (EvidenceClass.MET, EvidenceClass.INDETERMINATE)
    assert angle.place is not None
    assert rows["encased_length"].value == pytest.approx(the_truth.length_mm, abs=5)
    assert len(a_session.reading.node("N5").evidence) == len(rows)
    before = a_session.reading.node("N5").findings
    a_session.undo()
    assert a_session.reading.node("N5").evidence == ()
    assert a_session.reading.node("N5").findings == before


def test_a_vessel_without_contact_says_so(a_shown_section: VesselSection, choose: Choose) -> None:
    choose(a_shown_section.vesselBox, FREE)
    assert a_shown_section.headline.text.startswith("No contact within")
    a_shown_section.keepButton.click()
    assert arcs() == []


def test_another_node_takes_the_picture_away(a_shown_section: VesselSection, a_session: ReadingSession) -> None:
    a_shown_section.showNode(a_session.reading.node("N1"))  # type: ignore[union-attr]
    assert a_shown_section.study is None
    assert arcs() == []
    assert not a_shown_section.stepper.visible


def test_a_node_without_segment_gets_a_reason(a_section: VesselSection, a_session: ReadingSession) -> None:
    a_session.change("no segment", lambda r: r.with_node(replace(r.node("N5"), segment_id=None)))
    assert not a_section.showButton.enabled
    assert a_section.headline.text == "N5 has no segment: give it one under Nodes"
    assert a_section.study is None


def test_a_node_that_loses_its_segment_loses_its_picture(
    a_shown_section: VesselSection, a_session: ReadingSession
) -> None:
    a_session.change("no segment", lambda r: r.with_node(replace(r.node("N5"), segment_id=None)))
    assert a_shown_section.study is None
    assert arcs() == []


def test_a_vessel_of_a_few_voxels_gets_a_reason_instead_of_a_picture(
    a_section: VesselSection, a_case: CaseScene, choose: Choose
) -> None:
    import slicer

    mask = slicer.util.arrayFromSegmentBinaryLabelmap(a_case.anatomy, segment_id(a_case, ENCASED), a_case.volume)
    short = np.zeros_like(mask)
    middle = int(np.median(np.nonzero(mask)[0]))
    short[middle] = mask[middle]
    slicer.util.updateSegmentBinaryLabelmapFromArray(short, a_case.anatomy, segment_id(a_case, ENCASED), a_case.volume)
    choose(a_section.vesselBox, ENCASED)
    a_section.showButton.click()
    assert a_section.headline.text.startswith("Not assessable: the labelled piece of vessel is too short")
    assert not a_section.stepper.visible


def segment_id(case: CaseScene, words: str) -> str:
    name = words.split(" (", maxsplit=1)[0].replace(" ", "_")
    return str(case.anatomy.GetSegmentation().GetSegmentIdBySegmentName(name))


def test_the_number_follows_while_the_outline_is_drawn(
    a_shown_section: VesselSection, a_case: CaseScene, a_running_slicer: Any
) -> None:
    import slicer

    study = a_shown_section.study
    assert study is not None
    before, model, section = study.profile.max_arc_deg, study.model, a_shown_section.stepper.slider.value
    assert before is not None
    mask = slicer.util.arrayFromSegmentBinaryLabelmap(a_case.nodes, "node_5", a_case.volume)
    columns = np.arange(mask.shape[2])
    middle = round(float(study.profile.place_kji[2]))  # type: ignore[index]
    mask[:, :, columns > middle] = 0
    slicer.util.updateSegmentBinaryLabelmapFromArray(mask, a_case.nodes, "node_5", a_case.volume)
    wait(a_running_slicer, 120)
    live = float(a_shown_section.stepper.label.text.split(": ")[1].removesuffix("°"))
    assert live < before - 60
    wait(a_running_slicer, 700)
    again = a_shown_section.study
    assert again is not None
    assert again.profile.max_arc_deg is not None
    assert again.profile.max_arc_deg < before - 60
    assert again.model is model, "the vessel was traced again"
    assert abs(a_shown_section.stepper.slider.value - section) <= 1


def test_an_angle_of_three_points_is_followed_while_it_is_dragged(
    a_section: VesselSection, a_session: ReadingSession
) -> None:
    points = ((10.0, 0.0, 0.0), (0.0, 0.0, 0.0), (-10.0, -1.0, 0.0))
    mark = Mark("M1", MarkKind.CONTACT_ANGLE, points, FindingKind.ARTERY_ENCASEMENT, axis_ras=(0.0, 0.0, 1.0))
    markup = add_markup(mark, "N5", a_session.node)
    a_session.change("mark", lambda r: r.with_node(r.node("N5").with_mark(mark)))
    assert a_section.drawn.text == "Drawn, M1: 186° · 180 to <270°: indeterminate, discuss"
    markup.SetNthControlPointPositionWorld(2, 0.0, -10.0, 0.0)
    assert a_section.drawn.text == "Drawn, M1: 270° · 270° or more"


def test_a_closed_scene_takes_everything_away(a_shown_section: VesselSection, a_session: ReadingSession) -> None:
    import slicer

    with captured_vtk_messages() as messages:
        slicer.mrmlScene.Clear(0)
        a_shown_section.showNode(None)
    assert a_session.reading is None
    assert a_shown_section.study is None
    assert a_shown_section.vesselBox.count == 0
    assert not a_shown_section.showButton.enabled
    assert not messages.GetOutput()


def test_a_removed_volume_gives_a_reason(a_shown_section: VesselSection, a_case: CaseScene) -> None:
    import slicer

    slicer.mrmlScene.RemoveNode(a_case.volume)
    a_shown_section.showButton.click()
    assert "no source volume" in a_shown_section.headline.text
    assert arcs() == []


def test_a_scene_without_vessels_says_what_to_do(a_section: VesselSection, a_case: CaseScene) -> None:
    import slicer

    slicer.mrmlScene.RemoveNode(a_case.anatomy)
    a_section.refresh()
    assert a_section.headline.text.startswith("No vessel is segmented: name segments as TotalSegmentator does")
    assert a_section.vesselBox.count == 0


def test_leaving_the_module_takes_the_arc_and_the_plot_out_of_the_scene(a_shown_section: VesselSection) -> None:
    import slicer

    a_shown_section.leave()
    assert arcs() == []
    assert slicer.util.getNodesByClass("vtkMRMLPlotChartNode") == []


def test_the_arc_is_seen_in_the_picture(a_shown_section: VesselSection) -> None:
    with SliceView(VESSEL_VIEW, size=(300, 300)) as view:
        a_shown_section.maximumButton.click()
        picture = view.image().astype(int)
    red = (picture[..., 0] > 180) & (picture[..., 1] < 120) & (picture[..., 2] < 120)
    assert red.sum() > 60


# Words


@pytest.fixture
def a_record(a_shown_section: VesselSection) -> ContactRecord:
    """The encasement as measured; the tests change what it says."""
    assert a_shown_section.study is not None
    return a_shown_section.study.record


def test_each_class_has_its_words(a_record: ContactRecord) -> None:
    from iENEGraderLib.panel.pairs.contact_study import headline

    def words(arc_deg: float, **values: Any) -> str:
        profile = replace(a_record.profile, max_arc_deg=arc_deg, band_deg=8.0)
        return headline(replace(a_record, profile=profile, **values))

    assert words(120.0) == "120° ± 8° · below 180°"
    assert words(212.0) == "212° ± 8° · 180 to <270°: indeterminate, discuss"
    assert words(300.0) == "300° ± 8° · 270° or more"
    assert words(265.0).startswith("265° ± 8° · the grid does not decide: 180 to <270°: indeterminate, discuss or 270°")
    assert words(300.0, counts_for_encasement=False) == "300° ± 8° · does not count for encasement"


def test_a_bifurcation_in_contact_is_told_as_a_finding_of_its_own(a_record: ContactRecord) -> None:
    from iENEGraderLib.measure.contact import BifurcationContact
    from iENEGraderLib.panel.pairs.contact_study import details

    divided = (BifurcationContact(0.35, (0.0, 0.0, 0.0), None), BifurcationContact(0.0, (0.0, 0.0, 0.0), None))
    lines = details(replace(a_record, profile=replace(a_record.profile, bifurcations=divided)))
    assert [line for line in lines if "ifurcation" in line] == [
        "Bifurcation: 35 % of its wall in contact, a finding of its own."
    ]


def test_the_words_say_how_the_lumen_is_changed(a_record: ContactRecord) -> None:
    from iENEGraderLib.measure.contact import LumenChange
    from iENEGraderLib.panel.pairs.contact_study import details

    lumen = LumenChange(0.25, 0.8, 0.95, 0.6, 0.9)
    lines = details(replace(a_record, profile=replace(a_record.profile, lumen=lumen)))
    assert (
        "Lumen narrowed by 25 %; roundness 0.80 here, 0.95 beside; short by long axis 0.60 here, 0.90 beside." in lines
    )
