"""The findings of the selected node, in the order of the grades they count for."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import ctk
import qt
import slicer
from HeadNeckNodesLib.widgets.layouts import heading, tight
from slicer.i18n import tr as _

from iENEGraderLib.panel.choices import MARK_LABELS
from iENEGraderLib.panel.findings.finding_marks import MarkActions, marks_of
from iENEGraderLib.panel.findings.finding_row import FindingRow, RowActions, certainty_header
from iENEGraderLib.panel.findings.mark_edits import accept, snapped
from iENEGraderLib.panel.findings.mark_line import small_button
from iENEGraderLib.panel.findings.mark_tools import MarkTools
from iENEGraderLib.panel.findings.suggestions import Waiting, suggestion_for
from iENEGraderLib.panel.result.presenter import change_label, findings_title, grade_given
from iENEGraderLib.panel.session.edits import add_mark, free_mark_id, set_finding
from iENEGraderLib.reading import FindingKind, MarkKind
from iENEGraderLib.rules.criteria import criteria
from iENEGraderLib.scene.marks import claim, update_markup

if TYPE_CHECKING:
    from collections.abc import Callable

    from iENEGraderLib.panel.findings.suggestions import Suggestion
    from iENEGraderLib.panel.session.reading_session import ReadingSession
    from iENEGraderLib.reading import Certainty, Mark, Node

UNCOUNTED_GROUPS = ("not_counted", "pathology")


class FindingsSection(qt.QWidget):
    """A row for each finding a reader can make.

    Parameters
    ----------
    session : the reading that is shown.
    edit : applies an edit under a label.
    on_dismissed : called when the reader has hidden a suggestion.
    tools : for drawing marks and looking at them.

    Attributes
    ----------
    waiting : tells of a node whether suggestions wait at it.
    """

    def __init__(
        self,
        session: ReadingSession,
        edit: Callable[..., None],
        on_dismissed: Callable[[], None] = lambda: None,
        tools: MarkTools | None = None,
    ) -> None:
        super().__init__()
        self._session = session
        self._edit = edit
        self._node: Node | None = None
        self._onDismissed = on_dismissed
        self.waiting = Waiting()
        self.tools = tools or MarkTools()
        self.title = heading(findings_title(None))
        self.backButton = small_button("↩", _("Take all views back to where they were (Shift+G)"), self.tools.go_back)
        self.notCounted = ctk.ctkCollapsibleButton()
        self.rows: dict[FindingKind, FindingRow] = {}
        self._build()
        self._selected = next(iter(self.rows))
        self._showSelection()
        self.tools.listen(self._showTools)
        self._showTools()

    def _build(self) -> None:
        layout = tight(qt.QVBoxLayout(self))
        layout.setSpacing(0)
        layout.addWidget(certainty_header(self.title, self.backButton))
        self.notCounted.text = _("Not counted: margin, necrosis, capsule, histology")
        folded = tight(qt.QVBoxLayout(self.notCounted))
        marks = MarkActions(edit=self._edit, draw=self.draw, go_to=self.tools.go_to)
        actions = RowActions(self._onSelected, self._onCertainty, self._onDismiss, marks)
        shown = 0
        for criterion in criteria():
            grade = grade_given(criterion.kind)
            row = FindingRow(criterion, str(grade) if grade > shown else "", actions)
            self.rows[criterion.kind] = row
            (folded if criterion.group in UNCOUNTED_GROUPS else layout).addWidget(row)
            shown = max(grade, shown)
        self.notCounted.collapsed = True
        layout.addSpacing(4)
        layout.addWidget(self.notCounted)

    @property
    def selectedKind(self) -> FindingKind:
        """The finding that the keys 1, 2 and 3 go to."""
        return self._selected

    def showNode(self, node: Node | None) -> None:
        """Show the findings of a node; without one nothing can be chosen. A mark of another node is not drawn on."""
        if self._node is not None and (node is None or node.id != self._node.id):
            self.tools.cancel()
        self._node = node
        self.title.text = findings_title(node)
        for kind, row in self.rows.items():
            row.showNode(node, self._shownSuggestion(kind))

    def leave(self) -> None:
        """Stop drawing; called when the user leaves the module."""
        self.tools.cancel()

    # Keys

    def press(self, certainty: Certainty) -> None:
        """Choose a certainty of the selected finding; the chosen one again takes it back."""
        if self._node is not None:
            self.rows[self._selected].buttons[certainty].click()

    def step(self, by: int) -> None:
        """Select the next (1) or previous (-1) finding."""
        kinds = list(self.rows)
        at = min(max(kinds.index(self._selected) + by, 0), len(kinds) - 1)
        self._selected = kinds[at]
        self._showSelection()

    def markSpike(self) -> None:
        """Draw a fat spike (S)."""
        self._drawUnfolded(FindingKind.FAT_SPIKES, MarkKind.FAT_SPIKE)

    def markAngle(self) -> None:
        """Draw the contact with an artery by three points (A)."""
        self._drawUnfolded(FindingKind.ARTERY_ENCASEMENT, MarkKind.CONTACT_ANGLE)

    def jump(self) -> None:
        """Take all views to the next mark of the selected finding (G)."""
        self.rows[self._selected].jump()

    # Marks

    def draw(self, finding: FindingKind, kind: MarkKind) -> None:
        """Let the reader draw a mark of the selected node."""
        if self._node is None:
            return
        node_id = self._node.id
        self.tools.begin(finding, kind, lambda markup, mark: self._onDrawn(node_id, markup, mark))

    def _drawUnfolded(self, finding: FindingKind, kind: MarkKind) -> None:
        if self._node is not None:
            self._selected = finding
            self._showSelection()
            self.rows[finding].fold(False)
            self.draw(finding, kind)

    def _onDrawn(self, node_id: str, markup: Any, drawn: Mark) -> None:
        """Put a mark into the reading; the markup that was drawn becomes its markup, or goes when that fails."""
        reading = self._session.reading
        assert reading is not None
        assert drawn.finding is not None
        node = reading.node(node_id)
        structure = self._structureOf(node, drawn.finding)
        mark = snapped(node, replace(drawn, id=free_mark_id(reading), structure=structure))
        claim(markup, mark, node_id, self._session.node)
        update_markup(markup, mark)
        label = _("{node}: mark {what}").format(node=node_id, what=MARK_LABELS[mark.kind])
        self._edit(label, add_mark(node_id, mark))
        now = self._session.reading
        if now is None or all(each.id != mark.id for each in now.marks):
            slicer.mrmlScene.RemoveNode(markup)
        else:
            self.rows[drawn.finding].offerWords()

    def _structureOf(self, node: Node, kind: FindingKind) -> str | None:
        """Return the structure of the last mark of a finding, else the one that was measured; the reader corrects."""
        marks = marks_of(node, kind)
        if marks:
            return marks[-1].structure
        suggestion = suggestion_for(node, kind)
        return None if suggestion is None else suggestion.structure

    def _shownSuggestion(self, kind: FindingKind) -> Suggestion | None:
        """Return what is suggested, unless the reader has hidden it; what was decided upon stays in sight."""
        found = None if self._node is None else suggestion_for(self._node, kind)
        if found is None or self._node is None:
            return None
        hidden = self.waiting.is_dismissed(found) and self._node.certainty_of(kind) is None
        return None if hidden else found

    def _showTools(self) -> None:
        self.backButton.enabled = self.tools.viewing.can_go_back
        for row in self.rows.values():
            row.showPlacing(self.tools.placing)

    # Rows

    def _onSelected(self, row: FindingRow) -> None:
        self._selected = row.criterion.kind
        self._showSelection()

    def _showSelection(self) -> None:
        for kind, row in self.rows.items():
            row.showSelected(kind is self._selected)
            if kind is not self._selected:
                row.fold(True)

    def _onCertainty(self, row: FindingRow, certainty: Certainty | None) -> None:
        if self._node is None:
            return
        kind, node = row.criterion.kind, self._node
        suggestion = suggestion_for(node, kind) if node.certainty_of(kind) is None else None
        change = set_finding(node.id, kind, certainty)
        if suggestion is not None and certainty is not None and not self.waiting.is_dismissed(suggestion):
            change = accept(suggestion, certainty)
        self._edit(change_label(node.id, kind, certainty), change)

    def _onDismiss(self, suggestion: Suggestion) -> None:
        self.waiting.dismiss(suggestion)
        self.showNode(self._node)
        self._onDismissed()
