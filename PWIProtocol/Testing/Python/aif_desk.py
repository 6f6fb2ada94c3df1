"""The arterial part of the panel on its own in the harness, with the reference object behind it, and a user at it."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from maps_desk import MapsUser
from PWIProtocolLib.mapping import (
    MappingSettings,
    SignalInputs,
    arterial_detected,
    arterial_of_file,
    arterial_of_population,
    arterial_of_voxels,
    t1_of_number,
)
from PWIProtocolLib.mapping.aif_editing import edited
from PWIProtocolLib.sample.reference_object import BLOOD_T1_S, TISSUE_T1_S

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    from numpy.typing import NDArray
    from PWIProtocolLib.mapping import Arterial
    from PWIProtocolLib.panel.maps.arterial_part import ArterialPart
    from PWIProtocolLib.sample.reference_object import ReferenceObject

WINDOW_SIZE = (400, 1000)


class AifUser(MapsUser):
    """A radiologist at the arterial curve."""

    FOUND = "arteries found in the images"
    PARKER = "Parker 2006 (abdomen, first pass resolved)"

    def __init__(self, application: Any, host: Any) -> None:
        self.application = application
        self.host = host

    @property
    def part(self) -> ArterialPart:
        """What the user sees."""
        part: ArterialPart = self.host.part
        return part

    @property
    def note(self) -> str:
        """The line below the buttons of the editor; empty when it is hidden."""
        label = self.part.editor.noteLabel
        return "" if label.isHidden() else str(label.text)

    @property
    def drawn(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Times and concentrations of the curve in the plot."""
        return self.part.plot.values("arterial plasma")

    @property
    def samples(self) -> list[tuple[str, ...]]:
        """The lines of the table of samples."""
        table = self.part.editor.samples.table
        return [tuple(table.item(row, column).text() for column in range(3)) for row in range(table.rowCount)]

    def look(self, choice: str) -> None:
        """Choose where the curve comes from, show it, and open the editor."""
        self.choose(self.part.choiceBox, choice)
        self.part.lookButton.click()
        self.part.editorFold.collapsed = False

    def type_value(self, row: int, text: str) -> None:
        """Type a concentration into the table of samples."""
        self.part.editor.samples.table.item(row, 1).setText(text)

    def select(self, *rows: int) -> None:
        """Select lines of the table of samples."""
        from PySide6.QtCore import QItemSelectionModel

        table = self.part.editor.samples.table
        table.clearSelection()
        for row in rows:
            flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
            table.selectionModel().select(table.model().index(row, 0), flags)

    def tick(self, row: int, ticked: bool) -> None:
        """Tick or untick a voxel."""
        from PySide6.QtCore import Qt

        state = Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked
        self.part.editor.voxels.table.item(row, 0).setCheckState(state)


@pytest.fixture
def an_aif_user(an_empty_scene: Any, the_reference: ReferenceObject) -> Iterator[AifUser]:
    """A user who sees the part in a window of its own."""
    host = _host(the_reference)
    host.resize(*WINDOW_SIZE)
    host.show()
    yield AifUser(an_empty_scene, host)
    host.hide()
    host.deleteLater()


@pytest.fixture
def a_user_at_a_found_artery(an_aif_user: AifUser) -> AifUser:
    """A user who sees the curve of arteries that were found, and the editor."""
    an_aif_user.look(an_aif_user.FOUND)
    assert an_aif_user.message == ""
    return an_aif_user


@cache
def _detected(settings: MappingSettings, inputs: SignalInputs) -> Arterial:
    return arterial_detected(settings, inputs, 6)


@cache
def _inputs(reference: ReferenceObject) -> SignalInputs:
    return SignalInputs(reference.dynamic, 0.005, 15.0, t1_of_number(TISSUE_T1_S))


def _host(reference: ReferenceObject) -> Any:
    import qt
    from HeadNeckNodesLib.widgets.attempts import Attempts
    from HeadNeckNodesLib.widgets.message_bar import MessageBar
    from PWIProtocolLib.panel.maps.arterial_part import ArterialPart

    inputs = _inputs(reference)

    class Host(qt.QWidget):
        """What the section is to the part."""

        def __init__(self) -> None:
            super().__init__()
            self.messageBar = MessageBar()
            self.attempt = Attempts(self.messageBar)
            self.changes = 0
            self.part = ArterialPart(lambda: self.attempt(self.look), self.count)
            layout = qt.QVBoxLayout(self)
            for widget in (self.messageBar, self.part):
                layout.addWidget(widget)
            layout.addStretch(1)

        def count(self) -> None:
            self.changes += 1

        def look(self) -> None:
            self.part.showCurve(edited(self.measured(), self.part.settings.edits))
            self.part.plot.bring_up()

        def measured(self) -> Arterial:
            from PWIProtocolLib.scene.maps.region_masks import mask_of, scene_segments

            chosen = self.part.settings
            settings = MappingSettings(hematocrit=self.part.hematocritField.entered, blood_t1_s=BLOOD_T1_S)
            if chosen.choice == "file":
                return arterial_of_file(Path(chosen.path), settings)
            if chosen.choice == "found":
                return _detected(settings, inputs)
            if chosen.choice == "segment":
                segment = next(each for each in scene_segments() if each.key == chosen.segment)
                mask = mask_of(segment, reference.dynamic.geometry).mask
                return arterial_of_voxels(mask, f"segment {segment.name}", settings, inputs, 6)
            return arterial_of_population(chosen.choice, settings, inputs, 6, chosen.onset_s)

    return Host()
