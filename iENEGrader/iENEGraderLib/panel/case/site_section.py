"""Where the primary tumour is, T, M, and what else the stage depends on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ctk
import qt
import slicer
from HeadNeckNodesLib.widgets.choice_box import ChoiceBox
from HeadNeckNodesLib.widgets.layouts import tight
from HeadNeckNodesLib.widgets.number_box import LARGEST_COUNT, NumberBox
from slicer.i18n import tr as _

from iENEGraderLib.panel import choices
from iENEGraderLib.panel.session.edits import set_fields, set_m_category, set_nodes_assessed
from iENEGraderLib.reading import (
    Classification,
    ClinicalEneThreshold,
    MarkerStatus,
    MCategory,
    Reading,
    Side,
    Site,
    TCategory,
    YesNo,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from enum import StrEnum

    from HeadNeckNodesLib.widgets.choice import Choice


class SiteSection(qt.QWidget):
    """Edits the fields of the case that decide which rules are used.

    Parameters
    ----------
    edit : applies an edit under a label.
    """

    def __init__(self, edit: Callable[..., None]) -> None:
        super().__init__()
        self._edit = edit
        self._numberOfNodes = 0
        self.siteBox = self._box("site", choices.SITES, "site", Site, 10)
        self.p16Box = self._box("p16", choices.MARKERS, "p16", MarkerStatus, 1)
        self.sideBox = self._box("primary side", choices.PRIMARY_SIDES, "primary_side", Side, 5)
        self.tBox = self._box("T", choices.T_CATEGORIES, "t_category", TCategory, 2)
        self.mBox = ChoiceBox(choices.M_CATEGORIES, lambda key: edit(f"M: {key}", set_m_category(MCategory(key))), 2)
        self.ebvBox = self._box("EBV", choices.MARKERS, "ebv", MarkerStatus)
        self.untestedBox = self._flagBox("untested p16", choices.UNTESTED_P16, "untested_p16_as_negative")
        self.classificationBox = self._box("classification", choices.CLASSIFICATIONS, "classification", Classification)
        self.clinicalEneBox = self._flagBox("clinical ENE", choices.STATED_YES_NO, "clinical_ene")
        self.thresholdBox = self._box(
            "cENE imaging threshold", choices.THRESHOLDS, "clinical_ene_imaging_threshold", ClinicalEneThreshold
        )
        self.lesionsBox = NumberBox(0, LARGEST_COUNT, 0, self._onLesions)
        self.biopsyBox = self._box("recent biopsy", choices.YES_NO_UNKNOWN, "recent_biopsy", YesNo)
        self.treatmentBox = self._box("prior treatment", choices.YES_NO_UNKNOWN, "prior_treatment", YesNo)
        self.nodesAssessedBox = ChoiceBox(
            (("yes", _("assessed")), ("no", _("not assessed (NX)"))), lambda key: self._onNodesAssessed(key == "yes")
        )
        self.more = ctk.ctkCollapsibleButton()
        self._build()

    def _box(self, label: str, words: tuple[Choice, ...], field: str, kind: type[StrEnum], width: int = 4) -> ChoiceBox:
        def chosen(key: str) -> None:
            self._edit(f"{label}: {key or 'not chosen'}", set_fields(**{field: kind(key) if key else None}))

        return ChoiceBox(words, chosen, width)

    def _flagBox(self, label: str, words: tuple[Choice, ...], field: str) -> ChoiceBox:
        def chosen(key: str) -> None:
            self._edit(f"{label}: {key or 'not stated'}", set_fields(**{field: choices.flag_of(key)}))

        return ChoiceBox(words, chosen)

    def _build(self) -> None:
        layout = tight(qt.QVBoxLayout(self))
        grid = tight(qt.QGridLayout())
        first = ((_("Site"), self.siteBox, 3), (_("p16"), self.p16Box, 1))
        second = ((_("Primary"), self.sideBox, 1), (_("T"), self.tBox, 1), (_("M"), self.mBox, 1))
        for row, fields in enumerate((first, second)):
            column = 0
            for label, box, span in fields:
                grid.addWidget(qt.QLabel(label), row, column)
                grid.addWidget(box, row, column + 1, 1, span)
                column += 1 + span
        grid.setColumnStretch(1, 1)
        layout.addLayout(grid)
        self.sideBox.toolTip = _("Side of the primary tumour")
        self.more.text = _("More: EBV, biopsy, treatment, clinical ENE")
        form = qt.QFormLayout(self.more)
        form.setVerticalSpacing(3)
        for label, box in self._moreRows():
            form.addRow(label, box)
        self.more.collapsed = True
        layout.addWidget(self.more)

    def _moreRows(self) -> tuple[tuple[str, qt.QWidget], ...]:
        self.thresholdBox.toolTip = _(
            "Lowest unequivocal grade on imaging that your institution accepts as clinical ENE: UICC 9 leaves it open"
        )
        self.untestedBox.toolTip = _("What to do with an oropharynx whose p16 was not tested")
        self.clinicalEneBox.toolTip = _("Signs of extranodal extension on examination")
        return (
            (_("Neck nodes"), self.nodesAssessedBox),
            (_("Classification"), self.classificationBox),
            (_("EBV"), self.ebvBox),
            (_("p16 not tested"), self.untestedBox),
            (_("Clinical ENE"), self.clinicalEneBox),
            (_("Imaging counts from"), self.thresholdBox),
            (_("Metastatic lesions"), self.lesionsBox),
            (_("Recent biopsy"), self.biopsyBox),
            (_("Prior treatment"), self.treatmentBox),
        )

    def showReading(self, reading: Reading | None) -> None:
        """Show the fields; without a reading those of an empty one, and nothing can be chosen."""
        self.enabled = reading is not None
        reading = reading or Reading(case_id="")
        self._numberOfNodes = len(reading.nodes or ())
        self.siteBox.showKey(reading.site or "")
        self.p16Box.showKey(reading.p16)
        self.sideBox.showKey(reading.primary_side or "")
        self.tBox.showKey(reading.t_category)
        self.mBox.showKey(reading.m_category)
        self.ebvBox.showKey(reading.ebv)
        self.untestedBox.showKey(choices.key_of_flag(reading.untested_p16_as_negative))
        self.classificationBox.showKey(reading.classification)
        self.clinicalEneBox.showKey(choices.key_of_flag(reading.clinical_ene))
        self.thresholdBox.showKey(reading.clinical_ene_imaging_threshold)
        self.lesionsBox.showNumber(reading.metastatic_lesions)
        self.lesionsBox.enabled = reading.m_category is not MCategory.M0
        self.biopsyBox.showKey(reading.recent_biopsy)
        self.treatmentBox.showKey(reading.prior_treatment)
        self.nodesAssessedBox.showKey(choices.key_of_flag(reading.nodes is not None))

    def _onNodesAssessed(self, assessed: bool) -> None:
        question = _("NX means that the neck nodes were not assessed. Remove all nodes of this reading ({number})?")
        removed = 0 if assessed else self._numberOfNodes
        if removed and not slicer.util.confirmOkCancelDisplay(question.format(number=removed), _("Neck nodes")):
            self.nodesAssessedBox.showKey("yes")
            return
        self._edit(_("nodes assessed") if assessed else _("nodes not assessed"), set_nodes_assessed(assessed))

    def _onLesions(self, number: float | None) -> None:
        self._edit(_("metastatic lesions"), set_fields(metastatic_lesions=None if number is None else int(number)))
