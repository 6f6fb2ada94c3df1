"""Maps of kinetic parameters: choose a study, see what is known of it, fit, look, measure regions."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ctk
import qt
import slicer
from HeadNeckNodesLib.errors import InputError
from HeadNeckNodesLib.widgets.layouts import row_of, tight, tool_button
from slicer.i18n import tr as _

from PWIProtocolLib.kinetics import automatic_baseline
from PWIProtocolLib.panel.maps.arterial_part import ArterialPart
from PWIProtocolLib.panel.maps.choices_text import PanelChoices, choices_of_text, text_of_choices
from PWIProtocolLib.panel.maps.dynamic_part import DynamicPart
from PWIProtocolLib.panel.maps.fit_choices import FitChoices, PlaceKind, StudyPlace
from PWIProtocolLib.panel.maps.mapping_session import MappingSession
from PWIProtocolLib.panel.maps.model_part import ModelPart
from PWIProtocolLib.panel.maps.more_part import MorePart
from PWIProtocolLib.panel.maps.precontrast_part import PrecontrastPart
from PWIProtocolLib.panel.maps.results_part import ResultsPart
from PWIProtocolLib.panel.maps.scene_follower import SceneFollower
from PWIProtocolLib.scene.maps.choices_node import keep_choices, kept_choices
from PWIProtocolLib.scene.maps.dynamic_nodes import add_dynamic
from PWIProtocolLib.scene.maps.map_volumes import percent_done

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PWIProtocolLib.dynamic import DynamicFrames
    from PWIProtocolLib.mapping import MappedStudy

    Progress = Callable[[int, int], bool]
    Run = Callable[[Callable[[Progress], None]], None]

SAMPLE_ATTRIBUTE = "PWIProtocol.ReferenceObject"


class MapsSection(qt.QWidget):
    """Fits dynamic studies and shows their maps. What was chosen and fitted is kept in the scene.

    Parameters
    ----------
    run : does work with progress and a way to stop it, and shows why it failed.
    say : says what was done.
    study_paths : returns folder or files of the study that is chosen elsewhere in the panel, and may refuse
        (InputError); None: there is no such place.
    """

    def __init__(
        self, run: Run, say: Callable[[str], None], study_paths: Callable[[], Sequence[Path]] | None = None
    ) -> None:
        super().__init__()
        self._studyPaths = study_paths
        self._run = run
        self._say = say
        self._readChoice: object = None
        self._kept = self._said = ""
        self._restored: StudyPlace | None = None
        self.session = MappingSession()
        self.fold = ctk.ctkCollapsibleButton()
        self.dynamicPart = DynamicPart(lambda: run(self._read), self._onChanged, with_study=study_paths is not None)
        self.precontrastPart = PrecontrastPart(self._onChanged)
        self.arterialPart = ArterialPart(lambda: run(self._look), self._onChanged)
        self.modelPart = ModelPart(self._onChanged)
        self.morePart = MorePart(self._onChanged)
        self.fitButton = qt.QPushButton(_("Fit"))
        self.fitButton.toolTip = _("Fit the model to every voxel and add the maps to the scene")
        self.fitButton.connect("clicked(bool)", lambda _checked=False: run(self._fit))
        self.sampleButton = tool_button(
            _("Sample maps"),
            _("Add a made-up study with known Ktrans, ve and vp, and fit it; takes the place of what was entered"),
            lambda: run(self._sample),
        )
        self.resultsPart = ResultsPart(self.session, self._withData, say)
        self.fold.text = _("Maps")
        tight(qt.QVBoxLayout(self)).addWidget(self.fold)
        inside = tight(qt.QVBoxLayout(self.fold))
        inside.setContentsMargins(6, 2, 6, 4)
        for part in (self.dynamicPart, self.precontrastPart, self.arterialPart, self.modelPart, self.morePart):
            inside.addWidget(part)
        inside.addLayout(row_of(self.fitButton, self.sampleButton, stretched=0))
        inside.addWidget(self.resultsPart)
        self._follower = SceneFollower(self.refresh, self.session.forget)
        self._showRead()
        self.refresh()

    @property
    def choices(self) -> FitChoices:
        """What a fit would be asked now: what was entered, and what the data tell."""
        dynamic, arterial, entered = self.dynamicPart, self.arterialPart, self.entered
        tr_ms, baseline = dynamic.repetitionField.number, dynamic.baselineField.number
        return replace(
            entered,
            repetition_time_s=None if tr_ms is None else tr_ms / 1000.0,
            flip_angle_deg=dynamic.angleField.number,
            baseline=None if baseline is None else round(baseline),
            t1=self.precontrastPart.settings,
            blood_t1_s=arterial.bloodField.number,
        )

    @property
    def entered(self) -> FitChoices:
        """What was entered; numbers that nobody entered are left to the data, or are defaults that results name."""
        dynamic, arterial, model, more = self.dynamicPart, self.arterialPart, self.modelPart, self.morePart
        tr_ms, baseline = dynamic.repetitionField.entered, dynamic.baselineField.entered
        return FitChoices(
            repetition_time_s=None if tr_ms is None else tr_ms / 1000.0,
            flip_angle_deg=dynamic.angleField.entered,
            baseline=None if baseline is None else round(baseline),
            t1=self.precontrastPart.entered,
            arterial=arterial.settings,
            model=model.model,
            delay=model.delay,
            delay_s=model.delay_s,
            relaxivity_per_mM_s=arterial.relaxivityField.entered,
            hematocrit=arterial.hematocritField.entered,
            blood_t1_s=arterial.bloodField.entered,
            holds=more.holds,
            b1_id=more.b1Id,
            with_intervals=bool(more.intervalsBox.checked),
            with_comparison=bool(more.comparisonBox.checked),
        )

    def refresh(self) -> None:
        """Catch up with the scene: studies, volumes, segments, fits and readings that came or went."""
        self.session.follow_scene()
        for part in (self.dynamicPart, self.precontrastPart, self.arterialPart, self.morePart):
            part.refresh()
        if self.session.read is None and self._readChoice is not None:
            self._readChoice = None
            self._showRead()
        text = kept_choices()
        if text != self._kept:
            self._kept = text
            self._showKept(text)
        self.resultsPart.refresh()
        if self.session.problem not in ("", self._said):
            self._say(self.session.problem)
        self._said = self.session.problem

    def close(self) -> None:
        """Stop to follow scene and cursor; called before the module goes."""
        self._follower.close()
        self.resultsPart.close()

    def _onChanged(self) -> None:
        """Keep what the user has chosen in the scene."""
        self._showAsked()
        self._kept = text_of_choices(PanelChoices(self.dynamicPart.place, self.entered))
        keep_choices(self._kept)

    def _showKept(self, text: str) -> None:
        """Show what a scene keeps, or the defaults in a scene that keeps nothing."""
        try:
            found = choices_of_text(text) if text else PanelChoices(self.dynamicPart.firstPlace)
        except InputError as error:
            self._say(str(error))
            return
        self._showChoices(found)

    def _showChoices(self, found: PanelChoices) -> None:
        choices, dynamic, arterial = found.choices, self.dynamicPart, self.arterialPart
        self._restored = found.place
        tr_s = choices.repetition_time_s
        dynamic.showPlace(found.place)
        dynamic.repetitionField.showEntered(None if tr_s is None else 1000.0 * tr_s)
        dynamic.angleField.showEntered(choices.flip_angle_deg)
        dynamic.baselineField.showEntered(choices.baseline)
        self.precontrastPart.showSettings(choices.t1)
        arterial.showSettings(choices.arterial)
        arterial.relaxivityField.showEntered(choices.relaxivity_per_mM_s)
        arterial.hematocritField.showEntered(choices.hematocrit)
        arterial.bloodField.showEntered(choices.blood_t1_s)
        self.modelPart.showChoice(choices.model, choices.delay, choices.delay_s)
        self.morePart.showChoices(choices)
        self._showAsked()

    def _showAsked(self) -> None:
        """Show what is asked for signal, or hide it for concentrations."""
        holds = self.morePart.isConcentration
        self.precontrastPart.visible = not holds
        self.dynamicPart.showConcentration(holds)
        self.arterialPart.showConcentration(holds)

    def _read(self, progress: Progress) -> None:
        chosen = self._chosen()
        self._readPlace(self.dynamicPart.place, progress)
        if self._readChoice not in (None, chosen):
            self.arterialPart.forgetEdits()  # they name samples and voxels of another patient
        self._readChoice = chosen
        self._showRead(is_same=self._restored == self.dynamicPart.place)
        self._restored = None

    def _readPlace(self, place: StudyPlace, progress: Progress) -> None:
        if place.kind is PlaceKind.NODE:
            node = slicer.mrmlScene.GetNodeByID(place.node_id)
            if node is None:
                raise InputError(_("the dynamic study of these maps is not in the scene: load it, then try again"))
            self.session.read_node(node)
        elif place.kind is PlaceKind.STUDY and self._studyPaths is not None:
            self.session.read_files(self._studyPaths(), progress)
        elif place.path and not Path(place.path).expanduser().exists():
            words = _("{name}: the dynamic study is not where it was; choose its folder or file")
            raise InputError(words.format(name=Path(place.path).name))
        else:
            self.session.read_path(place.path, progress)

    def _readWhenNew(self, progress: Progress) -> None:
        if self.session.read is None or self._readChoice != self._chosen():
            self._read(progress)

    def _chosen(self) -> object:
        """Return what is chosen to be read, to tell it from another choice."""
        part = self.dynamicPart
        return tuple(self._studyPaths()) if part.isStudy and self._studyPaths is not None else part.place

    def _withData(self, work: Callable[[MappedStudy], None]) -> None:
        """Do work with the fit that is shown; the data of a loaded one are read again."""

        def brought(progress: Progress) -> None:
            had_read = self.session.read is not None
            study = self.session.bring_data(lambda place: self._readPlace(place, progress))
            fit = self.session.fit
            if not had_read and fit is not None and fit.record.place == self.dynamicPart.place:
                self._readChoice = self._chosen()
                self._showRead(is_same=True)
            work(study)

        self._run(brought)

    def _look(self, progress: Progress) -> None:
        """Show the arterial curve, without a fit."""
        self._readWhenNew(progress)
        self.arterialPart.showCurve(self.session.arterial(self.choices, progress))
        self.arterialPart.plot.bring_up()

    def _fit(self, progress: Progress) -> None:
        self._readWhenNew(progress)
        with slicer.util.WaitCursor():
            self.session.fit_all(self.dynamicPart.place, self.choices, progress)
        study = self.session.study
        if study is None:
            return
        self._onChanged()
        self.arterialPart.showCurve(study.arterial)
        self.resultsPart.showFit()
        if study.done < 1.0:
            words = _("Cancelled at {share}: the maps hold the voxels that were done. Fit again for all of them.")
            self._say(words.format(share=percent_done(study.done)))
        elif self.session.lacks_extras:
            self._say(_("Cancelled: the maps of the fit are complete; intervals or the best model were not made"))

    def _sample(self, progress: Progress) -> None:
        """Fit the reference object with the usual choices, and show its maps."""
        from PWIProtocolLib.sample.reference_object import TISSUE_T1_S, reference_object

        with slicer.util.WaitCursor():
            nodes = slicer.util.getNodesByClass("vtkMRMLSequenceNode")
            node = next((each for each in nodes if each.GetAttribute(SAMPLE_ATTRIBUTE)), None)
            if node is None:
                node = add_dynamic(reference_object().dynamic, _("Reference object (DCE)"))
                node.SetAttribute(SAMPLE_ATTRIBUTE, "1")
        place = StudyPlace(PlaceKind.NODE, node_id=node.GetID())
        self._showChoices(PanelChoices(place))
        self.precontrastPart.numberField.showFound(TISSUE_T1_S, _("of the sample"))
        self._fit(progress)

    def _showRead(self, *, is_same: bool = False) -> None:
        read = self.session.read
        dynamic: Any = None if read is None else read.dynamic
        self.dynamicPart.showStudy(dynamic, None if read is None else _baseline(dynamic), is_same=is_same)
        angles = None if read is None else read.angles
        listed = "" if angles is None else ", ".join(f"{angle:g}" for angle in angles.flip_angles_deg)
        words = _("flip angles {listed}° of the study").format(listed=listed) if listed else ""
        self.precontrastPart.showAngles(words, choose=not is_same)


def _baseline(dynamic: DynamicFrames) -> int | None:
    """Return the frames before contrast; None when the images do not tell."""
    try:
        return automatic_baseline(dynamic.frames.reshape(len(dynamic.frames), -1).T)
    except InputError:
        return None
