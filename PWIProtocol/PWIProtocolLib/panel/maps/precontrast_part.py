"""T1 before contrast: where it comes from."""

from __future__ import annotations

import qt
import slicer
from HeadNeckNodesLib.widgets.choice_box import ChoiceBox
from HeadNeckNodesLib.widgets.layouts import row_of, tight
from slicer.i18n import tr as _

from PWIProtocolLib.panel.maps.fit_choices import T1Choice, T1Settings
from PWIProtocolLib.panel.maps.number_field import NumberField
from PWIProtocolLib.panel.study.path_row import PathRow
from PWIProtocolLib.scene.maps.map_volumes import MAP_ATTRIBUTE


class PrecontrastPart(qt.QWidget):
    """Chooses T1: one number in seconds, a map of the scene with its unit, or images at several flip angles."""

    def __init__(self) -> None:
        super().__init__()
        self._choice = T1Choice.NUMBER
        self._map = self._unit = ""
        self.choiceBox = ChoiceBox((), self._onChoice, width=12)
        self.choiceBox.toolTip = _("T1 before contrast; concentration is computed with it")
        self.choiceBox.setAccessibleName("T1")
        self.numberField = NumberField(
            _("T1 of all tissue"),
            "s",
            3,
            8.0,
            tip=_("One number for all voxels, in seconds"),
            missing=_("enter it, in seconds"),
        )
        self.pathRow = PathRow(
            _("Path"), _("folder of the flip angles"), _("Images at several flip angles"), self._askedFolder
        )
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
        layout.addWidget(self.numberField)
        layout.addWidget(self.pathRow)
        layout.addLayout(row_of(self.mapBox, self.unitBox, stretched=0))
        self.showAngles("")

    @property
    def settings(self) -> T1Settings:
        """What was chosen."""
        return T1Settings(self._choice, self.numberField.number, self.pathRow.path, self._map, self._unit)

    def showAngles(self, words: str) -> None:
        """Offer the flip angles that came with a study and choose them; without any (no words) take them away."""
        offered = [(T1Choice.STUDY_ANGLES, words)] if words else []
        offered += [
            (T1Choice.NUMBER, _("one number")),
            (T1Choice.MAP, _("map of the scene")),
            (T1Choice.ANGLES, _("flip angles, folder")),
        ]
        if words:
            self._choice = T1Choice.STUDY_ANGLES
        elif self._choice is T1Choice.STUDY_ANGLES:
            self._choice = T1Choice.NUMBER
        self.choiceBox.clear()
        for key, text in offered:
            self.choiceBox.addItem(text, key.value)
        self._show()

    def refresh(self) -> None:
        """Offer the volumes that are in the scene now."""
        nodes = [
            node
            for node in slicer.util.getNodesByClass("vtkMRMLScalarVolumeNode")
            if node.GetClassName() == "vtkMRMLScalarVolumeNode" and node.GetAttribute(MAP_ATTRIBUTE) in (None, "t1_s")
        ]
        self._map = self._map if self._map in [node.GetID() for node in nodes] else ""
        self.mapBox.clear()
        self.mapBox.addItem("–", "")
        for node in nodes:
            self.mapBox.addItem(node.GetName(), node.GetID())
        self.mapBox.showKey(self._map)

    def _show(self) -> None:
        self.choiceBox.showKey(self._choice.value)
        self.numberField.visible = self._choice is T1Choice.NUMBER
        self.pathRow.visible = self._choice is T1Choice.ANGLES
        self.mapBox.visible = self.unitBox.visible = self._choice is T1Choice.MAP
        self.unitBox.showKey(self._unit)

    def _onChoice(self, key: str) -> None:
        self._choice = T1Choice(key)
        self.refresh()
        self._show()

    def _onMap(self, node_id: str) -> None:
        self._map = node_id
        self.refresh()

    def _onUnit(self, unit: str) -> None:
        self._unit = unit
        self._show()

    def _askedFolder(self) -> object:
        return qt.QFileDialog.getExistingDirectory(self, _("Folder of the flip angles"), self.pathRow.path)
