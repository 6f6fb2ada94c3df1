"""The steps of Docs/tutorial.md, done as a reader does them: with keys, buttons, and mouse clicks into slice views."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from iENEGraderLib.sample import DigitalNeck
    from panel_fixtures import PanelUser

    Point = tuple[float, float, float]

SAMPLE = "DigitalNeckNodes"
CASE_ID, READER = "digital-neck-0", "AB"
WINDOW_HU, LEVEL_HU = 450, 25
WIDE_MM, NEAR_MM = 150.0, 60.0
ENCASED = "common carotid artery left (counts)"
INVADED = "left sternocleidomastoid muscle"
SECTIONS = 4


@dataclass(frozen=True)
class Step:
    """One step of the tutorial: `name` stands in the names of its pictures."""

    number: int
    name: str
    do: Callable[[Tutorial], None]


class Tutorial:
    """One case, read from loading to saving.

    Parameters
    ----------
    user : at the open panel.
    neck : the sample case, which tells where things are in the image.
    folder : the files of the last step go there.
    view_size : columns and rows of the slice views, in pixels.
    """

    def __init__(self, user: PanelUser, neck: DigitalNeck, folder: Path, view_size: tuple[int, int]) -> None:
        from hnn.headless.slice_view import SliceView
        from iENEGraderLib.scene.layouts import VESSEL_VIEW

        self.user = user
        self.neck = neck
        self.folder = folder
        self._open = ExitStack()
        self.axial = self._open.enter_context(SliceView("Red", "Axial", view_size))
        self.coronal = self._open.enter_context(SliceView("Green", "Coronal", view_size))
        self.across = self._open.enter_context(SliceView(VESSEL_VIEW, "Axial", view_size))

    def close(self) -> None:
        """Close the views."""
        self._open.close()

    @property
    def panel(self) -> Any:
        """The panel of the module."""
        return self.user.panel

    def load(self) -> None:
        """Press the sample's button in the module Sample Data."""
        import slicer

        self.user.application.pressSample(SAMPLE)
        (volume,) = slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")
        for view in (self.axial, self.coronal, self.across):
            view.show(volume, WINDOW_HU, LEVEL_HU)
        self.look_at(self.neck.truth.node("node_2").centre_ras_mm, WIDE_MM)

    def begin(self) -> None:
        """Begin a reading of one's own, and say what is known of the tumour."""
        self.user.enter_case("oropharynx", "T2", p16="+")
        self.user.type_into(self.panel.caseSection.caseBox, CASE_ID)
        self.user.type_into(self.panel.caseSection.readerBox, READER)
        self.panel.caseSection.blindedBox.click()
        site = self.panel.siteSection
        site.more.collapsed = False
        self.user.choose(site.biopsyBox, "yes")
        self.user.choose(site.treatmentBox, "no")
        self.user.choose(site.clinicalEneBox, "no")

    def add_nodes(self) -> None:
        """Add one node by a click, the others from their segments."""
        self.panel.siteSection.more.collapsed = True
        nodes = self.panel.nodesSection
        next(action for action in nodes.addMenu.actions() if action.text.startswith("&Seed")).trigger()
        self.click(self.neck.truth.node("node_1").centre_ras_mm)
        nodes.segmentsButton.click()
        self.look_at(self.neck.truth.node("node_1").centre_ras_mm, WIDE_MM)
        self.select("N5")
        self.user.choose(nodes.editor.levelBox, "IV")

    def measure(self) -> None:
        """Measure everything."""
        self.panel.nodesSection.measureButton.click()

    def judge(self) -> None:
        """Look at a node without suggestions, then at one with, and say how certain the findings are."""
        from iENEGraderLib.reading import Certainty, FindingKind

        self.select("N1")
        self.user.press("1")  # the row of fat spikes is the one that is selected at first
        self.user.press("]")
        self.user.mark(FindingKind.MUSCLE_INVASION, Certainty.EQUIVOCAL)
        self.look_at(self.neck.truth.node("node_2").centre_ras_mm, NEAR_MM)

    def mark_spike(self) -> None:
        """Draw the longest spike from base to tip, then say that it is certain."""
        spike = max(self.neck.truth.node("node_2").spikes, key=lambda each: each.length_mm)
        self.look_at(spike.tip_ras_mm, NEAR_MM)
        self.user.press("s")
        base, tip = (self.axial.ras_to_xy(point) for point in (spike.base_ras_mm, spike.tip_ras_mm))
        for at in (base, tip):
            self.axial.click(at)
        self.axial.render()
        self.user.press("3")

    def judge_contact(self) -> None:
        """Measure the contact of two nodes and read its three criteria."""
        from iENEGraderLib.reading import Certainty, FindingKind

        for node_id in ("N4", "N3"):
            self.select(node_id)
            self.user.mark(FindingKind.FAT_SPIKES, Certainty.ABSENT)
        self.look_at(self.neck.truth.node("node_3").centre_ras_mm, NEAR_MM)
        section = self.panel.coalescenceSection
        section.fold.collapsed = False
        self.user.choose(section.partnerBox, "N4")
        section.showButton.click()
        for column in section.columns.values():
            column.buttons[Certainty.UNEQUIVOCAL].click()
        section.keepButton.click()

    def judge_encasement(self) -> None:
        """Step along the artery, keep the angle as evidence, and say that the encasement is certain."""
        from iENEGraderLib.reading import Certainty, FindingKind

        self.panel.coalescenceSection.fold.collapsed = True
        self.select("N5")
        section = self.panel.vesselSection
        section.fold.collapsed = False
        self.user.choose(section.vesselBox, ENCASED)
        section.showButton.click()
        section.stepper.step(4)
        section.maximumButton.click()
        section.keepButton.click()
        self.user.mark(FindingKind.FAT_SPIKES, Certainty.ABSENT)
        self.user.mark(FindingKind.ARTERY_ENCASEMENT, Certainty.UNEQUIVOCAL)

    def judge_invasion(self) -> None:
        """Mark where the muscle is invaded, with its name and the number of sections."""
        from iENEGraderLib.reading import FindingKind, MarkKind

        self.panel.vesselSection.fold.collapsed = True
        invasion = self.neck.truth.node("node_5").invasion
        assert invasion is not None
        row = self.panel.findingsSection.rows[FindingKind.MUSCLE_INVASION]
        row.titleButton.click()
        place = np.mean([invasion.entry_ras_mm, invasion.deepest_ras_mm], axis=0)
        self.look_at(place, NEAR_MM)
        row.marks.drawButtons[MarkKind.PLACE].click()
        self.click(place)
        editor = row.marks.editor
        self.user.type_into(editor.structureBox.lineEdit(), INVADED)
        self.user.type_into(editor.sectionsBox, str(SECTIONS))
        self.user.press("3")

    def explain(self) -> None:
        """Fold out why, what if, and the cautions."""
        self.panel.findingsSection.rows[self.panel.findingsSection.selectedKind].fold(True)
        self.select("N2")
        for button in self.panel.resultStrip.foldButtons:
            button.click()

    def finish(self) -> None:
        """Lock the reading; save it as a document, and the whole scene."""
        import slicer

        self.panel.resultStrip.cautionsButton.click()  # folds in
        self.panel.caseSection.lockButton.click()
        self.user.application.answerNext(str(self.folder / "reading.json"))
        self.panel.caseSection.saveButton.click()
        slicer.util.saveScene(str(self.folder / "case.mrb"))

    # Hands

    def select(self, node_id: str) -> None:
        """Click a line of the table of nodes."""
        ids = [row[0] for row in self.user.table]
        self.panel.nodesSection.table.selectRow(ids.index(node_id))

    def look_at(self, ras_mm: Any, field_of_view_mm: float) -> None:
        """Bring a place into the middle of both planes."""
        for view in (self.axial, self.coronal):
            view.centre_on(ras_mm, field_of_view_mm)
            view.render()

    def click(self, ras_mm: Any) -> None:
        """Bring a place into the axial view and click on it."""
        self.axial.centre_on(ras_mm)
        self.axial.render()
        self.axial.click(self.axial.ras_to_xy(ras_mm))
        self.axial.render()


STEPS = tuple(
    Step(number, name, do)
    for number, (name, do) in enumerate(
        (
            ("load", Tutorial.load),
            ("case", Tutorial.begin),
            ("nodes", Tutorial.add_nodes),
            ("measure", Tutorial.measure),
            ("certainty", Tutorial.judge),
            ("spike", Tutorial.mark_spike),
            ("coalescence", Tutorial.judge_contact),
            ("vessel", Tutorial.judge_encasement),
            ("invasion", Tutorial.judge_invasion),
            ("result", Tutorial.explain),
            ("save", Tutorial.finish),
        ),
        start=1,
    )
)
