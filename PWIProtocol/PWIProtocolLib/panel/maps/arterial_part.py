"""The arterial curve: where it comes from, how it looks, and how it is edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

import qt
from HeadNeckNodesLib.html.markup import joined, tag
from HeadNeckNodesLib.widgets.choice_box import ChoiceBox
from HeadNeckNodesLib.widgets.layouts import row_of, tight, tool_button, wrapped_label
from slicer.i18n import tr as _

from PWIProtocolLib.kinetics import population_aifs
from PWIProtocolLib.kinetics.aif_population import DEFAULT_HEMATOCRIT
from PWIProtocolLib.mapping import DEFAULT_RELAXIVITY_PER_MM_S
from PWIProtocolLib.panel.maps.fit_choices import AifChoice, ArterialSettings
from PWIProtocolLib.panel.maps.map_words import capital
from PWIProtocolLib.panel.maps.number_field import NumberField
from PWIProtocolLib.panel.study.path_row import PathRow
from PWIProtocolLib.scene.maps.curve_plot import Curve, CurvePlot
from PWIProtocolLib.scene.maps.region_masks import scene_segments

if TYPE_CHECKING:
    from collections.abc import Callable

    from PWIProtocolLib.mapping import Arterial

CSV = "CSV (*.csv *.tsv *.txt)"
LINE, SAMPLES = "arterial plasma", "samples"
LINE_COLOUR, SAMPLES_COLOUR = (0.85, 0.2, 0.2), (0.6, 0.3, 0.3)
FINE, SAMPLED = "fine", "sampled"


class ArterialPart(qt.QWidget):
    """Chooses the curve, its onset and scale, and what goes into its concentration.

    Parameters
    ----------
    on_look : called when the user wants to see the curve before a fit.
    """

    def __init__(self, on_look: Callable[[], None]) -> None:
        super().__init__()
        self._choice: str = population_aifs()[0].name
        self._segment = ""
        self._resolved = FINE
        self.plot = CurvePlot(_("Arterial curve"))
        self.choiceBox = ChoiceBox(_offered(), self._onChoice, width=12)
        self.choiceBox.setAccessibleName(_("Arterial curve"))
        self.choiceBox.toolTip = _("Population average, arteries found in the images, a segment, or a CSV file")
        self.choiceBox.setSizePolicy(qt.QSizePolicy.Ignored, qt.QSizePolicy.Fixed)
        self.lookButton = tool_button(_("Show"), _("Show the curve, where it comes from, and its voxels"), on_look)
        self.segmentBox = ChoiceBox((), self._onSegment, width=12)
        self.segmentBox.setAccessibleName(_("Segment of the artery"))
        self.segmentBox.toolTip = self.segmentBox.accessibleName
        self.pathRow = PathRow(
            _("Path"), _("CSV file"), _("First line: time (s),plasma concentration (mM)"), self._askedFile
        )
        self.resolvedBox = ChoiceBox(
            [(FINE, _("resolved finer than the frames")), (SAMPLED, _("straight lines between samples"))],
            self._onResolved,
        )
        self.resolvedBox.setAccessibleName(_("Between samples"))
        self.resolvedBox.toolTip = _("A bolus is shorter than two frames: its form is fitted to the samples")
        self.onsetField = NumberField(
            _("Onset"),
            "s",
            1,
            600.0,
            tip=_("When the bolus arrives, from the first frame"),
            missing=_("from the images"),
        )
        self.scaleField = NumberField(
            _("Scale"), "", 3, 100.0, tip=_("Factor on the concentration of the curve"), missing=""
        )
        self.bloodField = NumberField(
            _("T1 of blood"), "s", 2, 8.0, tip=_("For a measured artery; about 1.44 s at 1.5 T, 1.65 s at 3 T"),
            missing=_("from the T1 map"),
        )  # fmt: skip
        self.hematocritField = NumberField(
            _("Hematocrit"), "", 2, 0.7, tip=_("Share of cells in blood: plasma is the rest"), missing=_("enter it")
        )
        self.relaxivityField = NumberField(
            _("Relaxivity /(mM s)"),
            "",
            2,
            60.0,
            tip=_("Of the contrast agent at this field strength"),
            missing=_("enter it"),
        )
        self.wordsLabel = wrapped_label()
        self._build()

    def _build(self) -> None:
        label = qt.QLabel(_("Artery"))
        label.setBuddy(self.choiceBox)
        layout = tight(qt.QVBoxLayout(self))
        layout.addLayout(row_of(label, self.choiceBox, self.lookButton, stretched=1))
        for widget in (self.segmentBox, self.pathRow, self.resolvedBox, *self.fields, self.wordsLabel):
            layout.addWidget(widget)
        self.scaleField.showFound(1.0, _("as measured or published"))
        self.hematocritField.showFound(DEFAULT_HEMATOCRIT, _("assumed"))
        self.relaxivityField.showFound(DEFAULT_RELAXIVITY_PER_MM_S, _("assumed"))
        self.resolvedBox.showKey(self._resolved)
        self.wordsLabel.visible = False
        self._show()

    @property
    def fields(self) -> tuple[NumberField, ...]:
        """The numbers, in order."""
        return self.onsetField, self.scaleField, self.bloodField, self.hematocritField, self.relaxivityField

    @property
    def settings(self) -> ArterialSettings:
        """What was chosen."""
        onset = self.onsetField.number if self.onsetField.isEntered else None
        scale = self.scaleField.number or 1.0
        resolved = self._resolved == FINE
        return ArterialSettings(self._choice, self._segment, self.pathRow.path, onset, scale, resolved)

    def refresh(self) -> None:
        """Offer the segments that are in the scene now."""
        segments = scene_segments()
        self._segment = self._segment if self._segment in [each.key for each in segments] else ""
        self.segmentBox.clear()
        self.segmentBox.addItem("–", "")
        for each in segments:
            self.segmentBox.addItem(each.name, each.key)
        self.segmentBox.showKey(self._segment)

    def showCurve(self, arterial: Arterial) -> None:
        """Show a curve: as a plot, with its samples, and what is known of it."""
        curves = [Curve(LINE, arterial.time_s, arterial.aif_mM, LINE_COLOUR)]
        if arterial.sampled_s is not None and arterial.sampled_mM is not None:
            curves.append(Curve(SAMPLES, arterial.sampled_s, arterial.sampled_mM, SAMPLES_COLOUR, is_points=True))
        self.plot.show(_("Arterial plasma"), *curves)
        if not self.onsetField.isEntered:
            self.onsetField.showFound(round(arterial.arrival_s, 1) or None, _("from the curve"))
        quality = arterial.quality
        peak = _("Peak {peak:.1f} mM at {time:.1f} s.").format(peak=quality.peak_mM, time=quality.peak_time_s)
        lines = (f"{arterial.words}.", peak, *arterial.cautions)
        self.wordsLabel.text = str(joined([tag("div", capital(line)) for line in lines]))
        self.wordsLabel.visible = True

    def _show(self) -> None:
        is_population = self._choice not in set(AifChoice)
        is_measured = self._choice in (AifChoice.FOUND, AifChoice.SEGMENT)
        self.choiceBox.showKey(self._choice)
        self.segmentBox.visible = self._choice == AifChoice.SEGMENT
        self.pathRow.visible = self._choice == AifChoice.FILE
        self.resolvedBox.visible = not is_population
        self.onsetField.visible = is_population
        self.bloodField.visible = is_measured

    def _onChoice(self, key: str) -> None:
        self._choice = key
        self.onsetField.showFound(None, "")
        self.wordsLabel.visible = False
        self.refresh()
        self._show()

    def _onSegment(self, key: str) -> None:
        self._segment = key
        self.segmentBox.showKey(key)

    def _onResolved(self, key: str) -> None:
        self._resolved = key
        self.resolvedBox.showKey(key)

    def _askedFile(self) -> object:
        return qt.QFileDialog.getOpenFileName(self, _("Arterial curve"), self.pathRow.path, CSV)


def _offered() -> list[tuple[str, str]]:
    others = [
        (AifChoice.FOUND.value, _("arteries found in the images")),
        (AifChoice.SEGMENT.value, _("segment of an artery")),
        (AifChoice.FILE.value, _("CSV file")),
    ]
    return [*((each.name, each.title) for each in population_aifs()), *others]
