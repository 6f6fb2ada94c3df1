"""One criterion of coalescence: what was measured, and how sure the reader is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.widgets.layouts import heading, row_of, tight
from slicer.i18n import tr as _

from iENEGraderLib.panel.choices import FINDING_LABELS
from iENEGraderLib.panel.findings.finding_row import certainty_words
from iENEGraderLib.panel.findings.mark_line import TARGET, small_button
from iENEGraderLib.panel.result.presenter import finding_tooltip
from iENEGraderLib.reading import Certainty
from iENEGraderLib.rules.criteria import criterion

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from iENEGraderLib.panel.pairs.coalescence_study import CriterionShown
    from iENEGraderLib.reading import FindingKind, Node


class CriterionColumn(qt.QWidget):
    """Shows one of the three criteria.

    Parameters
    ----------
    on_certainty : called with the finding and a certainty, or None when the chosen one was clicked again.
    go_to : takes all views to a place, RAS mm.
    """

    def __init__(
        self,
        kind: FindingKind,
        on_certainty: Callable[[FindingKind, Certainty | None], None],
        go_to: Callable[[Sequence[float]], None],
    ) -> None:
        super().__init__()
        self._kind = kind
        self._onCertainty = on_certainty
        self._goTo = go_to
        self._shown: CriterionShown | None = None
        title = heading(FINDING_LABELS[kind])
        title.toolTip = finding_tooltip(criterion(kind))
        self.placeButton = small_button(TARGET, _("Take all views to where this was measured"), self._onPlace)
        self.number, self.words = qt.QLabel(), qt.QLabel()
        self.buttons = {certainty: self._button(certainty) for certainty in Certainty}
        layout = tight(qt.QVBoxLayout(self))
        layout.setSpacing(1)
        layout.addWidget(title)
        layout.addLayout(row_of(self.number, self.placeButton))
        for widget in (self.words, *self.buttons.values()):
            layout.addWidget(widget)

    def _button(self, certainty: Certainty) -> qt.QRadioButton:
        button = qt.QRadioButton(certainty_words()[certainty])
        button.setAutoExclusive(False)  # the chosen one must be able to be taken back
        button.setAccessibleName(f"{FINDING_LABELS[self._kind]}: {certainty}")
        button.connect("clicked(bool)", lambda checked: self._onCertainty(self._kind, certainty if checked else None))
        return button

    def showCriterion(self, shown: CriterionShown | None) -> None:
        """Show a measurement."""
        self._shown = shown
        self.number.text = "" if shown is None else shown.number or _("no number")
        self.words.text = "" if shown is None else shown.words
        for label in (self.number, self.words):
            label.toolTip = "" if shown is None else shown.reason
        self.placeButton.enabled = shown is not None and shown.place_ras_mm is not None

    def showNode(self, node: Node | None) -> None:
        """Show how sure the reader is at the selected node."""
        certainty = None if node is None else node.certainty_of(self._kind)
        for each, button in self.buttons.items():
            button.checked = each is certainty

    def _onPlace(self) -> None:
        if self._shown is not None and self._shown.place_ras_mm is not None:
            self._goTo(self._shown.place_ras_mm)
