"""The module's self-tests: a made-up study is checked, shown and completed by an entry; another one is mapped."""

from __future__ import annotations

import tempfile
import unittest
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import slicer
from HeadNeckNodesLib.widgets.self_testing import opened_panel, run_self_tests

from PWIProtocolLib.panel.check.check_words import Shown, staging_notice
from PWIProtocolLib.panel.protocol_service import ProtocolService
from PWIProtocolLib.protocol.answers import AnswerField, answer_from
from PWIProtocolLib.protocol.recommendations import CriterionId
from PWIProtocolLib.protocol.verdict import Verdict
from PWIProtocolLib.sample.reference_object import reference_object
from PWIProtocolLib.sample.study import EXPECTED, write_sample_study
from PWIProtocolLib.scene.check_node import check_nodes, keep_check, read_check
from PWIProtocolLib.scene.check_table import add_check_table
from PWIProtocolLib.scene.maps.map_nodes import MAP_ATTRIBUTE
from PWIProtocolLib.scene.timeline_plot import ARRIVAL, INJECTION, add_timeline_plot

if TYPE_CHECKING:
    from collections.abc import Sequence

MODULE = "PWIProtocol"
TOLERANCE = 1e-3
"""Of Ktrans in 1/min, ve and vp: the arrival of the bolus is found in the images."""


class SampleStudyTest(unittest.TestCase):
    """Begins and ends with an empty scene, and leaves no file behind."""

    def setUp(self) -> None:
        """Empty the scene and write the study."""
        slicer.mrmlScene.Clear()
        self.addCleanup(slicer.mrmlScene.Clear)
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = write_sample_study(Path(folder.name))
        self.logic = ProtocolService()


class CheckSelfTest(SampleStudyTest):
    """Tests that need nothing but a scene."""

    def test_every_criterion_comes_to_its_known_verdict(self) -> None:
        """The truth of the made-up study does not come from the check."""
        check = self.logic.checkStudy(self.folder)
        assert {each.criterion_id: each.verdict for each in check.criteria} == EXPECTED

    def test_the_check_comes_back_with_a_saved_scene(self) -> None:
        """Verdicts and plot need no file of the study any more."""
        check = self.logic.checkStudy(self.folder)
        keep_check(check, "folder:nowhere")
        bundle = Path(slicer.app.temporaryPath) / "pwiprotocol-self-test.mrb"
        self.addCleanup(bundle.unlink, missing_ok=True)
        assert slicer.util.saveScene(str(bundle))
        slicer.mrmlScene.Clear()
        slicer.util.loadScene(str(bundle))
        loaded = read_check(check_nodes()[0])
        assert loaded.criteria == check.criteria
        assert loaded.bolus == check.bolus

    def test_table_and_plot_hold_what_was_found(self) -> None:
        """A line for each criterion; arrival of the bolus and injection are series of their own."""
        check = self.logic.checkStudy(self.folder)
        assert add_check_table(check).GetNumberOfRows() >= len(EXPECTED)
        names = [series.GetName() for series in add_timeline_plot(check).series]
        assert {ARRIVAL, INJECTION} <= set(names), names


class PanelSelfTest(SampleStudyTest):
    """The panel, where there is a window for it."""

    def setUp(self) -> None:
        """Open the module and check the study."""
        super().setUp()
        self.panel = opened_panel(self, MODULE)
        self.panel.studySection.folderRow.showPath(str(self.folder))
        self.panel.studySection.checkButton.click()

    def test_filters_list_what_they_say(self) -> None:
        """Not met are resolution in space and in time."""
        self.panel.checkSection.filters.buttons[Shown.NOT_MET].click()
        table = self.panel.checkSection.table
        assert table.rowCount == list(EXPECTED.values()).count(Verdict.NOT_MET)
        assert table.selectedId == CriterionId.IN_PLANE_RESOLUTION

    def test_an_entry_settles_what_could_not_be_told_and_can_be_taken_back(self) -> None:
        """20 mL of saline are enough; without the entry the question is open again."""
        entries = self.panel.session.answers.with_answer(answer_from(AnswerField.SALINE_FLUSH, 20.0, "self-test"))
        self.panel.checkSection.entries._onChange(entries)
        assert self._injection() == (Verdict.USER_SUPPLIED, True)
        self.panel.checkSection.entries.rows[AnswerField.SALINE_FLUSH].takeBackButton.click()
        assert self._injection() == (Verdict.CANNOT_TELL, None)

    def test_that_staging_is_no_use_of_perfusion_is_always_said(self) -> None:
        """With a check and without one."""
        assert "not recommended" in staging_notice()
        assert self.panel.checkSection.stagingLabel.text == staging_notice()
        assert staging_notice() in self.panel.emptyLabel.text

    def _injection(self) -> tuple[Verdict, bool | None]:
        result = self.panel.session.check.result(CriterionId.INJECTION_RATE_AND_FLUSH)
        return result.verdict, result.satisfied


class MapsSelfTest(unittest.TestCase):
    """Maps of the reference object, whose truth is known, where there is a window for them."""

    def setUp(self) -> None:
        """Empty the scene, open the module and press Sample."""
        slicer.mrmlScene.Clear()
        self.addCleanup(slicer.mrmlScene.Clear)
        self.panel = opened_panel(self, MODULE)
        self.panel.mapsSection.sampleButton.click()

    def test_maps_hold_what_the_object_was_made_of(self) -> None:
        """Without noise the fit gives Ktrans, ve and vp back."""
        truth = reference_object()
        for name, true_values in (("ktrans_per_min", truth.ktrans_per_min), ("ve", truth.ve), ("vp", truth.vp)):
            error = np.abs(slicer.util.arrayFromVolume(self._map(name)) - true_values)[truth.tissue]
            assert error.max() < TOLERANCE, f"{name} is off by {error.max()}"

    def test_maps_are_seen_in_the_views_with_their_unit(self) -> None:
        """The map that the panel names lies over the anatomy."""
        assert self.panel.mapsSection.resultsPart.mapBox.currentText == self._map("ktrans_per_min").GetName()
        shown = {each.GetForegroundVolumeID() for each in slicer.util.getNodesByClass("vtkMRMLSliceCompositeNode")}
        assert not shown or self._map("ktrans_per_min").GetID() in shown

    def _map(self, name: str) -> Any:
        volumes = slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")
        return next(each for each in volumes if each.GetAttribute(MAP_ATTRIBUTE) == name)


SELF_TESTS = (CheckSelfTest, PanelSelfTest, MapsSelfTest)


def run(self_tests: Sequence[type[unittest.TestCase]] = SELF_TESTS) -> None:
    """Run the self-tests; AssertionError when one fails."""
    run_self_tests(self_tests)
