"""Structure, sections, series and note of one mark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import qt
from HeadNeckNodesLib.widgets.layouts import tight
from HeadNeckNodesLib.widgets.number_box import NumberBox
from HeadNeckNodesLib.widgets.text_box import TextBox
from HeadNeckNodesLib.widgets.word_box import WordBox
from slicer.i18n import tr as _

from iENEGraderLib.panel.findings.suggestions import structure_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from iENEGraderLib.reading import Mark

MOST_SECTIONS = 50


class MarkEditor(qt.QWidget):
    """Edits what a mark says beside its points.

    Parameters
    ----------
    on_fields : called with a label and the changed fields of the mark.
    """

    def __init__(self, on_fields: Callable[..., None]) -> None:
        super().__init__()
        self._onFields = on_fields
        self._structures: dict[str, str] = {}
        self.structureBox = WordBox(self._onStructure, _("structure"))
        self.sectionsBox = NumberBox(0, MOST_SECTIONS, 0, self._onSections)
        self.seriesBox = WordBox(lambda word: self._set("series", series=word or None), _("as measured"))
        self.noteBox = TextBox(lambda text: self._set("note", note=text))
        self._build()

    def _build(self) -> None:
        self.structureBox.toolTip = _("Structure that the mark concerns: one that is segmented, or any other in words")
        self.sectionsBox.toolTip = _("Number of contiguous sections that show the finding")
        self.seriesBox.toolTip = _("Series it was seen on, such as T2 STIR or ultrasound; empty for the one measured")
        self.noteBox.toolTip = _("Note on this mark")
        self.noteBox.placeholderText = _("note")
        grid = tight(qt.QGridLayout(self))
        boxes = (
            (_("Structure"), self.structureBox, 0, 0, 3),
            (_("Series"), self.seriesBox, 1, 0, 1),
            (_("Sections"), self.sectionsBox, 1, 2, 1),
            (_("Note"), self.noteBox, 2, 0, 3),
        )
        for caption, box, row, column, columns in boxes:
            label = qt.QLabel(caption)
            label.setBuddy(box)
            label.toolTip = box.toolTip
            box.setAccessibleName(caption)
            box.setMinimumWidth(40)
            grid.addWidget(label, row, column)
            grid.addWidget(box, row, column + 1, 1, columns)
        grid.setColumnStretch(1, 1)

    def offer(self, structures: Sequence[str], series: Sequence[str]) -> None:
        """Offer structures, by name, and image series."""
        self._structures = {structure_words(name): name for name in structures}
        self.structureBox.offer(list(self._structures))
        self.seriesBox.offer(series)

    def showMark(self, mark: Mark | None) -> None:
        """Show a mark; None hides the editor."""
        self.visible = mark is not None
        if mark is None:
            return
        self.structureBox.showWord(structure_words(mark.structure or ""))
        self.sectionsBox.showNumber(mark.contiguous_sections)
        self.seriesBox.showWord(mark.series or "")
        self.noteBox.showText(mark.note)

    def _onStructure(self, words: str) -> None:
        self._set("structure", structure=self._structures.get(words, words) or None)

    def _onSections(self, number: float | None) -> None:
        self._set("sections", contiguous_sections=None if number is None else int(number))

    def _set(self, label: str, **values: Any) -> None:
        self._onFields(label, **values)
