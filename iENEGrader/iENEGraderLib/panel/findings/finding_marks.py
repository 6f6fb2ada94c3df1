"""What belongs to one finding when it is folded out: what was measured, and the reader's marks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import qt
from HeadNeckNodesLib.widgets.layouts import row_of, tight, tool_button
from slicer.i18n import tr as _

from iENEGraderLib.panel.choices import MARKS_OF_FINDING
from iENEGraderLib.panel.findings.mark_editor import MarkEditor
from iENEGraderLib.panel.findings.mark_edits import set_mark_fields, turned_round
from iENEGraderLib.panel.findings.mark_line import MarkLine, MeasurementLine
from iENEGraderLib.panel.findings.mark_tools import Placing, image_series, segmented_structures
from iENEGraderLib.panel.findings.suggestions import measured_lines, structures_that_fit
from iENEGraderLib.panel.session.edits import remove_mark
from iENEGraderLib.reading import MarkKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from iENEGraderLib.reading import FindingKind, Mark, Node

MORE_SERIES = ("ultrasound",)
"""Seen elsewhere than in a volume of the scene."""


@dataclass(frozen=True)
class MarkActions:
    """What the fold-out of a finding can do.

    Attributes
    ----------
    edit : applies an edit under a label.
    draw : lets the reader draw a mark of a finding.
    go_to : takes all views to a place, RAS mm.
    """

    edit: Callable[..., None]
    draw: Callable[[FindingKind, MarkKind], None]
    go_to: Callable[[Sequence[float]], None]


class FindingMarks(qt.QWidget):
    """Measurements and marks of one finding of one node."""

    def __init__(self, kind: FindingKind, actions: MarkActions) -> None:
        super().__init__()
        self._kind = kind
        self._actions = actions
        self._node_id = ""
        self._marks: tuple[Mark, ...] = ()
        self._selected = ""
        self.measuredTitle = qt.QLabel(_("Measured: evidence, not a grade"))
        self.measurements: list[MeasurementLine] = []
        self.drawButtons = {each: self._drawButton(each) for each in MARKS_OF_FINDING.get(kind, ())}
        self.lines: list[MarkLine] = []
        self.editor = MarkEditor(self._onFields)
        self._measured, self._listed = tight(qt.QVBoxLayout()), tight(qt.QVBoxLayout())
        self._build()

    def _build(self) -> None:
        layout = tight(qt.QVBoxLayout(self))
        layout.setSpacing(2)
        self._listed.setSpacing(0)
        self._measured.setSpacing(0)
        layout.addWidget(self.measuredTitle)
        layout.addLayout(self._measured)
        if self.drawButtons:
            layout.addLayout(row_of(*self.drawButtons.values()))
        layout.addLayout(self._listed)
        self._listed.addWidget(self.editor)

    def _drawButton(self, kind: MarkKind) -> qt.QToolButton:
        texts = {
            MarkKind.FAT_SPIKE: (_("Mark spike"), _("Draw a spike with two clicks, from its base to its tip (S)")),
            MarkKind.PLACE: (_("Mark place"), _("Mark where this is seen, with one click")),
            MarkKind.CONTACT_ANGLE: (
                _("Angle by three points"),
                _(
                    "In a view across the vessel click the begin of the contact, the centre of the vessel and the end "
                    "of the contact, against the clock (A)"
                ),
            ),
        }
        button = tool_button(*texts[kind], lambda: self._actions.draw(self._kind, kind))
        button.checkable = True
        button.setAccessibleName(texts[kind][0])
        return button

    def showNode(self, node: Node | None) -> None:
        """Show what belongs to the finding at a node."""
        before = {mark.id for mark in self._marks}
        is_same = node is not None and node.id == self._node_id
        self._node_id = "" if node is None else node.id
        self._marks = () if node is None else marks_of(node, self._kind)
        ids = [mark.id for mark in self._marks]
        new = [mark_id for mark_id in ids if mark_id not in before]
        if is_same and new:
            self._selected = new[-1]
        elif self._selected not in ids:
            self._selected = ids[-1] if ids else ""
        self._showMeasurements(node)
        self._showMarks()

    def offerWords(self) -> None:
        """Offer the structures that are segmented and the series that are loaded."""
        roles = segmented_structures()
        fitting = structures_that_fit(self._kind, tuple(roles), lambda name: roles[name])
        self.editor.offer(fitting, (*image_series(), *MORE_SERIES))

    def showPlacing(self, placing: Placing | None) -> None:
        """Show what is being drawn."""
        for kind, button in self.drawButtons.items():
            button.checked = placing == Placing(self._kind, kind)

    def _showMeasurements(self, node: Node | None) -> None:
        found = () if node is None else measured_lines(node, self._kind)
        self.measuredTitle.visible = bool(found)
        while len(self.measurements) < len(found):
            self.measurements.append(MeasurementLine(self._actions.go_to))
            self._measured.addWidget(self.measurements[-1])
        for at, line in enumerate(self.measurements):
            line.showLine(found[at] if at < len(found) else None)

    def _showMarks(self) -> None:
        while len(self.lines) < len(self._marks):
            line = MarkLine(self._onJump, self._onSelect, self._onTurn, self._onDelete)
            self.lines.append(line)
            self._listed.addWidget(line)
        selected = None
        for at, line in enumerate(self.lines):
            mark = self._marks[at] if at < len(self._marks) else None
            if mark is not None and mark.id == self._selected:
                selected = mark
                self._putEditorBelow(line)
            line.showMark(mark, selected=mark is not None and mark is selected)
        self.editor.showMark(selected)

    def _putEditorBelow(self, line: MarkLine) -> None:
        """Move the editor below a line, unless it is there: moving takes the keyboard from it."""
        if self._listed.indexOf(self.editor) != self._listed.indexOf(line) + 1:
            self._listed.removeWidget(self.editor)
            self._listed.insertWidget(self._listed.indexOf(line) + 1, self.editor)

    def _onJump(self, mark: Mark) -> None:
        self._onSelect(mark)
        self._actions.go_to(mark.middle_ras_mm)

    def _onSelect(self, mark: Mark) -> None:
        self._selected = mark.id
        self._showMarks()

    def _onTurn(self, mark: Mark) -> None:
        self._selected = mark.id
        self._onFields(_("angle"), axis_ras=turned_round(mark).axis_ras)

    def _onDelete(self, mark: Mark) -> None:
        label = _("{node}: delete {mark}").format(node=self._node_id, mark=mark.id)
        self._actions.edit(label, remove_mark(mark.id))

    def _onFields(self, label: str, **values: Any) -> None:
        if self._selected:
            edit = set_mark_fields(self._node_id, self._selected, **values)
            self._actions.edit(f"{self._node_id}: {self._selected} {label}", edit)


def marks_of(node: Node, kind: FindingKind) -> tuple[Mark, ...]:
    """Return the marks of a finding."""
    return tuple(mark for mark in node.marks if mark.finding is kind)
