"""The findings of the selected node, in the order of the grades they count for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ctk
import qt
from slicer.i18n import tr as _

from iENEGraderLib.panel.edits import set_finding
from iENEGraderLib.panel.finding_row import FindingRow, certainty_header
from iENEGraderLib.panel.layouts import heading, tight
from iENEGraderLib.panel.presenter import change_label, findings_title, grade_given
from iENEGraderLib.rules.criteria import criteria

if TYPE_CHECKING:
    from collections.abc import Callable

    from iENEGraderLib.reading import Certainty, FindingKind, Node

UNCOUNTED_GROUPS = ("not_counted", "pathology")


class FindingsSection(qt.QWidget):
    """A row for each finding a reader can make.

    Parameters
    ----------
    edit : applies an edit under a label.
    """

    def __init__(self, edit: Callable[..., None]) -> None:
        super().__init__()
        self._edit = edit
        self._node_id = ""
        self.title = heading(findings_title(None))
        self.notCounted = ctk.ctkCollapsibleButton()
        self.rows: dict[FindingKind, FindingRow] = {}
        self._build()
        self._selected = next(iter(self.rows))
        self._showSelection()

    def _build(self) -> None:
        layout = tight(qt.QVBoxLayout(self))
        layout.setSpacing(0)
        layout.addWidget(certainty_header(self.title))
        self.notCounted.text = _("Not counted: margin, necrosis, capsule, histology")
        folded = tight(qt.QVBoxLayout(self.notCounted))
        shown = 0
        for criterion in criteria():
            grade = grade_given(criterion.kind)
            row = FindingRow(criterion, str(grade) if grade > shown else "", self._onSelected, self._onCertainty)
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
        """Show the findings of a node; without one nothing can be chosen."""
        self._node_id = "" if node is None else node.id
        self.title.text = findings_title(node)
        for kind, row in self.rows.items():
            row.enabled = node is not None
            row.showCertainty(node.certainty_of(kind) if node else None)

    def press(self, certainty: Certainty) -> None:
        """Choose a certainty of the selected finding; the chosen one again takes it back."""
        if self._node_id:
            self.rows[self._selected].buttons[certainty].click()

    def step(self, by: int) -> None:
        """Select the next (1) or previous (-1) finding."""
        kinds = list(self.rows)
        at = min(max(kinds.index(self._selected) + by, 0), len(kinds) - 1)
        self._selected = kinds[at]
        self._showSelection()

    def _onSelected(self, row: FindingRow) -> None:
        self._selected = row.criterion.kind
        self._showSelection()

    def _showSelection(self) -> None:
        for kind, row in self.rows.items():
            row.showSelected(kind is self._selected)
            if kind is not self._selected:
                row.fold(True)

    def _onCertainty(self, row: FindingRow, certainty: Certainty | None) -> None:
        kind = row.criterion.kind
        self._edit(change_label(self._node_id, kind, certainty), set_finding(self._node_id, kind, certainty))
