"""The module's self-test: a reading in the scene, findings set as the panel sets them, grade and stage."""

from __future__ import annotations

import unittest
from pathlib import Path

import slicer

from iENEGraderLib.panel.edits import set_finding
from iENEGraderLib.panel.reading_session import ReadingSession
from iENEGraderLib.reading import (
    Certainty,
    FindingKind,
    MarkerStatus,
    NeckLevel,
    Node,
    Reading,
    Side,
    Site,
    TCategory,
)
from iENEGraderLib.rules import Edition, assess

MODULE = "iENEGrader"
TONSIL = Reading(
    case_id="self-test",
    site=Site.OROPHARYNX,
    p16=MarkerStatus.POSITIVE,
    primary_side=Side.RIGHT,
    t_category=TCategory.T2,
    nodes=(Node("N1", Side.RIGHT, NeckLevel.IIA, greatest_dimension_mm=24.0),),
)


class GraderSelfTest(unittest.TestCase):
    """Tests that need nothing but a scene, and one of the panel where there is a window for it."""

    def setUp(self) -> None:
        """Start with an empty scene and one reading in it."""
        slicer.mrmlScene.Clear()
        self.session = ReadingSession()
        self.addCleanup(slicer.mrmlScene.Clear)
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
        bundle = Path(slicer.app.temporaryPath) / "ienegrader-self-test.mrb"
        self.addCleanup(bundle.unlink, missing_ok=True)
        assert slicer.util.saveScene(str(bundle))
        slicer.mrmlScene.Clear()
        assert self.session.reading is None
        slicer.util.loadScene(str(bundle))
        self.assertResult(1, "cN2", "II")

    def test_a_click_in_the_panel_reaches_the_result_strip(self) -> None:
        """The panel itself: a finding is clicked, the strip below shows grade and stage."""
        if slicer.util.mainWindow() is None:
            self.skipTest("there is no main window")
        self.addCleanup(slicer.util.selectModule, slicer.util.selectedModule())
        slicer.util.selectModule(MODULE)
        panel = slicer.util.getModuleWidget(MODULE).panel
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


def run() -> None:
    """Run the self-test; AssertionError when it fails."""
    tests = unittest.defaultTestLoader.loadTestsFromTestCase(GraderSelfTest)
    result = unittest.TextTestRunner(verbosity=2).run(tests)
    assert result.wasSuccessful(), "the self-test failed; its messages say where"
