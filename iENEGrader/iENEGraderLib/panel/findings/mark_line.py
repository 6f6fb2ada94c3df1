"""One line of the fold-out of a finding: a mark of the reader, or a measurement, with its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.widgets.layouts import tight, tool_button, wrapped_label
from slicer.i18n import tr as _

from iENEGraderLib.panel.result.presenter import mark_text
from iENEGraderLib.reading import MarkKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from iENEGraderLib.panel.findings.suggestions import MeasuredLine
    from iENEGraderLib.reading import Mark

TARGET = "◎"
BUTTON_WIDTH = 22


class MarkLine(qt.QWidget):
    """One mark of the reader. Lines are kept and shown again with other marks.

    Parameters
    ----------
    on_jump, on_select, on_turn, on_delete : called with the mark when its button is clicked.
    """

    def __init__(
        self,
        on_jump: Callable[[Mark], None],
        on_select: Callable[[Mark], None],
        on_turn: Callable[[Mark], None],
        on_delete: Callable[[Mark], None],
    ) -> None:
        super().__init__()
        self._mark: Mark | None = None
        self.jumpButton = small_button(TARGET, _("Take all views to this mark"), lambda: self._tell(on_jump))
        self.textButton = qt.QToolButton()
        self.textButton.checkable = True
        self.textButton.autoRaise = True
        self.textButton.setToolButtonStyle(qt.Qt.ToolButtonTextBesideIcon)
        self.textButton.setSizePolicy(qt.QSizePolicy.Ignored, qt.QSizePolicy.Fixed)
        self.textButton.connect("clicked(bool)", lambda _checked=False: self._tell(on_select))
        self.turnButton = small_button("⟲", _("Count the angle the other way round"), lambda: self._tell(on_turn))
        self.deleteButton = small_button("✕", _("Delete this mark"), lambda: self._tell(on_delete))
        layout = tight(qt.QHBoxLayout(self))
        layout.setSpacing(0)
        layout.addWidget(self.jumpButton)
        layout.addWidget(self.textButton, 1)
        layout.addWidget(self.turnButton)
        layout.addWidget(self.deleteButton)

    def showMark(self, mark: Mark | None, *, selected: bool = False) -> None:
        """Show a mark; None hides the line."""
        self._mark = mark
        self.visible = mark is not None
        if mark is None:
            return
        text = mark_text(mark)
        self.textButton.text = text
        self.textButton.checked = selected
        self.textButton.setArrowType(qt.Qt.DownArrow if selected else qt.Qt.RightArrow)
        self.textButton.toolTip = "\n".join(filter(None, (f"{mark.id}: {text}", mark.note)))
        self.turnButton.visible = mark.kind is MarkKind.CONTACT_ANGLE
        for button in (self.jumpButton, self.turnButton, self.deleteButton):
            button.setAccessibleName(f"{button.toolTip}: {text}")

    def _tell(self, action: Callable[[Mark], None]) -> None:
        if self._mark is not None:
            action(self._mark)


class MeasurementLine(qt.QWidget):
    """One measurement.

    Parameters
    ----------
    on_jump : called with its place.
    """

    def __init__(self, on_jump: Callable[[tuple[float, float, float]], None]) -> None:
        super().__init__()
        self._onJump = on_jump
        self._shown: MeasuredLine | None = None
        self.jumpButton = small_button(TARGET, _("Take all views to this place"), self._onClicked)
        self.label = wrapped_label()
        self.label.setTextFormat(qt.Qt.PlainText)
        layout = tight(qt.QHBoxLayout(self))
        cell = qt.QWidget()
        cell.setFixedWidth(BUTTON_WIDTH)  # texts stand below one another, with a button or without
        tight(qt.QHBoxLayout(cell)).addWidget(self.jumpButton)
        layout.addWidget(cell, 0, qt.Qt.AlignTop)
        layout.addWidget(self.label, 1)

    def showLine(self, line: MeasuredLine | None) -> None:
        """Show a measurement; None hides the line."""
        self._shown = line
        self.visible = line is not None
        if line is not None:
            self.label.text = line.text
            self.label.toolTip = line.method
            self.jumpButton.visible = line.place_ras_mm is not None
            self.jumpButton.setAccessibleName(f"{self.jumpButton.toolTip}: {line.text}")

    def _onClicked(self) -> None:
        if self._shown is not None and self._shown.place_ras_mm is not None:
            self._onJump(self._shown.place_ras_mm)


def small_button(text: str, tip: str, on_clicked: Callable[[], None]) -> qt.QToolButton:
    """Return a narrow flat button with one sign."""
    button = tool_button(text, tip, on_clicked)
    button.autoRaise = True
    button.setAccessibleName(tip)
    button.setFixedWidth(BUTTON_WIDTH)
    return button
