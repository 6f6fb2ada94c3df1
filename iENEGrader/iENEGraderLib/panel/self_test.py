"""The module's self-tests: the rules on a reading in the scene, and the panel on the sample case. All offline."""

from __future__ import annotations

import unittest
from pathlib import Path
from typing import TYPE_CHECKING

import slicer
from HeadNeckNodesLib.widgets.self_testing import opened_panel, run_self_tests

from iENEGraderLib.panel.findings.suggestions import suggestions_of
from iENEGraderLib.panel.sample_case import add_sample_case
from iENEGraderLib.panel.session.edits import add_mark, set_finding
from iENEGraderLib.panel.session.reading_session import ReadingSession
from iENEGraderLib.reading import (
    Certainty,
    FindingKind,
    Mark,
    MarkerStatus,
    MarkKind,
    NeckLevel,
    Node,
    Reading,
    Side,
    Site,
    TCategory,
)
from iENEGraderLib.rules import Edition, assess
from iENEGraderLib.sample import DigitalNeck, digital_neck

if TYPE_CHECKING:
    from collections.abc import Sequence

MODULE = "iENEGrader"
COARSE_MM = (1.0, 1.0, 1.0)
"""Quickly made, and fine enough for spikes and contact angles to be found."""
TONSIL = Reading(
    case_id="self-test",
    site=Site.OROPHARYNX,
    p16=MarkerStatus.POSITIVE,
    primary_side=Side.RIGHT,
    t_category=TCategory.T2,
    nodes=(Node("N1", Side.RIGHT, NeckLevel.IIA, greatest_dimension_mm=24.0),),
)
SPIKE = Mark("M1", MarkKind.FAT_SPIKE, ((-40.0, 10.0, 5.0), (-46.0, 10.0, 5.0)), FindingKind.FAT_SPIKES)


class SceneTest(unittest.TestCase):
    """Begins and ends with an empty scene, and leaves no file behind."""

    def setUp(self) -> None:
        """Empty the scene."""
        slicer.mrmlScene.Clear()
        self.addCleanup(self._close_scene)

    def _close_scene(self) -> None:
        if slicer.util.mainWindow() is not None:
            # Nobody wants to be offered the test's unsaved work.
            slicer.util.getModuleWidget(MODULE).panel.safekeeping.saved()
        slicer.mrmlScene.Clear()

    def save_and_load(self) -> None:
        """Save the scene as a bundle, close it, and load it again."""
        bundle = Path(slicer.app.temporaryPath) / "ienegrader-self-test.mrb"
        self.addCleanup(bundle.unlink, missing_ok=True)
        assert slicer.util.saveScene(str(bundle))
        slicer.mrmlScene.Clear()
        slicer.util.loadScene(str(bundle))


class GraderSelfTest(SceneTest):
    """Tests that need nothing but a scene, and one of the panel where there is a window for it."""

    def setUp(self) -> None:
        """Start with one reading in the scene."""
        super().setUp()
        self.session = ReadingSession()
        self.addCleanup(self.session.close)
        self.session.start(TONSIL)

    def test_a_smooth_node_is_grade_0_and_cN1(self) -> None:
        """Worked case: p16-positive tonsil T2, one ipsilateral node of 24 mm."""
        self.assertResult(0, "cN1", "I")

    def test_unequivocal_spikes_raise_grade_and_stage(self) -> None:
        """The same with unequivocal fat spikes."""
        self.set(FindingKind.FAT_SPIKES, Certainty.UNEQUIVOCAL)
        self.assertResult(1, "cN2", "II")

    def test_an_equivocal_finding_changes_nothing(self) -> None:
        """Doubt is not positive."""
        self.set(FindingKind.MUSCLE_INVASION, Certainty.EQUIVOCAL)
        self.assertResult(0, "cN1", "I")

    def test_undo_takes_a_finding_back(self) -> None:
        """Undo restores the document letter by letter."""
        before = self.session.node.GetText()
        self.set(FindingKind.FAT_SPIKES, Certainty.UNEQUIVOCAL)
        self.session.undo()
        assert self.session.node.GetText() == before

    def test_the_reading_comes_back_with_a_saved_scene(self) -> None:
        """A scene bundle holds the whole reading."""
        self.set(FindingKind.FAT_SPIKES, Certainty.UNEQUIVOCAL)
        self.save_and_load()
        self.assertResult(1, "cN2", "II")

    def test_a_click_in_the_panel_reaches_the_result_strip(self) -> None:
        """The panel itself: a finding is clicked, the strip below shows grade and stage."""
        panel = opened_panel(self, MODULE)
        assert [value.text for value in panel.resultStrip.values][:2] == ["0", "cN1 · I"]
        panel.findingsSection.rows[FindingKind.FAT_SPIKES].buttons[Certainty.UNEQUIVOCAL].click()
        slicer.app.processEvents()
        assert [value.text for value in panel.resultStrip.values][:2] == ["1", "cN2 · II"]
        self.assertResult(1, "cN2", "II")

    def set(self, kind: FindingKind, certainty: Certainty) -> None:
        """Set a finding of the node."""
        self.session.change("self-test", set_finding("N1", kind, certainty))

    def assertResult(self, grade: int, n: str, stage: str) -> None:
        """Check what the rules say about the reading in the scene."""
        reading = self.session.reading
        assert reading is not None
        assessment = assess(reading)
        result = assessment.edition(Edition.UICC9)
        assert (assessment.grade, result.n, result.stage) == (grade, n, stage)


