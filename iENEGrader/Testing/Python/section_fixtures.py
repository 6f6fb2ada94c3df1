"""Sections of the panel beside a real scene: the sample case, its reading, and Slicer's own logic of layouts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from iENEGraderLib.measure.case.segment_matching import match_segments
from iENEGraderLib.sample import DigitalNeck, digital_neck, sample_image, sample_reading, sample_segmentation
from iENEGraderLib.scene.case_scene import add_case
from iENEGraderLib.scene.segmentation_reading import segmented_image
from iENEGraderLib.scene.segmented_scene import SegmentedScene

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from iENEGraderLib.panel.session.reading_session import ReadingSession
    from iENEGraderLib.scene.case_scene import CaseScene

SPACING_MM = (0.9, 0.9, 1.0)
pytest_plugins = ("panel_fixtures",)


@pytest.fixture(scope="session")
def the_coarse_neck() -> DigitalNeck:
    """The sample neck on voxels that make it small."""
    return digital_neck(spacing_mm=SPACING_MM)


@pytest.fixture
def a_layout_node(a_running_slicer: Any) -> Iterator[Any]:
    """The layout node of an application with a window: Slicer's own logic makes the views that a layout asks for."""
    import slicer

    before = {node.GetID() for nodes in slicer.util.getNodes("*", useLists=True).values() for node in nodes}
    logic = slicer.vtkMRMLLayoutLogic()
    logic.SetMRMLScene(a_running_slicer.mrmlScene())
    yield logic.GetLayoutNode()
    logic.SetMRMLScene(None)
    # Views outlive the clearing of a scene; later tests must not find these.
    for node in [node for nodes in slicer.util.getNodes("*", useLists=True).values() for node in nodes]:
        if node.GetID() not in before:
            slicer.mrmlScene.RemoveNode(node)


@pytest.fixture
def a_case(a_layout_node: Any, the_coarse_neck: DigitalNeck) -> CaseScene:  # noqa: ARG001 - views come first
    """Nodes and vessels of the sample case in the scene, with its reading and nothing measured."""
    segmentation, reading = sample_segmentation(the_coarse_neck), sample_reading(the_coarse_neck)
    segments = match_segments(reading, segmentation)
    vessels = [each for each in segments.anatomy if "artery" in each.name or "vein" in each.name]
    return add_case(sample_image(the_coarse_neck), segments.nodes, vessels, reading, {})


@pytest.fixture
def a_session(a_case: CaseScene) -> Iterator[ReadingSession]:
    """A session that follows the reading of the case."""
    from iENEGraderLib.panel.session.reading_session import ReadingSession

    session = ReadingSession()
    session.follow(a_case.reading)
    yield session
    session.close()


@pytest.fixture
def the_segments(a_session: ReadingSession) -> Iterator[SegmentedScene]:
    """What is segmented in the scene."""
    nodes = (
        [node.segment_id for node in a_session.reading.nodes] if a_session.reading and a_session.reading.nodes else []
    )
    segments = SegmentedScene(lambda: segmented_image([each for each in nodes if each]))
    yield segments
    segments.close()


@pytest.fixture
def choose(a_running_slicer: Any) -> Callable[[Any, str], None]:
    """A hand that opens a combo box with a key and clicks the item with a text."""
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    def choose_text(box: Any, text: str) -> None:
        index = box.findText(text)
        assert index >= 0, f"{text!r} is not offered"
        QTest.keyClick(box, Qt.Key.Key_Space)
        view = box.view()
        item = box.model().index(index, 0)
        view.scrollTo(item)
        a_running_slicer.processEvents()
        place = view.visualRect(item).center()
        QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place)
        a_running_slicer.processEvents()

    return choose_text
