"""T1 before contrast: where it comes from."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.widgets.choice_box import ChoiceBox
from HeadNeckNodesLib.widgets.layouts import row_of, tight
from HeadNeckNodesLib.widgets.quantity_box import Quantity
from slicer.i18n import tr as _

from PWIProtocolLib.panel.maps.angles_part import AnglesPart
from PWIProtocolLib.panel.maps.fit_choices import T1Choice, T1Settings
from PWIProtocolLib.panel.maps.number_field import NumberField
from PWIProtocolLib.panel.study.path_row import PathRow
from PWIProtocolLib.scene.maps.dynamic_nodes import still_volumes
from PWIProtocolLib.scene.maps.map_nodes import MAP_ATTRIBUTE

if TYPE_CHECKING:
    from collections.abc import Callable

NRRD = "NRRD (*.nrrd *.nhdr)"


class PrecontrastPart(qt.QWidget):
    """Chooses T1: one number in seconds, a map of the scene with its unit, or images at several flip angles.

    Parameters
    ----------
    on_changed : called after the user has changed something.
    """

    def __init__(self, on_changed: Callable[[], None] = lambda: None) -> None:
        super().__init__()
        self._onChanged = on_changed
        self._choice = T1Choice.NUMBER
        self._map = self._unit = ""
        self.choiceBox = ChoiceBox((), self._onChoice, width=12)
        self.choiceBox.toolTip = _("T1 before contrast; concentration is computed with it")
        self.choiceBox.setAccessibleName("T1")
        self.numberField = NumberField(
            Quantity(_("T1 of all tissue"), "s", 3, 0.02, 8.0),
            tip=_("One number for all voxels, in seconds"),
            missing=_("enter it, in seconds"),
        )
        self.numberField.onChanged = on_changed
        self.pathRow = PathRow(
            _("Path"), _("images at several flip angles"), _("Images at several flip angles"), self._asked, on_changed
        )
        self.anglesPart = AnglesPart(on_changed)
        self.mapBox = ChoiceBox((), self._onMap, width=12)
        self.mapBox.setSizePolicy(qt.QSizePolicy.Ignored, qt.QSizePolicy.Fixed)
        self.mapBox.setAccessibleName(_("T1 map"))
        self.mapBox.toolTip = _("Volume of T1 on the grid of the dynamic study")
        self.unitBox = ChoiceBox([("", _("unit?")), ("s", "s"), ("ms", "ms")], self._onUnit)
        self.unitBox.setAccessibleName(_("Unit of the T1 map"))
        self.unitBox.toolTip = _("Unit of the values of the map; it is not guessed")
        label = qt.QLabel("T1")
        label.setBuddy(self.choiceBox)
        layout = tight(qt.QVBoxLayout(self))
        layout.addLayout(row_of(label, self.choiceBox, stretched=1))
        for widget in (self.numberField, self.pathRow, self.anglesPart):
            layout.addWidget(widget)
        layout.addLayout(row_of(self.mapBox, self.unitBox, stretched=0))
        self.showAngles("")

    @property
    def settings(self) -> T1Settings:
        """What was chosen."""
        angles, tr_ms = self.anglesPart, self.anglesPart.repetitionField.number
        return T1Settings(
            self._choice, self.numberField.number, self.pathRow.path, self._map, self._unit,
            angles.volumes if self._choice is T1Choice.VOLUMES else (), None if tr_ms is None else tr_ms / 1000.0,
        )  # fmt: skip

    @property
    def entered(self) -> T1Settings:
        """What was chosen; without the repetition time unless it was entered."""
        tr_ms = self.anglesPart.repetitionField.entered
        return replace(self.settings, angles_repetition_time_s=None if tr_ms is None else tr_ms / 1000.0)

    def showSettings(self, settings: T1Settings) -> None:
        """Show an earlier choice, without telling anybody."""
        self._choice, self._map, self._unit = settings.choice, settings.map_id, settings.unit
        self.numberField.showEntered(settings.t1_s)
        self.pathRow.showPath(settings.angles_path)
        tr_s = settings.angles_repetition_time_s
        self.anglesPart.showVolumes(settings.volumes, None if tr_s is None else 1000.0 * tr_s)
        self.showAngles("", choose=False)
        self.refresh()

    def showAngles(self, words: str, *, choose: bool = True) -> None:
        """Offer the flip angles that came with a study; without any (no words) take them away.

        Parameters
        ----------
        choose : whether to choose them, or something else in their place; else what was chosen stays.
        """
        if choose and words:
            self._choice = T1Choice.STUDY_ANGLES
        elif choose and self._choice is T1Choice.STUDY_ANGLES:
            self._choice = T1Choice.NUMBER
        if self._choice is T1Choice.STUDY_ANGLES:
            words = words or _("flip angles of the study")
        offered = [(T1Choice.STUDY_ANGLES, words)] if words else []
        offered += [
            (T1Choice.NUMBER, _("one number")),
            (T1Choice.MAP, _("map of the scene")),
            (T1Choice.VOLUMES, _("flip angles, volumes of the scene")),
            (T1Choice.ANGLES, _("flip angles, DICOM folder")),
            (T1Choice.ANGLES_FILE, _("flip angles, NRRD file")),
        ]
        self.choiceBox.clear()
        for key, text in offered:
            self.choiceBox.addItem(text, key.value)
        self._show()

    def refresh(self) -> None:
        """Offer the volumes that are in the scene now."""
        nodes = [node for node in still_volumes() if node.GetAttribute(MAP_ATTRIBUTE) in (None, "t1_s")]
        self._map = self._map if self._map in [node.GetID() for node in nodes] else ""
        self.mapBox.clear()
        self.mapBox.addItem("–", "")
        for node in nodes:
            self.mapBox.addItem(node.GetName(), node.GetID())
        self.mapBox.showKey(self._map)
        if self._choice is T1Choice.VOLUMES:
            self.anglesPart.refresh()

    def _show(self) -> None:
        self.choiceBox.showKey(self._choice.value)
        self.numberField.visible = self._choice is T1Choice.NUMBER
        self.pathRow.visible = self._choice in (T1Choice.ANGLES, T1Choice.ANGLES_FILE)
        self.anglesPart.visible = self._choice is T1Choice.VOLUMES
        self.mapBox.visible = self.unitBox.visible = self._choice is T1Choice.MAP
        self.unitBox.showKey(self._unit)

    def _onChoice(self, key: str) -> None:
        self._choice = T1Choice(key)
        self.refresh()
        self._show()
        self._onChanged()

    def _onMap(self, node_id: str) -> None:
        self._map = node_id
        self.refresh()
        self._onChanged()

    def _onUnit(self, unit: str) -> None:
        self._unit = unit
        self._show()
        self._onChanged()

    def _asked(self) -> object:
        if self._choice is T1Choice.ANGLES_FILE:
            return qt.QFileDialog.getOpenFileName(self, _("File of the flip angles"), self.pathRow.path, NRRD)
        return qt.QFileDialog.getExistingDirectory(self, _("Folder of the flip angles"), self.pathRow.path)
