"""The protocol check: its lines, what is behind each of them, what can be entered, and what can be taken away."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import ctk
import qt
from HeadNeckNodesLib.widgets.choice_box import ChoiceBox
from HeadNeckNodesLib.widgets.layouts import row_of, tight, tool_button, wrapped_label
from slicer.i18n import tr as _

from PWIProtocolLib.panel.check.check_words import (
    N_STAGING,
    background_html,
    facts_html,
    head_words,
    indication_words,
    shown_results,
    staging_notice,
    summary_words,
)
from PWIProtocolLib.panel.check.criteria_table import CriteriaTable
from PWIProtocolLib.panel.check.entries_part import EntriesPart
from PWIProtocolLib.panel.check.exports import asked_entries, save_entries, save_html, save_json
from PWIProtocolLib.panel.check.filter_row import FilterRow
from PWIProtocolLib.scene.check_table import add_check_table
from PWIProtocolLib.scene.timeline_plot import TimelinePlot, add_timeline_plot, show_plot

if TYPE_CHECKING:
    from collections.abc import Callable

    from PWIProtocolLib.panel.check_session import CheckSession
    from PWIProtocolLib.protocol.answers import Answers
    from PWIProtocolLib.protocol.checker import ProtocolCheck


class CheckSection(qt.QWidget):
    """Shows the check of a session.

    Parameters
    ----------
    session : the check that is shown.
    on_answers : called with the entries as the user wants them; may refuse them (InputError).
    say : says what was done.
    """

    def __init__(
        self, session: CheckSession, on_answers: Callable[[Answers], None], say: Callable[[str], None]
    ) -> None:
        super().__init__()
        self._session = session
        self._onAnswers = on_answers
        self._say = say
        self._plot: TimelinePlot | None = None
        self.fold = ctk.ctkCollapsibleButton()
        self.head, self.summary = wrapped_label(), wrapped_label()
        self.facts, self.background = wrapped_label(), wrapped_label()
        self.indicationLabel = wrapped_label()
        self.stagingLabel = wrapped_label()
        self.filters = FilterRow(self._showTable)
        self.table = CriteriaTable(lambda _criterion: self._showSelected())
        self.entries = EntriesPart(on_answers)
        self.indicationBox = ChoiceBox((), self._onIndication, width=24)
        self.reportButton = tool_button(_("Report…"), _("Save the report as a page (HTML)"), self._onReport)
        self.jsonButton = tool_button(_("JSON…"), _("Save the check for other programs"), self._onJson)
        self.loadButton = tool_button(
            _("Load…"), _("Load entries from a file; they take the place of those made here"), self._onLoad
        )
        self.saveButton = tool_button(
            _("Save…"), _("Save what was entered, for this study or others of the same protocol"), self._onSave
        )
        self.tableButton = tool_button(_("Table"), _("Add the check to the scene as a table"), self._onTable)
        self.plotButton = tool_button(
            _("Plot"), _("Frames and signal over time, with bolus arrival and injection"), self._onPlot
        )
        self._build()

    def _build(self) -> None:
        self.fold.text = _("Protocol check")
        tight(qt.QVBoxLayout(self)).addWidget(self.fold)
        inside = tight(qt.QVBoxLayout(self.fold))
        inside.setContentsMargins(6, 2, 6, 4)
        for widget in (self.head, self.summary, self.filters, self.table, self.facts, self.entries, self.background):
            inside.addWidget(widget)
        self.stagingLabel.text = staging_notice()
        for framed in (self.facts, self.background):
            framed.setFrameShape(qt.QFrame.StyledPanel)
            framed.setMargin(4)
        inside.addLayout(row_of(qt.QLabel(_("All entries")), self.loadButton, self.saveButton, stretched=0))
        label = qt.QLabel(_("Indication"))
        label.setBuddy(self.indicationBox)
        self.indicationBox.setAccessibleName(label.text)
        self.indicationBox.toolTip = _("What the study is for: the expert panel judged six clinical scenarios")
        inside.addLayout(row_of(label, self.indicationBox, stretched=1))
        inside.addWidget(self.indicationLabel)
        inside.addWidget(self.stagingLabel)
        inside.addLayout(row_of(self.reportButton, self.jsonButton, self.tableButton, self.plotButton))

    def refresh(self) -> None:
        """Show what the session has now."""
        check = self._session.check
        self.visible = check is not None
        if self._plot is not None and (check is None or not self._plot.shows(check)):
            self._dropPlot()
        if check is None:
            return
        self.head.text = str(head_words(check))
        self.summary.text = summary_words(check)
        self._showIndication(check)
        self.saveButton.enabled = bool(check.answers.items or check.answers.indication)
        self.plotButton.enabled = check.times is not None or check.bolus is not None
        self._showTable()

    def _showTable(self) -> None:
        check = self._session.check
        if check is None:
            return
        self.filters.showCheck(check)
        self.table.showResults(shown_results(check, self.filters.shown))
        self._showSelected()

    def _showSelected(self) -> None:
        check, criterion = self._session.check, self.table.selectedId
        if check is None:
            return
        result = check.result(criterion) if criterion else None
        self.facts.text = _("There is none of these.") if result is None else str(facts_html(result))
        self.background.text = "" if result is None else str(background_html(result))
        self.background.visible = result is not None
        self.entries.showEntries(criterion, check.answers)

    def _showIndication(self, check: ProtocolCheck) -> None:
        """Offer the scenarios of the rules that were applied, and show what is said of the chosen one."""
        self.indicationBox.clear()
        self.indicationBox.addItem(_("not chosen"), "")
        for each in check.indications:
            self.indicationBox.addItem(each.title, each.indication_id)
        chosen = check.indication
        self.indicationBox.showKey("" if chosen is None else chosen.indication_id)
        self.indicationLabel.text = indication_words(chosen)
        self.indicationLabel.visible = chosen is not None
        self.stagingLabel.visible = chosen is None or chosen.indication_id != N_STAGING  # else it is said already

    def _onIndication(self, indication: str) -> None:
        try:
            self._onAnswers(replace(self._session.answers, indication=indication))
        finally:
            self.refresh()

    # What can be taken away

    def _onReport(self) -> None:
        self._told(save_html, _("Saved {path}"))

    def _onJson(self) -> None:
        self._told(save_json, _("Saved {path}"))

    def _onSave(self) -> None:
        self._told(save_entries, _("Saved {path}"))

    def _onLoad(self) -> None:
        answers = asked_entries(self)
        if answers is None:
            return
        self._onAnswers(answers)
        if self._session.answers == answers:  # else the message says why not
            self._say(_("Loaded {count} entries").format(count=len(answers.items)))

    def _told(self, save: Callable[[qt.QWidget, ProtocolCheck], str], words: str) -> None:
        path = "" if self._session.check is None else save(self, self._session.check)
        if path:
            self._say(words.format(path=path))

    def _onTable(self) -> None:
        if self._session.check is not None:
            node = add_check_table(self._session.check)
            self._say(_("Added the table {name} to the scene").format(name=node.GetName()))

    def _onPlot(self) -> None:
        self._dropPlot()
        if self._session.check is not None:
            self._plot = add_timeline_plot(self._session.check)
            if not show_plot(self._plot):
                self._say(_("Added the plot {name} to the scene").format(name=self._plot.chart.GetName()))

    def _dropPlot(self) -> None:
        """Take the plot away: a view must not go on showing what is no longer so."""
        if self._plot is not None:
            self._plot.remove()
            self._plot = None
