"""Fields that ask how segments were drawn, and by which program."""

from __future__ import annotations

import qt
from HeadNeckNodesLib.widgets.choice_box import ChoiceBox
from HeadNeckNodesLib.widgets.layouts import tight
from slicer.i18n import tr as _

from iENEGraderLib.panel.export.drawn_by import KIND_WORDS, DrawnBy


class DrawnByRow(qt.QWidget):
    """Manual, semi-automatic or automatic; of the last two also name and version of the program.

    Parameters
    ----------
    what : the segments.
    """

    def __init__(self, what: str) -> None:
        super().__init__()
        choices = (("", _("not stated")), *((str(kind), _(words)) for kind, words in KIND_WORDS.items()))
        self._kind = ""
        self.kindBox = ChoiceBox(choices, self._onKind, width=10)
        self.programBox, self.versionBox = qt.QLineEdit(), qt.QLineEdit()
        tip = _("How it was done: a DICOM segmentation says so of every segment. It is remembered.")
        for box, name in (
            (self.kindBox, what),
            (self.programBox, _("program")),
            (self.versionBox, _("version")),
        ):
            box.toolTip = tip
            box.setAccessibleName(what if box is self.kindBox else f"{what}: {name}")
        self.programBox.placeholderText, self.versionBox.placeholderText = _("program"), _("version")
        self._program = qt.QWidget()
        line = tight(qt.QHBoxLayout(self._program))
        line.addWidget(self.programBox, 2)
        line.addWidget(self.versionBox, 1)
        layout = tight(qt.QVBoxLayout(self))
        layout.addWidget(self.kindBox)
        layout.addWidget(self._program)
        self.showDrawnBy(DrawnBy())

    @property
    def drawnBy(self) -> DrawnBy:
        """What stands in the fields."""
        return DrawnBy(self._kind, str(self.programBox.text).strip(), str(self.versionBox.text).strip())

    def showDrawnBy(self, drawn: DrawnBy) -> None:
        """Show what was chosen before."""
        for box, text in ((self.programBox, drawn.program), (self.versionBox, drawn.version)):
            box.text = text
            box.setCursorPosition(0)  # a long name is read from its beginning
        self._onKind(drawn.kind)

    def _onKind(self, kind: str) -> None:
        self._kind = kind
        self.kindBox.showKey(kind)
        self._program.visible = self.drawnBy.names_program
