"""The arterial curve: where it comes from, how it looks, and how it is edited."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import ctk
import numpy as np
import qt
import slicer
from HeadNeckNodesLib.html.markup import joined, tag
from HeadNeckNodesLib.widgets.choice_box import ChoiceBox
from HeadNeckNodesLib.widgets.layouts import row_of, tight, tool_button, wrapped_label
from slicer.i18n import tr as _

from PWIProtocolLib.kinetics import population_aifs
from PWIProtocolLib.mapping.aif_editing import edited
from PWIProtocolLib.mapping.aif_edits import NO_EDITS
from PWIProtocolLib.mapping.aif_history import AifHistory
from PWIProtocolLib.panel.maps.aif_editor import AifEditor
from PWIProtocolLib.panel.maps.aif_fields import AifFields
from PWIProtocolLib.panel.maps.aif_plot import draw_arterial
from PWIProtocolLib.panel.maps.aif_saving import AifSaving
from PWIProtocolLib.panel.maps.aif_words import arterial_lines
from PWIProtocolLib.panel.maps.fit_choices import AifChoice, ArterialSettings
from PWIProtocolLib.panel.study.path_row import PathRow
from PWIProtocolLib.scene.maps.aif_table import curve_tables
from PWIProtocolLib.scene.maps.aif_voxels import artery_to_draw, show_artery_voxels
from PWIProtocolLib.scene.maps.curve_plot import CurvePlot
from PWIProtocolLib.scene.maps.region_masks import scene_segments

if TYPE_CHECKING:
    from collections.abc import Callable

    from PWIProtocolLib.mapping import Arterial
    from PWIProtocolLib.mapping.aif_edits import AifEdits
    from PWIProtocolLib.panel.maps.number_field import NumberField

    Source = tuple[str, str]

CSV = "CSV (*.csv *.tsv *.txt)"


class ArterialPart(qt.QWidget):
    """Chooses the curve, what goes into its concentration, and edits it.

    Parameters
    ----------
    on_look : called when the user wants to see the curve before a fit.
    on_changed : called after the user has changed anything.
    """

    def __init__(self, on_look: Callable[[], None], on_changed: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self._onLook = on_look
        self._onChanged = on_changed
        self._choice: str = population_aifs()[0].name.value
        self._segment = self._tableId = ""
        self._compared = ""
        self._holdsConcentration = False
        self._shown: Arterial | None = None
        self._histories: dict[Source, AifHistory] = {}
        self.plot = CurvePlot(_("Arterial curve"))
        self.choiceBox = ChoiceBox(_offered(), self._onChoice, width=12)
        self.choiceBox.setAccessibleName(_("Arterial curve"))
        self.choiceBox.toolTip = _(
            "Population average, arteries found in the images, a segment, a CSV file, or a table"
        )
        self.choiceBox.setSizePolicy(qt.QSizePolicy.Ignored, qt.QSizePolicy.Fixed)
        self.lookButton = tool_button(_("Show"), _("Show the curve, where it comes from, and its voxels"), on_look)
        self.segmentBox = ChoiceBox((), self._onSegment, width=12)
        self.segmentBox.setAccessibleName(_("Segment of the artery"))
        self.segmentBox.toolTip = self.segmentBox.accessibleName
        self.tableBox = ChoiceBox((), self._onTable, width=12)
        self.tableBox.setAccessibleName(_("Table of the curve"))
        self.tableBox.toolTip = _("Columns: time (s) and plasma concentration (mM), or blood concentration (mM)")
        self.tableBox.setSizePolicy(qt.QSizePolicy.Ignored, qt.QSizePolicy.Fixed)
        self.pathRow = PathRow(
            _("Path"), _("CSV file"), _("First line: time (s),plasma concentration (mM)"), self._askedFile,
            self._onSource,
        )  # fmt: skip
        self.numbers = AifFields(self._onNumber)
        self.wordsLabel = wrapped_label()
        self.editor = AifEditor(self._onHistory, self._onCompare, self._onDraw, self._onEdited)
        self.saving = AifSaving(lambda: self._shown, self.editor.tell)
        self._build()

    def _build(self) -> None:
        label = qt.QLabel(_("Artery"))
        label.setBuddy(self.choiceBox)
        self.fold = ctk.ctkCollapsibleButton()
        tight(qt.QVBoxLayout(self)).addWidget(self.fold)
        layout = tight(qt.QVBoxLayout(self.fold))
        layout.setContentsMargins(6, 2, 6, 4)
        layout.addLayout(row_of(label, self.choiceBox, self.lookButton, stretched=1))
        self.editorFold = ctk.ctkCollapsibleButton()
        self.editorFold.text = _("Edit the curve")
        self.editorFold.collapsed = True
        self.editorFold.connect("clicked(bool)", self._onUnfolded)
        inside = tight(qt.QVBoxLayout(self.editorFold))
        inside.setContentsMargins(6, 2, 6, 4)
        inside.addWidget(self.editor)
        inside.addWidget(self.saving)
        for widget in (self.segmentBox, self.tableBox, self.pathRow, self.numbers, self.wordsLabel, self.editorFold):
            layout.addWidget(widget)
        self._forgetCurve()
        self._show()

    @property
    def onsetField(self) -> NumberField:
        """When the bolus of a population average arrives."""
        return self.numbers.onsetField

    @property
    def bloodField(self) -> NumberField:
        """T1 of blood."""
        return self.numbers.bloodField

    @property
    def hematocritField(self) -> NumberField:
        """Hematocrit."""
        return self.numbers.hematocritField

    @property
    def relaxivityField(self) -> NumberField:
        """Relaxivity."""
        return self.numbers.relaxivityField

    @property
    def settings(self) -> ArterialSettings:
        """What was chosen."""
        return ArterialSettings(
            self._choice, self._segment, self.pathRow.path, self._tableId, self.onsetField.entered, self.editor.edits
        )

    def showSettings(self, settings: ArterialSettings) -> None:
        """Show what was chosen earlier, without telling anybody."""
        self._choice, self._segment, self._tableId = settings.choice, settings.segment, settings.table_id
        self.pathRow.showPath(settings.path)
        self.onsetField.showFound(None, "")
        self.onsetField.showEntered(settings.onset_s)
        self._histories = {self._source: AifHistory(settings.edits)}
        self.refresh()
        self._forgetCurve()
        self._show()

    def refresh(self) -> None:
        """Offer the segments and tables that are in the scene now."""
        self._segment = _offer(self.segmentBox, self._segment, [(each.key, each.name) for each in scene_segments()])
        tables = [(node.GetID(), node.GetName()) for node in curve_tables()]
        self._tableId = _offer(self.tableBox, self._tableId, tables)

    def showCurve(self, arterial: Arterial) -> None:
        """Show a curve: as a plot, with its samples and voxels, and what is known of it."""
        former, draws = self._shown, arterial.can_be_edited
        self._shown = arterial if draws and arterial.edits == self.editor.edits else None
        self.editor.showCurve(self._shown)
        draw_arterial(self.plot, arterial, self._compared)
        if draws and (former is None or not _same_voxels(former, arterial)):
            show_artery_voxels(arterial)
        if self.onsetField.entered is None:
            arrival_s = arterial.arrival_s - arterial.edits.moved_s
            self.onsetField.showFound(round(arrival_s, 1) or None, _("from the curve"))
        self.wordsLabel.text = str(joined([tag("div", line) for line in arterial_lines(arterial)]))
        self.wordsLabel.visible = True
        self._showTitle(arterial.edits)

    def showConcentration(self, holds: bool) -> None:
        """Ask for T1 of blood and relaxivity, or not where the frames hold concentrations already."""
        self._holdsConcentration = holds
        self._show()

    def forgetEdits(self) -> None:
        """Another study was read: samples and voxels that were edited were those of the former one."""
        self._histories = {}
        self._forgetCurve()

    @property
    def _source(self) -> Source:
        """What the curve comes from: edits belong to it."""
        named = {
            AifChoice.SEGMENT.value: self._segment,
            AifChoice.TABLE.value: self._tableId,
            AifChoice.FILE.value: self.pathRow.path,
        }
        return self._choice, named.get(self._choice, "")

    def _forgetCurve(self) -> None:
        """Let go of a curve that is no longer the one chosen, and show the edits of that which is."""
        self._shown = None
        self.wordsLabel.visible = False
        self.editor.showHistory(self._histories.get(self._source, AifHistory()))
        self._showTitle(self.editor.edits)

    def _show(self) -> None:
        self.choiceBox.showKey(self._choice)
        self.segmentBox.visible = self._choice == AifChoice.SEGMENT
        self.segmentBox.showKey(self._segment)
        self.tableBox.visible = self._choice == AifChoice.TABLE
        self.tableBox.showKey(self._tableId)
        self.pathRow.visible = self._choice == AifChoice.FILE
        self.onsetField.visible = self._choice not in set(AifChoice)
        self.relaxivityField.visible = not self._holdsConcentration
        is_measured = self._choice in (AifChoice.FOUND, AifChoice.SEGMENT)
        self.bloodField.visible = is_measured and not self._holdsConcentration

    def _showTitle(self, edits: AifEdits) -> None:
        self.fold.text = _("Arterial input") if edits == NO_EDITS else _("Arterial input (edited)")

    def _onChoice(self, key: str) -> None:
        self._choice = key
        self.onsetField.showFound(None, "")
        self.refresh()
        self._onSource()

    def _onSegment(self, key: str) -> None:
        self._segment = key
        self._onSource()

    def _onTable(self, node_id: str) -> None:
        self._tableId = node_id
        self._onSource()

    def _onSource(self) -> None:
        self._show()
        self._forgetCurve()
        self._onChanged()

    def _onNumber(self) -> None:
        self._forgetCurve()
        self._onChanged()

    def _onHistory(self, history: AifHistory) -> None:
        arterial = None if self._shown is None else edited(self._shown, history.now)
        self.editor.history = history
        if arterial is not None:
            self.showCurve(arterial)
        self._showTitle(history.now)

    def _onEdited(self) -> None:
        self._histories[self._source] = self.editor.history
        self._onChanged()

    def _onUnfolded(self, unfolded: bool) -> None:
        """A curve that is not known, as after loading a scene, is shown first: only then can it be edited."""
        if unfolded and self._shown is None:
            self._onLook()

    def _onCompare(self, name: str) -> None:
        self._compared = name
        if self._shown is not None:
            draw_arterial(self.plot, self._shown, name)

    def _onDraw(self) -> None:
        """Make the voxels in use a segment, and that segment the source; other edits go with it."""
        artery = None if self._shown is None else self._shown.origin.artery
        if self._shown is None or artery is None or self._shown.voxels is None:
            return
        segment = artery_to_draw(self._shown.voxels, artery.geometry)
        edits = replace(self.editor.edits, left_out=())
        self._choice, self._segment = AifChoice.SEGMENT.value, segment.key
        self._histories[self._source] = AifHistory(edits)
        self.refresh()
        self._onSource()
        slicer.util.selectModule("SegmentEditor")

    def _askedFile(self) -> object:
        return qt.QFileDialog.getOpenFileName(self, _("Arterial curve"), self.pathRow.path, CSV)


def _same_voxels(one: Arterial, other: Arterial) -> bool:
    if one.voxels is None or other.voxels is None:
        return one.voxels is other.voxels
    return one.origin is other.origin and np.array_equal(one.voxels, other.voxels)


def _offer(box: ChoiceBox, chosen: str, offered: list[tuple[str, str]]) -> str:
    """Fill a box with what the scene holds, and return what is chosen of it; empty for nothing."""
    box.clear()
    for key, name in [("", "–"), *offered]:
        box.addItem(name, key)
    found = chosen if chosen in dict(offered) else ""
    box.showKey(found)
    return found


def _offered() -> list[tuple[str, str]]:
    others = [
        (AifChoice.FOUND.value, _("arteries found in the images")),
        (AifChoice.SEGMENT.value, _("segment of an artery")),
        (AifChoice.FILE.value, _("CSV file")),
        (AifChoice.TABLE.value, _("table of the scene")),
    ]
    return [*((each.name.value, each.title) for each in population_aifs()), *others]