class SampleCaseSelfTest(SceneTest):
    """Tests of the panel on a coarse sample case: marks, what-if, lock, scenes, and measurements as suggestions."""

    neck: DigitalNeck | None = None

    @classmethod
    def setUpClass(cls) -> None:
        """Make the patient once."""
        cls.neck = digital_neck(spacing_mm=COARSE_MM)

    @classmethod
    def tearDownClass(cls) -> None:
        """Give the memory back."""
        cls.neck = None

    def setUp(self) -> None:
        """Open the module and load the sample case, with nothing found yet."""
        super().setUp()
        self.panel = opened_panel(self, MODULE)
        widget = slicer.util.getModuleWidget(MODULE)
        self.session, self.logic = widget.session, widget.logic
        add_sample_case(self.neck)
        nodes = [Node(node.id, node.side, node.level, segment_id=node.segment_id) for node in self.reading.nodes or ()]
        self.session.change("self-test", lambda reading: reading.with_nodes(nodes))
        self.panel.nodesSection.step(1)

    @property
    def reading(self) -> Reading:
        """The reading in the scene."""
        assert self.session.reading is not None
        return self.session.reading

    @property
    def node(self) -> Node:
        """The node that is selected: N2, which has fat spikes."""
        return self.reading.node("N2")

    def test_a_mark_that_is_dragged_undone_and_made_again(self) -> None:
        """The markup follows the reading, and the reading the markup."""
        self.session.change("mark", add_mark("N2", SPIKE))
        markup = self.panel.annotations.board.markup("M1")
        markup.SetNthControlPointPositionWorld(1, -48.0, 10.0, 5.0)
        assert self.node.marks[0].length_mm == 8.0
        self.panel.undo()
        assert self.node.marks == (SPIKE,)
        assert markup.GetNthControlPointPositionWorld(1)[0] == -46.0
        self.panel.undo()
        assert self.panel.annotations.board.markup("M1") is None
        self.panel.redo()
        assert self.node.marks == (SPIKE,)

    def test_what_is_in_doubt_leads_what_would_change_the_result(self) -> None:
        """An equivocal finding counts nothing, and stands first below 'what if'."""
        self.panel.findingsSection.rows[FindingKind.MUSCLE_INVASION].buttons[Certainty.EQUIVOCAL].click()
        assert self.panel.resultStrip.values[0].text == "0?"
        self.panel.resultStrip.whatIfButton.click()
        first = self.panel.resultStrip.details.plainText.splitlines()[1]
        assert first.startswith("in doubt, if unequivocal: muscle invaded → grade 3"), first

    def test_a_locked_reading_is_not_changed(self) -> None:
        """A key pressed on a locked reading does nothing; unlocked it works."""
        self.panel.caseSection.lockButton.click()
        self.panel.findingsSection.press(Certainty.UNEQUIVOCAL)
        assert self.node.findings == ()
        assert self.panel.resultStrip.signedLabel.text.startswith("Locked by sample")
        self.panel.caseSection.lockButton.click()
        self.panel.findingsSection.press(Certainty.UNEQUIVOCAL)
        assert self.panel.resultStrip.values[0].text == "1"

    def test_reading_and_marks_come_back_with_a_saved_scene(self) -> None:
        """Image, segments, marks and reading; the marks can be dragged on."""
        self.session.change("mark", add_mark("N2", SPIKE))
        before = self.reading
        self.save_and_load()
        assert self.reading == before
        self.panel.annotations.board.markup("M1").SetNthControlPointPositionWorld(1, -48.0, 10.0, 5.0)
        assert self.node.marks[0].length_mm == 8.0

    def test_measurements_suggest_spikes_and_count_nothing_until_the_reader_decides(self) -> None:
        """Evidence goes into the document, the grade stays; a click accepts it with its places."""
        measured = self.logic.measure(self.reading)
        self.session.change("measure", lambda _reading: measured.reading)
        assert FindingKind.FAT_SPIKES in [each.kind for each in suggestions_of(self.node)]
        assert self.panel.resultStrip.values[0].text == "0"
        self.panel.findingsSection.rows[FindingKind.FAT_SPIKES].buttons[Certainty.UNEQUIVOCAL].click()
        assert self.panel.resultStrip.values[0].text == "1"
        assert self.node.marks


SELF_TESTS = (GraderSelfTest, SampleCaseSelfTest)


def run(self_tests: Sequence[type[unittest.TestCase]] = SELF_TESTS) -> None:
    """Run the self-tests; AssertionError when one fails."""
    run_self_tests(self_tests)
